"""Which picture each poster is made of: the one of its shape, else the film; never by the order of files."""

from __future__ import annotations

import pytest

from pipeline.execute import transcoding
from pipeline.model.deck import SlideFilm
from pipeline.model.inspection import Inspection
from pipeline.model.profile import Poster
from pipeline.plan import build, load, slides
from pipeline.plan.posters import LANDSCAPE_INPUT, PORTRAIT_INPUT, Posters, by_shape
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import Sidecars
from tests.factories import PROFILES, inspection, video
from tests.plan.test_plan import ABLE

BOTH = tuple(load.profile(name, PROFILES) for name in ("poster", "poster-portrait"))
CROP = "crop=h=800:w=600"


def still(sha256: str, width: int, height: int, rotation: int = 0) -> Inspection:
    track = video(width=width, height=height, display_aspect=round(width / height, 3), rotation=rotation)
    film = inspection()
    media = film.media.model_copy(update={"video": (), "audio": (), "images": (track,)})
    return film.model_copy(update={"sha256": sha256 * 64, "media": media, "measures": None, "format": "png_pipe"})


LYING, UPRIGHT = still("a", 1280, 720), still("b", 800, 600, rotation=90)


def request(posters: Posters, film: Inspection | None = None, drawn: SlideFilm | None = None) -> PlanRequest:
    return PlanRequest(
        inspection=film or inspection(),
        profiles=BOTH,
        capability=ABLE,
        title="片",
        language="zho",
        sidecars=Sidecars(posters=posters),
        slides=drawn,
    )


@pytest.mark.parametrize("given", [(LYING, UPRIGHT), (UPRIGHT, LYING)])
def test_a_poster_is_known_by_its_shape_not_by_its_place(given: tuple[Inspection, ...]) -> None:
    plan = build.plan(request(by_shape(given)))
    assert plan.beside_sha256 == {LANDSCAPE_INPUT: "a" * 64, PORTRAIT_INPUT: "b" * 64}
    assert CROP not in " ".join(plan.processes[0].argv)
    assert plan == build.plan(request(by_shape((LYING, UPRIGHT))))


def test_a_sound_is_shown_with_the_landscape_one() -> None:
    """A lesson without pictures is a film of one picture, and screens are wide."""
    assert by_shape((UPRIGHT, LYING)).first is LYING
    assert by_shape((UPRIGHT,)).first is UPRIGHT
    assert by_shape(()).first is None


def test_a_square_lies() -> None:
    assert by_shape([still("c", 900, 900)]).landscape is not None
    assert by_shape([still("c", 899, 900)]).portrait is not None


@pytest.mark.parametrize(
    ("given", "tokens", "crops"), [((), set(), 1), ((LYING,), {LANDSCAPE_INPUT}, 1), ((UPRIGHT,), {PORTRAIT_INPUT}, 0)]
)
def test_what_was_not_handed_in_is_made_of_the_film(
    given: tuple[Inspection, ...], tokens: set[str], crops: int
) -> None:
    plan = build.plan(request(by_shape(given)))
    words = " ".join(plan.processes[0].argv)
    assert set(plan.beside_sha256) == tokens
    assert words.count(CROP) == crops
    assert words.count("select=expr=eq(n") == 2 - len(given)
    sizes = [(item.expected.video.width, item.expected.video.height) for item in plan.outputs if item.expected.video]
    assert sizes == [(1280, 720), (600, 800)]


def test_pages_and_a_still_that_is_shown_are_never_cropped() -> None:
    drawn = slides.of_picture("a" * 64, 2.0, ABLE)
    plan = build.plan(request(by_shape([LYING]), slides.inspection_of(drawn), drawn))
    words = " ".join(plan.processes[0].argv)
    assert "crop=" not in words
    assert "pad=color=black:h=800:w=600" in words


def test_what_the_film_has_of_its_own_goes_before_the_courses_and_its_stages_are_the_same() -> None:
    course, own = by_shape([LYING, UPRIGHT]), by_shape([LYING])
    beside = own.beside(course)
    assert (beside.landscape, beside.portrait, beside.of_course) == (LYING, UPRIGHT, (PORTRAIT_INPUT,))
    ours, theirs = (transcoding.plan_transcode(request(item)) for item in (course, beside))
    assert (ours.plan.of_course, theirs.plan.of_course) == ((), ("poster-portrait",))
    assert ours.stages == theirs.stages
    assert ours.plan.fingerprint() != theirs.plan.fingerprint()


def test_a_picture_that_will_be_cropped_is_tone_mapped_at_its_full_size() -> None:
    portrait = request(Posters()).only(["poster-portrait"]).model_copy(update={"whole_frame": None})
    assert portrait.largest_frame == (1422, 800)
    upright = portrait.model_copy(update={"inspection": inspection(video_tracks=(video(rotation=90),))})
    assert upright.largest_frame == (1066, 600)


def test_a_profile_without_the_word_keeps_its_digest() -> None:
    made = Poster(schema_version=1, name="p", form="poster", width=1280, height=720, quality=3)
    assert "aspect" not in made.to_json()
    assert (made.is_portrait, BOTH[1].is_portrait) == (False, True)  # type: ignore[union-attr]
