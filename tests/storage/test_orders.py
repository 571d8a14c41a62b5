"""Records of C2 orders beside a package: put once, found by a listing that jumps the media, none of its files."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from pipeline.errors import IntegrityError
from pipeline.model.c2_records import How, Order, OrderAction, OrderAnswer, OrderResult, OrderState, correlate_id
from pipeline.model.reference import SubmissionRef
from pipeline.storage import layout, orders
from pipeline.storage.bucket import Bucket
from pipeline.storage.delivery import PackagePlace
from pipeline.storage.orders import OrderPlace
from pipeline.storage.place import Contents

REF = SubmissionRef("653200", "order-film")
PACKAGE = "a1" * 8
HEAD_END = "http://head.example/c2"
AT = datetime(2026, 6, 1, tzinfo=UTC)


def order(earlier: int = 0, action: OrderAction = OrderAction.REGIST, package_id: str = PACKAGE) -> Order:
    return Order(
        correlate_id=correlate_id(HEAD_END, package_id, action, earlier),
        head_end=HEAD_END,
        action=action,
        earlier=earlier,
        csp_id="XJDE",
        lsp_id="XJTEL",
        dialect="c2-3.0",
        package_id=package_id,
        by="编辑",
        at=AT,
    )


def place(bucket: Bucket, made: Order, ref: SubmissionRef = REF) -> OrderPlace:
    return OrderPlace(bucket, ref, made.package_id, made.correlate_id)


def put(bucket: Bucket, name: str) -> None:
    content = name.encode()
    bucket.put(
        layout.package_prefix(REF, PACKAGE) + name,
        content,
        sha256=hashlib.sha256(content).hexdigest(),
        media_type="text/plain",
    )


def test_records_are_put_once_and_found_without_reading_segments(delivery: Bucket) -> None:
    first, second = order(), order(1)
    for name in ("checksums.sha256", *(f"hls/v/{number:03}.m4s" for number in range(80)), "ts/hd.ts"):
        put(delivery, name)
    assert place(delivery, first).put_order(first)
    assert not place(delivery, first).put_order(first.model_copy(update={"by": "别人"}))
    assert place(delivery, second).put_order(second)
    answer = OrderAnswer(correlate_id=first.correlate_id, result=0, at=AT)
    assert place(delivery, first).put_answer(answer)
    result = OrderResult(correlate_id=first.correlate_id, cmd_result=0, how=How.NOTICE, at=AT)
    assert place(delivery, first).put_result(result)
    assert not place(delivery, first).put_result(result.model_copy(update={"cmd_result": -1}))

    found = list(delivery.walk(layout.submission_prefix(REF), layout.without_media, layout.DELIVERY_KEYS))
    assert not [item.key for item in found if item.key.endswith((".m4s", ".ts"))][1:]  # one tells that they begin
    records = orders.order_records(REF, found)
    known = orders.known_orders(records, Contents(item for record in records for item in record.objects()))
    assert {item.order.correlate_id for item in known} == {first.correlate_id, second.correlate_id}
    whole = next(item for item in known if item.order == first)
    assert (whole.answer, whole.result) == (answer, result)
    assert whole.standing(AT).state is OrderState.INGESTED
    assert place(delivery, first).known() == whole
    assert orders.earlier(known, HEAD_END, PACKAGE, OrderAction.REGIST) == 2
    assert orders.earlier(known, HEAD_END, PACKAGE, OrderAction.DELETE) == 0
    assert PackagePlace(delivery, REF, PACKAGE).delivery().state.value == "uploading"


def test_of_two_who_order_at_once_one_wins(delivery: Bucket) -> None:
    made = order(action=OrderAction.UPDATE)
    assert [place(delivery, made).put_order(made.model_copy(update={"by": who})) for who in ("甲", "乙")] == [
        True,
        False,
    ]


def test_a_record_that_is_another_orders_is_told_and_hides_no_other(delivery: Bucket) -> None:
    ref = SubmissionRef("653200", "odd-film")
    good, odd = order(package_id="b2" * 8), order(7, package_id="b2" * 8)
    assert place(delivery, good, ref).put_order(good)
    key = place(delivery, odd, ref).place.prefix + layout.ORDER
    assert delivery.put_if_absent(key, good.to_file())
    listed = list(delivery.walk(layout.submission_prefix(ref), layout.without_media, layout.DELIVERY_KEYS))
    records = orders.order_records(ref, listed)
    contents = Contents(item for record in records for item in record.objects())
    told, faults = [], []
    for record in records:
        try:
            told.append(record.read(contents))
        except IntegrityError as fault:
            faults.append(fault.key)
    assert [item and item.order for item in told] == [good]
    assert faults == ["marker_differs"]


def test_only_records_of_orders_are_looked_at_below_c2() -> None:
    own = "653200/x/p/c2/" + "a" * 32
    assert layout.is_order(f"{own}/ORDER.json")
    assert layout.without_media(f"{own}/RESULT.json") is None
    for other in (f"{own}/order.xml", "653200/x/r1/c2/film.mov", "653200/x/p/c2/zz/ORDER.json"):
        assert not layout.is_order(other)
        assert layout.without_media(other) is not None
