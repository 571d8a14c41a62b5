"""A store that a version wrote whose approvals did not say of what: it is read as it is, and asked about anew."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.exchange import decisions, selection, status, story
from pipeline.model.base import canonical
from pipeline.model.inbox import Stage
from pipeline.storage.buckets import Buckets, contents_of
from pipeline.storage.s3.store import Store
from tests.exchange.conftest import buckets_of

# as `showcase` of 2026-11-29 wrote them: three people, four films
RECORDS = json.loads((Path(__file__).parent / "records_before_digests.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def older(store: Store) -> Buckets:
    buckets = buckets_of(store, "older")
    for bucket, records in ((buckets.inbox, RECORDS["inbox"]), (buckets.delivery, RECORDS["delivery"])):
        for key, record in records.items():
            assert bucket.put_if_absent(key, canonical(record, indent=1) + b"\n")
    return buckets


def test_where_each_film_stands(older: Buckets) -> None:
    found = {item.title: item for item in status.submission_statuses(older)}
    assert {title: item.stage for title, item in found.items()} == {
        "a": Stage.SUBMITTED,  # approved, but the record does not say of what
        "b": Stage.DRAFT,
        "c": Stage.RETURNED,
        "d": Stage.WITHDRAWN,
    }
    assert found["c"].reason == "请改"
    assert [note.text for note in found["b"].notes if note.timecode] == ["快一点"]


def test_titles_and_stories(older: Buckets) -> None:
    (film,) = selection.select(older, "d")
    told = {event.what for event in story.story(film.records)}
    assert told == {"claimed", "submitted", "approve", "delivered", "rejected", "withdrawn"}
    (draft,) = selection.select(older, "b")
    assert decisions.decision(draft.records.read_reviews(contents_of([draft.records]))) is None
