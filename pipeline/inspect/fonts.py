"""Fonts from packages under a free licence (extras `subtitles`, `documents`): never the machine's own, which differ
from machine to machine. The only importer of fontTools."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import durable
from pipeline.errors import EnvironmentFault
from pipeline.model.font_coverage import Font, FontCoverage

if TYPE_CHECKING:
    from fontTools.ttLib import TTFont


@dataclass(frozen=True)
class _Source:
    """A package, the file in it, which face of a collection, and the file's name beside the encoder."""

    family: str
    package: str
    name: str
    face: int
    file: str


# in this order everywhere: Chinese, Arabic script, Latin and Cyrillic
_SOURCES = (
    _Source("Noto Sans CJK SC", "noto-cjk-sans-otc", "NotoSansCJK-Regular.ttc", 2, "han.ttc"),
    _Source("Noto Sans Arabic", "fontpkg-noto-sans-arabic", "NotoSansArabic[wdth,wght].ttf", 0, "arabic.ttf"),
    _Source("Noto Sans", "fontpkg-noto-sans", "NotoSans[wdth,wght].ttf", 0, "latin.ttf"),
)


def lacking() -> list[str]:
    """Packages of the extra that are not installed."""
    return [*lacking_fonts(), *(["ttconv"] if find_spec("ttconv") is None else [])]


def can_draw() -> bool:
    """Whether every font is there, and what reads them."""
    return not lacking_fonts()


def paths() -> dict[str, Path]:
    """Where each font lies, by the name it has beside the encoder.

    Raises:
        EnvironmentFault: one is not installed.
    """
    return {source.file: _found(source) for source in _SOURCES}


def digests() -> dict[str, str]:
    """SHA-256 (hex) of each font as its package has it, by the name that it has beside the encoder.

    Raises:
        EnvironmentFault: one is not installed.
    """
    return {name: _digest(path) for name, path in paths().items()}


def save_single(folder: Path) -> None:
    """Each font as a file with one face: PDFium takes the first of a collection, and the first of ours is Japanese.

    Raises:
        EnvironmentFault: fonts or what reads them are not installed.
    """
    for source in _SOURCES:
        with _opened(source) as font:
            font.save(folder / f"{Path(source.file).stem}{'.otf' if 'CFF ' in font else '.ttf'}")


def font_coverage(texts: Iterable[str]) -> FontCoverage:
    """What the fonts hold of the letters of these texts.

    Raises:
        EnvironmentFault: fonts or what reads them are not installed.
    """
    letters = sorted({char for text in texts for char in text})
    fonts, advances = [], []
    for source in _SOURCES:
        font, wide = _read(source)
        fonts.append(font)
        advances.append({char: wide[ord(char)] for char in letters if ord(char) in wide})
    return FontCoverage(fonts=tuple(fonts), advances=tuple(advances))


def lacking_fonts() -> list[str]:
    """Packages that drawing letters needs and that are not installed."""
    fonts = [source.package for source in _SOURCES if _path(source) is None]
    return [*fonts, *(["fonttools"] if find_spec("fontTools") is None else [])]


@cache
def _path(source: _Source) -> Path | None:
    try:
        listed = files(source.package) or []
    except PackageNotFoundError:
        return None
    found = (Path(str(item.locate())) for item in listed if item.name == source.name)
    return next((path for path in found if path.is_file()), None)


def _found(source: _Source) -> Path:
    path = _path(source)
    if path is None:
        raise EnvironmentFault("subtitles_extra", detail=source.package)
    return path


@cache
def _read(source: _Source) -> tuple[Font, dict[int, float]]:
    path = _found(source)
    with _opened(source) as font:
        em = font["head"].unitsPerEm
        metrics = font["OS/2"]
        made = Font(
            family=source.family,
            file=source.file,
            sha256=_digest(path),
            line_em=(metrics.usWinAscent + metrics.usWinDescent) / em,
            descent_em=metrics.usWinDescent / em,
        )
        return made, _advances(font, em)


@cache
def _digest(path: Path) -> str:
    return durable.digest(path)


def _opened(source: _Source) -> TTFont:
    try:
        from fontTools.ttLib import TTFont
    except ImportError as error:
        raise EnvironmentFault("subtitles_extra", detail="fonttools") from error
    # its time stays what it was: the same bytes each time
    return TTFont(_found(source), fontNumber=source.face, lazy=True, recalcTimestamp=False)


def _advances(font: TTFont, em: int) -> dict[int, float]:
    """Width in em of each letter by its code point, before shaping: Arabic letters joined to others are narrower."""
    widths = font["hmtx"].metrics
    return {code: widths[name][0] / em for code, name in font.getBestCmap().items()}
