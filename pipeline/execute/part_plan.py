"""What is asked of the plan for each part: a film as it was recorded, or pictures that are drawn for a sound."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.execute import audio_sources, narrated, subtitle_files
from pipeline.execute.examination import ExaminedPart
from pipeline.execute.narrated import Pictures
from pipeline.model.inspection import Inspection
from pipeline.model.profile import Profile
from pipeline.model.profile_set import ProfileSet
from pipeline.model.submission import Submission
from pipeline.plan import build as planning
from pipeline.plan.request import PlanRequest
from pipeline.plan.slides import PAGE_S
from pipeline.plan.spec import AudioSource, Sidecars


def request_for(
    part: ExaminedPart,
    submission: Submission,
    chosen: ProfileSet,
    profiles: Sequence[Profile],
    poster: Inspection | None = None,
) -> PlanRequest:
    """The plan of all that is wanted of a part that can be shown.

    Args:
        poster: of the whole course, where the part has none.

    Raises:
        MediaError: no profile of the set fits it.
    """
    context = part.examined.job.context
    tracks = tuple(text.track for text in part.subtitles)
    pictures = pictures_of(part)
    shown = pictures.inspection if pictures else part.film
    if shown is None:
        raise AssertionError("only what could be read is planned")
    used, notes = planning.chosen(shown, chosen, profiles, tracks)
    sidecars = Sidecars(
        audio=part.audio,
        subtitles=tracks,
        font_coverage=subtitle_files.font_coverage(part.subtitles),
        poster=part.poster or poster,
    )
    if pictures is None:
        return PlanRequest(
            inspection=shown,
            profiles=tuple(used),
            capability=context.capability,
            title=part.part.title,
            language=_language(part, submission, shown),
            set_name=chosen.name,
            notes=tuple(notes),
            sidecars=sidecars,
        )
    return narrated.request(
        pictures,
        used,
        context.capability,
        title=part.part.title,
        sound=_narration(part, submission),
        set_name=chosen.name,
        notes=notes,
        sidecars=sidecars,
    )


def request_alone(part: ExaminedPart, submission: Submission, profile: Profile) -> PlanRequest | None:
    """One form of a part whose pictures are drawn, with its main sound; None of one that has its own, or none."""
    pictures = pictures_of(part)
    if pictures is None:
        return None
    capability, sound = part.examined.job.context.capability, _narration(part, submission)
    return narrated.request(pictures, [profile], capability, title=part.part.title, sound=sound)


def pictures_of(part: ExaminedPart) -> Pictures | None:
    """What is drawn for a part; None where it was recorded with pictures, or is only heard."""
    if not part.is_drawn:
        return None
    capability, told = part.examined.job.context.capability, part.part.part
    if part.slides:
        return narrated.of_slides(
            part.slides,
            capability,
            times=part.times,
            sound=part.film,
            offset_s=told.offset_s if told else 0.0,
            page_s=(told.page_s if told else None) or PAGE_S,
        )
    if part.poster is None or part.film is None:
        raise AssertionError("a picture is shown for a sound")
    return narrated.of_picture(part.poster, part.film, capability)


def source_of(part: ExaminedPart, request: PlanRequest) -> Inspection:
    """What a package names as the part's master: the recording, or the slides that stand alone."""
    if part.film is not None:
        return part.film
    if part.slides is None:
        raise AssertionError("a part is made of a recording or of slides")
    own = {"sha256": part.slides.sha256, "size_bytes": part.slides.size_bytes}
    return request.inspection.model_copy(update=own)


def _narration(part: ExaminedPart, submission: Submission) -> AudioSource | None:
    return narrated.narration(part.film, _language(part, submission, part.film)) if part.film else None


def _language(part: ExaminedPart, submission: Submission, film: Inspection) -> str:
    main = part.part.main
    return audio_sources.own_language(film.media, submission, main.language if main else None)
