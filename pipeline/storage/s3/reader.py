"""Objects, read with little between the line and who reads.

botocore's own signer and connections, without its description of S3: to ask by that takes longer than a small object's
bytes. Whatever is no plain answer is asked for again by the client, whose errors, redirects and habits then hold.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import SSLError
from botocore.httpsession import (  # type: ignore[attr-defined]  # what it catches itself, under its own name
    URLLib3Session,
    URLLib3SSLError,
)
from botocore.response import StreamingBody
from botocore.utils import get_environ_proxies, percent_encode

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

PLAIN = (200, 206)
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class ObjectAnswer:
    """An object, or a stretch of it, on its way.

    Attributes:
        etag: of the object, without quotes; empty where none is told.
        length: of the body in bytes, as it is announced; None where it is not.
        span: the stretch that it is said to be, None where it is said to be all.
        of_bytes: how long the whole object is said to be, beside `span`.
    """

    def __init__(self, headers: Mapping[str, str], body: StreamingBody, raw: Any):
        self._body, self._raw = body, raw
        self.etag = headers.get("etag", "").strip('"')
        told = headers.get("content-length", "")
        self.length = int(told) if told.isdigit() else None
        found = _RANGE.fullmatch(headers.get("content-range", ""))
        self.span = range(int(found[1]), int(found[2]) + 1) if found else None
        self.of_bytes = int(found[3]) if found and found[3].isdigit() else None

    def read(self, count: int) -> bytes:
        """The next bytes: so many, unless it ends before."""
        try:
            return self._body.read(count)
        except URLLib3SSLError as error:  # a cut while TLS speaks, which StreamingBody lets through
            raise SSLError(endpoint_url="-", error=error) from error

    def close(self) -> None:
        """Give the connection up, unless all of the answer was read: then others use it."""
        self._body.close()

    def end(self) -> None:
        """From another thread: have whoever reads read no more."""
        with suppress(OSError, ValueError, RuntimeError, AttributeError):  # not begun, over, or an older urllib3
            self._raw.shutdown()


class ObjectReader:
    """Asks for objects as somebody.

    Args:
        client: of the same identity; asked where an answer is none.
        credentials: None, or of which a request can't be signed here: the client is asked alone.
        verify: the file of certificates that the store's is held to; None is the system's.
    """

    def __init__(self, client: S3Client, credentials: Credentials | None, verify: str | None):
        self._client, self._credentials = client, credentials
        config: Any = client.meta.config
        self._is_plain = credentials is not None and config.signature_version == "s3v4"
        self._addresses: dict[str, str] = {}
        self._agent = str(config.user_agent)
        self._session = URLLib3Session(
            verify=verify or os.environ.get("REQUESTS_CA_BUNDLE") or True,  # type: ignore[arg-type]  # a file too
            proxies=get_environ_proxies(client.meta.endpoint_url),
            timeout=(config.connect_timeout, config.read_timeout),  # type: ignore[arg-type]  # of each its own
            max_pool_connections=config.max_pool_connections,
        )

    def read(self, bucket: str, key: str, span: range | None, etag: str) -> ObjectAnswer:
        """What the store answers.

        Args:
            span: the bytes that are wanted; None is all.
            etag: of the object that is meant, if it is known.
        """
        said = {"Range": f"bytes={span.start}-{span.stop - 1}"} if span else {}
        if etag:
            said["If-Match"] = f'"{etag}"'
        refused = 0
        if self._is_plain:
            answer = self._plainly(bucket, key, said)
            if isinstance(answer, ObjectAnswer):
                return answer
            refused = answer
        named = {name.replace("-", ""): value for name, value in said.items()}
        asked = self._client.get_object(Bucket=bucket, Key=key, **named)  # type: ignore[arg-type]
        self._is_plain = self._is_plain and refused >= 500  # answered to the client alone: another region, another way
        body: Any = asked["Body"]
        return ObjectAnswer(asked["ResponseMetadata"]["HTTPHeaders"], body, body._raw_stream)

    def _plainly(self, bucket: str, key: str, said: Mapping[str, str]) -> ObjectAnswer | int:
        """As the client would ask; the status of an answer that is not the object."""
        address = self._address(bucket) + percent_encode(key, safe="/~")
        request = AWSRequest("GET", address, headers={**said, "User-Agent": self._agent}, stream_output=True)
        frozen = self._credentials.get_frozen_credentials()  # type: ignore[union-attr]
        S3SigV4Auth(frozen, "s3", self._client.meta.region_name).add_auth(request)
        answer = self._session.send(request.prepare())
        if answer.status_code not in PLAIN:
            answer.raw.close()
            return int(answer.status_code)
        headers = {name.lower(): value for name, value in answer.headers.items()}
        body = StreamingBody(answer.raw, headers.get("content-length"))  # type: ignore[arg-type]  # as botocore does
        return ObjectAnswer(headers, body, answer.raw)

    def _address(self, bucket: str) -> str:
        """Of a bucket, as the client makes it: the name in the host's or behind it."""
        if bucket not in self._addresses:
            of_one = self._client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "-"})
            self._addresses[bucket] = of_one.partition("?")[0].removesuffix("-")
        return self._addresses[bucket]

    def close(self) -> None:
        """Drop the connections that nobody uses."""
        self._session.close()
