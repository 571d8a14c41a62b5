"""The plan of a film: one process, one decode, every output (streams with subtitles by fours)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from pipeline.errors import EnvironmentFault, MediaError
from pipeline.media.track_shape import snapped_shape, upright_lines
from pipeline.model.base import canonical
from pipeline.model.capability import Capability
from pipeline.model.inspection import Inspection, VideoTrack
from pipeline.model.plan import Note, Plan, ProfileUsed
from pipeline.model.profile import (
    AudioOnly,
    Hls,
    Mezzanine,
    Mp4,
    Poster,
    Profile,
    ProfileSet,
    ProfileWithAudio,
    Sprite,
    TransportStream,
    When,
)
from pipeline.model.subtitles import SubtitleTrack
from pipeline.plan import audio, cadence, captions, colour, files, images, joining, ladder, picture, transport
from pipeline.plan.joining import Branch
from pipeline.plan.picture import FrameSize
from pipeline.plan.spec import MAIN, NO_SIDECARS, POSTER_INPUT, AudioSource, Dub, Film, Sidecars

VERSION = 4  # part of the transcode stage's key: raise it when the same plan text would mean something else

NEEDED_ENCODERS = ("libx264", "libx265", "mp2", "aac", "ac3", "mjpeg", "libmp3lame", "prores_ks", "pcm_s24le")
NEEDED_MUXERS = ("mpegts", "image2", "null", "mp4", "mov", "ipod", "mp3")
NEEDED_FILTERS = (
    "aformat",
    "alimiter",
    "apad",
    "aresample",
    "asetpts",
    "asplit",
    "ass",
    "atempo",
    "atrim",
    "bwdif",
    "crop",
    "decimate",
    "ebur128",
    "fieldmatch",
    "fieldorder",
    "format",
    "fps",
    "framerate",
    "idet",
    "interlace",
    "join",
    "metadata",
    "null",
    "pad",
    "pan",
    "scale",
    "select",
    "setfield",
    "setparams",
    "setpts",
    "setsar",
    "split",
    "tile",
    "tonemap",
    "tpad",
    "trim",
    "volume",
    "zscale",
)


def missing(capability: Capability) -> list[str]:
    """What this build of ffmpeg lacks for any plan."""
    return [
        *(f"encoder {name}" for name in NEEDED_ENCODERS if name not in capability.encoders),
        *(f"muxer {name}" for name in NEEDED_MUXERS if name not in capability.muxers),
        *(f"filter {name}" for name in NEEDED_FILTERS if name not in capability.filters),
    ]


def plan(
    inspection: Inspection,
    profiles: Sequence[Profile],
    capability: Capability,
    *,
    title: str,
    language: str,
    set_name: str,
    notes: Sequence[Note] = (),
    sidecars: Sidecars = NO_SIDECARS,
) -> Plan:
    """Decide everything that ffmpeg will be told. Pure: the same arguments give the same bytes.

    Raises:
        MediaError: a profile wants pictures and there are none that could be decoded, or there is no profile.
        EnvironmentFault: this ffmpeg lacks an encoder, a filter or a muxer, or there are no fonts to draw with.
    """
    if lacking := missing(capability):
        raise EnvironmentFault("ffmpeg_lacks", detail=", ".join(lacking))
    if not profiles:
        raise MediaError("nothing_to_make")
    seen = inspection.measures is not None and inspection.measures.video.timeline is not None
    if not (seen and inspection.media.video) and not all(isinstance(item, AudioOnly) for item in profiles):
        raise MediaError("no_picture")
    limit = _limit(profiles)
    voices = audio_sources_of(inspection, language, sidecars.dubs)
    branches = [
        branch for profile in profiles for branch in _branches(profile, inspection, title, voices, limit, sidecars)
    ]
    lead = branches[0].film
    said = {
        (voice, level.target_lkfs): note
        for branch in branches
        for voice, level in zip(branch.draft.voices, branch.levels, strict=True)
        if level
        for note in [audio.notes(level, voices[voice].language)]
    }
    return Plan(
        set_name=set_name,
        source_sha256=inspection.sha256,
        source_format=inspection.format,
        beside_sha256=_sidecar_sha256(voices, branches, sidecars),
        duration_s=lead.duration_s,
        frames=lead.frames if any(branch.make for branch in branches) else 0,
        profiles=tuple(_used(profile) for profile in profiles),
        processes=tuple(
            joining.process(f"encode-{number}" if number > 1 else "encode", inspection, voices, together, sidecars)
            for number, together in enumerate(joining.together(branches), start=1)
        ),
        notes=(*notes, *audio.misfits(voices, lead.duration_s), *(note for made in said.values() for note in made)),
    )


def _sidecar_sha256(voices: Sequence[AudioSource], branches: Sequence[Branch], sidecars: Sidecars) -> dict[str, str]:
    """The files that are read besides the film, by their tokens."""
    files = {voice.token: voice.inspection.sha256 for voice in voices if voice.token != MAIN}
    if sidecars.poster and any(branch.from_poster for branch in branches):
        files[POSTER_INPUT] = sidecars.poster.sha256
    return files


def audio_sources_of(inspection: Inspection, language: str, dubs: Sequence[Dub]) -> tuple[AudioSource, ...]:
    """The film's own sound first, then a language each; a file takes the place of the film's sound in its language,
    and of a film's that has none."""
    made = [AudioSource(inspection, language)]
    for dub in dubs:
        voice = AudioSource(dub.inspection, dub.language, dub.token, dub.begins_s)
        mute = len(made) == 1 and not made[0].inspection.media.audio
        at = next((index for index, item in enumerate(made) if item.language == dub.language), 0 if mute else None)
        if at is None:
            made.append(voice)
        else:
            made[at] = voice
    return tuple(made)


