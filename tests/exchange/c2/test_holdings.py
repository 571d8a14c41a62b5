"""What a head-end holds by our records: categories of all submissions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipeline.exchange.c2 import holdings, sending
from pipeline.model.c2_dialect import Categories
from pipeline.model.c2_records import OrderAction
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


def owed(buckets: Buckets) -> tuple[str, ...]:
    (record,) = buckets.records((buckets.delivery,))
    return holdings.owed(stands(buckets), record.read_packages(contents_of([record])), NOW)
