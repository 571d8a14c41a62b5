"""Options that every input is opened with; the runner refuses an argv without them."""

from __future__ import annotations

from collections.abc import Sequence

MAX_PIXELS = 8192 * 4320  # 8K UHD: larger pictures are an attack on memory, not a film
MAX_STREAMS = 100
PROTOCOLS = "file,pipe"
# what a container says of turning and cropping is the plan's to apply; a codec's own cropping is part of decoding
AS_CODED = ("-noautorotate", "-apply_cropping", "codec")
SILENCE = "anullsrc=r=48000:cl=stereo"  # the one input that is no file


def options(demuxer: str) -> tuple[str, ...]:
    """Input options for a file whose content showed it to be of `demuxer`."""
    return (
        "-protocol_whitelist",
        PROTOCOLS,
        "-max_streams",
        str(MAX_STREAMS),
        "-max_pixels",
        str(MAX_PIXELS),
        "-f",
        demuxer,
    )


def unguarded(argv: Sequence[str]) -> list[str]:
    """The inputs of `argv` that do not directly follow their guard; generated silence opens nothing."""
    bad = []
    for index, word in enumerate(argv):
        if word == "-i" and tuple(argv[index - 2 : index + 2]) != ("-f", "lavfi", "-i", SILENCE):
            before = tuple(argv[max(0, index - 8) : index])
            if not before or before != options(before[-1]):
                bad.append(argv[index + 1])
    return bad
