"""showcase pull"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import click

from pipeline import durable
from pipeline.cli import status_view, store_here, words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, left_out, options
from pipeline.errors import IntegrityError, ShowcaseError
from pipeline.exchange import pull, seen
from pipeline.exchange.pull import PackageFolder
from pipeline.exchange.seen import Seen
from pipeline.execute.digest import cached_sha256
from pipeline.model.delivery import Delivery, State
from pipeline.storage.buckets import Buckets
from pipeline.storage.delivery import Pulled
from pipeline.workspace import Workspace

MOST_SHOWN = 10


@words.command("pull", example="showcase pull --to incoming")
@click.argument("wanted", required=False, metavar="ID", shell_complete=submission_ids)
@click.option("--to", "folder", metavar="FOLDER", type=click.Path(path_type=Path))
@options
def command(console: Console, wanted: str | None, folder: Path | None) -> int:
    """Fetch ready packages (one by its id, or all that are unanswered) to FOLDER/ID/PACKAGE. Resumes."""
    place = workspace_here()
    if wanted:
        store_here.refuse_others_film(place, wanted)
    target = durable.make_folder(folder or Path.cwd())
    faults: list[ShowcaseError] = []
    with store_here.opened(console, place) as buckets:
        todo = pull.look(buckets, wanted, target, faults.append)
        for item in todo.withdrawn:
            _show_withdrawn(console, item)
        for item in todo.superseded:
            _show_superseded(console, item)
        if todo.answered and not todo.ready:
            _show_answered(console, [item.delivery for item in todo.answered], target)
        elif not todo.ready and not faults:
            console.remark("nothing_ready")
        here = [(item, False) for item in todo.answered if item.folder.is_dir()]
        fetched: list[tuple[PackageFolder, Pulled]] = []
        for item, is_asked in [*((item, True) for item in todo.ready), *here]:
            try:
                pulled = fetch(console, place, buckets, item, is_asked=is_asked)
                if is_asked:
                    fetched.append((item, pulled))
            except IntegrityError as fault:
                if wanted is not None:
                    raise
                faults.append(fault)
    _show_next(console, fetched, target)
    return left_out(console, faults)


def _show_next(console: Console, fetched: Sequence[tuple[PackageFolder, Pulled]], target: Path) -> None:
    """What comes next: to verify what was not verified on this machine."""
    waiting = [item for item, pulled in fetched if not seen.knows(Seen.VERIFIED, pulled.manifest_sha256)]
    if waiting:
        console.say("next_verify", folder=waiting[0].folder if len(waiting) == 1 else target)
    elif len(fetched) == 1 and (there := fetched[0][0].delivery).state is State.READY:
        console.tell("next_answer", id=there.ref.typed, title=there.title)


def _show_withdrawn(console: Console, item: PackageFolder) -> None:
    """Tell whoever pulled a package that it was withdrawn."""
    pull.leave_withdrawal(item)
    there = item.delivery
    reason = there.withdrawal.reason if there.withdrawal else None
    console.give(
        {
            "item": there.submission_id,
            "package_id": there.package_id,
            "folder": str(item.folder),
            "withdrawn": True,
            "reason": reason,
        }
    )
    console.tell(
        "pulled_withdrawn",
        id=there.ref.typed,
        title=there.title,
        revision=there.revision or "?",
        folder=item.folder,
        reason=reason or "-",
    )


def _show_superseded(console: Console, item: PackageFolder) -> None:
    """That a folder holds what a newer package took the place of."""
    there = item.delivery
    console.give(
        {
            "item": there.submission_id,
            "package_id": there.package_id,
            "folder": str(item.folder),
            "superseded": True,
        }
    )
    console.say("pulled_superseded", id=there.ref.typed, revision=there.revision or "?", folder=item.folder)


def _show_answered(console: Console, answered: Sequence[Delivery], target: Path) -> None:
    """That there is nothing to fetch since all was answered: what, when, how, and how to have it again."""
    console.remark("all_answered", count=len(answered))
    for item in answered[:MOST_SHOWN]:
        if answer := item.acknowledgement:
            console.remark(
                "answered_before",
                id=item.ref.typed,
                title=item.title,
                revision=item.revision or "?",
                decision=console.word(f"decision_{answer.decision}"),
                at=status_view.local(answer.at),
            )
    if len(answered) > MOST_SHOWN:
        console.remark("answered_more", count=len(answered) - MOST_SHOWN)
    console.remark("pull_again", id=answered[0].ref.typed, folder=target)


def fetch(
    console: Console, place: Workspace, buckets: Buckets, item: PackageFolder, *, is_asked: bool = True
) -> Pulled:
    """One package to its folder; of one that nobody asked for it is only said what was mended."""
    there = item.delivery
    remembered = partial(cached_sha256, cache=place.or_user_cache().cache)
    pulled = pull.fetch(buckets, item, console.on_progress, remembered)
    is_restored = pull.take_withdrawal_back(item)
    if not (is_asked or pulled.mended or is_restored):
        return pulled
    console.give(
        {
            "item": there.submission_id,
            "package_id": there.package_id,
            "folder": str(item.folder),
            "already": not pulled.new,
            "mended": pulled.mended,
            "extra": pulled.extra,
            **({"instead_of": item.instead_of.row()} if item.instead_of else {}),
        }
    )
    film = {
        "id": there.ref.typed,
        "title": there.title,
        "revision": pulled.package.revision,
        "folder": item.folder,
    }
    if pulled.new:
        console.tell("pulled", **film)
    elif pulled.mended:
        console.tell("pulled_mended", **film, count=len(pulled.mended), files=_few(pulled.mended))
    else:
        console.tell("pulled_already", **film)
    if newer := item.instead_of:
        console.tell("given_instead", **film, newer=newer.revision, reason=newer.reason or "-")
    if is_restored:
        console.tell("pulled_restored", id=there.ref.typed, title=there.title, folder=item.folder)
    if pulled.extra:
        console.say("pulled_extra", count=len(pulled.extra), files=_few(pulled.extra))
    return pulled


def _few(names: Sequence[str]) -> str:
    return ", ".join(names[:MOST_SHOWN]) + (" …" if len(names) > MOST_SHOWN else "")
