"""A crew on the way: who joins is judged beside those that work."""

from __future__ import annotations

from pipeline.execute.cluster.address import Scheduler
from pipeline.execute.cluster.answer import Admission, Answer, Aside, Expectation, Reason, Worker
from pipeline.execute.cluster.crew import Crew

WANTED = Expectation(
    python="3.11", package="0.1.0", packages={}, build="b", ffmpeg="n", made="d", disk_bytes=10, memory_bytes=10
)
FIT = Answer(
    host="one",
    python="3.11",
    package="0.1.0",
    machine="m",
    memory_bytes=20,
    disk_free_bytes=90,
    ffmpeg="n",
    build="b",
    made="d",
)


def worker(address: str) -> Worker:
    return Worker(address=address, host="one", slots=1, answer=FIT)


def test_who_joins_gets_nothing_where_the_machine_holds_no_more() -> None:
    told: list[Aside] = []
    crew = Crew(Scheduler("127.0.0.1", 1), WANTED, told.append)
    crew._take(Admission(workers=(worker("c"),)))
    crew._take(Admission(workers=(worker("b"),)))
    assert not crew.has_strangers
    crew._take(Admission(workers=(worker("a"),)))
    assert crew.addresses == ("b", "c")
    assert [(one.worker.address, one.reason) for one in told] == [("a", Reason.MEMORY)]
    assert crew.has_strangers


def test_who_was_silent_is_told_of_once_and_let_in_when_it_answers() -> None:
    told: list[Aside] = []
    crew = Crew(Scheduler("127.0.0.1", 1), WANTED, told.append)
    silent = Aside(worker=Worker(address="a", host="one", slots=1), reason=Reason.SILENT)
    for _ in range(2):
        crew._take(Admission(aside=(silent,)))
        assert crew.has_strangers
    assert told == [silent]
    crew._take(Admission(workers=(worker("a"),)))
    assert crew.addresses == ("a",)
    assert not crew.has_strangers
