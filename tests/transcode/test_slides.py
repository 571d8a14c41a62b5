"""Slides as a film: each page on its frame, the same bytes each time, and what was foretold of it is what it is."""

from __future__ import annotations

import hashlib
import random
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from pipeline.documents import pages
from pipeline.errors import EnvironmentFault, Unsuitable
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film as films
from pipeline.inspect import fonts, poster
from pipeline.inspect.font_folder import FontFolder
from pipeline.model.capability import Capability
from pipeline.model.deck import Deck, Renderer, SlideFilm, SlideTimes, Turn
from pipeline.model.inspection_request import InspectionRequest
from pipeline.plan import build as planning
from pipeline.plan import load, slides
from pipeline.plan.request import PlanRequest
from pipeline.transcode import slides as drawing
from tests import decks
from tests.documents.test_pages import nested
from tests.factories import PROFILES

SMALL = (108, 192)
AS_FILM = "scale=out_color_matrix=bt709:out_range=tv:flags=bicubic+accurate_rnd+full_chroma_int,format=yuv420p"
GREY = "scale=192:108,format=gray"


@dataclass(frozen=True)
class Studio:
    """Draws decks in a folder of its own."""

    folder: Path
    ffmpeg: Path
    able: Capability
    fonts: Path

    def deck(self, made: Sequence[decks.Page]) -> tuple[Path, Deck]:
        path = decks.write(self.folder / "deck.pdf", made)
        found = pages.look(path, self.fonts)
        renderer = Renderer(pdfium=found.pdfium, fonts=fonts.digests())
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        return path, Deck(sha256=sha256, size_bytes=1, renderer=renderer, pages=found.pages)

    def draw(self, film: SlideFilm, source: Path) -> Path:
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        runner = Runner(self.ffmpeg, scratch, scratch / "log.log")
        (scratch / drawing.FILE).unlink(missing_ok=True)
        return drawing.draw(film, source, runner, lambda: FontFolder(self.fonts, fonts.digests()))

    def grey(self, *before: str, given: bytes | None = None, chain: str = GREY) -> np.ndarray:
        words = [str(self.ffmpeg), "-v", "error", *before, "-vf", chain, "-f", "rawvideo", "-"]
        raw = subprocess.run(words, input=given, capture_output=True, check=True).stdout
        return np.frombuffer(raw, np.uint8).reshape(-1, *SMALL).astype(np.int16)

    def seen(self, film: SlideFilm, source: Path, drawn: Path) -> list[int]:
        """The page that each frame shows: the nearest of all."""
        numbers = sorted({item.page for item in film.shown})
        raw = ("-f", "rawvideo", "-pixel_format", "bgr24", "-video_size", "1920x1080", "-i", "-")
        with pages.pictures(source, self.fonts, numbers, film.share) as found:
            known = [self.grey(*raw, given=item, chain=f"{AS_FILM},{GREY}")[0] for item in found.pictures]
        frames = self.grey("-i", str(drawn))
        return [numbers[int(np.argmin([np.abs(page - frame).mean() for page in known]))] for frame in frames]


@pytest.fixture
def studio(tmp_path: Path, ffmpeg: Path, able: Capability, font_folder: Path) -> Studio:
    return Studio(tmp_path, ffmpeg, able, font_folder)


def times_of(*turns: tuple[int, float]) -> SlideTimes:
    found = tuple(Turn(page=page, start_s=start, line=line) for line, (page, start) in enumerate(turns, start=2))
    return SlideTimes(sha256="1" * 64, form="table", turns=found)


def planned(film: SlideFilm) -> list[int]:
    """The page that each frame is to show."""
    ends = [*(item.frame for item in film.shown[1:]), film.frames]
    return [item.page for item, end in zip(film.shown, ends, strict=True) for _ in range(item.frame, end)]


def test_every_page_is_on_its_frame_and_the_last_one_to_the_end(studio: Studio) -> None:
    path, deck = studio.deck(decks.numbered(4))
    film = slides.timed(deck, times_of((1, 0.0), (3, 0.2), (1, 0.28), (4, 0.5), (2, 0.83)), 1.01, studio.able)
    assert [(item.page, item.frame) for item in film.shown] == [(1, 0), (3, 5), (1, 7), (4, 13), (2, 21)]
    assert film.frames == 26
    drawn = studio.draw(film, path)
    assert studio.seen(film, path, drawn) == planned(film)
    first = drawn.read_bytes()
    assert studio.draw(film, path).read_bytes() == first


