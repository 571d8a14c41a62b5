"""What is accepted as a poster: by the 16:9 of a landscape one, by the 3:4 of a portrait one."""

from __future__ import annotations

import pytest

from pipeline.policy import load
from tests.factories import PROFILES, inspection, reported, video

POLICY = load.policy("poster", PROFILES)


@pytest.mark.parametrize(
    ("width", "height", "rotation", "actual", "wanted"),
    [
        (1280, 720, 0, None, ""),
        (720, 720, 0, "405", "1280×720"),  # a square lies
        (1279, 720, 0, "719", "1280×720"),
        (600, 800, 0, None, ""),
        (800, 600, 90, None, ""),  # as a camera lay
        (600, 1200, 0, None, ""),
        (599, 1200, 0, "798", "600×800"),
        (600, 799, 0, "799", "600×800"),
    ],
)
def test_each_shape_has_a_least_size(width: int, height: int, rotation: int, actual: str | None, wanted: str) -> None:
    still = video(width=width, height=height, display_aspect=round(width / height, 3), rotation=rotation)
    film = inspection()
    media = film.media.model_copy(update={"video": (), "audio": (), "images": (still,)})
    told = reported(film.model_copy(update={"media": media, "measures": None, "format": "png_pipe"}), POLICY).findings
    if actual is None:
        assert told == ()
        return
    (found,) = told
    assert (found.code, found.actual) == ("poster.small", actual)
    assert wanted in found.advice
