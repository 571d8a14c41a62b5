"""A published order is held to what stands today, and says when a film is on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pipeline.exchange.running_order.laying import lay
from pipeline.exchange.running_order.placing import Outside
from pipeline.exchange.running_order.watching import Gap, gaps, gone, on_air
from pipeline.model.china_time import CHINA
from pipeline.model.running_order import Absence, Film, Reason, RunningOrder, Standing
from tests.running_orders import at, evenings, film, left, licence, ref, shown, slots

A, B, C = "653200", "650100", "654000"
WITHDRAWN = {"standing": Standing.WITHDRAWN, "seconds": None, "package_id": None}


def told(found: list[Gap]) -> list[tuple[str, str, list[str]]]:
    return [
        (f"{item.showing.ref} {item.showing.number}", item.why.reason.value, [str(one.ref) for one in item.fits])
        for item in found
    ]


def test_an_order_of_films_that_stand_has_no_gaps() -> None:
    films = [film(f"{A}/a"), film(f"{B}/b")]
    assert gaps(lay(slots(), films), films) == []


def test_a_withdrawn_film_is_named_at_every_look_with_what_fits_its_slot() -> None:
    films = [film(f"{A}/a"), film(f"{B}/b")]
    order = lay(slots(evenings(2, columns=["showcase"], language="zho")), films)
    assert shown(order) == [f"01 19:30 {B}/b 1", f"02 19:30 {A}/a 1"]
    now = [
        film(f"{A}/a"),
        film(f"{B}/b", **WITHDRAWN),  # type: ignore[arg-type]
        *(film(f"{A}/next"), film(f"{C}/other"), film(f"{C}/long", 31), film(f"{C}/law", column="law")),
        *(film(f"{C}/uig", languages=("uig",)), film(f"{C}/ended", licence=licence("2026-01-01", "2027-06-30"))),
        film(f"{C}/unsent", standing=Standing.NOT_TAKEN_OVER),
    ]
    expected = [(f"{B}/b 1", "withdrawn", [f"{C}/other", f"{A}/next"])]
    assert told(gaps(order, now)) == told(gaps(order, list(reversed(now)))) == expected


def test_a_repeat_fits_where_the_rule_allows_one() -> None:
    films = [film(f"{A}/a"), film(f"{B}/b"), film(f"{C}/c")]
    order = lay(slots(evenings(3), repeats=[{"times": 1, "after_days": 2}]), films)
    assert [item.split()[2] for item in shown(order)] == [f"{B}/b", f"{A}/a", f"{C}/c"]
    now = [*films[:2], film(f"{C}/c", **WITHDRAWN)]  # type: ignore[arg-type]
    assert told(gaps(order, now)) == [(f"{C}/c 1", "withdrawn", [f"{B}/b"])]


def test_in_a_shared_slot_only_what_is_over_before_the_next_film_fits() -> None:
    films = [film(f"{A}/a", 10), film(f"{B}/b", 10)]
    order = lay(slots(evenings(1), share=True, gap_s=30), films)
    now = [film(f"{A}/a", 10), film(f"{B}/b", **WITHDRAWN), film(f"{C}/c", 10), film(f"{C}/d", 10.1)]  # type: ignore[arg-type]
    assert told(gaps(order, now)) == [(f"{B}/b 1", "withdrawn", [f"{C}/c"])]


@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ([], "unknown"),
        ([film(f"{A}/a", standing=Standing.NOT_TAKEN_OVER)], "not_taken_over"),
        ([film(f"{A}/a", package_id="newer")], "replaced"),
        ([film(f"{A}/a", 31, package_id="newer")], "too_long"),
        ([film(f"{A}/a", package_id="newer", licence=licence("2028-01-01", "2028-02-01"))], "licence"),
    ],
)
def test_what_changed_since_is_named(now: list[Film], reason: str) -> None:
    order = lay(slots(), [film(f"{A}/a")])
    assert told(gaps(order, now)) == [(f"{A}/a 1", reason, [])]


def test_what_is_over_is_no_gap() -> None:
    order = lay(slots(), [film(f"{A}/a")])
    (showing,) = order.showings
    assert showing.end < showing.slot.end
    assert gaps(order, [], showing.end) == []
    assert len(gaps(order, [], showing.end - timedelta(seconds=1))) == 1


def test_what_was_withdrawn_before_it_was_over_is_named_also_when_its_time_has_passed() -> None:
    order = lay(slots(evenings(3), repeats=[{"times": 1, "after_days": 2}]), [film(f"{A}/a")])
    first, again = order.showings
    for since, expected in (
        (first.end - timedelta(seconds=1), [(1, True), (2, True)]),
        (first.end, [(2, True)]),
        (again.end, []),
    ):
        now = [film(f"{A}/a", **WITHDRAWN, absences=(Absence(start=since),)), film(f"{B}/b")]  # type: ignore[arg-type]
        found = gaps(order, now, again.end)
        assert [(gap.showing.number, gap.is_over) for gap in found] == expected
        assert all((gap.why.reason, gap.fits) == (Reason.WITHDRAWN, ()) for gap in found)
    ahead = gaps(order, now, first.slot.start)
    fits = [(gap.is_over, gap.is_open, [one.ref for one in gap.fits]) for gap in ahead]
    assert fits == [(False, False, []), (False, True, [ref(f"{B}/b")])]  # the first has begun


def test_between_a_withdrawal_and_a_newer_version_nothing_was_on_air_and_behind_it_all_is_as_it_was() -> None:
    order = lay(slots(evenings(4), repeats=[{"times": 3, "after_days": 1}]), [film(f"{A}/a")])
    _, second, third, last = order.showings
    span = Absence(start=second.start - timedelta(hours=1), end=third.start)
    again = film(f"{A}/a", package_id="newer", absences=(span,))
    assert told(gaps(order, [again], last.start)) == [(f"{A}/a 2", "withdrawn", []), (f"{A}/a 4", "replaced", [])]
    late = again.model_copy(update={"absences": (Absence(start=span.start, end=third.start + timedelta(seconds=1)),)})
    assert [item[0] for item in told(gaps(order, [late], last.end))] == [f"{A}/a 2", f"{A}/a 3"]
    assert gone(gaps(order, [late], last.end)) == {second, third}


def test_a_film_that_was_withdrawn_while_a_newer_cut_is_in_review_is_withdrawn_in_its_slots() -> None:
    order = lay(slots(), [film(f"{A}/a")])
    now = film(f"{A}/a", standing=Standing.NOT_TAKEN_OVER, absences=(Absence(start=at("2027-06-01 12:00")),))
    assert told(gaps(order, [now])) == [(f"{A}/a 1", "withdrawn", [])]


def test_a_film_that_lacks_a_place_is_told_the_first_slot_that_takes_it_now() -> None:
    pins = [{"film": f"{C}/pin", "slot": "evening", "date": "2027-07-04"}]
    waiting = [film(f"{C}/{name}", standing=Standing.NOT_TAKEN_OVER) for name in ("c", "pin", "unsent")]
    order = lay(slots(evenings(4, columns=["showcase"]), pinned=pins), [film(f"{A}/a"), film(f"{B}/b"), *waiting])
    assert shown(order) == [f"01 19:30 {B}/b 1", f"02 19:30 {A}/a 1"]
    now = [
        *(film(f"{A}/a", **WITHDRAWN), film(f"{B}/b"), film(f"{C}/c"), film(f"{C}/pin"), waiting[-1]),  # type: ignore[arg-type]
        *(film(f"{C}/long", 31), film(f"{C}/law", column="law")),
    ]

    def told_at(moment: str) -> list[str]:
        found = Outside(order, reversed(now), gaps(order, now, at(moment)), at(moment)).places()
        return [f"{item.film.submission_id} {item.start.astimezone(CHINA):%d %H:%M}" for item in found]

    assert told_at("2027-06-30 12:00") == ["c 02 19:30", "pin 04 19:30"]  # what came free, then what was empty
    assert told_at("2027-07-02 19:31") == ["c 03 19:30", "pin 04 19:30"]
    assert told_at("2027-07-04 19:31") == []
    newer = [film(f"{B}/b", package_id="newer")]
    assert Outside(order, newer, gaps(order, newer), at("2027-06-30 12:00")).places() == []  # it has its place


def test_in_a_slot_that_films_share_a_place_ends_where_the_next_film_begins() -> None:
    order = lay(slots(evenings(1), share=True, gap_s=30), [film(f"{A}/a", 10), film(f"{B}/b", 10)])
    now = [film(f"{A}/a", 10), film(f"{B}/b", **WITHDRAWN), film(f"{C}/c", 10), film(f"{C}/d", 10.1)]  # type: ignore[arg-type]
    found = Outside(order, now, gaps(order, now), at("2027-06-30 12:00")).places()
    assert [item.film.ref for item in found] == [ref(f"{C}/c")]


def left_out(order: RunningOrder, now: list[Film], moment: str, own: str | None = None) -> dict[str, str]:
    made = Outside(order, now, gaps(order, now, at(moment), own), at(moment), own).left_out()
    return left(order.model_copy(update={"left_out": made}))


def test_why_a_film_is_not_in_a_published_order_is_told_as_it_stands_now() -> None:
    then = [film(f"{B}/b"), *(film(f"{C}/{name}", standing=Standing.NOT_TAKEN_OVER) for name in ("c", "d"))]
    laid = lay(slots(evenings(2, columns=["showcase"])), [film(f"{A}/a"), *then])
    assert left(laid) == {f"{C}/c": "not_taken_over", f"{C}/d": "not_taken_over"}
    order = laid.as_published(1)
    gone = film(f"{A}/a", **WITHDRAWN)  # type: ignore[arg-type]
    more = [film(f"{C}/long", 31), film(f"{C}/law", column="law"), film(f"{C}/off", **WITHDRAWN)]  # type: ignore[arg-type]
    now = [gone, film(f"{B}/b"), film(f"{C}/c"), then[-1], *more]
    rest = {f"{C}/d": "not_taken_over", f"{C}/long": "too_long", f"{C}/law": "column", f"{C}/off": "withdrawn"}
    assert left_out(order, now, "2027-06-30 12:00") == {f"{C}/c": "not_in_order", **rest}
    assert left_out(order, now, "2027-07-02 19:31") == {f"{C}/c": "no_slot_left", **rest}  # what came free has begun
    stands = [film(f"{A}/a"), *now[1:]]
    assert left_out(order, stands, "2027-06-30 12:00")[f"{C}/c"] == "no_slot_left"
    assert left_out(order, now[2:], "2027-06-30 12:00", C) == {f"{C}/c": "not_in_order", **rest}


def test_repeats_and_pins_that_a_published_order_lacks_are_told_as_they_stand_now() -> None:
    pins = [{"film": f"{A}/a", "slot": "evening", "date": f"2027-07-0{day}"} for day in (1, 3)]
    pins.append({"film": f"{B}/b", "slot": "evening", "date": "2027-07-03"})
    order = lay(
        slots(evenings(3), pinned=pins, repeats=[{"films": [f"{B}/b", f"{C}/c"], "times": 1, "after_days": 1}]),
        [film(f"{A}/a"), film(f"{C}/c")],
    )
    assert shown(order) == [f"01 19:30 {A}/a 1", f"02 19:30 {C}/c 1", f"03 19:30 {A}/a 2"]
    now = [film(f"{A}/a"), film(f"{B}/b"), film(f"{C}/c")]
    assert left_out(order, now, "2027-06-30 12:00") == {f"{B}/b": "slot_taken", f"{C}/c 2": "no_slot_left"}
    gone = [film(f"{A}/a", **WITHDRAWN), *now[1:]]  # type: ignore[arg-type]
    assert left_out(order, gone, "2027-06-30 12:00") == {f"{B}/b": "not_in_order", f"{C}/c 2": "not_in_order"}
    assert left_out(order, gone, "2027-07-03 20:00") == {f"{B}/b": "slot_taken", f"{C}/c 2": "no_slot_left"}
    assert left_out(order, gone[:1], "2027-06-30 12:00") == {f"{B}/b": "unknown"}
    assert left_out(order, now[:1], "2027-06-30 12:00", A) == {}


def test_where_films_share_slots_what_they_leave_is_a_place() -> None:
    order = lay(slots(evenings(1), share=True, gap_s=30), [film(f"{A}/a", 10)])
    for minutes, reason in ((19.5, "not_in_order"), (19.6, "no_slot_left")):
        now = [film(f"{A}/a", 10), film(f"{B}/b", minutes)]
        assert left_out(order, now, "2027-06-30 12:00") == {f"{B}/b": reason}
        found = Outside(order, now, [], at("2027-06-30 12:00")).places()
        assert [item.start for item in found] == (
            [at("2027-07-01 19:40") + timedelta(seconds=30)] if minutes == 19.5 else []
        )


def test_a_prefecture_looks_at_its_own_films_alone() -> None:
    order = lay(slots(evenings(2)), [film(f"{A}/a"), film(f"{B}/b")])
    now = [film(f"{A}/a", **WITHDRAWN), film(f"{A}/next")]  # type: ignore[arg-type]
    found = gaps(order, now, at("2027-06-30 12:00"), A)
    assert told(found) == [(f"{A}/a 1", "withdrawn", [f"{A}/next"])]
    (place,) = Outside(order, now, found, at("2027-06-30 12:00"), A).places()
    assert (place.start, order.of(ref(f"{B}/b"))[0].start) == (at("2027-07-02 19:30"), at("2027-07-01 19:30"))


def test_a_prefecture_sees_all_showings_and_of_the_rest_its_own() -> None:
    films = [
        film(f"{A}/a"),
        film(f"{B}/b"),
        *(film(f"{code}/later", standing=Standing.NOT_TAKEN_OVER) for code in (A, B)),
    ]
    pins = [{"film": f"{code}/later", "slot": "evening", "date": "2027-07-03"} for code in (A, B)]
    repeats = [
        {"films": [f"{B}/later"], "times": 1, "after_days": 1},
        {"films": [f"{A}/later", f"{B}/later", f"{B}/b"], "times": 1, "after_days": 9},
        {"times": 1, "after_days": 9},
    ]
    order = lay(slots(evenings(3), pinned=pins, repeats=repeats), films)
    seen = order.seen_by(A)
    assert (seen.showings, seen.empty, f"{B}/later" in order.to_json()) == (order.showings, order.empty, True)
    assert {item.prefecture for item in order.left_out} == {A, B}
    assert seen.left_out == tuple(item for item in order.left_out if item.prefecture == A)
    assert [pin.film for pin in seen.slots.rules.pinned] == [f"{A}/later"]
    assert [rule.films for rule in seen.slots.rules.repeats] == [(f"{A}/later", f"{B}/b"), None]
    assert [(item.prefecture, item.submission_id) for item in seen.left_out if item.number == 1] == [(A, "later")]


def test_a_film_is_told_when_it_is_on_and_when_it_was() -> None:
    order = lay(slots(evenings(3), repeats=[{"times": 1, "after_days": 2}]), [film(f"{A}/a")])
    first, again = order.showings
    name = ref(f"{A}/a")
    before = on_air(order, name, at("2027-06-30 12:00"))
    assert (before.current, before.following, before.shown) == (None, first, False)
    assert before.first_slot == first.slot
    during = on_air(order, name, at("2027-07-01 19:30"))
    assert (during.current, during.following) == (first, again)
    assert on_air(order, name, first.end).current is None
    assert on_air(order, name, again.slot.end - timedelta(seconds=1)).shown is False
    over = on_air(order, name, again.slot.end)
    assert (over.shown, over.over_at, over.following) == (True, at("2027-07-03 20:00"), None)


def test_of_a_film_that_was_withdrawn_meanwhile_those_showings_are_told_in_which_it_was_there() -> None:
    order = lay(slots(evenings(4), repeats=[{"times": 3, "after_days": 1}]), [film(f"{A}/a")])
    first, second, third, last = order.showings
    name, over = ref(f"{A}/a"), last.slot.end + timedelta(days=1)
    ended = (Absence(start=third.start - timedelta(hours=1)),)
    told = on_air(order, name, over, ended)
    assert (told.showings, told.over_at, told.shown) == ((first, second), second.slot.end, True)
    assert on_air(order, name, second.end, ended).following is None  # it is withdrawn by then
    between = (Absence(start=first.start, end=third.start),)
    assert on_air(order, name, over, between).showings == (third, last)
    assert on_air(order, name, second.start, between).current is None


def test_a_film_without_a_slot_is_never_shown() -> None:
    nothing = on_air(lay(slots(), []), ref(f"{A}/a"), at("2030-01-01 00:00"))
    assert (nothing.showings, nothing.over_at, nothing.shown) == ((), None, False)


def test_reasons_of_today_are_those_of_the_table() -> None:
    assert {item.value for item in Standing} - {"taken_over"} <= {item.value for item in Reason}
