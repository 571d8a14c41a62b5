from __future__ import annotations

import json
import unicodedata

import pytest
from pydantic import ValidationError

from pipeline.model.rendition import StoredFile
from pipeline.model.submission import Submission, bare

BASE = {"schema_version": 1, "title": "村医", "media": [{"file": "f.mov", "role": "main"}]}


def make(**values: object) -> Submission:
    return Submission.model_validate_json(json.dumps({**BASE, **values}))


def test_an_id_is_made_from_prefecture_kind_and_title() -> None:
    # a pinned value: ids must never change between versions, or known films would come as new ones
    assert make(prefecture="653200").identity() == "653200-470531388f"
    assert make(id="my-film").identity() == "my-film"
    assert len(make(prefecture="653200").identity()) <= 24


def test_the_id_does_not_depend_on_how_accents_are_composed() -> None:
    assert make(title="Café").identity() == make(title=unicodedata.normalize("NFD", "Café")).identity()
    assert make(title="a").identity() != make(title="b").identity()


@pytest.mark.parametrize("title", ["", " ", "a\nb", "a\x1b[31m", "\u2028"])
def test_a_title_is_one_line_without_control_characters(title: str) -> None:
    with pytest.raises(ValidationError):
        make(title=title)


def test_exactly_one_main_file() -> None:
    with pytest.raises(ValidationError, match="exactly one"):
        make(media=[{"file": "a.mov", "role": "main"}, {"file": "b.mov", "role": "main"}])
    with pytest.raises(ValidationError, match="twice"):
        make(media=[{"file": "a.mov", "role": "main"}, {"file": "a.mov", "role": "audio"}])


def test_a_bare_film_with_an_odd_name_still_has_a_title() -> None:
    assert bare("a.mp4", "\x1b[31m红\udcff").title_zh == "_[31m红_"
    assert bare(".mp4", "").title_zh == "film"


def test_the_spaces_and_joiners_of_titles_are_kept() -> None:
    for stem in ("七一\u3000展播", "a\u00a0b", "نەۋ\u200cرۇز"):
        assert bare(f"{stem}.mp4", stem).title_zh == stem


@pytest.mark.parametrize("synopsis", ["a\x01b", "a\ufffeb"])
def test_text_that_metadata_can_not_hold_is_refused_at_once(synopsis: str) -> None:
    with pytest.raises(ValidationError, match="control characters"):
        make(synopsis=synopsis)
    assert make(synopsis="two\nlines").synopsis == "two\nlines"


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "a\\b", "C:x", "", "a\x00b"])
def test_no_model_holds_a_path_that_leaves_its_folder(path: str) -> None:
    with pytest.raises(ValidationError):
        StoredFile(path=path, size_bytes=1, sha256="0" * 64)


def test_a_submission_survives_its_own_json() -> None:
    submission = make(licence={"from": "2026-07-01", "until": "2029-06-30"}, prefecture="653200")
    assert Submission.model_validate_json(submission.to_json()) == submission
