"""What an analyser says of a transport stream, each check by its number or name."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

from pipeline.model.base import Noun


class Status(StrEnum):
    """How a check ended; what does not apply is said, not passed."""

    PASS = "pass"  # noqa: S105 - not a password
    WARNING = "warning"
    ERROR = "error"
    NOT_APPLICABLE = "not-applicable"


class Place(Noun):
    """Where: seconds from the stream's beginning, the same as a timecode; the packet's number from 0 and its PID in a
    transport stream, the file and its segment from 1 in a ladder."""

    at_s: float | None
    timecode: str
    packet: int | None = None
    pid: int | None = None
    file: str | None = None
    segment: int | None = None


class Check(Noun):
    """One check. `id` is a TR 101 290 number (1.1 … 3.10) or a name of ours; both are keys of the catalogue's `check`.

    `value` is the worst figure, in `unit`; `text` is what was found where that is no figure; `limit` what is allowed;
    `count` how often it is broken, `places` the first of them; `why` says why a check does not apply.
    """

    id: str
    status: Status
    value: float | None = None
    unit: str = ""
    text: str | None = None
    limit: str | None = None
    count: int = 0
    places: tuple[Place, ...] = ()
    why: str | None = None


class TrackFacts(Noun):
    """One stream of the programme; slack and delay are DTS − arrival of a unit's last and first byte."""

    pid: int
    stream_type: int
    codec: str
    language: str | None
    units: int
    rate_bps: int
    least_slack_ms: float | None
    most_delay_ms: float | None


class PictureFacts(Noun):
    """What the stream's own parameter sets say of its pictures."""

    profile: str
    level: str
    width: int
    height: int
    frame_rate: float | None
    interlaced: bool
    matrix: str | None
    hrd_rate_bps: int | None
    hrd_size_bits: int | None
    longest_gop_s: float | None


class CheckReport(Noun):
    """What was looked at, check by check."""

    checks: tuple[Check, ...]

    @property
    def findings(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(item for item in self.checks if item.status in (Status.ERROR, Status.WARNING))

    @property
    def errors(self) -> tuple[Check, ...]:
        """The checks that no receiver lets pass."""
        return tuple(item for item in self.checks if item.status is Status.ERROR)


class StreamReport(CheckReport):
    """All that is known of a transport stream."""

    schema_version: Literal[1] = 1
    packets: int
    packet_bytes: int
    duration_s: float
    rate_bps: int
    constant: bool
    programmes: int
    service: str | None
    provider: str | None
    tracks: tuple[TrackFacts, ...]
    picture: PictureFacts | None


class RungFacts(Noun):
    """One rendition of a ladder, measured; rates in bit/s over the container."""

    uri: str
    kind: str
    codecs: str
    language: str | None = None
    width: int | None = None
    height: int | None = None
    frame_rate: float | None = None
    peak_bps: int
    average_bps: int
    segments: int
    duration_s: float


class LadderReport(CheckReport):
    """All that is known of an HLS presentation."""

    schema_version: Literal[1] = 1
    multivariant: bool
    duration_s: float
    rungs: tuple[RungFacts, ...]
