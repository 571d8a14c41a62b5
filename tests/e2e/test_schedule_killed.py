"""SIGKILL of `campaign schedule --publish` at each of its puts: no order or a whole one, and a rerun ends with one."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator

import pytest

from pipeline.exchange import acknowledgement
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.model.delivery import Decision
from pipeline.model.running_order import RunningOrder
from pipeline.storage import embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.conftest import Showcase, wait_for_none
from tests.listed_programmes import deliver, film_of
from tests.running_orders import written
from tests.storage.proxy import Message, proxied
from tests.storage.test_audit import at

SLOTS = """\
schema_version: 1
campaign: %s
name: {zh: 七一展播}
slots: [{name: evening, from: 2027-07-01, until: 2027-07-04, start: 19:30, minutes: 30}]
"""


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A store with two films that were taken over."""
    with embedded.serve(tmp_path_factory.mktemp("killed"), ("delivery", "inbox")) as server:
        store = Store(server.connection, endpoint_shown="")
        buckets = Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"))
        for name in ("first", "second"):
            there = deliver(buckets, film_of(name, "七一展播"), tmp_path_factory.mktemp(name))
            acknowledgement.answer(
                buckets, acknowledgement.newest(buckets, str(there.ref)), OperatorAnswer(Decision.ACCEPT)
            )
        yield server.connection


def orders(connection: Connection, campaign: str) -> dict[str, RunningOrder]:
    """What lies in the store below a season, each read as a whole."""
    delivery = Bucket(Store(connection, endpoint_shown=""), "delivery")
    prefix = f"_campaign/{campaign}/"
    found = {}
    for item in delivery.walk(prefix, lambda _: None, 100):
        found[item.key.removeprefix(prefix)] = RunningOrder.model_validate_json(item.read() or b"")
    return found


def published(showcase: Showcase) -> str:
    done = showcase("campaign", "schedule", "slots.yaml", "--publish", "--lang", "en")
    assert done.code == 0, done.err
    return done.out.splitlines()[-1]


def test_each_put_of_a_publication_is_one_at_which_it_is_killed(connection: Connection, showcase: Showcase) -> None:
    with proxied(connection) as proxy:
        at(showcase, connection, proxy.store.endpoint_shown)
        written(showcase.folder / "slots.yaml", SLOTS % "whole")
        assert published(showcase) == "published as order 1"
    puts = [message.path.partition("?")[0] for message in proxy.asked if message.method not in ("GET", "HEAD")]
    assert puts == ["/delivery/_campaign/whole/order-1.json"]


@pytest.mark.parametrize("is_stored", [False, True])
def test_a_publication_that_is_killed_leaves_no_order_or_a_whole_one(
    is_stored: bool, connection: Connection, showcase: Showcase
) -> None:
    campaign = "stored" if is_stored else "unstored"
    written(showcase.folder / "slots.yaml", SLOTS % campaign)
    running: list[subprocess.Popen[bytes]] = []

    def killed(message: Message) -> Message:
        if message.method == "PUT":
            running[0].kill()
            running[0].wait()
        return message

    def before(given: Message) -> Message | None:
        return killed(given).refused(503, "SlowDown") if given.method == "PUT" else None

    with proxied(connection, **({"answered": killed} if is_stored else {"asked": before})) as proxy:
        at(showcase, connection, proxy.store.endpoint_shown)
        running.append(showcase.start("campaign", "schedule", "slots.yaml", "--publish"))
        assert running[0].wait(60) == -signal.SIGKILL
    assert wait_for_none(showcase.folder) == []
    at(showcase, connection)
    there = orders(connection, campaign)
    assert list(there) == (["order-1.json"] if is_stored else [])
    looked = showcase("campaign", "schedule", "--campaign", campaign, "--json")
    assert (looked.code, len(looked.rows)) == (0, len(there))
    last = published(showcase)
    assert last == ("order 1 is this one: nothing to publish" if is_stored else "published as order 1")
    assert published(showcase) == "order 1 is this one: nothing to publish"
    (name, order), *more = orders(connection, campaign).items()
    assert (name, more, [item.submission_id for item in order.showings]) == ("order-1.json", [], ["first", "second"])
