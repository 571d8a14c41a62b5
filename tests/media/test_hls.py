"""Playlists read and written, rates, fragments, cuts."""

from __future__ import annotations

import contextlib
import io
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.media.hls import playlist, rates, writing
from pipeline.media.hls.playlist import MediaPlaylist, MultivariantPlaylist, NotPlaylist, Range
from pipeline.media.isobmff import fragments
from pipeline.media.isobmff.boxes import box, full
from pipeline.media.isobmff.fragments import FragmentTrack, NotFragments, Samples

TRACK = FragmentTrack(1, b"vide", 12_800, 0, (b"avc1", b""), (512, 0, 0))


def test_what_is_written_is_read() -> None:
    pieces = [playlist.Segment("0.m4s", 6.0), playlist.Segment("1.m4s", 2.5, Range(7, 5))]
    found = playlist.read(writing.media(pieces, 6, version=7, init="init.mp4").encode())
    assert isinstance(found, MediaPlaylist)
    assert [(item.uri, item.duration_s, item.range) for item in found.segments] == [
        ("0.m4s", 6.0, None),
        ("1.m4s", 2.5, Range(7, 5)),
    ]
    assert (found.version, found.target_s, found.kind, found.ended, found.faults) == (7, 6, "VOD", True, ())
    assert found.init is not None
    assert found.init.uri == "init.mp4"


def test_the_multivariant_playlist_names_codecs_size_rate_and_sound() -> None:
    variant = writing.Variant("720/index.m3u8", 3_000_000, 2_000_000, "avc1.64001f,mp4a.40.2", 1280, 720, 25.0, "aac")
    groups = [
        writing.Group("AUDIO", "aac", "audio/index.m3u8", "中文", "zh", default=True, channels=2),
        writing.Group("AUDIO", "aac", "audio-uig/index.m3u8", "ئۇيغۇرچە", "ug", default=False, channels=2),
    ]
    keys = [writing.IFrames("720/iframes.m3u8", 500, 400, "avc1.64001f", 1280, 720)]
    text = writing.multivariant([variant], groups, keys, version=7)
    assert (
        '#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2000000,CODECS="avc1.64001f,mp4a.40.2",'
        'RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO="aac",CLOSED-CAPTIONS=NONE\n720/index.m3u8\n'
    ) in text
    found = playlist.read(text.encode())
    assert isinstance(found, MultivariantPlaylist)
    assert found.faults == ()
    assert [item.attributes["DEFAULT"] for item in found.renditions] == ["YES", "NO"]
    assert found.renditions[1].attributes["NAME"] == "ئۇيغۇرچە"
    assert found.iframes[0].uri == "720/iframes.m3u8"


def test_ranges_without_a_place_follow_the_one_before() -> None:
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:2\n" + "#EXTINF:2,\n#EXT-X-BYTERANGE:10\na.ts\n" * 2
    found = playlist.read(text.encode())
    assert isinstance(found, MediaPlaylist)
    assert [item.range for item in found.segments] == [Range(0, 10), Range(10, 10)]


@pytest.mark.parametrize("text", ["", "hello", "#EXTM3U\n", "#EXTM3U\n#EXT-X-TARGETDURATION:6\nx.m4s\n", "\xff"])
def test_what_is_no_playlist_is_refused(text: str) -> None:
    with pytest.raises(NotPlaylist):
        playlist.read(text.encode("latin-1"))


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(NotPlaylist):
        playlist.read(("#EXTM3U\n" + text).encode("utf-8", "surrogatepass"))


@given(st.binary(max_size=400))
def test_any_bytes_are_fragments_or_refused(data: bytes) -> None:
    body = box(
        b"moof", box(b"traf", full(b"tfhd", 0, 0, b"\0\0\0\1"), full(b"tfdt", 1, 0, bytes(8)), box(b"trun", data))
    )
    file = io.BytesIO(body + box(b"mdat", bytes(64)) + data)
    with contextlib.suppress(NotFragments):
        head, pairs = fragments.split(file)
        fragments.samples(file, TRACK, pairs)
        fragments.header(head)


def test_a_short_tail_does_not_count_alone_as_the_peak() -> None:
    # RFC 8216 4.1: runs of 0.5-1.5 target durations; the 2 s tail alone (8 Mbit/s) is too short to count
    peak, average = rates.peak_and_average([600_000, 750_000, 2_000_000], [6.0, 6.0, 2.0], 6)
    assert peak == round((750_000 + 2_000_000) * 8 / 8)
    assert average == round(3_350_000 * 8 / 14)


def test_a_fragment_is_read_as_it_was_written() -> None:
    made = Samples(
        dts=np.array([1000, 1512]),
        duration=np.array([512, 512]),
        shift=np.array([-512, 1024]),
        size=np.array([3, 5]),
        sync=np.array([True, False]),
        at=np.array([0, 3]),
    )
    file = io.BytesIO(fragments.write(TRACK, made, 1, b"abcdefgh"))
    _, pairs = fragments.split(file)
    found = fragments.samples(file, TRACK, pairs)
    for name in ("dts", "duration", "shift", "size", "sync"):
        assert getattr(found, name).tolist() == getattr(made, name).tolist()
    assert list(found.shown) == [488, 2536]
    file.seek(int(found.at[1]))
    assert file.read(5) == b"defgh"


def test_a_cut_file_is_no_fragments() -> None:
    made = Samples(*(np.array([value]) for value in (0, 512, 0, 9)), np.array([True]), np.array([0]))
    data = fragments.write(TRACK, made, 1, b"123456789")
    with pytest.raises(NotFragments, match="cut"):
        fragments.split(io.BytesIO(data[:-1]))
    with pytest.raises(NotFragments, match="without data"):
        fragments.split(io.BytesIO(data[: struct.unpack(">I", data[:4])[0]]))


def test_variables_stand_in_addresses_and_quoted_values() -> None:
    text = '#EXTM3U\n#EXT-X-DEFINE:NAME="a",VALUE="x"\n#EXT-X-MAP:URI="{$a}.mp4"\n#EXTINF:2,\n{$a}/{$a}.m4s\n'
    found = playlist.read(text.encode())
    assert isinstance(found, MediaPlaylist)
    assert (found.segments[0].uri, found.init and found.init.uri) == ("x/x.m4s", "x.mp4")
    assert (found.needed, found.faults) == (8, ())


@pytest.mark.parametrize(
    ("tags", "needed"),
    [
        ("#EXTINF:2,\n", 1),
        ("#EXTINF:2,1.5 times\n", 1),
        ("#EXTINF:2.5,\n", 3),
        ('#EXT-X-KEY:METHOD=AES-128,URI="k",IV=0x1\n#EXTINF:2,\n', 2),
        ("#EXTINF:2,\n#EXT-X-BYTERANGE:10@0\n", 4),
        ("#EXT-X-I-FRAMES-ONLY\n#EXTINF:2,\n", 4),
        ('#EXT-X-I-FRAMES-ONLY\n#EXT-X-MAP:URI="i"\n#EXTINF:2,\n', 5),
        ('#EXT-X-KEY:METHOD=AES-128,URI="k",KEYFORMAT="identity"\n#EXTINF:2,\n', 5),
        ('#EXT-X-MAP:URI="i"\n#EXTINF:2,\n', 6),
        ('#EXT-X-DEFINE:QUERYPARAM="q"\n#EXTINF:2,\n', 11),
    ],
)
def test_each_tag_needs_its_version(tags: str, needed: int) -> None:
    found = playlist.read(f"#EXTM3U\n{tags}a\n".encode())
    assert isinstance(found, MediaPlaylist)
    assert found.needed == needed