def test_a_deck_of_one_page(studio: Studio) -> None:
    path, deck = studio.deck(decks.numbered(1))
    for film in (
        slides.spread(deck, studio.able, page_s=0.4),
        slides.timed(deck, times_of((1, 0.3)), 0.01, studio.able),
    ):
        assert studio.seen(film, path, studio.draw(film, path)) == planned(film)


def test_an_offset_moves_all_pages_and_something_is_seen_from_the_start(studio: Studio) -> None:
    _, deck = studio.deck(decks.numbered(3))
    times = times_of((1, 0.0), (2, 1.0), (3, 2.0))
    later = slides.timed(deck, times, 5.0, studio.able, offset_s=0.48)
    assert [(item.page, item.frame) for item in later.shown] == [(1, 0), (2, 37), (3, 62)]
    earlier = slides.timed(deck, times, 5.0, studio.able, offset_s=-1.2)
    assert [(item.page, item.frame) for item in earlier.shown] == [(2, 0), (3, 20)]
    assert [item.title for item in later.shown] == ["第1页", "第2页", "第3页"]


def test_what_was_foretold_of_it_is_what_it_is(studio: Studio) -> None:
    """The same plan, but for digests, and for the still that a poster is made of."""
    path, deck = studio.deck(decks.numbered(2))
    film = slides.spread(deck, studio.able, page_s=0.4)
    drawn = studio.draw(film, path)
    scratch = studio.folder / "measured"
    scratch.mkdir()
    runner = Runner(studio.ffmpeg, scratch, scratch / "log.log")
    foretold, found = slides.inspection_of(film), films.inspect(drawn, InspectionRequest(), runner, sha256=film.sha256)
    names = ("iptv-hd", "iptv-sd", "hls", "hls-hevc", "proxy", "projector", "mezzanine", "sprite")
    profiles = tuple(load.profile(name, PROFILES) for name in names)

    def plan(inspection: object) -> str:
        request = {"profiles": profiles, "capability": studio.able, "title": "片", "language": "zho"}
        return planning.plan(PlanRequest.model_validate({"inspection": inspection, **request})).to_json()

    assert plan(foretold) == plan(found)
    assert (foretold.format, foretold.programme) == (found.format, found.programme)


def test_a_picture_for_as_long_as_the_sound(studio: Studio, lavfi: Callable[..., Path]) -> None:
    card = lavfi("-f", "lavfi", "-i", "color=red:s=400x300", "-frames:v", "1", "-update", "1", suffix=".png")
    found = poster.inspect(card, Runner(studio.ffmpeg, studio.folder, studio.folder / "log.log"))
    film = slides.of_picture(found.sha256, 1.5, studio.able)
    drawn = studio.draw(film, card)
    first = drawn.read_bytes()
    assert studio.draw(film, card).read_bytes() == first
    frames = studio.grey("-i", str(drawn))
    assert len(frames) == film.frames == 38
    assert (frames == frames[0]).all()
    assert (frames[0][:, :22] == 0).all()
    assert np.ptp(frames[0][:, 26:166]) <= 2


def test_another_renderer_than_was_planned_with(studio: Studio) -> None:
    path, deck = studio.deck(decks.numbered(1))
    for renderer in ({"pdfium": "1.0"}, {"fonts": {"han.ttc": "0" * 64}}):
        other = deck.model_copy(update={"renderer": deck.renderer.model_copy(update=renderer)})
        with pytest.raises(EnvironmentFault, match="renderer_differs"):
            studio.draw(slides.spread(other, studio.able), path)


@pytest.mark.acceptance
def test_a_page_that_does_not_end_ends_the_film(studio: Studio) -> None:
    _, deck = studio.deck(decks.numbered(1))
    path = studio.folder / "hostile.pdf"
    path.write_bytes(nested(30))
    with pytest.raises(Unsuitable) as refused:
        studio.draw(slides.spread(deck, studio.able), path)
    assert (refused.value.code, refused.value.detail) == ("document.too_large", "1")


@pytest.mark.acceptance
@pytest.mark.timeout(1200)
def test_three_hundred_pages_with_uneven_times(studio: Studio) -> None:
    chance = random.Random(26)
    path, deck = studio.deck(decks.numbered(300))
    at, turns = 0.0, []
    for number in range(1, 301):
        turns.append((number, at))
        at += chance.uniform(0.05, 1.2)
    film = slides.timed(deck, times_of(*turns), at, studio.able)
    assert studio.seen(film, path, studio.draw(film, path)) == planned(film)
