"""Plain twins: nothing is odd in them, so that what is measured of them proves the measuring."""

from __future__ import annotations

from benchmarks.sources.films.common import AAC, H264, MP2, MPEG2, PCM, SD, SQUARE_SD, STEREO, ours

SOURCES = (
    ours("plain-mp4", "plain-mp4.mp4", *H264, *AAC),
    ours("plain-mkv", "plain-mkv.mkv", *H264, *AAC),
    ours("plain-ts", "plain-ts.ts", *H264, *MP2),
    ours("plain-mov", "plain-mov.mov", *H264, *PCM),
    ours("plain-sd-mpg", "plain-sd-mpg.mpg", *MPEG2, *MP2, "-f", "vob", inputs=(("card", SD), ("tone", STEREO))),
    ours("plain-43-ts", "plain-43-ts.ts", *MPEG2, *MP2, inputs=(("card", SQUARE_SD), ("tone", STEREO))),
)
