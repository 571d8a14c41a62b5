"""showcase campaign publish, showcase campaign get"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from pipeline import durable
from pipeline.cli import campaign_here, store_here
from pipeline.cli.command_context import user_here, workspace_here
from pipeline.cli.console import Console, options
from pipeline.cli.editor.campaign_file import NAME, warn
from pipeline.cli.editor.campaign_group import command
from pipeline.errors import InputError
from pipeline.exchange.campaign import files, publication
from pipeline.exchange.campaign.publication import Publication
from pipeline.model.campaign import Campaign
from pipeline.model.campaign_changes import Difference
from pipeline.model.inbox import Person
from pipeline.model.vocabulary import Vocabulary
from pipeline.storage.buckets import Buckets


@command.subcommand("publish", example="showcase campaign publish campaign.yaml")
@click.argument("file", metavar="FILE", type=click.Path(path_type=Path), default=NAME)
@click.option("-n", "--dry-run", is_flag=True)
@options
def publish(console: Console, file: Path, dry_run: bool) -> int:
    """Publish a season's plan: from now on its dates count, and prefectures see them."""
    place = workspace_here()
    store_here.refuse_others_right(place, Person.EDITOR)
    columns = campaign_here.columns_of(place)
    draft, document = files.load_campaign(file, columns)
    warn(console, place, draft, document, again=False)
    with store_here.opened(console, place, *(() if dry_run else (place.settings.delivery,))) as buckets:
        put = publication.prepared if dry_run else publication.publish
        try:
            done = put(buckets, draft, user_here(place))
        except InputError as error:
            if isinstance(found := error.values.get("differences"), tuple):
                console.say("campaign_older_differs", newest=error.values["newest"])
                _show(console, draft, found)
            raise
    _tell(console, draft, done, dry_run=dry_run)
    if not dry_run and draft.revision != done.number:
        _remember(console, file, done.number)
    return 0


@command.subcommand("get", example="showcase campaign get -o campaign.yaml --force")
@click.option("-o", "--output", "target", metavar="FILE", type=click.Path(path_type=Path), default=NAME)
@click.option("--force", is_flag=True)
@campaign_here.which
@options
def get(console: Console, target: Path, force: bool, campaign: str | None) -> int:
    """Write the published plan back as campaign.yaml, with its revision."""
    place = workspace_here()
    columns = campaign_here.columns_of(place)
    with store_here.opened(console, place) as buckets:
        newest = publication.newest(buckets, campaign)
        if target.exists() and not force:
            _refuse_changed(buckets, target, columns)
    durable.make_folder(target.absolute().parent)
    durable.write(target, files.written(newest.campaign, newest.number))
    console.give({"file": str(target), "id": newest.campaign.id, "revision": newest.number})
    console.tell("campaign_got", file=target, id=newest.campaign.id, revision=newest.number, by=newest.by)
    return 0


def _refuse_changed(buckets: Buckets, target: Path, columns: Vocabulary) -> None:
    """Let pass a file that says what the store has, so that nothing of it is lost.

    Raises:
        InputError: it was changed since, or is no plan from there.
    """
    try:
        written, _ = files.load_campaign(target, columns)
    except InputError as error:
        raise InputError("campaign_file_changed", where=str(target)) from error
    if not publication.is_of_store(buckets, written):
        raise InputError("campaign_file_changed", where=str(target))


def _tell(console: Console, draft: Campaign, done: Publication, *, dry_run: bool) -> None:
    console.give(
        {
            "id": draft.id,
            "revision": done.number,
            "published": done.new is not None and not dry_run,
            "differences": [item.model_dump(mode="json") for item in done.changes],
        }
    )
    values = {"id": draft.id, "revision": done.number}
    if done.new is None:
        console.tell("campaign_unchanged", **values)
        return
    _show(console, draft, done.changes)
    console.tell("campaign_would_publish" if dry_run else "campaign_published", **values)


def _show(console: Console, draft: Campaign, found: Sequence[Difference]) -> None:
    """A line each; of a date that was moved by the words of its milestone."""
    for item in found:
        old, new = item.old or console.word("campaign_nothing"), item.new or console.word("campaign_nothing")
        console.tell("campaign_difference", what=_called(console, draft, item.path), old=old, new=new)


def _called(console: Console, draft: Campaign, path: str) -> str:
    list_name, _, rest = path.partition(".")
    identity, _, field = rest.partition(".")
    milestone = draft.milestone(identity) if list_name == "milestones" else None
    if milestone and field == "due":
        return str(getattr(milestone.words, console.language))
    return console.word("campaign_air_date") if path == "air_date" else path


def _remember(console: Console, file: Path, number: int) -> None:
    """The file says from now on which revision it is, so that it can become the next one."""
    made = files.with_revision(file.read_bytes(), number)
    if made is None:
        console.tell("campaign_write_revision", file=file, revision=number)
        return
    durable.write(file, made)
    console.tell("campaign_file_is", file=file, revision=number)
