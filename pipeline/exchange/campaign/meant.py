"""What people type, as the film of a season that is meant: by its id, its beginning or its title, as submissions are.

The first of these that anything fits; films that count before those that were dropped, and these before the rows that
films left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipeline.errors import InputError
from pipeline.exchange.campaign.refusing import MOST_KNOWN, Asked, film_unknown
from pipeline.exchange.selection import Fit, plain_title, refuse_several
from pipeline.model import region
from pipeline.model.campaign_status import BoardFilm, CampaignStatus, Standing
from pipeline.model.reference import SubmissionRef

Placed = tuple[str, BoardFilm]  # with the code of its prefecture
Among = Callable[[BoardFilm], bool]


def anything(_: BoardFilm) -> bool:
    """Whatever has a name."""
    return True


def the_film(status: CampaignStatus, wanted: str, prefecture: str | None = None, among: Among = anything) -> Placed:
    """The one film that is meant.

    Args:
        wanted: `PREFECTURE/ID` means exactly that one.
        prefecture: the only one that is looked at; every row where none is said.
        among: the films that can be meant.

    Raises:
        InputError: nothing fits, or several films do.
    """
    found = films_meant(status, wanted, prefecture, among)
    refuse_several(wanted, [_fit(code, film) for code, film in found])
    if found:
        return found[0]
    if prefecture:
        raise film_unknown(Asked(status, prefecture), wanted, among)
    ids = [film.id for _, film in _films(status, None) if film.id and film.standing.counts and among(film)]
    known = ", ".join((*ids[:MOST_KNOWN], *("…" for _ in ids[MOST_KNOWN : MOST_KNOWN + 1])))
    raise InputError("campaign_film_unknown", where=wanted, known=known or "-")


def films_meant(
    status: CampaignStatus, wanted: str, prefecture: str | None = None, among: Among = anything
) -> list[Placed]:
    """Every film that fits what was typed; arguments as of `the_film`."""
    behind, slash, name = wanted.partition("/")
    code = region.code_of(behind) if slash else prefecture
    if slash and (code is None or prefecture not in (None, code)):
        return []
    name = name if slash else wanted
    films = [item for item in _films(status, code) if among(item[1])]
    standing = [item for item in films if item[1].standing.counts]
    by_id = _fitting(films, lambda _, film: name in (film.id, film.submission_id))
    if by_id:
        here = _fitting(by_id, lambda _, film: film.standing is not Standing.MOVED)
        return _fitting(here, lambda _, film: film.standing.counts) or here or by_id
    return _by_beginning(standing, name) or _by_title(standing, name) or _by_title(films, name)


def _films(status: CampaignStatus, prefecture: str | None) -> list[Placed]:
    """All that have a name."""
    rows = [row for row in status.rows if prefecture in (None, row.code)]
    return [(row.code, film) for row in rows for film in row.films if film.id]


def _fitting(films: Iterable[Placed], fits: Callable[[str, BoardFilm], bool]) -> list[Placed]:
    return [(code, film) for code, film in films if fits(code, film)]


def _by_beginning(films: Sequence[Placed], name: str) -> list[Placed]:
    if not name:
        return []

    def begins(code: str, film: BoardFilm) -> bool:
        identity = film.id or ""
        return identity.startswith(name) or identity.removeprefix(f"{code}-").startswith(name)

    whole = _fitting(films, lambda code, film: film.id == f"{code}-{name}")
    return whole or _fitting(films, begins)


def _by_title(films: Sequence[Placed], name: str) -> list[Placed]:
    wanted = plain_title(name)
    if not wanted:
        return []
    whole = _fitting(films, lambda _, film: wanted in _titles(film))
    return whole or _fitting(films, lambda _, film: any(title.startswith(wanted) for title in _titles(film)))


def _titles(film: BoardFilm) -> list[str]:
    return [plain_title(title) for title in (film.title, film.announced_as) if title]


def _fit(code: str, film: BoardFilm) -> Fit:
    state = film.stage.value if film.stage and film.standing.counts else film.standing.value
    return Fit(SubmissionRef(code, film.id or ""), film.title or "", state)
