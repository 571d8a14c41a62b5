"""Texts that values are put into: addresses of files, and columns that hold several values. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.model.branch_table import template_fields
from pipeline.model.field_rule import FieldRule
from pipeline.package.metadata.field_texts import Value, field_text

FIGURES = re.compile(r"0[1-9]")  # how many figures there are at least: 02, 03
_PIECE = re.compile(r"\{[^{}]*\}")


def filled(template: str, values: Mapping[str, Value], rule: FieldRule) -> str | None:
    """The text; None where it names values and none of them is there.

    Args:
        rule: how lists are joined.

    Raises:
        KeyError: it names a value that there is not (templates are checked when they are read).
    """
    fields = template_fields(template)
    said = [_said(name, form, values, rule) for name, form in fields]
    if fields and not any(said):
        return None
    waiting = iter(said)
    return _PIECE.sub(lambda _: next(waiting) or "", template)


def _said(name: str, form: str | None, values: Mapping[str, Value], rule: FieldRule) -> str | None:
    is_figures = form is not None and FIGURES.fullmatch(form) is not None
    own = {"source": name, "format": None if is_figures else form}
    one = FieldRule(name=rule.name, separator=rule.separator).model_copy(update=own)
    text = field_text(one, values).text
    return text.zfill(int(form[1:])) if text and form and is_figures else text
