"""From source sound to the one stereo stream that every output shares: in step with the picture, at its level."""

from __future__ import annotations

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.model.inspection import Inspection, Level
from pipeline.model.plan import ExpectedAudio
from pipeline.model.profile import Sound

LOUDNESS_SLACK_LU = 0.5
# Short or sparse sound has few gating blocks; coding then moves the figure more. Nothing is claimed below this.
LEAST_MEASURED_S = 1.0


def stereo(given: graph.Input, inspection: Inspection, duration_s: float) -> Stream:
    """48 kHz stereo of exactly the picture's length; silence where the film has no sound."""
    if not inspection.media.audio:
        return graph.apply(graph.silence(), "atrim", end=f"{duration_s:.6f}")
    timeline = inspection.measures.timeline if inspection.measures else None
    offset = timeline.first_pts_s if timeline else 0.0
    sound = given.stream("a:0")
    if offset:
        sound = graph.apply(sound, "asetpts", expr=f"PTS-{offset:.6f}/TB")
    # async=1 fills holes and cuts overlaps by timestamps; first_pts=0 pads or trims the head
    sound = graph.apply(sound, "aresample", osr=48000, **{"async": 1}, first_pts=0)
    sound = graph.levelled(graph.to_stereo(sound), level_of(inspection))
    sound = graph.apply(sound, "apad")
    return graph.apply(sound, "atrim", end=f"{duration_s:.6f}")


def level_of(inspection: Inspection) -> Level:
    """The measured level; a film without sound has none to change."""
    return inspection.level or Level(target_lkfs=-24.0, ceiling_dbtp=-2.0, gain_db=0.0, limited=False)


def _reached(profile: Sound, inspection: Inspection) -> float:
    """The target, or what can be had of it; that is said in the plan's notes."""
    reached = level_of(inspection).reached_lkfs
    return profile.loudness_lkfs if reached is None or out_of_reach(inspection) is None else reached


def out_of_reach(inspection: Inspection) -> str | None:
    """What to note where the target can't be reached: sound too quiet, or peaks that a limiter would crush."""
    level = level_of(inspection)
    if level.reached_lkfs is None or abs(level.reached_lkfs - level.target_lkfs) <= LOUDNESS_SLACK_LU / 2:
        return None
    return f"sound: {level.reached_lkfs:g} LKFS is reached of {level.target_lkfs:g}"


def options(profile: Sound, language: str) -> tuple[str, ...]:
    """Encoder options."""
    return (
        "-c:a", profile.codec, "-b:a", f"{profile.bitrate_kbps}k", "-ar", str(profile.sample_rate_hz),
        "-ac", str(profile.channels), "-metadata:s:a:0", f"language={language}",
    )  # fmt: skip


def expected(profile: Sound, inspection: Inspection, duration_s: float) -> ExpectedAudio:
    """What the encoded sound must measure as."""
    loud = inspection.measures.stereo if inspection.measures else None
    silent = loud is None or loud.integrated_lkfs is None
    return ExpectedAudio(
        codec={"mp2": "MPEG Audio", "aac": "AAC"}[profile.codec],
        channels=profile.channels,
        sample_rate_hz=profile.sample_rate_hz,
        loudness_lkfs=None if silent or duration_s < LEAST_MEASURED_S else _reached(profile, inspection),
        loudness_slack_lu=LOUDNESS_SLACK_LU,
        true_peak_dbtp=profile.true_peak_dbtp,
    )
