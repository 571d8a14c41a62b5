"""Which packages an operator chooses: by prefecture, by column, by the day on which they were ready, by answers."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.errors import InputError, IntegrityError
from pipeline.exchange.selection import Unreadable
from pipeline.model.china_time import CHINA
from pipeline.model.days_off import LAST_DAY
from pipeline.model.delivery import Delivery
from pipeline.model.vocabulary import Vocabulary
from pipeline.storage.buckets import Buckets
from pipeline.storage.network.together import together

_FIRST_YEAR = 1970  # what some type for «all»


@dataclass(frozen=True)
class PullChoice:
    """What is asked for; nothing said is everything.

    Args:
        prefectures: their codes.
        column: as submissions name it, or by any other name of the vocabulary's; width, case and spaces of letters do
            not matter.
        since: the first day, as it is in China.
        answered: True with what was answered, False without; None as the command does by itself.
        columns: the vocabulary of columns.
    """

    prefectures: frozenset[str] = frozenset()
    column: str | None = None
    since: date | None = None
    answered: bool | None = None
    columns: Vocabulary | None = None

    @property
    def is_narrow(self) -> bool:
        """Whether packages may be left out that were not answered yet."""
        return bool(self.prefectures or self.column or self.since)

    def unanswered(self, *, default: bool) -> bool:
        """Whether only what is unanswered is meant."""
        return default if self.answered is None else not self.answered


EVERYTHING = PullChoice()


def day(text: str, option: str) -> date:
    """A day as people type it: 2026-07-01.

    Raises:
        InputError: it is none, or one that nobody can mean.
    """
    try:
        found = datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=CHINA).date()
    except ValueError as error:
        raise InputError("date_wrong", where=option) from error
    if not _FIRST_YEAR <= found.year <= LAST_DAY.year:  # days are counted from it, back and forth
        raise InputError("date_wrong", where=option)
    return found


def is_since(at: datetime | None, first: date | None) -> bool:
    """Whether something was done on a day in China, or later; what has no time never was."""
    if first is None:
        return True
    return at is not None and at.astimezone(CHINA).date() >= first


def chosen(buckets: Buckets, found: Sequence[Delivery], choice: PullChoice, unreadable: Unreadable) -> list[Delivery]:
    """Those of the packages that are chosen.

    A marker of an earlier version does not say the column: then the manifest does. Of one whose manifest can't be read
    `unreadable` hears, so that none is left out in silence.
    """
    kept = [
        item
        for item in found
        if (not choice.prefectures or item.prefecture in choice.prefectures) and is_since(item.ready_at, choice.since)
    ]
    if choice.column is None:
        return kept
    wanted = _meant(choice.column, choice.columns)
    columns = together(lambda item: _column(buckets, item), kept)
    fitting = []
    for item, column in zip(kept, columns, strict=True):
        if isinstance(column, IntegrityError):
            unreadable(column)
        elif _meant(column, choice.columns) == wanted:
            fitting.append(item)
    return fitting


def _column(buckets: Buckets, item: Delivery) -> str | IntegrityError:
    if item.column is not None:
        return item.column
    try:
        package, _ = buckets.place_of_delivery(item.ref).package(item.package_id).manifest()
    except IntegrityError as fault:
        return fault
    return package.submission.column or ""


def _meant(text: str, columns: Vocabulary | None) -> str:
    """The column by its id in the vocabulary, else by what was written."""
    if columns and (term := columns.find(text)):
        return f"={term.name}"
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())
