"""Only what changed is sent: by `submit` and by `run`, counted on the line, and through kills."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.storage import embedded
from tests.conftest import MOVING, TONE, Showcase, copy_of, wait_for_none
from tests.decks import HAN, Line, Page, deck
from tests.e2e.kills import Command, series
from tests.e2e.test_kill import BUCKETS, store_contents
from tests.storage.proxy import proxied

COURSE = """\
schema_version: 1
title: 棉花栽培
kind: course
synopsis: {synopsis}
media:
  - {{file: one.mp4, role: main, title: 一}}
  - {{file: two.mp4, role: main, title: 二}}
"""


def write_course(folder: Path, synopsis: str) -> None:
    (folder / "submission.yaml").write_text(COURSE.format(synopsis=synopsis), encoding="utf-8")


@pytest.mark.acceptance
@pytest.mark.usefixtures("served")
def test_one_changed_word_sends_no_film_again(showcase: Showcase, small_film: Path) -> None:
    for name in ("one.mp4", "two.mp4"):
        shutil.copy(small_film, showcase.folder / name)
    size = 2 * small_film.stat().st_size
    write_course(showcase.folder, "第一稿")
    first = showcase("submit", "submission.yaml", "--json")
    assert (first.code, first.rows[-1]["reused_bytes"]) == (0, 0), first.err
    for language, words in (
        ("zh", "已在存储里，没有重传"),
        ("en", "were in the store already and were not sent again"),
    ):
        write_course(showcase.folder, f"改过 {language}")
        said = showcase("submit", "submission.yaml", "--lang", language)
        assert said.code == 0, said.err
        assert words in said.out
    write_course(showcase.folder, "第四稿")
    last = showcase("submit", "submission.yaml", "--json")
    assert (last.rows[-1]["revision"], last.rows[-1]["reused_bytes"]) == (4, size)
    there = showcase("submit", "submission.yaml", "--json")
    assert [row["reused_bytes"] for row in there.rows if "reused_bytes" in row] == [0]


def large_film(lavfi: Callable[..., Path], seconds: int) -> Path:
    """Moving noise, some 10 MB a second."""
    noise = ("-f", "lavfi", "-i", f"{MOVING},noise=alls=60:allf=t", "-f", "lavfi", "-i", TONE, "-t", str(seconds))
    coded = ("-c:v", "libx264", "-preset", "ultrafast", "-qp", "2", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2")
    return lavfi(*noise, *coded)


def hand_out(word: str) -> bytes:
    """A PDF of twenty pages of words."""
    return deck(
        [
            Page(tuple(Line(f"{word}：棉花 {page * row}", 40, 1200 - 100 * row, 60, HAN) for row in range(1, 11)))
            for page in range(1, 21)
        ]
    )


@pytest.mark.acceptance
@pytest.mark.timeout(900)
def test_a_course_of_200_mb_whose_hand_out_was_mended_sends_less_than_1_mb(
    showcase: Showcase, lavfi: Callable[..., Path], small_film: Path, tmp_path: Path
) -> None:
    large = large_film(lavfi, 24)
    assert large.stat().st_size > 200_000_000
    shutil.copy(large, showcase.folder / "one.mp4")
    shutil.copy(small_film, showcase.folder / "two.mp4")
    write_course(showcase.folder, "同一门课")
    with (showcase.folder / "submission.yaml").open("a", encoding="utf-8") as file:
        file.write("  - {file: 讲义.pdf, role: document, language: zho}\n")
    with embedded.serve(tmp_path / "store", BUCKETS) as server, proxied(server.connection) as proxy:
        showcase.environment |= {
            "AWS_ENDPOINT_URL_S3": proxy.store.endpoint_shown,
            "AWS_ACCESS_KEY_ID": server.connection.access_key or "",
            "AWS_SECRET_ACCESS_KEY": server.connection.secret_key or "",
        }
        (showcase.folder / "showcase.toml").unlink()
        sent = []
        for word in ("第一版", "改过"):
            (showcase.folder / "讲义.pdf").write_bytes(hand_out(word))
            proxy.asked.clear()
            ran = showcase("submit", "submission.yaml", "--json", timeout=400)
            assert ran.code == 0, ran.err
            requests = (
                len(item.body) + sum(len(f"{n}: {v}\r\n") for n, v in item.headers.items()) for item in proxy.asked
            )
            sent.append(sum(requests))
        mended = (showcase.folder / "讲义.pdf").stat().st_size
        print(f"sent at first {sent[0]:,} bytes, then {sent[1]:,}, of which the mended file {mended:,}")
        assert sent[0] > 200_000_000
        assert mended < sent[1] < 1_000_000
        assert ran.rows[-1]["reused_bytes"] == large.stat().st_size + small_film.stat().st_size


@pytest.mark.acceptance
@pytest.mark.timeout(900)
def test_a_killed_submit_of_a_new_revision_goes_on_to_the_same_objects(
    showcase: Showcase, lavfi: Callable[..., Path], small_film: Path, tmp_path: Path
) -> None:
    before = tmp_path / "before"
    before.mkdir()
    shutil.copy(large_film(lavfi, 4), before / "one.mp4")
    shutil.copy(small_film, before / "two.mp4")
    shutil.copy(showcase.folder / "showcase.toml", before)
    write_course(before, "第一稿")
    assert Showcase(before)("submit", "submission.yaml").code == 0
    assert wait_for_none(before) == []
    (before / ".showcase" / "store" / "ports.json").unlink()
    write_course(before, "改过")

    def prepare(folder: Path) -> None:
        copy_of(before, folder)

    series(showcase, Command("again", ("submit", "submission.yaml"), prepare, store_contents), tmp_path / "k", 6, 11)
