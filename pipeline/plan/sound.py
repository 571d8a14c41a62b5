"""From source sound to the stereo stream of each output: in step with the picture, at its level."""

from __future__ import annotations

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.model.inspection import Inspection, Level
from pipeline.model.plan import ExpectedAudio, Note
from pipeline.model.profile import Sound
from pipeline.plan.draft import Cadence

LOUDNESS_SLACK_LU = 0.5
# Short or sparse sound has few gating blocks; coding then moves the figure more. Nothing is claimed below this.
LEAST_MEASURED_S = 1.0
_ENCODERS = {"mp2": "mp2", "aac": "aac", "mp3": "libmp3lame", "pcm": "pcm_s24le"}
_FORMATS = {"mp2": "MPEG Audio", "aac": "AAC", "mp3": "MPEG Audio", "pcm": "PCM"}  # MediaInfo's names


def stereo(given: graph.Input, inspection: Inspection) -> Stream:
    """48 kHz stereo from the programme's first picture on; endless silence where the film has no sound."""
    if not inspection.media.audio:
        return graph.silence()
    line = inspection.programme
    sound = graph.programme(given, inspection.media)
    if line and line.first_pts_s:
        sound = graph.apply(sound, "asetpts", expr=f"PTS-{line.first_pts_s:.6f}/TB")
    if inspection.start_s:
        sound = graph.apply(sound, "atrim", start=0)
    # async=1 fills holes and cuts overlaps by timestamps; first_pts=0 pads or trims the head
    sound = graph.apply(sound, "aresample", osr=48000, **{"async": 1}, first_pts=0)
    return graph.to_stereo(sound)


def levelled(sound: Stream, inspection: Inspection, level: Level | None, cadence: Cadence) -> Stream:
    """That sound at one level, of exactly the picture's length."""
    if inspection.media.audio:
        if level:
            sound = graph.levelled(sound, level)
        if cadence.speed != 1:  # as fast as the picture, its pitch kept
            sound = graph.apply(sound, "atempo", tempo=f"{float(cadence.speed):.9f}")
        sound = graph.apply(sound, "apad")
    return graph.apply(sound, "atrim", end=f"{cadence.duration_s:.6f}")


def level_of(inspection: Inspection, profile: Sound) -> Level | None:
    """The level that was settled for this profile's target; None where sound is kept as it came, or there is none.

    Raises:
        LookupError: nothing was measured for it (the caller inspects for every target of its profiles).
    """
    if profile.loudness_lkfs is None or not inspection.media.audio:
        return None
    wanted = (profile.loudness_lkfs, profile.true_peak_dbtp)
    for level in inspection.levels:
        if (level.target_lkfs, level.ceiling_dbtp) == wanted:
            return level
    raise LookupError(f"no level was settled for {wanted}")


def out_of_reach(level: Level) -> Note | None:
    """What to note where the target can't be reached: sound too quiet, or peaks that a limiter would crush."""
    if level.reached_lkfs is None or abs(level.reached_lkfs - level.target_lkfs) <= LOUDNESS_SLACK_LU / 2:
        return None
    return Note(kind="out_of_reach", values={"reached": level.reached_lkfs, "target": level.target_lkfs})


def options(profile: Sound, language: str) -> tuple[str, ...]:
    """Encoder options."""
    rate = ("-b:a", f"{profile.bitrate_kbps}k") if profile.bitrate_kbps else ()
    return (
        "-c:a", _ENCODERS[profile.codec], *rate, "-ar", str(profile.sample_rate_hz),
        "-ac", str(profile.channels), "-metadata:s:a:0", f"language={language}",
    )  # fmt: skip


def expected(profile: Sound, inspection: Inspection, duration_s: float) -> ExpectedAudio:
    """What the encoded sound must measure as."""
    loud = inspection.measures.stereo if inspection.measures else None
    level = level_of(inspection, profile)
    silent = loud is None or loud.integrated_lkfs is None
    wanted = None
    if level and not silent and duration_s >= LEAST_MEASURED_S:
        wanted = level.target_lkfs if out_of_reach(level) is None else level.reached_lkfs
    return ExpectedAudio(
        codec=_FORMATS[profile.codec],
        channels=profile.channels,
        sample_rate_hz=profile.sample_rate_hz,
        loudness_lkfs=wanted,
        loudness_slack_lu=LOUDNESS_SLACK_LU,
        true_peak_dbtp=profile.true_peak_dbtp,
    )


def most_bytes(profile: Sound, duration_s: float) -> int:
    """A bound on the encoded sound's size; PCM is exact."""
    kbps = profile.bitrate_kbps or profile.sample_rate_hz * profile.channels * 24 // 1000
    return int(kbps * 1000 / 8 * (duration_s + 2) * 1.3)
