"""What a head-end holds by our records: categories of all submissions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import InputError, TransferError
from pipeline.exchange.c2 import giving_up, holdings, sending
from pipeline.model.c2_dialect import Categories
from pipeline.model.c2_records import How, OrderAction, OrderState
from pipeline.model.delivery import Withdrawal
from pipeline.model.submission import Submission
from pipeline.storage.buckets import Buckets, contents_of
from pipeline.storage.delivery import DeliveryPlace
from pipeline.storage.orders import KnownOrder
from tests.exchange.c2.test_calling import TAKEN, head_end
from tests.exchange.c2.test_sending import DIALECT, FILM, NOW, REF, deliver, ingest, sender, stands

COLUMN = "showcase"


def of_column(name: str) -> Submission:
    return FILM.model_copy(update={"id": name, "column": COLUMN})


def registering(buckets: Buckets, url: str, folder: Path) -> sending.Sender:
    """One whose branch wants its categories from us."""
    dialect = DIALECT.model_copy(update={"categories": Categories(regist=True, codes={COLUMN: "C1"})})
    to = sender(url, folder)
    return replace(to, head_end=replace(to.head_end, dialect=dialect))


def kinds(known: KnownOrder) -> set[str]:
    return {f"{item.action} {item.type}" for item in known.order.objects}


def test_a_category_is_registered_once_whosever_film_brings_it(buckets: Buckets, tmp_path: Path) -> None:
    with head_end((200, TAKEN)) as (url, _):
        to = registering(buckets, url, tmp_path)
        told = {}
        for name in ("film", "second"):
            deliver(buckets, 1, of=of_column(name))
            told[name] = sending.told(buckets, sending.prepare(buckets, name, to), to)
        assert "REGIST Category" in kinds(told["film"])
        assert kinds(told["second"]) == kinds(told["film"]) - {"REGIST Category"}
        assert {item.order.action for item in told.values()} == {OrderAction.REGIST}
        for name, known in told.items():  # told again they say what they said
            assert sending.prepare(buckets, name, to).stands == known
        ingest(buckets, told["film"], cmd_result=-1)
        ingest(buckets, told["second"], cmd_result=-1)
        assert "REGIST Category" in kinds(sending.told(buckets, sending.prepare(buckets, "second", to), to))


def test_a_withdrawal_that_was_done_is_not_owed_for_its_category(buckets: Buckets, tmp_path: Path) -> None:
    with head_end((200, TAKEN)) as (url, _):
        to = registering(buckets, url, tmp_path)
        package_id = deliver(buckets, 1, of=of_column("film"))
        ingest(buckets, sending.told(buckets, sending.prepare(buckets, "film", to), to))
        gone = Withdrawal(package_id=package_id, by="编辑", at=NOW)
        assert DeliveryPlace(buckets.delivery, REF).package(package_id).withdraw(gone)
        assert owed(buckets) == (to.head_end.name,)
        ingest(buckets, sending.told(buckets, sending.prepare(buckets, "film", to), to))
        assert owed(buckets) == ()


def test_an_order_without_a_result_is_owed_when_withdrawn_and_given_up_it_is_decided_anew(
    buckets: Buckets, tmp_path: Path
) -> None:
    with head_end((503, b""), (503, b""), (200, TAKEN)) as (url, asked):
        to = sender(url, tmp_path)
        package_id = deliver(buckets, 1)
        with pytest.raises(TransferError):
            sending.told(buckets, sending.prepare(buckets, "film", to), to)
        (left,) = stands(buckets)
        gone = Withdrawal(package_id=package_id, by="编辑", at=NOW)
        assert DeliveryPlace(buckets.delivery, REF).package(package_id).withdraw(gone)
        assert owed(buckets) == (to.head_end.name,)
        deliver(buckets, 2)
        with pytest.raises(InputError) as refused:
            sending.prepare(buckets, "film", to)
        assert refused.value.key == "c2_order_open"
        with pytest.raises(InputError) as unknown:
            giving_up.give_up(buckets, "film", "zz", "编辑")
        assert unknown.value.key == "c2_no_such_order"
        assert [giving_up.give_up(buckets, "film", left.order.correlate_id[:9], "编辑") for _ in range(2)] == [
            True,
            False,
        ]
        (given_up,) = stands(buckets)
        assert given_up.result
        assert (given_up.result.how, given_up.standing(NOW).given_up_by) == (How.GIVEN_UP, "编辑")
        assert (given_up.state(NOW), owed(buckets)) == (OrderState.FAILED, ())
        assert buckets.delivery.get(left.order.command_file.removeprefix("store:")) == b""
        anew = sending.told(buckets, sending.prepare(buckets, "film", to), to)
        assert (anew.order.action, anew.state(NOW), len(asked)) == (OrderAction.REGIST, OrderState.SENT, 3)


def owed(buckets: Buckets) -> tuple[str, ...]:
    (record,) = buckets.records((buckets.delivery,))
    return holdings.owed(stands(buckets), record.read_packages(contents_of([record])), NOW)
