"""What a store has already is copied inside it; what can't be, or may be wrong, is sent."""

from __future__ import annotations

import hashlib
import random
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from pipeline.model.finding import Verdict
from pipeline.model.inbox import InboxMarker
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import StoredFile
from pipeline.model.submission import Kind
from pipeline.storage import embedded, layout, own_store
from pipeline.storage.bucket import Bucket
from pipeline.storage.identities import IdentityFile, identity_named
from pipeline.storage.inbox import InboxPlace, file_of
from pipeline.storage.place import Place
from pipeline.storage.rights import BucketNames
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from pipeline.storage.transfer import copying, multipart, upload
from tests.storage.part_sender import PART, send_part
from tests.storage.proxy import Asked, Message, Proxy, proxied

LARGE, SMALL = 12_000_000, 300_000  # three parts, one request
COPY = "x-amz-copy-source"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[embedded.Server, Path]]:
    folder = tmp_path_factory.mktemp("copying")
    with embedded.serve(folder, ("delivery", "inbox")) as server:
        yield server, folder


@pytest.fixture(scope="module")
def connection(served: tuple[embedded.Server, Path]) -> Connection:
    return served[0].connection


@cache
def plain(connection: Connection) -> Store:
    return Store(connection, endpoint_shown="")


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> list[StoredFile]:
    """A large file and a small one, as they lie in `root_of`."""
    root = tmp_path_factory.getbasetemp() / "films"
    root.mkdir(exist_ok=True)
    files = []
    for name, size in (("large.ts", LARGE), ("small.ts", SMALL)):
        content = random.Random(size).randbytes(size)
        (root / name).write_bytes(content)
        files.append(StoredFile(path=name, size_bytes=size, sha256=hashlib.sha256(content).hexdigest()))
    return files


