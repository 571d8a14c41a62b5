"""Sixty films of real clips, some of them broken, on one machine and on three workers that don't all live."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from functools import partial
from pathlib import Path

import pytest

from pipeline.storage import embedded
from tests.clusters import eventually
from tests.conftest import MEANT, REAL_MEDIA, Result, Showcase
from tests.execute.cluster.conftest import BUCKETS
from tests.execute.cluster.seasons import Season, delivered

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(3000)]
FILMS, BROKEN = 60, ("film-07", "film-21", "film-38", "film-52")
REPEATING = "toy_"  # clips that repeat pictures: a film of them is rejected
RUNGS = "extends: hls\nrungs: [{name: '1080', drop: true}, {name: '720', drop: true}, {name: '540', drop: true}]\n"
SET = "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: iptv-sd}, {name: hls}, {name: poster}]\n"


@pytest.fixture
def sixty(ffmpeg: Path, tmp_path: Path) -> Path:
    """A folder of films of 2 to 4 s, each of other pictures and with another tone, and four that no one can deliver."""
    folder = tmp_path / "sixty"
    folder.mkdir()
    clips = sorted(path for path in REAL_MEDIA.iterdir() if path.suffix in (".mp4", ".mkv"))
    clips = [path for path in clips if not path.name.startswith(REPEATING)]
    assert clips, REAL_MEDIA
    for number in range(FILMS):
        seconds = 2 + number % 3
        # each picture once: repeated ones are a fault that films are rejected for
        fit = "setpts=N/25/TB,fps=25,scale=1280:720:force_original_aspect_ratio=increase,crop=1280:720,setsar=1"
        tone = f"aevalsrc='0.06*sin(2*PI*{300 + 7 * number}*t)|0.06*sin(2*PI*{310 + 7 * number}*t)':s=48000"
        words = ["-nostdin", "-v", "error", "-stream_loop", "-1", "-i", str(clips[number % len(clips)])]
        words += ["-f", "lavfi", "-i", tone, "-map", "0:v", "-map", "1:a", "-t", str(seconds), "-vf", fit]
        words += ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-c:a", "aac"]
        subprocess.run([ffmpeg, *words, folder / f"film-{number:02}.mp4"], check=True)
    torn, text, black, cut = (folder / f"{name}.mp4" for name in BROKEN)
    torn.write_bytes(torn.read_bytes()[:50_000])
    text.write_bytes(b"a letter")
    words = ["-y", "-f", "lavfi", "-i", "color=black:s=1280x720:r=25:d=3", "-f", "lavfi", "-i", "sine=d=3:r=48000"]
    subprocess.run([ffmpeg, "-v", "error", *words, "-c:v", "libx264", "-pix_fmt", "yuv420p", black], check=True)
    subprocess.run([ffmpeg, "-v", "error", "-y", "-f", "lavfi", "-i", "sine=d=3:r=48000", cut], check=True)
    return folder


def ordered(showcase: Showcase, films: Path) -> None:
    """Have the films delivered as SD and one rung, as shipped."""
    sets = showcase.folder / "profiles" / "sets"
    sets.mkdir(parents=True)
    (sets / "showcase-film.yaml").write_text(SET)
    (showcase.folder / "profiles" / "hls.yaml").write_text(RUNGS)
    shutil.copytree(films, showcase.folder / "films")


def counted(result: Result) -> Counter[str]:
    """How many ended how; what is broken is one of the two."""
    outcomes = (str(row["outcome"]) for row in result.rows if "outcome" in row)
    return Counter("broken" if outcome in ("rejected", "unreadable") else outcome for outcome in outcomes)


def broken(result: Result) -> set[str]:
    return {Path(str(row["item"])).stem for row in result.rows if row["outcome"] in ("rejected", "unreadable")}


def _has_made(season: Season, films: int) -> bool:
    """Whether workers have encoded more films than this."""
    return season.events("encode.finished") > films


def test_sixty_films_are_the_same_whoever_makes_them(season: Season, sixty: Path, tmp_path: Path) -> None:
    here = Showcase(tmp_path / "here")
    here.folder.mkdir()
    (here.folder / "showcase.toml").write_text(MEANT)
    ordered(here, sixty)
    alone = here("batch", "films", "--json", timeout=1200)
    assert (alone.code, counted(alone)) == (7, {"delivered": FILMS - len(BROKEN), "broken": len(BROKEN)}), alone.err
    assert broken(alone) == set(BROKEN)
    with embedded.serve(here.folder / ".showcase" / "store", BUCKETS) as server:
        wanted = delivered(server.connection)

    ordered(season.showcase, sixty)
    for name in ("one", "two", "three"):
        season.nannied(name, 1)
    first = season.start()
    eventually(partial(_has_made, season, 8), 600)
    first.kill()
    second = season.start()
    for films in (20, 35):
        eventually(partial(_has_made, season, films), 900)
        season.kill_process_of(season.cluster.those_of("one")[0])
    made = second.ended(1500)
    assert made.code == 7, made.err
    assert set(counted(made)) == {"delivered", "already", "broken"}
    assert broken(made) == set(BROKEN)
    assert all(row["findings"] or row["error"] for row in made.rows if row["outcome"] in ("rejected", "unreadable"))
    assert season.delivered() == wanted

    encodes = season.encodes()
    again = season.batch()
    assert (again.code, counted(again)) == (7, {"already": FILMS - len(BROKEN), "broken": len(BROKEN)}), again.err
    assert season.encodes() == encodes
    eventually(lambda: season.left_behind() == [], 10)
