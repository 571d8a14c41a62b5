"""Who may work is asked of each machine, with a deadline; who differs, or has a fault of its own, is put aside."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import TYPE_CHECKING

from pydantic import ValidationError

from pipeline import catalogue
from pipeline.errors import EnvironmentFault, InLanguages
from pipeline.execute.cluster import judgement, machine, question
from pipeline.execute.cluster.address import Scheduler
from pipeline.execute.cluster.answer import Admission, Answer, Aside, Expectation, Reason, Token, Worker
from pipeline.ffmpeg import processor
from pipeline.model.capability import Capability

if TYPE_CHECKING:
    from pipeline.execute.cluster.client import Present, Said

DEADLINE_S = 60.0  # a store that is slow is waited for; a machine that is stopped costs this once
SCHEDULER_S = 15.0


def expectation(able: Capability, store: Token | None = None) -> Expectation:
    """What this machine would have of the others.

    Args:
        able: its ffmpeg.
    """
    return Expectation(
        python=machine.python(),
        package=machine.package(),
        packages=machine.packages(),
        build=able.build,
        ffmpeg=able.version,
        lacking=processor.lacking(),
        store=store,
    )


def admit(
    scheduler: Scheduler,
    wanted: Expectation,
    among: Collection[str] | None = None,
    deadline_s: float = DEADLINE_S,
) -> Admission:
    """Ask all workers that are there, or those `among` them, at once; a silent one costs the deadline and no more.

    Args:
        among: addresses; of who joined later nobody else need be asked, where `wanted.made` is what the others make.

    Raises:
        EnvironmentFault: nobody answers at the scheduler's address; it has not our package, or another version of it.
    """
    from pipeline.execute.cluster import client

    hold_scheduler(scheduler, wanted)
    present = {one.address: one for one in client.workers_of(scheduler) if among is None or one.address in among}
    token = [wanted.store.bucket, wanted.store.key] if wanted.store else None
    questions = {
        address: question.expression({"scratch": one.scratch, "store": token}) for address, one in present.items()
    }
    said = client.ask_workers(scheduler, questions, deadline_s) if questions else {}
    answered: list[Worker] = []
    silent: list[Aside] = []
    for address, one in present.items():
        found = _of(one, said[address])
        if isinstance(found, Worker):
            answered.append(found)
        else:
            silent.append(found)
    return judgement.judged(wanted, answered, silent)


def hold_scheduler(scheduler: Scheduler, wanted: Expectation) -> None:
    """Let pass a scheduler that can read our tasks.

    Raises:
        EnvironmentFault: it has not our package, or another version of it, or another Python; it does not answer.
    """
    from pipeline.execute.cluster import client

    client.reach(scheduler)
    said = client.ask_scheduler(scheduler, question.expression({}), SCHEDULER_S)
    there = _answer(said)
    if there is None or there.package is None:
        raise EnvironmentFault("scheduler_lacks", where=scheduler.url, detail=there.lacks if there else said.fault)
    shown = f"showcase {there.package}, Python {there.python}"
    here = f"showcase {wanted.package}, Python {wanted.python}"
    if shown != here:
        raise EnvironmentFault("scheduler_differs", where=scheduler.url, there=shown, here=here)


def refuse_none(admission: Admission) -> None:
    """Let pass where somebody may work.

    Raises:
        EnvironmentFault: nobody may; it names each, and why.
    """
    if admission.workers:
        return
    if not admission.aside:
        raise EnvironmentFault("cluster_empty")
    lines = {language: "\n".join(f"  {why(one, language)}" for one in admission.aside) for language in ("zh", "en")}
    raise EnvironmentFault("cluster_unfit", reasons=InLanguages(zh=lines["zh"], en=lines["en"]))


def why(aside: Aside, language: catalogue.Language) -> str:
    """The sentence on one that was put aside: its machine, its address, the reason."""
    reason = reason_of(aside, language)
    return catalogue.say(language, "text.aside", host=aside.worker.host, address=aside.worker.address, reason=reason)


def reason_of(aside: Aside, language: catalogue.Language) -> str:
    """Why it was put aside, and what to do there."""
    said = aside.worker.answer.fault if aside.worker.answer else {}
    detail = {"detail": said[language]} if language in said else {}
    return catalogue.say(language, f"text.aside_{aside.reason}", **{"detail": "?", **detail, **aside.values})


def _of(one: Present, said: Said) -> Worker | Aside:
    there = _answer(said)
    worker = Worker(
        address=one.address, host=there.host if there else one.host, slots=one.slots, tasks=one.tasks, answer=there
    )
    if there:
        return worker
    if said.fault:
        return Aside(worker=worker, reason=Reason.FAULT, values={"detail": said.fault})
    return Aside(worker=worker, reason=Reason.SILENT)


def _answer(said: Said) -> Answer | None:
    try:
        return Answer.model_validate(json.loads(said.text), strict=False) if said.text else None
    except (ValueError, ValidationError):
        return None
