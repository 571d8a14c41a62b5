"""Known sound in, measured sound out: level, channels, languages, length, and that it keeps step with the picture."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import extends
from pipeline.media.mpegts import analysis
from pipeline.model.plan import OutputForm
from tests import ladders
from tests.factories import PROFILES
from tests.tiers import kept
from tests.transcode.conftest import Film, Transcode

Lavfi = Callable[..., Path]
PICTURE = ("-f", "lavfi", "-i", "color=gray:s=360x288:r=25:d={d},setsar=64/45")
FAST = "video: {preset: veryfast}"
CODECS = {
    "mp2": ("iptv-sd", ""),
    "aac": ("iptv-sd", "audio: {codec: aac}"),
    "ac3": ("iptv-sd", "audio: {codec: ac3}"),
    "mp4": ("projector", ""),
}


def with_sound(lavfi: Lavfi, sound: str, seconds: float = 4, *options: str, suffix: str = ".mkv") -> Path:
    picture = [word.format(d=seconds) for word in PICTURE]
    return lavfi(
        *picture,
        "-f",
        "lavfi",
        "-i",
        sound,
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-qp",
        "20",
        "-c:a",
        "pcm_s16le",
        *options,
        suffix=suffix,
    )


def level(samples: NDArray[np.float32], hertz: float, channel: int) -> float:
    """Amplitude of one tone in a channel, dBFS."""
    middle = samples[12_000:-12_000, channel].astype(float)
    turn = np.exp(-2j * np.pi * hertz * np.arange(len(middle)) / 48_000)
    return float(20 * np.log10(abs((middle * turn).mean()) * 2 + 1e-9))


@pytest.mark.parametrize("codec", kept(CODECS, "mp2", "aac"))
@pytest.mark.parametrize("volume", [-32, pytest.param(-12, marks=pytest.mark.acceptance)])
def test_the_level_is_the_profiles(codec: str, volume: int, lavfi: Lavfi, transcode: Transcode) -> None:
    """Plain gain: up or down, to 0.3 LU on the output, no limiter, nothing changed but the level."""
    profile, text = CODECS[codec]
    source = with_sound(lavfi, f"anoisesrc=c=pink:r=48000:seed=7:d=4,volume={volume}dB,aformat=channel_layouts=stereo")
    made = transcode(source, profile, f"{FAST}\n{text}")
    heard = made.rendition.loudness
    assert heard is not None
    assert heard.integrated_lkfs == pytest.approx(-24, abs=0.3)
    assert "alimiter" not in " ".join(made.plan.processes[0].argv)
    assert made.plan.notes == ()


def test_peaks_that_gain_alone_would_clip_are_limited_and_said(lavfi: Lavfi, transcode: Transcode) -> None:
    """Quiet speech with knocks: 20 dB of gain would put them over the ceiling."""
    source = with_sound(
        lavfi, "aevalsrc='0.01*sin(2*PI*300*t)+0.5*sin(2*PI*900*t)*lt(mod(t\\,2)\\,0.004)':s=48000:d=6", 6
    )
    made = transcode(source, "iptv-sd", FAST)
    heard = made.rendition.loudness
    assert heard is not None
    assert heard.true_peak_dbtp is not None
    assert heard.true_peak_dbtp <= -2.0
    assert [note.kind for note in made.plan.notes if note.kind == "limited"] == ["limited"]


SURROUND = {"FL": 500, "FR": 700, "FC": 900, "LFE": 60, "BL": 1300, "BR": 1700}


def test_surround_becomes_stereo_by_the_coefficients_of_bs_775(lavfi: Lavfi, transcode: Transcode) -> None:
    """L' = L + 0.7071 C + 0.7071 Ls, R' likewise, no LFE: -3.01 dB for centre and surround."""
    tones = "|".join(f"0.1*sin(2*PI*{hertz}*t)" for hertz in SURROUND.values())
    # FLAC says what its channels are; PCM in Matroska does not
    source = with_sound(lavfi, f"aevalsrc='{tones}':c=5.1:s=48000:d=4", 4, "-c:a", "flac")
    made = transcode(source, "mezzanine").samples()  # level as it came
    for channel, (own, other, back, far) in enumerate((("FL", "FR", "BL", "BR"), ("FR", "FL", "BR", "BL"))):
        assert level(made, SURROUND[own], channel) == pytest.approx(-20, abs=0.1)
        assert level(made, SURROUND["FC"], channel) == pytest.approx(-23.01, abs=0.1)
        assert level(made, SURROUND[back], channel) == pytest.approx(-23.01, abs=0.1)
        for absent in (SURROUND[other], SURROUND[far], SURROUND["LFE"]):
            assert level(made, absent, channel) < -70


def test_mono_is_heard_on_both_sides(lavfi: Lavfi, transcode: Transcode) -> None:
    made = transcode(with_sound(lavfi, "sine=600:r=48000:d=4"), "iptv-sd", FAST)
    samples = made.samples()
    assert abs(samples[:, 0] - samples[:, 1]).max() < 2e-3
    assert made.rendition.loudness is not None
    assert made.rendition.loudness.integrated_lkfs == pytest.approx(-24, abs=0.3)


def test_two_mono_tracks_are_left_and_right(lavfi: Lavfi, transcode: Transcode) -> None:
    """As XDCAM and P2 write them."""
    picture = [word.format(d=3) for word in PICTURE]
    source = lavfi(
        *picture,
        "-f",
        "lavfi",
        "-i",
        "sine=500:r=48000:d=3",
        "-f",
        "lavfi",
        "-i",
        "sine=800:r=48000:d=3",
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-map",
        "2:a",
        "-c:v",
        "mpeg2video",
        "-q:v",
        "3",
        "-c:a",
        "pcm_s16le",
        suffix=".mxf",
    )
    samples = transcode(source, "iptv-sd", FAST).samples()
    assert level(samples, 500, 0) - level(samples, 500, 1) > 30
    assert level(samples, 800, 1) - level(samples, 800, 0) > 30


@pytest.mark.parametrize(
    "rate", [44_100, *(pytest.param(rate, marks=pytest.mark.acceptance) for rate in (32_000, 96_000))]
)
def test_every_rate_becomes_48_khz_in_tune(rate: int, lavfi: Lavfi, transcode: Transcode) -> None:
    source = with_sound(lavfi, f"sine=997:r={rate}:d=4,volume=-6dB,aformat=channel_layouts=stereo")
    made = transcode(source, "iptv-sd", FAST)
    samples = made.samples()[24_000:72_000, 0]
    assert np.argmax(abs(np.fft.rfft(samples))) == 997
    assert made.rendition.media.audio[0].sample_rate_hz == 48_000


@pytest.mark.parametrize("seconds", [2.0, pytest.param(6.0, marks=pytest.mark.acceptance)])
def test_sound_is_as_long_as_the_picture(seconds: float, lavfi: Lavfi, transcode: Transcode) -> None:
    """Filled with silence where it ends early, cut where it goes on."""
    made = transcode(with_sound(lavfi, f"sine=500:r=48000:d={seconds},volume=-10dB"), "mezzanine")
    samples = made.samples()
    assert len(samples) == 4 * 48_000
    silent = abs(samples[int(2.1 * 48_000) :]).max() < 1e-4
    assert silent == (seconds < 4)


def test_several_languages_have_tracks_of_their_own(lavfi: Lavfi, transcode: Transcode) -> None:
    """Each at its level, in the order of the submission, told by descriptor, on a PID of its own."""
    film = with_sound(lavfi, "sine=500:r=48000:d=4,volume=-20dB")
    dubs = {
        "uig": lavfi("-f", "lavfi", "-i", "sine=800:r=44100:d=5,volume=-30dB", suffix=".wav"),
        "kaz": lavfi("-f", "lavfi", "-i", "sine=1100:r=48000:d=3,volume=-3dB", suffix=".wav"),
    }
    made = transcode(film, "iptv-sd", FAST, dubs=dubs)
    report = analysis.analyse(made.path)
    assert [(item.pid, item.language) for item in report.tracks] == [
        (256, None),
        (257, "zho"),
        (258, "uig"),
        (259, "kaz"),
    ]
    assert report.findings == ()
    assert report.rate_bps == pytest.approx(2_880_000, rel=1e-4)  # (1.05 × 2000 + 1.08 × 576 + 60) × 1.03, up to 20
    for track, hertz in enumerate((500, 800, 1100)):
        samples = made.samples(track)
        assert len(samples) / 48_000 == pytest.approx(4, abs=0.05)
        assert np.argmax(abs(np.fft.rfft(samples[24_000:72_000, 0]))) == hertz


def test_a_file_takes_the_place_of_the_films_sound_in_its_language(lavfi: Lavfi, transcode: Transcode) -> None:
    film = with_sound(lavfi, "sine=500:r=48000:d=4,volume=-20dB")
    mix = lavfi("-f", "lavfi", "-i", "sine=800:r=48000:d=4,volume=-20dB", suffix=".wav")
    made = transcode(film, "iptv-sd", FAST, dubs={"zho": mix})
    assert len(made.rendition.media.audio) == 1
    samples = made.samples()
    assert level(samples, 800, 0) - level(samples, 500, 0) > 40


def test_languages_are_named_as_the_operator_names_them(lavfi: Lavfi, transcode: Transcode) -> None:
    film = with_sound(lavfi, "sine=500:r=48000:d=4,volume=-20dB")
    made = transcode(film, "iptv-sd", FAST + "\nmux: {language_codes: B}\naudio: {codec: ac3}")
    report = analysis.analyse(made.path)
    sound = report.tracks[1]
    assert (sound.language, sound.codec, sound.stream_type) == ("chi", "ac3", 0x06)  # AC-3 as DVB carries it
    assert report.findings == ()


@pytest.mark.acceptance
def test_a_file_of_sound_may_begin_with_the_programme_or_with_the_line_up(lavfi: Lavfi, transcode: Transcode) -> None:
    """Said where it does not fit either."""
    film = with_sound(lavfi, "sine=500:r=48000:d=4,volume=-20dB")
    short = lavfi("-f", "lavfi", "-i", "sine=800:r=48000:d=1,volume=-20dB", suffix=".wav")
    made = transcode(film, "projector", FAST, dubs={"uig": short})
    assert [note.values["language"] for note in made.plan.notes if note.kind == "sound_length"] == ["uig"]


@pytest.mark.parametrize(("told", "is_now"), [("chi", "zho"), ("por", "por"), ("ger", "deu"), ("zh-Hans", "zho")])
def test_a_films_own_language_tags_are_understood(told: str, is_now: str, lavfi: Lavfi, transcode: Transcode) -> None:
    from pipeline.inspect import mediainfo

    film = with_sound(lavfi, "sine=500:r=48000:d=2,volume=-20dB", 2, "-metadata:s:a:0", f"language={told}")
    assert mediainfo.inspect(film).audio[0].language == is_now


@pytest.mark.acceptance
@pytest.mark.parametrize("profile", ["mezzanine", "projector"])
def test_files_say_their_languages(profile: str, lavfi: Lavfi, transcode: Transcode) -> None:
    film = with_sound(lavfi, "sine=500:r=48000:d=3,volume=-20dB", 3)
    dub = lavfi("-f", "lavfi", "-i", "sine=800:r=48000:d=3,volume=-20dB", suffix=".wav")
    made = transcode(film, profile, dubs={"eng": dub})
    assert [track.language for track in made.rendition.media.audio] == ["zho", "eng"]


# --- in step -------------------------------------------------------------------------------------------------------

EVERY = [name for name in extends.names(PROFILES) if name not in ("poster", "sprite", "audio-only", "audio-mp3")]
AT = 2.0


@pytest.fixture(scope="module")
def flash_and_beep(lavfi: Lavfi) -> Path:
    """One white picture and 40 ms of tone at 2 s."""
    flash = f"color=black:s=640x360:r=25:d=3,drawbox=c=white:t=fill:enable='eq(n,{AT * 25:g})'"
    beep = f"aevalsrc='0.3*sin(2*PI*1000*t)*between(t,{AT},{AT + 0.04})':s=48000:d=3"
    return lavfi(
        "-f",
        "lavfi",
        "-i",
        flash,
        "-f",
        "lavfi",
        "-i",
        beep,
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-bf",
        "2",
        "-c:a",
        "aac",
        "-b:a",
        "256k",
    )


def times(made: Film) -> tuple[float, float]:
    """When picture and sound are there, by the file's own clock: as a player would show them."""
    # the sound of HLS is a rendition of its own. Each is told from where it begins (which is 0 in both: test_verify),
    # since ffmpeg keeps decoding times that are not negative and so has pictures later than their fragments say
    hls = made.rendition.form is OutputForm.HLS_VIDEO
    clock = () if hls else ("-copyts",)
    picture = made.path.with_name("index.m3u8") if hls else made.path
    sound = made.path.parents[1] / "audio" / "index.m3u8" if hls else made.path
    words = ""
    for path, seen in (
        (picture, ("-an", "-vf", "blackdetect=d=0.01:pix_th=0.3")),
        (sound, ("-vn", "-af", "silencedetect=n=-40dB:d=0.1")),
    ):
        command = [
            str(made.ffmpeg),
            "-nostdin",
            "-hide_banner",
            "-loglevel",
            "info",
            *clock,
            "-i",
            str(path),
            *seen,
            "-f",
            "null",
            "-",
        ]
        words += subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stderr
    dark = [float(part.split()[0]) for part in words.split("black_end:")[1:]]
    quiet = [float(part.split()[0]) for part in words.split("silence_end: ")[1:]]
    return dark[0], quiet[0]


IN_SUITE = ("iptv-sd",)


@pytest.mark.parametrize(
    "profile", [pytest.param(name, marks=() if name in IN_SUITE else pytest.mark.acceptance) for name in EVERY]
)
def test_picture_and_sound_keep_step(profile: str, flash_and_beep: Path, transcode: Transcode) -> None:
    text = ladders.FAST if profile.startswith("hls") else "" if profile == "mezzanine" else FAST
    made = transcode(flash_and_beep, profile, text)
    picture, sound = times(made)
    assert abs(picture - sound) <= 0.04
