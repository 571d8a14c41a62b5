"""Whether a command that met a fault told the truth, lost nothing and left nothing twice."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import catalogue
from tests.conftest import Result
from tests.faults.dealing import Fault, Kind
from tests.faults.ground import Ground, Task
from tests.faults.line_proxy import Line, lined

DONE = ""  # in place of an error's key
GIVEN_UP = {"upload_stays", "upload_until", "download_stays"}  # with how much is there
OF_LINE = {"transfer_failed", "store_unreachable", "cut_within", *GIVEN_UP}
OF_BUSY = {"store_busy", *GIVEN_UP}
OF_BYTES = {"digest_refused", "download_differs", "transfer_failed", "object_differs"}
OF_STORED = {"inbox_differs", "manifest_differs", "marker_unreadable", "marker_differs"}
# what a command may say of what befell it for good, by kind or by code
TRUE_WORDS: dict[str, set[str]] = {
    **dict.fromkeys((Kind.CUT_CONNECT, Kind.CUT_REQUEST, Kind.CUT_ANSWER, Kind.END_ANSWER, Kind.LOSE_ANSWER), OF_LINE),
    **dict.fromkeys((Kind.STALL_CONNECT, Kind.STALL_REQUEST, Kind.STALL_ANSWER), OF_LINE),
    **dict.fromkeys((Kind.SHORTEN_REQUEST, Kind.FLIP_REQUEST), OF_BYTES),
    # the same byte each time it is fetched: as if it lay so in the store
    **dict.fromkeys((Kind.SHORTEN_ANSWER, Kind.FLIP_ANSWER), OF_BYTES | OF_STORED),
    Kind.DELAY: {DONE},
    Kind.DOUBLE_REQUEST: {DONE},
    # an answer that nobody asked for may be taken for the next one, a trial's too: then its digest is another
    Kind.DOUBLE_ANSWER: {DONE, "store_trial_failed"} | OF_BYTES | OF_STORED,
    **dict.fromkeys(("InternalError", "ServiceUnavailable", "SlowDown"), OF_BUSY),
    "RequestTimeTooSkewed": {"clock_skew"},
    "InvalidAccessKeyId": {"store_wrong_keys"},
    "AccessDenied": {"store_denied", "store_no_list"},
}
AT_ONCE = {"RequestTimeTooSkewed", "InvalidAccessKeyId", "AccessDenied"}  # another try mends nothing
EXITS, OF_SOME = {3, 5, 6}, 7  # the last where others of several went well


def names(fault: Fault) -> str:
    """What it is called: a refusal by its code."""
    return fault.code if fault.kind is Kind.REFUSE else fault.kind.value


@dataclass
class Tally:
    """What was tried, and what was wrong: each with what it was tried with; `never` is what could not be dealt."""

    tried: Counter[tuple[str, str]] = field(default_factory=Counter)
    never: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    wrong_words: list[str] = field(default_factory=list)

    def add_wrong(self, name: str, shown: str) -> None:
        """Count it, and tell it at once."""
        getattr(self, name).append(shown)
        print(f"{name}: {shown}", flush=True)

    def told(self) -> str:
        """Faults × commands, then all that was wrong."""
        commands = sorted({command for _, command in self.tried})
        rows = [f"{'':24}" + "".join(f"{command:>8}" for command in commands)]
        for fault in sorted({fault for fault, _ in self.tried}):
            rows.append(f"{fault:24}" + "".join(f"{self.tried[fault, command]:8}" for command in commands))
        wrong = [
            f"{name}: {row}" for name in ("never", "lost", "doubled", "wrong_words") for row in getattr(self, name)
        ]
        total = (
            f"{self.tried.total()} tried, {len(self.lost)} lost, {len(self.doubled)} doubled, "
            f"{len(self.wrong_words)} wrong words"
        )
        return "\n".join([*rows, *wrong, total])

    def add(self, other: Tally) -> None:
        """What another one has counted too."""
        self.tried.update(other.tried)
        for name in ("never", "lost", "doubled", "wrong_words"):
            getattr(self, name).extend(getattr(other, name))

    @property
    def is_clean(self) -> bool:
        return not (self.never or self.lost or self.doubled or self.wrong_words)


TOTAL = Tally()  # of all that this process has concluded


def conclude(tally: Tally, about: str) -> None:
    """Add it to the total; fails where anything was wrong."""
    TOTAL.add(tally)
    told = f"{about}\n{tally.told()}"
    print(told)
    assert tally.is_clean, told


def judge(
    ground: Ground,
    task: Task,
    faults: Sequence[Fault],
    tally: Tally,
    *,
    line: Line | None = None,
    seed: int = 0,
    about: str = "",
) -> None:
    """A command with faults, the same again without, and what is there after each."""
    folder = ground.folder(task)
    shown = f"{task.name} {about}, seed {seed}: {'; '.join(map(str, faults))}"
    with lined(ground.connection.endpoint or "", line or Line(), faults, seed=seed) as proxy:
        first = ground.run(folder, task.words, proxy.endpoint)
        dealt, acknowledged = proxy.dealt, list(proxy.counts.acknowledged)
    print(f"exit {first.code}: {shown}", flush=True)
    met = [fault for fault in faults if dealt[names(fault)]]
    if len(met) < len(faults):
        tally.add_wrong("never", shown)
    tally.tried.update((names(fault), task.name) for fault in met)
    true = set.union({DONE} if not met else set(), *map(_true, met))
    if wrong := untrue(first, true):
        tally.add_wrong("wrong_words", f"{wrong} of {sorted(true)}: {shown}\n{first.err[-1500:]}")
    look(ground, task, folder, first.code, acknowledged, tally, shown)
    again(ground, task, folder, acknowledged, tally, shown)


def _true(fault: Fault) -> set[str]:
    """What may be said: what happens once is gone through without a word, where another try can mend it."""
    true = TRUE_WORDS[names(fault)]
    if fault.kind in (Kind.SHORTEN_ANSWER, Kind.FLIP_ANSWER) and "list-type" in fault.asked:
        true = true | {DONE, "store_no_s3"}  # who has said nothing else yet may be no store
    if fault.kind in (Kind.SHORTEN_REQUEST, Kind.FLIP_REQUEST) and fault.asked.startswith("^POST"):
        return true | {DONE}  # «MalformedXML» may be a store's last word: it is not asked again
    if fault.kind in (Kind.SHORTEN_ANSWER, Kind.FLIP_ANSWER) and fault.first is None:
        true = true | GIVEN_UP  # an answer that is none each time is waited out as a store that gives none
        true = true | ({DONE} if fault.asked.endswith("uploadId") else set())  # a film is asked for after it was joined
    if fault.kind is Kind.DOUBLE_ANSWER and fault.first is None:
        true = true | GIVEN_UP  # each connection is one answer behind
    if names(fault) == "AccessDenied" and fault.asked.endswith(r"\.json"):
        true = true | {"record_refused"}  # where others are given to read, this one alone is locked
    if names(fault) in AT_ONCE and fault.asked.startswith("^HEAD"):
        true = true | {"store_denied"}  # an answer to HEAD has no words
    if fault.first is not None and names(fault) in AT_ONCE:
        return true | {DONE}  # who asks for it in another way too is answered
    is_mended = fault.first is not None and fault.kind is not Kind.DOUBLE_ANSWER
    return ({DONE} | true & {"store_no_s3"}) if is_mended else true


def untrue(result: Result, true: set[str]) -> str:
    """What is wrong with what a command said, empty where nothing is."""
    told = [row["error"] for row in result.rows if "error" in row]
    key = str(told[-1]["key"]) if told else DONE  # type: ignore[index]
    if "Traceback" in result.err:
        return "a traceback"
    if len(told) > 1 or (key == DONE) != (result.code == 0):
        return f"exit {result.code} with errors {told}"
    if key not in true:
        return f"«{key}» ({told[-1] if told else ''})"
    if key == DONE:
        return ""
    own = told[-1]["exit_code"]  # type: ignore[index]
    if own not in EXITS or result.code not in (own, OF_SOME):
        return f"exit {result.code} of «{key}»"
    sentence = catalogue.entries("en")[f"error.{key}.what"].split("{")[0]
    return "" if sentence in result.err else f"no sentence of «{key}»"


def look(
    ground: Ground, task: Task, folder: Path, code: int, acknowledged: Sequence[str], tally: Tally, shown: str
) -> None:
    """After the fault: what was acknowledged is there; what says that it is whole is."""
    there, wanted = ground.seen(task, folder), ground.wanted[task.name]
    is_marked = any(key.endswith(task.marker) for key in there.files) if task.written else code == 0
    if (code == 0 or is_marked) and there.files != wanted.files:
        tally.add_wrong("lost", f"exit {code}, marked {is_marked}, not whole: {shown}")
    if task.written is None:
        return
    for asked in acknowledged:
        put = re.fullmatch(rf"PUT /{task.written[0]}/([^?]+)", asked)
        if put and "_trial" not in asked and put[1] not in there.files:
            tally.add_wrong("lost", f"{asked} was acknowledged: {shown}")


def again(ground: Ground, task: Task, folder: Path, acknowledged: Sequence[str], tally: Tally, shown: str) -> None:
    """The same command without a fault: it ends well, with all there once, and sends no part that was acknowledged."""
    with lined(ground.connection.endpoint or "") as proxy:
        result = ground.run(folder, task.words, proxy.endpoint)
        sent_again = set(proxy.counts.acknowledged) & set(acknowledged)
    if wrong := untrue(result, {DONE}):
        tally.add_wrong("wrong_words", f"the rerun {wrong}: {shown}\n{result.err[-1500:]}")
    if parts := sorted(asked for asked in sent_again if "partNumber" in asked):
        tally.add_wrong("doubled", f"sent again {parts}: {shown}")
    compare(ground, task, folder, tally, shown)
    shutil.rmtree(folder)


def compare(ground: Ground, task: Task, folder: Path, tally: Tally, shown: str) -> None:
    """All is there, as it was sent, and once."""
    there, wanted = ground.seen(task, folder), ground.wanted[task.name]
    if missing := [name for name, digest in wanted.files.items() if there.files.get(name) != digest]:
        tally.add_wrong("lost", f"{missing} missing or other than sent: {shown}")
    if extra := sorted(set(there.files) - set(wanted.files)):
        tally.add_wrong("doubled", f"{extra} besides: {shown}")
    if there.uploads:
        tally.add_wrong("doubled", f"uploads open of {there.uploads}: {shown}")
