"""A crew on the way: who joins is judged beside those that work."""

from __future__ import annotations

import json
import socket
import time
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentFault
from pipeline.execute import film_work
from pipeline.execute.cluster import admitting, machine, trial
from pipeline.execute.cluster.address import Scheduler
from pipeline.execute.cluster.answer import Admission, Answer, Aside, Expectation, Reason, Worker
from pipeline.execute.cluster.crew import Crew
from pipeline.execute.film_tasks import ExamineFilmTask, FilmDescription, key_of, of_key
from pipeline.ffmpeg import capability
from pipeline.model.reference import SubmissionRef
from pipeline.model.submission import Submission
from pipeline.remembered import user_cache
from pipeline.settings import Settings
from pipeline.workspace import Workspace

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


def test_who_joined_a_moment_ago_and_makes_other_bytes_makes_nothing(tmp_path: Path) -> None:
    submission = Submission.model_validate_json(
        '{"schema_version": 1, "title": "村医", "media": [{"file": "a.mp4", "role": "main"}]}'
    )
    film = FilmDescription(
        shown="a.mp4", submission=submission, files=(), revision=None, set_name="s", own_rules={}, same_film=False
    )
    task = ExamineFilmTask(maker=WANTED.maker, film=film)
    place = Workspace(tmp_path / "work", Settings())
    answer = film_work.answered(task, place, "tcp://a", lambda: "showcase 0.1.0, other", lambda *_: None)
    assert answer.result.fault is not None
    assert (answer.result.fault.key, answer.usage.worker) == ("worker_differs", "tcp://a")
    assert not place.hidden.exists()
    crew = Crew(Scheduler("127.0.0.1", 1), WANTED, lambda _: None)
    crew._take(Admission(workers=(worker("b"),)))
    crew._looked_at = time.monotonic()
    crew.leave_out("tcp://a", answer.result.fault.raised())
    assert crew._looked_at == 0.0  # it is asked at the next look, which names it
    assert crew.addresses == ("b",)


def test_a_machine_is_what_is_wanted_of_one_like_it() -> None:
    ffmpeg = capability.executable()
    wanted = admitting.expectation(capability.look(ffmpeg, user_cache()))
    assert machine.maker() == wanted.model_copy(update={"made": trial.made(ffmpeg)}).maker


def test_a_task_is_told_by_its_film() -> None:
    given = {"schema_version": 1, "id": "653100-village-a", "prefecture": "喀什地区", "title": "村医"}
    given |= {"media": [{"file": "a.mp4", "role": "main"}]}
    submission = Submission.model_validate_json(json.dumps(given))
    film = FilmDescription(
        shown="a.mp4", submission=submission, files=(), revision=None, set_name="s", own_rules={}, same_film=False
    )
    task = ExamineFilmTask(maker="m", film=film)
    for tried in (0, 2):
        assert of_key(key_of(task, tried)) == ("examine", SubmissionRef("653100", "653100-village-a"))
    assert of_key("inc-123") is None


def test_a_scheduler_is_silent_from_the_first_look_that_it_did_not_answer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        port = nobody.getsockname()[1]
    crew = Crew(Scheduler("127.0.0.1", port), WANTED, lambda _: None)
    assert crew.silent_s == 0.0  # nobody has asked yet, however long ago it began
    with pytest.raises(EnvironmentFault, match="scheduler"):
        crew.look()
    assert crew.silent_s > 0
