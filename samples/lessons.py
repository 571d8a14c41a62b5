"""What the sample course's lessons say: slides, when they turn, subtitles and a hand-out, as bytes of files.

Slides are 16:9; their smallest letters are 18 points of a page 540 points high: 25 of 1080 lines on a television, where
the page stands beside the lecturer at 70 %.
"""

from __future__ import annotations

from collections.abc import Sequence

from samples.docx import Table, Text, docx
from samples.pdf import ARABIC, HAN, Line, Page, deck

SOWING, CARE, PESTS = "第一单元/01-棉花播种", "第一单元/02-田间管理", "第二单元/03-病虫害防治"
LECTURE_S, LESSON_S = 13, 11
_LEFT, _RIGHT = 80.0, 880.0
_INK, _PALE = "0.13 0.16 0.2", "0.98 0.98 0.96"

# seconds, page, title; turns are not on whole seconds, and a page may come again
TURNS: dict[str, tuple[tuple[float, int, str], ...]] = {
    SOWING: ((0.0, 1, "开场"), (3.48, 2, "良种与播期"), (7.24, 3, "播种深度"), (10.72, 2, "回到播期")),
    CARE: ((0.0, 1, "ئېتىز باشقۇرۇش"), (3.16, 2, "سۇغىرىش"), (6.64, 3, "ئوغۇتلاش")),
}
CUES: dict[str, dict[str, tuple[tuple[float, float, str], ...]]] = {
    SOWING: {
        "zho": (
            (0.6, 3.2, "今天讲棉花怎样播种"),
            (3.8, 6.8, "先选良种，再看地温"),
            (7.6, 10.4, "沙土播三厘米，黏土播两厘米"),
        ),
        "uig": (
            (0.6, 3.2, "بۈگۈن كېۋەز تېرىشنى سۆزلەيمىز"),
            (3.8, 6.8, "ئاۋۋال ياخشى ئۇرۇق تاللايمىز"),
            (7.6, 10.4, "قۇملۇق يەرگە 3 سانتىمېتىر تېرىلىدۇ"),
        ),
    },
    CARE: {
        "zho": ((0.5, 2.9, "出苗以后管水、管肥"), (3.4, 6.2, "早晚浇水，少量多次"), (7.0, 10.2, "开花以前施氮肥")),
        "uig": (
            (0.5, 2.9, "مايسا چىققاندىن كېيىن سۇ ۋە ئوغۇت باشقۇرۇلىدۇ"),
            (3.4, 6.2, "ئەتىگەن ۋە كەچتە ئاز-ئازدىن سۇغىرىڭ"),
            (7.0, 10.2, "گۈللەشتىن بۇرۇن ئازوتلۇق ئوغۇت بېرىڭ"),
        ),
    },
}


