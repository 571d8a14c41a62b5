"""Letters as people get them: within a chat's message, and as a draft that a mail program opens."""

from __future__ import annotations

import re
import shlex
from datetime import date
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest

from pipeline.catalogue import LANGUAGES, Language, entries
from pipeline.exchange.campaign.letters import letters
from pipeline.model.campaign import ExpectedFilms, Words
from pipeline.model.campaign_letters import Act, Contact, Letter
from pipeline.model.campaign_records import Announce, Done, Extend, Note, Side
from pipeline.model.campaign_status import CampaignStatus
from pipeline.model.inbox import Stage
from pipeline.report import letter as paper
from pipeline.report.season_words import SeasonWords
from tests.exchange.campaign.test_campaign_board import small_board
from tests.seasons import HOTAN, KARAMAY, at, campaign, facts, looked, milestones, published, said
from tests.test_advice import COMMANDS, OPTIONS, named

ONE = published(campaign(films=ExpectedFilms(prefectures={HOTAN: 1})))
MANY = published(campaign(films=ExpectedFilms(prefectures={HOTAN: 30})))
ODD = "片\r\nBcc: x@y.cn\u202e\x1b[2J<b>"


def words_of(status: CampaignStatus, language: Language = "zh") -> SeasonWords:
    return SeasonWords(language, status.campaign, status.today)


def letter_of(status: CampaignStatus, code: str = HOTAN, *contacts: Contact) -> Letter:
    return next(item for item in letters(status, {code: contacts}).letters if item.prefecture == code)


def opened(content: bytes) -> EmailMessage:
    made = message_from_bytes(content, policy=policy.default)
    assert isinstance(made, EmailMessage)
    return made


def test_the_text_says_what_until_when_what_to_type_and_why_it_came_back() -> None:
    status = small_board()
    assert paper.chat(letter_of(status), words_of(status)).split("\n") == [
        "和田地区：七一展播7月1日开播。今天是6月12日，请办下面 2 项：",
        "1. 《咸鱼》：拍摄，6月10日到期，已晚 2 天",
        "   已延期：原定5月20日，改为6月10日（沙尘）",
        "   办完请输入：showcase campaign done 653200-xianyu 拍摄",
        "2. 《我们的村医》：通过，6月22日到期，还剩 10 天",
        "   退回的原因：声音太小",
        "   先看意见：showcase log 653200-cunyi；改好再报：showcase submit submission.yaml",
        "延期：《咸鱼》首次报送 6月10日 → 6月25日（沙尘）",
        "不方便输入的，回条消息或打个电话，我们代填。",
    ]
    english = paper.chat(letter_of(status, KARAMAY), words_of(status, "en")).split("\n")
    assert english[1] == "1. films without a title: 1: topic, due 31 March, 73 days late"


@pytest.mark.parametrize(
    ("title", "shown"),
    [("《苹果红了》", "《苹果红了》"), ("《山》与《水》", "《《山》与《水》》"), ("《》", "653200-a")],
)
def test_a_title_in_its_own_marks_gets_no_second_ones(title: str, shown: str) -> None:
    status = looked("2027-06-12", [said(HOTAN, "2027-03-01", Announce(id="653200-a", title=title))], of=ONE)
    assert paper.chat(letter_of(status), words_of(status)).split("\n")[1].startswith(f"1. {shown}：")


@pytest.mark.parametrize(
    ("words", "zh", "en"),
    [
        (Words(zh="定 题", en="pick a topic"), '"定 题"', '"pick a topic"'),
        (Words(zh="题（初）", en="$(topic)"), "topic", "topic"),
        (Words(zh="-题", en="shooting"), "topic", "topic"),
        (Words(zh="定题", en="to\u202epic"), "定题", "topic"),
    ],
)
def test_a_step_is_typed_in_the_letters_language_and_means_what_it_says(words: Words, zh: str, en: str) -> None:
    (first, second, *others) = milestones()
    second = second.model_copy(update={"words": Words(zh="拍", en="shots")})
    steps = (first.model_copy(update={"words": words}), second, *others)
    plan = campaign(films=ExpectedFilms(prefectures={HOTAN: 1}), milestones=steps)
    told = [said(HOTAN, "2027-03-01", Announce(id="653200-a", title="片"))]
    status = looked("2027-04-12", told, of=published(plan))
    for language, typed in (("zh", zh), ("en", en)):
        text = paper.chat(letter_of(status), words_of(status, language))  # type: ignore[arg-type]
        assert f"showcase campaign done 653200-a {typed}" in text.split("\n")[2]
        (argument,) = shlex.split(typed)
        assert status.campaign.find_milestone(argument) == steps[0]


def test_a_date_that_moved_is_shown_from_old_to_new() -> None:
    later = campaign(films=ExpectedFilms(prefectures={HOTAN: 1}), air_date=date(2028, 1, 2))
    plans = published(campaign(films=ExpectedFilms(prefectures={HOTAN: 1})), later)
    status = looked("2027-04-02", of=plans)
    assert "日期改了：开播日 7月1日 → 2028年1月2日" in paper.chat(letter_of(status), words_of(status))
    assert "moved: on air 1 July → 2 January 2028" in paper.chat(letter_of(status), words_of(status, "en"))


def many(title: str = "一部片名相当长的影片讲的是村里的医生和他的一家", reason: str = "天气" * 200) -> CampaignStatus:
    entries = [Announce(id=f"653200-film-{number}", title=f"{title}{number}") for number in range(30)]
    extended = [
        Extend(id=item.id, milestone="topic", until=date(2027, 4, 20), reason=reason[:900]) for item in entries[:3]
    ]
    records = [said(HOTAN, "2027-03-30", *entries), said(HOTAN, "2027-03-31", *extended, side=Side.EDITOR)]
    return looked("2027-05-18", records, of=MANY)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("title", ["片", "长" * 190, "𠮷" * 190, "👨‍👩‍👧‍👦" * 20, "ئۇيغۇرچە" * 20])
