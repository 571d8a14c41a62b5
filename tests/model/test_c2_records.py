"""How far an order is: every answer, notice and reply that a head-end may give, and the hours in between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pipeline.model.c2_records import (
    How,
    MappingResult,
    ObjectResult,
    Order,
    OrderAction,
    OrderAnswer,
    OrderResult,
    OrderState,
    correlate_id,
    standing,
    state_of,
)
from pipeline.model.states import ORDER_RULES, OrderMove

T0 = datetime(2026, 6, 1, tzinfo=UTC)
CORRELATE_ID = correlate_id("http://head.example/c2", "p" * 16, OrderAction.REGIST, 0)
ORDER = Order(
    correlate_id=CORRELATE_ID,
    head_end="http://head.example/c2",
    action=OrderAction.REGIST,
    earlier=0,
    csp_id="XJDE",
    lsp_id="XJTEL",
    dialect="c2-3.0",
    package_id="p" * 16,
    by="编辑",
    at=T0,
)
GOOD = ObjectResult(type="Program", code="P1", result=0)
BAD = ObjectResult(type="Movie", code="M1", result=1, description="媒体文件下载失败")
OWN = ObjectResult(type="Movie", code="M1", result="E1001")
UNJOINED = MappingResult(parent_type="Program", parent_code="P1", element_type="Movie", element_code="M1", result=1)


def result(
    cmd: int | None = 0,
    reply: int | str | None = None,
    *objects: ObjectResult,
    mappings: tuple[MappingResult, ...] = (),
) -> OrderResult:
    return OrderResult(
        correlate_id=CORRELATE_ID,
        cmd_result=cmd,
        reply_result=reply,
        objects=objects,
        mappings=mappings,
        how=How.NOTICE,
        at=T0,
    )


@pytest.mark.parametrize(
    ("made", "state"),
    [
        (result(0), OrderState.INGESTED),
        (result(-1), OrderState.FAILED),
        (result(7), OrderState.FAILED),
        (result(0, 0), OrderState.INGESTED),
        (result(0, 0, GOOD), OrderState.INGESTED),
        (result(-1, 0, GOOD), OrderState.FAILED),
        (result(0, -1), OrderState.FAILED),
        (result(0, "E0001", GOOD), OrderState.FAILED),
        (result(0, 1), OrderState.FAILED),
        (result(0, 1, BAD), OrderState.FAILED),
        (result(0, 1, GOOD, BAD), OrderState.PARTLY),
        (result(0, 1, GOOD), OrderState.PARTLY),
        (result(0, 0, GOOD, BAD), OrderState.PARTLY),
        (result(0, 0, GOOD, OWN), OrderState.PARTLY),
        (result(0, None, BAD), OrderState.FAILED),
        (result(0, 0, GOOD, mappings=(UNJOINED,)), OrderState.PARTLY),
        (result(None, 0, GOOD), OrderState.INGESTED),
        (result(None, 1, GOOD, BAD), OrderState.PARTLY),
    ],
)
def test_a_result_is_failed_where_notice_or_reply_says_so(made: OrderResult, state: OrderState) -> None:
    assert made.state is state


def answer(number: int, hours: float = 0) -> OrderAnswer:
    return OrderAnswer(correlate_id=CORRELATE_ID, result=number, at=T0 + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("said", "made", "hours", "state"),
    [
        (None, None, 1, OrderState.SENT),
        (None, None, 25, OrderState.LATE),
        (answer(0), None, 23, OrderState.SENT),
        (answer(0), None, 25, OrderState.LATE),
        (answer(0, hours=4), None, 25, OrderState.SENT),
        (answer(-1), None, 99, OrderState.FAILED),
        (answer(0), result(0), 99, OrderState.INGESTED),
        (answer(-1), result(0), 99, OrderState.INGESTED),
    ],
)
def test_without_a_result_the_answer_and_the_hours_tell(
    said: OrderAnswer | None, made: OrderResult | None, hours: float, state: OrderState
) -> None:
    now = T0 + timedelta(hours=hours)
    assert state_of(ORDER, said, made, now) is state
    assert standing(ORDER, said, made, now).state is state


def test_an_order_is_shown_with_what_failed_and_the_number_that_says_so() -> None:
    shown = standing(ORDER, answer(0), result(0, 1, GOOD, BAD, mappings=(UNJOINED,)), T0)
    assert (shown.result, shown.objects, shown.mappings) == (1, (BAD,), (UNJOINED,))
    assert standing(ORDER, answer(0), result(-1, 0), T0).result == -1
    refused = OrderAnswer(correlate_id=CORRELATE_ID, result=-1, description="存储空间不足", at=T0)
    shown = standing(ORDER, refused, None, T0)
    assert (shown.result, shown.description, shown.state) == (-1, "存储空间不足", OrderState.FAILED)


def test_a_correlate_id_is_the_same_for_the_same_order_and_no_other() -> None:
    again = correlate_id("http://head.example/c2", "p" * 16, OrderAction.REGIST, 0)
    assert again == CORRELATE_ID == "e9ff02d2ada979c9b8c5e6e8e717d44a"
    others = {
        correlate_id("http://head.example/c3", "p" * 16, OrderAction.REGIST, 0),
        correlate_id("http://head.example/c2", "q" * 16, OrderAction.REGIST, 0),
        correlate_id("http://head.example/c2", "p" * 16, OrderAction.DELETE, 0),
        correlate_id("http://head.example/c2", "p" * 16, OrderAction.REGIST, 1),
    }
    assert len(others | {CORRELATE_ID}) == 5


def test_every_way_of_an_order_is_in_the_table_of_states() -> None:
    """A result comes to what is open or was refused, hours to what was sent; nothing undoes a result."""
    said_so_far = (None, answer(0), answer(-1))
    states = {state_of(ORDER, said, None, T0 + timedelta(hours=hours)) for said in said_so_far for hours in (1, 99)}
    for move in (OrderMove.NOTICE, OrderMove.IMPORT):
        leads = ORDER_RULES[move].leads
        assert set(leads) == states
        for made in (result(0), result(-1), result(0, 1, GOOD, BAD)):
            for said in (None, answer(0), answer(-1)):
                assert made.state in leads[state_of(ORDER, said, None, T0)]
                assert state_of(ORDER, said, made, T0 + timedelta(hours=99)) is made.state
    assert ORDER_RULES[OrderMove.HOURS].leads[state_of(ORDER, None, None, T0)] == (
        state_of(ORDER, None, None, T0 + timedelta(hours=25)),
    )
    for move in (OrderMove.SEND, OrderMove.SEND_AGAIN, OrderMove.SEND_ANEW):
        for leads_to in ORDER_RULES[move].leads.values():
            assert set(leads_to) == {state_of(ORDER, answer(number), None, T0) for number in (0, -1)}
