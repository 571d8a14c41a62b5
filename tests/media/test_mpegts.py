"""The analyser on real streams from the real muxer: a good one passes, each damage is found, and only it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from pipeline.media.mpegts import analysis, packets, tables
from pipeline.media.mpegts.packets import NotTransportStream
from pipeline.model.stream import Status, StreamReport

Packets = list[bytearray]
NULL = bytes.fromhex("471fff10") + b"\xff" * 184
VIDEO, AUDIO, PMT, SDT = 256, 257, 4096, 17

COLOUR = "setparams=color_primaries=bt470bg:color_trc=smpte170m:colorspace=bt470bg:range=tv"
NOISE = (
    "-f",
    "lavfi",
    "-i",
    f"testsrc2=s=720x576:r=25,noise=alls=60:allf=t,setsar=64/45,{COLOUR}",
    "-f",
    "lavfi",
    "-i",
    "sine=440:r=48000",
)
X264 = (
    "-t",
    "8",
    "-c:v",
    "libx264",
    "-preset",
    "veryfast",
    "-pix_fmt",
    "yuv420p",
    "-b:v",
    "2000k",
    "-minrate",
    "2000k",
    "-maxrate",
    "2000k",
    "-x264-params",
    "nal-hrd=cbr:aud=1:force-cfr=1",
    "-profile:v",
    "main",
    "-threads",
    "1",
    "-level:v",
    "3.0",
    "-keyint_min",
    "25",
    "-sc_threshold",
    "0",
    "-bf",
    "2",
)
SOUND = ("-c:a", "mp2", "-b:a", "192k", "-ac", "2", "-metadata:s:a:0", "language=zho")
MUX = (
    "-streamid",
    "0:256",
    "-streamid",
    "1:257",
    "-max_interleave_delta",
    "0",
    "-mpegts_flags",
    "+system_b",
    "-metadata",
    "service_name=我们的村医",
    "-metadata",
    "service_provider=展播",
    "-f",
    "mpegts",
)
TIMES = ("-pcr_period", "20", "-pat_period", "0.09", "-sdt_period", "0.5")
CBR = ("-muxrate", "2440k", *TIMES)
CODED = (*X264, "-g", "25", "-bufsize", "1000k", *SOUND)


@pytest.fixture(scope="session")
def good(lavfi: Callable[..., Path]) -> Path:
    return lavfi(*NOISE, *CODED, *MUX, *CBR, suffix=".ts")


def packets_of(path: Path) -> Packets:
    content = path.read_bytes()
    return [bytearray(content[at : at + 188]) for at in range(0, len(content), 188)]


def pid(packet: bytearray) -> int:
    return (packet[1] & 0x1F) << 8 | packet[2]


def where(stream: Packets, number: int, *, start: bool | None = None) -> list[int]:
    return [
        at
        for at, packet in enumerate(stream)
        if pid(packet) == number and (start is None or bool(packet[1] & 0x40) is start)
    ]


def payload(packet: bytearray) -> int:
    return 5 + packet[4] if packet[3] & 0x20 else 4


def broken(report: StreamReport) -> set[str]:
    return {item.id for item in report.checks if item.status in (Status.ERROR, Status.WARNING)}


def analysed(stream: Iterable[bytes], tmp_path: Path) -> StreamReport:
    path = tmp_path / "made.ts"
    path.write_bytes(b"".join(stream))
    return analysis.analyse(path)


def middle(places: list[int]) -> int:
    return places[len(places) // 2]


def section(stream: Packets, number: int, change: Callable[[bytearray], None]) -> None:
    """Change every section on a PID and set its CRC right."""
    for at in where(stream, number, start=True):
        begin = 5 + stream[at][4]
        size = 3 + ((stream[at][begin + 1] & 0x0F) << 8 | stream[at][begin + 2])
        body = stream[at][begin : begin + size]
        change(body)
        body[-4:] = tables.crc32(bytes(body[:-4])).to_bytes(4, "big")
        stream[at][begin : begin + size] = body


def stamps(packet: bytearray, ticks: int, fields: tuple[int, ...]) -> None:
    """Move the stamps of a PES header; `fields` are their places in it (9: PTS, 14: DTS)."""
    begin = payload(packet)
    for place in fields:
        b = packet[begin + place : begin + place + 5]
        value = (b[0] >> 1 & 7) << 30 | b[1] << 22 | (b[2] >> 1) << 15 | b[3] << 7 | b[4] >> 1
        value = (value + ticks) % (1 << 33)
        packet[begin + place : begin + place + 5] = bytes(
            [
                b[0] & 0xF0 | (value >> 30 & 7) << 1 | 1,
                value >> 22 & 255,
                (value >> 15 & 127) << 1 | 1,
                value >> 7 & 255,
                (value & 127) << 1 | 1,
            ]
        )


def has_pcr(packet: bytearray) -> bool:
    return bool(packet[3] & 0x20 and packet[4] >= 7 and packet[5] & 0x10)


def pcr(packet: bytearray, ticks: int) -> None:
    """Move a PCR by 27 MHz ticks."""
    b = packet[6:12]
    value = (b[0] << 25 | b[1] << 17 | b[2] << 9 | b[3] << 1 | b[4] >> 7) * 300 + ((b[4] & 1) << 8 | b[5]) + ticks
    base, rest = divmod(value, 300)
    packet[6:12] = bytes(
        [
            base >> 25 & 255,
            base >> 17 & 255,
            base >> 9 & 255,
            base >> 1 & 255,
            (base & 1) << 7 | 0x7E | rest >> 8,
            rest & 255,
        ]
    )


def wipe(stream: Packets, places: Iterable[int]) -> None:
    for at in places:
        stream[at][:] = NULL


def renumber(stream: Packets, number: int) -> None:
    """As if what was wiped had never been sent."""
    for count, at in enumerate(where(stream, number)):
        stream[at][3] = stream[at][3] & 0xF0 | count & 0x0F


def test_a_stream_by_the_rules_has_no_findings(good: Path) -> None:
    report = analysis.analyse(good)
    assert broken(report) == set()
    assert {item.id for item in report.checks if item.status is Status.NOT_APPLICABLE} == {
        "3.1.a",
        "3.6.a",
        "3.7",
        "3.8",
        "3.9",
    }
    assert (report.service, report.provider, report.constant) == ("我们的村医", "展播", True)
    assert report.rate_bps == pytest.approx(2_440_000, rel=1e-5)
    assert report.duration_s == pytest.approx(8.0, abs=0.3)
    video, audio = report.tracks
    assert (video.codec, video.pid, video.units) == ("h264", VIDEO, 200)
    assert (audio.codec, audio.pid, audio.language) == ("mp2", AUDIO, "zho")
    assert video.rate_bps == pytest.approx(2_000_000, rel=0.05)
    picture = report.picture
    assert picture is not None
    assert (picture.profile, picture.level, picture.width, picture.height) == ("main", "3.0", 720, 576)
    assert (picture.frame_rate, picture.interlaced, picture.longest_gop_s) == (25.0, False, 1.0)
    assert (picture.hrd_rate_bps, picture.hrd_size_bits, picture.matrix) == (2_000_000, 1_000_000, "bt601")


def bytes_missing(stream: Packets) -> None:
    at = middle(where(stream, 0x1FFF))
    del stream[at][100:160]


def sync_byte(stream: Packets) -> None:
    stream[middle(where(stream, 0x1FFF))][0] = 0x48


def no_pat(stream: Packets) -> None:
    wipe(stream, where(stream, 0)[20:27])
    renumber(stream, 0)


def no_pat_but_one(stream: Packets) -> None:
    wipe(stream, where(stream, 0)[1:])


def no_pmt(stream: Packets) -> None:
    wipe(stream, where(stream, PMT)[20:27])
    renumber(stream, PMT)


def lost_packet(stream: Packets) -> None:
    wipe(stream, [middle(where(stream, AUDIO, start=False))])


def swapped_packets(stream: Packets) -> None:
    at = next(
        at
        for at in where(stream, VIDEO, start=False)
        if at > 4000 and pid(stream[at + 1]) == VIDEO and not stream[at][3] & 0x20 and not stream[at + 1][3] & 0x20
    )
    stream[at], stream[at + 1] = stream[at + 1], stream[at]


def thrice(stream: Packets) -> None:
    at = middle(where(stream, AUDIO, start=False))
    one, two = [place for place in where(stream, 0x1FFF) if place > at][:2]  # they make room
    copies = [bytearray(stream[at]) for _ in range(3)]
    stream[at : two + 1] = [*copies, *stream[at + 1 : one], *stream[one + 1 : two]]


def absent_pid(stream: Packets) -> None:
    def other(body: bytearray) -> None:
        at = body.index(bytes([0x03, 0xE1, 0x01]))
        body[at + 1 : at + 3] = b"\xe2\x00"

    section(stream, PMT, other)


def error_mark(stream: Packets) -> None:
    stream[middle(where(stream, AUDIO, start=False))][1] |= 0x80


def wrong_crc(stream: Packets) -> None:
    packet = stream[middle(where(stream, SDT))]
    packet[30] ^= 1


def few_pcrs(stream: Packets) -> None:
    carrying = [at for at in range(len(stream)) if has_pcr(stream[at])]
    for at in carrying[100:106]:
        stream[at][5] &= 0xEF


def pcrs_60_ms_apart(stream: Packets) -> None:
    carrying = [at for at in range(len(stream)) if has_pcr(stream[at])]
    for at in (*carrying[100:102], *carrying[200:202]):
        stream[at][5] &= 0xEF


def other_time_base(stream: Packets) -> None:
    for packet in stream[len(stream) // 2 :]:
        if has_pcr(packet):
            pcr(packet, 27_000_000 * 30)
        if packet[1] & 0x40 and pid(packet) in (VIDEO, AUDIO):
            both = packet[payload(packet) + 7] >> 6 == 3
            stamps(packet, 90_000 * 30, (9, 14) if both else (9,))


def inexact_pcr(stream: Packets) -> None:
    carrying = [at for at in range(len(stream)) if has_pcr(stream[at])]
    pcr(stream[middle(carrying)], 27)  # 1 µs


def no_stamps(stream: Packets) -> None:
    for at in where(stream, AUDIO, start=True)[20:28]:
        stream[at][payload(stream[at]) + 7] &= 0x3F


def scrambled(stream: Packets) -> None:
    for at in where(stream, AUDIO)[100:110]:
        stream[at][3] |= 0x80


def two_sdts(stream: Packets) -> None:
    at = where(stream, SDT)[4]
    null = next(place for place in where(stream, 0x1FFF) if place > at)  # it makes room
    stream[at : null + 1] = [stream[at], bytearray(stream[at]), *stream[at + 1 : null]]
    renumber(stream, SDT)


def stray_pid(stream: Packets) -> None:
    for count, at in enumerate(where(stream, 0x1FFF)):
        stream[at][1:4] = bytes([0x03, 0x21, 0x10 | count & 0x0F])


def no_sdt(stream: Packets) -> None:
    wipe(stream, where(stream, SDT))


def foreign_table(stream: Packets) -> None:
    section(stream, SDT, lambda body: body.__setitem__(0, 0x4E))


def unreadable_name(stream: Packets) -> None:
    section(stream, SDT, lambda body: body.__setitem__(body.index(0x15), 0x1E))


def no_language(stream: Packets) -> None:
    section(stream, PMT, lambda body: body.__setitem__(body.index(b"\x0a\x04zho"), 0x0B))


def no_pes(stream: Packets) -> None:
    packet = stream[where(stream, AUDIO, start=True)[20]]
    packet[payload(packet) + 2] = 0x07


def sound_shifted(stream: Packets) -> None:
    stamps(stream[where(stream, AUDIO, start=True)[30]], 90 * 300, (9,))


def picture_shown_before_decoded(stream: Packets) -> None:
    at = next(at for at in where(stream, VIDEO, start=True)[40:] if stream[at][payload(stream[at]) + 7] >> 6 == 3)
    stamps(stream[at], -90 * 400, (9,))


def cut_end(stream: Packets) -> None:
    del stream[-1][100:]


def no_first_key(stream: Packets) -> None:
    second = where(stream, VIDEO, start=True)[1]
    wipe(stream, [at for at in where(stream, VIDEO) if at < second])


def nal(stream: Packets, kind: int, other: int, which: int) -> None:
    """Give a NAL unit another type."""
    found = []
    for at in where(stream, VIDEO, start=True):
        place = stream[at].find(bytes([0, 0, 1, kind]))
        if place > 0:
            found.append((at, place + 3))
    at, place = found[which]
    stream[at][place] = other


def key_without_sets(stream: Packets) -> None:
    nal(stream, 0x67, 0x6C, 3)


def no_delimiter(stream: Packets) -> None:
    nal(stream, 0x09, 0x0C, 70)


def sound_stops(stream: Packets) -> None:
    places = where(stream, AUDIO)
    wipe(stream, places[len(places) * 3 // 4 :])


def sound_without_stamps(stream: Packets) -> None:
    for at in where(stream, AUDIO, start=True):
        stream[at][payload(stream[at]) + 7] &= 0x3F


def marker_bits(stream: Packets) -> None:
    packet = stream[where(stream, AUDIO, start=True)[20]]
    packet[payload(packet) + 11] &= 0xFE


def other_stream_id(stream: Packets) -> None:
    packet = stream[where(stream, AUDIO, start=True)[20]]
    packet[payload(packet) + 3] = 0xE0


DAMAGE: list[tuple[Callable[[Packets], None], set[str]]] = [
    (bytes_missing, {"1.1", "1.2"}),
    (sync_byte, {"1.2"}),
    (no_pat, {"1.3.a", "pat_interval"}),
    (no_pat_but_one, {"1.3.a", "pat_interval"}),
    (no_pmt, {"1.5.a", "pmt_interval"}),
    (lost_packet, {"1.4"}),
    (swapped_packets, {"1.4"}),
    (thrice, {"1.4"}),
    (absent_pid, {"1.6", "3.4"}),
    (error_mark, {"2.1"}),
    (wrong_crc, {"2.2"}),
    (few_pcrs, {"2.3a", "2.3b", "pcr_interval"}),
    (pcrs_60_ms_apart, {"pcr_interval"}),
    (other_time_base, {"2.3b", "timestamps", "frame_rate"}),
    (inexact_pcr, {"2.4"}),
    (no_stamps, {"2.5", "timestamps"}),
    (scrambled, {"2.6"}),
    (two_sdts, {"3.2"}),
    (stray_pid, {"3.4"}),
    (no_sdt, {"3.5.a"}),
    (foreign_table, {"3.5.a"}),
    (unreadable_name, {"service_name"}),
    (no_language, {"languages"}),
    (no_pes, {"pes"}),
    (sound_shifted, {"timestamps"}),
    (picture_shown_before_decoded, {"timestamps"}),
    (sound_stops, {"together"}),
    (sound_without_stamps, {"2.5"}),
    (marker_bits, {"pes"}),
    (other_stream_id, {"pes"}),
    (cut_end, {"whole_packets"}),
    (no_first_key, {"first_picture"}),
    (key_without_sets, {"random_access"}),
    (no_delimiter, {"delimiters"}),
]


@pytest.mark.parametrize(("damage", "wanted"), DAMAGE, ids=[item[0].__name__ for item in DAMAGE])
def test_each_damage_is_found_and_nothing_else(
    damage: Callable[[Packets], None], wanted: set[str], good: Path, tmp_path: Path
) -> None:
    stream = packets_of(good)
    damage(stream)
    report = analysed(stream, tmp_path)
    assert broken(report) == wanted
    for item in report.checks:
        if item.id in wanted and item.id not in ("whole_packets", "languages", "service_name", "frame_rate"):
            assert item.count > 0
            assert item.places
            assert item.places[0].timecode.count(":") == 3


COPIED: list[tuple[str, tuple[str, ...], set[str]]] = [
    ("a level that can't hold the pictures", ("-bsf:v", "h264_metadata=level=2.1"), {"level", "dpb"}),
    ("another rate than the stamps", ("-bsf:v", "h264_metadata=tick_rate=100:fixed_frame_rate_flag=1"), {"frame_rate"}),
    (
        "no colour",
        ("-bsf:v", "h264_metadata=colour_primaries=2:transfer_characteristics=2:matrix_coefficients=2"),
        {"colour"},
    ),
    ("full range", ("-bsf:v", "h264_metadata=video_full_range_flag=1"), {"colour"}),
]


@pytest.mark.parametrize(("options", "wanted"), [item[1:] for item in COPIED], ids=[item[0] for item in COPIED])
def test_parameter_sets_that_lie(
    options: tuple[str, ...], wanted: set[str], good: Path, lavfi: Callable[..., Path]
) -> None:
    path = lavfi("-copyts", "-i", str(good), "-c", "copy", *options, *MUX, *CBR, suffix=".ts")
    assert broken(analysis.analyse(path)) == wanted


X265 = (
    "-t",
    "4",
    "-c:v",
    "libx265",
    "-preset",
    "ultrafast",
    "-pix_fmt",
    "yuv420p",
    "-x265-params",
    "log-level=error:hrd=1:strict-cbr=1:bitrate=1000:vbv-maxrate=1000:vbv-bufsize=500:aud=1:repeat-headers=1"
    ":keyint=25:open-gop=0:pools=none:frame-threads=1",
)
HEVC_TOLD: list[tuple[str, tuple[str, ...], set[str]]] = [
    ("as it was coded", (), set()),
    ("a level that can't hold the pictures", ("-bsf:v", "hevc_metadata=level=2"), {"level", "dpb"}),
    ("another rate than the stamps", ("-bsf:v", "hevc_metadata=tick_rate=50"), {"frame_rate"}),
    ("no colour", ("-bsf:v", "hevc_metadata=matrix_coefficients=2"), {"colour"}),
    ("full range", ("-bsf:v", "hevc_metadata=video_full_range_flag=1"), {"colour"}),
    ("no picture parameter set", ("-bsf:v", "filter_units=remove_types=34"), {"first_picture", "random_access"}),
]


@pytest.mark.parametrize(("options", "wanted"), [item[1:] for item in HEVC_TOLD], ids=[item[0] for item in HEVC_TOLD])
def test_what_a_stream_of_hevc_says_is_checked(
    options: tuple[str, ...], wanted: set[str], lavfi: Callable[..., Path]
) -> None:
    """640x360 at a constant rate, its decoder's buffer declared and kept to."""
    small = f"testsrc2=s=640x360:r=25,{COLOUR}"
    coded = lavfi(
        "-f", "lavfi", "-i", small, *NOISE[4:], *X265, *SOUND, *MUX, "-muxrate", "1440k", *TIMES, suffix=".ts"
    )
    path = coded
    if options:
        path = lavfi(
            "-copyts", "-i", str(coded), "-c", "copy", *options, *MUX, "-muxrate", "1440k", *TIMES, suffix=".ts"
        )
    report = analysis.analyse(path)
    assert broken(report) == wanted
    assert report.picture
    assert (report.picture.profile, report.picture.width, report.picture.height) == ("main", 640, 360)
    assert (report.picture.hrd_rate_bps, report.picture.longest_gop_s) == (1_000_000, 1.0)


