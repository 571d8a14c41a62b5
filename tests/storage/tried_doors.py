"""Every way into another's place that a request of S3 can take, as requests; what comes of them is held elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

from tests.storage.raw_requests import Caller, Request, form

EXPIRED_S = 2.5  # of an address that is signed for a second
FORGED = b'{"forged": true}'
# what an owner asks of a bucket, and of an object: read, put and taken away
OF_BUCKETS = (
    *("acl", "policy", "cors", "lifecycle", "versioning", "tagging", "encryption", "object-lock", "website", "logging"),
    *("ownershipControls", "publicAccessBlock", "notification", "replication", "requestPayment", "accelerate"),
)
OF_OBJECTS = ("acl", "tagging", "retention", "legal-hold", "attributes", "torrent", "versionId=null", "partNumber=1")


@dataclass(frozen=True)
class Upload:
    """An upload in parts of somebody else that is under way."""

    bucket: str
    key: str
    identity: str
    etag: str


@dataclass(frozen=True)
class Scene:
    """Where it is tried.

    Args:
        own: bucket and beginning of the keys where the caller may put, if anywhere.
        others: objects that are not the caller's, by bucket and key.
        uploads: of others, under way.
        mine: the caller's own, under way.
    """

    own: tuple[str, str] | None
    others: tuple[tuple[str, str], ...]
    uploads: tuple[Upload, ...]
    mine: Upload | None = None


@dataclass(frozen=True)
class Door:
    """One attempt.

    Args:
        as_is: it is sent as it stands, signed in itself or not at all.
        must_refuse: whatever it names: it is out of date, changed, or forged.
        reads: whose content comes to the caller's own place when it is answered, by bucket and key.
    """

    act: str
    name: str
    request: Request
    as_is: bool = False
    must_refuse: bool = False
    reads: tuple[str, str] | None = None


def doors(caller: Caller, scene: Scene) -> Iterator[Door]:
    """All attempts of one caller; those that sign in their own way only with a pair of keys."""
    begun = time.monotonic()
    brief = [
        caller.presigned("GET", f"/{bucket}/{key}", seconds=1)
        for bucket, key in ([(scene.own[0], f"{scene.own[1]}own.json")] if scene.own else [])
    ]
    for bucket in dict.fromkeys(bucket for bucket, _ in scene.others):
        yield from _listings(bucket)
        yield from _of_bucket(bucket)
        for method, act in (("GET", "read"), ("HEAD", "head"), ("PUT", "write"), ("DELETE", "delete")):
            first = next(key for there, key in scene.others if there == bucket)
            for spelled in _spelled(bucket, first):
                body = FORGED if method == "PUT" else b""
                yield Door(f"{act}: other spellings", spelled, Request(method, f"/{bucket}/{spelled}", body=body))
    for bucket, key in scene.others:
        yield from _plain(bucket, key)
        yield from _copies(scene, bucket, key)
        yield from (door for upload in scene.uploads for door in _parts(upload, bucket, key))
        yield from _signed(caller, scene, bucket, key) if caller.pair else _unsigned(bucket, key)
    for upload in scene.uploads:
        yield from _parts(upload, upload.bucket, upload.key)
        if scene.own:
            yield from _parts(upload, scene.own[0], scene.own[1] + "x")
    yield from _of_service()
    if brief:
        time.sleep(max(0.0, begun + EXPIRED_S - time.monotonic()))
    for request in brief:
        yield Door("presigned", "out of date", request, as_is=True, must_refuse=True)


def _listings(bucket: str) -> Iterator[Door]:
    asked = [
        *("list-type=2", "list-type=2&prefix=", "list-type=1", "", "prefix=653200/", "list-type=2&prefix=653200/"),
        *("list-type=2&prefix=653200", "list-type=2&prefix=6532", "list-type=2&delimiter=/", "delimiter=/&prefix="),
        *("list-type=2&start-after=653199", "list-type=2&prefix=653100/&start-after=653199/", "marker=653199"),
        *("list-type=2&prefix=653100/&prefix=653200/", "list-type=2&prefix=653200/&prefix=653100/"),
        *("list-type=2&prefix=653100/../653200/", "list-type=2&prefix=653100/..%2F653200/", "prefix=653100/../"),
        *("list-type=2&prefix=/653200/", "list-type=2&prefix=%2F", "list-type=2&prefix=./653200/", "prefix=653200//"),
        *("list-type=2&Prefix=653200/", "list-type=2&prefix=653100&delimiter=", "list-type=2&prefix=653100"),
        *("list-type=2&prefix=653100/&continuation-token=653199", "list-type=2&prefix=653200%2F&encoding-type=url"),
        *("prefix=653100/&marker=653199", "list-type=2&prefix=%EF%BC%96%EF%BC%95", "list-type=2&prefix=653100/%00"),
        *("list-type=2&prefix=653100/&delimiter=653100/../", "list-type=2&prefix=*", "list-type=2&prefix=.uploads/"),
        *(
            "versions",
            "versions&prefix=653200/",
            "uploads",
            "uploads&prefix=653200/",
            "uploads&prefix=653100/../653200/",
        ),
        *("uploads&prefix=653100/&key-marker=653199", "versions&prefix=653100/&key-marker=653199", "location"),
    ]
    for query in asked:
        yield Door("list", query or "-", Request("GET", f"/{bucket}", query))
    yield Door("list", "HEAD", Request("HEAD", f"/{bucket}"))
    for path, host in (("/", f"{bucket}.localhost"), ("/653200/", f"{bucket}.127.0.0.1"), ("/", f"{bucket}.s3.test")):
        yield Door("list", f"host {host}{path}", Request("GET", path, "list-type=2", {"Host": host}))
    for path in (f"/{bucket}/653200", f"/{bucket}/653200/", f"/{bucket}/", f"//{bucket}", f"/.//{bucket}/653200/"):
        yield Door("list", path, Request("GET", path, "list-type=2"))


def _of_bucket(bucket: str) -> Iterator[Door]:
    allow = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:*","Resource":'
    bodies = {
        "policy": f'{allow}["arn:aws:s3:::{bucket}","arn:aws:s3:::{bucket}/*"]}}]}}'.encode(),
        "versioning": b"<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>",
        "tagging": b"<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>",
        "cors": b"<CORSConfiguration><CORSRule><AllowedOrigin>*</AllowedOrigin><AllowedMethod>PUT</AllowedMethod>"
        b"</CORSRule></CORSConfiguration>",
        "lifecycle": b"<LifecycleConfiguration><Rule><ID>x</ID><Status>Enabled</Status><Filter><Prefix></Prefix>"
        b"</Filter><Expiration><Days>1</Days></Expiration></Rule></LifecycleConfiguration>",
        "ownershipControls": b"<OwnershipControls><Rule><ObjectOwnership>ObjectWriter</ObjectOwnership></Rule>"
        b"</OwnershipControls>",
    }
    for what in OF_BUCKETS:
        act = what if what in ("acl", "policy", "tagging") else "settings of a bucket"
        yield Door(act, f"GET ?{what}", Request("GET", f"/{bucket}", what))
        yield Door(act, f"PUT ?{what}", Request("PUT", f"/{bucket}", what, body=bodies.get(what, b"<X/>")))
        yield Door(act, f"DELETE ?{what}", Request("DELETE", f"/{bucket}", what))
    yield Door("acl", "PUT canned", Request("PUT", f"/{bucket}", "acl", {"x-amz-acl": "public-read-write"}))
    yield Door("settings of a bucket", "make", Request("PUT", f"/{bucket}", headers={"x-amz-acl": "public-read"}))
    yield Door("settings of a bucket", "make another", Request("PUT", f"/{bucket}-2"))
    yield Door("delete", "the bucket", Request("DELETE", f"/{bucket}"))


def _plain(bucket: str, key: str) -> Iterator[Door]:
    path = f"/{bucket}/{quote(key)}"
    yield Door("read", "GET", Request("GET", path))
    yield Door("read", "a range", Request("GET", path, headers={"Range": "bytes=0-7"}))
    yield Door("read", "named otherwise", Request("GET", path, "response-content-type=text/html"))
    yield Door("head", "HEAD", Request("HEAD", path))
    yield Door("head", "with checksums", Request("HEAD", path, headers={"x-amz-checksum-mode": "ENABLED"}))
    for what in OF_OBJECTS:
        act = what if what in ("acl", "tagging") else "read"
        yield Door(act, f"GET ?{what}", Request("GET", path, what))
    tags = b"<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>"
    hold = b"<LegalHold><Status>ON</Status></LegalHold>"
    keep = b"<Retention><Mode>GOVERNANCE</Mode><RetainUntilDate>2099-01-01T00:00:00Z</RetainUntilDate></Retention>"
    yield Door("tagging", "PUT", Request("PUT", path, "tagging", body=tags))
    yield Door("tagging", "DELETE", Request("DELETE", path, "tagging"))
    yield Door("acl", "PUT", Request("PUT", path, "acl", {"x-amz-acl": "public-read"}))
    yield Door("write", "a hold", Request("PUT", path, "legal-hold", body=hold))
    yield Door("write", "a term", Request("PUT", path, "retention", body=keep))
    yield Door("write", "PUT", Request("PUT", path, body=FORGED))
    yield Door("write", "where none is", Request("PUT", path, headers={"If-None-Match": "*"}, body=FORGED))
    yield Door("write", "beside it", Request("PUT", f"{path}.2", body=FORGED))
    yield Door("write", "for everybody", Request("PUT", path, headers={"x-amz-acl": "public-read"}, body=FORGED))
    yield Door("write", "with tags", Request("PUT", path, headers={"x-amz-tagging": "a=b"}, body=FORGED))
    yield Door("write", "at an offset", Request("PUT", path, headers={"x-amz-write-offset-bytes": "0"}, body=FORGED))
    yield Door("write", "a folder", Request("PUT", f"{path}/", body=b""))
    yield Door("write", "restore", Request("POST", path, "restore", body=b"<RestoreRequest/>"))
    yield Door("read", "select", Request("POST", path, "select&select-type=2", body=b"<X/>"))
    yield Door("delete", "DELETE", Request("DELETE", path))
    yield Door("delete", "a version", Request("DELETE", path, "versionId=null"))
    yield Door("delete", "its folder", Request("DELETE", f"/{bucket}/{key.rpartition('/')[0]}/"))
    for spelled in (key, f"653100/../{key}", f"/{key}", f"{key.rpartition('/')[0]}/", "653200/", "653200"):
        named = f"<Object><Key>{spelled}</Key></Object>"
        yield Door("delete", f"many: {spelled}", Request("POST", f"/{bucket}", "delete", body=_many(named)))


def _many(objects: str) -> bytes:
    return f"<Delete><Quiet>false</Quiet>{objects}</Delete>".encode()


def _copies(scene: Scene, bucket: str, key: str) -> Iterator[Door]:
    into = [(bucket, f"{key}.copy")]
    into += [(scene.own[0], f"{scene.own[1]}copied.json")] if scene.own else []
    sources = [
        *(f"/{bucket}/{key}", f"{bucket}/{key}", quote(f"/{bucket}/{key}", safe=""), f"/{bucket}/{key}?versionId=null"),
        *(f"/{bucket}/653100/../{key}", f"/{bucket}/653100/%2e%2e/{key}", f"/{bucket}//{key}", f"//{bucket}/{key}"),
        *(f"/inbox/653100/../../{bucket}/{key}", f"arn:aws:s3:::{bucket}/{key}", f"/{bucket}/./{key}"),
        *(f"{bucket}/653100/..%2f{key}", f"/buckets/{bucket}/{key}", f"/{bucket}/653100/%5c..%5c{key}"),
    ]
    read = (bucket, key)
    for to, name in into:
        path = f"/{to}/{quote(name)}"
        for source in sources:
            named = {"x-amz-copy-source": source}
            yield Door("copy from", f"{source} to {to}/{name}", Request("PUT", path, headers=named), reads=read)
        moved = {"x-amz-rename-source": f"/{bucket}/{key}"}
        yield Door("copy from", "rename", Request("PUT", path, "renameObject", moved), reads=read)
    if scene.mine:
        path, of = f"/{scene.mine.bucket}/{quote(scene.mine.key)}", f"partNumber=2&uploadId={scene.mine.identity}"
        for source in sources:
            named = {"x-amz-copy-source": source, "x-amz-copy-source-range": "bytes=0-4"}
            yield Door("copy a part from", source, Request("PUT", path, of, named), reads=read)


def _parts(upload: Upload, bucket: str, key: str) -> Iterator[Door]:
    """Of somebody's upload, under its own key and under another one."""
    path = f"/{bucket}/{quote(key)}"
    ended = f"<Part><PartNumber>1</PartNumber><ETag>{upload.etag}</ETag></Part>"
    body = f"<CompleteMultipartUpload>{ended}</CompleteMultipartUpload>".encode()
    read = (upload.bucket, f"{upload.key.rpartition('/')[0]}/SUBMITTED.json")
    copied = {"x-amz-copy-source": "/".join(("", *read))}
    for identity in (upload.identity, f"../{upload.identity}", f"{upload.identity}/../{upload.identity}"):
        of = f"uploadId={quote(identity)}"
        yield Door("parts of an upload", f"list {key}", Request("GET", path, of))
        yield Door("parts of an upload", f"put {key}", Request("PUT", path, f"partNumber=2&{of}", body=FORGED))
        yield Door("parts of an upload", f"copy {key}", Request("PUT", path, f"partNumber=2&{of}", copied), reads=read)
        yield Door("parts of an upload", f"end {key}", Request("POST", path, of, body=body))
        yield Door("parts of an upload", f"give up {key}", Request("DELETE", path, of))
    yield Door("parts of an upload", f"begin {key}", Request("POST", path, "uploads="))
    part = f"/{bucket}/.uploads/{upload.identity}"
    yield Door("parts of an upload", "its folder", Request("GET", f"{part}/0001.part"))
    yield Door("parts of an upload", "into its folder", Request("PUT", f"{part}/0002.part", body=FORGED))


