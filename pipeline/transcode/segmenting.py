"""Cut what the encoder made into HLS segments, with the playlists that name them."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline import children, durable
from pipeline.errors import MediaError
from pipeline.media.hls import cutting, writing
from pipeline.media.hls.cutting import Cut
from pipeline.media.hls.playlist import Segment
from pipeline.media.hls.writing import FMP4_VERSION, TS_VERSION
from pipeline.model.plan import Output, Segments

INIT, IFRAMES = "init.mp4", "iframes.m3u8"


def cut(planned: Output, how: Segments, folder: Path) -> None:
    """Segments, initialisation segment and playlists of one output in `folder`; the encoder's file goes.

    Raises:
        MediaError: the encoder's file is not what can be cut.
        EnvironmentFault: no space. Interrupted: the work was ended.
    """
    made, ladder = folder / how.made, (folder / planned.file).parent
    film_s = planned.expected.duration_s or 0.0
    try:
        with durable.space_is_an_environment_fault(folder), made.open("rb") as file:
            if how.container == "ts":
                head, cuts = None, cutting.transport(file, how.every_s, film_s)
            else:
                head, cuts = cutting.fmp4(file, how.every_s, film_s)
                (ladder / INIT).write_bytes(head)
            named, keys = _written(cuts, ladder, "ts" if how.container == "ts" else "m4s")
    except (ValueError, OSError) as error:
        raise MediaError("output_damaged", where=planned.name, detail=str(error)) from error
    version = TS_VERSION if head is None else FMP4_VERSION
    init = None if head is None else INIT
    text = writing.media(_lasting(named, film_s), how.every_s, version=version, init=init)
    (folder / planned.file).write_text(text, encoding="utf-8", newline="\n")
    if keys:
        pieces = _lasting(keys, film_s)
        target = max(1, *(math.floor(piece.duration_s + 0.5) for piece in pieces))
        text = writing.media(pieces, target, version=version, init=init, iframes=True)
        (ladder / IFRAMES).write_text(text, encoding="utf-8", newline="\n")
    made.unlink()


def _written(
    cuts: Iterable[Cut], folder: Path, suffix: str
) -> tuple[list[tuple[Segment, float]], list[tuple[Segment, float]]]:
    """Segments and key pictures as they will be listed, each with when it begins."""
    named, keys = [], []
    for number, piece in enumerate(cuts):
        children.refuse_when_stopped()
        name = f"{number:05}.{suffix}"
        (folder / name).write_bytes(piece.data)
        named.append((Segment(name, 0.0), piece.start_s))
        keys += [(Segment(name, 0.0, key.range), key.at_s) for key in piece.keys]
    return named, keys


def _lasting(pieces: Sequence[tuple[Segment, float]], film_s: float) -> list[Segment]:
    """Each lasts until the next begins, the last one until the film ends."""
    ends = [*(start for _, start in pieces[1:]), film_s]
    return [Segment(piece.uri, end - start, piece.range) for (piece, start), end in zip(pieces, ends, strict=True)]
