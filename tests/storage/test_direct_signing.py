"""Requests of libcurl's are signed, addressed and encoded as botocore's client would have them."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pipeline.errors import ShowcaseError
from pipeline.model.storage_preset import GENERIC
from pipeline.storage.s3.dialect import Encryption
from pipeline.storage.s3.session import Connection
from tests.common_store import CommonStore
from tests.storage.proxy import Message, proxied
from tests.storage.scripted_server import scripted
from tests.storage.test_direct import KEYS, got, put, reached


@pytest.fixture(scope="module")
def connection(common_store: CommonStore) -> Iterator[Connection]:
    with common_store.taken("delivery") as connection:
        yield connection


NAMES = (
    *(
        "a b",
        "a%20b",
        "a+b",
        "a~b",
        "新疆/片 名.ts",
        "e\u0301/\u00e9",
        "x?y#z",
        "q&a=b;c,d",
        "$@!*()'",
        "a:b",
        "%",
        "..a/b..",
    ),
    *("a/...", "%2e%2e/c", "🎬/\U0010ffff", "/".join(["k" * 240] * 4), "\x7f\t"),
)


def test_keys_of_all_kinds_are_carried_by_libcurl(connection: Connection, tmp_path: Path) -> None:
    seen: list[str] = []

    def direct(given: Message) -> None:
        seen.append(given.headers.get("User-Agent", ""))

    with proxied(connection, direct) as proxy:
        for name in NAMES:
            put(proxy.store, tmp_path, name, name.encode())
            assert got(proxy.store, name)[0] == name.encode()
            client = proxy.store.client()
            assert client.get_object(Bucket="delivery", Key=name)["Body"].read() == name.encode()
    assert seen.count("showcase") == 2 * len(NAMES)
    assert len(seen) == 3 * len(NAMES)


def is_signed(head: bytes, region: str, token: str | None) -> bool:
    """Whether botocore would sign it so."""
    first, *rows = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
    found = re.fullmatch(r"AWS4-HMAC-SHA256 (.*), SignedHeaders=(.*), Signature=(.*)", headers["authorization"])
    assert found
    named = found[2].split(";")
    assert named == sorted(named)
    assert headers.get("x-amz-security-token") == token
    method, path, _ = first.split(" ")
    lines = [method, path, "", *(f"{name}:{' '.join(headers[name].split())}" for name in named), ""]
    request = AWSRequest(method, f"http://-{path}")
    request.context["timestamp"] = headers["x-amz-date"]
    signer = S3SigV4Auth(Credentials(*KEYS, token), "s3", region)
    canonical = "\n".join([*lines, found[2], headers["x-amz-content-sha256"]])
    signature = signer.signature(signer.string_to_sign(request, canonical), request)
    return f"/{region}/s3/aws4_request" in found[1] and signature == found[3]


@pytest.mark.parametrize(
    ("family", "region", "token", "path"),
    [
        (socket.AF_INET, "us-east-1", None, ""),
        (socket.AF_INET6, "oss-cn-beijing", "FwoGZ+/=token", "/base/s3"),
    ],
)
def test_it_is_signed_as_botocore_signs(
    family: socket.AddressFamily,
    region: str,
    token: str | None,
    path: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AWS_REGION", region)
    for name, value in zip(("ACCESS_KEY_ID", "SECRET_ACCESS_KEY", "SESSION_TOKEN"), (*KEYS, token), strict=True):
        if value:
            monkeypatch.setenv(f"AWS_{name}", value)
    with scripted(family=family) as server:
        own = Encryption("aws:kms", "key/1")
        store = reached(server.endpoint + path, access_key=None, secret_key=None, encryption=own)
        got(store, "a b~+é/x(1)*'!@$&=,;:", range(3, 9), "x  y")
        put(store, tmp_path, "新 疆")
        assert [is_signed(head, region, token) for head in server.heads] == [True, True]
        assert server.heads[0].startswith(f"GET {path}/delivery/a%20b~%2B%C3%A9/x%281%29%2A%27%21%40".encode())
        assert b"x-amz-server-side-encryption: aws:kms\r\n" in server.heads[1]


def test_keys_that_are_not_ascii_are_refused_by_the_store_alone(connection: Connection, tmp_path: Path) -> None:
    store = reached(connection.endpoint or "", **dict(zip(("access_key", "secret_key"), ("王", "密"), strict=True)))
    for act in (lambda: got(store), lambda: put(store, tmp_path)):
        with pytest.raises(ShowcaseError) as caught:
            act()
        assert caught.value.key == "store_wrong_keys"


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SESSION_TOKEN"])
def test_no_key_adds_a_line_to_what_is_asked(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for given in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", name):
        monkeypatch.setenv(given, "a key")
    monkeypatch.setenv(name, "a key\nX-More: 1")
    with scripted() as server:
        store = reached(server.endpoint, access_key=None, secret_key=None)
        for act in (lambda: got(store), lambda: put(store, tmp_path)):
            with pytest.raises(ShowcaseError) as caught:
                act()
            assert caught.value.detail == "HTTPClientError"
        assert server.heads == []


def test_the_buckets_name_stands_where_the_client_has_it(tmp_path: Path) -> None:
    with scripted() as server:
        address = server.endpoint.replace("127.0.0.1", "localhost")
        store = reached(address, preset=GENERIC.model_copy(update={"addressing": "virtual"}))
        got(store)
        put(store, tmp_path)
        port = server.endpoint.rpartition(":")[2].encode()
        for head in server.heads:
            assert b" /film.ts HTTP/1.1\r\nHost: delivery.localhost:" + port + b"\r\n" in head
            assert is_signed(head, "us-east-1", None)
