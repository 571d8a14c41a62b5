"""Coded sound in PCM is refused by its name, whatever the container; sound, noise and clipped sound are not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import Unsuitable
from pipeline.inspect.audio.coded import CodedSound
from pipeline.inspect.audio.samples import Array
from pipeline.model.inspection import Inspection
from tests.conftest import Showcase
from tests.ffmpeg.test_report import H264, PICTURE, Lavfi
from tests.tiers import kept

Inspect = Callable[[Path], Inspection]
RATE = 48_000
TONE = ("-f", "lavfi", "-i", "sine=f=500:d=1:r=48000", "-ac", "2")
PCM = ("-f", "s16le", "-ar", "48000", "-ac", "2", "-i")
# how the samples are brought into each container
CARRIERS: dict[str, tuple[str, ...]] = {
    ".mov": (*H264, "-c:a", "pcm_s24le"),
    ".mkv": (*H264, "-c:a", "pcm_s16le"),
    ".avi": (*H264, "-c:a", "pcm_s16le"),
    ".mxf": ("-c:v", "mpeg2video", "-c:a", "pcm_s24le"),
    ".ts": ("-c:v", "mpeg2video", "-c:a", "s302m", "-strict", "-2"),
}


def bursts(words: tuple[int, ...], bits: int, every: int, *, layout: str = "across", channels: int = 2) -> Array:
    """Two seconds of noise in which `words` come again and again at the top of the samples, and 0 behind them."""
    samples = np.random.default_rng(1).integers(-(1 << 23), 1 << 23, (2 * RATE, channels), np.int64)
    for at in range(1000, 2 * RATE - every, every):
        for number, word in enumerate(words):
            place = (at + number // 2, number % 2) if layout == "across" else (at + number, channels - 1)
            value = word << (24 - bits)
            samples[place] = value - (1 << 24) if value >> 23 else value
    return (samples / (1 << 23)).astype(np.float32)


def name_of(samples: Array, block: int = RATE) -> str | None:
    found = CodedSound()
    for at in range(0, len(samples), block):
        found.process(samples[at : at + block])
    return found.name


@pytest.mark.parametrize("layout", ["across", "below"])
@pytest.mark.parametrize(
    ("words", "bits", "name"),
    [
        ((0xF872, 0x4E1F, 0x0001, 0x1800), 16, "AC-3"),
        ((0x72F8, 0x1F4E, 0x0100, 0x0018), 16, "AC-3"),  # its bytes swapped
        ((0xF872, 0x4E1F, 0x0010, 0x1800), 16, "E-AC-3"),
        ((0xF872, 0x4E1F, 0x0015, 0x1800), 16, "E-AC-3"),
        ((0xF872, 0x4E1F, 0x000B, 0x2000, 0x7FFE), 16, "DTS"),
        ((0xF872, 0x4E1F, 0x000B, 0x2000, 0xFFF1), 16, "AAC"),
        ((0xF872, 0x4E1F, 0x0018, 0x2000), 16, "data type 24"),
        ((0x6F872, 0x54E1F, 0x003C0, 0x18000), 20, "Dolby E"),
        ((0x96F872, 0xA54E1F, 0x005C00, 0x180000), 24, "Dolby E"),
        ((0x7FFE, 0x8001, 0xFC3C), 16, "DTS"),
        ((0x1FFF, 0xE800, 0x07F1), 16, "DTS"),
    ],
)
def test_bursts_are_found_and_named(words: tuple[int, ...], bits: int, name: str, layout: str) -> None:
    assert name_of(bursts(words, bits, 1920, layout=layout)) == name
    assert name_of(bursts(words, bits, 1920, layout=layout), block=1777) == name
    assert name_of(bursts(words, bits, 1920, layout="below", channels=1)) == name


def test_time_stamps_beside_dolby_e_do_not_name_it() -> None:
    both = bursts((0xF872, 0x4E1F, 0x001C, 0), 16, 1920)
    stamps = bursts((0xF872, 0x4E1F, 0x0002, 0), 16, 1920)
    for at in range(1000, len(both) - 3000, 1920):
        both[at + 200 : at + 202] = stamps[at : at + 2]
    assert name_of(both) == "Dolby E"


def square(high: int, low: int, period: int = 480) -> Array:
    wave = np.where(np.arange(2 * RATE) % period < period // 2, high, low) / 32768
    return np.stack((wave, wave), axis=1).astype(np.float32)


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros((2 * RATE, 2), np.float32),
        np.random.default_rng(2).integers(-32768, 32768, (4 * RATE, 2)).astype(np.float32) / 32768,
        square(32767, -32768),
        square(0x7FFE, 0x8001 - 65536),  # the sync words of DTS, at every step down
        np.tile(np.array([[0xF872 - 65536, 0x4E1F]], np.float32) / 32768, (2 * RATE, 1)),  # a value that stays
        bursts((0xF872, 0x4E1F, 1, 0x1800), 16, RATE - 600)[: 2 * RATE - 1200],  # once
        bursts((0xF872, 0x4E1E, 1, 0x1800), 16, 1920),
    ],
    ids=["silence", "noise", "square", "square as DTS", "constant", "once", "another word"],
)
def test_sound_is_not_taken_for_bursts(samples: Array) -> None:
    assert name_of(samples) is None


@pytest.fixture
def carried(lavfi: Lavfi) -> Callable[..., Path]:
    """A film whose PCM holds what the encoder made, in IEC 61937."""

    def make(encoder: str, suffix: str, *more: str) -> Path:
        coded = lavfi(*TONE, "-c:a", encoder, "-strict", "-2", "-f", "spdif", suffix=".spdif")
        if suffix == ".wav":
            return lavfi(*PCM, str(coded), "-c", "copy", suffix=suffix)
        return lavfi(*PICTURE, *PCM, str(coded), "-t", "1", *(more or CARRIERS[suffix]), suffix=suffix)

    return make


def refused(inspect: Inspect, path: Path) -> tuple[str, str | None, str | None, str | None]:
    with pytest.raises(Unsuitable) as caught:
        inspect(path)
    error = caught.value
    return error.code, error.reason, error.track, error.detail


@pytest.mark.parametrize("suffix", [*CARRIERS, ".wav"])
def test_every_container_gives_the_same_answer(suffix: str, carried: Callable[..., Path], inspect: Inspect) -> None:
    assert refused(inspect, carried("ac3", suffix)) == ("audio.codec", "coded_in_pcm", "audio:0", "AC-3")


@pytest.mark.parametrize(("encoder", "name"), [("eac3", "E-AC-3"), ("dca", "DTS"), ("mp2", "MPEG Audio")])
@pytest.mark.parametrize("suffix", [".wav", ".mkv"])
def test_every_coding_has_its_name(
    encoder: str, name: str, suffix: str, carried: Callable[..., Path], inspect: Inspect
) -> None:
    assert refused(inspect, carried(encoder, suffix))[3] == name


def test_two_mono_tracks_are_looked_at_as_one(carried: Callable[..., Path], inspect: Inspect) -> None:
    split = ("-filter_complex", "[1:a]channelsplit[l][r]", "-map", "0:v", "-map", "[l]", "-map", "[r]")
    assert refused(inspect, carried("ac3", ".mov", *split, *CARRIERS[".mov"]))[3] == "AC-3"


def test_surround_that_is_coded_in_two_channels_is_no_surround(lavfi: Lavfi, inspect: Inspect) -> None:
    coded = lavfi(*TONE[:4], "-af", "aformat=channel_layouts=5.1(side)", "-c:a", "ac3", "-f", "spdif", suffix=".spdif")
    for suffix in (".wav", ".mov"):
        path = lavfi(*PCM, str(coded), "-c", "copy", suffix=suffix)
        assert refused(inspect, path)[3] == "AC-3"


@pytest.mark.parametrize("suffix", kept(CARRIERS, ".ts"))
def test_a_plain_twin_is_taken(suffix: str, lavfi: Lavfi, inspect: Inspect) -> None:
    found = inspect(lavfi(*PICTURE, *TONE, *CARRIERS[suffix], suffix=suffix))
    assert found.media.audio[0].coded is None


@pytest.mark.acceptance
def test_a_further_language_is_refused_too(lavfi: Lavfi, carried: Callable[..., Path], showcase: Showcase) -> None:
    coded = lavfi(*TONE, "-c:a", "ac3", "-f", "spdif", suffix=".spdif")
    path = lavfi(
        *(*PICTURE, *TONE[:4], *PCM, str(coded), "-map", "0", "-map", "1", "-map", "2"),
        *(*CARRIERS[".mkv"], "-metadata:s:a:0", "language=zho", "-metadata:s:a:1", "language=uig"),
        suffix=".mkv",
    )
    found = showcase("check", path, "--json").rows[0]["findings"]
    assert [(item["code"], item["track"], item["actual"]) for item in found] == [  # type: ignore[attr-defined]
        ("audio.codec", "audio:1", "AC-3 in PCM")
    ]
    one = carried("ac3", ".mkv")
    checked, ran = showcase("check", one, "--lang", "en"), showcase("run", one, "--accept", "so", "--lang", "en")
    planned = showcase("run", "-n", one, "--accept", "so", "--lang", "en")
    made = showcase("transcode", one, "--profile", "proxy", "-o", "out", "--lang", "en")
    assert (checked.code, ran.code, planned.code, made.code) == (1, 1, 1, 4)
    for said in (checked.out, ran.out, planned.out, made.err):
        assert "the sound track is marked as PCM and holds coded sound (AC-3)" in said
