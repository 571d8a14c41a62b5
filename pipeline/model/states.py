"""Every move that a submission can make: who makes it by which command, in which states, and where it leads.

The one place that says so: commands ask it, docs/states.md is made from it, a test walks every state with every move.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.model.c2_records import OrderState
from pipeline.model.inbox import Person, Stage


class Move(StrEnum):
    """What somebody does with a submission."""

    SUBMIT_DRAFT = "submit_draft"
    SUBMIT = "submit"
    SUBMIT_CUT = "submit_cut"
    ANSWER = "answer"
    LOOK = "look"
    NOTE = "note"
    RETURN = "return"
    APPROVE = "approve"
    RETRACT = "retract"
    DELIVER = "deliver"
    WITHDRAW = "withdraw"
    WITHDRAW_ALL = "withdraw_all"
    UNDO = "undo"
    UNDO_ALL = "undo_all"
    PULL = "pull"
    ACCEPT = "accept"
    REJECT = "reject"
    CORRECT = "correct"


class Asked(StrEnum):
    """What is asked before a move where it is in doubt."""

    SAME_FILM = "same_film"
    FETCHED = "fetched"
    VERIFIED = "verified"
    REASON = "reason"


@dataclass(frozen=True)
class Rule:
    """One move.

    Args:
        by: who makes it.
        command: as it is typed.
        leads: from each state in which it can be made to what it may lead to; anywhere else it is refused.
        asks: what is asked before.
    """

    by: Person
    command: str
    leads: Mapping[Stage, tuple[Stage, ...]]
    asks: tuple[Asked, ...] = ()


def _stays(*stages: Stage) -> dict[Stage, tuple[Stage, ...]]:
    return {stage: (stage,) for stage in stages}


def _all_to(stage: Stage, *stages: Stage) -> dict[Stage, tuple[Stage, ...]]:
    return dict.fromkeys(stages, (stage,))


_IN_REVIEW = (Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED, Stage.APPROVED_DRAFT, Stage.APPROVED, Stage.ALTERED)
_DELIVERED = (Stage.READY, Stage.ACCEPTED, Stage.REJECTED)
_SENT = (Stage.SUBMITTED, Stage.APPROVED, Stage.ALTERED, Stage.DELIVERING, Stage.READY, Stage.ACCEPTED)
RULES: dict[Move, Rule] = {
    Move.SUBMIT_DRAFT: Rule(
        Person.PRODUCER,
        "showcase submit FILM --draft",
        {Stage.SENDING: (Stage.DRAFT,), **_stays(Stage.DRAFT, Stage.APPROVED_DRAFT, *_SENT)},
    ),
    Move.SUBMIT: Rule(
        Person.PRODUCER,
        "showcase submit FILM",
        {**_all_to(Stage.SUBMITTED, Stage.SENDING, Stage.DRAFT, Stage.APPROVED_DRAFT), **_stays(*_SENT)},
    ),
    Move.SUBMIT_CUT: Rule(
        Person.PRODUCER, "showcase submit NEW-CUT", _all_to(Stage.SUBMITTED, *Stage), (Asked.SAME_FILM,)
    ),
    Move.ANSWER: Rule(
        Person.PRODUCER,
        "showcase submit FILM --unchanged WORDS",
        {Stage.RETURNED: (Stage.SUBMITTED, Stage.DRAFT)},
        (Asked.REASON,),
    ),
    Move.LOOK: Rule(
        Person.EDITOR, "showcase review ID", _stays(*(item for item in Stage if item is not Stage.SENDING))
    ),
    Move.NOTE: Rule(Person.EDITOR, "showcase review ID --note TIMECODE TEXT", _stays(*_IN_REVIEW)),
    Move.RETURN: Rule(
        Person.EDITOR, "showcase review ID --return REASON", _all_to(Stage.RETURNED, *_IN_REVIEW), (Asked.REASON,)
    ),
    Move.APPROVE: Rule(
        Person.EDITOR,
        "showcase review ID --approve",
        {
            **_all_to(Stage.APPROVED, Stage.SUBMITTED, Stage.APPROVED, Stage.ALTERED),
            **_all_to(Stage.APPROVED_DRAFT, Stage.DRAFT, Stage.APPROVED_DRAFT),
            Stage.RETURNED: (Stage.APPROVED, Stage.APPROVED_DRAFT),
        },
        (Asked.FETCHED,),
    ),
    Move.RETRACT: Rule(
        Person.EDITOR,
        "showcase review ID --retract NUMBER",
        {
            **_all_to(Stage.SUBMITTED, Stage.SUBMITTED, Stage.APPROVED, Stage.ALTERED),
            **_all_to(Stage.DRAFT, Stage.DRAFT, Stage.APPROVED_DRAFT),
            Stage.RETURNED: (Stage.SUBMITTED, Stage.DRAFT),
        },
    ),
    Move.DELIVER: Rule(
        Person.EDITOR,
        "showcase run ID",
        {**_all_to(Stage.READY, Stage.APPROVED, Stage.DELIVERING), **_stays(*_DELIVERED)},
    ),
    Move.WITHDRAW: Rule(
        Person.EDITOR,
        "showcase withdraw ID --reason REASON",
        _all_to(Stage.WITHDRAWN, *_DELIVERED, Stage.WITHDRAWN),
        (Asked.REASON,),
    ),
    Move.WITHDRAW_ALL: Rule(
        Person.EDITOR,
        "showcase withdraw ID --all --reason REASON",
        _all_to(Stage.WITHDRAWN, *_DELIVERED, Stage.WITHDRAWN),
        (Asked.REASON,),
    ),
    Move.UNDO: Rule(Person.EDITOR, "showcase withdraw ID --undo", {Stage.WITHDRAWN: _DELIVERED}),
    Move.UNDO_ALL: Rule(Person.EDITOR, "showcase withdraw ID --undo --all", {Stage.WITHDRAWN: _DELIVERED}),
    Move.PULL: Rule(Person.OPERATOR, "showcase pull ID", _stays(*_DELIVERED)),
    Move.ACCEPT: Rule(
        Person.OPERATOR,
        "showcase ack ID accept",
        _all_to(Stage.ACCEPTED, Stage.READY, Stage.ACCEPTED),
        (Asked.VERIFIED,),
    ),
    Move.REJECT: Rule(
        Person.OPERATOR,
        "showcase ack ID reject --reason REASON",
        _all_to(Stage.REJECTED, Stage.READY, Stage.REJECTED),
        (Asked.REASON,),
    ),
    Move.CORRECT: Rule(
        Person.OPERATOR,
        "showcase ack ID accept|reject --correct",
        dict.fromkeys((Stage.ACCEPTED, Stage.REJECTED), (Stage.ACCEPTED, Stage.REJECTED)),
        (Asked.VERIFIED, Asked.REASON),
    ),
}


def allows(move: Move, stage: Stage) -> bool:
    """Whether the move can be made in this state."""
    return stage in RULES[move].leads


class OrderMove(StrEnum):
    """What moves an order to a head-end."""

    SEND = "send"
    SEND_AGAIN = "send_again"
    SEND_ANEW = "send_anew"
    NOTICE = "notice"
    IMPORT = "import"
    HOURS = "hours"


@dataclass(frozen=True)
class OrderRule:
    """One move of an order; None is an order that is not there yet.

    Args:
        command: as it is typed; empty where nobody does anything.
    """

    command: str
    leads: Mapping[OrderState | None, tuple[OrderState, ...]]


_RESULTS = (OrderState.INGESTED, OrderState.FAILED, OrderState.PARTLY)
_TOLD = (OrderState.SENT, OrderState.FAILED)  # taken, or refused
_OPEN = (OrderState.SENT, OrderState.LATE, OrderState.FAILED)  # a refusal is no result: one may yet come
ORDER_RULES: dict[OrderMove, OrderRule] = {
    OrderMove.SEND: OrderRule("showcase c2 send ID", {None: _TOLD}),
    OrderMove.SEND_AGAIN: OrderRule("showcase c2 send ID", {OrderState.SENT: _TOLD, OrderState.LATE: _TOLD}),
    OrderMove.SEND_ANEW: OrderRule("showcase c2 send ID", {OrderState.FAILED: _TOLD, OrderState.PARTLY: _TOLD}),
    OrderMove.NOTICE: OrderRule("showcase c2 listen", dict.fromkeys(_OPEN, _RESULTS)),
    OrderMove.IMPORT: OrderRule("showcase c2 import REPLY", dict.fromkeys(_OPEN, _RESULTS)),
    OrderMove.HOURS: OrderRule("", {OrderState.SENT: (OrderState.LATE,)}),
}
