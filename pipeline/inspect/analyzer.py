"""What an analyser is: it sees all there is of one kind, in order, then ends with its fields of the measures.

A new one is a module that keeps to `Analyzer`, a row in `analyzers`, a number
in `versions`, a field of the measures and a fact that reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Generic, Protocol, TypeAlias, TypeVar

from pipeline.inspect.decoded import AudioFormat, DecodedAudio, DecodedVideo, VideoFormat
from pipeline.inspect.video.colour import Colour
from pipeline.inspect.video.frames import Array, FrameBatch
from pipeline.model.inspection import AudioMeasures, VideoMeasures

Format_co = TypeVar("Format_co", covariant=True)
Unit_contra = TypeVar("Unit_contra", contravariant=True)
Decoded_contra = TypeVar("Decoded_contra", contravariant=True)
AnyMeasures = TypeVar("AnyMeasures", bound=VideoMeasures | AudioMeasures)
AnyDecoded = TypeVar("AnyDecoded", DecodedVideo, DecodedAudio)
Kind = TypeVar("Kind")
Needs: TypeAlias = tuple[type[Any], ...]


@dataclass(frozen=True)
class Frames:
    """Some small frames in a row, and their colours, which are made once for all that ask."""

    batch: FrameBatch
    colour: Colour


class Others(Generic[AnyMeasures]):
    """Those that an analyser says it needs: they have finished before it."""

    def __init__(self, done: Mapping[type[Any], tuple[Any, AnyMeasures]]):
        self._done = done

    def analyzer(self, kind: type[Kind]) -> Kind:
        """What it kept of every frame, column or window.

        Raises:
            KeyError: it is not among the needs.
        """
        found: Kind = self._done[kind][0]
        return found

    def measures(self, kind: type[Any]) -> AnyMeasures:
        """What it ended with.

        Raises:
            KeyError: it is not among the needs.
        """
        return self._done[kind][1]


class Analyzer(Protocol[Format_co, Unit_contra, Decoded_contra, AnyMeasures]):
    """One detector: made with the format of what it will see, fed to the end, then asked once.

    `needs` are the analysers of the same track whose results `finish` reads; they stand before it in their table.
    """

    name: ClassVar[str]
    needs: ClassVar[Needs]

    def __init__(self, given: Format_co, /) -> None: ...

    def process(self, unit: Unit_contra, /) -> None:
        """Take in what comes next; it is only good until the call returns."""

    def finish(self, decoded: Decoded_contra, others: Others[AnyMeasures], /) -> AnyMeasures:
        """The measures with this analyser's own fields set, and no others."""


VideoAnalyzer: TypeAlias = Analyzer[VideoFormat, Frames, DecodedVideo, VideoMeasures]
# sees columns of every frame in full height: (frames, lines, columns), 8 bit luma
ColumnAnalyzer: TypeAlias = Analyzer[VideoFormat, Array, DecodedVideo, VideoMeasures]
# sees a second of samples at a time: (samples, channels), full scale 1
AudioAnalyzer: TypeAlias = Analyzer[AudioFormat, Array, DecodedAudio, AudioMeasures]


def finish(analyzers: Sequence[Analyzer[Any, Any, AnyDecoded, AnyMeasures]], decoded: AnyDecoded) -> list[AnyMeasures]:
    """Ask all of a track, in the order of their table, each with what it needs of those before it."""
    done: dict[type[Any], tuple[Any, AnyMeasures]] = {}
    for item in analyzers:
        others = Others({kind: done[kind] for kind in item.needs})
        done[type(item)] = item, item.finish(decoded, others)
    return [measures for _, measures in done.values()]
