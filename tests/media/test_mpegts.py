"""The gate on real streams from the real muxer: good ones pass, each way of being wrong is seen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.media import mpegts

NOISE = ("-f", "lavfi", "-i", "testsrc2=s=720x576:r=25,noise=alls=60:allf=t", "-f", "lavfi", "-i", "sine=440:r=48000")
CODED = ("-t", "6", "-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", "yuv420p", "-b:v", "2000k", "-minrate",
         "2000k", "-maxrate", "2000k", "-x264-params", "nal-hrd=cbr", "-g", "25", "-c:a", "mp2", "-b:a", "192k",
         "-f", "mpegts", "-pcr_period", "20")  # fmt: skip


@pytest.fixture(scope="session")
def good(lavfi: Callable[..., Path]) -> Path:
    return lavfi(*NOISE, *CODED, "-bufsize", "1000k", "-muxrate", "2440k", "-pat_period", "0.09", suffix=".ts")


def test_a_stream_by_the_rules_has_no_faults(good: Path) -> None:
    scanned = mpegts.scan(good)
    gate = mpegts.measure(scanned)
    assert mpegts.faults(scanned, gate) == []
    assert 100 < gate.least_slack_ms < 700
    assert gate.pcr_interval_ms < 25
    assert gate.pat_interval_ms < 100


def test_a_rate_too_low_is_seen_although_the_muxer_exits_0(lavfi: Callable[..., Path]) -> None:
    starved = lavfi(*NOISE, *CODED, "-bufsize", "2000k", "-muxrate", "2250k", "-pat_period", "0.09", suffix=".ts")
    scanned = mpegts.scan(starved)
    assert any("last byte" in fault for fault in mpegts.faults(scanned, mpegts.measure(scanned)))


def test_the_muxers_default_table_spacing_is_over_100_ms(lavfi: Callable[..., Path]) -> None:
    path = lavfi(*NOISE, *CODED, "-bufsize", "1000k", "-muxrate", "2440k", suffix=".ts")
    scanned = mpegts.scan(path)
    assert any("PAT" in fault for fault in mpegts.faults(scanned, mpegts.measure(scanned)))


def test_a_lost_packet_breaks_continuity(good: Path, tmp_path: Path) -> None:
    content = good.read_bytes()
    packets = [content[at : at + 188] for at in range(0, len(content), 188)]
    video = [number for number, packet in enumerate(packets) if packet[1] & 0x1F == 1 and packet[2] == 0]
    del packets[video[len(video) // 2]]
    damaged = tmp_path / "lost.ts"
    damaged.write_bytes(b"".join(packets))
    scanned = mpegts.scan(damaged)
    assert any("continuity" in fault for fault in mpegts.faults(scanned, mpegts.measure(scanned)))


def packets_of(path: Path) -> list[bytes]:
    content = path.read_bytes()
    return [content[at : at + 188] for at in range(0, len(content), 188)]


def pid(packet: bytes) -> int:
    return (packet[1] & 0x1F) << 8 | packet[2]


def faults(packets: list[bytes], tmp_path: Path) -> list[str]:
    path = tmp_path / "made.ts"
    path.write_bytes(b"".join(packets))
    scanned = mpegts.scan(path)
    return mpegts.faults(scanned, mpegts.measure(scanned))


def test_one_table_at_the_head_is_not_enough(good: Path, tmp_path: Path) -> None:
    packets = packets_of(good)
    first = next(number for number, packet in enumerate(packets) if pid(packet) == 0)
    null = b"\x47\x1f\xff\x10" + b"\xff" * 184
    alone = [null if pid(packet) == 0 and number != first else packet for number, packet in enumerate(packets)]
    assert any("PAT" in fault for fault in faults(alone, tmp_path))


def test_a_packet_may_be_sent_twice_but_not_three_times(good: Path, tmp_path: Path) -> None:
    packets = packets_of(good)
    at = next(
        number for number, packet in enumerate(packets) if number > 3000 and pid(packet) == 256 and packet[3] & 0x10
    )
    null = next(number for number in range(at, len(packets)) if pid(packets[number]) == 0x1FFF)
    twice = [*packets[: at + 1], packets[at], *packets[at + 1 : null], *packets[null + 1 :]]
    assert faults(twice, tmp_path) == []
    thrice = [*packets[: at + 1], packets[at], packets[at], *packets[at + 1 : null], *packets[null + 1 :]]
    assert any("continuity" in fault for fault in faults(thrice, tmp_path))


def test_an_error_indicator_is_a_fault(good: Path, tmp_path: Path) -> None:
    packets = packets_of(good)
    packets[500] = bytes([packets[500][0], packets[500][1] | 0x80]) + packets[500][2:]
    assert any("error indicator" in fault for fault in faults(packets, tmp_path))


def test_a_cut_table_is_said_not_a_crash(good: Path, tmp_path: Path) -> None:
    packets = [b"\x47\x40\x00\x10\xb7" + b"\xff" * 183 if pid(packet) == 0 else packet for packet in packets_of(good)]
    with pytest.raises(mpegts.NotTransportStream):
        faults(packets, tmp_path)


@pytest.mark.parametrize("content", [b"", b"\x47" * 100, b"G" + b"\x00" * 187 + b"X" * 188])
def test_what_is_no_transport_stream_is_said_to_be_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "x.ts"
    path.write_bytes(content)
    with pytest.raises(mpegts.NotTransportStream):
        mpegts.scan(path)


def test_figures_do_not_depend_on_where_blocks_are_cut(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = mpegts.measure(mpegts.scan(good))
    monkeypatch.setattr(mpegts, "BLOCK_PACKETS", 97)
    cut = mpegts.scan(good)
    assert mpegts.measure(cut) == whole
    assert cut.continuity_errors == 0
