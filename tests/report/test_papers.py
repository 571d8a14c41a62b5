"""The producer's sheet, the table and the EBU QC report, from reports made by hand."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from xml.etree import ElementTree

import pytest
from lxml import etree
from lxml import html as lxml_html

from pipeline.catalogue import Language
from pipeline.model.finding import Severity
from pipeline.model.inspection import Curves, Inspection, Segment
from pipeline.policy import load
from pipeline.report import charts, ebu_qc, findings_csv, html
from pipeline.report.charts import Mark, Scale
from pipeline.report.sheet import Sheet
from tests.conftest import SHARED
from tests.factories import PROFILES, inspection, refusal, reported

XSD = SHARED / "specs" / "ebu_qc" / "qc.xsd"
POLICY = load.policy("showcase-film", PROFILES)
NOW = datetime(2026, 6, 10, 1, 2, 3, tzinfo=UTC)
Q = "{tag:qc.ebu.ch,2026-01}"
FAULTY = inspection(
    black=(Segment(start_s=3.0, end_s=6.0),),
    silence=(Segment(start_s=1.0, end_s=5.0),),
    loudness_lkfs=-18.0,
    dead_channels=(Segment(start_s=8.0, end_s=12.0, channel=1),),
    dual_mono=True,
)


def sheet(film: Inspection = FAULTY, file: str = "film.mov", language: Language = "zh") -> Sheet:
    report = reported(film, POLICY, file=file, language=language)
    curves = Curves(luma=(100.0,) * 24, peak_dbfs=(-6.0, None, -8.0), loudness_lkfs=(None, None, None, -24.0, -23.0))
    return Sheet(report, POLICY, NOW, curves=curves, pictures={0: b"\xff\xd8jpeg"}, tool_version="showcase 0.1")


def test_the_sheet_says_the_verdict_first_and_then_the_timeline() -> None:
    page = html.render([sheet()], "zh").decode()
    assert (
        page.index("不通过")
        < page.index("没有声音")
        < page.index("是黑场")
        < page.index("只有一边")
        < page.index("声音太大")
    )
    assert "→ 请到 00:00:03:00 处补上缺的镜头" in page
    assert page.index("声音太大") < page.index("单声道内容")  # what is only worth knowing comes last
    assert "data:image/jpeg;base64,/9hqcGVn" in page
    assert page.count("<svg") == 3


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_sheet_asks_nobody_and_runs_nothing(language: Language) -> None:
    page = html.render([sheet(file="<script>alert(1)</script>&amp;.mov", language=language)], language).decode()
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;amp;.mov" in page
    assert not re.search(r"(src|href)=\"(?!data:|#)", page)
    assert "http" not in page.replace("http-equiv", "").replace("http://www.w3.org", "")
    assert "default-src 'none'" in page
    assert "@page { size: A4" in page


def test_a_good_film_and_an_unreadable_file_have_sheets_too() -> None:
    assert "没有要修改的地方" in html.render([sheet(inspection())], "zh").decode()
    refused = refusal("file.empty", POLICY, file="x.mp4", language="zh")
    page = html.render([Sheet(refused, POLICY, NOW), sheet()], "zh").decode()
    assert page.count("<main") == 3  # the index and the two
    assert "文件是空的" in page


def test_of_several_films_an_index_comes_first_and_a_clean_one_takes_a_line() -> None:
    empty = Sheet(refusal("file.empty", POLICY, file="x.mp4", language="zh"), POLICY, NOW)
    page = html.render([sheet(file="a.mov"), sheet(inspection(), "b.mov"), empty, sheet(inspection(), "c.mov")], "zh")
    tree = lxml_html.fromstring(page.decode())
    index, *apart = tree.findall(".//main")
    assert "共 4 个文件：不通过 2，有提示 0，通过 2" in index.text_content()
    assert [link.text for link in index.findall(".//li/a")] == ["a.mov", "x.mp4"]
    lines = [" ".join(line.text_content().split()) for line in index.findall("details/summary")]
    assert lines == [
        f"{n}. {name} 00:00:24:00 · 1920×1080 · -24.0 LKFS 通过" for n, name in ((2, "b.mov"), (4, "c.mov"))
    ]
    assert [film.findtext("h1") for film in apart] == ["a.mov", "x.mp4"]
    targets = {element.get("id") for element in tree.iter() if element.get("id")}
    assert {link.get("href", "")[1:] for link in tree.iter("a")} <= targets
    assert len(targets) == 5


def test_the_folder_of_all_films_is_said_once_in_the_index() -> None:
    page = html.render([sheet(file="/media/stick/和田/a.mov"), sheet(inspection(), "/media/stick/喀什/b.mov")], "zh")
    index, film = lxml_html.fromstring(page.decode()).findall(".//main")
    assert "文件夹 /media/stick" in index.text_content()
    assert index.findtext(".//li/a") == "和田/a.mov"
    assert " ".join(index.findtext(".//summary/span").split()) == "2. 喀什/b.mov"
    assert film.findtext("h1") == "/media/stick/和田/a.mov"


def test_a_film_that_could_not_be_measured_in_full_is_not_clean() -> None:
    page = html.render([sheet(inspection(fields=None), "a.mov"), sheet(inspection(), "b.mov")], "zh").decode()
    tree = lxml_html.fromstring(page)
    assert len(tree.findall(".//details")) == 1
    assert [film.findtext("h1") for film in tree.findall(".//main")[1:]] == ["a.mov"]


def test_the_sheet_of_one_film_has_no_index() -> None:
    tree = lxml_html.fromstring(html.render([sheet()], "en").decode())
    assert (len(tree.findall(".//main")), tree.findall(".//details"), list(tree.iter("a"))) == (1, [], [])


def test_the_sheet_has_page_numbers_and_words_of_full_width_on_a_telephone() -> None:
    page = html.render([sheet()], "zh").decode()
    assert 'counter(page) " / " counter(pages)' in page
    narrow = page[page.index("@media screen and (max-width: 560px)") :]
    assert ".item .words { grid-column: 1 / -1; }" in narrow
    assert page.count('class="words"') == page.count('class="look"')


def test_the_table_opens_in_chinese_and_runs_nothing() -> None:
    raw = findings_csv.render([sheet(file="=cmd|x.mov"), sheet(inspection())], "zh")
    assert raw.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))
    assert rows[0][:5] == ["文件", "结论", "程度", "代码", "轨道"]
    assert rows[1][0] == "'=cmd|x.mov"
    assert [row[3] for row in rows[1:4]] == ["content.silence", "content.black", "content.dead_channel"]
    assert rows[2][5:9] == ["00:00:03:00", "00:00:06:00", "3.000", "6.000"]
    assert rows[-1][:2] == ["film.mov", "通过"]
    assert {len(row) for row in rows} == {13}


REFUSED = Sheet(refusal("file.not_media", POLICY, file="x.mp4", language="en"), POLICY, NOW)
SHEETS = {
    "faulty": sheet(),
    "unmeasured": sheet(inspection(fields=None)),
    "dual mono": sheet(inspection(dual_mono=True)),
    "refused": REFUSED,
}


def ebu_report(name: str) -> etree._Element:
    """The EBU report of a sheet, read again."""
    return etree.fromstring(ebu_qc.render(SHEETS[name]))


@pytest.mark.shared
@pytest.mark.parametrize("name", SHEETS)
def test_the_ebu_report_fits_its_schema(name: str) -> None:
    etree.XMLSchema(etree.parse(XSD)).assertValid(ebu_report(name))


def test_the_ebu_report_has_a_result_for_each_rule() -> None:
    root = ebu_report("faulty")
    items, results = root.findall(f".//{Q}Item"), root.findall(f".//{Q}ItemResult")
    assert len(items) == len(results) == len(POLICY.rules)
    pairs = [
        [(item.findtext(f"{Q}EBUQCID"), item.findtext(f"{Q}InstanceId")) for item in some] for some in (items, results)
    ]
    assert pairs[0] == pairs[1]
    assert len(set(pairs[0])) == len(pairs[0])
    assert root.findtext(f"{Q}CheckResult") == "false"
    assert root.findtext(f"{Q}Profile/{Q}ContentId/{Q}ContentIdentifier/{Q}ID") == root.findtext(
        f"{Q}ContentId/{Q}ContentIdentifier/{Q}ID"
    )
    black = next(
        item for item in results if item.findtext(f"{Q}EBUQCID") == "0016B" and item.find(f".//{Q}Locator") is not None
    )
    assert black.findtext(f"{Q}CheckResult") == "false"
    assert (black.findtext(f".//{Q}Start"), black.findtext(f".//{Q}End")) == ("75", "150")
    assert "00:00:03:00" in (black.findtext(f".//{Q}Text") or "")
    assert all(item.find(f"{Q}Revision") is None for item in results)
    for element in root.iter(f"{Q}LastModifiedDateTime", f"{Q}CreationDateTime"):
        assert re.search(r"(Z|[+-]\d\d:\d\d)$", element.text or "")


def test_what_could_not_be_measured_is_an_error_and_never_a_pass() -> None:
    root = ebu_report("unmeasured")
    failed = [item for item in root.findall(f".//{Q}ItemResult") if item.findtext(f"{Q}ExecutionStatus") == "error"]
    assert {item.findtext(f"{Q}EBUQCID") for item in failed} == {"0048X", "0041B"}
    assert all(
        item.findtext(f"{Q}CheckResult") == "false" and item.find(f"{Q}ErrorDescription") is not None for item in failed
    )
    assert (root.findtext(f"{Q}ExecutionStatus"), root.findtext(f"{Q}CheckResult")) == ("error", "false")


def test_a_good_film_passes_every_check_and_only_worth_knowing_fails_none() -> None:
    root = ebu_report("dual mono")
    assert root.findtext(f"{Q}CheckResult") == "true"
    assert {item.findtext(f"{Q}CheckResult") for item in root.findall(f".//{Q}ItemResult")} == {"true"}


def test_the_same_report_twice_is_the_same_and_own_ids_are_borrowed_from_nobody() -> None:
    assert ebu_qc.render(sheet()) == ebu_qc.render(sheet())
    assert ebu_qc.item_of("content.freeze").id == "showcase-content-freeze"
    root = ebu_report("refused")
    assert root.findtext(f"{Q}CheckResult") == "false"
    assert root.findall(f".//{Q}ItemResult")[-1].findtext(f"{Q}CheckResult") == "false"


def test_a_chart_marks_places_and_breaks_where_nothing_is_known() -> None:
    scale = Scale(-60, 0, (-24,))
    drawn = charts.chart([-20, -21, None, -30, -31], scale, [Mark(1, 2, Severity.ERROR.value)], 5.0, sheet().clock)
    tree = ElementTree.fromstring(drawn)  # noqa: S314 - ours
    assert len(tree.findall("polyline")) == 2
    assert len(tree.findall("rect")) == 1
    assert charts.chart([], scale, [], 5.0, sheet().clock) == ""
    long = charts.chart([-20.0] * 20_000, scale, [], 20_000.0, sheet().clock)
    assert len(long) < 40_000
