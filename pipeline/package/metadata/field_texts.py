"""The text that a field of a receiver's form gets: a value, said as its rule says it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pipeline import graphemes
from pipeline.media.timecode import c2_duration
from pipeline.model.field_rule import FieldRule


@dataclass(frozen=True)
class Duration:
    """How long a stream is, by its pictures."""

    frames: int
    rate: float

    @property
    def seconds(self) -> int:
        """Whole ones, at least one: what has begun counts from its half on."""
        return max(1, int(self.frames / self.rate + 0.5))


Value = str | int | date | Duration | tuple[str, ...] | None


class FaultKind(StrEnum):
    """Why a text can't stand in a field."""

    MISSING = "missing"
    LONG = "long"
    UNMAPPED = "unmapped"  # there is a value, and the receiver's data have no word for it
    LEFT_OUT = "left_out"  # it is not sent: what may not be shortened does not fit


WHOLE = ("generated_label",)  # values that are sent whole or not at all


@dataclass(frozen=True)
class FieldFault:
    """A field that can't be filled as its rule wants it.

    Args:
        most, actual: characters that it may have, and has.
    """

    field: str
    kind: FaultKind
    source: str = ""
    most: int = 0
    actual: int = 0


@dataclass(frozen=True)
class FieldText:
    """A field's text; None where it stays empty. `cut` is what it was before."""

    text: str | None
    fault: FieldFault | None = None
    cut: str | None = None


def field_text(rule: FieldRule, values: Mapping[str, Value]) -> FieldText:
    """What stands in the field.

    Raises:
        KeyError: the rule names a value that there is not (rules are checked when they are read).
    """
    value = rule.text if rule.source is None else values[rule.source]
    text = _said(rule, value)
    if text is None or not text.strip():
        text = rule.otherwise
    if text is None:
        kind = FaultKind.MISSING if value in (None, "", ()) else FaultKind.UNMAPPED
        return FieldText(None, FieldFault(rule.title, kind, rule.source or "") if rule.required else None)
    if rule.most is None or len(text) <= rule.most:
        return FieldText(text)
    if rule.source in WHOLE and not rule.required:
        return FieldText(None, FieldFault(rule.title, FaultKind.LEFT_OUT, rule.source or "", rule.most, len(text)))
    if rule.cut:
        return FieldText(_shortened(rule, value, text, rule.most), cut=text)
    return FieldText(text, FieldFault(rule.title, FaultKind.LONG, rule.source or "", rule.most, len(text)))


def _said(rule: FieldRule, value: Value) -> str | None:
    match value:
        case None:
            return None
        case tuple():
            return rule.separator.join(said for item in value if (said := _word(rule, item))) or None
        case Duration():
            return _duration(value, rule.format or "HHMMSSFF")
        case date():
            return value.strftime(rule.format or "%Y-%m-%d")
        case _:
            return _word(rule, str(value))


def _word(rule: FieldRule, text: str) -> str | None:
    return text if rule.words is None else rule.words.get(text)


def _duration(value: Duration, form: str) -> str:
    whole = value.seconds
    clock = (whole // 3600, whole // 60 % 60, whole % 60)
    match form:
        case "seconds":
            return str(whole)
        case "minutes":
            return str(max(1, (whole + 30) // 60))
        case "frames":
            return str(value.frames)
        case "HHMMSSFF":
            return c2_duration(value.frames, round(value.rate))
        case "HHMMSS00":
            return "{:02}{:02}{:02}00".format(*clock)
        case "HH:MM:SS":
            return "{:02}:{:02}:{:02}".format(*clock)
    raise KeyError(form)


DURATIONS = ("seconds", "minutes", "frames", "HHMMSSFF", "HHMMSS00", "HH:MM:SS")


def _shortened(rule: FieldRule, value: Value, text: str, most: int) -> str:
    """A list loses its last items, a text its end."""
    kept = ""
    for item in value if isinstance(value, tuple) else ():
        said = _word(rule, item) or ""
        longer = f"{kept}{rule.separator}{said}" if kept else said
        if len(longer) > most:
            break
        kept = longer
    return kept or graphemes.cut(text, most)
