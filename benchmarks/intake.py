"""What becomes of odd but decodable sources: delivered right, refused with a reason, or wrong.

    python benchmarks/intake.py --work DIR [--only PATTERN] [--all] [--jobs 2] [--list]

Each source of `benchmarks/sources/films` is made (by our ffmpeg and by other programs: `--list` names them), goes
through `check`, `run -n`, `run` and `transcode`, and what came out is decoded and held against what it was made of.
Made sources and results are kept in `--work` by what they hang on, so that a run that was ended goes on. Exit 1 where a
source came out wrong, could not be made, or got different answers, where fewer than 85 % were delivered right, or where
a refusal's code does not stand in docs/sources.md between backticks.
"""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[0] = str(ROOT)  # beside this file lies one that hides a library of Python's

import argparse
import fnmatch
import hashlib
import re
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from benchmarks.sources import drive
from benchmarks.sources.drive import Result
from benchmarks.sources.films import every, usual
from benchmarks.sources.make import OURS, PACKAGES, NotMade, Workshop
from benchmarks.sources.source import Source

LEAST_RIGHT = 0.85
REASONS = ROOT / "docs" / "sources.md"
CODE = re.compile(r"`([a-z_]+(?:\.[a-z_]+)*)`")


@dataclass(frozen=True)
class Tally:
    """The figures of a run; `listed` are the codes that the docs give a reason for, None without docs."""

    results: tuple[Result, ...]
    listed: frozenset[str] | None

    def of(self, outcome: str) -> list[Result]:
        """The results of one outcome."""
        return [item for item in self.results if item.outcome == outcome]

    @property
    def apart(self) -> list[Result]:
        """Those that got different answers."""
        return [item for item in self.results if item.disagrees]

    @property
    def share(self) -> float:
        """How many of all were delivered right."""
        return len(self.of("right")) / max(1, len(self.results))

    @property
    def unlisted(self) -> list[str]:
        """Codes that refused something and that the docs do not name."""
        refusing = {code for item in self.of("refused") for code in item.codes}
        return sorted(refusing - (self.listed or frozenset()))

    @property
    def passed(self) -> bool:
        """Whether all that is asked for holds."""
        clean = not self.of("wrong") and not self.of("unmade") and not self.apart
        return clean and self.share >= LEAST_RIGHT and self.listed is not None and not self.unlisted


def listed_codes(path: Path) -> frozenset[str] | None:
    """The codes that stand between backticks in the page on sources; None where there is none."""
    return frozenset(CODE.findall(path.read_text(encoding="utf-8"))) if path.is_file() else None


def digest_of(paths: Iterable[Path]) -> str:
    """Of what files hold; with it a result is of this very program."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(path.relative_to(ROOT).as_posix().encode() + b"\0" + path.read_bytes())
    return whole.hexdigest()[:16]


def program_digest() -> str:
    """Of the program that is tried and of what measures it."""
    tried = [*(ROOT / "pipeline").rglob("*.py"), *(ROOT / "profiles").rglob("*.yaml")]
    return digest_of([*tried, *(ROOT / "benchmarks" / "sources").glob("*.py")])


def one(source: Source, work: Path, program: str, environment: Mapping[str, str]) -> Result:
    """A source's result: the kept one, or made now."""
    key = hashlib.sha256(f"{source.key()} {source.shown!r} {program}".encode()).hexdigest()[:12]
    kept = work / "results" / f"{source.name}-{key}.json"
    if kept.exists():
        return drive.result_of(kept.read_text(encoding="utf-8"))
    try:
        film = Workshop(work).make(source)
    except NotMade as why:
        return Result(source.name, source.writer, "unmade", faults=(str(why),))
    workspace = work / "workspaces" / source.name
    result = drive.take(source, film, workspace, environment)
    shutil.rmtree(workspace, ignore_errors=True)
    kept.parent.mkdir(parents=True, exist_ok=True)
    partial = kept.with_suffix(".part")
    partial.write_text(result.as_json(), encoding="utf-8")
    partial.replace(kept)
    return result


