"""Requests of S3 as they are written, not as a client of S3 would write them: any path, any header, signed or not."""

from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import json
import posixpath
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote_to_bytes, urlsplit

from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pipeline.storage.keys import KeyPair

_NOT_MINE = (b"SignatureDoesNotMatch", b"InvalidAccessKeyId")


@dataclass(frozen=True)
class Request:
    """One request; `path` and `query` go over the line as they stand here."""

    method: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def target(self) -> str:
        return self.path + (f"?{self.query}" if self.query else "")


@dataclass(frozen=True)
class Reply:
    """What came of it."""

    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


class _Signer(S3SigV4Auth):
    """Signs another spelling of the path than the one that is sent: which one a server signs is its own affair."""

    spelled = ""

    def _normalize_url_path(self, path: str) -> str:
        return self.spelled or path

    def canonical_query_string(self, request: AWSRequest) -> str:
        """As servers sign it, whatever was sent: each name and value decoded and written anew, in order."""
        pairs = [pair.partition("=") for pair in urlsplit(request.url).query.split("&") if pair]
        return "&".join(sorted(f"{_anew(name)}={_anew(value)}" for name, _, value in pairs))


@dataclass(frozen=True)
class Caller:
    """Somebody with a pair of keys, or nobody."""

    name: str
    endpoint: str
    pair: KeyPair | None

    def ask(self, request: Request) -> Reply:
        """Send it, signed in each way in which a server may read its path until it takes the signature."""
        reply = self.send(request, self.signed(request) if self.pair else dict(request.headers))
        for spelled in _spellings(request.path) if self.pair else ():
            if not (reply.status == 403 and _NOT_MINE[0] in reply.body):
                break
            reply = self.send(request, self.signed(request, spelled))
        return reply

    def signed(self, request: Request, spelled: str = "") -> dict[str, str]:
        """The headers that a request goes with."""
        assert self.pair is not None
        headers = {"x-amz-content-sha256": hashlib.sha256(request.body).hexdigest(), **request.headers}
        made = AWSRequest(request.method, self.endpoint + request.target, headers, request.body)
        signer = _Signer(Credentials(self.pair.key_id, self.pair.secret), "s3", "us-east-1")
        signer.spelled = spelled
        signer.add_auth(made)
        return dict(made.headers.items())

    def presigned(self, method: str, path: str, seconds: int = 300, query: str = "") -> Request:
        """An address that is signed by this caller's keys, as a request without headers."""
        assert self.pair is not None
        made = AWSRequest(method, f"{self.endpoint}{path}" + (f"?{query}" if query else ""))
        S3SigV4QueryAuth(Credentials(self.pair.key_id, self.pair.secret), "s3", "us-east-1", seconds).add_auth(made)
        parts = urlsplit(made.url)
        return Request(method, parts.path, parts.query)

    def form(self, bucket: str, key: str, content: bytes, beginning: str = "") -> Request:
        """A form of a browser that puts an object, with a policy that this caller's keys sign.

        Args:
            beginning: that of the keys which the policy allows.
        """
        assert self.pair is not None
        now = datetime.now(UTC)
        day, at = now.strftime("%Y%m%d"), now.strftime("%Y%m%dT%H%M%SZ")
        signed = {
            "x-amz-credential": f"{self.pair.key_id}/{day}/us-east-1/s3/aws4_request",
            "x-amz-algorithm": "AWS4-HMAC-SHA256",
            "x-amz-date": at,
        }
        until = (now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%S.000Z")
        asked = [{"bucket": bucket}, ["starts-with", "$key", beginning], *({name: signed[name]} for name in signed)]
        policy = base64.b64encode(json.dumps({"expiration": until, "conditions": asked}).encode())
        made = b"AWS4" + self.pair.secret.encode()
        for word in (day, "us-east-1", "s3", "aws4_request"):
            made = hmac.new(made, word.encode(), hashlib.sha256).digest()
        signature = hmac.new(made, policy, hashlib.sha256).hexdigest()
        return form(bucket, {"key": key, **signed, "policy": policy.decode(), "x-amz-signature": signature}, content)

    def send(self, request: Request, headers: Mapping[str, str]) -> Reply:
        """Send it with exactly these headers."""
        line = http.client.HTTPConnection(urlsplit(self.endpoint).netloc, timeout=30)
        line.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        given = {"Host": urlsplit(self.endpoint).netloc, "Content-Length": str(len(request.body)), **headers}
        for name, value in given.items():
            line.putheader(name, value.encode() if isinstance(value, str) else value)
        line.endheaders(request.body or None)
        answer = line.getresponse()
        reply = Reply(answer.status, answer.read(), {name.lower(): value for name, value in answer.getheaders()})
        line.close()
        return reply


def _anew(text: str) -> str:
    return quote(unquote_to_bytes(text), safe="-_.~")


def form(bucket: str, fields: Mapping[str, str], content: bytes) -> Request:
    """A form with a file."""
    border = "the-border-of-parts"
    parts = [(f'name="{name}"', value.encode()) for name, value in fields.items()]
    parts.append(('name="file"; filename="f"\r\nContent-Type: application/octet-stream', content))
    head = f"--{border}\r\nContent-Disposition: form-data; "
    body = b"".join(head.encode() + name.encode() + b"\r\n\r\n" + value + b"\r\n" for name, value in parts)
    body += f"--{border}--\r\n".encode()
    return Request("POST", f"/{bucket}", "", {"Content-Type": f"multipart/form-data; boundary={border}"}, body)


def _spellings(path: str) -> list[str]:
    """The path as servers may read it: decoded once and written anew, and without its steps."""
    decoded = unquote_to_bytes(path)
    plain = posixpath.normpath(decoded.decode("latin-1")).encode("latin-1")
    return [quote(decoded, safe="/-_.~"), quote(plain, safe="/-_.~"), path.replace("//", "/")]
