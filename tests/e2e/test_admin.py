"""A provider's store, whose console makes the keys: documents go there, keys come back, and everybody has a file."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import tables
from pipeline.errors import InputError
from pipeline.storage import embedded, identities, invitations, keys, own_store
from pipeline.storage.identities import Identity
from pipeline.storage.invitations import Wish
from pipeline.storage.rights import BucketNames, Role
from tests.conftest import Showcase

PEOPLE = "姓名,角色,地州\n阿依古丽,制作,和田\n买买提,制作,653200\n王编辑,编辑,\n李运营,运营,\n"


@pytest.fixture
def provider(showcase: Showcase, tmp_path: Path) -> Iterator[Path]:
    """A real server elsewhere, known by its address and the administrator's own keys; gives its file of identities."""
    (showcase.folder / "showcase.toml").unlink()
    store = tmp_path / "provider"
    with embedded.serve(store, ("delivery",)) as server:
        showcase.environment |= {
            "AWS_ENDPOINT_URL_S3": server.connection.endpoint or "",
            "AWS_ACCESS_KEY_ID": server.connection.access_key or "",
            "AWS_SECRET_ACCESS_KEY": server.connection.secret_key or "",
        }
        yield store


def console(showcase: Showcase, store: Path, papers: Path, wanted: list[dict[str, str]]) -> list[dict[str, str]]:
    """What somebody does in the provider's console: a user for each row, its document as it stands, its keys."""
    tree = json.loads((store / identities.FILE).read_text())
    policies: dict[str, str] = {}
    for row in wanted:
        pair = identities.new_pair()
        policy = identities.identity_named(row["identity"]).policy
        policies[policy] = (papers / "policies" / f"{policy}.json").read_text()
        credentials = [{"accessKey": pair.key_id, "secretKey": pair.secret}]
        tree["identities"].append({"name": row["identity"], "credentials": credentials, "policyNames": [policy]})
        row |= {"access_key_id": pair.key_id, "secret_access_key": pair.secret}
    tree["policies"] = [{"name": name, "content": content} for name, content in policies.items()]
    (store / identities.FILE).write_text(json.dumps(tree))
    embedded.read_identities_again(store)
    for item in identities.known(store):
        own_store.hold(showcase.environment["AWS_ENDPOINT_URL_S3"], BucketNames(), item)
    return wanted


@pytest.mark.acceptance
def test_a_provider_gets_documents_and_gives_keys(showcase: Showcase, provider: Path, tmp_path: Path) -> None:
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8-sig")
    asked = showcase("admin", "invite", "--people", tmp_path / "people.csv", "--to", "season", "--lang", "en")
    assert asked.code == 0, asked.err
    season = showcase.folder / "season"
    assert "4 wait for keys" in asked.out
    assert sorted(path.name for path in (season / "policies").iterdir()) == [
        "653200.json",
        "editor.json",
        "operator.json",
    ]
    for language, words in (("zh", "不可以 删除"), ("en", "may NOT delete")):
        assert words in (season / f"rights.{language}.md").read_text("utf-8")
    assert (season / invitations.WANTED).stat().st_mode & 0o777 == 0o600
    states = {str(row["identity"]): row["state"] for row in showcase("admin", "list", "--to", "season", "--json").rows}
    assert states == dict.fromkeys(("653200", "653200-2", "editor", "operator"), "waits")

    with (season / invitations.WANTED).open(encoding="utf-8-sig") as opened:
        rows = console(showcase, provider, season, list(csv.DictReader(opened)))
    assert [row["person"] for row in rows] == ["阿依古丽", "买买提", "王编辑", "李运营"]
    table = tables.write(list(rows[0]), [list(row.values()) for row in rows])
    (season / invitations.WANTED).write_bytes(table)
    again = showcase("admin", "invite", "--people", tmp_path / "people.csv", "--to", "season")
    assert again.code == 0, again.err
    assert (season / invitations.WANTED).read_bytes() == table  # what is filled in and not yet taken stays

    given = showcase("admin", "invite", "--keys", season / invitations.WANTED, "--to", "season", "--json")
    assert given.code == 0, given.err
    assert {row["state"] for row in given.rows} == {"invited"}
    assert not (season / invitations.WANTED).exists()
    said = keys.settings_file(season / "653200-2.toml").settings
    assert (said["user"], said["prefecture"], said["role"]) == ("买买提", "653200", "producer")
    for name in ("653200", "653200-2", "editor", "operator"):
        tried = showcase("doctor", "--as-in", season / f"{name}.toml")
        assert tried.code == 0, tried.out
    rerun = showcase("admin", "invite", "--people", tmp_path / "people.csv", "--to", "season", "--json")
    assert {row["state"] for row in rerun.rows} == {"already"}
    for verb in ("rotate", "revoke"):
        elsewhere = showcase("admin", verb, "653200", "--lang", "en")
        assert elsewhere.code == 2
        assert "made in its console" in elsewhere.err


