"""Errors about the store and the line to it: a real server, and a proxy before it with one habit of other stores."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from pipeline.catalogue import Language
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.common_store import CommonStore
from tests.conftest import Result, Showcase
from tests.e2e.error_words import LANGUAGES, Case, case, hold
from tests.faults.dealing import Fault, Kind
from tests.faults.line_proxy import lined
from tests.storage.proxy import Answered, Asked, Message, proxied
from tests.storage.test_faults import web_server, write_certificate
from tests.storage.test_habits import (
    always,
    bare,
    deaf,
    hides_missing,
    lists_nothing,
    no_condition,
    plain,
    puts_nothing,
)


def nothing(_: Message) -> Message | None:
    """Every request goes on to the store."""
    return None


def no_bucket(given: Message) -> Message | None:
    """There is no bucket, and none may be made."""
    return given.refused(403, "AccessDenied") if given.method == "PUT" else given.refused(404, "NoSuchBucket")


def shorter(answer: Message) -> Message:
    """HEAD tells another size."""
    return replace(answer, headers={**answer.headers, "Content-Length": "1"}) if answer.method == "HEAD" else answer


def other_digest(answer: Message) -> Message:
    """The digest beside a film is another film's."""
    is_film = answer.method == "HEAD" and answer.path.endswith(".mp4") and answer.status == 200
    return replace(answer, headers={**answer.headers, "x-amz-meta-sha256": "0" * 64}) if is_film else answer


def films(status: int, code: str) -> Asked:
    """A film is refused."""

    def asked(given: Message) -> Message | None:
        is_film = given.method == "PUT" and given.path.partition("?")[0].endswith(".mp4")
        return given.refused(status, code) if is_film else None

    return asked


pytestmark = pytest.mark.acceptance  # the same errors below the command: tests/storage/test_habits.py, test_faults.py
RUN, SUBMIT = "run film.mp4", "submit film.mp4"
HABITS: dict[str, tuple[Case, Asked, Answered]] = {
    "virtual hosts alone": (case("store_addressing", 3, RUN), always(403, "SecondLevelDomainForbidden"), plain),
    "another signature": (case("store_signature", 3, RUN), always(400, "UnsupportedAlgorithm"), plain),
    "another region": (case("store_region", 3, RUN), always(301, "PermanentRedirect"), plain),
    "no condition": (case("store_no_condition", 3, RUN), no_condition(501, "NotImplemented"), plain),
    "a condition passed over": (case("store_condition_ignored", 3, RUN), deaf, plain),
    "metadata is lost": (case("store_no_metadata", 3, RUN), nothing, bare),
    "nobody may list": (case("store_no_list", 3, RUN), lists_nothing, hides_missing),
    "nobody may put": (case("store_denied", 3, RUN), puts_nothing, plain),
    "what is missing is hidden": (case("store_hides_missing", 3, RUN), nothing, hides_missing),
    "another size": (case("store_trial_failed", 3, RUN), nothing, shorter),
    "unknown keys": (case("store_wrong_keys", 3, RUN), always(403, "InvalidAccessKeyId"), plain),
    "no bucket": (case("store_no_bucket", 3, RUN), no_bucket, plain),
    "another time": (case("clock_skew", 3, RUN), always(403, "RequestTimeTooSkewed"), plain),
    "what is refused for good": (case("transfer_failed", 5, SUBMIT), films(400, "InvalidRequest"), plain),
    "a store that can't now": (case("store_busy", 5, f"{SUBMIT} --wait 1s"), films(503, "SlowDown"), plain),
    "what is waited for in vain": (case("upload_stays", 5, f"{SUBMIT} --wait 0"), films(503, "SlowDown"), plain),
    "bytes that are damaged": (case("digest_refused", 6, SUBMIT), films(400, "BadDigest"), plain),
    "other bytes": (case("object_differs", 6, SUBMIT), nothing, other_digest),
}
ADDRESSES = {
    "a page": case("store_no_s3", 3, "status"),
    "no TLS": case("store_no_tls", 3, "status"),
    "a foreign certificate": case("store_certificate", 3, "status"),
}
CASES = {name: told for name, (told, *_) in HABITS.items()} | ADDRESSES
BY_ITSELF = {
    "cut_within",
    "upload_until",
    "film_changed",
    "identities_damaged",
    "internal",
    "record_too_large",
    "store_not_installed",
}


@pytest.fixture(scope="module")
def connection(common_store: CommonStore) -> Iterator[Connection]:
    with common_store.taken("delivery", "inbox") as connection:
        yield connection


