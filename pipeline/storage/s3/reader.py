"""Objects, read with little between the line and who reads.

botocore's client asks by its description of S3, which takes longer than the bytes of a small object do: its signer and
the pool of connections that it uses do without. Whatever is no plain answer is asked for again by the client, whose
errors, redirects, proxies and habits then hold.
"""

from __future__ import annotations

import os
import re
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

import urllib3
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ReadTimeoutError, ResponseStreamingError
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies, percent_encode
from urllib3.exceptions import HTTPError, ProtocolError, TimeoutError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

CONNECTIONS = 16  # that are kept
PLAIN = (200, 206)
_NO_ANSWER = 500
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class _Body(Protocol):
    def read(self, count: int) -> bytes: ...
    def close(self) -> None: ...


class ObjectAnswer:
    """An object, or a stretch of it, on its way.

    Attributes:
        etag: of the object, without quotes; empty where none is told.
        length: of the body in bytes, as it is announced; None where it is not.
        span: the stretch that it is said to be, None where it is said to be all.
        of_bytes: how long the whole object is said to be, beside `span`.
    """

    def __init__(self, headers: Mapping[str, str], body: _Body):
        self._body = body
        self.etag = headers.get("etag", "").strip('"')
        length = headers.get("content-length", "")
        self.length = int(length) if length.isdigit() else None
        found = _RANGE.fullmatch(headers.get("content-range", ""))
        self.span = range(int(found[1]), int(found[2]) + 1) if found else None
        self.of_bytes = int(found[3]) if found and found[3].isdigit() else None

    def read(self, count: int) -> bytes:
        """What has come by now, at most so many bytes; none at the end.

        Raises:
            BotoCoreError: the line is cut or still.
        """
        return self._body.read(count)

    def close(self) -> None:
        """Give the connection back, where all of the answer was read; else it ends."""
        self._body.close()


class _PooledBody:
    """The body of an answer over a connection of the pool."""

    def __init__(self, answer: urllib3.BaseHTTPResponse):
        self._answer = answer

    def read(self, count: int) -> bytes:
        with _told_as_botocore():
            return self._answer.read1(count)

    def close(self) -> None:
        if self._answer.length_remaining:
            self._answer.close()
        else:
            self._answer.release_conn()


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
        endpoint = client.meta.endpoint_url
        is_signed_here = credentials is not None and config.signature_version == "s3v4"
        self._is_plain = is_signed_here and not get_environ_proxies(endpoint)
        self._signer: Any = S3SigV4Auth(credentials or Credentials("", ""), "s3", client.meta.region_name)
        encrypted: dict[str, Any] = {}
        if endpoint.startswith("https:"):
            file = verify or os.environ.get("REQUESTS_CA_BUNDLE") or get_cert_path(True)
            encrypted["ssl_context"] = ssl.create_default_context(cafile=file)
        waits = urllib3.Timeout(connect=config.connect_timeout, read=config.read_timeout)
        self._pool = urllib3.PoolManager(maxsize=CONNECTIONS, timeout=waits, retries=False, **encrypted)
        self._lock = threading.Lock()
        self._addresses: dict[str, str] = {}

    def read(self, bucket: str, key: str, span: range | None, etag: str) -> ObjectAnswer:
        """What the store answers.

        Args:
            span: the bytes that are wanted; None is all.
            etag: of the object that is meant, if it is known.

        Raises:
            BotoCoreError, ClientError: as the client does.
        """
        said = {"Range": f"bytes={span.start}-{span.stop - 1}"} if span else {}
        if etag:
            said["If-Match"] = f'"{etag}"'
        refused = _NO_ANSWER
        if self._is_plain:
            answer = self._plainly(bucket, key, said)
            if isinstance(answer, ObjectAnswer):
                return answer
            refused = answer
        named: dict[str, Any] = {name.replace("-", ""): value for name, value in said.items()}
        asked = self._client.get_object(Bucket=bucket, Key=key, **named)
        if refused < _NO_ANSWER:  # what the client alone is answered: another region, another way to sign
            self._is_plain = False
        return ObjectAnswer(asked["ResponseMetadata"]["HTTPHeaders"], asked["Body"])

    def _plainly(self, bucket: str, key: str, said: Mapping[str, str]) -> ObjectAnswer | int:
        """The object; where something else came, its status, 500 where that is none."""
        url = self._address(bucket) + percent_encode(key, safe="/~")
        signed = AWSRequest("GET", url, headers=dict(said))
        signed.context["client_config"] = self._client.meta.config
        self._signer.add_auth(signed)
        headers = {**dict(signed.headers.items()), "Accept-Encoding": "identity"}
        try:
            with _told_as_botocore():
                answer = self._pool.connection_from_url(url).urlopen(
                    "GET",
                    urlsplit(url).path,
                    headers=headers,
                    redirect=False,
                    preload_content=False,
                    decode_content=False,
                )
        except HTTPError:
            return _NO_ANSWER
        told = {name.lower(): value for name, value in answer.headers.items()}
        if answer.status not in PLAIN or "transfer-encoding" in told or not told.get("content-length", "").isdigit():
            answer.close()
            return answer.status if answer.status not in PLAIN else _NO_ANSWER
        return ObjectAnswer(told, _PooledBody(answer))

    def _address(self, bucket: str) -> str:
        """Of a bucket, as the client makes it: the name in the host's or behind it."""
        with self._lock:
            if bucket not in self._addresses:
                of_one = self._client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "-"})
                self._addresses[bucket] = of_one.partition("?")[0].removesuffix("-")
            return self._addresses[bucket]


@contextmanager
def _told_as_botocore() -> Iterator[None]:
    """What befalls a line under way, as the client tells it; that there is none is for the client to say."""
    try:
        yield
    except TimeoutError as error:
        if isinstance(error, urllib3.exceptions.ConnectTimeoutError):
            raise
        raise ReadTimeoutError(endpoint_url="-", error=error) from error
    except ProtocolError as error:
        raise ResponseStreamingError(error=error) from error
