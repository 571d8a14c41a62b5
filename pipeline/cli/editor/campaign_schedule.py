"""showcase campaign schedule"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click

from pipeline import durable, shipped
from pipeline.catalogue import LANGUAGES
from pipeline.cli import campaign_here, store_here
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, left_out, options, size
from pipeline.cli.editor import order_view
from pipeline.cli.editor.order_view import Since
from pipeline.cli.paper_place import refuse_paper
from pipeline.errors import InLanguages, InputError, ShowcaseError
from pipeline.exchange.running_order import begun, films, holding, laying, order_table, publishing, slots_file, watching
from pipeline.exchange.running_order.begun import Begun
from pipeline.exchange.running_order.holding import Held, Violation
from pipeline.exchange.running_order.order_table import OrderTable
from pipeline.exchange.running_order.placing import Outside
from pipeline.exchange.running_order.publishing import PublishedOrder
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.china_time import end_of_day
from pipeline.model.inbox import Person
from pipeline.model.running_order import Film, RunningOrder, Showing
from pipeline.model.slots import Slots, ref_of
from pipeline.model.vocabulary import Vocabulary
from pipeline.report.order_words import OrderWords
from pipeline.yamlio import Problem

KINDS = (".xlsx", ".html", ".xml")
MOST_SHOWN = 200


@click.argument("file", required=False, metavar="SLOTS", type=click.Path(path_type=Path))
@click.option("--from", "table", metavar="TABLE", type=click.Path(path_type=Path))
@click.option("-o", "--output", "papers", multiple=True, metavar="FILE", type=click.Path(path_type=Path))
@click.option("--campaign", metavar="ID")
@click.option("--publish", is_flag=True)
@click.option("-n", "--dry-run", is_flag=True)
@campaign_here.on_day
@options
def schedule(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    file: Path | None,
    table: Path | None,
    papers: tuple[Path, ...],
    campaign: str | None,
    publish: bool,
    dry_run: bool,
    today: str | None,
) -> int:
    """Lay what was taken over into slots, hold an order made by hand to the same rules, or show the published one."""
    place = workspace_here()
    own = campaign_here.own_prefecture(place)
    until = _end_of(today, is_look=not (file or table or publish))
    if publish:
        store_here.refuse_others_right(place, Person.EDITOR)
    for paper in papers:
        _refuse(paper)
    columns = Vocabularies((place.profiles, shipped.folder("profiles"))).columns
    words = OrderWords(console.language, columns)
    said = slots_file.read(file, columns) if file else None
    listed = order_table.read(table, console.remark) if table else None
    faults: list[ShowcaseError] = []
    writes = publish and not dry_run
    with store_here.opened(console, place, *((place.settings.delivery,) if writes else ())) as buckets:
        wanted = said.campaign if said else campaign
        before = publishing.newest(buckets, wanted, until) if wanted else publishing.newest_of_all(buckets, until)
        slots = said or (before.order.slots if before else None)
        if slots is None:
            return _nothing(console, asked=bool(listed or publish))
        if publish:
            publishing.refuse_unknown(buckets, slots.campaign)
        known = films.films(buckets, columns, faults.append, until)
        look = _Look([film for film in known if own in (None, film.prefecture)], until or datetime.now(UTC), own)
        since = look.since(before) if before else None
        if since and not (said or listed or publish):
            order, made = since.order, None
        else:
            made = _made(console, slots, known, listed, columns, before, look.at)
            order = made.held.order
        if publish:
            _refuse_empty(order, file or table, columns)
        stands = bool(publish and before and publishing.is_published(order, before.order))
        if before and stands:
            order = order.numbered(before.order.number)
        elif writes:
            order = publishing.publish(buckets, order)
        number = order.number or (publishing.next_number(buckets, order.campaign) if publish else None)
    is_before = since is not None and (stands or order is since.order)
    order = order.seen_by(own) if own else order
    gone = look.gone(order)
    order_view.show(console, order, words, gone, since if is_before else None)
    _tell_made(console, made, words)
    for paper in papers:
        _write(console, paper, order, words, look, gone)
    if publish and number:
        said_of_it = "order_stands" if stands else "order_published" if writes else "order_would_publish"
        _tell_published(console, order, words, said_of_it, number)
        _tell_begun(console, order, made, look.at)
    if since and (stands or not writes):
        order_view.show_gaps(console, since.order, since.gaps, words, knows_all=own is None)
    return left_out(console, faults)


@dataclass(frozen=True)
class _Look:
    """What is known of films when an order is looked at.

    Args:
        films: those that may be seen.
        at: when.
        own: the prefecture whose they are; None where all may be seen.
    """

    films: Sequence[Film]
    at: datetime
    own: str | None

    def since(self, before: PublishedOrder) -> Since:
        """What became of a published order."""
        gaps = watching.gaps(before.order, self.films, self.at, self.own)
        outside = Outside(before.order, self.films, gaps, self.at, self.own)
        order = before.order.model_copy(update={"left_out": outside.left_out()})
        return Since(order, before.at, gaps, outside.places())

    def gone(self, order: RunningOrder) -> frozenset[Showing]:
        """Showings whose film was withdrawn before they were over."""
        return watching.gone(watching.gaps(order, self.films, self.at, self.own))


@dataclass(frozen=True)
class _Made:
    """An order that was made, not looked at.

    Args:
        held: with what is said of one that was arranged by hand.
        kept: what had begun of the order that is published.
        before: the number of that one; None where there is none.
    """

    held: Held
    kept: Begun
    before: int | None


def _made(  # noqa: PLR0913 - all that an order is made of
    console: Console,
    slots: Slots,
    known: Sequence[Film],
    listed: OrderTable | None,
    columns: Vocabulary,
    before: PublishedOrder | None,
    at: datetime,
) -> _Made:
    """An order laid anew, or the one that a table has, with where that is not as it would be laid; what had begun of
    the published one is in both."""
    kept = begun.begun(before.order, at) if before else begun.NOTHING
    number = before.order.number if before else None
    if listed is None:
        return _Made(Held(laying.lay(slots, known, kept), (), ()), kept, number)
    held = holding.held(listed.rows, slots, known, kept)
    _refuse_broken(console, listed, held, columns)
    return _Made(held, kept, number)


def _tell_made(console: Console, made: _Made | None, words: OrderWords) -> None:
    """Where it is not as it would be laid, and what of it had begun."""
    if made is None:
        return
    order_view.show_hints(console, made.held.hints, words)
    order_view.show_unlisted(console, made.held.unlisted, words)
    if made.kept.showings:
        console.say("order_kept", number=made.before, count=len(made.kept.showings))


def _tell_begun(console: Console, order: RunningOrder, made: _Made | None, at: datetime) -> None:
    """What a first order has in slots that have begun: nothing says that it was on air."""
    count = len(begun.begun(order, at).showings)
    if made and made.before is None and count:
        console.say("order_begun_first", count=count)


def _tell_published(console: Console, order: RunningOrder, words: OrderWords, said: str, number: int) -> None:
    """Under which number it is. What rules say of films that are on air nowhere is not for everybody, and is named."""
    console.say(said, number=number)
    if named := order.unpublished:
        shown = words.between.join(ref_of(film).typed for film in named)
        console.say("order_unpublished", count=len(named), films=shown)


def _end_of(today: str | None, *, is_look: bool) -> datetime | None:
    """The moment until which all is looked at; None is now.

    Raises:
        InputError: it is no day, or more than a look is asked for.
    """
    day = campaign_here.day(today)
    if day and not is_look:
        raise InputError("order_of_a_day", where="--today")
    return end_of_day(day) if day else None


def _nothing(console: Console, *, asked: bool) -> int:
    """No order is published, and no slots are said.

    Raises:
        InputError: slots are needed for what was asked.
    """
    if asked:
        raise InputError("order_no_slots")
    console.remark("order_none")
    return 0


def _refuse_broken(console: Console, listed: OrderTable, held: Held, columns: Vocabulary) -> None:
    """Let pass a table that breaks no rule.

    Raises:
        InputError: it does; each rule is a line with the row's place.
    """
    for item in held.violations:
        why = item.why.model_dump(mode="json", by_alias=True)
        console.give({"item": str(item.ref), "where": item.where or str(listed.file), "why": why})
    problems = [*listed.problems, *(_problem(listed.file, item, columns) for item in held.violations)]
    if problems:
        shown = tuple(problems[:MOST_SHOWN])
        raise InputError("order_rows", where=shown[0].where, count=len(problems), problems=shown)


def _refuse_empty(order: RunningOrder, file: Path | None, columns: Vocabulary) -> None:
    """Let pass an order that has something in it.

    Raises:
        InputError: nothing is on air; each film that there is has a line with its reason.
    """
    if order.showings:
        return
    left = [Violation(None, item.ref, item.title, item.why) for item in order.left_out[:MOST_SHOWN]]
    place = file or Path(order.slots.campaign)
    problems = tuple(_problem(place, item, columns) for item in left)
    raise InputError("order_nothing", where=str(place), count=len(order.absent), problems=problems)


def _problem(file: Path, item: Violation, columns: Vocabulary) -> Problem:
    """A line in both languages."""
    zh, en = (OrderWords(language, columns).values(item.why, item.other) for language in LANGUAGES)
    values = {name: InLanguages(str(zh[name]), str(en[name])) for name in zh}
    name = f"{item.ref.typed} {item.title.zh}" if item.title else item.ref.typed
    return Problem(item.where or str(file), name, f"order_{item.why.reason}", "", values)


def _refuse(paper: Path) -> None:
    """Say what is wrong with a paper's name before the store is asked."""
    refuse_paper(paper, KINDS, InputError("order_kind", where=str(paper), known=", ".join(KINDS)))


def _write(
    console: Console, paper: Path, order: RunningOrder, words: OrderWords, look: _Look, gone: Collection[Showing]
) -> None:
    from pipeline.report import order_page, order_sheet, xmltv

    kind = paper.suffix.lower()
    if kind == ".xml":
        content = xmltv.render(order, words.columns, gone)
    elif kind == ".xlsx":
        content = order_sheet.workbook(order, words, look.at, gone)
    else:
        content = order_page.page(order, words, look.at, gone)
    durable.make_folder(paper.absolute().parent)
    durable.write(paper, content)
    console.say("placed", file=paper, size=size(len(content)))
    if kind == ".xml":
        order_view.show_guide(console, paper, gone, words, knows_all=look.own is None)
