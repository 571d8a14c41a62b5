"""What is asked of the plan for each part: a film as it was recorded, or pictures that are drawn for a sound."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.execute import audio_sources, narrated, subtitle_files
from pipeline.execute.examined_part import ExaminedPart
from pipeline.execute.narrated import Pictures
from pipeline.execute.part_length import length_of, offset_s, page_s
from pipeline.model.capability import Capability
from pipeline.model.course import Corner, Layout
from pipeline.model.deck import SlideFilm
from pipeline.model.inspection import Inspection
from pipeline.model.profile import Profile
from pipeline.model.profile_set import ProfileSet
from pipeline.model.submission import Submission
from pipeline.plan import build as planning
from pipeline.plan import chapters, slides
from pipeline.plan.lecture import Slides
from pipeline.plan.posters import NO_POSTERS, Posters
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import AudioSource, Sidecars


def request_for(
    part: ExaminedPart,
    submission: Submission,
    chosen: ProfileSet,
    profiles: Sequence[Profile],
    course: Posters = NO_POSTERS,
) -> PlanRequest:
    """The plan of all that is wanted of a part that can be shown.

    Args:
        course: the posters of the whole course, where the part has none of their shape.

    Raises:
        MediaError: no profile of the set fits it.
    """
    context = part.examined.job.context
    tracks = tuple(text.track for text in part.subtitles)
    pictures = pictures_of(part)
    shown = pictures.inspection if pictures else part.film
    if shown is None:
        raise AssertionError("only what could be read is planned")
    pages = None if pictures else _pages(part, context.capability)
    beside = _beside(part, pages)
    used, notes = planning.chosen(shown, chosen, profiles, tracks, beside)
    sidecars = Sidecars(
        audio=part.audio,
        subtitles=tracks,
        font_coverage=subtitle_files.font_coverage(part.subtitles),
        posters=part.posters.beside(course),
        slides=beside,
    )
    if pictures:
        request = narrated.request(
            pictures,
            used,
            context.capability,
            title=part.part.title,
            sound=_narration(part, submission),
            set_name=chosen.name,
            notes=notes,
            sidecars=sidecars,
        )
        own = _chapters(part, pictures.film if part.slides else None)
        return request.model_copy(update={**own, "propagation": context.propagation, "adi": chosen.adi})
    request = PlanRequest(
        inspection=shown,
        profiles=tuple(used),
        capability=context.capability,
        title=part.part.title,
        language=_language(part, submission, shown),
        set_name=chosen.name,
        notes=(*notes, *(narrated.notes_of(part.slides) if beside and part.slides else ())),
        sidecars=sidecars,
        slides=pages if beside else None,
        adi=chosen.adi,
    )
    return request.model_copy(update={**_chapters(part, pages), "propagation": context.propagation})


def _pages(part: ExaminedPart, capability: Capability) -> SlideFilm | None:
    """The slides of a recording as its times turn them; None where nobody says when."""
    length_s = length_of(part.examined)
    if part.slides is None or part.times is None or length_s is None:
        return None
    return slides.timed(part.slides, part.times, length_s, capability, offset_s=offset_s(part.examined))


def _beside(part: ExaminedPart, pages: SlideFilm | None) -> Slides | None:
    """How they share the picture with it; None where they are not seen."""
    told = part.part.part
    layout = (told.layout if told else None) or Layout.SIDE
    if pages is None or layout is Layout.FILM:
        return None
    corner = (told.corner if told else None) or Corner.BOTTOM_RIGHT
    return Slides(inspection=slides.inspection_of(pages), layout=layout, corner=corner)


def _chapters(part: ExaminedPart, pages: SlideFilm | None) -> dict[str, object]:
    """Of the pages that are shown, else the recording's own."""
    if pages is None or part.slides is None:
        return {"chapters": part.film.chapters if part.film else ()}
    return {"chapters": chapters.chapters_of(pages), "deck_sha256": part.slides.sha256}


def request_alone(part: ExaminedPart, submission: Submission, profile: Profile) -> PlanRequest | None:
    """One form of a part whose pictures are drawn or composed, with its main sound.

    None of one that is only heard, or seen as it was recorded.
    """
    context, title = part.examined.job.context, part.part.title
    capability = context.capability
    if pictures := pictures_of(part):
        alone = narrated.request(pictures, [profile], capability, title=title, sound=_narration(part, submission))
        return alone.model_copy(update={"propagation": context.propagation})
    pages = _pages(part, capability)
    beside = _beside(part, pages)
    if part.film is None or beside is None:
        return None
    return PlanRequest(
        inspection=part.film,
        profiles=(profile,),
        capability=capability,
        title=title,
        language=_language(part, submission, part.film),
        sidecars=Sidecars(audio=part.further_audio, slides=beside),
        slides=pages,
        propagation=context.propagation,
    )


def pictures_of(part: ExaminedPart) -> Pictures | None:
    """What is drawn for a part; None where it was recorded with pictures, or is only heard."""
    if not part.is_drawn:
        return None
    capability = part.examined.job.context.capability
    if part.slides:
        return narrated.of_slides(
            part.slides,
            capability,
            times=part.times,
            sound=part.film,
            dubs=part.audio,
            offset_s=offset_s(part.examined),
            page_s=page_s(part.examined),
        )
    poster = part.posters.first
    if poster is None or part.film is None:
        raise AssertionError("a picture is shown for a sound")
    return narrated.of_picture(poster, part.film, capability, part.audio)


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
