"""Presets of stores by name: the workspace's own win over those that come with the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline import extends, shipped, yamlio
from pipeline.model.storage_preset import GENERIC, StoragePreset
from pipeline.settings import Settings
from pipeline.yamlio import Document

FOLDER = "storage"


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
    found = preset(said.preset, (profiles, shipped.folder("profiles"))) if said.preset else GENERIC
    return found.model_copy(update={"addressing": said.addressing}) if said.addressing else found
