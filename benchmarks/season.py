"""What looking at a season costs: requests and seconds of `status` and `inbox`, by a line that holds answers 40 ms.

    python benchmarks/season.py [--store FOLDER] [--submissions 500] [--objects 520] [--against CHECKOUT]

Seeds a real embedded store (kept and used again in FOLDER): submissions in every prefecture, half of them delivered,
two reviews and OBJECTS objects (a film of ten minutes) on each of those, a third of them answered; a season's plan, and
20 records of each prefecture on its films. Prints requests by kind and seconds of each command, checks the rows by what
was seeded (and by another checkout's rows), and ends with 1 where a bound is missed. A listing (LIST) is apart from the
reading of an object (GET).
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this file's own folder: names in it would hide libraries of Python's
sys.path.insert(0, ".")

import argparse
import http.client
import json
import os
import resource
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.season_campaign import RECORDS, put_campaign, put_said
from benchmarks.season_seed import PREFECTURES, Seed, put_records, segments
from pipeline.storage import embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.faults.line_proxy import Line, LineProxy, lined

HOLD_S = 0.040
MOST_CPU_S = 1.0  # of a board, beside what `status` takes
BUCKETS = ("delivery", "inbox")
SEEDED = "season.json"
THREADS = 24


def seed_store(store: Store, filer_port: int, submissions: int, objects: int) -> None:
    """Put everything; segments go straight into the server's files, which the S3 side then shows."""
    buckets = Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"))
    began = time.monotonic()

    def put(seed: Seed) -> None:
        if seed.package_id:
            _put_files(filer_port, f"/buckets/delivery/{seed.ref}/{seed.package_id}/", segments(objects))
        put_records(buckets, seed, objects)

    put_campaign(buckets)
    with ThreadPoolExecutor(THREADS) as pool:
        for done, _ in enumerate(pool.map(put, map(Seed, range(submissions))), start=1):
            if done % 50 == 0:
                print(f"seeded {done} of {submissions}, {time.monotonic() - began:.0f} s", file=sys.stderr)


def _put_files(port: int, folder: str, names: Iterable[str]) -> None:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for name in names:
        line.request("PUT", folder + name, body=b"", headers={"Content-Type": "application/octet-stream"})
        answer = line.getresponse()
        answer.read()
        if answer.status >= 300:
            raise SystemExit(f"{answer.status} {folder}{name}")
    line.close()


@dataclass
class Looked:
    """One command: what it asked, how long it took, what it said."""

    name: str
    seconds: float
    cpu_s: float
    counts: Counter[str]
    rows: list[dict[str, object]] = field(default_factory=list)

    @property
    def requests(self) -> int:
        """All of them."""
        return self.counts.total()