def test_a_constant_rate_that_is_only_declared(lavfi: Callable[..., Path]) -> None:
    """Easy pictures before hard ones, without the filler that held their rate: the decoder's buffer would run over."""
    half = "testsrc2=s=720x576:r=25,noise=alls=60:allf=t,drawbox=c=gray:t=fill:enable='lt(t,4)'"
    easy = (*NOISE[:2], "-i", f"{half},setsar=64/45,{COLOUR}", *NOISE[4:])
    made = lavfi(*easy, *CODED, *MUX, *CBR, suffix=".ts")
    assert broken(analysis.analyse(made)) == set()
    bare = lavfi(
        "-copyts", "-i", str(made), "-c", "copy", "-bsf:v", "filter_units=remove_types=12", *MUX, *CBR, suffix=".ts"
    )
    assert broken(analysis.analyse(bare)) == {"3.3"}


MUXED: list[tuple[str, tuple[str, ...], set[str]]] = [
    ("no muxrate", (*CODED, *MUX, *TIMES), {"constant_rate", "pat_interval", "pmt_interval"}),
    ("a muxrate 5 % too low", (*CODED, *MUX, "-muxrate", "2320k", *TIMES), {"mux_budget"}),
    (
        "a starved rate",
        (*X264, "-g", "25", "-bufsize", "2000k", *SOUND, *MUX, "-muxrate", "2250k", *TIMES),
        {"mux_budget", "slack", "hrd"},
    ),
    ("a buffer of a second", (*X264, "-g", "25", "-bufsize", "2000k", *SOUND, *MUX, *CBR), {"hrd"}),
    ("a second for the head", (*CODED, *MUX, *CBR, "-muxdelay", "0.4"), {"slack"}),
    ("everything too early", (*CODED, *MUX, *CBR, "-muxdelay", "1.3"), {"3.10"}),
    (
        "the muxer's own table spacing",
        (*CODED, *MUX, "-muxrate", "2440k", "-pcr_period", "20"),
        {"pat_interval", "pmt_interval"},
    ),
    ("GOPs of three seconds", (*X264, "-g", "75", "-bufsize", "1000k", *SOUND, *MUX, *CBR), {"gop"}),
]


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        pytest.param(*case, id=name, marks=pytest.mark.acceptance if number else ())
        for number, (name, *case) in enumerate(MUXED)
    ],
)
def test_what_the_muxer_does_with_other_options(
    options: tuple[str, ...], wanted: set[str], lavfi: Callable[..., Path]
) -> None:
    assert wanted <= broken(analysis.analyse(lavfi(*NOISE, *options, suffix=".ts")))


