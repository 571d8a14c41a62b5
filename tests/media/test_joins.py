"""Files put one behind the other, and their plain twins: streams without sizes, headers said again, padding."""

from __future__ import annotations

import io
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.media import joins
from pipeline.media.isobmff import boxes
from tests.ffmpeg.test_report import H264, PICTURE, SOUND, Lavfi

FORMS = {
    "flv": ("flv", ".flv"),
    "matroska": ("matroska", ".mkv"),
    "mp4": ("mov", ".mp4"),
    "mov": ("mov", ".mov"),
    "index first": ("mov", ".mp4", "-movflags", "+faststart"),
}
FRAGMENTS = ("-movflags", "empty_moov+default_base_moof+frag_keyframe")
LIVE = ("-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-f", "webm", "-live", "1", "pipe:1")
PADDING = bytes(4096)
FREE = b"\0\0\0\x10free" + bytes(8)


def verdict(content: bytes, demuxer: str) -> bool:
    return joins.is_joined(io.BytesIO(content), demuxer)


@pytest.fixture
def film(lavfi: Lavfi) -> Callable[..., bytes]:
    def made(suffix: str, *options: str) -> bytes:
        return lavfi(*PICTURE, *SOUND, *H264, "-ar", "44100", *options, suffix=suffix).read_bytes()

    return made


@pytest.fixture
def live(ffmpeg: Path) -> bytes:
    """As a browser records: neither the Segment nor a Cluster has a size."""
    argv = [str(ffmpeg), "-nostdin", "-v", "error", *PICTURE, *LIVE]
    return subprocess.run(argv, check=True, stdout=subprocess.PIPE, timeout=60).stdout


@pytest.mark.parametrize("form", FORMS)
def test_a_second_film_behind_the_first_is_found(form: str, film: Callable[..., bytes]) -> None:
    demuxer, suffix, *options = FORMS[form]
    once = film(suffix, *options)
    assert verdict(once + once, demuxer)
    assert verdict(once + once[: len(once) * 19 // 20] + once, demuxer) or demuxer == "mov"
    for behind in (b"", PADDING, FREE + PADDING, b"TAG" + bytes(range(256)), once[: len(once) // 2][:8]):
        assert not verdict(once + behind, demuxer), behind[:8]
    for size in range(0, 4096, 37):
        assert not verdict(once[:size], demuxer)


def test_a_live_stream_is_one_film_until_a_second_begins(live: bytes) -> None:
    assert not verdict(live, "matroska")
    assert not verdict(live + PADDING, "matroska")
    assert verdict(live + live, "matroska")


def test_an_element_like_a_header_is_no_second_film_without_its_segment(film: Callable[..., bytes]) -> None:
    assert not verdict(film(".mkv") + b"\x1aE\xdf\xa3\x80\xec\x81\0", "matroska")


def test_fragments_may_bring_their_header_again(film: Callable[..., bytes]) -> None:
    fragmented = film(".mp4", *FRAGMENTS)
    assert not verdict(fragmented, "mov")
    assert not verdict(fragmented + fragmented, "mov")


def test_a_second_copy_of_the_index_is_no_second_film(film: Callable[..., bytes]) -> None:
    content = film(".mp4")
    index = next(found for found in boxes.top(io.BytesIO(content)) if found.name == b"moov")
    assert not verdict(content + content[index.at : index.end], "mov")


@pytest.mark.parametrize("demuxer", ["mpegts", "mpeg", "ogg", "avi"])
def test_of_other_containers_nothing_is_said(demuxer: str) -> None:
    assert not verdict(b"FLV\x01\x05\0\0\0\x09" * 40, demuxer)
