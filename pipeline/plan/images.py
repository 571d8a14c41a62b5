"""Poster and sprite sheet."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import partial

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.model.inspection import Inspection
from pipeline.model.plan import Expected, ExpectedVideo, Output, OutputForm, Tiles
from pipeline.model.profile import Poster, Sprite
from pipeline.plan.frame import Fitting, FrameFormat, FrameSize, conform
from pipeline.plan.joining import Branch
from pipeline.plan.spec import CLEAN, Cadence, Film, OutputSpec, Pictures, Shown


def poster_frame(film: Film, profile: Poster) -> int:
    """The best frame of the programme, by its number; where the profile names a share of the film the one there,
    moved on past black, the first one if all is black."""
    begins = film.inspection.start_s
    if profile.at is None:
        best = next((candidate.at_s for candidate in film.poster_candidates if candidate.at_s >= begins), begins)
        return min(film.frames - 1, round((best - begins) / float(film.cadence.speed) * float(film.rate)))
    wanted = int(film.frames * profile.at)
    for segment in film.black:
        if segment.start_s - begins <= wanted / film.rate < segment.end_s - begins:
            wanted = math.ceil((segment.end_s - begins) * float(film.rate))
    return wanted if wanted < film.frames else 0


def poster(film: Film, profile: Poster) -> Branch:
    """Of the picture of its shape that was handed in, else of the film."""
    spec, given = poster_spec(profile), film.sidecars.posters
    if token := given.input_of(profile):
        video = partial(given_poster_stream, poster=dict(given.inputs)[token], profile=profile)
        return Branch(spec, film, video, poster=token)
    return Branch(spec, film, partial(poster_stream, film=film, profile=profile))


def poster_stream(shown: Shown, film: Film, profile: Poster) -> Stream:
    """One frame out of the film."""
    number = poster_frame(film, profile)
    shown = shown.each("select", expr=f"eq(n,{number})")
    # at the edges of pages are words
    fitting = Fitting.CROP if profile.aspect == "crop" and not film.is_drawn else Fitting.PAD
    return conform(shown, film.pictures.at(number), _jfif(FrameSize(profile.width, profile.height), fitting))


def given_poster_stream(shown: Shown, poster: Inspection, profile: Poster) -> Stream:
    """The poster that was handed in, whole: at its edges are words."""
    stream, pictures = given_still(shown.pictures, poster)
    return conform(Shown(stream), pictures, _jfif(FrameSize(profile.width, profile.height)))


def given_still(stream: Stream, poster: Inspection) -> tuple[Stream, Pictures]:
    """A still that was handed in, whatever its colours are coded as: from RGB or a camera's JPEG to our own."""
    track = poster.media.images[0].model_copy(
        update={
            "chroma": "4:4:4",
            "bit_depth": 8,
            "colour_range": "full",
            "matrix": "bt601",
            "transfer": None,
            "hdr": None,
        }
    )
    stream = graph.apply(
        stream, "scale", out_color_matrix="bt601", out_range="pc", flags="bicubic+accurate_rnd+full_chroma_int"
    )
    # with its transparency, where it may have any: it is scaled onto black then, as films are
    pix_fmt = "yuva444p" if track.codec == "PNG" else "yuv444p"
    stream = graph.apply(stream, "format", pix_fmts=pix_fmt)
    stream = graph.apply(stream, "setparams", range="pc", color_primaries="unknown", color_trc="unknown")
    return stream, Pictures(track, Cadence(Fraction(25), 1))


def tiles(film: Film, profile: Sprite) -> Tiles:
    """One picture a second, fewer where the sheet would not hold them."""
    step = max(round(film.rate), math.ceil(film.frames / profile.most))
    count = math.ceil(film.frames / step)
    return Tiles(
        columns=profile.columns,
        rows=math.ceil(count / profile.columns),
        width=profile.width,
        height=profile.height,
        step_s=round(float(step / film.rate), 6),
        count=count,
    )


def sprite_stream(shown: Shown, film: Film, profile: Sprite) -> Stream:
    """The sheet."""
    sheet = tiles(film, profile)
    step = round(sheet.step_s * float(film.rate))
    shown = shown.each("select", expr=f"not(mod(n,{step}))")
    stream = conform(shown, film.pictures.every(step), _jfif(FrameSize(profile.width, profile.height)))
    return graph.apply(stream, "tile", layout=f"{sheet.columns}x{sheet.rows}", nb_frames=sheet.count)


def poster_spec(profile: Poster) -> OutputSpec:
    """Options and expectations of the poster."""
    return _output_spec(profile, OutputForm.POSTER, profile.width, profile.height)


def sprite_spec(film: Film, profile: Sprite) -> OutputSpec:
    """Options and expectations of the sheet."""
    sheet = tiles(film, profile)
    width, height = sheet.columns * sheet.width, sheet.rows * sheet.height
    return _output_spec(profile, OutputForm.SPRITE, width, height, sheet)


def _jfif(frame: FrameSize, fitting: Fitting = Fitting.PAD) -> FrameFormat:
    """JPEG is full range and BT.601 by definition (JFIF)."""
    return FrameFormat(frame, matrix="bt601", fitting=fitting, full_range=True)


def _output_spec(
    profile: Poster | Sprite, form: OutputForm, width: int, height: int, sheet: Tiles | None = None
) -> OutputSpec:
    token, file = f"{{out.{profile.name}}}", f"images/{profile.name}.jpg"
    options = (
        "-c:v",
        "mjpeg",
        "-q:v",
        str(profile.quality),
        "-frames:v",
        "1",
        "-threads:v",
        "1",
        *CLEAN,
        "-f",
        "image2",
        "-update",
        "1",
    )
    expected = Expected(
        video=ExpectedVideo(
            codec="JPEG",
            profile=None,
            level=None,
            width=width,
            height=height,
            display_aspect=round(width / height, 3),
            frame_rate=None,
            frames=1,
            frames_slack=0,
        ),
        most_bytes=width * height * 3 + 100_000,
    )
    output = Output(name=profile.name, profile=profile.name, form=form, file=file, expected=expected, tiles=sheet)
    return OutputSpec(output, token, options, {token: file})
