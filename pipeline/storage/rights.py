"""What each role may do in the buckets, as AWS policy documents: one text for AWS, MinIO and the embedded server.

Pure. Who may do what, and why nobody deletes: docs/access.md. No condition on a put: `s3:if-none-match` refuses every
put of the embedded server.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pipeline.model import region
from pipeline.storage import layout

_ARN = "arn:aws:s3:::"
_READ = ("s3:GetObject",)
_PUT = ("s3:PutObject", "s3:AbortMultipartUpload", "s3:ListMultipartUploadParts")
# with uploads in parts, which go on where they broke off; MinIO refuses s3:prefix beside their exact name
_LIST = ("s3:ListBucket*",)


class Role(StrEnum):
    """Who is invited; the words are those of `role` in the settings."""

    PRODUCER = "producer"
    EDITOR = "editor"
    OPERATOR = "operator"
    WORKER = "worker"  # a machine that makes packages for the editor

    @property
    def uses_work(self) -> bool:
        """Whether it has any right in the bucket that machines share."""
        return self in (Role.EDITOR, Role.WORKER)


class Act(StrEnum):
    """What an identity does in a bucket."""

    LIST = "list"
    READ = "read"
    PUT = "put"
    UPLOAD = "upload"  # in parts
    ACK = "ack"  # put a marker whose name begins with ACK
    WITHDRAW = "withdraw"  # likewise with WITHDRAWN
    REVIEW = "review"  # put below reviews/
    ORDER = "order"  # put below c2/
    PLAN = "plan"  # put below _campaign/
    CLEAR = "clear"  # put a record that files were cleared, which is the administrator's
    DELETE = "delete"


class Reach(StrEnum):
    """The part of a bucket that is meant."""

    OWN = "own"  # below the prefecture's prefix
    OTHERS = "others"  # below every other prefecture's
    PLANS = "plans"  # below _campaign/, beside the prefectures
    ALL = "all"


@dataclass(frozen=True)
class BucketNames:
    """What the buckets are called; without `work` nothing is said of it."""

    inbox: str = "inbox"
    delivery: str = "delivery"
    work: str | None = "work"


@dataclass(frozen=True)
class Right:
    """One cell of the table: whether an act is allowed there."""

    bucket: str
    reach: Reach
    act: Act
    allowed: bool


def document(role: Role, names: BucketNames, prefecture: str | None = None) -> dict[str, Any]:
    """The policy document of a role; a producer's is of one prefecture."""
    inbox, delivery = names.inbox, names.delivery
    if role is Role.PRODUCER:
        own = f"{prefecture}/*"
        plans = f"{layout.CAMPAIGN}/*"
        statements = [
            _allow("ListOwnInbox", _LIST, [inbox], own),
            _allow("ListOwnDelivery", _LIST, [delivery], own, plans),
            _allow("SendToInbox", _READ + _PUT, [f"{inbox}/{own}"]),
            _allow("ReadDelivery", _READ, [f"{delivery}/{own}", f"{delivery}/{plans}"]),
        ]
    elif role is Role.EDITOR:
        statements = [
            _allow("List", _LIST, [inbox, delivery]),
            _allow("ReadInbox", _READ, [f"{inbox}/*"]),
            _allow("Deliver", _READ + _PUT, [f"{delivery}/*"]),
            _deny("AnswersAreTheOperators", delivery, _ANSWERS, _CLEARINGS),
            *_shared(names),
        ]
    elif role is Role.WORKER:
        statements = [
            _allow("List", _LIST, [inbox, delivery]),
            _allow("ReadInbox", _READ, [f"{inbox}/*"]),
            _allow("Deliver", _READ + _PUT, [f"{delivery}/*"]),
            _deny("WhatPeopleSay", delivery, _ANSWERS, _WITHDRAWALS, _REVIEWS, _ORDERS, *_PLANS, _CLEARINGS),
            *_shared(names),
        ]
    else:
        statements = [
            _allow("List", _LIST, [delivery]),
            _allow("Read", _READ, [f"{delivery}/*"]),
            _allow("Answer", ("s3:PutObject",), [f"{delivery}/{_ANSWERS}"]),
        ]
    return {"Version": "2012-10-17", "Statement": statements}


