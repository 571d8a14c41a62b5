"""Who makes a batch's films: this machine, or the workers of a cluster."""

from __future__ import annotations

import hashlib
import secrets
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.cli.console import Console
from pipeline.errors import EnvironmentFault
from pipeline.execute.cluster import admitting
from pipeline.execute.cluster.address import Scheduler
from pipeline.execute.cluster.answer import Aside, Token, Worker
from pipeline.execute.cluster.crew import Crew
from pipeline.execute.context import Context
from pipeline.execute.film_sources import SharedFilms
from pipeline.execute.films import FilmMaker, LocalFilms
from pipeline.execute.forecast import Forecast
from pipeline.storage import connect, sources
from pipeline.storage.buckets import Buckets


@dataclass(frozen=True)
class Makers:
    """Who makes films, how many at once, and how long they need; `here` looks at what is known of them."""

    films: FilmMaker
    forecast: Forecast
    here: LocalFilms
    slots: Callable[[], int] | None = None


@contextmanager
def on_cluster(console: Console, here: LocalFilms, at: Scheduler) -> Iterator[Makers]:
    """The workers that may work; who may not is named.

    Raises:
        InputError, EnvironmentFault: the scheduler does not answer, or nobody may work.
    """
    from pipeline.execute.cluster import client
    from pipeline.execute.cluster.films import ClusterFilms

    context, buckets = here.job.context, here.buckets
    buckets.work.make_if_missing()
    wanted = admitting.expectation(context.capability, _token(context, buckets))

    def put_aside(one: Aside) -> None:
        console.remark("cluster_aside", worker=admitting.why(one, console.language))

    def refuse(others: list[Worker]) -> None:
        connect.refuse_for_others(context.workspace, sorted({one.host for one in others}))

    crew = Crew(at, wanted, put_aside)
    with console.waiting("cluster_asking", scheduler=at.url):
        crew.muster(refuse)
    console.remark("cluster_works", scheduler=at.url, count=crew.slots)

    def slots() -> int:
        with suppress(EnvironmentFault):  # whoever waits for a film hears of it
            crew.look()
        return crew.slots

    with client.connected(at) as there:
        shared = SharedFilms(context, buckets, here.same_film, here.accepted_because, here.job.rule_sets.threads)
        forecast = Forecast(context.journal, crew.slots, crew.cores)
        known = replace(here, shares_work=True)
        yield Makers(ClusterFilms(there, at, crew, shared.described, context.workspace.logs), forecast, known, slots)


def _token(context: Context, buckets: Buckets) -> Token:
    """Something that only this store has, put just now."""
    content = secrets.token_bytes(16)
    with tempfile.TemporaryDirectory(dir=context.workspace.scratch, prefix="token-") as folder:
        path = Path(folder) / "token"
        path.write_bytes(content)
        place = sources.put(buckets, path, hashlib.sha256(content).hexdigest())
    return Token(bucket="work", key=place.key)
