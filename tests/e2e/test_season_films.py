"""What is said of a season's films by many at once, by who may not, and by who is killed under way."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline import yamlio
from pipeline.exchange.campaign import season as seasons
from pipeline.model.campaign_records import MovedIn, MovedOut, Side
from pipeline.model.campaign_status import BoardFilm, CampaignStatus, Standing
from pipeline.model.submission import Submission
from pipeline.storage import keys
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from tests.conftest import Showcase, wait_for_none
from tests.e2e.test_roles import Season, _await, home
from tests.storage.proxy import Message, proxied

HOTAN, KASHGAR, ALTAY = "653200", "653100", "654300"
PREFECTURES = (HOTAN, KASHGAR, ALTAY)
AIR_DATE = date.today() + timedelta(days=120)


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    """Three prefectures and the editor, invited by one command, and a season that the editor published."""
    base = tmp_path_factory.mktemp("season")
    with pytest.MonkeyPatch.context() as clean:
        for name in [name for name in os.environ if name.startswith(("AWS_", "SHOWCASE_"))]:
            clean.delenv(name)
        admin = home(base, "admin")
        serving = admin.start("store", "serve")
        try:
            _await(admin)
            called = admin("admin", "invite", "--prefectures", ",".join(PREFECTURES))
            assert called.code == 0, called.err
            endpoint = str(keys.settings_file(admin.folder / "invitations" / "editor.toml").settings["endpoint"])
            made = Season(admin, endpoint, base / "films")
            for words in (("campaign", "init", "--air-date", str(AIR_DATE)), ("campaign", "publish")):
                done = made.person("editor")(*words)
                assert done.code == 0, done.err
            yield made
        finally:
            serving.send_signal(signal.SIGINT)
            assert serving.wait(30) == 0
    assert wait_for_none(base) == []


def another_desk(season: Season, name: str, identity: str) -> Showcase:
    """A second machine of somebody."""
    if name not in season.people:
        made = season.people[name] = home(season.admin.folder.parent.parent, name)
        taken = made("setup", "--import", season.admin.folder / "invitations" / f"{identity}.toml")
        assert taken.code == 0, taken.err
    return season.people[name]


def board(season: Season) -> CampaignStatus:
    """As the store's owner sees it."""
    store = season.owners()
    return seasons.load(Buckets(Bucket(store, "inbox"), Bucket(store, "delivery")), side=Side.EDITOR).status


def records(season: Season, prefecture: str) -> list[str]:
    """The records of a prefecture in both buckets."""
    return sorted(name for name in season.objects() if f"/{prefecture}/_campaign/" in f"/{name}")


def said(person: Showcase, *words: str) -> list[dict[str, object]]:
    done = person("campaign", *words, "--json")
    assert done.code == 0, done.err
    return done.rows


@pytest.mark.timeout(300)
def test_two_editors_and_three_prefectures_at_once_lose_nothing(season: Season) -> None:
    editors = [season.person("editor"), another_desk(season, "editor-2", "editor")]
    people = {code: season.person(code) for code in PREFECTURES}
    running: list[subprocess.Popen[bytes]] = []
    for code, own in people.items():
        running.append(own.start("campaign", "announce", "--title", "自报", "--id", f"{code}-own"))
        for index, editor in enumerate(editors):
            title = ("--title", f"代报{index}", "--id", f"{code}-by-{index}")
            running.append(editor.start("campaign", "announce", *title, "--prefecture", code))
    assert [one.wait(120) for one in running] == [0] * 9
    status = board(season)
    for code in PREFECTURES:
        row = status.row(code)
        assert row is not None
        announced = {film.id for film in row.films if film.standing is Standing.ANNOUNCED}
        assert announced == {f"{code}-own", f"{code}-by-0", f"{code}-by-1"}
        assert len(records(season, code)) == 3
    assert status.bad == ()


def test_a_rerun_says_nothing_twice_and_says_so(season: Season) -> None:
    own, editor = season.person(HOTAN), season.person("editor")
    title = ("announce", "--title", "说两遍", "--length", "25:00", "--column", "七一展播")
    first, second = said(own, *title), said(own, *title)
    assert [(row["new"], len(list(row["records"]))) for row in (*first, *second)] == [(True, 1), (False, 0)]  # type: ignore[call-overload]
    film = str(first[0]["entry"]["id"])  # type: ignore[index]
    for words in (
        ("done", film, "选题"),
        ("note", "和田", "电话：周五送来"),
        ("extend", film, "拍摄", str(AIR_DATE), "--reason", "沙尘"),
        ("change", film, "--title", "只说一遍"),
        ("drop", film, "--reason", "不做"),
    ):
        before = records(season, HOTAN)
        assert [row["new"] for row in said(editor, *words)] == [True], words
        told = editor("campaign", *words)
        assert told.code == 0, told.err
        assert told.out.startswith("早已记过，没有再写："), told.out
        assert len(records(season, HOTAN)) == len(before) + 1


