"""Errors of what is said of a season's films: one store, a published season, films in every state, wrong commands."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.catalogue import Language
from pipeline.storage import identities
from tests.conftest import MEANT, Showcase, store_kept_up, wait_for_none
from tests.e2e.error_words import LANGUAGES, TOML, Case, case, first_of_each, hold, put
from tests.e2e.test_roles import home

AIR_DATE = date.today() + timedelta(days=120)
OF_HOTAN = "--prefecture 和田"
KASHGAR = {f"kashgar/{TOML}": 'role = "producer"\nprefecture = "653100"\n'}


def said(key: str, command: str, *more: str) -> Case:
    return case(key, 2, f"campaign {command}", {}, *more)


CASES = {
    "no prefecture": said("campaign_prefecture_unsaid", "announce --title 村医"),
    "a prefecture that there is not": said("settings_prefecture", "announce --title 村医 --prefecture 北京"),
    "another film's id": said("campaign_id_taken", f"announce --title 别的 --id 653200-cunyi {OF_HOTAN}"),
    "a title that is there": said("campaign_title_there", f"announce --title 改过 {OF_HOTAN}"),
    "a column that there is not": said("campaign_column_other", f"announce --title 新 --column 没有 {OF_HOTAN}"),
    "a column of no season": said("campaign_column_other", "change 653200-cunyi --column law"),
    "a length of what": said("campaign_length_wrong", f"announce --title 新 --length 25 {OF_HOTAN}"),
    "a long title": said("fields_invalid", f"announce --title {'长' * 201} {OF_HOTAN}"),
    "an empty reason": said("fields_invalid", "drop 653200-cunyi --reason", " "),
    "no change": said("campaign_nothing_said", "change 653200-cunyi"),
    "no such film": said("campaign_film_unknown", "done 653200-none 选题"),
    "no such film of one": said("campaign_film_unknown", f"note 653100-gua 喂 {OF_HOTAN}"),
    "two that fit": said("several_fit", "drop 653200 --reason 不做"),
    "a milestone in front": said("campaign_done_order", "done 选题 653200-cunyi"),
    "no such milestone": said("campaign_milestone_unknown", "done 653200-cunyi 开会"),
    "what the store knows": said("campaign_store_knows", "done 653200-cunyi 首次报送"),
    "no plain day": said("campaign_day_wrong", "done 653200-cunyi 选题 --on 31/12"),
    "a day to come": said("campaign_date_to_come", f"done 653200-cunyi 选题 --on {AIR_DATE}"),
    "undone on a day": said("campaign_undo_day", "done 653200-cunyi 选题 --undo --on 2027-01-01"),
    "what a later one implies": said("campaign_undo_implied", "done 653200-cunyi 策划 --undo"),
    "a film that was dropped": said("campaign_film_dropped", "done 653100-gua 选题"),
    "a film that was moved": said("campaign_film_moved", "done 653100/653100-guo 选题"),
    "what nobody announced": said("campaign_not_announced", "change 653200-loose --title 别的"),
    "a change of what is handed in": said("campaign_change_submitted", "change 653200-sent --title 别的"),
    "another prefecture": said("campaign_prefecture_other", f"note 喀什 喂 {OF_HOTAN}"),
    "an early day": said("campaign_extension_early", "extend 和田 拍摄 2020-01-01 --reason 雪"),
    "a move of what is handed in": said("campaign_move_submitted", "move 653200-sent 喀什"),
    "a move to where it is": said("campaign_move_there", "move 653200-cunyi 和田"),
    "a join of nothing": said("campaign_join_unknown", "join none 653200-cunyi"),
    "a join of two": said("campaign_join_taken", "join 653200-loose 653200-sent"),
    "two ids": case("announced_and_id", 2, "init film.mp4 --announced 653200-cunyi --id x"),
    "an announced one of many": case(
        "flag_of_one", 2, "init --from-csv t.csv --announced 653200-cunyi", {"t.csv": "文件,片名\nfilm.mp4,村医\n"}
    ),
    "what the editor alone says": case(
        "right_of_another", 3, "campaign join a b", KASHGAR, SHOWCASE_WORKSPACE="kashgar"
    ),
    "another prefecture's film": case(
        "campaign_prefecture_other",
        2,
        f"campaign announce --title 新 {OF_HOTAN}",
        KASHGAR,
        SHOWCASE_WORKSPACE="kashgar",
    ),
}
KNOWN = "改过 主角生病 村医 送来的 没报的 653200-cunyi 653200-sent 653200-loose 653100-gua 653100-guo"


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory, small_film: Path) -> Iterator[Showcase]:
    """A store with a published season, and the desk of its editor."""
    base = tmp_path_factory.mktemp("films")
    with pytest.MonkeyPatch.context() as clean:
        for name in [name for name in os.environ if name.startswith(("AWS_", "SHOWCASE_"))]:
            clean.delenv(name)
        keeper, desk = home(base, "keeper"), home(base, "desk")
        shutil.copy(small_film, desk.folder / "film.mp4")
        media = "column: 七一展播\nmedia: [{file: film.mp4, role: main}]\n"
        for name, title in (("sent", "送来的"), ("loose", "没报的")):
            text = f"schema_version: 1\nid: 653200-{name}\ntitle: {title}\nprefecture: '653200'\n{media}"
            put(desk.folder, {f"{name}.submission.yaml": text})
        put(keeper.folder, {TOML: MEANT})
        with store_kept_up(keeper) as store:
            owner, port = identities.owner(store), json.loads((store / "ports.json").read_text())["s3"]
            desk.environment |= {
                "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{port}",
                "AWS_ACCESS_KEY_ID": owner.key_id,
                "AWS_SECRET_ACCESS_KEY": owner.secret,
            }
            for words in (
                f"campaign init --air-date {AIR_DATE}",
                "campaign publish",
                f"campaign announce --title 村医 {OF_HOTAN}",
                "campaign change 村医 --title 改过",
                "campaign done 改过 拍摄",
                f"campaign announce --title 送来的 --id 653200-sent {OF_HOTAN}",
                "campaign announce --title 瓜 --prefecture 喀什",
                "campaign drop 瓜 --reason 主角生病",
                "campaign announce --title 果 --prefecture 喀什",
                "campaign move 果 阿勒泰",
                "submit sent.submission.yaml",
                "submit loose.submission.yaml",
            ):
                done = desk(*words.split())
                assert done.code == 0, (words, done.out, done.err)
            yield desk
    assert wait_for_none(base) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", first_of_each(CASES))
def test_an_error_says_what_to_do_in_the_readers_language(language: Language, name: str, season: Showcase) -> None:
    put(season.folder, CASES[name].files)
    hold(season, CASES[name], language, KNOWN)
