"""How well the inspection tells: precision, recall, F1 and timing error of each code, on films with known defects.

    python benchmarks/qc_accuracy.py --media ../shared/media [--half tune|test|all] [--all-forms] [--only WORD]

Defects of several strengths and near misses (`benchmarks/qc/defects.py`) are put into clean films (`bases.py`), packed
as H.264, MPEG-2 and ProRes, and inspected; then flashes of known truth (`flashes.py`). Thresholds were set on the half
«tune»; the figures of the docs are those of «test». A finding that is not expected counts against its code, on whatever
film it is made.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)  # beside this file lies one that hides a library of Python's

import argparse
import re
import statistics
import subprocess
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import imageio_ffmpeg

from benchmarks.qc import flashes
from benchmarks.qc.bases import BASES, Base, make
from benchmarks.qc.defects import CASES, FORMS, Case
from pipeline import shipped
from pipeline.errors import Refused
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film
from pipeline.model.finding import Finding, Policy, Severity
from pipeline.model.inspection_request import InspectionRequest
from pipeline.policy import evaluate, load

FFMPEG = imageio_ffmpeg.get_ffmpeg_exe()
LATE_S = 0.1


@dataclass
class Score:
    """What happened to one code."""

    hit: int = 0
    missed: int = 0
    wrong: int = 0
    apart: list[float] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.hit / max(1, self.hit + self.wrong)

    @property
    def recall(self) -> float:
        return self.hit / max(1, self.hit + self.missed)

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / max(1e-9, self.precision + self.recall)


def build(base: Path, case: Case, form: str, folder: Path) -> Path:
    """One film of the corpus."""
    target = folder / re.sub(r"[^a-z0-9.]+", "_", f"{base.stem} {case.name}.{form}".lower())
    inputs = ["-i", str(base)]
    graph = f"[0:v]{case.picture}[v];[0:a]asetnsamples=480,{case.sound}[a]"
    maps = ["-map", "[v]", *([] if "-an" in case.options else ["-map", "[a]"])]
    if "-an" in case.options:
        graph = f"[0:v]{case.picture}[v]"
    if case.head or case.tail:
        before, after = ("[b][s]", "") if case.head else ("", "[b][s]")
        tone = "sine=1000:r=48000:d=4,aformat=channel_layouts=stereo[s]"
        joined = f"{before}[f][0:a]{after}concat=n=2:v=1:a=1[v][a]"
        graph = f"{case.head or case.tail},format=yuv420p,setsar=1[b];{tone};[0:v]{case.picture}[f];{joined}"
    options = [word for word in case.options if word != "-an"]
    command = [FFMPEG, "-v", "error", "-y", *inputs, "-filter_complex", graph, *maps, *FORMS[form], *options]
    subprocess.run([*command, str(target)], check=True)
    content = bytearray(target.read_bytes())
    if case.damage == "middle":
        at = len(content) // 2
        for place in range(at, at + 4000, 5):
            content[place] ^= 0x5A
    elif case.damage == "cut":
        del content[len(content) * 2 // 3 :]
    if case.damage:
        target.write_bytes(content)
    return target


def inspect(path: Path, policy: Policy) -> list[Finding]:
    """All findings on one film."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        try:
            made = film.inspect(path, InspectionRequest(), Runner(Path(FFMPEG), folder, folder / "log"), sha256="0")
        except Refused as refused:
            return [evaluate.refusal(refused)]
    return list(evaluate.judge(made, policy).findings)


@dataclass
class Corpus:
    """What happened on all films."""

    scores: dict[str, Score]
    positives: int
    clean: int
    accused: int

    @property
    def macro_f1(self) -> float:
        """The mean over codes that had a positive."""
        each = [score.f1 for score in self.scores.values() if score.hit + score.missed]
        return statistics.mean(each) if each else 1.0


