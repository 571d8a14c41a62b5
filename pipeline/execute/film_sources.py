"""A film of a batch as any machine can work on it: described, and its files where all of them can read."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from pipeline.exchange import approved
from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import REUSE, UPLOAD, ByteProgress, ProgressCallback
from pipeline.execute.batch_source import BatchSource
from pipeline.execute.context import Context
from pipeline.execute.film_tasks import FilmDescription, FilmFile
from pipeline.model.submission import Submission
from pipeline.storage import sources
from pipeline.storage.buckets import Buckets


@dataclass(frozen=True)
class SharedFilms:
    """Describes films; those of this machine are brought to the store once, those of the inbox are read where they are.

    Args:
        same_film, accepted_because, threads: as `FilmDescription` has them.
    """

    context: Context
    buckets: Buckets
    same_film: bool = False
    accepted_because: str | None = None
    threads: str | None = None

    def described(self, source: BatchSource, on_progress: ProgressCallback) -> FilmDescription:
        """What a source is.

        Raises:
            InputError: it is wrong, or not approved. IntegrityError, TransferError: the store or the line fails.
        """
        if source.fetch is None or source.ref is None:
            return self._of_this_machine(source.opened(on_progress), on_progress)
        found = approved.revision_of(self.buckets, str(source.ref), source.ref.typed)
        number = found.revision.number
        with tempfile.TemporaryDirectory(dir=self.context.workspace.scratch, prefix="submission-") as folder:
            submission = approved.submission_of(found, Path(folder))
        files = tuple(
            FilmFile(file=item.file, place=sources.in_inbox(found.ref, number, item)) for item in found.marker.files
        )
        return self._description(source.ref.typed, submission, files, number)

    def _of_this_machine(self, given: Intake, on_progress: ProgressCallback) -> FilmDescription:
        paths = dict(given.files)
        context = replace(self.context, on_progress=on_progress)
        hashed = {name: context.hashed(path) for name, path in paths.items()}
        counted = ByteProgress(on_progress, sum(path.stat().st_size for path in paths.values()))
        files = tuple(
            FilmFile(
                file=name,
                place=sources.put(self.buckets, path, hashed[name], counted.of(UPLOAD), on_same=counted.same(REUSE)),
            )
            for name, path in paths.items()
        )
        counted.ended()
        described = self._description(given.shown, given.submission, files, given.revision)
        return described.model_copy(update={"is_bare": given.is_bare})

    @cached_property
    def _own_rules(self) -> dict[str, str]:
        """The same for every film of a batch."""
        folder = self.context.workspace.profiles
        return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in sorted(folder.rglob("*.yaml"))}

    def _description(
        self, shown: str, submission: Submission, files: tuple[FilmFile, ...], revision: int | None
    ) -> FilmDescription:
        return FilmDescription(
            shown=shown,
            submission=submission,
            files=files,
            revision=revision,
            set_name=self.context.workspace.settings.set_name,
            own_rules=self._own_rules,
            same_film=self.same_film,
            accepted_because=self.accepted_because,
            threads=self.threads,
            dialect=self.context.workspace.settings.c2_dialect,
            propagation=self.context.propagation,
        )
