"""The plan of a film: one process, one decode, every output (streams with subtitles by fours)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pipeline.errors import EnvironmentFault, MediaError
from pipeline.ffmpeg.source import MAIN
from pipeline.media.track_shape import snapped_shape, upright_lines
from pipeline.model.base import canonical
from pipeline.model.chapter import Chapter
from pipeline.model.inspection import Inspection
from pipeline.model.loudness import LevelAdjustment
from pipeline.model.media import VideoTrack
from pipeline.model.plan import Note, Plan, ProfileUsed
from pipeline.model.profile import (
    AudioOnly,
    Hls,
    Mezzanine,
    Mp4,
    Poster,
    Profile,
    ProfileWithAudio,
    Sprite,
    TransportStream,
)
from pipeline.model.profile_set import ProfileSet, When
from pipeline.model.subtitles import SubtitleTrack
from pipeline.plan import (
    audio,
    cadence,
    captions,
    chapters,
    colour,
    files,
    generated,
    images,
    joining,
    ladder,
    needs,
    transport,
)
from pipeline.plan.frame import FrameSize, fit, within_source
from pipeline.plan.joining import Branch
from pipeline.plan.lecture import SLIDES_INPUT, Slides
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import AudioSource, Cadence, Film, Sidecars

VERSION = 4  # part of the transcode stage's key: raise it when the same plan text would mean something else


def plan(request: PlanRequest) -> Plan:
    """Decide everything that ffmpeg will be told. Pure: the same request gives the same bytes.

    Raises:
        MediaError: a profile wants video and there is none that could be decoded, or there is no profile.
        EnvironmentFault: this ffmpeg lacks an encoder, a filter or a muxer, or there are no fonts to draw with.
    """
    inspection, profiles, sidecars = request.inspection, request.profiles, request.sidecars
    seen = sidecars.slides.as_long_as(inspection) if sidecars.slides and sidecars.slides.are_alone else inspection
    if lacking := needs.missing(request.capability):
        raise EnvironmentFault("ffmpeg_lacks", detail=", ".join(lacking))
    if not profiles:
        raise MediaError("nothing_to_make")
    decoded = seen.measures is not None and seen.measures.video.timeline is not None
    if not (decoded and seen.media.video) and not all(isinstance(item, AudioOnly) for item in profiles):
        raise MediaError("no_picture")
    limit = FrameSize(*request.largest_frame)
    audio_sources = audio_sources_of(inspection, request.language, sidecars.audio)
    house = _house_cadence(seen)
    own_chapters = chapters.within(request.chapters, house.duration_s, inspection.start_s)
    drawn = request.is_drawn
    film = Film(request.title, audio_sources, seen, house, sidecars=sidecars, chapters=own_chapters, is_drawn=drawn)
    branches = [generated.labelled(item, request) for profile in profiles for item in _branches(profile, film, limit)]
    lead = branches[0].film
    level_notes = {
        (index, level.target_lkfs): found
        for branch in branches
        for index, level in zip(branch.spec.audio, branch.levels, strict=True)
        if level
        for found in [audio.level_notes(level, audio_sources[index])]
    }
    return Plan(
        set_name=request.set_name,
        source_sha256=inspection.sha256,
        source_format=inspection.format,
        beside_sha256=_sidecar_sha256(audio_sources, branches, sidecars),
        duration_s=lead.duration_s,
        frames=lead.frames if any(branch.video for branch in branches) else 0,
        profiles=tuple(_used(profile) for profile in profiles),
        processes=tuple(
            joining.process(
                f"encode-{number}" if number > 1 else "encode", inspection, audio_sources, together, sidecars
            )
            for number, together in enumerate(joining.together(branches), start=1)
        ),
        notes=(
            *request.notes,
            *audio.misfit_notes(audio_sources, lead.duration_s, is_cut=bool(seen.media.video)),
            *(note for found in level_notes.values() for note in found),
            *generated.notes(branches, request),
        ),
    )


def _sidecar_sha256(sources: Sequence[AudioSource], branches: Sequence[Branch], sidecars: Sidecars) -> dict[str, str]:
    """The files that are read besides the film, by their tokens."""
    files = {source.token: source.inspection.sha256 for source in sources if source.token != MAIN}
    made_of = {branch.poster for branch in branches}
    files |= {token: poster.sha256 for token, poster in sidecars.posters.inputs if token in made_of}
    if sidecars.slides and any(branch.sees_slides for branch in branches):
        files[SLIDES_INPUT] = sidecars.slides.inspection.sha256
    return files


def audio_sources_of(inspection: Inspection, language: str, others: Sequence[AudioSource]) -> tuple[AudioSource, ...]:
    """The film's own audio first, then a language each; a file takes the place of the film's audio in its language,
    and of a film's that has none."""
    sources = [AudioSource(inspection=inspection, language=language)]
    for source in others:
        mute = len(sources) == 1 and not sources[0].inspection.media.audio
        at = next(
            (index for index, item in enumerate(sources) if item.language == source.language), 0 if mute else None
        )
        if at is None:
            sources.append(source)
        else:
            sources[at] = source
    return tuple(sources)


