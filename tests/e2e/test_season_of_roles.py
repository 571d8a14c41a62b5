"""A season by real identities: who publishes its plan, who sees what, and keys of before there were seasons."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentFault
from pipeline.exchange import acknowledgement
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.exchange.campaign import files
from pipeline.model.campaign_records import CampaignRecord, Note
from pipeline.model.delivery import Decision
from pipeline.storage import campaigns, embedded, identities
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.rights import BucketNames
from pipeline.storage.s3.faults import DENIED
from tests.e2e.test_roles import NEIGHBOUR, OWNER, Season, invited
from tests.listed_programmes import deliver, film_of
from tests.running_orders import written
from tests.seasons import campaign

__all__ = ["invited"]
SLOTS = """\
schema_version: 1
campaign: july-1-2027
name: {zh: 七一展播}
slots: [{name: evening, from: 2027-07-01, until: 2027-07-04, start: 19:30, minutes: 30}]
"""


def row_codes(season: Season, name: str) -> list[str]:
    shown = season.person(name)("campaign", "show", "--json")
    assert shown.code == 0, shown.err
    return [row["code"] for row in shown.rows[0]["rows"]]  # type: ignore[attr-defined]


def without_plans(season: Season) -> None:
    """The identities as they were invited before a prefecture could see plans."""
    store = season.admin.folder / ".showcase" / "store"
    with identities.changing(store, BucketNames()) as file:
        for policy in file.tree["policies"]:
            policy["content"] = json.dumps(_without(json.loads(policy["content"])))
    embedded.read_identities_again(store)
    await_plans(season, seen=False)


def await_plans(season: Season, *, seen: bool) -> None:
    """Until the server, which takes its file of identities in its own time, lets a prefecture see plans, or no more."""
    delivery = Bucket(season.store(OWNER), "delivery")
    deadline = time.monotonic() + 30
    while sees_plans(delivery) is not seen:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def sees_plans(delivery: Bucket) -> bool:
    """Whether these keys may list them."""
    try:
        delivery.listed_once("_campaign/")
    except EnvironmentFault as fault:
        assert fault.key == DENIED
        return False
    return True


@pytest.fixture
def old_keys(invited: Season) -> Iterator[Season]:
    """Where a prefecture can't see plans; everybody has today's rights again behind it, whatever comes of the test."""
    without_plans(invited)
    yield invited
    again = invited.admin("admin", "invite", "--prefectures", "all", "--worker")
    await_plans(invited, seen=True)
    assert again.code == 0, again.err


def _without(document: dict[str, object]) -> dict[str, object]:
    for statement in document["Statement"]:  # type: ignore[attr-defined]
        statement["Resource"] = [item for item in statement["Resource"] if "_campaign" not in item] or ["none"]
        if listed := statement.get("Condition", {}).get("StringLike"):
            listed["s3:prefix"] = [item for item in listed["s3:prefix"] if "_campaign" not in item]
    return document


def test_a_season_by_those_whose_it_is(invited: Season) -> None:
    editor, owner, operator = (invited.person(name) for name in ("editor", OWNER, "operator"))
    for person in (editor, owner, operator):
        (person.folder / "campaign.yaml").write_bytes(files.written(campaign()))
    assert "还没有发布过活动" in owner("campaign", "show").err
    assert owner("status").code == 0
    for person in (owner, operator):
        refused = person("campaign", "publish", "--json")
        assert (refused.code, refused.rows[0]["error"]["key"]) == (3, "right_of_another")  # type: ignore[index]
    assert editor("campaign", "publish").code == 0
    assert (row_codes(invited, OWNER), len(row_codes(invited, "editor"))) == ([OWNER], 4)
    assert len(row_codes(invited, "operator")) == 4
    for name, is_told in (("operator", True), ("editor", False), (OWNER, False)):
        assert ("campaign show -o board.html" in invited.person(name)("campaign", "show").err) is is_told, name
    refused = owner("campaign", "show", NEIGHBOUR, "--json")
    assert (refused.code, refused.rows[0]["error"]["key"]) == (2, "campaign_no_row")  # type: ignore[index]

    before = invited.objects()
    said = CampaignRecord(campaign="july-1-2027", prefecture=OWNER, by="阿依", entries=(Note(text="周五到"),))
    for name, bucket in ((NEIGHBOUR, "inbox"), (OWNER, "delivery"), ("operator", "delivery"), ("worker", "delivery")):
        try:
            campaigns.put_record(Bucket(invited.store(name), bucket), said, range(1, 1001))
        except EnvironmentFault as fault:
            assert fault.key == DENIED, name
        else:
            raise AssertionError(name)
    assert invited.objects() == before
    assert campaigns.put_record(Bucket(invited.store(OWNER), "inbox"), said, range(1, 1001))
    assert campaigns.put_record(Bucket(invited.store("editor"), "delivery"), said, range(1, 1001))
    assert owner("campaign", "show", OWNER).out.count("周五到") == 2


def test_keys_of_before_see_no_plan_and_one_line_says_whom_to_ask(old_keys: Season) -> None:
    invited, owner = old_keys, old_keys.person(OWNER)
    shown = owner("status")
    assert shown.code == 0, shown.err
    assert [line for line in shown.err.splitlines() if "showcase admin invite" in line] != []
    refused = owner("campaign", "show", "--json")
    assert (refused.code, refused.rows[0]["error"]["key"]) == (3, "campaign_not_seen")  # type: ignore[index]
    wrong = invited.admin("doctor", "--as-in", f"invitations/{OWNER}.toml", "--json")
    assert wrong.code == 3
    assert {row["act"] for row in wrong.rows if not row["good"]} == {"list", "read"}

    assert invited.admin("admin", "invite", "--prefectures", "all", "--worker").code == 0  # the keys stay
    await_plans(invited, seen=True)
    shown = owner("status")
    assert (shown.code, "showcase admin invite" in shown.err) == (0, False)
    assert invited.admin("doctor", "--as-in", f"invitations/{OWNER}.toml").code == 0
    assert owner("campaign", "show", "--json").code in (0, 2)


def test_a_prefecture_sees_the_running_order_and_no_film_of_others_that_is_not_in_it(
    invited: Season, tmp_path: Path
) -> None:
    editor, operator = (
        Buckets(Bucket(invited.store(name), "inbox"), Bucket(invited.store(name), "delivery"))
        for name in ("editor", "operator")
    )
    films = [(f"{code}/{name}") for code in (OWNER, NEIGHBOUR) for name in ("laid", "unlaid")]
    for film in films:
        code, name = film.split("/")
        deliver(editor, film_of(name, "七一展播", code), tmp_path / code / name)
        if name == "laid":
            there = acknowledgement.newest(operator, film)
            acknowledgement.answer(operator, there, OperatorAnswer(Decision.ACCEPT))
    written(invited.person("editor").folder / "slots.yaml", SLOTS)
    assert invited.person("editor")("campaign", "schedule", "slots.yaml", "--publish").code == 0
    raw = Bucket(invited.store(OWNER), "delivery").get("_campaign/july-1-2027/order-1.json") or b""
    assert (b'"laid"' in raw, b"unlaid" in raw) == (True, False)
    for name, left in (("editor", films[1::2]), (OWNER, films[1:2]), (NEIGHBOUR, films[3:])):
        said = invited.person(name)("campaign", "schedule", "--json")
        assert said.code == 0, said.out
        (row,) = said.rows  # no showing of others is told to be gone
        told = {f"{item['prefecture']}/{item['submission_id']}" for item in row["left_out"]}  # type: ignore[attr-defined]
        assert told == set(left)
        shown = {f"{item['prefecture']}/{item['submission_id']}" for item in row["showings"]}  # type: ignore[attr-defined]
        assert shown == set(films[::2])
