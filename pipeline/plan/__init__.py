"""submission + inspection + profiles + capability → Plan. Pure: every ffmpeg option is decided here, once.

Imports `ffmpeg.graph` (builds argv), `media` and `model`; reaches no process.
"""