def test_a_chats_text_has_room_in_one_message_and_counts_the_rest(language: Language, title: str) -> None:
    status = many(title)
    text = paper.chat(letter_of(status), words_of(status, language))
    assert len(text) <= paper.MOST_CHARACTERS
    assert len(text.encode()) <= paper.MOST_BYTES
    shown = [line for line in text.split("\n") if re.match(r"\d+\. ", line)]
    more = text.split("\n")[-2]
    assert shown
    assert str(30 - len(shown)) in more
    assert "showcase campaign show 653200" in more


def test_the_mail_holds_all_of_it() -> None:
    status = many()
    text = paper.whole(letter_of(status), words_of(status))
    assert all(f"{number}. " in text for number in range(1, 31))
    assert "天气" * 200 in text
    assert opened(paper.eml(letter_of(status), words_of(status))).get_content().replace("\r\n", "\n") == text + "\n"


def test_a_draft_has_no_clock_and_repeats_its_bytes() -> None:
    status = small_board()
    first, again = (
        paper.eml(letter_of(status, HOTAN, Contact(prefecture=HOTAN, email="a@b.cn")), words_of(status))
        for _ in range(2)
    )
    assert first == again
    assert b"\r\n" in first
    mail = opened(first)
    assert mail["Subject"] == "七一展播：和田地区要办的事（6月12日）"
    assert (mail["To"], mail["X-Unsent"]) == ("a@b.cn", "1")
    assert {"Date", "Message-ID", "From"}.isdisjoint(mail.keys())
    assert mail.get_content_charset() == "utf-8"
    assert max(map(len, first.split(b"\r\n"))) <= 78


def test_a_draft_goes_to_all_contacts_with_an_address_and_without_any_to_nobody() -> None:
    status = small_board()
    contacts = (
        Contact(prefecture=HOTAN, name="阿依古丽", email="a@b.cn"),
        Contact(prefecture=HOTAN, name='Ann, "B" <x@y>', email="b@b.cn"),
        Contact(prefecture=HOTAN, name="无邮箱", phone="1"),
    )
    mail = opened(paper.eml(letter_of(status, HOTAN, *contacts), words_of(status)))
    assert [(item.display_name, item.addr_spec) for item in mail["To"].addresses] == [
        ("阿依古丽", "a@b.cn"),
        ('Ann, "B" <x@y>', "b@b.cn"),
    ]
    assert "To" not in opened(paper.eml(letter_of(status), words_of(status)))


@pytest.mark.parametrize("language", LANGUAGES)
def test_odd_names_stay_text_on_their_line(language: Language) -> None:
    """What came from the store may be anything: an inbox marker's title is not held to one line."""
    films = [facts(HOTAN, "653200-x", Stage.RETURNED, title=ODD, reason=ODD, submitted_at=at("2027-06-09"))]
    status = looked("2027-06-12", films=films, of=ONE)
    contact = Contact(prefecture=HOTAN, name="=cmd|' /C calc'!A0 <b>\u202e", email="a@b.cn")
    letter, words = letter_of(status, HOTAN, contact), words_of(status, language)
    for text in (paper.chat(letter, words), paper.whole(letter, words)):
        assert not set("\r\x1b\u202e") & set(text)
        assert not [line for line in text.split("\n") if line.startswith("Bcc")]
        assert "<b>" in text
    raw = paper.eml(letter, words)
    assert b"\nBcc" not in raw
    assert "Bcc" not in opened(raw)
    assert "\u202e" not in str(opened(raw)["To"])


def test_a_campaigns_name_can_not_end_the_subject() -> None:
    plan = published(campaign(name="七一\u202e展播" + "长" * 100, films=ExpectedFilms(prefectures={HOTAN: 1})))
    status = looked("2027-06-12", of=plan)
    mail = opened(paper.eml(letter_of(status), words_of(status)))
    assert str(mail["Subject"]).startswith("七一�展播长")
    assert len(str(mail["Subject"]).splitlines()) == 1


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("act", Act)
def test_every_act_has_its_command(act: Act, language: Language) -> None:
    status = small_board()
    letter = letter_of(status)
    item = letter.items[0].model_copy(update={"act": act})
    text = paper.chat(letter.model_copy(update={"items": (item,)}), words_of(status, language))
    assert "showcase " in text


def test_notes_stand_in_no_letter() -> None:
    """What the editor noted on a call is not for those who were called."""
    records = [said(HOTAN, "2027-05-30", Note(text="说不想拍了"), side=Side.EDITOR)]
    status = looked("2027-06-12", records, of=ONE)
    assert "不想拍" not in paper.whole(letter_of(status), words_of(status))


def test_a_step_of_today_is_due_today() -> None:
    records = [said(HOTAN, "2027-03-30", Announce(id="653200-x", title="片"), Done(id="653200-x", milestone="topic"))]
    status = looked("2027-05-20", records, of=ONE)
    assert "5月20日到期，今天到期" in paper.chat(letter_of(status), words_of(status))


@pytest.mark.parametrize("language", LANGUAGES)
def test_whatever_a_letter_says_to_type_is_a_command_with_its_options(language: Language) -> None:
    said = [text for key, text in entries(language).items() if key.startswith("report.season_letter_")]
    found = [item for text in said for item in named(text)]
    assert len(found) >= len(Act)
    for command, options in found:
        assert command in COMMANDS, command
        assert set(options) <= OPTIONS[command], (command, options)
