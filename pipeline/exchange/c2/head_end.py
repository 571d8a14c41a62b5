"""Which head-end is meant, and how it is talked to: by a command's words, else by the settings, and its dialect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from pipeline import shipped
from pipeline.errors import InputError
from pipeline.exchange.c2 import calling
from pipeline.model.c2_dialect import Dialect
from pipeline.model.c2_records import Meaning
from pipeline.model.c2_wire import Spelling, spelling_of
from pipeline.package.metadata import c2_dialects
from pipeline.workspace import Workspace

USUAL_DIALECT = c2_dialects.STORED
MOST_ID = 32  # characters of CSPID and LSPID (clause 2.2)


@dataclass(frozen=True)
class GivenHeadEnd:
    """What a command says of it; None is as the settings have it."""

    url: str | None = None
    csp_id: str | None = None
    lsp_id: str | None = None


@dataclass(frozen=True)
class HeadEnd:
    """A head-end that takes orders."""

    url: str
    csp_id: str
    lsp_id: str
    dialect: Dialect

    @property
    def name(self) -> str:
        """By what records know it: its address as it is called, without what may change with each call."""
        return _name_of(self.url)

    @property
    def spelling(self) -> Spelling:
        """How its messages are spelt."""
        return spelling_of(self.dialect.soap)


def head_end(place: Workspace, given: GivenHeadEnd) -> HeadEnd:
    """The one that is meant.

    Raises:
        InputError: it is not said, or not as it should be; its dialect is not there or wrong.
    """
    own = place.settings
    dialect = dialect_of(place)
    url = _with_path(_said(given.url or own.c2_url, "--to", "url"), dialect)
    calling.service_at(url)
    csp_id = _id(_said(given.csp_id or own.c2_csp_id, "--csp-id", "csp_id"), "--csp-id")
    lsp_id = _id(_said(given.lsp_id or own.c2_lsp_id, "--lsp-id", "lsp_id"), "--lsp-id")
    return HeadEnd(url, csp_id, lsp_id, dialect)


def named(place: Workspace) -> str | None:
    """The name of the one of the settings; None where they say none. Raises as `dialect_of`."""
    url = place.settings.c2_url
    return _name_of(_with_path(url, dialect_of(place))) if url else None


def dialect_of(place: Workspace) -> Dialect:
    """The dialect of the workspace's settings, else C2 3.0 as its document has it.

    Raises:
        InputError: there is none of this name, or its file is wrong.
    """
    return c2_dialects.dialect(place.settings.c2_dialect or USUAL_DIALECT, folders_of(place))


def folders_of(place: Workspace) -> Sequence[Path]:
    """Where dialects lie: the workspace's own win."""
    return (place.profiles, shipped.folder("profiles"))


def meaning_of(dialect: Dialect | None, number: int | str | None) -> Meaning | None:
    """What a number means there, where the dialect says it."""
    words = next((item for item in dialect.results if item.code == str(number)), None) if dialect else None
    return Meaning(zh=words.zh, en=words.en) if words else None


def _with_path(url: str, dialect: Dialect) -> str:
    """The address, with the dialect's path where it has none."""
    parts = urlsplit(url)
    if parts.path not in ("", "/") or not dialect.soap.path:
        return url
    return urlunsplit((parts.scheme, parts.netloc, dialect.soap.path, parts.query, ""))


def _name_of(url: str) -> str:
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))


def _said(value: str | None, option: str, setting: str) -> str:
    if not value:
        raise InputError("c2_not_said", option=option, setting=setting)
    return value


def _id(value: str, option: str) -> str:
    if len(value) > MOST_ID or not value.isprintable() or value != value.strip():
        raise InputError("c2_id_wrong", where=option, value=value, most=MOST_ID)
    return value
