"""Subtitles to be burnt in, as Advanced SubStation Alpha: one style a script, every line in its own direction.

Facts: libass takes a line's direction from its first letter, and looks for a missing letter among the machine's own
fonts; so each line stands between marks of direction, and each stretch of letters names a font that holds them.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from fractions import Fraction

from pipeline.media.subtitles import breaking, scripts
from pipeline.media.subtitles.field import HEIGHT, SAFE, Field
from pipeline.model.font_coverage import FontCoverage
from pipeline.model.subtitles import Cue, words

_OUTLINE = 16  # em for one of outline
# em: from one line's foot to the next, and what letters of any of the scripts need above and below it
_PITCH, _HEAD, _FOOT = 1.4, 1.1, 0.42
_FIELDS = (
    "Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, Bold, BorderStyle, Outline, Shadow, "
    "Alignment, MarginL, MarginR, MarginV, Encoding"
)
HAN, ARABIC, LATIN = 0, 1, 2  # fonts in the order of the font_coverage
_ORDERS = {scripts.HAN: (HAN, LATIN, ARABIC), scripts.ARABIC: (ARABIC, LATIN, HAN)}
_ORDER = (LATIN, HAN, ARABIC)
_NAMES = ("han", "arabic", "latin")
_NOT_DRAWN = ("Zs", "Zl", "Zp", "Cc", "Cf")
_PLAIN = str.maketrans({"\\": "＼", "{": "｛", "}": "｝"})  # what the format would take for its own words


def plain(line: str) -> str:
    """A line as it is drawn: without marks of direction, nothing in it a command."""
    return scripts.bare(line).translate(_PLAIN)


def missing(line: str, font_coverage: FontCoverage) -> str:
    """The letters of a line that no font holds, each once."""
    drawn = (char for char in plain(line) if unicodedata.category(char) not in _NOT_DRAWN)
    order = tuple(range(len(font_coverage.fonts)))
    return "".join(dict.fromkeys(char for char in drawn if font_coverage.font_of(char, order) is None))


def drawable(cues: Sequence[Cue]) -> bool:
    """Whether text can be burnt in: Mongolian letters stand in columns, which libass can't draw."""
    return scripts.main_of(words(cues)) != scripts.MONGOLIAN


def ass(cues: Sequence[Cue], font_coverage: FontCoverage, field: Field, speed: Fraction = Fraction(1)) -> str:
    """The whole file; times are divided by `speed`."""
    head = [
        "[Script Info]",
        "ScriptType: v4.00+",
        f"PlayResX: {field.width}",
        f"PlayResY: {HEIGHT}",
        "WrapStyle: 2",
        "ScaledBorderAndShadow: yes",
        "",
        "[V4+ Styles]",
        f"Format: {_FIELDS}",
    ]
    side, foot = round(field.width * SAFE), round(HEIGHT * SAFE)
    for name, font in zip(_NAMES, font_coverage.fonts, strict=True):
        size = round(field.em * font.line_em, 2)
        head.append(
            f"Style: {name},{font.family},{size:g},&H00FFFFFF,&H00000000,&H00000000,0,1,"
            f"{field.em / _OUTLINE:g},0,2,{side},{side},{foot},-1"
        )
    events = ["", "[Events]", "Format: Layer, Start, End, Style, Text"]
    for cue, alone in zip(cues, _alone(cues), strict=True):
        times = f"{_time(cue.start_s / speed)},{_time(cue.end_s / speed)}"
        texts = _placed(cue, font_coverage, field) if alone else [_stacked(cue, font_coverage, field)]
        events += [f"Dialogue: 0,{times},{_NAMES[LATIN]},{text}" for text in texts]
    return "\n".join([*head, *events]) + "\n"


def _alone(cues: Sequence[Cue]) -> list[bool]:
    """Which cues have the picture to themselves."""
    alone = [True] * len(cues)
    order = sorted(range(len(cues)), key=lambda index: cues[index].start_s)
    last: int | None = None  # of those before, the one that lasts longest
    for index in order:
        if last is not None and cues[index].start_s < cues[last].end_s:
            alone[index] = alone[last] = False
        if last is None or cues[index].end_s > cues[last].end_s:
            last = index
    return alone


def _placed(cue: Cue, font_coverage: FontCoverage, field: Field) -> list[str]:
    """Each line where it belongs: fonts differ in how much room they ask for around their letters."""
    fitted = _fitted(cue, font_coverage, field)
    pitch = _PITCH * field.em
    below = pitch * (len(fitted.lines) - 1)
    foot = HEIGHT * float(SAFE) + _HEAD * field.em + below if cue.top else HEIGHT * (1 - float(SAFE)) - _FOOT * field.em
    lines = []
    for number, (line, scale) in enumerate(zip(fitted.lines, fitted.scales, strict=True)):
        stretches = list(_stretches(line, font_coverage))
        descent = max(font_coverage.fonts[font].descent_em for font, _ in stretches) * scale * field.em
        y = foot - below + number * pitch + descent
        lines.append(
            f"{{\\an2\\pos({field.width / 2:g},{y:.1f})}}{_line(line, stretches, scale, font_coverage, field)}"
        )
    return lines


def _stacked(cue: Cue, font_coverage: FontCoverage, field: Field) -> str:
    """Lines one below the other: libass finds room for cues that are there at once."""
    fitted = _fitted(cue, font_coverage, field)
    lines = [
        _line(line, list(_stretches(line, font_coverage)), scale, font_coverage, field)
        for line, scale in zip(fitted.lines, fitted.scales, strict=True)
    ]
    return ("{\\an8}" if cue.top else "") + "\\N".join(lines)


def _fitted(cue: Cue, font_coverage: FontCoverage, field: Field) -> breaking.Fitted:
    return breaking.fit([plain(line) for line in cue.lines], lambda line: _width(line, font_coverage), field.widest)


def _line(
    line: str, stretches: Sequence[tuple[int, str]], scale: float, font_coverage: FontCoverage, field: Field
) -> str:
    """A line with a font for each stretch, between marks of direction where it runs from the right."""
    text = ""
    for font, letters in stretches:
        size = f"\\fs{field.em * font_coverage.fonts[font].line_em * scale:.2f}" if scale < 1 else ""
        text += f"{{\\r{_NAMES[font]}{size}}}{letters}"
    return f"{scripts.RIGHT_TO_LEFT}{text}{scripts.END}" if scripts.is_right_to_left(line) else text


def _stretches(line: str, font_coverage: FontCoverage) -> Iterator[tuple[int, str]]:
    """Letters in a row that one font draws; what all scripts share goes with the letters before it."""
    script = scripts.main_of(line)
    order = _ORDERS.get(script, _ORDER)
    font, letters = order[0], ""
    for char in line:
        own = scripts.script_of(char)
        if own and own != script:
            script, order = own, _ORDERS.get(own, _ORDER)
        holder = font_coverage.font_of(char, (font, *order) if own is None else order)
        if holder is not None and holder != font:
            if letters:
                yield font, letters
            font, letters = holder, ""
        letters += char
    if letters:
        yield font, letters


def _width(line: str, font_coverage: FontCoverage) -> float:
    """In em, before shaping."""
    return sum(
        font_coverage.advances[font].get(char, 0.0) for font, part in _stretches(line, font_coverage) for char in part
    )


def _time(seconds: float | Fraction) -> str:
    """H:MM:SS.cc"""
    hundredths = max(0, round(seconds * 100))
    whole, part = divmod(hundredths, 100)
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour}:{minute:02}:{second:02}.{part:02}"
