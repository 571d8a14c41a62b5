"""Burnt-in subtitles: the ink of a line stands where HarfBuzz, asked anew, puts its letters."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import uharfbuzz as hb
from numpy.typing import NDArray

from pipeline.errors import MediaError
from pipeline.execute.inspection import targets_of
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film, fonts
from pipeline.media.subtitles.field import HD_EM, SD_EM
from pipeline.model.capability import Capability
from pipeline.model.inspection_request import InspectionRequest
from pipeline.model.plan import Plan
from pipeline.model.subtitles import Cue, SubtitleTrack
from pipeline.plan import build, load
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import Sidecars
from pipeline.transcode import encode
from tests.factories import PROFILES
from tests.transcode.conftest import decoded

ZH = "棉田在风里起伏，今年好"
UG = "كېۋەزلىك شامالدا دولقۇنلايدۇ"
KK_ARABIC = "مەكتەپتە ءبىزدىڭ اۋىل"
KK, KY = "Қазақ тілі әғқңөұүһ", "Кыргыз тили ңөү сөз"
SIZES = {"iptv-hd": (1920, 1080, HD_EM), "iptv-sd": (720, 576, SD_EM)}
FACES = {"han.ttc": 2, "arabic.ttf": 0, "latin.ttf": 0}

Burn = Callable[..., tuple[NDArray[np.uint8], Plan]]


@pytest.fixture
def burn(ffmpeg: Path, able: Capability, lavfi: Callable[..., Path], tmp_path: Path) -> Burn:
    """`burn(lines, profile)`: a black film with one cue from 1 s to 2 s; its luma by picture."""

    def make(
        lines: Sequence[str],
        profile: str = "iptv-hd",
        text: str = "",
        change: Callable[[Plan], Plan] = lambda it: it,
    ) -> tuple[NDArray[np.uint8], Plan]:
        source = lavfi(
            "-f", "lavfi", "-i", "color=c=black:s=1280x720:r=25:d=3", "-c:v", "libx264", "-preset", "ultrafast"
        )
        (tmp_path / "profiles").mkdir()
        (tmp_path / "profiles" / f"{profile}.yaml").write_text(
            f"extends: {profile}\nburn: uig\nvideo: {{preset: veryfast}}\n{text}\n"
        )
        used = load.profile(profile, [tmp_path / "profiles", *PROFILES])
        for name in ("scratch", "outputs"):
            (tmp_path / name).mkdir()
        runner = Runner(ffmpeg, tmp_path / "scratch", tmp_path / "log")
        found = film.inspect(source, InspectionRequest(targets=tuple(targets_of([used]))), runner, sha256="0")
        cue = Cue(number=1, line=None, start_s=1.0, end_s=2.0, lines=tuple(lines))
        track = SubtitleTrack(language="uig", sha256="0", cues=(cue,))
        sidecars = Sidecars(subtitles=(track,), font_coverage=fonts.font_coverage(lines))
        plan = change(
            build.plan(
                PlanRequest(
                    inspection=found,
                    profiles=(used,),
                    capability=able,
                    title="x",
                    language="zho",
                    set_name="",
                    sidecars=sidecars,
                )
            )
        )
        encode.encode(plan, {"{in.main}": source}, tmp_path / "outputs", runner, fonts=fonts.paths())
        width, height, _ = SIZES[profile]
        path = tmp_path / "outputs" / plan.outputs[0].file
        return decoded(ffmpeg, path, "-pix_fmt", "gray", "-f", "rawvideo").reshape(-1, height, width), plan

    return make


def shaped(text: str, file: str, em: float, *, joined: bool = True) -> tuple[list[tuple[float, float]], float]:
    """Where each glyph's ink begins and ends, from the line's left, and how wide the line is."""
    face = hb.Face(hb.Blob.from_file_path(str(fonts.paths()[file])), FACES[file])
    font = hb.Font(face)
    buffer = hb.Buffer()
    buffer.add_str(text)
    buffer.guess_segment_properties()
    hb.shape(font, buffer, {} if joined else dict.fromkeys(("init", "medi", "fina", "rlig", "calt", "liga"), False))
    at, ink, scale = 0.0, [], em / face.upem
    for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
        box = font.get_glyph_extents(info.codepoint)
        if box and box.width:
            left = at + place.x_offset + box.x_bearing
            ink.append((left * scale, (left + box.width) * scale))
        at += place.x_advance
    return ink, at * scale


def columns(
    ink: Sequence[tuple[float, float]], wide: float, across: int, squeeze: float, outline: float
) -> NDArray[np.bool_]:
    """Which columns of the picture hold ink when the line stands in the middle."""
    made = np.zeros(across, bool)
    for left, right in ink:
        first, last = (across / squeeze / 2 - wide / 2 + edge for edge in (left - outline, right + outline))
        made[max(0, round(first * squeeze)) : round(last * squeeze)] = True
    return made


def agreement(picture: NDArray[np.uint8], expected: NDArray[np.bool_]) -> float:
    seen = (picture > 100).any(axis=0)  # letters are white, their outline is as black as the film
    return float((seen & expected).sum() / (seen | expected).sum())


LINES = {
    "zh": (ZH, "han.ttc"),
    "ug": (UG, "arabic.ttf"),
    "kk-Arab": (KK_ARABIC, "arabic.ttf"),
    "kk": (KK, "latin.ttf"),
    "ky": (KY, "latin.ttf"),
}
IN_SUITE = ("zh", "ug", "kk")  # one of each script


@pytest.mark.parametrize(
    ("text", "file", "profile"),
    [
        pytest.param(
            *line,
            profile,
            id=f"{name}-{profile}",
            marks=() if profile == "iptv-sd" and name in IN_SUITE else pytest.mark.acceptance,
        )
        for name, line in LINES.items()
        for profile in SIZES
    ],
)
def test_a_line_is_shaped_as_its_script_asks(text: str, file: str, profile: str, burn: Burn) -> None:
    pictures, _ = burn([text], profile)
    across, down, em = SIZES[profile]
    squeeze = across / 1920
    assert len(pictures) == 75
    dark = [bool((picture <= 40).all()) for picture in pictures]
    assert dark == [not 25 <= number < 50 for number in range(75)]  # from 1 s to 2 s, to the picture
    picture = pictures[40]
    ink, wide = shaped(text, file, em)
    assert agreement(picture, columns(ink, wide, across, squeeze, 0.0)) > 0.9
    if file == "arabic.ttf":  # letters that stand alone would be elsewhere
        ink, wide = shaped(text, file, em, joined=False)
        assert agreement(picture, columns(ink, wide, across, squeeze, 0.0)) < 0.85
    rows = np.flatnonzero((picture > 100).any(axis=1))
    seen = np.flatnonzero((picture > 100).any(axis=0))
    assert rows[-1] <= 0.95 * down
    assert rows[0] >= 0.8 * down
    assert seen[0] >= 0.05 * across
    assert seen[-1] <= 0.95 * across


@pytest.mark.acceptance
def test_a_line_from_right_to_left_with_latin_in_it_ends_on_the_left(burn: Burn) -> None:
    """From the left: full stop, CCTV 2026, comma and the Uyghur words."""
    pictures, _ = burn([f"{UG}، CCTV 2026."])
    right, wide_right = shaped(f"{UG}، ", "arabic.ttf", HD_EM)
    left, wide_left = shaped("CCTV 2026", "latin.ttf", HD_EM)
    dot, wide_dot = shaped(".", "latin.ttf", HD_EM)
    wide = wide_dot + wide_left + wide_right
    ink = [
        *dot,
        *((a + wide_dot, b + wide_dot) for a, b in left),
        *((a + wide_dot + wide_left, b + wide_dot + wide_left) for a, b in right),
    ]
    assert agreement(pictures[40], columns(ink, wide, 1920, 1.0, 0.0)) > 0.9


@pytest.mark.acceptance
def test_two_languages_stand_over_each_other_in_their_own_directions(burn: Burn) -> None:
    pictures, _ = burn([ZH, UG])
    picture = pictures[40]
    rows = np.flatnonzero((picture > 100).any(axis=1))
    gap = rows[np.flatnonzero(np.diff(rows) > 8)[0]] + 4
    for text, file, part in ((ZH, "han.ttc", picture[:gap]), (UG, "arabic.ttf", picture[gap:])):
        ink, wide = shaped(text, file, HD_EM)
        assert agreement(part, columns(ink, wide, 1920, 1.0, 0.0)) > 0.9


@pytest.mark.parametrize(
    "letter",
    [pytest.param("🙂", marks=pytest.mark.acceptance), "ᠮ"],
    ids=["a font of the machine may have it", "no font has it"],
)
def test_a_letter_that_our_fonts_lack_fails_the_output(letter: str, burn: Burn) -> None:
    def change(plan: Plan) -> Plan:
        process = plan.processes[0]
        texts = {name: text.replace("شامالدا", letter) for name, text in process.texts.items()}
        return plan.model_copy(update={"processes": (process.model_copy(update={"texts": texts}),)})

    with pytest.raises(MediaError) as raised:
        burn([UG], "iptv-sd", change=change)
    assert raised.value.key == "output_damaged"
    assert re.search(r"Glyph 0x[0-9A-F]+ not found", raised.value.detail or "")
