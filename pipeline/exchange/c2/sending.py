"""An order to a head-end: decided by what it holds, recorded before it is told, told until it answers.

The ORDER record is a conditional put: of two editors one wins. What a crash left is told again under its CorrelateID.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from pydantic import ValidationError

from pipeline import passwords
from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import choosing, selection, versions
from pipeline.exchange.c2 import (
    actions,
    addresses,
    calling,
    command_file,
    holdings,
    order_book,
    order_file,
)
from pipeline.exchange.c2.addresses import PackageAddresses
from pipeline.exchange.c2.calling import PATIENCE, Patience
from pipeline.exchange.c2.command_file import CommandFile
from pipeline.exchange.c2.head_end import GivenHeadEnd, HeadEnd, head_end, meaning_of
from pipeline.exchange.choosing import PullChoice
from pipeline.exchange.selection import Fit, Selected
from pipeline.model.c2 import Action, ElementType, ObjectKey, WorkOrder
from pipeline.model.c2_records import (
    MOST_OBJECTS,
    Order,
    OrderAction,
    OrderAnswer,
    OrderedMapping,
    OrderedObject,
    correlate_id,
)
from pipeline.model.c2_wire import ExecCmd
from pipeline.model.delivery import Delivery, State
from pipeline.model.programme import Programme
from pipeline.model.reference import SubmissionRef
from pipeline.package.metadata.c2 import OrderFault
from pipeline.package.metadata.field_texts import FaultKind
from pipeline.storage import orders
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets, contents_of
from pipeline.storage.orders import KnownOrder, OrderPlace
from pipeline.workspace import SETTINGS, Workspace

PROGRAMME = "metadata/programme.json"
HOURS_MORE = 24  # that an address is good for beyond the hours in which an answer may come


@dataclass(frozen=True)
class Sender:
    """Who sends, to whom, and how files are addressed.

    Args:
        address: the template of files' addresses; `presigned` takes the store's own.
        order_address: of the command file; None puts it where files are.
        hints: the file of `order_book.remember`.
    """

    head_end: HeadEnd
    by: str
    address: str
    order_address: str | None
    hints: Path
    patience: Patience = PATIENCE


@dataclass(frozen=True)
class PreparedOrder:
    """An order that is not told yet, or not answered.

    Args:
        work: with places in the package for addresses.
        stands: what was told of it before, where that was broken off.
        is_done: the head-end has ingested just this; nothing is told.
    """

    ref: SubmissionRef
    title: str
    record: Order
    work: WorkOrder
    stands: KnownOrder | None = None
    is_done: bool = False


def sender(place: Workspace, given: GivenHeadEnd, by: str) -> Sender:
    """Who sends from a workspace.

    Raises:
        InputError: a setting is missing or wrong.
    """
    own = place.settings
    to = head_end(place, given)
    address = own.c2_address or to.dialect.address or addresses.PRESIGNED
    where = own.origins.get("c2_address", f"{to.dialect.name}.yaml")
    if address != addresses.PRESIGNED:
        addresses.checked(address, addresses.FIELDS, where)
    if own.c2_order_address:
        addresses.checked(own.c2_order_address, command_file.FIELDS, own.origins.get("c2_order_address", SETTINGS))
    return Sender(to, by, address, own.c2_order_address, order_book.hints_of(place))


def wanted(buckets: Buckets, items: Sequence[str], choice: PullChoice) -> tuple[str, ...]:
    """What is to be sent: those that are named; where a column is, of these, or of all that is on offer, those of it.

    Raises:
        InputError: nothing is of that column. IntegrityError: a marker, or a manifest that must say it, is damaged.
    """
    if choice.column is None:
        return tuple(items)
    named = [the_one(buckets, item).records.ref for item in items]
    there = selection.deliveries(buckets, None)
    refs = dict.fromkeys(item.ref for item in reversed(there))
    offered = [versions.offered(item for item in there if item.ref == ref) for ref in refs]
    shown = [item for item in offered if item is not None and (not named or item.ref in named)]
    found = choosing.chosen(buckets, shown, choice, selection.refuse)
    if not found:
        raise InputError("c2_none_of_column", where=choice.column)
    return tuple(str(item.ref) for item in found)


def prepare(buckets: Buckets, wanted: str, sender: Sender) -> PreparedOrder:
    """What a head-end is to be told of a submission.

    Raises:
        InputError: there is none, or several; nothing of it is there or held; the dialect lacks something; another
            order of it is not answered yet. IntegrityError: a record, or the package's programme, is damaged.
    """
    chosen = the_one(buckets, wanted)
    contents = contents_of([chosen.records])
    known = chosen.records.read_orders(contents)
    packages = [item for item in chosen.records.read_packages(contents) if chosen.means(item.package_id)]
    ref, now = chosen.records.ref, datetime.now(UTC)
    to = sender.head_end
    held = holdings.held(known, to.name)
    shown = versions.offered(packages)
    title = next((item.title for item in packages if item.title), "")
    if shown is None and not (held.objects or held.mappings or holdings.still_open(known, to.name, now)):
        raise InputError("c2_nothing_to_tell", where=wanted)
    programme = _programme(buckets, shown) if shown else None
    there = held.objects | _categories(buckets, known, to, now)
    work, faults = actions.decided(programme, to.dialect, replace(held, objects=there))
    if lacking := [item for item in faults if item.field.kind is not FaultKind.LEFT_OUT]:
        raise _lacking(wanted, to, lacking)
    package_id = shown.package_id if shown else holdings.told_last(known, to.name)
    action = _action(work, shown, held=bool(held.objects))
    done = holdings.ingested(known, to.name, package_id, action)
    if done is not None and action is not OrderAction.DELETE:
        return PreparedOrder(ref, title, done.order, work, done, is_done=True)
    count = orders.earlier(known, to.name, package_id, action)
    places = _places(buckets.delivery, ref, package_id, sender)
    record = _record(sender, places, action, work, holdings.time_after(known, now), count)
    for open_one in holdings.still_open(known, to.name, now):
        own = open_one.order
        if (own.package_id, own.action) != (package_id, action) or not holdings.is_same(own, record):
            raise InputError(
                "c2_order_open", where=str(ref), order=own.correlate_id, package=own.package_id, id=ref.typed
            )
        return PreparedOrder(ref, title, own, work, open_one)
    if not work.objects and not work.mappings:
        raise InputError("c2_nothing_to_tell", where=wanted)
    return PreparedOrder(ref, title, record, work)


def told(
    buckets: Buckets,
    prepared: PreparedOrder,
    sender: Sender,
    heard_anew: Callable[[OrderAnswer], object] = lambda _: None,
) -> KnownOrder:
    """Put its file where it is fetched, record it, tell it; gives what was answered.

    Args:
        heard_anew: hears what one that is told again was answered now, where that differs from the answer that stands.

    Raises:
        InputError: somebody else told it meanwhile; an address is too long. TransferError: nobody answers.
    """
    record, bucket = prepared.record, buckets.delivery
    place = OrderPlace(bucket, prepared.ref, record.package_id, record.correlate_id)
    file = CommandFile(bucket, record.command_file)
    # the file first: an order whose place can't be written is not recorded, so another place may be named for it
    address = file.put(rendered(bucket, prepared, sender), _valid_h(sender))
    if prepared.stands is None and not place.put_order(record):
        raise InputError("c2_sent_meanwhile", where=str(prepared.ref), id=prepared.ref.typed)
    order_book.remember(sender.hints, place)
    message = ExecCmd(
        csp_id=record.csp_id, lsp_id=record.lsp_id, correlate_id=record.correlate_id, cmd_file_url=address
    )
    said = calling.call(sender.head_end.url, message, sender.head_end.spelling, sender.patience)
    answer = OrderAnswer(
        correlate_id=record.correlate_id,
        result=said.result,
        description=said.description,
        meaning=meaning_of(sender.head_end.dialect, said.result),
        at=datetime.now(UTC).replace(microsecond=0),
    )
    place.put_answer(answer)
    found = place.known() or KnownOrder(prepared.ref, record, answer)
    if found.answer and found.answer.result != 0:  # not of one that was taken, when it is told again
        file.clear()
    if found.answer and found.answer.result != answer.result:
        heard_anew(answer)
    return found


def rendered(bucket: Bucket, prepared: PreparedOrder, sender: Sender) -> bytes:
    """The order's file with its addresses.

    Raises:
        InputError: an address is too long.
    """
    record, dialect = prepared.record, sender.head_end.dialect
    places = _places(bucket, prepared.ref, record.package_id, sender)
    return order_file.written(addresses.addressed(prepared.work, dialect, places), dialect.root, record)


def shown(bucket: Bucket, prepared: PreparedOrder, sender: Sender) -> str:
    """The order's file as it may be shown: its addresses without passwords and signatures."""
    return passwords.redacted(rendered(bucket, prepared, sender).decode("utf-8"))


