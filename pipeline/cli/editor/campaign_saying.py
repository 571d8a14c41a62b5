"""How a season's commands say something: who speaks of whose films, the board before it, what was put."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import click

from pipeline import durable
from pipeline.cli import campaign_here, store_here
from pipeline.cli.command_context import prefecture_code, user_here, workspace_here
from pipeline.cli.completing import FILMS, MILESTONES, SEASON
from pipeline.cli.console import Console, left_out
from pipeline.cli.editor.campaign_lines import Lines
from pipeline.exchange.campaign import saying
from pipeline.exchange.campaign.entries import Entries, Speaker
from pipeline.exchange.campaign.saying import Put
from pipeline.exchange.campaign.season import Season
from pipeline.exchange.campaign.step_typed import typed
from pipeline.model.base import canonical
from pipeline.model.campaign import FilledBy
from pipeline.model.campaign_records import Announce, Drop, Entry, EntryKind, Side, may
from pipeline.model.campaign_status import CampaignStatus
from pipeline.model.inbox import Stage
from pipeline.model.reference import SubmissionRef
from pipeline.model.vocabulary import Vocabulary
from pipeline.workspace import Workspace

_PACKAGED = (Stage.READY, Stage.ACCEPTED)
Making = Callable[[Speaker, Vocabulary], Entries]


def of_whom(function: Callable[..., int]) -> Callable[..., int]:
    """The options of every command that says something: for which prefecture, of which campaign."""
    return click.option("--prefecture", metavar="CODE")(campaign_here.which(function))


def say(console: Console, kind: EntryKind, prefecture: str | None, campaign: str | None, making: Making) -> None:
    """Put what a command says, once, and tell it.

    Args:
        kind: what it says, for who may.
        prefecture: for which the editor speaks, as it is typed.
        campaign: its id; the latest where none is said.
        making: the entries of what was typed.

    Raises:
        InputError: it can't be said, nothing fits, or several films do. EnvironmentFault: these keys may not say it.
    """
    place = workspace_here()
    campaign_here.refuse_to_say(place, editor_alone=not may(Side.PREFECTURE, kind))
    code = prefecture_code(prefecture, "--prefecture") if prefecture else None
    columns = campaign_here.columns_of(place)
    with store_here.opened(console, place, campaign_here.written_bucket(place)) as buckets:
        seen = campaign_here.loaded(console, place, buckets, campaign)
        entries = making(speaker(seen, code), columns)
        put = saying.say(buckets, seen, entries, user_here(place))
    told: set[str] = set()
    for item in put:
        tell(console, seen, columns, item, entries[item.prefecture], told)
    announced = [entry.id for item in put for entry in item.entries if isinstance(entry, Announce)]
    for identity in announced:
        if step := _first_by_hand(console, seen.status):
            console.say("campaign_announced_step", id=identity, step=step)
        console.say("campaign_announced_next", id=identity)
    for item in put:
        _tell_packaged(console, seen.status, item.prefecture, entries[item.prefecture])
    remember(place, seen.status, announced)
    left_out(console, seen.faults)


def _tell_packaged(console: Console, status: CampaignStatus, prefecture: str, said: Sequence[Entry]) -> None:
    """That a film which will not be made is packaged all the same: nothing that a season says withdraws it."""
    row = status.row(prefecture)
    for entry in said:
        film = row.film(entry.id) if row and isinstance(entry, Drop) else None
        if film and film.submission_id and film.stage in _PACKAGED:
            console.tell("campaign_drop_packaged", ref=SubmissionRef(prefecture, film.submission_id).typed)


def _first_by_hand(console: Console, status: CampaignStatus) -> str | None:
    """The first milestone that people say is done, as it is typed: to announce a film does none."""
    found = next((item for item in status.campaign.milestones if item.filled_by is FilledBy.HAND), None)
    return typed(status.campaign, found.id, console.language) if found else None


def speaker(seen: Season, prefecture: str | None) -> Speaker:
    """Who speaks: a prefecture for itself, the editor for the one that is said, or of all films.

    Raises:
        InputError: a prefecture names another one.
    """
    who = Speaker(seen.status, seen.own or prefecture)
    if prefecture:
        who.refuse_other(prefecture, "--prefecture")
    return who


def remember(place: Workspace, status: CampaignStatus, announced: Sequence[str] = ()) -> None:
    """Keep films and milestones for shell completion, where there is a workspace.

    Args:
        announced: ids that the board does not have yet.
    """
    if place.exists and place.cache.is_dir():
        films = {film.id for row in status.rows for film in row.films if film.id and film.standing.counts}
        milestones = [item.id for item in status.campaign.milestones]
        durable.write(place.cache / SEASON, canonical({FILMS: sorted({*films, *announced}), MILESTONES: milestones}))


def tell(console: Console, seen: Season, columns: Vocabulary, put: Put, said: Sequence[Entry], told: set[str]) -> None:
    """What was said of a prefecture, and what was said before that.

    Args:
        told: lines that were written; both halves of a move are one.
    """
    announced = {entry.id: entry.title for entry in said if isinstance(entry, Announce)}
    lines = Lines(console, seen.status, columns, put.prefecture, announced)
    for entry in dict.fromkeys(said):
        _give(console, seen, put, entry)
        line = lines.of(entry)
        if entry not in put.entries:
            line = console.word("campaign_stands", said=line)
        if line not in told:
            console.hang(line)
        told.add(line)


def _give(console: Console, seen: Season, put: Put, entry: Entry) -> None:
    is_new = entry in put.entries
    console.give(
        {
            "campaign": seen.campaign,
            "prefecture": put.prefecture,
            "new": is_new,
            "records": list(put.keys) if is_new else [],
            "entry": entry.model_dump(mode="json", exclude_none=True),
        }
    )
