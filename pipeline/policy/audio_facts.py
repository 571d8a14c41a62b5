"""Facts of the sound, each read from the measures or from the sound tracks."""

from __future__ import annotations

from collections.abc import Callable

from pipeline.model.finding import Scalar
from pipeline.model.inspection import AudioTrack, Segment
from pipeline.policy.fact import Fact
from pipeline.policy.measured import FactTable, MeasuredFilm, by_place, lengths

TRACK = "audio:0"
LINE_UP_S = 2.0  # tone that begins or ends so near to the film's own is line-up


def _tracks(film: MeasuredFilm) -> tuple[AudioTrack, ...]:
    """The sound tracks; two mono ones that are left and right count as stereo."""
    audio = film.media.audio
    if not film.media.is_pair:
        return audio
    return (*(item.model_copy(update={"channels": 2}) for item in audio[:2]), *audio[2:])


def _of_track(read: Callable[[AudioTrack], Scalar | None]) -> Callable[[MeasuredFilm], tuple[Fact, ...]]:
    """A fact of every sound track, as the file tells it."""
    return lambda film: tuple(Fact(read(track), f"audio:{index}") for index, track in enumerate(_tracks(film)))


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
    "audio.channels": _of_track(lambda track: track.channels),
    "audio.codec": _of_track(lambda track: track.codec),
    "audio.language": _of_track(lambda track: track.language or ""),
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
