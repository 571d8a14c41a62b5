"""Letters, calls and figures of a season as the commands make them, on a real store."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from lxml import html as lxml_html

from pipeline import catalogue
from pipeline.catalogue import Language
from pipeline.cli.layout import width
from pipeline.model.campaign import Campaign, ExpectedFilms, FilledBy
from pipeline.model.campaign_records import Announce, Done, Note, Side
from pipeline.model.china_time import day_in_china
from pipeline.model.delivery import Decision
from pipeline.model.finding import Severity
from pipeline.model.inbox import ReviewKind
from pipeline.storage import embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.conftest import Result, Showcase
from tests.e2e.error_words import LANGUAGES, Case, case, hold, put
from tests.seasons import ALTAY, HOTAN, KARAMAY, KASHGAR, campaign, milestones
from tests.stored_seasons import StoredFilm, publish, say
from tests.test_advice import COMMANDS

TODAY = day_in_china(datetime.now(UTC))
ODD = "=cmd|' /C calc'!A0 <b>片</b>"
CONTACTS = f"地州,联系人,电话,邮箱\n和田,阿依古丽,0903-2022000,a@b.cn\n喀什,{'努尔' * 20},13999012345,\n"
CASES: dict[str, Case] = {
    "contacts without prefectures": case(
        "contacts_lack_column", 2, "campaign remind --contacts c.csv", {"c.csv": "姓名,电话\n甲,1\n"}
    ),
    "contacts of no prefecture": case(
        "contacts_rows", 2, "campaign remind --contacts c.csv", {"c.csv": "地州,电话\n火星,1\n"}
    ),
}


def day(after: int) -> date:
    return TODAY + timedelta(days=after)


def plan(**values: object) -> Campaign:
    """Two steps are over, one is near, one is far."""
    steps = (
        ("topic", "选题", str(day(-40)), FilledBy.HAND),
        ("handed-in", "首次报送", str(day(-2)), FilledBy.SUBMITTED),
        ("accepted", "通过", str(day(4)), FilledBy.APPROVED),
        ("on-air", "播出", str(day(30)), FilledBy.SHOWN),
    )
    films = ExpectedFilms(prefectures={HOTAN: 2, KASHGAR: 1, ALTAY: 1, KARAMAY: 0})
    return campaign(milestones=milestones(steps), air_date=day(30), films=films, **values)


def quiet() -> Campaign:
    """A season of which nothing is due for months."""
    steps = (("topic", "选题", str(day(200)), FilledBy.HAND), ("on-air", "播出", str(day(300)), FilledBy.SHOWN))
    return campaign(
        id="a-quiet-season", milestones=milestones(steps), air_date=day(300), films=ExpectedFilms(each=1), begins=day(1)
    )


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Buckets, Connection]]:
    """Of Hotan a film that came back and one that is late, of Altay one that was taken over, of Kashgar nothing."""
    with embedded.serve(tmp_path_factory.mktemp("season"), ("delivery", "inbox")) as server:
        buckets = Buckets(
            Bucket(Store(server.connection, endpoint_shown=""), "inbox"),
            Bucket(Store(server.connection, endpoint_shown=""), "delivery"),
        )
        publish(buckets, quiet())
        publish(buckets, plan())
        own = (
            Announce(id="653200-cunyi", title="我们的村医"),
            Announce(id="653200-xianyu", title=ODD, column="showcase"),
            Done(id="653200-xianyu", milestone="topic"),
        )
        say(buckets, "july-1-2027", HOTAN, *own)
        say(buckets, "july-1-2027", KASHGAR, Note(text="电话：周五一定交来，主任出差"), side=Side.EDITOR)
        returned = StoredFilm(buckets, HOTAN, "653200-cunyi", "我们的村医")
        returned.hand_in(1)
        returned.found(1, {"content.black": Severity.ERROR, "made.up": Severity.WARNING})
        returned.say(1, 1, ReviewKind.RETURN, "声音太小")
        taken = StoredFilm(buckets, ALTAY, "654300-xue", "雪")
        taken.hand_in(1)
        taken.found(1, {"content.black": Severity.WARNING})
        taken.say(1, 1, ReviewKind.APPROVE)
        taken.deliver(1)
        taken.answer(1, Decision.ACCEPT)
        yield buckets, server.connection


Run = Callable[..., Result]


@pytest.fixture
def desk(season: tuple[Buckets, Connection], showcase: Showcase) -> Showcase:
    """An editor's folder with a table of contacts."""
    connection = season[1]
    showcase.environment |= {
        "AWS_ENDPOINT_URL_S3": connection.endpoint or "",
        "AWS_ACCESS_KEY_ID": connection.access_key or "",
        "AWS_SECRET_ACCESS_KEY": connection.secret_key or "",
        "XDG_CONFIG_HOME": str(showcase.folder / "config"),
    }
    (showcase.folder / "contacts.csv").write_text(CONTACTS, encoding="utf-8")
    return showcase


