"""Films through a plan and its encode, and the pictures and samples of what came out."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.execute.inspection import targets_of
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film, poster
from pipeline.model.capability import Capability
from pipeline.model.chapter import Chapter
from pipeline.model.course import Corner, Layout
from pipeline.model.inspection import Inspection
from pipeline.model.inspection_request import InspectionRequest
from pipeline.model.plan import Plan
from pipeline.model.rendition import Rendition
from pipeline.plan import build, load
from pipeline.plan.lecture import SLIDES_INPUT, Slides
from pipeline.plan.posters import by_shape
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import AudioSource, Sidecars
from pipeline.transcode import encode
from tests.factories import PROFILES


@dataclass(frozen=True)
class Film:
    """One film by one profile, accepted."""

    inspection: Inspection
    plan: Plan
    rendition: Rendition
    path: Path
    ffmpeg: Path

    def pictures(self) -> NDArray[np.uint8]:
        """(pictures, height, width, 3): Y, U and V at full size, each sample doubled where colour is coarser."""
        track = (self.rendition.media.video or self.rendition.media.images)[0]
        raw = decoded(self.ffmpeg, self.path, "-pix_fmt", "yuv444p", "-sws_flags", "neighbor", "-f", "rawvideo")
        planes = raw.reshape(-1, 3, track.height, track.width)
        return np.moveaxis(planes, 1, 3)

    def samples(self, track: int = 0) -> NDArray[np.float32]:
        """(samples, 2)."""
        raw = decoded(self.ffmpeg, self.path, "-map", f"0:a:{track}", "-f", "f32le", "-c:a", "pcm_f32le")
        return raw.view(np.float32).reshape(-1, 2)


def decoded(ffmpeg: Path, path: Path, *options: str) -> NDArray[np.uint8]:
    command = [str(ffmpeg), "-nostdin", "-v", "error", "-i", str(path), "-fps_mode", "passthrough", *options, "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout, np.uint8)


Transcode = Callable[..., Film]
FAST = "video: {preset: superfast}"


@pytest.fixture
def transcode(ffmpeg: Path, able: Capability, tmp_path: Path) -> Transcode:
    """`transcode(path, profile, what is different in it)`; small and fast where the test does not say otherwise."""

    def make(
        source: Path,
        profile: str = "iptv-sd",
        text: str = "",
        dubs: dict[str, Path] | None = None,
        slides: tuple[Path, Layout, Corner] | None = None,
        chapters: tuple[Chapter, ...] = (),
        posters: tuple[Path, ...] = (),
        **options: bool,
    ) -> Film:
        root = Path(tempfile.mkdtemp(dir=tmp_path))
        folders = root / "profiles"
        folders.mkdir()
        own = text or (FAST if profile.startswith("iptv") else "")
        (folders / f"{profile}.yaml").write_text(f"extends: {profile}\n{own}\n")
        used = load.profile(profile, [folders, *PROFILES])
        for name in ("scratch", "outputs"):
            (root / name).mkdir()
        targets = targets_of([used])
        runner = Runner(ffmpeg, root / "scratch", root / "log")
        found = film.inspect(source, InspectionRequest(targets=tuple(targets), **options), runner, sha256="0")
        made, sources = [], {"{in.main}": source}
        for number, (language, path) in enumerate((dubs or {}).items(), start=1):
            token = f"{{in.audio.{number}}}"
            sources[token] = path
            line = found.programme
            span = (found.start_s, found.start_s + line.duration_s) if line else None
            heard = film.inspect(
                path,
                InspectionRequest(targets=tuple(targets), track=0, span=span),
                runner.named("dub"),
                sha256=str(number),
            )
            made.append(AudioSource(inspection=heard, language=language, token=token))
        deck = None
        if slides:
            sources[SLIDES_INPUT], layout, corner = slides
            looked = film.inspect(slides[0], InspectionRequest(), runner.named("deck"), sha256="deck")
            deck = Slides(inspection=looked, layout=layout, corner=corner)
        stills = {path: poster.inspect(path, runner.named(path.stem)) for path in posters}
        given = by_shape(stills.values())
        sources |= {token: path for token, still in given.inputs for path, found in stills.items() if found is still}
        plan = build.plan(
            PlanRequest(
                inspection=found,
                profiles=(used,),
                capability=able,
                title="片",
                language="zho",
                set_name="",
                sidecars=Sidecars(audio=tuple(made), posters=given, slides=deck),
                chapters=chapters,
            )
        )
        done = encode.encode(plan, sources, root / "outputs", runner)
        rendition = done.renditions[0]
        return Film(found, plan, rendition, root / "outputs" / rendition.files[0].path, ffmpeg)

    return make
