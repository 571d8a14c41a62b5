"""What ffmpeg says of the colours of a picture, in MediaInfo's words, which are the project's."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.ffmpeg.showinfo import UNTOLD

_MATRICES = {
    "bt709": "bt709",
    "bt470bg": "bt601",
    "smpte170m": "bt601",
    "bt2020nc": "bt2020",
    "bt2020c": "BT.2020 constant",
    "chroma-derived-nc": "Chromaticity-derived non-constant",
    "chroma-derived-c": "Chromaticity-derived constant",
    "fcc": "FCC 73.682",
    "gbr": "Identity",
    "ictcp": "ICtCp",
    "ycgco": "YCgCo",
    "smpte240m": "SMPTE 240M",
}
_PRIMARIES = {
    "bt709": "BT.709",
    "bt470bg": "BT.601 PAL",
    "smpte170m": "BT.601 NTSC",
    "bt2020": "BT.2020",
    "film": "Generic film",
    "smpte431": "DCI P3",
    "smpte432": "Display P3",
    "smpte240m": "SMPTE 240M",
}
_TRANSFERS = {
    "bt709": "BT.709",
    "smpte170m": "BT.601",
    "bt470bg": "BT.470 System B/G",
    "smpte2084": "PQ",
    "arib-std-b67": "HLG",
    "bt2020-10": "BT.2020 (10-bit)",
    "bt2020-12": "BT.2020 (12-bit)",
    "iec61966-2-1": "sRGB/sYCC",
    "linear": "Linear",
}


@dataclass(frozen=True)
class ColourWords:
    """ffmpeg's words; None where it tells nothing."""

    range: str | None = None
    matrix: str | None = None
    primaries: str | None = None
    transfer: str | None = None

    @classmethod
    def read(cls, *words: str) -> ColourWords:
        """From the words of `showinfo`, in its order."""
        return cls(*(None if word in UNTOLD else word for word in words))

    def of_track(self) -> dict[str, object]:
        """What is told, as fields of a `VideoTrack`."""
        found: dict[str, object] = {}
        if self.range is not None:
            found["colour_range"] = "full" if self.range == "pc" else "limited"
        for name, word, words in (
            ("matrix", self.matrix, _MATRICES),
            ("primaries", self.primaries, _PRIMARIES),
            ("transfer", self.transfer, _TRANSFERS),
        ):
            if word is not None:
                found[name] = words.get(word, word)
        return found
