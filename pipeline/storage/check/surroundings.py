"""What stands around objects: the line, the clock, addresses for others, rules of the bucket, encryption at rest."""

from __future__ import annotations

import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from pipeline.errors import EnvironmentFault, ShowcaseError, TransferError
from pipeline.storage.check.feature import Feature, State, emulated, failed, holds, missing
from pipeline.storage.check.objects import CONTENT
from pipeline.storage.check.scratch import Scratch
from pipeline.storage.s3.faults import DENIED

CLOSE_S = 60  # by which clocks may differ without a word
LEAST_DAYS = 7  # that an unfinished upload should live
ADDRESS_S = 60
ANSWER_S = 30
_NO_RULES = ("NoSuchLifecycleConfiguration", "NotImplemented", "501", "MethodNotAllowed", "405")


def line(scratch: Scratch) -> Iterator[Feature]:
    """Whether others on the way can read it, whose clock it is, and where the bucket's name stands."""
    shown = urlsplit(scratch.bucket.store.endpoint_shown)
    if shown.scheme == "https":
        yield holds("tls")
    else:
        is_here = (shown.hostname or "").startswith("127.") or shown.hostname in ("localhost", "::1")
        yield holds("tls", shown.hostname or "") if is_here else missing("tls", shown.scheme)
    answer = scratch.ask(
        lambda client: client.list_objects_v2(Bucket=scratch.bucket.name, Prefix=scratch.prefix, MaxKeys=1)
    )
    told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
    if told is None:
        yield missing("clock")
    else:
        off_s = round((parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds())
        yield (holds if abs(off_s) <= CLOSE_S else missing)("clock", f"{off_s:+d} s")
    yield holds("addressing", scratch.bucket.store.preset.addressing)


def presigned(scratch: Scratch) -> Iterator[Feature]:
    """An address that anybody may fetch an object by for a while."""
    address = scratch.bucket.presigned(scratch.prefix + "object.bin", ADDRESS_S)
    trusted = ssl.create_default_context(cafile=scratch.bucket.store.certificates)
    opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=trusted))  # with the proxies of now
    try:
        with opener.open(address, timeout=ANSWER_S) as answer:
            is_right = answer.read() == CONTENT
    except urllib.error.HTTPError as error:
        yield missing("presign", str(error.code))
    except OSError as error:
        yield missing("presign", type(error).__name__)
    else:
        yield holds("presign") if is_right else missing("presign")


def lifecycle(scratch: Scratch) -> Iterator[Feature]:
    """What the bucket does to unfinished uploads, and to objects, by itself."""
    try:
        answer = scratch.ask(lambda client: client.get_bucket_lifecycle_configuration(Bucket=scratch.bucket.name))
    except EnvironmentFault as fault:
        if fault.key != DENIED:
            raise
        yield Feature("unfinished", State.NOT_SEEN)
        return
    except TransferError as error:
        if error.detail not in _NO_RULES:
            yield failed("unfinished", error)
            return
        answer = {}
    rules = [rule for rule in answer.get("Rules", []) if rule.get("Status") == "Enabled"]
    days = [
        rule["AbortIncompleteMultipartUpload"].get("DaysAfterInitiation", 0)
        for rule in rules
        if "AbortIncompleteMultipartUpload" in rule
    ]
    life = scratch.bucket.store.preset.multipart.life
    if days:
        yield (holds if min(days) >= LEAST_DAYS else missing)("unfinished", f"{min(days)} d")
    elif life is not None:
        yield (holds if life.hours >= 24 * LEAST_DAYS else missing)("unfinished", f"{life.hours} h")
    else:
        yield emulated("unfinished")
    expiring = [rule for rule in rules if "Expiration" in rule and rule["Expiration"].get("Days")]
    if expiring:
        yield missing("expiry", ", ".join(f"{rule['Expiration']['Days']} d" for rule in expiring))
    else:
        yield holds("expiry")


def encryption(scratch: Scratch) -> Iterator[Feature]:
    """What is asked for by `store.sse` is done."""
    wanted = scratch.bucket.store.encryption
    if wanted is None:
        return
    try:
        scratch.put("kept.bin", CONTENT, bare=False)
        told = scratch.head("kept.bin").get("ServerSideEncryption")
    except ShowcaseError as error:
        yield failed("sse", error, is_needed=True)
        return
    yield (holds if told == wanted.algorithm else missing)("sse", str(told or wanted.algorithm), is_needed=True)