def measure(
    media: Path, half: str, folder: Path, *, only: str = "", all_forms: bool = False, keep: bool = False
) -> Corpus:
    """Make every film of a half, inspect it, count."""
    policy = load.policy("showcase-film", [shipped.folder("profiles")])
    scores: defaultdict[str, Score] = defaultdict(Score)
    bases = [base for base in BASES if half in (base.half, "all")]
    made = {base.name: make(base, media, folder, FFMPEG) for base in bases}
    jobs: list[tuple[Base, Case, str]] = []
    for number, base in enumerate(bases):
        for index, case in enumerate(CASES):
            if only in f"{case.name} {case.code}" and case.code not in base.without:
                forms = case.forms if all_forms else (case.forms[(number + index) % len(case.forms)],)
                jobs += [(base, case, form) for form in forms]

    def one(job: tuple[Base, Case, str]) -> tuple[Path, list[Finding]]:
        path = build(made[job[0].name], job[1], job[2], folder)
        found = inspect(path, policy)
        if not keep:
            path.unlink()
        return path, found

    clean = accused = 0
    with ThreadPoolExecutor(2) as pool:
        for (base, case, _), (path, found) in zip(jobs, pool.map(one, jobs), strict=True):
            clean += case.code is None
            accused += judge(path.name, base, case, found, scores)
    return Corpus(scores, sum(case.code is not None for _, case, _ in jobs), clean, accused)


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--media", type=Path, required=True)
    words.add_argument("--half", choices=["tune", "test", "all"], default="test")
    words.add_argument("--only", default="")
    words.add_argument("--all-forms", action="store_true")
    words.add_argument("--keep", type=Path)
    given = words.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        report(
            measure(given.media, given.half, folder, only=given.only, all_forms=given.all_forms, keep=bool(given.keep))
        )
    if not given.only:
        flashes.report()


def judge(name: str, base: Base, case: Case, found: list[Finding], scores: dict[str, Score]) -> bool:
    """Count one film; gives whether something was wrongly said of it that matters."""
    told = [item for item in found if item.severity is not Severity.INFO]
    own = [item for item in told if item.code == case.code]
    if case.code:
        score = scores[case.code]
        first, last = (
            min((item.start_s or 0.0 for item in own), default=0.0),
            max((i.end_s or 0.0 for i in own), default=0.0),
        )
        shared = min(last, case.at[1]) - max(first, case.at[0]) if case.at else 1.0
        if own and shared >= 0.5 * (case.at[1] - case.at[0] if case.at else 1.0):
            score.hit += 1
            if case.at:
                score.apart += [abs(first - case.at[0]), abs(last - case.at[1])]
                if max(score.apart[-2:]) > LATE_S:
                    print(f"  late  {name}: {case.at} told {(first, last)}")
        else:
            score.missed += 1
            print(f"  MISS  {name}: {case.code} {case.at}, told {[(i.code, i.start_s, i.end_s) for i in told]}")
    also = (*case.also, *base.also, *(() if case.house else ("video.resolution",)))
    false = [item for item in told if item.code != case.code and item.code not in also]
    for item in false:
        scores[item.code].wrong += 1
        print(f"  FALSE {name}: {item.code} {item.start_s} {item.end_s} {item.actual}")
    return bool(false) and case.code is None


def report(corpus: Corpus) -> None:
    """The table."""
    print(f"{'code':26}{'pos':>5}{'prec':>7}{'recall':>8}{'F1':>7}{'apart s (median, worst)':>26}")
    for code, score in sorted(corpus.scores.items()):
        apart = f"{statistics.median(score.apart):.3f} {max(score.apart):.3f}" if score.apart else "-"
        figures = f"{score.precision:>7.2f}{score.recall:>8.2f}{score.f1:>7.2f}"
        print(f"{code:26}{score.hit + score.missed:>5}{figures}{apart:>26}")
    print(
        f"macro-F1 {corpus.macro_f1:.3f}; {corpus.positives} with a defect, {corpus.clean} without, "
        f"of which {corpus.accused} accused"
    )


if __name__ == "__main__":
    main()
