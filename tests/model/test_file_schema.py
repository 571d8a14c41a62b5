"""Schemas of the files that people write: `SCHEMAS=write pytest tests/model` writes them anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest

from pipeline import shipped, yamlio
from pipeline.model import file_schema

PROFILES = shipped.folder("profiles")
FOLDERS = {
    "profile": PROFILES,
    "campaign-template": PROFILES / "campaigns",
    "set": PROFILES / "sets",
    "policy": PROFILES / "policies",
    "vocabulary": PROFILES / "vocabulary",
    "c2": PROFILES / "c2",
    "storage": PROFILES / "storage",
    "table": PROFILES / "tables",
}
SHIPPED = [
    (path.stem if path.stem in file_schema.FILES else kind, path)
    for kind, folder in FOLDERS.items()
    for path in sorted(folder.glob("*.yaml"))
]
SAMPLES = [("submission", path) for path in sorted(shipped.folder("samples").rglob("submission.yaml"))]


@pytest.mark.parametrize("name", file_schema.FILES)
def test_the_schema_beside_the_files_is_that_of_the_model(name: str) -> None:
    path = PROFILES / "schema" / f"{name}.json"
    made = json.dumps(file_schema.schema_of(name), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("SCHEMAS") == "write":
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == made


@pytest.mark.parametrize(("kind", "path"), [*SHIPPED, *SAMPLES], ids=lambda item: getattr(item, "stem", item))
def test_every_shipped_file_names_its_schema_and_fits_it(kind: str, path: Path) -> None:
    first = path.read_text(encoding="utf-8").splitlines()[0]
    prefix = "# yaml-language-server: $schema="
    assert first.startswith(prefix)
    named = (path.parent / first.removeprefix(prefix)).resolve()
    assert named == (PROFILES / "schema" / f"{kind}.json").resolve()
    jsonschema.validate(yamlio.load(path).data, json.loads(named.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    "data",
    [
        {"extends": "iptv-hd", "video": {"bitrate_kbps": "fast"}},
        {"extends": "iptv-hd", "colour": "red"},
        {"schema_version": 1, "name": "x", "form": "mpegts"},
    ],
)
def test_a_wrong_file_does_not_fit(data: dict[str, object]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(data, file_schema.schema_of("profile"))