def test_whose_keys_may_make_no_bucket_is_told_to_make_it_by_hand(
    showcase: Showcase, provider: Path, tmp_path: Path
) -> None:
    console(showcase, provider, _papers(showcase), [row := {"identity": "operator"}])
    showcase.environment |= {
        "AWS_ACCESS_KEY_ID": row["access_key_id"],
        "AWS_SECRET_ACCESS_KEY": row["secret_access_key"],
    }
    asked = showcase("admin", "invite", "--prefectures", "和田,喀什", "--to", "other", "--lang", "en")
    assert asked.code == 0, asked.err
    assert "make them in the console (inbox, delivery, work)" in asked.err
    assert (showcase.folder / "other" / "policies" / "653100.json").exists()


def _papers(showcase: Showcase) -> Path:
    made = showcase("admin", "invite", "--prefectures", "653200", "--to", "papers")
    assert made.code == 0, made.err
    return showcase.folder / "papers"


@pytest.mark.parametrize(
    ("words", "key"),
    [
        ((), "invite_nobody"),
        (("--prefectures", "火星"), "settings_prefecture"),
        (("--prefectures", "all", "--address", "store"), "endpoint_wrong"),
        (("--prefectures", "all", "--ca", "none.pem"), "ca_wrong"),
        (("--people", "none.csv"), "path_missing"),
        (("--keys", "keys.csv"), "keys_made_here"),
    ],
)
def test_a_wrong_call_invites_nobody(words: tuple[str, ...], key: str, showcase: Showcase) -> None:
    (showcase.folder / "keys.csv").write_text("identity,access_key_id,secret_access_key\neditor,a,b\n")
    refused = showcase("admin", "invite", *words, "--json")
    assert refused.code == 2
    assert refused.rows[0]["error"]["key"] == key  # type: ignore[index]
    assert not (showcase.folder / ".showcase" / "store").exists()


