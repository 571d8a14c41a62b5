"""A trial of a bucket before anything is encoded that goes there: some small requests, one object that stays."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from pipeline.errors import EnvironmentFault, ShowcaseError, TransferError
from pipeline.storage import layout, presets
from pipeline.storage.bucket import NOT_KNOWN, Bucket
from pipeline.storage.s3.faults import DENIED, PAGE

# always the same: nobody need delete it, and where it stands already its next put shows that the condition holds
CONTENT = b'{"about": "showcase tries here whether the store keeps what it is asked to"}\n'
SHA256 = hashlib.sha256(CONTENT).hexdigest()
_NO_LIST = "store_no_list"
REFUSALS = (DENIED, _NO_LIST)  # these keys may not do there what was asked
Result = TypeVar("Result")


@dataclass(frozen=True)
class BucketTrial:
    """What a delivery asks of a bucket, asked of the part of it whose keys begin with `prefix`."""

    bucket: Bucket
    prefix: str

    def run(self) -> None:
        """Every step; the first that fails ends it.

        Raises:
            EnvironmentFault: what is wrong with the store, or with what this key may do there.
        """
        for step in (self.lists, self.puts_once, self.keeps, self.misses):
            try:
                step()
            except EnvironmentFault:
                raise
            except ShowcaseError as error:
                key = "store_no_s3" if error.detail == PAGE else "store_trial_failed"
                raise self._fault(key, error.detail or error.key) from error

    def lists(self) -> None:
        """A listing is answered: what was delivered before is known by that."""
        self._permitted(lambda: self.bucket.has(self.prefix))

    def puts_once(self) -> None:
        """An object is put only where there is none: markers and revisions rest on that.

        Where leases stand for it the store is only to take what is put.
        """
        if self.bucket.store.preset.create_only.by == "lease":
            self._put()
            return
        try:
            if self._put(IfNoneMatch="*") and self._put(IfNoneMatch="*"):
                raise self._fault("store_condition_ignored", advised=self._advised())
        except TransferError as error:
            if error.detail in NOT_KNOWN or self._is_put():  # any refusal that is of the condition alone
                raise self._fault("store_no_condition", advised=self._advised()) from error
            raise

    def keeps(self) -> None:
        """An object is there once it was put, with the digest beside it."""
        head = self.bucket.head(self._key(layout.TRIAL))
        if head is None or head.size_bytes != len(CONTENT):
            raise self._fault("store_trial_failed", "HEAD")
        if head.sha256 != SHA256:
            raise self._fault("store_no_metadata")

    def misses(self) -> None:
        """What is not there is told from what may not be seen.

        Who may list a prefix alone is answered 403 for both by AWS, and nobody can mend that: there the listing of that
        prefix tells (`Bucket.head`).
        """
        if self.bucket.hides_missing(self._key(layout.NO_TRIAL)) and self._sees_all():
            raise self._fault("store_hides_missing")

    def _sees_all(self) -> bool:
        """Whether the whole bucket may be listed."""
        try:
            self.bucket.has("")
        except EnvironmentFault as fault:
            if fault.key != DENIED:
                raise
            return False
        return True

    def _put(self, **condition: str) -> bool:
        """One put; False where its condition was not met."""
        try:
            self.bucket.put_request(
                self._key(layout.TRIAL), CONTENT, sha256=SHA256, media_type="application/json", **condition
            )
        except TransferError as error:
            if self.bucket.is_refused(error):
                return False
            raise
        return True

    def _is_put(self) -> bool:
        try:
            return self._put()
        except ShowcaseError:
            return False

    def _permitted(self, ask: Callable[[], Result]) -> Result:
        try:
            return ask()
        except EnvironmentFault as fault:
            raise self._fault(_NO_LIST) if fault.key == DENIED else fault from fault

    def _advised(self) -> str:
        return presets.advised(self.bucket.store.preset, self.bucket.store.endpoint_shown)

    def _key(self, name: str) -> str:
        return self.prefix + name

    def _fault(self, key: str, detail: str | None = None, **values: str) -> EnvironmentFault:
        where = f"{self.bucket.store.endpoint_shown} {self.bucket.name}/{self.prefix}"
        return EnvironmentFault(key, where=where, detail=detail, **values)
