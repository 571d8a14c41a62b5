"""Seasons for tests: campaigns, records and facts in few words, and a board as lines of text."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline.exchange.campaign.board import board
from pipeline.exchange.campaign.known import Known
from pipeline.model.campaign import (
    Campaign,
    CampaignRevision,
    ExpectedFilms,
    FilledBy,
    Milestone,
    PublishedCampaign,
    Words,
)
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.campaign_records import BadRecord, CampaignRecord, Entry, PlacedRecord, Side
from pipeline.model.campaign_status import BoardFilm, CampaignStatus, Cell, CellState
from pipeline.model.china_time import CHINA
from pipeline.model.inbox import WANTED, Stage

HOTAN, KASHGAR, ALTAY, KARAMAY = "653200", "653100", "654300", "650200"
STEPS = (
    ("topic", "选题", "2027-03-31", FilledBy.HAND),
    ("shooting", "拍摄", "2027-05-20", FilledBy.HAND),
    ("handed-in", "首次报送", "2027-06-10", FilledBy.SUBMITTED),
    ("accepted", "通过", "2027-06-22", FilledBy.APPROVED),
    ("on-air", "播出", "2027-07-01", FilledBy.SHOWN),
)
BEGINNING = datetime(2027, 1, 4, 2, tzinfo=UTC)


def milestones(steps: Iterable[tuple[str, str, str, FilledBy]] = STEPS) -> tuple[Milestone, ...]:
    return tuple(
        Milestone(id=name, words=Words(zh=zh, en=name), due=date.fromisoformat(due), filled_by=by)
        for name, zh, due, by in steps
    )


def campaign(**values: Any) -> Campaign:
    """A season of five milestones; two films of Hotan, one each of three others."""
    usual: dict[str, Any] = {
        "schema_version": 1,
        "id": "july-1-2027",
        "name": "七一展播",
        "air_date": date(2027, 7, 1),
        "columns": ("showcase",),
        "films": ExpectedFilms(prefectures={HOTAN: 2, KASHGAR: 1, ALTAY: 1, KARAMAY: 1}),
        "milestones": milestones(),
    }
    return Campaign(**{**usual, **values})


def published(*campaigns: Campaign, days: int = 60) -> tuple[PublishedCampaign, ...]:
    """Revisions of a campaign, so many days between them."""
    return tuple(
        PublishedCampaign(
            revision=CampaignRevision(number=index + 1, campaign=item, by="编辑"),
            at=BEGINNING + timedelta(days=days * index),
        )
        for index, item in enumerate(campaigns)
    )


def at(day: str, clock: str = "10:00") -> datetime:
    """A moment in China."""
    return datetime.fromisoformat(f"{day}T{clock}:00").replace(tzinfo=CHINA)


def said(
    prefecture: str,
    day: str,
    *entries: Entry,
    side: Side = Side.PREFECTURE,
    number: int = 1,
    by: str = "阿依古丽",
    clock: str = "10:00",
) -> PlacedRecord:
    """One record at its place."""
    record = CampaignRecord(campaign="july-1-2027", prefecture=prefecture, by=by, entries=entries)
    bucket = "inbox" if side is Side.PREFECTURE else "delivery"
    key = f"{bucket}/{prefecture}/_campaign/july-1-2027/{number:04}.json"
    return PlacedRecord(record=record, side=side, number=number, key=key, at=at(day, clock))


def facts(prefecture: str, submission: str, stage: Stage, **values: Any) -> FilmFacts:
    return FilmFacts(prefecture=prefecture, submission_id=submission, stage=stage, wanted_of=WANTED[stage], **values)


def looked(
    today: str,
    records: Iterable[PlacedRecord] = (),
    films: Iterable[FilmFacts] = (),
    *,
    of: tuple[PublishedCampaign, ...] | None = None,
    bad: Iterable[BadRecord] = (),
    **values: Any,
) -> CampaignStatus:
    """The board of a day."""
    known = Known(of or published(campaign()), tuple(records), tuple(bad), tuple(films))
    return board(known, date.fromisoformat(today), **values)


def cell_words(cell: Cell) -> str:
    """`late 3`, `near 2`, `done 05-19`, `extended 06-15`."""
    if cell.state is CellState.LATE:
        return f"late {cell.late_days}"
    if cell.state is CellState.NEAR:
        return f"near {cell.left_days}"
    if cell.state is CellState.EXTENDED:
        return f"extended {cell.due:%m-%d}"
    if cell.state is CellState.DONE and cell.on:
        return f"done {cell.on:%m-%d}" + (f" +{cell.late_days}" if cell.late_days else "")
    return cell.state.value


def film_words(film: BoardFilm) -> str:
    """One line of a film: id, what kind of row it is, its cells."""
    return " | ".join((film.id or "-", film.standing.value, *map(cell_words, film.cells)))


def row_words(status: CampaignStatus, code: str) -> str:
    """One line of a prefecture: in each cell the worst, and how many are done."""
    row = status.row(code)
    assert row is not None
    words = []
    for cell in row.cells:
        days = {CellState.LATE: f" {cell.late_days}", CellState.NEAR: f" {cell.left_days}"}.get(cell.state, "")
        words.append(f"{cell.state.value}{days} {cell.done}/{cell.of}")
    return " | ".join((code, *words))


def films_words(status: CampaignStatus, code: str) -> list[str]:
    row = status.row(code)
    return [film_words(film) for film in row.films] if row else []
