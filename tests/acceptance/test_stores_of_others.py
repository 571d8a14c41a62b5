"""A film goes the whole way over stores that differ: submit, review, run, pull, verify, ack; a check before it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.storage import embedded
from tests.conftest import Showcase, code_quickly, deliver_for_television
from tests.storage import habits_of_vendors as vendors
from tests.storage import rclone
from tests.storage.proxy import proxied

BUCKETS = ("delivery", "inbox")
Surroundings = dict[str, str]


def keys(endpoint: str, key: str | None, secret: str | None, preset: str) -> Surroundings:
    return {
        "AWS_ENDPOINT_URL_S3": endpoint,
        "AWS_ACCESS_KEY_ID": key or "",
        "AWS_SECRET_ACCESS_KEY": secret or "",
        "SHOWCASE_PRESET": preset,
    }


@contextmanager
def of_seaweedfs(folder: Path) -> Iterator[Surroundings]:
    with embedded.serve(folder, BUCKETS) as server:
        there = server.connection
        yield keys(there.endpoint or "", there.access_key, there.secret_key, "seaweedfs")


@contextmanager
def of_rclone(folder: Path) -> Iterator[Surroundings]:
    with rclone.serving(folder / "data", *BUCKETS) as there:
        yield keys(there.endpoint or "", there.access_key, there.secret_key, "lease")


@contextmanager
def of_an_old_gateway(folder: Path) -> Iterator[Surroundings]:
    asked = vendors.both(vendors.knows_no_checksum, vendors.knows_no_condition)
    with embedded.serve(folder, BUCKETS) as server, proxied(server.connection, asked, signed=True) as proxy:
        yield keys(proxy.store.endpoint_shown, "K", "S", "tianyi-zos")


@contextmanager
def of_a_vendor(folder: Path) -> Iterator[Surroundings]:
    asked, answered = vendors.forbids_to_overwrite("x-oss-forbid-overwrite", "FileAlreadyExists")
    asked = vendors.both(vendors.wants_virtual_hosts, vendors.both(vendors.knows_no_checksum, asked))
    with embedded.serve(folder, BUCKETS) as server, proxied(server.connection, asked, answered, signed=True) as proxy:
        told = keys("http://store.test", "K", "S", "aliyun-oss")
        yield {**told, "http_proxy": proxy.store.endpoint_shown, "no_proxy": ""}  # so that any name leads there


@contextmanager
def of_headers_in_another_case(folder: Path) -> Iterator[Surroundings]:
    answered = vendors.writes_headers(str.upper)
    with embedded.serve(folder, BUCKETS) as server, proxied(server.connection, answered=answered, signed=True) as proxy:
        yield keys(proxy.store.endpoint_shown, "K", "S", "generic")


STORES = {
    "seaweedfs": (of_seaweedfs, "emulated: order"),
    "rclone": (of_rclone, "emulated: create_only"),
    "a gateway that knows no condition": (of_an_old_gateway, "emulated: create_only"),
    "a vendor with virtual hosts": (of_a_vendor, "emulated: create_only"),
    "headers in another case": (of_headers_in_another_case, "emulated: metadata"),
}


@pytest.mark.acceptance
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", STORES)
def test_a_film_goes_the_whole_way(name: str, tmp_path: Path, small_film: Path) -> None:
    opened, wanted = STORES[name]
    (tmp_path / "store").mkdir()
    with opened(tmp_path / "store") as surroundings:

        def person(role: str) -> Showcase:
            folder = tmp_path / role
            folder.mkdir()
            code_quickly(folder)
            deliver_for_television(folder)
            (folder / "showcase.toml").write_text(f'role = "{role}"\nprefecture = "653200"\nuser = "{role}"\n')
            return Showcase(folder, {**surroundings, "SHOWCASE_LANG": "zh"})

        producer, editor, operator = person("producer"), person("editor"), person("operator")
        checked = editor("store", "check", "--json")
        assert checked.code == 0, (checked.out, checked.err)
        states = {f"{row['state']}: {row['feature']}" for row in checked.rows if "feature" in row}
        assert wanted in states
        print(name, sorted(states - {item for item in states if item.startswith("holds")}))
        goes_the_whole_way(producer, editor, operator, small_film)
        assert editor("status", "--json").rows[0]["stage"] == "accepted"


def goes_the_whole_way(producer: Showcase, editor: Showcase, operator: Showcase, film: Path) -> None:
    shutil.copy(film, producer.folder / "片.mp4")

    def well(person: Showcase, *words: str | Path) -> list[dict[str, object]]:
        done = person(*words, "--json", timeout=200)
        assert done.code == 0, (words, done.out, done.err)
        return done.rows

    made = well(producer, "init", "片.mp4", "--prefecture", "和田")[0]["submission"]
    name = str(made["id"])  # type: ignore[index]
    assert well(producer, "submit", "submission.yaml")[-1]["sent"] == "master"
    assert well(producer, "submit", "submission.yaml")[-1]["already"] is True
    well(editor, "review", name)
    well(editor, "review", name, "--approve")
    assert well(editor, "run", name)[-1]["delivery"]["revision"] == 1  # type: ignore[index]
    assert well(editor, "run", name)[-1]["already"] is True
    folder = Path(str(well(operator, "pull", name)[0]["folder"]))
    assert well(operator, "verify", folder)[0]["good"] is True
    well(operator, "ack", name, "accept")
    well(operator, "ack", name, "accept")  # the same again is the same answer


@pytest.mark.acceptance
def test_every_command_that_writes_says_once_what_leases_hold(
    showcase: Showcase, small_film: Path, tmp_path: Path, film_of: Callable[..., Path]
) -> None:
    with of_rclone(tmp_path) as surroundings:
        showcase.environment |= {**surroundings, "SHOWCASE_LANG": "en"}
        code_quickly(showcase.folder)
        deliver_for_television(showcase.folder)
        ran = showcase("run", small_film)
        assert ran.code == 0, ran.err
        assert ran.err.count("is found, and not prevented") == 1
        assert "not prevented" not in showcase("status").err