def _signed(caller: Caller, scene: Scene, bucket: str, key: str) -> Iterator[Door]:
    """Signed by the caller's keys in an address or a form."""
    path = f"/{bucket}/{quote(key)}"
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        yield Door("presigned", f"{method} of another's", caller.presigned(method, path), as_is=True)
    yield Door("presigned", "a listing", caller.presigned("GET", f"/{bucket}", query="list-type=2"), as_is=True)
    own = f"/{scene.own[0]}/{scene.own[1]}own.json" if scene.own else path
    good = caller.presigned("GET", own)
    changed = {
        "path": Request("GET", path if own != path else f"{path}x", good.query),
        "method": Request("PUT", own, good.query, body=FORGED),
        "life": Request("GET", own, good.query.replace("Expires=300", "Expires=604800")),
        "signature": Request("GET", own, good.query[:-1] + ("0" if good.query[-1] != "0" else "1")),
        "no signature": Request("GET", own, good.query.partition("&X-Amz-Signature")[0]),
        "more": Request("GET", own, f"{good.query}&versionId=null"),
        "another's name": Request("GET", own, good.query.replace(caller.pair.key_id if caller.pair else "", "A" * 20)),
        "other region": Request("GET", own, good.query.replace("us-east-1", "eu-west-1")),
        "too long": caller.presigned("GET", own, seconds=700_000),
    }
    for name, request in changed.items():
        yield Door("presigned", f"changed: {name}", request, as_is=True, must_refuse=True)
    yield Door("form", "another's key", caller.form(bucket, key, FORGED), as_is=True)
    yield Door("form", "another's key, own policy", caller.form(bucket, key, FORGED, "653100/"), as_is=True)
    yield Door("form", "by steps", caller.form(bucket, f"653100/../{key}", FORGED, "653100/"), as_is=True)
    for name in (
        "s3-identity-id",
        "x-amz-identity-id",
        "s3-is-admin",
        "x-amz-security-token",
        "x-seaweedfs-session-token",
    ):
        yield Door("headers", f"{name} on a read", Request("GET", path, headers={name: "workspace"}))
        yield Door("headers", f"{name} on a write", Request("PUT", path, headers={name: "workspace"}, body=FORGED))


