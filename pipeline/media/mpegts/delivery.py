"""What an IPTV head-end asks beyond TR 101 290: constant rate, close tables, time to decode, honest headers.

Limits: the sheet of facts on MPEG-TS delivery, sections 1, 2 and 4, measured; H.264 annexes A, C and E.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.media.mpegts import buffers
from pipeline.media.mpegts.check_collector import CheckCollector, PacketPlace
from pipeline.media.mpegts.indicators import spacing
from pipeline.media.mpegts.tables import PAT
from pipeline.media.mpegts.units import NO_STAMP, PesTrack
from pipeline.model.stream import Status

TABLE_MS = 100.0  # TS 101 154
PCR_MS = 40.0  # its limit until 2005, at which many analysers still alarm
SLACK_MS = 100.0
TOGETHER_MS = 700.0  # a PES packet of sound may hold some frames, and players fill half a second
_MOST_STEP = 10 * 90_000  # a longer step of stamps is another time base
_HOLE = 4  # of the usual step between units
_HOLE_TICKS = 18_000  # 200 ms of 90 kHz
_REORDERED = 17  # the decoded picture buffer holds 16


@dataclass(frozen=True)
class ExpectedStream:
    """What a profile asks of the stream; None is not asked."""

    width: int
    height: int
    profile: str
    level: str
    frame_rate: float
    interlaced: bool
    matrix: str
    gop_frames: int
    languages: tuple[str, ...]
    service: str


def transport(collector: CheckCollector, wanted: ExpectedStream | None) -> None:
    """The multiplex itself."""
    stream = collector.stream
    collector.fact("whole_packets", f"{stream.sync.cut_bytes} B", "0 B", good=stream.sync.cut_bytes == 0)
    collector.fact("one_programme", str(len(stream.tables.programmes)), "1", good=len(stream.tables.programmes) == 1)
    collector.fact(
        "constant_rate", f"{collector.clock.rate_bps / 1000:.0f} kbit/s", None, good=collector.clock.constant
    )
    spacing(collector, "pat_interval", [PAT], 0x00, TABLE_MS)
    spacing(collector, "pmt_interval", list(stream.tables.pmt_pids), 0x02, TABLE_MS)
    apart = collector.clock.apart_ms
    wide = [(int(stream.clock.packet[index]), stream.programme.pcr_pid) for index in np.flatnonzero(apart > PCR_MS)]
    collector.most("pcr_interval", float(apart.max()), PCR_MS, "ms", wide, Status.WARNING)
    _arrivals(collector)
    collector.count("pes", [(place, track.stream.pid) for track in stream.tracks for place in track.unreadable])
    collector.count("timestamps", [place for track in stream.tracks for place in _disorder(track)])
    _together(collector)
    _service(collector, wanted)
    _languages(collector, wanted)


def _arrivals(collector: CheckCollector) -> None:
    """The gate: every unit of every stream is there 100 ms before it is decoded."""
    least, late = float("inf"), []
    for track, found in collector.stream.arrivals:
        if len(found.unit):
            least = min(least, float(found.slack_ms.min()))
            units = found.unit[found.slack_ms < SLACK_MS]
            late += [(int(place), track.stream.pid) for place in track.first[units]]
    if not np.isfinite(least):
        collector.fact("slack", "DTS ?", f"≥ {SLACK_MS:g}", good=False)
        return
    collector.figure("slack", Status.ERROR if late else Status.PASS, least, f"≥ {SLACK_MS:g}", "ms", late)


def _disorder(track: PesTrack) -> list[PacketPlace]:
    """Units decoded before the one in front of them, shown before they are decoded, shown twice, or after a hole."""
    stamped = np.flatnonzero(track.dts != NO_STAMP)
    if len(stamped) < 2 or not (track.stream.is_video or track.stream.is_audio):
        return []
    apart = buffers.steps(track.dts[stamped])
    usual = float(np.median(apart))
    wrong = np.concatenate(([False], (apart <= 0) | (apart > max(_HOLE * usual, _HOLE_TICKS))))
    shown = (track.pts[stamped] - track.dts[stamped] + buffers.WRAP // 2) % buffers.WRAP - buffers.WRAP // 2
    wrong |= shown < 0
    if track.stream.is_video:
        # shown twice: among neighbours, since another time base may hold the same numbers
        pts = track.pts[stamped]
        for near in range(1, min(_REORDERED, len(pts))):
            wrong[near:] |= pts[near:] == pts[:-near]
    return [(int(place), track.stream.pid) for place in track.first[stamped[wrong]]]


def _together(collector: CheckCollector) -> None:
    """Sound and pictures begin and end together: a film's sound does not stop on the way."""
    kept = [track for track in collector.stream.tracks if track.stream.is_video or track.stream.is_audio]
    spans = []
    for track in kept:
        stamped = track.dts[track.dts != NO_STAMP]
        if len(stamped) > 1:
            apart = np.clip(buffers.steps(stamped), 0, _MOST_STEP)
            spans.append((track, stamped[0], float(apart.sum() + np.median(apart))))
    if len(spans) < 2:
        collector.skip("together", "one_track")
        return
    _, begins, length = spans[0]
    worst, places = 0.0, []
    for track, own, lasts in spans[1:]:
        late = float(buffers.steps(np.array([begins, own]))[0])
        away = max(abs(late), abs(late + lasts - length)) * 1000 / buffers.CLOCK_HZ
        worst = max(worst, away)
        if away > TOGETHER_MS:
            place = track.last[-1] if abs(late) <= TOGETHER_MS * 90 else track.first[0]
            places.append((int(place), track.stream.pid))
    collector.most("together", worst, TOGETHER_MS, "ms", places)


def _service(collector: CheckCollector, wanted: ExpectedStream | None) -> None:
    """The service has a name, in letters that its first byte declares."""
    service = collector.stream.tables.services.get(collector.stream.programme.number)
    if service is None:
        collector.skip("service_name", "no_sdt")
    elif service.name is None or service.provider is None:
        collector.fact("service_name", "?", None, good=False)
    elif wanted and service.name != wanted.service:
        collector.fact("service_name", service.name, wanted.service, good=False)
    else:
        collector.fact(
            "service_name", f"{service.name} / {service.provider}", None, good=bool(service.name), status=Status.WARNING
        )


def _languages(collector: CheckCollector, wanted: ExpectedStream | None) -> None:
    """Every sound track says its language, in three letters of ISO 639-2."""
    audio = [track.stream for track in collector.stream.tracks if track.stream.is_audio]
    if not audio:
        collector.skip("languages", "no_sound")
        return
    languages = ", ".join(item.language or "–" for item in audio)
    good = all(item.language and item.language.isalpha() and item.language.isascii() for item in audio)
    if wanted:
        limit = ", ".join(wanted.languages)
        collector.fact("languages", languages, limit, good=languages == limit)
    else:
        collector.fact("languages", languages, "ISO 639", good=good, status=Status.WARNING)