def reader_of_nothing(names: BucketNames, prefix: str) -> dict[str, Any]:
    """The policy document of who may list a prefix below which nothing lies, and do nothing else."""
    return {"Version": "2012-10-17", "Statement": [_allow("ListNothing", _LIST, [names.delivery], f"{prefix}*")]}


def text(document_of_role: dict[str, Any]) -> str:
    """A document as files hold it."""
    return json.dumps(document_of_role, indent=2) + "\n"


def table(role: Role, names: BucketNames) -> tuple[Right, ...]:
    """Every right that a role has, and the doors that are to be shut to it."""
    inbox, delivery = names.inbox, names.delivery
    if role is Role.PRODUCER:
        tried = _PLAIN | {Act.ACK}
        found = (
            *_cells(inbox, Reach.OWN, {Act.LIST, Act.READ, Act.PUT, Act.UPLOAD}, _PLAIN),
            *_cells(delivery, Reach.OWN, {Act.LIST, Act.READ}, tried),
            *_cells(delivery, Reach.PLANS, {Act.LIST, Act.READ}, _PLAIN),
            *(cell for name in (inbox, delivery) for cell in _cells(name, Reach.OTHERS, set(), tried)),
            *(cell for name in (inbox, delivery) for cell in _cells(name, Reach.ALL, set(), {Act.LIST})),
        )
    elif role is Role.OPERATOR:
        found = (
            *_cells(inbox, Reach.ALL, set(), _PLAIN),
            *_cells(delivery, Reach.ALL, {Act.LIST, Act.READ, Act.ACK}),
        )
    else:
        may = _PLAIN - {Act.DELETE}
        of_people = {Act.WITHDRAW, Act.REVIEW, Act.ORDER, Act.PLAN} if role is Role.EDITOR else set()
        found = (
            *_cells(inbox, Reach.ALL, {Act.LIST, Act.READ}, _PLAIN),
            *_cells(delivery, Reach.ALL, may | of_people),
        )
    shared = _PLAIN - {Act.DELETE} if role.uses_work else set()
    return (*found, *(_cells(names.work, Reach.ALL, shared, _PLAIN) if names.work else ()))


def others(prefecture: str | None) -> tuple[str, ...]:
    """The prefectures next to one."""
    return tuple(code for code in region.prefectures() if code != prefecture)


_ANSWERS, _CLEARINGS = "*/ACK*", "*/CLEARED*"  # a star stands for slashes too
_WITHDRAWALS, _REVIEWS, _ORDERS = "*/WITHDRAWN*", f"*/{layout.REVIEWS}/*", "*/c2/*"
_PLANS = (f"{layout.CAMPAIGN}/*", f"*/{layout.CAMPAIGN}/*")
_PLAIN = {Act.LIST, Act.READ, Act.PUT, Act.UPLOAD, Act.DELETE}


def _shared(names: BucketNames) -> list[dict[str, Any]]:
    """All but to delete, in the bucket that machines share."""
    if names.work is None:
        return []
    return [_allow("ListWork", _LIST, [names.work]), _allow("ShareWork", _READ + _PUT, [f"{names.work}/*"])]


def _cells(bucket: str, reach: Reach, allowed: Iterable[Act], tried: Iterable[Act] = tuple(Act)) -> Iterable[Right]:
    wanted, asked = set(allowed), set(tried)
    return [Right(bucket, reach, act, act in wanted) for act in Act if act in asked]


def _allow(name: str, actions: tuple[str, ...], resources: list[str], *prefixes: str) -> dict[str, Any]:
    """A statement; `prefixes` limit a listing."""
    made: dict[str, Any] = {
        "Sid": name,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": [_ARN + item for item in resources],
    }
    return made | ({"Condition": {"StringLike": {"s3:prefix": list(prefixes)}}} if prefixes else {})


def _deny(name: str, bucket: str, *keys: str) -> dict[str, Any]:
    """A statement that nothing may be put under some keys, whatever the others say."""
    return {**_allow(name, ("s3:PutObject",), [f"{bucket}/{key}" for key in keys]), "Effect": "Deny"}
