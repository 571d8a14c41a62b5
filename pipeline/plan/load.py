"""Profiles and sets by name: the workspace's own win over those that come with the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline import yamlio
from pipeline.errors import InputError
from pipeline.model.profile import Profile, ProfileFile, ProfileSet


def find(name: str, folders: Sequence[Path], *, kind: str) -> Path:
    """The file of this name in the first folder that has it.

    Raises:
        InputError: nobody has it.
    """
    for folder in folders:
        if (folder / f"{name}.yaml").is_file():
            return folder / f"{name}.yaml"
    known = sorted({path.stem for folder in folders if folder.is_dir() for path in folder.glob("*.yaml")})
    raise InputError("no_such_name", kind=kind, name=name, known=", ".join(known))


def profile_set(name: str, folders: Sequence[Path]) -> tuple[ProfileSet, tuple[Profile, ...]]:
    """A set and its profiles, in its order; `folders` hold profiles, their `sets/` hold sets.

    Raises:
        InputError: a name is unknown or a file is wrong, with FILE:LINE:COLUMN.
    """
    path = find(name, [folder / "sets" for folder in folders], kind="set")
    chosen = yamlio.load_as(ProfileSet, path)
    profiles = tuple(
        yamlio.load_as(ProfileFile, find(item.profile, folders, kind="profile")).root for item in chosen.profiles
    )
    return chosen, profiles
