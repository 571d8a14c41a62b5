"""Who gets a letter on a day, and what it asks for: every rule has a case."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.exchange.campaign.letters import letters
from pipeline.model.campaign import ExpectedFilms, FilledBy, Milestone, Words
from pipeline.model.campaign_letters import Act, Contact, Letter, LetterItem
from pipeline.model.campaign_records import Announce, Done, Drop, Extend, Note, Side
from pipeline.model.campaign_status import CampaignStatus
from pipeline.model.inbox import Stage
from tests.exchange.campaign.test_campaign_board import small_board
from tests.seasons import (
    ALTAY,
    HOTAN,
    KARAMAY,
    KASHGAR,
    STEPS,
    at,
    campaign,
    facts,
    looked,
    milestones,
    published,
    said,
)

CUNYI = Announce(id="653200-cunyi", title="我们的村医")
NOBODY_ELSE = ExpectedFilms(prefectures={HOTAN: 1})
ONE = published(campaign(films=NOBODY_ELSE))


def of(status: CampaignStatus, code: str) -> Letter | None:
    return next((item for item in letters(status, {}).letters if item.prefecture == code), None)


def the_item(status: CampaignStatus, code: str = HOTAN) -> LetterItem:
    letter = of(status, code)
    assert letter
    (item,) = letter.items
    return item


def test_letters_of_a_small_season_are_the_table_the_most_late_first() -> None:
    found = letters(small_board(), {})
    told = [
        (item.prefecture, [(one.id, one.act.value, one.cell.milestone) for one in item.items]) for item in found.letters
    ]
    assert told == [
        (KARAMAY, [(None, "announce", "topic")]),
        (KASHGAR, [(None, "announce", "topic")]),
        (HOTAN, [("653200-xianyu", "done", "shooting"), ("653200-cunyi", "again", "accepted")]),
    ]
    assert [item.late_days for item in found.letters] == [73, 73, 2]
    assert found.elsewhere == ()


def test_a_season_with_nobody_late_has_no_letter() -> None:
    found = letters(looked("2027-02-01"), {})
    assert (found.letters, found.elsewhere) == ((), ())


def test_a_prefecture_of_which_no_film_is_expected_gets_none() -> None:
    status = looked("2027-06-12", of=published(campaign(films=ExpectedFilms(prefectures={HOTAN: 1, ALTAY: 0}))))
    assert [item.prefecture for item in letters(status, {}).letters] == [HOTAN]


@pytest.mark.parametrize(
    ("stage", "act"),
    [
        (None, Act.HAND_IN),
        (Stage.SENDING, Act.GO_ON),
        (Stage.DRAFT, Act.MASTER),
        (Stage.APPROVED_DRAFT, Act.MASTER),
        (Stage.RETURNED, Act.AGAIN),
        (Stage.REJECTED, Act.AGAIN),
    ],
)
def test_what_is_to_be_done_follows_where_the_film_stands(stage: Stage | None, act: Act) -> None:
    films = [facts(HOTAN, CUNYI.id, stage, reason="太暗")] if stage else []
    records = [said(HOTAN, "2027-03-30", CUNYI, Done(id=CUNYI.id, milestone="shooting"))]
    item = the_item(looked("2027-06-12", records, films, of=ONE))
    assert (item.act, item.cell.milestone, item.typed) == (act, "handed-in", CUNYI.id)
    assert item.reason == ("太暗" if act is Act.AGAIN else None)


def test_a_step_that_a_rough_cut_fills_asks_for_one() -> None:
    steps = (("rough", "粗剪", "2027-06-10", FilledBy.DRAFT), ("on-air", "播出", "2027-07-01", FilledBy.SHOWN))
    of_two = published(campaign(films=NOBODY_ELSE, milestones=milestones(steps)))
    assert the_item(looked("2027-06-12", [said(HOTAN, "2027-03-30", CUNYI)], of=of_two)).act is Act.DRAFT


@pytest.mark.parametrize("stage", [Stage.SUBMITTED, Stage.APPROVED, Stage.READY])
def test_what_waits_for_others_asks_nobody_and_is_counted(stage: Stage) -> None:
    films = [facts(HOTAN, CUNYI.id, stage, submitted_at=at("2027-06-09"))]
    found = letters(looked("2027-06-28", [said(HOTAN, "2027-03-30", CUNYI)], films, of=ONE), {})
    assert found.letters == ()
    assert found.elsewhere == ((HOTAN, 1),)


def test_what_came_back_is_asked_for_however_much_time_there_is() -> None:
    films = [
        facts(
            HOTAN, CUNYI.id, Stage.REJECTED, submitted_at=at("2027-04-01"), approved_at=at("2027-04-02"), reason="码率"
        )
    ]
    item = the_item(looked("2027-04-05", [said(HOTAN, "2027-03-30", CUNYI)], films, of=ONE))
    assert (item.act, item.reason, item.cell.milestone) == (Act.AGAIN, "码率", "on-air")


def test_a_dropped_film_is_asked_for_nothing() -> None:
    records = [said(HOTAN, "2027-03-30", CUNYI), said(HOTAN, "2027-04-30", Drop(id=CUNYI.id, reason="病"), number=2)]
    letter = of(looked("2027-06-12", records), HOTAN)
    assert letter
    assert [(item.id, item.count) for item in letter.items] == [(None, 2)]


def test_further_steps_that_are_late_or_near_stand_behind_the_next_one() -> None:
    named = the_item(looked("2027-06-05", [said(HOTAN, "2027-03-30", CUNYI)], of=ONE))
    assert (named.cell.milestone, [cell.milestone for cell in named.also]) == ("topic", ["shooting", "handed-in"])
    nameless = the_item(looked("2027-06-05", of=ONE))
    assert (nameless.cell.milestone, [cell.milestone for cell in nameless.also]) == ("topic", ["shooting", "handed-in"])


def longer(until: str, identity: str | None = None, milestone: str = "shooting") -> Extend:
    return Extend(id=identity, milestone=milestone, until=date.fromisoformat(until), reason="沙尘")


def test_a_letter_is_as_late_as_its_latest_step_though_the_next_one_was_given_longer() -> None:
    longer = Extend(id=CUNYI.id, milestone="shooting", until=date(2027, 6, 16), reason="沙尘")
    status = looked(
        "2027-06-14",
        [
            said(HOTAN, "2027-05-01", CUNYI),
            said(HOTAN, "2027-05-02", Done(id=CUNYI.id, milestone="topic")),
            said(HOTAN, "2027-05-03", longer, side=Side.EDITOR),
        ],
        of=ONE,
    )
    item = the_item(status)
    letter = of(status, HOTAN)
    assert letter
    assert (item.cell.milestone, item.cell.left_days) == ("shooting", 2)
    assert (item.most_late.late_days, letter.late_days) == (4, 4)


def test_later_days_are_told_once_the_items_own_beside_it() -> None:
    records = [
        said(HOTAN, "2027-03-30", CUNYI, Done(id=CUNYI.id, milestone="topic")),
        said(HOTAN, "2027-04-01", longer("2027-06-01", CUNYI.id), side=Side.EDITOR),
        said(HOTAN, "2027-04-02", longer("2027-06-20", None, "handed-in"), side=Side.EDITOR, number=2),
    ]
    letter = of(looked("2027-06-05", records, of=ONE), HOTAN)
    assert letter
    assert letter.items[0].cell.extension
    assert [(item.id, item.milestone, str(item.extension.until)) for item in letter.extended] == [
        (None, "handed-in", "2027-06-20")
    ]


def test_a_later_day_of_what_is_done_is_no_news() -> None:
    records = [
        said(HOTAN, "2027-03-30", CUNYI, Done(id=CUNYI.id, milestone="topic")),
        said(HOTAN, "2027-04-01", longer("2027-06-01", CUNYI.id), side=Side.EDITOR),
        said(HOTAN, "2027-05-25", Done(id=CUNYI.id, milestone="shooting"), number=2),
    ]
    letter = of(looked("2027-06-09", records, of=ONE), HOTAN)
    assert letter
    assert letter.extended == ()


def with_due(identity: str, due: str) -> tuple[Milestone, ...]:
    return tuple(
        Milestone(
            id=name, words=Words(zh=zh, en=name), due=date.fromisoformat(due if name == identity else day), filled_by=by
        )
        for name, zh, day, by in STEPS
    )


def test_a_date_that_moved_twice_is_told_once_and_one_that_came_back_not_at_all() -> None:
    plans = [
        campaign(films=NOBODY_ELSE),
        campaign(films=NOBODY_ELSE, milestones=with_due("shooting", "2027-05-25")),
        campaign(films=NOBODY_ELSE, milestones=with_due("shooting", "2027-05-28")),
    ]
    letter = of(looked("2027-06-05", of=published(*plans, days=20)), HOTAN)
    assert letter
    assert [(item.milestone, str(item.old), str(item.new)) for item in letter.moved] == [
        ("shooting", "2027-05-20", "2027-05-28")
    ]
    back = of(looked("2027-06-05", of=published(plans[0], plans[1], plans[0], days=20)), HOTAN)
    assert back
    assert back.moved == ()


def test_a_moved_date_of_what_is_done_is_no_news() -> None:
    plans = [campaign(films=NOBODY_ELSE), campaign(films=NOBODY_ELSE, milestones=with_due("topic", "2027-04-10"))]
    records = [said(HOTAN, "2027-03-30", CUNYI, Done(id=CUNYI.id, milestone="topic"))]
    letter = of(looked("2027-06-05", records, of=published(*plans, days=20)), HOTAN)
    assert letter
    assert letter.moved == ()


def test_contacts_and_the_last_note_stand_in_the_letter() -> None:
    contact = Contact(prefecture=HOTAN, name="阿依古丽", phone="0903-2022")
    records = [
        said(HOTAN, "2027-05-30", Note(text="电话：周五交")),
        said(HOTAN, "2027-05-20", Note(text="更早"), number=2),
    ]
    found = letters(looked("2027-06-12", records), {HOTAN: (contact,)})
    by_code = {item.prefecture: item for item in found.letters}
    assert by_code[HOTAN].contacts == (contact,)
    assert by_code[HOTAN].last_note
    assert by_code[HOTAN].last_note.text == "电话：周五交"
    assert by_code[KASHGAR].contacts == ()


def test_an_id_of_two_prefectures_is_typed_with_its_own() -> None:
    other = Announce(id="film", title="片")
    item = the_item(looked("2027-06-12", [said(HOTAN, "2027-03-30", other)], of=ONE))
    assert item.typed == f"{HOTAN}/film"


def test_a_step_that_is_late_behind_one_that_was_given_longer_is_asked_for() -> None:
    records = [
        said(HOTAN, "2027-03-30", CUNYI),
        said(HOTAN, "2027-03-31", longer("2027-06-20", CUNYI.id, "topic"), side=Side.EDITOR),
    ]
    status = looked("2027-05-22", records, of=ONE)
    item = the_item(status)
    assert (item.cell.milestone, item.cell.late_days, item.act) == ("shooting", 2, Act.DONE)
    assert [(one.id, one.cell.milestone) for one in status.wanted] == [(CUNYI.id, "shooting")]
