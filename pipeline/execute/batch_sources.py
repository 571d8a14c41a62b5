"""What a batch is to do: the films and submissions of a folder, or the rows of a list."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from pipeline import tables, yamlio
from pipeline.errors import InputError, IntegrityError, ShowcaseError
from pipeline.exchange import approved, intake, selection
from pipeline.exchange.intake import Intake
from pipeline.execute import fields, headings, tabled_films
from pipeline.execute.context import Context
from pipeline.execute.fields import Given
from pipeline.execute.submission_names import is_submission, submission_beside
from pipeline.execute.tabled_films import TabledFilms, is_table
from pipeline.model import text
from pipeline.model.inbox import Stage
from pipeline.model.reference import SubmissionRef
from pipeline.model.region import REGION
from pipeline.storage.buckets import Buckets
from pipeline.tables import RemarkCallback, Row
from pipeline.workspace import HIDDEN, Workspace

FILMS = (
    ".mp4",
    ".mov",
    ".m4v",
    ".mxf",
    ".mpg",
    ".mpeg",
    ".m2v",
    ".vob",
    ".ts",
    ".m2ts",
    ".mts",
    ".avi",
    ".mkv",
    ".webm",
    ".wmv",
    ".asf",
    ".flv",
    ".dv",
    ".3gp",
)
INBOX = "inbox"
_OURS = ("checksums.sha256", "package.json")  # a pulled package is no source


@dataclass(frozen=True)
class BatchSource:
    """One thing to do; `open` gives the submission, or raises what is wrong with it.

    Args:
        ref: which submission it is, where that is known before it is opened.
        title: what it is called, likewise.
        is_withdrawn: it was delivered and withdrawn: it is named, and not opened.
    """

    shown: str
    ref: SubmissionRef | None
    open: Callable[[], Intake]
    title: str | None = None
    is_withdrawn: bool = False

    @property
    def identity(self) -> str | None:
        """The submission's id, for people."""
        return self.ref.submission_id if self.ref else None

    @property
    def recorded(self) -> str:
        """What records call it: no two sources have the same."""
        return str(self.ref or self.shown)

    @property
    def names(self) -> frozenset[str]:
        """What people may call it: prefecture and id, the id, its title, its path."""
        named = (str(self.ref), self.ref.submission_id) if self.ref else ()
        return frozenset((self.shown, *named, *((self.title,) if self.title else ())))


def listed(
    source: str, context: Context, buckets: Buckets, remark: RemarkCallback, ignored: Sequence[str] = ()
) -> list[BatchSource]:
    """What a batch is to do, whether it is in order or not.

    Args:
        source: a folder, a list, or `INBOX` for what was approved.
        remark: as `tables.read` has it.
        ignored: headings of columns that are left out, if it is a table.

    Raises:
        InputError: the list can't be read.
    """
    if source == INBOX:
        refuse_ignored(source, ignored)
        return _approved(context, buckets)
    return local(Path(source), context.workspace, remark, ignored)


def local(path: Path, workspace: Workspace, remark: RemarkCallback, ignored: Sequence[str] = ()) -> list[BatchSource]:
    """As `listed`, of a folder or a list."""
    if path.is_dir():
        refuse_ignored(str(path), ignored)
        return folder(path, workspace, remark, skipped=(workspace.root / "inbox",))
    return listing(path, workspace, remark, ignored)


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


def refuse_ignored(source: str, ignored: Sequence[str]) -> None:
    """What is no table has no columns to be left out.

    Raises:
        InputError: one is named.
    """
    if ignored:
        raise InputError("ignored_without_table", where=source, name=ignored[0])


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
    root: Path, workspace: Workspace, remark: RemarkCallback = tables.silent, skipped: Sequence[Path] = ()
) -> list[BatchSource]:
    """Every submission under `root`, and every film that none of them names; nested, hidden names left out.

    A submission that can't be read keeps the films of its folder from being taken for items of their own. A film that
    a table under or beside `root` tells of is wrong as an item of its own: the table's fields would be lost.
    """
    left_out = {_real(path) for path in skipped}
    submissions: list[Path] = []
    films: list[Path] = []
    lists: list[Path] = []
    for place, names, files in os.walk(root):
        here = Path(place)
        names[:] = sorted(
            name for name in names if not name.startswith(".") and name != HIDDEN and _real(here / name) not in left_out
        )
        if all(name in files for name in _OURS):
            names[:] = []
            continue
        for name in sorted(files):
            path = here / name
            if name.startswith("."):
                continue
            if is_submission(name):
                submissions.append(path)
            elif path.suffix.lower() in FILMS:
                films.append(path)
            elif is_table(path):
                lists.append(path)
    items = [_of_path(path, workspace) for path in submissions]
    named: set[Path] = set()
    closed: set[Path] = set()
    for path, item in zip(submissions, items, strict=True):
        try:
            named |= {_real(part.path) for part in item.open().parts}
        except ShowcaseError:
            closed.add(path.parent)
    bare = [path for path in films if _real(path) not in named and path.parent not in closed]
    tabled = tabled_films.read(lists, remark).with_those_above(root) if bare else TabledFilms()
    for path in bare:
        fault = tabled.fault(path)
        items.append(wrong(str(path), fault) if fault else _of_path(path, workspace))
    return items


