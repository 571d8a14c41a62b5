"""The main job on real clips: a sensible verdict, then a package or one clear reason why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import REAL_MEDIA, Showcase

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

# clip → exit code of `run`, codes of severity error, picture size and rate as mediainfo shows them
CLIPS: dict[str, tuple[int, set[str], str, float]] = {
    "bbb_rock_720p_51.mp4": (0, set(), "1280x720", 25.0),
    "toy_rabbit_480p30.mp4": (0, set(), "720x480", 30.0),
    "toy_pig_480p30.mp4": (0, set(), "720x480", 30.0),
    "stream_of_water_360p.mp4": (0, set(), "480x360", 29.97),
    "person_walk_432p10.mp4": (1, {"audio.missing"}, "768x432", 10.0),
    "asl_sister_480p30.mkv": (1, {"audio.missing"}, "640x480", 30.0),
    "bottles_360p30.mp4": (1, {"audio.missing"}, "640x360", 29.833),
    "car_from_above_432p12.mp4": (1, {"content.silence"}, "768x432", 12.5),
}


@pytest.mark.parametrize("name", CLIPS)
def test_each_clip_is_judged_and_delivered_or_refused(name: str, showcase: Showcase) -> None:
    code, errors, size, rate = CLIPS[name]
    ran = showcase("run", REAL_MEDIA / name, "--json", timeout=500)
    assert ran.code == code, ran.err
    report = ran.rows[0]
    track = report["media"]["video"][0]  # type: ignore[index]
    assert (f"{track['width']}x{track['height']}", track["frame_rate"]) == (size, rate)
    assert {item["code"] for item in report["findings"] if item["severity"] == "error"} == errors  # type: ignore[attr-defined, index]
    if code:
        accepted = showcase("run", REAL_MEDIA / name, "--accept", "test", "--json", timeout=500)
        assert accepted.code == 0, accepted.err
    folder = next((showcase.folder / ".showcase" / "work" / "package").glob("*/package"))
    assert showcase("verify", folder, timeout=500).code == 0


@pytest.mark.parametrize("suffix", [".mxf", ".mpg", ".ts", ".mov"])
def test_mpeg2_1080i25_in_every_wrapper(suffix: str, lavfi: Callable[..., Path], showcase: Showcase) -> None:
    """MPEG-2 1080i25 made from a real clip; PCM where the wrapper takes it."""
    sound = "mp2" if suffix in (".mpg", ".ts") else "pcm_s16le"
    film = lavfi(
        "-i",
        str(REAL_MEDIA / "toy_pig_480p30.mp4"),
        "-vf",
        "fps=50,scale=1920:1080,setsar=1,format=yuv420p,interlace=scan=tff,setfield=tff",
        "-t",
        "6",
        "-c:v",
        "mpeg2video",
        "-flags",
        "+ildct+ilme",
        "-b:v",
        "25M",
        "-maxrate",
        "30M",
        "-bufsize",
        "8M",
        "-g",
        "12",
        "-bf",
        "2",
        "-c:a",
        sound,
        "-ar",
        "48000",
        "-ac",
        "2",
        suffix=suffix,
    )
    ran = showcase("run", film, "--json", timeout=500)
    assert ran.code == 0, ran.out + ran.err
    media = ran.rows[0]["media"]
    assert media["video"][0]["codec"] == "MPEG-2 Video"  # type: ignore[index]
    assert (media["video"][0]["scan"], media["video"][0]["field_order"]) == ("interlaced", "tff")  # type: ignore[index]
    frames = ran.rows[0]["measures"]["timeline"]["frames"]  # type: ignore[index]
    folder = next((showcase.folder / ".showcase" / "work" / "package").glob("*/package"))
    import json

    streams = {item["name"]: item for item in json.loads((folder / "package.json").read_text())["renditions"]}
    assert streams["iptv-hd"]["frames"] == streams["iptv-sd"]["frames"] == frames
