"""What is wrong in sound: on samples made by hand and on real speech and music, before and after packing."""

from __future__ import annotations

import io
import struct
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.inspect.audio import samples
from pipeline.inspect.audio.clipping import ClippingAnalyzer, flat_waves
from pipeline.inspect.audio.levels import LevelAnalyzer
from pipeline.inspect.audio.pair import PairAnalyzer
from pipeline.inspect.audio.samples import Array, SampleFormat
from pipeline.inspect.audio.tone import ToneAnalyzer
from pipeline.inspect.decoded import AudioFormat
from pipeline.inspect.stretches import Run
from tests.conftest import REAL_MEDIA

GIVEN = AudioFormat(SampleFormat(48000, 2))
RNG = np.random.default_rng(3)
STEREO = "aformat=channel_layouts=stereo,aresample=48000"
MUSIC, SPEECH = REAL_MEDIA / "music_lets_go_fishin.ogg", REAL_MEDIA / "speech_ru_ivr.wav"


def noise(seconds: float, level: float = 0.1) -> Array:
    return (RNG.standard_normal((round(seconds * 48000), 2)) * level).astype(np.float32)


def tone(seconds: float, hz: float, level: float) -> Array:
    wave = np.sin(2 * np.pi * hz * np.arange(round(seconds * 48000)) / 48000) * level
    return np.stack((wave, wave), axis=1).astype(np.float32)


def played(sound: Array, *analyzers: Any) -> None:
    """Play samples to analysers, a second at a time."""
    for start in range(0, len(sound), 48000):
        for analyzer in analyzers:
            analyzer.process(sound[start : start + 48000])


def silence(sound: Array) -> list[Run]:
    levels = LevelAnalyzer(GIVEN)
    played(sound, levels)
    return levels.silence(3.0)


def pair_of(sound: Array) -> tuple[PairAnalyzer, LevelAnalyzer]:
    pair, levels = PairAnalyzer(GIVEN), LevelAnalyzer(GIVEN)
    played(sound, pair, levels)
    return pair, levels


def dead(sound: Array, channel: int) -> list[Run]:
    pair, levels = pair_of(sound)
    return pair.dead(levels, channel, 3.0)


def inverted(sound: Array, shortest_s: float = 3.0) -> list[Run]:
    pair, levels = pair_of(sound)
    return pair.inverted(levels, shortest_s)


def is_dual_mono(sound: Array) -> bool:
    pair, levels = pair_of(sound)
    return pair.is_dual_mono(levels)


def tones(sound: Array) -> list[Run]:
    analyzer = ToneAnalyzer(GIVEN)
    played(sound, analyzer)
    return analyzer.tones(3.0)


def clipped(sound: Array, *, exact: bool = True) -> list[Run]:
    analyzer = ClippingAnalyzer(AudioFormat(GIVEN.samples, exact))
    played(sound, analyzer)
    return analyzer.clipped()


def recorded(path: Path, filters: str = "anull", start: float = 8, *codec: str) -> Array:
    """Ten seconds of real sound through filters, and through a codec where one is given."""
    import imageio_ffmpeg

    ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()
    words = [
        ffmpeg,
        "-v",
        "error",
        "-ss",
        str(start),
        "-i",
        str(path),
        "-t",
        "10",
        "-af",
        f"{STEREO},volume=-3dB,aformat=sample_fmts=s16,{filters}",
    ]
    out = ["-f", "f32le", "-"]
    if codec:
        packed = subprocess.run(
            [*words, *codec, "-f", "adts" if "aac" in codec else "mp2", "-"], check=True, capture_output=True
        ).stdout
        words, given = [ffmpeg, "-v", "error", "-i", "-"], packed
    else:
        given = b""
    raw = subprocess.run([*words, *out], check=True, capture_output=True, input=given).stdout
    return np.frombuffer(raw, np.float32).reshape(-1, 2)


def test_silence_is_under_sixty_decibels_on_all_channels() -> None:
    sound = np.concatenate((noise(2), noise(3.5, 10**-4), noise(2)))  # −80 dBFS
    assert silence(sound) == [(40, 110)]
    assert silence(np.concatenate((noise(2), noise(4, 10 ** (-45 / 20)), noise(2)))) == []
    sound[48000 * 3 : 48000 * 6, 1] = noise(3)[:, 1]
    assert silence(sound) == []
    to_the_end = np.concatenate((noise(2), np.zeros((48000 * 4 + 700, 2), np.float32)))
    assert silence(to_the_end) == [(40, 121)]


def test_a_dead_channel_has_a_live_neighbour() -> None:
    sound = noise(8)
    sound[48000 * 2 : 48000 * 6, 1] = 0
    assert dead(sound, 1) == [(40, 120)]
    assert dead(sound, 0) == []
    assert dead(np.zeros((48000 * 5, 2), np.float32), 1) == []
    paused = sound.copy()
    paused[48000 * 2 : 48000 * 3] = 0  # both are silent at first; the dead one has nothing, the other some noise
    paused[48000 * 2 : 48000 * 3, 0] = noise(1, 10**-4)[:, 0]
    assert dead(paused, 1) == [(40, 120)]


