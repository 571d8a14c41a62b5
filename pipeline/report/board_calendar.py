"""A season's due days as a calendar (RFC 5545): whole days, and names of events that stay, so that a moved date moves.

Nothing in it is from a clock: an event was last changed when the store got the revision, or the record, that gave it
its day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from icalendar import Calendar, Event, vText

from pipeline.exchange.campaign.written import shown
from pipeline.model.campaign import Milestone
from pipeline.model.campaign_status import BoardFilm, CampaignStatus, Cell, PrefectureRow
from pipeline.report.board_words import BoardWords

_PRODUCT = "-//showcase//campaign//ZH"
_COUNTED_FROM = datetime(2000, 1, 1, tzinfo=UTC)
_MOST_SEQUENCE = 2**31 - 1  # RFC 5545, 3.3.8: a signed number of 32 bits


def calendar(status: CampaignStatus, words: BoardWords, prefecture: str | None = None) -> bytes:
    """The calendar: an event a milestone, or of one prefecture an event for each milestone of each of its films.

    A film that was dropped or moved away has its events cancelled, so that they go where they were taken before.

    Args:
        prefecture: the code of the only one that is looked at.
    """
    made = Calendar()
    made.add("prodid", _PRODUCT)
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    name = words.name(status.campaign)
    row = status.row(prefecture) if prefecture else None
    if prefecture:
        name = f"{name} · {words.prefecture(prefecture)}"
    made.add("name", name)  # RFC 7986; the other one is what calendars know that are older
    made.add("x-wr-calname", vText(name))
    events = _of_row(status, row, words) if row else _of_milestones(status, words) if not prefecture else ()
    for event in events:
        made.add_component(event)
    content: bytes = made.to_ical()
    return content


def _of_milestones(status: CampaignStatus, words: BoardWords) -> Iterator[Event]:
    campaign = status.campaign
    for item in campaign.milestones:
        title = f"{words.milestone(item)} · {words.name(campaign)}"
        yield _event(f"{campaign.id}.{item.id}", title, item.due, status.published_at)


def _of_row(status: CampaignStatus, row: PrefectureRow, words: BoardWords) -> Iterator[Event]:
    """Films that have no name yet are one event a milestone."""
    campaign = status.campaign
    nameless = [film for film in row.films if film.id is None]
    for item in campaign.milestones:
        for film in row.films:
            if film.id:
                yield _of_film(status, row.code, film, item, words)
        if nameless:
            cell = nameless[0].cell(item.id)
            count = words.word("nameless_films", count=len(nameless))
            title = f"{words.milestone(item)} · {count}"
            yield _event(f"{campaign.id}.{row.code}.{item.id}", title, cell.due, _changed(status, cell))


def _of_film(status: CampaignStatus, code: str, film: BoardFilm, milestone: Milestone, words: BoardWords) -> Event:
    cell = film.cell(milestone.id)
    named = f"{status.campaign.id}.{code}.{film.id}.{milestone.id}"
    changed = _changed(status, cell)
    if film.ended:
        changed = max(changed, film.ended.at)
    made = _event(named, f"{words.milestone(milestone)} · {words.title(film)}", cell.due, changed)
    ended = "" if film.standing.counts else words.standing(film)
    told = [f"{words.prefecture(code)} {film.id}", ended, words.more(cell)]
    made.add("description", "\n".join(text for text in told if text))
    if not film.standing.counts:
        made.add("status", "CANCELLED")
    return made


def _changed(status: CampaignStatus, cell: Cell) -> datetime:
    """When its day became what it is."""
    given = cell.extension.said.at if cell.extension else status.published_at
    return max(status.published_at, given)


def _event(named: str, title: str, day: date, changed: datetime) -> Event:
    """A whole day.

    Args:
        named: what stays the same whatever happens to it.
        changed: what the number of its changes goes up with.
    """
    at = changed.astimezone(UTC).replace(microsecond=0)
    made = Event()
    made.add("uid", f"{named}@showcase")
    made.add("summary", shown(title))
    made.add("dtstart", day)
    made.add("dtend", day + timedelta(days=1))
    made.add("dtstamp", at)
    made.add("last-modified", at)
    made.add("sequence", min(max(int((at - _COUNTED_FROM).total_seconds()), 0), _MOST_SEQUENCE))
    made.add("transp", "TRANSPARENT")
    return made
