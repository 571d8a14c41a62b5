"""A season by real identities: who publishes its plan, who sees what, and keys of before there were seasons."""

from __future__ import annotations

import json

from pipeline.errors import EnvironmentFault
from pipeline.exchange.campaign import files
from pipeline.model.campaign_records import CampaignRecord, Note
from pipeline.storage import campaigns, embedded, identities
from pipeline.storage.bucket import Bucket
from pipeline.storage.rights import BucketNames
from pipeline.storage.s3.faults import DENIED
from tests.e2e.test_roles import NEIGHBOUR, OWNER, Season, invited
from tests.seasons import campaign

__all__ = ["invited"]


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
            campaigns.put_record(Bucket(invited.store(name), bucket), said, 0, 1000)
        except EnvironmentFault as fault:
            assert fault.key == DENIED, name
        else:
            raise AssertionError(name)
    assert invited.objects() == before
    assert campaigns.put_record(Bucket(invited.store(OWNER), "inbox"), said, 0, 1000)
    assert campaigns.put_record(Bucket(invited.store("editor"), "delivery"), said, 0, 1000)
    assert owner("campaign", "show", OWNER).out.count("周五到") == 2


def test_keys_of_before_see_no_plan_and_one_line_says_whom_to_ask(invited: Season) -> None:
    owner = invited.person(OWNER)
    without_plans(invited)
    shown = owner("status")
    assert shown.code == 0, shown.err
    assert [line for line in shown.err.splitlines() if "showcase admin invite" in line] != []
    refused = owner("campaign", "show", "--json")
    assert (refused.code, refused.rows[0]["error"]["key"]) == (3, "campaign_not_seen")  # type: ignore[index]
    wrong = invited.admin("doctor", "--as-in", f"invitations/{OWNER}.toml", "--json")
    assert wrong.code == 3
    assert {row["act"] for row in wrong.rows if not row["good"]} == {"list", "read"}

    assert invited.admin("admin", "invite", "--prefectures", "all", "--worker").code == 0  # the keys stay
    shown = owner("status")
    assert (shown.code, "showcase admin invite" in shown.err) == (0, False)
    assert invited.admin("doctor", "--as-in", f"invitations/{OWNER}.toml").code == 0
    assert owner("campaign", "show", "--json").code in (0, 2)
