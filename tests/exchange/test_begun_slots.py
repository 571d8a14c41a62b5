"""What had begun of a published order stays as it was published, and the rest is laid around it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.exchange.running_order.begun import Begun, begun
from pipeline.exchange.running_order.holding import OrderRow, held
from pipeline.exchange.running_order.laying import lay
from pipeline.exchange.running_order.placing import Outside
from pipeline.exchange.running_order.watching import gaps, gone
from pipeline.model.running_order import Absence, Film, Reason, RunningOrder, Standing
from pipeline.model.slots import Slots
from tests.running_orders import EVENING, at, evenings, film, left, ref, rows, shown, slots

A, B, C = "653200", "650100", "654000"
LATER = at("2027-07-02 19:30")  # the second evening begins
FOUR = slots(evenings(4))


def withdrawn(name: str, since: str) -> Film:
    return film(name, standing=Standing.WITHDRAWN, seconds=None, package_id=None, absences=(Absence(start=at(since)),))


def published(rules: Slots = FOUR, *names: str) -> tuple[RunningOrder, Begun]:
    """An order of these films, and what of it had begun at the second evening."""
    order = lay(rules, [film(name) for name in names]).as_published(1)
    return order, begun(order, LATER)


def test_what_was_on_air_stays_and_a_new_film_gets_a_slot_to_come() -> None:
    order, kept = published(FOUR, f"{A}/a", f"{B}/b", f"{C}/c")
    assert shown(order) == [f"01 19:30 {B}/b 1", f"02 19:30 {A}/a 1", f"03 19:30 {C}/c 1"]
    now = [withdrawn(f"{B}/b", "2027-07-01 22:00"), film(f"{A}/a"), film(f"{C}/c"), film(f"{A}/0new")]
    anew = lay(FOUR, now, kept)
    assert anew.showings[:2] == order.showings[:2]
    assert shown(anew)[2:] == [f"03 19:30 {C}/c 1", f"04 19:30 {A}/0new 1"]
    assert (anew.empty, left(anew)) == ((), {})
    assert lay(FOUR, reversed(now), kept).to_json() == anew.to_json()
    assert lay(FOUR, now, begun(anew, LATER)) == anew  # laid again it is the same
    before = at("2027-07-01 19:29")
    assert lay(FOUR, now, begun(order, before)) == lay(FOUR, now)


def test_an_evening_that_was_empty_stays_empty() -> None:
    order = lay(FOUR, []).as_published(1)
    anew = lay(FOUR, [film(f"{A}/{name}") for name in "abc"], begun(order, LATER))
    assert shown(anew) == [f"03 19:30 {A}/a 1", f"04 19:30 {A}/b 1"]
    assert anew.empty == order.empty[:2]
    assert left(anew) == {f"{A}/c": "no_slot_left"}


def test_what_was_on_air_counts_for_repeats_and_their_distance() -> None:
    rules = slots(evenings(6), repeats=[{"times": 2, "after_days": 2}])
    order = lay(rules, [film(f"{A}/a")]).as_published(1)
    assert shown(order) == [f"01 19:30 {A}/a 1", f"03 19:30 {A}/a 2", f"05 19:30 {A}/a 3"]
    anew = lay(rules, [film(f"{A}/a"), film(f"{B}/b")], begun(order, at("2027-07-03 20:30")))
    assert anew.showings[:2] == order.showings[:2]
    assert shown(anew)[2:] == [f"04 19:30 {B}/b 1", f"05 19:30 {A}/a 3", f"06 19:30 {B}/b 2"]
    assert left(anew) == {f"{B}/b 3": "no_slot_left"}


def test_a_time_at_which_it_was_withdrawn_counts_for_nothing_and_is_marked() -> None:
    order, kept = published(FOUR, f"{A}/a")
    back = film(
        f"{A}/a", absences=(Absence(start=at("2027-07-01 12:00"), end=at("2027-07-02 12:00")),), package_id="newer"
    )
    anew = lay(FOUR, [back], kept)
    assert shown(anew) == [f"01 19:30 {A}/a 1", f"03 19:30 {A}/a 1"]
    assert gone(gaps(anew, [back], LATER)) == {order.showings[0]}
    ended = withdrawn(f"{A}/a", "2027-07-01 12:00")
    assert (shown(lay(FOUR, [ended], kept)), left(lay(FOUR, [ended], kept))) == (
        [f"01 19:30 {A}/a 1"],
        {f"{A}/a": "withdrawn"},
    )


def test_a_withdrawn_film_of_which_repeats_were_to_come_is_told_withdrawn() -> None:
    rules = slots(evenings(4), repeats=[{"times": 1, "after_days": 3}])
    _, kept = published(rules, f"{A}/a")
    assert left(lay(rules, [withdrawn(f"{A}/a", "2027-07-02 12:00")], kept)) == {f"{A}/a 2": "withdrawn"}


@pytest.mark.parametrize("by_hand", [False, True])
def test_pins_that_lie_in_the_past_hold_or_are_told(by_hand: bool) -> None:
    order, kept = published(FOUR, f"{A}/a", f"{B}/b")
    pins = [{"film": name, "slot": "evening", "date": "2027-07-01"} for name in (f"{B}/b", f"{C}/c")]
    rules, films = slots(evenings(4), pinned=pins), [film(f"{A}/a"), film(f"{B}/b"), film(f"{C}/c")]
    anew = lay(rules, films, kept)
    if by_hand:
        made = held(rows(), rules, films, kept)
        assert made.violations == ()
        anew = made.order
    assert shown(anew) == shown(order)
    told = [(str(item.ref), item.why.reason, item.slot and item.slot.start) for item in anew.left_out]
    assert told == [(f"{C}/c", Reason.BEGUN, at("2027-07-01 19:30"))]


def test_a_file_of_other_slots_leaves_the_past_and_takes_nothing_that_runs_into_it() -> None:
    long = slots({**EVENING, "minutes": 60})
    order = lay(long, [film(f"{A}/a", 50)]).as_published(1)
    kept = begun(order, at("2027-07-01 19:40"))
    other = slots(
        {"name": "late", "dates": ["2027-07-01", "2027-07-02"], "start": "20:00", "minutes": 30},
        {"name": "noon", "dates": ["2027-07-01"], "start": "12:00", "minutes": 30},
    )
    anew = lay(other, [film(f"{B}/b"), film(f"{C}/c")], kept)
    assert anew.showings[0] == order.showings[0]
    assert shown(anew)[1:] == [f"02 20:00 {B}/b 1"]
    assert left(anew) == {f"{C}/c": "no_slot_left"}
    soon = slots({"name": "late", "dates": ["2027-07-01"], "start": "20:20", "minutes": 10})
    anew = lay(soon, [film(f"{B}/b", 10)], kept)  # the slot that had begun goes on until 20:30, its film until 20:20
    assert shown(anew) == [f"01 19:30 {A}/a 1", f"01 20:20 {B}/b 1"]
    by_hand = held([OrderRow("x", item.start, item.ref) for item in anew.showings], soon, [film(f"{B}/b", 10)], kept)
    assert (by_hand.order, by_hand.violations) == (anew, ())


def test_rows_of_the_past_say_what_was_published_whatever_became_of_the_film() -> None:
    order, kept = published(FOUR, f"{A}/a", f"{B}/b", f"{C}/c")
    now = [withdrawn(f"{B}/b", "2027-07-01 22:00"), film(f"{C}/c")]  # and of one the store knows nothing any more
    told = rows(f"01 19:30 {B}/b", f"02 19:30 {A}/a", f"04 19:30 {C}/c")
    made = held(told, FOUR, now, kept)
    assert (made.violations, made.unlisted) == ((), ())
    assert made.order.showings[:2] == order.showings[:2]
    assert shown(made.order)[2:] == [f"04 19:30 {C}/c 1"]
    assert [time.day.day for time in made.order.empty] == [3]
    less = held(told[2:], FOUR, now, kept)
    assert (less.violations, less.unlisted, less.order) == ((), order.showings[:2], made.order)


def test_rows_of_the_past_that_say_otherwise_are_named() -> None:
    films = [film(f"{A}/a"), film(f"{B}/b"), film(f"{C}/c")]
    kept = begun(lay(FOUR, films[:1]).as_published(1), LATER)
    told = rows(f"01 19:30 {B}/b", f"02 19:30 {C}/c", f"03 19:30 {A}/a", f"01 19:30 {A}/a", f"01 19:31 {A}/a")
    found = [
        (item.where, item.why.reason, item.why.wanted, str(item.other) if item.other else None)
        for item in held(told, FOUR, films, kept).violations
    ]
    assert sorted(found, key=str) == [
        ("o.csv:2", Reason.ON_AIR, ("2027-07-01 19:30",), f"{A}/a"),
        ("o.csv:3", Reason.BEGUN, (), None),
        ("o.csv:4", Reason.OFTEN, (), None),  # the first was its only one
        ("o.csv:6", Reason.ON_AIR, ("2027-07-01 19:30",), f"{A}/a"),
    ]


def test_repeats_by_hand_keep_their_distance_from_what_was_on_air() -> None:
    rules = slots(evenings(5), repeats=[{"times": 1, "after_days": 3}])
    _, kept = published(rules, f"{A}/a")
    for day, expected in (("03", [Reason.SOON]), ("04", [])):
        made = held(rows(f"{day} 19:30 {A}/a"), rules, [film(f"{A}/a")], kept)
        assert [item.why.reason for item in made.violations] == expected
        assert made.order.showings[-1].number == 2


def test_a_laid_order_held_by_its_rows_is_the_same() -> None:
    _, kept = published(FOUR, f"{A}/a", f"{B}/b")
    now = [withdrawn(f"{B}/b", "2027-07-01 22:00"), film(f"{A}/a"), film(f"{A}/new"), film(f"{C}/c")]
    laid = lay(FOUR, now, kept)
    made = held([OrderRow("x", item.start, item.ref) for item in laid.showings], FOUR, now, kept)
    assert (made.order, made.violations, made.hints) == (laid, (), ())


def test_a_slot_that_has_begun_is_offered_to_no_film() -> None:
    rules = slots(evenings(1), share=True)
    order = lay(rules, [film(f"{A}/a", 5), film(f"{B}/b", 5)]).as_published(1)
    start = order.showings[0].slot.start
    now = [film(f"{A}/a", 5), withdrawn(f"{B}/b", "2027-06-01 12:00"), film(f"{C}/c", 5)]
    for moment, expected in ((start - timedelta(seconds=1), [ref(f"{C}/c")]), (start, [])):
        found = gaps(order, now, moment)
        assert [one.ref for gap in found for one in gap.fits] == expected
        assert [place.film.ref for place in Outside(order, now, found, moment).places()] == expected
