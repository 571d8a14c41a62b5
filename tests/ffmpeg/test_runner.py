"""The runner on the real ffmpeg: what it lets through, what it refuses, how it ends."""

from __future__ import annotations

import os
import signal
import threading
import time
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from pipeline.children import ChildGroup
from pipeline.errors import EnvironmentFault, Interrupted, MediaError, ProcessLost
from pipeline.ffmpeg import graph, guard, invocation
from pipeline.ffmpeg.invocation import Invocation, Progress, Sandbox
from pipeline.ffmpeg.runner import Runner


@pytest.fixture
def runner(ffmpeg: Path, tmp_path: Path) -> Runner:
    return Runner(ffmpeg, tmp_path, tmp_path / "log")


def reading(film: Path, argv: tuple[str, ...], output: str = "a.ts", total_s: float | None = None) -> Invocation:
    """That argv on the film; `{out.copy}` is called `output`."""
    return Invocation(argv, inputs={"{in.main}": film}, outputs={"{out.copy}": output}, total_s=total_s)


def copying(demuxer: str = "mov", *options: str) -> tuple[str, ...]:
    given = graph.Input("{in.main}", demuxer)
    out = graph.Written((given.stream("v:0"),), "{out.copy}", ("-c", "copy", "-f", "mpegts", *options))
    return graph.argv([given], [out])


def test_a_film_is_read_and_progress_is_told(runner: Runner, small_film: Path, tmp_path: Path) -> None:
    given = graph.Input("{in.main}", "mov")
    argv = graph.argv([given], [graph.Written((graph.apply(given.stream("V:0"), "null"),), "-", ("-f", "null"))])
    told: list[Progress] = []
    result = runner.run(reading(small_film, argv, total_s=2.0), on_progress=told.append)
    assert result.frames == 50
    assert told[-1].fraction == pytest.approx(1.0, abs=0.05)
    assert result.usage.peak_rss_bytes > 10_000_000
    assert "ffmpeg" in (tmp_path / "log").read_text()


def test_a_start_that_fails_leaves_no_pipes(runner: Runner, small_film: Path) -> None:
    reads = replace(reading(small_film, copying()), readers={"{read.x}": lambda _: None})
    before = len([*Path("/proc/self/fd").iterdir()])
    for _ in range(5):
        with pytest.raises(EnvironmentFault):
            replace(runner, executable=Path("/nowhere/ffmpeg")).run(reads)
    assert len([*Path("/proc/self/fd").iterdir()]) == before


def test_an_input_without_its_guard_is_refused(runner: Runner, small_film: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="guard"):
        runner.run(reading(small_film, ("{ffmpeg}", "-i", "{in.main}", "-f", "null", "-")))
    assert guard.unguarded(copying()) == []


def test_a_title_that_reads_like_a_token_stays_a_title(ffmpeg: Path, small_film: Path, tmp_path: Path) -> None:
    argv = copying("mov", "-metadata", "service_name={in.main}")
    words = invocation.resolve(reading(small_film, argv, "a.ts"), ffmpeg)
    assert "service_name={in.main}" in words
    assert f"file:{small_film}" in words


@pytest.mark.parametrize("name", ["../a.ts", "/etc/a.ts", "a;b.ts", "片.ts"])
def test_output_names_are_plain(name: str, ffmpeg: Path, small_film: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unsafe"):
        invocation.resolve(reading(small_film, copying(), name), ffmpeg)


def test_names_with_spaces_quotes_percent_and_chinese_are_read(
    runner: Runner, small_film: Path, tmp_path: Path
) -> None:
    odd = tmp_path / "村医 的'一天\" %d $(x);&.mp4"
    odd.write_bytes(small_film.read_bytes())
    runner.run(reading(odd, copying()))
    assert (tmp_path / "a.ts").stat().st_size > 1000


def test_a_playlist_behind_a_forced_demuxer_sends_no_request(runner: Runner, tmp_path: Path) -> None:
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
                runner.run(reading(film, copying(demuxer), f"{demuxer}.ts"))
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert asked == []


def test_the_child_sees_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "x")
    monkeypatch.setenv("HTTPS_PROXY", "x")
    assert set(invocation.environment(tmp_path)) == {"PATH", "HOME", "TMPDIR", "LC_ALL"}


def test_a_process_that_makes_no_more_pictures_is_stopped(runner: Runner, small_film: Path, tmp_path: Path) -> None:
    hanging = tmp_path / "ffmpeg"
    hanging.write_text("#!/bin/sh\nsleep 60\n")
    hanging.chmod(0o755)
    began = time.monotonic()
    with pytest.raises(ProcessLost, match="stalled"):
        replace(runner, executable=hanging, sandbox=Sandbox(stall_s=1.0)).run(reading(small_film, copying()))
    assert time.monotonic() - began < 8


