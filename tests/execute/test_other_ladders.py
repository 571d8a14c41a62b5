"""HLS that others make and players play: bytes, names, time lines, keys and tracks, each judged by its clause."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.execute import context, verification
from pipeline.execute.verification import Verified
from pipeline.model.stream import Check, LadderReport, Status
from pipeline.settings import Settings
from pipeline.workspace import Workspace
from tests.conftest import Showcase

Once = Callable[[str, Callable[[Path], object]], Path]
VOD = ("-c", "copy", "-f", "hls", "-hls_time", "2", "-hls_playlist_type", "vod")
TOP = '#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1,CODECS="{}",RESOLUTION=160x90,FRAME-RATE=25.000\n'
KNOWN = {"A7.5"}  # the target duration of the small ladders


@pytest.fixture(scope="session")
def small(lavfi: Callable[..., Path]) -> Path:
    """6 s of pictures and sound, a key picture each 2 s."""
    return lavfi(
        *("-f", "lavfi", "-i", "testsrc2=s=160x90:r=25:d=6", "-f", "lavfi", "-i", "sine=f=500:r=48000:d=6"),
        *(
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            "-g",
            "50",
            "-sc_threshold",
            "0",
            "-c:a",
            "aac",
        ),
    )


@pytest.fixture(scope="session")
def others(small: Path, ffmpeg: Path, made_once: Once) -> Path:
    """One film as ffmpeg's own multiplexer writes it: `ts` plain, `enc` with AES-128, `mux` in one fMP4."""

    def fill(folder: Path) -> None:
        folder.mkdir()
        (folder / "enc.key").write_bytes(b"0123456789abcdef")
        (folder / "enc.info").write_text(f"enc.key\n{folder / 'enc.key'}\n")
        for name, options in {
            "ts": ("-hls_segment_filename", "ts%d.ts"),
            "enc": ("-hls_key_info_file", "enc.info", "-hls_segment_filename", "enc%d.ts"),
            "mux": ("-hls_segment_type", "fmp4", "-hls_flags", "single_file", "-hls_segment_filename", "mux.mp4"),
        }.items():
            argv = [ffmpeg, "-v", "error", "-nostdin", "-i", small, *VOD, *options, f"{name}.m3u8"]
            subprocess.run(argv, cwd=folder, check=True, timeout=60)

    return made_once("others", fill)


@pytest.fixture
def folder(others: Path, tmp_path: Path) -> Path:
    """A copy of them to change."""
    return shutil.copytree(others, tmp_path / "others")


def verified(path: Path) -> Verified:
    """What `verify` finds, decoding included."""
    scratch = path.parent / ".scratch"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    return verification.ladder(context.prepare(Workspace(scratch, Settings())), path, scratch)


def report(path: Path) -> LadderReport:
    """Of a ladder in which nothing is wrong."""
    found = verified(path)
    assert found.problems == []
    return found.ladders[path.name]


def warned(found: LadderReport) -> set[str]:
    return {check.id for check in found.findings} - KNOWN


def unjudged(found: LadderReport) -> set[str]:
    return {check.id for check in found.checks if check.why == "encrypted"} - {"encrypted"}


def only(found: Verified) -> Check:
    """The one thing that is wrong."""
    (problem,) = found.problems
    assert problem.check is not None
    return problem.check


def ranged(folder: Path, *, placed: bool = True) -> str:
    """The plain ladder's pieces in one file, and the playlist that names its bytes."""
    at, text = 0, (folder / "ts.m3u8").read_text().replace("VERSION:3", "VERSION:4")
    with (folder / "all.ts").open("wb") as whole:
        for number in range(3):
            data = (folder / f"ts{number}.ts").read_bytes()
            place = f"@{at}" if placed or number == 0 else ""
            text = text.replace(f"ts{number}.ts", f"#EXT-X-BYTERANGE:{len(data)}{place}\nall.ts")
            at += whole.write(data)
    return text


def put(folder: Path, text: str, name: str = "p.m3u8") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder / name


@pytest.mark.parametrize("name", ["ts", "mux"])
def test_ladders_as_others_write_them_are_good(name: str, others: Path, folder: Path) -> None:
    found = report(folder / f"{name}.m3u8")
    assert warned(found) == ({"A9.5"} if name == "mux" else set())
    assert [(item.codecs[:4], item.width, item.segments) for item in found.rungs] == [("avc1", 160, 3)]
    assert found.rungs[0].frame_rate == 25


