"""Which files of a package its ADI documents name, and what the folder of a document holds. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.model.adi import Asset
from pipeline.model.package import Package, PackageFile
from pipeline.package.metadata import adi


def documents_of(package: Package) -> list[PackageFile]:
    """The documents of a package, in the order of its parts."""
    places = {item.path: item for item in package.files}
    wanted = (adi.FILE, *(f"{adi.FOLDER}/{part.key}.xml" for part in package.parts))
    return [places[path] for path in wanted if path in places]


def contents(document: Asset, files: Iterable[PackageFile]) -> dict[str, PackageFile]:
    """The files that a document names by the names that they have in its folder: a package has them in other places,
    so they are known by digest and size.

    Raises:
        LookupError: one is not there; its argument is the name.
    """
    known = {(item.md5, str(item.size_bytes)): item for item in files if item.md5}
    found = {}
    for asset in document.all():
        if asset.content is None:
            continue
        sums, sizes = asset.said("Content_CheckSum"), asset.said("Content_FileSize")
        item = known.get((sums[0].lower(), sizes[0])) if sums and sizes else None
        if item is None:
            raise LookupError(asset.content)
        found[asset.content] = item
    return found
