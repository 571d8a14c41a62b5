"""A submission and what was made of it, as the programme that metadata formats tell of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.model.course import PartKey
from pipeline.model.generated import ProgrammeLabel
from pipeline.model.languages import UNKNOWN
from pipeline.model.media import Scan
from pipeline.model.plan import MuxBudget, OutputForm, Plan
from pipeline.model.programme import (
    Description,
    PartDescription,
    Programme,
    ProgrammePart,
    ProgrammePoster,
    ProgrammeStream,
)
from pipeline.model.rendition import Rendition
from pipeline.model.submission import Submission

_USUAL_RATE = 25.0  # where MediaInfo tells none


@dataclass(frozen=True)
class PackagedPart:
    """A part as it lies in the package.

    Args:
        subtitles: the places of its files by language.
    """

    key: PartKey
    plan: Plan
    renditions: tuple[Rendition, ...]
    subtitles: Mapping[str, str]


def programme_of(
    submission: Submission, description: Description, revision: int, parts: Sequence[PackagedPart]
) -> Programme:
    """The programme. Pure."""
    there = {part.key for part in parts}
    return Programme(
        description=description,
        revision=revision,
        parts=tuple(_part(submission, description.part(part.key), part) for part in parts),
        expected=tuple(number for number, part in enumerate(submission.course_parts, start=1) if part.id not in there),
        generated=_generated(submission, parts),
    )


def _generated(submission: Submission, parts: Sequence[PackagedPart]) -> ProgrammeLabel | None:
    """What is known of generated content; a programme has one label, however many parts have one."""
    declared = submission.generated
    found = ProgrammeLabel(
        extent=declared.extent if declared else None,
        label=next((part.plan.generated_label for part in parts if part.plan.generated_label is not None), None),
    )
    return found if found != ProgrammeLabel() else None


def _part(submission: Submission, told: PartDescription, part: PackagedPart) -> ProgrammePart:
    budgets = {output.name: output.expected.mux for output in part.plan.outputs}
    streams = [(item, budgets[item.name]) for item in part.renditions if item.form is OutputForm.MPEGTS]
    return ProgrammePart(
        **{name: getattr(told, name) for name in type(told).model_fields},
        languages=_languages(part.plan) or submission.languages,
        subtitles=dict(part.subtitles),
        streams=tuple(_stream(item, budget) for item, budget in streams if budget),
        posters=tuple(
            _poster(item, of_whole=item.name in part.plan.of_course)
            for item in part.renditions
            if item.form is OutputForm.POSTER
        ),
        adi=part.plan.adi,
    )


def _poster(item: Rendition, *, of_whole: bool) -> ProgrammePoster:
    picture, file = item.media.images[0], item.files[0]
    return ProgrammePoster(
        profile=item.profile,
        file=file.path,
        sha256=file.sha256,
        size_bytes=file.size_bytes,
        width=picture.width,
        height=picture.height,
        of_whole=of_whole,
        md5=file.md5,
    )


def _languages(plan: Plan) -> tuple[str, ...]:
    """Those of the streams' sound, where they are known."""
    languages = [
        track.language for output in plan.outputs if output.form is OutputForm.MPEGTS for track in output.expected.audio
    ]
    return tuple(dict.fromkeys(language for language in languages if language != UNKNOWN))


def _stream(item: Rendition, budget: MuxBudget) -> ProgrammeStream:
    """MediaInfo's facts, but for rates: its average of a short stream counts the filling too."""
    video = item.media.video[0]
    return ProgrammeStream(
        profile=item.profile,
        file=item.files[0].path,
        sha256=item.files[0].sha256,
        size_bytes=item.files[0].size_bytes,
        width=video.width,
        height=video.height,
        interlaced=video.scan is Scan.INTERLACED,
        frame_rate=video.frame_rate or _USUAL_RATE,
        frames=item.frames or 0,
        video_codec=video.codec,
        video_profile=video.profile or "",
        video_bps=budget.video_bps,
        audio_codec=item.media.audio[0].codec if item.media.audio else None,
        audio_tracks=budget.audio_tracks,
        audio_bps=budget.audio_bps,
        burnt=item.burnt,
        md5=item.files[0].md5,
    )
