"""What films in flight take of a worker's disk: written down before it is made, gone with the film.

Each film's claim is a file under a lease that the kernel drops with its process. What a killed one left is known by its
claim and goes at the next `sweep`; what a living one names stays, and so does what nobody has claimed: stages that a
command of this workspace made for itself.
"""

from __future__ import annotations

import re
import secrets
import shutil
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable
from pipeline.children import refuse_when_stopped
from pipeline.execute.stages import short_name
from pipeline.locks import locked
from pipeline.model.stage import Stage
from pipeline.process import Lease
from pipeline.workspace import Workspace

PART = "worker"  # where a worker's stages lie: a command of this workspace may need the same ones for longer
_FILM = "film"
_CLAIM = ".claim"
# of a line: a torn one must never name a folder that holds others'
_ENTRY = re.compile(rf"sources/[0-9a-f]{{64}}|(?:{PART}/)?(?:work/[a-z_-]+/[0-9a-f]{{64}}|tmp/[a-z_-]+-[0-9a-f]{{24}})")


@dataclass(frozen=True)
class FilmInFlight:
    """What one film has claimed; safe in several threads."""

    workspace: Workspace
    claim: Path

    def source(self, sha256: str) -> Path:
        """Where the film's copy is to lie, which goes with it.

        Raises:
            EnvironmentFault: no space, or the place is not writable.
        """
        return self.folder(sha256) / _FILM

    def folder(self, digest: str) -> Path:
        """A folder beside those of copies, by a digest of what it is for, which goes with the film.

        Raises:
            EnvironmentFault: no space, or the place is not writable.
        """
        folder = self.workspace.sources / digest
        with _alone(self.workspace):
            durable.append_line(self.claim, _entry(self.workspace, folder).encode())
        return durable.make_folder(folder)

    def take(self, stage: Stage) -> None:
        """Have a stage's output go with the film, unless it was here before and is nobody's: to be said before it is
        looked for (`StageStore.on_stage`)."""
        folder = self.workspace.work / stage.name / stage.key
        with _alone(self.workspace):
            is_anybodys = any(_entry(self.workspace, folder) in _entries(path) for path in _claims(self.workspace))
            if folder.exists() and not is_anybodys:
                return
            for taken in (folder, self.workspace.scratch / short_name(stage)):
                durable.append_line(self.claim, _entry(self.workspace, taken).encode())


@contextmanager
def in_flight(workspace: Workspace) -> Iterator[FilmInFlight]:
    """Work on a film, however that ends: what it claimed goes, but for what another film here has claimed too.

    Raises:
        EnvironmentFault: the place is not writable.
    """
    claim = durable.make_folder(workspace.in_flight) / f"{secrets.token_hex(8)}{_CLAIM}"
    with _alone(workspace):  # a claim without its lease would look like a dead one's
        lease = Lease(claim)
        lease.share()
    try:
        yield FilmInFlight(workspace, claim)
    finally:
        try:
            with _alone(workspace, lambda: None):  # also where the work was ended
                others = _entries(*(path for path in _claims(workspace) if path != claim))
                _remove(workspace, _entries(claim) - others)
                claim.unlink(missing_ok=True)
        finally:
            lease.close()


def sweep(workspace: Workspace, keep: Collection[str] = ()) -> tuple[str, ...]:
    """Remove what killed workers left; gives it, by its names below `.showcase/`.

    Args:
        keep: digests of sources and keys of stages that are wanted next: they wait for who claims them.

    Raises:
        EnvironmentFault: the place is not writable.
    """
    if not workspace.in_flight.is_dir():
        return ()
    with _alone(workspace):
        dead = [path for path in _claims(workspace) if not _lives(path)]
        living = _entries(*(path for path in _claims(workspace) if path not in dead))
        gone: set[str] = set()
        for path in dead:
            entries = _entries(path)
            kept = {entry for entry in entries if entry.rpartition("/")[2] in keep}
            gone |= entries - kept - living
            if left := kept - living:
                durable.write(path, "".join(f"{entry}\n" for entry in sorted(left)).encode())
            else:
                path.unlink()
        return _remove(workspace, gone)


def claimed(workspace: Workspace) -> frozenset[Path]:
    """The folders that films in flight have claimed, living and killed ones: those go by `sweep`."""
    if not workspace.in_flight.is_dir():
        return frozenset()
    return frozenset(workspace.hidden / entry for entry in _entries(*_claims(workspace)))


def _alone(workspace: Workspace, waiting: Callable[[], None] = refuse_when_stopped) -> AbstractContextManager[None]:
    """Claims change one at a time: what is swept is claimed by nobody meanwhile."""
    return locked(durable.make_folder(workspace.locks) / "in-flight.lock", waiting)


def _claims(workspace: Workspace) -> list[Path]:
    return sorted(workspace.in_flight.glob(f"*{_CLAIM}"))


def _lives(claim: Path) -> bool:
    """Whether its process holds it."""
    lease = Lease(claim)
    try:
        return not lease.try_alone()
    finally:
        lease.close()


def _entries(*claims: Path) -> set[str]:
    """What claims name."""
    lines = (line for claim in claims for line in claim.read_text(encoding="ascii", errors="replace").splitlines())
    return {line for line in lines if _ENTRY.fullmatch(line)}


def _entry(workspace: Workspace, folder: Path) -> str:
    return folder.relative_to(workspace.hidden).as_posix()


def _remove(workspace: Workspace, entries: Iterable[str]) -> tuple[str, ...]:
    """The folders of entries; gives those that were there."""
    there = tuple(entry for entry in sorted(entries) if (workspace.hidden / entry).exists())
    for entry in there:
        with durable.space_is_an_environment_fault(workspace.hidden / entry):
            shutil.rmtree(workspace.hidden / entry)
    return there