def chosen(
    inspection: Inspection,
    wanted: ProfileSet,
    profiles: Sequence[Profile],
    subtitles: Sequence[SubtitleTrack] = (),
    slides: Slides | None = None,
) -> tuple[list[Profile], list[Note]]:
    """The profiles of a set whose conditions this source meets, and a note for each that it does not; with slides in
    the picture it is as fine as they are."""
    used: list[Profile] = []
    notes: list[Note] = []
    for item, profile in zip(wanted.profiles, profiles, strict=True):
        if unmet := _unmet(item.when, inspection, slides):
            notes.append(Note(kind=unmet[0], values={"profile": profile.name, **unmet[1]}))
            continue
        used.append(profile)
        for track in subtitles if isinstance(profile, TransportStream) else ():
            if item.burn != "all" and track.language not in item.burn:
                continue
            if captions.drawable(track.cues):
                name = f"{profile.name}-{track.language}"
                used.append(profile.model_copy(update={"name": name, "burn": track.language}))
            else:
                notes.append(Note(kind="not_burnt", values={"profile": profile.name, "language": track.language}))
    return used, notes


def chapters_beside(request: PlanRequest, made: Plan) -> tuple[Chapter, ...]:
    """The chapters that are written beside a plan's outputs, whatever its profiles have of them."""
    return chapters.within(request.chapters, made.duration_s, request.inspection.start_s)


def to_bytes(plan: Plan) -> bytes:
    """The plan's canonical bytes, for keys and golden tests."""
    return canonical(plan.model_dump(mode="json", by_alias=True))


def _unmet(
    when: When, inspection: Inspection, slides: Slides | None
) -> tuple[str, dict[str, str | int | float]] | None:
    """The first condition that does not hold."""
    track = inspection.media.video[0] if inspection.media.video else None
    if slides and slides.are_seen:
        track = slides.track
    lines = upright_lines(track) if track else 0
    if when.min_lines and lines < when.min_lines:
        return "too_few_lines", {"lines": lines, "wanted": when.min_lines}
    if when.max_lines and lines > when.max_lines:
        return "too_many_lines", {"lines": lines, "wanted": when.max_lines}
    if when.scan and (track is None or track.scan is not when.scan):
        return "other_scan", {"wanted": when.scan.value}
    if when.sound is not None and when.sound != bool(inspection.media.audio):
        return "other_sound", {}
    return None


def _used(profile: Profile) -> ProfileUsed:
    threads = profile.threads if not isinstance(profile, Poster | Sprite) else 1
    return ProfileUsed(name=profile.name, digest=profile.digest(), threads=str(threads))


