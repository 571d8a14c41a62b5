"""Outputs joined into processes: each stream that several outputs have in common is made once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.ffmpeg.source import MAIN
from pipeline.model.inspection import Inspection, PictureStretch
from pipeline.model.loudness import LevelAdjustment, margin_db
from pipeline.model.media import VideoTrack
from pipeline.model.plan import Process
from pipeline.plan import audio, cadence, colour
from pipeline.plan.lecture import SLIDES_INPUT, Slides
from pipeline.plan.spec import AudioSource, Film, OutputSpec, Shown, Sidecars

BURNT_AT_ONCE = 4
# ffmpeg's own progress is silent until every output has begun, and a sprite sheet begins at the film's end: so the
# first output tells of each frame on the same pipe
PROGRESS: tuple[str, ...] = ("-stats_enc_post:v:0", "pipe:1", "-stats_enc_post_fmt:v:0", "picture={n}")


@dataclass(frozen=True)
class Branch:
    """An output, how its video is made, and the levels of its audio."""

    spec: OutputSpec
    film: Film
    video: Callable[[Stream], Stream] | None
    levels: tuple[LevelAdjustment | None, ...] = ()  # of each of its audio sources
    poster: str | None = None  # the token of the one that was handed in, where it is made of that and not of the film

    @property
    def sees_slides(self) -> bool:
        """Whether the slides are in its picture."""
        slides = self.film.sidecars.slides
        return self.video is not None and self.poster is None and slides is not None and slides.are_seen

    @property
    def sees_film(self) -> bool:
        """Whether the film's own pictures are."""
        return self.video is not None and self.poster is None and (self.film.slides is not None or not self.sees_slides)

    def level(self, index: int) -> LevelAdjustment | None:
        """The level of one of the film's audio sources."""
        return self.levels[self.spec.audio.index(index)]


def together(branches: Sequence[Branch]) -> list[list[Branch]]:
    """Which outputs share a process: all, but for streams with subtitles, of which there may be many. Each encoder of
    1080 lines holds 0.2 GB, so some more decodes cost less than the memory of all at once."""
    clean = [branch for branch in branches if not branch.spec.output.burnt]
    burnt = [branch for branch in branches if branch.spec.output.burnt]
    groups = [burnt[at : at + BURNT_AT_ONCE] for at in range(0, len(burnt), BURNT_AT_ONCE)]
    return [group for group in (clean, *groups) if group]


def process(
    name: str,
    inspection: Inspection,
    audio_sources: Sequence[AudioSource],
    branches: Sequence[Branch],
    sidecars: Sidecars,
) -> Process:
    """One ffmpeg process that makes these outputs."""
    main = graph.Input(
        MAIN,
        inspection.format,
        graph.clock_options(inspection.format, inspection.media),
        one_graph=bool(inspection.media.video),  # what no plan knows of is no reason to begin anew
        uneven=_uneven(item for item in audio_sources if item.token == MAIN),
    )
    others = [
        graph.Input(item.token, item.inspection.format, uneven=_uneven([item]))
        for item in audio_sources
        if item.token != MAIN
    ]
    others += [graph.Input(token, poster.format) for token, poster in sidecars.posters.inputs]
    others += [graph.Input(SLIDES_INPUT, sidecars.slides.inspection.format)] if sidecars.slides else []
    inputs = {item.token: item for item in (main, *others)}

    def audio_streams(index: int) -> Iterator[Stream]:
        """One audio source for each branch that has it."""
        source = audio_sources[index]
        return _shared(
            [branch for branch in branches if index in branch.spec.audio],
            Sharing(
                key=lambda branch: _audio_key(branch, index),
                split="asplit",
                source=lambda: audio.stereo(inputs[source.token], source, inspection),
                treat=lambda stream, branch: audio.levelled(stream, source, branch.level(index), branch.film.cadence),
            ),
        )

    tracks = [audio_streams(index) for index in range(len(audio_sources))]
    shown = _shown(branches, inputs, inspection, sidecars)
    written = []
    progress = PROGRESS
    for branch in branches:
        streams = []
        if branch.video:
            streams = [branch.video(next(shown))]
        streams += [next(tracks[index]) for index in branch.spec.audio]
        options, progress = ((*progress, *branch.spec.options), ()) if branch.video else (branch.spec.options, progress)
        written.append(graph.Written(tuple(streams), branch.spec.token, options, branch.spec.chapters))
    if any(branch.sees_slides and not branch.sees_film for branch in branches):
        written += _unseen(main, inspection)
    is_burnt = any(branch.spec.output.burnt for branch in branches)
    texts = dict(text for branch in branches for text in branch.spec.texts)
    return Process(
        name=name,
        argv=graph.argv(list(inputs.values()), written),
        files={token: file for branch in branches for token, file in branch.spec.files.items()},
        texts=texts,
        fonts=sidecars.font_coverage.fonts if is_burnt and sidecars.font_coverage else (),
        outputs=tuple(branch.spec.output for branch in branches),
    )


