"""showcase ack"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from pipeline.cli import asking, rejections_here, store_here, words
from pipeline.cli.command_context import user_here, workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, attempt, each, failed, options, worst
from pipeline.errors import InputError
from pipeline.exchange import acknowledgement, answer_table, answering, rejections
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.exchange.answer_table import AnswerRow
from pipeline.exchange.answering import Judged
from pipeline.model.delivery import Decision, Delivery
from pipeline.model.inbox import Person
from pipeline.model.rejections import Rejections
from pipeline.storage.buckets import Buckets
from pipeline.tables import Row


@words.command("ack", example="showcase ack 650000-film accept")
@click.argument("items", nargs=-1, metavar="ID", shell_complete=submission_ids)
@click.argument("decision", required=False, type=click.Choice([item.value for item in Decision]))
@click.option("--reason", metavar="REASON")
@click.option("--code", metavar="CODE_OF_REJECTION")
@click.option("--from", "table", metavar="TABLE", type=click.Path(path_type=Path))
@click.option("--correct", is_flag=True)
@click.option("--yes", is_flag=True)
@options
def command(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    items: tuple[str, ...],
    decision: str | None,
    reason: str | None,
    code: str | None,
    table: Path | None,
    correct: bool,
    yes: bool,
) -> int:
    """Answer packages: ID is a submission's (its newest revision) or a package's; or as a table says."""
    if table is not None and (items or decision or reason or code):
        raise InputError("answers_apart", where=str(table))
    place = workspace_here()
    store_here.refuse_others_right(place, Person.OPERATOR)
    signed = _Signed(rejections_here.known(place), user_here(place), correct=correct, yes=yes)
    if table is not None:
        rows = answer_table.read(table, console.remark)
        with store_here.opened(console, place, place.settings.delivery) as buckets:
            return _of_table(console, buckets, rows, signed)
    if not items or decision is None:
        raise InputError("nothing_answered")
    given = OperatorAnswer(Decision(decision), reason, code, signed.by, correct=correct)
    if code:
        rejections.refuse_unknown(code, signed.known)
    with store_here.opened(console, place, place.settings.delivery) as buckets:
        return each(console, items, lambda wanted: _one(console, buckets, wanted, given, yes=yes))


def _one(console: Console, buckets: Buckets, wanted: str, given: OperatorAnswer, *, yes: bool) -> int:
    there = acknowledgement.newest(buckets, wanted)
    acknowledgement.refuse(there, given)  # nobody is asked about what is not done anyway
    if doubt := acknowledgement.doubt(there, given.decision):
        asking.agreed(console, doubt, said=yes)
    return _put(console, buckets, there, given)


def _put(console: Console, buckets: Buckets, there: Delivery, given: OperatorAnswer, **row: object) -> int:
    there, new = acknowledgement.answer(buckets, there, given)
    console.give({**there.model_dump(mode="json"), **row})
    console.tell(
        "answered" if new else "answered_already",
        id=there.ref.typed,
        title=there.title,
        revision=there.revision or "?",
        decision=console.word(f"decision_{given.decision}"),
    )
    return 0


@dataclass(frozen=True)
class _Signed:
    """What is the same for every row of a table."""

    known: Rejections
    by: str
    correct: bool
    yes: bool


def _of_table(console: Console, buckets: Buckets, rows: list[Row], signed: _Signed) -> int:
    """Every row is judged, then those that are good are put; a line a row, in the table's order."""
    listed = answering.Deliveries(buckets)

    def refuse(there: Delivery, given: OperatorAnswer) -> None:
        acknowledgement.refuse(there, given)
        if given.code:
            rejections.refuse_unknown(given.code, signed.known)
        if not signed.yes and (doubt := acknowledgement.doubt(there, given.decision)):
            raise doubt

    asked: list[Judged] = []
    for row in rows:
        try:
            asked.append(Judged(answer_table.answer_of(row, signed.by, correct=signed.correct)))
        except InputError as fault:
            asked.append(Judged(AnswerRow(row.where, "", OperatorAnswer(Decision.REJECT)), fault=fault))
    judged = iter(answering.judge([item.row for item in asked if not item.fault], listed.newest, refuse))
    return worst(console, [_row(console, buckets, item if item.fault else next(judged)) for item in asked])


def _row(console: Console, buckets: Buckets, item: Judged) -> int:
    """Put one judged row; of the package it is asked anew how it stands, since many rows may lie between."""
    there, where = item.there, item.row.where
    if item.fault is not None or there is None:
        fault = item.fault or InputError("no_such_delivery", where=where)
        console.say("answer_row_not", where=where, id=item.row.wanted)
        failed(console, fault, item=item.row.wanted, row=where)
        return fault.exit_code

    def put() -> int:
        package = buckets.place_of_delivery(there.ref).package(there.package_id)
        return _put(console, buckets, package.delivery(), item.row.given, row=where)

    return attempt(console, item.row.wanted, put)
