"""Opens a delivered file with the ffmpeg that comes along: pictures with their times, and each track's sound.

Nothing here asks `pipeline`: what is measured must not hang on what is tried.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar, cast

import imageio_ffmpeg
import numpy as np

from benchmarks.sources.card import Picture
from benchmarks.sources.tones import Samples

RATE_HZ = 48000
LONGEST_S = 240
_STREAM = re.compile(r"^  Stream #0:\d+(?:\[\w+\])?(?:\((\w+)\))?: (Audio|Video): .*$", re.MULTILINE)
_PICTURE = re.compile(r"Parsed_showinfo_0 .*? pts_time:(\S+) .*? sar:(\d+)/(\d+) s:(\d+)x(\d+)")
_SOUND = re.compile(r"Parsed_ashowinfo_0 .*? n:0 .*?pts_time:(\S+)")
Looked = TypeVar("Looked")


class NotDecoded(Exception):
    """What was delivered can't be opened."""


@dataclass(frozen=True)
class Track:
    """A track of sound: when it begins, and its samples, a row a moment, left and right."""

    language: str
    start_s: float
    samples: Samples


@dataclass(frozen=True)
class Delivered:
    """What a file holds; `aspect` is width to height as displayed."""

    aspect: float
    times_s: tuple[float, ...]
    tracks: tuple[Track, ...]


def described(path: Path) -> str:
    """What ffmpeg says of a file."""
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-i", str(path)]
    asked = subprocess.run(argv, capture_output=True, check=False, timeout=LONGEST_S)
    return asked.stderr.decode("utf-8", "replace")


def sounds_in(path: Path) -> list[str]:
    """The language of each track of sound."""
    return [language for language, kind in _STREAM.findall(described(path)) if kind == "Audio"]


def decode(path: Path, look: Callable[[Picture, float], Looked]) -> tuple[Delivered, list[Looked]]:
    """What a file holds, and what `look` makes of each picture (RGB at the size that it is coded in, and its
    width to its height as displayed).

    Raises:
        NotDecoded: there is no picture in it.
    """
    languages = sounds_in(path)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-nostats", "-copyts", "-i", str(path)]
        argv += ["-map", "0:V:0", "-vf", "showinfo=checksum=0,scale=flags=accurate_rnd+full_chroma_int,format=rgb24"]
        argv += ["-fps_mode", "passthrough", "-f", "rawvideo", "pipe:1"]
        wanted = "ashowinfo,aformat=sample_fmts=flt:sample_rates=48000:channel_layouts=stereo"
        logs = []
        for index in range(len(languages)):
            logs.append(_track(path, index, wanted, folder / f"{index}.raw"))
        with (folder / "log").open("wb") as log, subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=log) as reading:
            looks = _pictures(cast(IO[bytes], reading.stdout).read, folder / "log", look)
            cast(IO[bytes], reading.stdout).close()
            reading.wait(LONGEST_S)
        shown = _PICTURE.findall((folder / "log").read_text("utf-8", "replace"))
        if not shown or len(shown) < len(looks):
            raise NotDecoded(f"{path.name} has no picture that could be decoded")
        aspect = _size(shown[0])[2]
        tracks = tuple(
            Track(language, start, np.fromfile(folder / f"{index}.raw", np.float32).reshape(-1, 2))
            for index, (language, start) in enumerate(zip(languages, logs, strict=True))
        )
        return Delivered(aspect, tuple(float(row[0]) for row in shown[: len(looks)]), tracks), looks


def _track(path: Path, index: int, wanted: str, target: Path) -> float:
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-nostats", "-y", "-copyts", "-i", str(path)]
    argv += ["-map", f"0:a:{index}", "-af", wanted, "-f", "f32le", str(target)]
    ran = subprocess.run(argv, capture_output=True, check=False, timeout=LONGEST_S)
    began = _SOUND.search(ran.stderr.decode("utf-8", "replace"))
    if began is None:
        target.write_bytes(b"")
        return 0.0
    return float(began[1])


def _pictures(read: Callable[[int], bytes], log: Path, look: Callable[[Picture, float], Looked]) -> list[Looked]:
    """Reads whole pictures; their size is in the log as soon as the first one comes."""
    looks: list[Looked] = []
    begun = read(1)
    if not begun:
        return looks
    told = _PICTURE.search(log.read_text("utf-8", "replace"))
    if told is None:
        return looks
    width, height, aspect = _size(told.groups())
    while len(begun) < (whole := width * height * 3):
        if not (more := read(whole - len(begun))):
            break
        begun += more
        if len(begun) == whole:
            looks.append(look(np.frombuffer(begun, np.uint8).reshape(height, width, 3), aspect))
            begun = b""
    return looks


def _size(told: Sequence[str]) -> tuple[int, int, float]:
    """Width, height, and width to height as displayed."""
    across, down, width, height = (int(number) for number in told[1:])
    return width, height, width * max(across, 1) / (height * max(down, 1))