def _shown(
    branches: Sequence[Branch], inputs: Mapping[str, graph.Input], film: Inspection, sidecars: Sidecars
) -> Iterator[Shown]:
    """What each branch with pictures is made of, in order."""

    def at_cadence(stream: Stream, branch: Branch) -> Stream:
        stream = cadence.frames_at_cadence(stream, film, branch.film.cadence)
        toned = branch.film.toned
        return stream if toned is None else colour.to_bt709(stream, branch.film.source_track, toned.width, toned.height)

    stretches = film.measures.video.picture_stretches if film.measures else ()
    frames = _shared(
        [branch for branch in branches if branch.sees_film],
        Sharing(
            key=lambda branch: (branch.film.cadence, branch.film.toned),
            split="split",
            source=lambda: _upright(inputs[MAIN], film.media.video[0], stretches),
            treat=at_cadence,
        ),
    )
    pages = _pages([branch for branch in branches if branch.sees_slides], inputs, film.start_s, sidecars.slides)
    posters = dict(sidecars.posters.inputs)
    for branch in branches:
        if branch.poster:
            yield Shown(_upright(inputs[branch.poster], posters[branch.poster].media.images[0]))
        elif branch.sees_film:
            yield Shown(next(frames), next(pages) if branch.sees_slides else None)
        elif branch.sees_slides:
            yield Shown(next(pages))


def _pages(
    branches: Sequence[Branch], inputs: Mapping[str, graph.Input], start_s: float, slides: Slides | None
) -> Iterator[Stream]:
    """The slides for each branch that they are seen in."""
    if slides is None:
        return iter(())
    return _shared(
        branches,
        Sharing(
            key=lambda branch: branch.film.cadence,
            split="split",
            source=lambda: _upright(inputs[SLIDES_INPUT], slides.track),
            treat=lambda stream, branch: cadence.deck_at_cadence(stream, slides.track, branch.film.cadence, start_s),
        ),
    )


def _unseen(main: graph.Input, inspection: Inspection) -> list[graph.Written]:
    """Pictures that nobody sees, to nowhere: ffmpeg counts time from the first of all tracks that are used."""
    if not inspection.media.video:
        return []
    coded = main.stream(graph.index_of(inspection.media.video[0]))
    return [graph.Written((coded,), "unseen", ("-c", "copy", "-f", "null"))]


def _uneven(sources: Iterable[AudioSource]) -> tuple[int, ...]:
    """The tracks of one file whose sound changes on the way."""
    return tuple(
        graph.index_of(item.inspection.media.audio[0])
        for item in sources
        if item.inspection.measures and item.inspection.measures.audio.sound_stretches
    )


def _upright(given: graph.Input, track: VideoTrack, stretches: Sequence[PictureStretch] = ()) -> Stream:
    return graph.as_shown(given.stream(graph.index_of(track)), track, stretches)


def _audio_key(branch: Branch, index: int) -> Hashable:
    """Outputs whose audio is the same: whatever they code it with."""
    level = branch.level(index)
    gain = level and (level.gain_db, level.limited, level.ceiling_dbtp, margin_db(level.bitrate_kbps))
    return gain, branch.film.duration_s, branch.film.cadence.speed


@dataclass(frozen=True)
class Sharing:
    """What branches may have in common: `source` is treated once for all that have the same key, and `split` is the
    filter that makes several streams of one."""

    key: Callable[[Branch], Hashable]
    split: str
    source: Callable[[], Stream]
    treat: Callable[[Stream, Branch], Stream]


def _shared(branches: Sequence[Branch], sharing: Sharing) -> Iterator[Stream]:
    """One stream for each branch, in order: what branches of one key have in common is done once."""
    if not branches:
        return iter(())
    keys = [sharing.key(branch) for branch in branches]
    kinds = list(dict.fromkeys(keys))
    common = graph.fan_out(sharing.source(), sharing.split, len(kinds))
    queues: dict[Hashable, list[Stream]] = {}
    for kind, stream in zip(kinds, common, strict=True):
        first = branches[keys.index(kind)]
        queues[kind] = graph.fan_out(sharing.treat(stream, first), sharing.split, keys.count(kind))
    return iter([queues[kind].pop(0) for kind in keys])
