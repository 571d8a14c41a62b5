"""The rows of a list as things that a batch is to do: of a table, or of a YAML list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import tables, yamlio
from pipeline.errors import InLanguages, InputError, ShowcaseError
from pipeline.exchange import intake
from pipeline.execute import fields, headings, row_files
from pipeline.execute.batch_source import BatchSource, of_path, shown_of, wrong
from pipeline.execute.fields import Given
from pipeline.execute.row_differences import differences
from pipeline.execute.submission_names import id_of, submission_beside
from pipeline.execute.tabled_films import is_table
from pipeline.model import text
from pipeline.model.region import REGION
from pipeline.model.submission import Submission
from pipeline.tables import RemarkCallback, Row
from pipeline.workspace import Workspace
from pipeline.yamlio import Document


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
        twice = row_files.named_twice(rows)
        return [
            wrong(row.where, twice[row.line], _title_of(fields.of_row(row)))
            if row.line in twice
            else _of_row(row, path, workspace, _Remarks(remark, ignored))
            for row in rows
        ]
    refuse_ignored(str(path), ignored)
    document = yamlio.load(path)
    if not isinstance(document.data, list):
        raise InputError("list_wrong", where=document.where(()))
    items = []
    for index, entry in enumerate(document.data):
        where = document.where((index,))
        if isinstance(entry, str):
            items.append(of_path(path.parent / entry, workspace, where))
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


def refuse_ignored(source: str, ignored: Sequence[str]) -> None:
    """What is no table has no columns to be left out.

    Raises:
        InputError: one is named.
    """
    if ignored:
        raise InputError("ignored_without_table", where=source, name=ignored[0])


@dataclass(frozen=True)
class _Remarks:
    """Who is told of rows.

    Args:
        ignored: headings of columns that are left out, to be named where the table is to be read again.
    """

    remark: RemarkCallback
    ignored: Sequence[str]

    def beside(self, row: Row, table: Path, name: str, beside: Path, differing: str) -> None:
        """A submission counts, and not the row."""
        if not differing:
            self.remark("table_row_submission", where=row.where, file=str(beside))
            return
        again = f'"{table.parent / name}" --from-csv "{table}" -o "{beside}" --force'
        again += "".join(f' --ignore-column "{heading}"' for heading in self.ignored)
        self.remark("table_row_differs", where=row.where, file=str(beside), differing=differing, again=again)


def _of_row(row: Row, path: Path, workspace: Workspace, remarks: _Remarks) -> BatchSource:
    """A row, or the submission that `init` wrote of it beside its film, which may have been added to since."""
    given = fields.of_row(row)
    try:
        fields.refuse_beyond(row)
    except InputError as error:
        return wrong(row.where, error, _title_of(given))
    name = given["file"].text.replace("\\", "/") if "file" in given else ""
    if text.is_inside(name) and (beside := submission_beside(path.parent / name)).is_file():
        item = of_path(beside, workspace, row.where)
        if not _is_of(item, path.parent / name):  # it is of a film that is called the same but for its end
            return _of_fields(row.where, given, path, workspace)
        remarks.beside(row, path, name, beside, _differences(item, given, path, workspace))
        return item if item.title else replace(item, title=_title_of(given))
    return _of_fields(row.where, given, path, workspace)


def _is_of(item: BatchSource, film: Path) -> bool:
    """Whether a submission names a film, as far as it can be read."""
    try:
        return any(part.path.name == film.name for part in item.open().parts)
    except ShowcaseError:
        return True


def _of_fields(where: str, given: dict[str, Given], path: Path, workspace: Workspace) -> BatchSource:
    """A row as a submission; the file is named from the list's own folder."""
    file = given.get("file")
    if not file or not file.text:
        usual = InLanguages(headings.FIELDS["file"][0], "file")
        heading = file.heading if file and file.heading else usual
        fault = InputError("list_no_file", where=file.where if file else where, heading=heading)
        return wrong(where, fault, _title_of(given))
    name = file.text.replace("\\", "/")
    try:
        document = _document(where, given, path, workspace)
        if file.heading:  # a table's row gets the id that `init` would write of it
            document.data["id"] = id_of(yamlio.validate(Submission, document))
        made = intake.of_document(document, path.parent, str(path.parent / name))
    except ShowcaseError as error:
        return wrong(where, error, _title_of(given))
    except (OSError, RuntimeError) as error:
        return wrong(where, InputError("path_missing", where=name, detail=str(error)), _title_of(given))
    return BatchSource(made.shown, made.ref, lambda: made, made.submission.title_zh)


def _document(where: str, given: Mapping[str, Given], path: Path, workspace: Workspace) -> Document:
    """The fields with what is usual where a row says nothing."""
    name = given["file"].text.replace("\\", "/")
    values = {"title": Given(Path(name).stem, given["file"].place), **given}
    if workspace.settings.prefecture:
        values.setdefault("prefecture", Given(workspace.settings.prefecture, (where,)))
    return fields.document(values, [{"file": name, "role": "main"}], str(path))


def _differences(item: BatchSource, given: Mapping[str, Given], path: Path, workspace: Workspace) -> str:
    """What a row says otherwise than the submission beside its film; nothing where one of both is wrong."""
    try:
        row = yamlio.validate(Submission, _document(item.shown, given, path, workspace))
        return differences(given, row, item.open().submission)
    except ShowcaseError:
        return ""


def _title_of(given: Mapping[str, Given]) -> str | None:
    return shown_of(given["title"].text) or None if "title" in given else None


def _is_nested(value: object) -> bool:
    """Whether a value of a list is more than a text or a list of texts."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict | list) for item in value))