@pytest.fixture
def run(desk: Showcase) -> Run:
    """Types a command of the season."""

    def typed(*words: str, language: Language = "zh") -> Result:
        return desk("campaign", *words, "--lang", language)

    return typed


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_an_error_says_what_to_do_in_the_readers_language(language: Language, name: str, desk: Showcase) -> None:
    put(desk.folder, CASES[name].files)
    hold(desk, CASES[name], language)


def test_letters_are_shown_the_most_late_first_with_whom_they_go_to(run: Run) -> None:
    said = run("remind", "--contacts", "contacts.csv")
    assert said.code == 0, said.err
    heads = [line for line in said.out.splitlines() if line.startswith("——")]
    assert [re.split("[，·]", line)[0] for line in heads] == ["—— 喀什地区", "—— 和田地区"]
    assert "13999012345" in heads[0]
    assert "阿依古丽 0903-2022000 a@b.cn" in heads[1]
    assert "退回的原因：声音太小" in said.out
    assert "showcase log 653200-cunyi" in said.out
    assert "阿勒泰" not in said.out
    counted = [int(found) for found in re.findall(r"(\d+) 字", said.out)]
    texts = re.split(r"——.*\n", said.out)[1:]
    assert counted == [len(text.strip("\n")) for text in texts]


def test_letters_are_written_and_older_ones_are_named(run: Run, desk: Showcase) -> None:
    folder = desk.folder / "letters"
    folder.mkdir()
    for name in ("650200-克拉玛依.txt", "650200-克拉玛依.eml", "mine.txt"):
        (folder / name).write_text("x")
    said = run("remind", "-o", "letters", "--contacts", "contacts.csv")
    assert said.code == 0, said.err
    assert {path.name for path in folder.iterdir()} == {
        *(f"653200-和田.{kind}" for kind in ("txt", "eml")),
        *(f"653100-喀什.{kind}" for kind in ("txt", "eml")),
        *("650200-克拉玛依.txt", "650200-克拉玛依.eml", "mine.txt"),
    }
    assert "650200-克拉玛依.eml, 650200-克拉玛依.txt" in said.err
    assert "mine.txt" not in said.err
    assert "没有联系方式" not in said.out
    first = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert run("remind", "-o", "letters", "--contacts", "contacts.csv").code == 0
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == first
    assert "&lt;" not in first["653200-和田.txt"].decode()


def test_without_a_contact_the_letter_is_made_and_the_line_says_so(run: Run, desk: Showcase) -> None:
    (desk.folder / "few.csv").write_text("地州,电话\n和田,1\n", encoding="utf-8")
    said = run("remind", "--contacts", "few.csv")
    (kashgar,) = [line for line in said.out.splitlines() if line.startswith("—— 喀什")]
    assert "没有联系方式" in kashgar
    assert "没有联系人表" in run("remind").err


def test_the_settings_may_name_the_table_from_their_folder(run: Run, desk: Showcase) -> None:
    settings = desk.folder / "showcase.toml"
    settings.write_text(f'{settings.read_text()}\n[campaign]\ncontacts = "contacts.csv"\n')
    said = run("remind")
    assert "阿依古丽" in said.out
    assert said.err.count("没有联系人表") == 0


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_calls_are_a_table_within_80_columns(language: Language, run: Run) -> None:
    said = run("remind", "--calls", "--contacts", "contacts.csv", language=language)
    assert said.code == 0, said.err
    lines = said.out.rstrip().splitlines()
    assert max(map(width, lines)) <= 80
    assert [name in said.out for name in ("13999012345", "0903-2022000", "阿依古丽")] == [True] * 3
    assert said.out.index("13999012345") < said.out.index("0903-2022000")
    assert "周五一定交来" in said.out.replace("\n", "")
    assert "showcase log" not in said.out


