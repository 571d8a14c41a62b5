"""A season's figures as a page and a workbook: the same of both, and nothing in them runs."""

from __future__ import annotations

import io

import openpyxl
import pytest
from lxml import html as lxml_html

from pipeline.catalogue import LANGUAGES, Language
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.campaign_report import CampaignReport, FaultFigure, Figure
from pipeline.model.finding import Severity
from pipeline.report import figures_page, figures_sheet
from pipeline.report.figure_words import FigureWords
from tests.exchange.campaign.test_campaign_figures import made
from tests.factories import PROFILES
from tests.seasons import campaign, looked

ODD = '=HYPERLINK("x")\r\n<script>alert(1)</script>\u202e' + "长" * 300
COLUMNS = Vocabularies(tuple(PROFILES)).columns


def words(report: CampaignReport, language: Language = "zh", name: str = "七一展播") -> FigureWords:
    return FigureWords(language, report, campaign(name=name), COLUMNS)


def odd() -> CampaignReport:
    """Whatever can come from the store: titles, columns."""
    report = made()
    films = tuple(item.model_copy(update={"title": ODD, "column": ODD}) for item in report.films)
    columns = tuple(item.model_copy(update={"name": ODD}) for item in report.by_column)
    return report.model_copy(update={"films": films, "by_column": columns})


def share(count: int, of: int, language: Language = "zh") -> str:
    return words(made(), language).share(Figure(count=count, of=of))


def test_a_share_of_few_films_is_no_percentage() -> None:
    assert (share(2, 3), share(2, 3, "en")) == ("3 部中 2 部", "2 of 3")
    assert (share(12, 14), share(12, 14, "en")) == ("14 部中 12 部（86%）", "12 of 14 (86%)")
    assert share(0, 9) == "9 部中 0 部"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_has_every_table_with_headings_for_readers(language: Language) -> None:
    told = words(made(), language)
    tree = lxml_html.document_fromstring(figures_page.page(told).decode())
    assert [item.text_content() for item in tree.iter("caption")] == [item.title for item in told.tables()]
    assert len(told.tables()) == 6
    for table in tree.iter("table"):
        assert {item.get("scope") for item in table.find("thead").iter("th")} == {"col"}
        assert all(row[0].get("scope") == "row" for row in table.find("tbody"))
    assert tree.get("lang") == {"zh": "zh-CN", "en": "en"}[language]


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_wrote_is_text_on_the_page(language: Language) -> None:
    page = figures_page.page(words(odd(), language)).decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\u202e" not in page
    assert "default-src 'none'" in page
    assert "http" not in page.replace("http-equiv", "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_cell_of_the_workbook_is_a_formula_and_numbers_are_numbers(language: Language) -> None:
    told = words(odd(), language)
    content = figures_sheet.workbook(told)
    assert content == figures_sheet.workbook(told)
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s", "n"}
    assert [len(sheet.title) <= 31 for sheet in book] == [True] * 7
    rows = {row[1].value: row for row in book.worksheets[-1].iter_rows(min_row=2)}
    own = rows["653200-cunyi"]
    assert [cell.value for cell in own[5:8]] == [2, "否" if language == "zh" else "no", 5.0]


def test_a_finding_without_words_is_its_code() -> None:
    told = words(made())
    made_up = FaultFigure(code="made.up", severity=Severity.ERROR, count=1, of=1, reports=1)
    assert told.fault(made_up) == "made.up"
    assert told.fault(made_up.model_copy(update={"code": "content.black"})) == "… 到 … 是黑场（…，最长 …）"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_season_of_which_nothing_is_there_has_papers(language: Language) -> None:
    told = words(made(films=[], stories=[], status=looked("2027-02-01")), language)
    page = figures_page.page(told).decode()
    assert "%" not in page.partition("</style>")[2]
    assert told.word("no_cut") in page
    assert len(openpyxl.load_workbook(io.BytesIO(figures_sheet.workbook(told))).worksheets) == 2
