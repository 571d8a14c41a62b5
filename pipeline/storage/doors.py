"""Every right that an identity shall have, tried, and every door that shall be shut to it.

Leaves nothing behind but the object of `trial`: what would be put where nothing may be comes with a digest that is not
its own, which a store refuses only after the rights; what would be deleted is never there; an upload is given up.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from pipeline.errors import EnvironmentFault, IntegrityError, TransferError
from pipeline.storage import layout, trial
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.network.together import together
from pipeline.storage.rights import Act, Reach, Right, others
from pipeline.storage.s3.faults import DENIED
from pipeline.storage.transfer import multipart

_ANOTHERS = base64.b64encode(hashlib.md5(b"another's", usedforsecurity=False).digest()).decode()


@dataclass(frozen=True)
class Door:
    """A right and whether it was found to be had; `places` are those where it differs from what is expected."""

    right: Right
    found: bool
    places: tuple[str, ...]

    @property
    def is_right(self) -> bool:
        """Whether it is as expected."""
        return not self.places


def tried(buckets: Buckets, rights: Sequence[Right]) -> list[Door]:
    """Every right of a table, in its order.

    Raises:
        EnvironmentFault: the store does not answer, does not know the keys, or a bucket is not there.
    """
    return [_tried(buckets, right) for right in rights]


def _tried(buckets: Buckets, right: Right) -> Door:
    bucket = next(item for item in (buckets.inbox, buckets.delivery, buckets.work) if item.name == right.bucket)
    prefixes = {
        Reach.OWN: [f"{buckets.own}/"],
        Reach.PLANS: [f"{layout.CAMPAIGN}/"],
        Reach.OTHERS: [layout.prefecture_prefix(code) for code in others(buckets.own)],
        Reach.ALL: [""],
    }[right.reach]
    found = together(lambda prefix: may(bucket, prefix, right.act, expected=right.allowed), prefixes)
    wrong = tuple(prefix for prefix, is_allowed in zip(prefixes, found, strict=True) if is_allowed != right.allowed)
    return Door(right, right.allowed != bool(wrong), wrong)


def may(bucket: Bucket, prefix: str, act: Act, *, expected: bool = False) -> bool:
    """Whether an identity may do something below a prefix; what is expected is really done where that leaves no more
    than the object of a trial.

    Raises:
        EnvironmentFault: the store does not answer, does not know the keys, or the bucket is not there.
    """
    acts: dict[Act, Callable[[], object]] = {
        Act.LIST: lambda: bucket.listed_once(prefix),
        Act.READ: lambda: bucket.read_once(prefix + layout.TRIAL),
        Act.PUT: lambda: (
            _put(bucket, prefix + layout.TRIAL, IfNoneMatch="*")
            if expected
            else _put(bucket, prefix + layout.TRIAL, ContentMD5=_ANOTHERS)
        ),
        Act.UPLOAD: lambda: _upload(bucket, prefix + layout.TRIAL),
        **{
            marker: partial(_put, bucket, prefix + name, ContentMD5=_ANOTHERS)
            for marker, name in (
                (Act.ACK, layout.ACK_TRIAL),
                (Act.WITHDRAW, layout.WITHDRAWN_TRIAL),
                (Act.REVIEW, layout.REVIEW_TRIAL),
                (Act.ORDER, layout.ORDER_TRIAL),
                (Act.PLAN, layout.PLAN_TRIAL),
                (Act.CLEAR, layout.CLEARED_TRIAL),
            )
        },
        Act.DELETE: lambda: bucket.delete(prefix + layout.NO_TRIAL),
    }
    try:
        acts[act]()
    except EnvironmentFault as fault:
        if fault.key != DENIED:
            raise
        return False
    return True


def _put(bucket: Bucket, key: str, **condition: str) -> None:
    """One put that the store refuses, if not for rights then for its digest or its condition: or takes."""
    try:
        bucket.put_request(key, trial.CONTENT, sha256=trial.SHA256, media_type="application/json", **condition)
    except IntegrityError:
        return
    except TransferError as error:
        if not bucket.is_refused(error):
            raise EnvironmentFault("store_trial_failed", where=f"{bucket.name}/{key}", detail=error.detail) from error


def _upload(bucket: Bucket, key: str) -> None:
    """An upload in parts, begun, looked at and given up."""
    begun = multipart.begin(bucket, key, sha256=trial.SHA256, media_type="application/json")
    try:
        begun.parts()
    finally:
        begun.abort()
