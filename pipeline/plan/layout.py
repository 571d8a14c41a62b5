"""Where slides and lecturer stand in a frame; pure geometry."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from pipeline.model.course import Corner, Layout

SAFE = Fraction(95, 100)  # of width and height, in the middle (practice: flat sets cut off less than that)
SLIDES = Fraction(7, 10)  # of width and height, beside the lecturer: letters stay readable, and he has a quarter
CORNER = Fraction(1, 5)  # of the width, over the slides: what is under the lecturer can't be seen
BACKGROUND = "black"  # what is left free, as pages have it that do not fill theirs: no seam is seen between them


@dataclass(frozen=True)
class Area:
    """A part of the frame, in its samples, and where in it stands what does not fill it: 0 is left or top, 1 right or
    bottom."""

    x: int
    y: int
    width: int
    height: int
    across: Fraction = Fraction(1, 2)
    down: Fraction = Fraction(1, 2)

    def place(self, width: int, height: int, lines: int) -> tuple[int, int]:
        """The left and top edge of a picture of this size; the top one is a multiple of `lines`."""
        x = self.x + _down((self.width - width) * self.across, 2)
        return x, self.y + _down((self.height - height) * self.down, lines)


@dataclass(frozen=True)
class Areas:
    """Where both stand."""

    slides: Area
    lecturer: Area


@dataclass(frozen=True)
class Canvas:
    """A frame that is shared.

    Args:
        sample_aspect: width of a sample to its height.
        lines: what edges are a multiple of from the top: 2 for the sake of colour, which has half as many lines, 4
            where every other line is of another moment.
        is_captioned: subtitles stand at its foot.
    """

    width: int
    height: int
    sample_aspect: Fraction = Fraction(1)
    lines: int = 2
    is_captioned: bool = False


def areas(layout: Layout, corner: Corner, canvas: Canvas) -> Areas:
    """The areas of a layout that shows both.

    Raises:
        ValueError: it shows one of them alone.
    """
    match layout:
        case Layout.SIDE:
            return _side(canvas)
        case Layout.PIP:
            return _corner(corner, canvas)
        case Layout.SLIDES | Layout.FILM:
            raise ValueError(f"{layout} shows one picture")


def _side(canvas: Canvas) -> Areas:
    """Slides at the left, the lecturer in a column beside them. Under them is as much room as above, but for subtitles,
    which would hide the slides' last lines."""
    left, top = _margins(canvas)
    width, height = _down(canvas.width * SLIDES, 2), canvas.lines * round(canvas.height * SLIDES / canvas.lines)
    y = top if canvas.is_captioned else _down(Fraction(canvas.height - height, 2), canvas.lines)
    column = canvas.width - 2 * left - width
    return Areas(Area(left, y, width, height), Area(left + width, y, column, height))


def _corner(corner: Corner, canvas: Canvas) -> Areas:
    """Slides on the whole frame, since they are made to stay clear of its edge themselves; the lecturer over them, in a
    square, so that one who stands upright is no smaller than another."""
    left, top = _margins(canvas)
    width = _down(canvas.width * CORNER, 2)
    height = min(_down(width * canvas.sample_aspect, canvas.lines), canvas.height - 2 * top)
    across = Fraction(corner in (Corner.TOP_RIGHT, Corner.BOTTOM_RIGHT))
    down = Fraction(corner in (Corner.BOTTOM_LEFT, Corner.BOTTOM_RIGHT))
    x = left if not across else canvas.width - left - width
    y = top if not down else canvas.height - top - height
    return Areas(
        Area(0, 0, canvas.width, canvas.height), Area(x, _down(Fraction(y), canvas.lines), width, height, across, down)
    )


def _margins(canvas: Canvas) -> tuple[int, int]:
    """What is kept free at either side, and above and below."""
    share = (1 - SAFE) / 2
    return -_down(-canvas.width * share, 2), -_down(-canvas.height * share, canvas.lines)


def _down(size: Fraction, step: int) -> int:
    """The next multiple towards zero's left."""
    return step * (size // step)
