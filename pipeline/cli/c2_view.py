"""Orders to a head-end on paper: how far each is, and what it could not take, in its words."""

from __future__ import annotations

from pipeline.cli.console import Console
from pipeline.cli.status_view import local
from pipeline.model.c2_records import MappingResult, ObjectResult, OrderAnswer, OrderStanding, OrderState

MOST_SHOWN = 12  # of what failed; --json has all


def show_orders(console: Console, orders: tuple[OrderStanding, ...]) -> None:
    """A line an order, and under one that did not go well a line for each thing that failed."""
    several = len({item.head_end for item in orders}) > 1
    for item in orders:
        show_order(console, item, is_named=several)


def show_order(console: Console, item: OrderStanding, *, is_named: bool = False) -> None:
    """One order; with its head-end where there are several."""
    action, state = console.word(f"order_{item.action}"), console.word(f"order_{item.state}")
    console.tell(
        "order_line",
        action=action,
        state=state,
        at=local(item.at),
        by=item.by,
        correlate_id=item.correlate_id,
    )
    if is_named:
        console.tell("order_head_end", head_end=item.head_end)
    if item.given_up_by:
        console.tell("order_given_up", by=item.given_up_by)
    elif item.state in (OrderState.FAILED, OrderState.PARTLY):
        number = item.result if item.result is not None else "-"
        console.tell("order_said", result=number, words=_words(console, item))
    if item.why_unread:
        console.tell("order_unread", why=console.word(f"c2_unread_{item.why_unread}"))
    failed = [*map(_object, item.objects), *map(_mapping, item.mappings)]
    for what, result, words in failed[:MOST_SHOWN]:
        console.tell("order_fault", what=what, result=result, words=words or "-")
    if len(failed) > MOST_SHOWN:
        console.say("order_more", count=len(failed) - MOST_SHOWN)


def show_answer(console: Console, answer: OrderAnswer) -> None:
    """What an order that is told again was answered now, where another answer stands."""
    console.tell("order_answered_now", result=answer.result, words=_words(console, answer))


def _words(console: Console, item: OrderStanding | OrderAnswer) -> str:
    """What the dialect says of the number, and the head-end's own words."""
    said = [item.description] if item.description else []
    if item.meaning:
        said.insert(0, item.meaning.zh if console.language == "zh" else item.meaning.en)
    return " – ".join(said) or "-"


def _object(item: ObjectResult) -> tuple[str, int | str, str | None]:
    return f"{item.type} {item.code}", item.result, item.description


def _mapping(item: MappingResult) -> tuple[str, int | str, str | None]:
    what = f"{item.parent_type} {item.parent_code} – {item.element_type} {item.element_code}"
    return what, item.result, item.description
