"""Subtitle files in every form and encoding: what is a cue, what is a fault, nothing in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipeline.media.subtitles import breaking, encoding, reading, scripts, webvtt
from pipeline.media.subtitles.encoding import NotSubtitles, Undecodable
from pipeline.model.subtitles import Cue, Subtitles

ZH, UG, KK = "棉田在风里起伏", "كېۋەزلىك شامالدا دولقۇنلايدۇ.", "Қазақ тілі: әғқңөұүһі"
SRT = "1\n00:00:01,000 --> 00:00:03,500\n{}\n\n2\n00:00:04,000 --> 00:00:06,000\n{}\n"


def read(data: bytes | str) -> Subtitles:
    return reading.read(encoding.decode(data.encode() if isinstance(data, str) else data))


def shown(found: Subtitles) -> list[tuple[float, float, tuple[str, ...]]]:
    return [(cue.start_s, cue.end_s, cue.lines) for cue in found.cues]


def faults(found: Subtitles) -> list[tuple[str, int | None]]:
    return [(fault.kind, fault.line) for fault in found.faults]


@pytest.mark.parametrize(
    ("name", "text", "told", "guessed"),
    [
        ("utf-8", ZH, "utf-8", False),
        ("utf-8-sig", UG, "utf-8", False),
        ("gb18030", ZH, "gb18030", True),
        ("gbk", "我们的家乡，在希望的田野上。", "gb18030", True),
        ("gb18030", f"{ZH} {UG}", "gb18030", True),
        ("big5", "棉田在風裡起伏，歡迎收看", "big5", True),
        ("utf-16-le", ZH, "utf-16-le", True),
        ("utf-16-be", UG, "utf-16-be", True),
        ("utf-16", KK, "utf-16-le", False),
        ("kz1048", "Туған жерім қандай көркем, өзен-көлі мол", "kz1048", True),
        ("ptcp154", "Туған жерім қандай көркем, өзен-көлі мол", "ptcp154", True),
        ("cp1251", "Утром машина едет по дороге", "cp1251", True),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_any_usual_encoding_gives_the_same_cues(name: str, text: str, told: str, guessed: bool, ends: str) -> None:
    found = read(SRT.format(text, text).replace("\n", ends).encode(name))
    assert (found.encoding, found.guessed) == (told, guessed)
    assert shown(found) == [(1.0, 3.5, (text,)), (4.0, 6.0, (text,))]
    assert found.line_ends == {"\n": "lf", "\r\n": "crlf", "\r": "cr"}[ends]


def test_mixed_line_ends_are_told() -> None:
    found = read("1\r\n00:00:01,000 --> 00:00:02,000\r\n你好\n再见\r\n".encode("gb18030"))
    assert found.line_ends == "mixed"
    assert found.cues[0].lines == ("你好", "再见")


BAD = [
    ("00:00:05,000 -> 00:00:07,000", "a single dash"),
    ("00:00:05,000 --> 00:00:07", "no milliseconds"),
    ("00:00:05,000 —> 00:00:07,000", "a long dash"),
    ("00：00：05,000 --> 00：00：07,000", "full-width colons"),
    ("00:75:05,000 --> 00:76:07,000", "75 minutes"),
    ("5 s --> 7 s", "no times"),
]


@pytest.mark.parametrize(("line", "why"), BAD, ids=[why for _, why in BAD])
def test_a_malformed_cue_is_told_with_its_line_and_the_others_stay(line: str, why: str) -> None:
    found = read(SRT.format("eins", "drei").replace("\n\n2\n", f"\n\n2\n{line}\nzwei\n\n3\n"))
    assert [lines for _, _, lines in shown(found)] == [("eins",), ("drei",)]
    assert faults(found) == [("malformed", 6)]


def test_text_without_times_is_told() -> None:
    found = read(SRT.format("eins", "drei").replace("\n\n2\n", "\n\n2\nohne Zeit\n\n3\n"))
    assert [lines for _, _, lines in shown(found)] == [("eins",), ("drei",)]
    assert faults(found) == [("malformed", 5)]
    assert faults(read("verloren\n\n" + SRT.format("a", "b"))) == [("malformed", 1)]


def test_a_cue_that_ends_before_it_begins_or_is_empty_is_told() -> None:
    found = read(
        "1\n00:00:05,000 --> 00:00:03,000\nx\n\n2\n00:00:06,000 --> 00:00:07,000\n\n3\n"
        "00:00:08,000 --> 00:00:09,000\n{\\an8}oben\n"
    )
    assert faults(found) == [("times", 2), ("empty", 6)]
    assert [(cue.lines, cue.top) for cue in found.cues] == [(("oben",), True)]


def test_people_leave_empty_lines_in() -> None:
    found = read("1\n00:00:01,000 --> 00:00:02,000\n- a\n\n- b\n2\n00:00:03,000 --> 00:00:04,000\n<i>c</i> <b>d</b>\n")
    assert shown(found) == [(1.0, 2.0, ("- a", "- b")), (3.0, 4.0, ("c d",))]
    assert not found.faults


def test_webvtt_with_notes_styles_settings_and_voices() -> None:
    found = read(
        "WEBVTT - Titel\n\nSTYLE\n::cue { color: red }\n\nNOTE ein Wort\n\nintro\n00:01.000 --> 00:03.000 line:10%\n"
        "<v 张三>你 &amp; 我</v>\n\nNOTE\nnach der ersten\n\n01:00:04.000 --> 01:00:06.000\n"
        "<c.gelb>x</c> <00:00:05.000>y\n\nverloren\n"
    )
    assert shown(found) == [(1.0, 3.0, ("你 & 我",)), (3604.0, 3606.0, ("x y",))]
    assert [cue.top for cue in found.cues] == [True, False]
    assert [(fault.kind, fault.detail) for fault in found.faults] == [("malformed", "verloren")]


def test_ass_by_the_fields_that_it_names_itself() -> None:
    found = read(
        "[Script Info]\nTitle: x\n\n[Events]\nFormat: Start, End, Style, Text\n"
        "Dialogue: 0:00:01.00,0:00:02.50,Default,{\\i1\\an8}oben, mit Komma\\N{\\r}unten\\hund\n"
        "Comment: 0:00:01.00,0:00:02.50,Default,nie\n"
        "Dialogue: 0:00:03.00,später,Default,x\n"
        "Dialogue: 0:00:05.00,0:00:06.00,Default,{\\p1}m 0 0 l 9 9{\\p0}Bild\n"
    )
    assert shown(found) == [(1.0, 2.5, ("oben, mit Komma", "unten und")), (5.0, 6.0, ("Bild",))]
    assert faults(found) == [("malformed", 8)]
    assert found.cues[0].top


TTML = """<?xml version="1.0" encoding="UTF-8"?>
<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling" xml:lang="ug"><head><layout>
<region xml:id="r1" tts:origin="10% 80%" tts:extent="80% 15%"/></layout></head><body><div>
<p begin="00:00:01.000" end="00:00:03.000" region="r1">سالام<br/>دۇنيا</p>
<p begin="4s" dur="1.5s">ohne Region</p>
<p begin="{}" end="00:00:08.000">drittens</p>
</div></body></tt>"""


def test_ttml() -> None:
    pytest.importorskip("ttconv")
    found = read(TTML.format("00:00:07.000").encode("utf-16"))
    assert (found.form, found.encoding) == ("ttml", "utf-16-le")
    assert shown(found) == [(1.0, 3.0, ("سالام", "دۇنيا")), (4.0, 5.5, ("ohne Region",)), (7.0, 8.0, ("drittens",))]
    found = read(TTML.format("4,5"))
    assert len(found.cues) == 2
    assert [(fault.kind, fault.line, fault.detail) for fault in found.faults] == [("malformed", 6, 'begin="4,5"')]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "no_subtitles"),
        (b"hello\n", "no_subtitles"),
        (b"WEBVTT\n", "no_cue"),
        (bytes(range(128, 256)), "no_encoding"),
        (b"PK\x03\x04" + b"\x00" * 60, "no_encoding"),
        (b'<!DOCTYPE tt [<!ENTITY a "x">]><tt xmlns="http://www.w3.org/ns/ttml"/>', "no_ttml"),
        (b'<tt xmlns="http://www.w3.org/ns/ttml"><!DOCTYPE x></tt>', "no_ttml"),
        (b'<tt xmlns="http://www.w3.org/ns/ttml"><p>', "no_ttml"),
    ],
)
def test_what_is_no_subtitle_file_says_why(data: bytes, reason: str) -> None:
    with pytest.raises(NotSubtitles) as raised:
        read(data)
    assert raised.value.reason == reason
    assert isinstance(raised.value, Undecodable) == (reason == "no_encoding")


LETTERS = some.text("аәбвқңөабвгде你好世界كېۋەزلىك abc,.!？", min_size=1, max_size=12).filter(lambda text: text.strip())


@given(some.lists(LETTERS, min_size=1, max_size=6), some.sampled_from(["utf-8", "utf-16", "utf-16-le", "gb18030"]))
def test_what_was_written_is_read(texts: list[str], name: str) -> None:
    blocks = [f"{n}\n00:00:{n:02},000 --> 00:00:{n:02},900\n{text}\n" for n, text in enumerate(texts, 1)]
    data = "\n".join(blocks).encode(name)
    if name == "gb18030" and encoding.decode(data).encoding != "gb18030":
        return  # a letter or two can mean anything
    assert [cue.lines for cue in read(data).cues] == [(" ".join(text.split()),) for text in texts]


@given(some.lists(some.sampled_from(["00:00:01,000 --> 00:00:02,000", *(line for line, _ in BAD)]), max_size=8))
def test_every_line_that_is_meant_as_times_is_a_cue_or_a_fault(lines: list[str]) -> None:
    text = "\n".join(f"{number}\n{line}\nx{number}\n" for number, line in enumerate(lines, 1))
    try:
        found = read(text)
    except NotSubtitles:
        assert not lines
        return
    assert len(found.cues) + len(found.faults) == len(lines)


def test_scripts_and_directions() -> None:
    assert [scripts.main_of(text) for text in (ZH, UG, KK, "abc 1", "ᠮᠣᠩᠭᠣᠯ", "12")] == [
        "han",
        "arabic",
        "cyrillic",
        "latin",
        "mongolian",
        "latin",
    ]
    assert scripts.is_right_to_left("CCTV 2026 كېۋەز شامالدا")
    assert not scripts.is_right_to_left("他说 كېۋەز 是棉花")
    assert scripts.isolated("\u200fكېۋەز\u202c") == "\u202bكېۋەز\u202c"
    assert scripts.isolated("棉田") == "棉田"


def width(text: str) -> float:
    return sum(1.0 if scripts.script_of(char) == "han" else 0.5 for char in text)


def fit(*lines: str) -> breaking.Fitted:
    return breaking.fit(lines, width, lambda line: 18 if scripts.main_of(line) == "han" else 24)


def test_chinese_is_broken_behind_a_clause_and_never_before_a_mark() -> None:
    assert fit("清晨，货车驶过村口，棉田在风里起伏，大家都很高兴").lines == (
        "清晨，货车驶过村口，",
        "棉田在风里起伏，大家都很高兴",
    )
    words = fit("第2026年春天CCTV记者来到喀什地区疏附县的一个小村庄采访").lines
    assert len(words) == 2
    assert "CCTV" in words[0] + " " + words[1]
    assert all(line[0] not in "，。、）" for line in fit("一" * 17 + "，" + "二" * 10).lines)


def test_there_are_never_more_than_two_lines() -> None:
    assert fit("a", "b", "c").lines == ("a b c",)
    assert fit("棉田，", "在风里", "起伏").lines == ("棉田，在风里起伏",)
    long = fit("一" * 50)
    assert len(long.lines) == 2
    assert long.scales == (0.72, 0.72)
    two = fit("一" * 10, "二" * 10, UG, UG)
    assert two.lines == ("一" * 10 + "二" * 10, f"{UG} {UG}")
    assert two.scales[0] == 0.9
    assert two.scales[1] < 1


@given(some.lists(LETTERS, min_size=1, max_size=4))
def test_fitted_lines_fit_and_lose_no_letter(lines: list[str]) -> None:
    found = fit(*[" ".join(line.split()) for line in lines])
    assert len(found.lines) <= 2
    assert "".join("".join(found.lines).split()) == "".join("".join(lines).split())
    for line, scale in zip(found.lines, found.scales, strict=True):
        assert width(line) * scale <= (18 if scripts.main_of(line) == "han" else 24) + 1e-9


CUES = (
    Cue(number=1, line=None, start_s=1.0, end_s=3.0, lines=("a < b & c",)),
    Cue(number=2, line=None, start_s=58.0, end_s=62.0, lines=(UG,), top=True),
    Cue(number=3, line=None, start_s=125.0, end_s=126.0, lines=("ᠮᠣᠩᠭᠣᠯ",)),
)


def test_webvtt_is_whole_and_in_segments_that_cover_the_film() -> None:
    whole = webvtt.whole(CUES)
    assert [cue.lines for cue in read(whole).cues] == [
        cue.lines if cue.number != 2 else (f"\u202b{UG}\u202c",) for cue in CUES
    ]
    assert "00:00:58.000 --> 00:01:02.000 line:0" in whole
    assert "vertical:lr" in whole
    pieces = list(webvtt.segments(CUES, 130.0, 126000))
    assert [seconds for seconds, _ in pieces] == [60, 60, 10.0]
    assert all(text.startswith("WEBVTT\nX-TIMESTAMP-MAP=MPEGTS:126000,LOCAL:00:00:00.000\n\n") for _, text in pieces)
    assert [[number for number in "123" if f"\n{number}\n" in text] for _, text in pieces] == [["1", "2"], ["2"], ["3"]]
    assert len(list(webvtt.segments(CUES, 120.0, 0))) == 2


T = "00:00:01,000 --> 00:00:02,000"


@pytest.mark.parametrize(
    ("text", "lines", "lost"),
    [
        (f"1\n{T}\nThe year\n1984\n\n2\n{T}\nTen\n10\n9\n\n", [("The year", "1984"), ("Ten", "10", "9")], []),
        (f"1\n{T}\nHello\n\nWorld\n{T}\nb\n", [("Hello", "World"), ("b",)], []),
        (f"1\n{T} Hello\nb\n\n2\n{T} X1:10 X2:20\nc\n", [("c",)], [2]),
        (
            f"1\n{T}\na<b then c>d <Music> {{笑}} <font color=red>r</font>{{\\an8}}\n",
            [("a<b then c>d <Music> {笑} r",)],
            [],
        ),
        (f"1\n{T}\nHello\n\n2\n", [("Hello",)], [5]),
        (f"1\n{T}\nHello\n\n2\n\n3\n{T}\nb\n", [("Hello",), ("b",)], [5]),
        (f"1\n{T}\nFrom 00:01:00,000 00:02:00,000\n", [("From 00:01:00,000 00:02:00,000",)], []),
        (f"1\n{T}\nHello\n\u200e\nx\n", [("Hello", "x")], []),
        (f"1\n{T}\n[Events] tonight, 10:30 -> 11:45, a --> b\n", [("[Events] tonight, 10:30 -> 11:45, a --> b",)], []),
        (f"1\n{T}\nx\n".replace("\n", "\n\n"), [("x",)], []),
        (f"1\n{T}\n" + "中" * 1001, [], [2]),
        (f"1\n{T}\n" + "\n" * 20000 + "x", [("x",)], []),
        (f"1\n{T}\n" + "{\\p1" * 200, [("{\\p1" * 200,)], [2]),
        (f"WEBVTT\n\n{T.replace(',', '.')}\na\n\nNOTEWORTHY: lost\n\nNOTE\nx\n", [("a",)], [6]),
        (
            "[Events]\nDialogue: 0,100:00:01.00,100:00:02.00,Default,,0,0,0,,x\n"
            "Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\k10}a{\\k20}b{note}\\Nc {\\p1}m 0 0{\\p0}d\n",
            [("ab", "c d")],
            [2],
        ),
    ],
)
def test_no_word_is_lost_in_silence(text: str, lines: list[tuple[str, ...]], lost: list[int]) -> None:
    found = read(text)
    assert [cue.lines for cue in found.cues] == lines
    assert [fault.line for fault in found.faults] == lost


def test_hours_are_counted_past_99() -> None:
    assert read(f"1\n{T.replace('00:00:0', '100:00:0')}\nx\n").cues[0].start_s == 360001.0


DIV = '<tt xmlns="http://www.w3.org/ns/ttml" xmlns:tts="http://www.w3.org/ns/ttml#styling"><body{}><div{}>{}</div></body></tt>'
RUBY = '<span tts:ruby="container"><span tts:ruby="base">漢</span><span tts:ruby="text">han</span></span>字'


@pytest.mark.parametrize(
    ("body", "div", "paragraphs", "cues", "lost"),
    [
        ("", "", '<p begin="1s" end="2s">3 &lt; 5 &lt;b&gt;x<br/>2</p>', [(1.0, 2.0, ("3 < 5 <b>x", "2"))], []),
        (' begin="5s"', ' begin="10s"', '<p begin="1s" end="2s">x</p>', [(16.0, 17.0, ("x",))], []),
        ("", "", f'<p begin="1s" end="2s">{RUBY}</p>', [(1.0, 2.0, ("漢字",))], []),
        (
            "",
            "",
            '<p begin="1s" end="2s">好的</p><p begin="5s" end="5s">好</p><p begin="6s">x</p>',
            [(1.0, 2.0, ("好的",))],
            ["好", "x"],
        ),
        (' begin="junk"', "", '<p begin="1s" end="2s">x</p>', [(1.0, 2.0, ("x",))], ['begin="junk"']),
        (
            "",
            "",
            '<p>y<span begin="1s" end="2s">a</span><span begin="3s" end="4s">b</span></p>',
            [(1.0, 2.0, ("a",)), (3.0, 4.0, ("b",))],
            ["y"],
        ),
        (
            "",
            "",
            '<p timeContainer="seq"><span dur="1s">a</span><span dur="2s">b</span></p>',
            [(0.0, 1.0, ("a",)), (1.0, 3.0, ("b",))],
            [],
        ),
        (
            "",
            "",
            '<p begin="1s" end="9s">long</p><p begin="2s" end="3s">inside</p>',
            [(1.0, 9.0, ("long",)), (2.0, 3.0, ("inside",))],
            [],
        ),
    ],
)
def test_no_paragraph_of_ttml_is_lost_in_silence(
    body: str, div: str, paragraphs: str, cues: list[tuple[float, float, tuple[str, ...]]], lost: list[str]
) -> None:
    pytest.importorskip("ttconv")
    found = read(DIV.format(body, div, paragraphs))
    assert shown(found) == cues
    assert [fault.detail for fault in found.faults] == lost
    assert all(cue.line == 1 for cue in found.cues)
    old = read(DIV.format(body, div, paragraphs).replace("ns/ttml", "2006/10/ttaf1"))
    assert shown(old) == cues


@pytest.mark.parametrize("word", ["再见", "好的", "你好", "联通"])
def test_a_word_of_chinese_is_enough(word: str) -> None:
    assert read(f"1\n{T}\n{word}\n".encode("gbk")).cues[0].lines == (word,)


def test_long_lines_of_utf_16_without_a_mark() -> None:
    assert read(f"1\n{T}\n{ZH * 20}\n".encode("utf-16-le")).encoding == "utf-16-le"


def test_damaged_utf_8_is_told_with_its_line() -> None:
    with pytest.raises(Undecodable) as raised:
        read(f"1\n{T}\n{ZH * 3}".encode()[:-1])
    assert (raised.value.reason, raised.value.line) == ("damaged", 3)


IN_SRT = "1\n00:00:00,500 --> 00:00:02,000\n{}\n\n2\n00:00:02,500 --> 00:00:04,000\n{}\n"
IN_VTT = "WEBVTT\n\n00:00.500 --> 00:02.000\n{}\n\n00:02.500 --> 00:04.000\n{}\n"


@pytest.mark.parametrize(
    ("form", "text", "lines", "told"),
    [
        (IN_SRT, "It&#39;s &quot;ours&quot;", ['It\'s "ours"'], "&#39; &quot;"),
        (IN_SRT, "R&amp;D &#x68C9;&#30000;", ["R&D 棉田"], "&amp; &#x68C9; &#30000;"),
        (IN_VTT, "It&#39;s na&iuml;ve", ["It's naïve"], None),
        (IN_SRT, "棉田<br>丰收", ["棉田", "丰收"], "<br>"),
        (IN_SRT, "one<br />two<BR/>three", ["one", "two", "three"], "<br /> <BR/>"),
        (IN_SRT, "棉田\\N丰收", ["棉田", "丰收"], "\\N"),
        (IN_SRT, "one\\ntwo\\hthree", ["one", "two three"], "\\n \\h"),
        (IN_SRT, "棉田\x0b丰收\u2028好", ["棉田", "丰收", "好"], "U+000B U+2028"),
        (IN_SRT, "one\x1a", ["one"], "U+001A"),
        (IN_VTT, "a\x07b", ["ab"], "U+0007"),
        (IN_SRT, "Baum\xadwolle", ["Baumwolle"], "U+00AD"),
        (
            IN_SRT,
            '棉田<br clear="all"/>丰收< br >a<br / >b',
            ["棉田", "丰收", "a", "b"],
            '<br clear="all"/> < br > <br / >',
        ),
        (IN_SRT, "a&nbsp b&lt", ["a b<"], "&nbsp &lt"),
        (IN_SRT, "It&#39s &#x68C9田", ["It's 棉田"], "&#39 &#x68C9"),
        (IN_VTT, "caf&eacute au lait", ["café au lait"], "&eacute"),
        (IN_SRT, "&NBSP;x &Amp; y", ["x & y"], "&NBSP; &Amp;"),
        (IN_SRT, "&copy 2026", ["© 2026"], "&copy"),
        (IN_SRT, "A:\\N你好", ["A:", "你好"], "\\N"),
        (IN_SRT, "M:\\N- 你好", ["M:", "- 你好"], "\\N"),
        (IN_SRT, "Q:\\Nyes\\NA:\\Nno", ["Q:", "yes", "A:", "no"], "\\N"),
        (IN_SRT, "one\\r\\ntwo\\\\Nthree", ["one", "two", "three"], "\\r\\n \\\\N"),
        # what is text stays, and nothing is told of it
        (IN_SRT, "R&D; AT&T 3 < 5 > 2", ["R&D; AT&T 3 < 5 > 2"], None),
        (IN_SRT, "C:\\New\\home", ["C:\\New\\home"], None),
        (IN_SRT, "a\u200cb <i>c</i>", ["a\u200cb c"], None),
        (IN_SRT, "D:\\Notes\\new und E:\\n1", ["D:\\Notes\\new und E:\\n1"], None),
        (IN_SRT, "https://a.b/?x=1&lt=2&copy=3", ["https://a.b/?x=1&lt=2&copy=3"], None),
        (IN_SRT, "this &not that, &copy it, #21&#22, R&sons;", ["this &not that, &copy it, #21&#22, R&sons;"], None),
    ],
)
def test_what_other_programs_leave_is_read_as_it_was_meant(
    form: str, text: str, lines: list[str], told: str | None
) -> None:
    found = read(form.format(text, "好").encode())
    assert [list(cue.lines) for cue in found.cues] == [lines, ["好"]]
    assert [(item.kind, item.cue, item.detail) for item in found.faults] == ([("mended", 1, told)] if told else [])
    assert [item.line for item in found.faults] == ([2 if form == IN_SRT else 3] if told else [])


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("棉\ufffd丰收", "U+FFFD"),
        ("好\ufffd\ufffd", "U+FFFD U+FFFD"),
        ("&amp;quot;x&amp;quot;", "&quot;"),
        ("<p>x</p>", "<p> </p>"),
        ("<span class='a'>x</span>", "<span class='a'> </span>"),
        ("a &#0; b", "U+FFFD"),
        ("&copyright; &section; &notes;", "&copyright; &section; &notes;"),
        ("a&nbspb &EACUTE;", "&nbsp &EACUTE;"),
        ("&lt;i&gt;x&lt;/i&gt; &lt;br&gt;", "<i> <br>"),
        ("M:\\NYes", "M:\\N"),
        ("{\\k x \\an8 \\u4f60", "{\\k \\an8 \\u4f60"),
        ("<!-- x", "<!--"),
        ("x <br y> <font color=red", "<br y> <font color=red"),
        ("ä½ å¥½ä¸–ç•Œ", "ä½ å¥½ä¸–ç•Œ"),
        ("它 ä½\xa0å¥½", "ä½ å¥½"),
        ("itâ€™s cafÃ©", "â€™ Ã©"),
        ("æ£\x89", "æ£"),
        ("Ð¿Ñ€Ð¸Ð²ÐµÑ‚", "Ð¿Ñ€Ð¸Ð²ÐµÑ‚"),
        ("鎴戜滑", "鎴戜滑"),
        ("锟斤拷锟斤拷 烫烫烫屯屯", "锟斤拷锟斤拷 烫烫烫屯屯"),
        ("????棉田", "????"),
        ("我们????今天", "????"),
        ("сәлем ????? дүние", "?????"),
        ("???? ?? ?????", "???? ?? ?????"),
    ],
)
@pytest.mark.parametrize("form", [IN_SRT, IN_VTT])
def test_what_a_viewer_would_see_as_rubbish_is_told(form: str, text: str, seen: str) -> None:
    found = read(form.format("好", text).encode())
    assert [(item.cue, item.detail) for item in found.faults if item.kind == "rubbish"] == [(2, seen)]


@pytest.mark.parametrize(
    "text",
    [
        "?????",
        "什么????你疯了!!!!",
        "真的????不会吧 Что????Ты",
        "<small talk> <u x>",
        "\\\\host\\new",
        "真的是棉田????",
        "Wha????t",
        "烫烫烫！",
        "L'été », là-bas… créé « ici »",
        "BÉŽOVÝ, MÄÄRÄ × 2, IRMÃ, Å°, ŠKODA",
        "联通 通联 鎴",
        "a --> b, 1 < i > 2, a <b and c> d",
        "{S: hello} {笑声} (a6) \\frac",
        "<b>&amp;</b> &lt;b&gt;",
    ],
)
def test_odd_text_that_is_meant_is_no_rubbish(text: str) -> None:
    found = read(IN_SRT.format("好", text).encode())
    assert len(found.cues) == 2
    assert [item.kind for item in found.faults if item.kind != "mended"] == []


@pytest.mark.parametrize(
    ("text", "words", "top", "told"),
    [
        ('<i class="x">a</i><b style=y>b</b>', "ab", False, '<i class="x"> <b style=y>'),
        ("<i/>a< i >b</ i>", "ab", False, "<i/> < i > </ i>"),
        ("<I >a</I ><i\n>b</i>", "ab", False, None),
        ("<big>丰收</big> <tt>x</tt>", "丰收 x", False, "<big> </big> <tt> </tt>"),
        ("<!-- c\n -->a<![CDATA[b]]>", "ab", False, "<!-- c -->_<![CDATA[b]]>"),
        ("{C:$0000FF}{s:20}{f:Arial}a{y:i}", "a", False, "{C:$0000FF} {s:20} {f:Arial}"),
        ("{\\p1}m 0 0 l 100 0 100 100{\\p0}a", "a", False, "{\\p1}"),
        ("a{\\an7\\p4}m 0 0 l 100", "a", True, "{\\an7\\p4}"),
        ("{\\an8 棉", "棉", True, "{\\an8"),
        ("｛\\an8｝棉", "棉", True, "｛\\an8｝"),
        ("{\\pos(1,2)\\i1棉", "棉", False, "{\\pos(1,2)\\i1"),
        ("\\an8}棉", "棉", True, "\\an8}"),
        ("{an8}棉", "棉", True, "{an8}"),
        ("{\\a6}棉", "棉", True, None),
        ("{\\a9}棉", "棉", False, None),
        ("{\\fnJuan8\\an2}{\\an8}棉", "棉", False, None),
    ],
)
def test_markup_of_other_forms_is_taken_out_and_told(text: str, words: str, top: bool, told: str | None) -> None:
    found = read(IN_SRT.format(text, "好").encode())
    assert [(cue.lines, cue.top) for cue in found.cues] == [((words,), top), (("好",), False)]
    assert [item.detail for item in found.faults] == ([told.replace("_", " ")] if told else [])


ASS = (
    "[script info]\nScriptType: v4.00+\n\n[{section}]\nFormat: Name, Fontname, Alignment, Encoding\n"
    "Style: Default,Arial,2,1\nStyle: *Oben,Arial,{number},1\n\n[events]\n"
    "Format: Layer, Start, End, Style, Text\nDialogue: 0,0:00:01.00,0:00:02.00,{style},{text}\n"
)


@pytest.mark.parametrize(
    ("section", "number", "style", "text", "top"),
    [
        ("V4+ Styles", 8, "Oben", "x", True),
        ("V4+ Styles", 8, "Default", "x", False),
        ("V4+ Styles", 8, "Oben", "{\\an2}x{\\an8}", False),
        ("V4+ Styles", 2, "*Oben", "{\\an9}x", True),
        ("V4+ Styles", 6, "Oben", "x", False),
        ("V4 Styles", 6, "*Oben", "x", True),
        ("V4 Styles", 9, "Oben", "x", False),
        ("V4+ Styles", 8, "fremd", "x", False),
    ],
)
def test_a_line_stands_where_its_style_says(section: str, number: int, style: str, text: str, top: bool) -> None:
    found = read(ASS.format(section=section, number=number, style=style, text=text))
    assert [(cue.lines, cue.top) for cue in found.cues] == [(("x",), top)]
    assert found.faults == ()


@pytest.mark.parametrize(
    ("text", "lines", "told"),
    [
        ("<i>x</i>&#39;a<br>b", ("x'a", "b"), "<i> </i> <br> &#39;"),
        ("{\\an2 open", ("open",), "{\\an2"),
        ("C:\\Nx\\hy {note}", ("C:", "x y"), None),
    ],
)
def test_events_hold_what_other_forms_leave_too(text: str, lines: tuple[str, ...], told: str | None) -> None:
    found = read(ASS.format(section="V4+ Styles", number=8, style="Default", text=text))
    assert [cue.lines for cue in found.cues] == [lines]
    assert [(item.kind, item.detail) for item in found.faults] == ([("mended", told)] if told else [])


def test_ttml_keeps_what_was_written_as_text_and_reads_signs() -> None:
    pytest.importorskip("ttconv")
    found = read(DIV.format("", "", '<p begin="1s" end="2s">a\\Nb &amp;#39;</p>'))
    assert [cue.lines for cue in found.cues] == [("a", "b &#39;")]
    assert [(item.kind, item.detail) for item in found.faults] == [("mended", "\\N"), ("rubbish", "&#39;")]


@pytest.mark.parametrize("around", [" ", "\t ", "\u200e", " \ufeff", "\u3000"])
@pytest.mark.parametrize("form", [IN_SRT, IN_VTT])
def test_what_nobody_sees_about_times_is_no_fault(form: str, around: str) -> None:
    times = [line for line in form.split("\n") if "-->" in line]
    text = form.format("a", "b").replace(times[0], f"{around}{times[0]}{around}")
    assert [cue.lines for cue in read(text.encode()).cues] == [("a",), ("b",)]
    assert not read(text.encode()).faults


def test_captions_that_roll_up_have_lines_of_a_space() -> None:
    found = read(
        b"WEBVTT\nKind: captions\nLanguage: en\n\n00:00:00.000 --> 00:00:01.500 align:start position:0%\n \n"
        b"hello<00:00:00.500><c> this</c><00:00:01.000><c> is</c>\n\n00:00:01.500 --> 00:00:01.510\n"
        b"hello this is\n \n\n"
        b"00:00:01.510 --> 00:00:03.000\nhello this is\nnew<00:00:02.000><c> line</c>\n\n"
        b"00:00:03.000 --> 00:00:04.000\n \n \n\n00:00:05.000 --> 00:00:06.000\n\n"
    )
    assert [cue.lines for cue in found.cues] == [("hello this is",), ("hello this is",), ("hello this is", "new line")]
    assert faults(found) == [("empty", 21)]


@pytest.mark.parametrize("between", [" \nNOTE x\ny", " \n2", " \nname"])
def test_people_leave_a_space_in_the_empty_lines_of_webvtt(between: str) -> None:
    found = read(f"WEBVTT\n\n00:01.000 --> 00:02.000\na\n{between}\n00:03.000 --> 00:04.000\nb\n")
    assert [cue.lines for cue in found.cues] == [("a",), ("b",)]
    assert not found.faults


def test_a_reading_beside_a_word_is_left_out_and_told() -> None:
    found = read(IN_VTT.format("<ruby>和田<rp>(</rp><rt>Hotan</rt><rp>)</rp></ruby>你好", "<ruby>漢<rt>han</ruby>字"))
    assert [cue.lines for cue in found.cues] == [("和田你好",), ("漢字",)]
    assert [item.detail for item in found.faults] == ["<rp>(</rp> <rt>Hotan</rt> <rp>)</rp>", "<rt>han"]


MAP = "X-TIMESTAMP-MAP=MPEGTS:900000,LOCAL:00:00:00.000\n"


def test_segments_of_webvtt_that_were_joined_are_one_file() -> None:
    first = f"WEBVTT\n{MAP}\n00:00:00.500 --> 00:00:02.000\nfirst\n"
    last = f"WEBVTT\n{MAP}\n00:00:02.500 --> 00:00:04.000\nlast\n"
    for joint in ("", "\n"):
        found = read((first + joint + last).encode())
        assert [cue.lines for cue in found.cues] == [("first",), ("last",)]
        assert found.faults == ()
    other = last.replace("900000", "1800000")
    assert [(item.kind, item.line) for item in read((first + other).encode()).faults] == [("malformed", 7)]


@pytest.mark.parametrize(
    "clock",
    ["LOCAL:00:00:00.000,MPEGTS:900000", "MPEGTS:990000,LOCAL:00:00:01.000", "LOCAL:00:00.000, MPEGTS:8590834592"],
)
def test_maps_of_one_clock_are_the_same_map(clock: str) -> None:
    first = f"WEBVTT\n{MAP}\n00:00:00.500 --> 00:00:02.000\nfirst\n"
    last = f"\ufeffWEBVTT\nX-TIMESTAMP-MAP={clock}\n\n00:00:02.500 --> 00:00:04.000\nlast\n"
    found = read((first + last).encode())
    assert [cue.lines for cue in found.cues] == [("first",), ("last",)]
    assert found.faults == ()
    wrong = last.replace("MPEGTS:", "MPEGTS:x")
    assert [item.line for item in read((first + wrong).encode()).faults] == [7]


def test_the_head_of_webvtt_may_be_written_small() -> None:
    cue = "00:00:01.000 --> 00:00:02.000\n{}\n"
    found = read(f"webvtt\n\n{cue.format('a')}webvtt\n\n{cue.format('b')}")
    assert [cue.lines for cue in found.cues] == [("a",), ("b",)]
    assert not found.faults


def test_a_cue_that_is_there_twice_is_shown_once() -> None:
    cue = "00:00:00.500 --> 00:00:02.000\nacross\n\n"
    found = read(f"WEBVTT\n\n{cue}WEBVTT\n\n{cue}00:00:00.500 --> 00:00:02.000 line:0\nacross\n".encode())
    assert [(cue.lines, cue.top) for cue in found.cues] == [(("across",), False), (("across",), True)]
    assert [(item.kind, item.cue, item.line) for item in found.faults] == [("doubled", 2, 8)]


def test_subrip_with_settings_of_webvtt_behind_its_times() -> None:
    found = read(b"1\n00:00:01,000 --> 00:00:02,000 line:0 align:start\nhi\n\n2\n00:00:03,000 --> 00:00:04,000 x\nno\n")
    assert [(cue.lines, cue.top) for cue in found.cues] == [(("hi",), True)]
    assert [(item.kind, item.cue) for item in found.faults] == [("malformed", 2)]
