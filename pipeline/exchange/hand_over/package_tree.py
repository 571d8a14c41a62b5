"""Layout `package`: the package as it lies in the store, below prefecture, submission and package id."""

from __future__ import annotations

import hashlib

from pydantic import ValidationError

from pipeline.errors import InputError
from pipeline.exchange.hand_over.shipment import Shipment, of_bytes, of_package
from pipeline.model.delivery import Ready
from pipeline.model.rendition import StoredFile
from pipeline.package import checksums
from pipeline.package.build import MANIFEST
from pipeline.package.offline import sources
from pipeline.package.offline.sources import PackageSource
from pipeline.storage import layout


def laid_out(source: PackageSource, _names: str) -> Shipment:
    """Media, images and subtitles, metadata, checksums, manifest, marker (checksums facts, rule 3).

    Raises:
        IntegrityError: marker, manifest and list are not of each other.
        InputError: a folder holds no marker.
    """
    package = source.package
    manifest, listing, marker = (source.aside(name) for name in (MANIFEST, checksums.NAME, layout.READY))
    if manifest is None or listing is None:
        raise source.differs(MANIFEST if manifest is None else checksums.NAME)
    if marker is None:
        raise InputError("hand_over_no_marker", where=str(source.differs(layout.READY).where))
    sha256 = hashlib.sha256(manifest).hexdigest()
    listed = {MANIFEST: sha256, **{item.path: item.sha256 for item in package.files}}
    try:
        ready = Ready.model_validate_json(marker)
        is_alike = ready.manifest_sha256 == sha256 and checksums.parse(listing) == listed
    except (ValidationError, ValueError) as error:
        raise source.differs(layout.READY) from error
    if not is_alike:
        raise source.differs(MANIFEST)
    files = sorted(package.files, key=_rank)
    aside = ((checksums.NAME, listing), (MANIFEST, manifest), (layout.READY, marker))
    return Shipment(
        package=package,
        folder=layout.package_prefix(sources.ref_of(package), package.package_id).rstrip("/"),
        files=(*(of_package(source, item) for item in files), *(of_bytes(*item) for item in aside)),
    )


def _rank(item: StoredFile) -> tuple[int, str]:
    return layout.upload_rank(getattr(item, "role", "")), item.path
