"""What a head-end is told to do: revision by revision, what it holds then is exactly what stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection

import pytest

from pipeline import shipped
from pipeline.exchange.c2.actions import Held, decided, fingerprint
from pipeline.model.c2 import Action, MappingKey, ObjectKey, WorkOrder
from pipeline.model.plan import OutputForm
from pipeline.model.programme import Programme
from pipeline.model.submission import Submission
from pipeline.package.metadata import c2, c2_dialects
from pipeline.package.programme import PackagedPart
from tests.programmes import planned, programme, rendition

DIALECTS = [c2_dialects.dialect(name, (shipped.folder("profiles"),)) for name in ("c2-3.0", "c2-2.7")]
FILM = Submission.model_validate_json(
    '{"schema_version":1,"id":"x","title":"t","licence":{"from":"2026-07-01","until":"2029-06-30"},'
    '"media":[{"file":"f","role":"main"}]}'
)
COURSE = Submission.model_validate_json(
    '{"schema_version":1,"id":"x","title":"t","kind":"course","licence":{"from":"2026-07-01","until":"2029-06-30"},'
    '"parts":[{"id":"01"},{"id":"02"},{"id":"03"}],"media":[{"file":"a","role":"main","part":"01"}]}'
)


def after(held: Held, order: WorkOrder, failed: Collection[ObjectKey | MappingKey] = ()) -> Held:
    """What a head-end holds when it has done an order, but for what failed."""
    objects, mappings = set(held.objects), dict(held.mappings)
    for item in order.objects:
        if item.key in failed:
            continue
        if item.action == Action.DELETE:
            objects.discard(item.key)
        else:
            objects.add(item.key)
    for link in order.mappings:
        if link.key in failed:
            continue
        if link.action == Action.DELETE:
            mappings.pop(link.key, None)
        else:
            mappings[link.key] = fingerprint(link.properties)
    return Held(frozenset(objects), mappings)


def film(revision: int) -> Programme:
    renditions = (
        rendition("iptv-hd", OutputForm.MPEGTS),
        rendition("iptv-sd", OutputForm.MPEGTS),
        rendition("poster", OutputForm.POSTER),
    )
    part = PackagedPart(1, planned("iptv-hd", "iptv-sd"), renditions, {})
    return programme(FILM, revision, [(part, 1, "t")])


def course(revision: int, *parts: tuple[str, int, str]) -> Programme:
    """Lessons by id, place and digest of their stream."""
    made = []
    for key, number, sha256 in parts:
        stream = rendition("iptv-hd", OutputForm.MPEGTS)
        files = tuple(item.model_copy(update={"sha256": sha256}) for item in stream.files)
        placed = stream.model_copy(update={"files": files})
        made.append((PackagedPart(key, planned("iptv-hd"), (placed,), {}), number, key))
    return programme(COURSE, revision, made)


def told(order: WorkOrder) -> Counter[str]:
    """`REGIST Movie`, `DELETE Program-Movie` and so on, each with its number."""
    objects = Counter(f"{item.action} {item.element_type}" for item in order.objects)
    return objects + Counter(f"{item.action} {item.parent_type}-{item.element_type}" for item in order.mappings)


def wanted(standing: Programme | None, dialect: object) -> Held:
    """What should be held, said anew."""
    if standing is None:
        return Held()
    order, _ = c2.order(standing, dialect)  # type: ignore[arg-type]
    assert order
    return after(Held(), order)


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda item: item.name)
def test_a_film_its_second_revision_and_its_end(dialect: object) -> None:
    held = Held()
    first, faults = decided(film(1), dialect, held)  # type: ignore[arg-type]
    assert faults == ()
    assert told(first) == {
        "REGIST Program": 1,
        "REGIST Movie": 2,
        "REGIST Picture": 1,
        "REGIST Program-Movie": 2,
        "REGIST Picture-Program": 1,
    }
    held = after(held, first)
    second, _ = decided(film(2), dialect, held)  # type: ignore[arg-type]
    assert told(second) == {
        "UPDATE Program": 1,
        "REGIST Movie": 2,
        "REGIST Picture": 1,
        "DELETE Movie": 2,
        "DELETE Picture": 1,
        "DELETE Program-Movie": 2,
        "DELETE Picture-Program": 1,
        "REGIST Program-Movie": 2,
        "REGIST Picture-Program": 1,
    }
    held = after(held, second)
    assert held == wanted(film(2), dialect)
    last, _ = decided(None, dialect, held)  # type: ignore[arg-type]
    assert {item.action for item in (*last.objects, *last.mappings)} == {Action.DELETE}
    assert after(held, last) == Held()


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda item: item.name)
def test_of_a_course_only_the_mended_lesson_moves(dialect: object) -> None:
    first = course(1, ("01", 1, "0" * 64), ("02", 2, "1" * 64))
    mended = course(2, ("01", 1, "0" * 64), ("02", 2, "2" * 64))
    held = after(Held(), decided(first, dialect, Held())[0])  # type: ignore[arg-type]
    order, _ = decided(mended, dialect, held)  # type: ignore[arg-type]
    assert (told(order)["REGIST Movie"], told(order)["DELETE Movie"], told(order)["UPDATE Program"]) == (1, 1, 2)
    assert after(held, order) == wanted(mended, dialect)
    assert told(decided(mended, dialect, after(held, order))[0]) == {"UPDATE Series": 1, "UPDATE Program": 2}  # type: ignore[arg-type]


def test_a_lesson_that_moves_is_mapped_again_by_update_where_the_generation_has_it() -> None:
    first, other = course(1, ("03", 3, "0" * 64)), course(2, ("03", 3, "0" * 64))
    other = other.model_copy(update={"expected": (1,)})
    for dialect, action in zip(DIALECTS, ("REGIST", "UPDATE"), strict=True):
        held = after(Held(), decided(first, dialect, Held())[0])
        order, _ = decided(other, dialect, held)
        assert told(order)[f"{action} Series-Program"] == 1
        assert after(held, order) == wanted(other, dialect)


def test_a_series_that_takes_its_movies_with_it_is_deleted_without_them() -> None:
    for dialect, movies in zip(DIALECTS, (2, 0), strict=True):
        first = course(1, ("01", 1, "0" * 64), ("02", 2, "1" * 64))
        mapped = dialect.model_copy(
            update={"mappings": (*dialect.mappings, dialect.mappings[0].model_copy(update={"name": "Series-Movie"}))}
        )
        held = after(Held(), decided(first, mapped, Held())[0])
        order, _ = decided(None, mapped, held)
        assert (told(order)["DELETE Movie"], told(order)["DELETE Series"]) == (movies, 1)


def test_what_failed_is_not_held_and_is_told_again() -> None:
    first, _ = decided(film(1), DIALECTS[0], Held())
    movie = next(item for item in first.objects if item.element_type == "Movie")
    held = after(Held(), first, {movie.key})
    again, _ = decided(film(1), DIALECTS[0], held)
    assert told(again) == {"UPDATE Program": 1, "REGIST Movie": 1}