def chosen(
    inspection: Inspection, wanted: ProfileSet, profiles: Sequence[Profile], subtitles: Sequence[SubtitleTrack] = ()
) -> tuple[list[Profile], list[Note]]:
    """The profiles of a set whose conditions this source meets, and a note for each that it does not."""
    used: list[Profile] = []
    notes: list[Note] = []
    for item, profile in zip(wanted.profiles, profiles, strict=True):
        if unmet := _unmet(item.when, inspection):
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


def to_bytes(made: Plan) -> bytes:
    """The plan's canonical bytes, for keys and golden tests."""
    return canonical(made.model_dump(mode="json", by_alias=True))


def _unmet(when: When, inspection: Inspection) -> tuple[str, dict[str, str | int | float]] | None:
    """The first condition that does not hold."""
    track = inspection.media.video[0] if inspection.media.video else None
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


def _branches(
    profile: Profile,
    inspection: Inspection,
    title: str,
    voices: tuple[AudioSource, ...],
    limit: FrameSize,
    sidecars: Sidecars,
) -> list[Branch]:
    house = isinstance(profile, AudioOnly | Poster | Sprite)
    rate = 25 if house else profile.rate  # type: ignore[union-attr] # mypy does not narrow by a stored isinstance
    fixed = house or isinstance(profile, Hls)
    scan, rate_by = ("progressive", "repeat") if fixed else (profile.scan, profile.rate_by)  # type: ignore[union-attr]
    film = Film(title, voices, inspection, cadence.cadence_for(inspection, rate, scan, rate_by), sidecars=sidecars)
    if _is_narrow(profile, inspection):
        film = replace(film, seen=_after_tone_mapping(film.track, limit))
    heard = isinstance(profile, ProfileWithAudio)
    levels = tuple(audio.level_of(voice.inspection, profile.audio) for voice in voices) if heard else ()  # type: ignore[union-attr]
    match profile:
        case TransportStream():
            make = partial(transport.picture, film=film, profile=profile)
            return [Branch(transport.transport_spec(film, profile), film, make, levels)]
        case Hls():
            fitting = ladder.rungs(film, profile)
            rungs = [
                Branch(ladder.rung_spec(film, profile, rung), film, partial(ladder.picture, film=film, rung=rung))
                for rung in fitting
            ]
            sounds = [
                Branch(
                    ladder.audio_spec(film, profile, index, coded),
                    film,
                    None,
                    (audio.level_of(voices[index].inspection, coded),),
                )
                for coded in profile.audio_settings(fitting)
                for index in film.every_audio_source
            ]
            return [*rungs, *sounds]
        case Mp4():
            make = partial(files.mp4_picture, film=film, profile=profile)
            return [Branch(files.mp4_spec(film, profile), film, make, levels)]
        case Mezzanine():
            return [
                Branch(files.mezzanine_spec(film, profile), film, partial(files.mezzanine_picture, film=film), levels)
            ]
        case AudioOnly():
            return [Branch(files.audio_spec(film, profile), film, None, levels[:1])]
        case Poster() if sidecars.poster:
            make = partial(images.given_poster_picture, poster=sidecars.poster, profile=profile)
            return [Branch(images.poster_spec(profile), film, make, from_poster=True)]
        case Poster():
            return [
                Branch(images.poster_spec(profile), film, partial(images.poster_picture, film=film, profile=profile))
            ]
        case Sprite():
            return [
                Branch(
                    images.sprite_spec(film, profile), film, partial(images.sprite_picture, film=film, profile=profile)
                )
            ]


def _is_narrow(profile: Profile, inspection: Inspection) -> bool:
    """Whether a bright or wide picture must become an ordinary one: a mezzanine keeps it."""
    tracks = inspection.media.video
    return bool(tracks) and colour.is_wide(tracks[0]) and not isinstance(profile, Mezzanine | AudioOnly)


def _after_tone_mapping(track: VideoTrack, limit: FrameSize) -> VideoTrack:
    """The track behind tone mapping, which is done once, at the size of the largest output."""
    shape = snapped_shape(track)
    width, height = picture.fit(shape, picture.within_source(track, limit))
    return colour.track_after_bt709(track, width, height, shape)


def _limit(profiles: Sequence[Profile]) -> FrameSize:
    """The largest frame of any output that pictures are made smaller for."""
    frames = []
    for profile in profiles:
        match profile:
            case TransportStream() | Mp4():
                frames.append((profile.video.width, profile.video.height))
            case Hls():
                frames += [(rung.width, rung.height) for rung in profile.rungs]
            case Poster() | Sprite():
                frames.append((profile.width, profile.height))
            case Mezzanine() | AudioOnly():
                pass
    return FrameSize(max((width for width, _ in frames), default=2), max((height for _, height in frames), default=2))