def test_a_slow_process_that_goes_on_is_not(runner: Runner, small_film: Path) -> None:
    given = graph.Input("{in.main}", "mov", ("-re",))  # as long as the film: longer than it may be silent
    argv = graph.argv([given], [graph.Written((graph.apply(given.stream("V:0"), "null"),), "-", ("-f", "null"))])
    began = time.monotonic()
    replace(runner, sandbox=Sandbox(stall_s=1.0)).run(reading(small_film, argv))
    assert time.monotonic() - began > 1.1


def test_a_process_that_somebody_stops_is_one_that_hangs(runner: Runner, small_film: Path) -> None:
    given = graph.Input("{in.main}", "mov", ("-re", "-stream_loop", "-1"))
    argv = graph.argv([given], [graph.Written((graph.apply(given.stream("V:0"), "null"),), "-", ("-f", "null"))])
    group = ChildGroup()

    def stop_soon() -> None:
        time.sleep(2)
        for child in group._children:
            os.kill(child.pid, signal.SIGSTOP)  # type: ignore[attr-defined]

    stopper = threading.Thread(target=stop_soon)
    stopper.start()
    with group, pytest.raises(ProcessLost, match="stalled"):
        replace(runner, sandbox=Sandbox(stall_s=2.0)).run(reading(small_film, argv))
    stopper.join()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_a_process_that_is_ended_from_outside_is_worth_another_try(
    number: signal.Signals, runner: Runner, small_film: Path
) -> None:
    given = graph.Input("{in.main}", "mov", ("-re", "-stream_loop", "-1"))
    argv = graph.argv([given], [graph.Written((graph.apply(given.stream("V:0"), "null"),), "-", ("-f", "null"))])
    group = ChildGroup()

    def end(_: Progress) -> None:
        for child in group._children:
            os.kill(child.pid, number)  # type: ignore[attr-defined]

    with group, pytest.raises(ProcessLost, match="killed"):
        runner.run(reading(small_film, argv), on_progress=end)


def silent(film: Path) -> Invocation:
    """A process that tells nothing for minutes."""
    given = graph.Input("{in.main}", "mov", ("-readrate", "0.001"))
    return reading(film, graph.argv([given], [graph.Written((given.stream("V:0"),), "-", ("-f", "null"))]))


def test_a_silent_process_that_is_cancelled_is_gone_within_seconds(runner: Runner, small_film: Path) -> None:
    group = ChildGroup()
    threading.Timer(0.5, group.kill).start()
    began = time.monotonic()
    with pytest.raises(Interrupted), group:
        runner.run(silent(small_film))
    assert time.monotonic() - began < 4


def test_either_of_two_reasons_cancels(runner: Runner, small_film: Path) -> None:
    for number in (0, 1):
        groups = ChildGroup(), ChildGroup()
        groups[number].kill()
        with pytest.raises(Interrupted), groups[0], groups[1]:
            runner.run(reading(small_film, copying(), f"{number}.ts"))


def test_what_ends_a_group_ends_a_process_of_a_group_inside(runner: Runner, small_film: Path) -> None:
    outer = ChildGroup()
    threading.Timer(0.5, outer.kill).start()
    began = time.monotonic()
    with pytest.raises(Interrupted), outer, ChildGroup():
        runner.run(silent(small_film))
    assert time.monotonic() - began < 4


def test_a_named_runner_writes_a_log_of_its_own(runner: Runner, small_film: Path, tmp_path: Path) -> None:
    runner.named("level").run(reading(small_film, copying()))
    assert (tmp_path / "log.level.log").is_file()
    assert not (tmp_path / "log").exists()


def test_an_output_over_its_size_fails(runner: Runner, small_film: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault, match=r"output_too_large|killed"):
        runner.writing_at_most(20_000).run(reading(small_film, copying()))


def test_garbage_is_a_media_error_with_the_lines_that_matter(runner: Runner, tmp_path: Path) -> None:
    film = tmp_path / "x.mp4"
    film.write_bytes(b"\x00\x00\x00\x20ftypisom" + os.urandom(5000))
    with pytest.raises(MediaError) as caught:
        runner.run(reading(film, copying()))
    assert caught.value.key in ("unreadable", "no_stream")
    assert caught.value.detail


def test_a_missing_ffmpeg_is_said(tmp_path: Path, small_film: Path) -> None:
    with pytest.raises(EnvironmentFault, match="ffmpeg_missing"):
        Runner(Path("/nonexistent/ffmpeg"), tmp_path, tmp_path / "log").run(reading(small_film, copying()))
