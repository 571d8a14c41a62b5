"""From source sound to the stereo stream of each output: in step with the picture, at its level."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.model.inspection import Inspection, LevelAdjustment
from pipeline.model.plan import ExpectedAudio, Note
from pipeline.model.profile import AudioSettings
from pipeline.plan.spec import MAIN, AudioSource, Cadence

UNTOLD = "und"  # QuickTime has codes of its own, and none for many languages
_BIBLIOGRAPHIC = {
    "zho": "chi",
    "bod": "tib",
    "mya": "bur",
    "ces": "cze",
    "cym": "wel",
    "deu": "ger",
    "ell": "gre",
    "eus": "baq",
    "fas": "per",
    "fra": "fre",
    "hye": "arm",
    "isl": "ice",
    "kat": "geo",
    "mkd": "mac",
    "mri": "mao",
    "msa": "may",
    "nld": "dut",
    "ron": "rum",
    "slk": "slo",
    "sqi": "alb",
}
LOUDNESS_SLACK_LU = 0.3
# Short or sparse sound has few gating blocks; coding then moves the figure more. Nothing is claimed below this.
LEAST_MEASURED_S = 1.0
MISFIT_S = 0.5
_FORMATS = {"mp2": "MPEG Audio", "aac": "AAC", "ac3": "AC-3", "mp3": "MPEG Audio", "pcm": "PCM"}  # MediaInfo's names


def stereo(given: graph.Input, voice: AudioSource, film: Inspection) -> Stream:
    """48 kHz stereo from the programme's first picture on; endless silence where there is no sound."""
    if not voice.inspection.media.audio:
        return graph.silence()
    sound = graph.programme(given, voice.inspection.media)
    line = film.programme
    begins = 0.0
    if given.token == MAIN:
        begins = line.first_pts_s if line else 0.0
    else:
        sound = graph.apply(sound, "asetpts", expr="PTS-STARTPTS")
        begins = voice.begins_s
    if begins:
        sound = graph.apply(sound, "asetpts", expr=f"PTS-{begins:.6f}/TB")
    if film.start_s or voice.begins_s:
        sound = graph.apply(sound, "atrim", start=0)
    # async=1 fills holes and cuts overlaps by timestamps; first_pts=0 pads or trims the head
    sound = graph.apply(sound, "aresample", osr=48000, **{"async": 1}, first_pts=0)
    return graph.to_stereo(sound)


def levelled(sound: Stream, voice: AudioSource, level: LevelAdjustment | None, cadence: Cadence) -> Stream:
    """That sound at one level, of exactly the picture's length."""
    if voice.inspection.media.audio:
        if level:
            sound = graph.levelled(sound, level)
        if cadence.speed != 1:  # as fast as the picture, its pitch kept
            sound = graph.apply(sound, "atempo", tempo=f"{float(cadence.speed):.9f}")
        sound = graph.apply(sound, "apad")
    return graph.apply(sound, "atrim", end=f"{cadence.duration_s:.6f}")


def level_of(inspection: Inspection, profile: AudioSettings) -> LevelAdjustment | None:
    """The level that was settled for this profile's target; None where sound is kept as it came, or there is none.

    Raises:
        LookupError: nothing was measured for it (the caller inspects for every target of its profiles).
    """
    if profile.loudness_lkfs is None or not inspection.media.audio:
        return None
    wanted = (profile.loudness_lkfs, profile.true_peak_dbtp, profile.codec, profile.bitrate_kbps)
    for level in inspection.levels:
        if (level.target_lkfs, level.ceiling_dbtp, level.codec, level.bitrate_kbps) == wanted:
            return level
    raise LookupError(f"no level was settled for {wanted}")


def notes(level: LevelAdjustment, language: str) -> list[Note]:
    """What to say of a level: it can't be reached (too quiet, or peaks that a limiter would crush), or it took a
    limiter."""
    made = []
    if is_out_of_reach(level):
        made.append(
            Note(kind="out_of_reach", values={"reached": level.reached_lkfs or 0.0, "target": level.target_lkfs})
        )
    if level.limited:
        made.append(
            Note(
                kind="limited",
                values={"ceiling": level.ceiling_dbtp, "target": level.target_lkfs, "language": language},
            )
        )
    return made


def misfits(voices: Sequence[AudioSource], duration_s: float) -> list[Note]:
    """Files of sound that are longer or shorter than the film, or silent: heard as they are, but said."""
    made = []
    for voice in voices:
        measures = voice.inspection.measures
        if voice.token == MAIN or measures is None:
            continue
        heard_s = (measures.audio.audio_duration_s or 0.0) - voice.begins_s
        if abs(heard_s - duration_s) > MISFIT_S:
            made.append(
                Note(
                    kind="sound_length",
                    values={"language": voice.language, "sound": round(heard_s, 2), "film": round(duration_s, 2)},
                )
            )
        if measures.audio.stereo is None or measures.audio.stereo.integrated_lkfs is None:
            made.append(Note(kind="sound_silent", values={"language": voice.language}))
    return made


def is_out_of_reach(level: LevelAdjustment) -> bool:
    return level.reached_lkfs is not None and abs(level.reached_lkfs - level.target_lkfs) > LOUDNESS_SLACK_LU / 2


def coded(language: str, codes: str) -> str:
    """A language as the descriptor names it: terminological (zho) or bibliographic (chi), ISO 639-2."""
    return _BIBLIOGRAPHIC.get(language, language) if codes == "B" else language


def options(profile: AudioSettings, languages: Sequence[str]) -> tuple[str, ...]:
    """Encoder options of as many tracks as there are languages."""
    rate = ("-b:a", f"{profile.bitrate_kbps}k") if profile.bitrate_kbps else ()
    told = [
        word for index, language in enumerate(languages) for word in (f"-metadata:s:a:{index}", f"language={language}")
    ]
    return (
        "-c:a",
        graph.SOUND_ENCODERS[profile.codec],
        *rate,
        "-ar",
        str(profile.sample_rate_hz),
        "-ac",
        str(profile.channels),
        *told,
    )


def expected(
    profile: AudioSettings, voices: Sequence[AudioSource], duration_s: float, languages: Sequence[str]
) -> tuple[ExpectedAudio, ...]:
    """What each encoded track must measure as."""
    return tuple(
        _expected(profile, voice.inspection, duration_s, language)
        for voice, language in zip(voices, languages, strict=True)
    )


def _expected(profile: AudioSettings, inspection: Inspection, duration_s: float, language: str) -> ExpectedAudio:
    loud = inspection.measures.audio.stereo if inspection.measures else None
    level = level_of(inspection, profile)
    silent = loud is None or loud.integrated_lkfs is None
    wanted = None
    if level and not silent and duration_s >= LEAST_MEASURED_S:
        wanted = level.reached_lkfs if is_out_of_reach(level) else level.target_lkfs
    return ExpectedAudio(
        codec=_FORMATS[profile.codec],
        channels=profile.channels,
        sample_rate_hz=profile.sample_rate_hz,
        loudness_lkfs=wanted,
        loudness_slack_lu=LOUDNESS_SLACK_LU,
        true_peak_dbtp=profile.true_peak_dbtp,
        language=language,
    )


def most_bytes(profile: AudioSettings, duration_s: float) -> int:
    """A bound on the encoded sound's size; PCM is exact."""
    kbps = profile.bitrate_kbps or profile.sample_rate_hz * profile.channels * 24 // 1000
    return int(kbps * 1000 / 8 * (duration_s + 2) * 1.3)
