"""How fast the analyser of transport streams reads, and what that is beside decoding the same stream.

    python benchmarks/analyser.py [FILE.ts]

Without a file a stream of 60 s in 1080p25 at 8 Mb/s is made. The analyser runs on one core.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this file's own folder: names in it would hide libraries of Python's
sys.path.insert(0, ".")

import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import imageio_ffmpeg

from benchmarks.machine import run
from pipeline.media.mpegts import analysis

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
ROUNDS = 5
MADE = (
    "-f",
    "lavfi",
    "-i",
    "testsrc2=s=1920x1080:r=25,noise=alls=20:allf=t",
    "-f",
    "lavfi",
    "-i",
    "sine=440:r=48000",
    "-t",
    "60",
    "-c:v",
    "libx264",
    "-preset",
    "ultrafast",
    "-b:v",
    "8M",
    "-minrate",
    "8M",
    "-maxrate",
    "8M",
    "-bufsize",
    "4M",
    "-x264-params",
    "nal-hrd=cbr",
    "-g",
    "25",
    "-c:a",
    "mp2",
    "-muxrate",
    "8940k",
)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        path = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(name) / "made.ts"
        if len(sys.argv) == 1:
            subprocess.run([FFMPEG, "-v", "error", *MADE, str(path)], check=True)
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        taken = []
        for _ in range(ROUNDS):
            began = time.perf_counter()
            report = analysis.analyse(path)
            taken.append(time.perf_counter() - began)
        seconds = statistics.median(taken)
        decode = run([FFMPEG, "-v", "error", "-i", str(path), "-f", "null", "-"])
        speed = path.stat().st_size / seconds / 1e6
        print(
            f"{speed:.0f} MB/s on one core, {report.duration_s / seconds:.0f} x as fast "
            f"as it plays, {seconds / decode.cpu_s:.3f} of the CPU of a decode"
        )


if __name__ == "__main__":
    main()