def asked_at(address: str, connection: Connection) -> dict[str, str]:
    """The surroundings of a command that asks there."""
    return {
        "AWS_ENDPOINT_URL_S3": address,
        "AWS_ACCESS_KEY_ID": connection.access_key or "",
        "AWS_SECRET_ACCESS_KEY": connection.secret_key or "",
    }


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", HABITS)
def test_a_habit_of_a_store_is_told(
    language: Language, name: str, connection: Connection, showcase: Showcase, small_film: Path
) -> None:
    shutil.copy(small_film, showcase.folder / "film.mp4")
    told, asked, answered = HABITS[name]
    with proxied(connection, asked, answered) as proxy:
        showcase.environment |= asked_at(proxy.store.endpoint_shown, connection)
        hold(showcase, told, language, "InvalidRequest")


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_no_store_is_told(
    language: Language, connection: Connection, showcase: Showcase, tmp_path: Path
) -> None:
    write_certificate(trustme.CA().issue_cert("127.0.0.1"), tmp_path / "own")
    plain_address = str(connection.endpoint)
    with web_server() as page, web_server(tmp_path / "own") as foreign:
        for name, address in (
            ("a page", page),
            ("no TLS", plain_address.replace("http:", "https:")),
            ("a foreign certificate", foreign),
        ):
            showcase.environment |= asked_at(address, connection)
            hold(showcase, ADDRESSES[name], language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_film_that_changes_while_it_is_sent_is_told(
    language: Language, connection: Connection, showcase: Showcase, small_film: Path
) -> None:
    film = showcase.folder / f"changing-{language}.mp4"

    def changes(given: Message) -> Message | None:
        if given.method == "PUT" and re.search(r"/r\d\.json$", given.path):
            film.write_bytes(film.read_bytes() + b"more")
        return None

    with proxied(connection, changes) as proxy:
        showcase.environment |= asked_at(proxy.store.endpoint_shown, connection)
        shutil.copy(small_film, film)
        hold(showcase, case("film_changed", 6, f"submit {film.name}"), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("key", "wait"), [("cut_within", "15m"), ("upload_until", "0")])
def test_a_large_film_that_does_not_come_through_is_told(
    key: str, wait: str, language: Language, connection: Connection, showcase: Showcase, small_film: Path
) -> None:
    left = bytes(6 << 20)
    box = (8 + len(left)).to_bytes(4) + b"free" + left
    (showcase.folder / "film.mp4").write_bytes(small_film.read_bytes() + box)
    (showcase.folder / "showcase.toml").write_text('[store]\npreset = "minio"\n')
    fault = Fault(Kind.CUT_REQUEST, "partNumber=1", first=None, at=2_000_000)
    with lined(connection.endpoint or "", faults=[fault]) as wire:
        showcase.environment |= asked_at(wire.endpoint, connection)
        hold(showcase, case(key, 5, f"submit film.mp4 --wait {wait}"), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_that_fills_the_memory_is_not_read(
    language: Language, connection: Connection, showcase: Showcase, small_film: Path
) -> None:
    shutil.copy(small_film, showcase.folder / "large.mp4")
    showcase.environment |= asked_at(connection.endpoint or "", connection)
    film = showcase("submit", "large.mp4", "--json").rows[-1]["submission_id"]
    store = Store(connection, endpoint_shown="")
    store.client().put_object(Bucket="inbox", Key=f"650000/{film}/r1/inspection.json", Body=bytes(65 << 20))
    hold(showcase, case("record_too_large", 6, f"review {film}"), language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("text", ["{", "[]", '{"identities": [{"name": "workspace"}]}', '{"identities": []}'])
def test_a_damaged_file_of_identities_is_told(language: Language, text: str, showcase: Showcase) -> None:
    store = showcase.folder / ".showcase" / "store"
    store.mkdir(parents=True)
    (store / "s3.json").write_text(text)
    hold(showcase, case("identities_damaged", 3, "status"), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_fault_of_this_program_is_told_as_one(language: Language, showcase: Showcase) -> None:
    store = showcase.folder / ".showcase" / "store"
    store.mkdir(parents=True)
    (store / "server.json").write_text("[]")
    hold(showcase, case("internal", 1, "status"), language)


class Elsewhere(Showcase):
    """The command under the Python that this environment stands on: with its modules, without its programs."""

    def __call__(self, *words: str | Path, timeout: float = 110, cwd: Path | None = None) -> Result:
        surroundings = {**os.environ, **self.environment, "PYTHONPATH": os.pathsep.join(sys.path), "PATH": os.defpath}
        argv = [str(Path(sys.executable).resolve()), *self.argv(*words)[1:]]
        done = subprocess.run(
            argv, cwd=cwd or self.folder, env=surroundings, capture_output=True, text=True, timeout=timeout, check=False
        )
        return Result(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_installation_without_its_store_is_told(language: Language, showcase: Showcase) -> None:
    hold(Elsewhere(showcase.folder), case("store_not_installed", 3, "status"), language)
