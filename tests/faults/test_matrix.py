"""Faults × commands: nothing is lost, nothing doubled, and what is said is true."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.storage.s3.session import Connection
from tests.faults.dealing import OF_ANSWER_BODY, OF_REQUEST_BODY, ON_CONNECT, Fault, Kind, refused
from tests.faults.ground import Ground
from tests.faults.judging import Tally, judge

SEED = 29
REFUSED = (
    refused("InternalError", 500),
    refused("ServiceUnavailable", 503, retry_after_s=1),
    refused("SlowDown", 503),
)
AT_ONCE = (
    refused("RequestTimeTooSkewed", 403),
    refused("InvalidAccessKeyId", 403),
    refused("AccessDenied", 403),
)


@pytest.fixture(scope="module")
def ground(connection: Connection, film: Path, tmp_path_factory: pytest.TempPathFactory) -> Ground:
    made = Ground(connection, tmp_path_factory.mktemp("ground"))
    made.prepare(film)
    return made


def met(fault: Fault, asked: str) -> Fault:
    """The same fault, of requests of this kind."""
    return Fault(**{**vars(fault), "asked": asked})


def every_fault(draw: random.Random) -> Iterator[Fault]:
    """One of each kind, at a byte that is drawn; what stalls is waited for."""
    for kind in Kind:
        if kind is Kind.REFUSE:
            yield from REFUSED
        else:
            span_s = 1.5 if kind in (Kind.STALL_CONNECT, Kind.STALL_REQUEST, Kind.STALL_ANSWER, Kind.DELAY) else None
            yield Fault(kind, at=draw.choice((0, None, draw.randrange(1 << 20))), span_s=span_s)


def fits(fault: Fault, asked: str) -> bool:
    """Whether such a request, and its answer, have what the fault is about."""
    if fault.kind in OF_REQUEST_BODY:
        return asked.startswith("^PUT") or "uploadId" in asked
    if fault.kind in OF_ANSWER_BODY:
        return asked.startswith(("^GET", "^POST"))
    return True


@pytest.mark.timeout(600)
def test_a_fault_each(ground: Ground) -> None:
    """Several in each run, every one with another request."""
    draw = random.Random(SEED)
    waiting = list(every_fault(draw))
    tally = Tally()
    for number, task in enumerate(ground.tasks.values()):
        dealt, left = [], []
        targets = list(task.targets.values())
        for fault in waiting:
            asked = next((item for item in targets if fits(fault, item)), None)
            if fault.kind in ON_CONNECT and number == 0:
                dealt.append(fault)
            elif asked is not None and len(dealt) < 7:
                targets.remove(asked)
                dealt.append(met(fault, asked))
            else:
                left.append(fault)
        waiting = left
        judge(ground, task, dealt, tally, seed=SEED)
    for fault, task in zip(AT_ONCE, ground.tasks.values(), strict=False):
        judge(ground, task, [fault], tally, seed=SEED)
    print(tally.told())
    assert not waiting
    assert tally.is_clean, tally.told()


@pytest.mark.acceptance
@pytest.mark.timeout(3000)
def test_every_fault_with_every_request(ground: Ground) -> None:
    draw = random.Random(SEED)
    tally = Tally()
    for task in ground.tasks.values():
        for about, asked in task.targets.items():
            for fault in (*every_fault(draw), *AT_ONCE):
                if fault.kind not in ON_CONNECT and fits(fault, asked):
                    judge(ground, task, [met(fault, asked)], tally, seed=SEED, about=about)
        for fault in every_fault(draw):
            if fault.kind in ON_CONNECT:
                judge(ground, task, [fault], tally, seed=SEED)
    print(f"seed {SEED}\n{tally.told()}")
    assert tally.is_clean, tally.told()
