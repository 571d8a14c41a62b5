"""A season as its commands meet it: which one, on which day, and for which side this workspace speaks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import click

from pipeline import shipped
from pipeline.cli import store_here
from pipeline.cli.console import Console, left_out
from pipeline.errors import EnvironmentFault, InputError, IntegrityError
from pipeline.exchange import unchanged
from pipeline.exchange.campaign import season, typed
from pipeline.exchange.campaign.season import Season
from pipeline.exchange.unchanged import Ledger
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.campaign_records import Side
from pipeline.model.china_time import day_in_china
from pipeline.model.inbox import Person
from pipeline.model.vocabulary import Vocabulary
from pipeline.storage.buckets import Buckets
from pipeline.storage.rights import Role
from pipeline.workspace import Workspace


def which(function: Callable[..., int]) -> Callable[..., int]:
    """The option by which a season is named; the one that was published last is meant without it."""
    return click.option("--campaign", metavar="ID")(function)


def on_day(function: Callable[..., int]) -> Callable[..., int]:
    """The option of all that only reads: what was known at the end of a day."""
    return click.option("--today", metavar="DATE")(function)


def day(text: str | None) -> date | None:
    """What `--today` says.

    Raises:
        InputError: it is no day.
    """
    return typed.day(text, day_in_china(datetime.now(UTC)), "--today") if text else None


def side_here(place: Workspace) -> Side:
    """The side that this workspace speaks for.

    Raises:
        InputError: the settings say that it is a prefecture's, and not whose.
    """
    if place.settings.role != Role.PRODUCER:
        return Side.EDITOR
    if place.settings.prefecture is None:
        raise InputError("campaign_no_prefecture", where="prefecture")
    return Side.PREFECTURE


def own_prefecture(place: Workspace) -> str | None:
    """The prefecture that alone looks here; None for the editor's side. Raises as `side_here`."""
    return place.settings.prefecture if side_here(place) is Side.PREFECTURE else None


def refuse_to_say(place: Workspace, *, editor_alone: bool = False) -> None:
    """Let pass who may say something of a season: before the store is asked.

    Raises:
        EnvironmentFault: the settings say that it is somebody else.
    """
    role = place.settings.role
    if editor_alone or role in (Role.OPERATOR, Role.WORKER):
        store_here.refuse_others_right(place, Person.EDITOR)


def written_bucket(place: Workspace) -> str:
    """The bucket that the records of this side are put into."""
    own = place.settings
    return own.inbox if side_here(place) is Side.PREFECTURE else own.delivery


def columns_of(place: Workspace) -> Vocabulary:
    """The vocabulary of columns, the workspace's own over that which comes with the program."""
    return Vocabularies((place.profiles, shipped.folder("profiles"))).columns


def loaded(
    console: Console,
    place: Workspace,
    buckets: Buckets,
    campaign: str | None = None,
    today: date | None = None,
    ledger: Ledger | None = None,
) -> Season:
    """The season that is meant, as far as this identity sees it; raises as `season.load`."""

    def look(seen: Buckets) -> Season:
        return _loaded(place, seen, campaign, today, ledger)

    if not buckets.sees_inbox:
        console.remark("campaign_inbox_unseen")
    return store_here.as_far_as_seen(console, buckets, look)


def loaded_each(console: Console, place: Workspace, buckets: Buckets) -> Iterator[Season]:
    """Every season, the one that was published last first; of the others each is asked for when it is its turn, and
    one whose plan can't be read is a line. Raises as `loaded`."""
    latest = loaded(console, place, buckets)
    yield latest
    if not latest.others:
        return
    seen = buckets.without_closed_inbox() or buckets
    for campaign in latest.others:
        try:
            yield _loaded(place, seen, campaign)
        except IntegrityError as fault:
            left_out(console, [fault])


def _loaded(
    place: Workspace,
    buckets: Buckets,
    campaign: str | None,
    today: date | None = None,
    ledger: Ledger | None = None,
) -> Season:
    def column(written: str) -> str | None:
        term = columns_of(place).find(written)
        return term.name if term else None

    side = side_here(place)
    seen = season.load(buckets, wanted=campaign, today=today, side=side, columns=column, ledger=ledger)
    changed = unchanged.changed_records(ledger or Ledger(buckets.delivery.store), seen.read)
    return replace(seen, faults=[*seen.faults, *changed])


def is_unseen(fault: EnvironmentFault) -> bool:
    """Whether the right is missing to see plans, without which all else works."""
    return fault.key == "campaign_not_seen"
