"""Deliveries from the sources that come in, and our analyser beside those of others: on good streams and on bad ones.

Needs `tsreport` (tstools) and `dvbinfo` (dvbpsi-utils); without them it fails.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.inspect import mediainfo
from pipeline.media.mpegts import analysis
from pipeline.model.media import FieldOrder, Scan
from tests.conftest import REAL_MEDIA, Showcase
from tests.media.test_mpegts import (
    CBR,
    CODED,
    DAMAGE,
    MUX,
    NOISE,
    SOUND,
    TIMES,
    X264,
    broken,
    packets_of,
)

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1500)]

Lavfi = Callable[..., Path]


@pytest.fixture(autouse=True, scope="module")
def _tools() -> None:
    missing = [name for name in ("tsreport", "dvbinfo") if shutil.which(name) is None]
    assert not missing, f"apt-get install tstools dvbpsi-utils: {missing}"


def said(*argv: str | Path) -> str:
    done = subprocess.run([*map(str, argv)], capture_output=True, timeout=300, check=False)
    return (done.stdout + done.stderr).decode("utf-8", "replace")


def tsreport(path: Path) -> str:
    return said("tsreport", "-b", path)


def dvbinfo(path: Path) -> str:
    return said("dvbinfo", "-d", "error", "-f", path, "-s", "table")


def complaints(ffmpeg: Path, path: Path) -> list[str]:
    """What ffmpeg says of a stream while it decodes all of it."""
    return said(ffmpeg, "-nostdin", "-v", "warning", "-i", path, "-map", "0", "-f", "null", "-").splitlines()


def longest_delays(report: str) -> list[float]:
    """DTS − PCR at its longest, ms, of each stream as tsreport measures it (the last figure where PTS has one too)."""
    streams = report.split("\nStream ")[1:]
    return [int(re.findall(r"Maximum difference was +(\d+)t", stream)[-1]) / 90 for stream in streams]


def test_all_agree_that_a_good_stream_is_good(lavfi: Lavfi, ffmpeg: Path) -> None:
    good = lavfi(*NOISE, *CODED, *MUX, *CBR, suffix=".ts")
    ours = analysis.analyse(good)
    assert ours.findings == ()
    theirs = tsreport(good)
    assert "###" not in theirs
    assert "Linear PCR prediction errors: min=0t, max=0t" in theirs
    assert sorted(longest_delays(theirs)) == pytest.approx(sorted(track.most_delay_ms for track in ours.tracks), abs=1)
    assert "error" not in dvbinfo(good).lower()
    assert complaints(ffmpeg, good) == []


# what each of the others can see of our damages
SEEN = {
    "lost_packet": (tsreport, "Continuity Counter discontinuity"),
    "swapped_packets": (tsreport, "Continuity Counter discontinuity"),
    "thrice": (tsreport, "duplicate packets: [1-9]"),
    "sync_byte": (tsreport, "TS packet starts 48, not 47"),
    "wrong_crc": (dvbinfo, "Bad CRC_32"),
    "no_pes": (tsreport, "###"),
}


@pytest.mark.parametrize("name", SEEN)
def test_others_see_what_we_see(name: str, lavfi: Lavfi, tmp_path: Path) -> None:
    good = lavfi(*NOISE, *CODED, *MUX, *CBR, suffix=".ts")
    damage, wanted = next(item for item in DAMAGE if item[0].__name__ == name)
    stream = packets_of(good)
    damage(stream)
    bad = tmp_path / "bad.ts"
    bad.write_bytes(b"".join(stream))
    assert broken(analysis.analyse(bad)) == wanted
    tool, words = SEEN[name]
    assert re.search(words, tool(bad))


WRONG = {
    "no muxrate": ((*CODED, *MUX, *TIMES), {"constant_rate", "pat_interval", "pmt_interval"}),
    "a muxrate 5 % too low": ((*CODED, *MUX, "-muxrate", "2320k", *TIMES), {"mux_budget"}),
    "a buffer of a second": ((*X264, "-g", "25", "-bufsize", "2000k", *SOUND, *MUX, *CBR), {"hrd"}),
    "a head of 0.4 s": ((*CODED, *MUX, *CBR, "-muxdelay", "0.4"), {"slack"}),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_options_are_named(name: str, lavfi: Lavfi, showcase: Showcase) -> None:
    options, wanted = WRONG[name]
    stream = lavfi(*NOISE, *options, suffix=".ts")
    judged = showcase("verify", stream, "--json")
    checks = judged.rows[0]["streams"][stream.name]["checks"]  # type: ignore[index]
    found = {item["id"] for item in checks if item["status"] in ("error", "warning")}
    print(name, judged.code, sorted(found))
    assert wanted <= found


# --- the matrix ----------------------------------------------------------------------------------------------------

CLIP = ("-stream_loop", "-1", "-i", str(REAL_MEDIA / "toy_rabbit_480p30.mp4"))
# real pictures with one white picture and 40 ms of tone at 2 s
BEEP = (
    "-f",
    "lavfi",
    "-i",
    "aevalsrc='0.02*sin(2*PI*300*t)+0.4*sin(2*PI*1000*t)*between(t,2,2.04)':s=48000:c={layout}",
)
FLASH = "drawbox=c=white:t=fill:enable='between(t,2,2.0{last})'"


def source(lavfi: Lavfi, size: str, rate: str, tail: str, *options: str, suffix: str, layout: str = "stereo") -> Path:
    width, height = size.split("x")
    flash = FLASH.format(last="1" if rate in ("50", "60") else "3")
    beep = [word.format(layout=layout) for word in BEEP]
    if layout != "stereo":
        beep[-1] = (
            "aevalsrc='"
            + "|".join(["0.4*sin(2*PI*1000*t)*between(t,2,2.04)+0.02*sin(2*PI*300*t)"] * 6)
            + "':s=48000:c=5.1"
        )
    picture = f"fps={rate},scale={width}:{height},{flash}{tail}"
    return lavfi(*CLIP, *beep, "-map", "0:v", "-map", "1:a", "-t", "5", "-vf", picture, *options, suffix=suffix)


def interlaced_mxf(lavfi: Lavfi) -> Path:
    return source(
        lavfi,
        "1920x1080",
        "50",
        ",setsar=1,interlace=scan=tff,setfield=tff,format=yuv422p",
        "-c:v",
        "mpeg2video",
        "-b:v",
        "50M",
        "-maxrate",
        "50M",
        "-bufsize",
        "17M",
        "-flags",
        "+ildct+ilme",
        "-c:a",
        "pcm_s24le",
        suffix=".mxf",
    )


def dv(aspect: str) -> Callable[[Lavfi], Path]:
    sample = {"4/3": "16/15", "16/9": "64/45"}[aspect]
    return lambda lavfi: source(
        lavfi,
        "720x576",
        "50",
        f",setsar={sample},interlace=scan=bff,setfield=bff,format=yuv420p",
        "-c:v",
        "dvvideo",
        "-aspect",
        aspect.replace("/", ":"),
        "-c:a",
        "pcm_s16le",
        suffix=".mov",
    )


def camera(lavfi: Lavfi) -> Path:
    return source(
        lavfi,
        "1920x1080",
        "25",
        ",setsar=1,format=yuv420p",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-b:v",
        "20M",
        "-c:a",
        "aac",
        "-b:a",
        "256k",
        suffix=".mp4",
    )


def phone(lavfi: Lavfi) -> Path:
    holes = ",setsar=1,format=yuv420p,select='not(eq(mod(n\\,23)\\,7))'"
    flat = source(
        lavfi,
        "1280x720",
        "30000/1001",
        holes,
        "-fps_mode",
        "vfr",
        "-c:v",
        "libx264",
        "-preset",
        "veryfast",
        "-crf",
        "18",
        "-c:a",
        "aac",
        "-ar",
        "44100",
        suffix=".mp4",
    )
    return lavfi("-display_rotation:v:0", "-90", "-i", str(flat), "-c", "copy")


def hlg(lavfi: Lavfi) -> Path:
    tags = "setparams=color_primaries=bt2020:color_trc=arib-std-b67:colorspace=bt2020nc:range=tv"
    return source(
        lavfi,
        "3840x2160",
        "50",
        f",setsar=1,format=yuv420p10le,{tags}",
        "-c:v",
        "libx265",
        "-preset",
        "ultrafast",
        "-x265-params",
        "log-level=error:colorprim=bt2020:transfer=arib-std-b67:colormatrix=bt2020nc",
        "-tag:v",
        "hvc1",
        "-c:a",
        "aac",
        suffix=".mp4",
    )


def prores(lavfi: Lavfi) -> Path:
    return source(
        lavfi,
        "1920x1080",
        "25",
        ",setsar=1,format=yuv422p10le",
        "-c:v",
        "prores_ks",
        "-profile:v",
        "3",
        "-c:a",
        "pcm_s24le",
        suffix=".mov",
        layout="5.1",
    )


def late(lavfi: Lavfi) -> Path:
    return lavfi("-i", str(camera(lavfi)), "-c", "copy", "-output_ts_offset", "36000", suffix=".ts")


SOURCES = {
    "1080i25 MPEG-2 MXF": interlaced_mxf,
    "DV 4:3": dv("4/3"),
    "DV 16:9": dv("16/9"),
    "1080p25 H.264": camera,
    "phone 29.97 VFR turned": phone,
    "2160p50 HLG": hlg,
    "ProRes 5.1": prores,
    "TS from 10 h": late,
}
FIELDS = ("1080i25 MPEG-2 MXF", "DV 4:3", "DV 16:9")
PROFILES = {"iptv-hd": "ts", "iptv-sd": "ts", "iptv-hd-i": "ts", "mezzanine": "mov", "projector": "mp4"}


def in_step(ffmpeg: Path, path: Path) -> float:
    """Seconds from the flash to the beep."""
    bright = "scale=64:36,signalstats,metadata=print:key=lavfi.signalstats.YAVG:file=-"
    words = said(
        ffmpeg,
        "-nostdin",
        "-hide_banner",
        "-copyts",
        "-i",
        path,
        "-vf",
        bright,
        "-af",
        "silencedetect=n=-25dB:d=0.2",
        "-f",
        "null",
        "-",
    )
    times = re.findall(r"pts_time:([0-9.]+)\nlavfi.signalstats.YAVG=([0-9.]+)", words)
    flash = max(times, key=lambda item: float(item[1]))
    beep = re.findall(r"silence_end: ([0-9.]+)", words)
    return float(beep[0]) - float(flash[0])


@pytest.mark.parametrize("name", SOURCES)
def test_each_source_becomes_each_delivery(name: str, lavfi: Lavfi, ffmpeg: Path, showcase: Showcase) -> None:
    film = SOURCES[name](lavfi)
    profiles = showcase.folder / "profiles"
    profiles.mkdir()
    (profiles / "iptv-hd-i.yaml").write_text("extends: iptv-hd\nname: iptv-hd-i\nscan: source\n")
    wanted = [word for profile in PROFILES for word in ("--profile", profile)]
    made = showcase("transcode", film, *wanted, "-o", "out", "--json", timeout=1400)
    assert made.code == 0, made.err
    original = mediainfo.inspect(film).video[0]
    for profile, suffix in PROFILES.items():
        path = showcase.folder / "out" / f"{film.stem}.{profile}.{suffix}"
        track = mediainfo.inspect(path).video[0]
        offset = in_step(ffmpeg, path)
        print(
            f"{name}, {profile}: {track.width}x{track.height} {track.frame_rate:g} {track.scan.value}, "
            f"sound {offset * 1000:+.0f} ms after the picture"
        )
        assert abs(offset) <= 0.045
        assert complaints(ffmpeg, path) == []
        if suffix == "ts":
            report = analysis.analyse(path)
            assert report.findings == ()
            theirs = tsreport(path)
            assert "###" not in theirs
            assert "Linear PCR prediction errors: min=0t, max=0t" in theirs
            assert "error" not in dvbinfo(path).lower()
            assert showcase("verify", path).code == 0
            assert track.display_aspect == pytest.approx(16 / 9, abs=0.01)
        fields = name in FIELDS and profile in ("iptv-hd-i", "mezzanine")
        assert track.scan is (Scan.INTERLACED if fields else Scan.PROGRESSIVE)
        if fields:
            assert track.field_order is FieldOrder.TFF
        if profile == "mezzanine":
            upright = (original.width, original.height)
            turned = original.rotation in (90, 270)
            assert (track.width, track.height) == (upright[::-1] if turned else upright)
            if original.transfer == "HLG":  # a master keeps what it is
                assert (track.transfer, track.matrix) == ("HLG", "bt2020")
        elif track.transfer:
            assert track.transfer in ("BT.709", "BT.601")
