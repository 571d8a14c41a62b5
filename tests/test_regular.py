"""Only regular files are opened, whoever names them, and nobody waits for the other end of a pipe."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from pipeline import catalogue, regular
from pipeline.errors import InputError


def test_a_link_to_a_regular_file_is_one(tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(b"film")
    (tmp_path / "link").symlink_to("film")
    assert regular.read(tmp_path / "link") == b"film"


@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "device", "link to a pipe"])
def test_what_is_no_file_is_refused_by_its_kind_in_both_languages(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "x"
    match kind:
        case "folder":
            path.mkdir()
        case "socket":
            listener = socket.socket(socket.AF_UNIX)
            listener.bind(str(path))
            listener.close()
        case "device":
            path = Path("/dev/zero")
        case "pipe":
            os.mkfifo(path)
        case _:
            os.mkfifo(tmp_path / "pipe")
            path.symlink_to("pipe")
    with pytest.raises(InputError) as caught:
        regular.opened(path)
    said = kind.removeprefix("link to a ")
    assert caught.value.values["kind"] == said
    assert said in catalogue.error_lines("en", caught.value)[0]
    assert catalogue.entries("zh")[f"text.kind_{said}"] in catalogue.error_lines("zh", caught.value)[0]


def test_a_file_that_is_not_there_is_the_system_s_own_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        regular.opened(tmp_path / "none")


def test_a_place_in_another_file_names_both(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        regular.refuse_other(tmp_path, "submission.yaml:5:11")
    assert (caught.value.where, caught.value.detail) == ("submission.yaml:5:11", str(tmp_path))
