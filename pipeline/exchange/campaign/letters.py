"""Who gets a letter on a day, and what it asks for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.model.campaign import Campaign, FilledBy, MovedDate
from pipeline.model.campaign_letters import Act, Contact, Letter, LetterItem, Letters, LongerDay, lateness
from pipeline.model.campaign_status import BoardFilm, CampaignStatus, Cell, CellState, PrefectureRow, Wanted
from pipeline.model.inbox import Person, Stage
from pipeline.model.reference import SubmissionRef

_URGENT = (CellState.LATE, CellState.RETURNED, CellState.NEAR)
_CAME_BACK = (Stage.RETURNED, Stage.REJECTED)


def letters(status: CampaignStatus, contacts: Mapping[str, Sequence[Contact]]) -> Letters:
    """A letter for each prefecture of which something is wanted that is late, near or came back.

    What waits for the editor or the operator is nothing that a prefecture could do: it is counted, and asks nobody.

    Args:
        contacts: by prefecture.
    """
    found = (_letter(status, row, contacts.get(row.code, ())) for row in status.rows)
    made = sorted((item for item in found if item), key=lambda item: lateness(item.items[0].most_late))
    others = Counter(item.prefecture for item in status.wanted if item.of is not Person.PRODUCER)
    return Letters(
        letters=tuple(made), elsewhere=tuple((row.code, others[row.code]) for row in status.rows if others[row.code])
    )


def _letter(status: CampaignStatus, row: PrefectureRow, contacts: Sequence[Contact]) -> Letter | None:
    wanted = [item for item in status.wanted if item.prefecture == row.code and item.of is Person.PRODUCER]
    items = sorted(_items(status.campaign, row, wanted), key=lambda item: lateness(item.most_late))
    if not items:
        return None
    return Letter(
        prefecture=row.code,
        today=status.today,
        items=tuple(items),
        extended=tuple(_extended(row, items)),
        moved=tuple(_moved(status.moved, row)),
        late_days=items[0].most_late.late_days,
        contacts=tuple(contacts),
        last_note=row.last_note,
    )


def _items(campaign: Campaign, row: PrefectureRow, wanted: Sequence[Wanted]) -> Iterator[LetterItem]:
    """What is wanted, and whatever came back, however much time there is."""
    asked = {item.id: item.cell for item in wanted if item.id is not None}
    for film in row.films:
        came_back = film.standing.counts and film.stage in _CAME_BACK
        if film.id is not None and (came_back or film.id in asked):
            returned = next((item for item in film.cells if _is_returned(item)), None)
            if cell := returned or asked.get(film.id) or film.next_cell:
                yield _item(campaign, row.code, film, cell)
    for item in wanted:
        if item.id is None:
            there = next((film.cells for film in row.films if film.id is None and item.cell in film.cells), ())
            yield LetterItem(act=Act.ANNOUNCE, count=item.count, cell=item.cell, also=_also(there, item.cell))


def _also(cells: Sequence[Cell], cell: Cell) -> tuple[Cell, ...]:
    return tuple(item for item in cells if item.milestone != cell.milestone and item.state in _URGENT)


def _is_returned(cell: Cell) -> bool:
    return not cell.state.is_done and cell.setback is not None and cell.setback.kind == "returned"


def _item(campaign: Campaign, prefecture: str, film: BoardFilm, cell: Cell) -> LetterItem:
    identity = film.id or ""
    own = film.submission_id if film.submission_id and film.stage in _CAME_BACK else identity
    return LetterItem(
        act=_act(campaign, film, cell),
        id=identity,
        typed=SubmissionRef(prefecture, own).typed,
        title=film.title,
        cell=cell,
        also=_also(film.cells, cell),
        reason=film.reason if film.stage in _CAME_BACK else None,
    )


def _act(campaign: Campaign, film: BoardFilm, cell: Cell) -> Act:
    milestone = campaign.milestone(cell.milestone)
    if milestone and milestone.filled_by is FilledBy.HAND:
        return Act.DONE
    if film.stage in _CAME_BACK:
        return Act.AGAIN
    if film.stage is Stage.SENDING:
        return Act.GO_ON
    if film.stage is not None:
        return Act.MASTER
    return Act.DRAFT if milestone and milestone.filled_by is FilledBy.DRAFT else Act.HAND_IN


def _extended(row: PrefectureRow, items: Iterable[LetterItem]) -> Iterator[LongerDay]:
    """Later days of what is open; those of a whole prefecture once, and not those that an item tells already."""
    told = {(item.id, item.cell.milestone) for item in items}
    open_steps = {cell.milestone for cell in row.cells if cell.done < cell.of}
    for milestone, extension in row.extensions:
        if milestone in open_steps and not any(name == milestone for _, name in told):
            yield LongerDay(milestone=milestone, extension=extension)
    for film in row.films:
        for cell in film.cells if film.standing.counts and film.id else ():
            there = cell.extension
            if there and not (there.of_prefecture or cell.state.is_done or (film.id, cell.milestone) in told):
                yield LongerDay(id=film.id, title=film.title, milestone=cell.milestone, extension=there)


def _moved(moved: Sequence[MovedDate], row: PrefectureRow) -> Iterator[MovedDate]:
    """Each date once, from what it was first to what it is now; of milestones those that are open."""
    open_steps = {cell.milestone for cell in row.cells if cell.done < cell.of}
    first: dict[str | None, MovedDate] = {}
    last: dict[str | None, MovedDate] = {}
    for item in moved:
        first.setdefault(item.milestone, item)
        last[item.milestone] = item
    for milestone, item in last.items():
        old = first[milestone].old
        if old != item.new and (milestone is None or milestone in open_steps):
            yield item.model_copy(update={"old": old})
