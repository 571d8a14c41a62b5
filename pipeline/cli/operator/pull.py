"""showcase pull"""

from __future__ import annotations

from pathlib import Path

import click

from pipeline import durable
from pipeline.cli import words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, left_out, options
from pipeline.errors import InputError, IntegrityError, ShowcaseError
from pipeline.exchange.progress import byte_progress
from pipeline.model.delivery import Delivery, State
from pipeline.storage import connect, delivery, layout
from pipeline.storage.s3 import Store


@words.command("pull", example="showcase pull --to incoming")
@click.argument("wanted", required=False, metavar="ID", shell_complete=submission_ids)
@click.option("--to", "folder", metavar="FOLDER", type=click.Path(path_type=Path))
@options
def command(console: Console, wanted: str | None, folder: Path | None) -> int:
    """Fetch ready packages (one by its id, or all that are unanswered) to FOLDER/ID/PACKAGE. Resumes."""
    place = workspace_here()
    target = durable.make_folder(folder or Path.cwd())
    faults: list[ShowcaseError] = []
    with connect.opened(place) as store:
        found = delivery.every(store, place.settings.delivery, wanted, faults.append)
        told = [item for item in found if item.state is State.WITHDRAWN and _tell(console, item, target)]
        ready = [item for item in found if item.state not in (State.UPLOADING, State.WITHDRAWN)]
        if wanted is None:
            ready = [item for item in ready if item.state is State.READY]
        elif not ready and not told and not faults:
            gone = any(item.state is State.WITHDRAWN for item in found)
            raise InputError("withdrawn" if gone else "no_such_delivery", where=wanted)
        if not ready and not faults:
            console.remark("nothing_ready")
        for item in ready:
            try:
                fetch(console, store, place.settings.delivery, item, target)
            except IntegrityError as fault:
                if wanted is not None:
                    raise
                faults.append(fault)
    return left_out(console, faults)


def _tell(console: Console, item: Delivery, target: Path) -> bool:
    """Tell whoever pulled a package that it was withdrawn, and leave the marker beside its files."""
    final = target / item.submission_id / item.package_id
    if item.withdrawal is None or not final.is_dir():
        return False
    if not (final / layout.WITHDRAWN).exists():
        durable.write(final / layout.WITHDRAWN, item.withdrawal.to_file())
    console.give(
        {
            "item": item.submission_id,
            "package_id": item.package_id,
            "folder": str(final),
            "withdrawn": True,
            "reason": item.withdrawal.reason,
        }
    )
    console.say(
        "pulled_withdrawn",
        id=item.submission_id,
        revision=item.revision or "?",
        folder=final,
        reason=item.withdrawal.reason or "-",
    )
    return True


def fetch(console: Console, store: Store, bucket: str, item: Delivery, target: Path) -> Path:
    """One package to its folder."""
    final = target / item.submission_id / item.package_id
    heard = byte_progress(console.tell, "download", item.size_bytes or 0)
    package, new = delivery.pull(store, bucket, item, final, heard)
    console.give({"item": item.submission_id, "package_id": item.package_id, "folder": str(final), "already": not new})
    if new:
        console.say("pulled", id=package.submission_id, revision=package.revision, folder=final)
    else:
        console.say("pulled_already", folder=final)
    return final
