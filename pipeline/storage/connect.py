"""Which store a workspace talks to: a configured endpoint, else its own embedded server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from pipeline.storage import embedded, s3
from pipeline.workspace import Workspace


def configured_endpoint(workspace: Workspace) -> str | None:
    """From boto3's means (AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, a profile) or `showcase.toml`."""
    for name in ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"):
        if value := os.environ.get(name):
            return value
    return workspace.settings.endpoint or s3.endpoint_of_profile()


@contextmanager
def opened(workspace: Workspace) -> Iterator[s3.Store]:
    """The store, tried before anything is encoded; an embedded one is up for as long as this lasts.

    Raises:
        EnvironmentFault: nobody answers, access is denied, or the server does not start.
    """
    buckets = (workspace.settings.delivery, workspace.settings.inbox)
    endpoint = configured_endpoint(workspace)
    if endpoint is not None:
        store = s3.Store(s3.Connection(endpoint), endpoint_shown=s3.without_userinfo(endpoint))
        own = workspace.settings.prefecture
        store.reach(workspace.settings.delivery, f"{own}/" if own else None)
        yield store
        return
    with embedded.serve(workspace.store, buckets) as server:
        yield s3.Store(server.connection, endpoint_shown=server.connection.endpoint or "")
