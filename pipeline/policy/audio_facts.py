"""Facts of the sound, each read from the measures or from the sound tracks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from pipeline.model.finding import Scalar
from pipeline.model.inspection import Segment, SoundStretch
from pipeline.model.languages import UNKNOWN
from pipeline.model.media import AudioTrack
from pipeline.policy.fact import Fact, number_in_file, numbers
from pipeline.policy.measured import FactTable, MeasuredFilm, by_place, lengths

TRACK = "audio:0"
LINE_UP_S = 2.0  # tone that begins or ends so near to the film's own is line-up


def _tracks(film: MeasuredFilm) -> tuple[tuple[int, AudioTrack], ...]:
    """The sound tracks with their numbers; two mono ones that are left and right count as stereo, and others like
    them are told once, by `_unused`."""
    audio = film.media.audio
    if not film.media.is_pair:
        return tuple(enumerate(audio))
    spare = _spare(audio)
    return tuple(
        (index, item.model_copy(update={"channels": 2}) if index < 2 else item)
        for index, item in enumerate(audio)
        if index not in spare
    )


def _spare(audio: Sequence[AudioTrack]) -> tuple[int, ...]:
    """Mono tracks behind a pair that are like it, as cameras and servers write them, used or not (XDCAM: four or
    eight)."""
    like = (audio[0].codec, audio[0].language, 1)
    return tuple(
        index for index, item in enumerate(audio) if index > 1 and (item.codec, item.language, item.channels) == like
    )


def _unused(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Which tracks behind a pair are not delivered, from 1."""
    spare = _spare(film.media.audio) if film.media.is_pair else ()
    return (Fact(numbers(index + 1 for index in spare), TRACK),) if spare else ()


def _unnamed(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Which further tracks say no language, or one that a track before them has: they are not delivered."""
    audio = film.media.audio
    told = {0, 1, *_spare(audio)} if film.media.is_pair else {0}
    known = {UNKNOWN, None}
    dropped = []
    for index, track in enumerate(audio):
        if index not in told and track.language in known:
            dropped.append(number_in_file(audio, index))
        known.add(track.language)
    return (Fact(numbers(sorted(dropped))),) if dropped else ()


def _rest(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Which channels of the first track are not delivered, from 1, and how loud they are together."""
    if not film.media.audio or not film.media.audio[0].rest:
        return ()
    loud = "-∞" if film.audio.rest_lkfs is None else f"{film.audio.rest_lkfs:g}"
    return (Fact(f"{numbers(film.media.audio[0].rest)} ({loud} LKFS)", TRACK),)


def _unread(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Sound tracks that can't be decoded beside one that can."""
    return tuple(
        Fact(item.coding, detail=str(item.number))
        for item in film.media.unread
        if item.kind == "audio" and not item.empty
    )


def _changes(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Each place where the sound becomes another, with what it was and is."""
    return tuple(
        Fact(f"{_kind(before)} → {_kind(after)}", TRACK, after.start_s, after.end_s)
        for before, after in pairwise(film.audio.sound_stretches)
    )


def _kind(stretch: SoundStretch) -> str:
    return f"{stretch.layout}, {stretch.sample_rate_hz} Hz"


def _of_track(read: Callable[[AudioTrack], Scalar | None]) -> Callable[[MeasuredFilm], tuple[Fact, ...]]:
    """A fact of every sound track, as the file tells it."""
    return lambda film: tuple(Fact(read(track), f"audio:{index}") for index, track in _tracks(film))


def _end_s(film: MeasuredFilm) -> float:
    return film.audio.audio_duration_s or 0.0


def _silence(film: MeasuredFilm) -> tuple[list[Segment], list[Segment], list[Segment]]:
    return by_place(film.audio.silence, _end_s(film))


def _silent_percent(film: MeasuredFilm) -> tuple[Fact, ...]:
    """How much of a file of sound is silent, all its pauses together."""
    silence, end_s = film.audio.silence, _end_s(film)
    if film.media.video or not film.media.audio or not end_s:
        return ()
    if not silence and film.audio.loudness_lkfs is None:  # shorter than the silences that are listed
        silence = (Segment(start_s=0.0, end_s=end_s),)
    silent_s = sum(item.duration_s for item in silence)
    if not silent_s:
        return ()
    return (Fact(round(100 * silent_s / end_s, 1), TRACK, silence[0].start_s, silence[-1].end_s),)


def _tone(film: MeasuredFilm) -> tuple[Fact, ...]:
    last_s = _end_s(film) - LINE_UP_S
    return lengths((item for item in film.audio.tone if item.start_s <= LINE_UP_S or item.end_s >= last_s), TRACK)


def _figure(film: MeasuredFilm, value: float | None) -> tuple[Fact, ...]:
    """Silence from end to end has no loudness: silence is what is reported."""
    return (Fact(value, TRACK),) if film.media.audio and value is not None else ()


FACTS: FactTable = {
    "audio.changes": _changes,
    "audio.channels": _of_track(lambda track: track.channels),
    "audio.codec": _of_track(lambda track: track.codec),
    "audio.language": _of_track(lambda track: track.language or ""),
    "audio.rest": _rest,
    "audio.unread": _unread,
    "audio.unnamed": _unnamed,
    "audio.unused": _unused,
    "audio.sample_rate_hz": _of_track(lambda track: track.sample_rate_hz),
    "content.silence_percent": _silent_percent,
    "content.silence_head_s": lambda film: lengths(_silence(film)[0], TRACK),
    "content.silence_s": lambda film: lengths(_silence(film)[1], TRACK),
    "content.silence_tail_s": lambda film: lengths(_silence(film)[2], TRACK),
    "content.clipping_s": lambda film: lengths(film.audio.clipping, TRACK),
    "content.inverted_s": lambda film: lengths(film.audio.inverted, TRACK),
    "content.dead_channel_s": lambda film: lengths(film.audio.dead_channels, TRACK),
    "content.tone_s": _tone,
    "content.dual_mono": lambda film: (Fact(film.audio.dual_mono, TRACK),) if film.media.audio else (),
    "sound.loudness_lkfs": lambda film: _figure(film, film.audio.loudness_lkfs),
    "sound.loudness_spread_lu": lambda film: _figure(film, film.audio.loudness_spread_lu),
    "sound.loudness_range_lu": lambda film: _figure(film, film.audio.loudness_range_lu),
    "sound.true_peak_dbtp": lambda film: _figure(film, film.audio.true_peak_dbtp),
}
