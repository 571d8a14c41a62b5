"""Presets of stores: what comes with the program, what a workspace says instead, and how long an upload lives."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import extends, shipped
from pipeline.errors import InputError
from pipeline.model.storage_preset import GENERIC, TOPICS, Multipart, StoragePreset, UploadLife
from pipeline.settings import Settings
from pipeline.storage import presets
from pipeline.storage.invitations import common_settings
from tests.storage.provider_table import Language, rows

SHIPPED = shipped.folder("profiles")
WANTED = (
    *("aliyun-oss", "aws", "ceph-rgw", "generic", "huawei-obs", "lease", "minio", "seaweedfs"),
    *("tencent-cos", "tianyi-oos", "tianyi-zos"),
)
BEGUN = datetime(2026, 11, 30, 8, tzinfo=UTC)
NEWEST = BEGUN + timedelta(hours=20)


def test_these_come_with_the_program() -> None:
    assert tuple(extends.names([SHIPPED / presets.FOLDER])) == WANTED


@pytest.mark.parametrize("name", WANTED)
def test_each_is_read_and_says_how_it_is_known(name: str) -> None:
    found = presets.preset(name, [SHIPPED])
    assert found.name == name
    assert found.about is not None
    assert {topic for source in ("measured", "documents", "assumed") for topic in found.known_from(source)} == {*TOPICS}


def test_without_a_preset_all_is_as_the_generic_one_says() -> None:
    said = presets.preset("generic", [SHIPPED])
    assert said.model_copy(update={"about": None}) == GENERIC
    assert presets.of_settings(Settings(), Path("profiles")) == GENERIC
    assert presets.of_settings(Settings(addressing="virtual"), Path("profiles")).addressing == "virtual"


def test_an_address_that_is_said_wins_over_the_presets() -> None:
    assert presets.of_settings(Settings(preset="aliyun-oss"), Path("profiles")).addressing == "virtual"
    assert presets.of_settings(Settings(preset="aliyun-oss", addressing="path"), Path("profiles")).addressing == "path"


def test_a_workspace_says_what_differs(tmp_path: Path) -> None:
    (tmp_path / "storage").mkdir()
    own = tmp_path / "storage" / "tianyi-oos.yaml"
    own.write_text("extends: tianyi-oos\nsignature: s3v4\nmultipart: {life: {hours: 48, counted: newest-part}}\n")
    found = presets.of_settings(Settings(preset="tianyi-oos"), tmp_path)
    assert (found.signature, found.create_only.by) == ("s3v4", "lease")
    assert found.multipart.expires(BEGUN, NEWEST) == NEWEST + timedelta(hours=48)


@pytest.mark.parametrize(
    ("life", "expected"),
    [
        (None, None),
        (UploadLife(hours=24), BEGUN + timedelta(hours=24)),
        (UploadLife(hours=24, counted="newest-part"), NEWEST + timedelta(hours=24)),
    ],
)
def test_an_unfinished_upload_lives_as_long_as_the_store_lets_it(
    life: UploadLife | None, expected: datetime | None
) -> None:
    assert Multipart(life=life).expires(BEGUN, NEWEST) == expected


@pytest.mark.parametrize(
    ("said", "kind", "line"),
    [
        ("create_only: {by: header}", "create_only_header", 3),
        ("create_only: {by: lease, header: x-a}", "create_only_header", 3),
        ("create_only: {by: header, header: 'x a'}", "string_pattern_mismatch", 3),
        ("multipart: {least_part_bytes: 9, most_part_bytes: 8}", "part_bytes", 3),
        ("multipart: {least_part_bytes: 0}", "greater_than_equal", 3),
        ("checksums: {digest: crc32}", "literal_error", 3),
        ("addressing: host", "literal_error", 3),
        ("colour: red", "extra_forbidden", 3),
        ("sources: {colour: measured}", "literal_error", 3),
    ],
)
def test_a_wrong_file_is_told_with_its_place(said: str, kind: str, line: int, tmp_path: Path) -> None:
    (tmp_path / "storage").mkdir()
    file = tmp_path / "storage" / "own.yaml"
    file.write_text(f"schema_version: 1\nname: own\n{said}\n")
    with pytest.raises(InputError, match="yaml_invalid") as told:
        presets.preset("own", [tmp_path])
    assert [problem.kind for problem in told.value.values["problems"]] == [kind]
    assert (told.value.where or "").startswith(f"{file}:{line}:")


def test_a_name_that_nobody_has_names_those_there_are() -> None:
    with pytest.raises(InputError, match="no_such_name") as told:
        presets.of_settings(Settings(preset="oss"), Path("profiles"))
    assert "aliyun-oss" in str(told.value.values["known"])


def test_the_noun_stays_small() -> None:
    assert StoragePreset(schema_version=1, name="x").model_dump(exclude_defaults=True) == {
        "schema_version": 1,
        "name": "x",
    }


@pytest.mark.parametrize(("language", "page"), [("en", "storage.md"), ("zh", "storage.zh.md")])
def test_the_documents_have_the_table_of_providers(language: Language, page: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / page).read_text(encoding="utf-8")
    assert "\n".join(rows(language)) in text


def test_what_is_said_of_a_store_is_handed_out_with_it() -> None:
    said = Settings(preset="tianyi-oos", create_only="lease", sse="aws:kms", sse_key="1")
    told = common_settings(said, "https://oos-xj.ctyunapi.cn")
    assert {name: told[name] for name in ("preset", "create_only", "sse", "sse_key")} == {
        "preset": "tianyi-oos",
        "create_only": "lease",
        "sse": "aws:kms",
        "sse_key": "1",
    }
    assert "addressing" not in told
    assert "preset" not in common_settings(Settings(), "https://s3.example.invalid")
