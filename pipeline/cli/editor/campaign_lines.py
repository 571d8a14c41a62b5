"""What a season's commands put, in words: a line an entry, and of what was said before that nothing was put."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
from pipeline.model.campaign_status import CampaignStatus, Standing
from pipeline.model.text import in_one_line
from pipeline.model.vocabulary import Vocabulary


@dataclass(frozen=True)
class Lines:
    """What is said of a prefecture's films as lines.

    Args:
        status: the board before it.
        announced: by id, titles of films that the same command announces.
    """

    console: Console
    status: CampaignStatus
    columns: Vocabulary
    prefecture: str
    announced: Mapping[str, str] = field(default_factory=dict)

    def of(self, entry: Entry) -> str:
        """One entry."""
        say, key = self.console.word, f"campaign_said_{entry.kind}"
        film = self._film(entry)
        match entry:
            case Announce():
                return say(key, **{**film, "title": entry.title})
            case Change():
                return say(key, **film, changes=self._changes(entry))
            case Drop():
                return say(key, **film, standing=say(f"standing_{Standing.DROPPED}"), reason=in_one_line(entry.reason))
            case Done():
                day = entry.on or say("campaign_day_unsaid" if entry.undated else "campaign_day_of_record")
                return say(key, **film, milestone=self._milestone(entry.milestone), day=day)
            case Undone():
                return say(key, **film, milestone=self._milestone(entry.milestone))
            case Note():
                return say(key, about=self._about(entry), text=in_one_line(entry.text))
            case Extend():
                step = self.status.campaign.milestone(entry.milestone)
                given = {"until": entry.until, "due": step.due if step else "-", "reason": in_one_line(entry.reason)}
                return say(key, milestone=self._milestone(entry.milestone), about=self._about(entry), **given)
            case MovedIn():
                known = {**film, "title": entry.title}
                return say("campaign_said_moved", **known, origin=self._called(entry.origin), to=film["prefecture"])
            case MovedOut():
                return say("campaign_said_moved", **film, origin=film["prefecture"], to=self._called(entry.to))
            case Joined():
                return say(key, **film, submission=entry.submission, announced=entry.announced)

    def _film(self, entry: Entry) -> dict[str, object]:
        identity = entry.announced if isinstance(entry, Joined) else entry.id
        row = self.status.row(self.prefecture)
        film = row.film(identity) if row and identity else None
        title = (film.title if film else self.announced.get(identity or "")) or identity or ""
        return {"id": identity or "", "title": title, "prefecture": self._called(self.prefecture)}

    def _about(self, entry: Note | Extend) -> str:
        if entry.id is None:
            return self._called(self.prefecture)
        return self.console.word("campaign_film", **self._film(entry))

    def _called(self, code: str) -> str:
        return region.name_of(code, self.console.language)

    def _milestone(self, identity: str) -> str:
        found = self.status.campaign.milestone(identity)
        return str(getattr(found.words, self.console.language)) if found else identity

    def _changes(self, entry: Change) -> str:
        length = quantities.clock(entry.length_s) if entry.length_s else None
        term = self.columns.find(entry.column) if entry.column else None
        column = getattr(term, self.console.language) if term else entry.column
        said = {"title": entry.title, "column": column, "length": length}
        made = (self.console.word(f"campaign_said_change_{name}", value=value) for name, value in said.items() if value)
        return ("；" if self.console.language == "zh" else "; ").join(made)
