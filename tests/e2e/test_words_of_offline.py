"""What stands in the way of a folder for station computers: packages made by hand, a stick that is too small."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from pipeline.catalogue import Language
from pipeline.media import fat
from pipeline.model.package import Package
from pipeline.model.rendition import StoredFile
from tests.conftest import Showcase
from tests.e2e.error_words import LANGUAGES, Case, case, hold
from tests.station_packages import CourseFolder

File = TypeVar("File", bound=StoredFile)


def of_size(size_bytes: int) -> Callable[[Package], Package]:
    """A manifest whose films are said to have a length: they are asked about before any is read."""

    def one(item: File) -> File:
        return item.model_copy(update={"size_bytes": size_bytes}) if item.path.endswith(".mp4") else item

    def edit(package: Package) -> Package:
        renditions = [
            item.model_copy(update={"files": tuple(one(file) for file in item.files)}) for item in package.renditions
        ]
        files = tuple(one(file) for file in package.files)
        return package.model_copy(update={"renditions": tuple(renditions), "files": files})

    return edit


def course(folder: Path, parts: int = 1, identity: str = "653200-mianhua") -> CourseFolder:
    made = CourseFolder(folder, identity=identity)
    for number in range(1, parts + 1):
        key = f"{number:02}"
        made.part(key, f"第{number}讲", 8.0)
        made.film(key, b"film")
    return made


def plain(folder: Path) -> None:
    course(folder / "pack").write()


def foreign(folder: Path) -> None:
    plain(folder)
    film = folder / "stick" / "电视" / "棉花栽培入门" / "01-第1讲.mp4"
    film.parent.mkdir(parents=True)
    film.write_bytes(b"somebody's own")


def damaged(folder: Path) -> None:
    plain(folder)
    next((folder / "pack").rglob("*.mp4")).write_bytes(b"film of another")


def too_large(folder: Path) -> None:
    course(folder / "pack").write(of_size(fat.MOST_FILE_BYTES + 1))


def too_much(folder: Path) -> None:
    most = shutil.disk_usage(folder).free // (99 * fat.MOST_FILE_BYTES) + 1
    for number in range(most):
        course(folder / "pack" / str(number), 99, f"653200-m{number}").write(of_size(fat.MOST_FILE_BYTES))


CALL = "offline pack --to stick"
CASES: dict[str, Case] = {
    "a file of somebody else": case("offline_foreign", 2, CALL),
    "a film that was changed": case("offline_differs", 6, CALL),
    "a film that is too long for a stick": case("offline_too_large", 3, CALL),
    "a stick that is too small": case("offline_no_room", 3, CALL),
}
SETS = dict(zip(CASES, (foreign, damaged, too_large, too_much), strict=True))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_what_stands_in_the_way_is_said_before_anything_is_copied(
    name: str, language: Language, showcase: Showcase
) -> None:
    SETS[name](showcase.folder)
    before = sorted(path for path in showcase.folder.rglob("*") if path.is_file())
    hold(showcase, CASES[name], language, "棉花栽培入门 第1讲 mianhua")
    if name != "a film that was changed":
        after = sorted(path for path in showcase.folder.rglob("*") if path.is_file() and ".showcase" not in path.parts)
        assert after == [path for path in before if ".showcase" not in path.parts]
