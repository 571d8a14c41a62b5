"""Errors about a season's plan and its board."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.catalogue import Language
from pipeline.exchange.campaign import files
from pipeline.model.campaign import MOST_REVISION, CampaignRevision
from pipeline.storage import campaigns, embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.conftest import Showcase
from tests.e2e.error_words import LANGUAGES, TOML, case, first_of_each, hold, put
from tests.seasons import campaign
from tests.storage.test_audit import at

PLAN = files.written(campaign()).decode()
OLDER = PLAN.replace("near_days: 7", "near_days: 9")
HERE = {"campaign.yaml": OLDER}
FULL = campaign(id="full-2027")
CHANGED = files.written(FULL.model_copy(update={"near_days": 9}), MOST_REVISION).decode()
CASES = {
    "no such season": case("campaign_unknown", 2, "campaign show --campaign autumn"),
    "a day before it": case("campaign_not_published", 2, "campaign show --today 2020-01-01"),
    "no such row": case("campaign_no_row", 2, "campaign show 650100"),
    "neither a prefecture nor a film": case("campaign_neither", 2, "campaign show 乌有"),
    "a division of the corps": case("settings_corps", 2, "campaign show 第一师"),
    "a prefecture of no name": case("campaign_no_prefecture", 2, "campaign show", {TOML: 'role = "producer"\n'}),
    "another prefecture's row": case(
        "campaign_no_row", 2, "campaign show 653100", {TOML: 'role = "producer"\nprefecture = "653200"\n'}
    ),
    "a file that is there": case("campaign_file_there", 2, "campaign init --air-date 2027-07-01", HERE),
    "a file with changes": case("campaign_file_changed", 2, "campaign get", HERE),
    "a file that is none": case("campaign_file_changed", 2, "campaign get", {"campaign.yaml": "a: 1\n"}),
    "made from nothing": case("campaign_older", 2, "campaign publish", HERE),
    "made from an older one": case("campaign_older", 2, "campaign publish", {"campaign.yaml": OLDER + "revision: 7\n"}),
    "after the last revision": case("campaign_revisions_full", 2, "campaign publish", {"campaign.yaml": CHANGED}),
}
NONE_YET = case("campaign_none", 2, "campaign get")
BY_ITSELF = ("campaign_none",)


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A store with a season; `before` is one without."""
    with embedded.serve(tmp_path_factory.mktemp("season"), ("delivery", "inbox", "before")) as server:
        delivery = Bucket(Store(server.connection, endpoint_shown=""), "delivery")
        campaigns.publish(delivery, CampaignRevision(number=MOST_REVISION, campaign=FULL, by="王编辑"))
        campaigns.publish(delivery, CampaignRevision(number=1, campaign=campaign(), by="王编辑"))
        yield server.connection


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", first_of_each(CASES))
def test_what_is_wrong_is_told(language: Language, name: str, connection: Connection, showcase: Showcase) -> None:
    put(showcase.folder, CASES[name].files)
    at(showcase, connection)
    hold(showcase, CASES[name], language, f"july-1-2027 full-2027 autumn 王编辑 {PLAN}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_before_there_is_a_season_it_is_said_how_to_begin(
    language: Language, connection: Connection, showcase: Showcase
) -> None:
    put(showcase.folder, {TOML: '[store]\ndelivery = "before"\n'})
    at(showcase, connection)
    hold(showcase, NONE_YET, language)
    shown = showcase("campaign", "show", "--json")
    assert (shown.code, shown.out) == (0, "")
    assert "showcase campaign init --air-date" in shown.err
