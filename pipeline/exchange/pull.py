"""The operator's side: which packages are to be fetched, which were answered, and of which one must be told."""

from __future__ import annotations

import contextlib
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import durable, locks
from pipeline.errors import EnvironmentFault, InputError, IntegrityError
from pipeline.exchange import choosing, progress, seen, selection, unchanged, versions
from pipeline.exchange.choosing import EVERYTHING, PullChoice
from pipeline.exchange.progress import ByteProgress, ProgressCallback
from pipeline.exchange.seen import Seen
from pipeline.exchange.selection import Unreadable
from pipeline.exchange.unchanged import Ledger
from pipeline.exchange.versions import Withdrawn
from pipeline.model.delivery import Delivery, State
from pipeline.storage import layout
from pipeline.storage.buckets import Buckets
from pipeline.storage.delivery import MANIFEST, Pulled, package_cleared
from pipeline.storage.transfer.callbacks import DigestCallback

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")


@dataclass(frozen=True)
class PackageFolder:
    """A package and its folder on this machine, which may not be there yet.

    Args:
        instead_of: the newer version that was withdrawn, so that this one is fetched.
    """

    delivery: Delivery
    folder: Path
    instead_of: Withdrawn | None = None


@dataclass(frozen=True)
class PullList:
    """What a pull is about: packages to fetch, those that were fetched and are withdrawn since, those answered.

    Args:
        ready: to be fetched, or held to what it is.
        withdrawn: on this machine.
        answered: what is fetched again only where it is named, or lies here.
        superseded: on this machine, and a newer one of its film is delivered.
    """

    ready: tuple[PackageFolder, ...]
    withdrawn: tuple[PackageFolder, ...]
    answered: tuple[PackageFolder, ...]
    superseded: tuple[PackageFolder, ...]


def look(
    buckets: Buckets, wanted: str | None, target: Path, unreadable: Unreadable, chosen: PullChoice = EVERYTHING
) -> PullList:
    """The packages of what is meant, else all that are unanswered; their folders lie in `target`.

    What is withdrawn or superseded is told of whatever is chosen: it must not be aired.

    Raises:
        InputError: there is no such delivery, or it is withdrawn and was never fetched, or was cleared.
        IntegrityError: what was named is announced as another than this machine saw.
    """
    faults = 0

    def count(fault: IntegrityError) -> None:
        nonlocal faults
        faults += 1
        unreadable(fault)

    found = _with_plain_ids(selection.deliveries(buckets, wanted, count), count)
    placed = _as_before(buckets, _placed(found, target), selection.refuse if wanted else count)
    withdrawn = [item for item in placed if item.delivery.state is State.WITHDRAWN]
    standing = [item for item in placed if item.delivery.state not in (State.WITHDRAWN, State.CLEARED)]
    cleared = [item for item in placed if item.delivery.state is State.CLEARED]
    newest = {item.delivery.ref: item for item in sorted(standing, key=lambda item: item.delivery.revision or 0)}
    is_named = wanted is not None and len(found) == 1  # a package by its own id
    ready = [
        replace(item, instead_of=versions.withdrawn_over(item.delivery, found))
        for item in standing
        if is_named or newest[item.delivery.ref] is item
    ]
    old = (*cleared, *(item for item in standing if newest[item.delivery.ref] is not item))
    superseded = tuple(there for item in old for there in _everywhere(item))
    local = tuple(there for item in withdrawn for there in _everywhere(item))
    is_there = bool(ready)
    fitting = choosing.chosen(buckets, [item.delivery for item in ready], chosen, count)
    named = {(item.ref, item.package_id) for item in fitting}
    ready = [item for item in ready if (item.delivery.ref, item.delivery.package_id) in named]
    answered: list[PackageFolder] = []
    if chosen.unanswered(default=wanted is None):
        answered = [item for item in ready if item.delivery.acknowledgement]
        ready = [item for item in ready if item.delivery.state is State.READY]
    if wanted is not None and not (is_there or local or faults):
        if withdrawn:
            raise InputError("withdrawn", where=wanted, id=withdrawn[0].delivery.ref.typed)
        if cleared and (record := cleared[0].delivery.cleared):
            raise package_cleared(cleared[0].delivery.ref, record)
        raise InputError("no_such_delivery", where=wanted)
    return PullList(tuple(ready), local, tuple(answered), superseded)


