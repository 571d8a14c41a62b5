"""Chapters and tags as ffmpeg's own text has them (FFMETADATA1, ffmpeg-formats 5), written and read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction

from pipeline.model.chapter import Chapter

HEAD = ";FFMETADATA1"
_SPECIAL = re.compile(r"([=;#\\\n])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_LINE_END = re.compile(r"(?<!\\)((?:\\\\)*)\n")  # one with a backslash before it is part of a value
_BASE = re.compile(r"(\d+)/([1-9]\d*)")


def render(chapters: Sequence[Chapter], duration_s: float) -> str:
    """The text of chapters in order; the last one ends with the film, in milliseconds all."""
    ends = [*(chapter.start_s for chapter in chapters[1:]), duration_s]
    lines = [HEAD]
    for chapter, end_s in zip(chapters, ends, strict=True):
        times = ["TIMEBASE=1/1000", f"START={round(chapter.start_s * 1000)}", f"END={round(end_s * 1000)}"]
        title = _SPECIAL.sub(r"\\\1", chapter.title)
        lines += ["[CHAPTER]", *times, f"title={title}"]
    return "\n".join([*lines, ""])


def read(text: str) -> list[tuple[float, str]]:
    """When each chapter begins, in seconds, and its title, in the text's order; without a time it is none."""
    found = []
    for section in _sections(text):
        base = _BASE.fullmatch(section.get("TIMEBASE", "1/1000000000"))
        start = section.get("START", "")
        if base is not None and re.fullmatch(r"-?\d+", start):
            found.append((float(int(start) * Fraction(int(base[1]), int(base[2]))), section.get("title", "")))
    return found


def tags(text: str) -> dict[str, str]:
    """The tags of the whole file: they stand in front of all sections."""
    found = {}
    for line in _lines(text):
        if line.startswith("["):
            break
        key, sign, value = line.partition("=")
        if sign and not line.startswith((";", "#")):
            found[key] = _ESCAPED.sub(r"\1", value)
    return found


def _sections(text: str) -> Iterator[dict[str, str]]:
    """The keys and values of each chapter."""
    section: dict[str, str] | None = None
    for line in _lines(text):
        if line.startswith("["):
            if section is not None:
                yield section
            section = {} if line == "[CHAPTER]" else None
        elif section is not None and not line.startswith((";", "#")):
            key, _, value = line.partition("=")
            section[key] = _ESCAPED.sub(r"\1", value)
    if section is not None:
        yield section


def _lines(text: str) -> list[str]:
    return _LINE_END.sub("\\1\x00", text).split("\x00")
