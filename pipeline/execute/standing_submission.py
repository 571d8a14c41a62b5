"""What a `submission.yaml` holds already, when `init` is run again: what was written by hand stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import yamlio
from pipeline.errors import InputError
from pipeline.execute import lesson_names
from pipeline.execute.lesson_names import WHOLE
from pipeline.model.course import CoursePart, numbered
from pipeline.model.submission import Kind, Submission

_COMMENT = re.compile(r"""^(?:\s*|[^"'#]*\s)#""", re.MULTILINE)


@dataclass(frozen=True)
class StandingSubmission:
    """A film or course as it stands written.

    Args:
        submission: each file with its part, each part listed; files that are gone are not in it. A film is as one part.
        data: the file's own values.
        gone: files that it names and that are not there, or left out now.
        has_comments: whether lines of it are for people alone; they are lost when it is written again.
    """

    submission: Submission
    data: Mapping[str, Any]
    gone: tuple[str, ...]
    has_comments: bool

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(item.file for item in self.submission.media)

    @property
    def is_of_another(self) -> bool:
        """Whether it is of a film that is not there: what comes now is another, with an id and words of its own."""
        return self.submission.kind is Kind.FILM and not self.submission.mains

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """A file's row with all that its standing row says besides."""
        own: Mapping[str, Any] = next((item for item in self.data["media"] if item["file"] == row["file"]), {})
        return {**row, **{key: value for key, value in own.items() if key not in row and key != "part"}}

    def under(self, said: Mapping[str, Any], usual: Mapping[str, Any]) -> dict[str, Any]:
        """Its fields: as they are said now, else as they stand, else the usual ones."""
        merged = {**usual, **self.data}
        for key, value in said.items():
            merged[key] = _over(self.data.get(key), value, key)
        return merged


BY_LANGUAGE = ("title", "short_title", "synopsis", "short_synopsis")


def _over(there: Any, said: Any, key: str) -> Any:
    """One field as it is said now; of a field with several values, those that nobody says stay."""
    if key in BY_LANGUAGE and isinstance(there, str) and isinstance(said, dict):
        return {"zh": there, **said}
    if key in BY_LANGUAGE and isinstance(there, dict) and isinstance(said, str):
        return {**there, "zh": said}
    return {**there, **said} if isinstance(there, dict) and isinstance(said, dict) else said


def read(target: Path, left_out: frozenset[str], parts: Mapping[str, str]) -> StandingSubmission | None:
    """The submission that stands at `target`; None where nothing stands there.

    Args:
        left_out: files that are not to be handed in any more.
        parts: the part that a person says a file is of now, or `WHOLE`.

    Raises:
        InputError: what stands there can't be read; it is not written over. A part is said that it has not.
    """
    if not target.is_file():
        return None
    document = yamlio.load(target)
    there = yamlio.validate(Submission, document)
    kept, gone = [], []
    listed = there.course_parts or (CoursePart(id=numbered(1)),)
    known = [part.id for part in listed]
    for item in there.media:
        if item.file in left_out or not (target.parent / item.file).exists():
            gone.append(item.file)
            continue
        own = there.part_of(item) if there.kind is Kind.COURSE else known[0]
        if item.file in parts and (own := lesson_names.meant(parts[item.file], known)) is None:
            raise InputError("files_unplaced", where=str(target.parent), files=item.file, known=", ".join(known))
        kept.append(item.model_copy(update={"part": None if own == WHOLE else own}))
    explicit = there.model_copy(update={"parts": listed, "media": tuple(kept)})
    return StandingSubmission(explicit, document.data, tuple(gone), bool(_COMMENT.search(target.read_text("utf-8"))))
