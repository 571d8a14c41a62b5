"""Producer, editor and operator in three folders with one store."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.storage import rights
from pipeline.storage.rights import BucketNames, Role
from tests.conftest import MOVING, Showcase, code_quickly, deliver_for_television, store_kept_up

PREFECTURE_KEYS = {"accessKey": "prefecture", "secretKey": "only-653200"}
PREFECTURE_MAY = json.dumps(rights.document(Role.PRODUCER, BucketNames(), "653200"))


@pytest.fixture
def people(tmp_path: Path, showcase: Showcase) -> Iterator[Callable[[str], Showcase]]:
    """A workspace for each person; the store is kept up in a fourth."""
    state = showcase.folder / ".showcase" / "store"
    state.mkdir(parents=True)
    keys = {"accessKey": secrets.token_hex(10), "secretKey": secrets.token_hex(20)}
    admin = {"name": "workspace", "credentials": [keys], "actions": ["Admin", "Read", "List", "Tagging", "Write"]}
    limited = {"name": "653200", "credentials": [PREFECTURE_KEYS], "policyNames": ["653200"]}
    (state / "s3.json").write_text(
        json.dumps({"identities": [admin, limited], "policies": [{"name": "653200", "content": PREFECTURE_MAY}]})
    )
    with store_kept_up(showcase):
        port = json.loads((state / "ports.json").read_text())["s3"]
        environment = {
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": keys["accessKey"],
            "AWS_SECRET_ACCESS_KEY": keys["secretKey"],
            "SHOWCASE_LANG": "zh",
        }

        def person(name: str) -> Showcase:
            folder = tmp_path / name
            folder.mkdir(exist_ok=True)
            code_quickly(folder)
            deliver_for_television(folder)
            return Showcase(folder, {**environment, "SHOWCASE_USER": name})

        yield person


@pytest.fixture
def second_cut(film_of: Callable[..., Path]) -> Path:
    return film_of(2, f"{MOVING},hue=h=40")


@pytest.mark.acceptance  # the suite walks it in test_roles, and without a draft in test_way
@pytest.mark.timeout(300)
def test_from_the_rough_cut_to_a_rejection_and_its_reason(
    people: Callable[[str], Showcase], small_film: Path, second_cut: Path
) -> None:
    producer, editor, operator = people("阿依古丽"), people("王编辑"), people("operator")
    shutil.copy(small_film, producer.folder / "村医.mp4")
    name = str(producer("init", "村医.mp4", "--prefecture", "和田", "--json").rows[0]["submission"]["id"])  # type: ignore[index]
    assert name.startswith("653200-")
    assert producer("check", "submission.yaml").code == 0
    draft = producer("submit", "--draft", "submission.yaml", "--json")
    assert draft.code == 0, draft.err
    assert draft.rows[-1]["sent"] == "draft"
    assert producer("submit", "--draft", "submission.yaml", "--json").rows[-1]["already"] is True

    came = editor("inbox", "--json").rows
    assert [(row["submission_id"], row["stage"], row["wanted_of"]) for row in came] == [(name, "draft", "editor")]
    looked = editor("review", name, "--json")
    assert looked.code == 0, looked.err
    proxy = Path(str(looked.rows[-1]["file"]))
    assert proxy.name == "村医.proxy.mp4"
    assert proxy.stat().st_size * 8 / 2 < 1_500_000
    assert editor("review", name, "--note", "00:00:09:00", "x").code == 2  # past the end
    assert editor("review", name, "--note", "1:2", "x").code == 2
    wrong = {"note_empty": " ", "note_wrong": "长" * 2000, "text_not_plain": "a\x07"}
    for key, text in wrong.items():
        told = editor("review", name, "--note", "00:00:00:10", text, "--json")
        assert [row["error"]["key"] for row in told.rows if "error" in row] == [key]  # type: ignore[index]
    assert "--return" in editor("review", name, "--return", " ").err
    assert editor("review", name, "--return", " ").code == 2
    assert editor("review", name, "--return", "x", "--approve").code == 2
    answered = editor(
        "review", name, "--note", "00:00:01:10", "太急", "--note", "00:00:00:20", "错字", "--return", "请改", "--json"
    )
    assert answered.code == 0, answered.err
    assert editor("run", name).code == 2  # not approved

    status = producer("status")
    assert "编辑退回" in status.out
    assert "请改" in status.out
    assert status.out.index("00:00:00:20  错字（王编辑") < status.out.index("00:00:01:10  太急")
    shutil.copy(second_cut, producer.folder / "村医.mp4")
    sent = producer("submit", "submission.yaml", "--json")
    assert sent.code == 0, sent.err
    assert (sent.rows[-1]["revision"], sent.rows[-1]["sent"]) == (2, "master")
    assert producer("submit", "submission.yaml", "--json").rows[-1]["already"] is True

    unseen = editor("review", name, "--approve")
    assert unseen.code == 2
    assert "没有在这台机器上取回过" in unseen.err
    assert editor("review", name).code == 0
    assert editor("review", "村医", "--approve").code == 0  # by its title
    assert editor("review", name, "--retract", "9").code == 2
    assert editor("review", name, "--note", "00:00:01:10", "看错").code == 0
    assert editor("review", name, "--retract", "2").code == 0
    told = editor("log", name, "--lang", "zh").out.splitlines()
    assert "收回第 2 条" in told[-2]
    assert [line for line in told if "#" in line or line.endswith(" ")] == []
    editor.folder.joinpath(name).mkdir(exist_ok=True)  # where review leaves a draft
    with contextlib.chdir(editor.folder):
        ran = editor("run", name, "--json")
    assert ran.code == 0, ran.err
    assert ran.rows[-1]["delivery"]["revision"] == 2  # type: ignore[index]
    assert editor("run", name, "--json").rows[-1]["already"] is True
    assert editor("inbox", "--json").rows == []

    pulled = operator("pull", name, "--json")
    assert pulled.code == 0, pulled.err
    folder = Path(str(pulled.rows[0]["folder"]))
    assert operator("verify", folder.parent.parent).code == 0  # of a folder all packages below it
    assert editor("status", "--wanted-of", "operator", "--json").rows[0]["stage"] == "ready"
    assert editor("status", "--wanted-of", "producer", "--json").rows == []
    assert editor("status", "--prefecture", "和田", "--json").rows != []
    assert editor("status", "--prefecture", "喀什", "--json").rows == []
    assert operator("ack", name, "reject", "--reason", "片头有黑场").code == 0
    nothing = operator("pull")
    assert nothing.code == 0
    assert "退回" in nothing.err
    assert f"showcase pull {name}" in nothing.err
    told = producer("status")
    assert "运营方退回" in told.out
    assert "片头有黑场" in told.out
    assert "第 3 版" in told.out  # the next revision is open
    unchanged = producer("submit", "submission.yaml")
    assert unchanged.code == 2
    assert "片头有黑场" in unchanged.err
    stands = operator("ack", name, "accept")
    assert stands.code == 2
    assert "已经答复过：退回" in stands.err
    assert operator("ack", name, "accept", "--correct").code == 0
    assert operator("ack", name, "reject", "--reason", "片头有黑场", "--correct").code == 0

    assert editor("withdraw", name).code == 2  # a reason is needed
    assert editor("withdraw", name, "--reason", "版权").code == 0
    assert editor("withdraw", name).code == 0  # said once is enough
    again = operator("pull", "--json")
    assert again.rows[0]["withdrawn"] is True
    assert operator("verify", folder).code == 1
    assert operator("ack", name, "accept").code == 2
    assert editor("withdraw", name, "--undo").code == 0
    assert editor("withdraw", name, "--undo").code == 2  # once is enough
    (folder / "checksums.sha256").unlink()
    mended = operator("pull", name, "--json")
    assert mended.rows[0]["mended"] == ["checksums.sha256"]
    assert operator("verify", folder).code == 0
    assert editor("withdraw", name, "--reason", "版权").code == 0
    story = [(row["what"], row["who"]) for row in producer("log", name, "--json").rows]
    assert story[0] == ("claimed", "producer")
    assert story[-3:] == [("withdrawn", "editor"), ("undone", "editor"), ("withdrawn", "editor")]
    assert [what for what, who in story if who == "operator"] == ["rejected", "accepted", "rejected"]
    assert "已撤回" in producer("status").out
    assert editor("run", name).code == 2


@pytest.mark.acceptance
def test_a_prefecture_sees_and_writes_its_own_only(people: Callable[[str], Showcase], small_film: Path) -> None:
    other, own = people("other"), people("own")
    shutil.copy(small_film, other.folder / "film.mp4")
    assert other("submit", "film.mp4").code == 0  # of the region, 650000
    own.environment |= {
        "AWS_ACCESS_KEY_ID": PREFECTURE_KEYS["accessKey"],
        "AWS_SECRET_ACCESS_KEY": PREFECTURE_KEYS["secretKey"],
        "SHOWCASE_PREFECTURE": "和田",
    }
    shutil.copy(small_film, own.folder / "film.mp4")
    sent = own("submit", "film.mp4", "--json")
    assert sent.code == 0, sent.err
    seen = own("status", "--json")
    assert [row["prefecture"] for row in seen.rows] == ["653200"]
    assert {row["prefecture"] for row in other("status", "--json").rows} == {"650000", "653200"}
    (own.folder / "submission.yaml").write_text(
        "schema_version: 1\ntitle: x\nprefecture: 喀什\nmedia: [{file: film.mp4, role: main}]\n"
    )
    foreign = own("submit", "submission.yaml")
    assert (foreign.code, "和田地区" in foreign.err) == (2, True), foreign.err


def test_a_master_after_its_draft_completes_the_same_revision(
    people: Callable[[str], Showcase], small_film: Path
) -> None:
    producer = people("one")
    shutil.copy(small_film, producer.folder / "film.mp4")
    both = producer("submit", "--draft", "--with-master", "film.mp4", "--json")
    assert both.code == 0, both.err
    sent = [row for row in both.rows if "sent" in row]
    assert [(row["sent"], row["revision"]) for row in sent] == [("draft", 1), ("master", 1)]
    stage = producer("status", "--json").rows[0]
    assert (stage["stage"], stage["revision"]) == ("submitted", 1)


@pytest.mark.acceptance
def test_a_batch_takes_what_is_approved_in_the_inbox(people: Callable[[str], Showcase], small_film: Path) -> None:
    producer, editor = people("one"), people("editor")
    for name in ("a.mp4", "b.mp4"):
        shutil.copy(small_film, producer.folder / name)
        assert producer("submit", name).code == 0
    ids = [str(row["submission_id"]) for row in editor("inbox", "--json").rows]
    assert len(ids) == 2
    assert editor("review", ids[0], "--approve", "--yes").code == 0
    done = editor("batch", "inbox", "--json")
    assert done.code == 0, done.err
    assert {(row["submission_id"], row["outcome"]) for row in done.rows[-1:]} == {(ids[0], "delivered")}
    left = {row["submission_id"]: row["stage"] for row in editor("status", "--json").rows}
    assert left == {ids[0]: "ready", ids[1]: "submitted"}


@pytest.mark.acceptance
def test_what_is_rejected_is_not_sent(people: Callable[[str], Showcase], silent_film: Path, tmp_path: Path) -> None:
    producer = people("one")
    shutil.copy(silent_film, producer.folder / "film.mp4")
    assert producer("submit", "film.mp4").code == 1
    text = producer.folder / "text.mp4"
    text.write_text("no film")
    assert producer("submit", "text.mp4").code == 4
    assert producer("status", "--json").rows == []
    assert producer("submit", "--draft", "film.mp4").code == 0  # a rough cut may be silent yet
    refused = producer("submit", "--draft", "--with-master", "film.mp4", "--json")
    assert refused.code == 1
    assert producer("status", "--json").rows[0]["stage"] == "draft"


@pytest.mark.acceptance
def test_two_producers_who_race_for_a_revision(
    people: Callable[[str], Showcase], small_film: Path, second_cut: Path
) -> None:
    """One wins; the other is told, or comes right after and has the next revision: nothing of either is mixed."""
    cuts = {"one": small_film, "two": second_cut}
    running = {}
    for name, film in cuts.items():
        person = people(name)
        shutil.copy(film, person.folder / "film.mp4")
        person("check", "film.mp4")  # both ready to send at the same moment
        running[name] = subprocess.Popen(
            [sys.executable, "-m", "pipeline.cli", "submit", "film.mp4", "-q"],
            cwd=person.folder,
            env={**os.environ, **person.environment},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
        )
    ended = {name: (process.communicate(timeout=100)[1], process.returncode) for name, process in running.items()}
    lost = [name for name, (_, code) in ended.items() if code != 0]
    assert len(lost) <= 1
    for name in lost:
        assert "刚被别人占用" in ended[name][0].decode()
        assert people(name)("submit", "film.mp4").code == 0
    standing = people("one")("status", "--json").rows
    assert len(standing) == 1
    assert standing[0]["revision"] == 2


@pytest.mark.acceptance
def test_on_a_store_without_buckets_everybody_reads_and_writes(
    people: Callable[[str], Showcase], small_film: Path
) -> None:
    """Whoever is first: nobody can know that a bucket was never made."""
    producer, editor, operator = people("one"), people("editor"), people("operator")
    for person in (producer, editor, operator):
        (person.folder / "showcase.toml").write_text('[store]\ninbox = "first-inbox"\ndelivery = "first-delivery"\n')
    for person, words in (
        (producer, ("status",)),
        (editor, ("inbox",)),
        (operator, ("pull",)),
        (editor, ("batch", "inbox", "-n")),
    ):
        first = person(*words, "--json")
        assert (first.code, first.rows) == (0, []), (words, first.err)
    assert producer("status", "none").code == 2
    shutil.copy(small_film, producer.folder / "film.mp4")
    assert producer("submit", "film.mp4").code == 0
    name = str(editor("inbox", "--json").rows[0]["submission_id"])
    noted = editor("review", name, "--note", "00:00:01:00", "x", "--approve", "--yes")
    assert noted.code == 0, noted.err
    assert editor("run", name).code == 0
    assert operator("pull").code == 0


def test_a_note_may_come_from_check_or_from_a_player(
    people: Callable[[str], Showcase], small_film: Path, ffmpeg: Path
) -> None:
    producer, editor = people("one"), people("editor")
    film = producer.folder / "film.mov"
    subprocess.run(
        [str(ffmpeg), "-loglevel", "error", "-i", small_film, "-c", "copy", "-timecode", "10:00:00:00", film],
        check=True,
    )
    assert producer("submit", film).code == 0
    name = str(editor("inbox", "--json").rows[0]["submission_id"])
    noted = editor("review", name, "--note", "10:00:01:05", "甲", "--note", "00:00:02:00", "乙", "--json")
    assert noted.code == 0, noted.err
    assert [row["timecode"] for row in noted.rows[:2]] == ["10:00:01:05", "10:00:02:00"]
    assert "00:00:02:00" in noted.err
    assert "10:00:02:00" in noted.err
    outside = editor("review", name, "--note", "11:00:00:00", "丙")
    assert outside.code == 2
    assert "10:00:00:00" in outside.err
