"""What the simulated head-end takes and what it does not: schema, dialect, what is registered, size and stream."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from pipeline import shipped
from pipeline.errors import InputError
from pipeline.exchange.c2 import order_file, reply, soap
from pipeline.exchange.c2.simulator import judging
from pipeline.exchange.c2.simulator.faults import Fault
from pipeline.exchange.c2.simulator.judging import BadOrder
from pipeline.exchange.c2.simulator.registry import HeadEndState, Registry
from pipeline.exchange.c2.simulator.service import SimulatedHeadEnd, Simulator
from pipeline.model.c2 import Action, ContentObject, Mapping, Property, WorkOrder
from pipeline.model.c2_dialect import OrderFile
from pipeline.model.c2_wire import ExecCmd, Operation
from pipeline.package.metadata import c2_dialects, c2_order
from tests.exchange.c2.conftest import ordered
from tests.exchange.c2.test_calling import head_end, home

__all__ = ["home"]
DIALECT = c2_dialects.dialect("c2-3.0", (shipped.folder("profiles"),))
PROGRAM, MOVIE, PICTURE = ("Program", "P1"), ("Movie", "M1"), ("Picture", "I1")
LINK = ("Program", "P1", "Movie", "M1")


def thing(key: tuple[str, str], action: Action = Action.REGIST, **values: str) -> ContentObject:
    properties = tuple(Property(name=name, text=text) for name, text in values.items())
    return ContentObject(element_type=key[0], code=key[1], action=action, properties=properties)


def program(action: Action = Action.REGIST, **values: str) -> ContentObject:
    return thing(PROGRAM, action, **{"Name": "村医", "Type": "专题", "DefinitionFlag": "1", **values})


def link(action: Action = Action.REGIST) -> Mapping:
    return Mapping(parent_type="Program", parent_code="P1", element_type="Movie", element_code="M1", action=action)


def state(*objects: tuple[str, str], mappings: tuple[tuple[str, str, str, str], ...] = ()) -> HeadEndState:
    return HeadEndState(objects=objects, mappings=mappings)


@contextmanager
def files(folder: Path) -> Iterator[str]:
    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *given: Any, **named: Any):
            super().__init__(*given, directory=str(folder), **named)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("item", "known", "words"),
    [
        (program(), state(), None),
        (program(), state(PROGRAM), "已经登记过"),
        (program(Action.UPDATE), state(PROGRAM), None),
        (program(Action.UPDATE), state(), "没有登记过"),
        (thing(PROGRAM, Action.DELETE), state(PROGRAM), None),
        (thing(PROGRAM, Action.DELETE), state(), "没有登记过"),
        (thing(PROGRAM, Type="专题"), state(), "缺少 Name；缺少 DefinitionFlag"),
        (program(Name="长" * 129), state(), "Name 超过 128 个字符"),
        (thing(("Cast", "C1")), state(), "本平台不收这类对象"),
    ],
)
def test_an_object_is_taken_as_the_head_end_stands(
    item: ContentObject, known: HeadEndState, words: str | None, tmp_path: Path
) -> None:
    found = judging.faults(WorkOrder(objects=(item,)), DIALECT, known, tmp_path)
    assert found == ({item.key: words} if words else {})


@pytest.mark.parametrize(
    ("made", "known", "words"),
    [
        (link(), state(PROGRAM, MOVIE), None),
        (link(), state(PROGRAM, MOVIE, mappings=(LINK,)), None),
        (link(), state(PROGRAM), "Movie M1 没有登记"),
        (link(Action.DELETE), state(PROGRAM, MOVIE), "没有这个关系"),
        (link(Action.DELETE), state(mappings=(LINK,)), None),
        (link(Action.UPDATE), state(PROGRAM, MOVIE), "本平台不收这类关系的 UPDATE"),
    ],
)
def test_a_mapping_joins_what_is_registered(
    made: Mapping, known: HeadEndState, words: str | None, tmp_path: Path
) -> None:
    found = judging.faults(WorkOrder(mappings=(made,)), DIALECT, known, tmp_path)
    assert found == ({made.key: words} if words else {})


def test_media_are_held_to_their_size_and_kind(tmp_path: Path, home: Path) -> None:
    (tmp_path / "a.ts").write_bytes(b"\x47" + b"\xff" * 187)
    (tmp_path / "a.jpg").write_bytes(b"\xff\xd8\xff\xe0....")
    (tmp_path / "b.jpg").write_bytes(b"GIF89a")

    def said(kind: tuple[str, str], file: str, **values: str) -> str:
        needed = {"Type": "1"} if kind == MOVIE else {}
        item = thing(kind, FileURL=f"{url}/{file}", **needed, **values)
        return judging.faults(WorkOrder(objects=(item,)), DIALECT, state(), tmp_path).get(kind, "")

    with files(tmp_path) as url:
        assert said(PICTURE, "a.jpg") == ""
        assert said(PICTURE, "b.jpg") == "不是 JPEG 或 PNG"
        assert said(PICTURE, "gone.jpg") == "媒体文件下载失败：HTTP 404"
        assert said(MOVIE, "a.ts", FileSize="187") == "FileSize 是 187，实际 188 字节"
        assert said(MOVIE, "a.ts", FileSize="188").startswith("不是传输流")
    assert not list(tmp_path.glob("*.media"))


def test_an_order_is_of_the_schema_and_the_dialects_root() -> None:
    work = WorkOrder(objects=(program(),))
    assert judging.read(c2_order.to_xml(work), DIALECT) == work
    own = OrderFile(namespace="http://vendor.example/ADI", version="1.0", header=True)
    written = order_file.written(work, own, ordered("a" * 20))
    dialect = DIALECT.model_copy(update={"root": own})
    assert judging.read(written, dialect).objects == work.objects
    for content, known in (
        (written, DIALECT),
        (c2_order.to_xml(work), dialect),
        (b"<html/>", DIALECT),
        (c2_order.to_xml(work).replace(b'Action="REGIST"', b'Action="REGISTER"'), DIALECT),
    ):
        with pytest.raises(BadOrder):
            judging.read(content, known)


def test_an_order_is_done_once_and_remembered(tmp_path: Path) -> None:
    command = ExecCmd(csp_id="XJDE", lsp_id="XJTEL", correlate_id="a" * 32, cmd_file_url="http://h/a.xml")
    registry = Registry(tmp_path)
    assert registry.take(command)
    assert not registry.take(command)
    registry.do(
        command.correlate_id, WorkOrder(objects=(program(), thing(MOVIE)), mappings=(link(),)), {MOVIE, LINK}, 0
    )
    again = Registry(tmp_path)
    assert again.state.objects == (PROGRAM,)
    assert [item.cmd_result for item in again.untold()] == [0]
    again.was_told(command.correlate_id)
    assert Registry(tmp_path).untold() == []
    assert (tmp_path / "registry.json").stat().st_mode & 0o077 == 0
    (tmp_path / "registry.json").write_text("{")
    with pytest.raises(InputError):
        Registry(tmp_path)


@pytest.mark.parametrize("fault", [None, Fault.AXIS, Fault.TWICE, Fault.PARTIAL])
def test_a_result_is_told_with_its_answer_file(tmp_path: Path, home: Path, fault: Fault | None) -> None:
    (tmp_path / "media").mkdir()
    work = WorkOrder(objects=(program(),))
    (tmp_path / "media" / "a.xml").write_bytes(c2_order.to_xml(work))
    answer = soap.answer_written(Operation.RESULT_NOTIFY, soap.WireAnswer(result=0))
    told = threading.Event()
    events: list[str] = []

    def heard(event: str, **_: object) -> None:
        events.append(event)
        if events.count("told") == (2 if fault is Fault.TWICE else 1):
            told.set()

    with files(tmp_path / "media") as url, head_end((200, answer)) as (listener, notices):
        own = SimulatedHeadEnd(listener, DIALECT, tmp_path / "state", fault=fault)
        simulator = Simulator(own, heard, "http://127.0.0.1:1")
        command = ExecCmd(csp_id="XJDE", lsp_id="XJTEL", correlate_id="a" * 32, cmd_file_url=f"{url}/a.xml")
        said = simulator.answer(soap.written(command))
        assert soap.read_answer(said.body, Operation.EXEC_CMD).message.result == 0
        assert told.wait(20)
        assert soap.read_answer(simulator.answer(soap.written(command)).body, Operation.EXEC_CMD).message.result == 0
        simulator.close()
        result = soap.read_result_notify(notices[0][1]).message
        kept = simulator.file(f"/result/{command.correlate_id}.xml")
        assert kept
        assert simulator.file("/result/../registry.json") is None
    assert len(notices) == (2 if fault is Fault.TWICE else 1)
    assert result.cmd_result == (-1 if fault is Fault.PARTIAL else 0)
    assert reply.read(kept).result == result.cmd_result
    assert events.count("taken") == 1
