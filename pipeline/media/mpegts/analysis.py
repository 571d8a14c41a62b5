"""The analyser: a file in, a report out."""

from __future__ import annotations

from pathlib import Path

from pipeline.media.mpegts import delivery, indicators, pictures, stream
from pipeline.media.mpegts.buffers import Arrival
from pipeline.media.mpegts.check_collector import CheckCollector
from pipeline.media.mpegts.delivery import ExpectedStream
from pipeline.media.mpegts.stream import Stream
from pipeline.media.mpegts.units import PesTrack
from pipeline.model.rendition import Gate
from pipeline.model.stream import Check, StreamReport, TrackFacts


def analyse(path: Path, wanted: ExpectedStream | None = None) -> StreamReport:
    """Every check on a transport stream; with what a profile wants, that too.

    Raises:
        NotTransportStream: it is none, or has no programme, clock or units.
    """
    return report(stream.read(path), wanted)


def gate(made: StreamReport) -> Gate:
    """The figures that a package keeps of a stream."""
    worst = {check.id: check.value or 0.0 for check in made.checks}
    return Gate(
        units=sum(track.units for track in made.tracks),
        least_slack_ms=worst["slack"],
        most_delay_ms=worst["3.10"],
        pcr_interval_ms=worst["pcr_interval"],
        pat_interval_ms=worst["pat_interval"],
        pmt_interval_ms=worst["pmt_interval"],
    )


def summary(check: Check) -> str:
    """A check in a line, for details of errors: its id, what was found, what is allowed, where first."""
    measured = check.text if check.value is None else f"{check.value:g}{' ' if check.unit else ''}{check.unit}"
    limit = f" ({check.limit})" if check.limit else ""
    place = f" @ {check.places[0].timecode}" if check.places else ""
    return f"{check.id}: {measured}{limit}{place}"


def report(found: Stream, wanted: ExpectedStream | None = None) -> StreamReport:
    """Pure: judge what one pass gathered."""
    rate = pictures.measured_rate(found.video)
    collector = CheckCollector(found, rate)
    indicators.first_priority(collector)
    indicators.second_priority(collector)
    indicators.third_priority(collector)
    delivery.transport(collector, wanted)
    pictures.judge_pictures(collector, wanted)
    service = found.tables.services.get(found.programme.number)
    packets = found.packets
    return StreamReport(
        packets=packets,
        packet_bytes=found.sync.size,
        duration_s=round(found.clock.end_s(packets), 3),
        rate_bps=round(found.clock.rate_bps),
        constant=found.clock.constant,
        programmes=len(found.tables.programmes),
        service=service.name if service else None,
        provider=service.provider if service else None,
        tracks=tuple(_track(item, timing, found) for item, timing in found.arrivals),
        picture=pictures.facts(found.video, rate) if found.video else None,
        checks=tuple(sorted(collector.checks, key=_place)),
    )


def _place(check: Check) -> tuple[int, tuple[int, str]]:
    """Indicators by their numbers, then ours in the order they were made (sorting is stable)."""
    identity = check.id
    if not identity[0].isdigit():
        return 1, (0, "")
    major, minor = identity.split(".", 1)
    digits = "".join(char for char in minor if char.isdigit())
    return 0, (int(major) * 100 + int(digits), minor)


def _track(item: PesTrack, timing: Arrival, found: Stream) -> TrackFacts:
    known = len(timing.unit) > 0
    long = max(1e-3, found.clock.end_s(found.packets))
    return TrackFacts(
        pid=item.stream.pid,
        stream_type=item.stream.stream_type,
        codec=item.stream.codec,
        language=item.stream.language,
        units=len(item.first),
        rate_bps=round(float(item.size.sum()) * 8 / long),
        least_slack_ms=round(float(timing.slack_ms.min()), 3) if known else None,
        most_delay_ms=round(float(timing.delay_ms.max()), 3) if known else None,
    )
