"""The rows of a list as things that a batch is to do: of a table, or of a YAML list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from pipeline import tables, yamlio
from pipeline.errors import InputError, ShowcaseError
from pipeline.exchange import intake
from pipeline.execute import fields, headings
from pipeline.execute.batch_source import BatchSource, of_path, shown_of, wrong
from pipeline.execute.fields import Given
from pipeline.execute.submission_names import submission_beside
from pipeline.execute.tabled_films import is_table
from pipeline.model import text
from pipeline.model.region import REGION
from pipeline.tables import RemarkCallback, Row
from pipeline.workspace import Workspace


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
        item = of_path(beside, workspace, row.where)
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
    return shown_of(given["title"].text) or None if "title" in given else None


def _is_nested(value: object) -> bool:
    """Whether a value of a list is more than a text or a list of texts."""
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(item, dict | list) for item in value))
