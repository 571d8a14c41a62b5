"""Rules on subtitles: for each code a file that raises it with cue and line, and a near miss that does not."""

from __future__ import annotations

import pytest

from pipeline import wording
from pipeline.catalogue import Language
from pipeline.inspect import fonts
from pipeline.media.subtitles import encoding, reading
from pipeline.model.finding import Report, ReportedFinding, SubtitleFacts, Verdict
from pipeline.model.subtitles import Subtitles
from pipeline.plan import captions
from pipeline.policy import evaluate, load, subtitle_facts
from pipeline.policy.fact import Fact
from tests.factories import PROFILES

POLICY = load.policy("subtitles", PROFILES)
FILM_S = 60.0


def judged(data: str | bytes, language: Language = "en", film_s: float | None = FILM_S, drawn: bool = True) -> Report:
    found = reading.read(encoding.decode(data.encode() if isinstance(data, str) else data))
    missing = None
    if drawn:
        known = fonts.font_coverage(captions.plain(line) for cue in found.cues for line in cue.lines)
        missing = {cue.number: captions.missing("".join(cue.lines), known) for cue in found.cues}
    table = subtitle_facts.facts(found, film_s, missing)
    return judge(found, table, language)


def judge(found: Subtitles, table: dict[str, tuple[Fact, ...]], language: Language) -> Report:
    seen = SubtitleFacts(form=found.form, encoding=found.encoding, cues=len(found.cues), ends_s=0.0)
    evaluation = evaluate.judge_facts(table, POLICY, sha256="0", subtitles=seen)
    return wording.report(evaluation, file="f", language=language)


def srt(*cues: tuple[str, str, str]) -> str:
    return "".join(f"{n}\n00:00:{a} --> 00:00:{b}\n{text}\n\n" for n, (a, b, text) in enumerate(cues, 1))


GOOD = ("05,000", "08,000", "棉田在风里起伏")
CASES: dict[str, tuple[str | bytes, str | bytes]] = {
    "subtitle.unreadable": (srt(GOOD).replace("-->", "->"), srt(GOOD)),
    "subtitle.empty": (srt(GOOD, ("09,000", "10,000", "")), srt(GOOD)),
    "subtitle.mended": (srt(("01,000", "04,000", "好&#33;")), srt(("01,000", "04,000", "A&B;"))),
    "subtitle.rubbish": (srt(("01,000", "04,000", "好\ufffd")), srt(("01,000", "04,000", "<好>"))),
    "subtitle.doubled": (srt(GOOD, GOOD), srt(GOOD, ("09,000", "12,000", GOOD[2]))),
    "subtitle.encoding": (srt(GOOD).encode("gb18030"), srt(GOOD).encode("utf-16")),
    "subtitle.line_ends": (srt(GOOD).replace("\n", "\r\n", 2), srt(GOOD).replace("\n", "\r\n")),
    "subtitle.overlap": (srt(GOOD, ("07,900", "09,000", "再见")), srt(GOOD, ("08,000", "09,000", "再见"))),
    "subtitle.beyond_end": (
        srt(("58,000", "59,900", "再见")).replace("00:00:59,9", "00:01:00,1"),
        srt(("58,000", "59,900", "再见")).replace("00:00:59,9", "00:01:00,0"),
    ),
    "subtitle.glyph_missing": (srt(("05,000", "08,000", "棉田\ue000")), srt(GOOD)),
    "subtitle.too_long": (srt(("05,000", "15,000", "一" * 45)), srt(("05,000", "15,000", "一" * 40))),
    "subtitle.pace": (
        srt(("05,000", "06,000", "棉田在风里起伏棉田在风里起")),
        srt(("05,000", "06,000", "棉田在风里起伏棉田在风")),
    ),
}


def only(code: str, report: Report) -> list[ReportedFinding]:
    return [item for item in report.findings if item.code == code]


def test_every_rule_has_a_case() -> None:
    assert {rule.code for rule in POLICY.rules} == {*CASES, "subtitle.moved", "subtitle.script"}


def test_subtitles_that_move_with_a_line_up_say_so() -> None:
    found = reading.read(encoding.decode(srt(GOOD).encode()))
    for moved_s, codes in ((0.0, []), (30.0, ["subtitle.moved"])):
        table = subtitle_facts.facts(found, FILM_S, {}, moved_s)
        assert [item.code for item in judge(found, table, "en").findings] == codes


CHINESE, UYGHUR = "棉田在风里起伏，农民走过田埂", "پاختا ئېتىزى شامالدا دولقۇنلىنىۋاتىدۇ"
KAZAKH, ENGLISH, MONGOLIAN = (
    "Мақта алқабы желде тербеледі",
    "The cotton fields sway in the wind",
    "ᠬᠥᠪᠥᠩ ᠤᠨ ᠲᠠᠯ᠎ᠠ ᠰᠠᠯᠬᠢᠨ ᠳᠤ",
)
TIBETAN = "སྲིང་བལ་གྱི་ཞིང་ཁ་རླུང་ལ་གཡོ་བཞིན།"


