"""What is asked of the plan for each part: a film as it was recorded, or pictures that are drawn for a sound."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.execute import audio_sources, narrated, subtitle_files
from pipeline.execute.document_roles import length_of
from pipeline.execute.examination import ExaminedPart
from pipeline.execute.narrated import Pictures
from pipeline.model.course import Corner, Layout
from pipeline.model.deck import Deck, SlideFilm
from pipeline.model.inspection import Inspection
from pipeline.model.profile import Profile
from pipeline.model.profile_set import ProfileSet
from pipeline.model.submission import Submission
from pipeline.plan import build as planning
from pipeline.plan import chapters, slides
from pipeline.plan.lecture import Slides
from pipeline.plan.request import PlanRequest
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
        request = PlanRequest(
            inspection=shown,
            profiles=tuple(used),
            capability=context.capability,
            title=part.part.title,
            language=_language(part, submission, shown),
            set_name=chosen.name,
            notes=tuple(notes),
            sidecars=sidecars,
        )
        return _with_slides(request, part, shown)
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
    if part.slides is None:
        return request.model_copy(update={"chapters": part.film.chapters if part.film else ()})
    return request.model_copy(update=_chapters(pictures.film, part.slides))


def _with_slides(request: PlanRequest, part: ExaminedPart, film: Inspection) -> PlanRequest:
    """A recording with its chapters: of the pages that go with it, which are seen with it, else its own."""
    told, deck, times = part.part.part, part.slides, part.times
    length_s = length_of(part.examined)
    if deck is None or times is None or told is None or length_s is None:
        return request.model_copy(update={"chapters": film.chapters})
    pages = slides.timed(deck, times, length_s, request.capability, offset_s=told.offset_s)
    layout = told.layout or Layout.SIDE
    update: dict[str, object] = _chapters(pages, deck)
    if layout is not Layout.FILM:
        beside = Slides(
            inspection=slides.inspection_of(pages), layout=layout, corner=told.corner or Corner.BOTTOM_RIGHT
        )
        update |= {"slides": pages, "sidecars": request.sidecars.model_copy(update={"slides": beside})}
        update["notes"] = (*request.notes, *narrated.notes_of(deck))
    return request.model_copy(update=update)


def _chapters(pages: SlideFilm, deck: Deck) -> dict[str, object]:
    return {"chapters": chapters.chapters_of(pages), "deck_sha256": deck.sha256}


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
            page_s=(told.page_s if told else None) or slides.PAGE_S,
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
