"""What a file of a package is called where the tree is not kept: by a template, the C2 code as stem. Pure.

Source: checksums facts, rule 6: ASCII `[A-Za-z0-9._-]`, at most 64, since FTP servers and set-top CDNs differ in
encoding; human titles live in metadata.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import PurePosixPath

from pipeline.errors import InputError
from pipeline.media import fat
from pipeline.model.package import Package, PackageFile

DEFAULT = "{code}{suffix}"
MOST = 64
_NAME = re.compile(rf"[A-Za-z0-9_][A-Za-z0-9._-]{{0,{MOST - 1}}}")
_PIECE = re.compile(r"\{([a-z_]+)\}|[{}]")


@dataclass(frozen=True)
class NameFields:
    """What a template may name.

    Args:
        code: the C2 code; subtitles, which have none of their own, have their programme's with `-LANGUAGE`.
        suffix: with its dot.
        id: the submission's.
        profile: of a stream or picture; of subtitles their language.
        stem: what the file is called in the package, without suffix.
    """

    code: str
    suffix: str
    prefecture: str
    id: str
    revision: str
    package_id: str
    profile: str
    stem: str


KNOWN = tuple(item.name for item in fields(NameFields))


def folder_of(package: Package) -> str:
    """The folder of a package that is laid out flat: no two packages have the same."""
    return f"{package.prefecture}-{package.submission_id}-{package.package_id}"


def refuse_template(template: str) -> None:
    """Let pass a template whose fields are known.

    Raises:
        InputError: a field is unknown, or a brace stands alone.
    """
    for piece in _PIECE.finditer(template):
        if piece[1] not in KNOWN:
            raise InputError("names_template", where=template, field=piece[0], known=", ".join(KNOWN))


def rendered(template: str, values: NameFields) -> str:
    """One name.

    Raises:
        InputError: the template is wrong, or the name breaks the rule.
    """
    refuse_template(template)
    known = asdict(values)
    name = _PIECE.sub(lambda piece: str(known[piece[1]]), template)
    if not _NAME.fullmatch(name) or name.endswith(".") or fat.is_reserved(name):
        raise InputError("names_rule", where=template, name=name, most=MOST)
    return name


def names(package: Package, codes: Mapping[str, str], template: str = DEFAULT) -> dict[str, str]:
    """A name for each file of a package that has a code, by the file's path.

    Args:
        codes: C2 codes by path.

    Raises:
        InputError: the template is wrong, a name breaks the rule, or two files would have one.
    """
    found: dict[str, str] = {}
    taken: dict[str, str] = {}
    for file in package.files:
        if (code := codes.get(file.path)) is None:
            continue
        name = rendered(template, _fields(package, file, code))
        if (other := taken.setdefault(fat.key(name), file.path)) != file.path:
            raise InputError("names_twice", where=template, name=name, files=f"{other}, {file.path}")
        found[file.path] = name
    return found


def _fields(package: Package, file: PackageFile, code: str) -> NameFields:
    path = PurePosixPath(file.path)
    return NameFields(
        code=code,
        suffix=path.suffix,
        prefecture=package.prefecture,
        id=package.submission_id,
        revision=str(package.revision),
        package_id=package.package_id,
        profile=file.rendition or file.language or file.role,
        stem=path.stem,
    )
