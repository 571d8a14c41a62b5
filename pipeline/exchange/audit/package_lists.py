"""The two lists of a package, held to its marker and to each other."""

from __future__ import annotations

import hashlib
from contextlib import suppress

from pydantic import ValidationError

from pipeline.errors import IntegrityError
from pipeline.exchange.audit.found import Fault, Problem
from pipeline.model.delivery import Ready
from pipeline.model.package import Package
from pipeline.package import checksums
from pipeline.storage.delivery import CHECKSUMS, MANIFEST
from pipeline.storage.place import Place, given

Waiting = dict[str, tuple[int, str]]
"""Files that a list names and the listing has not shown yet: size and digest."""


def read(place: Place, ready: Ready) -> tuple[Waiting | None, list[Problem]]:
    """What the manifest names, with itself and `checksums.sha256`; None where it is not the one that was announced.

    Raises:
        EnvironmentFault, TransferError: the store does not answer.
    """
    problems: list[Problem] = []
    manifest, listing = (_get(place, name, problems) for name in (MANIFEST, CHECKSUMS))
    refused = {problem.where for problem in problems}
    waiting: Waiting | None = None
    if manifest is not None and hashlib.sha256(manifest).hexdigest() == ready.manifest_sha256:
        with suppress(ValidationError):
            package = Package.model_validate_json(manifest)
            waiting = {item.path: (item.size_bytes, item.sha256) for item in package.files}
    if waiting is None and place.where(MANIFEST) not in refused:
        problems.append(Problem(Fault.MANIFEST, place.where(MANIFEST)))
    is_same = listing is not None and waiting is not None and _is_same(listing, waiting, ready.manifest_sha256)
    if place.where(CHECKSUMS) not in refused:
        if listing is None:
            problems.append(Problem(Fault.MISSING, place.where(CHECKSUMS)))
        elif waiting is not None and not is_same:
            problems.append(Problem(Fault.LISTING, place.where(CHECKSUMS)))
    if waiting is not None and manifest is not None:
        waiting[MANIFEST] = (len(manifest), ready.manifest_sha256)
        if is_same and listing is not None:
            waiting[CHECKSUMS] = (len(listing), hashlib.sha256(listing).hexdigest())
    return waiting, problems


def _get(place: Place, name: str, problems: list[Problem]) -> bytes | None:
    """What stands there; what the store does not give is put to the problems."""
    try:
        return given(lambda: place.get(name), place.where(name))
    except IntegrityError as fault:
        if fault.key == "record_refused":
            problems.append(Problem(Fault.REFUSED, place.where(name), fault.detail or ""))
        return b""  # or larger than any of ours


def _is_same(listing: bytes, waiting: Waiting, manifest_sha256: str) -> bool:
    try:
        lines = checksums.parse(listing)
    except ValueError:
        return False
    return lines == {MANIFEST: manifest_sha256, **{path: digest for path, (_, digest) in waiting.items()}}
