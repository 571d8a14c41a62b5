"""Which film each row of a season's list is about: by its id, by its title, or a new one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.errors import InputError
from pipeline.exchange.campaign.listed import ListedCell, ListedRow
from pipeline.exchange.campaign.listed_values import Unfit, refuse_odd
from pipeline.exchange.campaign.written import Values, Written, read_written
from pipeline.exchange.selection import plain_title
from pipeline.exchange.spoken_id import id_of_title
from pipeline.model import region
from pipeline.model.campaign_status import BoardFilm, CampaignStatus
from pipeline.workbook import Odd

_MOST_SHOWN, _MOST_KNOWN = 80, 20


@dataclass(frozen=True)
class Wrong:
    """A cell that says nothing that can be taken; `why` has words in the catalogue, as a problem or an error."""

    where: str
    heading: str
    why: Unfit | InputError

    @property
    def place(self) -> tuple[int, int]:
        """Line and column, for the order of the table."""
        numbers = [int(part) for part in self.where.split(":")[-2:] if part.isdigit()]
        return (numbers[0], numbers[1]) if len(numbers) > 1 else (numbers[0] if numbers else 0, 0)


@dataclass(frozen=True)
class Found:
    """A row, and what it is about.

    Args:
        id: None of words on a whole prefecture.
        film: as the board has it; None of a new one.
        was: what the board's own table had in it.
        named: the cell that names the film.
    """

    row: ListedRow
    prefecture: str
    id: str | None
    film: BoardFilm | None
    was: Values | None
    named: ListedCell


@dataclass
class Rows:
    """All rows of a list against the board.

    Args:
        own: the only prefecture that is spoken of, and that of rows which name none.

    Raises:
        InputError: another season's board wrote the table.
    """

    status: CampaignStatus
    rows: Sequence[ListedRow]
    own: str | None
    found: list[Found] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)
    _written: dict[tuple[str, str], Values] = field(default_factory=dict)
    _seen: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        own = [self._anchor(row) for row in self.rows]
        ids = {row.text("id") for row in self.rows}
        for row, anchor in zip(self.rows, own, strict=True):
            cell = row.beyond
            try:
                if row.beyond:
                    raise Unfit("listed_beyond", text=row.beyond.text[:_MOST_SHOWN])
                if not row.says:
                    continue
                cell = next(iter(row.fields.values()), None) or next(iter(row.milestones.values()))
                code, cell = self._prefecture(row, cell)
                cell = next((row.fields[name] for name in ("id", "title") if row.text(name)), cell)
                if anchor and anchor.id not in ids and not self._is_known(code, row.text("id")):
                    raise Unfit("listed_id_lost", id=anchor.id)
                self._take(row, code, cell)
            except Unfit as error:
                place = cell or ListedCell("", row.where, "-")
                self.wrong.append(Wrong(place.where, place.heading, error))

    def _anchor(self, row: ListedRow) -> Written | None:
        """What the board's own table says of itself in a row's last cell."""
        cell = row.fields.get("written")
        if cell is None or not cell.text:
            return None
        found = read_written(cell.text)
        if found is None:
            self.wrong.append(Wrong(cell.where, cell.heading, Unfit("listed_written")))
            return None
        if found.campaign != self.status.campaign.id:
            raise InputError(
                "campaign_list_other", where=cell.where, written=found.campaign, campaign=self.status.campaign.id
            )
        self._written.setdefault((found.prefecture, found.id), found.values)
        return found

    def _prefecture(self, row: ListedRow, first: ListedCell) -> tuple[str, ListedCell]:
        """Whose row it is, and the cell that says so."""
        cell = row.fields.get("prefecture")
        if cell and cell.text:
            refuse_odd(cell, takes=(Odd.NUMBER,))
            code = region.code_of(cell.text)
            if code is None and region.is_corps(cell.text):
                raise Unfit("prefecture_corps", text=cell.text[:_MOST_SHOWN], cities=region.corps_cities())
            if code is None:
                raise Unfit("prefecture", text=cell.text[:_MOST_SHOWN], known=region.names())
            if self.own not in (None, code):
                raise Unfit("listed_prefecture_other", own=region.called(self.own or ""))
            return code, cell
        if self.own:
            return self.own, cell or first
        placed = self.status.films_of(row.text("id")) if row.text("id") else ()
        if len(placed) == 1:
            return placed[0][0].prefecture, cell or first
        if cell and cell.above:
            raise Unfit("listed_joined", above=cell.above[:_MOST_SHOWN])
        raise Unfit("listed_prefecture_unsaid")

    def _take(self, row: ListedRow, code: str, cell: ListedCell) -> None:
        for name in ("id", "title"):
            if name in row.fields:
                refuse_odd(row.fields[name], takes=(Odd.NUMBER,))
        identity, film = self._film(row, code)
        if identity is None:
            self.found.append(Found(row, code, None, None, None, cell))
            return
        if (code, identity) in self._seen:
            raise Unfit("listed_twice", id=identity, first=self._seen[code, identity])
        self._seen[code, identity] = row.where
        self.found.append(Found(row, code, identity, film, self._written.get((code, identity)), cell))

    def _film(self, row: ListedRow, code: str) -> tuple[str | None, BoardFilm | None]:
        """Id and film; no film of a new one, no id of a row that has words on its prefecture alone."""
        title = row.text("title")
        if said := row.text("id").removeprefix(f"{code}/"):
            return self._by_id(code, said, is_named=bool(title))
        if not title:
            others = (*(row.text(name) for name in ("column", "length")), *(c.text for c in row.milestones.values()))
            if any(others):
                raise Unfit("listed_nameless")
            return None, None
        films = self._films(code)
        named = [film for film in films if plain_title(film.title or "") == plain_title(title)]
        fitting = [film for film in named if film.standing.counts] or named
        if len(fitting) > 1:
            raise Unfit("listed_title_twice", ids=_listed(film.id for film in fitting))
        return (fitting[0].id, fitting[0]) if fitting else (id_of_title(code, title), None)

    def _by_id(self, code: str, said: str, *, is_named: bool) -> tuple[str, BoardFilm | None]:
        row = self.status.row(code)
        film = row.film(said) if row else None
        if film and film.id:
            return film.id, film
        if other := next((prefecture for prefecture, identity in self._written if identity == said), None):
            raise Unfit("listed_moved", id=said, prefecture=region.called(other))
        if not is_named or not said.startswith(f"{code}-"):
            raise Unfit("listed_id", id=said[:_MOST_SHOWN], known=_listed(film.id for film in self._films(code)))
        return said, None

    def _is_known(self, code: str, identity: str) -> bool:
        return any(identity in (film.id, film.submission_id) for film in self._films(code))

    def _films(self, code: str) -> list[BoardFilm]:
        row = self.status.row(code)
        return [film for film in (row.films if row else ()) if film.id]


def _listed(ids: Iterable[str | None]) -> str:
    known = [identity for identity in ids if identity]
    return ", ".join((*known[:_MOST_KNOWN], *("…" for _ in known[_MOST_KNOWN : _MOST_KNOWN + 1]))) or "-"
