"""The plan of a film: one process, one decode, every output."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from pipeline.errors import EnvironmentFault, MediaError
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.model.base import canonical
from pipeline.model.capability import Capability
from pipeline.model.inspection import Inspection, Level, VideoTrack
from pipeline.model.plan import Note, Plan, Process, ProfileUsed
from pipeline.model.profile import (
    AudioOnly,
    Heard,
    Hls,
    Mezzanine,
    Mp4,
    Poster,
    Profile,
    ProfileSet,
    Sprite,
    TransportStream,
    When,
)
from pipeline.model.subtitles import SubtitleTrack
from pipeline.plan import cadence, captions, colour, files, ladder, picture, sound, stills, transport
from pipeline.plan.draft import ALONE, MAIN, STILL, Beside, Draft, Dub, Film, Voice
from pipeline.plan.picture import Box

VERSION = 4  # part of the transcode stage's key: raise it when the same plan text would mean something else

BURNT_AT_ONCE = 4
NEEDED_ENCODERS = ("libx264", "libx265", "mp2", "aac", "ac3", "mjpeg", "libmp3lame", "prores_ks", "pcm_s24le")
NEEDED_MUXERS = ("mpegts", "image2", "null", "mp4", "mov", "ipod", "mp3")
NEEDED_FILTERS = (
    "aformat", "alimiter", "apad", "aresample", "asetpts", "asplit", "ass", "atempo", "atrim", "bwdif", "crop",
    "decimate",
    "ebur128", "fieldmatch", "fieldorder", "format", "fps", "framerate", "idet", "interlace", "join", "metadata",
    "null", "pad", "pan", "scale", "select", "setfield", "setparams", "setpts", "setsar", "split", "tile", "tonemap",
    "tpad", "trim", "volume", "zscale",
)  # fmt: skip

# ffmpeg's own progress is silent until every output has begun, and a sprite sheet begins at the film's end: so the
# first output tells of each picture on the same pipe
PROGRESS: tuple[str, ...] = ("-stats_enc_post:v:0", "pipe:1", "-stats_enc_post_fmt:v:0", "picture={n}")


@dataclass(frozen=True)
class _Branch:
    """An output, the pictures it is made of, and the levels of its sound."""

    draft: Draft
    film: Film
    make: Callable[[Stream], Stream] | None
    levels: tuple[Level | None, ...] = ()  # of each of its voices
    is_still: bool = False  # made of the poster that was handed in, not of the film

    def level(self, voice: int) -> Level | None:
        return self.levels[self.draft.voices.index(voice)]


def missing(capability: Capability) -> list[str]:
    """What this build of ffmpeg lacks for any plan."""
    return [
        *(f"encoder {name}" for name in NEEDED_ENCODERS if name not in capability.encoders),
        *(f"muxer {name}" for name in NEEDED_MUXERS if name not in capability.muxers),
        *(f"filter {name}" for name in NEEDED_FILTERS if name not in capability.filters),
    ]


def plan(
    inspection: Inspection, profiles: Sequence[Profile], capability: Capability, *, title: str, language: str,
    set_name: str, notes: Sequence[Note] = (), beside: Beside = ALONE,
) -> Plan:  # fmt: skip
    """Decide everything that ffmpeg will be told. Pure: the same arguments give the same bytes.

    Raises:
        MediaError: a profile wants pictures and there are none that could be decoded, or there is no profile.
        EnvironmentFault: this ffmpeg lacks an encoder, a filter or a muxer, or there are no fonts to draw with.
    """
    if lacking := missing(capability):
        raise EnvironmentFault("ffmpeg_lacks", detail=", ".join(lacking))
    if not profiles:
        raise MediaError("nothing_to_make")
    seen = inspection.measures is not None and inspection.measures.timeline is not None
    if not (seen and inspection.media.video) and not all(isinstance(item, AudioOnly) for item in profiles):
        raise MediaError("no_picture")
    limit = _limit(profiles)
    voices = voices_of(inspection, language, beside.dubs)
    branches = [
        branch for profile in profiles for branch in _branches(profile, inspection, title, voices, limit, beside)
    ]
    lead = branches[0].film
    said = {
        (voice, level.target_lkfs): note
        for branch in branches
        for voice, level in zip(branch.draft.voices, branch.levels, strict=True) if level
        for note in [sound.notes(level, voices[voice].language)]
    }  # fmt: skip
    return Plan(
        set_name=set_name,
        source_sha256=inspection.sha256,
        source_format=inspection.format,
        beside_sha256=_beside_sha256(voices, branches, beside),
        duration_s=lead.duration_s,
        frames=lead.frames if any(branch.make for branch in branches) else 0,
        profiles=tuple(_used(profile) for profile in profiles),
        processes=tuple(
            _process(f"encode-{number}" if number > 1 else "encode", inspection, voices, together, beside)
            for number, together in enumerate(_together(branches), start=1)
        ),
        notes=(*notes, *sound.misfits(voices, lead.duration_s), *(note for made in said.values() for note in made)),
    )


def _beside_sha256(voices: Sequence[Voice], branches: Sequence[_Branch], beside: Beside) -> dict[str, str]:
    """The files that are read besides the film, by their tokens."""
    files = {voice.token: voice.inspection.sha256 for voice in voices if voice.token != MAIN}
    if beside.still and any(branch.is_still for branch in branches):
        files[STILL] = beside.still.sha256
    return files


def voices_of(inspection: Inspection, language: str, dubs: Sequence[Dub]) -> tuple[Voice, ...]:
    """The film's own sound first, then a language each; a file takes the place of the film's sound in its language,
    and of a film's that has none."""
    made = [Voice(inspection, language)]
    for dub in dubs:
        voice = Voice(dub.inspection, dub.language, dub.token, dub.begins_s)
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
    lines = picture.source_lines(track) if track else 0
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
    profile: Profile, inspection: Inspection, title: str, voices: tuple[Voice, ...], limit: Box, beside: Beside
) -> list[_Branch]:
    house = isinstance(profile, AudioOnly | Poster | Sprite)
    rate = 25 if house else profile.rate  # type: ignore[union-attr] # mypy does not narrow by a stored isinstance
    still = house or isinstance(profile, Hls)
    scan, rate_by = ("progressive", "repeat") if still else (profile.scan, profile.rate_by)  # type: ignore[union-attr]
    film = Film(title, voices, inspection, cadence.of(inspection, rate, scan, rate_by), beside=beside)
    if _is_narrow(profile, inspection):
        film = replace(film, seen=_narrowed(film.track, limit))
    heard = isinstance(profile, Heard)
    levels = tuple(sound.level_of(voice.inspection, profile.audio) for voice in voices) if heard else ()  # type: ignore[union-attr]
    match profile:
        case TransportStream():
            make = partial(transport.picture, film=film, profile=profile)
            return [_Branch(transport.draft(film, profile), film, make, levels)]
        case Hls():
            fitting = ladder.rungs(film, profile)
            rungs = [
                _Branch(ladder.draft_rung(film, profile, rung), film, partial(ladder.picture, film=film, rung=rung))
                for rung in fitting
            ]
            sounds = [
                _Branch(ladder.draft_sound(film, profile, index, coded), film, None,
                        (sound.level_of(voices[index].inspection, coded),))
                for coded in profile.sounds(fitting) for index in film.every_voice
            ]  # fmt: skip
            return [*rungs, *sounds]
        case Mp4():
            make = partial(files.mp4_picture, film=film, profile=profile)
            return [_Branch(files.draft_mp4(film, profile), film, make, levels)]
        case Mezzanine():
            return [_Branch(files.draft_mezzanine(film, profile), film, partial(files.mezzanine_picture, film=film),
                            levels)]  # fmt: skip
        case AudioOnly():
            return [_Branch(files.draft_audio(film, profile), film, None, levels[:1])]
        case Poster() if beside.still:
            make = partial(stills.handed_in_picture, still=beside.still, profile=profile)
            return [_Branch(stills.draft_poster(profile), film, make, is_still=True)]
        case Poster():
            return [_Branch(stills.draft_poster(profile), film, partial(stills.poster_picture, film=film,
                                                                        profile=profile))]  # fmt: skip
        case Sprite():
            return [_Branch(stills.draft_sprite(film, profile), film, partial(stills.sprite_picture, film=film,
                                                                              profile=profile))]  # fmt: skip


