"""Slides with sound, without, and sound with a picture: planned before they are drawn, made wherever a task is run."""

from __future__ import annotations

import shutil
import subprocess
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from pipeline.execute import context, narrated, slides, transcoding
from pipeline.execute.audio_sources import file_token
from pipeline.execute.context import Context
from pipeline.execute.executor import Executor, LocalExecutor
from pipeline.execute.inspection import inspect, inspect_poster, targets_of
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.execute.tasks import SlidesResult, SlidesTask, result_of
from pipeline.inspect import slide_times
from pipeline.model.inspection import Inspection
from pipeline.model.inspection_request import InspectionRequest
from pipeline.model.profile import Profile
from pipeline.plan import load
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import AudioSource, Sidecars
from pipeline.settings import Settings
from pipeline.workspace import Workspace
from tests import decks
from tests.execute.test_executor import FreshProcessExecutor
from tests.factories import PROFILES
from tests.transcode.test_slides import Studio, planned

TURNS = (0.0, 0.4, 0.72, 1.2)
Lavfi = Callable[..., Path]


@pytest.fixture
def here(tmp_path: Path) -> Context:
    return context.prepare(Workspace(tmp_path / "here", Settings()).make())


@pytest.fixture
def studio(tmp_path: Path, here: Context, font_folder: Path) -> Studio:
    return Studio(tmp_path, here.ffmpeg, here.capability, font_folder)


def clicks(folder: Path, turns: Sequence[float], length_s: float, hertz: int = 1000) -> Path:
    """A sound that clicks at each turn."""
    at = np.arange(round(length_s * 48000)) / 48000
    loud = np.zeros(len(at))
    for turn in turns:
        loud[round(turn * 48000) : round((turn + 0.03) * 48000)] = 0.5
    samples = (loud * np.sin(2 * np.pi * hertz * at) * 32767).astype("<i2")
    path = folder / f"sound-{hertz}.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(48000)
        out.writeframes(samples.tobytes())
    return path


@dataclass(frozen=True)
class Lesson:
    """A deck whose pages turn with the clicks of a sound."""

    here: Context
    executor: Executor
    profiles: tuple[Profile, ...]

    def heard(self, path: Path) -> Inspection:
        request = InspectionRequest(targets=targets_of(self.profiles))
        return inspect(self.here, self.executor, path, request)

    def request(self, deck: Path, sound: Path, table: Path, dubs: tuple[AudioSource, ...] = ()) -> PlanRequest:
        found = slides.look(self.here, self.executor, deck)
        heard = self.heard(sound)
        pictures = narrated.of_slides(found, self.here.capability, times=slide_times.read(table), sound=heard)
        return narrated.request(
            pictures,
            self.profiles,
            self.here.capability,
            title="课",
            sound=narrated.narration(heard, "zho"),
            sidecars=Sidecars(audio=dubs),
        )

    def made(self, request: PlanRequest) -> list[Path]:
        job = JobContext(self.here, self.executor, RuleSets(self.here))
        ready = transcoding.plan_transcode(request)
        renditions = transcoding.transcode(job, ready)
        folders = transcoding.output_folders(self.here, tuple(ready.stages.values()))
        return [folder / file.path for folder, item in zip(folders, renditions, strict=True) for file in item.files]


def proxies(*names: str) -> tuple[Profile, ...]:
    return tuple(load.profile(name, PROFILES) for name in names)


def turned(studio: Studio, film: Path, deck: Path, request: PlanRequest) -> list[int]:
    """The page that each frame of a finished film shows."""
    assert request.slides is not None
    return studio.seen(request.slides, deck, film)


def onsets(ffmpeg: Path, film: Path, near: Sequence[float], stream: str = "0:a:0") -> list[float]:
    """When the sound begins to be loud, in seconds, near each of these times."""
    words = [str(ffmpeg), "-v", "error", "-i", str(film), "-map", stream, "-ac", "1", "-ar", "8000", "-f", "s16le", "-"]
    loud = np.abs(np.frombuffer(subprocess.run(words, capture_output=True, check=True).stdout, np.int16).astype(int))
    found = []
    for at in near:
        first = max(0, round((at - 0.2) * 8000))
        found.append((first + int(np.argmax(loud[first:] > loud.max() / 4))) / 8000)
    return found


def table(folder: Path, turns: Sequence[float]) -> Path:
    path = folder / "times.csv"
    rows = "".join(f"{page},0:{at // 60:02.0f}:{at % 60:06.3f}\n" for page, at in enumerate(turns, start=1))
    path.write_text("页,开始\n" + rows, encoding="utf-8")
    return path


def test_pages_turn_with_the_sound_to_its_end(tmp_path: Path, here: Context, studio: Studio) -> None:
    deck = decks.write(tmp_path / "deck.pdf", decks.numbered(4))
    sound, dub = clicks(tmp_path, TURNS, 1.61), clicks(tmp_path, TURNS, 1.61, hertz=600)
    with LocalExecutor(here) as executor:
        lesson = Lesson(here, executor, proxies("iptv-sd"))
        other = AudioSource(inspection=lesson.heard(dub), language="uig", token=file_token(1))
        request = lesson.request(deck, sound, table(tmp_path, TURNS), (other,))
        assert request.slides is not None
        assert not here.stages.is_done(request.slides.stage)  # nothing is drawn to plan
        (film,) = lesson.made(request)
        assert here.stages.is_done(request.slides.stage)
    plan = transcoding.plan_transcode(request).plan
    assert plan.slides == request.slides
    assert plan.slides.times_sha256
    assert turned(studio, film, deck, request) == planned(request.slides)
    assert plan.frames == request.slides.frames == 41
    for stream in ("0:a:0", "0:a:1"):
        for at, heard in zip(TURNS, onsets(here.ffmpeg, film, TURNS, stream), strict=True):
            assert abs(at - heard) < 0.04


