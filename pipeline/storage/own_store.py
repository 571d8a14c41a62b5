"""Identities of the workspace's own server, changed while it runs: what was changed holds when a call returns."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.errors import EnvironmentFault
from pipeline.storage import embedded, identities, layout, trial
from pipeline.storage.bucket import Bucket
from pipeline.storage.embedded import Server
from pipeline.storage.identities import IdentityFile, KnownIdentity
from pipeline.storage.keys import KeyPair
from pipeline.storage.layout import TRIAL, prefecture_prefix
from pipeline.storage.rights import BucketNames
from pipeline.storage.s3.faults import DENIED, WRONG_KEYS
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store

HOLDS_S = 5.0  # it takes 0.3 s


def change(
    server: Server, store: Path, names: BucketNames, act: Callable[[IdentityFile], None]
) -> dict[str, KnownIdentity]:
    """Change the file of identities and have the server take it; gives everybody who is known then, by name.

    Raises:
        EnvironmentFault: the server does not take it.
    """
    before = {item.identity.name: item for item in identities.known(store)}
    with identities.changing(store, names) as file:
        act(file)
    embedded.read_identities_again(store)
    endpoint = server.connection.endpoint or ""
    if version := identities.version(store):  # rights that changed and keys that did not are told by nothing else
        _await(endpoint, names, version, layout.VERSION, where=str(store / identities.FILE))
    after = {item.identity.name: item for item in identities.known(store)}
    for name, item in after.items():
        if before.get(name) != item:
            hold(endpoint, names, item)
    return after


def put_trial_objects(bucket: Bucket, prefectures: Sequence[str] = ()) -> None:
    """The object of a trial in every part of a bucket, so that it can be read there by whoever may."""
    for prefix in ("", *map(prefecture_prefix, prefectures)):
        bucket.put_if_absent(prefix + TRIAL, trial.CONTENT)


def hold(endpoint: str, names: BucketNames, wanted: KnownIdentity) -> None:
    """Wait until a server knows an identity's keys, or knows them no more.

    Raises:
        EnvironmentFault: it does not come to that.
    """
    prefix = prefecture_prefix(wanted.identity.prefecture) if wanted.identity.prefecture else ""
    _await(endpoint, names, wanted.pair, prefix, where=wanted.identity.name, until=not wanted.disabled)


def _await(endpoint: str, names: BucketNames, pair: KeyPair, prefix: str, *, where: str, until: bool = True) -> None:
    client = Store(Connection(endpoint, pair.key_id, pair.secret), endpoint_shown=endpoint)
    deadline = time.monotonic() + HOLDS_S
    while _is_known(Bucket(client, names.delivery), prefix) != until:
        if time.monotonic() > deadline:
            raise EnvironmentFault("identities_not_read", where=where)
        time.sleep(0.02)


def _is_known(bucket: Bucket, prefix: str) -> bool:
    try:
        bucket.listed_once(prefix)
    except EnvironmentFault as fault:
        if fault.key not in (WRONG_KEYS, DENIED):
            raise
        return False
    return True
