"""A poster that was handed in: whole ones pass, one whose rest the decoder would paint over does not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.errors import Refused
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import poster
from tests.ffmpeg.test_report import Lavfi
from tests.tiers import kept

Still = Callable[[str, bytes], str | None]
CARD = ("-f", "lavfi", "-i", "testsrc2=s=640x360", "-frames:v", "1", "-update", "1")
BEHIND = b"\0" * 5000  # what a copy left behind it


@pytest.fixture
def refused(ffmpeg: Path, tmp_path: Path) -> Still:
    def looked_at(name: str, content: bytes) -> str | None:
        path = tmp_path / name
        path.write_bytes(content)
        try:
            poster.inspect(path, Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log"))
        except Refused as error:
            return error.code
        return None

    return looked_at


@pytest.mark.parametrize("form", [("yuvj420p", ".jpg"), ("yuvj444p", ".jpg"), ("gray", ".jpg"), ("rgb24", ".png")])
def test_a_whole_poster_passes(form: tuple[str, str], lavfi: Lavfi, refused: Still) -> None:
    content = lavfi(*CARD, "-pix_fmt", form[0], suffix=form[1]).read_bytes()
    assert refused(f"a{form[1]}", content) is None
    assert refused(f"a{form[1]}", content + BEHIND) is None
    assert refused(f"a{form[1]}", content + content[: len(content) // 2]) is None  # a preview, itself cut off


@pytest.mark.parametrize("share", kept([0.3, 0.5, 0.9, 0.98], 0.3, 0.98))
def test_a_poster_that_was_cut_off_is_damaged(share: float, lavfi: Lavfi, refused: Still) -> None:
    content = lavfi(*CARD, "-pix_fmt", "yuvj420p", suffix=".jpg").read_bytes()
    assert refused("a.jpg", content[: int(len(content) * share)]) == "poster.damaged"


def test_a_poster_of_which_nothing_shows_can_not_be_opened(lavfi: Lavfi, refused: Still) -> None:
    content = lavfi(*CARD, suffix=".png").read_bytes()
    assert refused("a.png", content[: len(content) // 2]) == "poster.unreadable"


def test_a_poster_that_is_too_large_is_called_so(lavfi: Lavfi, refused: Still) -> None:
    huge = lavfi(
        "-f",
        "lavfi",
        "-i",
        "color=s=9000x5000",
        "-frames:v",
        "1",
        "-update",
        "1",
        "-pix_fmt",
        "yuvj420p",
        suffix=".jpg",
    )
    assert refused("a.jpg", huge.read_bytes()) == "poster.too_large"
