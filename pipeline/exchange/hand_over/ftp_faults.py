"""Our error for whatever a server, its line or its certificate says."""

from __future__ import annotations

import ftplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline import passwords
from pipeline.errors import EnvironmentFault, ShowcaseError, TransferError
from pipeline.model.text import printable

UNREACHABLE = "ftp_unreachable"
LOGIN_REFUSED = "ftp_login_refused"
_FULL = ("452", "552")  # RFC 959 section 4.2.1
_TLS_UNKNOWN = ("431", "500", "502", "503", "504", "530", "534")  # answers to AUTH (RFC 4217 section 4)
_NO_SUCH_HOST = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))
MOST_SHOWN = 200


@contextmanager
def translated(where: str, password: str = "", *, step: str = "") -> Iterator[None]:
    """Whatever the libraries raise becomes ours.

    Args:
        password: is masked where the other end repeats it.
        step: `connect`, `tls` or `login`, where a refusal means that alone.
    """
    try:
        yield
    except ShowcaseError:
        raise
    except (ftplib.Error, OSError, EOFError, ValueError) as error:
        # a cause is shown by --debug: one that repeats the password is left out
        raise fault_of(error, where, password, step) from (None if password and password in str(error) else error)


def fault_of(error: Exception, where: str, password: str = "", step: str = "") -> ShowcaseError:
    """The same, of one error."""
    said = _shown(str(error), password)
    if isinstance(error, ssl.SSLCertVerificationError):
        return EnvironmentFault("ftp_certificate", where=where, detail=_why(error))
    if isinstance(error, ssl.SSLError) and step == "tls":
        return EnvironmentFault("ftp_no_tls", where=where, detail=getattr(error, "reason", None) or said)
    if isinstance(error, ftplib.Error):
        return _refusal(said, where, step, is_final=isinstance(error, ftplib.error_perm))
    if isinstance(error, socket.gaierror) and error.errno in _NO_SUCH_HOST:
        return EnvironmentFault(UNREACHABLE, where=where, detail=error.strerror)
    if isinstance(error, OSError):
        said = error.strerror or said
    return TransferError("ftp_failed", where=where, detail=said or type(error).__name__)


def _refusal(said: str, where: str, step: str, *, is_final: bool) -> ShowcaseError:
    """What a reply means: 4xx may go well another time, 5xx will not."""
    code = said[:3]
    if code in _FULL:
        return EnvironmentFault("ftp_full", where=where, detail=said)
    if step == "tls" and code in _TLS_UNKNOWN:
        return EnvironmentFault("ftp_no_tls", where=where, detail=said)
    if step == "login" and is_final:
        return EnvironmentFault(LOGIN_REFUSED, where=where, detail=said)
    if is_final:
        return EnvironmentFault("ftp_refused", where=where, detail=said)
    return TransferError("ftp_failed", where=where, detail=said)


def _why(error: ssl.SSLCertVerificationError) -> str:
    """By the words that the catalogue knows."""
    said = str(getattr(error, "verify_message", "") or error)
    return "Hostname mismatch" if re.search(r"mismatch|doesn't match|not valid for", said) else said


def _shown(said: str, password: str) -> str:
    """A reply in one line, without what no one may see."""
    text = passwords.redacted(printable(" ".join(said.split())))
    return (text.replace(password, passwords.MASK) if password else text)[:MOST_SHOWN]
