"""`init --announced`: what was announced of a film goes into its submission, so that the board knows it by its id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.cli import campaign_here, store_here
from pipeline.cli.command_context import prefecture_code, workspace_here
from pipeline.cli.console import Console
from pipeline.errors import InputError
from pipeline.exchange.campaign.entries import Speaker
from pipeline.exchange.campaign.refusing import refuse_ended
from pipeline.exchange.campaign.season import Season
from pipeline.execute.fields import Given
from pipeline.model.campaign_status import BoardFilm

_FLAG = "--announced"
_Meant = tuple[Season, str, BoardFilm]


def fields_of(console: Console, wanted: str, flags: Mapping[str, Given]) -> dict[str, Given]:
    """Id, prefecture, title and column of an announced film; what a flag says otherwise is left to the flag.

    Args:
        wanted: the film, as it is typed.
        flags: what is said of the submission; a prefecture is the only one that is looked at.

    Raises:
        InputError: nothing fits, or several films do; it was dropped or moved away; `--id` is given too.
        EnvironmentFault: the store does not answer, or these keys may not see the season.
    """
    if "id" in flags:
        raise InputError("announced_and_id", where="--id")
    place = workspace_here()
    code = prefecture_code(flags["prefecture"].text, "--prefecture") if "prefecture" in flags else None
    with store_here.opened(console, place) as buckets:
        seen, prefecture, film = _meant(campaign_here.loaded_each(console, place, buckets), wanted, code)
    refuse_ended(film)
    known = seen.status.campaign.columns
    column = film.column or (known[0] if len(known) == 1 else None)
    term = campaign_here.columns_of(place).find(column) if column else None
    said = {"id": film.id, "prefecture": prefecture, "title": film.title, "column": term.zh if term else column}
    return {name: Given(text, (_FLAG,)) for name, text in said.items() if text and name not in flags}


def _meant(seasons: Iterable[Season], wanted: str, code: str | None) -> _Meant:
    """The film and its season: the one of just this id, else what is meant in the latest season that has any such.

    Raises:
        InputError: as of `fields_of`; of the latest season where no season has it.
    """
    name = wanted.rpartition("/")[2]
    outcomes: list[_Meant | InputError] = []
    for seen in seasons:
        try:
            prefecture, film = Speaker(seen.status, seen.own or code).film(wanted)
        except InputError as error:
            outcomes.append(error)
            continue
        if film.id in (name, f"{prefecture}-{name}"):
            return seen, prefecture, film
        outcomes.append((seen, prefecture, film))
        if not name.isascii():  # a title, and no beginning of an id
            break
    known = [item for item in outcomes if not (isinstance(item, InputError) and item.key == "campaign_film_unknown")]
    chosen = next(iter(known), outcomes[0])
    if isinstance(chosen, InputError):
        raise chosen
    return chosen