def test_several_ids_are_one_record_a_prefecture_and_where_one_is_unknown_nothing_is_put(season: Season) -> None:
    editor = season.person("editor")
    for code in (KASHGAR, ALTAY):
        said(editor, "announce", "--title", "几部", "--id", f"{code}-several", "--prefecture", code)
    said(editor, "announce", "--title", "又一部", "--id", f"{KASHGAR}-more", "--prefecture", KASHGAR)
    before = {code: records(season, code) for code in PREFECTURES}
    films = (f"{KASHGAR}-several", f"{KASHGAR}-more", f"{ALTAY}-several")
    assert editor("campaign", "done", *films, "nobody", "选题").code == 2
    assert {code: records(season, code) for code in PREFECTURES} == before
    rows = said(editor, "done", *films, "选题", "--on", str(date.today()))
    assert [row["new"] for row in rows] == [True] * 3
    grown = {code: len(records(season, code)) - len(before[code]) for code in PREFECTURES}
    assert grown == {HOTAN: 0, KASHGAR: 1, ALTAY: 1}


def test_the_store_refuses_what_is_said_of_another_prefecture(season: Season) -> None:
    """Settings that lie about whose keys these are: what the program lets pass, the store does not."""
    liar = another_desk(season, "liar", KASHGAR)
    settings = Path(liar.environment["XDG_CONFIG_HOME"]) / "showcase" / "showcase.toml"
    honest = settings.read_text("utf-8")
    assert KASHGAR in honest
    before = season.objects()
    settings.write_text(honest.replace(KASHGAR, HOTAN), "utf-8")
    told = liar("campaign", "announce", "--title", "冒名", "--json")
    assert told.code == 3, (told.out, told.err)
    settings.write_text(honest.replace('"producer"', '"editor"'), "utf-8")
    told = liar("campaign", "announce", "--title", "冒名", "--prefecture", "和田", "--json")
    assert told.code == 3, (told.out, told.err)
    settings.write_text(honest, "utf-8")
    assert season.objects() == before
    for words in (("announce", "--title", "冒名", "--prefecture", "和田"), ("note", "和田", "喂")):
        told = liar("campaign", *words, "--json")
        assert (told.code, told.rows[-1]["error"]["key"]) == (2, "campaign_prefecture_other")  # type: ignore[index]
    for words in (
        ("extend", "和田", "选题", str(AIR_DATE), "--reason", "雪"),
        ("move", "x", "和田"),
        ("join", "x", "y"),
    ):
        told = liar("campaign", *words, "--json")
        assert (told.code, told.rows[-1]["error"]["key"]) == (3, "right_of_another")  # type: ignore[index]
    assert season.objects() == before


@contextmanager
def killed_at(season: Season, editor: Showcase, key: str) -> Iterator[list[subprocess.Popen[bytes]]]:
    """The first of the commands that are started is killed when it puts a key, which then does not reach the store."""
    pair = keys.settings_file(season.admin.folder / "invitations" / "editor.toml").pair
    running: list[subprocess.Popen[bytes]] = []

    def asked(given: Message) -> Message | None:
        if given.method == "PUT" and key in given.path:
            running[0].kill()
            return given.refused(503, "SlowDown")
        return None

    with proxied(Connection(season.endpoint, pair.key_id, pair.secret), asked) as proxy:
        editor.environment["AWS_ENDPOINT_URL_S3"] = proxy.store.endpoint_shown
        try:
            yield running
        finally:
            del editor.environment["AWS_ENDPOINT_URL_S3"]


