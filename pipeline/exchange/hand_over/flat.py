"""Layout `flat`: a folder a package with what its C2 order names, files called by a template, no tree.

The order lies beside them as `c2.xml`, with the names that they have there; `checksums.sha256` comes last and is the
marker: a reader that finds it finds all that it lists.
"""

from __future__ import annotations

from pipeline.errors import InputError
from pipeline.exchange.hand_over.shipment import Shipment, ShippedFile, of_bytes, of_package
from pipeline.media import fat
from pipeline.model.package import PackageFile
from pipeline.model.rendition import StoredFile
from pipeline.package import checksums, file_names
from pipeline.package.metadata import c2_files
from pipeline.package.offline.sources import PackageSource
from pipeline.storage import layout

ORDER = "c2.xml"


def laid_out(source: PackageSource, names: str) -> Shipment:
    """Streams, posters and subtitles of the order, the order, the list of digests.

    Args:
        names: the template.

    Raises:
        InputError: the package has no C2 order, or the template gives no fit names.
        IntegrityError: the order is not as listed, or names what the package has not.
    """
    package = source.package
    by_path = {item.path: item for item in package.files}
    order = by_path.get(c2_files.FILE)
    if order is None:
        raise InputError("hand_over_nothing", where=package.package_id)
    content = source.read(order)
    try:
        codes = c2_files.codes_in(content)
    except ValueError as error:
        raise source.differs(order.path) from error
    if unknown := sorted(codes.keys() - by_path.keys()):
        raise source.differs(unknown[0])
    called = file_names.names(package, codes, names)
    for path, name in called.items():
        if fat.key(name) in (ORDER, checksums.NAME):
            raise InputError("names_twice", where=names, name=name, files=f"{path}, {name}")
    files = [
        of_package(source, by_path[path], called[path])
        for path in sorted(called, key=lambda path: _rank(by_path[path]))
    ]
    files.append(of_bytes(ORDER, c2_files.with_names(content, called)))
    listing = checksums.render(_stored(item) for item in files)
    return Shipment(package, file_names.folder_of(package), (*files, of_bytes(checksums.NAME, listing)))


def _rank(item: PackageFile) -> tuple[int, str]:
    return layout.upload_rank(item.role), item.path


def _stored(item: ShippedFile) -> StoredFile:
    return StoredFile(path=item.path, size_bytes=item.size_bytes, sha256=item.sha256)
