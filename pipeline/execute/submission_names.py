"""What submissions are called in a folder."""

from __future__ import annotations

from pathlib import Path

NAME = "submission.yaml"
_NAMES = (NAME, "submission.yml")


def is_submission(name: str) -> bool:
    """Whether a file is called as a submission is: `submission.yaml`, `FILM.submission.yaml`."""
    return name.casefold() in _NAMES or name.casefold().endswith(tuple(f".{end}" for end in _NAMES))


def submission_beside(film: Path) -> Path:
    """Where a film's own submission stands in a folder of many: named after it."""
    return film.with_name(f"{film.stem}.{NAME}")
