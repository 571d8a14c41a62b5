"""One prefecture of a season: its films with every milestone, who said what, notes, what disagrees."""

from __future__ import annotations

from pipeline.cli.console import Console
from pipeline.cli.editor.board_view import moved_line
from pipeline.cli.editor.board_words import BoardWords, day, minute
from pipeline.exchange.campaign.season import Season
from pipeline.model.campaign_status import BoardFilm, BoardNote, CampaignStatus, Cell, PrefectureRow
from pipeline.model.region import name_of

MOST_BAD = 10  # records that do not count, of which each is named; --json has them all


def show(
    console: Console, status: CampaignStatus, words: BoardWords, row: PrefectureRow, only: BoardFilm | None = None
) -> None:
    """All of it, or what is said of one of its films."""
    named = sum(film.standing.counts and film.id is not None for film in row.films)
    name = name_of(row.code, console.language)
    console.tell("prefecture_head", name=name, code=row.code, season=words.name(), today=day(status.today))
    if row.expected is None:
        console.say("prefecture_not_of_it", named=named)
    else:
        console.say("prefecture_films", named=named, expected=row.expected)
    for milestone, extension in row.extensions:
        console.tell(
            "prefecture_extended",
            milestone=words.milestone(milestone),
            due=day(extension.due),
            until=day(extension.until),
            reason=extension.reason,
            by=words.said(extension.said),
        )
    for note in row.notes if only is None else ():
        _note(console, words, note)
    for film in row.films if only is None else (only,):
        show_film(console, words, film)
    for found in status.contradictions:
        if found.prefecture == row.code and (only is None or found.id == only.id):
            console.hang(words.contradiction(found))
    if only is not None:
        return
    bad = [item for item in status.bad if item.prefecture == row.code]
    for item in bad[:MOST_BAD]:
        console.hang(words.bad(item))
    if len(bad) > MOST_BAD:
        console.say("prefecture_more_bad", count=len(bad) - MOST_BAD)
    for moved in status.moved:
        console.hang(moved_line(console, words, moved))


def show_film(console: Console, words: BoardWords, film: BoardFilm) -> None:
    """One film: what it is, how each milestone stands, what was said of it."""
    title = film.title or (console.word("film_nameless") if film.id is None else "")
    console.tell("film_head", id=film.id or "-", title=title, standing=console.word(f"standing_{film.standing}"))
    if film.submission_id and film.stage:
        stage = console.word(f"stage_{film.stage}")
        console.tell("film_in_store", id=film.submission_id, stage=stage)
    if film.ended:
        to = name_of(film.moved_to, console.language) if film.moved_to else ""
        key, standing = "film_moved_to" if to else "film_dropped", console.word(f"standing_{film.standing}")
        console.tell(key, to=to, standing=standing, reason=film.reason or "-", by=words.said(film.ended))
    elif film.reason:
        console.tell("film_reason", reason=film.reason)
    if film.moved_from:
        console.tell("film_moved_from", name=name_of(film.moved_from, console.language))
    if film.on_air:
        console.tell("film_on_air", at=minute(film.on_air))
    if film.said:
        console.tell("film_announced", by=words.said(film.said))
    if film.announced_as:
        console.tell("film_announced_as", title=film.announced_as)
    for cell in film.cells:
        _cell(console, words, cell)
    for note in film.notes:
        _note(console, words, note)


def show_order(console: Console, season: Season) -> None:
    """By which order times on air are told, and that the plan was published anew behind it: that moves none of them."""
    order, at, plan = season.order, season.ordered_at, season.status
    if order is None or at is None:
        return
    said = console.word("on_air_by", number=order.number, at=minute(at))
    if plan.published_at > at:
        said += console.word("on_air_by_older", revision=plan.revision, at=minute(plan.published_at))
    console.hang(said)


def _cell(console: Console, words: BoardWords, cell: Cell) -> None:
    said = console.word("film_said", by=words.said(cell.said)) if cell.said else ""
    console.tell("film_cell", milestone=words.milestone(cell.milestone), how=words.cell(cell), said=said)
    if cell.extension and not cell.extension.of_prefecture:
        found = cell.extension
        console.tell(
            "film_extended_for",
            due=day(found.due),
            until=day(found.until),
            reason=found.reason,
            by=words.said(found.said),
        )


def _note(console: Console, words: BoardWords, note: BoardNote) -> None:
    console.tell("film_note", text=note.text, by=words.said(note.said))
