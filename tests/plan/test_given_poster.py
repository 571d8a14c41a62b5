"""A poster that was handed in, made by the real ffmpeg: what is transparent is black, as in films."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.inspect import poster
from pipeline.model.profile import Poster
from pipeline.plan import images
from pipeline.plan.spec import Shown
from tests.ffmpeg.test_report import Lavfi

POSTER = Poster(schema_version=1, name="poster", form="poster", width=1280, height=720, quality=2)
RED = "color=red:s=1280x720,format=rgba"
HALVES = ",colorchannelmixer=aa=0,drawbox=w=640:h=720:color=red:t=fill:replace=1"


@pytest.mark.parametrize(("shape", "right"), [("", (76, 255)), (HALVES, (0, 128))])
def test_what_is_transparent_is_black(
    shape: str, right: tuple[int, int], lavfi: Lavfi, ffmpeg: Path, tmp_path: Path
) -> None:
    path = lavfi("-f", "lavfi", "-i", RED + shape, "-frames:v", "1", "-update", "1", suffix=".png")
    runner = Runner(ffmpeg, tmp_path, tmp_path / "ffmpeg.log")
    found = poster.inspect(path, runner)
    source = Source(path, found.format, found.media.model_copy(update={"video": found.media.images}))
    shown = images.given_poster_stream(Shown(source.picture()), found, POSTER)
    written = graph.Written((shown,), "{out.raw}", ("-frames:v", "1", "-f", "rawvideo"))
    argv = graph.argv([source.input()], [written])
    runner.run(Invocation(argv, inputs=source.paths, outputs={"{out.raw}": "poster.raw"}))
    made = (tmp_path / "poster.raw").read_bytes()
    luma, red = made[: 1280 * 720], made[1280 * 720 * 5 // 4 :]
    at = 100 * 1280, 50 * 640
    assert (luma[at[0] + 200], red[at[1] + 100]) == pytest.approx((76, 255), abs=2)
    assert (luma[at[0] + 1000], red[at[1] + 500]) == pytest.approx(right, abs=2)
