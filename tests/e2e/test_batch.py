"""Many films at once, on real parts."""

from __future__ import annotations

import csv
import io
import json
import platform
import shutil
import signal
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.conftest import Showcase, wait_for_none

pytestmark = pytest.mark.usefixtures("coded_quickly", "for_television")

Films = Callable[[str, int], Path]


@pytest.fixture
def films(showcase: Showcase, film_of: Callable[..., Path]) -> Films:
    """Puts a film of so many seconds under a name into the folder `films`."""

    def put(name: str, seconds: int) -> Path:
        made = film_of(seconds)
        path = showcase.folder / "films" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(made, path)
        return path

    return put


def outcomes(rows: list[dict[str, object]]) -> dict[str, str]:
    """Outcome by file name, of the last row about it."""
    return {Path(str(row["item"])).name: str(row["outcome"]) for row in rows}


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("served")
def test_a_folder_with_a_broken_film_and_a_rerun_and_a_changed_number(showcase: Showcase, films: Films) -> None:
    odd = "我们的 'x' \"y\".MP4"
    for name, seconds in ((odd, 2), ("b/two.Mov", 3)):
        films(name, seconds)
    broken = films("broken.mp4", 4)
    broken.write_bytes(broken.read_bytes()[:2000])
    first = showcase("batch", "films", "--json", timeout=200)
    assert first.code == 7, first.err
    assert outcomes(first.rows) == {odd: "delivered", "two.Mov": "delivered", "broken.mp4": "unreadable"}
    table = showcase.folder / "showcase-batch-films.csv"
    rows = list(csv.reader(io.StringIO(table.read_bytes().decode("utf-8-sig"), newline="")))
    assert len(rows) == 4
    reason, worker, _, _, cpu_s, memory_bytes, sent_bytes = range(5, len(rows[0]))
    assert {row[2].rpartition("/")[2]: bool(row[reason]) for row in rows[1:]} == {
        odd: False,
        "two.Mov": False,
        "broken.mp4": True,
    }
    for row in rows[1:]:
        if not row[reason]:
            assert row[worker] == platform.node()
            assert (float(row[cpu_s]) > 0.5, int(row[memory_bytes]) > 50e6, int(row[sent_bytes]) > 100e3) == (True,) * 3
    packed = {str(row["package_id"]): row["sent_bytes"] for row in first.rows if row["package_id"]}
    told = [event for event in showcase.events() if event["event"] == "batch.item" and event["outcome"] == "delivered"]
    assert sorted(event["sent_bytes"] for event in told) == sorted(packed.values())
    assert all(event["began_at"] < event["ended_at"] and event["cpu_s"] > 0.5 for event in told)

    again = showcase("batch", "films", "--json", timeout=200)
    assert outcomes(again.rows) == {odd: "already", "two.Mov": "already", "broken.mp4": "unreadable"}
    assert {str(row["package_id"]) for row in again.rows if row["outcome"] == "already"} == set(packed)
    later = list(csv.reader(io.StringIO(table.read_bytes().decode("utf-8-sig"), newline="")))
    took = {row[2]: row[worker:] for row in rows if row[sent_bytes] not in ("", "0")}
    assert {row[2]: row[worker:] for row in later if row[2] in took} == took  # who made it, and what that took then
    assert [event["event"] for event in showcase.events()].count("encode.started") == 2

    (showcase.folder / "profiles").mkdir(exist_ok=True)
    (showcase.folder / "profiles" / "iptv-sd.yaml").write_text("extends: iptv-sd\nvideo: {bitrate_kbps: 1850}\n")
    planned = showcase("batch", "films", "-n", "--only", odd, "--only", f"films/{odd}", "--json")
    assert planned.code == 2  # a name alone is neither id nor path
    planned = showcase("batch", "films", "-n", "--only", f"films/{odd}", "--json")
    assert [(row["outcome"], row["missing"]) for row in planned.rows] == [("planned", ["iptv-sd"])]
    assert showcase("batch", "films", "--only", f"films/{odd}").code == 0
    begun = [event for event in showcase.events() if event["event"] == "encode.started"]
    assert [event["profiles"] for event in begun][2:] == [["iptv-sd"]]


