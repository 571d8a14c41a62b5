"""Orders as they are sent: what is recorded, who is first, how files are addressed, what a dialect's root is."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from pipeline import shipped
from pipeline.catalogue import Language
from pipeline.cli import c2_view
from pipeline.cli.console import Console
from pipeline.errors import InputError, IntegrityError, TransferError
from pipeline.exchange.c2 import addresses, command_file, holdings, http_request, importing, order_file, sending, soap
from pipeline.exchange.c2.actions import Held
from pipeline.exchange.c2.addresses import PackageAddresses
from pipeline.exchange.c2.calling import Patience
from pipeline.exchange.c2.command_file import CommandFile
from pipeline.exchange.c2.head_end import HeadEnd
from pipeline.exchange.c2.http_request import Request
from pipeline.exchange.c2.reply import Reply
from pipeline.exchange.c2.sending import Sender
from pipeline.exchange.choosing import PullChoice
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.c2 import Action, ContentObject, Property, WorkOrder
from pipeline.model.c2_dialect import OrderFile, ResultWords
from pipeline.model.c2_records import (
    How,
    MappingResult,
    ObjectResult,
    OrderAction,
    OrderAnswer,
    OrderResult,
    OrderState,
    correlate_id,
)
from pipeline.model.c2_wire import Operation, WireAnswer
from pipeline.model.delivery import Ready, Withdrawal
from pipeline.model.finding import Verdict
from pipeline.model.package import Acceptance, Package, PackageFile
from pipeline.model.plan import OutputForm
from pipeline.model.programme import Programme
from pipeline.model.reference import SubmissionRef
from pipeline.model.submission import Submission
from pipeline.package.metadata import c2_dialects, c2_order
from pipeline.package.programme import PackagedPart
from pipeline.storage.buckets import Buckets, contents_of
from pipeline.storage.delivery import DeliveryPlace
from pipeline.storage.orders import KnownOrder, OrderPlace
from tests import small_packages
from tests.exchange.c2.conftest import HEAD_END, ordered, put_order
from tests.exchange.c2.test_calling import TAKEN, head_end, home
from tests.programmes import planned, programme, rendition

__all__ = ["home"]
DIALECT = c2_dialects.dialect("c2-3.0", (shipped.folder("profiles"),))
REF = SubmissionRef("653200", "film")
FILM = Submission.model_validate_json(
    '{"schema_version":1,"id":"film","title":"村医","prefecture":"653200","media":[{"file":"f","role":"main"}]}'
)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def film(revision: int, of: Submission = FILM) -> Programme:
    renditions = (rendition("iptv-hd", OutputForm.MPEGTS), rendition("poster", OutputForm.POSTER))
    return programme(of, revision, [(PackagedPart(1, planned("iptv-hd"), renditions, {}), 1, "村医")])


def deliver(buckets: Buckets, revision: int, *, with_programme: bool = True, of: Submission = FILM) -> str:
    """A package that holds nothing but its programme."""
    ref = SubmissionRef(REF.prefecture, of.id)
    package_id = f"{revision:020x}"
    place = DeliveryPlace(buckets.delivery, ref).package(package_id).place
    content = film(revision, of).to_file()
    own = PackageFile(
        path=sending.PROGRAMME,
        size_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        role="metadata",
    )
    manifest = Package(
        package_id=package_id,
        submission_id=ref.submission_id,
        revision=revision,
        prefecture=ref.prefecture,
        submission=of,
        acceptance=Acceptance(verdict=Verdict.ACCEPT, judgements=()),
        duration_s=1.0,
        parts=(),
        renditions=(),
        tools=(),
        files=(own,) if with_programme else (),
    ).to_file()
    for name, body in ((sending.PROGRAMME, content), ("package.json", manifest)):
        digest = hashlib.sha256(body).hexdigest()
        buckets.delivery.put(place.prefix + name, body, sha256=digest, media_type="application/json")
    ready = Ready(
        package_id=package_id,
        submission_id=ref.submission_id,
        title="村医",
        revision=revision,
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
        files=2,
        size_bytes=1,
    )
    assert place.put_if_absent("READY.json", ready)
    return package_id


def sender(url: str, folder: Path, address: str = addresses.PRESIGNED, order_address: str | None = None) -> Sender:
    to = HeadEnd(url, "XJDE", "XJTEL", DIALECT)
    quick = Patience(attempts=2, wait_s=0.01, wait_most_s=0.01, deadline_s=5)
    return Sender(to, "编辑", address, order_address, folder / "orders.jsonl", quick)


def stands(buckets: Buckets) -> list[KnownOrder]:
    found = buckets.records((buckets.delivery,))
    contents = contents_of(found)
    return [item for record in found for item in record.read_orders(contents)]


def ingest(buckets: Buckets, known: KnownOrder, **values: object) -> None:
    """What its head-end says of an order."""
    place = OrderPlace(buckets.delivery, known.ref, known.order.package_id, known.order.correlate_id)
    said = {"correlate_id": known.order.correlate_id, "cmd_result": 0, "how": How.NOTICE, "at": NOW, **values}
    assert place.put_result(OrderResult.model_validate(said))


def test_an_order_is_recorded_before_it_is_told_and_told_again_as_the_same(buckets: Buckets, tmp_path: Path) -> None:
    deliver(buckets, 1)
    with head_end((503, b""), (503, b""), (200, TAKEN)) as (url, asked):
        to = sender(url, tmp_path)
        with pytest.raises(TransferError):
            sending.told(buckets, sending.prepare(buckets, "film", to), to)
        (left,) = stands(buckets)
        assert left.answer is None
        again = sending.prepare(buckets, "film", to)
        assert again.stands == left
        known = sending.told(buckets, again, to)
    assert (known.order, known.answer and known.answer.result) == (left.order, 0)
    ids = {soap.read_exec_cmd(body).message.correlate_id for _, body in asked}
    assert ids == {correlate_id(url, left.order.package_id, OrderAction.REGIST, 0)}
    fetched = http_request.sent(Request(soap.read_exec_cmd(asked[-1][1]).message.cmd_file_url))
    told = c2_order.from_xml(fetched.body)
    assert {item.element_type for item in told.objects} == {"Program", "Movie", "Picture"}
    address = next(item.text for found in told.objects for item in found.properties if item.name == "FileURL")
    assert address.startswith("http://127.0.0.1")
    for kept in stands(buckets):
        assert "Signature" not in kept.order.to_json()


def test_of_two_editors_at_once_one_tells(buckets: Buckets, tmp_path: Path) -> None:
    deliver(buckets, 1)
    with head_end((200, TAKEN)) as (url, asked):
        first, second = sender(url, tmp_path), replace(sender(url, tmp_path), by="别人")
        prepared = [sending.prepare(buckets, "film", to) for to in (first, second)]
        sending.told(buckets, prepared[0], first)
        with pytest.raises(InputError) as refused:
            sending.told(buckets, prepared[1], second)
    assert refused.value.key == "c2_sent_meanwhile"
    assert len(asked) == len(stands(buckets)) == 1


def test_sent_anew_after_a_refusal_it_is_a_new_order(buckets: Buckets, tmp_path: Path) -> None:
    deliver(buckets, 1)
    refused = soap.answer_written(Operation.EXEC_CMD, WireAnswer(result=-1, description="忙"))
    with head_end((200, refused), (200, TAKEN)) as (url, _):
        to = sender(url, tmp_path)
        known = [sending.told(buckets, sending.prepare(buckets, "film", to), to) for _ in range(2)]
    assert [item.state(NOW) for item in known] == [OrderState.FAILED, OrderState.SENT]
    assert [item.order.earlier for item in known] == [0, 1]
    file = CommandFile(buckets.delivery, known[0].order.command_file)
    assert buckets.delivery.get(file.place.removeprefix("store:")) == b""


def test_a_head_end_that_refuses_what_it_has_taken_has_taken_it(buckets: Buckets, tmp_path: Path) -> None:
    deliver(buckets, 1)
    twice = soap.answer_written(Operation.EXEC_CMD, WireAnswer(result=-1, description="重复"))
    with head_end((200, TAKEN), (200, twice)) as (url, _):
        to = sender(url, tmp_path)
        heard: list[OrderAnswer] = []
        first, again = (sending.told(buckets, sending.prepare(buckets, "film", to), to, heard.append) for _ in range(2))
    assert [(item.result, item.description) for item in heard] == [(-1, "重复")]
    assert first == again
    assert again.state(NOW) is OrderState.SENT
    assert buckets.delivery.get(again.order.command_file.removeprefix("store:"))


def test_a_number_has_the_meaning_that_the_dialect_says(
    buckets: Buckets, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(buckets, 1)
    refused = soap.answer_written(Operation.EXEC_CMD, WireAnswer(result=-2))
    words = ResultWords(code="-2", zh="媒体文件下载失败", en="the media could not be fetched")
    with head_end((200, refused)) as (url, _):
        to = sender(url, tmp_path)
        dialect = DIALECT.model_copy(update={"results": (words,)})
        to = replace(to, head_end=replace(to.head_end, dialect=dialect))
        shown = sending.told(buckets, sending.prepare(buckets, "film", to), to).standing(NOW)
    languages: tuple[tuple[Language, str], ...] = (("zh", words.zh), ("en", words.en))
    for language, text in languages:
        c2_view.show_order(Console(language), shown)
        said = capsys.readouterr().out
        assert "-2" in said
        assert text in said


def test_a_second_revision_updates_what_the_first_registered_and_its_end_deletes_it(
    buckets: Buckets, tmp_path: Path
) -> None:
    def told(order: KnownOrder) -> set[str]:
        return {f"{item.action} {item.type}" for item in order.order.objects}

    with head_end((200, TAKEN)) as (url, _):
        to = sender(url, tmp_path)
        first_id = deliver(buckets, 1)
        first = sending.told(buckets, sending.prepare(buckets, "film", to), to)
        second_id = deliver(buckets, 2)
        with pytest.raises(InputError) as refused:
            sending.prepare(buckets, "film", to)
        assert refused.value.key == "c2_order_open"
        ingest(buckets, first)
        second = sending.told(buckets, sending.prepare(buckets, "film", to), to)
        assert second.order.action is OrderAction.UPDATE
        assert {"UPDATE Program", "REGIST Movie", "DELETE Movie", "REGIST Picture", "DELETE Picture"} == told(second)
        ingest(buckets, second)
        assert sending.prepare(buckets, "film", to).is_done
        for package_id in (first_id, second_id):
            gone = Withdrawal(package_id=package_id, by="编辑", at=NOW)
            assert DeliveryPlace(buckets.delivery, REF).package(package_id).withdraw(gone)
        third = sending.told(buckets, sending.prepare(buckets, "film", to), to)
        assert first.order.at < second.order.at < third.order.at  # within a second, too
        assert told(third) == {"DELETE Program", "DELETE Movie", "DELETE Picture"}
        ingest(buckets, third)
        assert holdings.held(stands(buckets), to.head_end.name) == Held()
        with pytest.raises(InputError) as refused:
            sending.prepare(buckets, "film", to)
        assert refused.value.key == "c2_nothing_to_tell"


def test_what_failed_is_not_held_and_what_was_done_is(buckets: Buckets) -> None:
    known = put_order(buckets).known()
    assert known
    program, movie = ("Program", "P1"), ("Movie", "M1")

    def held(**values: object) -> tuple[frozenset[tuple[str, str]], int]:
        said = {"correlate_id": known.order.correlate_id, "cmd_result": 0, "how": How.NOTICE, "at": NOW, **values}
        found = holdings.held([replace(known, result=OrderResult.model_validate(said))], HEAD_END)
        return found.objects, len(found.mappings)

    good, bad = ObjectResult(type="Program", code="P1", result=0), ObjectResult(type="Movie", code="M1", result=1)
    assert held() == ({program, movie}, 1)
    assert held(reply_result=1, objects=(good, bad)) == ({program}, 0)
    assert held(cmd_result=-1) == (set(), 0)
    assert held(cmd_result=-1, objects=(good, bad)) == ({program}, 0)
    link = MappingResult(parent_type="Program", parent_code="P1", element_type="Movie", element_code="M1", result=1)
    assert held(objects=(good,), mappings=(link,)) == ({program, movie}, 0)
    assert holdings.held([known], HEAD_END) == Held()
    assert holdings.held([known], "http://another.example/") == Held()


def test_a_package_without_its_programme_is_refused(buckets: Buckets, tmp_path: Path) -> None:
    deliver(buckets, 1, with_programme=False)
    with pytest.raises(InputError) as refused:
        sending.prepare(buckets, "film", sender("http://127.0.0.1:1/", tmp_path))
    assert refused.value.key == "c2_no_programme"


def test_a_programme_that_is_not_the_manifests_is_refused(buckets: Buckets, tmp_path: Path) -> None:
    place = DeliveryPlace(buckets.delivery, REF).package(deliver(buckets, 1)).place
    body = film(2).to_file()
    digest = hashlib.sha256(body).hexdigest()
    buckets.delivery.put(place.prefix + sending.PROGRAMME, body, sha256=digest, media_type="application/json")
    with pytest.raises(IntegrityError):
        sending.prepare(buckets, "film", sender("http://127.0.0.1:1/", tmp_path))


def test_an_order_that_is_too_large_is_refused(
    buckets: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deliver(buckets, 1)
    monkeypatch.setattr(sending, "MOST_OBJECTS", 2)
    with pytest.raises(InputError) as refused:
        sending.prepare(buckets, "film", sender("http://127.0.0.1:1/", tmp_path))
    assert refused.value.key == "c2_order_large"


def test_addresses_take_their_login_from_the_password_file(buckets: Buckets, home: Path) -> None:
    netrc = home / ".netrc"
    netrc.touch(0o600)
    netrc.write_text("machine ftp.example login wir password ge@heim/7\n")
    places = PackageAddresses(
        buckets.delivery, REF, "p" * 20, "ftp://ftp.example:2121//in/{prefecture}/{code}{suffix}", 1
    )
    assert places.of("ts/hd.ts", "M1") == "ftp://wir:ge%40heim%2F7@ftp.example:2121//in/653200/M1.ts"
    plain = replace(places, template="http://cdn.example/{key}?{name}")
    assert plain.of("ts/片 1.ts", "M1").startswith("http://cdn.example/653200/film/pppp")
    assert "片" not in plain.of("ts/片 1.ts", "M1")
    with pytest.raises(InputError) as refused:
        replace(places, template=f"ftp://h/{'a' * 1020}/{{file}}").of("ts/hd.ts", "M1")
    assert refused.value.key == "c2_address_long"
    for scheme in ("ftp", "FTP"):  # the order's file lies on the same server, whatever fields name it
        host = replace(places, template=f"{scheme}://{{host}}/{{key}}")
        where = command_file.place_of("c" * 32, None, host.ftp_server)
        assert where == f"ftp://{urlsplit(buckets.delivery.store.endpoint_shown).netloc}/c2/{'c' * 32}.xml"
    assert replace(places, template="{scheme}://{host}/{key}").ftp_server is None
    assert replace(places, template=addresses.PRESIGNED).ftp_server is None
    assert places.ftp_server == "ftp.example:2121"
    for wrong in ("ftp://h/{film}", "ftp://h/{", "sftp://h/{file}", "{file}", "ftp://h/{file!r}", "ftp://h/{file:>9}"):
        with pytest.raises(InputError) as refused:
            addresses.checked(wrong, addresses.FIELDS, "x")
        assert refused.value.key == "c2_template_wrong"


def test_a_dialects_root_stands_round_the_order() -> None:
    work = WorkOrder(
        objects=(
            ContentObject(
                element_type="Program",
                code="P1",
                action=Action.REGIST,
                properties=(Property(name="Name", text="村医"),),
            ),
        )
    )
    record = ordered("a" * 20)
    plain = order_file.written(work, OrderFile(), record)
    assert plain == c2_order.to_xml(work)
    own = OrderFile(namespace="http://www.ChinaDTV.cn/CDTVStandard/ADI", version="1.0", header=True)
    made = etree.fromstring(order_file.written(work, own, record))
    assert made.tag == "{http://www.ChinaDTV.cn/CDTVStandard/ADI}ADI"
    assert made.get("Version") == "1.0"
    header = [(etree.QName(item).localname, item.text) for item in made[0]]
    assert header == [
        ("MsgID", record.correlate_id),
        ("CSPID", "XJDE"),
        ("LSPID", "XJTEL"),
        ("Timestamp", "20260601080000"),
    ]
    assert c2_order.from_xml(etree.tostring(made)).objects == work.objects


def reply(*codes: str, result: int = 0) -> Reply:
    return Reply(result, None, (), (), frozenset(("Program" if code[0] == "P" else "Movie", code) for code in codes))


def test_a_reply_is_put_to_the_order_that_its_codes_name(buckets: Buckets) -> None:
    place = put_order(buckets)
    for said, key in ((reply(), "c2_reply_of_none"), (reply("P1", "P9"), "c2_reply_of_none")):
        with pytest.raises(InputError) as refused:
            importing.put(buckets, said, "x", None)
        assert refused.value.key == key
    known, new = importing.put(buckets, reply("P1", "M1"), "x", None)
    assert (known.order.correlate_id, new) == (place.correlate_id, True)
    assert importing.put(buckets, reply("P1"), "x", None)[1] is False
    other = put_order(buckets, "other", 1)
    another = put_order(buckets, "another", 2)
    with pytest.raises(InputError) as refused:
        importing.put(buckets, reply("P1"), "x", None)
    assert refused.value.key == "c2_reply_of_several"
    known, new = importing.put(buckets, reply(result=-1), "x", other.correlate_id[:8])
    assert (known.order.correlate_id, new, known.state(NOW)) == (other.correlate_id, True, OrderState.FAILED)
    assert another.known()
    for wrong in ("", "zz", "0"):
        if wrong != "0" or not another.correlate_id.startswith("0"):
            with pytest.raises(InputError) as refused:
                importing.put(buckets, reply(), "x", wrong)
            assert refused.value.key == "c2_no_such_order"


def test_a_reply_is_put_to_no_order_that_does_something_else(buckets: Buckets) -> None:
    place = put_order(buckets)
    deleted = replace(reply("P1"), actions=frozenset({(("Program", "P1"), "DELETE")}))
    for said, order, key in (
        (deleted, None, "c2_reply_of_none"),
        (deleted, place.correlate_id, "c2_reply_of_another"),
        (reply("P9"), place.correlate_id, "c2_reply_of_another"),
    ):
        with pytest.raises(InputError) as refused:
            importing.put(buckets, said, "x", order)
        assert refused.value.key == key
    registered = replace(deleted, actions=frozenset({(("Program", "P1"), "REGIST")}))
    assert importing.put(buckets, registered, "x", place.correlate_id)[1]


def test_a_column_is_all_that_is_on_offer_of_it(buckets: Buckets) -> None:
    small_packages.deliver(buckets, "653200/a", "七一展播")
    small_packages.deliver(buckets, "653200/b", "showcase", marked=False)
    small_packages.deliver(buckets, "653100/c", "农业技术")
    small_packages.deliver(buckets, "653100/d")
    columns = Vocabularies((shipped.folder("profiles"),)).columns

    def of(column: str | None, *items: str) -> tuple[str, ...]:
        return sending.wanted(buckets, items, PullChoice(column=column, columns=columns))

    assert set(of("showcase")) == {"653200/a", "653200/b"}
    assert of("七一展播", "a", "c") == ("653200/a",)
    assert of(None, "a", "x") == ("a", "x")
    with pytest.raises(InputError) as refused:
        of("没有")
    assert refused.value.key == "c2_none_of_column"
