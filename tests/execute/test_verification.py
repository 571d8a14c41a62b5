"""What `verify` says when the disk fails on the way: the kernel itself refuses long reads of the child."""

from __future__ import annotations

import json
import platform
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import durable
from pipeline.model.rendition import StoredFile
from pipeline.package import checksums
from tests.conftest import Showcase

READ_CALLS = {"x86_64": 0, "aarch64": 63}
LONG = 100_000  # heads and texts are read in shorter pieces
# a filter of the kernel (seccomp(2)): read(2) of more than LONG bytes ends with EIO, all else is allowed
FAILING_DISK = f"""
import ctypes, json, struct, sys, tempfile
from pathlib import Path
from pipeline import catalogue
from pipeline.execute import context, verification
from pipeline.workspace import Workspace, Settings
import pipeline.inspect.mediainfo_child, pipeline.media.mpegts.analysis

def refuse_long_reads():
    rows = [(0x20, 0, 0, 0), (0x15, 0, 3, {READ_CALLS.get(platform.machine(), -1)}), (0x20, 0, 0, 32),
            (0x25, 0, 1, {LONG}), (0x06, 0, 0, 0x50005), (0x06, 0, 0, 0x7FFF0000)]
    rules = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *row) for row in rows))
    program = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(rows), ctypes.addressof(rules)))
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.prctl(38, 1, 0, 0, 0) or libc.prctl(22, 2, program, 0, 0)
    if done:
        sys.exit(77)

place = Workspace(Path(sys.argv[3]), Settings())
here = context.prepare(place)
refuse_long_reads()
found = getattr(verification, sys.argv[1])(here, Path(sys.argv[2]), Path(sys.argv[3]))
print(json.dumps([[item.path, item.kind, item.detail, item.exit_code] for item in found.problems]))
"""
Verify = Callable[[str, Path], list[list[object]]]


@pytest.fixture
def verify(tmp_path: Path) -> Verify:
    """`verify(what, path)` on a disk that gives the first bytes of each file only; the problems that are found."""
    if platform.machine() not in READ_CALLS:
        pytest.skip("the number of read(2) is not known here")

    def run(what: str, path: Path) -> list[list[object]]:
        scratch = tmp_path / "workspace"
        scratch.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", FAILING_DISK, what, str(path), str(scratch)],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if done.returncode == 77:
            pytest.skip("this kernel takes no filter")
        assert done.returncode == 0, done.stderr
        found: list[list[object]] = json.loads(done.stdout)
        return found

    return run


@pytest.fixture
def stream(lavfi: Callable[..., Path]) -> Path:
    """One second of noise as a transport stream of more than LONG bytes."""
    noise = "nullsrc=s=320x180:r=25:d=1,geq=random(1)*255:128:128"
    return lavfi("-f", "lavfi", "-i", noise, "-c:v", "mpeg2video", "-b:v", "6M", suffix=".ts")


def test_a_read_error_in_the_middle_of_a_stream_is_said(verify: Verify, stream: Path) -> None:
    assert stream.stat().st_size > 2 * LONG
    assert verify("stream", stream) == [[stream.name, "unreadable", "Input/output error", 4]]


def test_a_read_error_in_a_package_is_of_its_file_and_the_rest_is_compared(
    verify: Verify, stream: Path, tmp_path: Path
) -> None:
    root = tmp_path / "package"
    root.mkdir()
    (root / "film.ts").write_bytes(stream.read_bytes())
    stored = [StoredFile(path="film.ts", size_bytes=stream.stat().st_size, sha256=durable.digest(stream))]
    stored.append(StoredFile(path="gone.txt", size_bytes=1, sha256="0" * 64))
    (root / checksums.NAME).write_bytes(checksums.render(stored))
    (root / "package.json").write_text("{}")
    found = verify("package", root)
    assert ["film.ts", "unreadable", "Input/output error", 4] in found
    assert ["gone.txt", "missing", "", 6] in found


def test_a_read_error_in_a_playlist_is_said(verify: Verify, tmp_path: Path) -> None:
    path = tmp_path / "index.m3u8"
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:6\n" + "#EXTINF:6,\nsegment.ts\n" * 6000 + "#EXT-X-ENDLIST\n")
    assert path.stat().st_size > LONG
    assert verify("ladder", path) == [["index.m3u8", "unreadable", "Input/output error", 4]]


@pytest.mark.parametrize("name", ["INDEX.M3U8", "Index.m3u8", "index.M3u"])
def test_a_playlist_is_known_in_any_case_of_letters(name: str, showcase: Showcase) -> None:
    text = "#EXTM3U\n#EXT-X-TARGETDURATION:6\n#EXTINF:6,\nnone.ts\n#EXT-X-ENDLIST\n"
    (showcase.folder / name).write_text(text)
    result = showcase("verify", name, "--json")
    assert result.code == 1
    assert name in result.rows[0]["ladders"]  # type: ignore[operator]