def _with_plain_ids(found: list[Delivery], unreadable: Unreadable) -> list[Delivery]:
    """Those that are ready and whose ids can be names of folders: whoever puts a package chooses the names of keys."""
    kept = []
    for item in found:
        if item.state is State.UPLOADING:
            continue
        if _PLAIN.fullmatch(item.package_id) and _PLAIN.fullmatch(item.submission_id):
            kept.append(item)
        else:
            unreadable(IntegrityError("marker_unreadable", where=f"{item.ref}/{item.package_id}"))
    return kept


def _as_before(buckets: Buckets, placed: list[PackageFolder], unreadable: Unreadable) -> list[PackageFolder]:
    """Those that are announced as they were when this machine saw or verified them: under an id lies one thing.

    Of what is withdrawn people are told all the same.
    """
    ledger, kept = Ledger(buckets.delivery.store), []
    for item in placed:
        there = item.delivery
        fault = next(unchanged.changed_package(ledger, there), None)
        if fault is None and _was_verified_otherwise(item):
            fault = unchanged.package_changed(there)
        if fault is None or there.state is State.WITHDRAWN:
            kept.append(item)
        else:
            unreadable(fault)
    ledger.keep()
    return kept


def _was_verified_otherwise(item: PackageFolder) -> bool:
    """Whether its folder holds a package that this machine has verified, and another one is announced now."""
    manifest = item.folder / MANIFEST
    if not manifest.is_file():
        return False
    here = durable.digest(manifest)
    return here != item.delivery.manifest_sha256 and seen.knows(Seen.VERIFIED, here)


def folder_for(delivery: Delivery, target: Path) -> Path:
    """Where a package is put in `target` when no other prefecture's has its submission's id."""
    return target / delivery.submission_id / delivery.package_id


def _everywhere(item: PackageFolder) -> list[PackageFolder]:
    """A package wherever this machine has put it: whoever airs it from another folder must hear of it too."""
    found = {folder.resolve(): folder for folder in (item.folder, *seen.folders(item.delivery.package_id))}
    return [PackageFolder(item.delivery, folder) for folder in found.values() if folder.is_dir()]


def _placed(found: list[Delivery], target: Path) -> list[PackageFolder]:
    """Each package's folder: below its prefecture where another one has a submission of the same id.

    A package that lies there already stays where it is.
    """
    prefectures: defaultdict[str, set[str]] = defaultdict(set)
    for item in found:
        prefectures[item.submission_id].add(item.prefecture)
    placed = []
    for item in found:
        plain, below = folder_for(item, target), folder_for(item, target / item.prefecture)
        is_shared = len(prefectures[item.submission_id]) > 1
        use_below = below.is_dir() or (is_shared and not plain.is_dir())
        placed.append(PackageFolder(item, below if use_below else plain))
    return placed


def fetch(
    buckets: Buckets, item: PackageFolder, on_progress: ProgressCallback, digest: DigestCallback = durable.digest
) -> Pulled:
    """Bring one package to its folder; where the folder is there, what lacks or differs in it.

    Another command that brings it there at the same time is waited for.

    Raises:
        IntegrityError, TransferError: what came is not what was announced, or the line fails.
    """
    place = buckets.place_of_delivery(item.delivery.ref).package(item.delivery.package_id)
    counted = ByteProgress(on_progress, item.delivery.size_bytes or 0)
    with locks.held(item.folder, counted.wait):
        pulled = place.pull(
            item.folder, counted.of(progress.DOWNLOAD), on_same=counted.same(progress.COMPARE), digest=digest
        )
    seen.remember_folder(item.delivery.package_id, item.folder)
    return pulled


def leave_withdrawal(item: PackageFolder) -> None:
    """Leave the marker of a withdrawal beside the files of a package that was fetched before, where that can be."""
    marker = item.folder / layout.WITHDRAWN
    if withdrawal := item.delivery.withdrawal:
        with contextlib.suppress(EnvironmentFault):  # a stick that can't be written keeps nobody from being told
            durable.write(marker, withdrawal.to_file())


def take_withdrawal_back(item: PackageFolder) -> bool:
    """Take that marker away where the withdrawal was undone; False where there is none."""
    marker = item.folder / layout.WITHDRAWN
    if item.delivery.withdrawal or not marker.exists():
        return False
    marker.unlink(missing_ok=True)
    return True
