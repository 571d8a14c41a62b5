"""Habits of stores that nobody has here, put before the embedded one: what their documents say, said and wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from tests.storage.proxy import Answered, Asked, Message, without


def knows_no_condition(given: Message) -> Message | None:
    """501 for a put with a condition, as of older gateways."""
    return given.refused(501, "NotImplemented") if "if-none-match" in _lower(given.headers) else None


def wants_virtual_hosts(given: Message) -> Message | None:
    """The bucket in the host's name alone; what goes on has it in the path, where the embedded server wants it."""
    parts = urlsplit(given.path)
    host = parts.hostname or _lower(given.headers).get("host", "")
    bucket, dot, _ = host.partition(".")
    if not dot or bucket.isdigit() or bucket in ("store", "s3"):
        return given.refused(403, "SecondLevelDomainForbidden")
    given.path = f"/{bucket}{parts.path}" + (f"?{parts.query}" if parts.query else "")
    return None


def forbids_to_overwrite(header: str, code: str) -> tuple[Asked, Answered]:
    """The vendor's own header, which must be signed; If-None-Match is passed over."""

    def asked(given: Message) -> Message | None:
        said = _lower(given.headers)
        if header in said and header not in said.get("authorization", ""):
            return given.refused(403, "SignatureDoesNotMatch")
        given.headers = without(without(given.headers, "if-none-match"), header)
        if said.get(header) == "true":
            given.headers["If-None-Match"] = "*"
        return None

    def answered(answer: Message) -> Message:
        return answer.refused(409, code) if answer.status == 412 else answer

    return asked, answered


def knows_no_checksum(given: Message) -> Message | None:
    """400 for AWS's own digests, as of stores of before them; Content-MD5 goes on."""
    said = _lower(given.headers)
    is_new = any(name.startswith(("x-amz-checksum", "x-amz-sdk-checksum", "x-amz-trailer")) for name in said)
    return given.refused(400, "InvalidArgument") if is_new and given.method in ("PUT", "POST") else None


def writes_headers(case: Callable[[str], str]) -> Answered:
    """The names of headers in another case."""
    return lambda answer: replace(answer, headers={case(name): value for name, value in answer.headers.items()})


def both(first: Asked, second: Asked) -> Asked:
    """One habit after the other."""
    return lambda given: first(given) or second(given)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
