"""Words that many recipes share."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from benchmarks.sources.card import Card
from benchmarks.sources.source import Run, Shown, Source, Step, plain_shape
from benchmarks.sources.tones import UIG, Tones

Inputs = tuple[tuple[str, Card | Tones], ...]

WIDE = Card()
SD = Card(720, 576)  # 16:9
SQUARE_SD = Card(720, 576, Fraction(4, 3))
QVGA = Card(320, 240, Fraction(4, 3))
STEREO = Tones()
UYGHUR = Tones(UIG)
BOTH: Inputs = (("card", WIDE), ("tone", STEREO))
LANGUAGES: Inputs = (("card", WIDE), ("tone", STEREO), ("uig", UYGHUR))

# to YUV as SD is understood where nothing is said; a graph may go on behind it
V601 = "scale=out_color_matrix=bt601:out_range=tv:flags=accurate_rnd+full_chroma_int"
SD_YUV = ("-vf", V601, "-pix_fmt", "yuv420p")
H264 = (*SD_YUV, "-c:v", "libx264", "-preset", "superfast", "-crf", "12", "-g", "25")
MPEG2 = (*SD_YUV, "-c:v", "mpeg2video", "-b:v", "6M", "-maxrate", "8M", "-bufsize", "2M", "-g", "12", "-bf", "2")
AAC = ("-c:a", "aac", "-b:a", "160k")
MP2 = ("-c:a", "mp2", "-b:a", "256k")
PCM = ("-c:a", "pcm_s16le")
FILM_IN = ("-i", "{card}", "-i", "{tone}", "-map", "0:v", "-map", "1:a")


def words(text: str) -> tuple[str, ...]:
    """A command line without blanks inside its words."""
    return tuple(text.split())


def ours(name: str, file: str, *options: str, inputs: Inputs = BOTH, shown: Shown | None = None) -> Source:
    """The card and its tone, written by our ffmpeg in one go."""
    steps: tuple[Step, ...] = (Run("ffmpeg", (*FILM_IN, *options, "{out}")),)
    return Source(name, file, "ffmpeg", steps, inputs, shown or shown_of(inputs))


def by_older(source: Source) -> Source:
    """The same recipe by the ffmpeg of Debian: another writer, some years older."""
    steps = tuple(replace(step, program="ffmpeg5") if isinstance(step, Run) else step for step in source.steps)
    return replace(source, writer="ffmpeg 5.1", steps=steps)


def shown_of(inputs: Inputs) -> Shown:
    """What is expected of a card that nothing was done to."""
    card = next((item for _, item in inputs if isinstance(item, Card)), WIDE)
    shape = plain_shape(card.shape.numerator, card.shape.denominator)
    return Shown(shape=shape, rate=card.rate, end_s=card.seconds)
