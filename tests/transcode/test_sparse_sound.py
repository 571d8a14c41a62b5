"""Sound whose loudness hangs on where its blocks begin is delivered as near as it goes, and said; no other sound is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.model.loudness import SLACK_LU
from pipeline.policy import load
from tests.factories import PROFILES, reported
from tests.transcode.conftest import Transcode
from tests.transcode.test_sounds import FAST, with_sound

Lavfi = Callable[..., Path]
POLICY = load.policy("showcase-film", PROFILES)


def tone(when: str, more: str = "") -> str:
    heard = f"0.5*sin(2*PI*1000*t)*{when}{more}"
    return f"aevalsrc='{heard}|{heard}':s=48000:d=6"


def beeps(length_s: float, every_s: float, first_s: float = 0.0, more: str = "") -> str:
    return tone(f"lt(mod(t-{first_s}\\,{every_s})\\,{length_s})*gte(t\\,{first_s})", more)


SPARSE = {
    "beeps of 200 ms": beeps(0.2, 2, 0.013),
    "beeps of 80 ms": beeps(0.08, 2, 0.088),
    "one clap": beeps(0.015, 60, 3.03),
    "a metronome over quiet music": beeps(0.03, 0.5, 0.03, "+0.01*sin(2*PI*330*t)*(0.6+0.4*sin(2*PI*t))"),
    "dense ticks": beeps(0.02, 0.3, 0.033),
    "near the gate": beeps(0.4, 1, 0.033).replace("0.5*sin", "0.00045*sin"),
    "bursts of noise": (
        "anoisesrc=c=pink:r=48000:seed=3:d=6,volume='lt(mod(t-0.03\\,1.5)\\,0.1)':eval=frame,"
        "aformat=channel_layouts=stereo"
    ),
}
# syllables of 180 ms in words of a second or two, with pauses between them
_SYLLABLES = "(0.08+0.9*pow(abs(sin(2*PI*2.7*t))\\,1.5))"
FIRM = {
    "a steady tone": tone("1"),
    "music": tone("(0.6+0.4*sin(2*PI*t))"),
    "speech": tone(_SYLLABLES),
    "speech with long pauses": tone(f"{_SYLLABLES}*lt(mod(t\\,3)\\,1.8)"),
    "dense buzzing": beeps(0.1, 0.15),
}
IN_SUITE = ("beeps of 200 ms", "a metronome over quiet music", "speech")


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(sound, id=name, marks=() if name in IN_SUITE else pytest.mark.acceptance)
        for name, sound in SPARSE.items()
    ],
)
def test_sparse_sound_is_delivered_and_said(sound: str, lavfi: Lavfi, transcode: Transcode) -> None:
    made = transcode(with_sound(lavfi, sound, 6), "iptv-sd", FAST)
    spread = made.inspection.measures.audio.loudness_spread_lu  # type: ignore[union-attr]
    assert spread is not None
    assert spread > 0.3
    assert [note.values["spread"] for note in made.plan.notes if note.kind == "sparse"] == [spread]
    assert made.plan.outputs[0].expected.audio[0].loudness_lkfs is None
    assert "content.loudness_sparse" in {item.code for item in reported(made.inspection, POLICY).findings}
    heard = made.rendition.loudness
    assert heard is not None
    assert heard.integrated_lkfs is not None
    if "out_of_reach" not in {note.kind for note in made.plan.notes}:
        assert heard.integrated_lkfs == pytest.approx(-24, abs=SLACK_LU + spread)


@pytest.mark.parametrize(
    "sound",
    [
        pytest.param(sound, id=name, marks=() if name in IN_SUITE else pytest.mark.acceptance)
        for name, sound in FIRM.items()
    ],
)
def test_other_sound_is_held_to_its_level_as_before(sound: str, lavfi: Lavfi, transcode: Transcode) -> None:
    made = transcode(with_sound(lavfi, sound, 6), "iptv-sd", FAST)
    measures = made.inspection.measures
    assert measures is not None
    assert measures.audio.loudness_spread_lu is None
    assert "loudness_spread_lu" not in measures.to_json()
    assert made.plan.notes == ()
    assert made.plan.outputs[0].expected.audio[0].loudness_lkfs == -24.0
    assert measures.audio.stereo is not None
    assert made.inspection.levels[0].gain_db == round(-24.0 - (measures.audio.stereo.integrated_lkfs or 0.0), 2)
    assert made.rendition.loudness is not None
    assert made.rendition.loudness.integrated_lkfs == pytest.approx(-24, abs=SLACK_LU + 1e-6)


@pytest.mark.acceptance
def test_what_is_left_out_does_not_make_a_sound_firm(lavfi: Lavfi, transcode: Transcode) -> None:
    """A tone behind the picture's end is not heard: the beeps in front of it are all there is."""
    sound = beeps(0.08, 2, 0.088).replace("d=6", "d=3") + "[a];" + "sine=500:r=48000:d=3,volume=-6dB,"
    sound += "aformat=channel_layouts=stereo[b];[a][b]concat=v=0:a=1"
    made = transcode(with_sound(lavfi, sound, 3), "iptv-sd", FAST)
    assert [note.kind for note in made.plan.notes if note.kind == "sparse"] == ["sparse"]
