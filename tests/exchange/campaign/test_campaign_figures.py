"""The figures of a season: every one is counted by hand here, with the films and the records that it is from."""

from __future__ import annotations

from datetime import date, datetime

from pipeline.exchange.campaign import figures
from pipeline.exchange.campaign.moving import moving
from pipeline.model.campaign import ExpectedFilms, FilledBy
from pipeline.model.campaign_facts import FilmFacts
from pipeline.model.campaign_records import Announce, Done, Drop, Extend, Side
from pipeline.model.campaign_report import CampaignReport, Cut, CutFault, FilmStory, Turn
from pipeline.model.campaign_status import CampaignStatus, CellState
from pipeline.model.china_time import end_of_day
from pipeline.model.finding import Severity
from pipeline.model.inbox import Person, Stage
from tests.seasons import (
    ALTAY,
    HOTAN,
    KARAMAY,
    KASHGAR,
    at,
    campaign,
    facts,
    films_words,
    looked,
    published,
    said,
)

CUNYI, XIANYU, XUE, GUO = "653200-cunyi", "653200-xianyu", "654300-xue", "653100-guo"
TODAY = "2027-06-12"
FILMS = [
    facts(
        HOTAN,
        CUNYI,
        Stage.APPROVED,
        column="showcase",
        submitted_at=at("2027-06-08"),
        approved_at=at("2027-06-11"),
    ),
    facts(
        ALTAY,
        XUE,
        Stage.ACCEPTED,
        column="showcase",
        submitted_at=at("2027-06-01"),
        approved_at=at("2027-06-02"),
        taken_over_at=at("2027-06-04"),
    ),
]
RECORDS = [
    said(
        HOTAN,
        "2027-03-30",
        Announce(id=CUNYI, title="我们的村医"),
        Announce(id=XIANYU, title="咸鱼", column="party-building"),
        Done(id=CUNYI, milestone="topic", on=date(2027, 3, 29)),
    ),
    said(HOTAN, "2027-04-03", Done(id=XIANYU, milestone="topic"), number=2),
    said(
        HOTAN,
        "2027-05-19",
        Extend(id=XIANYU, milestone="shooting", until=date(2027, 6, 10), reason="沙尘"),
        side=Side.EDITOR,
    ),
    said(KASHGAR, "2027-03-02", Announce(id=GUO, title="果")),
    said(KASHGAR, "2027-05-02", Drop(id=GUO, reason="主角生病"), number=2),
]


def key(code: str, number: int, bucket: str = "inbox") -> str:
    return f"{bucket}/{code}/_campaign/july-1-2027/{number:04}.json"


def turn(of: Person, since: str, until: str | None, name: str) -> Turn:
    return Turn(of=of, since=at(since), until=at(until) if until else None, key=name)


STORIES = [
    FilmStory(
        prefecture=HOTAN,
        submission_id=CUNYI,
        turns=(
            turn(Person.EDITOR, "2027-06-02", "2027-06-03", "a1"),
            turn(Person.PRODUCER, "2027-06-03", "2027-06-08", "a2"),
            turn(Person.EDITOR, "2027-06-08", None, "a3"),
        ),
        masters=(
            Cut(revision=1, at=at("2027-06-02"), key="in/1"),
            Cut(revision=2, at=at("2027-06-08"), key="in/2", approved_key="yes/2"),
        ),
        faults=(
            CutFault(code="content.black", severity=Severity.ERROR, key="in/i1"),
            CutFault(code="content.black", severity=Severity.WARNING, key="in/i2"),
        ),
        is_checked=True,
    ),
    FilmStory(
        prefecture=ALTAY,
        submission_id=XUE,
        turns=(
            turn(Person.EDITOR, "2027-06-01", "2027-06-03", "b1"),
            turn(Person.OPERATOR, "2027-06-03", "2027-06-04", "b2"),
        ),
        masters=(Cut(revision=1, at=at("2027-06-01"), key="in/x", approved_key="yes/x"),),
        taken_over_key="ack",
        faults=(
            CutFault(code="content.black", severity=Severity.WARNING, key="in/ix"),
            CutFault(code="video.vfr", severity=Severity.WARNING, key="in/ix"),
        ),
        is_checked=True,
    ),
]


def made(
    today: str = TODAY,
    stories: list[FilmStory] | None = None,
    films: list[FilmFacts] | None = None,
    status: CampaignStatus | None = None,
    now: datetime | None = None,
) -> CampaignReport:
    films = FILMS if films is None else films
    status = status or looked(today, RECORDS, films)
    end = now or end_of_day(status.today)
    return figures.report(status, films, STORIES if stories is None else stories, end, "order")


