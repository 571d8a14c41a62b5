"""showcase cluster"""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from pathlib import Path

import click

from pipeline.cli import words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, options, size
from pipeline.execute import admission, film_tasks
from pipeline.execute.cluster import address, admitting, certificates, extra
from pipeline.execute.cluster.address import Scheduler
from pipeline.execute.cluster.answer import Aside, Worker
from pipeline.execute.cluster.supervision import Supervision, refuse_taken
from pipeline.ffmpeg import capability
from pipeline.remembered import user_cache
from pipeline.workspace import Workspace

ANSWER_S = 15.0  # for who only looks

command = words.group("cluster", example="showcase cluster up")


@command.subcommand("up", example="showcase cluster up")
@click.option("--workers", metavar="NUMBER", type=click.IntRange(min=1))
@click.option("--join", metavar="ADDRESS")
@click.option("--host", metavar="ADDRESS")
@click.option("--port", metavar="PORT", type=click.IntRange(1, 65535), default=address.PORT)
@click.option("--tls", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@options
def up(console: Console, workers: int | None, join: str | None, host: str | None, port: int, tls: Path | None) -> int:
    """Keep a scheduler and workers up, or workers alone, until Ctrl-C."""
    extra.refuse_without()
    place = workspace_here().make()
    scheduler = address.scheduler(place, join, tls) if join else _own(console, place, host or address.HERE, port, tls)
    listens = host or address.own_address(scheduler)
    address.refuse_unguarded(place, listens, scheduler.certificates)
    count = admission.jobs(workers)
    told = partial(_told, console, scheduler, count, join is None)
    supervision = Supervision(place, scheduler, count, listens, join is None, told)
    if console.verbose:
        supervision.each_time = Followed(console, supervision.logs()).show
    with suppress(KeyboardInterrupt):
        supervision.run()
    console.remark("cluster_stopped")
    return 0


def _own(console: Console, place: Workspace, host: str, port: int, tls: Path | None) -> Scheduler:
    folder = address.folder_of(place, tls)
    address.refuse_unguarded(place, host, folder)
    scheduler = Scheduler(f"[{host}]" if ":" in host else host, port, folder)
    refuse_taken(scheduler)
    if folder is not None and certificates.keep(folder):
        console.say("cluster_certificates_here" if address.is_here(host) else "cluster_certificates", folder=folder)
    return scheduler


def _told(console: Console, scheduler: Scheduler, count: int, is_own: bool, event: str, /, **values: object) -> None:
    """A line of what happened; when the scheduler is there first, what is typed on the other machines."""
    console.give({"event": event, "scheduler": scheduler.url, **values})
    if name := values.get("name"):
        values["part"] = console.word(f"cluster_part_{name}")
    console.say(f"cluster_{event}", scheduler=scheduler.url, **values)
    if event != "ready":
        return
    console.say("cluster_workers", count=count)
    if is_own and address.is_here(scheduler.host):
        console.say("cluster_alone")
    elif is_own:
        folder = f" --tls {scheduler.certificates}" if scheduler.certificates else ""
        console.say("cluster_others" if folder else "cluster_others_plain")
        console.line(f"  showcase cluster up --join {scheduler.url}{folder}")
    console.say("cluster_named")
    if scheduler.certificates is None:
        console.line(f"  export SHOWCASE_SCHEDULER={scheduler.url}")
    else:
        guarded = f"--scheduler {scheduler.url} --tls {scheduler.certificates}"
        console.line(f"  showcase batch {console.word('cluster_folder')} --executor dask {guarded}")


class Followed:
    """What Dask's commands log, as it comes."""

    def __init__(self, console: Console, logs: tuple[Path, ...]) -> None:
        self._console = console
        self._read = {log: log.stat().st_size if log.exists() else 0 for log in logs}

    def show(self) -> None:
        """What is new, on stderr."""
        for log, before in self._read.items():
            if not log.exists():
                continue
            with log.open("rb") as written:
                written.seek(before if log.stat().st_size >= before else 0)
                new = written.read()
                self._read[log] = written.tell()
            for line in new.decode("utf-8", "replace").splitlines():
                self._console.hang(line, beside=True)


@command.subcommand("status", example="showcase cluster status")
@click.option("--scheduler", metavar="ADDRESS")
@click.option("--tls", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@options
def status(console: Console, scheduler: str | None, tls: Path | None) -> int:
    """Show who is there, what each does, or why it gets nothing; exit 3 when nobody may work."""
    extra.refuse_without()
    at = address.scheduler(workspace_here(), scheduler, tls)
    wanted = admitting.expectation(capability.look(capability.executable(), user_cache()))
    with console.waiting("cluster_asking", scheduler=at.url):
        found = admitting.admit(at, wanted, deadline_s=ANSWER_S)
    if not found.aside:
        admitting.refuse_none(found)
    console.say("cluster_status", scheduler=at.url, count=len(found.workers), aside=len(found.aside))
    for worker in found.workers:
        _show(console, worker, None)
    for aside in found.aside:
        _show(console, aside.worker, aside)
    if not found.workers:
        console.say("cluster_nobody")
        return 3
    return 0


def _show(console: Console, worker: Worker, aside: Aside | None) -> None:
    said = worker.answer
    shown = worker.model_dump(mode="json")
    reason = {"reason": aside.reason.value, **aside.values} if aside else None
    films = [found for key in worker.tasks if (found := film_tasks.of_key(key))]
    listed = [{"task": kind, "prefecture": ref.prefecture, "id": ref.submission_id} for kind, ref in films]
    console.give({**shown, "films": listed, "works": aside is None, "aside": reason})
    does = ", ".join(console.word(f"cluster_{kind}", film=ref.typed) for kind, ref in films)
    does = does or ", ".join(worker.tasks) or console.word("cluster_idle")
    if aside:
        does = admitting.reason_of(aside, console.language)
    mark = "!" if aside else "✓"
    console.hang(console.word("cluster_worker", mark=mark, host=worker.host, address=worker.address, does=does))
    if said is None:
        return
    memory, disk = size(said.memory_bytes), size(said.disk_free_bytes)
    console.say("cluster_machine", cores=said.cores, memory=memory, disk=disk)
    ffmpeg = f"{said.ffmpeg or '?'} ({said.build or '?'})"
    console.say("cluster_versions", package=said.package or "?", python=said.python, ffmpeg=ffmpeg)
