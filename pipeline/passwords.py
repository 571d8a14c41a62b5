"""Passwords of other systems (FTP, SOAP): from netrc or the user's config folder, and kept out of what is shown.

Never from a flag, whose words the process list and the shell's history show, nor from `showcase.toml`, which people
send to each other. A file is netrc as curl and ftp know it: `machine HOST login USER password PASSWORD`; a host may be
written `HOST:PORT`, where two services of one machine have logins of their own.
"""

from __future__ import annotations

import netrc
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import quote

from pipeline import regular
from pipeline.errors import EnvironmentFault, InputError, ShowcaseError
from pipeline.settings import user_folder

NAME = "netrc"
VARIABLE = "NETRC"
MASK = "***"
LEAST = 4  # characters of a password that is no word of others
_ALSO_OTHERS = stat.S_IRWXG | stat.S_IRWXO
# a password that holds a slash, ? or # is none of RFC 3986's, and people write it all the same: where a colon stands
# before the first slash it is up to the last @ of the word, even if that lies in the path
_USERINFO = re.compile(r"""\b(ftps?|https?)://(?:[^\s"'<>/?#]*:[^\s"'<>]*@|[^\s"'<>/]*@)""", re.IGNORECASE)
_PORT_AND_PATH = re.compile(r"[^:@/]*:\d{1,5}/")  # `HOST:21/a@b`: an @ of the path
_SIGNED = re.compile(r"""\b((?:X-Amz-)?(?:Signature|Credential|Security-Token)=)[^&\s"'<>]+""", re.IGNORECASE)


@dataclass(frozen=True)
class Login:
    """Who we are there; the password is in no text that is made of it."""

    user: str
    password: str = field(repr=False)


def password_file() -> Path:
    """The user's own passwords for other systems, in netrc's form."""
    return user_folder() / NAME


def login_for(host: str, port: int | None = None, user: str | None = None) -> Login | None:
    """What the files say of a host: `HOST:PORT`, then `HOST`, in each file; then a file's `default`.

    Args:
        user: who it must be; None takes whom the file names.

    Raises:
        InputError: a file is no netrc (FILE:LINE), is another's to read too, or `NETRC` names none.
        EnvironmentFault: it may not be read.
    """
    logins = [_entries(path) for path in _files()]
    names = [f"{host}:{port}".lower()] if port else []
    for name in (*names, host.lower(), ""):
        for known in logins:
            found = known.get(name)
            if found and user in (None, found.user):
                return found
    return None


def login_named(name: str) -> Login | None:
    """What the files say of a name that is no host, such as one of our own services: never a file's `default`.

    Raises:
        InputError, EnvironmentFault: as `login_for`.
    """
    return next((found for path in _files() if (found := _entries(path).get(name))), None)


def refuse_in_address(address: str) -> None:
    """Let pass an address that holds no password.

    Raises:
        InputError: it holds one; the words say where to put it.
    """
    found = _USERINFO.match(address)
    said = found[0].partition("://")[2] if found else ""
    if ":" in said and not _PORT_AND_PATH.match(said):
        raise InputError("password_in_address", where=redacted(address), file=password_file())


def redacted(text: str) -> str:
    """The text with no user, password or signature in any address of it (ftp, ftps, http, https)."""
    return _SIGNED.sub(rf"\1{MASK}", _USERINFO.sub(rf"\1://{MASK}@", text))


def without_known(text: str) -> str:
    """The text without the logins that the files hold, plain or as addresses write them, with a scheme or without.

    A user's name alone is a word like others and stays; so does a password of fewer than `LEAST` characters alone.
    """
    try:
        known = {login for path in _files() for login in _entries(path).values()}
    except ShowcaseError:  # of the files: what needs them tells of it
        return text
    for login in sorted(known, key=lambda item: -len(item.password)):
        for form in (str, partial(quote, safe="")):
            user, password = form(login.user), form(login.password)
            text = text.replace(f"{user}:{password}", MASK) if password else text
            text = text.replace(password, MASK) if len(password) >= LEAST else text
    return text


def _files() -> Iterator[Path]:
    """Those that there are: `NETRC` in place of the one in the home folder, then the user's of this program."""
    given = os.environ.get(VARIABLE)
    if given:
        if not Path(given).exists():
            raise InputError("path_missing", where=given, detail=VARIABLE)
        yield Path(given)
    else:
        names = (".netrc", "_netrc") if os.name == "nt" else (".netrc",)
        yield from (path for name in names if (path := Path.home() / name).exists())
    if (own := password_file()).exists():
        yield own


def _entries(path: Path) -> dict[str, Login]:
    """Logins by host in small letters; `default` is the empty name."""
    try:
        _refuse_open_to_others(path)
        read = netrc.netrc(str(path))
    except netrc.NetrcParseError as error:  # whose own words may hold a piece of a password
        raise InputError("netrc_wrong", where=f"{path}:{error.lineno or 1}") from None
    except UnicodeDecodeError:
        raise InputError("netrc_wrong", where=f"{path}:1") from None
    except PermissionError as error:
        raise EnvironmentFault("netrc_not_readable", where=str(path)) from error
    return {
        "" if host == "default" else host.lower(): Login(user, password)
        for host, (user, _, password) in read.hosts.items()
        if user
    }


def _refuse_open_to_others(path: Path) -> None:
    regular.refuse_other(path)
    if os.name == "posix" and path.stat().st_mode & _ALSO_OTHERS:
        raise InputError("netrc_open_to_others", where=str(path))