@pytest.mark.usefixtures("served")
@pytest.mark.parametrize(("language", "words"), [("zh", "只有声音的是课程的一讲"), ("en", "sound alone is a lesson")])
def test_a_folder_of_sound_and_documents_claims_no_success(language: str, words: str, showcase: Showcase) -> None:
    folder = showcase.folder / "films"
    folder.mkdir()
    assert showcase("batch", "films").code == 0  # nothing there, and nothing was passed over
    for name in ("第一讲.m4a", "讲义.pdf"):
        (folder / name).write_bytes(b"x")
    for command in ("batch", "submit"):
        ran = showcase(command, "films", "--lang", language, "--json")
        assert ran.code == 2
        assert words in ran.err
        assert "第一讲.m4a" in ran.err
        assert [(row["item"], row["kind"]) for row in ran.rows if row.get("outcome") == "passed_over"] == [
            ("films/第一讲.m4a", "sound"),
            ("films/讲义.pdf", "document"),
        ]
    for name in ("deck.pptx", "01.csv", "list.m3u8", "下/02.mp3", "下/.02.mp3"):
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(b"x")
    planned = showcase("batch", "films", "-n", "--lang", language)
    assert planned.code == 2
    for name in ("第一讲.m4a", "讲义.pdf", "deck.pptx", "01.csv", "list.m3u8", "下/02.mp3"):
        assert f"films/{name}" in planned.err
    assert "下/.02.mp3" not in planned.err
    assert not list(showcase.folder.glob("*.csv"))


def test_sound_alone_is_told_how_a_course_takes_it(showcase: Showcase, sample_lesson: Path) -> None:
    shutil.copy(sample_lesson, showcase.folder / "lesson.m4a")
    for language in ("zh", "en"):
        refused = showcase("check", "lesson.m4a", "--lang", language)
        assert refused.code == 1
        assert "showcase check lesson.m4a --kind course" in refused.out
    assert showcase("check", "lesson.m4a", "--kind", "course").code == 0


@pytest.mark.usefixtures("served")
def test_two_films_of_one_id_fail_and_name_each_other(showcase: Showcase, films: Films) -> None:
    films("a/00001.MTS", 2)
    films("b/00001.MTS", 3)
    refused = showcase("batch", "films")
    assert refused.code == 7
    assert refused.out.count("films/a/00001.MTS; films/b/00001.MTS") == 2
    assert not (showcase.folder / ".showcase" / "work" / "transcode").exists()


@pytest.mark.acceptance
@pytest.mark.usefixtures("served")
def test_a_film_that_can_not_be_encoded_is_not_tried_again_unless_asked(showcase: Showcase, films: Films) -> None:
    films("a.mp4", 2)
    (showcase.folder / "profiles").mkdir(exist_ok=True)
    # an option that ffmpeg refuses: the film fails, this machine does not
    own = showcase.folder / "profiles" / "iptv-sd.yaml"
    own.write_text("extends: iptv-sd\noptions: ['-b:v', nonsense]\n")
    first = showcase("batch", "films", "--json")
    assert first.code == 7
    assert first.rows[-1]["error"]["exit_code"] == 4  # type: ignore[index]
    assert outcomes(showcase("batch", "films", "--json").rows) == {"a.mp4": "failed_before"}
    assert [event["event"] for event in showcase.events()].count("encode.started") == 1
    assert outcomes(showcase("batch", "films", "--retry-failed", "--json").rows) == {"a.mp4": "failed"}
    assert [event["event"] for event in showcase.events()].count("encode.started") == 2
    own.unlink()
    assert showcase("batch", "films", "--retry-failed").code == 0
    assert showcase("batch", "films", "--retry-failed", "--json").rows == []


@pytest.mark.acceptance
def test_ctrl_c_ends_within_ten_seconds_and_a_rerun_goes_on(showcase: Showcase, films: Films) -> None:
    for name in ("a.mp4", "b.mp4"):
        films(name, 6 if name == "a.mp4" else 2)
    running = showcase.start("batch", "films")
    showcase.wait_for("encode.started", 60)
    time.sleep(0.5)
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    assert running.wait(20) == 130
    assert time.monotonic() - began < 10
    assert wait_for_none(showcase.folder, 2.0) == []
    assert not list((showcase.folder / ".showcase" / "tmp").iterdir())
    done = showcase("batch", "films", "--json")
    assert done.code == 0
    assert outcomes(done.rows) == {"a.mp4": "delivered", "b.mp4": "delivered"}


