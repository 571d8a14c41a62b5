"""One thing that a batch is to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError, ShowcaseError
from pipeline.exchange import intake
from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import ProgressCallback
from pipeline.model.reference import SubmissionRef
from pipeline.workspace import Workspace


@dataclass(frozen=True)
class BatchSource:
    """One thing to do; `open` gives the submission, or raises what is wrong with it.

    Args:
        ref: which submission it is, where that is known before it is opened.
        title: what it is called, likewise.
        is_withdrawn: it was delivered and withdrawn: it is named, and not opened.
        fetch: of what lies in the inbox, in place of `open`, telling how far it is.
        length_s: seconds, of what lies in the inbox.
        revision: the inbox's.
    """

    shown: str
    ref: SubmissionRef | None
    open: Callable[[], Intake]
    title: str | None = None
    is_withdrawn: bool = False
    fetch: Callable[[ProgressCallback], Intake] | None = None
    length_s: float | None = None
    revision: int | None = None

    def opened(self, on_progress: ProgressCallback) -> Intake:
        """The submission, fetched first where it lies in the inbox."""
        return self.fetch(on_progress) if self.fetch else self.open()

    @property
    def identity(self) -> str | None:
        """The submission's id, for people."""
        return self.ref.submission_id if self.ref else None

    @property
    def recorded(self) -> str:
        """What records call it: no two sources have the same."""
        return str(self.ref or self.shown)

    @property
    def names(self) -> frozenset[str]:
        """What people may call it: prefecture and id, the id, its title, its path."""
        named = (str(self.ref), self.ref.submission_id) if self.ref else ()
        return frozenset((self.shown, *named, *((self.title,) if self.title else ())))


def of_path(path: Path, workspace: Workspace, where: str | None = None) -> BatchSource:
    """A submission or bare film, or why it can't be read; `where` is the place that names it."""
    try:
        given = intake.read(path, workspace)
    except ShowcaseError as error:
        return wrong(where or str(path), error)
    except (OSError, RuntimeError) as error:  # a name too long, a link that leads to itself
        return wrong(where or str(path), InputError("path_missing", where=str(path), detail=str(error)))
    return BatchSource(shown_of(str(path)), given.ref, lambda: given, given.submission.title_zh)


def wrong(shown: str, error: ShowcaseError, title: str | None = None) -> BatchSource:
    """An item that is known to be wrong: the batch says why and goes on."""

    def raise_it() -> Intake:
        raise error

    return BatchSource(shown_of(shown), None, raise_it, title)


def shown_of(text: str) -> str:
    """A name for people and records: names from other systems may be no UTF-8."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