def awaited(
    buckets: Buckets, known: KnownOrder, seconds: float, pause: Callable[[float], object], pause_s: float = 2.0
) -> KnownOrder:
    """The order when its result is in, or as it is after so long; `pause` waits."""
    place = OrderPlace(buckets.delivery, known.ref, known.order.package_id, known.order.correlate_id)
    left = seconds
    while known.result is None and left > 0:
        pause(min(pause_s, left))
        left -= pause_s
        known = place.known() or known
    return known


def the_one(buckets: Buckets, wanted: str) -> Selected:
    """The submission with deliveries that is meant.

    Raises:
        InputError: there is none, or several.
    """
    found = selection.select(buckets, wanted, (buckets.delivery,))
    if not found:
        raise InputError("no_such_delivery", where=wanted)
    selection.refuse_several(wanted, [Fit(item.records.ref, "", State.READY) for item in found])
    return found[0]


def _programme(buckets: Buckets, shown: Delivery) -> Programme:
    """What a package tells of its programme, held to the manifest."""
    place = buckets.place_of_delivery(shown.ref).package(shown.package_id)
    package, _ = place.manifest()
    listed = next((item for item in package.files if item.path == PROGRAMME), None)
    if listed is None:
        raise InputError("c2_no_programme", where=shown.package_id, id=shown.ref.typed)
    content = place.place.get(PROGRAMME)
    where = place.place.where(PROGRAMME)
    if content is None or hashlib.sha256(content).hexdigest() != listed.sha256:
        raise IntegrityError("manifest_differs", where=where)
    try:
        return Programme.model_validate_json(content)
    except ValidationError as error:
        raise IntegrityError("marker_unreadable", where=where) from error


