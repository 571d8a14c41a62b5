"""The films of `../shared/cases`, each by the commands that its script names, measured on what came out."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.inspect import mediainfo
from tests.conftest import REAL_MEDIA, SHARED, Result, Showcase

pytestmark = pytest.mark.acceptance
MadeOnce = Callable[[str, Callable[[Path], object]], Path]


@pytest.fixture
def case(ffmpeg: Path, made_once: MadeOnce) -> Callable[[str], Path]:
    """The folder of a case's inputs, by its number."""

    def make(number: str) -> Path:
        (script,) = (SHARED / "cases").glob(f"{number}-*.sh")
        # its own lines call `python3`
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        surroundings = {**os.environ, "FFMPEG": str(ffmpeg), "MEDIA": str(REAL_MEDIA), "PATH": path}

        def fill(folder: Path) -> None:
            subprocess.run(["bash", str(script), str(folder)], check=True, env=surroundings, timeout=100)

        return made_once(f"case-{number}", fill)

    return make


class Output:
    """One file that came out, and what is seen and heard in it."""

    def __init__(self, ffmpeg: Path, path: Path):
        self._ffmpeg, self.path = ffmpeg, path
        media = mediainfo.inspect(path)
        self.track = (media.video or media.images)[0] if media.video or media.images else None
        self.languages = [item.language for item in media.audio]

    def pictures(self, pix_fmt: str = "gray") -> NDArray[np.uint8]:
        """(pictures, height, width), light alone."""
        assert self.track is not None
        raw = self._decoded("-map", "0:v:0", "-fps_mode", "passthrough", "-pix_fmt", pix_fmt, "-f", "rawvideo")
        return np.frombuffer(raw, np.uint8).reshape(-1, self.track.height, self.track.width)

    def samples(self, track: int = 0) -> NDArray[np.float32]:
        """(samples, 2) at 48 kHz."""
        raw = self._decoded("-map", f"0:a:{track}", "-ar", "48000", "-ac", "2", "-c:a", "pcm_f32le", "-f", "f32le")
        return np.frombuffer(raw, np.float32).reshape(-1, 2)

    def _decoded(self, *options: str) -> bytes:
        command = [str(self._ffmpeg), "-v", "error", "-nostdin", "-i", str(self.path), *options, "-"]
        return subprocess.run(command, check=True, capture_output=True, timeout=60).stdout

    def squares(self) -> list[float]:
        """Width to height of what is white around the middle, as it is shown, of every picture."""
        assert self.track is not None
        found = []
        for picture in self.pictures():
            height, width = picture.shape
            across, down = picture[height // 2] > 200, picture[:, width // 2] > 200
            found.append(_run(across) / _run(down) * self.track.pixel_aspect)
        return found


def _run(white: NDArray[np.bool_]) -> int:
    """How long the run of white around the middle is."""
    black = np.flatnonzero(~white)
    middle = len(white) // 2
    return int(black[black > middle].min(initial=len(white)) - black[black < middle].max(initial=-1) - 1)


def strongest_hz(samples: NDArray[np.float32]) -> float:
    """Of the left channel."""
    spectrum = np.abs(np.fft.rfft(samples[:, 0]))
    return float(np.argmax(spectrum) * 48000 / len(samples))


def level_db(samples: NDArray[np.float32], low_hz: float, high_hz: float) -> float:
    """Power between two tones."""
    spectrum = np.abs(np.fft.rfft(samples.mean(axis=1))) ** 2
    at = np.arange(len(spectrum)) * 48000 / len(samples)
    return float(10 * np.log10(spectrum[(at >= low_hz) & (at < high_hz)].sum() + 1e-20))


Make = Callable[..., Output]


@pytest.fixture
def transcode(showcase: Showcase, ffmpeg: Path) -> Make:
    def make(film: Path, profile: str = "iptv-sd") -> Output:
        out = showcase.folder / film.name / profile
        made = showcase("transcode", film, "--profile", profile, "-o", out, "--lang", "en")
        assert made.code == 0, made.err
        (path,) = out.glob(f"{film.stem}.{profile}.*")
        return Output(ffmpeg, path)

    return make


def codes(checked: Result) -> set[str]:
    return {str(finding["code"]) for finding in checked.rows[0]["findings"]}  # type: ignore[attr-defined]


SQUARE = pytest.approx(1.0, abs=0.03)


@pytest.mark.parametrize("profile", ["iptv-sd", "proxy", "mezzanine"])
@pytest.mark.parametrize("name", ["pose.mkv", "matrix.mp4", "mirror.mp4"])
def test_01_a_square_is_square_and_a_mirror_mirrored(
    name: str, profile: str, case: Callable[[str], Path], transcode: Make, showcase: Showcase
) -> None:
    film = case("01") / name
    made = transcode(film, profile)
    assert made.track is not None
    assert made.track.rotation == 0
    squares = made.squares()
    assert [squares[0], squares[len(squares) // 2], squares[-1]] == [SQUARE] * 3
    told = codes(showcase("check", film, "--json"))
    assert ("video.rotated" in told, "video.mirrored" in told) == (name != "mirror.mp4", name == "mirror.mp4")
    if name == "mirror.mp4":  # red stood on the left, green on the right
        chroma = made._decoded(
            "-map", "0:v:0", "-frames:v", "1", "-vf", "scale=160:90", "-pix_fmt", "rgb24", "-f", "rawvideo"
        )
        rgb = np.frombuffer(chroma, np.uint8).reshape(90, 160, 3).astype(int)
        left, right = rgb[5:8, 4], rgb[5:8, -4]
        assert (left[:, 1] > left[:, 0] + 80).all()
        assert (right[:, 0] > right[:, 1] + 80).all()


def test_03_hlg_that_a_message_tells_is_as_light_as_hlg(
    case: Callable[[str], Path], transcode: Make, showcase: Showcase, ffmpeg: Path
) -> None:
    folder = case("03")
    plain = transcode(folder / "base.mp4").pictures()
    for name in ("hlg.mp4", "hlg_sei.mp4", "hlg_sei.ts"):
        assert "video.hdr" in codes(showcase("check", folder / name, "--json"))
        made = transcode(folder / name).pictures()
        apart = np.abs(made[10:60:10].astype(int) - plain[10:60:10].astype(int)).mean()
        assert apart < 5
    assert "video.hdr" not in codes(showcase("check", folder / "base.mp4", "--json"))


@pytest.mark.parametrize("name", ["langs.ts", "langs_mono.ts"])
def test_04_each_language_is_its_own_tone(name: str, case: Callable[[str], Path], transcode: Make) -> None:
    made = transcode(case("04") / name)
    heard = {made.languages[0]: strongest_hz(made.samples(0)[48000:144000])}
    assert heard == {"zho": pytest.approx(400, abs=2)}


def test_04_both_languages_are_delivered_by_run(case: Callable[[str], Path], showcase: Showcase, ffmpeg: Path) -> None:
    film = case("04") / "langs.ts"
    (showcase.folder / "showcase.toml").write_text('prefecture = "653200"\n')
    ran = showcase("run", film, "--json")
    assert ran.code == 0, ran.err
    (stream,) = (showcase.folder / ".showcase").rglob("package/ts/iptv-sd.ts")
    made = Output(ffmpeg, stream)
    heard = {language: strongest_hz(made.samples(at)[48000:144000]) for at, language in enumerate(made.languages)}
    assert heard == {"zho": pytest.approx(400, abs=2), "uig": pytest.approx(2500, abs=2)}


def test_06_channels_that_change_give_the_sound_of_those_that_do_not(
    case: Callable[[str], Path], transcode: Make, showcase: Showcase
) -> None:
    folder = case("06")
    changed, plain = transcode(folder / "clean26.ts", "mezzanine"), transcode(folder / "clean22.ts", "mezzanine")
    first, second = changed.samples(), plain.samples()
    assert len(first) == len(second)
    for begins_s in (0.5, 2.2, 2.6, 4.0):
        part = slice(int(begins_s * 48000), int(begins_s * 48000) + 14400)
        assert np.corrcoef(first[part, 0], second[part, 0])[0, 1] > 0.99
    for name, is_told in (("clean26.ts", True), ("clean26.mkv", True), ("clean22.ts", False)):
        assert ("audio.changes" in codes(showcase("check", folder / name, "--json"))) is is_told


@pytest.mark.parametrize("name", ["grow.ts", "grow.mkv"])
def test_07_a_picture_that_grows_is_whole_throughout(
    name: str, case: Callable[[str], Path], transcode: Make, showcase: Showcase
) -> None:
    folder = case("07")
    checked = showcase("check", folder / name, "--json")
    assert checked.code == 0
    assert "video.changes" in codes(checked)
    assert "video.changes" not in codes(showcase("check", folder / "same.ts", "--json"))
    made, plain = transcode(folder / name, "proxy").pictures(), transcode(folder / "same.ts", "proxy").pictures()
    assert abs(len(made) - len(plain)) <= 1
    for at in (5, 50, 70, 110):  # by a picture's length the times of the two may differ
        apart = min(np.abs(made[at].astype(int) - plain[at + shift].astype(int)).mean() for shift in (-1, 0, 1))
        assert apart < 6


@pytest.mark.parametrize("profile", ["iptv-sd", "proxy", "mezzanine"])
@pytest.mark.parametrize("name", ["aspect1.ts", "aspect2.ts"])
def test_08_a_square_is_square_in_both_shapes(
    name: str, profile: str, case: Callable[[str], Path], transcode: Make, showcase: Showcase
) -> None:
    film = case("08") / name
    squares = transcode(film, profile).squares()
    assert [squares[at] for at in (3, 50, 62, 63, 70, 120)] == [pytest.approx(1.0, abs=0.06)] * 6
    (told,) = (
        finding
        for finding in showcase("check", film, "--json").rows[0]["findings"]  # type: ignore[attr-defined]
        if finding["code"] == "video.changes"
    )
    assert told["start_s"] == pytest.approx(2.5, abs=0.02)


def test_09_10_14_whole_files_are_read_and_cut_ones_are_not(case: Callable[[str], Path], showcase: Showcase) -> None:
    whole = [
        *(case("09") / "midpacket.ts",),
        *(case("10") / name for name in ("rec.webm", "pipe.mkv", "ok.mkv")),
        *(case("14") / name for name in ("same3.flv", "same3.mkv")),
    ]
    for film in whole:
        checked = showcase("check", film, "--json")
        assert checked.code == 0, film
        assert not codes(checked) & {"file.truncated", "file.not_media", "content.decode_errors"}
    cut = showcase("check", case("10") / "cut.mkv", "--json")
    assert cut.code == 1
    assert "file.truncated" in codes(cut)
    assert "content.shared_times" in codes(showcase("check", case("14") / "same3.flv", "--json"))
    assert showcase("transcode", case("14") / "same3.flv", "--profile", "proxy", "-o", "out").code == 0


@pytest.mark.parametrize("name", ["ch4.mxf", "ch8.mxf", "mono8.mxf"])
def test_11_the_first_pair_is_heard_alone(
    name: str, case: Callable[[str], Path], transcode: Make, showcase: Showcase
) -> None:
    film = case("11") / name
    heard = transcode(film).samples()[24000:216000]
    assert level_db(heard, 2990, 3010) < level_db(heard, 50, 2900) - 40
    findings = [
        finding
        for finding in showcase("check", film, "--json").rows[0]["findings"]  # type: ignore[attr-defined]
        if str(finding["code"]) in ("audio.rest", "audio.unused", "audio.channels")
    ]
    assert [(item["code"], item["severity"]) for item in findings] == [
        ("audio.unused", "info") if name == "mono8.mxf" else ("audio.rest", "warning")
    ]


@pytest.mark.parametrize("name", ["avs2.ts", "avs2.mkv"])
def test_13_avs2_is_taken(name: str, case: Callable[[str], Path], transcode: Make, showcase: Showcase) -> None:
    film = case("13") / name
    assert showcase("check", film).code == 0
    made = transcode(film)
    assert len(made.pictures()) == pytest.approx(75, abs=1)


def test_15_a_photograph_is_turned_as_its_camera_says(
    case: Callable[[str], Path], showcase: Showcase, ffmpeg: Path
) -> None:
    folder = case("15")
    ran = showcase("run", folder / "submission.yaml", "--json")
    assert ran.code == 0, ran.err
    (poster,) = (showcase.folder / ".showcase").rglob("package/images/poster.jpg")
    assert Output(ffmpeg, poster).squares() == [SQUARE]
    assert "poster" not in " ".join(
        code
        for row in showcase("check", folder / "submission.yaml", "--json").rows
        for code in map(str, row["findings"])
    )  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["bp_200_13.mp4", "bp_80_88.mp4"])
def test_20_sparse_sound_is_delivered(name: str, case: Callable[[str], Path], transcode: Make) -> None:
    assert len(transcode(case("20") / name).samples()) == pytest.approx(12 * 48000, abs=4000)


@pytest.mark.parametrize(
    ("number", "name", "code", "words"),
    [
        ("21", "ac4.mp4", "audio.codec", "AC-4"),
        ("21", "camera.mp4", "video.codec", "brhq"),
        ("21", "protected.mp4", "video.codec", "protected"),
        ("22", "p5.mp4", "video.hdr", "Dolby Vision"),
    ],
)
def test_21_22_what_can_not_be_made_right_is_refused_alike_by_all(
    number: str, name: str, code: str, words: str, case: Callable[[str], Path], showcase: Showcase
) -> None:
    film = Path(shutil.copy(case(number) / name, showcase.folder))
    (showcase.folder / "showcase.toml").write_text('prefecture = "653200"\n')
    (showcase.folder / "films").mkdir()
    shutil.copy(film, showcase.folder / "films")
    checked = showcase("check", film, "--json")
    assert (checked.code, codes(checked)) == (1, {code})
    for arguments, exit_code in (
        (("run", film), 1),
        (("run", "-n", film), 1),
        (("run", film, "--accept", "the deputy said so"), 1),
        (("batch", "films"), 7),
        (("batch", "-n", "films"), 7),
        (("transcode", film, "--profile", "proxy", "-o", "out"), 4),
    ):
        said = showcase(*arguments, "--lang", "en")
        assert (arguments, said.code) == (arguments, exit_code), said.err
        assert words in said.out + said.err
