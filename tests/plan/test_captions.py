"""Subtitles as they are drawn: a font for each stretch of letters, each line in its direction, two lines at most."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest

from pipeline.errors import EnvironmentFault, MediaError
from pipeline.inspect import fonts
from pipeline.media.subtitles.field import HD_EM, Field
from pipeline.model.font_coverage import FontCoverage
from pipeline.model.inspection import Inspection
from pipeline.model.profile import TransportStream
from pipeline.model.subtitles import Cue, SubtitleTrack
from pipeline.plan import build, captions, load
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import Sidecars
from tests.factories import PROFILES, inspection, video
from tests.plan.test_plan import ABLE

HD, SD = Field(Fraction(16, 9), 1080), Field(Fraction(16, 9), 576)
ZH, UG, KK = "棉田在风里起伏", "كېۋەزلىك شامالدا دولقۇنلايدۇ.", "Қазақ тілі: әғқңөұүһі"
PLACE = re.compile(r"\{\\an2\\pos\(960,([0-9.]+)\)\}")
MON = "ᠮᠣᠩᠭᠣᠯ ᠬᠡᠯᠡ"


def font_coverage(*lines: str) -> FontCoverage:
    return fonts.font_coverage(captions.plain(line) for line in lines)


def events(*cues: tuple[float, float, tuple[str, ...]], field: Field = HD, top: bool = False) -> list[str]:
    made = [
        Cue(number=number, line=None, start_s=start, end_s=end, lines=lines, top=top)
        for number, (start, end, lines) in enumerate(cues, 1)
    ]
    script = captions.ass(made, font_coverage(*(line for _, _, lines in cues for line in lines)), field)
    return [line.split(",", 4)[4] for line in script.splitlines() if line.startswith("Dialogue:")]


def drawn(*lines: str, field: Field = HD, top: bool = False) -> str:
    """One cue's lines without their places."""
    return "\\N".join(PLACE.sub("", text) for text in events((1.0, 2.5, lines), field=field, top=top))


def test_each_script_has_a_font_and_right_to_left_lines_have_marks() -> None:
    assert drawn(ZH) == "{\\rhan}棉田在风里起伏"
    assert drawn(UG) == f"\u202b{{\\rarabic}}{UG}\u202c"
    assert drawn(KK) == f"{{\\rlatin}}{KK}"
    assert drawn(ZH, UG) == f"{{\\rhan}}{ZH}\\N\u202b{{\\rarabic}}{UG}\u202c"
    assert drawn("第2课 CCTV，词") == "{\\rhan}第2课 {\\rlatin}CCTV{\\rhan}，词"
    assert drawn("CCTV كېۋەز شامال 喀什") == "\u202b{\\rlatin}CCTV {\\rarabic}كېۋەز شامال {\\rhan}喀什\u202c"


def feet(*lines: str, top: bool = False) -> list[float]:
    """Where the letters of each line stand: without what their font asks for below them."""
    known = font_coverage(*lines)
    made = []
    for text in events((1.0, 2.5, lines), top=top):
        place = PLACE.match(text)
        assert place
        names = re.findall(r"\\r(han|arabic|latin)", text)
        descent = max(known.fonts[("han", "arabic", "latin").index(name)].descent_em for name in names)
        made.append(round(float(place[1]) - descent * HD_EM))
    return made


def test_lines_of_any_script_stand_on_the_same_feet() -> None:
    assert feet(ZH) == feet(UG) == feet(KK) == [999]
    assert feet(ZH, UG) == feet(UG, f"{KK}，") == [910, 999]
    assert feet(ZH, top=True) == [124]
    assert feet(ZH, UG, top=True) == [124, 214]


def test_cues_that_are_there_at_once_are_stacked_and_others_are_not() -> None:
    texts = events((1.0, 9.0, (ZH,)), (2.0, 3.0, (UG,)), (4.0, 10.0, (KK, ZH)), (10.0, 11.0, (ZH,)))
    assert [bool(PLACE.match(text)) for text in texts] == [False, False, False, True]
    assert texts[2].count("\\N") == 1
    assert events((1.0, 3.0, (ZH,)), (2.0, 4.0, (UG,)), top=True)[0].startswith("{\\an8}")


def test_nothing_in_the_text_is_a_command() -> None:
    assert drawn("{\\pos(1,1)}a\\Nb") == "{\\rhan}｛＼{\\rlatin}pos(1,1){\\rhan}｝{\\rlatin}a{\\rhan}＼{\\rlatin}Nb"


@pytest.mark.parametrize("field", [HD, SD])
@pytest.mark.parametrize("line", ["棉田在风里起伏，" * 6, UG * 4, KK * 4, "长" * 60])
def test_long_lines_are_two_and_stay_in_the_safe_area(field: Field, line: str) -> None:
    text = drawn(line, field=field)
    parts = text.split("\\N")
    assert len(parts) == 2
    known = font_coverage(line)
    for part in parts:
        plain = re.sub(r"\{[^}]*\}|[\u202b\u202c]", "", part)
        sizes = [float(size) for size in re.findall(r"\\fs([0-9.]+)", part)]
        name = re.findall(r"\\r(han|arabic|latin)", part)[0]
        line_em = known.fonts[("han", "arabic", "latin").index(name)].line_em
        em = sizes[0] / line_em if sizes else field.em
        wide = sum(max(found.get(char, 0.0) for found in known.advances) for char in plain)
        assert wide * em <= field.width * 0.9 * 1.02
    assert (field.em, field.widest(ZH)) == ((64, 18) if field is HD else (72, 15))


