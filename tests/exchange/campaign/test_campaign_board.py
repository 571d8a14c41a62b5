"""The board of a small season: the table was written down first, and every rule of a row has a case."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.exchange.campaign.told import MOST_FILMS, MOST_NOTES
from pipeline.model.campaign import CampaignRevision, ExpectedFilms, FilledBy, PublishedCampaign
from pipeline.model.campaign_records import (
    MOST_ENTRIES,
    Announce,
    BadKind,
    BadRecord,
    Change,
    Done,
    Drop,
    Extend,
    Joined,
    MovedIn,
    MovedOut,
    Note,
    Side,
    Undone,
)
from pipeline.model.campaign_status import CampaignStatus, CellState, Standing
from pipeline.model.inbox import Person, Stage
from tests.seasons import (
    ALTAY,
    HOTAN,
    KARAMAY,
    KASHGAR,
    STEPS,
    at,
    campaign,
    facts,
    film_words,
    films_words,
    looked,
    milestones,
    published,
    row_words,
    said,
)

CUNYI = Announce(id="653200-cunyi", title="我们的村医")
# on 12 June: what each prefecture's row and films are
ROWS = """
650200 | late 73 0/1 | late 23 0/1 | late 2 0/1 | not_begun 0/1 | not_begun 0/1
653100 | late 73 0/1 | late 23 0/1 | late 2 0/1 | not_begun 0/1 | not_begun 0/1
653200 | done 2/2 | late 2 1/2 | extended 1/2 | returned 0/2 | not_begun 0/2
654300 | done 1/1 | done 1/1 | done 1/1 | done 1/1 | open 0/1
"""
FILMS = """
653200-cunyi | announced | done 03-29 | implied | done 06-09 | returned | not_begun
653200-xianyu | announced | done 04-02 +2 | late 2 | extended 06-25 | not_begun | not_begun
- | expected | late 73 | late 23 | late 2 | not_begun | not_begun
654300-xue | unannounced | implied | implied | done 06-01 | done 06-11 | open
653100-guo | dropped | done 03-01 | off | off | off | off
"""


def small_season() -> dict[str, Any]:
    records = [
        said(HOTAN, "2027-03-30", CUNYI, Done(id=CUNYI.id, milestone="topic", on=date(2027, 3, 29))),
        said(HOTAN, "2027-04-02", Announce(id="653200-xianyu", title="咸鱼"), number=2),
        said(HOTAN, "2027-04-02", Done(id="653200-xianyu", milestone="topic"), number=3),
        said(
            HOTAN,
            "2027-05-19",
            Extend(id="653200-xianyu", milestone="shooting", until=date(2027, 6, 10), reason="沙尘"),
            Extend(id="653200-xianyu", milestone="handed-in", until=date(2027, 6, 25), reason="沙尘"),
            side=Side.EDITOR,
        ),
        said(KASHGAR, "2027-03-02", Announce(id="653100-guo", title="果")),
        said(KASHGAR, "2027-03-02", Done(id="653100-guo", milestone="topic", on=date(2027, 3, 1)), number=2),
        said(KASHGAR, "2027-05-02", Drop(id="653100-guo", reason="主角生病"), number=3),
    ]
    films = [
        facts(
            HOTAN,
            CUNYI.id,
            Stage.RETURNED,
            submitted_at=at("2027-06-09"),
            returned_at=at("2027-06-10"),
            reason="声音太小",
        ),
        facts(
            ALTAY,
            "654300-xue",
            Stage.APPROVED,
            submitted_at=at("2027-06-01"),
            approved_at=at("2027-06-11"),
            on_air_end=at("2027-07-01"),
        ),
    ]
    return {"records": records, "films": films}


def small_board(today: str = "2027-06-12") -> CampaignStatus:
    return looked(today, **small_season())


def test_the_board_of_a_small_season_is_the_table() -> None:
    status = small_board()
    assert [row_words(status, row.code) for row in status.rows] == ROWS.strip().splitlines()
    shown = [line for code in (HOTAN, KARAMAY, ALTAY) for line in films_words(status, code)]
    dropped = [line for line in films_words(status, KASHGAR) if "dropped" in line]
    assert shown + dropped == FILMS.strip().splitlines()


def test_what_is_wanted_of_whom_is_the_next_step_of_each_film_the_most_late_first() -> None:
    wanted = [(item.of, item.prefecture, item.id, item.cell.milestone, item.count) for item in small_board().wanted]
    assert wanted == [
        (Person.PRODUCER, KARAMAY, None, "topic", 1),
        (Person.PRODUCER, KASHGAR, None, "topic", 1),
        (Person.PRODUCER, HOTAN, "653200-xianyu", "shooting", 1),
        (Person.PRODUCER, HOTAN, CUNYI.id, "accepted", 1),
    ]


def test_the_board_of_an_earlier_day_leaves_out_what_came_later() -> None:
    status = looked("2027-04-02", small_season()["records"])
    assert films_words(status, HOTAN) == [
        "653200-cunyi | announced | done 03-29 | open | not_begun | not_begun | not_begun",
        "653200-xianyu | announced | done 04-02 +2 | open | not_begun | not_begun | not_begun",
    ]
    assert films_words(status, KASHGAR) == [
        "653100-guo | announced | done 03-01 | open | not_begun | not_begun | not_begun"
    ]


def test_nothing_was_published_before_the_first_revision() -> None:
    with pytest.raises(InputError, match="campaign_not_published") as refused:
        looked("2027-01-03")
    assert refused.value.values["first"] == "2027-01-04"
    assert looked("2027-01-04").revision == 1


@pytest.mark.parametrize(
    ("clock", "words"),
    [("23:59", "done 03-31"), ("00:00", "done 04-01 +1")],
)
def test_a_due_day_ends_at_midnight_in_china(clock: str, words: str) -> None:
    day = "2027-03-31" if clock == "23:59" else "2027-04-01"
    status = looked(
        "2027-04-01",
        [
            said(HOTAN, "2027-03-01", CUNYI),
            said(HOTAN, day, Done(id=CUNYI.id, milestone="topic"), number=2, clock=clock),
        ],
    )
    assert films_words(status, HOTAN)[0].split(" | ")[2] == words


@pytest.mark.parametrize(
    ("today", "words"),
    [
        ("2027-03-23", "open"),
        ("2027-03-24", "near 7"),
        ("2027-03-31", "near 0"),
        ("2027-04-01", "late 1"),
    ],
)
def test_a_milestone_is_near_and_then_late(today: str, words: str) -> None:
    status = looked(today, [said(HOTAN, "2027-03-01", CUNYI)])
    assert films_words(status, HOTAN)[0].split(" | ")[2] == words
    of_nobody = films_words(status, KASHGAR)[0].split(" | ")
    assert of_nobody[:2] == ["-", "expected"]
    assert of_nobody[2] == ("not_begun" if words == "open" else words)


def test_the_newest_counts_and_a_tie_is_the_editors() -> None:
    done = Done(id=CUNYI.id, milestone="topic", on=date(2027, 3, 1))
    undone = Undone(id=CUNYI.id, milestone="topic")
    announced = said(HOTAN, "2027-03-02", CUNYI)
    for words, by_prefecture, by_editor in (("open", done, undone), ("done 03-01", undone, done)):
        status = looked(
            "2027-03-10",
            [
                announced,
                said(HOTAN, "2027-03-05", by_prefecture, number=9),
                said(HOTAN, "2027-03-05", by_editor, side=Side.EDITOR),
            ],
        )
        assert films_words(status, HOTAN)[0].split(" | ")[2] == words
        found = status.contradictions
        assert [(item.about, item.counts.said.side, item.other.said.side) for item in found] == [
            ("topic", Side.EDITOR, Side.PREFECTURE)
        ]


def test_a_later_step_that_is_done_settles_what_two_say_otherwise() -> None:
    records = [
        said(HOTAN, "2027-03-02", CUNYI, Done(id=CUNYI.id, milestone="topic")),
        said(HOTAN, "2027-03-05", Undone(id=CUNYI.id, milestone="topic"), side=Side.EDITOR),
        said(HOTAN, "2027-03-08", Done(id=CUNYI.id, milestone="shooting"), number=2),
    ]
    assert [item.about for item in looked("2027-03-07", records).contradictions] == ["topic"]
    status = looked("2027-03-10", records)
    assert status.films_of(CUNYI.id)[0][1].cells[0].state is CellState.IMPLIED
    assert status.contradictions == ()


def test_who_corrects_itself_contradicts_nobody() -> None:
    records = [
        said(HOTAN, "2027-03-02", CUNYI, side=Side.EDITOR),
        said(HOTAN, "2027-03-03", Change(id=CUNYI.id, title="村医")),
        said(HOTAN, "2027-03-04", Done(id=CUNYI.id, milestone="topic"), number=2),
        said(HOTAN, "2027-03-05", Undone(id=CUNYI.id, milestone="topic"), number=3),
        said(HOTAN, "2027-03-06", Done(id=CUNYI.id, milestone="topic", on=date(2027, 3, 6)), number=4),
        said(HOTAN, "2027-03-07", Done(id=CUNYI.id, milestone="topic"), side=Side.EDITOR, number=2),
    ]
    status = looked("2027-03-10", records)
    assert status.contradictions == ()
    assert status.films_of(CUNYI.id)[0][1].title == "村医"


def test_two_that_name_one_film_otherwise_are_both_shown() -> None:
    records = [
        said(HOTAN, "2027-03-02", CUNYI),
        said(
            HOTAN, "2027-03-03", CUNYI.model_copy(update={"title": "村里的医生", "length_s": 600.0}), side=Side.EDITOR
        ),
    ]
    (found,) = looked("2027-03-10", records).contradictions
    assert (found.about, found.counts.text, found.other.text) == ("title", "村里的医生", "我们的村医")


def test_a_later_step_implies_the_earlier_ones_that_hands_fill_and_no_others() -> None:
    records = [said(HOTAN, "2027-03-02", CUNYI, Done(id=CUNYI.id, milestone="shooting"))]
    cells = looked("2027-06-12", records).films_of(CUNYI.id)[0][1].cells
    assert [(item.state, item.implied_by) for item in cells[:2]] == [
        (CellState.IMPLIED, "shooting"),
        (CellState.DONE, None),
    ]
    shown = facts(HOTAN, CUNYI.id, Stage.SUBMITTED, submitted_at=at("2027-06-01"), on_air_end=at("2027-06-11"))
    cells = looked("2027-06-12", records, [shown]).films_of(CUNYI.id)[0][1].cells
    assert cells[3].state is CellState.OPEN  # accepted is the store's to say
    assert cells[4].state is CellState.DONE


def test_a_return_leaves_the_first_submission_done_and_says_why() -> None:
    film = small_board().films_of(CUNYI.id)[0][1]
    assert film.reason == "声音太小"
    setback = film.cell("accepted").setback
    assert setback is not None
    assert (setback.kind, setback.reason) == ("returned", "声音太小")
    assert film.cell("on-air").setback is None
    late = small_board("2027-06-25").films_of(CUNYI.id)[0][1].cell("accepted")
    assert (late.state, late.late_days, late.setback) == (CellState.LATE, 3, setback)


def test_a_returned_draft_is_said_where_the_master_is_owed() -> None:
    draft = facts(HOTAN, CUNYI.id, Stage.RETURNED, draft_at=at("2027-06-01"), returned_at=at("2027-06-02"), reason="暗")
    film = looked("2027-06-02", [said(HOTAN, "2027-03-02", CUNYI)], [draft]).films_of(CUNYI.id)[0][1]
    assert [cell.state for cell in film.cells[2:4]] == [CellState.RETURNED, CellState.NOT_BEGUN]


def test_what_is_withdrawn_is_open_again_and_named() -> None:
    gone: dict[str, Any] = {
        "submitted_at": at("2027-05-01"),
        "approved_at": at("2027-05-02"),
        "taken_over_at": at("2027-05-03"),
        "film_end": at("2027-06-10", "09:55"),
        "on_air_end": at("2027-06-10"),
        "reason": "音乐没有授权",
    }
    before = facts(ALTAY, "654300-xue", Stage.WITHDRAWN, withdrawn_at=at("2027-06-09"), **gone)
    status = looked("2027-06-12", (), [before])
    assert films_words(status, ALTAY) == [
        "654300-xue | unannounced | implied | implied | done 05-01 | withdrawn | withdrawn"
    ]
    assert [(item.of, item.cell.milestone) for item in status.wanted if item.id] == [(Person.EDITOR, "accepted")]
    for clock, state in (("09:54", CellState.WITHDRAWN), ("09:55", CellState.DONE), ("10:00", CellState.DONE)):
        after = facts(ALTAY, "654300-xue", Stage.WITHDRAWN, withdrawn_at=at("2027-06-10", clock), **gone)
        film = looked("2027-06-12", (), [after]).films_of("654300-xue")[0][1]
        assert film.cell("on-air").state is state, clock  # the film's end decides, as in the order


def test_a_slot_that_is_over_is_shown_and_one_that_is_not_is_open() -> None:
    film = facts(
        ALTAY, "654300-xue", Stage.ACCEPTED, taken_over_at=at("2027-06-11"), on_air_end=at("2027-06-12", "20:00")
    )
    for now, state in ((at("2027-06-12", "19:59"), CellState.OPEN), (at("2027-06-12", "20:00"), CellState.DONE)):
        found = looked("2027-06-12", (), [film], now=now).films_of("654300-xue")[0][1]
        assert found.cell("on-air").state is state
    assert looked("2027-06-12", (), [film]).films_of("654300-xue")[0][1].cell("on-air").state is CellState.DONE


def test_an_unannounced_film_fills_a_row_that_was_expected() -> None:
    one = facts(HOTAN, "653200-yi", Stage.SUBMITTED, submitted_at=at("2027-06-01"))
    films = looked("2027-06-12", (), [one]).row(HOTAN).films
    assert [(film.id, film.standing) for film in films] == [
        ("653200-yi", Standing.UNANNOUNCED),
        (None, Standing.EXPECTED),
    ]
    more = [facts(HOTAN, f"653200-{n}", Stage.SUBMITTED, submitted_at=at("2027-06-01")) for n in range(3)]
    status = looked("2027-06-12", (), more)
    assert row_words(status, HOTAN).split(" | ")[3] == "done 3/3"


def test_a_film_of_another_column_time_or_on_its_way_is_none_of_the_season() -> None:
    others = [
        facts(HOTAN, "653200-law", Stage.READY, submitted_at=at("2027-06-01"), column="law"),
        facts(HOTAN, "653200-old", Stage.ACCEPTED, submitted_at=at("2026-06-01"), column="showcase"),
        facts(HOTAN, "653200-way", Stage.SENDING),
    ]
    history = published(campaign(begins=date(2027, 1, 1)))
    assert {film.id for film in looked("2027-06-12", (), others, of=history).row(HOTAN).films} == {None}
    announced = said(HOTAN, "2027-03-01", Announce(id="653200-law", title="法"), Announce(id="653200-old", title="旧"))
    status = looked("2027-06-12", [announced], others, of=history)
    assert [film.submission_id for film in status.row(HOTAN).films] == ["653200-law", None]
    joined = said(HOTAN, "2027-03-02", Joined(submission="653200-old", announced="653200-new"), side=Side.EDITOR)
    new = said(HOTAN, "2027-03-01", Announce(id="653200-new", title="新"), number=2)
    found = looked("2027-06-12", [new, joined], others, of=history).films_of("653200-new")
    assert found[0][1].submission_id == "653200-old"


def test_a_joined_film_has_the_facts_of_its_submission_and_what_was_said_of_either() -> None:
    records = [
        said(HOTAN, "2027-03-02", CUNYI),
        said(HOTAN, "2027-06-02", Note(id="653200-abc", text="电话：周五补海报"), side=Side.EDITOR),
        said(HOTAN, "2027-06-03", Joined(submission="653200-abc", announced=CUNYI.id), side=Side.EDITOR, number=2),
    ]
    came = facts(HOTAN, "653200-abc", Stage.SUBMITTED, submitted_at=at("2027-06-01"), title="村医定稿")
    status = looked("2027-06-12", records, [came])
    assert (
        films_words(status, HOTAN)[0] == "653200-cunyi | announced | implied | implied | done 06-01 | open | not_begun"
    )
    film = status.row(HOTAN).film("653200-abc")
    assert film is not None
    assert (film.id, film.title, [note.text for note in film.notes]) == (CUNYI.id, "村医定稿", ["电话：周五补海报"])
    before = looked("2027-06-12", records[:2], [came])
    assert [line.split(" | ")[:2] for line in films_words(before, HOTAN)] == [
        ["653200-abc", "unannounced"],
        ["653200-cunyi", "announced"],
    ]


def test_of_two_joins_the_newer_counts() -> None:
    other = Announce(id="653200-other", title="另一部")
    records = [
        said(HOTAN, "2027-03-02", CUNYI, other),
        said(HOTAN, "2027-06-02", Joined(submission="653200-abc", announced=CUNYI.id), side=Side.EDITOR),
        said(HOTAN, "2027-06-03", Joined(submission="653200-abc", announced=other.id), side=Side.EDITOR, number=2),
    ]
    came = facts(HOTAN, "653200-abc", Stage.SUBMITTED, submitted_at=at("2027-06-01"))
    films = looked("2027-06-12", records, [came]).row(HOTAN).films
    assert [film.submission_id for film in films] == [None, "653200-abc"]


def test_an_extension_is_for_one_film_or_prefecture_and_the_newer_holds() -> None:
    of_all = Extend(milestone="topic", until=date(2027, 4, 10), reason="雪")
    of_one = Extend(id=CUNYI.id, milestone="topic", until=date(2027, 4, 5), reason="换人")
    records = [said(HOTAN, "2027-03-02", CUNYI), said(HOTAN, "2027-03-03", of_all, side=Side.EDITOR)]
    status = looked("2027-04-01", records)
    assert [line.split(" | ")[2] for line in films_words(status, HOTAN)] == ["extended 04-10", "extended 04-10"]
    assert films_words(status, KASHGAR)[0].split(" | ")[2] == "late 1"
    assert dict(status.row(HOTAN).extensions)["topic"].due == date(2027, 3, 31)
    records.append(said(HOTAN, "2027-03-04", of_one, side=Side.EDITOR, number=2))
    assert [line.split(" | ")[2] for line in films_words(looked("2027-04-06", records), HOTAN)] == ["late 1", "near 4"]
    moved = published(campaign(), campaign(milestones=milestones([("topic", "选题", "2027-04-20", FilledBy.HAND)])))
    cell = looked("2027-04-06", records, of=moved).row(HOTAN).films[0].cells[0]
    assert (cell.due, cell.extension) == (date(2027, 4, 20), None)


def test_a_dropped_film_stays_and_its_place_is_open_again_until_it_comes_after_all() -> None:
    records = [
        said(KASHGAR, "2027-03-02", Announce(id="653100-guo", title="果")),
        said(KASHGAR, "2027-05-02", Drop(id="653100-guo", reason="主角生病"), side=Side.EDITOR),
    ]
    film = looked("2027-06-12", records).row(KASHGAR).films[1]
    assert (film.standing, film.reason, film.ended.side if film.ended else None) == (
        Standing.DROPPED,
        "主角生病",
        Side.EDITOR,
    )
    assert row_words(looked("2027-06-12", records), KASHGAR).startswith("653100 | late 73 0/1")
    came = facts(KASHGAR, "653100-guo", Stage.SUBMITTED, submitted_at=at("2027-05-03"))
    assert films_words(looked("2027-06-12", records, [came]), KASHGAR)[0].startswith("653100-guo | announced")
    early = facts(KASHGAR, "653100-guo", Stage.SUBMITTED, submitted_at=at("2027-05-01"))
    assert "653100-guo | dropped" in films_words(looked("2027-06-12", records, [early]), KASHGAR)[1]
    again = [*records, said(KASHGAR, "2027-05-04", Announce(id="653100-guo", title="果"), number=2)]
    assert films_words(looked("2027-06-12", again), KASHGAR)[0].startswith("653100-guo | announced")


def test_who_goes_on_with_a_dropped_film_contradicts() -> None:
    records = [
        said(KASHGAR, "2027-03-02", Announce(id="653100-guo", title="果")),
        said(KASHGAR, "2027-05-02", Drop(id="653100-guo", reason="主角生病"), side=Side.EDITOR),
        said(KASHGAR, "2027-05-03", Done(id="653100-guo", milestone="shooting"), number=2),
    ]
    status = looked("2027-06-12", records)
    assert [(item.about, item.counts.text, item.other.said.side) for item in status.contradictions] == [
        ("dropped", "主角生病", Side.PREFECTURE)
    ]
    assert looked("2027-06-12", records[:2]).contradictions == ()


def test_a_moved_film_takes_along_what_is_known_of_it() -> None:
    arrives = MovedIn(id=CUNYI.id, origin=HOTAN, title=CUNYI.title, length_s=900.0)
    records = [
        said(HOTAN, "2027-03-02", CUNYI),
        said(KASHGAR, "2027-04-02", arrives, side=Side.EDITOR),
        said(HOTAN, "2027-04-02", MovedOut(id=CUNYI.id, to=KASHGAR), side=Side.EDITOR, clock="10:01"),
    ]
    for those, complete in ((records[:2], False), (records, True)):
        status = looked("2027-04-03", those)
        old, new = (status.row(code).film(CUNYI.id) for code in (HOTAN, KASHGAR))
        assert old is not None
        assert new is not None
        assert (old.standing, old.moved_to, old.moved_said) == (Standing.MOVED, KASHGAR, complete)
        assert (new.standing, new.moved_from, new.length_s) == (Standing.ANNOUNCED, HOTAN, 900.0)
        assert len(films_words(status, HOTAN)) == 3  # two that are expected, and the one that went
        assert len(films_words(status, KASHGAR)) == 1
    back = said(HOTAN, "2027-05-02", MovedIn(id=CUNYI.id, origin=KASHGAR, title="回来"), side=Side.EDITOR, number=2)
    status = looked("2027-05-03", [*records, back])
    assert [film_words(film)[:24] for film in status.row(HOTAN).films[:1]] == ["653200-cunyi | announced"]
    assert status.row(KASHGAR).film(CUNYI.id).standing is Standing.MOVED


def test_moved_dates_are_shown_old_and_new_and_only_what_was_published_then() -> None:
    later = campaign(
        milestones=milestones([(*item[:2], "2027-04-05", item[3]) if item[0] == "topic" else item for item in STEPS])
    )
    history = published(campaign(), later)
    status = looked("2027-04-03", of=history)
    assert status.revision == 2
    assert [(item.milestone, str(item.old), str(item.new), item.revision) for item in status.moved] == [
        ("topic", "2027-03-31", "2027-04-05", 2)
    ]
    assert looked("2027-02-01", of=history).moved == ()
    assert looked("2027-02-01", of=history).revision == 1
    # whatever order they come in
    assert looked("2027-04-03", of=tuple(reversed(history))) == status


def test_a_word_on_nobody_s_film_or_milestone_is_one_line_and_the_rest_counts() -> None:
    record = said(
        HOTAN,
        "2027-03-02",
        CUNYI,
        Done(id=CUNYI.id, milestone="topic"),
        Done(id="653200-who", milestone="topic"),
        Done(id="653200-what", milestone="topic"),
    )
    other = said(KASHGAR, "2027-03-02", Announce(id="653100-a", title="甲"), Done(id="653100-a", milestone="casting"))
    third = said(ALTAY, "2027-03-02", Announce(id="654300-a", title="乙"), Done(id="654300-a", milestone="accepted"))
    status = looked("2027-03-10", [record, other, third])
    assert [(item.kind, item.what, item.number) for item in status.bad] == [
        (BadKind.UNKNOWN_MILESTONE, "casting", 1),
        (BadKind.UNKNOWN_FILM, "653200-what", 1),
        (BadKind.NOT_BY_HAND, "accepted", 1),
    ]
    assert films_words(status, HOTAN)[0].split(" | ")[2] == "done 03-02"
    assert films_words(status, ALTAY)[0].split(" | ")[5] == "not_begun"


def test_a_milestone_that_a_revision_took_away_is_passed_over() -> None:
    history = published(campaign(), campaign(milestones=milestones(STEPS[1:])))
    status = looked("2027-05-10", [said(HOTAN, "2027-02-02", CUNYI, Done(id=CUNYI.id, milestone="topic"))], of=history)
    assert status.bad == ()
    assert films_words(status, HOTAN)[0] == "653200-cunyi | announced | open | not_begun | not_begun | not_begun"


def test_what_is_beyond_the_number_that_is_read_is_one_line() -> None:
    bad = [
        BadRecord(
            prefecture=HOTAN, side=Side.PREFECTURE, number=n, key=f"k{n}", at=at("2027-03-01"), kind=BadKind.TOO_MANY
        )
        for n in (1003, 1001, 1002)
    ]
    (line,) = looked("2027-03-02", bad=bad).bad
    assert (line.key, line.what) == ("k1001", "3")
    assert looked("2027-02-02", bad=bad).bad == ()


def test_whoever_floods_the_board_costs_one_line() -> None:
    many = [Announce(id=f"653200-{n}", title="片") for n in range(MOST_FILMS + 3)]
    notes = [Note(id="653200-0", text=f"{n}") for n in range(MOST_NOTES + 3)]
    records = [
        said(HOTAN, "2027-03-02", *many[:MOST_ENTRIES]),
        said(HOTAN, "2027-03-03", *many[MOST_ENTRIES:], number=2),
        said(HOTAN, "2027-03-04", *many[MOST_ENTRIES:], *notes, number=3),
    ]
    status = looked("2027-03-10", records)
    assert len(status.row(HOTAN).films) == MOST_FILMS
    assert [(item.kind, item.number) for item in status.bad] == [(BadKind.TOO_MANY_FILMS, 2)]
    kept = status.row(HOTAN).film("653200-0").notes
    assert (len(kept), kept[-1].text) == (MOST_NOTES, notes[-1].text)


def test_a_prefecture_sees_its_own_row_alone() -> None:
    season = small_season()
    status = looked("2027-06-12", **season, prefectures=[HOTAN])
    assert [row.code for row in status.rows] == [HOTAN]
    assert status.rows[0] == small_board().row(HOTAN)
    assert {item.prefecture for item in status.wanted} == {HOTAN}


def test_who_takes_no_part_and_sends_a_film_has_a_row() -> None:
    film = facts("652900", "652900-a", Stage.SUBMITTED, submitted_at=at("2027-06-01"))
    row = looked("2027-06-12", (), [film]).row("652900")
    assert row is not None
    assert (row.expected, len(row.films)) == (None, 1)
    assert looked("2027-06-12").row("652900") is None


def test_where_nothing_is_expected_a_row_is_empty_and_never_late() -> None:
    history = published(campaign(films=ExpectedFilms(each=0)))
    status = looked("2027-06-12", of=history)
    assert len(status.rows) == 14
    assert status.late_rows == ()
    assert {cell.state for row in status.rows for cell in row.cells} == {CellState.OFF}


def test_the_whole_board_goes_through_json() -> None:
    status = small_board()
    assert CampaignStatus.model_validate_json(status.to_json()) == status
    with pytest.raises(KeyError):
        status.rows[0].cell("no-such-milestone")


def test_notes_are_kept_with_who_said_them() -> None:
    records = [
        said(HOTAN, "2027-03-02", CUNYI, Note(text="联系人换了")),
        said(HOTAN, "2027-03-03", Note(id=CUNYI.id, text="电话：周五来"), side=Side.EDITOR, by="李编"),
    ]
    row = looked("2027-03-10", records).row(HOTAN)
    assert row is not None
    assert [note.text for note in row.notes] == ["联系人换了"]
    assert row.last_note is not None
    assert (row.last_note.text, row.last_note.said.by) == ("电话：周五来", "李编")


def test_a_revision_is_published_with_its_own_time() -> None:
    revision = CampaignRevision(number=1, campaign=campaign(), by="编辑")
    early = PublishedCampaign(revision=revision, at=at("2027-02-01", "23:59"))
    assert looked("2027-02-01", of=(early,)).revision == 1
    with pytest.raises(InputError):
        looked("2027-01-31", of=(early,))
