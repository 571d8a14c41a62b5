"""What each x264 setting costs and what it keeps, on every output: which one a profile should have.

    python benchmarks/quality.py --media FOLDER [--jobs 2] [--rounds 3] [--setting preset=fast,ref=1]… [--kept FILE]

Every clip of FOLDER, bare and with grain, scaled to each of the six video outputs, is encoded by the profile's own
options with the preset `medium` and with each setting, one thread each, as a delivery is. VMAF (mean, and the 5th
percentile of the pictures) is against what went into the encoder. CPU is the least of the rounds, which are taken in
turns. A setting holds where it keeps the limits below on every clip. Printed for each output: every setting, `*` for
the Pareto front (nothing is both cheaper and better in the worst mean), and the cheapest that holds. With --kept a
stopped run goes on from FILE.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this file's own folder: names in it would hide libraries of Python's
sys.path.insert(0, ".")

import argparse
import json
import os
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import imageio_ffmpeg

from pipeline import shipped
from pipeline.model.profile import AvcHls, TransportStream
from pipeline.model.x264 import X264Search, X264Settings
from pipeline.plan import codecs, load
from pipeline.plan.spec import Cadence

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
MEDIUM = "preset=medium"
SETTINGS = (
    "preset=medium,ref=2",
    "preset=medium,ref=1",
    "preset=medium,ref=2,mixed_refs=false",
    "preset=medium,ref=2,mixed_refs=false,weightp=1",
    "preset=medium,ref=2,subme=6",
    "preset=medium,ref=2,rc_lookahead=20",
    "preset=medium,ref=2,trellis=0",
    "preset=medium,ref=2,me=dia",
    "preset=fast",
    "preset=faster",
)
FILMS = (".mp4", ".mkv", ".mov", ".ts", ".mxf")
GRAINS = {"bare": "", "grain": ",noise=alls=4:allf=t:all_seed=1"}
RATE = 25
# three times the buffer of a capped rung: of 50 a rung has spent no more than that, and its size and its worst pictures
# are chance (of one clip the 5th percentile fell by 12 with a setting that keeps it with 150)
PICTURES = 150
# what a setting may lose on any clip, in VMAF, and what a capped rung may grow
MEAN, LOW, BYTES = -0.3, -0.5, 1.02
LOW_SHARE = 0.05


@dataclass(frozen=True)
class Target:
    """One delivered form of pictures: its size, and the profile's words for it with a setting."""

    name: str
    width: int
    height: int
    settings: TransportStream | AvcHls

    @property
    def is_capped(self) -> bool:
        return isinstance(self.settings, AvcHls)

    def options(self, setting: Mapping[str, object], pictures: int) -> tuple[str, ...]:
        """For the encoder."""
        cadence = Cadence(Fraction(RATE), pictures)
        plain = dict.fromkeys(X264Settings.model_fields) | dict(setting)
        if isinstance(self.settings, AvcHls):
            rung = next(rung for rung in self.settings.rungs if self.name == f"hls-{rung.name}")
            bare = rung.model_copy(update=dict.fromkeys(X264Search.model_fields))
            changed = AvcHls.model_validate(self.settings.model_dump() | plain)
            return codecs.capped_options(codecs.quality_of_rung(changed, bare), cadence)
        video = self.settings.video
        return codecs.constant_rate_options(type(video).model_validate(video.model_dump() | plain), cadence)


@dataclass(frozen=True)
class Reading:
    """One encode: seconds of a processor, VMAF, bytes."""

    cpu_s: float
    mean: float
    low: float
    size: int


@dataclass(frozen=True)
class Key:
    """What was encoded how."""

    target: str
    clip: str
    setting: str


def targets() -> list[Target]:
    """The six outputs of a standard delivery."""
    found = []
    _, profiles = load.profile_set("showcase-film", [shipped.folder("profiles")])
    for profile in profiles:
        if isinstance(profile, TransportStream):
            found.append(Target(profile.name, profile.video.width, profile.video.height, profile))
        elif isinstance(profile, AvcHls):
            shown = [rung for rung in profile.rungs if not rung.spare]
            found += [Target(f"hls-{rung.name}", rung.width, rung.height, profile) for rung in shown]
    return found


