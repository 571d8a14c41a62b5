"""Films through the whole inspection."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film
from pipeline.model.inspection import Inspection
from pipeline.model.inspection_request import AudioTarget, InspectionRequest

Inspect = Callable[[Path], Inspection]


@pytest.fixture
def inspect(ffmpeg: Path, tmp_path: Path) -> Inspect:
    def make(path: Path) -> Inspection:
        options = InspectionRequest(targets=(AudioTarget(loudness_lkfs=-24.0, true_peak_dbtp=-2.0),))
        return film.inspect(path, options, Runner(ffmpeg, tmp_path, tmp_path / "log"), sha256="0")

    return make
