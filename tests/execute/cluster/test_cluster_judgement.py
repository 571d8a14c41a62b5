"""Who of those that answered may work, from answers alone."""

from __future__ import annotations

import pytest

from pipeline import catalogue
from pipeline.errors import EnvironmentFault
from pipeline.execute.cluster import admitting, judgement
from pipeline.execute.cluster.answer import Admission, Answer, Aside, Expectation, Reason, Token, Worker

WANTED = Expectation(
    python="3.11",
    package="0.1.0 (aa)",
    packages={"numpy": "2.4"},
    build="b1",
    ffmpeg="n9",
    store=Token(bucket="delivery", key="k"),
    disk_bytes=10,
    memory_bytes=10,
)
FIT = Answer(
    host="one",
    python="3.11",
    package="0.1.0 (aa)",
    packages={"numpy": "2.4", "more": "1"},
    machine="m1",
    cores=4,
    memory_bytes=20,
    disk_free_bytes=20,
    ffmpeg="n9",
    build="b1",
    made="d1",
    store="seen",
)


def worker(address: str, *tasks: str, slots: int = 1, **told: object) -> Worker:
    return Worker(address=address, host="one", slots=slots, tasks=tasks, answer=FIT.model_copy(update=told))


def reasons(admission: Admission) -> dict[str, Reason]:
    return {one.worker.address: one.reason for one in admission.aside}


def names(admission: Admission) -> list[str]:
    return [one.address for one in admission.workers]


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({"python": "3.12"}, Reason.PYTHON),
        ({"package": None, "lacks": "ModuleNotFoundError"}, Reason.PACKAGE_MISSING),
        ({"package": "0.1.0 (bb)"}, Reason.PACKAGE),
        ({"packages": {}}, Reason.PACKAGES),
        ({"packages": {"numpy": "2.3"}}, Reason.PACKAGES),
        ({"build": None, "fault": {"zh": "坏", "en": "bad"}}, Reason.FFMPEG_MISSING),
        ({"build": "b2"}, Reason.FFMPEG),
        ({"build": "b2", "lacking": ("avx2",)}, Reason.PROCESSOR),
        ({"unwritable": "/x"}, Reason.FOLDER),
        ({"disk_free_bytes": 9}, Reason.DISK),
        ({"store": "private"}, Reason.STORE_PRIVATE),
        ({"store": "unseen"}, Reason.STORE),
        ({"store": "fault", "fault": {"zh": "坏", "en": "bad"}}, Reason.STORE_FAULT),
        ({"store": None}, Reason.STORE_FAULT),
    ],
)
def test_who_differs_is_put_aside_by_name_with_the_reason(told: dict[str, object], reason: Reason) -> None:
    found = judgement.judged(WANTED, [worker("a"), worker("b", machine="m2", **told)])
    assert (names(found), reasons(found)) == (["a"], {"b": reason})
    for language in catalogue.LANGUAGES:
        said = admitting.why(found.aside[0], language)
        assert said.startswith("one")
        assert "{" not in said
        assert all(value in said for value in found.aside[0].values.values())
        assert ({"zh": "坏", "en": "bad"}[language] in said) == ("fault" in told)


def test_no_store_is_asked_about_where_none_was_named() -> None:
    unnamed = WANTED.model_copy(update={"store": None})
    assert names(judgement.judged(unnamed, [worker("a", store=None)])) == ["a"]


def test_what_most_slots_make_is_made() -> None:
    three = [worker("a", machine="m1"), worker("b", machine="m2"), worker("c", machine="m3", made="d2")]
    found = judgement.judged(WANTED, three)
    assert (names(found), reasons(found), found.made) == (["a", "b"], {"c": Reason.BYTES}, "d1")
    wide = [*three[:2], worker("c", machine="m3", made="d0", slots=3)]
    assert judgement.judged(WANTED, wide).made == "d0"
    two = [worker("b", machine="m2", made="d2"), worker("a")]
    assert judgement.judged(WANTED, two).made == judgement.judged(WANTED, two[::-1]).made == "d1"


def test_who_joins_later_is_held_to_what_the_others_make() -> None:
    later = WANTED.model_copy(update={"made": "d1"})
    found = judgement.judged(later, [worker("c", made="d2")])
    assert (names(found), reasons(found), found.made) == ([], {"c": Reason.BYTES}, None)


def test_a_machine_gets_no_more_films_than_its_memory_and_disk_hold() -> None:
    four = [worker(name) for name in "abcd"]
    found = judgement.judged(WANTED, four)
    assert (names(found), reasons(found)) == (["a", "b"], {"c": Reason.MEMORY, "d": Reason.MEMORY})
    tight = [worker(name, disk_free_bytes=10) for name in "ab"]
    assert reasons(judgement.judged(WANTED, tight)) == {"b": Reason.DISK}
    elsewhere = [*four, *(worker(name, machine="m2") for name in "ef")]
    assert names(judgement.judged(WANTED, elsewhere)) == ["a", "b", "e", "f"]


def test_who_works_is_not_put_aside_for_what_its_film_takes() -> None:
    found = judgement.judged(WANTED, [worker("a", disk_free_bytes=0), worker("b", "film", disk_free_bytes=0)])
    assert (names(found), reasons(found)) == (["b"], {"a": Reason.DISK})


def test_where_nobody_may_work_each_is_named_with_the_reason() -> None:
    with pytest.raises(EnvironmentFault, match="cluster_empty"):
        admitting.refuse_none(Admission())
    silent = Aside(worker=Worker(address="s", host="far", slots=1), reason=Reason.SILENT)
    faulty = Aside(worker=Worker(address="f", host="old", slots=1), reason=Reason.FAULT, values={"detail": "E"})
    found = judgement.judged(WANTED, [worker("a", build="b2")], [silent, faulty])
    admitting.refuse_none(judgement.judged(WANTED, [worker("a")], [silent]))
    with pytest.raises(EnvironmentFault) as caught:
        admitting.refuse_none(found)
    assert (caught.value.key, caught.value.exit_code) == ("cluster_unfit", 3)
    for language, words in (("zh", "没有回应"), ("en", "does not answer")):
        said = "\n".join(catalogue.error_lines(language, caught.value))  # type: ignore[arg-type]
        assert all(name in said for name in ("one (a)", "far (s)", "old (f)", "b2") if language == "en")
        assert words in said
