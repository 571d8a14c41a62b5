"""Errors of botocore, and what stores answer, as errors of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from botocore import exceptions
from botocore.parsers import ResponseParserError

from pipeline.errors import EnvironmentFault, IntegrityError, ShowcaseError, TransferError

PAGE = "text/html"  # an answer for people, as of a portal or of a store's console
NO_BUCKET, DENIED, WRONG_KEYS = "store_no_bucket", "store_denied", "store_wrong_keys"
# OSS, COS and TOS, where the bucket's name is wanted in the host's (storage_presets.md)
_ADDRESSING = {"SecondLevelDomainForbidden", "PathStyleDomainForbidden", "InvalidPathAccess"}
_SIGNATURE = {"UnsupportedAlgorithm"}  # to v2; AWS says so in words alone
_ELSEWHERE = {"PermanentRedirect", "TemporaryRedirect", "301", "307", "IllegalLocationConstraintException"}
_WRONG_KEYS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed", "InvalidToken"}
REFUSALS = {"AccessDenied", "403", *_WRONG_KEYS}
NO_UPLOAD = "NoSuchUpload"  # an unfinished upload that was joined, dropped or given up
MISSING = {"NoSuchKey", "404", "NotFound"}
_NO_TLS = "store_no_tls"
# names of what befalls a line, none of which a store has said
LINE_FAULTS = {
    *("ConnectionError", "ConnectTimeoutError", "EndpointConnectionError", "ProxyConnectionError", "SSLError"),
    *("ConnectionClosedError", "ReadTimeoutError", "HTTPClientError", "IncompleteReadError", "ResponseStreamingError"),
}
BUSY = "store_busy"
COME_AGAIN = (408, 425, 429)  # of the answers that say that the request is wrong (4xx)
_BUSY = {"SlowDown", "ServiceUnavailable", "InternalError", "TooManyRequests", "RequestLimitExceeded"}
_DIGESTS = {"BadDigest", "XAmzContentSHA256Mismatch", "InvalidDigest"}


def translate(error: Exception, where: str) -> ShowcaseError:
    """Our error for one of botocore's."""
    if isinstance(error, exceptions.ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        if setting := _wrong_setting(error, code):
            return EnvironmentFault(setting, where=where)
        if (there := _elsewhere(error, code)) is not None:
            return EnvironmentFault("store_region", where=where, detail=there)
        if code in _WRONG_KEYS:
            return EnvironmentFault(WRONG_KEYS, where=where)
        if code in REFUSALS:
            return EnvironmentFault(DENIED, where=where)
        if code == "NoSuchBucket":
            return EnvironmentFault(NO_BUCKET, where=where)
        if code == "RequestTimeTooSkewed":
            return _clocks(error, where)
        if code in _DIGESTS:
            return IntegrityError("digest_refused", where=where)
        told = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("content-type", "")
        is_page = code == "500" and told.startswith("text/html")  # botocore's code for what it can't read
        key = BUSY if not is_page and _is_busy(error, code) else "transfer_failed"
        failed = TransferError(key, where=where, detail=PAGE if is_page else code)
        failed.retry_after_s = _retry_after_s(error)
        failed.status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode")
        return failed
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return EnvironmentFault("store_no_credentials", where=where)
    if isinstance(error, exceptions.FlexibleChecksumError | exceptions.ChecksumError):
        return IntegrityError("digest_refused", where=where)
    if isinstance(error, exceptions.SSLError):
        return _not_trusted(error, where)
    if isinstance(error, ResponseParserError):
        return TransferError("transfer_failed", where=where, detail=PAGE)
    return TransferError("transfer_failed", where=where, detail=type(error).__name__)


def _wrong_setting(error: exceptions.ClientError, code: str) -> str | None:
    """What our settings say otherwise than the store wants it; None where that is not what it says."""
    if code in _ADDRESSING:
        return "store_addressing"
    is_signature = code in _SIGNATURE or (code == "InvalidRequest" and "AWS4-HMAC-SHA256" in str(error))
    return "store_signature" if is_signature else None


def broken_off(fault: EnvironmentFault) -> TransferError | None:
    """The same fault of a store that has answered before: a line that is cut while TLS speaks looks as one that speaks
    none; None where it is another fault."""
    return TransferError("transfer_failed", where=fault.where, detail="SSLError") if fault.key == _NO_TLS else None


def _is_busy(error: exceptions.ClientError, code: str) -> bool:
    """Whether a store answers that it can't do now what it is asked for: the line has no part in that.

    «500» without a word is botocore's own for XML that it can't read too, whatever the status was.
    """
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return code in _BUSY or status == 429 or (status >= 500 and status != 501 and code != "500")


def _retry_after_s(error: exceptions.ClientError) -> float | None:
    """How long a store asks to be left alone: seconds, or a time (RFC 9110, 10.2.3)."""
    told = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("retry-after")
    if told is None:
        return None
    try:
        return float(told) if told.isdigit() else (parsedate_to_datetime(told) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None


_UNTRUSTED = re.compile(r"CERTIFICATE_VERIFY_FAILED\].*?: (.*?)(?: \(_ssl|$)")
_ANOTHERS = re.compile(r"(?:hostname|IP address) \S+ doesn't match .*")  # urllib3 looks at the name by itself


def _not_trusted(error: exceptions.SSLError, where: str) -> EnvironmentFault:
    """A certificate that does not hold, and why, or somebody who speaks no TLS."""
    if found := _UNTRUSTED.search(str(error)):
        return EnvironmentFault("store_certificate", where=where, detail=found[1])
    if _ANOTHERS.search(str(error)):
        return EnvironmentFault("store_certificate", where=where, detail="Hostname mismatch")
    return EnvironmentFault(_NO_TLS, where=where)


def _clocks(error: exceptions.ClientError, where: str) -> EnvironmentFault:
    """This machine's time and the store's, as both tell it; a request is refused where they lie 15 minutes apart."""
    told = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date")
    here = datetime.now(UTC)
    try:
        there = parsedate_to_datetime(told).astimezone().isoformat(" ", "seconds") if told else "?"
    except (TypeError, ValueError):
        there = "?"
    return EnvironmentFault("clock_skew", where=where, here=here.astimezone().isoformat(" ", "seconds"), there=there)


def _elsewhere(error: exceptions.ClientError, code: str) -> str | None:
    """The address or region that a store names where a bucket is not under the one that was asked, empty where it names
    none; None where that is not what it says."""
    told = error.response.get("Error", {})
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    there = told.get("Endpoint") or told.get("Region") or headers.get("x-amz-bucket-region")
    is_said = code in _ELSEWHERE or (code in REFUSALS and (told.get("Endpoint") or told.get("Region")))
    return str(there or "") if is_said else None


@contextmanager
def translated(where: str) -> Iterator[None]:
    try:
        yield
    except (exceptions.BotoCoreError, exceptions.ClientError, ResponseParserError) as error:
        raise translate(error, where) from error


def is_no_s3(told: str) -> bool:
    """Whether an answer is none of a store's: a page, what can't be read, or a refusal without its code in words."""
    return told == PAGE or told in MISSING or re.fullmatch(r"4\d\d|500", told) is not None
