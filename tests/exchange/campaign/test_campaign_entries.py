"""What is typed becomes entries of the film that is meant; where several are, nothing does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from pipeline import shipped
from pipeline.errors import InputError
from pipeline.exchange.campaign import entries
from pipeline.exchange.campaign.asking import news
from pipeline.exchange.campaign.entries import Described, Entries, Speaker
from pipeline.exchange.campaign.meant import the_film
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.campaign_records import (
    Announce,
    Change,
    Done,
    Drop,
    Extend,
    Joined,
    MovedIn,
    MovedOut,
    Note,
    PlacedRecord,
    Side,
    Undone,
)
from pipeline.model.campaign_status import CampaignStatus
from pipeline.model.inbox import Stage
from tests.seasons import ALTAY, HOTAN, KARAMAY, KASHGAR, at, facts, looked, said

COLUMNS = Vocabularies((shipped.folder("profiles"),)).columns
CUNYI = Announce(id="653200-womendecunyi", title="我们的村医")
RECORDS = [
    said(HOTAN, "2027-03-02", CUNYI, Announce(id="653200-womendemuqin", title="我们的母亲")),
    said(KASHGAR, "2027-03-02", Announce(id="653100-guo", title="果"), Announce(id="653100-gua", title="瓜")),
    said(KASHGAR, "2027-05-02", Drop(id="653100-guo", reason="主角生病"), number=2),
    said(ALTAY, "2027-03-02", Announce(id="film", title="雪")),
    said(KARAMAY, "2027-03-02", Announce(id="film", title="油")),
]
FILMS = [
    facts(KASHGAR, "653100-guagua", Stage.SUBMITTED, submitted_at=at("2027-06-01"), title="瓜", column="showcase"),
    facts(KASHGAR, "653100-law", Stage.SUBMITTED, submitted_at=at("2027-06-01"), title="法", column="law"),
]


def now(*more: PlacedRecord) -> CampaignStatus:
    return looked("2027-06-12", [*RECORDS, *more], FILMS)


EDITOR, OF_HOTAN = Speaker(now()), Speaker(now(), HOTAN)


@pytest.mark.parametrize(
    ("typed", "prefecture", "meant"),
    [
        ("653200-womendecunyi", None, (HOTAN, CUNYI.id)),
        ("653200/653200-womendecunyi", None, (HOTAN, CUNYI.id)),
        ("653200-womendec", None, (HOTAN, CUNYI.id)),
        ("womendec", HOTAN, (HOTAN, CUNYI.id)),
        ("《我们的村医》", None, (HOTAN, CUNYI.id)),
        ("我们的村", HOTAN, (HOTAN, CUNYI.id)),
        ("和田/我们的村", None, (HOTAN, CUNYI.id)),
        ("阿勒泰/film", None, (ALTAY, "film")),
        ("film", KARAMAY, (KARAMAY, "film")),
        ("果", None, (KASHGAR, "653100-guo")),
        ("653100-gua", None, (KASHGAR, "653100-gua")),
    ],
)
def test_a_film_is_meant_by_id_beginning_or_title(typed: str, prefecture: str | None, meant: tuple[str, str]) -> None:
    code, film = the_film(now(), typed, prefecture)
    assert (code, film.id) == meant


def test_films_that_could_be_joined_are_named_without_those_that_nobody_announced() -> None:
    with pytest.raises(InputError, match="campaign_film_unknown") as refused:
        entries.join(EDITOR, "653100-guagua", "653100-guagua")
    assert refused.value.values["known"] == "653100-gua"


def test_the_rows_that_a_film_left_are_not_meant_where_it_is() -> None:
    there = MovedIn(id="653100-gua", origin=KASHGAR, title="瓜")
    ended = [
        said(HOTAN, "2027-05-03", there, side=Side.EDITOR),
        said(KASHGAR, "2027-05-03", MovedOut(id="653100-gua", to=HOTAN), side=Side.EDITOR),
        said(HOTAN, "2027-05-04", Drop(id="653100-gua", reason="撞题"), number=2),
    ]
    for count in (2, 3):
        assert the_film(now(*ended[:count]), "653100-gua")[0] == HOTAN


@pytest.mark.parametrize(
    ("typed", "fits"), [("我们的", 2), ("653200-womende", 2), ("film", 2), ("瓜", 2), ("653200-", 2)]
)
def test_where_several_fit_nothing_is_said(typed: str, fits: int) -> None:
    with pytest.raises(InputError, match="several_fit") as refused:
        entries.drop(EDITOR, typed, "不做")
    assert refused.value.values["count"] == fits


@pytest.mark.parametrize("typed", ["nobody", "", "/", "喀什/我们的村医", "北京/film"])
def test_what_nobody_announced_is_refused(typed: str) -> None:
    with pytest.raises(InputError, match="campaign_film_unknown"):
        entries.drop(EDITOR, typed, "不做")


@pytest.mark.parametrize(
    ("made", "found"),
    [
        (entries.drop(OF_HOTAN, "我们的村医", "没人"), {HOTAN: (Drop(id=CUNYI.id, reason="没人"),)}),
        (entries.note(EDITOR, "和田", "电话：周五来"), {HOTAN: (Note(text="电话：周五来"),)}),
        (entries.note(EDITOR, CUNYI.id, "喂"), {HOTAN: (Note(id=CUNYI.id, text="喂"),)}),
        (
            entries.done(EDITOR, ["我们的村医", "阿勒泰/film", "我们的母亲"], "选题", "3月1日"),
            {
                HOTAN: (
                    Done(id=CUNYI.id, milestone="topic", on=date(2027, 3, 1)),
                    Done(id="653200-womendemuqin", milestone="topic", on=date(2027, 3, 1)),
                ),
                ALTAY: (Done(id="film", milestone="topic", on=date(2027, 3, 1)),),
            },
        ),
        (
            entries.extend(EDITOR, "653200", "拍摄", "6-30", "沙尘"),
            {HOTAN: (Extend(milestone="shooting", until=date(2027, 6, 30), reason="沙尘"),)},
        ),
        (
            entries.extend(EDITOR, "雪", "shooting", "2027-06-30", "雪"),
            {ALTAY: (Extend(id="film", milestone="shooting", until=date(2027, 6, 30), reason="雪"),)},
        ),
        (
            entries.change(OF_HOTAN, "womendec", Described("村医", "七一展播", "25分"), COLUMNS),
            {HOTAN: (Change(id=CUNYI.id, title="村医", column="showcase", length_s=1500.0),)},
        ),
        (
            entries.join(EDITOR, "瓜", "瓜"),  # the one that came in, and the one that was announced
            {KASHGAR: (Joined(submission="653100-guagua", announced="653100-gua"),)},
        ),
        (
            entries.join(EDITOR, "653100-law", "653100-gua"),  # of another column: none of the season's until now
            {KASHGAR: (Joined(submission="653100-law", announced="653100-gua"),)},
        ),
    ],
)
def test_what_is_typed_becomes_entries(made: Entries, found: Entries) -> None:
    assert made == found
    for prefecture, own in made.items():
        assert news(now(), prefecture, Side.EDITOR, own) == own


def test_what_is_not_done_needs_no_undoing() -> None:
    made = entries.done(EDITOR, [CUNYI.id], "topic", undo=True)
    assert made == {HOTAN: (Undone(id=CUNYI.id, milestone="topic"),)}
    assert news(now(), HOTAN, Side.EDITOR, made[HOTAN]) == ()
    done = now(said(HOTAN, "2027-06-01", Done(id=CUNYI.id, milestone="topic"), number=3))
    assert news(done, HOTAN, Side.EDITOR, made[HOTAN]) == made[HOTAN]


def test_an_announced_film_has_the_id_that_init_gives() -> None:
    made = entries.announce(OF_HOTAN, Described(" 村里的好医生 ", "showcase", "25:00"), COLUMNS)
    assert made == {
        HOTAN: (Announce(id="653200-cunlidehaoyisheng", title="村里的好医生", column="showcase", length_s=1500.0),)
    }
    own = entries.announce(OF_HOTAN, Described("我们的村医"), COLUMNS, "653200-cunyi-2")
    assert own == {HOTAN: (Announce(id="653200-cunyi-2", title="我们的村医"),)}
    assert entries.announce(OF_HOTAN, Described("我们的村医"), COLUMNS) == {HOTAN: (CUNYI,)}
    assert news(now(), HOTAN, Side.PREFECTURE, (CUNYI,)) == ()


def test_what_was_handed_in_under_another_title_is_announced_once() -> None:
    film = facts(HOTAN, CUNYI.id, Stage.SUBMITTED, submitted_at=at("2027-06-01"), title="村医纪实", column="law")
    status = looked("2027-06-12", RECORDS, [film])
    made = entries.announce(Speaker(status, HOTAN), Described("我们的村医", "showcase"), COLUMNS)
    assert news(status, HOTAN, Side.PREFECTURE, made[HOTAN]) == ()
    assert the_film(status, "我们的村医")[1].title == "村医纪实"


def test_a_title_that_another_id_has_is_not_announced_twice() -> None:
    changed = now(said(HOTAN, "2027-04-02", Change(id=CUNYI.id, title="村医"), number=3))
    with pytest.raises(InputError, match="campaign_title_there") as refused:
        entries.announce(Speaker(changed, HOTAN), Described("村医"), COLUMNS)
    assert refused.value.values == {"id": CUNYI.id, "free": "653200-cunyi-2"}
    twice = now(said(HOTAN, "2027-04-02", Announce(id="653200-cunyi-2", title=CUNYI.title), number=3))
    assert entries.announce(Speaker(twice, HOTAN), Described(CUNYI.title), COLUMNS) == {HOTAN: (CUNYI,)}
    other = entries.announce(Speaker(changed, KASHGAR), Described("村医"), COLUMNS)
    assert other == {KASHGAR: (Announce(id="653100-cunyi", title="村医"),)}


def test_a_film_that_was_dropped_is_announced_again_under_its_id() -> None:
    changed = said(KASHGAR, "2027-04-02", Change(id="653100-guo", title="果园"), number=4)
    again = entries.announce(Speaker(now(changed), KASHGAR), Described("果园"), COLUMNS)
    assert again == {KASHGAR: (Announce(id="653100-guo", title="果园"),)}
    assert news(now(changed), KASHGAR, Side.PREFECTURE, again[KASHGAR]) == again[KASHGAR]


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        (lambda: entries.announce(EDITOR, Described("村医"), COLUMNS), "campaign_prefecture_unsaid"),
        (lambda: entries.announce(OF_HOTAN, Described("长" * 201), COLUMNS), "fields_invalid"),
        (lambda: entries.announce(OF_HOTAN, Described("a\x07"), COLUMNS), "fields_invalid"),
        (lambda: entries.announce(OF_HOTAN, Described("坏\udc80"), COLUMNS), "fields_invalid"),
        (lambda: entries.announce(OF_HOTAN, Described(" "), COLUMNS), "fields_invalid"),
        (lambda: entries.announce(OF_HOTAN, Described("村医"), COLUMNS, "村医"), "fields_invalid"),
        (lambda: entries.announce(OF_HOTAN, Described("村医", "没有"), COLUMNS), "campaign_column_other"),
        (lambda: entries.announce(OF_HOTAN, Described("村医", None, "25"), COLUMNS), "campaign_length_wrong"),
        (lambda: entries.change(OF_HOTAN, CUNYI.id, Described(), COLUMNS), "campaign_nothing_said"),
        (lambda: entries.drop(OF_HOTAN, CUNYI.id, " "), "fields_invalid"),
        (lambda: entries.drop(OF_HOTAN, CUNYI.id, "长" * 1025), "fields_invalid"),
        (lambda: entries.note(OF_HOTAN, "喀什", "喂"), "campaign_prefecture_other"),
        (lambda: entries.note(OF_HOTAN, "喀什/653100-guo", "喂"), "campaign_prefecture_other"),
        (lambda: entries.note(OF_HOTAN, "653100-guo", "喂"), "campaign_film_unknown"),
        (lambda: entries.done(OF_HOTAN, [CUNYI.id], "casting"), "campaign_milestone_unknown"),
        (lambda: entries.done(OF_HOTAN, [CUNYI.id], "选题", "昨天"), "campaign_day_wrong"),
        (lambda: entries.extend(EDITOR, CUNYI.id, "选题", "晚些", "雪"), "campaign_day_wrong"),
        (lambda: entries.move(EDITOR, CUNYI.id, "北京"), "settings_prefecture"),
        (lambda: entries.move(EDITOR, CUNYI.id, "和田"), "campaign_move_there"),
        (lambda: entries.join(EDITOR, "nobody", CUNYI.id), "campaign_join_unknown"),
        (lambda: entries.join(EDITOR, CUNYI.id, CUNYI.id), "campaign_join_unknown"),
        (lambda: entries.join(EDITOR, "653100-guagua", CUNYI.id), "campaign_film_unknown"),
    ],
)
def test_what_does_not_fit_is_refused_with_the_flag(typed: Callable[[], Entries], key: str) -> None:
    with pytest.raises(InputError) as refused:
        typed()
    assert refused.value.key == key
    assert refused.value.where is not None or key == "campaign_nothing_said"


def test_a_move_that_was_broken_off_is_completed_and_one_that_is_whole_says_nothing() -> None:
    arrives = MovedIn(id=CUNYI.id, origin=HOTAN, title="我们的村医")
    leaves = MovedOut(id=CUNYI.id, to=KASHGAR)
    assert entries.move(EDITOR, "我们的村医", "喀什") == {KASHGAR: (arrives,), HOTAN: (leaves,)}
    half = now(said(KASHGAR, "2027-06-10", arrives, side=Side.EDITOR))
    whole = now(
        said(KASHGAR, "2027-06-10", arrives, side=Side.EDITOR), said(HOTAN, "2027-06-10", leaves, side=Side.EDITOR)
    )
    for typed in ("我们的村医", CUNYI.id, f"{HOTAN}/{CUNYI.id}"):
        for status, is_news in ((half, True), (whole, False)):
            made = entries.move(Speaker(status), typed, KASHGAR)
            assert made == {HOTAN: (leaves,)}
            assert news(status, HOTAN, Side.EDITOR, made[HOTAN]) == ((leaves,) if is_news else ())
    assert list(entries.move(Speaker(whole), CUNYI.id, HOTAN)) == [HOTAN, KASHGAR]  # and back


def test_a_film_of_another_column_or_from_before_fills_an_announced_one_once_it_is_joined() -> None:
    joined = now(
        said(KASHGAR, "2027-06-10", *entries.join(EDITOR, "653100-law", "653100-gua")[KASHGAR], side=Side.EDITOR)
    )
    row = joined.row(KASHGAR)
    film = row.film("653100-gua") if row else None
    assert row is not None
    assert film is not None
    assert film.submission_id == "653100-law"
    assert row.beside == ()
    assert (film.title, film.announced_as) == ("法", "瓜")
    for announced in ("653100-gua", "瓜"):  # which are still what it is called
        again = entries.join(Speaker(joined), "653100-law", announced)
        assert news(joined, KASHGAR, Side.EDITOR, again[KASHGAR]) == ()


def test_a_milestone_in_front_of_its_films_is_told_with_the_line_to_type() -> None:
    for undo, on, more in ((True, None, " --undo"), (False, "3月1日", " --on 3月1日"), (False, None, "")):
        with pytest.raises(InputError, match="campaign_done_order") as refused:
            entries.done(EDITOR, ["选题", "阿勒泰/film", "我们的 母亲"], CUNYI.id, on, undo=undo)
        said = refused.value.values["typed"]
        assert said == f"showcase campaign done 阿勒泰/film '我们的 母亲' {CUNYI.id} 选题{more}"
