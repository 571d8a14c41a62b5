"""The runner on the real ffmpeg: what it lets through, what it refuses, how it ends."""

from __future__ import annotations

import os
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentFault, MediaError
from pipeline.ffmpeg import graph, guard, run
from pipeline.ffmpeg.run import Invocation, Progress, Sandbox


def task(tmp_path: Path, argv: tuple[str, ...], *, film: Path | None = None, **more: object) -> Invocation:
    inputs = {"{in.main}": film} if film else {}
    return Invocation(argv=argv, folder=tmp_path, log=tmp_path / "log", inputs=inputs, **more)  # type: ignore[arg-type]


def copying(demuxer: str = "mov", *options: str) -> tuple[str, ...]:
    given = graph.Input("{in.main}", demuxer)
    out = graph.Written((given.stream("v:0"),), "{out.copy}", ("-c", "copy", "-f", "mpegts", *options))
    return graph.argv([given], [out])


def test_a_film_is_read_and_progress_is_told(ffmpeg: Path, small_film: Path, tmp_path: Path) -> None:
    given = graph.Input("{in.main}", "mov")
    argv = graph.argv([given], [graph.Written((graph.apply(given.stream("V:0"), "null"),), "-", ("-f", "null"))])
    told: list[Progress] = []
    result = run.run(task(tmp_path, argv, film=small_film, total_s=4.0), ffmpeg, on_progress=told.append)
    assert result.frames == 100
    assert told[-1].fraction == pytest.approx(1.0, abs=0.05)
    assert result.usage.peak_rss_bytes > 10_000_000
    assert "ffmpeg" in (tmp_path / "log").read_text()


def test_an_input_without_its_guard_is_refused(ffmpeg: Path, small_film: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="guard"):
        run.run(task(tmp_path, ("{ffmpeg}", "-i", "{in.main}", "-f", "null", "-"), film=small_film), ffmpeg)
    assert guard.unguarded(copying()) == []


def test_a_title_that_reads_like_a_token_stays_a_title(ffmpeg: Path, small_film: Path, tmp_path: Path) -> None:
    argv = copying("mov", "-metadata", "service_name={in.main}")
    words = run.resolve(task(tmp_path, argv, film=small_film, outputs={"{out.copy}": "a.ts"}), ffmpeg)
    assert "service_name={in.main}" in words
    assert f"file:{small_film}" in words


@pytest.mark.parametrize("name", ["../a.ts", "/etc/a.ts", "a;b.ts", "片.ts"])
def test_output_names_are_plain(name: str, ffmpeg: Path, small_film: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unsafe"):
        run.resolve(task(tmp_path, copying(), film=small_film, outputs={"{out.copy}": name}), ffmpeg)


def test_names_with_spaces_quotes_percent_and_chinese_are_read(ffmpeg: Path, small_film: Path, tmp_path: Path) -> None:
    odd = tmp_path / "村医 的'一天\" %d $(x);&.mp4"
    odd.write_bytes(small_film.read_bytes())
    run.run(task(tmp_path, copying(), film=odd, outputs={"{out.copy}": "a.ts"}), ffmpeg)
    assert (tmp_path / "a.ts").stat().st_size > 1000


def test_a_playlist_behind_a_forced_demuxer_sends_no_request(ffmpeg: Path, tmp_path: Path) -> None:
    asked: list[str] = []

    class Server(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: object) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Server)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        film = tmp_path / "list.mp4"
        film.write_text(f"#EXTM3U\n#EXTINF:6,\nhttp://127.0.0.1:{server.server_port}/a.ts\n#EXT-X-ENDLIST\n")
        for demuxer in ("mov", "hls", "mpegts"):
            with pytest.raises((MediaError, EnvironmentFault)):
                run.run(task(tmp_path, copying(demuxer), film=film, outputs={"{out.copy}": f"{demuxer}.ts"}), ffmpeg)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert asked == []


def test_the_child_sees_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("HTTPS_PROXY", "x")
    assert set(run.environment(tmp_path)) == {"PATH", "HOME", "TMPDIR", "LC_ALL"}


def test_a_process_over_its_time_is_stopped(ffmpeg: Path, small_film: Path, tmp_path: Path) -> None:
    given = graph.Input("{in.main}", "mov", ("-re",))
    argv = graph.argv([given], [graph.Written((graph.apply(given.stream("V:0"), "null"),), "-", ("-f", "null"))])
    began = time.monotonic()
    with pytest.raises(EnvironmentFault, match="timeout"):
        run.run(task(tmp_path, argv, film=small_film, sandbox=Sandbox(timeout_s=0.5)), ffmpeg)
    assert time.monotonic() - began < 4


def test_an_output_over_its_size_fails(ffmpeg: Path, small_film: Path, tmp_path: Path) -> None:
    small = Sandbox(file_bytes=20_000)
    with pytest.raises(EnvironmentFault, match=r"output_too_large|killed"):
        run.run(task(tmp_path, copying(), film=small_film, outputs={"{out.copy}": "a.ts"}, sandbox=small), ffmpeg)


def test_garbage_is_a_media_error_with_the_lines_that_matter(ffmpeg: Path, tmp_path: Path) -> None:
    film = tmp_path / "x.mp4"
    film.write_bytes(b"\x00\x00\x00\x20ftypisom" + os.urandom(5000))
    with pytest.raises(MediaError) as caught:
        run.run(task(tmp_path, copying(), film=film, outputs={"{out.copy}": "a.ts"}), ffmpeg)
    assert caught.value.key in ("unreadable", "no_stream")
    assert caught.value.detail


def test_a_missing_ffmpeg_is_said(tmp_path: Path, small_film: Path) -> None:
    with pytest.raises(EnvironmentFault, match="ffmpeg_missing"):
        run.run(task(tmp_path, copying(), film=small_film, outputs={"{out.copy}": "a"}), Path("/nonexistent/ffmpeg"))
