"""Films that a submission beside them names: sent bare, each would be another submission, without all that it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline import yamlio
from pipeline.errors import InputError
from pipeline.exchange import intake
from pipeline.execute import folders, tabled_films
from pipeline.execute.folders import real
from pipeline.execute.submission_names import submission_beside


@dataclass(frozen=True)
class DescribedFilms:
    """What submissions name, each film by where it really lies, with the first submission that names it."""

    by_film: Mapping[Path, Path] = field(default_factory=dict)

    def fault(self, film: Path) -> InputError | None:
        """Why a bare film is not to be taken: a submission here names it."""
        found = self.by_film.get(real(film))
        return _fault(found, film) if found else None


def read(paths: Sequence[Path]) -> DescribedFilms:
    """The films that files name, whether the rest of a submission is in order or not."""
    found: dict[Path, Path] = {}
    for path in paths:
        for name in _named(path) or ():
            found.setdefault(real(path.parent / name), path)
    return DescribedFilms(found)


def may_be_one(path: Path) -> bool:
    """Whether a file may be a submission or a list of them: it names files, or can't be read."""
    try:
        data = yamlio.load(path).data
    except (InputError, OSError):
        return True
    return isinstance(data, list) or bool(_named(path))


def fault_beside(film: Path) -> InputError | None:
    """Why a bare film is not to be sent: a submission or a table beside it, or beside its folder, tells of it."""
    if film.suffix.lower() in intake.YAML:
        return None
    beside = _in_folder(film.parent)
    if named := read([*beside, *above(film.parent)]).fault(film):
        return named
    own = submission_beside(film).stem.casefold()
    if unreadable := next((path for path in beside if path.stem.casefold() == own and _named(path) is None), None):
        return _fault(unreadable, film)
    return tabled_films.fault_beside(film)


def above(folder: Path) -> list[Path]:
    """What may be submissions beside a folder."""
    return _in_folder(folders.above(folder))


def _in_folder(folder: Path) -> list[Path]:
    return folders.files_in(folder, lambda path: path.suffix.lower() in intake.YAML and not path.name.startswith("."))


def _fault(path: Path, film: Path) -> InputError:
    return InputError("film_in_submission", where=str(path), file=film.name, submission=str(path))


def _named(path: Path) -> list[str] | None:
    """The files that stand in a submission; None of what can't be read."""
    try:
        data = yamlio.load(path).data
    except (InputError, OSError):
        return None
    media = data.get("media") if isinstance(data, dict) else None
    files = [item.get("file") for item in media if isinstance(item, dict)] if isinstance(media, list) else []
    return [file for file in files if isinstance(file, str) and "\0" not in file]
