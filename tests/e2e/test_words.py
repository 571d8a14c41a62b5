"""Every error of the catalogue is raised by a command; and how errors meet people at a terminal and in pipes."""

from __future__ import annotations

import json
import os
import pty
import select
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from pipeline import catalogue
from tests.conftest import MEANT, Showcase
from tests.e2e import (
    test_campaign_list,
    test_export,
    test_forged,
    test_reminded,
    test_schedule,
    test_words_of_c2,
    test_words_of_clusters,
    test_words_of_files,
    test_words_of_films,
    test_words_of_hand_over,
    test_words_of_keeping,
    test_words_of_offline,
    test_words_of_rules,
    test_words_of_season_films,
    test_words_of_seasons,
    test_words_of_stores,
    test_words_of_tables,
    test_words_of_the_way,
)
from tests.e2e.error_words import TOML
from tests.storage import test_flooding

PARTS = (
    test_campaign_list,
    test_words_of_c2,
    test_export,
    test_reminded,
    test_schedule,
    test_words_of_clusters,
    test_words_of_files,
    test_words_of_films,
    test_words_of_hand_over,
    test_words_of_keeping,
    test_words_of_offline,
    test_words_of_rules,
    test_words_of_season_films,
    test_words_of_seasons,
    test_words_of_stores,
    test_words_of_tables,
    test_words_of_the_way,
)
# by what they are raised in a test, or why in none
NOT_BY_A_COMMAND = {
    "campaign_not_seen": "keys of before there were seasons: tests/e2e/test_season_of_roles.py",
    "campaign_others": "tests/exchange/campaign/test_season.py",
    "campaign_records_full": "a thousand records of a prefecture: tests/exchange/campaign/test_season.py",
    "said_changed": "a record that its owner overwrites: tests/e2e/test_season_commands.py",
    "campaign_editor_alone": "tests/exchange/campaign/test_campaign_refusals.py",
    "c2_no_programme": "a package of a version before orders were sent: tests/exchange/c2/test_sending.py",
    "c2_order_large": "a course of hundreds of lessons: tests/exchange/c2/test_sending.py",
    "c2_sent_meanwhile": "two editors at one moment: tests/exchange/c2/test_sending.py",
    "order_large": "a thousand showings: tests/exchange/test_films_on_air.py",
    "orders_many": "thousands of orders of a campaign: tests/exchange/test_films_on_air.py",
    "export_long": "a million rows: tests/package/test_branch_tables.py",
    "cluster_unfit": "a cluster of machines that differ: tests/execute/cluster/test_cluster_judgement.py",
    "scheduler_differs": "two versions of this program: tests/execute/cluster/test_cluster_admission.py",
    "worker_differs": "one that joined a moment ago: tests/execute/cluster/test_cluster_crew.py",
    "file_differs": "a package that changes on its disk while it is sent: tests/storage/test_transfer.py",
    "download_stays": "a line that stays away half through a film: tests/storage/test_download.py",
    "fetch_no_room": "a package that is larger than the disk: tests/storage/test_download.py",
    "object_replaced": "a store in which a film is replaced under way: tests/storage/test_download.py",
    "range_differs": "a store, or a proxy, that answers another range: tests/storage/test_download.py",
    "ffmpeg_hangs": "an ffmpeg that closes its streams and lives on for a minute",
    "documents_extra": "an installation without what pages are drawn with: tests/documents/test_fonts_alone.py",
    "hand_over_too_large": "a disk of FAT: tests/exchange/test_hand_over.py",
    "identities_not_read": "a server that does not read its identities when it is told to",
    "interrupted": "between threads; Ctrl-C itself is said by text.interrupted, in the same words (below)",
    "mediainfo_failed": "MediaInfo that breaks on what was made just now; of a film that comes in, it is a refusal",
    "note_part": "a course of several parts in the inbox: tests/e2e/test_course.py",
    "netrc_not_readable": "nothing is hidden from root, who may run the tests",
    "no_room": "a disk that is almost full",
    "no_sound": "whoever asks for sound alone takes it for an answer: the rules then say it of the file",
    "parts_gone": "a second revision of a course: tests/e2e/test_course.py",
    "plan_differs": "machines whose profiles differ since the examination",
    "scheduler_gone": "a scheduler that is killed under a batch: tests/execute/cluster/test_cluster_films.py",
    "worker_lost": "a film that ends worker after worker: tests/execute/cluster/test_cluster_films.py",
    "path_unreadable": "a disk that breaks behind a film's first bytes",
    "picture_too_large": "a picture that grows while it is read; of a film that comes in, it is a refusal",
    "renderer_differs": "a worker with another PDFium: tests/transcode/test_slides.py",
    "source_missing": "a worker on another machine; every command hashes what it plans",
    "stage_differs": "two machines that make different inspections: tests/storage/test_shared_work.py",
    "store_of_one_machine": "workers on other machines: tests/storage/test_reach.py",
    "store_start": "a server that does not start within its time, time after time",
    "subtitles_extra": "an installation without its fonts: tests/plan/test_captions.py",
}


