"""Posters as they come out: the middle of a film's picture, and whole what was handed in."""

from __future__ import annotations

import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.transcode.conftest import Film, Transcode

Lavfi = Callable[..., Path]
GREEN, BLUE = "0x00A000", "0x0000C0"
# a middle of 3:4 between sides that nobody is to see
FILM = f"color={BLUE}:s=1280x720:r=25:d=0.4,drawbox=x=370:y=0:w=540:h=720:color={GREEN}:t=fill"
LOSSLESS = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "0", "-pix_fmt", "yuv420p")


def turned(path: Path) -> Path:
    """The same JPEG as a camera held upright writes it (EXIF 2.32, 4.6.4: orientation 6)."""
    content = path.read_bytes()
    told = b"Exif\0\0II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x112, 3, 1, 6, 0, 0)
    made = path.with_name(f"{path.stem}-turned.jpg")
    made.write_bytes(content[:2] + b"\xff\xe1" + struct.pack(">H", len(told) + 2) + told + content[2:])
    return made


def framed(lavfi: Lavfi, colour: str, size: str) -> Path:
    """A still with a white edge: whatever is cut off shows."""
    text = f"color={colour}:s={size},drawbox=color=white:t=24"
    return lavfi("-f", "lavfi", "-i", text, "-frames:v", "1", "-q:v", "1", "-update", "1", suffix=".jpg")


def luma(made: Film) -> np.ndarray:
    (picture,) = made.pictures()
    return picture[:, :, 0].astype(int)


@pytest.fixture
def film(lavfi: Lavfi) -> Path:
    return lavfi("-f", "lavfi", "-i", FILM, *LOSSLESS, suffix=".mp4")


def test_the_middle_of_a_still_is_the_portrait_poster(film: Path, transcode: Transcode) -> None:
    made = transcode(film, "poster-portrait")
    image = made.rendition.media.images[0]
    assert (image.width, image.height) == (600, 800)
    seen = luma(made)
    assert (seen[:, 8:-8] > 60).all(), "blue is far darker than green"


def test_each_poster_is_its_own_picture_whole(film: Path, lavfi: Lavfi, transcode: Transcode) -> None:
    lying, upright = framed(lavfi, "black", "1600x900"), turned(framed(lavfi, "gray", "1600x1200"))
    names = ("poster", "poster-portrait")
    landscape, portrait = (luma(transcode(film, name, posters=(upright, lying))) for name in names)
    assert landscape.shape == (720, 1280)
    assert portrait.shape == (800, 600)
    assert landscape[360, 640] < 8
    assert abs(portrait[400, 300] - 128) < 6
    for seen in (landscape, portrait):
        assert min(seen[6, 100], seen[-6, 100], seen[100, 6], seen[100, -6]) > 240
