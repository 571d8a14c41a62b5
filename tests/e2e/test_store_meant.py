"""Nobody works into the void: which store, and as whom, is said first; a private one is meant or refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from pipeline import settings, shipped
from tests.conftest import Showcase, on_terminal

LOOKING = [
    ("status",),
    ("inbox",),
    ("review", "650000-film"),
    ("pull", "--to", "here"),
    ("ack", "650000-film", "accept"),
    ("withdraw", "650000-film", "--reason", "so"),
    ("batch", "inbox"),
    ("run", "650000-film"),
]


@pytest.fixture
def alone(showcase: Showcase) -> Showcase:
    """A workspace where nobody said anything of a store."""
    (showcase.folder / settings.NAME).unlink()
    return showcase


@pytest.mark.parametrize("words", LOOKING, ids=" ".join)
def test_nothing_is_looked_for_where_nobody_sends(words: tuple[str, ...], alone: Showcase) -> None:
    result = alone(*words, "--lang", "en")
    assert result.code == 3
    assert result.err.splitlines()[0].endswith("nobody else sees it")
    assert "showcase setup" in result.err
    assert not (alone.folder / ".showcase" / "store").exists()


def test_showcase_alone_names_setup_where_no_store_is_set(alone: Showcase) -> None:
    assert "showcase setup --import" in alone("--lang", "zh").out
    unset = alone("setup", "--address", "http://127.0.0.1:9", "--lang", "zh")
    assert unset.code == 3
    assert "showcase setup --import" in unset.err.splitlines()[-1]  # a person has no AWS_ACCESS_KEY_ID to set
    assert "showcase setup --import" in alone("--lang", "zh").out
    shown = alone("setup", "--show").out
    assert "  set: " in shown
    assert "set_name" not in shown


def test_nothing_is_sent_where_nobody_sees_it(alone: Showcase) -> None:
    given = shipped.folder("samples") / "film" / "submission.yaml"
    refused = alone("submit", given, "--lang", "zh")
    assert refused.code == 3
    assert "没有提交" in refused.err
    assert refused.out == ""


def test_a_film_of_ones_own_is_delivered_to_it_and_that_is_said(
    alone: Showcase, small_film: Path, for_television: None, coded_quickly: None
) -> None:
    shutil.copy(small_film, alone.folder / "film.mp4")
    ran = alone("run", "film.mp4", "--lang", "en")
    assert ran.code == 0, ran.err
    assert "nobody else sees it" in ran.err.splitlines()[0]
    assert "nobody else sees it" in ran.out.splitlines()[-1]
    assert alone("status", "--lang", "en").code == 0  # it holds something now


def test_a_store_that_others_see_is_named_with_who_asks(showcase: Showcase) -> None:
    (showcase.folder / settings.NAME).write_text(
        'prefecture = "653200"\nuser = "王"\n[store]\nendpoint = "http://user:secret@127.0.0.1:1"\n', "utf-8"
    )
    showcase.environment |= {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "hidden"}
    result = showcase("status", "--lang", "en")
    assert result.code == 3
    first = result.err.splitlines()[0]
    assert first == "store: http://127.0.0.1:1, as 王, 653200 Hotan Prefecture, key AKIDEXAMPLE"
    assert "secret" not in result.err
    assert "hidden" not in result.err


HANDED_OUT = """role = "editor"
user = "王编辑"
[store]
endpoint = "http://127.0.0.1:1"
[keys]
access_key_id = "AKID"
secret_access_key = "hidden"
"""


def test_a_settings_file_holds_everywhere_and_shows_no_secret(showcase: Showcase, tmp_path: Path) -> None:
    given = tmp_path / "handed-out.toml"
    given.write_text(HANDED_OUT, "utf-8")
    tried = showcase("setup", "--import", given, "--lang", "en")
    assert tried.code == 3  # nobody answers there
    assert "does not answer" in tried.err
    assert "hidden" not in tried.out + tried.err
    keys = settings.credentials_file()
    assert keys.stat().st_mode & 0o777 == 0o600
    (elsewhere := tmp_path / "elsewhere").mkdir()
    result = showcase("status", "--lang", "en", cwd=elsewhere)
    assert result.err.splitlines()[0] == "store: http://127.0.0.1:1, as 王编辑, key AKID"
    shown = {row["name"]: row for row in showcase("setup", "--show", "--json", cwd=elsewhere).rows}
    assert shown["role"] == {"name": "role", "value": "editor", "from": str(settings.user_folder() / settings.NAME)}


def test_a_file_without_keys_is_no_settings_file(showcase: Showcase, tmp_path: Path) -> None:
    given = tmp_path / "half.toml"
    given.write_text('role = "editor"\n')
    assert showcase("setup", "--import", given).code == 2
    assert not (settings.user_folder() / settings.NAME).exists()


def test_nothing_said_is_a_wrong_call(showcase: Showcase) -> None:
    assert showcase("setup").code == 2


def test_a_wrong_answer_is_asked_again_and_keys_are_not_shown(showcase: Showcase) -> None:
    answers = ["ftp://x", "http://127.0.0.1:1", "boss", "editor", "火星", "和田", "王", "zh", "AKID", "hidden"]
    code, seen = on_terminal(showcase, "setup", answers=answers)
    assert code == 3
    assert "hidden" not in seen
    written = settings.values_in(settings.user_folder() / settings.NAME)
    assert written == {
        "endpoint": "http://127.0.0.1:1",
        "role": "editor",
        "prefecture": "653200",
        "user": "王",
        "language": "zh",
        "profile": "showcase",
    }
    assert json.dumps(written)
