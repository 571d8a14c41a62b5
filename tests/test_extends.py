"""Files on top of others: merged deeply, by name, with the place of every value."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import extends
from pipeline.errors import InputError
from pipeline.model.x264 import X264Search

BASE = """\
schema_version: 1
name: base
video: {width: 10, height: 20}
rungs:
  - {name: a, crf: 20}
  - {name: b, crf: 21}
rules:
  - {code: x.one, value: 1}
  - {code: x.two, value: 2}
words: [one, two]
"""


def write(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def resolve(folder: Path, text: str, name: str = "own") -> extends.Document:
    write(folder, "base", BASE)
    return extends.resolve(write(folder, name, text), [folder], kind="profile")


def test_mappings_merge_deeply_and_named_lists_by_name(tmp_path: Path) -> None:
    made = resolve(
        tmp_path,
        "extends: base\nvideo: {height: 30}\nrungs:\n  - {name: b, crf: 30}\n  - {name: c, crf: 40}\n"
        "rules:\n  - {code: x.two, value: 5}\nwords: [three]\n",
    )
    assert made.data == {
        "schema_version": 1,
        "name": "own",
        "video": {"width": 10, "height": 30},
        "rungs": [{"name": "a", "crf": 20}, {"name": "b", "crf": 30}, {"name": "c", "crf": 40}],
        "rules": [{"code": "x.one", "value": 1}, {"code": "x.two", "value": 5}],
        "words": ["three"],  # what has no names is replaced
    }


def test_every_value_keeps_the_place_it_is_from(tmp_path: Path) -> None:
    made = resolve(tmp_path, "extends: base\nvideo: {height: 30}\nrungs:\n  - {name: b, crf: 30}\n")
    base, own = tmp_path / "base.yaml", tmp_path / "own.yaml"
    assert made.where(("video", "height")) == f"{own}:2:9"
    assert made.where(("video", "width")) == f"{base}:3:9"
    assert made.where(("rungs", 0, "crf")) == f"{base}:5:15"
    assert made.where(("rungs", 1, "crf")) == f"{own}:4:15"


def test_drop_removes_by_name_and_by_key(tmp_path: Path) -> None:
    made = resolve(
        tmp_path,
        "extends: base\nvideo: {drop: true}\nrungs:\n  - {name: a, drop: true}\nrules:\n"
        "  - {code: x.one, drop: true}\n",
    )
    assert "video" not in made.data
    assert made.data["rungs"] == [{"name": "b", "crf": 21}]
    assert made.data["rules"] == [{"code": "x.two", "value": 2}]
    assert made.where(("rungs", 0, "crf")) == f"{tmp_path / 'base.yaml'}:6:15"


@pytest.mark.parametrize(
    ("text", "key", "place"),
    [
        ("extends: base\nrungs:\n  - {name: z, drop: true}\n", "drop_nothing", "own.yaml:3:5"),
        ("name: own\nvideo: {drop: true}\n", "drop_nothing", "own.yaml:2:1"),
        ("extends: nobody\n", "no_such_name", "own.yaml:1:1"),
        ("extends: ../base\n", "extends_wrong", "own.yaml:1:1"),
        ("extends: [base]\n", "extends_wrong", "own.yaml:1:1"),
        ("extends: own\n", "extends_circle", "own.yaml:1:1"),
        ("extends: base\nname: other\n", "name_differs", "own.yaml:2:1"),
        ("- a\n", "yaml_invalid", "own.yaml:1:1"),
    ],
)
def test_what_is_wrong_names_its_place(text: str, key: str, place: str, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        resolve(tmp_path, text)
    assert caught.value.key == key
    assert caught.value.where == str(tmp_path / place)


def test_a_circle_of_three_is_told_with_its_chain(tmp_path: Path) -> None:
    for name, above in (("one", "two"), ("two", "three"), ("three", "one")):
        path = write(tmp_path, name, f"extends: {above}\n")
    with pytest.raises(InputError, match="extends_circle") as caught:
        extends.resolve(path, [tmp_path], kind="profile")
    assert caught.value.values["chain"] == "three → one → two → three"


def test_a_chain_without_end_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "n0", "name: n0\n")
    for number in range(1, 1200):
        path = write(tmp_path, f"n{number}", f"extends: n{number - 1}\n")
    with pytest.raises(InputError, match="extends_deep"):
        extends.resolve(path, [tmp_path], kind="profile")
    assert extends.resolve(tmp_path / "n10.yaml", [tmp_path], kind="profile").data == {"name": "n10"}


def test_the_workspaces_file_may_extend_its_own_name(tmp_path: Path) -> None:
    own, shipped = tmp_path / "own", tmp_path / "shipped"
    write(shipped, "base", BASE)
    path = write(own, "base", "extends: base\nvideo: {width: 99}\n")
    made = extends.resolve(path, [own, shipped], kind="profile")
    assert made.data["video"] == {"width": 99, "height": 20}
    assert extends.find("base", [own, shipped], kind="profile") == path
    assert extends.names([own, shipped]) == ["base"]


def test_another_preset_or_codec_takes_nothing_of_what_stood_beside_the_one_below(tmp_path: Path) -> None:
    write(tmp_path, "ladder", "preset: medium\nref: 2\nmixed_refs: false\ncrf: 21\n")

    def above(text: str) -> dict[str, object]:
        path = write(tmp_path, "own", f"extends: ladder\n{text}\n")
        data: dict[str, object] = extends.resolve(path, [tmp_path], kind="profile").data
        del data["name"]
        return data

    searched = {"ref": 2, "mixed_refs": False}
    assert above("crf: 23") == {"preset": "medium", **searched, "crf": 23}
    assert above("preset: medium\ncodec: avc") == {"preset": "medium", **searched, "crf": 21, "codec": "avc"}
    assert above("preset: slow") == {"preset": "slow", "crf": 21}
    assert above("preset: slow\nref: 4") == {"preset": "slow", "crf": 21, "ref": 4}
    assert set(X264Search.model_fields) == extends.SEARCH
    assert above("codec: hevc") == {"preset": "medium", "crf": 21, "codec": "hevc"}
