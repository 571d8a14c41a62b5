"""The fonts that subtitles are drawn with, and what they hold of the letters in use."""

from __future__ import annotations

from pipeline.model.base import Noun


class Font(Noun):
    """One font: its family as styles name it, the file's fixed name beside the encoder, what a line takes in em
    (OS/2 usWinAscent + usWinDescent: what libass calls the size), and how much of that is below the letters' foot."""

    family: str
    file: str
    sha256: str
    line_em: float
    descent_em: float


class FontCoverage(Noun):
    """Fonts, and for each the width in em of every letter in use that it holds."""

    fonts: tuple[Font, ...]
    advances: tuple[dict[str, float], ...]

    def font_of(self, char: str, order: tuple[int, ...]) -> int | None:
        """The first font of an order that holds a letter."""
        return next((index for index in order if char in self.advances[index]), None)