# byte ranges


@pytest.mark.parametrize("placed", [True, False], ids=["each with its place", "each behind the one before"])
def test_pieces_of_one_file_are_judged_as_files_of_their_own(placed: bool, folder: Path) -> None:
    plain, found = report(folder / "ts.m3u8"), report(put(folder, ranged(folder, placed=placed)))
    assert warned(found) == set()
    assert found.rungs[0].peak_bps == plain.rungs[0].peak_bps
    assert [check.value for check in found.checks] == [check.value for check in plain.checks]


def test_a_first_range_without_a_place_is_read_as_players_do_and_told(folder: Path) -> None:
    found = report(put(folder, re.sub("@[0-9]+", "", ranged(folder))))
    assert warned(found) == {"R4.3.2.2"}


def test_a_range_without_a_place_behind_another_file_is_an_error(folder: Path) -> None:
    text = ranged(folder, placed=False).replace("all.ts", "ts0.ts", 1)
    assert only(verified(put(folder, text))).id == "R4"


def test_a_range_beyond_the_files_end_is_told_once(folder: Path) -> None:
    text = ranged(folder)
    (folder / "all.ts").write_bytes((folder / "all.ts").read_bytes()[:-188])
    found = only(verified(put(folder, text)))
    assert (found.id, found.text, found.count) == ("files", "all.ts: the file ends before the range does", 1)


def test_a_range_behind_the_files_end_is_not_called_empty(folder: Path) -> None:
    text = re.sub("@0\\n", "@99999999\\n", ranged(folder))
    found = only(verified(put(folder, text)))
    assert (found.id, found.text) == ("files", "all.ts: the file ends before the range does")


def test_a_range_of_more_bytes_than_there_is_memory_is_an_error(folder: Path) -> None:
    text = re.sub("BYTERANGE:[0-9]+@0", f"BYTERANGE:{10**17}@0", ranged(folder))
    assert only(verified(put(folder, text))).id == "files"


def test_a_missing_piece_is_told_once(folder: Path) -> None:
    (folder / "ts1.ts").unlink()
    assert only(verified(folder / "ts.m3u8")).id == "files"


# names


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("片段 0.ts", "%E7%89%87%E6%AE%B5%200.ts"),
        ("片段/0.ts", "%E7%89%87%E6%AE%B5/0.ts"),
        ("ts0.ts", "ts0.ts?token=a%2Fb&n=1"),
        ("ts0.ts", "./ts0.ts#t=0"),
        ("100%.ts", "100%.ts"),
        ("a#1.ts", "a%231.ts"),
        ("a?b.ts", "a?b.ts"),
        ("segment", "segment"),
        ("片段.ts", "片段.ts"),
    ],
)
def test_names_are_percent_encoded_and_queries_are_for_servers(name: str, uri: str, folder: Path) -> None:
    (folder / name).parent.mkdir(exist_ok=True)
    (folder / "ts0.ts").rename(folder / name)
    text = (folder / "ts.m3u8").read_text().replace("ts0.ts", uri)
    assert warned(report(put(folder, text))) == set()


def test_a_master_names_playlists_in_the_same_ways(folder: Path) -> None:
    named = report(folder / "ts.m3u8").rungs[0].codecs
    rung = folder / "低 码率"
    rung.mkdir()
    for number in range(3):
        shutil.move(folder / f"ts{number}.ts", rung)
    shutil.move(folder / "ts.m3u8", rung)
    top = TOP.format(f"{named.upper().replace('AVC', 'avc')},mp4a.40.5")
    found = verified(put(folder, f"{top}%E4%BD%8E%20%E7%A0%81%E7%8E%87/ts.m3u8?v=2\n"))
    # sound in the same stream is named by CODECS too
    assert {problem.check.id for problem in found.problems if problem.check} == {"A1.27", "A9.14", "A6.1"}
    assert found.ladders["p.m3u8"].rungs[0].segments == 3


