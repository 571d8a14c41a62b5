"""showcase offline"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from pathlib import Path

import click

from pipeline import locks
from pipeline.cli import store_here, words
from pipeline.cli.command_context import context_here, workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, code_of, failed, options, size
from pipeline.errors import InputError, IntegrityError, ShowcaseError
from pipeline.exchange import offline as taking
from pipeline.exchange.offline import Found
from pipeline.exchange.versions import Withdrawn
from pipeline.execute.offline import INDEX_PAGE, Job, Outcome, PreparedItem
from pipeline.execute.remuxing import Remuxing
from pipeline.model.reference import SubmissionRef
from pipeline.package.offline.folder import StationFolder
from pipeline.report.station import StationPages
from pipeline.storage.buckets import Buckets
from pipeline.workspace import Workspace


@words.command("offline", example="showcase offline 653200-film --to stick")
@click.argument("wanted", nargs=-1, required=True, metavar="ID_OR_FOLDER", shell_complete=submission_ids)
@click.option("--to", "folder", required=True, metavar="DIR", type=click.Path(path_type=Path))
@click.option("-n", "--dry-run", is_flag=True)
@options
def command(console: Console, wanted: tuple[str, ...], folder: Path, dry_run: bool) -> int:
    """Make a folder for station computers and sticks: pages, films, slides, hand-outs."""
    place = workspace_here()
    paths = {item: Path(item) for item in wanted if Path(item).is_dir()}
    is_asked = len(paths) < len(wanted)
    store: AbstractContextManager[Buckets | None] = store_here.opened(console, place) if is_asked else nullcontext()
    with store as buckets, locks.held(folder):
        job = Job(StationFolder(folder), StationPages(), _remuxing(console, place), console.on_progress)
        run = _Run(console, place, job)
        for item in wanted:
            run.take(item, buckets, paths.get(item))
        if not run.is_any:
            return run.code()
        run.job.look()
        return run.plan() if dry_run else run.write()


def _remuxing(console: Console, place: Workspace) -> Callable[[], Remuxing]:
    """What copies streams, looked for when the first of them is to be copied."""
    return cache(lambda: Remuxing(context_here(console, place.or_user_cache())))


class _Run:
    """The items of one call, of which some may fail."""

    def __init__(self, console: Console, place: Workspace, job: Job):
        self.console, self.place, self.job = console, place, job
        self.prepared: list[PreparedItem] = []
        self.withdrawn: list[Found] = []
        self.instead_of: dict[SubmissionRef, Withdrawn] = {}
        self.faults: list[ShowcaseError] = []
        self.tried = 0

    def take(self, wanted: str, buckets: Buckets | None, path: Path | None) -> None:
        """Find what an item of the command line means, and read what its pages show."""
        try:
            found = taking.in_folders(path) if path else self._in_store(buckets, wanted)
        except ShowcaseError as fault:
            self.tried += 1
            self._failed(fault, wanted)
            return
        known = {item.ref for item in self.prepared}
        for item in found:
            self.tried += item.ref not in known
            if item.source is None and self.job.folder.index.item(item.ref) is None:
                self._failed(InputError("withdrawn", where=wanted, id=item.ref.typed), item.ref.typed)
            elif item.source is None:
                self.withdrawn.append(item)
            elif item.ref not in known:
                try:
                    self.prepared.append(self.job.prepare(item.source))
                    if item.instead_of:
                        self.instead_of[item.ref] = item.instead_of
                except ShowcaseError as fault:
                    self._failed(fault, item.ref.typed)

    @property
    def is_any(self) -> bool:
        """Whether there is something to do: where nothing was found, nothing is written."""
        return bool(self.prepared or self.withdrawn)

    def plan(self) -> int:
        """Say what would be written."""
        for item in self.prepared:
            todo = self.job.missing[item.ref]
            count, total = len(todo), sum(one.size_bytes for one in todo)
            self.console.give(
                {**self._row(item), "write": count, "already": len(item.wanted) - count, "size_bytes": total}
            )
            self.console.tell("offline_would", **_named(item), count=count, size=size(total))
            self._tell_instead(item)
        for found in self.withdrawn:
            self.console.give({"item": str(found.ref), "withdrawn": True})
            self.console.tell("offline_would_drop", id=found.ref.typed, title=found.title)
        return self.code()

    def write(self) -> int:
        """Write it, item by item; what is withdrawn goes first, and makes room."""
        for found in self.withdrawn:
            removed = self.job.drop(found.ref)
            self.console.give({"item": str(found.ref), "withdrawn": True, "removed": removed})
            self.console.tell("offline_dropped", id=found.ref.typed, title=found.title, count=removed)
        for item in self.prepared:
            outcome = self.job.write(item)
            if outcome.fault:
                self._failed(outcome.fault, item.ref.typed)
            else:
                self._show(item, outcome)
        self.job.finish()
        if self.job.folder.index.items:
            self.console.say("offline_open", file=self.job.folder.root / INDEX_PAGE)
        return self.code()

    def code(self) -> int:
        """0; the fault's own of one item, 7 where others are good."""
        return code_of(self.console, self.faults, self.tried)

    def _show(self, item: PreparedItem, outcome: Outcome) -> None:
        counts = {"written": outcome.written, "already": outcome.already, "removed": outcome.removed}
        self.console.give({**self._row(item), **counts, "size_bytes": outcome.size_bytes})
        key = "offline_made" if outcome.written else "offline_same"
        self.console.tell(key, **_named(item), **counts, size=size(outcome.size_bytes))
        self._tell_instead(item)

    def _row(self, item: PreparedItem) -> dict[str, object]:
        newer = self.instead_of.get(item.ref)
        return {**_row(item), **({"instead_of": newer.row()} if newer else {})}

    def _tell_instead(self, item: PreparedItem) -> None:
        """That an older version is taken, since the newer was withdrawn."""
        if newer := self.instead_of.get(item.ref):
            self.console.tell("given_instead", **_named(item), newer=newer.revision, reason=newer.reason or "-")

    def _in_store(self, buckets: Buckets | None, wanted: str) -> Sequence[Found]:
        if buckets is None:
            raise AssertionError("the store is opened where an id is named")
        store_here.refuse_others_film(self.place, wanted)
        faults: list[IntegrityError] = []
        found = taking.in_store(buckets, wanted, faults.append)
        for fault in faults:
            self.tried += 1
            self._failed(fault, wanted)
        return found

    def _failed(self, fault: ShowcaseError, item: str) -> None:
        self.faults.append(fault)
        failed(self.console, fault, item=item)


def _named(item: PreparedItem) -> dict[str, object]:
    package = item.placed.package
    return {"id": item.ref.typed, "title": package.submission.title_zh, "revision": package.revision}


def _row(item: PreparedItem) -> dict[str, object]:
    package = item.placed.package
    return {
        "item": str(item.ref),
        "package_id": package.package_id,
        "revision": package.revision,
        "name": item.placed.name,
        "lessons": len(item.placed.lessons),
    }