def _bar(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f"{colour} rg {x} {y} {width} {height} re f "


def _page(title: str, lines: Sequence[str], colours: tuple[str, str], *, small: str = "", marks: str = "") -> Page:
    """A page in Chinese: a band with its title, and lines below."""
    ground, band = colours
    texts = [Line(title, _LEFT, 434, 44, HAN, _PALE)]
    texts += [Line(text, _LEFT, 340 - 64 * number, 30, HAN, _INK) for number, text in enumerate(lines)]
    texts += [Line(small, _LEFT, 44, 18, HAN, _INK)] if small else []
    return Page(tuple(texts), colour=ground, marks=_bar(0, 406, 960, 134, band) + marks, title=title)


def _page_of_arabic_letters(title: str, lines: Sequence[str], colours: tuple[str, str]) -> Page:
    """A page that is read from the right."""
    ground, band = colours
    texts = [Line(title, _RIGHT, 438, 44, ARABIC, _PALE, to_left=True)]
    texts += [
        Line(text, _RIGHT, 330 - 84 * number, 32, ARABIC, _INK, to_left=True) for number, text in enumerate(lines)
    ]
    return Page(tuple(texts), colour=ground, marks=_bar(0, 406, 960, 134, band), title=title)


_DEPTHS = _bar(150, 90, 130, 96, "0.75 0.6 0.35") + _bar(420, 122, 130, 64, "0.5 0.34 0.2")
_SLIDES: dict[str, tuple[Page, ...]] = {
    SOWING: (
        _page(
            "第一讲　棉花播种",
            ("一、选用骨干良种", "二、直播还是育苗", "三、专门的播种机"),
            ("0.97 0.95 0.88", "0.16 0.38 0.24"),
            small="字形：门、直、骨。最小的字，在讲课人旁边时高 25 行。",
        ),
        _page(
            "良种与播期",
            ("发芽率八成以上", "五厘米地温稳定在十二度", "四月上旬至中旬"),
            ("0.72 0.86 0.93", "0.09 0.25 0.45"),
            small="数字只作样例。",
        ),
        _page(
            "播种深度",
            ("沙土三厘米，黏土两厘米", "行距六十，株距十二"),
            ("0.93 0.78 0.6", "0.5 0.2 0.12"),
            marks=_DEPTHS,
        ),
    ),
    CARE: (
        _page_of_arabic_letters(
            "ئىككىنچى دەرس: ئېتىز باشقۇرۇش",
            ("سۇغىرىش", "ئوغۇتلاش", "ئوت ئوتاش"),
            ("0.9 0.95 0.85", "0.2 0.36 0.1"),
        ),
        _page_of_arabic_letters(
            "سۇغىرىش",
            ("ئەتىگەندە ۋە كەچتە سۇغىرىڭ", "بىر قېتىمدا ئاز، قېتىم سانى كۆپ"),
            ("0.6 0.78 0.9", "0.05 0.2 0.4"),
        ),
        _page_of_arabic_letters(
            "ئوغۇتلاش",
            ("گۈللەشتىن بۇرۇن ئازوتلۇق ئوغۇت", "ئوتلارنى ۋاقتىدا ئوتاڭ"),
            ("0.95 0.85 0.62", "0.45 0.27 0.05"),
        ),
    ),
    PESTS: (
        _page(
            "第三讲　病虫害防治",
            ("一、棉蚜：看叶背", "二、棉铃虫：看嫩头"),
            ("0.95 0.9 0.93", "0.42 0.12 0.3"),
        ),
        _page(
            "先查后治",
            ("每块地查五点，每点二十株", "有蚜株过三成再用药"),
            ("0.66 0.82 0.74", "0.05 0.3 0.28"),
        ),
    ),
}
_HANDOUT = (
    Text("病虫害防治：田间记录表", is_heading=True),
    Text("每周查一次，每块地查五点，每点二十株。"),
    Table((("日期", "地块", "有蚜株", "卷叶株", "处理"), *((("",) * 5,) * 4))),
    Text("有蚜株超过三成时，请告诉农技员。"),
)


def documents() -> dict[str, bytes]:
    """Every file of the course but its film and its sound, by its place in the folder."""
    found = {
        f"{SOWING}.pdf": deck(_SLIDES[SOWING], is_small=True),
        f"{CARE}.uig.pdf": deck(_SLIDES[CARE], is_small=True),
        f"{PESTS}.pdf": deck(_SLIDES[PESTS], is_small=True),
        f"{PESTS}-讲义.docx": docx(_HANDOUT),
    }
    for lesson, turns in TURNS.items():
        found[f"{lesson}.csv"] = _table(turns)
    for lesson, languages in CUES.items():
        found |= {f"{lesson}.{code}.srt": _subtitles(cues) for code, cues in languages.items()}
    return found


def _table(turns: Sequence[tuple[float, int, str]]) -> bytes:
    """As spreadsheets save it: with a byte order mark, so that they read it again."""
    rows = "".join(f"{page},{_clock(start, '.')[3:]},{title}\r\n" for start, page, title in turns)
    return ("页,开始,标题\r\n" + rows).encode("utf-8-sig")


def _subtitles(cues: Sequence[tuple[float, float, str]]) -> bytes:
    return "".join(
        f"{number}\r\n{_clock(start, ',')} --> {_clock(end, ',')}\r\n{text}\r\n\r\n"
        for number, (start, end, text) in enumerate(cues, start=1)
    ).encode()


def _clock(seconds: float, mark: str) -> str:
    """Of less than an hour: HH:MM:SS and milliseconds."""
    milliseconds = round(seconds * 1000)
    return f"00:{milliseconds // 60000:02}:{milliseconds // 1000 % 60:02}{mark}{milliseconds % 1000:03}"