def test_a_packet_may_be_sent_twice(good: Path, tmp_path: Path) -> None:
    stream = packets_of(good)
    at = middle(where(stream, AUDIO, start=False))
    null = next(place for place in where(stream, 0x1FFF) if place > at)
    stream[at : null + 1] = [stream[at], bytearray(stream[at]), *stream[at + 1 : null]]
    assert broken(analysed(stream, tmp_path)) == set()


def test_clocks_wrap(lavfi: Callable[..., Path], good: Path) -> None:
    """33 bits are full after 26 h 30 min: a film that starts just before is as good as any."""
    late = lavfi("-i", str(good), "-c", "copy", "-output_ts_offset", "95438", *MUX, *CBR, suffix=".ts")
    assert broken(analysis.analyse(late)) == set()


def test_figures_do_not_depend_on_where_blocks_are_cut(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = analysis.analyse(good)
    monkeypatch.setattr(packets, "BLOCK_PACKETS", 97)
    assert analysis.analyse(good) == whole


def test_packets_of_192_bytes_are_judged_as_those_in_them(good: Path, tmp_path: Path) -> None:
    """M2TS of cameras and discs: the time of arrival stands before each packet."""
    report, plain = (
        analysed((bytes(4) + bytes(packet) for packet in packets_of(good)), tmp_path),
        analysis.analyse(good),
    )
    assert report == plain.model_copy(update={"packet_bytes": 192})


def test_packets_of_204_bytes(good: Path, tmp_path: Path) -> None:
    report = analysed((bytes(packet) + b"\0" * 16 for packet in packets_of(good)), tmp_path)
    assert (report.packet_bytes, broken(report)) == (204, set())


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "ts_no_sync"),
        (b"\x47" * 100, "ts_no_sync"),
        (b"\x00" * 4000, "ts_no_sync"),
        (NULL * 50, "ts_no_programme"),
    ],
)
def test_what_is_no_transport_stream_is_said_to_be_none(content: bytes, why: str, tmp_path: Path) -> None:
    path = tmp_path / "x.ts"
    path.write_bytes(content)
    with pytest.raises(NotTransportStream, match=why):
        analysis.analyse(path)