@pytest.mark.parametrize(
    "uri",
    [
        "%2e%2e/%2e%2e/outside.ts",
        "..%2f..%2foutside.ts",
        "%2Fetc/hostname",
        "a/%2e%2e/%2e%2e/%2e%2e/outside.ts",
        "link.ts",
        "%00.ts",
        "a" * 300,
    ],
)
def test_a_name_that_leads_out_of_the_folder_is_refused(uri: str, folder: Path) -> None:
    inner = folder / "inner"
    shutil.copytree(folder, inner)
    shutil.copy(folder / "ts0.ts", folder.parent / "outside.ts")
    (inner / "link.ts").symlink_to(folder.parent / "outside.ts")
    text = (inner / "ts.m3u8").read_text().replace("ts0.ts", uri)
    found = only(verified(put(inner, text)))
    assert (found.id, found.text) == ("files", f"{uri}: not there")


# discontinuities


def again(folder: Path, times: int) -> str:
    """The film several times behind itself: time stamps and counters begin anew."""
    head, _, body = (folder / "ts.m3u8").read_text().partition("#EXTINF")
    body = "#EXTINF" + body.removesuffix("#EXT-X-ENDLIST\n")
    return head + "#EXT-X-DISCONTINUITY\n".join([body] * times) + "#EXT-X-ENDLIST\n"


@pytest.mark.parametrize("times", [2, 4])
def test_time_stamps_may_begin_anew_behind_a_discontinuity(times: int, folder: Path) -> None:
    found = report(put(folder, again(folder, times)))
    assert warned(found) == {"R4.3.2.3"}
    told = next(check for check in found.checks if check.id == "R4.3.2.3")
    assert [place.segment for place in told.places] == [1 + 3 * number for number in range(1, times)]
    assert found.duration_s == 6 * times


def test_time_stamps_that_begin_anew_without_a_word_are_an_error(folder: Path) -> None:
    text = again(folder, 2).replace("#EXT-X-DISCONTINUITY\n", "")
    assert "A7.2" in {problem.check.id for problem in verified(put(folder, text)).problems if problem.check}


def test_a_gap_behind_a_discontinuity_is_found(folder: Path) -> None:
    text = again(folder, 2)
    at = text.rindex("#EXTINF:2.000000,\nts1.ts\n")
    found = verified(put(folder, text[:at] + text[at + len("#EXTINF:2.000000,\nts1.ts\n") :]))
    assert {problem.check.id for problem in found.problems if problem.check} == {"A7.2"}


def test_another_header_behind_a_discontinuity_is_read(folder: Path) -> None:
    text = (folder / "mux.m3u8").read_text().replace("#EXT-X-ENDLIST\n", "")
    shutil.copy(folder / "mux.mp4", folder / "second.mp4")
    second = text[text.index("#EXT-X-MAP") :].replace("mux.mp4", "second.mp4")
    found = report(put(folder, f"{text}#EXT-X-DISCONTINUITY\n{second}#EXT-X-ENDLIST\n"))
    assert warned(found) == {"R4.3.2.3", "A9.5"}
    (folder / "second.mp4").write_bytes(b"")
    assert only(verified(folder / "p.m3u8")).id == "files"


def test_tables_in_a_header_of_their_own_are_read(folder: Path) -> None:
    text = (folder / "ts.m3u8").read_text().replace("#EXTINF", '#EXT-X-MAP:URI="tables.ts"\n#EXTINF', 1)
    for number in range(3):
        data = (folder / f"ts{number}.ts").read_bytes()
        packets = [data[at : at + 188] for at in range(0, len(data), 188)]
        tables = [packet for packet in packets if int.from_bytes(packet[1:3], "big") & 0x1FFF in (0, 0x1000)]
        (folder / f"ts{number}.ts").write_bytes(b"".join(packet for packet in packets if packet not in tables))
        (folder / "tables.ts").write_bytes(b"".join(tables[:2]))
    found = report(put(folder, text.replace("VERSION:3", "VERSION:6")))
    assert warned(found) == set()
    assert found.rungs[0].width == 160


# encryption


