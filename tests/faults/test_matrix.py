"""Faults × commands: nothing is lost, nothing doubled, and what is said is true."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.storage.s3.session import Connection
from tests.faults.dealing import OF_ANSWER_BODY, OF_REQUEST_BODY, ON_CONNECT, Fault, Kind, refused
from tests.faults.ground import Ground, Task
from tests.faults.judging import Tally, conclude, judge

SEED = 29
REFUSED = (
    refused("InternalError", 500),
    refused("ServiceUnavailable", 503, retry_after_s=1),
    refused("SlowDown", 503),
)
STALLS = (Kind.STALL_CONNECT, Kind.STALL_REQUEST, Kind.STALL_ANSWER, Kind.DELAY)
CUTS = (Kind.CUT_ANSWER, Kind.END_ANSWER, Kind.SHORTEN_ANSWER)
AT_ONCE = (
    refused("RequestTimeTooSkewed", 403),
    refused("InvalidAccessKeyId", 403),
    refused("AccessDenied", 403),
)


@pytest.fixture(scope="module")
def ground(connection: Connection, film: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    made = Ground(connection, tmp_path_factory.mktemp("ground"))
    made.prepare(film)
    yield made
    made.close()


def every_fault(draw: random.Random) -> Iterator[Fault]:
    """One of each kind, at a byte that is drawn; what stalls goes on after a while."""
    for kind in Kind:
        if kind is Kind.REFUSE:
            yield from REFUSED
        elif kind in STALLS:
            yield Fault(kind, at=draw.choice((0, None)), span_s=1.5)
        else:
            yield Fault(kind, at=draw.choice((0, None, draw.randrange(1 << 20))))


def for_ever(fault: Fault) -> Fault:
    """The same each time; nothing moves where it stalls, or is cut: what comes a little further each time goes on."""
    is_still = fault.kind in (*STALLS, *CUTS)
    span_s = fault.span_s if fault.kind is Kind.DELAY else None
    return replace(fault, first=None, span_s=span_s, at=0 if is_still else fault.at)


def fits(fault: Fault, asked: str) -> bool:
    """Whether such a request, and its answer, have what the fault is about."""
    if fault.kind in OF_REQUEST_BODY:
        return asked.startswith("^PUT") or "uploadId" in asked
    if fault.kind in OF_ANSWER_BODY:
        return asked.startswith(("^GET", "^POST"))
    return True


def side_by_side(ground: Ground, act: Callable[[Task, Tally], None]) -> Tally:
    """`act` for each task in a thread of its own: their folders and prefixes are apart; gives what all counted."""
    tallies = {name: Tally() for name in ground.tasks}
    with ThreadPoolExecutor(len(tallies)) as pool:
        list(pool.map(lambda task: act(task, tallies[task.name]), ground.tasks.values()))
    total = Tally()
    for tally in tallies.values():
        total.add(tally)
    return total


@pytest.mark.timeout(300)
def test_a_fault_each(ground: Ground) -> None:
    """Several in each run, every one with another request."""
    of_submit, of_run = ground.tasks["submit"].targets, ground.tasks["run"].targets
    of_review, of_pull = ground.tasks["review"].targets, ground.tasks["pull"].targets
    dealt = {
        "submit": (
            Fault(Kind.CUT_REQUEST, of_submit["part"]),
            Fault(Kind.FLIP_REQUEST, of_submit["part"], at=7),
            refused("InternalError", 500, asked=of_submit["small"]),
            Fault(Kind.LOSE_ANSWER, of_submit["complete"]),
            Fault(Kind.DOUBLE_REQUEST, of_submit["marker"]),
        ),
        "run": (
            Fault(Kind.CUT_CONNECT),
            Fault(Kind.STALL_REQUEST, of_run["part"], span_s=0.5),
            refused("SlowDown", 503, asked=of_run["small"]),
            Fault(Kind.SHORTEN_REQUEST, of_run["manifest"]),
            Fault(Kind.DOUBLE_ANSWER, of_run["marker"]),
        ),
        "review": (
            Fault(Kind.STALL_CONNECT, span_s=0.5),
            Fault(Kind.CUT_ANSWER, of_review["marker"]),
            Fault(Kind.FLIP_ANSWER, of_review["film"], at=1 << 20),
            refused("ServiceUnavailable", 503, retry_after_s=1, asked=of_review["small"]),
        ),
        "pull": (
            Fault(Kind.DELAY, of_pull["listing"], span_s=0.5),
            Fault(Kind.END_ANSWER, of_pull["film"]),
            Fault(Kind.STALL_ANSWER, of_pull["manifest"], span_s=0.5),
            Fault(Kind.SHORTEN_ANSWER, of_pull["small"], at=9),
        ),
    }
    assert {fault.kind for faults in dealt.values() for fault in faults} == set(Kind)
    tally = Tally()
    for name, task in ground.tasks.items():
        judge(ground, task, dealt[name], tally, seed=SEED)
    for refusal, task in zip(AT_ONCE, ground.tasks.values(), strict=False):
        judge(ground, task, [refusal], tally, seed=SEED)
    conclude(tally, f"seed {SEED}")


@pytest.mark.acceptance
@pytest.mark.timeout(3000)
def test_every_fault_with_every_request(ground: Ground) -> None:
    def act(task: Task, tally: Tally) -> None:
        draw = random.Random(f"{SEED} {task.name}")
        for about, asked in task.targets.items():
            for fault in (*every_fault(draw), *AT_ONCE):
                if fault.kind not in ON_CONNECT and fits(fault, asked):
                    judge(ground, task, [replace(fault, asked=asked)], tally, seed=SEED, about=about)
        for fault in every_fault(draw):
            if fault.kind in ON_CONNECT:
                judge(ground, task, [fault], tally, seed=SEED)

    conclude(side_by_side(ground, act), f"seed {SEED}")


@pytest.mark.acceptance
@pytest.mark.timeout(3000)
def test_what_does_not_end_is_told(ground: Ground) -> None:
    """Each fault with every request of its kind, for ever: the command ends after its patience, and says of what."""

    def act(task: Task, tally: Tally) -> None:
        draw = random.Random(f"{SEED} {task.name} for ever")
        patient = replace(task, words=(*task.words, "--wait", "5s"))
        for about, asked in task.targets.items():
            for fault in (*every_fault(draw), *AT_ONCE):
                if fault.kind in ON_CONNECT or not fits(fault, asked):
                    continue
                judge(ground, patient, [replace(for_ever(fault), asked=asked)], tally, seed=SEED, about=about)
        for fault in every_fault(draw):
            if fault.kind in ON_CONNECT:
                judge(ground, patient, [for_ever(fault)], tally, seed=SEED)

    conclude(side_by_side(ground, act), f"seed {SEED}")