@dataclass
class Desk:
    """Somebody's folder and cache, and the line to the store."""

    folder: Path
    proxy: LineProxy
    connection: Connection

    def look(self, name: str, *words: str, checkout: Path | None = None, prefecture: str | None = None) -> Looked:
        """Run a command to its end."""
        self.proxy.counts.asked.clear()
        environment = {
            **os.environ,
            "AWS_ENDPOINT_URL_S3": self.proxy.endpoint,
            "AWS_ACCESS_KEY_ID": self.connection.access_key or "",
            "AWS_SECRET_ACCESS_KEY": self.connection.secret_key or "",
            "XDG_CACHE_HOME": str(self.folder / "cache"),
            "SHOWCASE_LANG": "zh",
        }
        if prefecture:
            environment["SHOWCASE_PREFECTURE"] = prefecture
        if checkout:
            environment["PYTHONPATH"] = str(checkout)
        began, before = time.monotonic(), _children_cpu_s()
        done = subprocess.run(
            [sys.executable, "-m", "pipeline.cli", *words, "--json"],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds, cpu_s = time.monotonic() - began, _children_cpu_s() - before
        if done.returncode:
            raise SystemExit(f"{name}: exit {done.returncode}\n{done.stderr}")
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return Looked(name, seconds, cpu_s, Counter(self.proxy.counts.asked), rows)


def _children_cpu_s() -> float:
    """CPU that ended children have used: on a busy machine it tells more than the clock."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def expected(submissions: int) -> dict[tuple[str, str], tuple[str, int]]:
    """Stage and number of reviews of each submission, from what was seeded."""
    seeds = map(Seed, range(submissions))
    return {(seed.ref.prefecture, seed.ref.submission_id): (seed.stage, 2 if seed.package_id else 0) for seed in seeds}


def shown(rows: Sequence[dict[str, object]]) -> dict[tuple[str, str], tuple[str, int]]:
    """The same, from the rows of a command."""
    return {
        (str(row["prefecture"]), str(row["submission_id"])): (str(row["stage"]), len(row["notes"]))  # type: ignore[arg-type]
        for row in rows
    }


def measure(
    desk: Callable[[], Desk], submissions: int, say: Callable[[], None]
) -> list[tuple[Looked, float, float | None]]:
    """Each command with the most requests and seconds that it may take.

    Args:
        say: puts one more record of the season.
    """
    first = desk()
    delivered_count = sum(Seed(number).package_id is not None for number in range(submissions))
    listings = 3 + 2 * len(PREFECTURES) + delivered_count  # as many as where nothing is said of a season
    delivered = Seed(0)
    known, alone = str(delivered.ref), delivered.ref.submission_id
    looks = [
        (first.look("status, from cold", "status"), 3.3 * submissions, 8.0),
        (first.look("status, unchanged", "status"), listings, 3.5),
        (desk().look("inbox, from cold", "inbox"), 3.3 * submissions, 8.0),
        (first.look("inbox, unchanged", "inbox"), 0.6 * submissions, 3.5),
        (desk().look("status PREFECTURE/ID", "status", known), 12, None),
        (desk().look("status ID, of a prefecture", "status", alone, prefecture=delivered.ref.prefecture), 12, None),
        (desk().look("status ID", "status", alone), 12 + 2 + 2 * len(PREFECTURES), None),
    ]
    more = 2 * len(PREFECTURES) + 2
    said = RECORDS * len(PREFECTURES) + 1  # and the plan
    looks.append((first.look("show, its records from cold", "campaign", "show"), listings + more + said, None))
    unchanged = first.look("show, unchanged", "campaign", "show")
    looks.append((unchanged, looks[1][0].requests + more, 3.5))
    if unchanged.cpu_s - looks[1][0].cpu_s > MOST_CPU_S:
        raise SystemExit(f"the board takes {unchanged.cpu_s - looks[1][0].cpu_s:.1f} s of CPU more than status")
    say()
    again = first.look("show, a record more", "campaign", "show")
    looks.append((again, unchanged.requests + 1, 3.5))
    if again.counts["GET"] != 1:
        raise SystemExit(f"a new record takes {again.counts['GET']} readings")
    if shown(looks[0][0].rows) != expected(submissions):
        raise SystemExit("the rows are not what was seeded")
    if looks[1][0].rows != looks[0][0].rows:
        raise SystemExit("the rows from the cache are others")
    submitted = [row for row in looks[0][0].rows if row["stage"] == "submitted"]
    if looks[2][0].rows != submitted or looks[3][0].rows != submitted:
        raise SystemExit("inbox shows other rows than status")
    return looks


def main() -> int:
    """Seed, measure, print; 1 where a bound is missed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--store", type=Path)
    parser.add_argument("--submissions", type=int, default=500)
    parser.add_argument("--objects", type=int, default=520)
    parser.add_argument("--against", type=Path, metavar="CHECKOUT")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = (given.store or Path(name) / "store").resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with (
            embedded.serve(folder, BUCKETS) as server,
            lined(server.connection.endpoint or "", Line(delay_s=HOLD_S)) as proxy,
        ):
            seeded = {"submissions": given.submissions, "objects": given.objects}
            if not (folder / SEEDED).exists():
                ports = json.loads((folder / embedded.PORTS).read_text())
                seed_store(
                    Store(server.connection, endpoint_shown=""), ports["filer"], given.submissions, given.objects
                )
                (folder / SEEDED).write_text(json.dumps(seeded))
            elif json.loads((folder / SEEDED).read_text()) != seeded:
                raise SystemExit(f"{folder} holds another season")

            def desk() -> Desk:
                return Desk(Path(tempfile.mkdtemp(dir=name)), proxy, server.connection)

            store = Store(server.connection, endpoint_shown="")
            looks = measure(
                desk,
                given.submissions,
                lambda: put_said(Bucket(store, "delivery"), PREFECTURES[0], 8 + int(time.time()) % 700),
            )
            missed = show(looks, given.submissions)
            if given.against:
                other = desk().look("status there", "status", checkout=given.against)
                same = sorted(map(json.dumps, other.rows)) == sorted(map(json.dumps, looks[0][0].rows))
                said = "equal" if same else "DIFFER"
                print(f"{other.name}: {other.requests} requests, {other.seconds:.1f} s, rows {said}")
                missed = missed or not same
    return int(missed)


def show(looks: Sequence[tuple[Looked, float, float | None]], submissions: int) -> bool:
    """The table; whether a bound is missed."""
    missed = False
    print(f"{'':28}{'requests':>9}{'a submission':>13}{'most':>6}{'seconds':>9}{'most':>6}{'CPU s':>7}  kinds")
    for looked, most, most_s in looks:
        clock = f"{looked.seconds:9.1f}{most_s if most_s is not None else '-':>6}{looked.cpu_s:7.1f}"
        bad = looked.requests > most or (most_s is not None and looked.seconds > most_s)
        bad = bad or ("unchanged" in looked.name and looked.counts["GET"] > 0)
        missed = missed or bad
        kinds = ", ".join(f"{kind} {count}" for kind, count in sorted(looked.counts.items()))
        print(
            f"{looked.name:28}{looked.requests:9}{looked.requests / submissions:13.2f}{most:6.0f}"
            f"{clock}  {kinds}{'  MISSED' if bad else ''}"
        )
    return missed


if __name__ == "__main__":
    sys.exit(main())
