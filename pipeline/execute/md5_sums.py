"""The MD5 of what ADI names: made with the SHA-256 when an output is made, and here where it was made before.

An output's stage is the same with it and without: no byte of the output depends on it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline import durable
from pipeline.errors import IntegrityError
from pipeline.model.rendition import Rendition, StoredFile


def without_md5(renditions: Sequence[Rendition]) -> list[Rendition]:
    """What nobody asked for stays out of the package."""
    return [
        item.model_copy(update={"files": tuple(file.model_copy(update={"md5": None}) for file in item.files)})
        for item in renditions
    ]


def with_md5(renditions: Sequence[Rendition], folder: Path) -> list[Rendition]:
    """Each stream and poster with its MD5; what has none is read once, for both digests.

    Args:
        folder: where the files lie.

    Raises:
        IntegrityError: a file is not what it was when it was made.
    """
    return [
        item.model_copy(update={"files": tuple(_summed(file, folder) for file in item.files)})
        if item.form.is_for_adi
        else item
        for item in renditions
    ]


def _summed(file: StoredFile, folder: Path) -> StoredFile:
    if file.md5 is not None:
        return file
    sha256, md5 = durable.digests(folder / file.path)
    if sha256 != file.sha256:
        raise IntegrityError("file_differs", where=str(folder / file.path))
    return file.model_copy(update={"md5": md5})