def _categories(buckets: Buckets, own: Sequence[KnownOrder], to: HeadEnd, now: datetime) -> frozenset[ObjectKey]:
    """The categories that are not registered any more. An order that is told again says what it said."""
    if not to.dialect.categories.regist:
        return frozenset()
    for item in holdings.still_open(own, to.name, now):
        said = {(ordered.type, ordered.code) for ordered in item.order.objects}
        return frozenset({(ElementType.CATEGORY, code) for code in to.dialect.categories.codes.values()} - said)
    records = buckets.records((buckets.delivery,))
    contents = contents_of(records)
    known = (item for record in records for item in record.read_orders(contents))
    return holdings.categories(known, to.name, now)


def _action(work: WorkOrder, shown: Delivery | None, *, held: bool) -> OrderAction:
    if shown is None or (all(item.action == Action.DELETE for item in work.objects) and work.objects):
        return OrderAction.DELETE
    return OrderAction.UPDATE if held else OrderAction.REGIST


def _record(
    sender: Sender, places: PackageAddresses, action: OrderAction, work: WorkOrder, at: datetime, earlier: int
) -> Order:
    to, package_id = sender.head_end, places.package_id
    if max(len(work.objects), len(work.mappings)) > MOST_OBJECTS:
        raise InputError("c2_order_large", where=package_id, most=MOST_OBJECTS)
    own = correlate_id(to.name, package_id, action, earlier)
    return Order(
        correlate_id=own,
        head_end=to.name,
        action=action,
        earlier=earlier,
        csp_id=to.csp_id,
        lsp_id=to.lsp_id,
        dialect=to.dialect.name,
        package_id=package_id,
        objects=tuple(
            OrderedObject(type=item.element_type, code=item.code, action=Action(item.action)) for item in work.objects
        ),
        mappings=tuple(
            OrderedMapping(
                parent_type=item.parent_type,
                parent_code=item.parent_code,
                element_type=item.element_type,
                element_code=item.element_code,
                action=Action(item.action),
                said=actions.fingerprint(item.properties),
            )
            for item in work.mappings
        ),
        command_file=command_file.place_of(own, sender.order_address, places.ftp_server),
        late_h=to.dialect.late_h,
        by=sender.by,
        at=at,
    )


def _lacking(wanted: str, to: HeadEnd, faults: Sequence[OrderFault]) -> InputError:
    shown = ", ".join(dict.fromkeys(f"{item.element_type}.{item.field.field}" for item in faults))
    return InputError("c2_dialect_lacks", where=wanted, fields=shown, dialect=to.dialect.name)


def _places(bucket: Bucket, ref: SubmissionRef, package_id: str, sender: Sender) -> PackageAddresses:
    return PackageAddresses(bucket, ref, package_id, sender.address, _valid_h(sender))


def _valid_h(sender: Sender) -> int:
    return sender.head_end.dialect.late_h + HOURS_MORE
