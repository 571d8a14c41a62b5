from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.media.signature import ForeignContainer, Refusal, identify

KNOWN = {
    "mov": b"\x00\x00\x00\x20ftypisom\x00\x00\x02\x00",
    "matroska": b"\x1aE\xdf\xa3\x01\x00\x00\x00\x00\x00\x00#",
    "mxf": b"\x06\x0e+4\x02\x05\x01\x01\r\x01\x02\x01\x01\x02\x04\x00",
    "mpegts": (b"\x47\x40\x00\x10" + b"\x00" * 184) * 4,
    "mpeg": b"\x00\x00\x01\xba\x44\x00\x04",
    "avi": b"RIFF\x24\x00\x00\x00AVI LIST\x00\x01",
    "wav": b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00",
    "ogg": b"OggS\x00\x02\x00\x00",
    "flac": b"fLaC\x00\x00\x00\x22",
    "png_pipe": b"\x89PNG\r\n\x1a\n\x00\x00",
    "jpeg_pipe": b"\xff\xd8\xff\xe0\x00\x10",
}


@pytest.mark.parametrize(("demuxer", "head"), KNOWN.items(), ids=KNOWN)
def test_each_container_gets_its_one_demuxer(demuxer: str, head: bytes) -> None:
    assert identify(head) == demuxer


FOREIGN = {
    "RealMedia": b".RMF\x00\x00\x00\x12\x00\x00\x00\x00\x00\x00\x00\x00\x00\x06PROP",
    "WTV": b"\xb7\xd8\x00 7I\xda\x11\xa6N\x00\x07\xe9^\xad\x8d\x8c\xc3\xd2\xc2",
    "Video-CD (CDXA)": b"RIFF\xc4\xf7\x07\x00CDXAfmt \x10\x00\x00\x00",
    "NUT": b"nut/multimedia container\x00NM",
    "GXF": b"\x00\x00\x00\x00\x01\xbc\x00\x00\x01\x50\x00\x00\x00\x00\xe1\xe2\xe0\xff",
}


@pytest.mark.parametrize(("name", "head"), FOREIGN.items(), ids=FOREIGN)
def test_a_film_in_a_container_that_is_not_taken_is_named(name: str, head: bytes) -> None:
    assert identify(head) == ForeignContainer(name)


@pytest.mark.parametrize(
    "head", [b"RIFF\xc4\xf7\x07\x00ACON\x00", b".RMD\x00\x00", b"\x00\x00\x00\x00\x01\xbc" + bytes(10)]
)
def test_what_only_begins_like_one_is_no_media(head: bytes) -> None:
    assert identify(head) is Refusal.NOT_MEDIA


def test_m2ts_packets_of_192_bytes_are_a_transport_stream() -> None:
    assert identify((b"\x00\x00\x00\x00\x47" + b"\x01" * 187) * 5) == "mpegts"


FRAMES = bytes([0x3C, 0x08, 0x40, 0x92, 0x01, 0x00]) * 40


@pytest.mark.parametrize(
    ("head", "found"),
    [
        (b"#!AMR\n" + FRAMES, "amr"),
        (b"#!AMR-WB\n" + FRAMES, "amr"),
        (b"#!SILK_V3" + FRAMES, Refusal.VOICE_MESSAGE),
        (b"\x02#!SILK_V3" + FRAMES, Refusal.VOICE_MESSAGE),
        (b"#!AMR\n#EXTM3U\nhttp://127.0.0.1/a.ts\n", Refusal.SUSPICIOUS),
        (b"#!AMR\n", Refusal.SUSPICIOUS),
        (b"#!/bin/sh\n" + FRAMES, Refusal.SUSPICIOUS),
        (b"#!AMRX\n" + FRAMES, Refusal.SUSPICIOUS),
    ],
)
def test_sound_that_begins_like_a_script_is_told_from_one(head: bytes, found: str | Refusal) -> None:
    assert identify(head) == found


@pytest.mark.parametrize("size", [188, 192, 204])
@pytest.mark.parametrize("torn", [1, 4, 78, 100])
@pytest.mark.parametrize("begin", [b"", b"#", b"<", b"[", b"\x00\x00#"])
def test_a_capture_begins_inside_a_packet(begin: bytes, torn: int, size: int) -> None:
    stream = (b"G\x01\x00" + bytes(range(1, 70)) * 3)[:size] * 30
    head = begin + stream[torn + len(begin) :]
    assert identify(head[:4096]) == "mpegts"
    assert identify(head[: 9 * size]) != "mpegts"  # too short to be sure


@pytest.mark.parametrize(
    "begin", [b"#EXTM3U\n", b"#EXT-X\x01", b"<MPD", b"<?xml ", b"<!--", b"[playlist]", b"#!/bin/sh"]
)
def test_markup_with_sync_bytes_in_it_is_no_capture(begin: bytes) -> None:
    stream = (b"G\x01" + b"x" * 186) * 22
    assert identify((begin + stream[len(begin) + 50 :])[:4096]) is Refusal.SUSPICIOUS


@pytest.mark.parametrize(
    "text",
    [
        b"#EXTM3U\n#EXTINF:6,\nhttp://127.0.0.1/a.ts\n",
        b"\xef\xbb\xbf#EXTM3U\n",
        b"  \n<?xml version='1.0'?><MPD/>",
        b"<!--free-->\n<MPD xmlns='urn:mpeg:dash:schema:mpd:2011'/>",
        b"<!--moov\x01-->\n<MPD/>",
        b"ffconcat version 1.0\nfile /etc/passwd\n",
        b"hello, this is a letter",
        b"#!/bin/sh\nrm -rf /\n",
        "致：自治区中心".encode(),
        "#EXTM3U\n".encode("utf-16"),
        b"[playlist]\nFile1=http://x/\n",
    ],
)
def test_text_never_reaches_a_parser(text: bytes) -> None:
    assert identify(text) is Refusal.SUSPICIOUS


def test_an_empty_file_is_empty_and_noise_is_no_media() -> None:
    assert identify(b"") is Refusal.EMPTY
    assert identify(b"\x01\x02" + random.Random(1).randbytes(2000)) is Refusal.NOT_MEDIA


@given(st.text(min_size=1, max_size=300))
def test_no_text_is_taken_for_a_film(text: str) -> None:
    head = text.encode("utf-8", "ignore")
    printable = all(byte >= 32 or byte in b"\t\n\r\f" for byte in head)
    if head and printable:
        assert identify(head) is Refusal.SUSPICIOUS
