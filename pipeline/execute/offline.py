"""A folder for station computers: what of each package goes there, pages around it, and only what is not there yet."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from pipeline.errors import ShowcaseError
from pipeline.exchange.progress import ProgressCallback, byte_progress
from pipeline.execute.remuxing import Remuxing
from pipeline.media import fat
from pipeline.model.offline import OwnFile, StationIndex, StationItem
from pipeline.model.reference import SubmissionRef
from pipeline.package.offline import folder as station
from pipeline.package.offline import placing, showing, sources, telling
from pipeline.package.offline.contents import Remuxed
from pipeline.package.offline.folder import StationFolder, Wanted
from pipeline.package.offline.placing import PlacedItem, Placement
from pipeline.package.offline.sources import BytesCallback, PackageSource
from pipeline.package.offline.telling import Told

COPY = "copy"
INDEX_PAGE = "index.html"


class Pages(Protocol):
    """What writes the pages."""

    def lesson(self, item: PlacedItem, number: int, told: Told) -> bytes:
        """The page of one of its lessons, by its place among them from 0."""

    def index(self, items: Sequence[StationItem]) -> bytes:
        """The page that leads to all."""


@dataclass(frozen=True)
class PreparedItem:
    """An item with all that is to be there of it; pages are small, and made before anything is copied."""

    source: PackageSource
    placed: PlacedItem
    pages: Mapping[str, bytes]

    @property
    def ref(self) -> SubmissionRef:
        return sources.ref_of(self.placed.package)

    @property
    def wanted(self) -> list[Wanted]:
        """Every file; pages last, so that none leads to what is not there."""
        files = [Wanted(at.path, at.made_of, at.file.size_bytes) for at in self.placed.placements]
        return [*files, *(station.content(path, data) for path, data in self.pages.items())]

    @property
    def files(self) -> dict[str, Placement]:
        return {at.path: at for at in self.placed.placements}


@dataclass
class Outcome:
    """What became of an item: how many files were written, were there already, were taken away."""

    item: StationItem
    written: int = 0
    already: int = 0
    removed: int = 0
    size_bytes: int = 0
    fault: ShowcaseError | None = None


@dataclass
class Job:
    """One run. `missing` is what it will write, once it is prepared."""

    folder: StationFolder
    pages: Pages
    remuxing: Callable[[], Remuxing]
    on_progress: ProgressCallback
    prepared: list[PreparedItem] = field(default_factory=list)
    missing: dict[SubmissionRef, list[Wanted]] = field(default_factory=dict)

    def prepare(self, source: PackageSource) -> PreparedItem:
        """Read what an item's pages show, and give its files their places.

        Raises:
            IntegrityError: what was read is not as the package lists it.
        """
        package = source.package
        known = self.folder.index.item(sources.ref_of(package))
        taken = {fat.key(item.name) for item in self.folder.index.items}
        taken |= {fat.key(item.placed.name) for item in self.prepared}
        item = placing.placed(package, known.name if known else placing.named(package, taken))
        pages = {
            lesson.page: self.pages.lesson(item, at, telling.told(lesson.lesson, source.read))
            for at, lesson in enumerate(item.lessons)
        }
        found = PreparedItem(source, item, pages)
        self.prepared.append(found)
        return found

    def look(self) -> None:
        """Ask whether all of it can be written: nothing is before that.

        Raises:
            EnvironmentFault, InputError: as `StationFolder.refuse_unfit` says.
        """
        self.missing = {item.ref: self.folder.missing(item.wanted) for item in self.prepared}
        todo = [wanted for items in self.missing.values() for wanted in items]
        self.folder.refuse_unfit([*todo, *self._index_page(self.folder.index)])

    def write(self, item: PreparedItem) -> Outcome:
        """Have all of an item there, then take away what an earlier revision of it had besides."""
        known = self.folder.index.item(item.ref)
        before = dict(known.files) if known else {}
        entry = StationItem(
            prefecture=item.ref.prefecture,
            submission_id=item.ref.submission_id,
            name=item.placed.name,
            package_id=known.package_id if known else None,
            revision=known.revision if known else None,
            shown=known.shown if known else None,
            files={**before, **station.claims(item.wanted, before)},
        )
        self.folder.claim(self.folder.index.with_item(entry))
        outcome = Outcome(entry)
        try:
            entry = self._bring(item, entry, outcome)
        except ShowcaseError as fault:
            outcome.fault = fault
            return outcome
        wanted = {fat.key(one.path) for one in item.wanted}
        old = [path for path in entry.files if fat.key(path) not in wanted]
        outcome.removed = self.folder.remove(old)
        package = item.placed.package
        outcome.item = entry.model_copy(
            update={
                "package_id": package.package_id,
                "revision": package.revision,
                "shown": showing.shown(item.placed),
                "files": {one.path: entry.files[one.path] for one in item.wanted},
            }
        )
        self.folder.claim(self.folder.index.with_item(outcome.item))
        return outcome

    def drop(self, ref: SubmissionRef) -> int:
        """Take away all that was made of an item that is withdrawn; gives how many files."""
        known = self.folder.index.item(ref)
        if known is None:
            return 0
        removed = self.folder.remove(known.files)
        self.folder.claim(self.folder.index.without(ref))
        return removed

    def finish(self) -> None:
        """Write the page that leads to all, last."""
        for wanted in self._index_page(self.folder.index):
            own = {wanted.path: OwnFile(made_of=wanted.made_of, size_bytes=wanted.size_bytes)}
            self.folder.claim(self.folder.index.model_copy(update={"files": own}))
            made = self.folder.put(wanted, partial(_written, self._index_bytes(self.folder.index)))
            self.folder.claim(self.folder.index.model_copy(update={"files": {wanted.path: made}}))
        self.folder.tidy()

    def _bring(self, item: PreparedItem, entry: StationItem, outcome: Outcome) -> StationItem:
        missing = {one.path for one in self.missing[item.ref]}
        outcome.already = len(item.wanted) - len(missing)
        files = item.files
        on_bytes = byte_progress(self.on_progress, COPY, sum(one.size_bytes for one in self.missing[item.ref]))
        for one in item.wanted:
            if one.path not in missing:
                continue
            bring = self._bringer(item, files.get(one.path), one, on_bytes)
            made = self.folder.put(one, bring)
            entry = entry.model_copy(update={"files": {**entry.files, one.path: made}})
            self.folder.note(self.folder.index.with_item(entry), made.size_bytes)
            outcome.written += 1
            outcome.size_bytes += made.size_bytes
        return entry

    def _bringer(
        self, item: PreparedItem, at: Placement | None, wanted: Wanted, on_bytes: BytesCallback
    ) -> station.Bring:
        if at is None:
            return partial(_written, item.pages[wanted.path])
        file = at.file
        if isinstance(file, Remuxed):
            return lambda path: self.remuxing().make(item.source, file, path, on_bytes)

        def bring(path: Path) -> str:
            item.source.bring(file, path, on_bytes)
            return file.sha256

        return bring

    def _index_bytes(self, index: StationIndex) -> bytes:
        return self.pages.index([item for item in index.items if item.shown])

    def _index_page(self, index: StationIndex) -> list[Wanted]:
        return self.folder.missing([station.content(INDEX_PAGE, self._index_bytes(index))])


def _written(data: bytes, path: Path) -> str:
    path.write_bytes(data)
    return hashlib.sha256(data).hexdigest()
