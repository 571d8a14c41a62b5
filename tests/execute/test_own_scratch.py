"""Folders of runs, and what killed runs left of theirs."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from pipeline import settings
from pipeline.execute.own_scratch import own_scratch
from pipeline.workspace import Workspace

KILLED = """
import sys, time
from pathlib import Path
from pipeline.execute.own_scratch import own_scratch
from pipeline.settings import Settings
from pipeline.workspace import Workspace

with own_scratch(Workspace(Path(sys.argv[1]), Settings()), "submit") as folder:
    (folder / "proxy.mp4").write_bytes(bytes(1000))
    print(folder.name, flush=True)
    time.sleep(60)
"""


def test_what_a_killed_run_left_goes_with_the_next_and_a_living_ones_stays(tmp_path: Path) -> None:
    place = Workspace(tmp_path, settings.read(tmp_path / "showcase.toml")).make()
    of_old = place.scratch / "submit-abcd1234"  # before folders were held
    of_old.mkdir()
    others = place.scratch / "timing-abcd1234"
    others.mkdir()
    run = subprocess.Popen([sys.executable, "-c", KILLED, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert run.stdout
    with run:
        left = place.scratch / run.stdout.readline().strip()
        try:
            assert not of_old.exists()
            with own_scratch(place, "submit") as own:
                assert (left / "proxy.mp4").exists()
                assert list(own.iterdir()) == []
                with own_scratch(place, "submit") as another:  # of a batch, in one process
                    assert own.exists()
                    assert another != own
        finally:
            run.send_signal(signal.SIGKILL)
    assert (left / "proxy.mp4").exists()
    with own_scratch(place, "submit") as own:
        assert not left.exists()
    assert list(place.scratch.iterdir()) == [others]
    assert [path.name for path in place.locks.iterdir()] == []
