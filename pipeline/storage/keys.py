"""The user's keys for the store: an AWS credentials file of our own, and what an administrator hands out."""

from __future__ import annotations

import configparser
import io
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable, regular, settings
from pipeline.errors import InputError

PROFILE = "showcase"
CERTIFICATES = "store-ca.pem"
_KEYS, _ID, _SECRET, _CA = "keys", "access_key_id", "secret_access_key", "ca"


@dataclass(frozen=True)
class KeyPair:
    """What requests are signed with; the secret is never shown."""

    key_id: str
    secret: str

    def __repr__(self) -> str:
        return f"KeyPair({self.key_id!r})"


def write(path: Path, pair: KeyPair, profile: str = PROFILE) -> None:
    """Put a pair under its profile; other profiles in the file stay. It is readable by its owner alone.

    Raises:
        EnvironmentFault: the place is not writable.
    """
    kept = configparser.RawConfigParser()
    if path.exists():
        kept.read_string(regular.read(path).decode("utf-8"))
    if not kept.has_section(profile):
        kept.add_section(profile)
    kept.set(profile, f"aws_{_ID}", pair.key_id)
    kept.set(profile, f"aws_{_SECRET}", pair.secret)
    text = io.StringIO()
    kept.write(text)
    durable.make_folder(path.parent)
    durable.write(path, text.getvalue().encode(), mode=0o600)


@dataclass(frozen=True)
class HandedOut:
    """What an administrator hands out: settings by their names, a pair of keys, and the certificates (PEM) of a store
    whose own the system does not know."""

    settings: dict[str, object]
    pair: KeyPair
    ca: str | None = None


def settings_file(path: Path) -> HandedOut:
    """Read what an administrator handed out: the keys stand under `[keys]`.

    Raises:
        InputError: it is not there, or is no such file.
    """
    if not path.exists():
        raise InputError("path_missing", where=str(path))
    tree = settings.tree_of(path)
    section = tree.pop(_KEYS, None)
    if not isinstance(section, dict) or not all(isinstance(section.get(name), str) for name in (_ID, _SECRET)):
        raise InputError("setup_no_keys", where=str(path))
    ca = section.get(_CA)
    if ca is not None and not isinstance(ca, str):
        raise settings.unknown(path, f"{_KEYS}.{_CA}")
    return HandedOut(settings.values_of(tree, path), KeyPair(section[_ID], section[_SECRET]), ca)


def write_settings_file(path: Path, given: HandedOut) -> bool:
    """Write what is handed out, readable by its owner alone; False where exactly that stands there.

    Raises:
        EnvironmentFault: the place is not writable.
    """
    import tomlkit

    document = tomlkit.parse(settings.text_of(given.settings))
    section = tomlkit.table()
    section[_ID], section[_SECRET] = given.pair.key_id, given.pair.secret
    if given.ca is not None:
        section[_CA] = tomlkit.string(given.ca, multiline=True)
    document[_KEYS] = section
    content = tomlkit.dumps(document).encode()
    if path.exists() and regular.read(path) == content:
        return False
    durable.write(path, content, mode=0o600)
    return True


def keep_certificates(pem: str, path: Path) -> Path:
    """Put certificates that came in a settings file into a file of their own."""
    durable.make_folder(path.parent)
    durable.write(path, pem.encode())
    return path
