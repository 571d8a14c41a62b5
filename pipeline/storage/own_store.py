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

HOLDS_S = 10.0  # it takes 0.3 s


def change(
    server: Server, store: Path, names: BucketNames, act: Callable[[IdentityFile], None]
) -> dict[str, KnownIdentity]:
    """Change the file of identities and have the server take it; gives everybody who is known then, by name.

    Raises:
        EnvironmentFault: the server does not take it.
    """
    with identities.changing(store, names) as file:
        before = {item.identity.name: item for item in file.known()}
        act(file)
        after = {item.identity.name: item for item in file.known()}
    embedded.read_identities_again(store)
    endpoint = server.connection.endpoint or ""
    # rights that changed and keys that did not are told by nothing else
    _await(lambda: _has_read(endpoint, names, store), where=str(store / identities.FILE))
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
    _await(lambda: _is_known(endpoint, names, wanted.pair, prefix) != wanted.disabled, where=wanted.identity.name)


def _await(holds: Callable[[], bool], *, where: str) -> None:
    deadline = time.monotonic() + HOLDS_S
    while not holds():
        if time.monotonic() > deadline:
            raise EnvironmentFault("identities_not_read", where=where)
        time.sleep(0.02)


def _has_read(endpoint: str, names: BucketNames, store: Path) -> bool:
    """Whether a server knows the file as it stands: who writes it meanwhile puts other keys in place of ours."""
    version = identities.version(store)
    return version is None or _is_known(endpoint, names, version, layout.VERSION)


def _is_known(endpoint: str, names: BucketNames, pair: KeyPair, prefix: str) -> bool:
    bucket = Bucket(Store(Connection(endpoint, pair.key_id, pair.secret), endpoint_shown=endpoint), names.delivery)
    try:
        bucket.listed_once(prefix)
    except EnvironmentFault as fault:
        if fault.key not in (WRONG_KEYS, DENIED):
            raise
        return False
    return True
