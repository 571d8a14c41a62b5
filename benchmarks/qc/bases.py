"""Clean films that defects are put into: real clips and made ones, at the house's rate and level.

They are small, so that hundreds of films take minutes; the size itself is what one case is about."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

SECONDS = 10
FRAMES = SECONDS * 25


@dataclass(frozen=True)
class Base:
    """Where picture and sound come from; `half` is tune or test: thresholds are set on one, figures are the other's."""

    name: str
    half: str
    picture: tuple[str, ...]  # words for ffmpeg's input
    sound: str
    offset_s: float = 0.0
    filters: str = "null"
    also: tuple[str, ...] = ()  # what is true of the clip itself
    without: tuple[str, ...] = ()  # what can't be seen in it: hardly anything moves


def _clip(name: str) -> tuple[str, ...]:
    return ("-stream_loop", "20", "-i", name)


def _made(graph: str) -> tuple[str, ...]:
    return ("-f", "lavfi", "-i", graph)


BASES = (
    Base("rabbit", "tune", _clip("toy_rabbit_480p30.mp4"), "speech_libri5703.ogg", filters="crop=iw-32:ih-16"),
    Base(
        "car",
        "tune",
        _clip("car_from_above_432p12.mp4"),
        "music_lets_go_fishin.ogg",
        10,
        also=("content.dropped_frames",),
    ),
    Base(
        "bottles",
        "tune",
        _clip("bottles_360p30.mp4"),
        "music_lets_go_fishin.ogg",
        70,
        without=("content.dropped_frames", "content.field_order", "content.combing"),
    ),
    Base("fractal", "tune", _made("mandelbrot=s=640x360:r=25:end_scale=0.02"), "speech_ru_ivr.wav", 2),
    Base("pig", "test", _clip("toy_pig_480p30.mp4"), "speech_ru_ivr.wav", 9, filters="crop=iw-32:ih-16"),
    Base("bunny", "test", _clip("bbb_rock_720p_51.mp4"), "music_lets_go_fishin.ogg", 30),
    Base(
        "walk",
        "test",
        _clip("person_walk_432p10.mp4"),
        "speech_libri5703.ogg",
        4,
        without=("content.dropped_frames", "content.field_order", "content.combing"),
    ),
    Base("water", "test", _clip("stream_of_water_360p.mp4"), "music_lets_go_fishin.ogg", 100),
    Base("signs", "test", _clip("asl_sister_480p30.mkv"), "music_lets_go_fishin.ogg", 50),
    Base(
        "cells",
        "test",
        _made("life=s=160x90:r=25:seed=7:mold=20:life_color=0x80a0c0:death_color=0x304050"),
        "music_lets_go_fishin.ogg",
        85,
    ),
)


def make(base: Base, media: Path, folder: Path, ffmpeg: str) -> Path:
    """The base as 360p50 and stereo PCM at −24 LKFS: every picture of the source once, forwards, then backwards.

    At 50 pictures a second interlaced and 25p forms can be made from it.
    """
    target = folder / f"{base.name}.mkv"
    if target.exists():
        return target
    words = [str(media / word) if (media / word).is_file() else word for word in base.picture]
    turn = f"{base.filters},setpts=N/50/TB,trim=end_frame={SECONDS * 25},split[f][g];[g]reverse[h];[f][h]concat"
    picture = (
        f"[0:v]{turn},setpts=N/50/TB,crop='min(iw,ih*16/9)':'min(ih,iw*9/16)',scale=640:360:out_range=tv,"
        "setsar=1,lutyuv=y='clip(val,20,230)',format=yuv420p[v]"
    )
    sound = "[1:a]aformat=channel_layouts=stereo,aresample=48000,loudnorm=I=-24:TP=-6:LRA=11,aresample=48000[a]"
    subprocess.run(
        [
            ffmpeg,
            "-v",
            "error",
            "-y",
            *words,
            "-stream_loop",
            "5",
            "-ss",
            str(base.offset_s),
            "-i",
            str(media / base.sound),
            "-filter_complex",
            f"{picture};{sound}",
            "-map",
            "[v]",
            "-map",
            "[a]",
            "-t",
            str(SECONDS),
            "-r",
            "50",
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-crf",
            "8",
            "-c:a",
            "pcm_s16le",
            str(target),
        ],
        check=True,
    )
    return target
