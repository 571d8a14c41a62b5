"""Every shipped profile from three different sources gives what MediaInfo says it should."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import extends
from pipeline.inspect import mediainfo
from pipeline.model.media import FieldOrder, Scan, VideoTrack
from tests.conftest import REAL_MEDIA, Showcase
from tests.factories import PROFILES

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]

NAMES = extends.names(PROFILES)
SOURCES = ("clip_480p30", "clip_720p25_51", "dv_576i_bff")
# picture size by source, as the three shapes ask for
MP4 = {
    "clip_480p30": {"projector": (720, 480), "proxy": (540, 360)},
    "clip_720p25_51": {"projector": (1280, 720), "proxy": (640, 360)},
    "dv_576i_bff": {"projector": (768, 576), "proxy": (480, 360)},
}


@pytest.fixture
def sources(lavfi: Callable[..., Path]) -> dict[str, Path]:
    dv = lavfi(
        "-i",
        str(REAL_MEDIA / "toy_rabbit_480p30.mp4"),
        "-vf",
        "fps=50,scale=720:576,setsar=16/15,format=yuv420p,interlace=scan=bff,setfield=bff",
        "-t",
        "5",
        "-c:v",
        "dvvideo",
        "-c:a",
        "pcm_s16le",
        "-ar",
        "48000",
        "-ac",
        "2",
        suffix=".avi",
    )
    return {
        "clip_480p30": REAL_MEDIA / "toy_rabbit_480p30.mp4",
        "clip_720p25_51": REAL_MEDIA / "bbb_rock_720p_51.mp4",
        "dv_576i_bff": dv,
    }


@pytest.mark.parametrize("source", SOURCES)
def test_each_profile_is_what_mediainfo_says_it_should_be(
    source: str, sources: dict[str, Path], showcase: Showcase
) -> None:
    wanted = [word for name in NAMES for word in ("--profile", name)]
    made = showcase("transcode", sources[source], *wanted, "-o", "out", "--json", timeout=800)
    assert made.code == 0, made.err
    out, stem = showcase.folder / "out", sources[source].stem
    original = mediainfo.inspect(sources[source]).video[0]

    def look(name: str) -> tuple[VideoTrack | None, str | None]:
        media = mediainfo.inspect(next(out.glob(f"{stem}.{name}")))
        tracks = media.video or media.images
        return (tracks[0] if tracks else None), (media.audio[0].codec if media.audio else None)

    for name, size, level in (("iptv-hd.ts", (1920, 1080), "High@L4"), ("iptv-sd.ts", (720, 576), "Main@L3")):
        track, sound = look(name)
        assert track is not None
        assert ((track.width, track.height), track.profile, track.bitrate_mode) == (size, level, "cbr")
        assert (track.frame_rate, track.scan, sound) == (25.0, Scan.PROGRESSIVE, "MPEG Audio")
        assert track.display_aspect == pytest.approx(16 / 9, abs=0.01)
    for name, codec in (("projector.mp4", "High@L4.1"), ("proxy.mp4", "Main@L3")):
        track, sound = look(name)
        assert track is not None
        assert ((track.width, track.height), track.profile) == (MP4[source][name.partition(".")[0]], codec)
        assert (track.frame_rate, track.scan, sound) == (25.0, Scan.PROGRESSIVE, "AAC")
    track, sound = look("mezzanine.mov")
    assert track is not None
    assert (track.codec, track.profile, sound) == ("ProRes", "422 HQ", "PCM")
    assert (track.width, track.height) == (original.width, original.height)
    assert track.frame_rate == pytest.approx(original.frame_rate, abs=0.01)
    if original.scan is Scan.INTERLACED:
        assert (track.scan, track.field_order) == (Scan.INTERLACED, FieldOrder.TFF)  # bottom first in, top first out
    else:
        assert track.scan is Scan.PROGRESSIVE
    assert look("audio-only.m4a") == (None, "AAC")
    assert look("audio-mp3.mp3") == (None, "MPEG Audio")
    pictures = {"poster.jpg": (1280, 720), "poster-portrait.jpg": (600, 800), "sprite.jpg": (1600, 90)}
    for name, picture in pictures.items():
        track, _ = look(name)
        assert track is not None
        assert (track.codec, (track.width, track.height)) == ("JPEG", picture)
    assert (out / f"{stem}.hls" / "master.m3u8").is_file()
    assert f"{stem}.sprite.jpg#xywh=".encode() in (out / f"{stem}.sprite.vtt").read_bytes()


def test_a_proxy_of_twenty_minutes_fits_a_bad_line(lavfi: Callable[..., Path], showcase: Showcase) -> None:
    """Moving pictures that are hard to code: under 1 Mbit/s all the same, so that 2 Mbit/s play it as it comes."""
    hard = lavfi(
        "-stream_loop",
        "-1",
        "-i",
        str(REAL_MEDIA / "toy_rabbit_480p30.mp4"),
        "-t",
        "1200",
        "-vf",
        "scale=640:360,noise=alls=40:allf=t",
        "-r",
        "25",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-crf",
        "30",
        "-c:a",
        "aac",
    )
    made = showcase("transcode", hard, "--profile", "proxy", "-o", "out", "--json", timeout=850)
    assert made.code == 0, made.err
    size = int(str(made.rows[0]["size_bytes"]))
    print(f"20 minutes of noise: {size / 1e6:.1f} MB, {size * 8 / 1200 / 1e6:.3f} Mbit/s")
    assert size * 8 / 1200 <= 1_000_000