def test_films_are_counted_by_prefecture_with_the_records_that_tell_it() -> None:
    report = made()
    rows = {
        item.name: (
            item.expected,
            item.named.count,
            *(figure.count for figure in item.reached.values()),
            item.ended.count,
        )
        for item in report.by_prefecture
    }
    assert rows == {
        KARAMAY: (1, 0, 0, 0, 0, 0, 0),
        KASHGAR: (1, 0, 0, 0, 0, 0, 1),
        HOTAN: (2, 2, 1, 1, 0, 0, 0),
        ALTAY: (1, 1, 1, 1, 1, 0, 0),
    }
    own = {item.name: item for item in report.by_prefecture}
    assert own[HOTAN].named.records == (key(HOTAN, 1),)
    assert own[ALTAY].named.records == ("in/x",)  # nobody announced it: what came in is the record
    assert own[HOTAN].reached[FilledBy.SUBMITTED].records == ("in/1",)
    assert own[HOTAN].reached[FilledBy.APPROVED].records == ("yes/2",)
    assert own[ALTAY].reached[FilledBy.TAKEN_OVER].records == ("ack",)
    assert own[KASHGAR].ended.records == (key(KASHGAR, 2),)
    assert own[HOTAN].reached[FilledBy.APPROVED].films == (f"{HOTAN}/{CUNYI}",)
    assert (report.total.expected, report.total.named.count, report.total.ended.count) == (5, 3, 1)


def test_films_are_counted_by_column_those_without_one_last() -> None:
    columns = [(item.name, item.expected, item.named.count, item.ended.count) for item in made().by_column]
    assert columns == [("party-building", None, 1, 0), ("showcase", None, 2, 0), ("", None, 0, 1)]


def test_what_was_shown_is_told_by_the_running_order() -> None:
    films = [
        item.model_copy(update={"on_air": at("2027-06-10"), "on_air_end": at("2027-06-10", "10:30")}) for item in FILMS
    ]
    shown = made(films=films).total.reached[FilledBy.SHOWN]
    assert (shown.count, shown.records) == (2, ("order",))


def test_accepted_at_the_first_cut_counts_what_was_approved_alone() -> None:
    first = made().first_cut
    assert (first.count, first.of, first.films, first.records) == (1, 2, (f"{ALTAY}/{XUE}",), ("yes/x",))
    assert made(films=[], stories=[], status=looked(TODAY, RECORDS)).first_cut.of == 0


def test_a_film_that_was_withdrawn_is_not_accepted() -> None:
    gone = FILMS[1].model_copy(update={"stage": Stage.WITHDRAWN, "withdrawn_at": at("2027-06-10")})
    films = [FILMS[0], gone]
    report = made(films=films, status=looked(TODAY, RECORDS, films))
    assert (report.first_cut.count, report.first_cut.of) == (0, 1)
    assert report.total.reached[FilledBy.TAKEN_OVER].count == 0


def test_days_in_each_hand_are_those_of_films_what_lasts_until_now() -> None:
    hands = made(now=at("2027-06-12", "22:00")).hands
    editor, producer, operator = hands[Person.EDITOR], hands[Person.PRODUCER], hands[Person.OPERATOR]
    assert (editor.count, editor.days, editor.median_days, editor.most_days) == (2, 7.5, 3.8, 5.5)
    assert (producer.count, producer.days, producer.median_days, producer.most_days) == (1, 5.0, 5.0, 5.0)
    assert (operator.count, operator.days) == (1, 1.0)
    assert editor.records == ("a1", "a3", "b1")
    assert operator.films == (f"{ALTAY}/{XUE}",)


def test_lateness_is_of_each_step_done_open_and_extended() -> None:
    steps = {item.name: item for item in made().by_milestone}
    topic, shooting = steps["topic"], steps["shooting"]
    assert (topic.done.count, topic.done.most_days, topic.done.records) == (1, 3.0, (key(HOTAN, 2),))
    assert (shooting.still_open.count, shooting.still_open.most_days) == (3, 23.0)
    assert f"{HOTAN}/{XIANYU}" in shooting.still_open.films
    assert (shooting.extended.count, shooting.extended.days) == (1, 21.0)
    assert shooting.extended.records == (key(HOTAN, 1, "delivery"),)
    assert steps["accepted"].done.count == 0


