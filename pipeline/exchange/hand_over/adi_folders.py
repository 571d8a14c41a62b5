"""Layout `adi`: a flat folder for each ADI document with the files that it names; ADI.DTD and ADI.XML come last.

A film's folder is the package's; those of a course's lessons lie in it, since ADI has one title in a folder. A catcher
starts when both are there (checksums facts), so that they are the marker of their folder.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.errors import InputError
from pipeline.exchange.hand_over.shipment import Shipment, ShippedFile, of_bytes, of_package
from pipeline.model.package import PackageFile
from pipeline.model.submission import Kind
from pipeline.package import file_names
from pipeline.package.metadata import adi_document, adi_files, adi_rules
from pipeline.package.offline.sources import PackageSource


def laid_out(source: PackageSource, _names: str) -> Shipment:
    """Document by document: the movie, the pictures, the document type, the document. Names are the document's own.

    Raises:
        InputError: the package has no ADI.
        IntegrityError: a document is not as listed, breaks ADI's rules, or names what the package has not.
    """
    package = source.package
    documents = adi_files.documents_of(package)
    if not documents:
        raise InputError("hand_over_no_adi", where=package.package_id)
    is_course = package.submission.kind is Kind.COURSE
    folders = [f"{listed.path.rpartition('/')[2].removesuffix('.xml')}/" if is_course else "" for listed in documents]
    files = (file for listed, below in zip(documents, folders, strict=True) for file in _folder(source, listed, below))
    return Shipment(package, file_names.folder_of(package), tuple(files))


def _folder(source: PackageSource, listed: PackageFile, below: str) -> Iterator[ShippedFile]:
    """What lies beside one document, and it."""
    content = source.read(listed)
    try:
        document = adi_document.from_xml(content)
        named = adi_files.contents(document, source.package.files)
    except (adi_document.NotAdi, LookupError) as error:
        raise source.differs(listed.path) from error
    if adi_rules.faults(document):  # its names become paths
        raise source.differs(listed.path)
    for name, item in named.items():
        yield of_package(source, item, below + name)
    yield of_bytes(below + adi_rules.DTD_NAME, adi_document.DTD.read_bytes())
    yield of_bytes(below + adi_rules.XML_NAME, content)