def test_a_pair_against_itself_is_inverted_and_wide_stereo_is_not() -> None:
    sound = noise(9)
    sound[:, 1] = sound[:, 0]
    sound[48000 * 3 : 48000 * 7, 1] *= -1
    assert inverted(sound) == [(60, 140)]
    assert inverted(noise(9)) == []
    assert is_dual_mono(sound[: 48000 * 3])
    assert not is_dual_mono(sound)


@pytest.mark.shared
def test_real_sound_is_inverted_only_where_it_was_turned_over() -> None:
    speech = recorded(SPEECH, "pan=stereo|c0=c0|c1=-1*c0", 9)
    assert inverted(speech) == [(0, 200)]
    assert inverted(recorded(MUSIC)) == []


def test_line_up_tone_is_one_kilohertz_at_its_level() -> None:
    assert tones(tone(5, 1000, 10 ** (-18 / 20))) == [(0, 100)]
    assert tones(tone(5, 1000, 10 ** (-20 / 20))) == [(0, 100)]
    assert tones(tone(5, 440, 0.1)) == []
    assert tones(tone(5, 1000, 0.01)) == []


@pytest.mark.shared
def test_music_is_no_line_up_tone() -> None:
    assert tones(recorded(MUSIC)) == []


CUT = "volume=22dB,aformat=sample_fmts=s16"


@pytest.mark.shared
@pytest.mark.parametrize("source", [MUSIC, SPEECH], ids=["music", "speech"])
@pytest.mark.parametrize("filters", [CUT, f"{CUT},volume=-14dB"], ids=["at full scale", "made quieter"])
def test_flat_tops_are_found_at_any_level(source: Path, filters: str) -> None:
    found = clipped(recorded(source, filters))
    assert found
    assert found[0][0] <= 20
    assert sum(end - start for start, end in found) > 120


@pytest.mark.shared
@pytest.mark.parametrize("source", [MUSIC, SPEECH], ids=["music", "speech"])
@pytest.mark.parametrize(
    "filters",
    ["anull", "volume=12dB,alimiter=limit=-3dB:level=0", "bass=g=18:f=80,volume=-12dB"],
    ids=["as it is", "limited", "heavy bass"],
)
def test_clean_limited_and_bass_heavy_sound_is_not_clipped(source: Path, filters: str) -> None:
    assert clipped(recorded(source, filters)) == []
    assert clipped(recorded(source, filters, 8, "-c:a", "aac", "-b:a", "192k"), exact=False) == []


@pytest.mark.shared
@pytest.mark.parametrize("codec", ["aac", "mp2"])
def test_clipping_shows_through_packing(codec: str) -> None:
    packed = recorded(SPEECH, f"{CUT},volume=-10dB", 8, "-c:a", codec, "-b:a", "192k")
    assert sum(end - start for start, end in clipped(packed, exact=False)) > 100


@pytest.mark.parametrize(("rate_hz", "hz"), [(8000, 400), (8000, 440), (16000, 800), (44100, 2400), (48000, 2000)])
def test_a_steady_tone_of_few_samples_a_wave_is_not_clipped(rate_hz: int, hz: int) -> None:
    """Its samples fall at the same places of each wave, at some of which as many lie near the top as in cut sound."""
    hiss = np.random.default_rng(7).normal(0, 0.001, rate_hz)
    for phase in np.linspace(0, np.pi, 40, endpoint=False):
        sine = 0.2 * np.sin(2 * np.pi * hz * np.arange(rate_hz) / rate_hz + phase)
        assert len(flat_waves(sine + hiss)) == 0
    cut = np.clip(0.3 * np.sin(2 * np.pi * hz / 4 * np.arange(rate_hz) / rate_hz), -0.15, 0.15)
    assert len(flat_waves(cut + hiss)) > 100


def test_a_pure_tone_is_not_clipped() -> None:
    assert clipped(tone(3, 55, 0.5)) == []
    assert clipped(tone(3, 55, 0.5), exact=False) == []
    assert clipped(np.clip(tone(3, 55, 1.0), -0.5, 0.5)) == [(0, 60)]


def test_the_decoder_says_rate_and_channels() -> None:
    head = struct.pack(">4sIIIII", b".snd", 32, 0xFFFFFFFF, 6, 16000, 1) + b"12345678"
    body = np.linspace(-1, 1, 24_000, dtype=">f4").tobytes()
    pipe = io.BytesIO(head + body + b"\x00")  # a torn last sample
    form = samples.head(pipe)
    assert form == SampleFormat(16000, 1)
    assert [len(part) for part in samples.seconds(pipe, form)] == [16000, 8000]
    assert samples.head(io.BytesIO(b"")) is None
    with pytest.raises(ValueError, match="not as it was asked"):
        samples.head(io.BytesIO(struct.pack(">4sIIIII", b"RIFF", 32, 0, 6, 16000, 1)))


def test_full_notes_that_fade_are_not_cut_off() -> None:
    """A tone with a third partial has tops as flat as a cut's, but each note fades from level to level."""
    at = np.arange(48000) / 48000
    note = (np.sin(2 * np.pi * 220 * at) + np.sin(2 * np.pi * 660 * at) / 6) * np.sin(np.pi * at) ** 0.5 * 0.5
    sound = np.tile(np.stack((note, note), axis=1), (4, 1)).astype(np.float32)
    assert clipped(sound, exact=False) == []
