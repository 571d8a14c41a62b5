"""What prefecture and editor said last of each thing, and where the two disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.model.campaign_records import Side
from pipeline.model.campaign_status import Contradiction, Said, Word

TITLE, COLUMN, LENGTH, DROPPED = "title", "column", "length_s", "dropped"
UNDONE, DONE = "undone", "done"  # of a milestone; `done` is without a day, which no day contradicts


@dataclass
class LastWords:
    """The last word of each side on each thing of one film; a later one of the same side replaces it."""

    of: dict[tuple[str, bool], dict[Side, tuple[Word, bool]]] = field(default_factory=dict)

    def say(self, about: str, text: str, said: Said, *, milestone: bool = False, corrects: bool = False) -> None:
        """Keep a word.

        Args:
            corrects: it answers what the other side announced, which then is no word against it.
        """
        words = self.of.setdefault((about, milestone), {})
        for side in [side for side, (_, announced) in words.items() if corrects and announced and side != said.side]:
            del words[side]
        words.pop(said.side, None)
        words[said.side] = (Word(text=text, said=said), not corrects)

    def forget(self, about: str, *, milestone: bool = False) -> None:
        """Nothing that was said of it counts any more."""
        self.of.pop((about, milestone), None)

    def contradictions(self, prefecture: str, identity: str) -> Iterator[Contradiction]:
        """Each thing of which the two sides' last words differ: the later counts."""
        for (about, milestone), words in sorted(self.of.items()):
            if len(words) < len(Side):
                continue
            (other, _), (counts, _) = words.values()
            texts = {other.text, counts.text}
            if len(texts) > 1 and not (milestone and DONE in texts and UNDONE not in texts):
                yield Contradiction(
                    prefecture=prefecture,
                    id=identity,
                    about=about,
                    milestone=milestone,
                    counts=counts,
                    other=other,
                )