def parsed(setting: str) -> dict[str, object]:
    """`preset=medium,ref=2` as fields of a profile."""
    words = (part.split("=", 1) for part in setting.split(","))
    return {
        name: {"true": True, "false": False}.get(value, int(value) if value.isdigit() else value)
        for name, value in words
    }


def prepared(clip: Path, grain: str, target: Target, path: Path, pictures: int) -> Path:
    """The pictures that go in, at the output's rate and size; a clip that is too short begins anew."""
    fit = f"scale={target.width}:{target.height}:flags=bicubic,setsar=1,format=yuv420p,setpts=N/{RATE}/TB"
    words = ["-stream_loop", "-1", "-i", str(clip), "-an", "-vf", fit + GRAINS[grain], "-r", str(RATE)]
    _run([*words, "-frames:v", str(pictures), "-y", str(path)])
    return path


def _run(words: Sequence[str]) -> float:
    """Run ffmpeg; gives seconds of a processor."""
    argv = [FFMPEG, "-nostdin", "-v", "error", *words]
    child = subprocess.Popen(argv)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"exit {child.returncode}: {' '.join(argv)}")
    return used.ru_utime + used.ru_stime


def encoded(raw: Path, target: Target, setting: str, path: Path, pictures: int) -> float:
    """Encode as a delivery does."""
    options = target.options(parsed(setting), pictures)
    return _run(["-i", str(raw), *options, "-threads:v", "1", "-an", "-y", str(path)])


def vmaf(made: Path, raw: Path, log: Path) -> tuple[float, float]:
    """Mean, and the 5th percentile of the pictures."""
    fit = f"settb=1/{RATE},setpts=N"
    graph = f"[0:v]{fit}[a];[1:v]{fit}[b];[a][b]libvmaf=n_threads=1:log_fmt=json:log_path={log.name}"
    argv = [FFMPEG, "-nostdin", "-v", "error", "-i", made.name, "-i", raw.name]
    subprocess.run([*argv, "-filter_complex", graph, "-f", "null", "-"], check=True, cwd=log.parent)
    scores = sorted(item["metrics"]["vmaf"] for item in json.loads(log.read_text())["frames"])
    return sum(scores) / len(scores), scores[int(len(scores) * LOW_SHARE)]


class Kept:
    """Readings of this run and of one that it goes on from, a line each."""

    def __init__(self, path: Path | None):
        self._path = path
        self.readings: dict[Key, Reading] = {}
        for line in path.read_text().splitlines() if path and path.exists() else ():
            row = json.loads(line)
            self.add(Key(*row["key"]), Reading(*row["reading"]), keep=False)

    def add(self, key: Key, reading: Reading, *, keep: bool = True) -> None:
        """A further round of the same makes its CPU the least of all."""
        before = self.readings.get(key)
        least = min(reading.cpu_s, before.cpu_s) if before else reading.cpu_s
        self.readings[key] = Reading(least, reading.mean, reading.low, reading.size)
        if keep and self._path:
            row = {"key": [key.target, key.clip, key.setting]}
            row |= {"reading": [reading.cpu_s, reading.mean, reading.low, reading.size]}
            with self._path.open("a") as file:
                file.write(json.dumps(row) + "\n")


@dataclass(frozen=True)
class Work:
    """One clip, bare or with grain, as one output: all settings, in turns."""

    clip: Path
    grain: str
    target: Target

    @property
    def shown(self) -> str:
        return f"{self.clip.stem} {self.grain}"

    def done(self, settings: Sequence[str], pictures: int, rounds: int, kept: Kept) -> None:
        keys = [Key(self.target.name, self.shown, setting) for setting in settings]
        if all(key in kept.readings for key in keys) and rounds == 1:
            return
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            raw = prepared(self.clip, self.grain, self.target, folder / "raw.y4m", pictures)
            for number in range(rounds):
                for key in keys:
                    known = kept.readings.get(key)
                    if known and number == 0 and rounds == 1:
                        continue
                    made = folder / "made.mkv"
                    cpu_s = encoded(raw, self.target, key.setting, made, pictures)
                    mean, low = (known.mean, known.low) if known else vmaf(made, raw, folder / "vmaf.json")
                    kept.add(key, Reading(cpu_s, mean, low, made.stat().st_size))


