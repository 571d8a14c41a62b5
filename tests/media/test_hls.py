from __future__ import annotations

import pytest

from pipeline.media import hls

PLAYLIST = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:6
#EXT-X-MAP:URI="init.mp4"
#EXTINF:6.000000,
00000.m4s
#EXTINF:6.000000,
00001.m4s
#EXTINF:2.000000,
00002.m4s
#EXT-X-ENDLIST
"""


def test_a_media_playlist_is_read_whole() -> None:
    playlist = hls.read_media(PLAYLIST)
    assert playlist.init == "init.mp4"
    assert playlist.ended
    assert playlist.duration_s == pytest.approx(14.0)
    assert [name for name, _ in playlist.segments] == ["00000.m4s", "00001.m4s", "00002.m4s"]


def test_a_short_tail_does_not_count_alone_as_the_peak() -> None:
    # RFC 8216 4.1: runs of 0.5-1.5 target durations; the 2 s tail alone (8 Mbit/s) is too short to count
    playlist = hls.read_media(PLAYLIST)
    sizes = {"00000.m4s": 600_000, "00001.m4s": 750_000, "00002.m4s": 2_000_000}
    peak, average = hls.bandwidth(playlist, sizes)
    assert peak == round((750_000 + 2_000_000) * 8 / 8)
    assert average == round(3_350_000 * 8 / 14)


def test_the_multivariant_playlist_names_codecs_size_rate_and_sound() -> None:
    variant = hls.Variant("720/index.m3u8", 3_000_000, 2_000_000, "avc1.64001f,mp4a.40.2", 1280, 720, 25.0)
    text = hls.write_multivariant([variant], [hls.SoundGroup("audio/index.m3u8", "zho", "zh", 2),
                                             hls.SoundGroup("audio-uig/index.m3u8", "uig", "ug", 2)])  # fmt: skip
    assert (
        '#EXT-X-STREAM-INF:BANDWIDTH=3000000,AVERAGE-BANDWIDTH=2000000,CODECS="avc1.64001f,mp4a.40.2",'
        'RESOLUTION=1280x720,FRAME-RATE=25.000,AUDIO="aac"\n720/index.m3u8\n'
    ) in text
    sounds = [line for line in text.splitlines() if line.startswith("#EXT-X-MEDIA")]
    assert [line.split("DEFAULT=")[1][:3] for line in sounds] == ["YES", "NO,"]
    assert 'LANGUAGE="ug"' in sounds[1]
    assert 'URI="audio-uig/index.m3u8"' in sounds[1]


@pytest.mark.parametrize("text", ["", "hello", "#EXTM3U\n", "#EXTM3U\n#EXT-X-TARGETDURATION:6\nx.m4s\n"])
def test_what_is_no_media_playlist_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"playlist|EXTINF"):
        hls.read_media(text)


def test_the_codec_string_is_read_from_the_avcc_box() -> None:
    assert hls.avc_codec(b"....avcC\x01\x64\x00\x28\xff") == "avc1.640028"
    with pytest.raises(ValueError, match="avcC"):
        hls.avc_codec(b"nothing here")
