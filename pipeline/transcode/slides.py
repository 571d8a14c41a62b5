"""Slides, or one picture, coded as the film that plans are made for: lossless, `RATE` pictures a second, no sound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import IO

from pipeline.documents import pages
from pipeline.errors import EnvironmentFault
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Input, Stream, Written
from pipeline.ffmpeg.invocation import Invocation, Progress
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import MAIN
from pipeline.inspect import poster
from pipeline.inspect.font_folder import FontFolder
from pipeline.model.deck import FRAME, RATE, Renderer, SlideFilm
from pipeline.plan import colour, images
from pipeline.plan.frame import FrameFormat, FrameSize, conform
from pipeline.plan.spec import CLEAN, Shown, rate_options

FILE = "deck.mkv"
_PAGES, _OUT = "{in.pages}", "{out.deck}"
_MOST_TERMS = 50  # of one `setpts`: ffmpeg n9 takes no more than 98
_RAW = ("-pixel_format", "bgr24", "-video_size", f"{FRAME[0]}x{FRAME[1]}", "-framerate", str(RATE))
# one thread, and no random number in the container: the same bytes each time
_CODED = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-threads:v", "1")
_BITEXACT = ("-fflags", "+bitexact", "-flags:v", "+bitexact", "-f", "matroska")


def draw(
    film: SlideFilm,
    source: Path,
    runner: Runner,
    fonts: Callable[[], FontFolder],
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Path:
    """Make `FILE` in the runner's folder.

    Args:
        source: the PDF, or the picture.
        fonts: gives the folder of fonts, where pages are to be drawn.

    Raises:
        Refused, Unsuitable: it can't be drawn, with the page. MediaError: it can't be coded.
        EnvironmentFault: no space, no memory, no time; PDFium or a font is another than was planned with.
    """
    if film.renderer is None:
        _of_picture(film, source, runner, on_progress)
    else:
        _of_pages(film, film.renderer, source, runner, fonts(), on_progress)
    return runner.folder / FILE


@contextmanager
def drawn_as(
    renderer: Renderer, source: Path, fonts: FontFolder, numbers: Sequence[int], share: float = 1.0
) -> Iterator[Iterator[bytes]]:
    """Pictures of pages as `pages.pictures` gives them, drawn by exactly this renderer.

    Raises:
        As `pages.pictures`. EnvironmentFault: PDFium or a font is another here.
    """
    with pages.pictures(source, _same(fonts, renderer), numbers, share) as drawn:
        if drawn.pdfium != renderer.pdfium:
            raise EnvironmentFault("renderer_differs", detail=f"PDFium {renderer.pdfium}, {drawn.pdfium}")
        yield drawn.pictures


def _same(fonts: FontFolder, planned: Renderer) -> Path:
    if fonts.digests != planned.fonts:
        raise EnvironmentFault("renderer_differs", detail=", ".join(sorted(planned.fonts)))
    return fonts.path


def _of_pages(
    film: SlideFilm,
    renderer: Renderer,
    source: Path,
    runner: Runner,
    fonts: FontFolder,
    on_progress: Callable[[Progress], None],
) -> None:
    # `fps` leaves out the last picture: it is sent once more where the film ends
    numbers = [*(item.page for item in film.shown), film.shown[-1].page]
    begins = [*(item.frame for item in film.shown), film.frames]
    given = Input(_PAGES, "rawvideo", _RAW)
    argv = graph.argv([given], [_written(_timed(given.stream("v:0"), begins), film)])
    with drawn_as(renderer, source, fonts, numbers, film.share) as drawn:

        def feed(pipe: IO[bytes]) -> None:
            for picture in drawn:
                pages.write(picture, pipe)

        invocation = Invocation(
            argv,
            outputs={_OUT: FILE},
            writers={_PAGES: feed},
            where=source.name,
            total_s=film.duration_s,
            total_frames=film.frames,
        )
        runner.run(invocation, on_progress=on_progress)


def _timed(pictures: Stream, begins: Sequence[int]) -> Stream:
    """Each picture at its own frame; colours are made once a page, not once a frame."""
    stream = graph.apply(graph.apply(pictures, "settb", expr=f"1/{RATE}"), "setpts", expr="0")
    terms = [f"{begin - before}*gte(N,{number})" for number, (before, begin) in enumerate(pairwise(begins), start=1)]
    for at in range(0, len(terms), _MOST_TERMS):
        stream = graph.apply(stream, "setpts", expr="+".join(["PTS", *terms[at : at + _MOST_TERMS]]))
    stream = graph.apply(
        stream,
        "scale",
        out_color_matrix="bt709",
        out_range="tv",
        flags="bicubic+accurate_rnd+full_chroma_int",
    )
    stream = graph.apply(stream, "format", pix_fmts="yuv420p")
    return graph.apply(stream, "setparams", field_mode="prog", range="tv", **colour.TAGS["bt709"])


def _of_picture(film: SlideFilm, source: Path, runner: Runner, on_progress: Callable[[Progress], None]) -> None:
    found = poster.inspect(source, runner.named("picture"))
    given = Input(MAIN, found.format)
    track = found.media.images[0]
    stream = graph.as_shown(given.stream(graph.index_of(track)), track)
    still, pictures = images.given_still(stream, found)
    stream = conform(Shown(still), pictures, FrameFormat(FrameSize(*FRAME)))
    stream = graph.apply(stream, "loop", loop=-1, size=1)
    stream = graph.apply(graph.apply(stream, "settb", expr=f"1/{RATE}"), "setpts", expr="N")
    argv = graph.argv([given], [_written(stream, film)])
    invocation = Invocation(
        argv,
        inputs={MAIN: source},
        outputs={_OUT: FILE},
        where=source.name,
        total_s=film.duration_s,
        total_frames=film.frames,
    )
    runner.run(invocation, on_progress=on_progress)


def _written(stream: Stream, film: SlideFilm) -> Written:
    stream = graph.apply(graph.apply(stream, "fps", fps=RATE), "trim", end_frame=film.frames)
    options = (*_CODED, *rate_options(Fraction(RATE)), *CLEAN, *_BITEXACT)
    return Written((stream,), _OUT, options)
