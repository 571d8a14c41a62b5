"""Packages with streams for set-top boxes as `pull` leaves them, marker and all, of bytes that mean nothing."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Mapping
from pathlib import Path

from pipeline.model.delivery import Ready
from pipeline.package.metadata.c2_order import ContentObject, Property, WorkOrder, to_xml
from tests.station_packages import CourseFolder

PROGRAMME, STREAM, PICTURE = "P0000000000000000000000A1", "M0000000000000000000000B2", "I0000000000000000000000C3"


def addressed(kind: str, code: str, **values: str) -> ContentObject:
    properties = tuple(Property(name=name, text=text) for name, text in values.items())
    return ContentObject(element_type=kind, code=code, action="REGIST", properties=properties)


def order(files: Mapping[str, str] | None = None) -> bytes:
    """A C2 order whose movie, picture and subtitles are these files."""
    named = files or {"movie": "part01/ts/iptv-hd.ts", "picture": "part01/images/poster.jpg"}
    objects = (
        addressed("Program", PROGRAMME, Name="播种", Reserve1="zho=part01/subtitles/zho.vtt"),
        addressed("Movie", STREAM, Type="1", FileURL=named["movie"]),
        addressed("Picture", PICTURE, FileURL=named["picture"]),
    )
    return to_xml(WorkOrder(objects=objects, mappings=()))


def package(root: Path, size_bytes: int = 3 << 20, *, with_order: bool = True, revision: int = 1) -> Path:
    """A package with a stream of this length, the same bytes each time; gives its folder."""
    made = CourseFolder(root, revision=revision)
    made.part("01", "播种", 8.0)
    made.put("part01/ts/iptv-hd.ts", random.Random(revision).randbytes(size_bytes), "stream", "01", rendition="iptv-hd")
    made.put("part01/images/poster.jpg", b"poster", "poster", "01", rendition="poster")
    made.put("part01/hls/master.m3u8", b"#EXTM3U\n", "hls", "01", rendition="hls")
    made.put("part01/hls/1080/0.m4s", b"segment", "hls", "01", rendition="hls")
    made.subtitles("01", "zho", [(0, 2, "播种")])
    if with_order:
        made.put("metadata/c2.xml", order(), "metadata", None)
    made.write()
    mark(root, made)
    return root


def mark(root: Path, made: CourseFolder) -> None:
    """The marker, as it lies in the store."""
    manifest = (root / "package.json").read_bytes()
    ready = Ready(
        package_id=hashlib.sha256(f"{made.identity} {made.revision}".encode()).hexdigest()[:20],
        submission_id=made.identity,
        title=made.title,
        revision=made.revision,
        content_sha256=None,
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        files=len(made.files) + 2,
        size_bytes=sum(item.size_bytes for item in made.files),
    )
    (root / "READY.json").write_bytes(ready.to_file())
