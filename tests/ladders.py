"""HLS ladders as they are delivered, made of a film by a profile."""

from __future__ import annotations

from pathlib import Path

from pipeline import durable
from pipeline.execute.inspection import targets_of
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film
from pipeline.model.capability import Capability
from pipeline.model.inspection_request import InspectionRequest
from pipeline.model.subtitles import Cue, SubtitleTrack
from pipeline.package import side_files
from pipeline.plan import build, load
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import AudioSource, Sidecars
from pipeline.transcode import encode
from tests.factories import PROFILES

# two small rungs, quickly made
FAST = """
preset: veryfast
rungs:
  - {name: "1080", drop: true}
  - {name: "720", drop: true}
  - {name: "540", drop: true}
  - {name: "360", crf: 30}
  - {name: "234", crf: 34, spare: false}
"""


def made(
    source: Path,
    folder: Path,
    ffmpeg: Path,
    able: Capability,
    profile: str,
    text: str,
    languages: tuple[str, ...] = ("zho",),
    words: dict[str, str] | None = None,
) -> Path:
    """A ladder by one profile, with its multivariant playlist; `words` are subtitles, shown from 1 s to 4 s and from
    5 s to 14 s."""
    for name in ("profiles", "scratch", "outputs"):
        (folder / name).mkdir(parents=True)
    (folder / "profiles" / f"{profile}.yaml").write_text(f"extends: {profile}\n{text}\n")
    used = load.profile(profile, [folder / "profiles", *PROFILES])
    runner = Runner(ffmpeg, folder / "scratch", folder / "log")
    found = film.inspect(source, InspectionRequest(targets=tuple(targets_of([used]))), runner, sha256="0")
    dubs = tuple(
        AudioSource(inspection=found, language=language, token=f"{{in.audio.{number}}}")
        for number, language in enumerate(languages[1:], 1)
    )
    plan = build.plan(
        PlanRequest(
            inspection=found,
            profiles=(used,),
            capability=able,
            title="片",
            language=languages[0],
            set_name="",
            sidecars=Sidecars(audio=dubs),
        )
    )
    sources = {"{in.main}": source, **{dub.token: source for dub in dubs}}
    done = encode.encode(plan, sources, folder / "outputs", runner)
    tracks = tuple(
        SubtitleTrack(language=language, sha256="0", cues=(_cue(1, 1, 4, text), _cue(2, 5, 14, text)))
        for language, text in (words or {}).items()
    )
    plan = plan.model_copy(update={"subtitles": tracks})
    for name, made in side_files.side_files_for(plan, done.renditions).items():
        durable.make_folder((folder / "outputs" / name).parent)
        (folder / "outputs" / name).write_bytes(made.content)
    return folder / "outputs" / profile


def _cue(number: int, start_s: float, end_s: float, text: str) -> Cue:
    return Cue(number=number, line=None, start_s=start_s, end_s=end_s, lines=(text,))
