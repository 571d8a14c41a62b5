"""What happened to a film, from records that lie in a real store; on which days they were put is said here."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from pipeline.errors import IntegrityError
from pipeline.exchange.campaign import film_stories
from pipeline.model.campaign_report import FilmStory
from pipeline.model.delivery import Decision
from pipeline.model.finding import Severity
from pipeline.model.inbox import Person, ReviewKind
from pipeline.storage.s3.store import Store
from tests.exchange.conftest import buckets_of
from tests.seasons import HOTAN
from tests.stored_seasons import StoredFilm, dated

FIRST = datetime.fromisoformat("2027-06-01T10:00:00+08:00")
PRODUCER, EDITOR, OPERATOR = Person


@pytest.fixture
def film(store: Store, request: pytest.FixtureRequest) -> StoredFilm:
    """A film in buckets of its own."""
    name = request.node.name.partition("[")[0].replace("_", "-")[-40:].strip("-")
    return StoredFilm(buckets_of(store, name), HOTAN, "653200-cunyi")


def told(
    film: StoredFilm, days: Sequence[tuple[str, float]], until: float = 30.0
) -> tuple[FilmStory | None, list[IntegrityError]]:
    """The story after some days.

    Args:
        days: each record's key with the day after the first on which it was put; claims come with their markers.
    """
    dates = {key: FIRST + timedelta(days=day) for key, day in days}
    claims = {
        f"{folder.rpartition('/')[0]}.json": at
        for folder, at in dates.items()
        if folder.endswith(("SUBMITTED.json", "DRAFT.json"))
    }
    faults: list[IntegrityError] = []
    end = FIRST + timedelta(days=until)
    found = film_stories.stories(film.buckets, dated(film.buckets.records(), dates | claims), end, faults.append)
    return (found[0] if found else None), faults


def story(film: StoredFilm, days: Sequence[tuple[str, float]], until: float = 30.0) -> FilmStory:
    found, faults = told(film, days, until)
    assert faults == []
    assert found
    return found


def turns(found: FilmStory) -> list[tuple[Person, float, float | None]]:
    def days(at: datetime | None) -> float | None:
        return None if at is None else round((at - FIRST).total_seconds() / 86_400, 1)

    return [(item.of, days(item.since) or 0.0, days(item.until)) for item in found.turns]


def test_whose_hand_it_is_in_follows_what_status_said_then(film: StoredFilm) -> None:
    days = [
        (film.hand_in(1), 0),
        (film.say(1, 1, ReviewKind.NOTE, "好"), 1),
        (film.say(1, 2, ReviewKind.RETURN, "太暗"), 2),
        (film.hand_in(2), 5),
        (film.say(2, 1, ReviewKind.APPROVE), 6),
        (film.deliver(2), 8),
        (film.answer(1, Decision.REJECT, "码率"), 9),
        (film.answer(2, Decision.ACCEPT), 12),
    ]
    found = story(film, days)
    assert turns(found) == [
        (EDITOR, 0, 2),
        (PRODUCER, 2, 5),
        (EDITOR, 5, 8),
        (OPERATOR, 8, 9),
        (PRODUCER, 9, 12),
    ]
    assert [item.key for item in found.turns] == [days[0][0], days[2][0], days[3][0], days[5][0], days[6][0]]
    assert found.taken_over_key == days[-1][0]


def test_what_lasts_has_no_end_and_what_comes_later_is_not_known(film: StoredFilm) -> None:
    days = [(film.hand_in(1), 0), (film.say(1, 1, ReviewKind.RETURN, "太暗"), 2), (film.hand_in(2), 5)]
    assert turns(story(film, days, until=4)) == [(EDITOR, 0, 2), (PRODUCER, 2, None)]
    assert turns(story(film, days)) == [(EDITOR, 0, 2), (PRODUCER, 2, 5), (EDITOR, 5, None)]
    assert len(story(film, days, until=4).masters) == 1


def test_a_first_cut_that_was_approved_is_one(film: StoredFilm) -> None:
    approved = film.say(1, 1, ReviewKind.APPROVE)
    found = story(film, [(film.hand_in(1), 0), (approved, 1)])
    assert found.is_first_cut
    assert [(item.revision, item.approved_key) for item in found.masters] == [(1, approved)]


def test_a_rough_cut_is_no_first_cut_and_a_second_cut_is_none_either(film: StoredFilm) -> None:
    days = [
        (film.hand_in(1, draft=True), 0),
        (film.say(1, 1, ReviewKind.RETURN, "太暗"), 1),
        (film.hand_in(2), 3),
        (film.say(2, 1, ReviewKind.APPROVE), 4),
    ]
    found = story(film, days)
    assert found.is_first_cut
    assert [item.revision for item in found.masters] == [2]


def test_an_approval_that_was_taken_back_counts_no_more(film: StoredFilm) -> None:
    days = [(film.hand_in(1), 0), (film.say(1, 1, ReviewKind.APPROVE), 1), (film.retract(1, 2, 1), 2)]
    found = story(film, days)
    assert found.approved is None
    assert not found.is_first_cut
    assert story(film, days, until=1.5).is_first_cut


def test_what_was_packaged_without_a_word_is_approved_by_that(film: StoredFilm) -> None:
    ready = film.deliver(1)
    found = story(film, [(film.hand_in(1), 0), (ready, 1)])
    assert found.is_first_cut
    assert found.masters[0].approved_key == ready


def test_reports_are_read_once_and_information_is_no_fault(film: StoredFilm, cached: Store) -> None:
    days = [(film.hand_in(1), 0), (film.hand_in(2), 1)]
    first = film.found(1, {"content.black": Severity.ERROR, "audio.language": Severity.INFO})
    second = film.found(2, {"content.black": Severity.WARNING, "video.vfr": Severity.WARNING})
    counts: Counter[str] = Counter()
    counting = threading.Lock()

    def count(model: object, **_: object) -> None:
        with counting:
            counts[model.name] += 1  # type: ignore[attr-defined]

    own = StoredFilm(buckets_of(cached, film.buckets.inbox.name.removesuffix("-inbox")), HOTAN, film.identity)
    cached.client().meta.events.register("before-call.s3", count)
    found = story(own, days)
    assert [(item.code, item.severity.value, item.key) for item in found.faults] == [
        ("content.black", "error", first),
        ("content.black", "warning", second),
        ("video.vfr", "warning", second),
    ]
    asked = counts["GetObject"]
    assert story(own, days) == found
    assert counts["GetObject"] == asked


def test_a_film_without_a_report_was_not_checked(film: StoredFilm) -> None:
    assert not story(film, [(film.hand_in(1), 0)]).is_checked


@pytest.mark.parametrize(
    "content",
    [b"{", b"[" * 3_000_000, b"x" * (film_stories.MOST_REPORT + 1), None],
    ids=["no JSON", "bomb", "large", "codes"],
)
def test_a_report_that_is_none_costs_a_line_and_the_story_goes_on(content: bytes | None, film: StoredFilm) -> None:
    days = [(film.hand_in(1), 0)]
    if content is None:
        film.found(1, {f"<script>{number}": Severity.ERROR for number in range(3)})
    else:
        film.put_raw("r1/inspection.json", content)
    found, faults = told(film, days)
    assert len(faults) == 1
    assert "r1/inspection.json" in str(faults[0].where)
    assert found
    assert (len(found.turns), found.faults, found.is_checked) == (1, (), False)


def test_a_submission_whose_records_are_none_has_no_story(film: StoredFilm) -> None:
    marker = film.hand_in(1)
    film.put_raw("r2.json", b"{}")
    film.put_raw("r2/SUBMITTED.json", b"{}")
    days = [(marker, 0), (f"{film.buckets.inbox.name}/{film.key('r2/SUBMITTED.json')}", 1)]
    found, faults = told(film, days)
    assert (found, len(faults)) == (None, 1)
