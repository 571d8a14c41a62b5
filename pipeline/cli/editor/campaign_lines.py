"""What a season's commands put, in words: a line an entry, and of what was said before that nothing was put."""

from __future__ import annotations

from pipeline import quantities
from pipeline.cli.console import Console
from pipeline.model import region
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
    Undone,
)
from pipeline.model.campaign_status import CampaignStatus


def line_of(console: Console, status: CampaignStatus, prefecture: str, entry: Entry) -> str:
    """One entry of a prefecture as a line.

    Args:
        status: the board before it.
    """
    return _Line(console, status, prefecture).of(entry)


class _Line:
    def __init__(self, console: Console, status: CampaignStatus, prefecture: str):
        self._console, self._status, self._prefecture = console, status, prefecture

    def of(self, entry: Entry) -> str:
        say, key = self._console.word, f"campaign_said_{entry.kind}"
        film = self._film(entry)
        match entry:
            case Announce():
                return say(key, **{**film, "title": entry.title})
            case Change():
                return say(key, **film, changes=self._changes(entry))
            case Drop():
                return say(key, **film, reason=entry.reason)
            case Done():
                day = entry.on or say("campaign_day_of_record")
                return say(key, **film, milestone=self._milestone(entry.milestone), day=day)
            case Undone():
                return say(key, **film, milestone=self._milestone(entry.milestone))
            case Note():
                return say(key, about=self._about(entry), text=entry.text)
            case Extend():
                step = self._status.campaign.milestone(entry.milestone)
                known = {"milestone": self._milestone(entry.milestone), "due": step.due if step else "-"}
                return say(key, **known, until=entry.until, about=self._about(entry), reason=entry.reason)
            case MovedIn():
                return say(key, **{**film, "title": entry.title}, origin=self._called(entry.origin))
            case MovedOut():
                return say(key, **film, to=self._called(entry.to))
            case Joined():
                return say(key, **film, submission=entry.submission, announced=entry.announced)

    def _film(self, entry: Entry) -> dict[str, object]:
        identity = entry.announced if isinstance(entry, Joined) else entry.id
        row = self._status.row(self._prefecture)
        film = row.film(identity) if row and identity else None
        title = (film.title if film else None) or identity or ""
        return {"id": identity or "", "title": title, "prefecture": self._called(self._prefecture)}

    def _about(self, entry: Note | Extend) -> str:
        if entry.id is None:
            return self._called(self._prefecture)
        return self._console.word("campaign_film", **self._film(entry))

    def _called(self, code: str) -> str:
        return region.name_of(code, self._console.language)

    def _milestone(self, identity: str) -> str:
        found = self._status.campaign.milestone(identity)
        return str(getattr(found.words, self._console.language)) if found else identity

    def _changes(self, entry: Change) -> str:
        length = quantities.clock(entry.length_s) if entry.length_s else None
        said = {"title": entry.title, "column": entry.column, "length": length}
        made = (
            self._console.word(f"campaign_said_change_{name}", value=value) for name, value in said.items() if value
        )
        return ("；" if self._console.language == "zh" else "; ").join(made)
