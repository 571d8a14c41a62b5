"""What a notice is answered: taken once it is on the disk, the same for a repeated one, −1 for what is none of ours."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from pipeline import catalogue
from pipeline.catalogue import Language
from pipeline.errors import IntegrityError, ShowcaseError
from pipeline.exchange.c2 import soap
from pipeline.exchange.c2.journal import Full, Notice, NoticeJournal
from pipeline.exchange.c2.order_book import OrderBook
from pipeline.exchange.c2.untrusted_xml import Flaw, Unreadable
from pipeline.model.c2_wire import SPECIFIED, Operation, ResultNotify, Spelling, WireAnswer

TAKEN, NOT_TAKEN = 0, -1
LANGUAGE: Language = "zh"  # of whoever reads a head-end's log


@dataclass(frozen=True)
class SoapReply:
    """What goes back: HTTP 500 carries a fault (SOAP 1.1, clause 6.2).

    Args:
        result: of the answer; None with a fault.
        why: a key of the catalogue's `text.c2_…` where it was not taken, and what its sentence is about.
        warnings: what was odd about the notice.
    """

    status: int
    body: bytes
    result: int | None = None
    why: str | None = None
    values: Mapping[str, object] = field(default_factory=dict)
    correlate_id: str | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reception:
    """Where notices come in; many threads may call.

    Args:
        csp_id: what the head-end calls us, by the settings: it tells while the store does not answer.
        taken: is called with each new notice.
    """

    journal: NoticeJournal
    book: OrderBook
    csp_id: str | None
    spelling: Spelling = SPECIFIED
    taken: Callable[[Notice], None] = lambda _: None

    def answer(self, content: bytes) -> SoapReply:
        """The answer to a message."""
        try:
            read = soap.read_result_notify(content, self.spelling)
        except Unreadable as error:
            if error.flaw is Flaw.FIELD:
                return self._said(NOT_TAKEN, "c2_field", field=error.detail)
            return self._fault("c2_unreadable", flaw=str(error), is_servers=False)
        message = read.message
        try:
            refused = self._refused(message)
            if refused is None:
                self._take(message)
        except Full:
            return self._fault("c2_full", is_servers=True)
        except ShowcaseError:  # no space on this machine's disk
            return self._fault("c2_not_kept", is_servers=True)
        if refused is not None:
            return self._said(NOT_TAKEN, refused, correlate_id=message.correlate_id)
        return self._said(TAKEN, None, correlate_id=message.correlate_id, warnings=read.warnings)

    def _refused(self, message: ResultNotify) -> str | None:
        """Why a notice is none of ours; None where it is, or where the store does not say."""
        if self.journal.knows(message):
            return None
        try:
            place = self.book.find(message.correlate_id)
            known = place.known() if place else None
        except IntegrityError:  # there is an order, and its record is damaged: the notice is kept until that is mended
            known = None
        except ShowcaseError:
            return "c2_other_csp" if self.csp_id not in (None, message.csp_id) else None
        else:
            if known is None:
                return "c2_unknown_order"
        wanted = known.order.csp_id if known else self.csp_id
        return "c2_other_csp" if wanted not in (None, message.csp_id) else None

    def _take(self, message: ResultNotify) -> None:
        notice = Notice.of(message, datetime.now(UTC))
        if self.journal.take(notice):
            self.taken(notice)

    def _said(
        self,
        result: int,
        why: str | None,
        correlate_id: str | None = None,
        warnings: tuple[str, ...] = (),
        **values: object,
    ) -> SoapReply:
        words = catalogue.say(LANGUAGE, f"text.{why}", **values) if why else None
        body = soap.answer_written(Operation.RESULT_NOTIFY, WireAnswer(result=result, description=words), self.spelling)
        return SoapReply(200, body, result, why, values, correlate_id, warnings)

    def _fault(self, why: str, *, is_servers: bool, **values: object) -> SoapReply:
        words = catalogue.say(LANGUAGE, f"text.{why}", **values)
        return SoapReply(500, soap.fault_written(words, is_servers=is_servers), why=why, values=values)