def test_by_prefecture_a_film_has_its_worst_step() -> None:
    own = {item.name: item for item in made().late_by_prefecture}
    assert (own[HOTAN].done.count, own[HOTAN].done.days) == (1, 3.0)
    assert (own[HOTAN].still_open.count, own[HOTAN].still_open.most_days) == (1, 2.0)
    assert own[ALTAY].done.count == own[ALTAY].extended.count == 0
    assert set(own) == {HOTAN, KASHGAR, ALTAY, KARAMAY}


def test_a_finding_counts_a_film_once_the_worst_of_its_cuts() -> None:
    found = [(item.code, item.severity, item.count, item.of, item.reports) for item in made().faults]
    assert found == [
        ("content.black", Severity.ERROR, 2, 2, 3),
        ("video.vfr", Severity.WARNING, 1, 2, 1),
    ]
    assert made().faults[0].records == ("in/i1", "in/i2", "in/ix")


def test_only_the_most_frequent_findings_are_told_and_the_others_counted() -> None:
    codes = tuple(
        CutFault(code=f"content.{'abcdefghijklmnopqrstuvwxyz'[number]}", severity=Severity.WARNING, key="i")
        for number in range(26)
    )
    report = made(stories=[STORIES[1].model_copy(update={"faults": codes})])
    assert (len(report.faults), report.faults_beyond) == (figures.MOST_FAULTS, 26 - figures.MOST_FAULTS)


def test_each_film_has_a_row_dropped_ones_too() -> None:
    rows = {item.id: item for item in made(now=at("2027-06-12", "22:00")).films}
    assert set(rows) == {CUNYI, XIANYU, XUE, GUO}
    assert (rows[CUNYI].cuts, rows[CUNYI].first_cut) == (2, False)
    assert rows[CUNYI].days == {Person.EDITOR: 5.5, Person.PRODUCER: 5.0}
    assert (rows[XUE].first_cut, rows[XIANYU].first_cut, rows[GUO].first_cut) == (True, None, None)
    assert (rows[XIANYU].late_days, rows[XIANYU].longer_days) == (3, 21)


def test_a_season_of_which_nothing_is_there_has_figures_that_are_nought() -> None:
    report = made(films=[], stories=[], status=looked("2027-02-01"))
    assert (report.total.named.count, report.first_cut.of, report.faults, report.films) == (0, 0, (), ())
    assert all(item.count == 0 for item in report.hands.values())
    assert all(item.done.count == item.still_open.count == 0 for item in report.by_milestone)


def test_what_is_expected_and_not_named_is_late_too_and_no_film_of_the_list() -> None:
    plan = published(campaign(films=ExpectedFilms(prefectures={HOTAN: 3})))
    report = made(films=[], stories=[], status=looked(TODAY, of=plan))
    assert (report.total.expected, report.total.named.count) == (3, 0)
    assert report.films == ()
    late = report.late_by_prefecture[0].still_open
    assert (late.count, late.films, late.most_days) == (3, (f"{HOTAN}/?1", f"{HOTAN}/?2", f"{HOTAN}/?3"), 73.0)


def test_what_nobody_said_the_day_of_is_done_and_never_late() -> None:
    """A mark in a list that is read when everything is over says that it is done, not that it was done then."""
    late = "2027-06-30"
    mark = Done(id=CUNYI, milestone="topic", undated=True)
    announced = said(HOTAN, "2027-03-30", Announce(id=CUNYI, title="我们的村医"))
    status = looked(late, [announced, said(HOTAN, late, mark, number=2, side=Side.EDITOR)])
    row = status.row(HOTAN)
    film = row.film(CUNYI) if row else None
    assert film is not None
    cell = film.cell("topic")
    assert (cell.state, cell.on, cell.late_days) == (CellState.DONE, None, 0)
    made = figures.report(status, [], [], end_of_day(date.fromisoformat(late)))
    topic = next(item for item in made.by_milestone if item.name == "topic")
    assert f"{HOTAN}/{CUNYI}" not in (*topic.done.films, *topic.still_open.films)
    typed = looked(late, [announced, said(HOTAN, late, Done(id=CUNYI, milestone="topic"), number=2)])
    assert films_words(typed, HOTAN)[0].split(" | ")[2] == "done 06-30 +91"
    moved = moving(status, HOTAN, CUNYI, KASHGAR)
    there = looked(
        late, [announced, *(said(code, late, *found, number=3, side=Side.EDITOR) for code, found in moved.items())]
    )
    assert films_words(there, KASHGAR)[0].split(" | ")[2] == "done"