def test_every_error_is_raised_by_a_command() -> None:
    raised = {told.key for part in PARTS for told in part.CASES.values()}
    raised |= {key for part in (*PARTS, test_forged, test_flooding) for key in getattr(part, "BY_ITSELF", ())}
    known = {key.split(".")[1] for key in catalogue.entries("en") if key.startswith("error.")}
    assert sorted(known - raised - NOT_BY_A_COMMAND.keys()) == []
    assert sorted(raised - known) == []
    assert sorted(raised & NOT_BY_A_COMMAND.keys()) == []


def interrupted(showcase: Showcase, *words: str) -> tuple[int, str]:
    """Exit code and what was shown of a command that is stopped by Ctrl-C at its first question."""
    child, master = pty.fork()
    if child == 0:  # pragma: no cover - the child becomes the command
        os.chdir(showcase.folder)
        os.environ["SHOWCASE_LANG"] = "zh"
        argv = showcase.argv(*words)
        os.execv(argv[0], argv)  # noqa: S606 - a terminal of its own is what is tested
    seen, asked = b"", False
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if select.select([master], [], [], 0.5)[0]:
            try:
                seen += os.read(master, 4096)
            except OSError:  # the other end is gone
                break
        elif not asked and seen.rstrip().endswith((b":", b"]")):
            os.write(master, b"\x03")
            asked = True
    _, status = os.waitpid(child, 0)
    os.close(master)
    return os.waitstatus_to_exitcode(status), seen.decode()


@pytest.mark.parametrize("words", [("setup",), ("init", "film.mp4")])
def test_ctrl_c_at_a_question_is_an_interrupt(words: tuple[str, ...], showcase: Showcase, small_film: Path) -> None:
    shutil.copy(small_film, showcase.folder / "film.mp4")
    code, shown = interrupted(showcase, *words)
    assert code == 130, shown
    assert "已停止" in shown
    assert "程序自身" not in shown


def test_the_doctor_speaks_into_a_pipe_of_another_encoding(showcase: Showcase) -> None:
    (showcase.folder / TOML).write_text(MEANT)
    for encoding, mark in (("gbk", "√"), ("latin-1", "?")):
        surroundings = {**os.environ, "PYTHONIOENCODING": encoding, "SHOWCASE_LANG": "zh"}
        for words in (("doctor",), ("doctor", "--json"))[: 2 if encoding == "gbk" else 1]:
            done = subprocess.run(
                showcase.argv(*words), cwd=showcase.folder, env=surroundings, capture_output=True, check=False
            )
            shown = done.stdout.decode(encoding)
            assert done.returncode == 0, done.stderr
            if "--json" in words:
                assert all(json.loads(line)["good"] is not False for line in shown.splitlines())
            else:
                assert shown.startswith(mark)


def test_a_title_that_a_pipe_has_no_letters_for_is_whole_in_json(showcase: Showcase, small_film: Path) -> None:
    shutil.copy(small_film, showcase.folder / "كىنو.mp4")
    surroundings = {**os.environ, "PYTHONIOENCODING": "gbk"}
    argv = showcase.argv("init", "كىنو.mp4", "--prefecture", "和田", "--json")
    done = subprocess.run(argv, cwd=showcase.folder, env=surroundings, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout.decode("gbk"))["submission"]
    assert "كىنو" in (made["title"] if isinstance(made["title"], str) else made["title"]["zh"])
