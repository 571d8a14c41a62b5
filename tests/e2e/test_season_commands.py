"""A season's plan and its board as they are typed, on a real store."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import catalogue, yamlio
from pipeline.catalogue import Language
from pipeline.cli.layout import width
from pipeline.exchange.campaign import files, saying, season
from pipeline.exchange.running_order import laying, publishing
from pipeline.model import region
from pipeline.model.campaign import Campaign, CampaignRevision, ExpectedFilms
from pipeline.model.campaign_records import Announce, CampaignRecord, Change, Done, Entry, Extend, Note, Undone
from pipeline.model.china_time import day_in_china
from pipeline.model.submission import Submission
from pipeline.storage import campaigns, embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.conftest import Result, Showcase
from tests.e2e.error_words import hold_words, sentences
from tests.running_orders import EVENING, film, slots
from tests.seasons import HOTAN, KASHGAR, campaign, milestones
from tests.storage import kept_store
from tests.storage.kept_store import put
from tests.storage.test_audit import at

TODAY = day_in_china(datetime.now(UTC))
COLUMNS, LINES = 80, 24


def plan(**values: object) -> Campaign:
    """Eight milestones around today, one of them with a long name; one film of each of the fourteen."""
    steps = [*milestones(), *milestones()[:3]]
    dues = (-40, -1, 0, 3, 7, 20, 30, 40)
    made = tuple(
        item.model_copy(
            update={
                "id": f"step-{index}",
                "words": item.words.model_copy(update={"zh": f"首次报送{index}", "en": f"first submission {index}"}),
                "due": TODAY + timedelta(days=due),
            }
        )
        for index, (item, due) in enumerate(zip(steps, dues, strict=True))
    )
    usual = {"milestones": made, "air_date": TODAY + timedelta(days=50), "films": ExpectedFilms(each=1)}
    return campaign(**{**usual, **values})


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with embedded.serve(tmp_path_factory.mktemp("board"), ("delivery", "inbox", "plans")) as server:
        yield server.connection


@pytest.fixture(scope="module")
def buckets(connection: Connection) -> Buckets:
    """A season in which much was said: by the editor of all, by one prefecture of itself, which disagrees."""
    store = Store(connection, endpoint_shown="")
    made = Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"))
    campaigns.publish(made.delivery, CampaignRevision(number=1, campaign=plan(), by="王编辑"))
    moved = plan()
    later = moved.milestones[-1].model_copy(update={"due": TODAY + timedelta(days=45)})
    moved = moved.model_copy(update={"milestones": (*moved.milestones[:-1], later)})
    campaigns.publish(made.delivery, CampaignRevision(number=2, campaign=moved, by="王编辑"))
    said: dict[str, list[Entry]] = {}
    for index, code in enumerate(region.prefectures()):
        said[code] = [
            Announce(id=f"{code}-a", title=f"我们的村医[b]{index}[/b]"),
            *(Done(id=f"{code}-a", milestone=f"step-{step}") for step in range(1 if code == HOTAN else 2) if index % 3),
            Note(text="电话：周五送来"),
        ]
    said[HOTAN].append(Announce(id=f"{HOTAN}-b", title="第二部"))
    said[KASHGAR].append(Extend(milestone="step-3", until=TODAY + timedelta(days=33), reason="大雪"))
    saying.say(made, season.load(made), said, "王编辑")
    time.sleep(1.1)  # in one second of the store's the editor's word is the later
    own = Buckets(made.inbox, made.delivery, HOTAN, sees_others=False)
    change = [Change(id=f"{HOTAN}-a", title="我们的村医"), Undone(id=f"{HOTAN}-a", milestone="step-0")]
    saying.say(own, season.load(own), {HOTAN: change}, "阿依")
    for code, name in ((HOTAN, f"{HOTAN}-b"), (KASHGAR, f"{KASHGAR}-unannounced")):
        kept_store.submit(made, f"{code}/{name}")
    return made


@pytest.fixture
def editor(connection: Connection, buckets: Buckets, showcase: Showcase) -> Showcase:
    del buckets
    return at(showcase, connection)


@pytest.fixture
def hotan(editor: Showcase) -> Showcase:
    (editor.folder / "showcase.toml").write_text(f'role = "producer"\nprefecture = "{HOTAN}"\n')
    return editor


def lines(result: Result) -> list[str]:
    assert result.code == 0, result.err
    return result.out.splitlines()


@pytest.mark.parametrize("meant", [f"{HOTAN}-b", f"{HOTAN}/{HOTAN}-b", "第二部"])
def test_a_film_is_shown_by_what_the_board_calls_it(meant: str, editor: Showcase) -> None:
    shown = lines(editor("campaign", "show", meant, "--lang", "zh"))
    assert [line.split()[0] for line in shown if not line.startswith(" ")][2:] == [f"{HOTAN}-b"]
    assert "  申报时的片名：第二部" in shown  # it was handed in under another
    assert [line for line in shown if f"{HOTAN}-a" in line or "我们的村医" in line] == []


def test_papers_of_one_film_are_told_to_be_its_prefectures(editor: Showcase) -> None:
    for about, is_film in ((f"{HOTAN}-b", True), (HOTAN, False)):
        said = editor("campaign", "show", about, "-o", "due.ics", "--lang", "zh")
        assert said.code == 0, said.err
        assert ("整个地州的（和田地区）" in said.err) is is_film


def test_no_film_of_others_is_shown(hotan: Showcase) -> None:
    found = hotan("campaign", "show", f"{KASHGAR}-a", "--lang", "zh")
    assert (found.code, found.out) == (2, "")


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_the_board_of_fourteen_fits_a_terminal(language: Language, editor: Showcase) -> None:
    shown = lines(editor("campaign", "show", "--lang", language))
    assert [line for line in shown if width(line) > COLUMNS] == []
    assert len(shown) <= LINES - 3  # the store's two lines, and the prompt
    rows = {name: next(line for line in shown if line.startswith(name)) for name in names(language)}
    assert len(rows) == 14
    cells = {cell for line in rows.values() for cell in re.findall(r"[^ ]\S*(?: yet| left)?", line)[1:]}
    assert {width(cell) for cell in cells} <= set(range(1, 9))
    assert not any(cell[0].isalnum() for cell in cells)  # each has a sign before its word
    assert any("电话" in line or "[b]" in line for line in shown)  # a title is text
    late, last = (
        ("✗晚40天", "另有日期改动 1 处、说法不一 1 处") if language == "zh" else ("✗late40d", "also moved dates: 1")
    )
    assert late in rows[names(language)[0]] or any(late in line for line in rows.values())
    assert shown[-1].startswith(last)


def test_a_contradiction_that_is_cut_says_where_the_rest_is(editor: Showcase) -> None:
    editor.environment["LINES"] = "60"
    (line,) = [line for line in lines(editor("campaign", "show", "--lang", "zh")) if line.startswith("说法不一")]
    assert line.endswith(f"… → showcase campaign show {HOTAN}")
    assert width(line) <= COLUMNS


def names(language: Language) -> list[str]:
    """As they begin a row, which may cut them."""
    return [region.short_name_of(code, language)[:7] for code in region.prefectures()]


def test_the_most_late_come_first_and_only_they_where_that_is_asked(editor: Showcase) -> None:
    (board,) = editor("campaign", "show", "--json").rows
    days = [row["late_days"] for row in board["rows"]]  # type: ignore[attr-defined]
    assert days == sorted(days, reverse=True)
    (late,) = editor("campaign", "show", "--late", "--json").rows
    assert [row["code"] for row in late["rows"]] == [  # type: ignore[attr-defined]
        row["code"]
        for row in board["rows"]  # type: ignore[attr-defined]
        if row["late_days"]
    ]
    assert len(late["rows"]) < 14  # type: ignore[arg-type]


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_a_prefecture_is_shown_whole(language: Language, editor: Showcase) -> None:
    shown = "\n".join(lines(editor("campaign", "show", "和田", "--lang", language)))
    assert all(width(line) <= COLUMNS for line in shown.splitlines())
    for said in (f"{HOTAN}-a", "我们的村医", f"{HOTAN}-b", "电话：周五送来", "王编辑", "阿依"):
        assert said in shown
    assert ("说法不一" if language == "zh" else "contradiction") in shown
    other = "\n".join(lines(editor("campaign", "show", KASHGAR, "--lang", language)))
    for said in ("大雪", f"{KASHGAR}-unannounced", "没有报过选题" if language == "zh" else "never announced"):
        assert said in other


def test_an_operator_who_sees_no_inbox_is_told_that_what_prefectures_said_is_missing(editor: Showcase) -> None:
    unseen = "看不到收件箱"
    assert unseen not in editor("campaign", "show", "--lang", "zh").err
    (editor.folder / "showcase.toml").write_text('role = "operator"\n')
    said = editor("campaign", "show", "--lang", "zh")
    assert said.code == 0
    assert unseen in said.err


def test_a_prefecture_sees_its_own_and_its_status_has_what_is_announced(hotan: Showcase) -> None:
    (board,) = hotan("campaign", "show", "--json").rows
    assert [row["code"] for row in board["rows"]] == [HOTAN]  # type: ignore[attr-defined]
    shown = hotan("status", "--lang", "zh")
    assert shown.code == 0, shown.err
    announced, typed = [line for line in shown.out.splitlines() if f"{HOTAN}-a" in line]
    assert "我们的村医：首次报送0 ✗ 晚 40 天" in announced
    assert typed.strip() == f"办完请输入：showcase campaign done {HOTAN}-a 首次报送0"
    assert f"{HOTAN}-b" in shown.out  # what is handed in has its own lines
    rows = hotan("status", "--json").rows
    assert [row["film"]["id"] for row in rows if "film" in row] == [f"{HOTAN}-a"]  # type: ignore[index]
    assert [row["submission_id"] for row in rows if "film" not in row] == [f"{HOTAN}-b"]
    one = hotan("status", f"{HOTAN}-a", "--lang", "zh")
    assert (one.code, "首次报送0" in one.out) == (0, True)
    assert hotan("status", "none").code == 2
    assert "film" not in str(hotan("status", "--wanted-of", "editor", "--json").rows)


def test_a_prefecture_is_told_when_its_film_is_on(hotan: Showcase, buckets: Buckets) -> None:
    tomorrow = TODAY + timedelta(days=1)
    evening = {**EVENING, "from": str(tomorrow), "until": str(tomorrow)}
    laid = laying.lay(slots(evening).model_copy(update={"campaign": "july-1-2027"}), [film(f"{HOTAN}/{HOTAN}-b")])
    assert publishing.publish(buckets, laid).number == 1
    for words in (("status",), ("status", f"{HOTAN}-b")):
        said = hotan(*words, "--lang", "zh")
        assert f"{tomorrow} 19:30 播出" in said.out, said.out
    row = next(row for row in hotan("campaign", "show", "--json").rows[0]["rows"])  # type: ignore[attr-defined]
    assert [item["on_air"] for item in row["films"] if item["id"] == f"{HOTAN}-b"] == [f"{tomorrow}T11:30:00Z"]


def test_of_what_was_withdrawn_it_is_said_what_is_wanted_and_of_whom(editor: Showcase, buckets: Buckets) -> None:
    gone = f"{KASHGAR}/{KASHGAR}-gone"
    told = {KASHGAR: [Announce(id=f"{KASHGAR}-gone", title="撤回的")]}
    saying.say(buckets, season.load(buckets), told, "王编辑")
    kept_store.submit(buckets, gone)
    kept_store.deliver(buckets, gone, 1)
    kept_store.withdraw(buckets, gone, 1)
    (editor.folder / "showcase.toml").write_text(f'role = "producer"\nprefecture = "{KASHGAR}"\n')
    for words in (("status",), ("status", f"{KASHGAR}-gone")):
        said = editor(*words, "--lang", "zh")
        assert said.code == 0, said.err
        whole = "".join(line.strip() for line in said.out.splitlines())
        assert re.search(r"首次报送3 < 已撤回，还要重来（[-\d]+ 到期），轮到编辑", whole), said.out
        steps = [line.split("：")[1][:5] for line in said.out.splitlines() if line.startswith("下一步：")]
        assert steps == ["首次报送3"] * (len(words) - 1)


def test_who_drops_a_packaged_film_is_told_that_its_package_stands(editor: Showcase, buckets: Buckets) -> None:
    name = f"{HOTAN}-packaged"
    saying.say(buckets, season.load(buckets), {HOTAN: [Announce(id=name, title="排好的")]}, "王编辑")
    stands = f"`showcase withdraw {name} --reason"
    shown = {}
    for stage in ("announced", "taken over", "withdrawn"):
        if stage == "taken over":
            kept_store.submit(buckets, f"{HOTAN}/{name}")
            kept_store.deliver(buckets, f"{HOTAN}/{name}")
            kept_store.answer(buckets, f"{HOTAN}/{name}", 1)
        if stage == "withdrawn":
            kept_store.withdraw(buckets, f"{HOTAN}/{name}", 1)
        said = editor("campaign", "drop", name, "--reason", stage, "--lang", "zh")
        assert said.code == 0, said.err
        shown[stage] = stands in " ".join(said.out.split())
    assert shown == {"announced": False, "taken over": True, "withdrawn": False}


def test_a_film_announced_in_an_older_season_is_found(
    connection: Connection, showcase: Showcase, small_film: Path
) -> None:
    store = Store(connection, endpoint_shown="")
    made = Buckets(Bucket(store, "inbox-of-two"), Bucket(store, "two"))
    put(made.delivery, "_campaign/junk/r1.json", b"{")
    time.sleep(1.1)
    for name, titles in (("july-1-2027", {"a": "村医", "c": "雪山"}), ("autumn", {"ab": "村医生", "d": "雪莲花"})):
        campaigns.publish(made.delivery, CampaignRevision(number=1, campaign=plan(id=name), by="王编辑"))
        told = [Announce(id=f"{HOTAN}-{identity}", title=title) for identity, title in titles.items()]
        saying.say(made, season.load(made, wanted=name), {HOTAN: told}, "王编辑")
        time.sleep(1.1)  # the store's times have seconds
    at(showcase, connection)
    (showcase.folder / "showcase.toml").write_text('[store]\ndelivery = "two"\ninbox = "inbox-of-two"\n')
    shutil.copy(small_film, showcase.folder / "film.mp4")
    for meant, identity, title in (
        (f"{HOTAN}-c", "c", "雪山"),
        (f"{HOTAN}/{HOTAN}-a", "a", "村医"),  # of the latest it is but a beginning
        ("村医", "ab", "村医生"),
        ("雪", "d", "雪莲花"),
        ("雪山", "c", "雪山"),
    ):
        done = showcase("init", "film.mp4", "--announced", meant, "-o", f"{identity}.submission.yaml", "--force")
        assert done.code == 0, done.err
        written = yamlio.load_as(Submission, showcase.folder / f"{identity}.submission.yaml")
        assert (written.id, written.title) == (f"{HOTAN}-{identity}", title), meant
    refused = showcase("init", "film.mp4", "--announced", "none", "-o", "x.submission.yaml", "--json")
    assert refused.code == 2
    error = refused.rows[-1]["error"]
    assert error["key"] == "campaign_film_unknown"  # type: ignore[index]
    assert f"{HOTAN}-ab" in str(error)  # those of the latest season


def test_a_record_that_its_owner_overwrites_is_named_and_counts_as_it_is_now(
    connection: Connection, showcase: Showcase
) -> None:
    store = Store(connection, endpoint_shown="")
    made = Buckets(Bucket(store, "inbox-changed"), Bucket(store, "changed"))
    campaigns.publish(made.delivery, CampaignRevision(number=1, campaign=plan(), by="王编辑"))
    own = Buckets(made.inbox, made.delivery, HOTAN, sees_others=False)
    (said,) = saying.say(own, season.load(own), {HOTAN: [Note(text="周五送来")]}, "阿依")
    at(showcase, connection)
    (showcase.folder / "showcase.toml").write_text('[store]\ndelivery = "changed"\ninbox = "inbox-changed"\n')
    assert "周五送来" in "".join(lines(showcase("campaign", "show", "和田", "--lang", "zh")))
    record = CampaignRecord(campaign="july-1-2027", prefecture=HOTAN, by="阿依", entries=(Note(text="下周送来"),))
    put(made.inbox, said.keys[0].partition("/")[2], record.to_file())
    for _ in range(2):
        seen = showcase("campaign", "show", "和田", "--lang", "zh")
        assert (seen.code, "下周送来" in seen.out, "周五送来" in seen.out) == (7, True, False)
        hold_words("zh", sentences("zh", seen.err, "said_changed"), said.keys[0])
        assert said.keys[0] in seen.err
    showcase.environment["XDG_CACHE_HOME"] = str(showcase.folder / "another")
    assert showcase("campaign", "show").code == 0  # who reads it for the first time can't know


def test_a_day_before_the_season_has_no_board_and_status_goes_on(hotan: Showcase) -> None:
    day = str(TODAY - timedelta(days=3))
    assert hotan("campaign", "show", "--today", day).code == 2
    shown = hotan("status", "--today", day, "--json")
    assert (shown.code, shown.rows) == (0, [])
    assert hotan("status", "--today", "soon").code == 2
    assert "首次报送" in hotan("campaign", "show", "--today", f"{TODAY.month}月{TODAY.day}日", "--lang", "zh").out


def test_a_plan_is_written_published_changed_and_fetched(connection: Connection, showcase: Showcase) -> None:
    at(showcase, connection)
    (showcase.folder / "showcase.toml").write_text('[store]\ndelivery = "plans"\n')
    showcase.environment["SHOWCASE_LANG"] = "en"
    file = showcase.folder / "campaign.yaml"
    written = showcase("campaign", "init", "--air-date", "2027-07-01")
    assert written.code == 0, written.err
    assert "due: 2027-06-10" in file.read_text("utf-8")
    assert showcase("campaign", "validate").out.count("\n") == 1
    assert showcase("campaign", "init", "--air-date", "2027年7月1日", "-o", "same.yaml").code == 0
    assert (showcase.folder / "same.yaml").read_bytes() == file.read_bytes()
    showcase("campaign", "init", "--air-date", "2027-07-04", "-o", "sunday.yaml")
    checked = showcase("campaign", "validate", "sunday.yaml")
    assert checked.code == 0
    assert re.search(
        r"^! sunday.yaml:\d+:\d+: the season goes on air on 2027-07-04, a Sunday", checked.out, re.MULTILINE
    )
    monday = (showcase.folder / "sunday.yaml").read_text("utf-8").replace("due: 2027-06-13", "due: 2027-06-12")
    again = showcase("campaign", "publish", "-n", "sunday.yaml")
    assert (again.code, [line for line in again.out.splitlines() if line.startswith("!")]) == (0, [])
    assert "due: 2027-06-12" in monday
    (showcase.folder / "sunday.yaml").write_text(monday, "utf-8")
    told = [line for line in lines(showcase("campaign", "publish", "-n", "sunday.yaml")) if line.startswith("!")]
    assert ["2027-06-12" in line for line in told] == [True]
    first = file.read_text("utf-8")
    assert lines(showcase("campaign", "publish", "-n"))[-1] == "would publish july-1-2027, revision 1"
    assert "published july-1-2027, revision 1" in showcase("campaign", "publish").out
    assert file.read_text("utf-8") == first + "revision: 1\n"
    assert "nothing to publish" in showcase("campaign", "publish").out

    file.write_text(file.read_text("utf-8").replace("due: 2027-06-10", "due: 2027-06-15"), "utf-8")
    assert "  first submission: 2027-06-10 → 2027-06-15" in showcase("campaign", "publish").out
    assert file.read_text("utf-8").endswith("revision: 2\n")
    (moved,) = showcase("campaign", "show", "--json").rows[0]["moved"]  # type: ignore[misc]
    assert (moved["milestone"], moved["old"], moved["new"]) == ("first-submission", "2027-06-10", "2027-06-15")

    file.write_text(first.replace("near_days: 7", "near_days: 9") + "revision: 1\n", "utf-8")
    older = showcase("campaign", "publish")
    assert older.code == 2
    assert "  near_days: 7 → 9" in older.out
    assert "  first submission: 2027-06-15 → 2027-06-10" in older.out
    rows = showcase("campaign", "publish", "--json").rows
    assert rows[-1]["error"]["key"] == "campaign_older"  # type: ignore[index]
    assert showcase("campaign", "get").code == 2
    assert showcase("campaign", "get", "-o", "new/plan.yaml").code == 0
    fetched = (showcase.folder / "new" / "plan.yaml").read_text("utf-8")
    assert ("due: 2027-06-15" in fetched, fetched.endswith("revision: 2\n")) == (True, True)
    file.write_text(fetched, "utf-8")
    assert showcase("campaign", "get").code == 0  # a file that says what is published is no loss


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_a_template_that_names_its_day_is_told_of_another_one(language: Language, showcase: Showcase) -> None:
    def told(*words: str) -> list[str]:
        said = showcase("campaign", "init", "-o", f"{len(words)}.yaml", "--force", "--lang", language, *words)
        return [line for line in lines(said) if "07-01" in line and line.startswith("!")]

    assert told("--air-date", "2027-07-01") == []
    (line,) = told("--air-date", "2026-12-01")
    assert line.startswith("! 2.yaml:3:1: " if language == "en" else "! 2.yaml:3:1：")
    assert [word in line for word in ("2026-12-01", "july-1-2026", "--id")] == [True] * 3
    assert "name:" in (showcase.folder / "2.yaml").read_text("utf-8").splitlines()[2]
    (line,) = told("--air-date", "2026-12-01", "--id", "winter")
    assert [word in line for word in ("2026-12-01", "july-1", "--id")] == [True, False, False]


def test_what_is_wrong_in_a_plan_has_its_place(showcase: Showcase) -> None:
    text = files.written(campaign()).decode()
    (showcase.folder / "campaign.yaml").write_text(text.replace("2027-05-20", "2027-02-30"), "utf-8")
    wrong = showcase("campaign", "validate", "--json")
    assert wrong.code == 2
    line = next(number for number, row in enumerate(text.splitlines(), 1) if "2027-05-20" in row)
    assert str(wrong.rows[0]["error"]["where"]).startswith(f"campaign.yaml:{line}:")  # type: ignore[index]
    assert showcase("campaign", "validate", "none.yaml").code == 2


def test_a_template_of_the_workspace_and_an_id_of_ones_own(showcase: Showcase) -> None:
    shelf = showcase.folder / "profiles" / "campaigns"
    shelf.mkdir(parents=True)
    (shelf / "three.yaml").write_text(
        "schema_version: 1\nname: three\ntitle: 新年展播\ncolumns: [showcase]\nfilms: {prefectures: {和田: 2}}\n"
        "milestones:\n  - {id: plan, words: {zh: 计划, en: plan}, days_before: 30, filled_by: hand}\n",
        "utf-8",
    )
    typed = ("campaign", "init", "--air-date", "2028-01-01", "--template", "three", "--id", "new-year")
    done = showcase(*typed, "-o", "year.yaml", "--json")
    assert (done.code, done.rows[0]) == (0, {"file": "year.yaml", "id": "new-year", "air_date": "2028-01-01"})
    assert "due: 2027-12-02" in (showcase.folder / "year.yaml").read_text("utf-8")
    assert [row["warning"] for row in done.rows[1:]] == ["campaign_air_date_on_weekend"]  # it names no day
    assert showcase("campaign", "validate", "year.yaml").code == 0
    assert showcase("campaign", "init", "--air-date", "soon").code == 2
    assert showcase("campaign", "init", "--air-date", "2028-01-01", "--template", "none").code == 2
    assert showcase("campaign", "init").code == 2
