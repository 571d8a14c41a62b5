"""`slots.yaml`: what is wrong in it is said with its place, and what is right makes the moments that people mean."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import catalogue, shipped
from pipeline.errors import InputError
from pipeline.exchange.running_order import slots_file
from pipeline.model.china_time import CHINA
from pipeline.model.running_order import RunningOrder
from pipeline.model.slots import Slots, film_ref
from tests.programmes import WORDS
from tests.running_orders import at, evenings, slots, written

HEAD = "schema_version: 1\ncampaign: july\nname: {zh: 展播}\n"
SLOT = "slots:\n  - {name: evening, dates: [2027-07-01], start: 19:30, minutes: 30}\n"


def read(path: Path, text: str) -> Slots:
    return slots_file.read(written(path / "slots.yaml", text), WORDS.columns)


def wrong(path: Path, text: str) -> list[tuple[str, str]]:
    """What is wrong, with LINE:COLUMN of each place."""
    with pytest.raises(InputError) as refused:
        read(path, text)
    problems = refused.value.values["problems"]
    assert isinstance(problems, tuple)
    for language in catalogue.LANGUAGES:
        assert catalogue.error_lines(language, refused.value)
    return [(item.where.removeprefix(f"{path / 'slots.yaml'}:"), item.kind) for item in problems]


ROW = "slots:\n  - {name: evening, start: 19:30, minutes: 30, %s}\n"
RULES = "rules:\n  %s\n"


@pytest.mark.parametrize(
    ("text", "place", "kind"),
    [
        ("slots: []\n", "4:1", "too_short"),
        (ROW % "weekday: [mon], dates: [2027-07-01]", "5:48", "extra_forbidden"),
        (ROW % "from: 2027-07-01", "5:5", "slot_from_until"),
        (ROW % "dates: [2027-07-01], weekdays: [mon]", "5:5", "slot_from_until"),
        (ROW % "from: 2027-07-02, until: 2027-07-01", "5:66", "slot_days_order"),
        (ROW % "from: 2027-07-01, until: 2029-07-01", "5:66", "slot_days_many"),
        (ROW % "from: 2027-07-01, until: 2027-07-02, weekdays: [sun]", "5:5", "slot_no_day"),
        (ROW % "dates: []", "5:5", "slot_no_day"),
        (ROW % "dates: [9999-12-31]", "5:56", "day_year"),
        (ROW % "dates: [2027-02-30]", "5:56", "date_parsing"),
        (ROW % "dates: [2027-07-01], columns: [没有]", "5:79", "value_unknown"),
        (ROW % "dates: [2027-07-01], language: 火星语", "5:69", "language"),
        (SLOT + SLOT.split("\n")[1] + "\n", "6:6", "slot_twice"),
        (
            SLOT + "  - {name: night, from: 2027-06-30, until: 2027-07-02, start: 19:59, minutes: 10}\n",
            "6:56",
            "slot_overlap",
        ),
        (SLOT + RULES % "pinned: [{film: 653200/a, slot: noon, date: 2027-07-01}]", "7:29", "pin_slot"),
        (SLOT + RULES % "pinned: [{film: 653200/a, slot: evening, date: 2027-07-02}]", "7:44", "pin_day"),
        (SLOT + RULES % "pinned: [{film: doctor, slot: evening, date: 2027-07-01}]", "7:13", "film_ref"),
        (SLOT + RULES % "repeats: [{times: 1}]", "7:13", "repeat_after"),
        (SLOT + RULES % "repeats: [{times: 1, after_days: 1, after_hours: 2}]", "7:13", "repeat_after"),
        (SLOT + RULES % "columns: [七一展播, 没有]", "7:19", "value_unknown"),
        (SLOT + "channel: bare\n", "6:1", "string_pattern_mismatch"),
        (ROW.replace("19:30", "24:00") % "dates: [2027-07-01]", "5:21", "string_pattern_mismatch"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(text: str, place: str, kind: str, tmp_path: Path) -> None:
    assert wrong(tmp_path, HEAD + text) == [(place, kind)]


def test_too_many_slots_are_counted(tmp_path: Path) -> None:
    rows = "".join(
        f"  - {{name: s{hour}, from: 2027-01-01, until: 2027-12-31, start: 0{hour}:00, minutes: 30}}\n"
        for hour in range(3)
    )
    assert wrong(tmp_path, f"{HEAD}slots:\n{rows}") == [("4:1", "slots_many")]


def test_slots_that_touch_do_not_overlap() -> None:
    made = slots(evenings(1), evenings(1, name="next", start="20:00"))
    assert [item.start for item in made.placed] == [at("2027-07-01 19:30"), at("2027-07-01 20:00")]


def test_a_slot_past_midnight_overlaps_the_morning_behind_it() -> None:
    late = {"name": "late", "dates": ["2027-12-31"], "start": "23:30", "minutes": 60}
    early = {"name": "early", "dates": ["2028-01-01"], "start": "00:30", "minutes": 30}
    made = slots(late, early)
    assert [f"{item.end.astimezone(CHINA):%Y-%m-%d %H:%M}" for item in made.placed] == [
        "2028-01-01 00:30",
        "2028-01-01 01:00",
    ]
    with pytest.raises(ValueError, match="overlaps «late» on 2028-01-01"):
        slots(late, {**early, "start": "00:29"})


def test_days_one_by_one_and_from_until_go_together() -> None:
    (slot,) = slots(evenings(2, dates=["2027-07-09", "2027-07-01"])).slots
    assert [day.day for day in slot.days] == [1, 2, 9]


def test_columns_are_read_by_any_of_their_names(tmp_path: Path) -> None:
    text = HEAD + ROW % "dates: [2027-07-01], columns: [党建, july 1 showcase]" + RULES % "columns: [七一]"
    made = read(tmp_path, text)
    assert (made.slots[0].columns, made.rules.columns) == (("party-building", "showcase"), ("showcase",))


def test_the_sample_is_right_and_a_published_order_holds_it() -> None:
    made = slots_file.read(shipped.folder("samples") / "campaign" / "slots.yaml", WORDS.columns)
    order = RunningOrder(campaign=made.campaign, slots=made)
    assert RunningOrder.model_validate_json(order.to_file()).slots == made


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("653200-doctor", "653200/653200-doctor"),
        ("和田/doctor", "653200/doctor"),
        ("653200/doctor", "653200/doctor"),
        ("doctor", None),
        ("111111-doctor", None),
        ("653200/../x", None),
        ("653200/" + "x" * 25, None),
    ],
)
def test_a_film_is_meant_by_the_id_that_people_type(text: str, meant: str | None) -> None:
    found = film_ref(text)
    assert (str(found) if found else None) == meant