def chosen(patterns: Sequence[str], *, twins: bool = False) -> list[Source]:
    """Sources whose name or writer fits one of them (`*` as in a shell), or holds the word.

    Where none is given all, but near twins of others only where they are asked for.
    """
    fits = [word if any(sign in word for sign in "*?[") else f"*{word}*" for word in patterns or ("*",)]
    sources = every() if patterns or twins else usual()
    return [
        item for item in sources if any(fnmatch.fnmatch(name, fit) for fit in fits for name in (item.name, item.writer))
    ]


def measure(sources: Sequence[Source], work: Path, jobs: int) -> Tally:
    """Take them all, telling of each as it comes."""
    program = program_digest()
    with drive.store(work / "store") as environment, ThreadPoolExecutor(jobs) as pool:
        results = []
        for result in pool.map(lambda source: one(source, work, program, environment), sources):
            tell(result)
            results.append(result)
    return Tally(tuple(results), listed_codes(REASONS))


def tell(result: Result) -> None:
    """A line for each source, one more for each fault."""
    print(f"{result.outcome:8}{result.name:36}{result.writer:16}{' '.join(result.codes)}", flush=True)
    for fault in result.faults:
        print(f"          {fault}")
    for place in result.disagrees:
        print(f"          disagrees: {place}")


def report(tally: Tally) -> None:
    """The table."""
    others = sum(item.writer != OURS for item in tally.results)
    print(f"\ntried {len(tally.results)}, of which {others} written by other programs than our ffmpeg")
    print(f"{'writer':18}{'tried':>7}{'right':>7}{'refused':>9}{'wrong':>7}{'unmade':>8}")
    for writer in sorted({item.writer for item in tally.results}):
        counts = Counter(item.outcome for item in tally.results if item.writer == writer)
        row = [counts.total(), counts["right"], counts["refused"], counts["wrong"], counts["unmade"]]
        print(f"{writer:18}{row[0]:>7}{row[1]:>7}{row[2]:>9}{row[3]:>7}{row[4]:>8}")
    reasons = Counter(" ".join(item.codes) for item in tally.of("refused"))
    for reason, count in reasons.most_common():
        print(f"refused by {reason}: {count}")
    names = {outcome: len(tally.of(outcome)) for outcome in ("right", "refused", "wrong", "unmade")}
    print(
        ", ".join(f"{name} {count}" for name, count in names.items()), f"different answers {len(tally.apart)}", sep=", "
    )
    print(f"delivered right: {tally.share:.1%} (at least {LEAST_RIGHT:.0%})")
    if tally.listed is None:
        print(f"{REASONS.relative_to(ROOT)} is not there: no refusal has a reason")
    elif tally.unlisted:
        print(f"not in {REASONS.relative_to(ROOT)}: {' '.join(tally.unlisted)}")


def listing(sources: Sequence[Source]) -> None:
    """What there is, and which programs are missing."""
    workshop = Workshop(Path())
    for item in sources:
        print(f"{item.name:36}{item.writer:16}{item.right}")
    missing = sorted({name for item in sources for name in workshop.missing(item)})
    print(f"{len(sources)} sources, {sum(item.writer != OURS for item in sources)} by other programs than our ffmpeg")
    for name in missing:
        print(f"{name} is missing: apt-get install {PACKAGES[name]}")


def main() -> int:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--work", type=Path, default=Path("intake-work"))
    words.add_argument("--only", action="append", default=[], metavar="PATTERN", help="may be given several times")
    words.add_argument("--all", action="store_true", help="near twins of others, too")
    words.add_argument("--jobs", type=int, default=2)
    words.add_argument("--list", action="store_true")
    given = words.parse_args()
    sources = chosen(given.only, twins=given.all)
    if given.list:
        listing(sources)
        return 0
    tally = measure(sources, given.work.resolve(), given.jobs)
    report(tally)
    return 0 if tally.passed else 1


if __name__ == "__main__":
    sys.exit(main())