def test_a_table_that_is_cut_is_a_finding_not_a_crash(good: Path, tmp_path: Path) -> None:
    stream = packets_of(good)
    for at in where(stream, 0)[30:31]:
        stream[at][:] = b"\x47\x40\x00" + bytes([stream[at][3]]) + b"\xb7" + b"\xff" * 183
    assert broken(analysed(stream, tmp_path)) == {"pat_interval"}


def test_random_bytes_in_the_middle_never_crash(good: Path, tmp_path: Path) -> None:
    import random

    for seed in range(12):
        dice = random.Random(seed)
        content = bytearray(good.read_bytes())
        for _ in range(300):
            content[dice.randrange(188 * 50, len(content))] = dice.randrange(256)
        path = tmp_path / "noise.ts"
        path.write_bytes(content)
        assert broken(analysis.analyse(path))


# --- what is odd and right -----------------------------------------------------------------------------------------


def test_sections_and_sparse_data_are_no_faults(good: Path, tmp_path: Path) -> None:
    """A PMT that names splice information (SCTE 35) which never comes."""
    stream = packets_of(good)
    for at in where(stream, PMT, start=True):
        begin = 5 + stream[at][4]
        size = 3 + ((stream[at][begin + 1] & 0x0F) << 8 | stream[at][begin + 2])
        body = bytearray(stream[at][begin : begin + size - 4] + bytes([0x86, 0xE2, 0x00, 0xF0, 0x00]))
        body[2] += 5
        stream[at][begin : begin + size + 5] = body + tables.crc32(bytes(body)).to_bytes(4, "big")
    assert broken(analysed(stream, tmp_path)) == set()


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"\x15\xe6\x88\x91", "我"),
        (b"\x11\x62\x11", "我"),
        (b"\x13\xce\xd2", "我"),
        (b"plain", "plain"),
        (b"T\xc2el\xc2e", "Tele"),
        (b"\x10\x00\x05\xd1", "б"),
        (b"\x01\xd1", "б"),
        (b"\x86bold\x87", "bold"),
        (b"", ""),
        (b"\x15\xff", None),
        (b"\x1e?", None),
    ],
)
def test_letters_of_a_service_name(raw: bytes, said: str | None) -> None:
    assert tables.text(raw) == said


