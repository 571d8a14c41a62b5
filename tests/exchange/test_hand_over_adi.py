"""Packages for cable to folders: what each holds, in which order it comes, and what is refused."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import pytest

from pipeline.errors import InputError, IntegrityError
from pipeline.exchange.hand_over.layouts import LAYOUTS
from pipeline.exchange.hand_over.shipment import HeldReading, Shipment, of_bytes
from pipeline.model.programme import ProgrammePoster
from pipeline.package import file_names
from pipeline.package.metadata import adi, adi_files
from pipeline.package.metadata.adi_document import DTD, from_xml
from pipeline.package.offline import sources
from tests import head_end_packages
from tests.package.test_adi import course
from tests.station_packages import CourseFolder

KEYS = ("01", "b")


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def package(root: Path, change: tuple[bytes, bytes] = (b"(?!)", b"")) -> Path:
    """A course of two lessons whose sets ask for ADI; in each document a pattern is replaced by `change`."""
    made, told, parts = CourseFolder(root), course(*KEYS), []
    for part in told.parts:
        key = str(part.key)
        made.part(key, part.title.zh, 24.0)
        contents = {"ts/iptv-hd.ts": f"stream {key}".encode() * 900, "images/poster.jpg": f"poster {key}".encode()}
        files = {
            path: made.put(f"part{key}/{path}", content, "x", key, md5=md5(content))
            for path, content in contents.items()
        }
        stream, poster = (
            {"file": item.path, "sha256": item.sha256, "size_bytes": item.size_bytes, "md5": item.md5}
            for item in files.values()
        )
        picture = ProgrammePoster(profile="poster", width=1280, height=720, **poster)  # type: ignore[arg-type]
        whole = {"streams": (part.streams[0].model_copy(update=stream),), "posters": (picture,)}
        parts.append(part.model_copy(update=whole))
    for path, content in adi.render(told.model_copy(update={"parts": tuple(parts)})).items():
        made.put(path, re.sub(*change, content), "metadata", None)
    made.write()
    head_end_packages.mark(root, made)
    return root


def shipment(root: Path) -> Shipment:
    return LAYOUTS["adi"](sources.in_folder(root), file_names.DEFAULT)


def test_each_lesson_is_a_flat_folder_whose_document_comes_last(tmp_path: Path) -> None:
    what = shipment(package(tmp_path / "pack"))
    names = [item.path for item in what.files]
    assert [name.partition("/")[0] for name in names] == ["01"] * 4 + ["b"] * 4
    for at in (0, 4):
        assert [name.rpartition("/")[2] for name in names[at + 2 : at + 4]] == ["ADI.DTD", "ADI.XML"]
        content = {
            item.path.rpartition("/")[2]: b"".join(HeldReading(item).blocks()) for item in what.files[at : at + 4]
        }
        assert content["ADI.DTD"] == DTD.read_bytes()
        document = from_xml(content["ADI.XML"])
        named = {asset.content: asset for asset in document.all() if asset.content}
        assert list(named) == list(content)[:2]
        for name, asset in named.items():
            assert asset.said("Content_CheckSum") == (md5(content[name]),)
            assert asset.said("Content_FileSize") == (str(len(content[name])),)


def test_a_package_without_adi_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="hand_over_no_adi"):
        shipment(head_end_packages.package(tmp_path / "pack", 1000))


@pytest.mark.parametrize(
    "change",
    [
        (b"<ADI>", b"<html>"),
        (b'Content_FileSize" Value="', b'Content_FileSize" Value="9'),
        (b'<Content Value="XJDM', b'<Content Value="../XJDM'),
        (b'<Content Value="XJDM[^"]+', b'<Content Value="ADI.DTD'),
        (b'<Content Value="XJDM[^"]+', b'<Content Value="Adi.xml'),
    ],
)
def test_a_document_that_names_what_is_not_there_or_is_no_name_for_a_file_is_refused(
    change: tuple[bytes, bytes], tmp_path: Path
) -> None:
    root = package(tmp_path / "pack", change)
    assert len(adi_files.documents_of(sources.in_folder(root).package)) == 2
    with pytest.raises(IntegrityError, match="offline_differs"):
        shipment(root)


def test_no_two_files_of_a_shipment_have_one_path(tmp_path: Path) -> None:
    package = sources.in_folder(head_end_packages.package(tmp_path / "pack", 1000)).package
    with pytest.raises(IntegrityError, match="file_differs"):
        Shipment(package, "film", (of_bytes("a/Ä.ts", b"1"), of_bytes("A/a\u0308.TS", b"2")))
