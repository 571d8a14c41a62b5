"""Films into slots: pinned ones first, then each once by its column with prefectures mixed, then repeats. Pure.

The order in which films come in changes nothing: ties end at the film's id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from pipeline.exchange.running_order import fitting
from pipeline.exchange.running_order.begun import NOTHING, Begun
from pipeline.exchange.running_order.board import Board
from pipeline.exchange.running_order.outlook import Outlook
from pipeline.model.reference import SubmissionRef
from pipeline.model.running_order import Film, LeftOut, Reason, RunningOrder, Why
from pipeline.model.slots import Repeat, Slots, SlotTime, ref_of

# what is said of a film without a place: of all slots the reason of the one that it came nearest to
_NEARER = (Reason.COLUMN, Reason.LANGUAGE, Reason.LICENCE, Reason.TOO_LONG)


def lay(slots: Slots, films: Iterable[Film], kept: Begun = NOTHING) -> RunningOrder:
    """The order of a campaign; what got no place is in it with its reason, and so is every empty slot.

    Args:
        films: each submission once.
        kept: what had begun of the order that is published; it stays, and other slots alone are filled.
    """
    by_ref = {film.ref: film for film in sorted(films, key=lambda film: film.ref)}
    board = Board(slots, kept, by_ref)
    left_out = _pinned(board, by_ref)
    failed = {item.ref for item in left_out}
    waiting = [film for ref, film in by_ref.items() if not board.of(ref) and ref not in failed]
    _firsts(board, [film for film in waiting if fitting.standing(film) is None])
    _repeats(board, [film for ref, film in by_ref.items() if board.of(ref)])
    left_out += [without_place(film, why(board, film)) for film in waiting if not board.of(film.ref)]
    left_out += repeats_missing(slots, by_ref.values(), board.shown)
    return RunningOrder(
        campaign=slots.campaign,
        slots=slots,
        showings=board.showings(),
        left_out=tuple(sorted(left_out, key=lambda item: (item.ref, item.number, str(item.slot)))),
        empty=board.empty,
    )


def without_place(film: Film, said: Why) -> LeftOut:
    """A film that is not on air at all."""
    return LeftOut(prefecture=film.prefecture, submission_id=film.submission_id, title=film.title, why=said)


def not_pinned(ref: SubmissionRef, film: Film | None, time: SlotTime, said: Why) -> LeftOut:
    """A film that is not in the slot to which it is pinned."""
    title = film.title if film else None
    return LeftOut(prefecture=ref.prefecture, submission_id=ref.submission_id, title=title, slot=time, why=said)


def repeats_missing(slots: Slots, films: Iterable[Film], shown: Counter[SubmissionRef]) -> list[LeftOut]:
    """Showings that the rules say of films that are on air, and that have no slot."""
    found = []
    for film in films:
        rule = slots.rules.repeat_of(film.ref, film.column)
        if rule and 0 < shown[film.ref] <= rule.times:
            number = shown[film.ref] + 1
            made = without_place(film, fitting.standing(film) or Why(reason=Reason.NO_SLOT_LEFT))
            found.append(made.model_copy(update={"number": number, "count": rule.times + 2 - number}))
    return found


def why(board: Board, film: Film) -> Why:
    """Why a film got no slot: what all slots of its column have against it, else that none was left."""
    if said := fitting.standing(film):
        return said
    found = [fitting.unfit(board.row(time), film, time.start, time.end) for time in board.placed]
    if not all(found):
        return Why(reason=Reason.NO_SLOT_LEFT)
    return max((item for item in found if item), key=lambda item: (_NEARER.index(item.reason), -(item.seconds or 0)))


def _pinned(board: Board, films: dict[SubmissionRef, Film]) -> list[LeftOut]:
    """Put every pinned film into its slot; those for which that can't be are left out, and nowhere else."""
    times = {(time.name, time.day): time for time in board.placed}
    left_out = []
    for pin in board.rules.pinned:
        ref, time = ref_of(pin.film), times[pin.slot, pin.day]
        if board.kept.has(pin):
            continue
        film = films.get(ref)
        said = board.why_not(time, film) if film else Why(reason=Reason.UNKNOWN)
        if film and said is None:
            board.put(time, film, pinned=True)
        elif said:
            left_out.append(not_pinned(ref, film, time, said))
    return left_out


