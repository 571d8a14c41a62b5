"""How many bits a second a transport stream needs for its contents (mpegts facts, section 2: measured)."""

from __future__ import annotations

import math

from pipeline.model.plan import MuxBudget
from pipeline.model.profile import TransportStream

PICTURE_OVERHEAD = 1.05  # packet headers, PES headers, adaptation fields
SOUND_OVERHEAD = 1.08
TABLES_KBPS = 60
SPARE = 1.03
STEP_KBPS = 20


def of(profile: TransportStream) -> MuxBudget:
    """(1.05 × video + 1.08 × audio + 60 kbit/s) × 1.03, up to the next 20 kbit/s: 8000 + 192 → 8940.

    A profile may ask for more by `mux.muxrate_kbps`; the rest is stuffing.
    """
    video, audio = profile.video.bitrate_kbps, profile.audio.bitrate_kbps or 0
    needed = (PICTURE_OVERHEAD * video + SOUND_OVERHEAD * audio + TABLES_KBPS) * SPARE
    least = math.ceil(round(needed / STEP_KBPS, 6)) * STEP_KBPS
    muxrate = profile.mux.muxrate_kbps or least
    return MuxBudget(
        video_bps=video * 1000, audio_bps=audio * 1000, needed_bps=least * 1000, muxrate_bps=muxrate * 1000
    )
