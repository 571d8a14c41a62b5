"""What stands in the way of an order to a head-end and of its result: settings, files, doors, what is delivered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import workspace
from pipeline.catalogue import Language
from pipeline.model.reference import SubmissionRef
from pipeline.storage import connect
from pipeline.storage.orders import OrderPlace
from tests.conftest import MEANT, Showcase, copy_of, store_kept_up
from tests.e2e.error_words import LANGUAGES, TOML, Case, case, first_of_each, hold, put
from tests.exchange.c2.conftest import ordered
from tests.exchange.c2.test_calling import head_end
from tests.televised import television

__all__ = ["television"]
OWN = '[c2]\ncsp_id = "XJDE"\nlsp_id = "XJTEL"\n'
TO = "--to http://127.0.0.1:1/c2"
REPLY = "<ADI><Objects>{}</Objects><Reply><Result>0</Result></Reply></ADI>"
ONE = '<Object ElementType="Program" Code="P1" Action="REGIST"/>'


def with_setting(text: str) -> dict[str, str]:
    return {TOML: f"{MEANT}{OWN}{text}\n"}


CASES: dict[str, Case] = {
    "nothing named": case("c2_none_named", 2, f"c2 send {TO}"),
    "no address": case("c2_not_said", 2, "c2 send film"),
    "no name of ours": case("c2_not_said", 2, f"c2 send film {TO} --lsp-id A", {TOML: MEANT}),
    "an address of another kind": case("c2_url_wrong", 2, "c2 send film --to ftp://h/c2"),
    "a password in the address": case("password_in_address", 2, "c2 send film --to http://a:b@h/c2"),
    "a long name": case("c2_id_wrong", 2, f"c2 send film {TO} --csp-id {'A' * 33} --lsp-id B"),
    "a template of something else": case(
        "c2_template_wrong", 2, f"c2 send film {TO}", with_setting('address = "ftp://h/{film}"')
    ),
    "no dialect of this name": case("no_such_name", 2, f"c2 send film {TO}", with_setting('dialect = "c2-9"')),
    "no place to listen": case("c2_listen_wrong", 2, "c2 listen", with_setting('listen = "8080"')),
    "an open door": case("c2_unguarded", 2, "c2 listen --host 192.0.2.1"),
    "no network": case("c2_network_wrong", 2, "c2 listen", with_setting('allow = ["10.0.0.0/99"]')),
    "no list of networks": case("settings_key", 2, "c2 listen", with_setting("allow = [1]")),
    "another machine's address": case(
        "c2_port",
        3,
        "c2 simulate --notify http://127.0.0.1:1/ --host 192.0.2.1",
        with_setting('allow = ["10.0.0.0/8"]'),
    ),
    "no memory": case(
        "c2_state_wrong", 2, "c2 simulate --notify http://127.0.0.1:1/ --state old", {"old/registry.json": "{"}
    ),
    "no reply": case("c2_no_reply", 2, "c2 import reply.xml", {"reply.xml": "<html/>"}),
}
DELIVERED: dict[str, Case] = {
    "no such column": case("c2_none_of_column", 2, f"c2 send --column 没有 {TO}", with_setting("")),
    "a generation that wants more": case(
        "c2_dialect_lacks", 2, f"c2 send film {TO}", with_setting('dialect = "c2-2.7"')
    ),
    "long addresses": case(
        "c2_address_long", 2, f"c2 send film {TO}", with_setting(f'address = "ftp://h/{"a" * 1024}/{{file}}"')
    ),
    "no FTP server": case(
        "c2_ftp_failed",
        5,
        f"c2 send film {TO}",
        with_setting('order_address = "ftp://127.0.0.1:1/{correlate_id}.xml"'),
    ),
    "another order": case("c2_no_such_order", 2, "c2 import reply.xml --order 0", {"reply.xml": REPLY.format(ONE)}),
    "of no order": case(
        "c2_reply_of_none", 2, "c2 import reply.xml", {"reply.xml": REPLY.format(ONE.replace("P1", "P9"))}
    ),
    "of another action": case(
        "c2_reply_of_another",
        2,
        f"c2 import reply.xml --order {ordered('0' * 16).correlate_id}",
        {"reply.xml": REPLY.format(ONE.replace("REGIST", "DELETE"))},
    ),
    "of two orders": case("c2_reply_of_several", 2, "c2 import reply.xml", {"reply.xml": REPLY.format(ONE)}),
    "no answer": case("c2_no_answer", 5, f"c2 send film {TO}", with_setting("")),
}
SLOW = ("no answer",)  # tried again for half a minute
# of others by tests/e2e/test_c2_wire.py
BY_ITSELF = {
    *(told.key for told in DELIVERED.values()),
    "c2_listener_runs",
    "c2_login_refused",
    "c2_nothing_to_tell",
    "c2_no_result",
    "c2_order_open",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", first_of_each(CASES))
def test_what_is_wrong_is_said_before_anything_is_told(name: str, language: Language, showcase: Showcase) -> None:
    put(showcase.folder, {TOML: MEANT + OWN, **CASES[name].files})
    hold(showcase, CASES[name], language)


@pytest.fixture
def with_orders(showcase: Showcase, television: Path) -> Iterator[Showcase]:
    """A delivered film, and two orders of something else that were not answered; the store is kept up."""
    copy_of(television, showcase.folder)
    (showcase.folder / TOML).write_text(MEANT + OWN)
    with store_kept_up(showcase):
        with connect.opened(workspace.find(showcase.folder), "delivery") as buckets:
            for number in range(2):
                order = ordered(f"{number:016x}")
                place = OrderPlace(
                    buckets.delivery, SubmissionRef("653200", "other"), order.package_id, order.correlate_id
                )
                assert place.put_order(order)
        yield showcase


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_with_what_is_delivered_is_said(
    language: Language, with_orders: Showcase, request: pytest.FixtureRequest
) -> None:
    own = next(str(row["submission_id"]) for row in with_orders("status", "--json").rows if row["title"])
    for name, told in DELIVERED.items():
        if name in SLOW and not request.config.getoption("-m", "").startswith("acceptance"):
            continue
        put(with_orders.folder, told.files)
        words = tuple(own if word == "film" else word for word in told.words)
        hold(with_orders, Case(told.key, told.code, words, told.files), language, f"{own} {ONE}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_head_end_that_wants_a_login_is_told_of(language: Language, with_orders: Showcase) -> None:
    own = next(str(row["submission_id"]) for row in with_orders("status", "--json").rows if row["title"])
    with head_end((401, b"")) as (url, _):
        hold(with_orders, Case("c2_login_refused", 5, ("c2", "send", own, "--to", url)), language, own)


def test_an_order_that_has_no_result_is_given_up(with_orders: Showcase) -> None:
    order = ordered("0" * 16).correlate_id
    for is_new in (True, False):
        ran = with_orders("c2", "send", "other", "--give-up", order, *TO.split())
        assert (ran.code, order in ran.out) == (2, is_new)  # and then there is nothing to tell
