"""The workspace: the first folder upwards with `showcase.toml` or `.showcase/`, else the current one."""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable, regular
from pipeline.errors import InputError

SETTINGS = "showcase.toml"
HIDDEN = ".showcase"
ADDRESSING = ("path", "virtual")  # where the bucket's name stands in an address


@dataclass(frozen=True)
class Settings:
    """`showcase.toml`; None is «not said»."""

    endpoint: str | None = None
    inbox: str = "inbox"
    delivery: str = "delivery"
    addressing: str | None = None
    prefecture: str | None = None
    user: str | None = None
    set_name: str = "showcase-film"


@dataclass(frozen=True)
class Workspace:
    """A folder that holds work, journal, and the embedded store's data in its `.showcase/`."""

    root: Path
    settings: Settings

    @property
    def exists(self) -> bool:
        return (self.root / HIDDEN).is_dir() or (self.root / SETTINGS).exists()

    @property
    def hidden(self) -> Path:
        return self.root / HIDDEN

    @property
    def work(self) -> Path:
        return self.hidden / "work"

    @property
    def scratch(self) -> Path:
        return self.hidden / "tmp"

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


def user_cache() -> Path:
    """The user's folder for what is the same in every workspace."""
    import platformdirs

    return platformdirs.user_cache_path("showcase")


def find(start: Path) -> Workspace:
    """The workspace that `start` lies in.

    Raises:
        InputError: showcase.toml is wrong.
    """
    start = start.absolute()
    for folder in (start, *start.parents):
        if (folder / SETTINGS).exists() or (folder / HIDDEN).is_dir():
            return Workspace(folder, _settings(folder / SETTINGS))
    return Workspace(start, _settings(start / SETTINGS))


_KEYS = {
    ("store", "endpoint"): "endpoint",
    ("store", "inbox"): "inbox",
    ("store", "addressing"): "addressing",
    ("store", "delivery"): "delivery",
    ("", "prefecture"): "prefecture",
    ("", "set"): "set_name",
    ("", "user"): "user",
}


def _settings(path: Path) -> Settings:
    values: dict[str, str] = {}
    if path.exists():
        try:
            tree = tomllib.loads(regular.read(path).decode("utf-8"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise InputError("settings_syntax", where=str(path), detail=str(error)) from error
        for section, table in (("", tree), *((k, v) for k, v in tree.items() if isinstance(v, dict))):
            for key, value in table.items():
                if isinstance(value, dict) and section == "":
                    continue
                if (section, key) not in _KEYS or not isinstance(value, str):
                    raise InputError("settings_key", where=str(path), field=f"{section}.{key}".strip("."))
                values[_KEYS[section, key]] = value
    for name in ("endpoint", "addressing", "prefecture", "user"):
        if given := os.environ.get(f"SHOWCASE_{name.upper()}"):
            values[name] = given
    if values.get("addressing", "path") not in ADDRESSING:
        raise InputError("settings_addressing", where=str(path), value=values["addressing"])
    return Settings(**values)
