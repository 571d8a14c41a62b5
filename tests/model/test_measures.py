"""Measures of picture and of sound are two models, and one flat object in JSON."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from pipeline.model.finding import Report
from pipeline.model.inspection import AudioMeasures, Inspection, Measures, VideoMeasures
from tests.factories import inspection

BLACK = {"start_s": 3.0, "end_s": 5.0, "value": None, "channel": None}


def test_json_has_the_measures_of_picture_and_sound_side_by_side() -> None:
    film = inspection(black=(BLACK,), silence=(BLACK,), decode_errors=2)
    written = json.loads(film.to_file())["measures"]
    everything = {**VideoMeasures.model_fields, **AudioMeasures.model_fields}
    at_default = {name for name, field in everything.items() if field.exclude_if}  # newer than records that stand
    assert set(written) == {*everything, "decode_errors"} - at_default
    assert (written["black"], written["silence"], written["decode_errors"]) == ([BLACK], [BLACK], 2)
    assert Inspection.model_validate_json(film.to_file()) == film


def test_a_record_of_an_older_version_is_read() -> None:
    """An inspection.json in an inbox: flat, with no more measures than its version had."""
    row = {"schema_version": 1, "file": "film.mov", "sha256": None, "verdict": "accept", "policy": "showcase-film"}
    told = {"timeline": None, "black": [BLACK], "silence": [], "loudness_lkfs": -24.1, "decode_errors": 0}
    measures = Report.model_validate_json(json.dumps({**row, "measures": told})).measures
    assert measures is not None
    assert measures.video.black[0].end_s == 5.0
    assert measures.audio.loudness_lkfs == -24.1
    assert Report.model_validate_json(json.dumps({**row, "measures": {}})).measures == Measures()


@pytest.mark.parametrize("wrong", [{"blak": []}, {"black": [{"start_s": "3", "end_s": 5}]}, {"dual_mono": 1}])
def test_what_is_no_measure_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Measures.model_validate_json(json.dumps(wrong))


def test_the_schema_is_that_of_the_json() -> None:
    properties = Measures.model_json_schema()["properties"]
    assert set(properties) == {*VideoMeasures.model_fields, *AudioMeasures.model_fields, "decode_errors"}


def test_the_sound_of_another_file_takes_the_place_of_the_films_own() -> None:
    film, dub = inspection(black=(BLACK,)).measures, inspection(silence=(BLACK,)).measures
    assert film is not None
    assert dub is not None
    both = film.model_copy(update={"audio": dub.audio})
    assert (both.video.black, both.audio.silence) == (film.video.black, dub.audio.silence)
