"""The lists of sources, one a family of oddities."""

from __future__ import annotations

from benchmarks.sources.films import (
    changes,
    codecs,
    colours,
    containers,
    extras,
    geometry,
    gstreamer,
    others,
    plain,
    sounds,
    streams,
    timing,
)
from benchmarks.sources.source import Source

FAMILIES = (plain, geometry, streams, containers, timing, colours, codecs, sounds, changes, extras, gstreamer, others)

# near twins of others: tried with `--all`, beyond what two cores do in 45 minutes
_TWINS = """
plain-mov turned-mov-90 turned-mov-180 turned-mp4-180 turned-mkv-180 turned-mkvmerge-90-minus mirrored-mov-hflip
size-854 rate-10-mp4 rate-23.976-mp4 rate-24-mp4 rate-30-mp4 rate-48-mp4 rate-60-mp4 rate-59.94-mkv rate-24-ts
rate-50-ts vfr-slow-then-fast-mkv mp4-as-f4v mp4-in-psp mp4-as-3g2 mp4-isml mp4-no-edits fragments-mov
mkv-cues-in-front edits-cut-mov edits-sound-a-little-late stream-mkv-live avi-endless-sizes wmv1-asf ts-sound-44
ts-sound-mp3 ts-sound-eac3 times-wrap-late muxrate-padded yuv-yuy2 yuv-422-h264 rgb-png rgb-animation
rgb-huffyuv range-full-mkv hdr-pq-mkv grey-ffv1 matrix-625-tags codec-mpeg4-mp4 codec-mpeg4-mov codec-h263p
codec-mjpeg-mov codec-mjpeg-mkv codec-prores-proxy codec-prores-mkv codec-mpeg2-mov codec-mpeg2-avi
codec-speedhq codec-snow codec-svq1 codec-ffv1-avi codec-utvideo codec-h264-avi codec-hevc-mkv codec-vp8-mkv
codec-dnxhr-mxf codec-msmpeg4v2 codec-vp9-mp4 codec-av1-webm sound-pcm-s16be-mov-48000 sound-pcm-s24be-mov-96000
sound-pcm-s32le-mkv-48000 sound-pcm-f64be-mov-48000 sound-adpcm-ima sound-adpcm-qt sound-mp3-avi-22
sound-aac-44k sound-mulaw-mov sound-tta-mkv sound-mp2-mp4 sound-ac3-mp4 sound-eac3-mp4 channels-71-flac
monos-pair-mov languages-three-mkv languages-chi-mkv changes-size-mkv changes-size-flv extra-cover-m4v
extra-text-mp4 extra-sound-first-mov extra-metadata name-3 name-4 name-6 name-7 name-9 name-10 name-11
gst-mp4-faststart gst-mp4-streamable gst-mov-alaw gst-mov-samples gst-mkv-samples gst-mkv-jpeg gst-avi-jpeg
gst-two-mp4 gst-rate-24-1 gst-flv-mp3 gst-ts-samples older-mp4 older-mov older-avi older-flv older-vob
mkvmerge-clusters mkvmerge-durations
"""
TWINS = frozenset(_TWINS.split())


def usual() -> tuple[Source, ...]:
    """The sources of a run, without near twins."""
    return tuple(source for source in every() if source.name not in TWINS)


def every() -> tuple[Source, ...]:
    """All sources, in the order of their families."""
    return tuple(source for family in FAMILIES for source in family.SOURCES)
