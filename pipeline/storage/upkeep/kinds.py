"""What an object is, by its bucket and key alone. Pure."""

from __future__ import annotations

import re
from enum import StrEnum

from pipeline.storage import layout


class ObjectKind(StrEnum):
    """What lies in a store, in the order in which it is told."""

    FILM = "film"  # what a revision of the inbox holds, and what the check said of it
    DRAFT = "draft"  # the proxies of a draft
    PACKAGE = "package"
    RECORD = "record"  # claims, markers, reviews, answers, orders, trials, plans
    UNFINISHED = "unfinished"  # the parts of uploads that were not joined
    WORK = "work"  # what machines share
    OTHER = "other"  # nothing of ours is called so


class BucketRole(StrEnum):
    """What a bucket is for, whatever it is called."""

    INBOX = "inbox"
    DELIVERY = "delivery"
    WORK = "work"


_CLAIM = re.compile(r"r\d+\.json")
_REVISION = re.compile(r"r\d+")


def kind_of(role: BucketRole, key: str) -> ObjectKind:
    """What the object of a key is."""
    if role is BucketRole.WORK:
        return ObjectKind.WORK
    prefecture, *rest = key.split("/", 3)
    if prefecture.startswith("_") or (rest and rest[0].startswith("_")):
        return ObjectKind.RECORD
    if len(rest) == 2:
        return ObjectKind.RECORD if _CLAIM.fullmatch(rest[1]) else ObjectKind.OTHER
    if len(rest) < 2:
        return ObjectKind.OTHER
    _, folder, name = rest
    return _in_inbox(folder, name) if role is BucketRole.INBOX else _in_delivery(folder, name)


def _in_inbox(folder: str, name: str) -> ObjectKind:
    if folder == layout.ANSWERS:
        return ObjectKind.RECORD
    if not _REVISION.fullmatch(folder):
        return ObjectKind.OTHER
    if layout.is_record(name):
        return ObjectKind.RECORD
    return ObjectKind.DRAFT if layout.is_of_draft(name) else ObjectKind.FILM


def _in_delivery(folder: str, name: str) -> ObjectKind:
    is_record = folder == layout.REVIEWS or layout.is_record(name)
    return ObjectKind.RECORD if is_record else ObjectKind.PACKAGE


def prefecture_of(role: BucketRole, key: str) -> str:
    """Whose it is; empty where it is nobody's."""
    prefecture, slash, _ = key.partition("/")
    return prefecture if role is not BucketRole.WORK and slash and layout.is_ours(prefecture) else ""
