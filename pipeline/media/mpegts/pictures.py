"""What the pictures' own headers promise, and whether it is kept (annexes A, C and E of H.264 and H.265)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from pipeline.media.codecs.codec import MATRICES, Hrd, SequenceParameters, VideoCodec
from pipeline.media.codecs.table import BY_STREAM
from pipeline.media.mpegts import buffers
from pipeline.media.mpegts.budget import needed_kbps
from pipeline.media.mpegts.check_collector import CheckCollector, PacketPlace
from pipeline.media.mpegts.delivery import ExpectedStream
from pipeline.media.mpegts.units import NO_STAMP, PesTrack
from pipeline.model.stream import PictureFacts, Status

GOP_S = 2.0  # what a viewer waits for when he changes the channel
_STEP_TICKS = 2  # rounding of stamps in 90 kHz
BUFFER_S = 0.5  # more can't be sent in the time that a multiplexer runs ahead
_BUDGET_SLACK = 0.98
_SPS_CHECKS = ("hrd", "mux_budget", "size", "level", "dpb", "frame_rate", "fields", "colour", "delimiters")
_OTHERS = ("mpeg1video", "mpeg2video")  # whose headers are read as far as their kind of picture


def judge_pictures(collector: CheckCollector, wanted: ExpectedStream | None) -> None:
    """Every check on pictures."""
    track = collector.stream.video
    if track is None or not len(track.first):
        for identity in ("3.3", "first_picture", "random_access", "gop", *_SPS_CHECKS):
            collector.skip(identity, "no_picture")
        return
    if not track.entries:  # a codec whose headers we don't read, or pictures without a slice
        known = track.stream.codec in (*BY_STREAM, *_OTHERS)
        for identity in ("first_picture", "random_access", "gop"):
            if known:
                collector.count(identity, [(int(track.first[0]), track.stream.pid)])
            else:
                collector.skip(identity, "not_h264")
    else:
        _entries(collector, track, wanted)
    codec = track.codec
    if codec is None:
        for identity in _SPS_CHECKS:
            collector.skip(identity, "not_h264")
        _buffer(collector, track, None)
    elif not track.sets:
        collector.fact("size", "SPS ?", None, good=False)
        _buffer(collector, track, None)
    else:
        _headers(collector, track, codec, next(iter(track.sets.values())), wanted)


def facts(track: PesTrack, rate: Fraction) -> PictureFacts | None:
    """What the first parameter set says."""
    if not track.sets:
        return None
    found = next(iter(track.sets.values()))
    keys = [entry.unit for entry in track.entries if entry.key]
    longest = int(np.diff([*keys, len(track.first)]).max()) if keys else None
    return PictureFacts(
        profile=found.profile,
        level=found.level,
        width=found.width,
        height=found.height,
        frame_rate=float(found.vui.frame_rate) if found.vui.frame_rate else None,
        interlaced=found.interlaced,
        matrix=MATRICES.get(found.vui.matrix) if found.vui.matrix is not None else None,
        hrd_rate_bps=found.vui.hrd.rate_bps if found.vui.hrd else None,
        hrd_size_bits=found.vui.hrd.size_bits if found.vui.hrd else None,
        longest_gop_s=None if longest is None else round(float(longest / rate), 3),
    )


def measured_rate(track: PesTrack | None) -> Fraction:
    """Pictures a second by the steps of DTS; 25 where there are none."""
    if track is None:
        return Fraction(25)
    stamped = track.dts[track.dts != NO_STAMP]
    if len(stamped) < 2:
        return Fraction(25)
    # over many pictures, so that rounding of the stamps does not count
    usual = float(np.median(buffers.steps(stamped)))
    near = buffers.steps(stamped)
    near = near[abs(near - usual) <= _STEP_TICKS]
    mean = float(near.mean()) if len(near) else usual
    rate = Fraction(buffers.CLOCK_HZ / mean).limit_denominator(1001) if mean > 0 else Fraction(0)
    return rate or Fraction(25)  # pictures hours apart have none


def _entries(collector: CheckCollector, track: PesTrack, wanted: ExpectedStream | None) -> None:
    """Where a decoder can begin, and how often."""
    pid = track.stream.pid
    keys = [entry for entry in track.entries if entry.key]
    first = track.entries[0]
    collector.count(
        "first_picture", [] if first.key and first.unit == 0 and first.sets else [(int(track.first[0]), pid)]
    )
    numbers = np.array([entry.unit for entry in keys], dtype=np.int64)
    begins = track.first[numbers]
    bad = [int(track.first[entry.unit]) for entry in keys if not entry.sets]
    after = np.searchsorted(collector.clock.packet, begins)
    stamped = (after < len(collector.clock.packet)) & (track.pts[numbers] != NO_STAMP)
    shown = collector.clock.ahead(track.pts[numbers][stamped], collector.clock.packet[after[stamped]], begins[stamped])
    bad += [int(place) for place in begins[stamped][shown < 0]]
    collector.count("random_access", [(place, pid) for place in bad])
    if not keys:
        collector.count("gop", [(int(track.first[0]), pid)])
        return
    rate = measured_rate(track)
    lengths = np.diff(np.append(numbers, len(track.first)))
    longest = float(lengths.max() / rate)
    if wanted:
        uneven = np.flatnonzero(lengths[:-1] != wanted.gop_frames)
        wrong = [(int(place), pid) for place in begins[:-1][uneven]]
        collector.figure(
            "gop", Status.ERROR if wrong else Status.PASS, longest, f"= {float(wanted.gop_frames / rate):g}", "s", wrong
        )
    else:
        long = begins[lengths / float(rate) > GOP_S + 1e-6]
        collector.most("gop", longest, GOP_S, "s", [(int(place), pid) for place in long], Status.WARNING)


def _headers(
    collector: CheckCollector,
    track: PesTrack,
    codec: VideoCodec,
    found: SequenceParameters,
    wanted: ExpectedStream | None,
) -> None:
    """What the parameter sets say, held against the codec itself and against the profile."""
    sizes = dict.fromkeys(f"{item.width}x{item.height}" for item in track.sets.values())
    size = f"{wanted.width}x{wanted.height}" if wanted else None
    collector.fact(
        "size", ", ".join(sizes), size, good=len(sizes) == 1 and size in (None, *sizes) and not track.bad_sets
    )
    _level(collector, track, codec, found, wanted)
    room = codec.decoded_pictures(found.level, found.area)
    held = max(found.references, found.vui.buffered_frames or 0)
    collector.figure("dpb", Status.ERROR if room is None or held > room else Status.PASS, held, f"≤ {room}", "")
    _rate(collector, track, found, wanted)
    coding = "interlaced" if found.interlaced else "progressive"
    asked = None if wanted is None else "interlaced" if wanted.interlaced else "progressive"
    collector.fact("fields", coding, asked, good=asked in (None, coding))
    _colour(collector, found, wanted)
    bare = [(int(track.first[entry.unit]), track.stream.pid) for entry in track.entries if not entry.aud]
    collector.count("delimiters", bare, Status.WARNING)
    _hrd(collector, found, wanted)
    _buffer(collector, track, found.vui.hrd)


def _level(
    collector: CheckCollector,
    track: PesTrack,
    codec: VideoCodec,
    found: SequenceParameters,
    wanted: ExpectedStream | None,
) -> None:
    """Annex A: the level that is declared holds the picture, the pictures a second, the rate and the buffer."""
    declared = f"{found.profile}@{found.level}"
    limits = codec.limits_of(found)
    good = codec.is_held(found, measured_rate(track))
    if limits is not None and found.vui.hrd:
        good &= found.vui.hrd.rate_bps <= limits.bitrate_kbps * 1000 * limits.nal_factor
        good &= found.vui.hrd.size_bits <= limits.buffer_kbit * 1000 * limits.nal_factor
    asked = f"{wanted.profile}@{wanted.level}" if wanted else None
    collector.fact("level", declared, asked, good=good and asked in (None, declared))


def _rate(collector: CheckCollector, track: PesTrack, found: SequenceParameters, wanted: ExpectedStream | None) -> None:
    """Declared, measured by the stamps, and the same from picture to picture."""
    stamped = np.flatnonzero(track.dts != NO_STAMP)
    measured = measured_rate(track)
    apart = buffers.steps(track.dts[stamped])
    uneven = np.flatnonzero(abs(apart - buffers.CLOCK_HZ / float(measured)) > _STEP_TICKS)
    places = [(int(track.first[stamped[index + 1]]), track.stream.pid) for index in uneven]
    declared = found.vui.frame_rate
    lying = declared is not None and abs(declared / measured - 1) > Fraction(1, 1000)
    other = wanted is not None and abs(float(measured) - wanted.frame_rate) > 0.01
    text = f"{float(declared):.3f}" if declared else "–"
    status = Status.ERROR if lying or other or (places and found.vui.fixed_rate) else Status.WARNING
    limit = f"{wanted.frame_rate if wanted else float(measured):.3f}"
    collector.fact(
        "frame_rate", text, limit, good=not (lying or other or places or declared is None), status=status, places=places
    )


def _colour(collector: CheckCollector, found: SequenceParameters, wanted: ExpectedStream | None) -> None:
    matrix = MATRICES.get(found.vui.matrix) if found.vui.matrix is not None else None
    if wanted:
        collector.fact(
            "colour", matrix or "–", wanted.matrix, good=matrix == wanted.matrix and not found.vui.full_range
        )
    else:
        span = ", full" if found.vui.full_range else ""
        collector.fact(
            "colour",
            f"{matrix or '–'}{span}",
            None,
            good=matrix is not None and not found.vui.full_range,
            status=Status.WARNING,
        )


def _hrd(collector: CheckCollector, found: SequenceParameters, wanted: ExpectedStream | None) -> None:
    """The decoder's buffer is declared, small enough, and the multiplex has room for the rate that is declared."""
    if found.vui.hrd is None:
        collector.fact("hrd", "–", None, good=False, status=Status.ERROR if wanted else Status.WARNING)
        collector.skip("mux_budget", "no_hrd")
        return
    hrd = found.vui.hrd
    text = f"{hrd.rate_bps / 1000:.0f} kbit/s, {hrd.size_bits / 1000:.0f} kbit"
    short = hrd.size_bits / hrd.rate_bps <= BUFFER_S + 1e-3
    collector.fact("hrd", text, f"≤ {BUFFER_S:g} s", good=short, status=Status.WARNING)
    if not collector.clock.constant:
        collector.skip("mux_budget", "not_constant")
        return
    long = collector.clock.end_s(collector.stream.packets)
    audio_bps = sum(float(item.size.sum()) * 8 / long for item in collector.stream.tracks if not item.stream.is_video)
    needed = needed_kbps(hrd.rate_bps / 1000, audio_bps / 1000)
    held = collector.clock.rate_bps / 1000
    good = held >= needed * _BUDGET_SLACK
    collector.figure("mux_budget", Status.PASS if good else Status.WARNING, held, f"≥ {needed}", "kbit/s")


def _buffer(collector: CheckCollector, track: PesTrack, hrd: Hrd | None) -> None:
    """3.3: nothing comes after it was needed, and the coded picture buffer neither runs empty nor over.

    The buffer is filled as the stream's own HRD parameters say; without them only lateness is known.
    """
    pid = track.stream.pid
    broken: list[PacketPlace] = []
    for item, found in collector.stream.arrivals:
        broken += [(int(place), item.stream.pid) for place in item.first[found.unit[found.slack_ms < 0]]]
    delay = next((entry.delay for entry in track.entries[:1] if entry.delay is not None), None)
    text = None
    whole = bool((track.dts != NO_STAMP).all())
    if hrd and delay is not None and whole and len(track.first) > 1:
        bucket = buffers.bucket(hrd, track, delay)
        broken += [(int(track.first[unit]), pid) for unit in sorted({*bucket.empty, *bucket.over})]
        text = f"CPB {100 * bucket.least:.1f}–{100 * bucket.most:.1f} %"
    collector.count("3.3", broken, text=text)
