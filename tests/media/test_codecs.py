"""Parameter sets, messages and levels, as far as they are read: what is cut or odd is never a crash."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.media.codecs import avc, bits, hevc
from pipeline.media.codecs.avc import AVC
from pipeline.media.codecs.codec import Hrd, SequenceParameters, VideoCodec, Vui
from pipeline.media.codecs.hevc import HEVC
from pipeline.media.codecs.table import BY_NAME, BY_SAMPLE_ENTRY, BY_STREAM, VIDEO_CODECS
from pipeline.media.mpegts.tables import VIDEO
from pipeline.plan.codecs import ENCODERS

HRD = Hrd(8_000_000, 4_000_000, constant=True, delay_bits=18)
# x264's own of 1920x1080p25 Main@4.0 with NAL HRD of 8 Mbit/s and 4 Mbit
AVC_SPS = bytes.fromhex("674d4028eca03c0113f2cd418041900000030010000003032e68000f424001e84e2930078c18cb")
# x265's own: 640x360p25 Main@2.1; 1918x1078p29.97 Main 10@4.0 in High tier, PQ, HRD of 15 Mbit/s, three sub-layers;
# 720x576i25 as fields
HEVC_SPS = bytes.fromhex("42010101600000030090000003000003003fa005020171f2e595952930bc05a02000000300200000030321")
HEVC_HRD_SPS = bytes.fromhex(
    "4201042220000003009000000300000300780000a003c08010e754d965652b2959649395e02d4244024100000303e9000075306014906e0000"
    "e4e1c0001c9c3b80003938700007270ee0000e4e1c0001c9c388"
)
HEVC_FIELD_SPS = bytes.fromhex(
    "4201010160000003004000000300000300" + "5aa005a201216595952930bc05a1a0000003002000000641"
)


def test_an_h264_set_is_read() -> None:
    found = avc.read_parameters(AVC_SPS)
    assert (found.name, found.profile, found.level) == ("4d4028", "main", "4.0")
    assert (found.width, found.height, found.area) == (1920, 1080, 8160)
    assert found.vui.hrd == HRD
    assert found.vui.frame_rate == 25
    assert AVC.is_held(found, 25)
    assert not AVC.is_held(found, 50)


def test_an_h265_set_is_read() -> None:
    found = hevc.read_parameters(HEVC_SPS)
    assert (found.name, found.profile, found.level, found.tier) == ("1.6.L63.90", "main", "2.1", "main")
    assert (found.width, found.height, found.area, found.depth) == (640, 360, 640 * 368, 8)
    assert (found.vui.frame_rate, found.vui.hrd, found.interlaced) == (25, None, False)
    assert HEVC.is_held(found, 25)
    assert not HEVC.is_held(found, 50)


def test_an_h265_set_with_sub_layers_and_a_buffer_is_read() -> None:
    found = hevc.read_parameters(HEVC_HRD_SPS)
    assert (found.name, found.profile, found.level, found.tier) == ("2.4.H120.90", "main10", "4.0", "high")
    assert (found.width, found.height, found.depth, found.references) == (1918, 1078, 10, 5)
    assert (found.vui.matrix, found.vui.transfer, found.vui.full_range) == (9, 16, False)
    assert found.vui.frame_rate == Fraction(30000, 1001)
    assert found.vui.hrd == Hrd(15_000_000, 15_000_000, constant=False, delay_bits=19, removal_bits=9, output_bits=7)


def test_h265_fields_are_pictures_of_half_the_height() -> None:
    found = hevc.read_parameters(HEVC_FIELD_SPS)
    assert (found.width, found.height, found.interlaced, found.vui.frame_rate) == (720, 288, True, 50)


def written(*fields: tuple[str, int]) -> str:
    """Bits as text: `u4` is four bits, `ue` and `se` Exp-Golomb codes."""
    made = ""
    for kind, value in fields:
        if kind.startswith("u") and kind != "ue":
            made += f"{value:0{int(kind[1:])}b}"
            continue
        number = value if kind == "ue" else 2 * value - 1 if value > 0 else -2 * value
        body = f"{number + 1:b}"
        made += "0" * (len(body) - 1) + body
    return made


def an_h265_set(middle: str) -> bytes:
    """640x360 with what stands between the coding blocks and the flag of long-term pictures, then a VUI of 50p."""
    head = written(("u4", 0), ("u3", 0), ("u1", 1)) + f"{1:08b}" + f"{0x60000000:032b}" + "0" * 48 + f"{63:08b}"
    size = written(("ue", 0), ("ue", 1), ("ue", 640), ("ue", 360), ("u1", 0), ("ue", 0), ("ue", 0), ("ue", 4))
    blocks = written(("u1", 1), ("ue", 3), ("ue", 2), ("ue", 0), *[("ue", size) for size in (0, 2, 0, 1, 1, 1)])
    later = written(("u1", 1), ("ue", 2), *[("u8", 7), ("u1", 1)] * 2)
    vui = written(*[("u1", 0)] * 8, ("u1", 1), ("u32", 1), ("u32", 50), ("u1", 0), ("u1", 0), ("u1", 0), ("u1", 0))
    text = head + size + blocks + middle + later + "00" + "1" + vui + "1"
    text += "0" * (-len(text) % 8)
    raw = int(text, 2).to_bytes(len(text) // 8, "big")
    escaped = bytearray()
    for byte in raw:
        if escaped[-2:] == b"\0\0" and byte < 4:
            escaped.append(3)
        escaped.append(byte)
    return b"\x42\x01" + bytes(escaped)


def test_h265_lists_and_reference_sets_are_read_over() -> None:
    lists = "11"  # enabled, and there
    for size in range(4):
        for matrix in range(2 if size == 3 else 6):
            if matrix:  # as the one before
                lists += written(("u1", 0), ("ue", 1))
            else:
                lists += written(("u1", 1), *[("se", -3)] * (min(64, 1 << (4 + 2 * size)) + (size > 1)))
    pcm = written(("u2", 3), ("u1", 1), ("u8", 0x77), ("ue", 0), ("ue", 1), ("u1", 1))
    sets = written(("ue", 4))
    sets += written(("ue", 2), ("ue", 1), *[("ue", 0), ("u1", 1)] * 3)  # -1, -2, 1
    # moved by 2: 1 used, 0 is the picture itself and drops out, 3 neither used nor kept, 2 not used but kept
    sets += written(("u1", 1), ("u1", 0), ("ue", 1), ("u1", 1), ("u1", 1), ("u2", 0), ("u2", 1))
    # of those two, moved by -5, and the picture itself
    sets += written(("u1", 1), ("u1", 1), ("ue", 4), *[("u1", 1)] * 3)
    sets += written(("u1", 1), ("u1", 0), ("ue", 0), *[("u1", 1)] * 4)
    found = hevc.read_parameters(an_h265_set(lists + pcm + sets))
    assert (found.width, found.height, found.references) == (640, 360, 4)
    assert found.vui.frame_rate == 50
    assert hevc.read_parameters(an_h265_set("0" + "000" + written(("ue", 0)))).vui.frame_rate == 50


def a_record(*sets: tuple[int, bytes]) -> bytes:
    """An hvcC of these units, its head as of the first."""
    head = b"\x01" + bits.unescaped(HEVC_SPS[2:])[1:13] + b"\xf0\0\xfc\xfd\xf8\xf8\0\0\x0f" + bytes([len(sets)])
    return head + b"".join(struct.pack(">BHH", 0x80 | kind, 1, len(nal)) + nal for kind, nal in sets)


def test_a_record_holds_the_set_or_at_least_its_name() -> None:
    whole = hevc.read_record(a_record((32, b"\x40\x01\x0c"), (33, HEVC_SPS)))
    assert (whole.name, whole.parameters) == ("1.6.L63.90", hevc.read_parameters(HEVC_SPS))
    bare = hevc.read_record(a_record())
    assert (bare.name, bare.parameters) == ("1.6.L63.90", None)


@settings(deadline=None)  # a busy machine is no fault
@given(st.sampled_from(VIDEO_CODECS), st.binary(max_size=90))
def test_any_bytes_are_a_set_or_a_value_error(codec: VideoCodec, tail: bytes) -> None:
    known = AVC_SPS if codec is AVC else HEVC_SPS
    for content in (tail, known[:8] + tail, known[:20] + tail, known[: len(tail)]):
        for read in (codec.read_parameters, codec.read_record):
            try:
                read(content)
            except ValueError:
                continue


@settings(deadline=None)  # a busy machine is no fault
@given(st.sampled_from(VIDEO_CODECS), st.binary(max_size=40))
def test_any_bytes_may_be_a_sei(codec: VideoCodec, tail: bytes) -> None:
    for content in (b"\x06" + tail, b"\x06" + tail + b"\xff", b"\x06\x00" + tail, b"\x4e\x01\x00" + tail):
        delay = codec.initial_delay(content, HRD)
        assert delay is None or 0 <= delay < 1 << 18


def test_the_delay_of_an_h265_buffer_is_read() -> None:
    hrd = Hrd(4_000_000, 2_000_000, constant=True, delay_bits=19, removal_bits=9, output_bits=7)
    for fields in (
        written(("ue", 0), ("u1", 0), ("u1", 0), ("u9", 0), ("u19", 81_000), ("u19", 9_000)),
        written(("ue", 0), ("u1", 1), ("u16", 5), ("u1", 0), ("u9", 0), ("u19", 81_000), ("u19", 9_000)),
    ):
        text = fields + "1" + "0" * (-len(fields + "1") % 8)
        payload = int(text, 2).to_bytes(len(text) // 8, "big")
        assert hevc.initial_delay(b"\x4e\x01\x00" + bytes([len(payload)]) + payload + b"\x80", hrd) == 81_000


@pytest.mark.parametrize(
    ("codec", "level", "area", "frames"),
    [
        (AVC, "4.0", 8160, 4),
        (AVC, "3.0", 1620, 5),
        (AVC, "5.1", 99, 16),
        (HEVC, "4.0", 2_073_600, 6),
        (HEVC, "5.1", 2_073_600, 16),
        (HEVC, "3.1", 640 * 368, 16),
        (HEVC, "3.1", 720 * 576, 12),
        (HEVC, "3.1", 737_280, 8),
        (HEVC, "3.1", 2_073_600, None),
    ],
)
def test_a_level_holds_so_many_frames(codec: VideoCodec, level: str, area: int, frames: int | None) -> None:
    assert codec.decoded_pictures(level, area) == frames


# codec, size, pictures a second, peak, the level that is needed (tables A-1, A.8 and A.9)
NEEDED = [
    (AVC, 1920, 1080, 25, 7_800_000, "4.0"),
    (AVC, 1920, 1080, 50, 7_800_000, "4.2"),
    (AVC, 1280, 720, 25, 17_400_000, "3.1"),
    (AVC, 1280, 720, 25, 17_600_000, "3.2"),
    (HEVC, 640, 360, 25, 450_000, "2.1"),
    (HEVC, 1920, 1080, 25, 3_400_000, "4.0"),
    (HEVC, 1920, 1080, 25, 12_100_000, "4.1"),
    (HEVC, 3840, 2160, 50, 16_000_000, "5.1"),
    (HEVC, 2880, 256, 25, 450_000, "4.0"),  # 0.7 Mi samples, but wider than 3.1 takes
]


@pytest.mark.parametrize(("codec", "width", "height", "rate", "peak_bps", "level"), NEEDED)
def test_the_level_that_pictures_need(
    codec: VideoCodec, width: int, height: int, rate: int, peak_bps: int, level: str
) -> None:
    tier = "main" if codec is HEVC else ""
    profile = "main" if codec is HEVC else "high"
    asked = SequenceParameters("", profile, level, width, height, codec.area(width, height), 8, 3, False, Vui(), tier)
    assert codec.needed_level(asked, rate, peak_bps) == level
    assert codec.is_held(asked, rate)
    below = codec.levels[codec.levels.index(level) - 1]
    limits = codec.limits_of(replace(asked, level=below))
    assert limits
    too_fast = limits.bitrate_kbps * 1000 < peak_bps
    assert too_fast or not codec.is_held(replace(asked, level=below), rate)


def test_only_higher_levels_of_h265_have_a_high_tier() -> None:
    assert HEVC.limits("3.1", "main", "high") is None
    high = HEVC.limits("4.0", "main", "high")
    assert high
    assert high.bitrate_kbps == 30_000


def test_every_codec_is_known_by_all_its_names() -> None:
    """The tables of this room, of transport streams and of plan name the same codecs."""
    assert set(BY_STREAM) <= VIDEO
    assert len(BY_SAMPLE_ENTRY) == sum(len(codec.sample_entries) for codec in VIDEO_CODECS)
    assert {name: row.codec for name, row in ENCODERS.items()} == {name: BY_NAME[name] for name in ENCODERS}
