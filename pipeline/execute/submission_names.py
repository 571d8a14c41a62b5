"""What submissions are called: in a folder, and by their ids."""

from __future__ import annotations

from pathlib import Path

from pipeline.exchange.spoken_id import id_of_title
from pipeline.model.submission import Submission

NAME = "submission.yaml"
_NAMES = (NAME, "submission.yml")


def is_submission(name: str) -> bool:
    """Whether a file is called as a submission is: `submission.yaml`, `FILM.submission.yaml`."""
    return name.casefold() in _NAMES or name.casefold().endswith(tuple(f".{end}" for end in _NAMES))


def submission_beside(film: Path) -> Path:
    """Where a film's own submission stands in a folder of many: named after it."""
    return film.with_name(f"{film.stem}.{NAME}")


def id_of(submission: Submission) -> str:
    """The id that a submission gets where it is written, by `init` or as a table's row: its own, or one to be said."""
    return submission.id or id_of_title(submission.prefecture, submission.title_zh, submission.kind)
