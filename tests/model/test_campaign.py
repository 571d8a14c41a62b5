"""`campaign.yaml`: what is wrong is said with its place, what is odd is warned of, and what differs is data."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from pipeline import catalogue, yamlio
from pipeline.errors import InputError
from pipeline.exchange.campaign import files
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model import region
from pipeline.model.campaign import Campaign, ExpectedFilms, FilledBy
from pipeline.model.campaign_changes import differences, moved_dates
from pipeline.model.days_off import DayOff, DaysOff, Weekday
from tests.factories import PROFILES
from tests.seasons import ALTAY, HOTAN, KASHGAR, STEPS, campaign, milestones, published

YAML = """schema_version: 1
id: july-1-2027
name: {zh: 七一展播, en: July 1 showcase}
air_date: 2027-07-01
columns: [showcase, 党建]
films:
  each: 1
  prefectures: {和田: 3, "653100": 0}
near_days: 5
days_off:
  dates:
    - {date: 2027-06-09, zh: 端午节, en: Dragon Boat Festival}
milestones:
  - {id: topic, words: {zh: 选题, en: topic}, due: 2027-03-31, filled_by: hand}
  - {id: first, words: {zh: 首次报送, en: first submission}, due: 2027-06-10, filled_by: submitted}
"""
COLUMNS = Vocabularies(PROFILES).columns


def read(text: str) -> Campaign:
    return files.read_campaign(yamlio.parse(text, name="campaign.yaml"), COLUMNS)


def test_a_campaign_is_read_and_columns_may_be_words() -> None:
    found = read(YAML)
    assert found.columns == ("showcase", "party-building")
    assert found.expected()[HOTAN] == 3
    assert found.expected()[KASHGAR] == 0
    assert list(found.expected()) == region.prefectures()
    assert found.find_milestone("首次报送") == found.find_milestone("First Submission") == found.milestone("first")
    assert found.find_milestone("casting") is None
    cafe = YAML.replace("zh: 选题", "zh: cafe\u0301").replace("en: topic", "en: first")
    assert read(cafe).find_milestone(" CAF\u00c9 ") == read(cafe).milestone("topic")
    assert read(cafe).find_milestone("first") == read(cafe).milestone("first")  # an id wins over words
    assert found.days_off.is_off(date(2027, 6, 12))  # weekends are off where nothing else is said


@pytest.mark.parametrize(
    ("old", "new", "where", "kind"),
    [
        ("near_days", "nearly_days", "9:1", "extra_forbidden"),
        ("air_date: 2027-07-01", "air_date: 2027-06-09", "4:1", "air_date_early"),
        ("air_date: 2027-07-01", "air_date: 9999-07-01", "4:1", "day_unlikely"),
        ("air_date: 2027-07-01", "air_date: soon", "4:1", "date_parsing"),
        ("due: 2027-06-10", "due: 2027-03-30", "15:58", "milestone_order"),
        ("id: first,", "id: topic,", "15:6", "milestone_twice"),
        ("zh: 首次报送", "zh: 选题", "15:25", "milestone_words_twice"),
        ("en: first submission", "en: Topic", "15:35", "milestone_words_twice"),
        ("filled_by: submitted", "filled_by: posted", "15:75", "enum"),
        ("党建]", "体育]", "5:21", "value_unknown"),
        ("党建]", "showcase]", "5:21", "column_twice"),
        ("和田: 3", "火星: 3", "8:17", "prefecture"),
        ('"653100": 0', '"653200": 0', "8:24", "prefecture_twice"),
        ("和田: 3", "和田: -1", "8:17", "greater_than_equal"),
        ("each: 1", "each: few", "7:3", "int_type"),
        ('films:\n  each: 1\n  prefectures: {和田: 3, "653100": 0}', "films: {}", "6:1", "films_of_nobody"),
        ("date: 2027-06-09,", "date: 2027-06-09, until: 2027-06-08,", "12:26", "day_off_order"),
        ("  dates:", "  working: [2027-06-09]\n  dates:", "11:13", "day_off_and_working"),
        ("  dates:", "  weekdays: [caturday]\n  dates:", "11:14", "enum"),
        ("id: july-1-2027", "id: July 2027", "2:1", "string_pattern_mismatch"),
        ("id: july-1-2027", "id: july-1-2027\nid: again", "3:1", None),
    ],
)
def test_what_is_wrong_has_a_place_and_words(old: str, new: str, where: str, kind: str | None) -> None:
    assert old in YAML
    with pytest.raises(InputError) as refused:
        read(YAML.replace(old, new))
    assert refused.value.where == f"campaign.yaml:{where}"
    if kind:
        problem = refused.value.values["problems"][0]
        assert problem.kind == kind
        assert f"problem.{kind}" in catalogue.entries("zh")
        for language in catalogue.LANGUAGES:
            lines = catalogue.error_lines(language, refused.value)
            assert all("{" not in line for line in lines)
            assert kind != "milestone_words_twice" or ("topic" in str(lines) and "first" in str(lines))


def test_a_prefecture_s_code_is_shown_as_it_stands() -> None:
    for name in ('"653100": -1', '"653200": 0'):
        with pytest.raises(InputError) as refused:
            read(YAML.replace('"653100": 0', name))
        assert name[1:7] in catalogue.error_lines("zh", refused.value)[2].split("：")[1]


def test_only_those_that_are_named_take_part_where_no_number_is_for_each() -> None:
    named = ExpectedFilms(prefectures={"659001": 2, HOTAN: 1, ALTAY: 0})
    assert named.by_prefecture() == {HOTAN: 1, ALTAY: 0, "659001": 2}
    assert list(ExpectedFilms(each=1, prefectures={"659001": 2}).by_prefecture()) == [*region.prefectures(), "659001"]


def test_days_off_are_weekends_and_holidays_but_for_worked_ones() -> None:
    off = DaysOff(
        dates=(DayOff(date=date(2027, 5, 1), until=date(2027, 5, 5), zh="劳动节", en="Labour Day"),),
        working=(date(2027, 5, 8),),
    )
    for day, is_off in ((30, False), (31, True), (32, True), (35, True), (36, False), (38, False), (39, True)):
        assert off.is_off(date(2027, 4, 1) + timedelta(days=day - 1)) is is_off, day
    assert not DaysOff(weekdays=()).is_off(date(2027, 5, 9))
    assert DaysOff(weekdays=(Weekday.FRIDAY,)).is_off(date(2027, 5, 7))
    within = off.within(date(2027, 5, 5), date(2027, 5, 7))
    assert (len(within.dates), within.working) == (1, ())
    assert off.within(date(2027, 5, 6), date(2027, 5, 8)) == DaysOff(working=(date(2027, 5, 8),))


def test_the_day_on_air_that_is_the_last_milestones_too_is_warned_of_once() -> None:
    saturday = date(2027, 7, 3)
    *others, last = milestones()
    on_air = campaign(air_date=saturday, milestones=(*others, last.model_copy(update={"due": saturday})))
    assert [item.location for item in files.warnings(on_air)] == [("air_date",)]


def test_a_date_on_a_weekend_or_holiday_is_warned_of_at_its_place() -> None:
    text = YAML.replace("due: 2027-06-10", "due: 2027-06-09").replace("2027-03-31", "2027-03-28")
    found = files.warnings(read(text.replace("air_date: 2027-07-01", "air_date: 2027-07-03")))
    document = yamlio.parse(text, name="campaign.yaml")
    assert [(document.where(item.location), item.key) for item in found] == [
        ("campaign.yaml:4:1", "campaign_air_date_on_weekend"),
        ("campaign.yaml:14:45", "campaign_due_on_weekend"),
        ("campaign.yaml:15:58", "campaign_due_on_holiday"),
    ]
    assert files.warnings(read(YAML)) == ()
    for language in catalogue.LANGUAGES:
        for item in found:
            words = catalogue.say(language, f"text.{item.key}", **catalogue.named(language, item.values))
            assert str(item.values["day"]) in words
    assert "星期六" in catalogue.say("zh", f"text.{found[0].key}", **catalogue.named("zh", found[0].values))


def test_what_is_written_is_read_back() -> None:
    made = read(YAML)
    text = files.written(made, revision=3).decode()
    assert "air_date: 2027-07-01\n" in text
    assert read(text) == made.model_copy(update={"revision": 3})
    assert read(files.written(campaign()).decode()) == campaign()
    assert read(files.written(made.model_copy(update={"revision": 3})).decode()).revision is None


@pytest.mark.parametrize("year", [2026, 2027, 2031])
def test_the_shipped_season_is_counted_back_from_the_day_on_air(year: int) -> None:
    source = files.template(files.SHIPPED, PROFILES, COLUMNS)
    made = files.from_template(source, f"july-1-{year}", date(year, 7, 1))
    assert made.milestone("first-submission").due == date(year, 6, 10)
    assert [(item.words.zh, item.filled_by) for item in made.milestones] == [
        ("选题", FilledBy.HAND),
        ("策划", FilledBy.HAND),
        ("案头", FilledBy.HAND),
        ("拍摄", FilledBy.HAND),
        ("编辑", FilledBy.HAND),
        ("首次报送", FilledBy.SUBMITTED),
        ("通过", FilledBy.APPROVED),
        ("播出", FilledBy.SHOWN),
    ]
    assert set(made.expected().values()) == {1}
    assert len(made.expected()) == 14
    assert read(files.written(made).decode()) == made
    holidays = {item.zh for item in made.days_off.dates}
    assert holidays == (set() if year == 2031 else holidays | {"端午节", "古尔邦节"})


def test_a_workspace_has_templates_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "campaigns").mkdir()
    own = tmp_path / "campaigns" / "july-1.yaml"
    own.write_text("extends: july-1\nfilms: {each: 2}\ncolumns: [七一, 法治]\n", encoding="utf-8")
    source = files.template("july-1", [tmp_path, *PROFILES], COLUMNS)
    assert (source.films.each, source.columns) == (2, ("showcase", "law"))
    own.write_text("extends: july-1\ncolumns: [体育]\n", encoding="utf-8")
    with pytest.raises(InputError) as refused:
        files.template("july-1", [tmp_path, *PROFILES], COLUMNS)
    assert refused.value.where == f"{own}:2:11"
    with pytest.raises(InputError, match="no_such_name"):
        files.template("october-1", [tmp_path, *PROFILES], COLUMNS)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"id": "topic"}, "milestone_twice"),
        ({"days_before": 93}, "milestone_order_before"),
        ({"days_before": -1}, "greater_than_equal"),
        ({"due": "2027-01-01"}, "extra_forbidden"),
    ],
)
def test_what_is_wrong_in_a_template_is_said(tmp_path: Path, change: dict[str, Any], kind: str) -> None:
    (tmp_path / "campaigns").mkdir()
    shipped = yamlio.load(PROFILES[0] / "campaigns" / "july-1.yaml").data
    shipped["milestones"][1] |= change
    (tmp_path / "campaigns" / "mine.yaml").write_bytes(yamlio.dump({**shipped, "name": "mine"}))
    with pytest.raises(InputError) as refused:
        files.template("mine", [tmp_path], COLUMNS)
    assert [problem.kind for problem in refused.value.values["problems"]] == [kind]


@pytest.mark.parametrize(("text", "kind"), [("02-30", "day_of_year"), ("7-1", "string_pattern_mismatch")])
def test_a_day_that_no_year_has_is_none(text: str, kind: str) -> None:
    shipped = yamlio.load(PROFILES[0] / "campaigns" / "july-1.yaml")
    assert files.read_template(shipped, COLUMNS).is_for(date(2028, 7, 1))
    assert not files.read_template(shipped, COLUMNS).is_for(date(2028, 7, 2))
    with pytest.raises(InputError) as refused:
        files.read_template(replace(shipped, data={**shipped.data, "air_day": text}), COLUMNS)
    assert [problem.kind for problem in refused.value.values["problems"]] == [kind]


def test_what_differs_is_named_by_ids_and_codes() -> None:
    old = campaign(films=ExpectedFilms(each=1), begins=date(2027, 1, 1))
    steps = [(*STEPS[0][:2], "2027-04-05", STEPS[0][3]), ("casting", "选角", "2027-04-20", FilledBy.HAND), *STEPS[1:]]
    new = campaign(
        name="七一",
        films=ExpectedFilms(each=1, prefectures={HOTAN: 2}),
        milestones=milestones(steps),
        days_off=DaysOff(dates=(DayOff(date=date(2027, 6, 9), zh="端午节", en="Dragon Boat"),)),
        revision=7,
    )
    assert [(item.path, item.old, item.new) for item in differences(old, new)] == [
        ("name.zh", "七一展播", "七一"),
        ("begins", "2027-01-01", None),
        ("milestones.topic.due", "2027-03-31", "2027-04-05"),
        (f"films.prefectures.{HOTAN}", None, "2"),
        ("days_off.dates.2027-06-09.date", None, "2027-06-09"),
        ("days_off.dates.2027-06-09.zh", None, "端午节"),
        ("days_off.dates.2027-06-09.en", None, "Dragon Boat"),
        ("milestones.casting.id", None, "casting"),
        ("milestones.casting.words.zh", None, "选角"),
        ("milestones.casting.words.en", None, "casting"),
        ("milestones.casting.due", None, "2027-04-20"),
        ("milestones.casting.filled_by", None, "hand"),
    ]
    assert differences(old, old.model_copy(update={"revision": 2})) == ()


def test_every_move_of_a_date_is_told() -> None:
    on = campaign(air_date=date(2027, 7, 2))
    history = published(campaign(), on, campaign(air_date=date(2027, 7, 4), milestones=milestones(STEPS[1:])))
    assert [(item.milestone, item.old.day, item.new.day, item.revision) for item in moved_dates(history)] == [
        (None, 1, 2, 2),
        (None, 2, 4, 3),
    ]
    assert moved_dates(history[:1]) == ()
