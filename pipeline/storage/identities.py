"""The identities of the embedded server: the file `s3.json` that it reads at its start, and again when asked to.

Added and removed keys and `disabled` hold at once; an identity that is deleted from the file lives on in the server,
so that none is ever deleted here.
"""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock

from pipeline import durable
from pipeline.errors import EnvironmentFault
from pipeline.storage import layout, rights
from pipeline.storage.keys import KeyPair
from pipeline.storage.rights import BucketNames, Role

FILE = "s3.json"
NAME = re.compile(r"(\d{6}|editor|operator|worker)(-\d+)?")  # of somebody who is invited
OWNER = "workspace"  # whose keys this machine's own commands use: the administrator's
VERSION = "version"  # nobody's: has other keys each time the file is written, and may list a place where nothing lies


@dataclass(frozen=True)
class Identity:
    """Somebody who is invited.

    Args:
        name: as in the server's file and of the settings file: a prefecture's code or a role, further ones numbered.
        prefecture: a producer's.
        person: who it is, as notes are signed.
    """

    name: str
    role: Role
    prefecture: str | None = None
    person: str | None = None

    @property
    def policy(self) -> str:
        """The name of its policy document: those of one role and prefecture share it."""
        return self.prefecture or self.role.value

    def document(self, names: BucketNames) -> dict[str, Any]:
        """Its rights as an AWS policy document."""
        return rights.document(self.role, names, self.prefecture)


@dataclass(frozen=True)
class KnownIdentity:
    """An identity that the server knows."""

    identity: Identity
    pair: KeyPair
    disabled: bool


def new_pair() -> KeyPair:
    """Keys that nobody has."""
    return KeyPair(secrets.token_hex(10).upper(), secrets.token_urlsafe(30))


def owner(store: Path) -> KeyPair:
    """The keys of this machine's own commands, made where there are none; readable by their owner only.

    Raises:
        EnvironmentFault: the file of identities is damaged.
    """
    path = store / FILE
    if not path.exists():
        pair = KeyPair(secrets.token_hex(10), secrets.token_urlsafe(30))
        actions = ["Admin", "Read", "List", "Tagging", "Write"]
        _write(path, {"identities": [{"name": OWNER, "credentials": [_credentials(pair)], "actions": actions}]})
    own = [item for item in _read(path)["identities"] if item["name"] == OWNER]
    if not own:
        raise EnvironmentFault("identities_damaged", where=str(path))
    return _pair(own[0])


@contextmanager
def changing(store: Path, names: BucketNames) -> Iterator[IdentityFile]:
    """The file of identities, for one who changes it while nobody else does; it is written at the end."""
    with FileLock(store / "identities.lock"):
        path = store / FILE
        before = _read(path)
        file = IdentityFile(json.loads(json.dumps(before)), names)
        yield file
        if file.tree != before:
            file.renew_version()
            _write(path, file.tree)


def version(store: Path) -> KeyPair | None:
    """The keys that a server knows once it has read the file as it stands; None where nobody was ever invited."""
    found = [row for row in _read(store / FILE)["identities"] if row["name"] == VERSION]
    return _pair(found[0]) if found else None


def known(store: Path) -> list[KnownIdentity]:
    """Everybody who was invited."""
    path = store / FILE
    return IdentityFile(_read(path), BucketNames()).known() if path.exists() else []


@dataclass(frozen=True)
class IdentityFile:
    """What stands in the file."""

    tree: dict[str, Any]
    names: BucketNames

    def known(self) -> list[KnownIdentity]:
        """Everybody who was invited: neither the owner, nor whom somebody wrote into the file by hand."""
        return [
            KnownIdentity(identity_named(row["name"]), _pair(row), bool(row.get("disabled")))
            for row in self.tree["identities"]
            if NAME.fullmatch(row["name"])
        ]

    def invite(self, identity: Identity) -> None:
        """Have an identity with its rights; who is known keeps its keys, and gets today's rights."""
        policies = {row["name"]: row for row in self.tree.setdefault("policies", [])}
        policies[identity.policy] = {"name": identity.policy, "content": json.dumps(identity.document(self.names))}
        self.tree["policies"] = list(policies.values())
        if self._row(identity.name) is None:
            row = {"name": identity.name, "credentials": [_credentials(new_pair())], "policyNames": [identity.policy]}
            self.tree["identities"].append(row)

    def rotate(self, name: str) -> None:
        """Other keys in place of those that an identity has, which it may use even where it was shut out."""
        if (row := self._row(name)) is not None:
            row["credentials"] = [_credentials(new_pair())]
            row.pop("disabled", None)

    def revoke(self, name: str) -> None:
        """Shut an identity out."""
        if (row := self._row(name)) is not None:
            row["disabled"] = True

    def renew_version(self) -> None:
        """Give the file other keys to be known by; they stand last, behind all that a server reads before."""
        document = rights.reader_of_nothing(self.names, layout.VERSION)
        row = {"name": VERSION, "credentials": [_credentials(new_pair())], "policyNames": [VERSION]}
        for kind, last in (
            ("policies", {"name": VERSION, "content": json.dumps(document)}),
            ("identities", row),
        ):
            self.tree[kind] = [item for item in self.tree.get(kind, []) if item["name"] != VERSION] + [last]

    def _row(self, name: str) -> dict[str, Any] | None:
        return next((row for row in self.tree["identities"] if row["name"] == name), None)


def identity_named(name: str) -> Identity:
    """Role and prefecture as a name tells them: `653200`, `653200-2`, `editor`."""
    first = name.partition("-")[0]
    if first in (Role.EDITOR, Role.OPERATOR, Role.WORKER):
        return Identity(name, Role(first))
    return Identity(name, Role.PRODUCER, first)


def _pair(row: dict[str, Any]) -> KeyPair:
    keys = row["credentials"][0]
    return KeyPair(keys["accessKey"], keys["secretKey"])


def _credentials(pair: KeyPair) -> dict[str, str]:
    return {"accessKey": pair.key_id, "secretKey": pair.secret}


def _read(path: Path) -> dict[str, Any]:
    """What stands in the file, as far as we rely on it.

    Raises:
        EnvironmentFault: it is damaged.
    """
    try:
        tree: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for row in tree["identities"]:
            if row["name"] == OWNER or NAME.fullmatch(row["name"]):
                _pair(row)
    except (ValueError, LookupError, TypeError) as error:
        raise EnvironmentFault("identities_damaged", where=str(path)) from error
    return tree


def _write(path: Path, tree: dict[str, Any]) -> None:
    durable.write(path, json.dumps(tree, indent=1).encode(), mode=0o600)