def _firsts(board: Board, films: Sequence[Film]) -> None:
    """Each film once, as early as its turn comes."""
    fits = {
        film.ref: [index for index, time in enumerate(board.times) if board.why_not(time, film) is None]
        for film in films
    }
    waiting = {film.ref: film for film in films if fits[film.ref]}
    outlook = _outlook(board, list(waiting.values()), fits)
    for index, time in enumerate(board.times):
        while waiting and (found := [film for film in waiting.values() if board.why_not(time, film) is None]):
            scarce = {film.column for film in waiting.values() if not outlook.has(film.ref)}
            ordered = _in_turn(board, index, found, [film for film in waiting.values() if film.column not in scarce])
            chosen = next((film for film in ordered if outlook.settle(film.ref, index)), None)
            if chosen is None:
                chosen = ordered[0]
                outlook.settle(chosen.ref, index, must=True)
            board.put(time, chosen)
            del waiting[chosen.ref]
        outlook.close(index)


def _outlook(board: Board, films: Sequence[Film], fits: Mapping[SubmissionRef, Sequence[int]]) -> Outlook:
    shared, gap = board.rules.share, board.rules.gap_s

    def room(time: SlotTime) -> int:
        return round((time.end - board.start(time)).total_seconds()) + gap if shared else not board.within(time)

    takes = {film.ref: (film.seconds or 0) + gap if shared else 1 for film in films}
    rooms = {index: room(time) for index, time in enumerate(board.times)}
    return Outlook({film.ref: fits[film.ref] for film in films}, rooms, takes)


def _in_turn(board: Board, index: int, films: Sequence[Film], waiting: Sequence[Film]) -> list[Film]:
    """Films that fit a slot, the one whose turn it is first.

    By column; then another prefecture than those before and behind it; then one that has more films than all others
    together, since these would follow each other at the end; then the one that was on air least.

    Args:
        waiting: all that come yet; none of a column of which some get no slot, so that each prefecture has its turn.
    """
    neighbours = board.neighbours(index)
    shown = Counter(item.prefecture for time in board.times for item in board.within(time))
    left = Counter((film.column, film.prefecture) for film in waiting)
    total = Counter(film.column for film in waiting)

    def turn(film: Film) -> tuple[object, ...]:
        return (
            board.rules.rank(film.column),
            film.column or "",
            sum(film.prefecture == other for other in neighbours),
            2 * left[film.column, film.prefecture] <= total[film.column],
            shown[film.prefecture],
            film.ref,
        )

    return sorted(films, key=turn)


def _repeats(board: Board, films: Sequence[Film]) -> None:
    """Repeats into what is left, by the time: the film first that was on air least, then the one that waits longest."""
    rules = [(film, rule) for film in films if (rule := board.rules.repeat_of(film.ref, film.column))]
    for index, time in enumerate(board.times):
        while found := [film for film, rule in rules if _may_repeat(board, time, film, rule)]:
            neighbours = board.neighbours(index)

            def turn(film: Film, near: tuple[str | None, str | None] = neighbours) -> tuple[object, ...]:
                there = board.of(film.ref)
                return (
                    len(there),
                    board.rules.rank(film.column),
                    film.column or "",
                    sum(film.prefecture == other for other in near),
                    max(item.start for item in there),
                    film.ref,
                )

            board.put(time, min(found, key=turn))


def _may_repeat(board: Board, time: SlotTime, film: Film, rule: Repeat) -> bool:
    there = board.of(film.ref)
    if len(there) > rule.times or board.why_not(time, film) is not None:
        return False
    start = board.start(time)
    return start > min(item.start for item in there) and all(
        rule.is_far_enough(*sorted((start, item.start))) for item in there
    )
