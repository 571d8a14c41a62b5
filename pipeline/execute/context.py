"""What every stage needs to know of this machine: workspace, journal, ffmpeg, and who is told how far it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import shipped
from pipeline.exchange.progress import ProgressCallback
from pipeline.execute.journal import Journal
from pipeline.ffmpeg import capability
from pipeline.ffmpeg.run import Progress
from pipeline.model.capability import Capability
from pipeline.workspace import Workspace


@dataclass(frozen=True)
class Context:
    """One command's surroundings."""

    workspace: Workspace
    journal: Journal
    ffmpeg: Path
    capability: Capability
    on_progress: ProgressCallback

    @property
    def profile_folders(self) -> Sequence[Path]:
        """The workspace's own first."""
        return (self.workspace.profiles, shipped.folder("profiles"))

    def progress_of(self, stage: str) -> Callable[[Progress], None]:
        """Progress of one ffmpeg process, told under the stage's name."""
        return lambda progress: self.on_progress(stage, progress.fraction, progress.speed)


def prepare(workspace: Workspace, tell: ProgressCallback = lambda _stage, _fraction, _speed: None) -> Context:
    """Make the workspace's folders and look at ffmpeg.

    Raises:
        EnvironmentFault: the place is not writable, or there is no ffmpeg.
    """
    workspace.make()
    ffmpeg = capability.executable()
    return Context(workspace, Journal(workspace), ffmpeg, capability.look(ffmpeg, workspace.cache), tell)
