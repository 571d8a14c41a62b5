"""What a folder or a list means as a batch."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline import catalogue
from pipeline.errors import InputError
from pipeline.exchange.intake import Intake
from pipeline.execute import batch_rows, batch_sources
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.passed_over import PassedOver
from pipeline.execute.tabled_films import RESULTS
from pipeline.model.reference import SubmissionRef
from pipeline.settings import Settings
from pipeline.workspace import Workspace

SUBMISSION = "schema_version: 1\ntitle: {title}\nmedia: [{{file: {file}, role: main}}]\n"


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path, Settings(prefecture="653200"))


def film(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"film")
    return path


def names(items: list[BatchSource], root: Path) -> list[str]:
    return sorted(Path(item.shown).relative_to(root).as_posix() for item in items)


def test_nested_folders_odd_names_and_mixed_suffixes(
    place: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "films"
    for name in ("a.MP4", "b/我们的 'x' \"y\".Mov", "b/c/00001.MTS", "b/-dash.mxf", "d/{braces}.mpg"):
        film(root / name)
    for name in (".hidden.mp4", "._a.MP4", ".showcase/work/x.mp4", "notes.txt", "sound.wav", "inbox/r1/proxy.mp4"):
        film(root / name)
    for name in ("package.json", "checksums.sha256", "ts/iptv-sd.ts"):
        film(root / "pulled" / name)
    monkeypatch.chdir(root)
    relative = batch_sources.folder(Path(), place, skipped=(root / "inbox",))
    assert not [item for item in relative if "proxy" in item.shown]
    found = batch_sources.folder(root, place, skipped=(root / "inbox",))
    assert names(found, root) == ["a.MP4", "b/-dash.mxf", "b/c/00001.MTS", "b/我们的 'x' \"y\".Mov", "d/{braces}.mpg"]
    assert all(item.identity and item.identity.startswith("653200-") for item in found)


def test_what_is_no_item_is_told_and_what_a_submission_names_is_not(place: Workspace, tmp_path: Path) -> None:
    root = tmp_path / "films"
    for name in ("a.mp4", "课.M4A", "a.pdf", "a.srt", "a.jpg", "a.xyz", "b/film.mp4", "b/film.srt", "c/film.wav"):
        film(root / name)
    for name in (".hidden.mp3", "Thumbs.db", "~$a.docx", "~$t.xlsx", "showcase.toml", "inbox/x.pdf", "b/times.csv"):
        film(root / name)
    for name in ("01.csv", "t.xlsx", "notes.txt", "list.m3u8", "sub/deck.pptx", "sub/.hidden.pdf", ".no/a.mp3"):
        film(root / name)
    (root / "season.csv").write_text("文件,片名,地州\na.mp4,村医,和田\n", "utf-8")  # it tells of the film
    done = ",".join(catalogue.say("zh", f"text.column_{name}") for name in RESULTS)
    (root / "showcase-batch-films.csv").write_text(f"{done}\n" + "x," * (len(RESULTS) - 1) + "x\n", "utf-8")
    (root / "other.yaml").write_text(SUBMISSION.format(title="桥", file="q.mp4"))
    (root / "many.yml").write_text("- {film: a.mp4}\n")
    (root / "profile.yaml").write_text("extends: iptv-hd\n")
    text = SUBMISSION.format(title="村医", file="film.mp4")
    beside = "{file: film.srt, role: subtitles, language: zho}, {file: times.csv, role: poster}, "
    listed = text.replace("media: [", f"media: [{beside}")
    assert listed != text
    (root / "b" / "submission.yaml").write_text(listed)
    (root / "c" / "submission.yaml").write_text("title: [\n")  # it may name the sound beside it
    told: list[PassedOver] = []
    batch_sources.folder(root, place, skipped=(root / "inbox",), passed=told.append)
    assert {item.path.relative_to(root).as_posix(): item.kind.value for item in told} == {
        "课.M4A": "sound",
        "a.pdf": "document",
        "a.srt": "subtitles",
        "a.jpg": "picture",
        "a.xyz": "unknown",
        "01.csv": "table",
        "t.xlsx": "table",
        "notes.txt": "unknown",
        "list.m3u8": "unknown",
        "sub/deck.pptx": "document",
        "other.yaml": "submission",
        "many.yml": "submission",
    }


def test_a_film_that_a_submission_names_is_no_item_of_its_own(place: Workspace, tmp_path: Path) -> None:
    root = tmp_path / "films"
    film(root / "one" / "film.mp4")
    film(root / "one" / "other.mp4")
    (root / "one" / "submission.yaml").write_text(SUBMISSION.format(title="村医", file="film.mp4"))
    film(root / "two" / "x.mp4")
    (root / "two" / "second.submission.yaml").write_text(SUBMISSION.format(title="棉田", file="x.mp4"))
    found = batch_sources.folder(root, place)
    assert names(found, root) == ["one/other.mp4", "one/submission.yaml", "two/second.submission.yaml"]


def test_a_broken_submission_is_an_item_that_fails_and_its_film_is_not_taken_alone(
    place: Workspace, tmp_path: Path
) -> None:
    root = tmp_path / "films"
    film(root / "film.mp4")
    (root / "submission.yaml").write_text("title: [\n")
    found = batch_sources.folder(root, place)
    assert names(found, root) == ["submission.yaml"]
    with pytest.raises(InputError, match="yaml_syntax"):
        found[0].open()


def test_items_of_one_id_are_wrong_and_name_each_other_and_the_rest_goes_on(place: Workspace, tmp_path: Path) -> None:
    one, two = film(tmp_path / "a" / "00001.MTS"), film(tmp_path / "b" / "00001.MTS")
    film(tmp_path / "other.mp4")
    found = batch_sources.without_doubles(batch_sources.folder(tmp_path, place))
    doubles = [item for item in found if "00001" in item.shown]
    (other,) = (item for item in found if item not in doubles)
    for item in doubles:
        with pytest.raises(InputError, match="id_twice") as caught:
            item.open()
        assert caught.value.where == f"{one}; {two}"
    assert other.open().parts


def test_a_list_in_csv_has_a_column_for_each_field(place: Workspace, tmp_path: Path) -> None:
    film(tmp_path / "films" / "a.mp4")
    film(tmp_path / "films" / "b.mp4")
    table = tmp_path / "list.CSV"
    table.write_bytes(
        "文件,片名,地州,导演\nfilms/b.mp4,棉田,,\nfilms\\a.mp4,村医,喀什,古丽\nnone.mp4,没有,和田,\n,无文件,和田,\n".encode(
            "gb18030"
        )
    )
    first, second, third, fourth = batch_rows.listing(table, place)
    with pytest.raises(InputError, match="table_cell_empty") as empty:
        first.open()
    assert empty.value.where == f"{table}:2:3"
    submission = second.open().submission
    assert (submission.title, submission.prefecture, submission.credits.director) == ("村医", "653100", "古丽")
    with pytest.raises(InputError, match="row_file_missing"):
        third.open()
    with pytest.raises(InputError, match="list_no_file") as caught:
        fourth.open()
    assert caught.value.where == f"{table}:5:1"


def test_what_a_list_has_no_column_for_is_the_films_or_the_workspaces(place: Workspace, tmp_path: Path) -> None:
    film(tmp_path / "b.mp4")
    table = tmp_path / "list.csv"
    table.write_text("文件,导演\nb.mp4,\n,古丽\n", encoding="utf-8")
    first, second = batch_rows.listing(table, place)
    assert (first.open().submission.title, first.open().submission.prefecture) == ("b", "653200")
    with pytest.raises(InputError, match="list_no_file"):
        second.open()
    table.write_text("片名,导演\n村医,\n", encoding="utf-8")
    with pytest.raises(InputError, match="list_no_file") as caught:
        batch_rows.listing(table, place)[0].open()
    assert caught.value.where == f"{table}:2"


def test_a_table_without_a_prefecture_says_whose_it_is(tmp_path: Path) -> None:
    film(tmp_path / "b.mp4")
    table = tmp_path / "list.csv"
    table.write_text("文件,片名\nb.mp4,棉田\n", encoding="utf-8")
    for settings, keys in ((Settings(), ["table_no_prefecture"]), (Settings(prefecture="653200"), [])):
        told: list[str] = []

        def remark(key: str, /, **_values: object) -> None:
            told.append(key)  # noqa: B023 - called in this turn

        batch_rows.listing(table, Workspace(tmp_path, settings), remark)
        assert told == keys


@pytest.mark.parametrize(
    ("row", "key", "where"),
    [
        ("a.mp4,村医", "table_cell_empty", "2:3"),
        ("a.mp4,,和田", "table_cell_empty", "2:2"),
        (",村医,和田", "list_no_file", "2:1"),
        ("a.mp4,村医,下乡,和田", "table_cell_beyond", "2:4"),
        ('a.mp4,"村医\n下乡",和田', "table_line_break", "2:2"),
        ("a.mp4,村医,和天", "fields_invalid", "2:3"),
    ],
)
def test_a_row_that_is_wrong_leaves_the_others(
    row: str, key: str, where: str, place: Workspace, tmp_path: Path
) -> None:
    for name in ("a.mp4", "b.mp4"):
        film(tmp_path / name)
    table = tmp_path / "list.csv"
    table.write_text(f"文件,片名,地州\n{row}\nb.mp4,棉田,和田\n", encoding="utf-8")
    first, second = batch_rows.listing(table, place)
    assert second.open().submission.title == "棉田"
    with pytest.raises(InputError, match=key) as caught:
        first.open()
    assert caught.value.where == f"{table}:{where}"


@pytest.mark.parametrize(
    ("heading", "value", "said"),
    [("类型", "电视剧", "影片（film）、课程（course）"), ("编号", "a" * 25, "最多 24 个字符")],
)
def test_a_cell_that_does_not_fit_is_told_what_would(
    heading: str, value: str, said: str, place: Workspace, tmp_path: Path
) -> None:
    film(tmp_path / "a.mp4")
    table = tmp_path / "list.csv"
    table.write_text(f"文件,片名,{heading}\na.mp4,村医,{value}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        batch_rows.listing(table, place)[0].open()
    assert said in "\n".join(catalogue.error_lines("zh", caught.value))


@pytest.mark.parametrize("heading", ["地州", "语种", "类别", "栏目", "制作单位"])
def test_what_was_one_cell_for_several_films_is_never_a_default(heading: str, place: Workspace, tmp_path: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        film(tmp_path / name)
    values = {
        "地州": "喀什",
        "语种": "维语",
        "类别": "影片",
        "栏目": "七一展播",
        "制作单位": "台",
    }
    table = tmp_path / "list.csv"
    table.write_text(f"文件,{heading},导演\na.mp4,{values[heading]},古丽\nb.mp4,,\n", encoding="utf-8")
    first, second = batch_rows.listing(table, place)
    assert first.open().submission.credits.director == "古丽"
    with pytest.raises(InputError, match="table_cell_joined") as caught:
        second.open()
    assert caught.value.where == f"{table}:3:2"
    assert caught.value.values == {"heading": heading, "above": values[heading]}
    table.write_text(f"文件,{heading},导演\na.mp4,,古丽\nb.mp4,,\n", encoding="utf-8")
    if heading != "地州":  # the one that every film has
        assert all(item.open() for item in batch_rows.listing(table, place))  # nobody says anything of it


def test_a_list_in_yaml_holds_paths_and_fields(place: Workspace, tmp_path: Path) -> None:
    film(tmp_path / "a.mp4")
    (tmp_path / "submission.yaml").write_text(SUBMISSION.format(title="村医", file="a.mp4"))
    table = tmp_path / "list.yaml"
    table.write_text(
        "- submission.yaml\n- {file: a.mp4, title: 棉田, synopsis: , languages: [uig]}\n- {file: a.mp4, colour: red}\n"
    )
    first, second, third = batch_rows.listing(table, place)
    assert first.open().submission.title == "村医"
    assert second.open().submission.languages == ("uig",)
    assert second.open().submission.synopsis is None
    with pytest.raises(InputError, match="list_field") as caught:
        third.open()
    assert caught.value.where == f"{table}:3:17"
    table.write_text("title: x\n")
    with pytest.raises(InputError, match="list_wrong"):
        batch_rows.listing(table, place)


def test_a_value_of_a_list_is_one_text(place: Workspace, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").touch()
    listed = tmp_path / "list.yaml"
    listed.write_text("- file: a.mp4\n  title: {zh: 村医}\n")
    item = batch_rows.listing(listed, place)[0]
    with pytest.raises(InputError, match="list_value") as caught:
        item.open()
    assert caught.value.where == f"{listed}:2:3"


def test_odd_paths_are_items_that_fail_and_stop_nothing(place: Workspace, tmp_path: Path) -> None:
    root = tmp_path / "films"
    film(root / "good.mp4")
    (root / "loop.mp4").symlink_to("loop.mp4")
    film(root / b"\xd6\xd0.mp4".decode("utf-8", "surrogateescape"))  # a name in GBK
    found = batch_sources.folder(root, place)
    assert len(found) == 3
    for item in found:
        item.shown.encode("utf-8")
        if item.identity is None:
            with pytest.raises(InputError):
                item.open()
    table = tmp_path / "list.yaml"
    table.write_text(f"- {'x' * 300}.mp4\n- {{file: {'y' * 300}.mp4}}\n- films/good.mp4\n")
    assert [item.identity is None for item in batch_rows.listing(table, place)] == [True, True, False]


def test_two_prefectures_may_give_one_id(tmp_path: Path, small_film: Path) -> None:
    place = Workspace(tmp_path, Settings()).make()
    for code in ("653100", "653200"):
        home = tmp_path / code
        home.mkdir()
        shutil.copy(small_film, home / "film.mp4")
        text = f'schema_version: 1\nid: cotton\ntitle: x\nprefecture: "{code}"\n'
        (home / "submission.yaml").write_text(text + "media: [{file: film.mp4, role: main}]\n")
    found = batch_sources.folder(tmp_path, place)
    assert batch_sources.without_doubles(found) == found
    assert [str(item.ref) for item in found] == ["653100/cotton", "653200/cotton"]
    assert batch_sources.chosen(found, ["653200/cotton"], None) == [found[1]]
    assert batch_sources.chosen(found, ["cotton"], None) == found
    assert batch_sources.chosen(found, ["x"], None) == found  # its title
    assert batch_sources.chosen(found, [], {"653100/cotton"}) == [found[0]]


def test_a_prefecture_is_meant_by_its_name_too_and_failed_ones_by_prefecture_and_id() -> None:
    def unopened() -> Intake:
        raise AssertionError("not opened")

    one, two = (BatchSource("abc", SubmissionRef(code, "abc"), unopened) for code in ("650100", "653100"))
    assert batch_sources.chosen([one, two], ["乌鲁木齐/abc"], None) == [one]
    assert batch_sources.chosen([one, two], ["653100/abc"], None) == [two]
    assert batch_sources.chosen([one, two], ["abc"], None) == [one, two]
    assert batch_sources.chosen([one, two], [], {"650100/abc"}) == [one]
    with pytest.raises(InputError):
        batch_sources.chosen([one, two], ["喀什/none"], None)
