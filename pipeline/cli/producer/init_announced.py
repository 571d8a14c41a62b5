"""`init --announced`: what was announced of a film goes into its submission, so that the board knows it by its id."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.cli import campaign_here, store_here
from pipeline.cli.command_context import prefecture_code, workspace_here
from pipeline.cli.console import Console
from pipeline.errors import InputError
from pipeline.exchange.campaign.entries import Speaker
from pipeline.exchange.campaign.refusing import refuse_ended
from pipeline.execute.fields import Given

_FLAG = "--announced"


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
        seen = campaign_here.loaded(console, place, buckets)
    prefecture, film = Speaker(seen.status, seen.own or code).film(wanted)
    refuse_ended(film)
    known = seen.status.campaign.columns
    column = film.column or (known[0] if len(known) == 1 else None)
    term = campaign_here.columns_of(place).find(column) if column else None
    said = {"id": film.id, "prefecture": prefecture, "title": film.title, "column": term.zh if term else column}
    return {name: Given(text, (_FLAG,)) for name, text in said.items() if text and name not in flags}
