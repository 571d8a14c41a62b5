"""What a pull says of each package, and the fetch of one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from pipeline.cli import status_view
from pipeline.cli.console import Console
from pipeline.exchange import pull
from pipeline.exchange.pull import PackageFolder
from pipeline.execute.digest import cached_sha256
from pipeline.model.delivery import Delivery
from pipeline.storage.buckets import Buckets
from pipeline.storage.delivery import Pulled
from pipeline.workspace import Workspace

MOST_SHOWN = 10


def show_withdrawn(console: Console, item: PackageFolder) -> None:
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


def show_superseded(console: Console, item: PackageFolder) -> None:
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


def show_answered(console: Console, answered: Sequence[Delivery], target: Path) -> None:
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
