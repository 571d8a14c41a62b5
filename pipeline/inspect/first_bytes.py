"""What the first bytes of a file say that it is: asked before anything that reads more is loaded."""

from __future__ import annotations

from pathlib import Path

from pipeline import regular
from pipeline.errors import InputError, Refused, Unsuitable
from pipeline.media import signature
from pipeline.media.signature import ForeignContainer, Refusal


def demuxer(path: Path) -> str:
    """The demuxer that the first bytes ask for.

    Raises:
        InputError: no such file, or no regular one. Refused: empty, text, or no known container.
        Unsuitable: a film in a container that is not taken.
    """
    try:
        if path.is_dir():
            raise InputError("is_folder", where=str(path))
        with regular.opened(path) as handle:
            found = signature.identify(handle.read(signature.HEAD_BYTES))
    except FileNotFoundError as error:
        raise InputError("path_missing", where=str(path)) from error
    except OSError as error:
        raise Refused("file.unreadable", where=str(path), detail=error.strerror) from error
    if isinstance(found, Refusal):
        raise Refused(found.value, where=str(path))
    if isinstance(found, ForeignContainer):
        raise Unsuitable("file.unsupported_container", where=str(path), reason="container", what=found.name)
    return found
