"""A stream that is encrypted for subscribers is named so; one with another programme's scrambled packets is not."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

import pytest

from pipeline.media.mpegts.scrambling import is_scrambled
from tests.conftest import MOVING, TONE, Showcase

PICTURE, SOUND, OTHER = 256, 257, 300


@pytest.fixture
def clear(lavfi: Callable[..., Path]) -> Path:
    coded = ("-c:v", "mpeg2video", "-b:v", "1M", "-c:a", "mp2", "-f", "mpegts")
    return lavfi("-f", "lavfi", "-i", MOVING, "-f", "lavfi", "-i", TONE, "-t", "1", *coded, suffix=".ts")


def scrambled(clear: Path, folder: Path, pids: Collection[int], *, others: int = 0) -> Path:
    """The stream with the payload of these PIDs scrambled, and so many packets of another programme after each."""
    raw, made = clear.read_bytes(), bytearray()
    for at in range(0, len(raw), 188):
        packet = bytearray(raw[at : at + 188])
        if (packet[1] & 0x1F) << 8 | packet[2] in pids and packet[3] & 0x10:
            packet[3] |= 0x80
            begin = 4 + (1 + packet[4] if packet[3] & 0x20 else 0)
            packet[begin:] = bytes(byte ^ (37 * index + at & 0xFF) for index, byte in enumerate(packet[begin:]))
        made += packet
        made += (bytes((0x47, 0x40 | OTHER >> 8, OTHER & 0xFF, 0xD0)) + bytes(range(184))) * others
    path = folder / "stream.ts"
    path.write_bytes(made)
    return path


@pytest.mark.parametrize("pids", [(PICTURE, SOUND), (PICTURE,), (PICTURE, SOUND, 17)])
def test_a_stream_without_clear_pictures_is_scrambled(pids: tuple[int, ...], clear: Path, tmp_path: Path) -> None:
    assert is_scrambled(scrambled(clear, tmp_path, pids))


def test_a_clear_stream_is_not(clear: Path, tmp_path: Path) -> None:
    assert not is_scrambled(clear)
    assert not is_scrambled(clear, pictures=False)
    assert not is_scrambled(scrambled(clear, tmp_path, (), others=3))  # of another programme
    empty = tmp_path / "empty.ts"
    empty.write_bytes(b"")
    assert not is_scrambled(empty)


@pytest.mark.parametrize("pids", [(PICTURE, SOUND), (PICTURE,), (SOUND,)])
def test_check_and_verify_say_so(pids: tuple[int, ...], clear: Path, tmp_path: Path, showcase: Showcase) -> None:
    path = scrambled(clear, tmp_path, pids)
    checked = showcase("check", path, "--json")
    assert checked.code == 1
    assert [item["code"] for item in checked.rows[0]["findings"]] == ["file.scrambled"]  # type: ignore[attr-defined]
    if PICTURE in pids:
        verified = showcase("verify", path, "--lang", "en")
        assert verified.code == 1
        assert "scrambled" in verified.out
