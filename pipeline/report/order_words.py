"""What people read of a running order: every value in one language, for the terminal, a workbook and a page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby

from pipeline import catalogue
from pipeline.catalogue import Language
from pipeline.model import languages, region
from pipeline.model.china_time import CHINA
from pipeline.model.course import Title
from pipeline.model.reference import SubmissionRef
from pipeline.model.running_order import LeftOut, Reason, Showing, Why
from pipeline.model.slots import SlotTime
from pipeline.model.text import is_shown
from pipeline.model.vocabulary import Vocabulary

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True)
class OrderWords:
    """A reader's words.

    Args:
        columns: the vocabulary that names them.
    """

    language: Language
    columns: Vocabulary

    def word(self, key: str, /, **values: object) -> str:
        """A sentence of orders: `report.order_KEY`."""
        return catalogue.say(self.language, f"report.order_{key}", **values)

    @property
    def between(self) -> str:
        """What stands between two of a list."""
        return "、" if self.language == "zh" else ", "

    def title(self, title: Title | None) -> str:
        """A title without what no page shows: controls, marks that turn the direction of letters."""
        text = (title.en if title and self.language == "en" else None) or (title.zh if title else "")
        return "".join(char if is_shown(char) else "\ufffd" for char in text)

    def column(self, name: str | None) -> str:
        """A column by its name in the vocabulary, else as it was written."""
        term = self.columns.find(name) if name else None
        shown = getattr(term, self.language) if term else name or ""
        return "".join(char if is_shown(char) else "\ufffd" for char in shown)

    def spoken(self, code: str | None) -> str:
        """A language."""
        key = f"report.order_language_{code}"
        if code is None or catalogue.has(key):
            return catalogue.say(self.language, key) if code else ""
        return languages.chinese_name(code) if self.language == "zh" else code

    def prefecture(self, code: str) -> str:
        """A prefecture in a column."""
        return region.short_name_of(code, self.language)

    def day(self, day: date) -> str:
        """2027-07-01 周四"""
        return f"{day:%Y-%m-%d} {self.word(f'weekday_{_WEEKDAYS[day.weekday()]}')}"

    def showing(self, number: int, *, is_gone: bool = False) -> str:
        """Whether it is on air for the first time, or not at all, since its film was withdrawn before."""
        if is_gone:
            return self.word("withdrawn")
        return self.word("first") if number == 1 else self.word("repeat", number=number - 1)

    def missing(self, item: LeftOut) -> str:
        """Which showings got no place: empty where the film is on air nowhere."""
        if item.slot:
            return self.word("pinned_to", slot=self.slot(item.slot))
        if item.number == 1:
            return ""
        last = item.number + item.count - 2
        return self.word("repeats" if item.count > 1 else "repeat", number=item.number - 1, last=last)

    def left_out(self, item: LeftOut) -> str:
        """Why it got no place; in front of that, which showings, unless it is on air nowhere."""
        why = self.why(item.why)
        missing = self.missing(item)
        return catalogue.say(self.language, "text.said", lead=missing, text=why) if missing else why

    def slot(self, time: SlotTime) -> str:
        """evening 07-01 19:30"""
        return f"{time.name} {time.start.astimezone(CHINA):%m-%d %H:%M}"

    def why(self, why: Why, other: SubmissionRef | None = None) -> str:
        """Why something is not where it was to be; one sentence for orders laid and made by hand."""
        return catalogue.say(self.language, f"problem.order_{why.reason}", **self.values(why, other))

    def values(self, why: Why, other: SubmissionRef | None = None) -> dict[str, object]:
        """What that sentence holds."""
        if why.reason is Reason.LANGUAGE:
            wanted = [self.spoken(item) for item in why.wanted]
        elif why.reason is Reason.COLUMN:
            wanted = [self.column(item) for item in why.wanted]
        else:
            wanted = list(why.wanted)
        return {
            "seconds": why.seconds or 0,
            "begins": f"{why.licence.start:%Y-%m-%d}" if why.licence else "",
            "ends": f"{why.licence.until:%Y-%m-%d}" if why.licence else "",
            "wanted": self.between.join(wanted),
            "other": other.typed if other else "",
        }

    def empty(self, times: Sequence[SlotTime]) -> Iterator[tuple[str, str]]:
        """Empty slots by their names, days that follow each other together: evening, 07-04–07-10."""
        for name in dict.fromkeys(time.name for time in times):
            days = sorted(time.day for time in times if time.name == name)
            runs = [list(run) for _, run in groupby(enumerate(days), key=lambda pair: pair[1] - timedelta(pair[0]))]
            shown = [dict.fromkeys(f"{run[end][1]:%m-%d}" for end in (0, -1)) for run in runs]
            yield name, self.between.join("–".join(ends) for ends in shown)


def clock(at: datetime) -> str:
    """A time of day in China, to the second where it has one."""
    local = at.astimezone(CHINA)
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


def moment(at: datetime) -> str:
    """A minute in China: 2027-07-01 19:30."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"


def length(item: Showing) -> str:
    """How long it is: 20:05, 1:20:05."""
    minutes, seconds = divmod(item.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
