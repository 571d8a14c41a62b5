"""Films with more tracks than are opened: their own fault, in every container."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.catalogue import LANGUAGES, entries
from pipeline.errors import Refused
from pipeline.ffmpeg import guard
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film, probe
from pipeline.model.inspection_request import InspectionRequest
from tests.conftest import Showcase

Films = Callable[[int, str], Path]
SUFFIXES = [".mp4", *(pytest.param(suffix, marks=pytest.mark.acceptance) for suffix in (".mov", ".mkv"))]


@pytest.fixture
def film_with(lavfi: Callable[..., Path]) -> Films:
    """One second of a small picture with so many tracks in all, the same sound in each but the first."""

    def make(tracks: int, suffix: str) -> Path:
        picture = ("-f", "lavfi", "-i", "testsrc2=s=64x36:r=25:d=1", "-f", "lavfi", "-i", "sine=d=1")
        sounds = ("-map", "1:a") * (tracks - 1)
        coded = ("-c:v", "libx264", "-preset", "ultrafast", "-c:a", "aac", "-b:a", "16k")
        return lavfi(*picture, "-map", "0:v", *sounds, *coded, suffix=suffix)

    return make


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_one_track_too_many_is_the_films_own_fault(suffix: str, film_with: Films, ffmpeg: Path, tmp_path: Path) -> None:
    runner = Runner(ffmpeg, tmp_path, tmp_path / "log")
    with pytest.raises(Refused) as caught:
        film.inspect(film_with(guard.MAX_STREAMS + 1, suffix), InspectionRequest(), runner, sha256="0")
    assert (caught.value.code, caught.value.exit_code) == (probe.TOO_MANY_TRACKS, 4)


@pytest.mark.acceptance
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_as_many_tracks_as_are_opened_are_read(suffix: str, film_with: Films, ffmpeg: Path, tmp_path: Path) -> None:
    runner = Runner(ffmpeg, tmp_path, tmp_path / "log")
    found = film.inspect(film_with(guard.MAX_STREAMS, suffix), InspectionRequest(), runner, sha256="0")
    assert len(found.media.audio) == guard.MAX_STREAMS - 1


@pytest.mark.acceptance
def test_every_command_says_so_with_exit_4(film_with: Films, showcase: Showcase) -> None:
    path = film_with(guard.MAX_STREAMS + 1, ".mp4")
    for command in ("check", "run"):
        result = showcase(command, path, "--json", "--lang", "en")
        assert result.code == 4
        finding = result.rows[0]["findings"][0]  # type: ignore[index]
        assert (finding["code"], finding["actual"]) == (probe.TOO_MANY_TRACKS, "over 100 tracks")
    assert showcase("transcode", path, "--profile", "proxy", "-o", "out").code == 4


def test_the_words_name_the_limit_that_applies() -> None:
    for language in LANGUAGES:
        assert str(guard.MAX_STREAMS) in entries(language)["finding.file.too_many_tracks.message"]
        assert str(guard.MAX_STREAMS) in entries(language)["error.too_many_tracks.what"]
