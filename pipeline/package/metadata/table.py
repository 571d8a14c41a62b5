"""The metadata formats that a package holds: a new one is a file that renders a programme, and a row here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.model.programme import Programme
from pipeline.package.metadata import c2


@dataclass(frozen=True)
class MetadataFormat:
    """A format by name, its file's place in the package, and what is in it: None where it has nothing to say of a
    programme."""

    name: str
    file: str
    render: Callable[[Programme], bytes | None]


FORMATS: tuple[MetadataFormat, ...] = (
    MetadataFormat("programme", "metadata/programme.json", Programme.to_file),
    MetadataFormat("c2", "metadata/c2.xml", c2.render),
)
