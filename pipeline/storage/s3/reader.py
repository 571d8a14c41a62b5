"""Objects, read with little between the line and who reads.

botocore's client asks by its description of S3, which takes longer than the bytes of a small object do: libcurl signs
and reads without. Whatever is no plain answer is asked for again by the client, whose errors, redirects, proxies and
habits then hold.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.credentials import Credentials
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies, percent_encode

from pipeline.storage.s3.curl import CurlConnections, NoAnswerError, Take

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

PLAIN = (200, 206)
_NO_ANSWER = 500
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")
_DOTS = re.compile(r"(?:^|/)\.\.?(?:/|$)")  # folders that libcurl would resolve


class ObjectAnswer:
    """An object, or a stretch of it, that is on its way.

    Attributes:
        etag: of the object, without quotes; empty where none is told.
        length: of the body in bytes, as it is announced; None where it is not.
        span: the stretch that it is said to be, None where it is said to be all.
        of_bytes: how long the whole object is said to be, beside `span`.
    """

    def __init__(self, headers: Mapping[str, str]):
        self.etag = headers.get("etag", "").strip('"')
        length = headers.get("content-length", "")
        self.length = int(length) if length.isdigit() else None
        found = _RANGE.fullmatch(headers.get("content-range", ""))
        self.span = range(int(found[1]), int(found[2]) + 1) if found else None
        self.of_bytes = int(found[3]) if found and found[3].isdigit() else None


# is told of the answer before its body, and gives who takes that
Begin = Callable[[ObjectAnswer], Take]


class ObjectReader:
    """Asks for objects as somebody.

    Args:
        client: of the same identity; asked where an answer is not plain.
        credentials: None, or of which a request can't be signed here: the client is asked alone.
        verify: the file of certificates that the store's is held to; None is the system's.
    """

    def __init__(self, client: S3Client, credentials: Credentials | None, verify: str | None):
        self._client = client
        config: Any = client.meta.config
        is_signed_here = credentials is not None and config.signature_version == "s3v4"
        self._is_plain = is_signed_here and not get_environ_proxies(client.meta.endpoint_url)
        self._connections = CurlConnections(
            credentials or Credentials("", ""),
            client.meta.region_name,
            verify or os.environ.get("REQUESTS_CA_BUNDLE") or str(get_cert_path(True)),
            config.connect_timeout,
            config.read_timeout,
        )
        self._lock = threading.Lock()
        self._addresses: dict[str, str] = {}

    def read(self, bucket: str, key: str, span: range | None, etag: str, begin: Begin, block_bytes: int) -> None:
        """Have what the store answers handed on.

        Args:
            span: the bytes that are wanted; None is all.
            etag: of the object that is meant, if it is known.
            block_bytes: how many may be read at once.

        Raises:
            BotoCoreError, ClientError: as the client does. whatever `begin`, or who takes the body, raises.
        """
        refused = _NO_ANSWER
        if self._is_plain and not _DOTS.search(key):
            url = self._address(bucket) + percent_encode(key, safe="/~")
            condition = {"If-Match": f'"{etag}"'} if etag else {}
            try:
                self._connections.get(url, span, condition, partial(_plainly, begin), block_bytes)
            except NoAnswerError:
                pass
            except _NotPlainError as other:
                refused = other.status
            else:
                return
        said = {"Range": f"bytes={span.start}-{span.stop - 1}"} if span else {}
        if etag:
            said["IfMatch"] = f'"{etag}"'
        named: dict[str, Any] = said
        asked = self._client.get_object(Bucket=bucket, Key=key, **named)
        if refused < _NO_ANSWER:  # what the client alone is answered: another region, another way to sign
            self._is_plain = False
        with closing(asked["Body"]) as body:
            take = begin(ObjectAnswer(asked["ResponseMetadata"]["HTTPHeaders"]))
            while (block := body.read(block_bytes)) and take(block):
                pass

    def _address(self, bucket: str) -> str:
        """Of a bucket, as the client makes it: the name in the host's or behind it."""
        with self._lock:
            if bucket not in self._addresses:
                of_one = self._client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "-"})
                self._addresses[bucket] = of_one.partition("?")[0].removesuffix("-")
            return self._addresses[bucket]


class _NotPlainError(Exception):
    """What came is no object, or in a form that is the client's to read."""

    def __init__(self, status: int):
        super().__init__(status)
        self.status = status


def _plainly(begin: Begin, status: int, headers: Mapping[str, str]) -> Take:
    is_plain = "transfer-encoding" not in headers and headers.get("content-length", "").isdigit()
    if status not in PLAIN:
        raise _NotPlainError(status)
    if not is_plain:
        raise _NotPlainError(_NO_ANSWER)
    return begin(ObjectAnswer(headers))