def test_a_move_that_is_killed_between_its_two_puts_is_completed_by_a_rerun(season: Season) -> None:
    editor = season.person("editor")
    said(editor, "announce", "--title", "要转的", "--id", f"{HOTAN}-zhuan", "--prefecture", "和田", "--length", "25:00")
    said(editor, "done", f"{HOTAN}-zhuan", "选题")
    said(editor, "note", f"{HOTAN}-zhuan", "电话：周五送来")
    with killed_at(season, editor, f"/{HOTAN}/_campaign/") as running:
        running.append(editor.start("campaign", "move", f"{HOTAN}-zhuan", "喀什"))
        assert running[0].wait(60) == -signal.SIGKILL
    half = board(season)
    left, came = _where(half, HOTAN), _where(half, KASHGAR)
    assert (left.standing, left.moved_said) == (Standing.MOVED, False)
    assert (came.standing, came.title, came.length_s) == (Standing.ANNOUNCED, "要转的", 1500.0)
    assert came.cell("topic").state.is_done
    assert [note.text for note in came.notes] == ["电话：周五送来"]
    rows = said(editor, "move", f"{HOTAN}-zhuan", "喀什")
    assert [(row["prefecture"], row["new"]) for row in rows] == [(HOTAN, True)]
    assert _where(board(season), HOTAN).moved_said
    before = season.objects()
    told = editor("campaign", "move", "要转的", "喀什")
    assert told.out.startswith("早已记过，没有再写："), (told.out, told.err)
    assert season.objects() == before
    whole = said(editor, "move", "要转的", "阿勒泰")
    kinds = [(row["prefecture"], row["entry"]["kind"]) for row in whole]  # type: ignore[index]
    assert kinds == [(ALTAY, MovedIn.model_fields["kind"].default), (KASHGAR, MovedOut.model_fields["kind"].default)]


def _where(status: CampaignStatus, prefecture: str) -> BoardFilm:
    row = status.row(prefecture)
    film = row.film(f"{HOTAN}-zhuan") if row else None
    assert film is not None
    return film


def test_an_announced_film_is_begun_and_handed_in_under_its_id(season: Season, small_film: Path) -> None:
    own, editor = season.person(HOTAN), season.person("editor")
    (announced,) = said(own, "announce", "--title", "《边境线上》", "--column", "七一展播")
    identity = announced["entry"]["id"]  # type: ignore[index]
    film = own.folder / "cut-3-final.mp4"
    film.write_bytes(small_film.read_bytes())
    done = own("init", film.name, "--announced", "边境线", "--director", "阿依古丽")
    assert done.code == 0, done.err
    made = yamlio.load_as(Submission, own.folder / "submission.yaml")
    assert (made.id, made.title, made.column, made.prefecture) == (identity, "《边境线上》", "七一展播", HOTAN)
    assert own("submit", "submission.yaml").code == 0
    row = board(season).row(HOTAN)
    assert row is not None
    handed_in = row.film(str(identity))
    assert handed_in is not None
    assert (handed_in.submission_id, handed_in.standing) == (identity, Standing.ANNOUNCED)
    refused = editor("campaign", "move", "边境线", "喀什", "--json")
    assert (refused.code, refused.rows[-1]["error"]["key"]) == (2, "campaign_move_submitted")  # type: ignore[index]


def test_a_shell_completes_films_and_milestones_that_were_seen(season: Season) -> None:
    own = season.person(KASHGAR)
    (own.folder / ".showcase" / "cache").mkdir(parents=True, exist_ok=True)
    said(own, "announce", "--title", "补全", "--id", f"{KASHGAR}-buquan")
    for line, found in (
        (("change", f"{KASHGAR}-bu"), f"{KASHGAR}-buquan"),
        (("done", f"{KASHGAR}-buquan", "sh"), "shooting"),
    ):
        words = " ".join(("showcase", "campaign", *line))
        asked = {"_SHOWCASE_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(len(line) + 1)}
        assert found in Showcase(own.folder, {**own.environment, **asked})().out


def test_a_film_under_another_id_is_joined(season: Season, small_film: Path) -> None:
    own, editor = season.person(ALTAY), season.person("editor")
    said(own, "announce", "--title", "牧场")
    (own.folder / "ranch.mp4").write_bytes(small_film.read_bytes())
    done = own("init", "ranch.mp4", "--title", "草原牧场", "--column", "七一展播", "-o", "ranch.submission.yaml")
    assert done.code == 0, done.err
    assert own("submit", "ranch.submission.yaml").code == 0
    for is_new in (True, False):
        assert [row["new"] for row in said(editor, "join", "草原牧场", "牧场")] == [is_new]
    row = board(season).row(ALTAY)
    assert row is not None
    film = row.film(f"{ALTAY}-muchang")
    assert film is not None
    assert film.submission_id == f"{ALTAY}-caoyuanmuchang"
