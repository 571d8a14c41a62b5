"""What people wait for: `--help`, the sample's run from cold, its rerun with the store up. Ratios of one run.

    python benchmarks/everyday.py

Prints seconds, and each as a ratio to starting Python bare (help) or to the cold run (rerun), with the encode's own
share and peak memory from the journal.
"""

from __future__ import annotations

import json
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pipeline import shipped

SHOWCASE = [sys.executable, "-m", "pipeline.cli"]


def seconds(argv: list[str], folder: Path) -> float:
    began = time.perf_counter()
    subprocess.run(argv, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - began


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bare = statistics.median(seconds([sys.executable, "-c", ""], folder) for _ in range(10))
        shown = statistics.median(seconds([*SHOWCASE, "--help"], folder) for _ in range(10))
        print(f"--help: {shown:.3f} s, {shown / bare:.1f} x bare Python (median of 10)")
        serving = subprocess.Popen([*SHOWCASE, "store", "serve", "-q"], cwd=folder, stdout=subprocess.DEVNULL)
        try:
            time.sleep(4)
            film = shipped.folder("samples") / "film" / "submission.yaml"
            cold = seconds([*SHOWCASE, "run", "-q", str(film)], folder)
            warm = statistics.median(seconds([*SHOWCASE, "run", "-q", str(film)], folder) for _ in range(5))
        finally:
            serving.send_signal(signal.SIGINT)
            serving.wait()
        rows = [json.loads(line) for line in (folder / ".showcase" / "journal.jsonl").read_text().splitlines()]
        encode = next(row for row in rows if row["event"] == "encode.finished")
        print(
            f"run from cold: {cold:.1f} s; encode {encode['wall_s'] / cold:.2f} of it, {encode['cpu_s']:.0f} CPU s, "
            f"peak {encode['peak_rss_bytes'] / 1e9:.2f} GB"
        )
        print(f"rerun: {warm:.2f} s, {warm / cold:.3f} x the cold run (median of 5)")


if __name__ == "__main__":
    main()