def test_times_follow_a_film_that_runs_faster() -> None:
    cue = Cue(number=1, line=None, start_s=25.0, end_s=50.0, lines=(ZH,))
    assert "0:00:24.00,0:00:48.00" in captions.ass([cue], font_coverage(ZH), HD, Fraction(25, 24))


def test_letters_without_a_font_are_told() -> None:
    assert captions.missing(f"{ZH}\u200f🙂\ue000🙂", font_coverage(ZH)) == "🙂\ue000"
    assert captions.missing(UG + KK, font_coverage(UG, KK)) == ""


def track(language: str, text: str) -> SubtitleTrack:
    return SubtitleTrack(
        language=language, sha256="0", cues=(Cue(number=1, line=None, start_s=1.0, end_s=2.0, lines=(text,)),)
    )


def names(*tracks: SubtitleTrack, film: Inspection | None = None) -> tuple[list[str], list[str]]:
    chosen, profiles = load.profile_set("showcase-film", PROFILES)
    used, notes = build.chosen(film or inspection(), chosen, profiles, tracks)
    return [item.name for item in used], [note.kind for note in notes]


def test_a_set_burns_one_stream_a_language() -> None:
    made, notes = names(track("zho", ZH), track("uig", UG))
    assert made[:6] == ["iptv-hd", "iptv-hd-zho", "iptv-hd-uig", "iptv-sd", "iptv-sd-zho", "iptv-sd-uig"]
    assert not notes
    small = inspection(video_tracks=(video(width=640, height=360),))
    assert names(track("uig", UG), film=small)[0][:2] == ["iptv-sd", "iptv-sd-uig"]


def test_mongolian_columns_are_not_burnt_and_that_is_said() -> None:
    made, notes = names(track("mon", MON))
    assert "iptv-hd-mon" not in made
    assert notes == ["not_burnt", "not_burnt"]
    assert "iptv-hd-mon" in names(track("mon", "Монгол хэл"))[0]


def burnt(*tracks: SubtitleTrack, with_fonts: bool = True) -> None:
    profile = load.profile("iptv-sd", PROFILES)
    assert isinstance(profile, TransportStream)
    used = [profile.model_copy(update={"name": "iptv-sd-uig", "burn": "uig"})]
    words = [line for item in tracks for cue in item.cues for line in cue.lines]
    sidecars = Sidecars(subtitles=tracks, font_coverage=font_coverage(*words) if with_fonts else None)
    made = build.plan(
        PlanRequest(
            inspection=inspection(),
            profiles=tuple(used),
            capability=ABLE,
            title="x",
            language="zho",
            set_name="",
            sidecars=sidecars,
        )
    )
    assert list(made.processes[0].texts) == ["iptv-sd-uig.ass"]
    assert [font.file for font in made.processes[0].fonts] == ["han.ttc", "arabic.ttf", "latin.ttf"]
    assert "ass=filename=iptv-sd-uig.ass:fontsdir=fonts:original_size=1920x1080" in " ".join(made.processes[0].argv)


def test_many_languages_are_encoded_four_streams_at_a_time() -> None:
    tracks = (track("zho", ZH), track("uig", UG), track("kaz", KK))
    chosen, profiles = load.profile_set("showcase-film", PROFILES)
    used, _ = build.chosen(inspection(), chosen, profiles, tracks)
    sidecars = Sidecars(subtitles=tracks, font_coverage=font_coverage(ZH, UG, KK))
    made = build.plan(
        PlanRequest(
            inspection=inspection(),
            profiles=tuple(used),
            capability=ABLE,
            title="x",
            language="zho",
            set_name="",
            sidecars=sidecars,
        )
    )
    assert [[output.burnt for output in process.outputs if output.form == "mpegts"] for process in made.processes] == [
        [None, None],
        ["zho", "uig", "kaz", "zho"],
        ["uig", "kaz"],
    ]
    assert [len(process.texts) for process in made.processes] == [0, 4, 2]
    assert [bool(process.fonts) for process in made.processes] == [False, True, True]


def test_what_is_burnt_needs_subtitles_and_fonts() -> None:
    burnt(track("uig", UG))
    with pytest.raises(MediaError, match="no_subtitles"):
        burnt(track("zho", ZH))
    with pytest.raises(MediaError, match="letters_missing") as raised:
        burnt(track("uig", f"{UG}\ue000"))
    assert raised.value.values["letters"] == "\ue000 U+E000"
    with pytest.raises(EnvironmentFault, match="subtitles_extra"):
        burnt(track("uig", UG), with_fonts=False)
