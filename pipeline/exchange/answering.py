"""Many answers at once: each is judged before any is put, and one that is wrong keeps no other from being put."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.errors import InputError, ShowcaseError
from pipeline.exchange import acknowledgement, selection
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.exchange.answer_table import AnswerRow
from pipeline.model.delivery import Delivery, State
from pipeline.storage.buckets import Buckets


@dataclass(frozen=True)
class Judged:
    """An answer and the package that it means, or why it is not put."""

    row: AnswerRow
    there: Delivery | None = None
    fault: ShowcaseError | None = None


class Deliveries:
    """Every delivery, listed once: a table of hundreds asks no question a row.

    A record that is none is told of where a row means its package.
    """

    def __init__(self, buckets: Buckets):
        self._buckets = buckets
        self._packages: dict[str, list[Delivery]] = {}
        for item in selection.deliveries(buckets, None, lambda _: None):
            if item.state is not State.UPLOADING:
                for name in {item.package_id, str(item.ref), item.submission_id}:
                    self._packages.setdefault(name, []).append(item)

    def newest(self, wanted: str) -> Delivery:
        """As `acknowledgement.newest`; what is no id of one submission or package is asked of the store.

        Raises:
            InputError: there is none, or several fit.
        """
        found = self._packages.get(selection.with_code(wanted), [])
        if len({item.ref for item in found}) == 1:
            return max(found, key=lambda item: item.revision or 0)
        return acknowledgement.newest(self._buckets, wanted)


def judge(
    rows: Sequence[AnswerRow],
    newest: Callable[[str], Delivery],
    refuse: Callable[[Delivery, OperatorAnswer], None],
) -> list[Judged]:
    """Every row with its package or its fault; two rows that answer one package differently are both at fault.

    Args:
        refuse: raises where an answer may not be put, or not without being asked about.
    """
    found = [_judged(row, newest, refuse) for row in rows]
    by_package: dict[tuple[str, str], list[Judged]] = {}
    for item in found:
        if item.there:
            by_package.setdefault((str(item.there.ref), item.there.package_id), []).append(item)
    clashing = {
        item.row.where: others[0].row.where if others[0] is not item else others[-1].row.where
        for others in by_package.values()
        if len({(one.row.given.decision, one.row.given.reason, one.row.given.code) for one in others}) > 1
        for item in others
    }
    return [
        Judged(item.row, fault=InputError("answer_twice", where=item.row.where, other=clashing[item.row.where]))
        if item.row.where in clashing and item.there
        else item
        for item in found
    ]


def _judged(
    row: AnswerRow, newest: Callable[[str], Delivery], refuse: Callable[[Delivery, OperatorAnswer], None]
) -> Judged:
    try:
        row.given.refuse_words()
        there = newest(row.wanted)
        refuse(there, row.given)
    except ShowcaseError as fault:
        return Judged(row, fault=fault)
    return Judged(row, there)
