"""Outputs joined into processes: each stream that several outputs have in common is made once."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.model.inspection import Inspection, LevelAdjustment
from pipeline.model.plan import Process
from pipeline.plan import audio, cadence, colour
from pipeline.plan.spec import MAIN, POSTER_INPUT, AudioSource, Film, OutputSpec, Sidecars

BURNT_AT_ONCE = 4
# ffmpeg's own progress is silent until every output has begun, and a sprite sheet begins at the film's end: so the
# first output tells of each picture on the same pipe
PROGRESS: tuple[str, ...] = ("-stats_enc_post:v:0", "pipe:1", "-stats_enc_post_fmt:v:0", "picture={n}")


@dataclass(frozen=True)
class Branch:
    """An output, the pictures it is made of, and the levels of its sound."""

    draft: OutputSpec
    film: Film
    make: Callable[[Stream], Stream] | None
    levels: tuple[LevelAdjustment | None, ...] = ()  # of each of its voices
    from_poster: bool = False  # made of the poster that was handed in, not of the film

    def level(self, voice: int) -> LevelAdjustment | None:
        return self.levels[self.draft.voices.index(voice)]


def together(branches: Sequence[Branch]) -> list[list[Branch]]:
    """Which outputs share a process: all, but for streams with subtitles, of which there may be many. Each encoder of
    1080 lines holds 0.2 GB, so some more decodes cost less than the memory of all at once."""
    clean = [branch for branch in branches if not branch.draft.output.burnt]
    burnt = [branch for branch in branches if branch.draft.output.burnt]
    groups = [burnt[at : at + BURNT_AT_ONCE] for at in range(0, len(burnt), BURNT_AT_ONCE)]
    return [group for group in (clean, *groups) if group]


def process(
    name: str, inspection: Inspection, voices: Sequence[AudioSource], branches: Sequence[Branch], sidecars: Sidecars
) -> Process:
    """One ffmpeg process that makes these outputs."""
    given = graph.Input(MAIN, inspection.format)
    others = [graph.Input(item.token, item.inspection.format) for item in voices if item.token != MAIN]
    others += [graph.Input(POSTER_INPUT, sidecars.poster.format)] if sidecars.poster else []
    inputs = {item.token: item for item in (given, *others)}
    seen = [branch for branch in branches if branch.make and not branch.from_poster]

    def prepared(stream: Stream, branch: Branch) -> Stream:
        stream = cadence.frames_at_cadence(stream, inspection, branch.film.cadence)
        narrow = branch.film.seen
        return (
            stream
            if narrow is None
            else colour.to_bt709(stream, inspection.media.video[0], narrow.width, narrow.height)
        )

    def heard(index: int) -> Iterator[Stream]:
        """One voice for each branch that has it."""
        voice = voices[index]
        wanted = [branch for branch in branches if index in branch.draft.voices]
        return _shared(
            wanted,
            lambda branch: _sound_key(branch, index),
            "asplit",
            lambda: audio.stereo(inputs[voice.token], voice, inspection),
            lambda stream, branch: audio.levelled(stream, voice, branch.level(index), branch.film.cadence),
        )

    pictures = _shared(
        seen, lambda branch: (branch.film.cadence, branch.film.seen), "split", lambda: given.stream("V:0"), prepared
    )
    sounds = [heard(index) for index in range(len(voices))]
    written = []
    told = PROGRESS
    for branch in branches:
        streams = []
        if branch.make:
            streams = [branch.make(inputs[POSTER_INPUT].stream("v:0") if branch.from_poster else next(pictures))]
        streams += [next(sounds[index]) for index in branch.draft.voices]
        options, told = ((*told, *branch.draft.options), ()) if branch.make else (branch.draft.options, told)
        written.append(graph.Written(tuple(streams), branch.draft.token, options))
    names = {token: name for branch in branches for token, name in branch.draft.files.items()}
    outputs = tuple(branch.draft.output for branch in branches)
    argv = graph.argv(list(inputs.values()), written)
    texts = dict(text for branch in branches for text in branch.draft.texts)
    fonts = sidecars.font_coverage.fonts if texts and sidecars.font_coverage else ()
    return Process(name=name, argv=argv, files=names, texts=texts, fonts=fonts, outputs=outputs)


def _sound_key(branch: Branch, voice: int) -> Hashable:
    """Outputs that hear the same: whatever they code it with."""
    level = branch.level(voice)
    gain = level and (level.gain_db, level.limited, level.ceiling_dbtp, graph.margin_db(level.bitrate_kbps))
    return gain, branch.film.duration_s, branch.film.cadence.speed


def _shared(
    branches: Sequence[Branch],
    key: Callable[[Branch], Hashable],
    split: str,
    source: Callable[[], Stream],
    treat: Callable[[Stream, Branch], Stream],
) -> Iterator[Stream]:
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
