"""Profiles and sets by name: the workspace's own win over those that come with the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline import extends, yamlio
from pipeline.errors import InputError
from pipeline.model.profile import Profile, ProfileFile
from pipeline.model.profile_set import ProfileSet
from pipeline.plan import feasible
from pipeline.yamlio import Document, Problem


def profile_document(name: str, folders: Sequence[Path]) -> Document:
    """The profile's file with all that it extends.

    Raises:
        InputError: unknown name, or a wrong file with FILE:LINE:COLUMN.
    """
    return extends.resolve(extends.find(name, folders, kind="profile"), folders, kind="profile")


def set_document(name: str, folders: Sequence[Path]) -> Document:
    """The set's file with all that it extends; `folders` hold profiles, their `sets/` hold sets.

    Raises:
        InputError: unknown name, or a wrong file with FILE:LINE:COLUMN.
    """
    within = [folder / "sets" for folder in folders]
    return extends.resolve(extends.find(name, within, kind="set"), within, kind="set")


def read_profile(source: Document) -> Profile:
    """A document as a profile that can work.

    Raises:
        InputError: it is none, or it asks for what no stream can be, with FILE:LINE:COLUMN.
    """
    profile = yamlio.validate(ProfileFile, source, form="profile").root
    faults = feasible.faults(profile)
    if faults:
        problems = tuple(
            Problem(source.where(fault.location), ".".join(map(str, fault.location)), fault.kind, "", fault.values)
            for fault in faults
        )
        raise InputError("profile_impossible", where=problems[0].where, name=profile.name, problems=problems)
    return profile


def profile(name: str, folders: Sequence[Path]) -> Profile:
    """The profile of this name.

    Raises:
        InputError: unknown, or a wrong file with FILE:LINE:COLUMN.
    """
    return read_profile(profile_document(name, folders))


def read_set(source: Document, folders: Sequence[Path]) -> tuple[ProfileSet, tuple[Profile, ...]]:
    """A document as a set, with its profiles in its order.

    Raises:
        InputError: it is none, or one of its profiles is not there or wrong, or its policy is not there.
    """
    chosen = yamlio.validate(ProfileSet, source, form="set")
    known = extends.names(folders)
    for index, item in enumerate(chosen.profiles):
        if item.name not in known:
            where = source.where(("profiles", index, "name"))
            raise InputError("no_such_name", where=where, kind="profile", name=item.name, known=", ".join(known))
    policies = extends.names([folder / "policies" for folder in folders])
    if chosen.policy not in policies:
        where = source.where(("policy",))
        raise InputError("no_such_name", where=where, kind="policy", name=chosen.policy, known=", ".join(policies))
    return chosen, tuple(profile(item.name, folders) for item in chosen.profiles)


def profile_set(name: str, folders: Sequence[Path]) -> tuple[ProfileSet, tuple[Profile, ...]]:
    """A set and its profiles, in its order.

    Raises:
        InputError: a name is unknown or a file is wrong, with FILE:LINE:COLUMN.
    """
    return read_set(set_document(name, folders), folders)
