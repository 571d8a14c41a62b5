"""Who of those that answered may work: pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import groupby

from pipeline.execute.cluster.answer import Admission, Answer, Aside, Expectation, Reason, Worker

Found = tuple[Reason, dict[str, str]]


def judged(expectation: Expectation, workers: Sequence[Worker], silent: Sequence[Aside] = ()) -> Admission:
    """Those that are as expected, agree in what they make, and whose machine holds a film more.

    Args:
        workers: that answered.
        silent: those that did not.
    """
    aside = list(silent)
    fit: list[Worker] = []
    for worker in workers:
        found = worker.answer and differs(expectation, worker.answer)
        if found:
            aside.append(Aside(worker=worker, reason=found[0], values=found[1]))
        else:
            fit.append(worker)
    made = expectation.made or most(fit)
    agreeing = [worker for worker in fit if worker.answer and worker.answer.made == made]
    aside += [Aside(worker=worker, reason=Reason.BYTES) for worker in fit if worker not in agreeing]
    held: list[Worker] = []
    for _, group in groupby(sorted(agreeing, key=lambda one: (one.machine, one.address)), key=lambda one: one.machine):
        those, beyond = on_machine(expectation, list(group))
        held += those
        aside += beyond
    return Admission(workers=tuple(held), aside=tuple(aside), made=made if held else None)


def differs(wanted: Expectation, said: Answer) -> Found | None:
    """The first thing that a machine is not, or has not."""
    if said.python != wanted.python:
        return Reason.PYTHON, {"there": said.python, "here": wanted.python}
    if said.package is None:
        return Reason.PACKAGE_MISSING, {"detail": said.lacks or ""}
    if said.package != wanted.package:
        return Reason.PACKAGE, {"there": said.package, "here": wanted.package}
    return next(filter(None, (look(wanted, said) for look in (_packages, _ffmpeg, _disk, _store))), None)


def _packages(wanted: Expectation, said: Answer) -> Found | None:
    other = [
        f"{name} {said.packages.get(name, '-')} (≠ {version})"
        for name, version in sorted(wanted.packages.items())
        if said.packages.get(name) != version
    ]
    return (Reason.PACKAGES, {"names": ", ".join(other)}) if other else None


def _ffmpeg(wanted: Expectation, said: Answer) -> Found | None:
    if said.build is None:
        return Reason.FFMPEG_MISSING, {}
    if said.build == wanted.build:
        return None
    if said.lacking != wanted.lacking:
        names = sorted(set(said.lacking) ^ set(wanted.lacking))
        return Reason.PROCESSOR, {"names": ", ".join(names)}
    return Reason.FFMPEG, {"there": f"{said.ffmpeg} {said.build}", "here": f"{wanted.ffmpeg} {wanted.build}"}


def _disk(_: Expectation, said: Answer) -> Found | None:
    return (Reason.FOLDER, {"folder": said.unwritable}) if said.unwritable else None


def _store(wanted: Expectation, said: Answer) -> Found | None:
    if wanted.store is None or said.store == "seen":
        return None
    reasons = {"private": Reason.STORE_PRIVATE, "unseen": Reason.STORE}
    return reasons.get(said.store or "", Reason.STORE_FAULT), {}


def most(workers: Iterable[Worker]) -> str | None:
    """What most slots make of the trial; of two that are as many the smaller digest, so that each asking gives one."""
    slots: Counter[str] = Counter()
    for worker in workers:
        if worker.answer and worker.answer.made:
            slots[worker.answer.made] += worker.slots
    return min(slots, key=lambda made: (-slots[made], made), default=None)


def on_machine(wanted: Expectation, workers: list[Worker]) -> tuple[list[Worker], list[Aside]]:
    """As many of a machine's workers as it has memory for, and space for what they would begin; who works stays."""
    held = sorted(workers, key=lambda one: (not one.tasks, one.address))
    answer = held[0].answer
    if answer is None:
        return held, []
    by_memory = max(1, answer.memory_bytes // wanted.memory_bytes) if answer.memory_bytes else len(held)
    held, beyond = _cut(held, by_memory, Reason.MEMORY, _gigabytes(answer.memory_bytes, wanted.memory_bytes))
    busy = sum(bool(one.tasks) for one in held)
    by_disk = busy + answer.disk_free_bytes // wanted.disk_bytes
    held, more = _cut(held, by_disk, Reason.DISK, _gigabytes(answer.disk_free_bytes, wanted.disk_bytes))
    return held, beyond + more


def _cut(workers: list[Worker], most: int, reason: Reason, values: dict[str, str]) -> tuple[list[Worker], list[Aside]]:
    return workers[:most], [Aside(worker=one, reason=reason, values=values) for one in workers[most:]]


def _gigabytes(has: int, needs: int) -> dict[str, str]:
    return {"has": f"{has / 1e9:.1f}", "needs": f"{needs / 1e9:.1f}"}
