"""The video codecs that are known to the bit: a new one is a file and a row here."""

from __future__ import annotations

from pipeline.media.codecs.avc import AVC
from pipeline.media.codecs.codec import VideoCodec
from pipeline.media.codecs.hevc import HEVC

VIDEO_CODECS: tuple[VideoCodec, ...] = (AVC, HEVC)
BY_NAME = {codec.name: codec for codec in VIDEO_CODECS}
BY_STREAM = {codec.stream: codec for codec in VIDEO_CODECS}
BY_SAMPLE_ENTRY = {entry: codec for codec in VIDEO_CODECS for entry in codec.sample_entries}