def test_what_is_encrypted_is_not_judged_and_never_wrong(folder: Path) -> None:
    found = report(folder / "enc.m3u8")
    assert warned(found) == set()
    hidden = next(check for check in found.checks if check.id == "encrypted")
    assert (hidden.status, hidden.text, hidden.count) == (Status.NOT_APPLICABLE, "AES-128", 3)
    assert unjudged(found) >= {"A1.1", "A1.3", "A7.2", "A7.4", "A8.1", "A1.18"}
    assert {check.id for check in found.checks if check.status is Status.PASS} >= {"files", "R4", "R4.3.3.1", "A8.6"}
    assert unjudged(report(folder / "ts.m3u8")) == set()


@pytest.mark.parametrize(
    ("key", "warnings"),
    [
        ('METHOD=SAMPLE-AES,URI="skd://film",KEYFORMAT="com.apple.streamingkeydelivery",KEYFORMATVERSIONS="1"', set()),
        ('METHOD=AES-128,URI="https://keys.example.invalid/1"', set()),
        ('METHOD=AES-128,URI="gone.key"', {"R4.3.2.4"}),
    ],
)
def test_a_key_elsewhere_is_not_looked_for_and_one_that_should_be_here_is(
    key: str, warnings: set[str], folder: Path
) -> None:
    text = re.sub("#EXT-X-KEY:.*", f"#EXT-X-KEY:{key}", (folder / "enc.m3u8").read_text())
    found = report(put(folder, text))
    assert warned(found) == warnings
    assert "A1.1" in unjudged(found)


def test_a_key_without_an_address_is_an_error(folder: Path) -> None:
    text = re.sub("#EXT-X-KEY:.*", "#EXT-X-KEY:METHOD=AES-128", (folder / "enc.m3u8").read_text())
    assert only(verified(put(folder, text))).id == "R4"


def test_an_encrypted_piece_that_is_missing_is_an_error(folder: Path) -> None:
    (folder / "enc1.ts").unlink()
    found = only(verified(folder / "enc.m3u8"))
    assert (found.id, found.text) == ("files", "enc1.ts: not there")


def test_what_lies_open_behind_encrypted_pieces_is_judged(folder: Path) -> None:
    text = (folder / "enc.m3u8").read_text()
    for number in (1, 2):
        text = text.replace(f"enc{number}.ts", f"ts{number}.ts")
    text = text.replace("#EXTINF:2.000000,\nts1.ts", "#EXT-X-KEY:METHOD=NONE\n#EXTINF:2.000000,\nts1.ts")
    found = report(put(folder, text))
    assert next(check for check in found.checks if check.id == "encrypted").count == 1
    assert unjudged(found) == set()
    assert found.rungs[0].width == 160
    (folder / "ts1.ts").write_bytes((folder / "ts0.ts").read_bytes())
    assert "A7.2" in {problem.check.id for problem in verified(folder / "p.m3u8").problems if problem.check}


@pytest.mark.parametrize(("language", "words"), [("zh", "已加密，无法判断"), ("en", "encrypted, can't be judged")])
def test_people_are_told_what_could_not_be_judged(language: str, words: str, others: Path, showcase: Showcase) -> None:
    told = showcase("verify", str(others / "enc.m3u8"), "--lang", language)
    assert (told.code, told.err) == (0, "")
    assert words in told.out.splitlines()[-1]
    assert "播放没有问题" not in told.out
    assert "good to play" not in told.out
    assert words not in showcase("verify", str(others / "ts.m3u8"), "--lang", language).out


# one file with pictures and sound


def test_sound_in_the_file_of_the_pictures_is_read_and_named(folder: Path) -> None:
    named = report(folder / "mux.m3u8").rungs[0].codecs
    for codecs, wrong in ((f"{named},mp4a.40.2", False), (named, True)):
        found = verified(put(folder, TOP.format(codecs) + "mux.m3u8\n"))
        clauses = {problem.check.id for problem in found.problems if problem.check}
        assert ("A9.1-4.codecs" in clauses) is wrong


def test_damage_in_a_file_of_both_is_found(folder: Path) -> None:
    data = bytearray((folder / "mux.mp4").read_bytes())
    at = data.rindex(b"mdat") + 40
    data[at : at + 400] = bytes(400)
    (folder / "mux.mp4").write_bytes(data)
    assert verified(folder / "mux.m3u8").problems


def test_a_header_of_common_encryption_is_encrypted_without_a_key_line(folder: Path) -> None:
    data = (folder / "mux.mp4").read_bytes()
    at = data.index(b"avc1", data.index(b"stsd"))
    (folder / "mux.mp4").write_bytes(data[:at] + b"encv" + data[at + 4 :])
    found = report(folder / "mux.m3u8")
    assert "A1.1" in unjudged(found)


