"""How a picture track is shown."""

from __future__ import annotations

from fractions import Fraction

import pytest

from pipeline.inspect import decode
from pipeline.media import track_shape
from pipeline.plan import colour
from tests.factories import inspection, video

UNFLAGGED = [
    # width, height, matrix
    (1920, 1080, "bt709"),
    (1080, 1920, "bt709"),
    (1280, 720, "bt709"),
    (720, 1280, "bt709"),
    (1024, 576, "bt601"),
    (576, 1024, "bt601"),
    (720, 576, "bt601"),
    (540, 960, "bt601"),
]


@pytest.mark.parametrize(("width", "height", "matrix"), UNFLAGGED)
@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
@pytest.mark.parametrize("flag", [None, "Identity"])
def test_unflagged_colours_are_the_same_in_inspection_and_plan(
    width: int, height: int, matrix: str, rotation: int, flag: str | None
) -> None:
    track = video(width=width, height=height, display_aspect=width / height, rotation=rotation, matrix=flag)
    analyzers = decode._video_analyzers(inspection(video_tracks=(track,)).media)
    assert analyzers is not None
    assert analyzers.given.matrix == track_shape.matrix_of(track) == matrix
    assert colour.tags(track) == colour.TAGS[matrix]


@pytest.mark.parametrize("flag", track_shape.MATRICES)
def test_a_flag_is_believed_whatever_the_size(flag: str) -> None:
    for width, height in ((1920, 1080), (576, 1024), (720, 576)):
        assert track_shape.matrix_of(video(width=width, height=height, matrix=flag)) == flag


@pytest.mark.parametrize(("rotation", "size", "shape"), [(0, (1920, 1080), "16/9"), (270, (1080, 1920), "9/16")])
def test_a_turned_track_is_measured_as_it_is_shown(rotation: int, size: tuple[int, int], shape: str) -> None:
    track = video(rotation=rotation)
    assert track_shape.upright_size(track) == size
    assert track_shape.snapped_shape(track) == Fraction(shape)
    assert track_shape.upright_lines(track) == 1080


def test_only_a_shape_near_a_usual_one_is_taken_for_it() -> None:
    assert track_shape.snapped_shape(video(display_aspect=1.778)) == Fraction(16, 9)
    assert track_shape.snapped_shape(video(display_aspect=1.85)) == Fraction(37, 20)
    assert track_shape.snapped_shape(video(width=720, height=576, display_aspect=0.0, pixel_aspect=1.067)) == Fraction(
        4, 3
    )
