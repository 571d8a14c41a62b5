"""file → Inspection. In: a path. Out: MediaInfo's facts and one decode's measures. May import ffmpeg, media, model."""
