"""The options by which `run` and `batch` are sent to a cluster, and what is meant by them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from pipeline.errors import InputError
from pipeline.execute.cluster import address, extra
from pipeline.execute.cluster.address import Scheduler
from pipeline.workspace import Workspace


def cluster_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """`--executor`, `--scheduler` and `--tls`, under these names."""
    for option in (
        click.option("--tls", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False)),
        click.option("--scheduler", metavar="ADDRESS"),
        click.option("--executor", type=click.Choice(["local", "dask"]), default="local"),
    ):
        function = option(function)
    return function


def cluster_meant(place: Workspace, executor: str, scheduler: str | None, tls: Path | None) -> Scheduler | None:
    """The scheduler of the cluster that is to work, where somebody listens; None: this machine alone is to.

    Raises:
        InputError: there can be no such scheduler, nothing guards the way to it, or it is named and this machine alone
            is to work. EnvironmentFault: nobody listens there.
    """
    if executor != "dask":
        if scheduler or tls:
            raise InputError("executor_wanted", where="--scheduler" if scheduler else "--tls")
        return None
    extra.refuse_without()
    from pipeline.execute.cluster import client

    at = address.scheduler(place, scheduler, tls)
    client.reach(at)
    return at
