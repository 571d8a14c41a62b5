"""showcase campaign init, showcase campaign validate"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import click
from pydantic import ValidationError

from pipeline import catalogue, durable, shipped
from pipeline.cli import campaign_here
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, options
from pipeline.cli.editor.campaign_group import command
from pipeline.errors import InputError
from pipeline.exchange.campaign import files, typed
from pipeline.exchange.campaign.files import Warned
from pipeline.model.campaign import Campaign
from pipeline.model.china_time import day_in_china
from pipeline.workspace import Workspace
from pipeline.yamlio import Document

NAME = "campaign.yaml"
_TOLD = "warned.json"  # the plan whose dates were told of last


@command.subcommand("init", example="showcase campaign init --air-date 2027-07-01")
@click.option("--air-date", metavar="DATE", required=True)
@click.option("--template", metavar="NAME", default=files.SHIPPED)
@click.option("--id", "identity", metavar="ID")
@click.option("-o", "--output", "target", metavar="FILE", type=click.Path(path_type=Path), default=NAME)
@click.option("--force", is_flag=True)
@options
def init(console: Console, air_date: str, template: str, identity: str | None, target: Path, force: bool) -> int:
    """Write campaign.yaml: every date counted back from the day on air."""
    place = workspace_here()
    day = typed.day_to_come(air_date, day_in_china(datetime.now(UTC)), "--air-date")
    columns = campaign_here.columns_of(place)
    source = files.template(template, (place.profiles, shipped.folder("profiles")), columns)
    if target.exists() and not force:
        raise InputError("campaign_file_there", where=str(target))
    made = files.from_template(source, identity or f"{template}-{day.year}"[:24].rstrip("-"), day)
    durable.make_folder(target.absolute().parent)
    durable.write(target, files.written(made))
    read, document = files.load_campaign(target, columns)
    console.give({"file": str(target), "id": read.id, "air_date": str(read.air_date)})
    console.tell("campaign_wrote", file=target, name=read.full_name.zh, day=read.air_date)
    if not source.is_for(day):
        key = "campaign_of_another_day" if identity is None else "campaign_named_for_another_day"
        _warned(console, document.where(("name",)), key, {"usual": source.air_day, "day": str(day), "id": read.id})
    warn(console, place, read, document)
    console.say("campaign_next_publish", file=target)
    return 0


@command.subcommand("validate", example="showcase campaign validate campaign.yaml")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path), default=NAME)
@options
def validated(console: Console, file: Path) -> int:
    """Hold a campaign.yaml to its form, and name dates on which nobody works."""
    place = workspace_here()
    read, document = files.load_campaign(file, campaign_here.columns_of(place))
    films = sum(read.expected().values())
    console.give({"file": str(file), "id": read.id, "milestones": len(read.milestones), "films": films})
    console.tell(
        "campaign_valid",
        file=file,
        id=read.id,
        milestones=len(read.milestones),
        prefectures=len(read.expected()),
        films=films,
    )
    warn(console, place, read, document)
    return 0


def warn(console: Console, place: Workspace, campaign: Campaign, document: Document, *, again: bool = True) -> None:
    """A line for each date on which nobody works, with its place.

    Args:
        again: also of what was told here before, of the same plan.
    """
    told = [] if again else [(item.key, item.values) for item in _told(place, campaign.id)]
    for item in files.warnings(campaign):
        if (item.key, item.values) in told:
            continue
        _warned(console, document.where(item.location), item.key, item.values)
    if place.exists:
        durable.make_folder(place.cache)
        durable.write(place.cache / _TOLD, campaign.to_file())


def _warned(console: Console, where: str, key: str, values: dict[str, object]) -> None:
    said = console.word(key, **catalogue.named(console.language, values))
    console.give({"where": where, "warning": key, "message": said})
    console.fault_line(console.word("campaign_warning", where=where, text=said))


def _told(place: Workspace, identity: str) -> Sequence[Warned]:
    """What the plan of this id was warned of that was read here last; nothing of another, or of an earlier version."""
    try:
        last = Campaign.model_validate_json((place.cache / _TOLD).read_bytes())
    except (OSError, ValidationError):
        return ()
    return files.warnings(last) if last.id == identity else ()
