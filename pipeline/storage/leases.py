"""Create-only puts for a store that knows no condition: an object that tells who was about to write (a lease).

Whoever writes says so first, waits, and goes on only if nobody else said so since; then looks whether the object is
still the own one. A race is found by that and not prevented: between the last look and a put on a slow line another may
write. Leases have fixed names and are overwritten, so nobody need delete; listings pass over names that begin with _.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import time
from typing import TYPE_CHECKING

from pipeline.storage import layout

if TYPE_CHECKING:
    from pipeline.storage.bucket import Bucket

SETTLE_S = 1.0  # in which another's lease is seen; stores of today answer with what was put last
TURNS = 20  # looks for what another was about to write, before its lease counts as left behind


def name_of(key: str) -> str:
    """Where the lease of a key lies: in its prefecture's prefix, else above all.

    It begins as the key's own name does: who may put `ACK*` alone may put its lease.
    """
    first, _, rest = key.partition("/")
    stem = (rest or first).rpartition("/")[2].removesuffix(".json")
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    within = f"{first}/" if rest and first.isdecimal() else ""
    return f"{within}{layout.LEASES}/{stem}-{digest}.json"


def put_if_absent(bucket: Bucket, key: str, content: bytes, sha256: str) -> bool:
    """Put a marker (JSON) unless there is one; False when another one stands there, or took its place.

    Raises:
        EnvironmentFault, TransferError, IntegrityError: as of any put.
    """
    for _ in range(TURNS):
        there = bucket.head(key)
        if there is not None:
            return there.sha256 == sha256
        if _leads(bucket, key):
            break
        time.sleep(SETTLE_S * (1 + secrets.randbelow(100) / 100))
    if (there := bucket.head(key)) is not None:
        return there.sha256 == sha256
    bucket.put(key, content, sha256=sha256, media_type="application/json")
    time.sleep(SETTLE_S)
    return bucket.get(key) == content


def _leads(bucket: Bucket, key: str) -> bool:
    """Say who is about to write; whether nobody else said so since."""
    lease = name_of(key)
    own = json.dumps({"key": key, "id": secrets.token_hex(16)}).encode() + b"\n"
    bucket.put(lease, own, sha256=hashlib.sha256(own).hexdigest(), media_type="application/json")
    time.sleep(SETTLE_S)
    return bucket.get(lease) == own
