"""What a season asks of a prefecture, among the lines of its `status`: films that are not there yet, and when one is
on air."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

from pipeline.cli import campaign_here
from pipeline.cli.console import Console
from pipeline.cli.editor import prefecture_view
from pipeline.cli.editor.board_words import BoardWords
from pipeline.cli.layout import cut, terminal_width
from pipeline.errors import EnvironmentFault, InputError, IntegrityError
from pipeline.exchange.campaign import letters
from pipeline.exchange.campaign.season import Season
from pipeline.exchange.running_order import watching
from pipeline.exchange.unchanged import Ledger
from pipeline.model.campaign_letters import LetterItem
from pipeline.model.campaign_status import BoardFilm, Wanted
from pipeline.model.china_time import CHINA, day_in_china, end_of_day
from pipeline.model.inbox import Person, Stage
from pipeline.model.reference import SubmissionRef
from pipeline.report import letter
from pipeline.report.season_words import SeasonWords
from pipeline.storage.buckets import Buckets
from pipeline.storage.rights import Role
from pipeline.workspace import Workspace

FaultCallback = Callable[[IntegrityError], None]


def is_asked(place: Workspace) -> bool:
    """Whether this workspace is a prefecture's; nobody else's `status` asks for a season."""
    return place.settings.role == Role.PRODUCER and place.settings.prefecture is not None


def until(day: date | None) -> datetime | None:
    """The moment at which a look at a day ends; None where that is yet to come."""
    end = end_of_day(day) if day else None
    return end if end and end <= datetime.now(UTC) else None


def looked(
    console: Console, place: Workspace, buckets: Buckets, day: date | None, unreadable: FaultCallback
) -> Season | None:
    """The season, with all submissions in the same look; None where there is none, or these keys may not see it, which
    is said.

    Args:
        unreadable: hears that its plan can't be read.
    """
    try:
        ledger = Ledger(buckets.delivery.store)
        return campaign_here.loaded(console, place, buckets, today=day, ledger=ledger)
    except InputError:  # none is published, or was on that day
        return None
    except EnvironmentFault as fault:
        if not campaign_here.is_unseen(fault):
            raise
        console.remark("status_plan_not_seen")
    except IntegrityError as fault:
        unreadable(fault)
    return None


def films(season: Season) -> list[BoardFilm]:
    """Those of which something is to be said: what is not handed in yet or was withdrawn, what the prefecture is late
    with, and what is on air."""
    row = season.status.row(season.own or "")
    if row is None:
        return []
    return [film for film in row.films if film.on_air or _is_open(season, film)]


def _is_open(season: Season, film: BoardFilm) -> bool:
    if film.next_cell is None or film.submission_id is None or film.stage is Stage.WITHDRAWN:
        return film.next_cell is not None
    wanted = _wanted(season, film)
    return wanted is not None and wanted.of is Person.PRODUCER and wanted.cell.late_days > 0


def _wanted(season: Season, film: BoardFilm) -> Wanted | None:
    found = season.status.wanted
    return next((item for item in found if film.id and (item.prefecture, item.id) == (season.own, film.id)), None)


def show(console: Console, season: Season) -> None:
    """A line for each film, within the terminal; under a late one what is to be typed, as letters have it."""
    found = films(season)
    words = BoardWords(console, season.status.campaign)
    season_words = SeasonWords(console.language, season.status.campaign, season.status.today)
    late = _late(season)
    for film in found:
        console.give({"campaign": season.campaign, "film": film.model_dump(mode="json")})
    named = [film for film in found if film.id is not None]
    nameless = [film for film in found if film.id is None]
    if found:
        console.tell("status_season", name=words.name(), day=season.status.campaign.air_date)
    for film in named:
        shown = _on_air(console, season, film) or _next(console, season, words, film)
        lead = f"  {film.id}  {film.title or ''}".rstrip()
        said = console.word("said", lead=lead, text=shown)
        if _is_ended(film):
            console.hang(said)  # whose turn it is stands at its end
        else:
            console.line(cut(said, terminal_width()))
        if film.id in late:
            console.hang(f"    {letter.to_type(late[film.id], season_words)}")
    if any(_on_air(console, season, film) for film in named):
        prefecture_view.show_order(console, season)
    if nameless:
        how = _next(console, season, words, nameless[0])
        console.tell("status_not_announced", count=len(nameless), how=how)


def _late(season: Season) -> dict[str | None, LetterItem]:
    """By film what a letter of the day asks for that is late."""
    made = letters.letters(season.status, {}).letters
    return {
        item.id: item
        for found in made
        if found.prefecture == season.own
        for item in found.items
        if item.most_late.late_days
    }


def show_one(console: Console, season: Season, wanted: str) -> bool:
    """A film that was announced and is not handed in; whether there is one of this id."""
    row = season.status.row(season.own or "")
    film = row.film(wanted.rpartition("/")[2]) if row else None
    if film is None:
        return False
    console.give({"campaign": season.campaign, "film": film.model_dump(mode="json")})
    prefecture_view.show_film(console, BoardWords(console, season.status.campaign), film)
    return True


def show_beside(console: Console, season: Season, submission: str) -> None:
    """When the film of a submission is on air, if it is."""
    film = _film_of(season, submission)
    if film and (shown := _on_air(console, season, film)):
        console.hang(shown)
        prefecture_view.show_order(console, season)


def next_step(console: Console, season: Season, submission: str) -> str:
    """What the season still asks for of a submission that the store is done with; nothing where it asks for nothing."""
    film = _film_of(season, submission)
    if film is None or not (_is_ended(film) and _is_open(season, film)):
        return ""
    return _next(console, season, BoardWords(console, season.status.campaign), film)


def _film_of(season: Season, submission: str) -> BoardFilm | None:
    row = season.status.row(season.own or "")
    film = row.film(submission) if row else None
    return film if film and film.submission_id == submission else None


def _is_ended(film: BoardFilm) -> bool:
    """Whether its standing in the store asks nobody for anything."""
    return film.stage is not None and film.wanted_of is None


def _next(console: Console, season: Season, words: BoardWords, film: BoardFilm) -> str:
    """The next step, and where the store does not say whose turn it is, whose."""
    cell = film.next_cell
    if cell is None:
        return ""
    how = f"{words.milestone(cell.milestone)} {words.cell(cell)}"
    if _is_ended(film) and (wanted := _wanted(season, film)):
        return console.word("status_turn", how=how, whom=console.word(f"person_{wanted.of}"))
    return how


def _on_air(console: Console, season: Season, film: BoardFilm) -> str:
    """Its next time, or the last one at which it was there; nothing where it is in no order, or can't be on air any
    more."""
    if season.order is None or film.on_air is None or film.submission_id is None or season.own is None:
        return ""
    today = season.status.today
    now = datetime.now(UTC)
    moment = now if today == day_in_china(now) else end_of_day(today)
    ref = SubmissionRef(season.own, film.submission_id)
    told = watching.on_air(season.order, ref, moment, season.absent.get(ref, ()))
    if told.current:
        return console.word("on_air_now", end=f"{told.current.end.astimezone(CHINA):%H:%M}")
    if told.following:
        return console.word("on_air_at", at=f"{told.following.start.astimezone(CHINA):%Y-%m-%d %H:%M}")
    last = told.showings[-1] if told.showings else None
    return console.word("on_air_over", at=f"{last.start.astimezone(CHINA):%Y-%m-%d %H:%M}") if last else ""
