"""Notes at the film's own timecode, as `check` prints it, and at a player's, from 0."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.exchange import notes, review, review_copy, status
from pipeline.exchange.notes import PlacedNote, ReviewedFilm
from pipeline.exchange.review import ReviewAnswer
from pipeline.media.timecode import Clock, clock
from pipeline.model.finding import Report, Verdict
from pipeline.model.inbox import InboxMarker, Reports, Review, ReviewKind
from pipeline.model.media import Media, TimecodeTrack
from pipeline.model.reference import SubmissionRef
from pipeline.model.submission import Kind
from pipeline.storage import inbox, layout
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.store import Store
from tests import factories
from tests.exchange.conftest import buckets_of

LONG_S = 90.0


def film(rate: float, first: str | None, length_s: float = LONG_S) -> ReviewedFilm:
    return ReviewedFilm(clock(rate, first), length_s)


def test_where_the_length_is_unknown_a_players_timecode_is_still_one() -> None:
    unknown = film(25.0, "10:00:00:00", length_s=0.0)
    assert notes.placed([unknown], "00:00:05:00", "x") == PlacedNote("10:00:05:00", "x", "00:00:05:00")
    assert notes.placed([unknown], "10:00:05:00", "x") == PlacedNote("10:00:05:00", "x", None)


@pytest.mark.parametrize(
    ("rate", "first", "given", "timecode", "is_players"),
    [
        (25.0, None, "00:01:12:10", "00:01:12:10", False),
        (25.0, "10:00:00:00", "10:00:02:10", "10:00:02:10", False),
        (25.0, "10:00:00:00", "00:00:02:10", "10:00:02:10", True),
        (25.0, "10:00:00:00", "10:01:30:00", "10:01:30:00", False),
        (50.0, None, "00:00:01:49", "00:00:01:49", False),
        (50.0, "10:00:00:00", "10:00:01:49", "10:00:01:49", False),
        (50.0, "10:00:00:00", "00:00:01:49", "10:00:01:49", True),
        (24.0, "01:00:00:00", "01:00:00:23", "01:00:00:23", False),
        (29.97, "00:00:00;00", "00:01:00;02", "00:01:00;02", False),
        (29.97, "00:00:00;00", "00:01:00:02", "00:01:00;02", False),  # any mark: the film's is kept
        (29.97, "00:00:00;00", "00:01:00.02", "00:01:00;02", False),
        (29.97, "10:00:00;00", "10:01:00;02", "10:01:00;02", False),
        (29.97, "10:00:00;00", "00:01:00:00", "10:00:59;28", True),  # 1,798.2 pictures
        (59.94, "10:00:00;00", "10:01:00;04", "10:01:00;04", False),
        (29.97, "10:00:00:00", "10:01:00:00", "10:01:00:00", False),
        (25.0, "00:00:30:00", "00:00:40:00", "00:00:40:00", False),  # both could be meant: the film's
        (25.0, "00:00:30:00", "00:00:10:00", "00:00:40:00", True),
        (25.0, "23:59:30:00", "00:00:10:00", "00:00:10:00", False),  # past midnight
        (120.0, None, "00:00:01:119", "00:00:01:119", False),
        (25.0, "10:00:00:00", " 10:00:02:10 ", "10:00:02:10", False),
    ],
)
def test_a_note_lands_on_the_films_timecode(
    rate: float, first: str | None, given: str, timecode: str, is_players: bool
) -> None:
    placed = notes.placed([film(rate, first)], given, "x")
    assert placed == PlacedNote(timecode, "x", given.strip() if is_players else None)
    note = Review(
        submission_id="x",
        revision=1,
        number=1,
        kind=ReviewKind.NOTE,
        timecode=timecode,
        by="王",
        at=datetime(2026, 6, 1, tzinfo=UTC),
    )
    assert Review.model_validate_json(note.to_file()) == note


@pytest.mark.parametrize("rate", [23.976, 24.0, 25.0, 29.97, 50.0, 59.94])
@pytest.mark.parametrize("first", [None, "10:00:00:00", "10:00:00;00", "00:59:59;20", "23:59:59:10"])
def test_every_timecode_that_check_prints_is_taken_as_it_is(rate: float, first: str | None) -> None:
    one = film(rate, first)
    for picture in range(0, int(LONG_S * rate), 7):
        shown = one.clock.at(picture / float(one.clock.rate))
        assert one.clock.picture(shown) == picture
        assert notes.placed([one], shown, "x") == PlacedNote(shown, "x")


@pytest.mark.parametrize(
    ("rate", "first", "given", "key"),
    [
        (25.0, None, "1:2", "timecode_wrong"),
        (25.0, None, "00:00:01:25", "timecode_wrong"),
        (50.0, None, "00:00:01:50", "timecode_wrong"),
        (24.0, None, "00:00:01:24", "timecode_wrong"),
        (25.0, None, "00:60:00:00", "timecode_wrong"),
        (25.0, None, "00:01:30:01", "timecode_past_end"),
        (25.0, "10:00:00:00", "09:59:59:24", "timecode_past_end"),
        (25.0, "10:00:00:00", "10:01:30:01", "timecode_past_end"),
        (25.0, "10:00:00:00", "00:01:30:01", "timecode_past_end"),
        (29.97, "10:00:00;00", "10:01:00;01", "timecode_past_end"),  # left out by drop-frame, and no player is so far
    ],
)
def test_what_no_picture_has_is_refused(rate: float, first: str | None, given: str, key: str) -> None:
    with pytest.raises(InputError, match=key):
        notes.placed([film(rate, first)], given, "x")


def test_the_refusal_says_the_films_own_span_and_rate() -> None:
    with pytest.raises(InputError) as told:
        notes.placed([film(29.97, "10:00:00;00")], "11:00:00;00", "x")
    assert told.value.values == {"start": "10:00:00;00", "end": "10:01:29;29"}
    with pytest.raises(InputError) as told:
        notes.placed([film(50.0, "10:00:00:00")], "x", "x")
    assert told.value.values == {"example": "10:01:12:20", "frame_rate": 50}


def test_a_film_of_unknown_length_takes_any_timecode() -> None:
    assert notes.placed([ReviewedFilm(Clock(), 0.0)], "05:00:00:00", "x").timecode == "05:00:00:00"


def report(name: str, rate: float, first: str | None) -> Report:
    tracks = (TimecodeTrack(first_frame=first, source=None),) if first else ()
    media = Media(
        container="MPEG-4",
        size_bytes=1,
        duration_s=24.0,
        bitrate_bps=None,
        truncated=False,
        video=(factories.video(frame_rate=rate),),
        timecode=tracks,
    )
    return Report(file=name, sha256=None, verdict=Verdict.ACCEPT, policy="p", media=media)


def sent(buckets: Buckets, name: str, reports: tuple[Report, ...] | bytes, kind: Kind = Kind.FILM) -> SubmissionRef:
    """A submission in the inbox with what the check said of it."""
    ref = SubmissionRef("653200", name)
    place = buckets.place_in_inbox(ref)
    revision = place.revision(place.claim("a" * 64))
    content = reports if isinstance(reports, bytes) else Reports(reports=reports).to_file()
    buckets.inbox.put_if_absent(revision.place.prefix + inbox.INSPECTION, content)
    marker = InboxMarker(
        submission_id=name,
        prefecture="653200",
        title="t",
        kind=kind,
        revision=1,
        content_sha256="a" * 64,
        verdict=Verdict.ACCEPT,
        duration_s=24.0 * (2 if kind is Kind.COURSE else 1),
        files=(),
    )
    revision.send(layout.SUBMITTED, marker, Path())
    return ref


def test_notes_are_kept_with_the_films_timecode_and_what_was_converted_is_told(store: Store) -> None:
    buckets = buckets_of(store, "notes")
    ref = sent(buckets, "film", (report("film.mov", 50.0, "10:00:00:00"), report("dub.mov", 25.0, None)))
    given = ReviewAnswer("王", (("10:00:02:49", "太急"), ("00:00:01:00", "错字")), ReviewKind.RETURN, "请改")
    put = review.answer(buckets, status.the_status(buckets, str(ref)), review_copy.newest_revision(buckets, ref), given)
    assert [(item.kind, item.timecode) for item in put.reviews] == [
        (ReviewKind.NOTE, "10:00:02:49"),
        (ReviewKind.NOTE, "10:00:01:00"),
        (ReviewKind.RETURN, None),
    ]
    assert put.converted == (PlacedNote("10:00:01:00", "错字", "00:00:01:00"),)
    found = status.the_status(buckets, "film")
    assert [item.timecode for item in found.notes] == ["10:00:02:49", "10:00:01:00", None]


@pytest.mark.parametrize("reports", [(), b"{"], ids=["no report", "one that is none"])
def test_without_what_the_check_said_a_film_counts_from_0_at_25_pictures(
    reports: tuple[Report, ...] | bytes, store: Store
) -> None:
    buckets = buckets_of(store, "notes")
    ref = sent(buckets, f"plain-{len(reports)}", reports)
    found = status.the_status(buckets, str(ref))
    put = review.answer(
        buckets, found, review_copy.newest_revision(buckets, found.ref), ReviewAnswer("王", (("00:00:23:24", "x"),))
    )
    assert [item.timecode for item in put.reviews] == ["00:00:23:24"]
    with pytest.raises(InputError, match="timecode_wrong"):
        review.answer(
            buckets, found, review_copy.newest_revision(buckets, found.ref), ReviewAnswer("王", (("00:00:23:25", "x"),))
        )


def test_each_lesson_of_a_course_is_counted_by_its_own_clock(store: Store) -> None:
    buckets = buckets_of(store, "notes")
    lessons = (report("1.mov", 25.0, "01:00:00:00"), report("2.mov", 25.0, "02:00:00:00"))
    ref = sent(buckets, "course", lessons, Kind.COURSE)
    text = "schema_version: 1\ntitle: x\nkind: course\nmedia:\n"
    text += "".join(f"  - {{file: {name}, role: main}}\n" for name in ("1.mov", "2.mov"))
    revision = buckets.place_in_inbox(ref).revision(1)
    buckets.inbox.put_if_absent(revision.place.prefix + inbox.SUBMISSION, text.encode())

    def noted(*notes: tuple[str, str], part: str | None) -> list[tuple[str | None, str | None]]:
        given = ReviewAnswer("王", notes, part=part)
        item, newest = status.the_status(buckets, str(ref)), review_copy.newest_revision(buckets, ref)
        return [(note.part, note.timecode) for note in review.answer(buckets, item, newest, given).reviews]

    first = noted(("01:00:05:00", "x"), ("00:00:20:00", "x"), part="01")
    assert first == [("01", "01:00:05:00"), ("01", "01:00:20:00")]
    assert noted(("00:00:20:00", "x"), part="02") == [("02", "02:00:20:00")]
    for wrong, key in ((None, "note_part"), ("03", "part_unknown")):
        with pytest.raises(InputError) as refused:
            noted(("00:00:20:00", "x"), part=wrong)
        assert refused.value.key == key


def test_a_note_of_an_older_program_is_still_read() -> None:
    kept = (
        b'{"at": "2026-06-01T08:00:00Z", "by": "x", "kind": "note", "number": 1, "revision": 1, "schema_version": 1,'
        b' "submission_id": "x", "text": "x", "timecode": "00:00:01:24"}'
    )
    assert Review.model_validate_json(kept).timecode == "00:00:01:24"
