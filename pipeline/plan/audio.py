"""From a source of audio to the stereo stream of each output: in step with the picture, at its level."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.ffmpeg.source import MAIN
from pipeline.model.inspection import Inspection
from pipeline.model.languages import bibliographic
from pipeline.model.loudness import REACH_LU, SLACK_LU, LevelAdjustment
from pipeline.model.plan import ExpectedAudio, Note
from pipeline.model.profile import AudioSettings
from pipeline.plan.spec import AudioSource, Cadence

# Short sound has few gating blocks; coding then moves the figure more. Nothing is claimed below this.
LEAST_MEASURED_S = 1.0
MISFIT_S = 0.5
_FORMATS = {"mp2": "MPEG Audio", "aac": "AAC", "ac3": "AC-3", "mp3": "MPEG Audio", "pcm": "PCM"}  # MediaInfo's names


def stereo(file: graph.Input, source: AudioSource, film: Inspection) -> Stream:
    """48 kHz stereo from the programme's first frame on; endless silence where there is no audio."""
    if not source.inspection.media.audio:
        return graph.silence()
    stream = graph.programme(file, source.inspection.media)
    line = film.programme
    begins = 0.0
    if file.token == MAIN:
        begins = line.first_pts_s if line else 0.0
    else:
        stream = graph.apply(stream, "asetpts", expr="PTS-STARTPTS")
        begins = source.begins_s
    if begins:
        stream = graph.apply(stream, "asetpts", expr=f"PTS-{begins:.6f}/TB")
    if film.start_s or source.begins_s:
        stream = graph.apply(stream, "atrim", start=0)
    # async=1 fills holes and cuts overlaps by timestamps; first_pts=0 pads or trims the head
    stream = graph.apply(stream, "aresample", osr=48000, **{"async": 1}, first_pts=0)
    return graph.to_stereo(stream)


def levelled(stream: Stream, source: AudioSource, level: LevelAdjustment | None, cadence: Cadence) -> Stream:
    """That audio at one level, of exactly the video's length."""
    if source.inspection.media.audio:
        if level:
            stream = graph.levelled(stream, level)
        if cadence.speed != 1:  # as fast as the video, its pitch kept
            stream = graph.apply(stream, "atempo", tempo=f"{float(cadence.speed):.9f}")
        stream = graph.apply(stream, "apad")
    return graph.apply(stream, "atrim", end=f"{cadence.duration_s:.6f}")


def level_of(inspection: Inspection, settings: AudioSettings) -> LevelAdjustment | None:
    """The level that was settled for this target; None where audio is kept as it came, or there is none.

    Raises:
        LookupError: nothing was measured for it (the caller inspects for every target of its profiles).
    """
    if settings.loudness_lkfs is None or not inspection.media.audio:
        return None
    wanted = (settings.loudness_lkfs, settings.true_peak_dbtp, settings.codec, settings.bitrate_kbps)
    for level in inspection.levels:
        if (level.target_lkfs, level.ceiling_dbtp, level.codec, level.bitrate_kbps) == wanted:
            return level
    raise LookupError(f"no level was settled for {wanted}")


def spread_lu(inspection: Inspection) -> float | None:
    """How far the loudness of sparse sound moves when it is coded; None where it holds."""
    return inspection.measures.audio.loudness_spread_lu if inspection.measures else None


def level_notes(level: LevelAdjustment, source: AudioSource) -> list[Note]:
    """What to say of a level: it can't be reached (too quiet, or peaks that a limiter would crush), it took a limiter,
    or no loudness holds of so sparse a sound."""
    notes = []
    language = source.language
    if (spread := spread_lu(source.inspection)) is not None:
        notes.append(Note(kind="sparse", values={"language": language, "target": level.target_lkfs, "spread": spread}))
    if is_out_of_reach(level):
        notes.append(
            Note(kind="out_of_reach", values={"reached": level.reached_lkfs or 0.0, "target": level.target_lkfs})
        )
    if level.limited:
        notes.append(
            Note(
                kind="limited",
                values={"ceiling": level.ceiling_dbtp, "target": level.target_lkfs, "language": language},
            )
        )
    return notes


def misfit_notes(sources: Sequence[AudioSource], duration_s: float, *, is_cut: bool) -> list[Note]:
    """Audio files that are longer or shorter than the film, or silent: heard as they are, but said.

    Args:
        is_cut: whether what is longer is left out, as beside pictures.
    """
    notes = []
    for source in sources:
        measures = source.inspection.measures
        if source.token == MAIN or measures is None:
            continue
        length_s = (measures.audio.audio_duration_s or 0.0) - source.begins_s
        if duration_s - length_s > MISFIT_S or (is_cut and length_s - duration_s > MISFIT_S):
            notes.append(
                Note(
                    kind="sound_length",
                    values={"language": source.language, "sound": round(length_s, 2), "film": round(duration_s, 2)},
                )
            )
        if measures.audio.stereo is None or measures.audio.stereo.integrated_lkfs is None:
            notes.append(Note(kind="sound_silent", values={"language": source.language}))
    return notes


def is_out_of_reach(level: LevelAdjustment) -> bool:
    return level.misses(REACH_LU)


def descriptor_language(language: str, codes: str) -> str:
    """A language as the descriptor names it: terminological (zho) or bibliographic (chi), ISO 639-2."""
    return bibliographic(language) if codes == "B" else language


def options(settings: AudioSettings, languages: Sequence[str]) -> tuple[str, ...]:
    """Encoder options of as many tracks as there are languages."""
    rate = ("-b:a", f"{settings.bitrate_kbps}k") if settings.bitrate_kbps else ()
    labels = [
        word for index, language in enumerate(languages) for word in (f"-metadata:s:a:{index}", f"language={language}")
    ]
    return (
        "-c:a",
        graph.SOUND_ENCODERS[settings.codec],
        *rate,
        "-ar",
        str(settings.sample_rate_hz),
        "-ac",
        str(settings.channels),
        *labels,
    )


def expected(
    settings: AudioSettings, sources: Sequence[AudioSource], duration_s: float, languages: Sequence[str]
) -> tuple[ExpectedAudio, ...]:
    """What each encoded track must measure as."""
    return tuple(
        _expected(settings, source.inspection, duration_s, language)
        for source, language in zip(sources, languages, strict=True)
    )


def _expected(settings: AudioSettings, inspection: Inspection, duration_s: float, language: str) -> ExpectedAudio:
    loud = inspection.measures.audio.stereo if inspection.measures else None
    level = level_of(inspection, settings)
    silent = loud is None or loud.integrated_lkfs is None
    wanted = None
    if level and not silent and duration_s >= LEAST_MEASURED_S and spread_lu(inspection) is None:
        wanted = level.reached_lkfs if is_out_of_reach(level) else level.target_lkfs
    return ExpectedAudio(
        codec=_FORMATS[settings.codec],
        channels=settings.channels,
        sample_rate_hz=settings.sample_rate_hz,
        loudness_lkfs=wanted,
        loudness_slack_lu=SLACK_LU,
        true_peak_dbtp=settings.true_peak_dbtp,
        language=language,
    )


def most_bytes(settings: AudioSettings, duration_s: float) -> int:
    """A bound on the encoded audio's size; PCM is exact."""
    kbps = settings.bitrate_kbps or settings.sample_rate_hz * settings.channels * 24 // 1000
    return int(kbps * 1000 / 8 * (duration_s + 2) * 1.3)