# names that stand for others


DEFINED = '#EXT-X-VERSION:8\n#EXT-X-DEFINE:NAME="name",VALUE="ts"\n'


def test_a_name_with_a_value_is_read_as_the_value(folder: Path) -> None:
    text = (folder / "ts.m3u8").read_text().replace("#EXT-X-VERSION:3\n", DEFINED).replace("ts0.ts", "{$name}0.ts")
    assert warned(report(put(folder, text))) == set()
    assert only(verified(put(folder, text.replace("{$name}", "{$other}")))).id == "R4"


def test_a_playlist_takes_values_from_the_one_that_names_it(folder: Path) -> None:
    text = (folder / "ts.m3u8").read_text().replace("ts0.ts", "{$name}0.ts")
    imported = text.replace("#EXT-X-VERSION:3\n", '#EXT-X-VERSION:8\n#EXT-X-DEFINE:IMPORT="name"\n')
    put(folder, imported, "{$name}.m3u8".replace("{$name}", "ts"))
    found = verified(put(folder, TOP.format("").replace("#EXTM3U\n", f"#EXTM3U\n{DEFINED}") + "{$name}.m3u8\n"))
    assert not {"files", "R4", "R7"} & {problem.kind for problem in found.problems}
    assert found.ladders["p.m3u8"].rungs[0].uri == "ts.m3u8"
    assert found.ladders["p.m3u8"].rungs[0].segments == 3


@pytest.mark.parametrize("define", ['QUERYPARAM="name"', 'IMPORT="name"'])
def test_a_value_that_only_a_server_tells_is_not_checked(define: str, folder: Path) -> None:
    text = (folder / "ts.m3u8").read_text().replace("#EXTINF", f"#EXT-X-DEFINE:{define}\n#EXTINF", 1)
    found = verified(put(folder, text.replace("ts0.ts", "{$name}0.ts")))
    assert [(problem.kind, problem.detail) for problem in found.problems] == [("undefined", "{$name}0.ts")]


@pytest.mark.parametrize("address", ["https://cdn.example.invalid/ts", "file:///etc/ts", "/etc/ts"])
def test_an_address_elsewhere_is_not_fetched_and_not_called_missing(address: str, folder: Path) -> None:
    found = verified(put(folder, (folder / "ts.m3u8").read_text().replace("ts0", f"{address}0", 1)))
    (problem,) = found.problems
    assert (problem.kind, problem.detail, problem.exit_code) == ("elsewhere", f"{address}0.ts", 4)
    whole = verified(put(folder, re.sub(r"\nts", f"\n{address}", (folder / "ts.m3u8").read_text())))
    assert [problem.kind for problem in whole.problems] == ["elsewhere"]
    assert {"A1.1", "A7.2", "A8.1"} <= {
        check.id for check in whole.ladders["p.m3u8"].checks if check.why == "elsewhere"
    }
    top = verified(put(folder, TOP.format("avc1.42c00b") + f"{address}.m3u8\n"))
    assert "elsewhere" in {problem.kind for problem in top.problems}
    assert "files" not in {problem.check.id for problem in top.problems if problem.check}


def test_nothing_need_be_where_a_gap_is(folder: Path) -> None:
    text = (folder / "ts.m3u8").read_text().replace("#EXTINF", "#EXT-X-GAP\n#EXTINF", 1).replace("ts0", "gone")
    found = report(put(folder, text))
    assert warned(found) == set()
    assert next(check for check in found.checks if check.id == "gap").count == 1
    assert found.rungs[0].segments == 3
    assert only(verified(put(folder, text.replace("#EXT-X-GAP\n", "")))).id == "files"


# packed audio


