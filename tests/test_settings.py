"""`showcase.toml`: the workspace's over the user's, under the environment; what is wrong is named."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from pipeline import catalogue, settings
from pipeline.errors import InputError
from pipeline.settings import Settings


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The user's own file, in a config folder of the test's."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    folder = settings.user_folder()
    folder.mkdir(parents=True)
    return folder / settings.NAME


def test_the_workspace_wins_over_the_user_and_the_environment_over_both(
    users: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    users.write_text('user = "王"\nprefecture = "653200"\n[store]\nendpoint = "https://users.test"\n', "utf-8")
    own = tmp_path / settings.NAME
    own.write_text('prefecture = "653100"\n[store]\ninbox = "in"\n')
    monkeypatch.setenv("SHOWCASE_ENDPOINT", "https://environment.test")
    found = settings.read(own)
    assert (found.user, found.prefecture, found.inbox) == ("王", "653100", "in")
    assert found.endpoint == "https://environment.test"
    assert found.origins == {
        "user": str(users),
        "prefecture": str(own),
        "inbox": str(own),
        "endpoint": "SHOWCASE_ENDPOINT",
    }


def test_neither_file_need_be_there(users: Path, tmp_path: Path) -> None:
    assert not users.exists()
    assert settings.read(tmp_path / "none.toml") == Settings()


@pytest.mark.parametrize(
    ("content", "key", "values"),
    [
        ("user = “王”\n".encode(), "settings_quotes", {"line": 1, "sign": "“"}),
        ("[store]\nendpoint = ‘https://x’\n".encode(), "settings_quotes", {"line": 2, "sign": "‘"}),
        ('user = "王"\n'.encode("gbk"), "settings_encoding", {}),
        (b'user = "a\n', "settings_syntax", {}),
        (b'colour = "red"\n', "settings_key", {"field": "colour"}),
        (b"user = 3\n", "settings_key", {"field": "user"}),
        (b'[store]\nembedded = "true"\n', "settings_key", {"field": "store.embedded"}),
        (b'[cluster]\ntrust_network = "true"\n', "settings_key", {"field": "cluster.trust_network"}),
        (b'role = "boss"\n', "settings_value", {"field": "role", "value": "boss"}),
        (b'[store]\naddressing = "host"\n', "settings_addressing", {"value": "host"}),
        (b'[ffmpeg]\nstall_s = "60"\n', "settings_key", {"field": "ffmpeg.stall_s"}),
        (b"[ffmpeg]\nstall_s = true\n", "settings_key", {"field": "ffmpeg.stall_s"}),
        (
            b'[store]\nlimit_rate = "5Mbit"\n',
            "settings_value",
            {"field": "store.limit_rate", "value": "5Mbit", "known": "500k, 2M, 1G, 0"},
        ),
        (b"[store]\nlimit_rate = 500\n", "settings_key", {"field": "store.limit_rate"}),
        (b"[ffmpeg]\nstall_s = 0\n", "settings_value", {"field": "ffmpeg.stall_s", "value": 0}),
    ],
)
def test_what_is_wrong_is_named(
    content: bytes, key: str, values: dict[str, object], users: Path, tmp_path: Path
) -> None:
    own = tmp_path / settings.NAME
    own.write_bytes(content)
    with pytest.raises(InputError) as caught:
        settings.read(own)
    assert caught.value.key == key
    assert values.items() <= caught.value.values.items()


def test_what_is_no_setting_is_answered_by_all_that_are(users: Path, tmp_path: Path) -> None:
    (own := tmp_path / settings.NAME).write_text('colour = "red"\n')
    with pytest.raises(InputError) as caught:
        settings.read(own)
    advice = catalogue.error_lines("zh", caught.value)[-1]
    named = {settings.typed(item.name) for item in fields(Settings) if item.name not in ("origins", "wait_s")}
    assert {"set", "store.ca", "store.embedded", "cluster.scheduler", "cluster.trust_network"} <= named
    assert [name for name in named if name not in advice] == []


def test_a_byte_order_mark_is_no_fault(users: Path, tmp_path: Path) -> None:
    own = tmp_path / settings.NAME
    own.write_text('user = "王"\n', "utf-8-sig")
    assert settings.read(own).user == "王"


def test_what_people_wrote_stays_where_a_value_is_set(users: Path) -> None:
    users.write_text('# ours\nset = "quick"  # for trials\n\n[store]\ninbox = "in"\n')
    settings.write(users, {"embedded": True, "user": "王"}, mode=0o600)
    text = users.read_text("utf-8")
    assert text.startswith('# ours\nset = "quick"  # for trials\n')
    assert settings.values_in(users) == {"set_name": "quick", "user": "王", "inbox": "in", "embedded": True}
    assert users.stat().st_mode & 0o777 == 0o600


def test_a_cluster_is_set_like_a_store(users: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    users.write_text('[cluster]\nscheduler = "tls://10.0.0.1:8786"\ntls = "keys"\n')
    (own := tmp_path / settings.NAME).write_text("[cluster]\ntrust_network = true\n")
    found = settings.read(own)
    assert (found.scheduler, found.trust_network) == ("tls://10.0.0.1:8786", True)
    assert found.tls == str(users.parent / "keys")
    monkeypatch.setenv("SHOWCASE_SCHEDULER", "10.0.0.2")
    assert settings.read(own).scheduler == "10.0.0.2"