def test_a_stream_before_whose_head_something_stands_is_analysed(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "late.ts"
    path.write_bytes(b"\x00" * 100 + good.read_bytes())
    assert broken(analysis.analyse(path)) == set()


def test_pictures_hours_apart_are_findings_not_a_crash(good: Path, tmp_path: Path) -> None:
    stream = packets_of(good)
    for number, at in enumerate(where(stream, VIDEO, start=True)):
        both = stream[at][payload(stream[at]) + 7] >> 6 == 3
        stamps(stream[at], number * 90_000 * 3000, (9, 14) if both else (9,))
    assert {"frame_rate", "slack"} <= broken(analysed(stream, tmp_path))


def test_a_second_programme_is_an_error_of_its_own(lavfi: Callable[..., Path]) -> None:
    two = lavfi(
        *NOISE,
        *NOISE[4:],
        *X264,
        "-g",
        "25",
        "-bufsize",
        "1000k",
        "-map",
        "0:v",
        "-map",
        "1:a",
        "-map",
        "2:a",
        "-program",
        "title=a:st=0:st=1",
        "-program",
        "title=b:st=2",
        *SOUND,
        "-muxrate",
        "3000k",
        *TIMES,
        "-f",
        "mpegts",
        suffix=".ts",
    )
    assert "one_programme" in broken(analysis.analyse(two))
