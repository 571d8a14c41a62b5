"""What is known of any video codec: its parameter sets in one form, its levels, where its units say what they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

# matrix_coefficients by number (H.264 table E-5, H.265 table E.5, ITU-T H.273)
MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020", 10: "bt2020c"}


@dataclass(frozen=True)
class Hrd:
    """What the stream promises of its first coded picture buffer: bit/s, bit, filled at a constant rate.

    The rest is how long the fields of a buffering message are, in bits: its initial delay, and in H.265 the removal
    and output delays in front of it, which are there when a picture is removed whole.
    """

    rate_bps: int
    size_bits: int
    constant: bool
    delay_bits: int
    removal_bits: int = 0
    output_bits: int = 0
    in_parts: bool = False


@dataclass(frozen=True)
class Vui:
    """What a parameter set says of showing and buffering (annex E); None where it says nothing."""

    aspect: Fraction | None = None
    full_range: bool | None = None
    primaries: int | None = None
    transfer: int | None = None
    matrix: int | None = None
    frame_rate: Fraction | None = None
    fixed_rate: bool = False
    hrd: Hrd | None = None
    buffered_frames: int | None = None
    fields: bool = False  # H.265: each picture is a field


@dataclass(frozen=True)
class SequenceParameters:
    """A sequence parameter set.

    `name` is the codec's part of CODECS (RFC 6381), behind the sample entry; sizes are in samples after cropping;
    `area` is what the codec's levels count a picture in: macroblocks in H.264, luma samples in H.265.
    """

    name: str
    profile: str
    level: str
    width: int
    height: int
    area: int
    depth: int
    references: int  # pictures that the decoder holds
    interlaced: bool
    vui: Vui
    tier: str = ""  # of H.265: main or high


@dataclass(frozen=True)
class LevelLimits:
    """The most that a level allows streams of a profile and tier: a picture's area, areas a second, kbit/s and kbit of
    the coded picture buffer, whether there may be fields.

    `nal_factor` is how much more whole NAL units may take than their slices; `side` bounds width and height, in
    samples.
    """

    area: int
    area_rate: int
    bitrate_kbps: float
    buffer_kbit: float
    nal_factor: float
    fields: bool = True
    side: int | None = None


@dataclass(frozen=True)
class Configuration:
    """A decoder configuration of an ISO file: the codec's part of CODECS, and the parameter set that it holds."""

    name: str
    parameters: SequenceParameters | None


@dataclass(frozen=True)
class Units:
    """The types of a byte stream's units: `type_of` takes the first byte behind a start code."""

    type_of: Callable[[int], int]
    delimiter: int
    parameters: int  # the sequence parameter set
    needed: frozenset[int]  # what a decoder must have before its first picture
    message: int  # of supplemental information, in front of slices
    slices: frozenset[int]
    closed: frozenset[int]  # slices of pictures behind which nothing refers to what came before (IDR)
    entries: frozenset[int]  # slices of pictures at which decoding can begin


@dataclass(frozen=True)
class VideoCodec:
    """A codec: by which names it goes, what its units are, how its parameter sets are read, what its levels hold.

    Functions that read raise ValueError for what is cut or says impossible things.
    """

    name: str  # in profiles
    stream: str  # of the stream type in a programme map
    format: str  # MediaInfo's
    sample_entries: tuple[str, ...]  # of ISO files, the one with its parameter sets in the header first
    record: bytes  # the box of its decoder configuration
    units: Units
    read_parameters: Callable[[bytes], SequenceParameters]
    read_record: Callable[[bytes], Configuration]
    initial_delay: Callable[[bytes, Hrd], int | None]  # of an SEI unit, in 90 kHz
    levels: tuple[str, ...]  # the lowest first
    area: Callable[[int, int], int]  # of width and height in samples
    limits: Callable[[str, str, str], LevelLimits | None]  # of level, profile and tier
    decoded_pictures: Callable[[str, int], int | None]  # that a level's buffer holds, of that area

    def limits_of(self, found: SequenceParameters) -> LevelLimits | None:
        """What the level that a stream declares allows it; None for a level that there is not."""
        return self.limits(found.level, found.profile, found.tier)

    def is_held(self, found: SequenceParameters, rate: float | Fraction) -> bool:
        """Whether the level that is declared holds the pictures, so many a second."""
        limits = self.limits_of(found)
        if limits is None or (found.interlaced and not limits.fields):
            return False
        within = limits.side is None or max(found.width, found.height) <= limits.side
        return within and found.area <= limits.area and found.area * rate <= limits.area_rate

    def needed_level(self, found: SequenceParameters, rate: float, peak_bps: int) -> str:
        """The lowest level that holds these pictures at this rate, the highest where none does."""
        held = found.vui.buffered_frames or found.references
        for level in self.levels:
            limits = self.limits(level, found.profile, found.tier)
            if limits is None or found.area > limits.area or found.area * rate > limits.area_rate:
                continue
            room = self.decoded_pictures(level, found.area) or 0
            within = limits.side is None or max(found.width, found.height) <= limits.side
            if room >= held and within and limits.bitrate_kbps * 1000 >= peak_bps:
                return level
        return self.levels[-1]
