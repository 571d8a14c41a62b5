"""Dask's own commands as they are typed: no preload, resources or names."""

from __future__ import annotations

from pathlib import Path

from pipeline.execute.cluster import certificates
from pipeline.execute.cluster.address import Scheduler

# Without a dashboard each of them still answers HTTP, on every address of the machine unless one is said (0.0.0.0:8787
# was seen with `--no-dashboard` alone): it stays on this machine whatever the rest listens on.
_QUIET = ("--no-dashboard", "--dashboard-address", "127.0.0.1:0")

# What the processes that we start are told beside that. Profiling may stop a worker of Python 3.11 for good (see
# `client.end_profiling`). They look at themselves fifty times a second, ten times at their memory: of two cores 4 %,
# where this way it is 0.5 %. Each question of ours would be a line of the log. Dask has its workers give memory back at
# 64 kB, so that each array of pictures is fetched anew: a sixth of an inspection (glibc's own limits, where they have
# grown to what arrays take, are these).
ENVIRONMENT = {
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "DASK_DISTRIBUTED__ADMIN__SYSTEM_MONITOR__INTERVAL": "5s",
    "DASK_DISTRIBUTED__ADMIN__TICK__INTERVAL": "500ms",
    "DASK_DISTRIBUTED__WORKER__MEMORY__MONITOR_INTERVAL": "2s",
    "DASK_DISTRIBUTED__WORKER__PROFILE__ENABLED": "False",
    "DASK_LOGGING": "{'distributed': 'info', 'distributed.worker': 'warning'}",
}


def scheduler(at: Scheduler) -> list[str]:
    """`dask scheduler` at its address."""
    scheme = at.url.partition(":")[0]
    return ["scheduler", "--protocol", scheme, "--host", at.host, "--port", str(at.port), *_QUIET, *_guard(at)]


def workers(at: Scheduler, count: int, *, host: str, scratch: Path | None = None) -> list[str]:
    """`dask worker` with `count` processes of a film each.

    Args:
        host: the address of this machine that they listen on.
        scratch: the folder that they lie in.
    """
    folder = ("--local-directory", str(scratch)) if scratch else ()
    counted = ("--nthreads", "1", "--nworkers", str(count))
    return ["worker", at.url, *counted, "--host", host, *_QUIET, *folder, *_guard(at)]


def by_hand(at: str, count: int) -> list[str]:
    """What is typed on a machine that `showcase cluster up` does not keep up."""
    return ["dask", "worker", at, "--nthreads", "1", "--nworkers", str(count), *_QUIET]


def _guard(at: Scheduler) -> tuple[str, ...]:
    return certificates.arguments(at.certificates) if at.certificates else ()
