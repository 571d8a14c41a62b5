"""The operator's answer to a package: a record that never changes; a later one corrects it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.errors import InputError
from pipeline.exchange import seen, selection
from pipeline.exchange.seen import Seen
from pipeline.exchange.selection import Fit
from pipeline.model.delivery import Acknowledgement, Decision, Delivery, State
from pipeline.model.text import printable
from pipeline.storage.buckets import Buckets

MOST_REASON = 1024


@dataclass(frozen=True)
class OperatorAnswer:
    """What is answered.

    Args:
        code: why it is rejected, of the vocabulary.
        by: who signs.
        correct: another answer stands, and this one takes its place.
    """

    decision: Decision
    reason: str | None = None
    code: str | None = None
    by: str | None = None
    correct: bool = False

    def refuse_words(self) -> None:
        """Say what is wrong with it, whatever it is about.

        Raises:
            InputError: a rejection has neither reason nor code, an acceptance has a code, the reason can't be kept.
        """
        if self.decision is Decision.REJECT and not (self.code or (self.reason and self.reason.strip())):
            raise InputError("reason_missing", option="--reason")
        if self.decision is Decision.ACCEPT and self.code:
            raise InputError("code_of_acceptance", code=self.code)
        if self.reason:
            refuse_reason(self.reason)

    def is_same(self, other: Acknowledgement) -> bool:
        """Whether it says what another one says."""
        return (self.decision, self.reason, self.code) == (other.decision, other.reason, other.code)


def newest(buckets: Buckets, wanted: str) -> Delivery:
    """The delivery that an id means: a package's, or the highest revision of a submission's.

    Raises:
        InputError: there is none, it is not ready, or several prefectures have one of this id.
    """
    found = [item for item in selection.deliveries(buckets, wanted) if item.state is not State.UPLOADING]
    if not found:
        raise InputError("no_such_delivery", where=wanted)
    selection.refuse_several(wanted, [Fit(item.ref, item.title, item.state) for item in found])
    return max(found, key=lambda item: item.revision or 0)


def refuse_reason(reason: str) -> None:
    """Check words that will be kept and shown.

    Raises:
        InputError: too long, or with control characters.
    """
    if len(reason) > MOST_REASON:
        raise InputError("reason_wrong", most=MOST_REASON)
    if printable(reason) != reason:
        raise InputError("text_not_plain")


def doubt(there: Delivery, decision: Decision) -> InputError | None:
    """Why an acceptance may not be meant: this machine has not verified the package."""
    if decision is Decision.REJECT or (there.state is not State.READY and there.state is not State.REJECTED):
        return None
    if is_verified(there):
        return None
    return InputError("not_verified", where=there.package_id, id=there.ref.typed, title=there.title)


def is_verified(there: Delivery) -> bool:
    """Whether this machine has verified the package, in whatever folder."""
    return there.manifest_sha256 is not None and seen.knows(Seen.VERIFIED, there.manifest_sha256)


def refuse(there: Delivery, given: OperatorAnswer) -> None:
    """Say what is wrong with an answer before it is put.

    Raises:
        InputError: a rejection has neither reason nor code, an acceptance has a code, the package is withdrawn, another
            answer stands there, or there is none to correct.
    """
    given.refuse_words()
    if there.state is State.WITHDRAWN:
        raise InputError("withdrawn", where=there.package_id, id=there.ref.typed)
    stands = there.acknowledgement
    if stands and given.is_same(stands):
        return
    if stands and not given.correct:
        raise InputError("already_answered", where=there.package_id, id=there.ref.typed, decision=stands.decision.value)
    if given.correct and not stands:
        raise InputError("nothing_to_correct", where=there.package_id)


def answer(buckets: Buckets, there: Delivery, given: OperatorAnswer) -> tuple[Delivery, bool]:
    """Put the answer to a delivery; False when the same one stands already, whoever gave it.

    Raises:
        InputError: as `refuse`; or somebody else answers at the same moment.
    """
    refuse(there, given)
    if there.acknowledgement and given.is_same(there.acknowledgement):
        return there, False
    put = Acknowledgement(
        package_id=there.package_id,
        decision=given.decision,
        reason=given.reason,
        code=given.code,
        by=given.by,
        at=datetime.now(UTC).replace(microsecond=0),
    )
    package = buckets.place_of_delivery(there.ref).package(there.package_id)
    if not package.acknowledge(put):
        raise InputError("answered_meanwhile", where=there.package_id)
    return package.delivery(), True
