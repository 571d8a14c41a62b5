"""A capture that begins inside a group of pictures is delivered from its first whole picture on, sound in step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.transcode.conftest import Transcode
from tests.transcode.test_sounds import FAST, times

PACKET = 188
FLASH = "color=black:s=320x180:r=25:d=4,drawbox=c=white:t=fill:enable='eq(n,75)'"
BEEP = "aevalsrc='0.3*sin(2*PI*1000*t)*between(t,3,3.04)':s=48000:d=4"
CODED = {
    "H.264": ("-c:v", "libx264", "-preset", "veryfast", "-g", "25", "-x264-params", "scenecut=0"),
    "MPEG-2": ("-c:v", "mpeg2video", "-b:v", "2M", "-g", "15", "-bf", "2"),
}


@pytest.mark.parametrize("profile", [pytest.param("iptv-sd", marks=pytest.mark.acceptance), "proxy"])
@pytest.mark.parametrize("coded", CODED.values(), ids=CODED)
def test_it_begins_at_its_first_whole_picture_with_sound_in_step(
    coded: tuple[str, ...], profile: str, lavfi: Callable[..., Path], tmp_path: Path, transcode: Transcode
) -> None:
    given = ("-f", "lavfi", "-i", FLASH, "-f", "lavfi", "-i", BEEP)
    whole = lavfi(*given, *coded, "-c:a", "mp2", "-f", "mpegts", suffix=".ts").read_bytes()
    path = tmp_path / "cut.ts"
    path.write_bytes(whole[len(whole) // PACKET // 8 * PACKET + 50 :])
    made = transcode(path, profile, FAST)
    assert made.inspection.measures is not None
    (head,) = made.inspection.measures.video.undecoded_head
    line = made.inspection.programme
    assert line is not None
    assert made.plan.frames == line.frames < 100 - (head.value or 0) + 1
    picture, sound = times(made)
    assert abs(picture - sound) <= 0.04
    if profile == "proxy":  # the clock of a stream need not begin at 0
        assert picture == pytest.approx(3 - (100 - line.frames) / 25, abs=0.05)
