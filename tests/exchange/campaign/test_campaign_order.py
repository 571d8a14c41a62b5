"""Records read in any order give the same board; and a season of other data altogether."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.exchange.campaign.board import board
from pipeline.exchange.campaign.known import Known
from pipeline.exchange.campaign.reading import RecordPlace, placed
from pipeline.model.campaign import Campaign, ExpectedFilms, FilledBy
from pipeline.model.campaign_records import (
    Announce,
    BadRecord,
    CampaignRecord,
    Change,
    Done,
    Drop,
    Entry,
    Extend,
    Joined,
    MovedIn,
    MovedOut,
    Note,
    PlacedRecord,
    Side,
    Undone,
)
from pipeline.model.days_off import DaysOff
from pipeline.model.inbox import Stage
from tests.seasons import ALTAY, HOTAN, KASHGAR, at, facts, milestones, published, row_words, said
from tests.seasons import campaign as usual

PLACES = (HOTAN, KASHGAR)
IDS = st.sampled_from(("a", "b", "c"))
STEPS = st.sampled_from(("topic", "shooting", "accepted", "casting"))
DAYS = st.sampled_from((date(2027, 3, 1), date(2027, 3, 4)))
ENTRIES: st.SearchStrategy[Entry] = st.one_of(
    st.builds(Announce, id=IDS, title=st.sampled_from(("甲", "乙"))),
    st.builds(Change, id=IDS, title=st.sampled_from(("丙", None)), length_s=st.sampled_from((60.0, None))),
    st.builds(Drop, id=IDS, reason=st.just("不做了")),
    st.builds(Done, id=IDS, milestone=STEPS, on=st.none() | DAYS),
    st.builds(Undone, id=IDS, milestone=STEPS),
    st.builds(Note, id=st.none() | IDS, text=st.sampled_from(("一", "二"))),
    st.builds(Extend, id=st.none() | IDS, milestone=STEPS, until=st.just(date(2027, 7, 3)), reason=st.just("雪")),
    st.builds(MovedIn, id=IDS, origin=st.sampled_from(PLACES), title=st.just("来")),
    st.builds(MovedOut, id=IDS, to=st.sampled_from(PLACES)),
    st.builds(Joined, submission=IDS, announced=IDS),
)


@st.composite
def seasons(draw: st.DrawFn) -> list[PlacedRecord | BadRecord]:
    """Records as a store may hold them: the times of its clock, a folder's in the order of their numbers or not."""
    found: list[PlacedRecord | BadRecord] = []
    for prefecture in PLACES:
        for side in Side:
            for number in range(1, draw(st.integers(0, 4)) + 1):
                entries = tuple(draw(st.lists(ENTRIES, min_size=1, max_size=4)))
                record = CampaignRecord(campaign="july-1-2027", prefecture=prefecture, by="某人", entries=entries)
                moment = at("2027-03-05") + timedelta(seconds=draw(st.integers(0, 2)))
                key = f"{side}/{prefecture}/_campaign/july-1-2027/{number:04}.json"
                found.append(placed(record, RecordPlace("july-1-2027", prefecture, side, number, key, moment)))
    return found


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_records_in_any_order_give_the_same_board(data: st.DataObject) -> None:
    there = data.draw(seasons())
    films = [
        facts(HOTAN, "a", Stage.SUBMITTED, submitted_at=at("2027-03-04")),
        facts(HOTAN, "z", Stage.DRAFT, draft_at=at("2027-03-04")),
        facts(KASHGAR, "b", Stage.RETURNED, submitted_at=at("2027-03-04"), returned_at=at("2027-03-05")),
    ]
    other, others = data.draw(st.permutations(there)), data.draw(st.permutations(films))
    made = [
        board(
            Known(
                published(usual()),
                [item for item in items if isinstance(item, PlacedRecord)],
                [item for item in items if isinstance(item, BadRecord)],
                those,
            ),
            date(2027, 6, 12),
        )
        for items, those in ((there, films), (other, others))
    ]
    assert made[0].to_json() == made[1].to_json()
    assert len({item.key for item in made[0].bad}) == len(made[0].bad)
    for row in made[0].rows:
        counted = [film for film in row.films if film.standing.counts]
        assert len(counted) >= (row.expected or 0)
        assert {cell.of for cell in row.cells} == {len(counted)}


WINTER = Campaign(
    schema_version=1,
    id="winter-2026",
    name="冬训",
    air_date=date(2027, 1, 15),
    columns=("agriculture", "law"),
    films=ExpectedFilms(prefectures={HOTAN: 1, KASHGAR: 1, ALTAY: 1, "659001": 2, "650000": 1}),
    near_days=3,
    days_off=DaysOff(weekdays=()),
    milestones=milestones(
        [
            ("script", "脚本", "2026-12-20", FilledBy.HAND),
            ("rough-cut", "样片", "2026-12-31", FilledBy.DRAFT),
            ("handed-over", "移交", "2027-01-12", FilledBy.TAKEN_OVER),
        ]
    ),
)
OVER_NEW_YEAR = """
650000 | late 14 0/1 | late 3 0/1 | not_begun 0/1
653100 | late 14 0/1 | late 3 0/1 | not_begun 0/1
659001 | late 14 0/2 | late 3 0/2 | not_begun 0/2
653200 | done 1/1 | done 1/1 | open 0/1
654300 | done 1/1 | done 1/1 | done 1/1
"""


def test_another_season_by_data_alone_goes_over_the_end_of_the_year() -> None:
    records = [
        said(HOTAN, "2026-12-21", Announce(id="653200-tu", title="土"), Done(id="653200-tu", milestone="script"))
    ]
    films = [
        facts(HOTAN, "653200-tu", Stage.DRAFT, draft_at=at("2026-12-31", "23:59")),
        facts(ALTAY, "654300-yang", Stage.ACCEPTED, submitted_at=at("2026-12-28"), taken_over_at=at("2027-01-02")),
    ]
    history = published(WINTER.model_copy(update={}))
    history = tuple(item.model_copy(update={"at": datetime(2026, 11, 30, tzinfo=item.at.tzinfo)}) for item in history)
    status = board(Known(history, records, (), films), date(2027, 1, 3))
    order = sorted(status.rows, key=lambda row: (-row.late_days, row.code))
    assert [row_words(status, row.code) for row in order] == OVER_NEW_YEAR.strip().splitlines()
    assert {item.late_days for item in status.row(HOTAN).films[0].cells} == {1, 0}  # a day late with the script
    before = board(Known(history, records, (), films[:1]), date(2026, 12, 31))
    assert before.row(HOTAN).film("653200-tu").cell("rough-cut").state == "done"
    assert before.row(ALTAY).cells[1].left_days == 0
