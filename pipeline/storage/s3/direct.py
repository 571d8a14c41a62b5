"""Objects, read and written with little between the line and who reads or writes.

botocore's client asks by its description of S3, which takes longer than the bytes of a small object do: libcurl signs
and carries without. Whatever is no plain answer is asked for again by the client, whose errors, redirects, proxies and
habits then hold; that a store can't do it now is told as the client would tell it.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from enum import Enum
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import get_cert_path
from botocore.model import OperationModel
from botocore.parsers import create_parser
from botocore.utils import get_environ_proxies, percent_encode

from pipeline.storage.s3.curl import CurlConnections, NoAnswerError, Request
from pipeline.storage.s3.faults import COME_AGAIN
from pipeline.storage.s3.objects import Begin, ObjectAnswer, Take, Wanted, Written
from pipeline.storage.s3.session import UNSENT_BYTES

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

PLAIN = (200, 206)
_DOTS = re.compile(r"(?:^|/)\.\.?(?:/|$)")  # folders that libcurl would resolve
_MOST_WORDS = 64 << 10  # bytes of an answer that says what is wrong


class DirectRequests:
    """Asks as somebody.

    Args:
        client: of the same identity; tells how a bucket is addressed.
        credentials: None, or of which a request can't be signed here: the client is asked alone.
        verify: the file of certificates that the store's is held to; None is the system's.
    """

    def __init__(self, client: S3Client, credentials: Credentials | None, verify: str | None):
        self._client = client
        config: Any = client.meta.config
        is_signed_here = credentials is not None and config.signature_version == "s3v4"
        endpoint = client.meta.endpoint_url
        is_straight = not get_environ_proxies(endpoint).get(urlsplit(endpoint).scheme)
        self._reads_plainly = is_signed_here and is_straight
        self._writes_plainly = self._reads_plainly
        self._connections = CurlConnections(
            credentials or Credentials("", ""),
            client.meta.region_name,
            verify or os.environ.get("REQUESTS_CA_BUNDLE") or str(get_cert_path(True)),
            UNSENT_BYTES,
        )
        self._lock = threading.Lock()
        self._addresses: dict[str, str] = {}

    def read(self, client: S3Client, wanted: Wanted, begin: Begin) -> None:
        """Have what the store answers handed on.

        Args:
            client: whose patience holds; asked where an answer is not plain.

        Raises:
            BotoCoreError, ClientError: as the client does. whatever `begin`, or who takes the body, raises.
        """
        span, outcome = wanted.span, _Outcome.NONE
        condition = {"If-Match": f'"{wanted.etag}"'} if wanted.etag else {}
        if self._reads_plainly and (url := self._address(wanted.bucket, wanted.key)):
            asked = _request(client, url, span=span, headers=condition, block_bytes=wanted.block_bytes)
            outcome = self._ask("GetObject", asked, begin)
        if outcome is _Outcome.DONE:
            return
        said: dict[str, Any] = {"Range": f"bytes={span.start}-{span.stop - 1}"} if span else {}
        if wanted.etag:
            said["IfMatch"] = condition["If-Match"]
        answer = client.get_object(Bucket=wanted.bucket, Key=wanted.key, **said)
        # what the client alone is answered: another region, another way to sign
        self._reads_plainly = self._reads_plainly and outcome is not _Outcome.NOT_PLAIN
        with closing(answer["Body"]) as body:
            take = begin(ObjectAnswer(answer["ResponseMetadata"]["HTTPHeaders"]))
            while (block := body.read(wanted.block_bytes)) and take(block):
                pass

    def write(self, client: S3Client, given: Written, by_client: Callable[[], object]) -> None:
        """Put an object there.

        Args:
            client: whose patience holds.
            by_client: puts it there by the client, which is asked where an answer is not plain.

        Raises:
            BotoCoreError, ClientError: as the client does. whatever the body raises.
        """
        outcome = _Outcome.NONE
        if self._writes_plainly and (url := self._address(given.bucket, given.key)):
            asked = _request(client, url, headers=given.headers, body=given.body)
            outcome = self._ask("PutObject", asked, None)
            if outcome is not _Outcome.DONE:
                given.body.take_back()
        if outcome is _Outcome.DONE:
            return
        by_client()
        self._writes_plainly = self._writes_plainly and outcome is not _Outcome.NOT_PLAIN

    def _ask(self, operation: str, request: Request, begin: Begin | None) -> _Outcome:
        words = _Words()

        def begun(status: int, headers: Mapping[str, str]) -> Take:
            is_final = status >= 500 or status in COME_AGAIN
            if is_final or (begin is None and _is_success(status)):
                return words.begun(status, headers)
            if status not in PLAIN or begin is None:
                raise _NotPlainError
            return begin(ObjectAnswer(headers))

        try:
            self._connections.ask(request, begun)
            words.refuse(self._client, operation)
        except NoAnswerError:
            return _Outcome.NONE
        except _NotPlainError:
            return _Outcome.NOT_PLAIN
        return _Outcome.DONE

    def _address(self, bucket: str, key: str) -> str | None:
        """Of an object, as the client makes it: the bucket's name in the host's or behind it. None where libcurl would
        make another of it."""
        if _DOTS.search(key):
            return None
        with self._lock:
            if bucket not in self._addresses:
                of_one = self._client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "-"})
                self._addresses[bucket] = of_one.partition("?")[0].removesuffix("-")
            return self._addresses[bucket] + str(percent_encode(key, safe="/~"))


class _Outcome(Enum):
    """What came of a request that was made here; the client is asked where that is not `DONE`."""

    DONE = "done"
    NONE = "no answer"
    NOT_PLAIN = "not plain"


class _NotPlainError(Exception):
    """What came is the client's to ask for: no object, and no word that a store can't do it now."""


def _is_success(status: int) -> bool:
    return status // 100 == 2


def _request(client: S3Client, url: str, **more: Any) -> Request:
    config: Any = client.meta.config
    return Request(url, config.connect_timeout, config.read_timeout, **more)


class _Words:
    """What a store says beside an object: of what it can't do, or nothing where it did it."""

    def __init__(self) -> None:
        self._answer: dict[str, Any] = {}
        self._content = bytearray()

    def begun(self, status: int, headers: Mapping[str, str]) -> Take:
        self._answer = {"status_code": status, "headers": dict(headers)}
        return self._take

    def _take(self, block: bytes) -> bool:
        self._content += block[: _MOST_WORDS - len(self._content)]
        return len(self._content) < _MOST_WORDS

    def refuse(self, client: S3Client, operation: str) -> None:
        """Let pass where it did what was asked for, and said nothing else: by the client's own steps an answer of
        success is none whose body is an error's, or a page."""
        if not self._answer:
            return
        model: OperationModel = client.meta.service_model.operation_model(operation)
        told = {**self._answer, "body": bytes(self._content)}
        if self._content and _is_success(told["status_code"]):
            client.meta.events.emit(
                f"before-parse.s3.{operation}", operation_model=model, response_dict=told, customized_response_dict={}
            )
        if not _is_success(told["status_code"]):
            shape: Any = model.output_shape
            raise ClientError(create_parser("rest-xml").parse(told, shape), operation)