def _unsigned(bucket: str, key: str) -> Iterator[Door]:
    path = f"/{bucket}/{quote(key)}"
    fields = {"key": key, "policy": "e30=", "x-amz-signature": "0"}
    yield Door("form", "unsigned", form(bucket, fields, FORGED), as_is=True)
    yield Door("form", "no policy", form(bucket, {"key": key}, FORGED), as_is=True)
    for value in ("STREAMING-UNSIGNED-PAYLOAD-TRAILER", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "UNSIGNED-PAYLOAD"):
        headers = {"x-amz-content-sha256": value, "x-amz-decoded-content-length": "2"}
        yield Door("headers", value, Request("PUT", path, headers=headers, body=b"2\r\n{}\r\n0\r\n\r\n"))
    for value in (
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ3b3Jrc3BhY2UifQ.",
        "AWS workspace:0",
        "Basic d29ya3NwYWNlOg==",
    ):
        yield Door("headers", value.split()[0], Request("GET", path, headers={"Authorization": value}))
        yield Door("headers", value.split()[0], Request("PUT", path, headers={"Authorization": value}, body=FORGED))
    for name in ("s3-identity-id", "s3-is-admin", "x-amz-identity-id"):
        yield Door("headers", name, Request("GET", path, headers={name: "workspace"}))