def _branches(profile: Profile, film: Film, limit: FrameSize) -> list[Branch]:
    """A profile's outputs, of the film at the profile's own cadence."""
    film = replace(film, cadence=_cadence(profile, film.inspection))
    if _is_toned(profile, film):
        film = replace(film, toned=_after_tone_mapping(film.source_track, limit))
    match profile:
        case TransportStream():
            video = partial(transport.transport_stream, film=film, profile=profile)
            return [Branch(transport.transport_spec(film, profile), film, video, _levels(profile, film))]
        case Hls():
            return _ladder(profile, film)
        case Mp4():
            video = partial(files.mp4_stream, film=film, profile=profile)
            return [Branch(files.mp4_spec(film, profile), film, video, _levels(profile, film))]
        case Mezzanine():
            video = partial(files.mezzanine_stream, film=film)
            return [Branch(files.mezzanine_spec(film, profile), film, video, _levels(profile, film))]
        case AudioOnly():
            # a file is in one language; a film's others are in its other outputs
            heard = range(1 if film.inspection.media.video else len(film.audio_sources))
            levels = _levels(profile, film)
            return [
                Branch(files.audio_spec(whole, profile, index), whole, None, levels[index : index + 1])
                for index, whole in ((index, _whole(film, index)) for index in heard)
            ]
        case Poster():
            return [images.poster(film, profile)]
        case Sprite():
            video = partial(images.sprite_stream, film=film, profile=profile)
            return [Branch(images.sprite_spec(film, profile), film, video)]


def _whole(film: Film, index: int) -> Film:
    """The film as long as one of its sounds where no pictures end it: nothing of a longer one is left out."""
    if film.inspection.media.video:
        return film
    own = cadence.audio_only(film.audio_sources[index].inspection)
    return replace(film, cadence=own) if own.frames > film.frames else film


def _ladder(profile: Hls, film: Film) -> list[Branch]:
    """The rungs, then each language's audio at each rate."""
    rungs = ladder.rungs(film, profile)
    variants = [
        Branch(ladder.rung_spec(film, profile, rung), film, partial(ladder.rung_stream, film=film, rung=rung))
        for rung in rungs
    ]
    tracks = [
        Branch(
            ladder.audio_spec(film, profile, index, settings),
            film,
            None,
            (audio.level_of(source.inspection, settings),),
        )
        for settings in profile.audio_settings(rungs)
        for index, source in enumerate(film.audio_sources)
    ]
    return [*variants, *tracks]


def _cadence(profile: Profile, inspection: Inspection) -> Cadence:
    match profile:
        case AudioOnly() | Poster() | Sprite():
            return _house_cadence(inspection)
        case Hls():
            return cadence.cadence_for(inspection, profile.rate, "progressive")
        case TransportStream() | Mp4() | Mezzanine():
            return cadence.cadence_for(inspection, profile.rate, profile.scan, profile.rate_by)


def _house_cadence(inspection: Inspection) -> Cadence:
    return cadence.cadence_for(inspection, int(cadence.HOUSE_RATE), "progressive")


def _levels(profile: ProfileWithAudio, film: Film) -> tuple[LevelAdjustment | None, ...]:
    """Of each of the film's audio sources."""
    return tuple(audio.level_of(source.inspection, profile.audio) for source in film.audio_sources)


def _is_toned(profile: Profile, film: Film) -> bool:
    """Whether a bright or wide picture must become an ordinary one: a mezzanine keeps it, where no slides stand beside
    it."""
    tracks = film.inspection.media.video
    kept = isinstance(profile, AudioOnly) or (isinstance(profile, Mezzanine) and film.slides is None)
    return bool(tracks) and colour.is_wide(tracks[0]) and not kept


def _after_tone_mapping(track: VideoTrack, limit: FrameSize) -> VideoTrack:
    """The track behind tone mapping, which is done once, at the size of the largest output."""
    shape = snapped_shape(track)
    width, height = fit(shape, within_source(track, limit))
    return colour.track_after_bt709(track, width, height, shape)
