"""Habits of stores and of what stands in front of them: borne, or found by a trial before anything is encoded."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentFault
from pipeline.model.rendition import StoredFile
from pipeline.model.storage_preset import GENERIC
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket
from pipeline.storage.place import Place
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from pipeline.storage.transfer import upload
from pipeline.storage.trial import CONTENT, BucketTrial
from tests.common_store import CommonStore
from tests.conftest import Showcase
from tests.storage.proxy import Answered, Asked, Message, proxied, without
from tests.tiers import kept

CASES = {"as it is": str, "Title-Case": str.title, "UPPER": str.upper, "lower": str.lower}


@pytest.fixture(scope="module")
def connection(common_store: CommonStore) -> Iterator[Connection]:
    with common_store.taken("delivery") as connection:
        yield connection


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_digest_is_found_however_its_header_is_written(case: Callable[[str], str], connection: Connection) -> None:
    content = b"film"
    key = f"habits/{case('name')}"

    def renamed(answer: Message) -> Message:
        return replace(answer, headers={case(name): value for name, value in answer.headers.items()})

    with proxied(connection, answered=renamed) as proxy:
        bucket = Bucket(proxy.store, "delivery")
        assert bucket.put_if_absent(key, content)
        head = bucket.head(key)
        assert head is not None
        assert (head.sha256, head.size_bytes) == (hashlib.sha256(content).hexdigest(), 4)
        assert bucket.put_if_absent(key, content)  # it is there, and it is ours
        assert not bucket.put_if_absent(key, b"another")


def always(status: int, code: str, extra: str = "", **headers: str) -> Asked:
    return lambda given: given.refused(status, code, extra, **headers)


def no_condition(status: int, code: str) -> Asked:
    def asked(given: Message) -> Message | None:
        return given.refused(status, code) if "If-None-Match" in given.headers else None

    return asked


def deaf(given: Message) -> Message | None:
    """A condition is passed over: headers that are not signed would be lost on the way, this one is answered for."""
    return Message("PUT", given.path, {"ETag": '"0"'}) if given.method == "PUT" else None


def hides_missing(answer: Message) -> Message:
    """403 for what is not there, as AWS answers those who may not list."""
    hidden = answer.method in ("HEAD", "GET") and answer.is_of_object and answer.status == 404
    return answer.refused(403, "AccessDenied") if hidden else answer


def lists_nothing(given: Message) -> Message | None:
    return given.refused(403, "AccessDenied") if "list-type=2" in given.path else None


def puts_nothing(given: Message) -> Message | None:
    return given.refused(403, "AccessDenied") if given.method == "PUT" else None


def page(given: Message) -> Message | None:
    return Message(
        given.method, given.path, {"Content-Type": "text/html"}, 200, b"<!DOCTYPE html><meta charset=utf-8><p>login"
    )


def bare(answer: Message) -> Message:
    return replace(answer, headers=without(answer.headers, "x-amz-meta-"))


def plain(answer: Message) -> Message:
    return answer


OSS_ENDPOINT = "<Endpoint>oss-cn-beijing.aliyuncs.com</Endpoint>"
REFUSED: dict[str, tuple[Asked, Answered, str, str | None]] = {
    "OSS without path style": (always(403, "SecondLevelDomainForbidden"), plain, "store_addressing", None),
    "COS without path style": (always(403, "PathStyleDomainForbidden"), plain, "store_addressing", None),
    "TOS without path style": (always(403, "InvalidPathAccess"), plain, "store_addressing", None),
    "another region": (always(301, "PermanentRedirect"), plain, "store_region", ""),
    "another region for now": (always(307, "TemporaryRedirect"), plain, "store_region", ""),
    "another region that is named": (
        always(301, "PermanentRedirect", OSS_ENDPOINT),
        plain,
        "store_region",
        "oss-cn-beijing.aliyuncs.com",
    ),
    "another region as OSS says it": (
        always(403, "AccessDenied", OSS_ENDPOINT),
        plain,
        "store_region",
        "oss-cn-beijing.aliyuncs.com",
    ),
    "no condition": (no_condition(501, "NotImplemented"), plain, "store_no_condition", None),
    "a condition is a wrong header": (no_condition(400, "InvalidArgument"), plain, "store_no_condition", None),
    "a condition is passed over": (deaf, plain, "store_condition_ignored", None),
    "metadata is lost": (lambda _: None, bare, "store_no_metadata", None),
    "nobody may list": (lists_nothing, hides_missing, "store_no_list", None),
    "nobody may put": (puts_nothing, plain, "store_denied", None),
    "no S3 but a page": (page, plain, "store_no_s3", None),
    "a code that nobody knows": (no_condition(409, "Strange"), plain, "store_no_condition", None),
}

# one of each key; the others are other words for the same
IN_SUITE = (
    "OSS without path style",
    "another region that is named",
    "no condition",
    "a condition is passed over",
    "metadata is lost",
    "nobody may list",
    "nobody may put",
    "no S3 but a page",
)


def deliverable(bucket: Bucket) -> None:
    """As commands begin that deliver."""
    bucket.make_if_missing()
    BucketTrial(bucket, "653200/").run()


@pytest.mark.parametrize("name", kept(REFUSED, *IN_SUITE))
def test_what_keeps_a_delivery_from_ending_well_is_found_by_a_trial(name: str, connection: Connection) -> None:
    asked, answered, key, detail = REFUSED[name]
    began = time.monotonic()
    with proxied(connection, asked, answered) as proxy:
        bucket = Bucket(proxy.store, "delivery")
        with pytest.raises(EnvironmentFault) as told:
            deliverable(bucket)
    assert (told.value.key, told.value.exit_code) == (key, 3)
    assert detail is None or told.value.detail == detail
    assert len(proxy.asked) <= 7  # what can't get better is not tried again
    assert time.monotonic() - began < 10


def test_a_good_store_passes_with_few_requests_and_one_object_stays(connection: Connection) -> None:
    with proxied(connection) as proxy:
        bucket = Bucket(proxy.store, "tried")
        bucket.make_if_missing()
        for most in (5, 4, 4):
            proxy.asked.clear()
            BucketTrial(bucket, "653200/").run()
            assert len(proxy.asked) == most
        found = list(bucket.walk("", layout.without_media, 100))
    assert [(item.key, item.read()) for item in found] == [(f"653200/{layout.TRIAL}", CONTENT)]
    assert layout.ref_of(found[0].key) is None  # no listing takes it for a submission


def test_a_store_that_answers_403_for_what_is_missing_is_found_by_the_trial(connection: Connection) -> None:
    with (
        proxied(connection, answered=hides_missing) as proxy,
        pytest.raises(EnvironmentFault, match="store_hides_missing"),
    ):
        BucketTrial(Bucket(proxy.store, "delivery"), "").run()


def test_who_reads_from_such_a_store_asks_the_listing(connection: Connection, tmp_path: Path) -> None:
    (tmp_path / "f.ts").write_bytes(b"film")
    item = StoredFile(path="f.ts", size_bytes=4, sha256=hashlib.sha256(b"film").hexdigest())
    with proxied(connection, answered=hides_missing) as proxy:
        bucket = Bucket(proxy.store, "delivery")
        assert (bucket.head("hidden/f.ts"), bucket.get("hidden/f.ts")) == (None, None)
        assert upload.upload(Place(bucket, "hidden/"), tmp_path, [item]) == 1
        assert upload.upload(Place(bucket, "hidden/"), tmp_path, [item]) == 0
        upload.confirm(Place(bucket, "hidden/"), [item])
        assert bucket.put_if_absent("hidden/READY.json", b"{}")
        assert not bucket.put_if_absent("hidden/READY.json", b"[]")


def test_what_is_there_and_may_not_be_seen_is_never_taken_for_missing(connection: Connection) -> None:
    def shut(given: Message) -> Message | None:
        return given.refused(403, "AccessDenied") if given.path.endswith("/secret/k") else None

    assert Bucket(Store(connection, endpoint_shown=""), "delivery").put_if_absent("secret/k", b"{}")
    with proxied(connection, shut) as proxy:
        for ask in (Bucket(proxy.store, "delivery").head, Bucket(proxy.store, "delivery").get):
            with pytest.raises(EnvironmentFault, match="store_denied"):
                ask("secret/k")


@pytest.mark.parametrize(
    ("addressing", "host", "path"),
    [
        ("virtual", "delivery.store.test", "/k"),
        ("path", "store.test", "/delivery/k"),
        pytest.param("auto", "store.test", "/delivery/k", marks=pytest.mark.acceptance),
    ],
)
def test_the_bucket_stands_where_addressing_says(
    addressing: str, host: str, path: str, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    with proxied(connection, lambda given: Message(given.method, given.path, {})) as proxy:
        monkeypatch.setenv("http_proxy", proxy.store.endpoint_shown)  # so that any name leads there
        named = replace(
            connection, endpoint="http://store.test", preset=GENERIC.model_copy(update={"addressing": addressing})
        )
        Bucket(Store(named, endpoint_shown=""), "delivery").head("k")
    assert proxy.asked[0].path == f"http://{host}{path}"


@pytest.mark.parametrize(("language", "words"), [("zh", "主机名"), ("en", "virtual-host")])
def test_nothing_is_looked_at_where_the_store_can_not_take_it(
    language: str, words: str, connection: Connection, showcase: Showcase, small_film: Path
) -> None:
    with proxied(connection, always(403, "SecondLevelDomainForbidden")) as proxy:
        showcase.environment |= {
            "AWS_ENDPOINT_URL_S3": proxy.store.endpoint_shown,
            "AWS_ACCESS_KEY_ID": connection.access_key or "",
            "AWS_SECRET_ACCESS_KEY": connection.secret_key or "",
        }
        for command in (("run", str(small_film)), ("batch", str(small_film.parent))):
            ran = showcase(*command, "--lang", language)
            assert ran.code == 3
            assert words in ran.err
            assert "addressing" in ran.err
    assert not any((showcase.folder / ".showcase" / "work").iterdir())


def test_looking_tries_nothing(connection: Connection, showcase: Showcase) -> None:
    with proxied(connection, puts_nothing) as proxy:
        showcase.environment |= {
            "AWS_ENDPOINT_URL_S3": proxy.store.endpoint_shown,
            "AWS_ACCESS_KEY_ID": connection.access_key or "",
            "AWS_SECRET_ACCESS_KEY": connection.secret_key or "",
        }
        assert showcase("status").code == 0
    assert {given.method for given in proxy.asked} == {"GET"}


def test_addressing_is_path_or_virtual(showcase: Showcase) -> None:
    (showcase.folder / "showcase.toml").write_text('[store]\naddressing = "host"\n')
    assert showcase("status").code == 2
