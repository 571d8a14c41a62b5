"""What filters log: loudness of the whole film and of every moment (ebur128), repeated fields (idet)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.ffmpeg.stderr import BAD, Line
from pipeline.model.loudness import GATE_LKFS, Loudness

SHORT_TERM_S = 3.0  # EBU Tech 3341: before that the window is not full
_SUMMARY = {
    "integrated_lkfs": re.compile(r"^\s*I:\s+(\S+) LUFS"),
    "range_lu": re.compile(r"^\s*LRA:\s+(\S+) LU$"),
    "true_peak_dbtp": re.compile(r"^\s*Peak:\s+(\S+) dBFS"),
}
# what writes raw pictures complains of times that a film with a varying rate has twice
OUTPUTS = ("rawvideo", "au", "null", "out#", "vost#", "aost#")
# said of chapters whose names are empty or whose list of names is gone: of the film nothing is
_CHAPTERS = re.compile(r"^(Referenced QT chapter track not found|Chapter \d+ not found in file)")
_REPEATED = re.compile(r"^Repeated Fields: Neither: *\d+ Top: *(\d+) Bottom: *(\d+)")
_MOMENT = re.compile(r"^t: *(\S+) .*? S: *(\S+) ")


def is_complaint(line: Line) -> bool:
    """Whether a demuxer or decoder complains of picture or sound."""
    return line.level in BAD and not line.context.startswith(OUTPUTS) and not _CHAPTERS.match(line.text)


@dataclass
class FilterLog:
    """Collects the figures of every ebur128 of one run, and errors; `moments` is how loud each second ends.

    Of idet it keeps how many pictures repeat a field of the one before.
    """

    figures: dict[str, dict[str, float | None]] = field(default_factory=dict)
    errors: int = 0  # of demuxer and decoders
    moments: dict[int, float] = field(default_factory=dict)
    repeated: tuple[int, int] = (0, 0)  # top, bottom
    _summary: str = ""

    def feed(self, line: Line) -> None:
        """One line of stderr."""
        if is_complaint(line):
            self.errors += 1
        if match := _REPEATED.match(line.text):
            self.repeated = int(match[1]), int(match[2])
        elif "ebur128" in line.context:
            if "Summary" in line.text:
                self._summary = line.context
            elif match := _MOMENT.match(line.text):
                level = _finite(match[2])
                if level is not None and level > GATE_LKFS and float(match[1]) >= SHORT_TERM_S:
                    self.moments[int(float(match[1]) - 1e-3)] = level
        elif self._summary:
            for figure, pattern in _SUMMARY.items():
                if match := pattern.match(line.text):
                    self.figures.setdefault(self._summary, {})[figure] = _finite(match[1])

    def in_order(self) -> list[Loudness]:
        """The figures by their filter's place in the graph: they are logged in any order. Named ones are left out."""
        plain = [(name, item) for name, item in self.figures.items() if "@" not in name]
        return [_loudness(item) for _, item in sorted(plain, key=lambda pair: int(pair[0].rsplit("_", 1)[-1]))]

    def named(self, name: str) -> Loudness | None:
        """The figures of the filter `ebur128@NAME`."""
        found = self.figures.get(f"ebur128@{name}")
        return None if found is None else _loudness(found)


def _loudness(item: Mapping[str, float | None]) -> Loudness:
    return Loudness(
        integrated_lkfs=_gated(item.get("integrated_lkfs")),
        range_lu=item.get("range_lu"),
        true_peak_dbtp=item.get("true_peak_dbtp"),
    )


def _finite(text: str) -> float | None:
    return None if "inf" in text or "nan" in text else float(text)


def _gated(value: float | None) -> float | None:
    """Nothing above the absolute gate of BS.1770 is no loudness."""
    return None if value is None or value <= GATE_LKFS else value
