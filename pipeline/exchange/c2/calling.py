"""A call over HTTP(S): ExecCmd to a head-end, and ResultNotify of the one that we play; tried again with its
CorrelateID, since a resend keeps it (C2 3.0, clause 2.2)."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pipeline import passwords
from pipeline.errors import InputError, TransferError
from pipeline.exchange.c2 import http_request, outside_words, soap
from pipeline.exchange.c2.envelope import MOST_BYTES, Faulted
from pipeline.exchange.c2.http_request import NoHttpAnswer, Request
from pipeline.exchange.c2.soap import Form
from pipeline.exchange.c2.untrusted_xml import Unreadable
from pipeline.model.c2_wire import SPECIFIED, ExecCmd, Operation, ResultNotify, Spelling, WireAnswer

_HEADERS = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}  # there, and empty: both WSDL files
_ANSWERED = (200, 202, 500)  # 500 carries a fault (SOAP 1.1, clause 6.2)
_LOGIN = (401, 403, 407)
_BUSY = (408, 425, 429)
FAILED = -1


@dataclass(frozen=True)
class Patience:
    """How long it is tried; the specification says nothing of it.

    Args:
        deadline_s: for one answer: head-ends fetch the order before they answer, some of them.
    """

    attempts: int = 5
    wait_s: float = 1.0
    wait_most_s: float = 30.0
    deadline_s: float = 60.0


PATIENCE = Patience()


def call(
    url: str,
    message: ExecCmd | ResultNotify,
    spelling: Spelling = SPECIFIED,
    patience: Patience = PATIENCE,
    form: Form = Form.INLINE,
) -> WireAnswer:
    """Tell it, until an answer comes.

    A fault that names the message as its cause is an answer: the same would be refused again.

    Raises:
        TransferError: none came after all attempts; the other end wants another login; its certificate is not trusted.
        InputError: the address is none, or holds a password; the file of passwords is wrong.
    """
    import stamina

    request = Request(
        url,
        "POST",
        soap.written(message, spelling, form),
        _HEADERS,
        passwords.login_for(*service_at(url)),
        patience.deadline_s,
        MOST_BYTES,
    )
    attempts = stamina.retry_context(
        on=_is_passing,
        attempts=patience.attempts,
        timeout=None,
        wait_initial=patience.wait_s,
        wait_max=patience.wait_most_s,
    )
    where = passwords.redacted(url)
    try:
        for attempt in attempts:
            with attempt:
                return _once(request, message.operation, spelling)
    except NoHttpAnswer as error:
        raise TransferError("c2_no_answer", where=where, detail=error.words) from error
    raise AssertionError("stamina raises the last error")


def service_at(url: str) -> tuple[str, int]:
    """Host and port of a service.

    Raises:
        InputError: it is no address of HTTP(S), or holds a password.
    """
    passwords.refuse_in_address(url)
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, http_request.port_of(parts)
    except (ValueError, KeyError):
        host, port = None, 0
    if not host or not url.isprintable():
        raise InputError("c2_url_wrong", where=passwords.redacted(url))
    return host, port


def _is_passing(error: Exception) -> bool:
    return isinstance(error, NoHttpAnswer) and error.is_passing


def _once(request: Request, operation: Operation, spelling: Spelling) -> WireAnswer:
    answer = http_request.sent(request)
    if answer.status in _LOGIN:
        where = passwords.redacted(request.url)
        raise TransferError("c2_login_refused", where=where, file=passwords.password_file())
    if answer.status not in _ANSWERED:
        is_passing = answer.status in _BUSY or answer.status > 500
        raise NoHttpAnswer(f"HTTP {answer.status}", is_passing=is_passing)
    try:
        said = soap.read_answer(answer.body, operation, spelling).message
    except Faulted as fault:
        words = outside_words.kept(fault.words) or "SOAP Fault"
        if fault.is_servers:
            raise NoHttpAnswer(f"SOAP Fault: {words}", is_passing=True) from fault
        return WireAnswer(result=FAILED, description=words)
    except Unreadable as error:
        raise NoHttpAnswer(f"HTTP {answer.status}, {error}", is_passing=True) from error
    return WireAnswer(result=said.result, description=outside_words.kept(said.description))
