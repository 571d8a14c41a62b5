"""The metadata formats that a package holds: a new one is a file that renders a programme, and a row here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pipeline.model.programme import Programme
from pipeline.package.metadata import adi, c2


@dataclass(frozen=True)
class MetadataFormat:
    """A format by name, and its files by their places in the package: none where it has nothing to say of a
    programme."""

    name: str
    render: Callable[[Programme], Mapping[str, bytes]]


def _one(file: str, render: Callable[[Programme], bytes | None]) -> Callable[[Programme], Mapping[str, bytes]]:
    """The format of a single file."""

    def files(programme: Programme) -> Mapping[str, bytes]:
        content = render(programme)
        return {} if content is None else {file: content}

    return files


FORMATS: tuple[MetadataFormat, ...] = (
    MetadataFormat("programme", _one("metadata/programme.json", Programme.to_file)),
    MetadataFormat("c2", _one("metadata/c2.xml", c2.render)),
    MetadataFormat("adi", adi.render),
)
