"""Where packages go: a folder, or a folder of an FTP server (RFC 1738 section 3.2.2; ftps is AUTH TLS, RFC 4217)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from pipeline import passwords
from pipeline.errors import InputError

FTP_PORT = 21
IMPLICIT_PORT = 990  # TLS from the first byte, which RFC 4217 leaves out
_CONTROLS = ("Cc", "Cs", "Zl", "Zp")


@dataclass(frozen=True)
class FtpAddress:
    """A folder of a server.

    Args:
        user: as whom; None is whom the file of passwords names.
        path: from the folder that the login leads to, or from the root where it begins with a slash; "" is that folder.
        is_secure: TLS on both connections.
    """

    host: str
    port: int
    user: str | None
    path: str
    is_secure: bool

    def where(self, path: str = "") -> str:
        """As people are told of it: without a password, which it never holds."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == FTP_PORT else f":{self.port}"
        whole = "/".join(part for part in (self.path, path) if part)
        return f"{'ftps' if self.is_secure else 'ftp'}://{host}{port}/{whole}"


def parsed(text: str) -> Path | FtpAddress:
    """The place that an address names.

    Raises:
        InputError: it is none, or it holds a password.
    """
    passwords.refuse_in_address(text)
    _refuse_controls(text, text)
    if "://" not in text:
        return Path(text)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _wrong(text) from error
    if parts.scheme not in ("ftp", "ftps") or not parts.hostname or parts.query or parts.fragment:
        raise _wrong(text)
    is_secure = parts.scheme == "ftps"
    if is_secure and port == IMPLICIT_PORT:
        raise InputError("ftps_implicit", where=passwords.redacted(text), port=port)
    return FtpAddress(
        host=parts.hostname,
        port=port or FTP_PORT,
        user=_plain(parts.username, text) if parts.username else None,
        path=_path(_plain(parts.path, text)),
        is_secure=is_secure,
    )


def _path(text: str) -> str:
    """`/a//b/` is a/b below the login's folder, `/%2Fa` is /a."""
    root = "/" if text.startswith("//") else ""
    return root + "/".join(part for part in text.split("/") if part)


def _plain(text: str, whole: str) -> str:
    try:
        plain = unquote(text, errors="strict")
    except UnicodeDecodeError as error:
        raise _wrong(whole) from error
    _refuse_controls(plain, whole)
    return plain


def _refuse_controls(text: str, whole: str) -> None:
    """A line's end in a path would be a second command to the server."""
    if any(unicodedata.category(char) in _CONTROLS for char in text):
        raise _wrong(whole)


def _wrong(text: str) -> InputError:
    return InputError("hand_over_address", where=passwords.redacted(text))