def packed(folder: Path, small: Path, ffmpeg: Path, *, stamped: bool) -> str:
    """The sound in three files of ADTS frames, with or without their times in ID3."""
    options = ("-vn", "-c:a", "copy", "-f", "segment", "-segment_time", "2", "-segment_list", "packed.m3u8")
    argv = [ffmpeg, "-v", "error", "-nostdin", "-i", small, *options, "a%d.aac"]
    subprocess.run(argv, cwd=folder, check=True, timeout=60)
    text = (folder / "packed.m3u8").read_text().replace("#EXT-X-ALLOW-CACHE:YES", "#EXT-X-PLAYLIST-TYPE:VOD")
    begins_s = 10.0
    for number, length in enumerate(re.findall("#EXTINF:([0-9.]+)", text)):
        path = folder / f"a{number}.aac"
        ticks = round(begins_s * 90_000).to_bytes(8, "big")
        body = b"com.apple.streaming.transportStreamTimestamp\0" + ticks
        frame = b"PRIV" + len(body).to_bytes(4, "big") + bytes(2) + body
        tag = b"ID3\4" + bytes(5) + bytes([len(frame)]) + frame
        path.write_bytes(tag * stamped + path.read_bytes())
        begins_s += float(length)
    return text


def test_packed_audio_is_measured_by_its_frames(folder: Path, small: Path, ffmpeg: Path) -> None:
    text = packed(folder, small, ffmpeg, stamped=True)
    found = report(put(folder, text))
    assert warned(found) == set()
    assert found.rungs[0].codecs == "mp4a.40.2"
    wrong = only(verified(put(folder, re.sub("#EXTINF:2[0-9.]+", "#EXTINF:1.500000", text, count=1))))
    assert (wrong.id, wrong.places[0].segment, wrong.count) == ("A8.1", 1, 1)
    (folder / "a1.aac").write_bytes((folder / "a1.aac").read_bytes()[:-5])
    assert only(verified(put(folder, text))).text == "a1.aac: the last frame is cut"


def test_packed_audio_says_when_it_begins(folder: Path, small: Path, ffmpeg: Path) -> None:
    assert only(verified(put(folder, packed(folder, small, ffmpeg, stamped=False)))).id == "R3.4"


def test_packed_audio_of_another_kind_is_not_checked(folder: Path) -> None:
    for number in range(3):
        (folder / f"ts{number}.ts").write_bytes(b"\x0b\x77" + bytes(100))
    found = verified(folder / "ts.m3u8")
    assert [(problem.kind, problem.detail) for problem in found.problems] == [("packed", "ts0.ts")]


# what is no media


@pytest.mark.parametrize(
    ("content", "clause"),
    [
        (b"", "files.empty"),
        (b"<!DOCTYPE html>\n<title>404</title>" * 20, "files.page"),
        (b"nothing of the kind " * 50, "files.foreign"),
    ],
)
@pytest.mark.parametrize("number", [0, 1])
def test_a_file_that_is_no_segment_is_called_what_it_is(number: int, content: bytes, clause: str, folder: Path) -> None:
    (folder / f"ts{number}.ts").write_bytes(content)
    found = only(verified(folder / "ts.m3u8"))
    assert (found.id, found.text, found.places[0].segment) == (clause, f"ts{number}.ts", number + 1)


def test_fragmented_mp4_without_its_header_is_told_once(folder: Path) -> None:
    text = re.sub("#EXT-X-MAP.*\n", "", (folder / "mux.m3u8").read_text()).replace("mux.mp4", "mux")
    (folder / "mux.mp4").rename(folder / "mux")
    assert only(verified(put(folder, text))).id == "A8.20"