@pytest.mark.parametrize(
    ("row", "key", "place"),
    [
        ("阿依古丽,导演,和田", "people_role", "2:2"),
        ("阿依古丽,制作,火星", "settings_prefecture", "2:3"),
        ("阿依古丽,制作,", "settings_prefecture", "2"),
        (",制作,和田", "people_name", "2"),
        ("王,编辑,\n王,编辑,", "people_twice", "3"),
    ],
)
def test_a_wrong_row_is_named(row: str, key: str, place: str, tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text(f"姓名,角色,地州\n{row}\n", "utf-8")
    with pytest.raises(InputError, match=key) as told:
        invitations.people(path)
    assert told.value.where == f"{path}:{place}"


def test_a_misspelt_heading_is_named(tmp_path: Path) -> None:
    path = tmp_path / "people.csv"
    path.write_text("序号,姓名,职务,地州\n1,王编辑,编辑,和田\n", "utf-8")
    with pytest.raises(InputError, match="people_heading") as told:
        invitations.people(path)
    assert told.value.values["heading"] == "职务"


def test_further_people_of_a_role_are_numbered_and_stay_who_they_are() -> None:
    first = invitations.identities(invitations.wishes(["653200"], []), [])
    assert [item.name for item in first] == ["653200", "editor", "operator"]
    people = [Wish(Role.PRODUCER, "653200", "甲"), Wish(Role.EDITOR, None, "乙"), Wish(Role.EDITOR, None, "丙")]
    named = invitations.identities(invitations.wishes(["653200"], people), first)
    assert {(item.name, item.person) for item in named} == {
        ("653200", "甲"),
        ("editor", "乙"),
        ("editor-2", "丙"),
        ("operator", None),
    }
    turned = invitations.identities(invitations.wishes([], people[::-1]), named)
    assert {item.name: item.person for item in turned} == {item.name: item.person for item in named}
    kept = invitations.identities(invitations.wishes(["653200"], []), named)
    assert set(kept) == set(named)
    assert Identity("653200-2", Role.PRODUCER, "653200", "丁") in invitations.identities(
        [Wish(Role.PRODUCER, "653200", "丁")], named
    )


@pytest.mark.acceptance
@pytest.mark.usefixtures("served_alone")
def test_a_later_invitation_keeps_the_address_that_people_have(showcase: Showcase) -> None:
    ca = showcase.folder / "ca.pem"
    ca.write_text("-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----\n")
    address = ("--address", "https://store.example.org", "--ca", str(ca))
    assert showcase("admin", "invite", "--prefectures", "653200", *address).code == 0
    later = showcase("admin", "invite", "--prefectures", "653200,653100", "--json")
    states = {str(row["identity"]): row["state"] for row in later.rows}
    assert states == {"653200": "already", "653100": "invited", "editor": "already", "operator": "already"}
    given = keys.settings_file(showcase.folder / "invitations" / "653100.toml")
    assert given.settings["endpoint"] == "https://store.example.org"
    assert given.ca == ca.read_text()


@pytest.mark.acceptance
@pytest.mark.usefixtures("served_alone")
def test_a_new_address_is_written_into_every_file(showcase: Showcase) -> None:
    for codes, address in (("653200,653100", "https://old.example"), ("653100", "https://new.example")):
        assert showcase("admin", "invite", "--prefectures", codes, "--address", address).code == 0
    assert showcase("admin", "invite", "--prefectures", "653200,653100,650100").code == 0
    files = invitations.SettingsFolder(showcase.folder / "invitations").read()
    assert set(files) == {"650100", "653100", "653200", "editor", "operator"}
    assert {there.settings["endpoint"] for _, there in files.values()} == {"https://new.example"}


@pytest.mark.acceptance
@pytest.mark.usefixtures("served_alone")
def test_two_administrators_at_once_give_two_people_two_names(showcase: Showcase) -> None:
    names = ("甲", "乙", "丙")
    for name in names:
        (showcase.folder / f"{name}.csv").write_text(f"姓名,角色,地州\n{name},制作,喀什\n", "utf-8")
    calls = [showcase.start("admin", "invite", "--people", f"{name}.csv") for name in names]
    assert [call.wait(90) for call in calls] == [0, 0, 0]
    files = invitations.SettingsFolder(showcase.folder / "invitations").read()
    assert {identity.person for identity, _ in files.values() if identity.prefecture} == set(names)
    assert len({there.pair.key_id for _, there in files.values()}) == len(files)


def test_a_key_that_another_has_is_named(showcase: Showcase, provider: Path) -> None:
    (showcase.folder / "keys.csv").write_text("identity,access_key_id,secret_access_key\neditor,AK1,b\n")
    assert showcase("admin", "invite", "--keys", "keys.csv").code == 0
    (showcase.folder / "keys.csv").write_text("identity,access_key_id,secret_access_key\n650100,AK1,b\n")
    refused = showcase("admin", "invite", "--keys", "keys.csv", "--json")
    assert (refused.code, refused.rows[-1]["error"]["where"]) == (2, "keys.csv:2:2")  # type: ignore[index]
    assert not (showcase.folder / "invitations" / "650100.toml").exists()
