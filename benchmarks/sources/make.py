"""Makes sources from their recipes: starts the programs, keeps what is made by its key."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import imageio_ffmpeg

from benchmarks.sources.card import Card, pictures
from benchmarks.sources.source import Edit, Join, Run, Source, Step, drawn
from benchmarks.sources.tones import Tones, wav

LONGEST_S = 180
# the other writers, as Debian names what they are in
PACKAGES = {
    "ffmpeg5": "ffmpeg",
    "mkvmerge": "mkvtoolnix",
    "mkvpropedit": "mkvtoolnix",
    "gst-launch-1.0": "gstreamer1.0-tools gstreamer1.0-plugins-good -bad -ugly gstreamer1.0-libav",
    "exiftool": "libimage-exiftool-perl",
    "melt": "melt",
    "mencoder": "mencoder",
    "mpeg2enc": "mjpegtools",
    "mp2enc": "mjpegtools",
    "mplex": "mjpegtools",
    "HandBrakeCLI": "handbrake-cli",
    "x264": "x264",
    "x265": "x265",
    "vpxenc": "vpx-tools",
    "aomenc": "aom-tools",
    "sox": "sox",
    "flac": "flac",
    "lame": "lame",
    "AtomicParsley": "atomicparsley",
}
OURS = "ffmpeg"
_COMMON = ("-nostdin", "-hide_banner", "-loglevel", "error", "-y")


class NotMade(Exception):
    """A writer failed: that is a fault of the recipe, or of the machine."""


@dataclass(frozen=True)
class Workshop:
    """Where sources are made.

    Args:
        folder: keeps inputs that several share, and what is made.
    """

    folder: Path

    def program(self, name: str) -> list[str]:
        """How a program begins its command line.

        Raises:
            NotMade: it is not on this machine.
        """
        if name == OURS:
            return [imageio_ffmpeg.get_ffmpeg_exe(), *_COMMON]
        found = shutil.which("ffmpeg" if name == "ffmpeg5" else name)
        if found is None:
            raise NotMade(f"{name} is missing: apt-get install {PACKAGES[name]}")
        return [found, *_COMMON] if name == "ffmpeg5" else [found]

    def missing(self, source: Source) -> tuple[str, ...]:
        """Programs that it needs and that are not here."""
        others = sorted(source.programs - {OURS})
        return tuple(name for name in others if not shutil.which("ffmpeg" if name == "ffmpeg5" else name))

    def make(self, source: Source) -> Path:
        """The source's file; what is there is not made again.

        Raises:
            NotMade: a program is missing, failed, or wrote nothing.
        """
        home = self.folder / "made" / f"{source.name}-{source.key()}"
        done = home / source.file
        if done.exists():
            return done
        building = self.folder / "building" / f"{source.key()}-{uuid.uuid4().hex}"
        shutil.rmtree(building, ignore_errors=True)
        (building / "tmp").mkdir(parents=True)
        names = {"out": str(building / source.file), "tmp": str(building / "tmp")}
        names |= {name: str(self.input(wanted)) for name, wanted in source.inputs}
        for step in source.steps:
            self.do(step, names)
        made = building / source.file
        if not made.exists() or not made.stat().st_size:
            raise NotMade(f"{source.name}: nothing was written")
        home.mkdir(parents=True, exist_ok=True)
        made.replace(done)
        shutil.rmtree(building)
        return done

    def do(self, step: Step, names: Mapping[str, str]) -> None:
        """One step.

        Raises:
            NotMade: the program failed.
        """
        if isinstance(step, Join):
            joined = b"".join(Path(_named(part, names)).read_bytes() for part in step.parts)
            Path(_named(step.whole, names)).write_bytes(joined)
        elif isinstance(step, Edit):
            before = Path(_named(step.before, names)).read_bytes()
            Path(_named(step.after, names)).write_bytes(step.change(before))
        else:
            self._run(step, names)

    def _run(self, step: Run, names: Mapping[str, str]) -> None:
        argv = [*self.program(step.program), *(_named(word, names) for word in step.words)]
        surroundings = {**os.environ, "LC_ALL": "C.UTF-8", "QT_QPA_PLATFORM": "offscreen", "HOME": names["tmp"]}
        try:
            ran = subprocess.run(
                argv,
                cwd=names["tmp"],
                env=surroundings,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=LONGEST_S,
            )
        except subprocess.TimeoutExpired as slow:
            raise NotMade(f"{step.program} took more than {LONGEST_S} s") from slow
        allowed = (0, 1) if step.program == "mkvmerge" else (0,)  # 1 is a warning
        if ran.returncode not in allowed:
            words = (ran.stderr + ran.stdout).decode("utf-8", "replace")
            raise NotMade(f"{step.program} ended with {ran.returncode}: {words[-600:]}")

    def input(self, wanted: Card | Tones) -> Path:
        """A clip or a tone that recipes begin with, made once."""
        key = hashlib.sha256(f"{drawn()} {wanted!r}".encode()).hexdigest()[:16]
        suffix = ".wav" if isinstance(wanted, Tones) else {"rgb": ".nut", "y4m": ".y4m"}[wanted.form]
        path = self.folder / "inputs" / f"{key}{suffix}"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(f"part-{uuid.uuid4().hex}-{path.name}")
            if isinstance(wanted, Tones):
                partial.write_bytes(wav(wanted))
            else:
                self._draw(wanted, partial)
            partial.replace(path)
        return path

    def _draw(self, card: Card, path: Path) -> None:
        width, height = card.size
        shape = card.shape * card.height / card.width
        samples = f"setsar={shape.numerator}/{shape.denominator}"
        kept: tuple[str, ...] = (
            "-vf",
            samples,
            "-c:v",
            "ffv1",
            "-g",
            "1",
            "-slices",
            "4",
            "-pix_fmt",
            "bgr0",
            "-f",
            "nut",
        )
        if card.form == "y4m":
            fields = f"setfield={card.fields}," if card.fields else ""
            matrix = f"{fields}scale=out_color_matrix=bt601:out_range=tv,{samples}"
            kept = ("-vf", matrix, "-pix_fmt", "yuv420p", "-f", "yuv4mpegpipe")
        raw = ("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}", "-r", str(card.rate), "-i", "pipe:0")
        argv = [word for word in self.program(OURS) if word != "-nostdin"] + [*raw, *kept, str(path)]
        with subprocess.Popen(argv, stdin=subprocess.PIPE) as writing:
            pipe = cast(IO[bytes], writing.stdin)
            for picture in pictures(card):
                pipe.write(picture.tobytes())
            pipe.close()
            if writing.wait(LONGEST_S):
                raise NotMade(f"the card could not be drawn: {card}")


def _named(word: str, names: Mapping[str, str]) -> str:
    for name, value in names.items():
        word = word.replace(f"{{{name}}}", value)
    return word
