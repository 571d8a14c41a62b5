"""Words of colour that more than one room knows: ITU-T H.273 in the project's words and in ffmpeg's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class RareMatrix:
    """A matrix that swscale has not, which zscale turns into a common one ahead of all other filters.

    Args:
        name: ffmpeg's.
        common: the matrix that its pictures have from then on.
    """

    name: str
    common: str


# MatrixCoefficients 8, 10, 12, 13 and 14 of H.273 table 4
RARE_MATRICES = {
    "YCgCo": RareMatrix("ycgco", "bt709"),
    "BT.2020 constant": RareMatrix("bt2020c", "bt2020"),
    "Chromaticity-derived non-constant": RareMatrix("chroma-derived-nc", "bt709"),
    "Chromaticity-derived constant": RareMatrix("chroma-derived-c", "bt709"),
    "ICtCp": RareMatrix("ictcp", "bt2020"),
}
# MatrixCoefficients 11, 15, 16 and 17, which zscale has not either, in ffmpeg's words
UNREAD_MATRICES = ("smpte2085", "ipt-c2", "ycgco-re", "ycgco-ro")
# ColourPrimaries 8, 9, 11 and 12 of H.273 table 2: on a screen of BT.709 they look wrong. Those of BT.601 and of other
# SD systems are near it, and pictures are shown with them as they are
WIDE_PRIMARIES = {
    "Generic film": "film",
    "BT.2020": "bt2020",
    "DCI P3": "smpte431",
    "Display P3": "smpte432",
}
HDR_TRANSFERS = {"PQ": "smpte2084", "HLG": "arib-std-b67"}  # TransferCharacteristics 16 and 18 of H.273 table 3
