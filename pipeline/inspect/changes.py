"""What changes on the way: pictures or sound of one kind in the first half of a film and of another in the second.

ffmpeg builds its filters anew at each change of size, pixel format, matrix, range, turn, channels, sample rate or
downmix; times then begin again, and what was measured is of the last stretch. It says so, without a time. Of a change
of shape it says nothing, and its filters never see one: the sets of parameters in the stream tell it, which a copy
lists. Films that change, or whose sets do, are looked at once more.
"""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream, Written
from pipeline.ffmpeg.stderr import Line
from pipeline.model.media import VideoTrack

SETS = "{out.sets}"
SETS_FILE = "sets.txt"
_REBUILT = re.compile(r"^Reconfiguring filter graph because (.+)")
_OF_SOUND = ("audio parameters", "downmix")  # the other reasons are of pictures: parameters, display matrix, hardware
# said where sound changes before the first picture has come, and nothing was built yet
_TOO_EARLY = "Changing audio frame properties on the fly is not supported"
_EXTRADATA = re.compile(r"New Extradata, *\d+, *(0x[0-9a-f]+)")
# what makes sets of parameters visible, by codec: in MP4 and Matroska those of H.264 and HEVC stand outside
_EXTRACTED = {
    "AVC": "h264_mp4toannexb,extract_extradata",
    "HEVC": "hevc_mp4toannexb,extract_extradata",
    "MPEG-1 Video": "extract_extradata",
    "MPEG-2 Video": "extract_extradata",
    "MPEG-4 Visual": "extract_extradata",
    "VC-1": "extract_extradata",
}
# another set holds from a key picture on (ITU-T H.264 7.4.1.2.1, ISO 13818-2 6.1.1.6): sums of the others are spared
_KEYS_ALONE = "noise=drop=not(key)"
_BITSTREAM_FILTERS = ("noise", "extract_extradata", "h264_mp4toannexb", "hevc_mp4toannexb")


class ChangeLog:
    """Which kinds of tracks changed, by the lines of a run."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()

    def feed(self, line: Line) -> None:
        """One line of stderr."""
        if match := _REBUILT.match(line.text):
            self.kinds.add("audio" if any(word in match[1] for word in _OF_SOUND) else "video")
        elif line.text.startswith(_TOO_EARLY):
            self.kinds.add("audio")


def listed_sets(picture: Stream, track: VideoTrack) -> list[Written]:
    """A copy of the pictures that lists their sets of parameters; none of codecs that keep none in the stream."""
    if track.codec not in _EXTRACTED:
        return []
    options = ("-c", "copy", "-bsf:v", f"{_EXTRACTED[track.codec]},{_KEYS_ALONE}", "-f", "framecrc")
    return [graph.Written((picture,), SETS, options)]


def has_several_sets(listed: Path) -> bool:
    """Whether the stream has more than one set of parameters: of another shape, or with other settings of its coder."""
    first: str | None = None
    if listed.exists():
        with listed.open(encoding="ascii", errors="replace") as lines:
            for line in lines:
                if match := _EXTRADATA.search(line):
                    first = first or match[1]
                    if match[1] != first:
                        return True
    return False


def is_about_sets(line: Line) -> bool:
    """Whether a complaint is about the copy alone: what is wrong with a picture its decoder says."""
    return line.context.startswith(_BITSTREAM_FILTERS)
