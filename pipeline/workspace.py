"""The workspace: the first folder upwards with `showcase.toml` or `.showcase/`, else the current one."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable, settings
from pipeline.remembered import user_cache
from pipeline.settings import Settings

SETTINGS = settings.NAME
HIDDEN = ".showcase"


@dataclass(frozen=True)
class Workspace:
    """A folder that holds work, journal, and the embedded store's data in its `.showcase/`.

    Args:
        part: the folder below `.showcase/` where what is made lies apart from that of others, who may need it longer.
    """

    root: Path
    settings: Settings
    part: str = ""

    @property
    def exists(self) -> bool:
        return (self.root / HIDDEN).is_dir() or (self.root / SETTINGS).exists()

    @property
    def hidden(self) -> Path:
        return self.root / HIDDEN

    @property
    def work(self) -> Path:
        return self.hidden / self.part / "work"

    @property
    def scratch(self) -> Path:
        return self.hidden / self.part / "tmp"

    @property
    def logs(self) -> Path:
        return self.hidden / "logs"

    @property
    def journal(self) -> Path:
        return self.hidden / "journal.jsonl"

    @property
    def store(self) -> Path:
        return self.hidden / "store"

    @property
    def cache(self) -> Path:
        return self.hidden / "cache"

    @property
    def locks(self) -> Path:
        return self.hidden / "locks"

    @property
    def sources(self) -> Path:
        """Copies of films of the store that this machine works on, by their digests."""
        return self.hidden / "sources"

    @property
    def in_flight(self) -> Path:
        """What films that are worked on have claimed."""
        return self.hidden / "in-flight"

    @property
    def profiles(self) -> Path:
        return self.root / "profiles"

    def or_user_cache(self) -> Workspace:
        """This one; where there is none the user's cache folder, so that looking makes no workspace."""
        if self.exists:
            return self
        return Workspace(user_cache(), self.settings)

    def make(self) -> Workspace:
        """Make its folders.

        Raises:
            EnvironmentFault: the place is not writable.
        """
        for folder in (self.work, self.scratch, self.logs, self.cache, self.locks):
            durable.make_folder(folder)
        return self


def here() -> Workspace:
    """That of `SHOWCASE_WORKSPACE`, else the one that the current folder lies in; raises as `find`."""
    given = os.environ.get("SHOWCASE_WORKSPACE")
    return find(Path(given) if given else Path.cwd())


def find(start: Path) -> Workspace:
    """The workspace that `start` lies in.

    Raises:
        InputError: its `showcase.toml`, or the user's, is wrong.
    """
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / SETTINGS).exists() or (folder / HIDDEN).is_dir():
            return Workspace(folder, settings.read(folder / SETTINGS))
    return Workspace(start, settings.read(start / SETTINGS))
