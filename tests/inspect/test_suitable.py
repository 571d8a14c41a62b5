"""What can't be made right is refused by name; what somebody says of tracks holds; plain twins hear nothing new."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from pipeline.errors import InputError, Refused, Unsuitable
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.inspect import channels, film, first_bytes, probe
from pipeline.model.inspection_request import InspectionRequest
from pipeline.model.media import Media
from pipeline.model.track_choice import TrackChoice
from tests.conftest import Showcase
from tests.ffmpeg.test_report import H264, MPEG2, PICTURE, SOUND, TURNS, Lavfi

Look = Callable[..., Media]
LOUDEST_ALLOWED_DB = -40.0


@pytest.fixture
def look(ffmpeg: Path, tmp_path: Path) -> Look:
    def settled(path: Path, choice: TrackChoice | None = None) -> Media:
        said = choice or TrackChoice()
        runner = Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log")
        found = probe.media(path, first_bytes.demuxer(path), runner, said)
        return channels.settled(found, said.channels, path)

    return settled


def mp4_with(film_of: bytes, **entries: str) -> bytes:
    """An MP4 whose sample entries are renamed: nothing else tells a decoder what is in the track."""
    for before, after in entries.items():
        at = film_of.index(b"stsd")
        while film_of[at + 16 : at + 20] != before.encode():  # behind version, count and size
            at = film_of.index(b"stsd", at + 1)
        film_of = film_of[: at + 16] + after.encode() + film_of[at + 20 :]
        if before == "mp4a":  # what is left of it says that it is AAC
            film_of = film_of[:at] + film_of[at:].replace(b"esds", b"skip", 1)
    return film_of


@pytest.fixture
def mp4(lavfi: Lavfi, tmp_path: Path) -> Callable[..., Path]:
    def renamed(**entries: str) -> Path:
        path = tmp_path / "renamed.mp4"
        path.write_bytes(mp4_with(lavfi(*PICTURE, *SOUND, *H264, suffix=".mp4").read_bytes(), **entries))
        return path

    return renamed


@pytest.mark.parametrize(
    ("entries", "code", "reason", "what"),
    [
        ({"avc1": "brhq"}, "video.codec", "undecodable_video", "brhq"),
        ({"avc1": "zzzz"}, "video.codec", "undecodable_video", "zzzz"),
        ({"avc1": "encv"}, "video.codec", "protected", "encv"),
        ({"mp4a": "ac-4"}, "audio.codec", "undecodable_audio", "AC-4"),
        ({"mp4a": "mhm1"}, "audio.codec", "undecodable_audio", "mhm1"),
        ({"mp4a": "apac"}, "audio.codec", "undecodable_audio", "APAC"),
        ({"mp4a": "enca"}, "audio.codec", "protected", "enca"),
        ({"mp4a": "zzzz"}, "audio.codec", "undecodable_audio", "zzzz"),
    ],
)
def test_what_can_not_be_decoded_is_refused_by_its_name(
    entries: dict[str, str], code: str, reason: str, what: str, mp4: Callable[..., Path], look: Look
) -> None:
    with pytest.raises(Unsuitable) as caught:
        look(mp4(**entries))
    assert (caught.value.code, caught.value.reason) == (code, reason)
    assert what in str(caught.value.detail)


def test_a_plain_film_is_refused_for_nothing(mp4: Callable[..., Path], look: Look) -> None:
    found = look(mp4())
    assert (len(found.video), len(found.audio), found.unread) == (1, 1, ())


def test_a_track_that_the_film_does_not_need_is_left_out(lavfi: Lavfi, tmp_path: Path, look: Look) -> None:
    two = lavfi(*PICTURE, *SOUND, "-map", "0", "-map", "1", "-map", "1", *H264, suffix=".mp4")
    path = tmp_path / "phone.mp4"
    path.write_bytes(mp4_with(two.read_bytes(), mp4a="zzzz"))  # the first of the two
    found = look(path)
    assert [(item.index, item.codec) for item in found.audio] == [(2, "AAC")]
    assert [(item.kind, item.index, item.tag) for item in found.unread] == [("audio", 1, "zzzz")]


def test_a_picture_that_is_turned_askew_is_refused(lavfi: Lavfi, look: Look) -> None:
    flat = lavfi(*PICTURE, *H264, suffix=".mp4")
    with pytest.raises(Unsuitable) as caught:
        look(lavfi(*TURNS["askew"], "-i", str(flat), "-c", "copy", suffix=".mp4"))
    assert (caught.value.code, caught.value.reason) == ("video.rotated", "askew")


def played_at(film_of: bytes, kind: bytes, rate: int) -> bytes:
    """An MP4 whose picture (`vide`) or sound (`soun`) has another rate, 16.16, in its edit list."""
    at = film_of.rindex(b"elst", 0, film_of.index(kind + bytes(12)))
    return film_of[: at + 20] + rate.to_bytes(4) + film_of[at + 24 :]  # behind version, count, length and media time


@pytest.mark.parametrize(
    ("kind", "rate", "track", "what"),
    [(b"vide", 0x8000, "video:0", "0.5"), (b"vide", 0, "video:0", "0"), (b"soun", 0x20000, "audio:0", "2")],
)
def test_a_film_that_plays_faster_slower_or_not_at_all_is_refused(
    kind: bytes, rate: int, track: str, what: str, lavfi: Lavfi, tmp_path: Path, look: Look
) -> None:
    plain = lavfi(*PICTURE, *SOUND, *H264, suffix=".mp4").read_bytes()
    path = tmp_path / "rate.mp4"
    path.write_bytes(played_at(plain, kind, rate))
    with pytest.raises(Unsuitable) as caught:
        look(path)
    found = caught.value
    assert (found.code, found.reason, found.track, found.detail) == ("file.edit_list", "edit_rate", track, what)
    path.write_bytes(played_at(plain, kind, 0x10000))
    assert not look(path).edit_list


def test_files_put_one_behind_the_other_are_refused_in_words(
    lavfi: Lavfi, showcase: Showcase, look: Look, tmp_path: Path
) -> None:
    once = lavfi(*PICTURE, *SOUND, *H264, suffix=".mkv").read_bytes()
    path = tmp_path / "joined.mkv"
    path.write_bytes(once)
    look(path)
    path.write_bytes(once * 2)
    said = showcase("check", path, "--lang", "en")
    assert said.code == 1
    assert "two files were put one behind the other" in said.out
    assert "join them in an editing program" in said.out


def test_a_film_in_a_container_that_is_not_taken_is_refused_by_its_name(
    lavfi: Lavfi, showcase: Showcase, look: Look
) -> None:
    path = lavfi(*PICTURE, *SOUND, "-c:v", "mpeg2video", "-c:a", "mp2", suffix=".nut")
    with pytest.raises(Unsuitable) as caught:
        look(path)
    assert (caught.value.code, caught.value.detail) == ("file.unsupported_container", "NUT")
    said = showcase("check", path, "--lang", "en")
    assert said.code == 1
    assert "the file format NUT is not taken" in said.out


@pytest.mark.parametrize("said", ["turn", "3D"])
def test_pictures_that_say_again_what_their_container_says_are_refused(said: str, lavfi: Lavfi, look: Look) -> None:
    """This ffmpeg can't filter them; its own player can't show them either."""
    if said == "turn":
        twice = ("-bsf:v", "h264_metadata=display_orientation=insert:rotate=90")
        path = lavfi(*TURNS["clockwise"], "-i", str(lavfi(*PICTURE, *H264)), "-c", "copy", *twice)
    else:
        marked = ("-x264-params", "frame-packing=3", "-metadata:s:v", "stereo_mode=left_right")
        path = lavfi(*PICTURE, *H264, *marked, suffix=".mkv")
    with pytest.raises(Unsuitable) as caught:
        look(path)
    assert (caught.value.code, caught.value.reason) == ("video.rotated", "said_twice")


@pytest.mark.parametrize("by", ["stereo_mode", pytest.param("frame-packing", marks=pytest.mark.acceptance)])
def test_a_mark_for_3d_sets_is_told_and_not_delivered(
    by: str, lavfi: Lavfi, look: Look, showcase: Showcase, tmp_path: Path
) -> None:
    marks = {
        "stereo_mode": ("-metadata:s:v", "stereo_mode=left_right"),
        "frame-packing": ("-x264-params", "frame-packing=3"),
    }
    path = lavfi(*PICTURE, *SOUND, *H264, *marks[by], suffix=".mkv")
    assert look(path).video[0].immersive == "3D"
    assert look(lavfi(*PICTURE, *SOUND, *H264, suffix=".mkv")).video[0].immersive is None
    assert "video.immersive" in showcase("check", path, "--json").out
    assert showcase("transcode", path, "--profile", "proxy", "-o", "out").code == 0
    made = next(tmp_path.rglob("*.mp4"))
    assert look(made).video[0].immersive is None


@pytest.mark.acceptance  # the suite sees it of other faults in tests/execute/test_examination.py
def test_every_command_says_it_in_the_same_words(mp4: Callable[..., Path], showcase: Showcase) -> None:
    path = mp4(avc1="encv")
    checked, ran = showcase("check", path, "--lang", "en"), showcase("run", path, "--accept", "so", "--lang", "en")
    planned = showcase("run", "-n", path, "--accept", "so", "--lang", "en")
    made = showcase("transcode", path, "--profile", "proxy", "-o", "out", "--lang", "en")
    assert (checked.code, ran.code, planned.code, made.code) == (1, 1, 1, 4)
    for said in (checked.out, ran.out, planned.out, made.err):
        assert "the film is protected (AVC (encv)): it can be neither played nor transcoded" in said
        assert "ask whoever gave it for a file without protection" in said
    assert showcase("batch", path.parent, "--lang", "en").code == 7


# channels of which the file says only how many there are
def discrete(lavfi: Lavfi, count: int) -> Path:
    """A tone of 400 Hz on the first two, of 3 kHz on the others."""
    tones = [f"sin({'2513' if channel < 2 else '18850'}*t)/4" for channel in range(count)]
    sound = ("-f", "lavfi", "-i", f"aevalsrc=exprs={'|'.join(tones)}:s=48000:d=0.5")
    return lavfi(*PICTURE, *sound, "-c:v", "mpeg2video", "-c:a", "pcm_s16le", suffix=".mxf")


def levels(path: Path, media: Media, ffmpeg: Path, folder: Path) -> tuple[float, float]:
    """How strong 400 Hz and 3 kHz are in the programme, dB under full scale."""
    source = Source(path, first_bytes.demuxer(path), media)
    (folder / "sound.raw").unlink(missing_ok=True)
    written = graph.Written((source.audio(),), "{out.raw}", ("-c:a", "pcm_f32le", "-f", "f32le"))
    runner = Runner(ffmpeg, folder, folder / "ffmpeg.log")
    argv = graph.argv([source.input()], [written])
    runner.run(Invocation(argv, inputs=source.paths, outputs={"{out.raw}": "sound.raw"}))
    left = np.fromfile(folder / "sound.raw", np.float32).reshape(-1, 2)[:, 0]
    spectrum = np.abs(np.fft.rfft(left * np.hanning(len(left)))) / len(left) * 4
    at = [int(hertz * len(left) / 48000) for hertz in (400, 3000)]
    low, high = (20 * float(np.log10(spectrum[max(0, bin_ - 3) : bin_ + 4].max() + 1e-9)) for bin_ in at)
    return low, high


@pytest.mark.parametrize("count", [4, 8, 12])
def test_of_channels_without_names_the_first_pair_is_the_programme(
    count: int, lavfi: Lavfi, look: Look, ffmpeg: Path, tmp_path: Path
) -> None:
    path = discrete(lavfi, count)
    media = look(path)
    assert media.audio[0].pair == (1, 2)
    assert media.audio[0].rest == tuple(range(3, count + 1))
    low, high = levels(path, media, ffmpeg, tmp_path)
    assert high - low < LOUDEST_ALLOWED_DB


@pytest.mark.parametrize("count", [3, 5, 6, 7])
def test_what_may_be_the_front_of_surround_is_asked_for(count: int, lavfi: Lavfi, look: Look) -> None:
    path = discrete(lavfi, count)
    with pytest.raises(Unsuitable) as caught:
        look(path)
    assert (caught.value.code, caught.value.reason, caught.value.track) == (
        "audio.channels",
        "channels_unsaid",
        "audio:0",
    )


def test_what_is_said_of_channels_holds(lavfi: Lavfi, look: Look, ffmpeg: Path, tmp_path: Path) -> None:
    path = discrete(lavfi, 6)
    pair = look(path, TrackChoice(channels=(1, 2)))
    low, high = levels(path, pair, ffmpeg, tmp_path)
    assert high - low < LOUDEST_ALLOWED_DB
    other = look(path, TrackChoice(channels=(3, 4)))
    low, high = levels(path, other, ffmpeg, tmp_path)
    assert low - high < LOUDEST_ALLOWED_DB
    surround = look(path, TrackChoice(channels="5.1"))
    low, high = levels(path, surround, ffmpeg, tmp_path)
    assert abs(low - high) < 12  # centre and surround are mixed in


@pytest.mark.parametrize("said", [(7, 8), "7.1"])
def test_channels_that_are_not_there_are_a_mistake_of_who_says_so(said: object, lavfi: Lavfi, look: Look) -> None:
    with pytest.raises(InputError) as caught:
        look(discrete(lavfi, 6), TrackChoice.model_validate({"channels": said}))
    assert caught.value.key == "channels_differ"


def test_surround_that_is_named_stays_surround(lavfi: Lavfi, look: Look) -> None:
    path = lavfi(*SOUND, "-af", "aformat=channel_layouts=5.1(side)", "-c:a", "ac3", suffix=".mkv")
    assert look(path).audio[0].pair is None


def test_channels_that_are_not_taken_are_told_with_their_loudness(lavfi: Lavfi, ffmpeg: Path, tmp_path: Path) -> None:
    runner = Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log")
    found = film.inspect(discrete(lavfi, 8), InspectionRequest(), runner, sha256="0")
    assert found.measures is not None
    assert found.measures.audio.rest_lkfs is not None
    assert found.measures.audio.rest_lkfs > -10


@pytest.fixture
def two_programmes(lavfi: Lavfi) -> Path:
    small = ("-f", "lavfi", "-i", "testsrc2=s=160x120:d=0.5")
    high = ("-f", "lavfi", "-i", "sine=f=3000:d=0.5:r=48000")
    return lavfi(
        *(*PICTURE, *SOUND, *small, *high, "-map", "0", "-map", "1", "-map", "2", "-map", "3", *MPEG2),
        *("-program", "program_num=7:st=0:st=1", "-program", "program_num=9:st=2:st=3"),
        suffix=".ts",
    )


@pytest.mark.parametrize(("number", "indexes", "width"), [(None, (0, 1), 320), (7, (0, 1), 320), (9, (2, 3), 160)])
def test_the_programme_that_is_said_is_read(
    number: int | None, indexes: tuple[int, int], width: int, two_programmes: Path, look: Look
) -> None:
    found = look(two_programmes, TrackChoice(programme=number))
    assert (found.video[0].index, found.audio[0].index) == indexes
    assert found.video[0].width == width


def test_a_programme_that_is_not_there_is_named_with_those_that_are(two_programmes: Path, look: Look) -> None:
    with pytest.raises(InputError) as caught:
        look(two_programmes, TrackChoice(programme=8))
    assert (caught.value.key, caught.value.values["known"]) == ("programme_unknown", "7, 9")


def test_a_refusal_stays_one_for_files_that_are_no_films(look: Look, tmp_path: Path) -> None:
    broken = tmp_path / "broken.ts"
    broken.write_bytes((b"\x47" + bytes(187)) * 200)
    with pytest.raises(Refused) as caught:
        look(broken)
    assert not isinstance(caught.value, Unsuitable)


def test_aes3_keeps_a_number_of_channels_and_no_names(lavfi: Lavfi, look: Look) -> None:
    """SMPTE ST 302: the decoder makes a quad of four channels, which the stream does not say."""
    four = ("-f", "lavfi", "-i", "aevalsrc=exprs=0.1*sin(2000*t)|0|0.1*sin(9000*t)|0:s=48000:d=0.5:c=quad")
    found = look(lavfi(*PICTURE, *four, "-c:v", "mpeg2video", "-c:a", "s302m", "-strict", "-2", suffix=".ts"))
    assert found.audio[0].pair == (1, 2)