def listing(
    path: Path, workspace: Workspace, remark: RemarkCallback = tables.silent, ignored: Sequence[str] = ()
) -> list[BatchSource]:
    """The rows of a table, a column for each field, or of a YAML list of paths and of fields.

    Raises:
        InputError: the list can't be read.
    """
    if is_table(path):
        rows = headings.read(path, remark, ignored)
        if not workspace.settings.prefecture and not headings.has_column(rows[0], "prefecture"):
            remark("table_no_prefecture", where=str(path), code=REGION)
        return [_of_row(row, path, workspace, remark) for row in rows]
    refuse_ignored(str(path), ignored)
    document = yamlio.load(path)
    if not isinstance(document.data, list):
        raise InputError("list_wrong", where=document.where(()))
    items = []
    for index, entry in enumerate(document.data):
        where = document.where((index,))
        if isinstance(entry, str):
            items.append(_of_path(path.parent / entry, workspace, where))
        elif isinstance(entry, dict):
            given = {
                str(key): Given(
                    " ".join(map(str, value)) if isinstance(value, list) else str(value),
                    document.places.get((index, key), (where,)),
                )
                for key, value in entry.items()
                if value is not None
            }
            nested = [key for key, value in entry.items() if _is_nested(value)]
            if nested:
                place = document.where((index, nested[0]))
                items.append(wrong(where, InputError("list_value", where=place, field=nested[0])))
            elif unknown := given.keys() - headings.FIELDS.keys():
                place = document.where((index, min(unknown)))
                items.append(
                    wrong(
                        where,
                        InputError("list_field", where=place, field=min(unknown), known=", ".join(headings.FIELDS)),
                    )
                )
            else:
                items.append(_of_fields(where, given, path, workspace))
        else:
            raise InputError("list_wrong", where=where)
    return items


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


def _approved(context: Context, buckets: Buckets) -> list[BatchSource]:
    faults: list[IntegrityError] = []
    listed = approved.approved(buckets, faults.append)
    unreadable = [wrong(fault.where or INBOX, fault) for fault in faults]

    def fetch(ref: SubmissionRef) -> Intake:
        return approved.fetch(buckets, context.workspace, str(ref), context.on_progress, ref.typed)

    return unreadable + [
        BatchSource(item.ref.typed, item.ref, partial(fetch, item.ref), item.title, item.stage is Stage.WITHDRAWN)
        for item in listed
    ]


def _of_path(path: Path, workspace: Workspace, where: str | None = None) -> BatchSource:
    try:
        given = intake.read(path, workspace)
    except ShowcaseError as error:
        return wrong(where or str(path), error)
    except (OSError, RuntimeError) as error:  # a name too long, a link that leads to itself
        return wrong(where or str(path), InputError("path_missing", where=str(path), detail=str(error)))
    return BatchSource(_shown(str(path)), given.ref, lambda: given, given.submission.title_zh)


def _of_row(row: Row, path: Path, workspace: Workspace, remark: RemarkCallback) -> BatchSource:
    """A row, or the submission that `init` wrote of it beside its film, which may have been added to since."""
    try:
        fields.refuse_beyond(row)
    except InputError as error:
        return wrong(row.where, error, _title_of(fields.of_row(row)))
    given = fields.of_row(row)
    name = given["file"].text.replace("\\", "/") if "file" in given else ""
    if text.is_inside(name) and (beside := submission_beside(path.parent / name)).is_file():
        remark("table_row_submission", where=row.where, file=str(beside))
        item = _of_path(beside, workspace, row.where)
        return item if item.title else replace(item, title=_title_of(given))
    return _of_fields(row.where, given, path, workspace)


def _of_fields(where: str, given: dict[str, Given], path: Path, workspace: Workspace) -> BatchSource:
    """A row as a submission; the file is named from the list's own folder."""
    file = given.get("file")
    if not file or not file.text:
        heading = file.heading if file and file.heading else headings.FIELDS["file"][0]
        fault = InputError("list_no_file", where=file.where if file else where, heading=heading)
        return wrong(where, fault, _title_of(given))
    name = file.text.replace("\\", "/")
    values = {"title": Given(Path(name).stem, file.place), **given}
    if workspace.settings.prefecture:
        values.setdefault("prefecture", Given(workspace.settings.prefecture, (where,)))
    try:
        document = fields.document(values, [{"file": name, "role": "main"}], str(path))
        made = intake.of_document(document, path.parent, str(path.parent / name))
    except ShowcaseError as error:
        return wrong(where, error, _title_of(given))
    except (OSError, RuntimeError) as error:
        return wrong(where, InputError("path_missing", where=name, detail=str(error)), _title_of(given))
    return BatchSource(made.shown, made.ref, lambda: made, made.submission.title_zh)


def _title_of(given: Mapping[str, Given]) -> str | None:
    return _shown(given["title"].text) or None if "title" in given else None


def wrong(shown: str, error: ShowcaseError, title: str | None = None) -> BatchSource:
    """An item that is known to be wrong: the batch says why and goes on."""

    def raise_it() -> Intake:
        raise error

    return BatchSource(_shown(shown), None, raise_it, title)


def _is_nested(value: object) -> bool:
    """Whether a value of a list is more than a text or a list of texts."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict | list) for item in value))


def _real(path: Path) -> Path:
    """Where a path leads; one that leads to itself stays as it is."""
    return Path(os.path.realpath(path))


def _shown(text: str) -> str:
    """A name for people and records: names from other systems may be no UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