def _is_narrow(profile: Profile, inspection: Inspection) -> bool:
    """Whether a bright or wide picture must become an ordinary one: a mezzanine keeps it."""
    tracks = inspection.media.video
    return bool(tracks) and colour.is_wide(tracks[0]) and not isinstance(profile, Mezzanine | AudioOnly)


def _narrowed(track: VideoTrack, limit: Box) -> VideoTrack:
    """The track behind tone mapping, which is done once, at the size of the largest output."""
    shape = picture.source_shape(track)
    width, height = picture.fit(shape, picture.within_source(track, limit))
    return colour.after(track, width, height, shape)


def _limit(profiles: Sequence[Profile]) -> Box:
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
    return Box(max((width for width, _ in frames), default=2), max((height for _, height in frames), default=2))


def _together(branches: Sequence[_Branch]) -> list[list[_Branch]]:
    """Which outputs share a process: all, but for streams with subtitles, of which there may be many. Each encoder of
    1080 lines holds 0.2 GB, so some more decodes cost less than the memory of all at once."""
    clean = [branch for branch in branches if not branch.draft.output.burnt]
    burnt = [branch for branch in branches if branch.draft.output.burnt]
    groups = [burnt[at : at + BURNT_AT_ONCE] for at in range(0, len(burnt), BURNT_AT_ONCE)]
    return [group for group in (clean, *groups) if group]


