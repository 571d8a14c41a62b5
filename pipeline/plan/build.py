"""The plan of a film: one process, one decode, every output."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from pipeline.errors import EnvironmentFault, MediaError
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.model.base import canonical
from pipeline.model.capability import Capability
from pipeline.model.inspection import Inspection
from pipeline.model.plan import Plan, Process, ProfileUsed
from pipeline.model.profile import Hls, Poster, Profile, ProfileSet, Sprite, TransportStream
from pipeline.model.submission import Submission
from pipeline.plan import ladder, picture, sound, stills, transport
from pipeline.plan.draft import Draft, Film

FRAME_RATE = 25
VERSION = 1  # part of the transcode stage's key: raise it when the same plan text would mean something else

NEEDED_ENCODERS = ("libx264", "mp2", "aac", "mjpeg")
NEEDED_MUXERS = ("mpegts", "hls", "image2", "null", "mp4")
NEEDED_FILTERS = (
    "aformat", "alimiter", "apad", "aresample", "asetpts", "asplit", "atrim", "blackdetect", "bwdif", "cropdetect",
    "ebur128", "format", "fps", "freezedetect", "idet", "null", "pad", "scale", "select", "setparams", "setpts",
    "setsar", "silencedetect", "split", "tile", "trim", "volume", "zscale",
)  # fmt: skip

# ffmpeg's own progress is silent until every output has begun, and a sprite sheet begins at the film's end: so the
# first output tells of each picture on the same pipe
PROGRESS: tuple[str, ...] = ("-stats_enc_post:v:0", "pipe:1", "-stats_enc_post_fmt:v:0", "picture={n}")

Branch = tuple[Draft, Callable[[Stream], Stream] | None]


def missing(capability: Capability) -> list[str]:
    """What this build of ffmpeg lacks for any plan."""
    return [
        *(f"encoder {name}" for name in NEEDED_ENCODERS if name not in capability.encoders),
        *(f"muxer {name}" for name in NEEDED_MUXERS if name not in capability.muxers),
        *(f"filter {name}" for name in NEEDED_FILTERS if name not in capability.filters),
    ]


def plan(
    submission: Submission,
    inspection: Inspection,
    chosen: ProfileSet,
    profiles: Sequence[Profile],
    capability: Capability,
) -> Plan:
    """Decide everything that ffmpeg will be told. Pure: the same arguments give the same bytes.

    Raises:
        MediaError: the film has no pictures that could be decoded.
        EnvironmentFault: this ffmpeg lacks an encoder, a filter or a muxer.
    """
    if lacking := missing(capability):
        raise EnvironmentFault("ffmpeg_lacks", detail=", ".join(lacking))
    timeline = inspection.measures.timeline if inspection.measures else None
    if timeline is None or not inspection.media.video:
        raise MediaError("no_picture", where=submission.main.file)
    frames, slack = picture.frames_at(timeline, FRAME_RATE)
    film = Film(
        title=submission.title_zh, language=submission.languages[0] if submission.languages else "und",
        inspection=inspection, frame_rate=FRAME_RATE, frames=frames, frames_slack=slack,
    )  # fmt: skip
    used, notes = _chosen(film, chosen, profiles)
    if note := sound.out_of_reach(inspection):
        notes = (*notes, note)
    branches = [branch for profile in used for branch in _branches(film, profile)]
    return Plan(
        set_name=chosen.name,
        source_sha256=inspection.sha256,
        source_format=inspection.format,
        duration_s=film.duration_s,
        frames=frames,
        profiles=tuple(ProfileUsed(name=profile.name, digest=profile.fingerprint()) for profile in used),
        processes=(_process(film, branches),),
        notes=notes,
    )


def to_bytes(made: Plan) -> bytes:
    """The plan's canonical bytes, for keys and golden tests."""
    return canonical(made.model_dump(mode="json", by_alias=True))


def _chosen(film: Film, chosen: ProfileSet, profiles: Sequence[Profile]) -> tuple[list[Profile], tuple[str, ...]]:
    lines = picture.source_lines(film.track)
    used, notes = [], []
    for item, profile in zip(chosen.profiles, profiles, strict=True):
        if item.min_source_lines and lines < item.min_source_lines:
            notes.append(f"{profile.name}: source has {lines} lines, {item.min_source_lines} needed")
        else:
            used.append(profile)
    return used, tuple(notes)


def _branches(film: Film, profile: Profile) -> list[Branch]:
    match profile:
        case TransportStream():
            return [(transport.draft(film, profile), partial(transport.picture, film=film, profile=profile))]
        case Hls():
            pictures: list[Branch] = [
                (ladder.draft_rung(film, profile, rung), partial(ladder.picture, film=film, rung=rung))
                for rung in ladder.rungs(film, profile)
            ]
            return [*pictures, (ladder.draft_sound(film, profile), None)]
        case Poster():
            return [
                (
                    stills.draft_poster(profile),
                    partial(stills.poster_picture, film=film, profile=profile),
                )
            ]
        case Sprite():
            return [
                (
                    stills.draft_sprite(film, profile),
                    partial(stills.sprite_picture, film=film, profile=profile),
                )
            ]


def _process(film: Film, branches: Sequence[Branch]) -> Process:
    given = graph.Input("{in.main}", film.inspection.format)
    seen = sum(draft.picture for draft, _ in branches)
    heard = sum(draft.sound for draft, _ in branches)
    pictures = iter(
        graph.fan_out(
            picture.cadence(given.stream("V:0"), film.inspection, film.frame_rate, film.frames), "split", seen
        )
    )
    sounds = iter(
        graph.fan_out(sound.stereo(given, film.inspection, film.duration_s), "asplit", heard) if heard else ()
    )
    written = []
    told = PROGRESS
    for draft, make in branches:
        streams = [make(next(pictures))] if make else []
        if draft.sound:
            streams.append(next(sounds))
        options, told = (draft.options, told) if draft.sound and not draft.picture else ((*told, *draft.options), ())
        written.append(graph.Written(tuple(streams), draft.token, options))
    files = {token: name for draft, _ in branches for token, name in draft.files.items()}
    outputs = tuple(draft.output for draft, _ in branches)
    return Process(name="encode", argv=graph.argv([given], written), files=files, outputs=outputs)
