"""What `move` puts: a film goes to another prefecture, and all that is known of it goes along."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.errors import InputError
from pipeline.exchange.campaign.refusing import Asked, film_unknown, moved, refuse
from pipeline.model.campaign_records import (
    MOST_CARRIED,
    CarriedDone,
    CarriedExtension,
    CarriedNote,
    Entry,
    MovedIn,
    MovedOut,
    Side,
)
from pipeline.model.campaign_status import BoardFilm, CampaignStatus, CellState, Standing


def moving(status: CampaignStatus, prefecture: str, identity: str, to: str) -> Mapping[str, tuple[Entry, ...]]:
    """What is to be put, by prefecture and in this order: the new place first, so that a rerun completes it.

    Returns:
        Nothing where all is put already.

    Raises:
        InputError: there is no such film, it was handed in, dropped or moved elsewhere, or the other prefecture has
            another one of this id.
    """
    asked = Asked(status, prefecture)
    film = asked.film(identity)
    if film is None or film.id is None:
        raise film_unknown(asked, identity)
    leaves = MovedOut(id=film.id, to=to)
    if film.standing is Standing.MOVED and film.moved_to == to:
        return {} if film.moved_said else {prefecture: (leaves,)}
    if film.standing is Standing.MOVED:
        raise moved(film)
    if film.standing is Standing.DROPPED:
        raise InputError("campaign_film_dropped", where=identity, reason=film.reason or "-")
    refuse(asked, Side.EDITOR, leaves)
    if to == prefecture:
        return {}
    row = status.row(to)
    there = row.film(film.id) if row else None
    if there and there.standing.counts:
        raise InputError("campaign_id_taken", where=film.id, title=there.title or "-")
    return {to: (_arrival(film, film.id, prefecture),), prefecture: (leaves,)}


def _arrival(film: BoardFilm, identity: str, origin: str) -> MovedIn:
    own = [cell for cell in film.cells if cell.extension and not cell.extension.of_prefecture]
    return MovedIn(
        id=identity,
        origin=origin,
        title=film.title or identity,
        column=film.column,
        length_s=film.length_s,
        done=tuple(
            CarriedDone(milestone=cell.milestone, on=cell.on, by=cell.said.by, side=cell.said.side)
            for cell in film.cells
            if cell.state is CellState.DONE and cell.said
        ),
        notes=tuple(
            CarriedNote(text=note.text, by=note.said.by, side=note.said.side, at=note.said.at)
            for note in film.notes[-MOST_CARRIED:]
        ),
        extensions=tuple(
            CarriedExtension(milestone=cell.milestone, until=cell.extension.until, reason=cell.extension.reason)
            for cell in own
            if cell.extension
        ),
    )
