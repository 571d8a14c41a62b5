"""The service of a simulated head-end: an order is on its disk before the answer, done once, told until it is heard."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import ShowcaseError, TransferError
from pipeline.exchange.c2 import calling, fetching, http_request, soap
from pipeline.exchange.c2.calling import Patience
from pipeline.exchange.c2.fetching import Bounds, NotFetched
from pipeline.exchange.c2.http_request import NoHttpAnswer, Request
from pipeline.exchange.c2.reception import NOT_TAKEN, TAKEN, SoapReply
from pipeline.exchange.c2.simulator import judging
from pipeline.exchange.c2.simulator.faults import LATE_S, Fault, lower_first
from pipeline.exchange.c2.simulator.judging import BadOrder, Faults
from pipeline.exchange.c2.simulator.registry import Registry, TakenOrder
from pipeline.exchange.c2.simulator.spoken import said
from pipeline.exchange.c2.soap import Form
from pipeline.exchange.c2.untrusted_xml import Flaw, Unreadable
from pipeline.model.c2 import ElementType, Property, Reply, WorkOrder
from pipeline.model.c2_dialect import Dialect
from pipeline.model.c2_wire import ExecCmd, Operation, ResultNotify, Spelling, WireAnswer, spelling_of
from pipeline.package.metadata import c2_order

RESULTS = "/result/"
ONCE = Patience(attempts=1, deadline_s=30.0)
PAUSE_S, PAUSE_MOST_S = 0.5, 30.0  # with a listener that does not answer
FETCH_TRIES, FETCH_PAUSE_S = 5, 1.0
DIED = 137  # as a process that was killed
DONE, IN_PART, FAILED = "0", "1", "-1"


@dataclass(frozen=True)
class SimulatedHeadEnd:
    """What it is.

    Args:
        listener: the address that results are told to.
        csp_id, lsp_id: whom it takes orders from, and what it is called; None takes any.
    """

    listener: str
    dialect: Dialect
    folder: Path
    csp_id: str | None = None
    lsp_id: str | None = None
    fault: Fault | None = None
    late_s: float = LATE_S


@dataclass
class Simulator:
    """A head-end at work: `answer` takes calls, `start` begins with what a crash left.

    Args:
        own_url: where its answer files are fetched, without a slash at its end; known once the port is.
        told: hears of what happens.
    """

    head_end: SimulatedHeadEnd
    told: Callable[..., Any] = lambda _event, **_values: None
    own_url: str = ""
    registry: Registry = field(init=False)

    def __post_init__(self) -> None:
        self.registry = Registry(self.head_end.folder)
        self._pool = ThreadPoolExecutor(2, thread_name_prefix="simulator")
        self._one_at_a_time = threading.Lock()  # orders are done as they came: a later one builds on an earlier
        self._end = threading.Event()
        self._first = threading.Lock()

    @property
    def spelling(self) -> Spelling:
        """How it speaks."""
        own = spelling_of(self.head_end.dialect.soap)
        if self.head_end.fault is not Fault.AXIS:
            return own
        operations = {name: lower_first(own.operation(name)) for name in Operation}
        return own.model_copy(update={"operations": operations})

    @property
    def form(self) -> Form:
        """How it writes values."""
        return Form.REFERENCES if self.head_end.fault is Fault.AXIS else Form.INLINE

    def start(self) -> None:
        """Take up what is not done or not told."""
        for item in self.registry.untold():
            self._pool.submit(self._work, item)

    def close(self) -> None:
        """End after what is in hand; what is not told is told at the next start."""
        self._end.set()
        self._pool.shutdown(cancel_futures=True)

    def answer(self, content: bytes) -> SoapReply:
        """The answer to a call."""
        try:
            command = soap.read_exec_cmd(content, spelling_of(self.head_end.dialect.soap)).message
        except Unreadable as error:
            if error.flaw is Flaw.FIELD:
                return self._said(NOT_TAKEN, said("field", name=error.detail))
            return SoapReply(500, soap.fault_written(str(error), is_servers=False))
        own = self.head_end
        if own.fault is Fault.REFUSE:
            return self._said(NOT_TAKEN, said("refused"))
        if own.csp_id not in (None, command.csp_id) or own.lsp_id not in (None, command.lsp_id):
            return self._said(NOT_TAKEN, said("stranger", csp_id=command.csp_id, lsp_id=command.lsp_id))
        if self.registry.take(command):
            self.told("taken", correlate_id=command.correlate_id)
            if own.fault is Fault.DIE:
                os._exit(DIED)
            self._pool.submit(self._work, self.registry.state.orders[command.correlate_id])
        if own.fault is Fault.MALFORMED and self._first.acquire(blocking=False):
            return SoapReply(200, b"<html>502</html>")
        return self._said(TAKEN, None)

    def file(self, path: str) -> bytes | None:
        """An answer file by its path; None where there is none."""
        name = path.removeprefix(RESULTS)
        kept = self.head_end.folder / name
        is_one = path.startswith(RESULTS) and name == Path(name).name and name.endswith(".xml")
        return kept.read_bytes() if is_one and kept.is_file() else None

    def _said(self, result: int, words: str | None) -> SoapReply:
        answer = WireAnswer(result=result, description=words)
        return SoapReply(200, soap.answer_written(Operation.EXEC_CMD, answer, self.spelling, self.form))

    def _work(self, item: TakenOrder) -> None:
        command = item.command
        try:
            with self._one_at_a_time:
                result = item.cmd_result if item.cmd_result is not None else self._do(command)
            if self.head_end.fault is Fault.LATE and self._end.wait(self.head_end.late_s):
                return
            for _ in range(2 if self.head_end.fault is Fault.TWICE else 1):
                self._tell(command, result)
        except ShowcaseError as error:
            self.told("fault", correlate_id=command.correlate_id, error=error)

    def _do(self, command: ExecCmd) -> int:
        """Do an order; gives its CmdResult."""
        own, order = self.head_end, WorkOrder()
        found: Faults = {}
        words = ""
        try:
            order = judging.read(self._fetched(command.cmd_file_url), own.dialect)
            found = judging.faults(order, own.dialect, self.registry.state, own.folder)
            if own.fault is Fault.PARTIAL and order.objects:
                movies = [item for item in order.objects if item.element_type == ElementType.MOVIE]
                found.setdefault((movies[0] if movies else order.objects[-1]).key, said("partial"))
        except BadOrder as error:
            words = str(error)
        is_good = any(item.key not in found for item in order.objects)
        result = FAILED if words or (found and not is_good) else IN_PART if found else DONE
        reply = _replied(order, found, Reply(result=result, description=words or said(f"result_{result.strip('-')}")))
        path = own.folder / f"{command.correlate_id}.xml"
        path.write_bytes(c2_order.to_xml(reply))
        cmd_result = -1 if result == FAILED else 0
        self.registry.do(command.correlate_id, order if not words else WorkOrder(), set(found), cmd_result)
        self.told("done", correlate_id=command.correlate_id, result=result, failed=len(found), words=words)
        return cmd_result

    def _fetched(self, address: str) -> bytes:
        for attempt in range(FETCH_TRIES):
            try:
                return fetching.fetched(address, Bounds(c2_order.MOST_BYTES))
            except NotFetched as error:
                if not error.is_passing or attempt + 1 == FETCH_TRIES or self._end.wait(FETCH_PAUSE_S):
                    raise BadOrder(said("no_order", detail=error.words or error.why)) from error
        raise AssertionError("the last attempt raises")

    def _tell(self, command: ExecCmd, result: int) -> None:
        own = self.head_end
        message = ResultNotify(
            csp_id=command.csp_id,
            lsp_id=command.lsp_id,
            correlate_id=command.correlate_id,
            cmd_result=result,
            result_file_url=f"{self.own_url}{RESULTS}{command.correlate_id}.xml",
        )
        if own.fault is Fault.MALFORMED:
            self._send_badly()
        pause = PAUSE_S
        while True:
            try:
                answer = calling.call(own.listener, message, self.spelling, ONCE, self.form)
                break
            except TransferError as error:
                if pause == PAUSE_S:
                    self.told("fault", correlate_id=command.correlate_id, error=error)
                if self._end.wait(pause):
                    return
                pause = min(pause * 2, PAUSE_MOST_S)
        self.registry.was_told(command.correlate_id)
        self.told("told", correlate_id=command.correlate_id, result=result, answer=answer.result)

    def _send_badly(self) -> None:
        for content in (b"", b"<!DOCTYPE x><x/>", b"<Envelope><Body><ResultNotify/></Body></Envelope>"):
            try:
                http_request.sent(Request(self.head_end.listener, "POST", content, {"Content-Type": "text/xml"}))
            except NoHttpAnswer:
                time.sleep(0.1)


def url_of(host: str, port: int) -> str:
    """The address of what listens there."""
    return urlsplit(f"http://{f'[{host}]' if ':' in host else host}:{port}").geturl()


def _replied(order: WorkOrder, found: Faults, reply: Reply) -> WorkOrder:
    """The order with a result on each object and mapping (clause 3.16)."""

    def results(words: str | None) -> tuple[Property, ...]:
        told = (Property(name="Result", text=DONE if words is None else IN_PART),)
        return told if words is None else (*told, Property(name="ErrorDescription", text=words[:1024]))

    return WorkOrder(
        objects=tuple(item.model_copy(update={"properties": results(found.get(item.key))}) for item in order.objects),
        mappings=tuple(item.model_copy(update={"properties": results(found.get(item.key))}) for item in order.mappings),
        reply=reply,
    )
