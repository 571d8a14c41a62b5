"""In which language the film's own sound is: what its tracks say is never given to another of them."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.execute.audio_sources import own_language
from pipeline.model import submission
from tests.factories import audio, inspection


@pytest.mark.parametrize(
    ("tracks", "said", "own"),
    [
        (("zho", "uig"), ("zho", "uig"), "zho"),
        (("uig", "zho"), ("zho",), "uig"),  # the other track is the one in Chinese
        (("uig", "zho"), ("zho", "uig"), "uig"),
        (("uig",), ("zho", "uig"), "uig"),
        (("eng", "zho"), ("zho",), "eng"),
        (("eng",), ("zho",), "zho"),  # somebody said so
        (("uig",), ("zho",), "zho"),
        ((None,), ("uig",), "uig"),
        (("und", "uig"), ("zho",), "zho"),
        ((None, "zho"), ("zho",), "und"),  # not a second one in Chinese
        (("uig",), None, "uig"),  # nobody said anything
        (("eng",), None, "zho"),  # programs write it on all they export
        ((None,), None, "zho"),
    ],
)
def test_the_language_of_the_films_own_sound(
    tracks: Sequence[str | None], said: tuple[str, ...] | None, own: str
) -> None:
    bare = submission.bare("film.mkv", "film")
    given = bare if said is None else bare.model_copy(update={"languages": said})
    film = inspection(audio_tracks=tuple(audio(language=item) for item in tracks))
    assert own_language(film.media, given) == own