@dataclass(frozen=True)
class Row:
    """A setting on one output: CPU, CPU of the dearest clip, the worst of each limit, and on which clip."""

    setting: str
    cpu: float
    dearest: float
    mean: float
    low: float
    bytes: float
    where: str
    holds: bool


def rows(target: Target, settings: Sequence[str], kept: Kept) -> list[Row]:
    """Each setting against `medium`, over all clips."""
    mine = {key: reading for key, reading in kept.readings.items() if key.target == target.name}
    base = {key.clip: reading for key, reading in mine.items() if key.setting == MEDIUM}
    found = []
    for setting in settings:
        pairs = {key.clip: (reading, base[key.clip]) for key, reading in mine.items() if key.setting == setting}
        means = {clip: new.mean - old.mean for clip, (new, old) in pairs.items()}
        lows = {clip: new.low - old.low for clip, (new, old) in pairs.items()}
        sizes = {clip: new.size / old.size for clip, (new, old) in pairs.items()}
        worst = min(means, key=lambda clip: min(means[clip] - MEAN, lows[clip] - LOW))
        holds = min(means.values()) >= MEAN and min(lows.values()) >= LOW
        cpu = sum(new.cpu_s for new, _ in pairs.values()) / sum(old.cpu_s for _, old in pairs.values())
        found.append(
            Row(
                setting,
                cpu,
                max(new.cpu_s / old.cpu_s for new, old in pairs.values()),
                min(means.values()),
                min(lows.values()),
                max(sizes.values()),
                worst,
                holds and (not target.is_capped or max(sizes.values()) <= BYTES),
            )
        )
    return found


def show(target: Target, found: Sequence[Row]) -> None:
    print(f"\n{target.name}: CPU / medium (dearest clip), worst mean, worst 5th percentile, most bytes, worst clip")
    for row in sorted(found, key=lambda item: item.cpu):
        front = not any(other.cpu < row.cpu and other.mean > row.mean for other in found)
        print(
            f"  {'*' if front else ' '} {row.setting:45} {row.cpu:.2f} ({row.dearest:.2f}) {row.mean:+.2f} "
            f"{row.low:+.2f} {row.bytes:.3f} {row.where}{' holds' if row.holds else ''}"
        )
    holding = [row for row in found if row.holds]
    if holding:
        print(f"  cheapest that holds: {min(holding, key=lambda item: item.cpu).setting}", flush=True)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--media", type=Path, required=True)
    words.add_argument("--pictures", type=int, default=PICTURES)
    words.add_argument("--rounds", type=int, default=3)
    words.add_argument("--jobs", type=int, default=1, help="encodes at once; CPU reads a little higher with more")
    words.add_argument("--setting", action="append", metavar="NAME=VALUE,…")
    words.add_argument("--target", action="append", metavar="OUTPUT")
    words.add_argument("--kept", type=Path, metavar="FILE")
    given = words.parse_args()
    clips = sorted(path for path in given.media.iterdir() if path.suffix.lower() in FILMS)
    wanted = [target for target in targets() if not given.target or target.name in given.target]
    settings = [MEDIUM, *(setting for setting in given.setting or SETTINGS if setting != MEDIUM)]
    kept = Kept(given.kept)
    with ThreadPoolExecutor(given.jobs) as pool:
        for target in wanted:
            work = [Work(clip, grain, target) for clip in clips for grain in GRAINS]
            list(pool.map(lambda item: item.done(settings, given.pictures, given.rounds, kept), work))
            show(target, rows(target, settings, kept))


if __name__ == "__main__":
    main()
