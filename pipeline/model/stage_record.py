"""A finished stage as machines share it."""

from __future__ import annotations

from pipeline.model.base import Noun
from pipeline.model.rendition import StoredFile
from pipeline.model.stage import Stage


class StageRecord(Noun):
    """The marker of a finished stage that machines share: how it was made, and its files."""

    stage: Stage
    files: tuple[StoredFile, ...]
