"""The user's keys for the store: an AWS credentials file of our own, and what an administrator hands out."""

from __future__ import annotations

import configparser
import io
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable, regular, settings
from pipeline.errors import InputError

PROFILE = "showcase"
_KEYS, _ID, _SECRET = "keys", "access_key_id", "secret_access_key"


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


def settings_file(path: Path) -> tuple[dict[str, object], KeyPair]:
    """What an administrator handed out: settings by their names, and a pair of keys under `[keys]`.

    Raises:
        InputError: it is not there, or is no such file.
    """
    if not path.exists():
        raise InputError("path_missing", where=str(path))
    tree = settings.tree_of(path)
    pair = tree.pop(_KEYS, None)
    if not isinstance(pair, dict) or not all(isinstance(pair.get(name), str) for name in (_ID, _SECRET)):
        raise InputError("setup_no_keys", where=str(path))
    return settings.values_of(tree, path), KeyPair(pair[_ID], pair[_SECRET])
