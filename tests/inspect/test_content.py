"""What one decode measures, on films with known faults made by the real ffmpeg."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import MediaError, Refused
from pipeline.inspect import decode, level, mediainfo, summary
from pipeline.model.inspection import Inspection, Segment
from pipeline.model.loudness import Loudness
from pipeline.model.media import FieldOrder, Scan
from pipeline.policy import load
from tests.conftest import MOVING, REAL_MEDIA, TONE
from tests.factories import PROFILES, reported
from tests.tiers import kept

Inspect = Callable[[Path], Inspection]
FAST = ("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac")


def faulty(lavfi: Callable[..., Path], picture: str, sound: str = TONE, seconds: int = 8) -> Path:
    return lavfi("-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", sound, "-t", str(seconds), *FAST)


def test_black_is_found_to_the_frame(lavfi: Callable[..., Path], inspect: Inspect) -> None:
    path = faulty(lavfi, f"{MOVING},drawbox=t=fill:color=black:enable='between(t,2,4.46)'")
    black = inspect(path).measures.video.black  # type: ignore[union-attr]
    assert [(item.start_s, item.end_s) for item in black] == [(2.0, 4.48)]


def test_black_and_freeze_and_silence_to_the_last_frame(lavfi: Callable[..., Path], inspect: Inspect) -> None:
    dark = inspect(faulty(lavfi, f"{MOVING},drawbox=t=fill:color=black:enable='gte(t,5)'")).measures
    assert dark is not None
    assert [(item.start_s, item.end_s) for item in dark.video.black] == [(5.0, 8.0)]
    assert dark.video.freeze == ()  # black is reported as black
    still = inspect(faulty(lavfi, f"{MOVING},loop=loop=200:size=1:start=100,trim=end=8")).measures
    assert still is not None
    assert [(item.start_s, item.end_s) for item in still.video.freeze] == [(pytest.approx(4.0, abs=0.08), 8.0)]
    quiet = inspect(faulty(lavfi, MOVING, f"{TONE},volume=0:enable='gte(t,4)'")).measures
    assert quiet is not None
    assert quiet.audio.silence[0].start_s == pytest.approx(4.0, abs=0.1)
    assert quiet.audio.silence[0].end_s == pytest.approx(8.0, abs=0.1)


@pytest.mark.acceptance
def test_short_black_and_a_pause_are_no_findings(lavfi: Callable[..., Path], inspect: Inspect) -> None:
    picture = f"{MOVING},drawbox=t=fill:color=black:enable='between(t,2,3)'"
    made = inspect(faulty(lavfi, picture, f"{TONE},volume=0:enable='between(t,2,3.5)'"))
    measured = made.measures
    assert measured is not None
    report = reported(made, load.policy("showcase-film", PROFILES), file="x", language="en")
    assert not {item.code for item in report.findings} & {"content.black", "content.silence"}
    strict = [Segment(start_s=2.0, end_s=3.0 + 0.04)]
    assert list(measured.video.black) == strict  # a policy may ask for less


def test_line_up_tone_measures_what_the_standard_says(lavfi: Callable[..., Path], inspect: Inspect) -> None:
    # a stereo 1 kHz sine at -18 dBFS reads -18.0 LUFS (BS.1770)
    path = lavfi(
        "-f",
        "lavfi",
        "-i",
        "aevalsrc='0.12589*sin(2*PI*1000*t)|0.12589*sin(2*PI*1000*t)':s=48000",
        "-t",
        "5",
        "-c:a",
        "pcm_s16le",
        suffix=".wav",
    )
    measured = inspect(path)
    assert measured.measures is not None
    assert measured.measures.audio.loudness_lkfs == pytest.approx(-18.0, abs=0.1)
    assert measured.levels[0].gain_db == pytest.approx(-6.0, abs=0.1)


def test_interlaced_material_is_told_with_its_order(lavfi: Callable[..., Path], inspect: Inspect) -> None:
    path = lavfi(
        "-f",
        "lavfi",
        "-i",
        "testsrc2=s=720x576:r=50",
        "-t",
        "3",
        "-vf",
        "interlace=scan=tff,setfield=tff",
        "-c:v",
        "mpeg2video",
        "-flags",
        "+ildct+ilme",
        "-b:v",
        "8M",
        suffix=".mpg",
    )
    measured = inspect(path)
    track = measured.media.video[0]
    assert (track.scan, track.field_order) == (Scan.INTERLACED, FieldOrder.TFF)
    assert track.codec == "MPEG-2 Video"
    assert measured.measures is not None
    assert measured.measures.video.fields is not None
    assert measured.measures.video.fields.tff > 20 * max(1, measured.measures.video.fields.bff)


def test_pillars_are_told_with_their_width(lavfi: Callable[..., Path], inspect: Inspect) -> None:
    path = faulty(lavfi, "testsrc2=s=480x360:r=25,pad=640:360:80:0", seconds=5)
    bars = inspect(path).measures.video.bars  # type: ignore[union-attr]
    assert [(item.start_s, item.end_s) for item in bars] == [(0.0, 5.0)]
    assert (bars[0].left, bars[0].right, bars[0].top, bars[0].bottom) == (0.125, 0.125, 0.0, 0.0)


def test_every_picture_is_counted(small_film: Path, inspect: Inspect) -> None:
    measured = inspect(small_film)
    assert measured.measures is not None
    line = measured.measures.video.timeline
    assert line is not None
    assert (line.frames, line.period_s, line.duration_s) == (50, 0.04, 2.0)
    assert measured.measures.decode_errors == 0
    assert measured.media.video[0].frames == 50


# pictures and sound that nothing is wrong with: drawn, and a real clip with real music
SOUND_FILMS = {
    "drawn": ("-f", "lavfi", "-i", MOVING, "-f", "lavfi", "-i", TONE),
    "real": (
        *("-stream_loop", "2", "-i", str(REAL_MEDIA / "toy_rabbit_480p30.mp4")),
        *("-ss", "20", "-i", str(REAL_MEDIA / "music_lets_go_fishin.ogg")),
    ),
}


@pytest.fixture(params=["drawn", pytest.param("real", marks=pytest.mark.shared)])
def sound_film(request: pytest.FixtureRequest, lavfi: Callable[..., Path]) -> Callable[..., Path]:
    """A film without a fault through filters, eight seconds of it."""

    def make(picture: str, sound: str = "anull", *options: str, suffix: str = ".mp4") -> Path:
        graph = (
            f"[0:v]settb=1/25,setpts=N,fps=25,scale=640:360,setsar=1,{picture}[v];"
            f"[1:a]aresample=48000,aformat=channel_layouts=stereo,asetnsamples=480,{sound}[a]"
        )
        chosen = ("-filter_complex", graph, "-map", "[v]", "-map", "[a]", "-t", "8")
        return lavfi(*SOUND_FILMS[request.param], *chosen, *(options or FAST), suffix=suffix)

    return make


def places(found: tuple[Segment, ...]) -> list[tuple[float, float]]:
    return [(item.start_s, item.end_s) for item in found]


STROBE = (
    "drawbox=t=fill:color=white:enable='gte(t,{0})*lt(mod(t+0.001,0.16),0.08)',"
    "drawbox=t=fill:color=0x101010:enable='gte(t,{0})*gte(mod(t+0.001,0.16),0.08)'"
)


def test_what_lasts_to_the_last_picture_is_found_to_its_end(sound_film: Callable[..., Path], inspect: Inspect) -> None:
    one = inspect(sound_film(STROBE.format(4), "volume=0:enable='gte(t,4)'")).measures
    assert one is not None
    assert places(one.video.flash) == [(pytest.approx(4.0, abs=0.09), pytest.approx(8.0, abs=0.09))]
    assert places(one.audio.silence) == [(pytest.approx(4.0, abs=0.1), pytest.approx(8.0, abs=0.1))]
    two = inspect(
        sound_film(
            "drawbox=t=fill:x=200:y=100:w=200:h=120:color=white:enable='gte(t,4)',lutyuv=y='if(gt(val,233),252,val)'",
            "asplit[x][y];[y]pan=stereo|c0=c0|c1=0*c0,volume=0:enable='lt(t,4)'[z];[x]volume=0:enable='gte(t,4)'[w];"
            "[z][w]amix=normalize=0",
        )
    ).measures
    assert two is not None
    assert places(two.video.outside_range) == [(pytest.approx(4.0, abs=0.05), 8.0)]
    assert places(two.audio.dead_channels) == [(pytest.approx(4.0, abs=0.1), pytest.approx(8.0, abs=0.1))]
    assert two.audio.dead_channels[0].channel == 1
    assert (
        two.video.flash,
        two.audio.silence,
        two.video.freeze,
        two.video.black,
        two.video.repeats,
        two.video.combed,
    ) == ((),) * 6


def test_a_hole_in_the_times_is_told_and_makes_no_other_rate(sound_film: Callable[..., Path], inspect: Inspect) -> None:
    made = inspect(sound_film("setpts='PTS+0.8/TB*gte(N,100)'", "anull", "-fps_mode", "passthrough", *FAST))
    assert made.measures is not None
    assert [(item.start_s, item.value) for item in made.measures.video.holes] == [(3.96, 0.84)]
    report = reported(made, load.policy("showcase-film", PROFILES), file="x", language="en")
    told = {item.code for item in report.findings}
    assert "content.dropped_frames" in told
    assert not told & {"video.frame_rate", "video.vfr", "content.timestamps"}


@pytest.mark.acceptance
def test_repeated_pictures_bars_at_the_head_and_rolling_credits(
    sound_film: Callable[..., Path], inspect: Inspect, lavfi: Callable[..., Path]
) -> None:
    jerky = inspect(sound_film("select='mod(n,4)',setpts=N/19/TB,fps=25")).measures
    assert jerky is not None
    assert places(jerky.video.repeats)[0][0] < 0.3
    bars = inspect(
        lavfi(
            "-f",
            "lavfi",
            "-i",
            "smptehdbars=s=640x360:r=25",
            "-f",
            "lavfi",
            "-i",
            "sine=1000:r=48000,volume=-0.9dB,aformat=channel_layouts=stereo",
            "-t",
            "4",
            *FAST,
        )
    ).measures
    assert bars is not None
    assert (places(bars.video.line_up), places(bars.audio.tone)) == (
        [(0.0, 4.0)],
        [(0.0, pytest.approx(4.0, abs=0.06))],
    )
    assert (bars.video.freeze, bars.video.outside_range) == ((), ())
    lines = ",".join(f"drawbox=t=fill:x={150 + 18 * n}:y={30 + 22 * n}:w=180:h=6:color=0xDCDCDC" for n in range(14))
    credits = inspect(sound_film(f"drawbox=t=fill:color=black,{lines},scroll=vertical=0.004"))
    assert credits.measures is not None
    assert (credits.measures.video.black, credits.measures.video.combed, credits.measures.video.repeats) == ((), (), ())


def test_fields_under_a_progressive_flag_are_combs(sound_film: Callable[..., Path], inspect: Inspect) -> None:
    made = inspect(sound_film("settb=1/50,setpts=N,fps=50,interlace=scan=tff:lowpass=off,setfield=prog")).measures
    assert made is not None
    assert places(made.video.combed) == [(0.0, pytest.approx(8.0, abs=0.1))]


def test_damage_has_its_time(film_of: Callable[..., Path], tmp_path: Path, inspect: Inspect) -> None:
    raw = bytearray(film_of(4).read_bytes())
    for at in range(len(raw) // 3, len(raw) // 3 + 3000, 7):
        raw[at] ^= 0x5A
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(raw)
    found = inspect(damaged).measures
    assert found is not None
    assert found.decode_errors > 0
    assert found.video.damage
    assert all(0.3 < item.start_s < 3.0 for item in found.video.damage)


@pytest.mark.parametrize(
    ("name", "code"), [("empty", "file.empty"), ("text", "file.suspicious"), ("head", "file.truncated")]
)
def test_what_is_no_film_is_refused_with_its_code(
    name: str, code: str, small_film: Path, tmp_path: Path, inspect: Inspect
) -> None:
    path = tmp_path / f"{name}.mp4"
    path.write_bytes({"empty": b"", "text": b"hello", "head": small_film.read_bytes()[:20_000]}[name])
    with pytest.raises(Refused) as caught:
        inspect(path)
    assert caught.value.code == code
    assert isinstance(caught.value, MediaError)


def test_mediainfo_reads_names_that_are_not_utf8(small_film: Path, tmp_path: Path) -> None:
    odd = Path(str(tmp_path / "film") + "\udcff.mp4")
    odd.write_bytes(small_film.read_bytes())
    assert mediainfo.inspect(odd).video[0].width == 640


def test_the_limiter_is_used_only_where_the_peak_asks() -> None:
    loud = Loudness(integrated_lkfs=-14.0, range_lu=3.0, true_peak_dbtp=-0.5)
    quiet = Loudness(integrated_lkfs=-34.0, range_lu=3.0, true_peak_dbtp=-8.0)
    assert not level.first_level(loud, target_lkfs=-24.0, ceiling_dbtp=-2.0).limited
    assert level.first_level(quiet, target_lkfs=-24.0, ceiling_dbtp=-2.0).limited
    assert level.first_level(None, target_lkfs=-24.0, ceiling_dbtp=-2.0).gain_db == 0.0


def test_picture_times_are_exact_however_long_the_film_is() -> None:
    times = np.array(
        [decode._time(str(number * 512), "1/12288") for number in range(130_000)]
    )  # 24 a second, 90 minutes
    made = summary.timeline_of(times)
    assert made is not None
    assert made.period_s == pytest.approx(1 / 24, abs=1e-6)
    assert made.longest_s - made.shortest_s < 2e-6


@pytest.mark.parametrize("together", [2, 3, 5, 10])
@pytest.mark.parametrize("frames", [2, 3, 100, 101, 1000])
def test_pictures_with_one_time_are_counted_each(frames: int, together: int) -> None:
    times = np.arange(frames) // together * together / 25
    made = summary.timeline_of(times)
    assert made is not None
    assert made.frames == frames
    if frames >= 100:  # the last ones may lack their neighbours
        assert made.period_s == pytest.approx(0.04, rel=0.11)
    assert 0 < made.duration_s < frames / 25 + 0.5
    assert made.shortest_s == 0 or together > frames


def test_a_few_times_that_go_back_leave_the_rate_as_it_is() -> None:
    times = np.arange(1000) / 25
    times[500:505] -= 0.2
    made = summary.timeline_of(times)
    assert made is not None
    assert made.period_s == 0.04
    assert made.shortest_s < 0


def test_programmes_and_covers_are_counted_and_chapters_are_none() -> None:
    raw: list[dict[str, object]] = [
        {"track_type": "General", "format": "MPEG-TS", "cover": "Yes"},
        {"track_type": "Menu", "menu_id": 1},
        {"track_type": "Menu", "menu_id": 2},
        {"track_type": "Menu", "00_00_00000": "Chapter 1"},
    ]
    made = mediainfo.keyed(raw, size_bytes=1).media
    assert (made.programmes, made.attached_pictures) == (2, 1)
    assert mediainfo.keyed(raw[:1], size_bytes=1).media.programmes == 1


@pytest.mark.parametrize("coding", kept(["mp2", "aac", "pcm_s16le", "pcm_s24le"], "aac", "pcm_s24le"))
def test_stereo_sound_measures_the_same_as_it_is_and_brought_to_stereo(
    coding: str, lavfi: Callable[..., Path], inspect: Inspect, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound = "aevalsrc='0.4*sin(2*PI*440*t*(1+t/9))|0.05*random(0)':s=48000"
    path = lavfi("-f", "lavfi", "-i", sound, "-t", "4", "-c:a", coding, suffix=".mkv")
    once = inspect(path)
    assert decode._is_stereo(once.media)
    monkeypatch.setattr(decode, "_is_stereo", lambda _: False)
    assert inspect(path).to_json() == once.to_json()


@pytest.mark.parametrize(
    "options",
    [("-ar", "44100"), ("-ac", "1"), ("-af", "pan=5.1|FL=c0|FR=c1|FC=c0|LFE=c0|BL=c1|BR=c1")],
    ids=["another rate", "mono", "surround"],
)
def test_what_is_not_stereo_of_48_khz_is_measured_as_it_will_be_heard_too(
    options: tuple[str, ...], lavfi: Callable[..., Path], inspect: Inspect
) -> None:
    sound = "aevalsrc='0.4*sin(2*PI*440*t)|0.3*sin(2*PI*550*t)':s=48000"
    found = inspect(lavfi("-f", "lavfi", "-i", sound, "-t", "4", *options, "-c:a", "aac", suffix=".mp4"))
    assert not decode._is_stereo(found.media)
    assert found.measures is not None
    assert found.measures.audio.stereo is not None
