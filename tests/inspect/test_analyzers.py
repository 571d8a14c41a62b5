"""Analysers keep to one interface: each in its table, behind those it needs, with fields of its own."""

from __future__ import annotations

import io
import struct
from collections import Counter
from typing import ClassVar

import numpy as np
import pytest

from pipeline.inspect import versions
from pipeline.inspect.analyzer import Needs, Others, finish
from pipeline.inspect.analyzers import AUDIO, COLUMNS, VIDEO, AudioAnalyzers, VideoAnalyzers
from pipeline.inspect.audio.levels import LevelAnalyzer
from pipeline.inspect.audio.samples import Array, SampleFormat
from pipeline.inspect.decoded import AudioFormat, DecodedAudio, DecodedVideo, Packets, VideoFormat
from pipeline.inspect.summary import timeline_of
from pipeline.inspect.video import combs
from pipeline.inspect.video.frames import FRAME_BYTES
from pipeline.model.inspection import AudioMeasures
from tests.factories import video

FRAMES = 40
GIVEN = VideoFormat(25.0, "bt709", 72)
EVERY = (*VIDEO, *COLUMNS, *AUDIO)


def test_each_has_a_name_of_its_own_and_stands_behind_those_it_needs() -> None:
    assert max(Counter(kind.name for kind in EVERY).values()) == 1
    for table in ((*VIDEO, *COLUMNS), AUDIO):
        for index, kind in enumerate(table):
            assert set(kind.needs) <= set(table[:index]), kind.name


def test_the_versions_are_one_value_that_moves_with_each_of_them() -> None:
    assert [kind.name for kind in EVERY] == list(versions.ANALYZERS)
    assert versions.TOLD.startswith("light=1 colour bars=1 ")


def test_each_ends_with_fields_that_no_other_has() -> None:
    rng = np.random.default_rng(1)
    eyes = VideoAnalyzers(GIVEN)
    eyes.take(io.BufferedReader(io.BytesIO(rng.bytes(FRAMES * FRAME_BYTES))))  # type: ignore[arg-type] - BytesIO is raw
    eyes.take_columns(io.BytesIO(rng.bytes(FRAMES * GIVEN.lines * combs.COLUMNS)))
    timeline = timeline_of(np.arange(FRAMES) / 25)
    assert timeline is not None
    assert eyes.count == FRAMES
    seen = eyes.finish(DecodedVideo(video(), timeline, np.arange(FRAMES + 1) / 25, np.zeros(FRAMES)))
    ears = AudioAnalyzers(exact=True)
    ears.take(io.BytesIO(struct.pack(">4sIIIII", b".snd", 24, 0xFFFFFFFF, 6, 48000, 2) + bytes(8 * 48000)))
    assert ears.samples == SampleFormat(48000, 2)
    heard = ears.finish(DecodedAudio(ears.samples, Packets(0.0, 1.0, ()), 0.0))
    for parts in (seen, heard):
        fields = Counter(name for part in parts for name in part.model_fields_set)
        assert max(fields.values()) == 1
        assert all(part.model_fields_set for part in parts)


class Curious:
    """Reads another's windows without saying that it needs them."""

    name: ClassVar[str] = "curious"
    needs: ClassVar[Needs] = ()

    def __init__(self, _: AudioFormat) -> None: ...

    def process(self, samples: Array) -> None: ...

    def finish(self, _: DecodedAudio, others: Others[AudioMeasures]) -> AudioMeasures:
        return AudioMeasures(silence=others.measures(LevelAnalyzer).silence)


def test_what_is_not_among_the_needs_can_not_be_read() -> None:
    given = AudioFormat(SampleFormat(48000, 2))
    decoded = DecodedAudio(given.samples, Packets(0.0, 1.0, ()), 0.0)
    with pytest.raises(KeyError):
        finish([LevelAnalyzer(given), Curious(given)], decoded)


def test_sound_that_never_comes_is_no_measure() -> None:
    ears = AudioAnalyzers(exact=True)
    ears.take(io.BytesIO(b""))
    assert (ears.samples, ears.levels) == (None, None)
