"""Which store a workspace talks to: a configured endpoint, else its own embedded server."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ipaddress import ip_address
from urllib.parse import urlsplit

from pipeline import settings
from pipeline.errors import EnvironmentFault
from pipeline.storage import embedded, presets
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.network.line import Line
from pipeline.storage.network.line_memory import LineMemory
from pipeline.storage.network.patience import WAIT_S, Patience
from pipeline.storage.object_cache import ObjectCache
from pipeline.storage.rights import Role
from pipeline.storage.s3.session import Connection, Keys, endpoint_of_profile, without_userinfo
from pipeline.storage.s3.store import Store
from pipeline.storage.trial import BucketTrial
from pipeline.workspace import Workspace

OBJECTS, LINES = "objects", "lines"


def is_private(workspace: Workspace) -> bool:
    """Whether it talks to this machine's own store, which nobody else sees."""
    return configured_endpoint(workspace) is None


def keys_of(workspace: Workspace) -> Keys | None:
    """The profile of the user's own credentials file that the settings name."""
    profile = workspace.settings.profile
    return Keys(settings.credentials_file(), profile) if profile else None


def is_empty(buckets: Buckets) -> bool:
    """Whether nothing was ever sent or delivered there."""
    return not (buckets.inbox.has("") or buckets.delivery.has(""))


def configured_endpoint(workspace: Workspace) -> str | None:
    """From botocore's means (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, a profile) or `showcase.toml`."""
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        if value := os.environ.get(name):
            return value
    return workspace.settings.endpoint or endpoint_of_profile()


def refuse_for_others(workspace: Workspace, elsewhere: Sequence[str]) -> None:
    """Let pass a store that machines elsewhere reach too, before anything is asked of them.

    Args:
        elsewhere: those that work for this one and are not this one, as people know them; none is fine.

    Raises:
        EnvironmentFault: the store serves this machine alone: it is the workspace's own, or its address is loopback.
    """
    endpoint = configured_endpoint(workspace)
    if not elsewhere or (endpoint is not None and not _is_loopback(endpoint)):
        return
    where = str(workspace.store) if endpoint is None else without_userinfo(endpoint)
    raise EnvironmentFault("store_of_one_machine", where=where, names=", ".join(elsewhere))


def _is_loopback(endpoint: str) -> bool:
    host = urlsplit(endpoint).hostname or ""
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified


@contextmanager
def tried(workspace: Workspace, name: str, prefecture: str | None = None) -> Iterator[Buckets]:
    """As `opened`, for a command that sends what takes long to make: the bucket `name` is tried first.

    Args:
        prefecture: whose part of the bucket is tried, where its key may see no more; else the workspace's.

    Raises:
        EnvironmentFault: as `opened` and `BucketTrial` say.
    """
    with opened(workspace, name) as buckets:
        if configured_endpoint(workspace) is not None:  # the embedded store is known
            own = prefecture or workspace.settings.prefecture
            BucketTrial(Bucket(buckets.delivery.store, name), f"{own}/" if own else "").run()
        yield buckets


@contextmanager
def opened(workspace: Workspace, *written: str) -> Iterator[Buckets]:
    """The store, tried before anything is encoded; an embedded one is up for as long as this lasts.

    Args:
        written: names of the buckets that will be written to; they are made where they are not there.

    Raises:
        EnvironmentFault: nobody answers, access is denied, a bucket can't be made, or the server does not start.
    """
    own = workspace.settings
    endpoint = configured_endpoint(workspace)
    if endpoint is None:
        with embedded.serve(workspace.store, own.buckets) as server:
            yield _buckets(workspace, server.connection, server.connection.endpoint or "")
        return
    preset = presets.of_settings(own, workspace.profiles)
    encryption = presets.encryption_of(own)
    connection = Connection(endpoint, keys=keys_of(workspace), preset=preset, encryption=encryption, ca=own.ca)
    buckets = _buckets(workspace, connection, without_userinfo(endpoint))
    prefix = f"{own.prefecture}/" if own.prefecture else None
    if not written:
        buckets.delivery.store.reach(own.delivery, prefix)
    for name in written:
        Bucket(buckets.delivery.store, name).make_if_missing(prefix)
    yield buckets


def _buckets(workspace: Workspace, connection: Connection, shown: str) -> Buckets:
    # an embedded store is known by its folder: its ports may change
    known_as = str(workspace.store.resolve()) if connection.access_key else connection.endpoint or ""
    cache = ObjectCache(workspace.or_user_cache().cache / OBJECTS, known_as)
    own = workspace.settings
    wait_s = WAIT_S if own.wait_s is None else own.wait_s
    memory = LineMemory(workspace.or_user_cache().cache / LINES, known_as)
    patience = Patience(Line(own.bytes_per_s, memory.rate()), wait_s)
    store = Store(connection, endpoint_shown=shown, cache=cache, patience=patience, memory=memory)
    inbox, delivery = Bucket(store, own.inbox), Bucket(store, own.delivery)
    if connection.access_key:  # of one's own store one sees everything
        return Buckets(inbox, delivery, own.prefecture, work_name=own.work)
    is_producers, is_operators = own.role == Role.PRODUCER, own.role == Role.OPERATOR
    return Buckets(
        inbox,
        delivery,
        own.prefecture,
        sees_others=not is_producers,
        sees_inbox=not is_operators,
        work_name=own.work,
    )