def _process(
    name: str, inspection: Inspection, voices: Sequence[Voice], branches: Sequence[_Branch], beside: Beside
) -> Process:
    given = graph.Input(MAIN, inspection.format)
    others = [graph.Input(item.token, item.inspection.format) for item in voices if item.token != MAIN]
    others += [graph.Input(STILL, beside.still.format)] if beside.still else []
    inputs = {item.token: item for item in (given, *others)}
    seen = [branch for branch in branches if branch.make and not branch.is_still]

    def prepared(stream: Stream, branch: _Branch) -> Stream:
        stream = cadence.pictures(stream, inspection, branch.film.cadence)
        narrow = branch.film.seen
        return stream if narrow is None else colour.narrowed(stream, inspection.media.video[0], narrow.width,
                                                             narrow.height)  # fmt: skip

    def heard(index: int) -> Iterator[Stream]:
        """One voice for each branch that has it."""
        voice = voices[index]
        wanted = [branch for branch in branches if index in branch.draft.voices]
        return _shared(
            wanted, lambda branch: _sound_key(branch, index), "asplit",
            lambda: sound.stereo(inputs[voice.token], voice, inspection),
            lambda stream, branch: sound.levelled(stream, voice, branch.level(index), branch.film.cadence),
        )  # fmt: skip

    pictures = _shared(
        seen, lambda branch: (branch.film.cadence, branch.film.seen), "split", lambda: given.stream("V:0"), prepared
    )
    sounds = [heard(index) for index in range(len(voices))]
    written = []
    told = PROGRESS
    for branch in branches:
        streams = []
        if branch.make:
            streams = [branch.make(inputs[STILL].stream("v:0") if branch.is_still else next(pictures))]
        streams += [next(sounds[index]) for index in branch.draft.voices]
        options, told = ((*told, *branch.draft.options), ()) if branch.make else (branch.draft.options, told)
        written.append(graph.Written(tuple(streams), branch.draft.token, options))
    names = {token: name for branch in branches for token, name in branch.draft.files.items()}
    outputs = tuple(branch.draft.output for branch in branches)
    argv = graph.argv(list(inputs.values()), written)
    texts = dict(text for branch in branches for text in branch.draft.texts)
    fonts = beside.lettering.fonts if texts and beside.lettering else ()
    return Process(name=name, argv=argv, files=names, texts=texts, fonts=fonts, outputs=outputs)


def _sound_key(branch: _Branch, voice: int) -> Hashable:
    """Outputs that hear the same: whatever they code it with."""
    level = branch.level(voice)
    gain = level and (level.gain_db, level.limited, level.ceiling_dbtp, graph.margin_db(level.bitrate_kbps))
    return gain, branch.film.duration_s, branch.film.cadence.speed


def _shared(
    branches: Sequence[_Branch], key: Callable[[_Branch], Hashable], split: str, source: Callable[[], Stream],
    treat: Callable[[Stream, _Branch], Stream],
) -> Iterator[Stream]:  # fmt: skip
    """One stream for each branch, in order: what branches of one key have in common is done once."""
    if not branches:
        return iter(())
    keys = [key(branch) for branch in branches]
    kinds = list(dict.fromkeys(keys))
    common = graph.fan_out(source(), split, len(kinds))
    queues: dict[Hashable, list[Stream]] = {}
    for kind, stream in zip(kinds, common, strict=True):
        first = branches[keys.index(kind)]
        queues[kind] = graph.fan_out(treat(stream, first), split, keys.count(kind))
    return iter([queues[kind].pop(0) for kind in keys])
