"""Objects, read with little between the line and who reads.

botocore asks by its description of S3, which takes longer than the bytes of a small object do. Whatever is no plain
answer is asked for again by its client, whose errors, redirects, proxies and habits then hold.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import urlsplit

from botocore.credentials import Credentials
from botocore.httpsession import get_cert_path
from botocore.utils import get_environ_proxies, percent_encode

from pipeline.storage.s3.wire import NoPlainAnswer, Wire
from pipeline.storage.together import unless_ended

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

PLAIN = (200, 206)
_NO_ANSWER = 500
_NOTHING = hashlib.sha256(b"").hexdigest()
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


class _Bytes(Protocol):
    def read(self, count: int) -> bytes | bytearray: ...
    def close(self) -> None: ...


class ObjectAnswer:
    """An object, or a stretch of it, on its way.

    Attributes:
        etag: of the object, without quotes; empty where none is told.
        length: of the body in bytes, as it is announced; None where it is not.
        span: the stretch that it is said to be, None where it is said to be all.
        of_bytes: how long the whole object is said to be, beside `span`.
    """

    def __init__(self, headers: Mapping[str, str], body: _Bytes, reader: ObjectReader):
        self._body, self._reader = body, reader
        self.etag = headers.get("etag", "").strip('"')
        length = headers.get("content-length", "")
        self.length = int(length) if length.isdigit() else None
        found = _RANGE.fullmatch(headers.get("content-range", ""))
        self.span = range(int(found[1]), int(found[2]) + 1) if found else None
        self.of_bytes = int(found[3]) if found and found[3].isdigit() else None

    def read(self, count: int) -> bytes | bytearray:
        """The next bytes, at most so many; none at its end.

        Raises:
            BotoCoreError: the line is cut or still.
        """
        return self._body.read(count)

    def close(self) -> None:
        """Give the connection back, where all of the answer was read; else it ends."""
        if isinstance(self._body, Wire):
            self._reader.take_back(self._body)
        else:
            self._body.close()


class ObjectReader:
    """Asks for objects as somebody.

    Args:
        client: of the same identity; asked where an answer is not plain.
        credentials: None, or of which a request can't be signed here: the client is asked alone.
        verify: the file of certificates that the store's is held to; None is the system's.
    """

    def __init__(self, client: S3Client, credentials: Credentials | None, verify: str | None):
        self._client, self._credentials = client, credentials
        config: Any = client.meta.config
        self._waits = (config.connect_timeout, config.read_timeout)
        endpoint = client.meta.endpoint_url
        is_signed_here = credentials is not None and config.signature_version == "s3v4"
        self._is_plain = is_signed_here and not get_environ_proxies(endpoint)
        self._context: ssl.SSLContext | None = None
        if endpoint.startswith("https:"):
            file = verify or os.environ.get("REQUESTS_CA_BUNDLE") or get_cert_path(True)
            self._context = ssl.create_default_context(cafile=file)
        self._lock = threading.Lock()
        self._addresses: dict[str, str] = {}
        self._free: defaultdict[str, list[Wire]] = defaultdict(list)

    def read(self, bucket: str, key: str, span: range | None, etag: str) -> ObjectAnswer:
        """What the store answers.

        Args:
            span: the bytes that are wanted; None is all.
            etag: of the object that is meant, if it is known.

        Raises:
            BotoCoreError, ClientError: as the client does.
        """
        said = {"range": f"bytes={span.start}-{span.stop - 1}"} if span else {}
        if etag:
            said["if-match"] = f'"{etag}"'
        refused = _NO_ANSWER
        if self._is_plain:
            answer = self._plainly(bucket, key, said)
            if isinstance(answer, ObjectAnswer):
                return answer
            refused = answer
        named: dict[str, Any] = {{"range": "Range", "if-match": "IfMatch"}[name]: said[name] for name in said}
        asked = self._client.get_object(Bucket=bucket, Key=key, **named)
        if refused < _NO_ANSWER:  # what the client alone is answered: another region, another way to sign
            self._is_plain = False
        return ObjectAnswer(asked["ResponseMetadata"]["HTTPHeaders"], asked["Body"], self)

    def _plainly(self, bucket: str, key: str, said: Mapping[str, str]) -> ObjectAnswer | int:
        """The object; where something else came, its status, 500 where that is none."""
        parts = urlsplit(self._address(bucket))
        path = parts.path + percent_encode(key, safe="/~")
        rows = self._signed(path, {"host": parts.netloc, **said})
        request = "\r\n".join([f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in rows.items()), "", ""])
        try:
            wire = self._wire(parts.hostname or "", parts.port or (443 if self._context else 80))
        except OSError:
            return _NO_ANSWER
        try:
            status, headers = wire.ask(request.encode())
        except NoPlainAnswer:
            wire.close()
            return _NO_ANSWER
        except BaseException:
            wire.close()
            raise
        if status not in PLAIN:
            wire.close()
            return status
        return ObjectAnswer(headers, wire, self)

    def _wire(self, host: str, port: int) -> Wire:
        while True:
            with self._lock:
                free = self._free[host].pop() if self._free[host] else None
            if free is None:
                return unless_ended(lambda: Wire(host, port, self._context, *self._waits))
            if free.is_free:
                return free
            free.close()

    def take_back(self, wire: Wire) -> None:
        """A connection that was read from."""
        if wire.is_free:
            with self._lock:
                self._free[wire.host].append(wire)
        else:
            wire.close()

    def _signed(self, path: str, headers: Mapping[str, str]) -> dict[str, str]:
        """Headers with the fourth signature of AWS: of a GET without query, https://docs.aws.amazon.com/AmazonS3/latest/
        API/sig-v4-header-based-auth.html."""
        frozen = self._credentials.get_frozen_credentials()  # type: ignore[union-attr]
        now = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        rows = {**headers, "x-amz-content-sha256": _NOTHING, "x-amz-date": now}
        if frozen.token:
            rows["x-amz-security-token"] = frozen.token
        names = ";".join(sorted(rows))
        asked = "\n".join(["GET", path, "", *(f"{name}:{rows[name]}" for name in sorted(rows)), "", names, _NOTHING])
        scope = (now[:8], self._client.meta.region_name, "s3", "aws4_request")
        key = f"AWS4{frozen.secret_key}".encode()
        for step in scope:
            key = hmac.digest(key, step.encode(), "sha256")
        text = "\n".join(["AWS4-HMAC-SHA256", now, "/".join(scope), hashlib.sha256(asked.encode()).hexdigest()])
        proof = hmac.digest(key, text.encode(), "sha256").hex()
        by = f"Credential={frozen.access_key}/{'/'.join(scope)}, SignedHeaders={names}, Signature={proof}"
        return {**rows, "authorization": f"AWS4-HMAC-SHA256 {by}"}

    def _address(self, bucket: str) -> str:
        """Of a bucket, as the client makes it: the name in the host's or behind it."""
        if bucket not in self._addresses:
            of_one = self._client.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "-"})
            self._addresses[bucket] = of_one.partition("?")[0].removesuffix("-")
        return self._addresses[bucket]