@pytest.fixture(scope="module")
def root(films: list[StoredFile], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.getbasetemp() / "films"


def sent_bytes(proxy: Proxy) -> int:
    return sum(len(message.body) for message in proxy.asked)


def is_copy(given: Message) -> bool:
    return any(name.lower() == COPY for name in given.headers)


@dataclass
class Copied:
    """A second upload of the same files through a proxy, from where the first one lies."""

    proxy: Proxy
    new: int
    same: int

    @property
    def copies(self) -> int:
        return sum(is_copy(message) for message in self.proxy.asked)


def again(
    connection: Connection,
    films: list[StoredFile],
    root: Path,
    prefix: str,
    asked: Asked = lambda _: None,
    to: str = "again/",
) -> Copied:
    """Upload to another prefix what lies in `prefix`; all must be there and right afterwards."""
    same: list[int] = []
    bytes_: list[int] = []
    with proxied(connection, asked) as proxy:
        place = Place(Bucket(proxy.store, "delivery"), prefix + to)
        earlier = copying.listed([(prefix, films)])
        new = upload.upload(place, root, films, bytes_.append, on_same=same.append, earlier=earlier)
        seen = Copied(Proxy(proxy.store, list(proxy.asked)), new, sum(same))
        upload.confirm(place, films)
    assert sum(same) + sum(bytes_) == sum(item.size_bytes for item in films)
    bucket = Bucket(plain(connection), "delivery")
    for item in films:
        assert b"".join(bucket.stream(f"{prefix}{to}{item.path}", start=0)) == (root / item.path).read_bytes()
        assert multipart.open_uploads(bucket, f"{prefix}{to}{item.path}") == []
    return seen


def put(connection: Connection, films: list[StoredFile], root: Path, prefix: str) -> Bucket:
    bucket = Bucket(plain(connection), "delivery")
    upload.upload(Place(bucket, prefix), root, films)
    return bucket


def test_a_file_that_lies_elsewhere_is_copied_with_its_digest_and_type(
    connection: Connection, films: list[StoredFile], root: Path
) -> None:
    bucket = put(connection, films, root, "whole/")
    seen = again(connection, films, root, "whole/")
    assert (seen.new, seen.same, seen.copies) == (2, LARGE + SMALL, 2)
    assert sent_bytes(seen.proxy) < 10_000
    for item in films:
        answer = bucket.store.client().head_object(Bucket="delivery", Key=f"whole/again/{item.path}")
        assert answer["Metadata"] == {"sha256": item.sha256}
        assert answer["ContentType"] == "video/mp2t"


def test_a_copy_has_the_type_of_its_new_key(connection: Connection, films: list[StoredFile], root: Path) -> None:
    bucket = put(connection, films, root, "typed/")
    renamed = films[1].model_copy(update={"path": "small.mp4"})
    earlier = copying.listed([("typed/", films)])
    names = {"small.mp4": "small.ts"}
    assert upload.upload(Place(bucket, "typed/2/"), root, [renamed], names=names, earlier=earlier) == 1
    answer = bucket.store.client().head_object(Bucket="delivery", Key="typed/2/small.mp4")
    assert (answer["ContentType"], answer["ContentLength"]) == ("video/mp4", SMALL)


def test_what_is_too_large_for_one_request_is_copied_in_parts(
    connection: Connection, films: list[StoredFile], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "WHOLE_BYTES", PART)
    put(connection, films, root, "parts/")
    seen = again(connection, films, root, "parts/")
    assert (seen.same, seen.copies) == (LARGE + SMALL, 3 + 1)
    assert sent_bytes(seen.proxy) < 10_000


def test_a_copy_in_parts_that_broke_off_is_taken_up(
    connection: Connection, films: list[StoredFile], root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(copying, "WHOLE_BYTES", PART)
    bucket, large = put(connection, films, root, "resumed/"), films[0]
    begun = multipart.begin(bucket, "resumed/again/large.ts", sha256=large.sha256, media_type="video/mp2t")
    head = bucket.head("resumed/large.ts")
    assert head is not None
    begun.copy(2, "resumed/large.ts", head.etag, range(PART, 2 * PART))
    seen = again(connection, films, root, "resumed/")
    assert (seen.same, seen.copies) == (LARGE + SMALL, 2 + 1)


def refuses(status: int, code: str) -> Asked:
    return lambda given: given.refused(status, code) if is_copy(given) else None


@pytest.mark.parametrize(
    ("status", "code", "whole"),
    [
        (403, "AccessDenied", True),
        pytest.param(404, "NoSuchKey", True, marks=pytest.mark.acceptance),
        pytest.param(403, "AccessDenied", False, marks=pytest.mark.acceptance),
        (501, "NotImplemented", False),
    ],
)
def test_a_store_that_does_not_copy_is_sent_the_bytes(
    status: int,
    code: str,
    whole: bool,
    connection: Connection,
    films: list[StoredFile],
    root: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if not whole:
        monkeypatch.setattr(copying, "WHOLE_BYTES", PART)
    prefix = f"refused-{status}-{whole}/"
    put(connection, films, root, prefix)
    seen = again(connection, films, root, prefix, refuses(status, code))
    assert (seen.new, seen.same) == (2, 0)
    assert sent_bytes(seen.proxy) > LARGE


def overwritten(bucket: Bucket, key: str, content: bytes, sha256: str) -> None:
    """As somebody with the same keys, or a bad disk: other bytes, labelled as they were."""
    bucket.store.client().put_object(Bucket=bucket.name, Key=key, Body=content, Metadata={"sha256": sha256})


def in_parts(bucket: Bucket, key: str, content: bytes, sha256: str) -> None:
    """The same in parts as ours, so that the store says their composite digest."""
    upload = multipart.begin(bucket, key, sha256=sha256, media_type="video/mp2t", part_bytes=PART)
    with tempfile.NamedTemporaryFile() as file:
        Path(file.name).write_bytes(content)
        count = -(-len(content) // PART)
        upload.complete([send_part(upload, number, Path(file.name)) for number in range(1, count + 1)])


def unlabelled(bucket: Bucket, key: str, content: bytes, _: str) -> None:
    bucket.store.client().put_object(Bucket=bucket.name, Key=key, Body=content)


def missing(bucket: Bucket, key: str, *_: object) -> None:
    bucket.delete(key)


def shorter(bucket: Bucket, key: str, content: bytes, sha256: str) -> None:
    overwritten(bucket, key, content[:-1], sha256)


def of_another(bucket: Bucket, key: str, content: bytes, _: str) -> None:
    overwritten(bucket, key, content, "0" * 64)


def reversed_(bucket: Bucket, key: str, content: bytes, sha256: str) -> None:
    overwritten(bucket, key, content[::-1], sha256)


def reversed_in_parts(bucket: Bucket, key: str, content: bytes, sha256: str) -> None:
    in_parts(bucket, key, content[::-1], sha256)


BAD = (missing, shorter, unlabelled, of_another, reversed_, reversed_in_parts)


@pytest.mark.parametrize("spoil", BAD)
def test_a_source_that_is_not_as_listed_is_none(
    spoil: Callable[[Bucket, str, bytes, str], None], connection: Connection, films: list[StoredFile], root: Path
) -> None:
    prefix = f"{spoil.__name__}/"
    films = films if spoil in (reversed_, reversed_in_parts) else films[1:]
    bucket = put(connection, films, root, prefix)
    for item in films:
        spoil(bucket, prefix + item.path, (root / item.path).read_bytes(), item.sha256)
    seen = again(connection, films, root, prefix)
    assert (seen.new, seen.same, seen.copies) == (len(films), 0, 0)


def test_where_the_newest_source_is_bad_an_older_one_serves(
    connection: Connection, films: list[StoredFile], root: Path
) -> None:
    bucket = put(connection, films, root, "older/1/")
    earlier = copying.listed([("older/2/", films), ("older/1/", films)])
    same: list[int] = []
    upload.upload(Place(bucket, "older/3/"), root, films, on_same=same.append, earlier=earlier)
    assert sum(same) == LARGE + SMALL


class Sent:
    """A submission in the inbox, revision by revision."""

    def __init__(self, bucket: Bucket, ref: SubmissionRef, root: Path):
        self.place, self.root = InboxPlace(bucket, ref), root

    def marker(self, content: str, files: dict[str, bytes], number: int) -> InboxMarker:
        listed = []
        for place, (name, data) in enumerate(files.items(), start=1):
            (self.root / name).write_bytes(data)
            digest = hashlib.sha256(data).hexdigest()
            listed.append(file_of(self.root / name, f"media/{place:02}{Path(name).suffix}", name, digest))
        return InboxMarker(
            submission_id=self.place.ref.submission_id,
            prefecture=self.place.ref.prefecture,
            title="课",
            kind=Kind.COURSE,
            revision=number,
            verdict=Verdict.ACCEPT,
            content_sha256=content,
            duration_s=1.0,
            files=tuple(listed),
        )

    def send(self, content: str, files: dict[str, bytes], name: str = layout.SUBMITTED) -> int:
        """Send a revision; gives the bytes that the store had."""
        number = self.place.claim(content * 64)
        same: list[int] = []
        marker = self.marker(content * 64, files, number)
        self.place.revision(number).send(name, marker, self.root, on_same=same.append)
        return sum(same)


def test_a_new_revision_takes_what_is_unchanged_wherever_it_stands_now(connection: Connection, tmp_path: Path) -> None:
    film, other = random.Random(1).randbytes(6_000_000), random.Random(2).randbytes(20_000)
    with proxied(connection) as proxy:
        sent = Sent(Bucket(proxy.store, "inbox"), SubmissionRef("653200", "course"), tmp_path)
        assert sent.send("a", {"01.mp4": film, "note.pdf": b"draft of a hand-out" * 1000}) == 0
        proxy.asked.clear()
        assert sent.send("b", {"00.mp4": other, "01.mp4": film, "note.pdf": b"mended" * 1000}) == len(film)
        assert sent_bytes(proxy) < 40_000
        proxy.asked.clear()
        assert sent.send("c", {"01.mp4": film, "note.pdf": b"draft of a hand-out" * 1000}) == len(film) + 19_000
        assert sent_bytes(proxy) < 10_000  # back to what it was: from the revision before the last
    assert len(sent.place.revisions()) == 3


def test_a_draft_is_a_source_and_what_was_never_marked_is_none(connection: Connection, tmp_path: Path) -> None:
    proxy_file = random.Random(3).randbytes(50_000)
    bucket = Bucket(plain(connection), "inbox")
    sent = Sent(bucket, SubmissionRef("653200", "drafted"), tmp_path)
    assert sent.send("a", {"proxy.mp4": proxy_file}, layout.DRAFT) == 0
    assert sent.send("b", {"proxy.mp4": proxy_file}, layout.DRAFT) == len(proxy_file)
    number = sent.place.claim("c" * 64)
    left = sent.marker("c" * 64, {"left.mp4": b"left behind" * 1000}, number)
    revision = sent.place.revision(number)
    names = {item.path: item.file for item in left.files}
    upload.upload(revision.place, tmp_path, left.files, names=names)  # and there it was killed
    assert sent.send("d", {"left.mp4": b"left behind" * 1000}) == 0


def test_a_rerun_after_a_kill_ends_in_the_same_objects(connection: Connection, tmp_path: Path) -> None:
    """The store refuses everything from some request on, as if the command were gone there."""
    film = random.Random(4).randbytes(6_000_000)

    def revisions(name: str, most: int | None) -> dict[str, str | None]:
        bucket = Bucket(plain(connection), "inbox")
        ref = SubmissionRef("653200", name)
        Sent(bucket, ref, tmp_path).send("a", {"01.mp4": film, "n.pdf": b"1" * 5000})
        if most is not None:
            count = 0

            def ends(given: Message) -> Message | None:
                nonlocal count
                count += given.method in ("PUT", "POST")
                return given.refused(403, "AccessDenied") if count > most else None

            with proxied(connection, ends) as proxy, pytest.raises(Exception, match="store_denied"):
                Sent(Bucket(proxy.store, "inbox"), ref, tmp_path).send("b", {"01.mp4": film, "n.pdf": b"2" * 5000})
        Sent(bucket, ref, tmp_path).send("b", {"01.mp4": film, "n.pdf": b"2" * 5000})
        prefix = layout.submission_prefix(ref)
        found = {}
        for listed in bucket.walk(prefix, lambda _: None, 1000):
            head = bucket.head(listed.key)
            name_, digest = listed.key.removeprefix(prefix), head.sha256 if head else None
            found[name_] = None if name_.endswith(layout.SUBMITTED) else digest  # which says the submission's id
            assert multipart.open_uploads(bucket, listed.key) == []
        return found

    whole = revisions("unbroken", None)
    for most in range(4):
        assert revisions(f"broken-{most}", most) == whole


def test_a_prefecture_copies_its_own_and_no_others(
    served: tuple[embedded.Server, Path], films: list[StoredFile], root: Path
) -> None:
    server, folder = served

    def act(file: IdentityFile) -> None:
        for name in ("653200", "653100", "editor"):
            file.invite(identity_named(name))

    known = own_store.change(server, folder, BucketNames(), act)
    small, endpoint = films[1:], server.connection.endpoint

    def copied_by(name: str, bucket_name: str, source: str, target: str) -> int:
        pair = known[name].pair
        bucket = Bucket(Store(Connection(endpoint, pair.key_id, pair.secret), endpoint_shown=""), bucket_name)
        same: list[int] = []
        earlier = copying.listed([(source, small)])
        upload.upload(Place(bucket, target), root, small, on_same=same.append, earlier=earlier)
        upload.confirm(Place(bucket, target), small)
        return sum(same)

    for bucket_name in ("inbox", "delivery"):
        for prefecture in ("653200", "653100"):
            owner = Bucket(plain(server.connection), bucket_name)
            upload.upload(Place(owner, f"{prefecture}/x/"), root, small)
    assert copied_by("653200", "inbox", "653200/x/", "653200/own/") == SMALL
    assert copied_by("653200", "inbox", "653100/x/", "653200/others/") == 0
    assert copied_by("editor", "delivery", "653200/x/", "653200/package/") == SMALL
