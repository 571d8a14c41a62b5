"""Whether a film can be on air at a moment, by all rules but those of what else is on air. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.model.china_time import CHINA
from pipeline.model.running_order import Film, Reason, Standing, Why
from pipeline.model.slots import Slot

_INSTANT = timedelta(microseconds=1)


def standing(film: Film) -> Why | None:
    """What keeps it from any slot; None where nothing does."""
    if film.standing is not Standing.TAKEN_OVER:
        return Why(reason=Reason(film.standing.value))
    if film.seconds is None or film.package_id is None:
        return Why(reason=Reason.UNREADABLE)
    return None


def unfit(slot: Slot, film: Film, start: datetime, until: datetime) -> Why | None:
    """What keeps a film from beginning at `start` and being over at `until`; None where nothing does.

    Args:
        slot: the row of the file that the moment is of.
    """
    if why := standing(film):
        return why
    if not slot.takes_column(film.column):
        return Why(reason=Reason.COLUMN, wanted=slot.columns)
    if slot.language and slot.language not in film.languages:
        return Why(reason=Reason.LANGUAGE, wanted=(slot.language,))
    end = start + timedelta(seconds=film.seconds or 0)
    if not _is_licensed(film, start, end):
        return Why(reason=Reason.LICENCE, licence=film.licence)
    if end > until:
        return Why(reason=Reason.TOO_LONG, seconds=round((end - until).total_seconds()))
    return None


def language(slot: Slot, film: Film) -> str | None:
    """In which a film is on air in a slot."""
    return slot.language or next(iter(film.languages), None)


def _is_licensed(film: Film, start: datetime, end: datetime) -> bool:
    """Whether all of it lies in the days of the licence, the last one included; a film of several days, too."""
    if film.licence is None:
        return True
    first, last = (at.astimezone(CHINA).date() for at in (start, end - _INSTANT))
    return film.licence.start <= first and last <= film.licence.until