@pytest.mark.parametrize(
    ("content", "language", "words"),
    [
        ("#EXTM3U\n#EXTINF:2,\n片段.ts\n".encode("gbk"), "en", "not in UTF-8"),
        ("#EXTM3U\n#EXTINF:2,\n片段.ts\n".encode("gbk"), "zh", "不是 UTF-8"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXT-X-ENDLIST\n", "en", "names nothing"),
        (b"hello\n", "en", "no HLS playlist"),
    ],
)
def test_what_a_playlist_lacks_is_said(
    content: bytes, language: str, words: str, tmp_path: Path, showcase: Showcase
) -> None:
    (tmp_path / "p.m3u8").write_bytes(content)
    told = showcase("verify", str(tmp_path / "p.m3u8"), "--lang", language)
    assert told.code == 2
    assert words in told.err


# one cause is told once


def test_the_segment_whose_length_is_wrong_is_named(folder: Path) -> None:
    text = (folder / "ts.m3u8").read_text()
    for length, number in (("1.500000", 0), ("2.400000", 1), ("9.000000", 2)):
        at = [match.start() for match in re.finditer("#EXTINF:2.000000", text)][number]
        changed = f"{text[:at]}#EXTINF:{length}{text[at + len('#EXTINF:2.000000') :]}"
        found = only(verified(put(folder, changed)))
        assert (found.id, found.count, found.places[0].segment) == ("A8.1", 1, number + 1)


@pytest.mark.parametrize("order", ["102", "001"])
def test_segments_in_disorder_are_told_once(order: str, folder: Path) -> None:
    text = (folder / "ts.m3u8").read_text()
    for number, other in enumerate(order):
        text = text.replace(f"\nts{number}.ts", f"\n/{other}.ts")
    found = verified(put(folder, text.replace("\n/", "\nts")))
    assert only(found).id == "A7.2"
    assert found.ladders["p.m3u8"].rungs[0].frame_rate == 25


def test_a_target_with_decimals_is_told_once(folder: Path) -> None:
    text = (folder / "ts.m3u8").read_text()
    assert only(verified(put(folder, text.replace("DURATION:2", "DURATION:2.0")))).id == "R4"
    assert only(verified(put(folder, text.replace("DURATION:2", "DURATION:two")))).id == "R4"
    assert only(verified(put(folder, re.sub("#EXT-X-TARGETDURATION.*\n", "", text)))).id == "R4.3.3.1"


def test_subtitles_alone_are_judged_as_subtitles(folder: Path) -> None:
    cue = "X-TIMESTAMP-MAP=LOCAL:00:00:00.000,MPEGTS:0\n\n00:00:01.000 --> 00:00:02.000\n你好\n"
    (folder / "ts0.ts").write_text(f"WEBVTT\n{cue}", encoding="utf-8")
    text = (folder / "ts.m3u8").read_text().partition("ts0.ts\n")[0] + "ts0.ts\n#EXT-X-ENDLIST\n"
    assert warned(report(put(folder, text))) == set()
    (folder / "ts0.ts").write_text("WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n你好\n", encoding="utf-8")
    assert only(verified(put(folder, text))).id == "A5.3"


def clauses(path: Path) -> set[str]:
    return {problem.check.id for problem in verified(path).problems if problem.check}


def test_a_blank_in_an_attribute_list_hides_nothing(folder: Path) -> None:
    named = f"{report(folder / 'ts.m3u8').rungs[0].codecs},mp4a.40.2"
    plain = clauses(put(folder, TOP.format(named) + "ts.m3u8\n"))
    assert clauses(put(folder, TOP.format(named).replace(",CODECS", ", CODECS") + "ts.m3u8\n")) == plain | {"R4"}
    torn = clauses(put(folder, TOP.format(named).replace("CODECS=", "CODECS==") + "ts.m3u8\n"))
    assert torn - plain == {"R4"}


def test_what_versions_are_needed_for_is_told_with_both(folder: Path) -> None:
    top = TOP.format("avc1.42c00b") + "ts.m3u8\n"
    text = (folder / "ts.m3u8").read_text()
    whole = re.sub("#EXT-X-VERSION.*\n", "", re.sub("#EXTINF:([0-9]+)[0-9.]*,", r"#EXTINF:\1,", text))
    put(folder, whole, "ts.m3u8")
    assert "R7" not in clauses(put(folder, top))
    put(folder, text.replace("VERSION:3", "VERSION:2"), "ts.m3u8")
    checks = verified(put(folder, top)).ladders["p.m3u8"].checks
    found = next(check for check in checks if check.id == "R7")
    assert (found.text, found.limit, found.places[0].file) == ("2", "≥ 3", "ts.m3u8")


def test_bit_rates_are_counted_as_they_differ(folder: Path) -> None:
    top = TOP.format("avc1.42c00b").replace("160x90", "640x360") + "ts.m3u8\n"
    again = top.removeprefix("#EXTM3U\n")
    for second, several in ((again, "1"), (again.replace("BANDWIDTH=1", "BANDWIDTH=2"), "2")):
        checks = verified(put(folder, top + second)).ladders["p.m3u8"].checks
        found = next(check for check in checks if check.id == "A9.9")
        assert (found.text, found.status is Status.PASS) == (several, several == "2")
