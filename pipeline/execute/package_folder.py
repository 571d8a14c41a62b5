"""A package's folder, byte for byte: its files, its two lists, its marker, and what the store announces.

What can be trusted is found first: the store's marker over the folder's, a marker over the manifest that it names, the
manifest over `checksums.sha256`. So each way of tampering is told as what it is: who changes a file, its entry in the
manifest and in the checksums alike has changed the manifest, which its marker tells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from pipeline import regular
from pipeline.errors import InputError, IntegrityError, MediaError
from pipeline.exchange.announced import Announced
from pipeline.execute.folder_problem import FolderCheck, Problem, Result
from pipeline.model.delivery import Ready
from pipeline.model.package import Package
from pipeline.model.reference import SubmissionRef
from pipeline.package import build as packaging
from pipeline.package import checksums
from pipeline.storage import layout
from pipeline.storage.bounds import MOST_SMALL

MOST_MARKER = 1 << 16  # bytes; ours has less than a thousand
MOST_NAMED, MOST_DETAIL = 10, 500
_PIECE = 1 << 16
_BYTES, _UNREAD = IntegrityError.exit_code, MediaError.exit_code

AskStore = Callable[[SubmissionRef, str], Announced]


@dataclass
class PackageFolder:
    """What a folder holds and what was found wrong with its bytes.

    Args:
        apart: checks that neither passed nor failed, with the reason.
        announced: the digest of the manifest that the marker names (the store's, where it was asked).
    """

    root: Path
    files: int = 0
    listed: dict[str, str] | None = None
    manifest: Package | None = None
    manifest_sha256: str | None = None
    announced: str | None = None
    problems: list[Problem] = field(default_factory=list)
    apart: dict[FolderCheck, tuple[Result, str]] = field(default_factory=dict)

    def tell(self, of: FolderCheck, path: str, kind: str, detail: str = "", exit_code: int = _BYTES) -> None:
        """Add a problem."""
        self.problems.append(Problem(path, kind, detail[:MOST_DETAIL], exit_code, of=of))


def examine(root: Path, ask_store: AskStore | None = None) -> PackageFolder:
    """Hold the folder's bytes to all that says what they must be; everything that is wrong is found in one run.

    Args:
        ask_store: tells of the package that the manifest names; None where the store is not asked.

    Raises:
        InputError: the folder is no package. EnvironmentFault, TransferError: the store does not answer.
    """
    lists = (checksums.NAME, packaging.MANIFEST)
    there = [name for name in lists if (root / name).exists()]
    if not there or (len(there) < len(lists) and not (root / layout.READY).is_file()):
        raise InputError("not_a_package", where=str(root))
    for name in there:
        regular.refuse_other(root / name)
    found = PackageFolder(root)
    if checksums.NAME in there:
        _read_listing(found)
    else:
        found.tell(FolderCheck.LISTING, checksums.NAME, "missing")
    if packaging.MANIFEST in there:
        _read_manifest(found)
    else:
        found.tell(FolderCheck.MANIFEST, packaging.MANIFEST, "missing")
    marker = _read_marker(found)
    told = _ask(found, marker, ask_store)
    _hold_to_marker(found, marker, told)
    _hold_files(found)
    if told is None and (root / layout.WITHDRAWN).is_file():
        found.tell(FolderCheck.STANDING, layout.WITHDRAWN, "withdrawn", exit_code=1)
    return found


def _read(path: Path, most: int) -> bytes:
    """All of a small file.

    Raises:
        ValueError: it is not small. OSError: it can't be read.
    """
    parts, left = [], most
    with regular.opened(path) as handle:
        while part := handle.read(_PIECE):
            parts.append(part)
            left -= len(part)
            if left < 0:
                raise ValueError(f"> {most}")
    return b"".join(parts)


def _read_listing(found: PackageFolder) -> None:
    try:
        found.listed = checksums.parse(_read(found.root / checksums.NAME, MOST_SMALL))
    except OSError as error:
        found.tell(FolderCheck.LISTING, checksums.NAME, checksums.UNREADABLE, error.strerror or str(error), _UNREAD)
    except ValueError as error:
        found.tell(FolderCheck.LISTING, checksums.NAME, "format", str(error))


def _read_manifest(found: PackageFolder) -> None:
    name = packaging.MANIFEST
    try:
        content = _read(found.root / name, MOST_SMALL)
        found.manifest_sha256 = hashlib.sha256(content).hexdigest()
        found.manifest = Package.model_validate_json(content)
    except OSError as error:
        found.tell(FolderCheck.MANIFEST, name, checksums.UNREADABLE, error.strerror or str(error), _UNREAD)
    except ValidationError as error:
        found.tell(FolderCheck.MANIFEST, name, "format", ".".join(map(str, error.errors()[0]["loc"])))
    except ValueError as error:
        found.tell(FolderCheck.MANIFEST, name, "format", str(error))
    if found.manifest is not None:
        for path in _untold(found.manifest):
            found.tell(FolderCheck.MANIFEST, path, "untold")


def _untold(manifest: Package) -> list[str]:
    """Renditions and files must tell of each other: a stream that no rendition names would never be decoded."""
    listed = {item.path: item.sha256 for item in manifest.files}
    named = {item.path: item.sha256 for rendition in manifest.renditions for item in rendition.files}
    wrong = [path for path, digest in named.items() if listed.get(path) != digest]
    wrong += [item.path for item in manifest.files if item.rendition and item.path not in named]
    wrong += [item.path for item in manifest.files if item.path.endswith(".ts") and item.path not in named]
    wrong += [rendition.name for rendition in manifest.renditions if not rendition.files]
    return sorted(set(wrong))


def _read_marker(found: PackageFolder) -> Ready | None:
    path = found.root / layout.READY
    if not (path.exists() or path.is_symlink()):
        found.apart[FolderCheck.MARKER] = (Result.NOTE, "no_marker")
        return None
    try:
        return Ready.model_validate_json(_read(path, MOST_MARKER))
    except (OSError, ValueError, InputError):
        found.tell(FolderCheck.MARKER, layout.READY, "marker_format")
        return None


def _ask(found: PackageFolder, marker: Ready | None, ask_store: AskStore | None) -> Announced | None:
    """What the store says of the package, by the manifest's word for whose it is."""
    if ask_store is None:
        found.apart[FolderCheck.STORE] = found.apart[FolderCheck.NEWEST] = (Result.SKIPPED, "store_not_asked")
        return None
    if found.manifest is None:
        found.apart[FolderCheck.STORE] = found.apart[FolderCheck.NEWEST] = (Result.SKIPPED, "manifest_wrong")
        return None
    ref = SubmissionRef(found.manifest.prefecture, found.manifest.submission_id)
    package_id = marker.package_id if marker else found.manifest.package_id
    try:
        told = ask_store(ref, package_id)
    except IntegrityError as fault:
        found.tell(FolderCheck.STORE, layout.READY, "store_marker", fault.where or "")
        return None
    if told.ready is None:
        found.tell(FolderCheck.STORE, layout.READY, "store_unknown", f"{ref}/{package_id}")
        found.apart[FolderCheck.NEWEST] = (Result.SKIPPED, "store_unknown")
        return None
    if told.newer is not None:
        detail = f"r{told.newer.revision} {told.newer.package_id}"
        found.tell(FolderCheck.NEWEST, layout.READY, "superseded", detail, 1)
    if told.is_withdrawn:
        found.tell(FolderCheck.STANDING, layout.WITHDRAWN, "withdrawn_since", told.reason, 1)
    if told.cleared is not None:
        found.apart[FolderCheck.STORE] = (Result.NOTE, "cleared")
    return told


def _hold_to_marker(found: PackageFolder, marker: Ready | None, told: Announced | None) -> None:
    """The manifest to what announces it; what the folder's own marker tells is not told of the store's again."""
    name, digest = packaging.MANIFEST, found.manifest_sha256
    line = (found.listed or {}).get(name)
    stores = told.ready if told else None
    own = marker.manifest_sha256 if marker else None
    found.announced = stores.manifest_sha256 if stores else own
    if digest is None:
        found.apart[FolderCheck.MARKER] = (Result.SKIPPED, "manifest_wrong")
        return
    if marker and found.manifest and marker.package_id != found.manifest.package_id:
        found.tell(FolderCheck.MARKER, layout.READY, "marker_other", marker.package_id)
    elif own is not None and own != digest:
        kind = "manifest_edited" if own == line else "not_announced"
        found.tell(FolderCheck.MARKER, name, kind)
    if stores and marker and stores != marker:
        found.tell(FolderCheck.STORE, layout.READY, "marker_edited")
    elif stores and not marker and stores.manifest_sha256 != digest:
        found.tell(FolderCheck.STORE, name, "not_the_stores")
    if found.listed is not None and line != digest and found.announced in (None, digest):
        kind = "listing_manifest" if found.announced else "manifest_unlike"
        found.tell(FolderCheck.LISTING, checksums.NAME, kind)


def _hold_files(found: PackageFolder) -> None:
    """Each file to the list that can be trusted, and the other list to it."""
    named = {item.path: item.sha256 for item in found.manifest.files} if found.manifest else None
    lines = (
        {path: digest for path, digest in found.listed.items() if path != packaging.MANIFEST} if found.listed else None
    )
    if named is None:
        found.apart[FolderCheck.LISTING] = (Result.SKIPPED, "manifest_wrong")
    trusted = lines if named is None or (lines is not None and _is_edited_alone(found)) else named
    if trusted is None:
        found.apart[FolderCheck.FILES] = found.apart[FolderCheck.EXTRA] = (Result.SKIPPED, "no_list")
        return
    found.files = len(trusted) + 2
    if trusted is named and lines is not None and (wrong := _unlike(named, lines)):
        shown = ", ".join(wrong[:MOST_NAMED]) + (f" … ({len(wrong)})" if len(wrong) > MOST_NAMED else "")
        found.tell(FolderCheck.LISTING, checksums.NAME, "listing_edited", shown)
    known = {packaging.MANIFEST, checksums.NAME, *layout.LEFT_BY_PULL}
    for item in checksums.compare(found.root, trusted, allowed=known.__contains__):
        of = FolderCheck.EXTRA if item.kind == checksums.EXTRA else FolderCheck.FILES
        found.tell(of, item.path, item.kind, item.detail, _UNREAD if item.kind == checksums.UNREADABLE else _BYTES)


def _unlike(named: Mapping[str, str], lines: Mapping[str, str]) -> list[str]:
    return [path for path in sorted(named.keys() | lines.keys()) if named.get(path) != lines.get(path)]


def _is_edited_alone(found: PackageFolder) -> bool:
    """Whether the manifest was changed, and `checksums.sha256` still names the one that was announced."""
    line = (found.listed or {}).get(packaging.MANIFEST)
    return found.announced is not None and found.manifest_sha256 != found.announced and line == found.announced
