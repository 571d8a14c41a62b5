"""How a batch keeps what it promises: when all will be done, as it is told before each film and after each.

    python benchmarks/batch.py --media FOLDER [--films 10] [--full]

Films of 5 to 60 s, each of all the clips in another order, go through one cold `showcase batch` in a workspace that
knows nothing of this machine; as SD and one rung of HLS, with --full as all that a film is delivered as. Each promise
is held against the true end: the error as a share of the whole batch's time. From the second film on it is to be
within 0.15.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this file's own folder: names in it would hide libraries of Python's
sys.path.insert(0, ".")

import argparse
import json
import signal
import subprocess
import tempfile
import time
from datetime import datetime
from pathlib import Path

import imageio_ffmpeg

from benchmarks.machine import run, showcase

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
SHORTEST_S, LONGEST_S, SHOT_S, RATE = 5, 60, 5, 25
CLIPS = (".mp4", ".mkv")
REPEATING = "toy_"  # clips that repeat pictures: a film of them is rejected
LIMIT = 0.15
SETTINGS = 'set = "quick"\n'
SET = "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: iptv-sd}, {name: one-rung}, {name: poster}]\n"
RUNG = "extends: hls\nrungs:\n" + "".join(f'  - {{name: "{name}", drop: true}}\n' for name in (540, 720, 1080, 234))


def film(media: Path, path: Path, seconds: int, first: int) -> None:
    """Shots of all clips in turn, from `first` on, with a tone that is no silence."""
    clips = sorted(item for item in media.iterdir() if item.suffix in CLIPS and not item.stem.startswith(REPEATING))
    shots = [clips[(first + index) % len(clips)] for index in range(-(-seconds // SHOT_S))]
    inputs = [word for clip in shots for word in ("-stream_loop", "-1", "-i", str(clip))]
    # each picture once: repeated ones are a fault that films are rejected for
    fit = f"setpts=N/{RATE}/TB,fps={RATE},trim=end_frame={SHOT_S * RATE},"
    fit += "scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720,setsar=1,format=yuv420p"
    graph = ";".join(f"[{index}:v]{fit}[v{index}]" for index in range(len(shots)))
    graph += ";" + "".join(f"[v{index}]" for index in range(len(shots))) + f"concat=n={len(shots)}[v]"
    tone = "aevalsrc='0.06*sin(2*PI*440*t)|0.06*sin(2*PI*660*t)':s=48000"
    words = [FFMPEG, "-nostdin", "-v", "error", *inputs, "-f", "lavfi", "-i", tone, "-filter_complex", graph]
    words += ["-map", "[v]", "-map", f"{len(shots)}:a", "-t", str(seconds), "-c:v", "libx264", "-preset", "veryfast"]
    subprocess.run([*words, "-c:a", "aac", str(path)], check=True)


def deliver_little(workspace: Path) -> None:
    """Put the set that `SETTINGS` names into a workspace: SD and one rung of HLS."""
    (workspace / "profiles" / "sets").mkdir(parents=True)
    (workspace / "profiles" / "one-rung.yaml").write_text(RUNG)
    (workspace / "profiles" / "sets" / "quick.yaml").write_text(SET)


def promises(journal: Path) -> list[tuple[datetime, datetime]]:
    """When each was made, and what it said."""
    rows = [json.loads(line) for line in journal.read_text().splitlines()]
    told = [row for row in rows if row["event"] == "batch.promised"]
    return [(datetime.fromisoformat(row["at"]), datetime.fromisoformat(row["end"])) for row in told]


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--media", type=Path, required=True)
    words.add_argument("--films", type=int, default=10)
    words.add_argument("--full", action="store_true")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        (place / "films").mkdir()
        for number in range(given.films):
            share = number / max(1, given.films - 1)
            seconds = round(SHORTEST_S + share * (LONGEST_S - SHORTEST_S))
            film(given.media.resolve(), place / "films" / f"film-{number:02}.mp4", seconds, number)
        deliver_little(place)
        (place / "showcase.toml").write_text("" if given.full else SETTINGS)
        store = subprocess.Popen(showcase(None, "store", "serve", "-q"), cwd=place, stdout=subprocess.DEVNULL)
        time.sleep(5)
        try:
            cost = run(showcase(None, "batch", "films", "-q"), place)
        finally:
            store.send_signal(signal.SIGINT)
            store.wait()
        told = promises(place / ".showcase" / "journal.jsonl")
        (began, _), (end, _) = told[0], told[-1]
        errors = [(at, (said - end) / (end - began)) for at, said in told]
        for at, error in errors:
            print(f"{(at - began).total_seconds():7.1f} s: {error:+.3f} of the whole")
        # the first two are told before the first film was made
        worst = max((error for _, error in errors[1:]), key=abs)
        print(f"{given.films} films in {cost.wall_s:.0f} s, {cost.cpu_s:.0f} s of CPU: at worst {worst:+.3f} ({LIMIT})")


if __name__ == "__main__":
    main()
