"""What a batch is to do: the films and submissions of a folder, or the rows of a list."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pipeline import tables, yamlio
from pipeline.errors import InputError, IntegrityError, ShowcaseError
from pipeline.exchange import approved, intake, selection
from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute import batch_rows, described_films, endings, passed_over, tabled_films
from pipeline.execute.batch_source import BatchSource, of_path, wrong
from pipeline.execute.context import Context
from pipeline.execute.folders import real
from pipeline.execute.passed_over import PassedCallback
from pipeline.execute.submission_names import is_submission
from pipeline.execute.tabled_films import TabledFilms, is_table
from pipeline.model.inbox import Stage
from pipeline.model.reference import SubmissionRef
from pipeline.storage.buckets import Buckets
from pipeline.tables import RemarkCallback
from pipeline.workspace import HIDDEN, Workspace

INBOX = "inbox"
_OURS = ("checksums.sha256", "package.json")  # a pulled package is no source


def listed(
    source: str,
    context: Context,
    buckets: Buckets,
    remark: RemarkCallback,
    ignored: Sequence[str] = (),
    passed: PassedCallback = passed_over.silent,
) -> list[BatchSource]:
    """What a batch is to do, whether it is in order or not.

    Args:
        source: a folder, a list, or `INBOX` for what was approved.
        remark: as `tables.read` has it.
        ignored: headings of columns that are left out, if it is a table.
        passed: is told of each file of a folder that is no item.

    Raises:
        InputError: the list can't be read.
    """
    if source == INBOX:
        batch_rows.refuse_ignored(source, ignored)
        return _approved(context, buckets)
    return local(Path(source), context.workspace, remark, ignored, passed)


def local(
    path: Path,
    workspace: Workspace,
    remark: RemarkCallback,
    ignored: Sequence[str] = (),
    passed: PassedCallback = passed_over.silent,
) -> list[BatchSource]:
    """As `listed`, of a folder or a list."""
    if path.is_dir():
        batch_rows.refuse_ignored(str(path), ignored)
        return folder(path, workspace, remark, skipped=(workspace.root / "inbox",), passed=passed)
    return batch_rows.listing(path, workspace, remark, ignored)


def is_many(path: Path) -> bool:
    """Whether it is a folder or a list, not one submission or film."""
    if path.is_dir() or is_table(path):
        return True
    if path.suffix.lower() not in intake.YAML:
        return False
    try:
        return isinstance(yamlio.load(path).data, list)
    except InputError:  # whoever reads it as one says what is wrong with it
        return False


def chosen(sources: Sequence[BatchSource], only: Collection[str], failed: Collection[str] | None) -> list[BatchSource]:
    """What was asked for by name, and of that what did not end well last time, where `failed` says what did not.

    Raises:
        InputError: nothing has one of the names.
    """
    meant = {typed: {typed, selection.with_code(typed)} for typed in only}
    for name, spellings in meant.items():
        if not any(item.names & spellings for item in sources):
            known = ", ".join(item.ref.typed if item.ref else item.shown for item in sources)
            raise InputError("batch_no_item", where=name, known=known[:300])
    kept = [item for item in sources if not only or item.names & set().union(*meant.values())]
    return [item for item in kept if failed is None or not {item.recorded, item.shown}.isdisjoint(failed)]


def folder(
    root: Path,
    workspace: Workspace,
    remark: RemarkCallback = tables.silent,
    skipped: Sequence[Path] = (),
    passed: PassedCallback = passed_over.silent,
) -> list[BatchSource]:
    """Every submission under `root`, and every film that none of them names; nested, hidden names left out.

    A submission that can't be read keeps the films of its folder from being taken for items of their own. A film that
    a table or another submission under or beside `root` tells of is wrong as an item of its own: what stands there
    would be lost.
    """
    there = _contents(root, {real(path) for path in skipped})
    others = there.others
    items = [of_path(path, workspace) for path in there.submissions]
    named: set[Path] = set()
    closed: set[Path] = set()
    for path, item in zip(there.submissions, items, strict=True):
        try:
            named |= {real(path) for _, path in item.open().files}
        except ShowcaseError:
            closed.add(path.parent)
            others.append(path)

    def is_loose(path: Path) -> bool:
        return real(path) not in named and path.parent not in closed

    bare = [path for path in there.films if is_loose(path)]
    tabled = tabled_films.read(there.lists, remark if bare else tables.silent)
    unread = {*there.lists} - {*tabled.tables}
    tabled = tabled.with_those_above(root) if bare else TabledFilms()
    described = described_films.read([*others, *described_films.above(root)] if bare else ())
    for path in bare:
        fault = described.fault(path) or tabled.fault(path)
        items.append(wrong(str(path), fault) if fault else of_path(path, workspace))
    also = [path for path in there.others if path not in there.submissions and described_films.may_be_one(path)]
    for path in sorted(filter(is_loose, (*there.rest, *unread, *also))):
        passed_over.tell(path, passed)
    return items


@dataclass
class _Contents:
    """The files of a folder and those below it, sorted out by their names.

    Args:
        others: what may be submissions by another name.
    """

    submissions: list[Path] = field(default_factory=list)
    films: list[Path] = field(default_factory=list)
    lists: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)
    rest: list[Path] = field(default_factory=list)

    def of(self, path: Path) -> list[Path]:
        """Where a file belongs."""
        if is_submission(path.name):
            return self.submissions
        if path.suffix.lower() in endings.FILMS:
            return self.films
        if is_table(path):
            return self.lists
        return self.others if path.suffix.lower() in intake.YAML else self.rest


def _contents(root: Path, left_out: Collection[Path]) -> _Contents:
    found = _Contents()
    for place, names, files in os.walk(root):
        here = Path(place)
        names[:] = sorted(
            name for name in names if not name.startswith(".") and name != HIDDEN and real(here / name) not in left_out
        )
        if all(name in files for name in _OURS):
            names[:] = []
            continue
        for path in (here / name for name in sorted(files) if not name.startswith(".")):
            found.of(path).append(path)
    return found


def without_doubles(items: Sequence[BatchSource]) -> list[BatchSource]:
    """Items of one id would overwrite each other: each of them is wrong, and names the others; the rest goes on."""
    by_ref: defaultdict[SubmissionRef, list[BatchSource]] = defaultdict(list)
    for item in items:
        if item.ref:
            by_ref[item.ref].append(item)
    twice = {ref: "; ".join(item.shown for item in same) for ref, same in by_ref.items() if len(same) > 1}
    return [
        wrong(item.shown, InputError("id_twice", where=twice[item.ref], id=item.ref.typed), item.title)
        if item.ref in twice
        else item
        for item in items
    ]


def in_inbox(context: Context, buckets: Buckets, named: str) -> BatchSource:
    """The approved revision of what is named.

    Raises:
        InputError, IntegrityError: as `approved.revision_of`.
    """
    found = approved.revision_of(buckets, named)
    waits = _Waits(found.marker.title, found.marker.duration_s, found.revision.number)
    return _of_inbox(context, buckets, found.ref, waits)


def _approved(context: Context, buckets: Buckets) -> list[BatchSource]:
    faults: list[IntegrityError] = []
    listed = approved.approved(buckets, faults.append)
    unreadable = [wrong(fault.where or INBOX, fault) for fault in faults]
    waiting = [
        _of_inbox(
            context,
            buckets,
            item.ref,
            _Waits(item.title, item.duration_s or 0.0, item.revision, item.stage is Stage.WITHDRAWN),
        )
        for item in listed
    ]
    return unreadable + waiting


@dataclass(frozen=True)
class _Waits:
    """What is known of a submission while it lies in the inbox."""

    title: str | None
    length_s: float
    revision: int
    is_withdrawn: bool = False


def _of_inbox(context: Context, buckets: Buckets, ref: SubmissionRef, waits: _Waits) -> BatchSource:
    """It is fetched when its turn comes."""

    def fetch(on_progress: ProgressCallback) -> Intake:
        return approved.fetch(buckets, context.workspace, str(ref), on_progress, ref.typed)

    return BatchSource(
        ref.typed,
        ref,
        partial(fetch, context.on_progress),
        waits.title,
        waits.is_withdrawn,
        fetch,
        waits.length_s,
        waits.revision,
    )