@pytest.mark.acceptance
def test_a_task_elsewhere_draws_what_it_needs(tmp_path: Path, here: Context) -> None:
    deck = decks.write(tmp_path / "deck.pdf", decks.numbered(2))
    sound = clicks(tmp_path, (0.0, 0.6), 1.0)
    with LocalExecutor(here) as executor:
        local = Lesson(here, executor, proxies("proxy"))
        request = local.request(deck, sound, table(tmp_path, (0.0, 0.6)))
        here_made = [path.read_bytes() for path in local.made(request)]
        assert request.slides is not None
        kept = (here.stages.folder(request.slides.stage) / "deck.mkv").read_bytes()
    other = FreshProcessExecutor(tmp_path / "there", here, {})
    shutil.rmtree(here.stages.folder(request.slides.stage))
    task = transcoding.plan_transcode(request).task
    other.submit(task).follow(here.on_progress)
    found = sorted(
        path for path in (tmp_path / "there" / "stages" / "transcode").rglob("outputs/**/*") if path.is_file()
    )
    assert [path.read_bytes() for path in found] == here_made
    drawn = tmp_path / "there" / "stages" / "slides" / request.slides.sha256 / "deck.mkv"
    assert drawn.read_bytes() == kept
    alone = result_of(other.submit(SlidesTask(film=request.slides)).follow(here.on_progress), SlidesResult)
    assert alone.sha256 == request.slides.sha256


def test_slides_alone_have_a_silent_track(tmp_path: Path, here: Context) -> None:
    deck = decks.write(tmp_path / "deck.pdf", decks.numbered(2))
    with LocalExecutor(here) as executor:
        lesson = Lesson(here, executor, proxies("proxy"))
        found = slides.look(here, executor, deck)
        pictures = narrated.of_slides(found, here.capability, page_s=0.6)
        request = narrated.request(pictures, lesson.profiles, here.capability, title="课")
        (film,) = lesson.made(request)
    assert request.slides is not None
    assert request.slides.frames == 30
    assert onsets(here.ffmpeg, film, [0.2]) == [0.0]  # nothing is louder than anything


@pytest.mark.acceptance
def test_sound_with_a_picture(tmp_path: Path, here: Context, lavfi: Lavfi) -> None:
    card = lavfi("-f", "lavfi", "-i", "color=red:s=640x360", "-frames:v", "1", "-update", "1", suffix=".png")
    sound = clicks(tmp_path, (0.0, 0.6), 1.0)
    with LocalExecutor(here) as executor:
        lesson = Lesson(here, executor, proxies("proxy"))
        heard = lesson.heard(sound)
        pictures = narrated.of_picture(inspect_poster(here, card), heard, here.capability)
        request = narrated.request(
            pictures, lesson.profiles, here.capability, title="课", sound=narrated.narration(heard, "zho")
        )
        (film,) = lesson.made(request)
    assert onsets(here.ffmpeg, film, [0.6])[0] == pytest.approx(0.6, abs=0.04)


def test_titles_are_of_the_table_else_of_bookmarks(tmp_path: Path, here: Context) -> None:
    deck = decks.write(tmp_path / "deck.pdf", decks.numbered(2))
    (tmp_path / "times.csv").write_text("页,开始,标题\n1,0:00,开场\n2,0:00.6,\n", encoding="utf-8")
    with LocalExecutor(here) as executor:
        lesson = Lesson(here, executor, proxies("proxy"))
        request = lesson.request(deck, clicks(tmp_path, (0.0, 0.6), 1.0), tmp_path / "times.csv")
    assert request.slides is not None
    assert [item.title for item in request.slides.shown] == ["开场", "第2页"]


@pytest.mark.acceptance
@pytest.mark.timeout(3000)
def test_three_hundred_pages_in_iptv_hd(tmp_path: Path, here: Context, studio: Studio) -> None:
    """Every frame of the finished film the right page, and a click at each turn within 40 ms."""
    turns = [0.0]
    for number in range(1, 300):
        turns.append(round(turns[-1] + 0.25 + number * 37 % 23 / 25, 3))
    deck = decks.write(tmp_path / "deck.pdf", decks.numbered(300))
    sound = clicks(tmp_path, turns, turns[-1] + 2.0)
    with LocalExecutor(here) as executor:
        lesson = Lesson(here, executor, proxies("iptv-hd"))
        request = lesson.request(deck, sound, table(tmp_path, turns))
        (film,) = lesson.made(request)
    assert request.slides is not None
    assert turned(studio, film, deck, request) == planned(request.slides)
    late = [abs(at - heard) for at, heard in zip(turns, onsets(here.ffmpeg, film, turns), strict=True)]
    print(f"a click is off by {max(late) * 1000:.1f} ms at most")
    assert max(late) < 0.04
