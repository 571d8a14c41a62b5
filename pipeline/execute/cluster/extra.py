"""Whether the extra [cluster] is installed; asked before `client`, which can't be imported without it."""

from __future__ import annotations

from importlib.util import find_spec

from pipeline.errors import EnvironmentFault


def refuse_without() -> None:
    """Let pass an installation that has Dask.

    Raises:
        EnvironmentFault: it has not.
    """
    if find_spec("distributed") is None:
        raise EnvironmentFault("cluster_extra")