def _of_service() -> Iterator[Door]:
    for action in ("ListUsers", "CreateAccessKey&UserName=workspace", "PutUserPolicy&UserName=653100", "GetUser"):
        body = f"Action={action}&Version=2010-05-08".encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        yield Door("service", action, Request("POST", "/", headers=headers, body=body))
    for action in ("AssumeRole&RoleArn=arn:aws:iam::role/admin&RoleSessionName=x", "GetFederationToken&Name=workspace"):
        body = f"Action={action}&Version=2011-06-15".encode()
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        yield Door("service", action.partition("&")[0], Request("POST", "/", headers=headers, body=body))
    yield Door("service", "buckets", Request("GET", "/"))
    for path in (
        "/buckets/inbox/653200/",
        "/buckets",
        "/..",
        "/%2e%2e/etc/",
        "/.system/owners/workspace/",
        "/etc/iam/",
    ):
        yield Door("service", path, Request("GET", path))


def _spelled(bucket: str, key: str) -> list[str]:
    """Another's key as a server may read it that was asked for something else; `653100/` is the caller's."""
    head, _, name = key.rpartition("/")
    wide = key.translate({code: code + 0xFEE0 for code in range(0x30, 0x3A)})
    return [
        *(f"653100/../{key}", f"653100/%2e%2e/{key}", f"653100/..%2f{key}", f"653100/.%2E/{key}", f"653100/./../{key}"),
        *(f"653100//../{key}", f"653100/x/../../{key}", f"653100%2f..%2f{quote(key, safe='')}", f"653100/..;/{key}"),
        *(f"653100/%252e%252e/{key}", f"653100/%5c..%5c{key}", f"653100%5c..%5c{key}", f"653100/%c0%ae%c0%ae/{key}"),
        *(f"./{key}", f"/{key}", f"%2f{key}", f"//{key}", f"{head}//{name}", f"{head}/./{name}", f"{key}/", f"{key}."),
        *(f"{key}%20", f"{key}%00", f"{key}/.", f"{head.upper()}/{name.lower()}", quote(wide), quote(key, safe="")),
        *(f"%36{key[1:]}", f"653100/%00/../{key}", f"653100/../../{bucket}/{key}", f"653100/../../{bucket}%2f{key}"),
        *("653100/" + "../" * 300 + key, "653100/" + "x" * 900 + f"/../../{key}", "653100/" + "x" * 300, f"~/{key}"),
        *(f"653100/%0d%0ax-amz-acl:public-read/../../{key}", f"653100/%E2%80%AE/../../{key}", f"653100/*/../{key}"),
    ]
