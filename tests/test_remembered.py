"""What was read once is taken for the same bytes and the same reader alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline import catalogue, remembered, shipped, yamlio
from pipeline.errors import InputError


class Reader:
    """Counts how often it is asked."""

    def __init__(self, answer: object) -> None:
        self.answer, self.asked = answer, 0

    def __call__(self) -> object:
        self.asked += 1
        return self.answer


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return remembered.user_cache() / "read"


@pytest.mark.usefixtures("cache")
def test_it_is_read_once_and_anew_for_other_bytes_another_reader_or_another_file() -> None:
    read = Reader({"a": [1, 2.5, None, "村"]})
    asked = []
    for path, content, reader in (
        ("p", b"x", "1"),
        ("p", b"x", "1"),
        ("p", b"y", "1"),
        ("p", b"y", "2"),
        ("q", b"y", "2"),
    ):
        assert remembered.remembered(Path(path), content, reader, read) == read.answer
        asked.append(read.asked)
    assert asked == [1, 1, 2, 3, 4]


def test_a_newer_answer_takes_the_place_of_the_old_one(cache: Path) -> None:
    for content in (b"x", b"y"):
        remembered.remembered(Path("p"), content, "1", Reader(1))
    assert len(list(cache.iterdir())) == 1


@pytest.mark.parametrize(
    "damage", [lambda kept: kept[:-1], lambda kept: kept.replace(b"12", b"13"), lambda _: b"", lambda _: b"\xff\n1"]
)
def test_what_is_damaged_is_read_anew(cache: Path, damage: object) -> None:
    read = Reader([12])
    remembered.remembered(Path("p"), b"x", "1", read)
    (kept,) = cache.iterdir()
    kept.write_bytes(damage(kept.read_bytes()))  # type: ignore[operator]
    assert remembered.remembered(Path("p"), b"x", "1", read) == [12]
    assert read.asked == 2


def test_where_nothing_can_be_kept_it_is_read(cache: Path) -> None:
    cache.parent.parent.mkdir(exist_ok=True)
    cache.parent.write_text("a file where the folder would be")
    read = Reader(1)
    assert [remembered.remembered(Path("p"), b"x", "1", read) for _ in range(2)] == [1, 1]
    assert read.asked == 2


def test_what_can_not_be_read_is_not_kept(cache: Path) -> None:
    def fail() -> object:
        raise InputError("yaml_empty")

    for _ in range(2):
        with pytest.raises(InputError):
            remembered.remembered(Path("p"), b"x", "1", fail)
    assert not cache.exists()


@pytest.mark.usefixtures("cache")
def test_every_shipped_file_is_the_same_read_and_remembered() -> None:
    for path in shipped.folder("profiles").rglob("*.yaml"):
        parsed = yamlio.parse(path.read_text("utf-8-sig"), name=str(path))
        for _ in range(2):
            loaded = yamlio.load(path)
            assert json.dumps(loaded.data) == json.dumps(parsed.data)
            assert (loaded.name, loaded.places) == (parsed.name, parsed.places)


@pytest.mark.usefixtures("cache")
def test_what_is_remembered_loads_no_reader() -> None:
    path = shipped.folder("profiles") / "policies" / "showcase-film.yaml"
    yamlio.load(path)
    program = (
        "import sys; from pathlib import Path; from pipeline import yamlio; yamlio.load(Path(sys.argv[1]));"
        "print('ruamel' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


@pytest.mark.usefixtures("cache")
def test_every_sentence_is_the_same_read_and_remembered() -> None:
    for language in catalogue.LANGUAGES:
        known = catalogue.entries(language)
        for _ in range(2):
            catalogue._entries.cache_clear()
            assert catalogue.entries(language) == known


def test_a_file_of_ones_own_is_not_kept(cache: Path, tmp_path: Path) -> None:
    own = tmp_path / "own.yaml"
    own.write_text("name: own\n")
    assert yamlio.load(own).data == {"name": "own"}
    assert not cache.exists()
