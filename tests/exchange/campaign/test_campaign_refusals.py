"""What a command can't say, and what it need not say again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.exchange.campaign.asking import news
from pipeline.exchange.campaign.moving import moving
from pipeline.model.campaign_records import (
    Announce,
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
from pipeline.model.campaign_status import CampaignStatus, Standing
from pipeline.model.inbox import Stage
from tests.seasons import ALTAY, HOTAN, KARAMAY, KASHGAR, at, facts, looked, said

CUNYI = Announce(id="653200-cunyi", title="我们的村医")
RECORDS = [
    said(HOTAN, "2027-03-02", CUNYI, Announce(id="653200-tui", title="退", column="showcase", length_s=600.0)),
    said(HOTAN, "2027-03-03", Done(id=CUNYI.id, milestone="topic", on=date(2027, 3, 1)), number=2),
    said(HOTAN, "2027-03-04", Note(id=CUNYI.id, text="电话：周五来"), Note(text="联系人换了"), number=3),
    said(
        HOTAN,
        "2027-03-05",
        Extend(id=CUNYI.id, milestone="shooting", until=date(2027, 5, 30), reason="雪"),
        Extend(milestone="handed-in", until=date(2027, 6, 20), reason="雪"),
        side=Side.EDITOR,
    ),
    said(KASHGAR, "2027-03-02", Announce(id="653100-guo", title="果")),
    said(KASHGAR, "2027-05-02", Drop(id="653100-guo", reason="主角生病"), number=2),
    said(KARAMAY, "2027-03-02", Announce(id="650200-you", title="油")),
    said(KARAMAY, "2027-03-03", MovedOut(id="650200-you", to=HOTAN), side=Side.EDITOR),
]
FILMS = [
    facts(ALTAY, "654300-xue", Stage.SUBMITTED, submitted_at=at("2027-06-01")),
    facts(HOTAN, "653200-tui", Stage.SUBMITTED, submitted_at=at("2027-06-01")),
]


def now(*more: PlacedRecord) -> CampaignStatus:
    return looked("2027-06-12", [*RECORDS, *more], FILMS)


@pytest.mark.parametrize(
    ("prefecture", "entry", "key"),
    [
        (HOTAN, Done(id="653200-who", milestone="topic"), "campaign_film_unknown"),
        (KASHGAR, Done(id=CUNYI.id, milestone="topic"), "campaign_film_unknown"),
        ("652900", Drop(id="652900-a", reason="不做"), "campaign_film_unknown"),
        (HOTAN, Note(id="653200-who", text="喂"), "campaign_film_unknown"),
        (HOTAN, Done(id=CUNYI.id, milestone="casting"), "campaign_milestone_unknown"),
        (HOTAN, Done(id=CUNYI.id, milestone="handed-in"), "campaign_store_knows"),
        (HOTAN, Done(id=CUNYI.id, milestone="accepted"), "campaign_store_knows"),
        (HOTAN, Undone(id=CUNYI.id, milestone="on-air"), "campaign_store_knows"),
        (HOTAN, Done(id=CUNYI.id, milestone="topic", on=date(2027, 6, 13)), "campaign_date_to_come"),
        (KASHGAR, Done(id="653100-guo", milestone="topic"), "campaign_film_dropped"),
        (KASHGAR, Change(id="653100-guo", title="瓜"), "campaign_film_dropped"),
        (KARAMAY, Done(id="650200-you", milestone="topic"), "campaign_film_moved"),
        (ALTAY, Change(id="654300-xue", title="雪"), "campaign_not_announced"),
        (HOTAN, Change(id="653200-tui", title="推"), "campaign_change_submitted"),
        (HOTAN, Announce(id=CUNYI.id, title="另一部"), "campaign_id_taken"),
        (HOTAN, Announce(id="653200-new", title="新", column="law"), "campaign_column_other"),
        (HOTAN, Change(id=CUNYI.id, column="law"), "campaign_column_other"),
        (HOTAN, Undone(id="653200-tui", milestone="topic"), "campaign_undo_implied"),
        (HOTAN, Extend(milestone="topic", until=date(2027, 3, 31), reason="雪"), "campaign_extension_early"),
        (HOTAN, Extend(milestone="casting", until=date(2027, 4, 1), reason="雪"), "campaign_milestone_unknown"),
        (HOTAN, MovedOut(id="653200-tui", to=KASHGAR), "campaign_move_submitted"),
        (KASHGAR, MovedIn(id="653200-tui", origin=HOTAN, title="退"), "campaign_move_submitted"),
        (HOTAN, Joined(submission="653200-who", announced=CUNYI.id), "campaign_join_unknown"),
        (HOTAN, Joined(submission="653200-other", announced="653200-tui"), "campaign_join_taken"),
        (ALTAY, Joined(submission="654300-xue", announced="654300-who"), "campaign_film_unknown"),
        (ALTAY, Joined(submission="654300-xue", announced="654300-xue"), "campaign_not_announced"),
    ],
)
def test_what_can_not_be_said_is_refused(prefecture: str, entry: Entry, key: str) -> None:
    with pytest.raises(InputError) as refused:
        news(now(), prefecture, Side.EDITOR, [entry])
    assert refused.value.key == key


def test_what_does_a_milestone_of_the_store_is_said() -> None:
    for milestone, command in (("handed-in", "submit"), ("accepted", "review"), ("on-air", "campaign schedule")):
        with pytest.raises(InputError) as refused:
            news(now(), HOTAN, Side.PREFECTURE, [Done(id=CUNYI.id, milestone=milestone)])
        assert str(refused.value.values["command"]).startswith(f"showcase {command}")


@pytest.mark.parametrize(
    "entry",
    [
        Extend(milestone="topic", until=date(2027, 4, 1), reason="雪"),
        MovedIn(id="653200-x", origin=KASHGAR, title="甲"),
        MovedOut(id=CUNYI.id, to=KASHGAR),
        Joined(submission="653200-tui", announced=CUNYI.id),
    ],
)
def test_what_the_editor_alone_says_is_refused_to_a_prefecture(entry: Entry) -> None:
    with pytest.raises(InputError) as refused:
        news(now(), HOTAN, Side.PREFECTURE, [entry])
    assert refused.value.key == "campaign_editor_alone"


NOTHING_NEW: list[tuple[str, Entry]] = [
    (HOTAN, CUNYI),
    (HOTAN, Change(id=CUNYI.id, title=CUNYI.title)),
    (HOTAN, Change(id=CUNYI.id)),
    (HOTAN, Done(id=CUNYI.id, milestone="topic")),
    (HOTAN, Done(id=CUNYI.id, milestone="topic", on=date(2027, 3, 1))),
    (HOTAN, Undone(id=CUNYI.id, milestone="shooting")),
    (HOTAN, Note(id=CUNYI.id, text="电话：周五来")),
    (HOTAN, Note(text="联系人换了")),
    (HOTAN, Extend(id=CUNYI.id, milestone="shooting", until=date(2027, 5, 30), reason="雪")),
    (HOTAN, Extend(milestone="handed-in", until=date(2027, 6, 20), reason="雪")),
    (KASHGAR, Drop(id="653100-guo", reason="主角生病")),
    (KARAMAY, MovedOut(id="650200-you", to=HOTAN)),
]
NEWS: list[tuple[str, Entry]] = [
    (HOTAN, Announce(id="653200-new", title="新")),
    (HOTAN, CUNYI.model_copy(update={"column": "showcase"})),
    (HOTAN, Change(id=CUNYI.id, title="村医")),
    (HOTAN, Change(id="653200-tui", length_s=500.0)),
    (HOTAN, Done(id=CUNYI.id, milestone="topic", on=date(2027, 3, 2))),
    (HOTAN, Done(id=CUNYI.id, milestone="shooting", on=date(2027, 6, 12))),
    (HOTAN, Done(id="653200-tui", milestone="topic")),  # it was implied
    (HOTAN, Undone(id=CUNYI.id, milestone="topic")),
    (HOTAN, Note(id=CUNYI.id, text="联系人换了")),
    (HOTAN, Note(text="电话：周五来")),
    (HOTAN, Extend(id=CUNYI.id, milestone="shooting", until=date(2027, 5, 31), reason="雪")),
    (HOTAN, Extend(milestone="shooting", until=date(2027, 5, 30), reason="雪")),
    (HOTAN, Extend(id=CUNYI.id, milestone="handed-in", until=date(2027, 6, 20), reason="雪")),
    (HOTAN, Drop(id=CUNYI.id, reason="不做了")),
    (KASHGAR, Drop(id="653100-guo", reason="另一个原因")),
    (KASHGAR, Announce(id="653100-guo", title="瓜")),  # it was dropped
    (ALTAY, Announce(id="654300-xue", title="雪")),  # it came without being announced
    (ALTAY, Done(id="654300-xue", milestone="topic")),
    (ALTAY, Note(id="654300-xue", text="海报还缺")),
    ("652900", Announce(id="652900-a", title="新")),
]


@pytest.mark.parametrize(("prefecture", "entry"), NOTHING_NEW)
def test_a_rerun_says_nothing_twice(prefecture: str, entry: Entry) -> None:
    assert news(now(), prefecture, Side.EDITOR, [entry]) == ()


@pytest.mark.parametrize(("prefecture", "entry"), NEWS)
def test_what_is_new_is_said_once(prefecture: str, entry: Entry) -> None:
    assert news(now(), prefecture, Side.EDITOR, [entry, entry]) == (entry,)
    after = now(said(prefecture, "2027-06-12", entry, side=Side.EDITOR, number=9))
    assert news(after, prefecture, Side.EDITOR, [entry]) == ()


def test_a_command_may_announce_and_go_on() -> None:
    new = Announce(id="653200-new", title="新")
    entries: list[Entry] = [
        new,
        Done(id=new.id, milestone="topic"),
        Note(id=new.id, text="喂"),
        Undone(id=new.id, milestone="shooting"),
    ]
    assert news(now(), HOTAN, Side.PREFECTURE, entries) == tuple(entries[:3])
    with pytest.raises(InputError, match="campaign_id_taken"):
        news(now(), HOTAN, Side.PREFECTURE, [new, Announce(id=new.id, title="又一部")])
    with pytest.raises(InputError, match="campaign_film_unknown"):
        news(now(), HOTAN, Side.PREFECTURE, [Done(id=new.id, milestone="topic"), new])


def test_a_submission_is_joined_once() -> None:
    came = [*FILMS, facts(HOTAN, "653200-abc", Stage.SUBMITTED, submitted_at=at("2027-06-01"))]
    joined = Joined(submission="653200-abc", announced=CUNYI.id)
    assert news(looked("2027-06-12", RECORDS, came), HOTAN, Side.EDITOR, [joined]) == (joined,)
    records = [*RECORDS, said(HOTAN, "2027-06-03", joined, side=Side.EDITOR, number=8)]
    assert news(looked("2027-06-12", records, came), HOTAN, Side.EDITOR, [joined]) == ()


def test_a_film_moves_with_all_that_is_known_of_it_and_a_rerun_completes_it() -> None:
    status = now()
    put = moving(status, HOTAN, CUNYI.id, KASHGAR)
    assert list(put) == [KASHGAR, HOTAN]
    (arrives,) = put[KASHGAR]
    assert isinstance(arrives, MovedIn)
    assert [(item.milestone, item.on, item.by) for item in arrives.done] == [("topic", date(2027, 3, 1), "阿依古丽")]
    assert [note.text for note in arrives.notes] == ["电话：周五来"]
    assert [(item.milestone, item.until) for item in arrives.extensions] == [("shooting", date(2027, 5, 30))]
    half = now(said(KASHGAR, "2027-06-12", arrives, side=Side.EDITOR, number=7))
    assert moving(half, HOTAN, CUNYI.id, KASHGAR) == {HOTAN: put[HOTAN]}
    new, old = half.row(KASHGAR).film(CUNYI.id), status.row(HOTAN).film(CUNYI.id)
    assert [(cell.state, cell.on, cell.due) for cell in new.cells[:2]] == [
        (cell.state, cell.on, cell.due) for cell in old.cells[:2]
    ]
    assert [(note.text, note.said.by, note.said.side, note.said.at) for note in new.notes] == [
        (note.text, note.said.by, note.said.side, note.said.at) for note in old.notes
    ]
    assert [new.cells[0].said.by, new.cells[0].said.side] == [
        "阿依古丽",
        Side.PREFECTURE,
    ]  # not the editor who moved it
    unsaid = arrives.model_copy(update={"done": tuple(item.model_copy(update={"side": None}) for item in arrives.done)})
    older = now(said(KASHGAR, "2027-06-12", unsaid, side=Side.EDITOR, number=7)).row(KASHGAR).film(CUNYI.id)
    assert older.cells[0].said.side is Side.EDITOR  # as records have it that do not say whose it was
    whole = now(
        said(KASHGAR, "2027-06-12", arrives, side=Side.EDITOR, number=7),
        said(HOTAN, "2027-06-12", *put[HOTAN], side=Side.EDITOR, number=7),
    )
    assert moving(whole, HOTAN, CUNYI.id, KASHGAR) == {}
    assert whole.row(HOTAN).film(CUNYI.id).standing is Standing.MOVED
    with pytest.raises(InputError, match="campaign_film_moved"):
        moving(whole, HOTAN, CUNYI.id, ALTAY)


@pytest.mark.parametrize(
    ("place", "identity", "to", "key", "values"),
    [
        (HOTAN, "653200-who", KASHGAR, "campaign_film_unknown", {}),
        (HOTAN, "653200-tui", KASHGAR, "campaign_move_submitted", {"submission": "653200-tui"}),
        (ALTAY, "654300-xue", KASHGAR, "campaign_move_submitted", {}),
        (KASHGAR, "653100-guo", HOTAN, "campaign_film_dropped", {"reason": "主角生病"}),
        (KARAMAY, "650200-you", KASHGAR, "campaign_film_moved", {"to": HOTAN}),
    ],
)
def test_what_can_not_move_is_refused(place: str, identity: str, to: str, key: str, values: dict[str, Any]) -> None:
    with pytest.raises(InputError) as refused:
        moving(now(), place, identity, to)
    assert refused.value.key == key
    assert values.items() <= refused.value.values.items()


def test_a_film_does_not_move_onto_another_nor_to_itself() -> None:
    taken = now(said(KASHGAR, "2027-06-12", Announce(id=CUNYI.id, title="同名"), number=7))
    with pytest.raises(InputError, match="campaign_id_taken"):
        moving(taken, HOTAN, CUNYI.id, KASHGAR)
    assert moving(now(), HOTAN, CUNYI.id, HOTAN) == {}
