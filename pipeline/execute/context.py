"""What every stage needs to know of this machine: workspace, journal, ffmpeg, and who is told how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import shipped
from pipeline.errors import InputError
from pipeline.exchange.progress import ProgressCallback, byte_progress
from pipeline.execute import digest
from pipeline.execute.journal import Journal
from pipeline.execute.stages import StageDirs, StageStore
from pipeline.ffmpeg import capability
from pipeline.model.capability import Capability
from pipeline.model.generated import Propagation
from pipeline.model.stage import Stage
from pipeline.remembered import user_cache
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.ffmpeg.invocation import Progress
    from pipeline.ffmpeg.runner import Runner


class SourceFiles:
    """Where on this machine the files lie that work is described by: by their SHA-256."""

    def __init__(self) -> None:
        self._paths: dict[str, list[Path]] = {}

    def add(self, sha256: str, path: Path) -> None:
        """A file that was hashed; several may have the same bytes."""
        paths = self._paths.setdefault(sha256, [])
        if path not in paths:
            paths.append(path)

    def known(self) -> list[tuple[str, Path]]:
        """Every digest and where its file lies."""
        return [(sha256, self.path(sha256)) for sha256 in self._paths]

    def path(self, sha256: str) -> Path:
        """Where it lies: of several the first that is still there.

        Raises:
            InputError: no file of this digest is known here.
        """
        if sha256 not in self._paths:
            raise InputError("source_missing", where=sha256)
        paths = self._paths[sha256]
        return next((path for path in paths if path.exists()), paths[0])


@dataclass(frozen=True)
class Context:
    """One command's surroundings.

    Args:
        on_stage: is told of each stage whose output is wanted, before it is looked for.
        own_rules: the folder of profiles that win over those that come with the program, else the workspace's.
        passed_on_by: who passes labels of generated content on, else whom the workspace's settings name.
    """

    workspace: Workspace
    journal: Journal
    ffmpeg: Path
    capability: Capability
    on_progress: ProgressCallback
    sources: SourceFiles = field(default_factory=SourceFiles)
    on_stage: Callable[[Stage], None] = lambda _: None
    own_rules: Path | None = None
    passed_on_by: Propagation | None = None

    @property
    def propagation(self) -> Propagation | None:
        """Who is put into labels of generated content; None is nobody."""
        said = self.workspace.settings
        by = self.passed_on_by or Propagation(propagator=said.propagator, propagate_id=said.propagate_id)
        return by if by != Propagation() else None

    @property
    def profile_folders(self) -> Sequence[Path]:
        """The workspace's own first."""
        return (self.own_rules or self.workspace.profiles, shipped.folder("profiles"))

    @property
    def stages(self) -> StageStore:
        """The outputs that are kept here."""
        return StageStore(self.workspace, self.journal, self.on_stage)

    def progress_of(self, stage: str) -> Callable[[Progress], None]:
        """Progress of one ffmpeg process, told under the stage's name."""
        return lambda progress: self.on_progress(stage, progress.fraction, progress.speed)

    def runner(self, dirs: StageDirs) -> Runner:
        """ffmpeg in a stage's scratch folder, with the stage's log."""
        from pipeline.ffmpeg.invocation import Sandbox
        from pipeline.ffmpeg.runner import Runner

        return Runner(self.ffmpeg, dirs.scratch, dirs.log, Sandbox(stall_s=self.workspace.settings.stall_s))

    def hashed(self, path: Path) -> str:
        """SHA-256 (hex) of a file, which work may name it by from now on.

        Raises:
            InputError: it is not there, can't be read, or changed while it was read.
        """
        size = path.stat().st_size if path.exists() else 0
        sha256 = digest.cached_sha256(path, self.workspace.cache, byte_progress(self.on_progress, "digest", size))
        self.sources.add(sha256, path)
        return sha256

    def confirm(self, sha256: str) -> None:
        """The file is still the one that was hashed; costs nothing while it was not touched.

        Raises:
            InputError: it was replaced or changed.
        """
        digest.confirm(self.sources.path(sha256), self.workspace.cache, sha256)


def prepare(workspace: Workspace, on_progress: ProgressCallback = lambda _stage, _fraction, _speed: None) -> Context:
    """Make the workspace's folders and look at ffmpeg.

    Raises:
        EnvironmentFault: the place is not writable, or there is no ffmpeg.
    """
    workspace.make()
    ffmpeg = capability.executable()
    return Context(workspace, Journal(workspace), ffmpeg, capability.look(ffmpeg, user_cache()), on_progress)
