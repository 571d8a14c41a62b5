"""The field that subtitles stand in: how large letters are, and how wide a line may be."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipeline.media.subtitles import scripts
from pipeline.media.track_shape import HD_LINES

HEIGHT = 1080  # of the field that sizes are given in, whatever the picture's own is
SAFE = Fraction(1, 20)  # EBU R 95: graphics stay 5 % from each edge
# sizes in the field; on SD they are larger, because its samples are
HD_EM, SD_EM = 64, 72
HD_HAN, SD_HAN = 18, 15  # Chinese characters in a line (practice)
HAN_WIDTH, OTHER_WIDTH = 1.0, 0.52  # em of a letter, where no font is asked: a Chinese one is square


@dataclass(frozen=True)
class Field:
    """What subtitles are drawn in: the shape of the picture as it is shown, and its lines."""

    shape: Fraction
    lines: int

    @property
    def width(self) -> int:
        """In the field's own units, of which it has `HEIGHT` from top to bottom."""
        return round(HEIGHT * self.shape)

    @property
    def em(self) -> int:
        """The size of letters, in the same units."""
        return HD_EM if self.lines >= HD_LINES else SD_EM

    def widest(self, line: str) -> float:
        """How many em a line may be wide."""
        room = float(self.width * (1 - 2 * SAFE)) / self.em
        if scripts.main_of(line) != scripts.HAN:
            return room
        return min(room, HD_HAN if self.lines >= HD_LINES else SD_HAN)


HD = Field(Fraction(16, 9), 1080)


def estimated_width(text: str) -> float:
    """How wide a text is in em, near enough to tell a line that is too long."""
    return sum(HAN_WIDTH if scripts.script_of(char) == scripts.HAN else OTHER_WIDTH for char in text)
