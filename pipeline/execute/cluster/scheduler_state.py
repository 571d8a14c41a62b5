"""What a scheduler is asked of its own state, and told to do with it: expressions that it evaluates.

Dask's names in them are those of distributed 2026.8 (`Scheduler.tasks`, `workers`, `transitions`).
"""

from __future__ import annotations

from collections.abc import Collection

SCHEDULER = "next(iter(__import__('distributed').Scheduler._instances))"
# Dask's own description of a worker is 2 kB of readings: of eighty workers, asked every two seconds, that is much
PRESENT = (
    "__import__('json').dumps([{'address': one.address, 'host': one.host, 'slots': one.nthreads, "
    "'scratch': one.local_directory, 'tasks': [str(task.key) for task in one.processing]} "
    f"for one in {SCHEDULER}.workers.values()])"
)
FORGOTTEN = "fire-and-forget"  # in whose name Dask keeps what no client waits for


def others_waiting(key: str, own: str) -> str:
    """The expression by which a scheduler counts who waits for a task beside the client `own`, who gave it up; until
    the scheduler has heard of that it says `own`."""
    waiting = f"getattr({SCHEDULER}.tasks.get({key!r}), 'who_wants', None) or ()"
    names = f"[one.client_key for one in {waiting}]"
    return f"(lambda names: 'own' if {own!r} in names else str(len(names)))({names})"


def moving(key: str, among: Collection[str] | None) -> str:
    """The expression by which a scheduler takes a task out of the queue that it stands in, and deals it out anew."""
    only = sorted(among) if among is not None else None
    return (
        "(lambda there, key: there.loop.add_callback(lambda: there.tasks.get(key) is not None "
        "and there.tasks[key].state in ('processing', 'no-worker') and "
        f"(there.set_restrictions({{key: {only!r}}}), there.transitions({{key: 'released'}}, 'moved-' + key))))"
        f"({SCHEDULER}, {key!r}) or 'asked'"
    )
