"""What an ffmpeg build can do."""

from __future__ import annotations

from typing import Literal

from pipeline.model.base import Noun


class Capability(Noun):
    """One ffmpeg build: `build` is a digest of what it says of itself, and of what its processor lacks."""

    schema_version: Literal[1] = 1
    version: str
    build: str
    encoders: tuple[str, ...]
    filters: tuple[str, ...]
    muxers: tuple[str, ...]
    demuxers: tuple[str, ...]
