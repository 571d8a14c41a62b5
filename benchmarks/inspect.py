"""What the inspection costs above decoding the film: ratios of one run, and the memory of the whole process tree.

    python benchmarks/inspect.py [--hours 2] [--against CHECKOUT]

Two films of 30 s in 1080i25 at 25 Mb/s (H.264 with fields, MPEG-2) are decoded plainly (`-f null`) and inspected, in
turns; the ratio is of the medians. With --hours a film of that length in 576i is inspected too and its memory shown
against that of a tenth of it: it must be flat. With --against the cold `showcase check` of each film is compared with
that of another checkout with a `.venv` of its own, in turns.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this file's own folder: its name would hide a library of Python's
sys.path.insert(0, ".")

import argparse
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import imageio_ffmpeg

from benchmarks.machine import Cost, against, run, showcase

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
ROUNDS = 5
MOVING = "testsrc2=s=1920x1080:r=50,noise=alls=12:allf=t"
TONE = "aevalsrc='0.2*sin(2*PI*440*t)|0.2*sin(2*PI*660*t)':s=48000"
FIELDS = ("-vf", "interlace=scan=tff,setfield=tff", "-flags", "+ildct+ilme")
FILMS = {
    "H.264 1080i25 25 Mb/s": (
        "h264.ts",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-x264-params",
        "tff=1",
        "-b:v",
        "25M",
        "-maxrate",
        "25M",
        "-bufsize",
        "25M",
    ),
    "MPEG-2 1080i25 25 Mb/s": ("mpeg2.ts", "-c:v", "mpeg2video", "-b:v", "25M", "-maxrate", "25M", "-bufsize", "8M"),
}
ONE = """
import sys, tempfile
from pathlib import Path
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film
from pipeline.model.inspection_request import InspectionRequest
with tempfile.TemporaryDirectory() as name:
    runner = Runner(Path(sys.argv[2]), Path(name), Path(name) / "log")
    film.inspect(Path(sys.argv[1]), InspectionRequest(), runner, sha256="0")
"""


def inspect(path: Path) -> tuple[float, int]:
    """Seconds, and the peak of memory."""
    cost = run([sys.executable, "-c", ONE, str(path), FFMPEG])
    return cost.wall_s, cost.peak_bytes


def plain(path: Path) -> float:
    began = time.perf_counter()
    subprocess.run(
        [
            FFMPEG,
            "-v",
            "error",
            "-i",
            str(path),
            "-map",
            "0:v:0",
            "-map",
            "0:a:0",
            "-c:a",
            "pcm_s16le",
            "-f",
            "null",
            "-",
        ],
        check=True,
    )
    return time.perf_counter() - began


def make(path: Path, seconds: float, *options: str, source: str = MOVING) -> Path:
    subprocess.run(
        [
            FFMPEG,
            "-v",
            "error",
            "-y",
            "-f",
            "lavfi",
            "-i",
            source,
            "-f",
            "lavfi",
            "-i",
            TONE,
            "-t",
            str(seconds),
            *FIELDS,
            *options,
            "-c:a",
            "mp2",
            str(path),
        ],
        check=True,
    )
    return path


def check(path: Path, checkout: Path | None) -> Cost:
    """`showcase check` in a workspace that knows nothing yet."""
    with tempfile.TemporaryDirectory() as name:
        (Path(name) / "showcase.toml").touch()
        return run(showcase(checkout, "check", "-q", str(path)), Path(name))


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--hours", type=float, default=0.0)
    words.add_argument("--against", type=Path, metavar="CHECKOUT")
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for title, (file, *options) in FILMS.items():
            film = make(folder / file, 30, *options)
            if given.against:
                turns = [(check(film, None), check(film, given.against)) for _ in range(ROUNDS)]
                print(against(f"check of {title}", *zip(*turns, strict=True)), flush=True)
                continue
            pairs = [(plain(film), inspect(film)) for _ in range(ROUNDS)]
            bare = statistics.median(pair[0] for pair in pairs)
            full = statistics.median(pair[1][0] for pair in pairs)
            peak = max(pair[1][1] for pair in pairs)
            print(f"{title}: {full / bare:.2f} x a plain decode ({bare:.2f} s), peak {peak / 1e6:.0f} MB")
        if given.hours:
            sd = ("-c:v", "mpeg2video", "-b:v", "4M", "-maxrate", "5M", "-bufsize", "1835k")
            source = "testsrc2=s=720x576:r=50"
            minute = make(folder / "minute.ts", 60, *sd, source=source)
            peaks = []
            for hours in (given.hours / 10, given.hours):
                film = folder / "long.ts"
                subprocess.run(
                    [
                        FFMPEG,
                        "-v",
                        "error",
                        "-y",
                        "-stream_loop",
                        "-1",
                        "-i",
                        str(minute),
                        "-t",
                        str(hours * 3600),
                        "-c",
                        "copy",
                        str(film),
                    ],
                    check=True,
                )
                seconds, peak = inspect(film)
                peaks.append(peak)
                print(f"{hours:g} h of 576i: {seconds:.0f} s, peak {peak / 1e6:.0f} MB")
            print(f"memory of ten times the length: {peaks[1] / peaks[0]:.2f} x")


if __name__ == "__main__":
    main()
