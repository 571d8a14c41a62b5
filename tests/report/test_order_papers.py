"""A running order as a page and for programme guides: what people wrote stays text, times are China's."""

from __future__ import annotations

import subprocess
from io import BytesIO
from pathlib import Path

import pytest
from lxml import etree, html
from openpyxl import load_workbook

from pipeline.catalogue import LANGUAGES, Language
from pipeline.exchange.running_order.laying import lay
from pipeline.model.course import Title
from pipeline.model.metadata import ShortSynopsis
from pipeline.model.running_order import LeftOut, Reason, RunningOrder, Standing, Why
from pipeline.report import order_page, order_sheet, xmltv
from pipeline.report.order_words import OrderWords
from tests.programmes import WORDS
from tests.running_orders import at, evenings, film, licence, slots

A, B, C = "653200", "650100", "654000"
LOOKED = at("2027-06-30 12:00")
MARKUP = "<script>alert(1)</script>&amp;\u202e"


def order() -> RunningOrder:
    films = [
        film(f"{A}/a", title=Title(zh=MARKUP, en="Doctor & co"), synopsis=ShortSynopsis(zh="一<二>")),
        film(f"{B}/b", 24.5, languages=("uig",), column="没有的栏目"),
        film(f"{C}/c", standing=Standing.WITHDRAWN),
        film(f"{C}/d", 41, licence=licence("2027-01-01", "2027-12-31")),
    ]
    late = {"name": "late", "dates": ["2027-07-31"], "start": "23:50", "minutes": 40, "language": "uig"}
    return lay(slots(evenings(2), late, repeats=[{"times": 2, "after_days": 2}]), films)


def words(language: Language) -> OrderWords:
    return OrderWords(language, WORDS.columns)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_one_file_with_headings_and_scopes(language: Language) -> None:
    made = order_page.page(order(), words(language), LOOKED)
    assert made == order_page.page(order(), words(language), LOOKED)
    page = html.document_fromstring(made.decode())
    assert page.xpath("//script | //@src | //link | //@href") == []
    assert MARKUP.replace("\u202e", "\ufffd") in page.text_content() or language == "en"
    assert b"\xe2\x80\xae" not in made
    assert len(page.xpath("//h1")) == 1
    assert len(page.xpath("//h2")) == 4  # three days, what is left out
    for table in page.xpath("//table"):
        assert table.xpath("caption")
        assert table.xpath("thead//th[@scope='col']")
        assert len(table.xpath("tbody/tr/th[@scope='row']")) == len(table.xpath("tbody/tr"))
    assert page.get("lang") == {"zh": "zh-CN", "en": "en"}[language]
    times = page.xpath("//tbody//th/text()")
    assert "23:50–00:14:30" in times


def test_a_showing_whose_film_was_withdrawn_is_marked_on_the_page_and_in_the_workbook() -> None:
    made = order()
    first, second, again = made.showings
    page = html.document_fromstring(order_page.page(made, words("en"), LOOKED, gone=[second]).decode())
    told = [row.xpath("td[last()]")[0].text_content() for row in page.xpath("//table[.//td[@class='film']]/tbody/tr")]
    assert told == ["first", "withdrawn", "repeat 1"]
    (sheet, *_) = load_workbook(BytesIO(order_sheet.workbook(made, words("en"), LOOKED, gone=[second]))).worksheets
    assert [row[-1] for row in sheet.iter_rows(min_row=2, values_only=True)] == told
    assert [item.number for item in (first, second, again)] == [1, 1, 2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_papers_say_as_of_when_the_reasons_are(language: Language) -> None:
    heading = {"zh": "原因（截至 2027-06-30 12:00）", "en": "why (as of 2027-06-30 12:00)"}[language]
    page = html.document_fromstring(order_page.page(order(), words(language), LOOKED).decode())
    assert page.xpath("//table[last()]//thead//th[last()]/text()")[-1] == heading
    sheet = load_workbook(BytesIO(order_sheet.workbook(order(), words(language), LOOKED))).worksheets[1]
    assert [cell.value for cell in sheet[1]][-1] == heading


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_is_a_sentence(language: Language) -> None:
    told = [
        words(language).why(Why(reason=reason, seconds=5, wanted=("zho",), licence=licence("2027-01-01", "2027-02-01")))
        for reason in Reason
    ]
    assert len(set(told)) == len(Reason)


def test_left_out_says_which_showings() -> None:
    def said(**of: object) -> str:
        why = Why(reason=Reason.NO_SLOT_LEFT)
        made = {"prefecture": A, "submission_id": "a", "why": why, **of}
        return words("en").left_out(LeftOut(**made))  # type: ignore[arg-type]

    slot = order().slots.placed[0]
    assert said() == "no slot left"
    assert said(number=2) == "repeat 1: no slot left"
    assert said(number=2, count=3) == "repeats 1 to 3: no slot left"
    assert said(slot=slot) == "pinned to evening 07-01 19:30: no slot left"


def test_empty_days_that_follow_each_other_are_told_together() -> None:
    empty = lay(slots(evenings(9, weekdays=["thu", "fri", "sat", "tue"])), []).empty
    assert list(words("zh").empty(empty)) == [("evening", "07-01–07-03、07-06、07-08–07-09")]


def test_a_guide_reads_every_showing() -> None:
    root = etree.fromstring(xmltv.render(order(), WORDS.columns))
    assert root.xpath("channel/@id") == ["july-2027.showcase"]
    shown = [(item.get("start"), item.get("stop")) for item in root.iterfind("programme")]
    assert shown == [
        ("20270701193000 +0800", "20270701195000 +0800"),
        ("20270702193000 +0800", "20270702195430 +0800"),
        ("20270731235000 +0800", "20270801001430 +0800"),
    ]
    first, second, again = root.iterfind("programme")
    assert first.findtext("title[@lang='zh']") == MARKUP
    assert first.findtext("title[@lang='en']") == "Doctor & co"
    assert first.findtext("desc[@lang='zh']") == "一<二>"
    assert [item.text for item in first.iterfind("category")] == ["七一展播", "July 1 showcase"]
    assert ([item.text for item in second.iterfind("category")], second.findtext("language")) == (["没有的栏目"], "ug")
    assert first.find("previously-shown") is None
    assert again.find("previously-shown") is not None


def test_a_showing_whose_film_was_withdrawn_is_no_programme() -> None:
    made = order()
    _, first, again = made.showings
    assert again.ref == first.ref
    root = etree.fromstring(xmltv.render(made, WORDS.columns, gone=[first]))
    shown = list(root.iterfind("programme"))
    assert [item.get("start") for item in shown] == ["20270701193000 +0800", "20270731235000 +0800"]
    assert shown[-1].find("previously-shown") is None  # what was not on air was not shown before


def test_a_channel_is_called_as_the_file_says() -> None:
    made = order()
    slots_ = made.slots.model_copy(update={"channel": "party.xinjiang.example"})
    root = etree.fromstring(xmltv.render(made.model_copy(update={"slots": slots_}), WORDS.columns))
    assert set(root.xpath("programme/@channel")) == {"party.xinjiang.example"}


@pytest.mark.acceptance
def test_xmltv_is_what_its_own_checker_takes(tmp_path: Path) -> None:
    """`tv_validate_file` of Debian's xmltv-util."""
    path = tmp_path / "order.xml"
    for gone in ((), order().showings[1:2]):
        path.write_bytes(xmltv.render(order(), WORDS.columns, gone))
        argv = ["tv_validate_file", "--dtd-file", "/usr/share/xmltv/xmltv.dtd", str(path)]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout.strip()) == (0, "Validated ok.")
