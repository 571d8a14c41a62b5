"""How many bits a second a transport stream needs for its contents (mpegts facts, section 2: measured)."""

from __future__ import annotations

import math

PICTURE_OVERHEAD = 1.05  # packet headers, PES headers, adaptation fields
SOUND_OVERHEAD = 1.08
TABLES_KBPS = 60
SPARE = 1.03
STEP_KBPS = 20


def needed_kbps(video_kbps: float, audio_kbps: float) -> int:
    """(1.05 × video + 1.08 × audio + 60 kbit/s) × 1.03, up to the next 20 kbit/s: 8000 + 192 → 8940."""
    needed = (PICTURE_OVERHEAD * video_kbps + SOUND_OVERHEAD * audio_kbps + TABLES_KBPS) * SPARE
    return math.ceil(round(needed / STEP_KBPS, 6)) * STEP_KBPS
