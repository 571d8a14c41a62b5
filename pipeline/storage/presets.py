"""Presets of stores by name: the workspace's own win over those that come with the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from pipeline import extends, shipped, yamlio
from pipeline.errors import InputError
from pipeline.model.storage_preset import GENERIC, CreateOnly, StoragePreset
from pipeline.settings import Settings
from pipeline.storage.s3.dialect import Encryption
from pipeline.yamlio import Document

FOLDER = "storage"
LEASE = "lease"  # the preset of stores without conditions


def preset(name: str, folders: Sequence[Path]) -> StoragePreset:
    """The preset of this name; `folders` hold profiles, their `storage/` hold presets.

    Raises:
        InputError: unknown name, or a wrong file with FILE:LINE:COLUMN.
    """
    within = [folder / FOLDER for folder in folders]
    return read(extends.resolve(extends.find(name, within, kind=FOLDER), within, kind=FOLDER))


def read(source: Document) -> StoragePreset:
    """A document as a preset.

    Raises:
        InputError: it is none, with FILE:LINE:COLUMN.
    """
    return yamlio.validate(StoragePreset, source, form=FOLDER)


def of_settings(said: Settings, profiles: Path) -> StoragePreset:
    """The one that the settings name, with what they say besides; raises as `preset`.

    Args:
        profiles: the workspace's own profiles.
    """
    found = GENERIC
    if said.preset:
        try:
            found = preset(said.preset, (profiles, shipped.folder("profiles")))
        except InputError as error:
            error.where = error.where or said.origins.get("preset")
            raise
    over: dict[str, object] = {"addressing": said.addressing} if said.addressing else {}
    if said.create_only and said.create_only != found.create_only.by:
        over["create_only"] = CreateOnly(by=said.create_only)  # type: ignore[arg-type]  # one of settings.CREATE_ONLY
    return found.model_copy(update=over)


def encryption_of(said: Settings) -> Encryption | None:
    """How the store is asked to keep objects."""
    return Encryption(said.sse, said.sse_key) if said.sse else None


def likely(endpoint: str) -> str | None:
    """The preset of the program's whose addresses end as this one does; None where none is known by that."""
    host = urlsplit(endpoint).hostname or ""
    folders = [shipped.folder("profiles")]
    for name in extends.names([folder / FOLDER for folder in folders]):
        form = preset(name, folders).endpoint or ""
        tail = form.rpartition(">")[2]
        if "." in tail.lstrip(".") and host.endswith(tail):
            return name
    return None


def advised(preset_now: StoragePreset, endpoint: str) -> str:
    """The line of settings with which a store can be used that lacks what its preset takes for granted.

    Of a store that nobody described: who knows no condition on puts mostly checks no digest of AWS's either.
    """
    name = likely(endpoint)
    if name and name != preset_now.name:
        return f'preset = "{name}"'
    is_lease = preset_now.create_only.by == "lease"  # said already, and not enough
    return f'preset = "{LEASE}"' if preset_now.name == GENERIC.name or is_lease else 'create_only = "lease"'