@pytest.mark.acceptance
def test_a_second_ctrl_c_ends_at_once_and_leaves_nobody(showcase: Showcase, films: Films) -> None:
    films("a.mp4", 20)
    running = showcase.start("batch", "films")
    showcase.wait_for("encode.started", 60)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    time.sleep(0.05)
    began = time.monotonic()
    running.send_signal(signal.SIGINT)
    assert running.wait(20) == 130
    assert time.monotonic() - began < 4
    assert wait_for_none(showcase.folder, 15.0) == []


@pytest.mark.acceptance
@pytest.mark.usefixtures("served")
def test_two_batches_do_not_work_on_one_film(showcase: Showcase, films: Films) -> None:
    films("a.mp4", 4)
    running = [showcase.start("batch", "films"), showcase.start("batch", "films")]
    codes = sorted(process.wait(100) for process in running)
    # the second one says that another batch has it, or finds it delivered
    assert codes in ([0, 7], [0, 0])
    assert [event["event"] for event in showcase.events()].count("encode.started") == 1
    assert showcase("batch", "films").code == 0


@pytest.mark.usefixtures("served")
def test_a_disk_without_room_is_told_before_anything_is_encoded(showcase: Showcase, films: Films) -> None:
    films("a.mp4", 2)
    own = showcase.folder / "profiles"
    own.mkdir(exist_ok=True)
    # a mezzanine of this size would never fit: what is planned is what is counted
    (own / "iptv-sd.yaml").write_text("extends: iptv-sd\nmux: {muxrate_kbps: 2000000000}\n")
    refused = showcase("batch", "films")
    assert refused.code == 3
    assert "MB" in refused.err
    assert not [event for event in showcase.events() if event["event"] == "encode.started"]


@pytest.mark.usefixtures("served")
def test_an_unknown_source_is_a_usage_error(showcase: Showcase) -> None:
    assert showcase("batch", "nothing").code == 2
    (showcase.folder / "empty").mkdir()
    empty = showcase("batch", "empty", "--json")
    assert (empty.code, empty.rows) == (0, [])


@pytest.mark.acceptance
@pytest.mark.usefixtures("served")
def test_a_watch_goes_on_with_what_is_approved_meanwhile(showcase: Showcase, films: Films) -> None:
    ids = []
    for name in ("a.mp4", "b.mp4"):
        films(name, 2 if name == "a.mp4" else 3)
        sent = showcase("submit", f"films/{name}", "--json")
        assert sent.code == 0
        ids.append(str(sent.rows[-1]["submission_id"]))
    assert showcase("review", ids[0], "--approve", "--yes").code == 0
    watching = showcase.start("batch", "inbox", "--watch", "--every", "1")
    for count, name in enumerate(ids, start=1):
        if count > 1:
            assert showcase("review", name, "--approve", "--yes").code == 0
        deadline = time.monotonic() + 90
        while [row["event"] for row in showcase.events()].count("delivered") < count and time.monotonic() < deadline:
            time.sleep(0.2)
        assert watching.poll() is None
    time.sleep(2.5)  # asked again: what was delivered is no more
    watching.send_signal(signal.SIGINT)
    assert watching.wait(20) == 130
    assert [row["event"] for row in showcase.events()].count("delivered") == 2


@pytest.mark.usefixtures("served")
def test_what_would_not_end_in_time_is_named_with_the_cores_that_would_do_it(showcase: Showcase, films: Films) -> None:
    films("a.mp4", 2)
    soon = (datetime.now(ZoneInfo("Asia/Shanghai")) + timedelta(seconds=61)).strftime("%Y-%m-%d %H:%M")
    journal = showcase.folder / ".showcase" / "journal.jsonl"
    journal.parent.mkdir(exist_ok=True)
    slow = {"event": "batch.film", "jobs": 1, "film_s": 1.0, "examine_s": 900.0, "pixels": 1, "deliver_s": 900.0}
    journal.write_text(json.dumps(slow) + "\n")
    late = showcase("batch", "films", "--until", soon, "--json")
    assert late.code == 7
    assert outcomes(late.rows) == {"a.mp4": "no_time"}
    shown = showcase("batch", "films", "--until", soon, "--lang", "zh")
    assert "时间不够" in shown.out + shown.err
    assert not [event for event in showcase.events() if event["event"] == "stage.started"]
