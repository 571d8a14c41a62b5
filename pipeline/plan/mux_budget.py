"""The budget of a profile's transport stream."""

from __future__ import annotations

from pipeline.media.mpegts.budget import needed_kbps
from pipeline.model.plan import MuxBudget
from pipeline.model.profile import TransportStream


def mux_budget_for(profile: TransportStream, audio_tracks: int = 1) -> MuxBudget:
    """What the contents need, with so many audio tracks.

    A profile may ask for more by `mux.muxrate_kbps`, the rest is stuffing.
    """
    video, audio = profile.video.bitrate_kbps, audio_tracks * (profile.audio.bitrate_kbps or 0)
    least = needed_kbps(video, audio)
    muxrate = profile.mux.muxrate_kbps or least
    return MuxBudget(
        video_bps=video * 1000,
        audio_bps=audio * 1000,
        audio_tracks=audio_tracks,
        needed_bps=least * 1000,
        muxrate_bps=muxrate * 1000,
    )
