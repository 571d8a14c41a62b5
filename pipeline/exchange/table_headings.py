"""What the columns of people's tables are called: each kind of table has its own names, and none is lost in silence."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.errors import InputError
from pipeline.tables import Cell, RemarkCallback, Row, Table
from pipeline.yamlio import Problem

_MOST_LINES = 10  # that are named one by one
_NEAR = 0.5  # of difflib's ratio: half of the letters are the same


def folded(text: str) -> str:
    """Headings as they are compared: full-width letters narrowed, remarks in brackets and spaces left away."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"\([^)]*\)|[\s*:：]", "", plain)


def _whole(text: str) -> str:
    return re.sub(r"[\s*:：]", "", unicodedata.normalize("NFKC", text).casefold())


def _forms(heading: str) -> Iterator[str]:
    """A heading with all that stands in brackets, without the last of it, and so on: «review (first) (by 10 June)»."""
    text = _whole(heading)
    yield text
    while (shorter := re.sub(r"\([^()]*\)$", "", text)) != text:
        text = shorter
        yield text
    yield folded(heading)


@dataclass(frozen=True)
class Headings:
    """The columns of one kind of table.

    Args:
        fields: what may be written over each, the usual name first.
        passed_over: headings, folded, that nobody needs here; they are said.
        several: fields that more than one column may say.
    """

    fields: Mapping[str, Sequence[str]]
    passed_over: frozenset[str] = frozenset()
    several: tuple[str, ...] = ()

    @cached_property
    def _field_of(self) -> dict[str, str]:
        """By every form of each name that means one field alone."""
        means: dict[str, set[str]] = {}
        for field, names in self.fields.items():
            for form in {form for heading in names for form in (_whole(heading), folded(heading))}:
                means.setdefault(form, set()).add(field)
        return {form: fields.pop() for form, fields in means.items() if len(fields) == 1}

    def field_of(self, heading: str) -> str | None:
        """The field that a column is, by its heading."""
        found = (self._field_of.get(form) for form in _forms(heading))
        return next((field for field in found if field), None)

    def taken(self, table: Table, path: Path, remark: RemarkCallback, ignored: Sequence[str] = ()) -> dict[str, Cell]:
        """The headings that are fields, in the order of the columns.

        Args:
            remark: is told of columns that are passed over.
            ignored: headings of columns that are left out.

        Raises:
            InputError: a heading that nobody knows, two for one field, or not the one that is to be ignored.
        """
        left_out = {folded(name) for name in ignored}
        if missing := [name for name in ignored if folded(name) not in set(map(folded, table.headings))]:
            there = "、".join(table.headings)
            raise InputError("table_ignored_unknown", where=str(path), name=missing[0], there=there)
        kept = {heading: cell for heading, cell in table.headings.items() if folded(heading) not in left_out}
        self._refuse_unknown(kept, path)
        self._refuse_double(kept, path)
        ours = {heading: cell for heading, cell in kept.items() if self.field_of(heading)}
        if others := [heading for heading in table.headings if heading not in ours]:
            remark("table_columns_passed_over", where=str(path), names="、".join(others))
        return ours

    def _refuse_unknown(self, taken: Mapping[str, Cell], path: Path) -> None:
        unknown = {
            heading: cell
            for heading, cell in taken.items()
            if not self.field_of(heading) and folded(heading) not in self.passed_over
        }
        if not unknown:
            return
        problems = []
        for heading, cell in unknown.items():
            where = f"{path}:{cell.line}:{cell.column}"
            near = difflib.get_close_matches(folded(heading), self._field_of, n=1, cutoff=_NEAR)
            if near:
                name = next(item for names in self.fields.values() for item in names if folded(item) == near[0])
                problems.append(Problem(where, heading, "heading_near", "", {"name": name}))
            else:
                known = "、".join(names[0] for names in self.fields.values())
                problems.append(Problem(where, heading, "heading_far", "", {"known": known}))
        options = " ".join(f"--ignore-column {_typed(heading)}" for heading in unknown)
        raise InputError(
            "table_heading_unknown",
            where=problems[0].where,
            heading="、".join(unknown),
            options=options,
            problems=tuple(problems),
        )

    def _refuse_double(self, taken: Mapping[str, Cell], path: Path) -> None:
        seen: dict[str, str] = {}
        for heading, cell in taken.items():
            field = self.field_of(heading)
            if field and field in seen and field not in self.several:
                where = f"{path}:{cell.line}:{cell.column}"
                raise InputError("table_headings_same", where=where, first=seen[field], second=heading)
            if field:
                seen.setdefault(field, heading)


def tell_hidden(table: Table, rows: Sequence[Row], ours: Collection[str], path: Path, remark: RemarkCallback) -> None:
    """Say of rows and columns that people do not see: they count as the others do."""
    if lines := [row.line for row in rows if row.line in table.hidden_lines]:
        shown = ", ".join(map(str, lines[:_MOST_LINES])) + ("…" if len(lines) > _MOST_LINES else "")
        remark("table_hidden_rows", where=str(path), count=len(lines), lines=shown)
    if names := [heading for heading in table.hidden_headings if heading in ours]:
        remark("table_hidden_columns", where=str(path), names="、".join(names))


def _typed(heading: str) -> str:
    """A heading as one word of a command."""
    return f'"{heading}"' if re.search(r"[\s'&|;<>()*?$`]", heading) else heading