def test_each_letter_is_an_object_of_json(run: Run) -> None:
    said = run("remind", "--today", str(TODAY), "--campaign", "july-1-2027", "--json")
    assert [row["prefecture"] for row in said.rows] == [KASHGAR, HOTAN]
    assert all(len(row["text"]) == row["length"] for row in said.rows)
    assert [item["act"] for item in said.rows[1]["items"]] == ["hand_in", "again"]
    assert run("remind", "--today", "soon").code == 2


def test_a_season_with_nobody_late_says_so_and_writes_nothing(run: Run, desk: Showcase) -> None:
    said = run("remind", "--campaign", "a-quiet-season", "-o", "letters", "--calls")
    assert (said.code, list((desk.folder / "letters").iterdir())) == (0, [])
    assert "没有要催的" in said.out
    figures = run("report", "--campaign", "a-quiet-season")
    assert figures.code == 0, figures.err
    assert "应报 14 部，已有 0 部" in figures.out
    assert "还没有经审看通过的影片" in figures.out


def test_the_figures_name_their_records(run: Run) -> None:
    said = run("report", "--json")
    assert said.code == 0, said.err
    (told,) = said.rows
    assert (told["first_cut"]["count"], told["first_cut"]["of"]) == (1, 1)
    assert told["first_cut"]["records"] == ["delivery/654300/654300-xue/reviews/r1-0001.json"]
    rows = {item["name"]: item for item in told["by_prefecture"]}
    assert rows[HOTAN]["named"]["records"] == ["inbox/653200/_campaign/july-1-2027/0001.json"]
    assert rows[ALTAY]["reached"]["taken_over"]["records"] == ["delivery/654300/654300-xue/p1/ACK.json"]
    faults = {item["code"]: (item["count"], item["of"], item["records"]) for item in told["faults"]}
    assert faults["content.black"] == (
        2,
        2,
        ["inbox/653200/653200-cunyi/r1/inspection.json", "inbox/654300/654300-xue/r1/inspection.json"],
    )


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_the_figures_stand_within_80_columns(language: Language, run: Run) -> None:
    said = run("report", language=language)
    assert said.code == 0, said.err
    assert max(map(width, said.out.splitlines())) <= 80
    assert catalogue.say(language, "report.figures_share", count=1, of=1) in said.out
    assert "%" not in said.out
    assert "made.up" in said.out


def test_the_papers_hold_what_people_wrote_as_text(run: Run, desk: Showcase) -> None:
    said = run("report", "-o", "season.html", "-o", "season.xlsx")
    assert said.code == 0, said.err
    page = (desk.folder / "season.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "http" not in page.replace("http-equiv", "")
    tree = lxml_html.document_fromstring(page)
    assert {row.get("scope") for row in tree.iter("th")} == {"col", "row"}
    assert len(tree.findall(".//table")) == len(tree.findall(".//caption"))
    book = openpyxl.load_workbook(desk.folder / "season.xlsx")
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert ODD in [cell.value for cell in cells]
    films = book.worksheets[-1]
    heads = [cell.value for cell in films[1]]
    assert isinstance(films.cell(2, heads.index("报过几版") + 1).value, int)


def test_only_the_editor_writes_letters_and_figures(run: Run, desk: Showcase) -> None:
    settings = desk.folder / "showcase.toml"
    settings.write_text(f'role = "producer"\nprefecture = "653200"\n{settings.read_text()}')
    for command in ("remind", "report"):
        said = run(command, "--json")
        assert said.code == 3
        assert said.rows[0]["error"]["key"] == "right_of_another"


def test_a_paper_of_another_kind_is_refused_before_the_store_is_asked(run: Run) -> None:
    said = run("report", "-o", "season.pdf", "--json")
    assert (said.code, said.rows[0]["error"]["key"]) == (2, "report_kind")
    assert json.dumps(said.rows[0]).count(".xlsx")


@pytest.mark.parametrize("name", ["remind", "report"])
def test_the_examples_of_the_help_run(name: str, desk: Showcase) -> None:
    example = COMMANDS[f"campaign {name}"].example  # type: ignore[attr-defined]
    said = desk(*example.split()[1:])
    assert said.code == 0, said.err
