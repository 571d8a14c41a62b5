"""The film that each row of a table names."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath

from pipeline.errors import InputError
from pipeline.execute import fields
from pipeline.model import text
from pipeline.tables import Row


def named_twice(rows: Sequence[Row]) -> dict[int, InputError]:
    """What is wrong with rows that name one file, by their lines: one film would be two submissions."""
    by_file: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        given = fields.of_row(row).get("file")
        name = given.text.replace("\\", "/") if given else ""
        if text.is_inside(name):
            by_file[os.path.normcase(unicodedata.normalize("NFC", str(PurePosixPath(name))))].append(row)
    return {row.line: _fault(row, same) for same in by_file.values() if len(same) > 1 for row in same}


def _fault(row: Row, same: Sequence[Row]) -> InputError:
    given = fields.of_row(row)["file"]
    lines = "、".join(str(other.line) for other in same)
    return InputError("rows_of_one_file", where=given.where, lines=lines, file=given.text)
