"""A store that serves one machine is refused, in words, for others."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import catalogue
from pipeline.errors import EnvironmentFault
from pipeline.settings import Settings
from pipeline.storage import connect
from pipeline.workspace import Workspace

OWN = (None, "http://127.0.0.1:20000", "http://u:secret@localhost:9000", "https://[::1]:1", "http://0.0.0.0:9000")


@pytest.mark.parametrize("endpoint", OWN)
def test_a_store_of_one_machine_is_refused_for_others(endpoint: str | None, tmp_path: Path) -> None:
    place = Workspace(tmp_path, Settings(endpoint=endpoint))
    connect.refuse_for_others(place, [])
    with pytest.raises(EnvironmentFault, match="store_of_one_machine") as caught:
        connect.refuse_for_others(place, ["encoder-2", "encoder-3"])
    for language in catalogue.LANGUAGES:
        shown = "\n".join(catalogue.error_lines(language, caught.value))
        assert "encoder-2, encoder-3" in shown
        assert "secret" not in shown


@pytest.mark.parametrize("endpoint", ["https://store.example.org", "http://10.0.0.5:8333", "http://localhost.example"])
def test_a_store_that_others_reach_is_for_everybody(endpoint: str, tmp_path: Path) -> None:
    connect.refuse_for_others(Workspace(tmp_path, Settings(endpoint=endpoint)), ["encoder-2"])