def foreign(language: str, *texts: str) -> list[str]:
    """The codes of what is found in subtitles of a language; a cue a text."""
    data = srt(*((f"{5 * n:02},000", f"{5 * n + 4:02},500", text) for n, text in enumerate(texts, 1)))
    found = reading.read(encoding.decode(data.encode()))
    return [item.code for item in judge(found, subtitle_facts.facts(found, FILM_S, {}, 0.0, language), "en").findings]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("zho", [CHINESE]),
        ("uig", [UYGHUR]),
        ("uig", [f"{CHINESE}\n{UYGHUR}"]),  # both in one cue
        ("zho", [f"{CHINESE}\n{UYGHUR}"]),
        ("zho", [f"{CHINESE}\n{UYGHUR}\n{UYGHUR[:20]}"]),
        ("eng", [f"{CHINESE}\n{ENGLISH}"]),
        ("uig", [CHINESE, UYGHUR, UYGHUR]),  # a quotation
        ("uig", ["2024", "新疆电视台"]),  # too little to tell
        ("kaz", [KAZAKH]),
        ("kaz", [UYGHUR]),  # by its letters it may be Kazakh of China
        ("mon", [MONGOLIAN]),
        ("mon", [KAZAKH]),
        ("bod", [TIBETAN]),
        ("eng", [ENGLISH]),
        ("und", [CHINESE]),
        ("tam", [CHINESE]),  # nobody knows here how it is written
    ],
)
def test_subtitles_in_letters_of_their_language_pass(language: str, texts: list[str]) -> None:
    assert "subtitle.script" not in foreign(language, *texts)


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("uig", [CHINESE]),
        ("uig", [CHINESE, CHINESE, UYGHUR]),
        ("zho", [UYGHUR]),
        ("zho", [ENGLISH]),
        ("kaz", [ENGLISH]),
        ("mon", [UYGHUR]),
        ("bod", [CHINESE]),
        ("eng", [KAZAKH]),
        ("zho", ["これはひらがなとカタカナのじまくです"]),
    ],
)
def test_subtitles_in_letters_of_no_such_language_are_an_error(language: str, texts: list[str]) -> None:
    assert "subtitle.script" in foreign(language, *texts)


@pytest.mark.parametrize("words", ["zh", "en"])
def test_what_is_said_of_another_script_names_language_text_and_cue(words: Language) -> None:
    found = reading.read(encoding.decode(srt(GOOD).encode()))
    report = judge(found, subtitle_facts.facts(found, FILM_S, {}, 0.0, "uig"), words)
    [said] = only("subtitle.script", report)
    assert report.verdict is Verdict.REJECT
    assert (said.cue, said.line, said.actual) == (1, 2, "100 %")
    assert "uig: 棉田在风里起伏" in said.message


@pytest.mark.parametrize("code", CASES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_code_is_raised_where_it_should_be_and_only_there(code: str, language: Language) -> None:
    bad, near = CASES[code]
    assert [item.code for item in judged(bad, language).findings] == [code]
    assert not only(code, judged(near, language))


def test_a_finding_names_cue_line_and_time() -> None:
    found = only("subtitle.overlap", judged(CASES["subtitle.overlap"][0], "zh"))[0]
    assert (found.cue, found.line, found.start_s, found.start_tc) == (2, 6, 7.9, "00:00:07:22")
    assert "第 2 条字幕（第 6 行，00:00:07:22）" in found.message
    assert "第 1 条" in found.message
    assert found.actual == "0.1 s"


def test_a_cue_that_nobody_would_see_rejects_the_file() -> None:
    text = srt(GOOD).replace("00:00:05", "00:02:05").replace("00:00:08", "00:02:08")
    report = judged(text)
    assert [(item.code, item.rule) for item in report.findings] == [("subtitle.beyond_end", "after_end")]
    assert report.verdict is Verdict.REJECT
    assert not judged(text, film_s=None).findings


def test_without_fonts_letters_are_left_unjudged_not_passed() -> None:
    report = judged(srt(GOOD), drawn=False)
    assert [item.code for item in report.skipped] == ["subtitle.glyph_missing"]
    assert report.verdict is Verdict.WARN


def test_a_cue_inside_a_long_one_overlaps_it_and_a_later_one_too() -> None:
    report = judged(srt(("05,000", "20,000", "长"), ("06,000", "07,000", "一"), ("10,000", "12,000", "二")))
    assert [(item.cue, item.actual) for item in only("subtitle.overlap", report)] == [(2, "1 s"), (3, "2 s")]
