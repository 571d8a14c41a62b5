"""`showcase check` of documents: code, exit, words, and that nothing is sent or left running."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest

from pipeline.cli.command_context import context_here
from pipeline.exchange.intake import FileToCheck, Intake, IntakePart
from pipeline.execute.examination import examine
from pipeline.execute.executor import LocalExecutor
from pipeline.execute.job_context import JobContext
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.submission import Role, bare
from tests.conftest import Showcase, wait_for_none
from tests.documents import test_hostile
from tests.documents.packages import compound, paragraph, pdf, runs, show, word

UNREADABLE, FORMAT, ENCRYPTED = "document.unreadable", "document.format", "document.encrypted"
ACTIVE, LARGE = "document.active_content", "document.too_large"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A server on this machine that nobody may ask."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


def codes(row: dict[str, object]) -> set[str]:
    return {item["code"] for item in row["findings"]}  # type: ignore[attr-defined]


def put(showcase: Showcase, files: dict[str, bytes]) -> list[str]:
    for name, data in files.items():
        (showcase.folder / name).write_bytes(data)
    return list(files)


def test_what_can_not_be_read_exits_4(showcase: Showcase) -> None:
    wanted = {
        "cut.pdf": (pdf(pages=3)[:-300], UNREADABLE),
        "no.pdf": (pdf(pages=0), UNREADABLE),
        "locked.pdf": (pdf(encryption=pikepdf.Encryption(owner="x", user="y")), ENCRYPTED),
        "old.doc": (compound("WordDocument"), FORMAT),
        "locked.docx": (compound("EncryptedPackage"), ENCRYPTED),
        "text.pdf": ("讲义".encode(), FORMAT),
        "empty.pptx": (b"", "file.empty"),
    }
    names = put(showcase, {name: data for name, (data, _) in wanted.items()})
    result = showcase("check", *names, "--json")
    assert result.code == 4
    assert [codes(row) for row in result.rows] == [{code} for _, code in wanted.values()]
    told = showcase("check", "old.doc", "locked.pdf", "--lang", "zh")
    assert "旧版 Word 文件" in told.out
    assert "输出为 PDF" in told.out
    assert "密码" in told.out


def test_what_acts_or_is_too_much_exits_1_and_nothing_is_fetched(showcase: Showcase, listener: socket.socket) -> None:
    address = f"http://127.0.0.1:{listener.getsockname()[1]}/x"
    wanted = {
        "macro.pptm": (test_hostile.macro().made(), {ACTIVE, "file.name_mismatch"}),
        "macro.pptx": (test_hostile.macro("ppt/media/a.dat").made(), {ACTIVE}),
        "script.pdf": (test_hostile.PDFS["JavaScript in an object stream"][0], {ACTIVE}),
        "dde.docx": (word(paragraph(runs("dD", "eAu", "to x"))).made(), {ACTIVE}),
        "template.docx": (
            word().related("word/settings.xml", "attachedTemplate", address, "External").made(),
            {ACTIVE},
        ),
        "picture.docx": (
            word(paragraph(runs(f'INCLUDEPICTURE "{address}"')))
            .related("word/document.xml", "image", address, "External")
            .made(),
            {ACTIVE},
        ),
        "bomb.docx": ({name: data for name, data, _ in test_hostile.bombs()}["an announced bomb"], {LARGE}),
        "long.pdf": (pdf(pages=2_001), {LARGE}),
        "wide.pptx": (show(501).made(), {LARGE}),
    }
    names = put(showcase, {name: data for name, (data, _) in wanted.items()})
    result = showcase("check", *names, "--json")
    assert result.code == 1
    assert {row["file"]: codes(row) for row in result.rows} == {name: code for name, (_, code) in wanted.items()}
    with pytest.raises(BlockingIOError):
        listener.accept()
    told = showcase("check", "script.pdf", "picture.docx", "--lang", "zh")
    assert "脚本（JavaScript）" in told.out
    assert "要从别处读取的图片" in told.out


def test_what_is_no_film_is_told_as_what_it_is_and_how_it_is_handed_in(showcase: Showcase) -> None:
    names = put(
        showcase,
        {"01.csv": "页,开始\n1,0\n".encode(), "a.jpg": b"\xff\xd8\xff\xe0" + bytes(40), "h.docx": word().made()},
    )
    told = showcase("check", *names[:2], "--lang", "zh")
    assert told.code == 4
    assert "这是一张表格" in told.out
    assert "role: slide_times" in told.out
    assert "这是图片" in told.out
    refused = showcase("transcode", "h.docx", "--profile", "station", "-o", "out", "--lang", "zh")
    assert refused.code == 4
    assert "Word 文档（DOCX），不能做成影片" in refused.err
    assert "导出成 PDF" in refused.err


def test_ordinary_documents_are_accepted_and_a_wrong_ending_is_told(showcase: Showcase) -> None:
    names = put(showcase, {"a.pdf": pdf(pages=2), "b.pptx": show(3).made(), "讲义.docx": word().made()})
    result = showcase("check", *names, "--json")
    assert result.code == 0
    assert [row["verdict"] for row in result.rows] == ["accept"] * 3
    assert [(row["document"]["pages"], row["document"]["slides"]) for row in result.rows] == [  # type: ignore[index]
        (2, None),
        (None, 3),
        (None, None),
    ]
    put(showcase, {"a.ppt": pdf()})
    told = showcase("check", "a.ppt")
    assert told.code == 0
    assert ".pdf" in told.out


def test_without_its_extra_the_command_says_how_to_get_it(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf())
    without = "import sys; sys.modules['pikepdf'] = None; from pipeline.cli.main import entry; sys.exit(entry())"
    argv = [sys.executable, "-c", without, "check", "a.pdf", "--lang", "en"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert "pip install 'showcase-pipeline[documents]'" in done.stderr + done.stdout


def slides_of(showcase: Showcase, monkeypatch: pytest.MonkeyPatch, files: dict[str, bytes]) -> dict[str, set[str]]:
    """The codes of a part's files of slides."""
    monkeypatch.chdir(showcase.folder)
    put(showcase, files)
    first, *beside = (FileToCheck(name, showcase.folder / name, Role.SLIDES) for name in files)
    part = IntakePart(1, "t", first, tuple(beside))
    context = context_here(_Quiet())  # type: ignore[arg-type]
    with LocalExecutor(context) as executor:
        job = JobContext(context, executor, RuleSets(context))
        found = examine(job, Intake("t", bare("a.pdf", "t"), showcase.folder, (part,)))
    return {item.file.file: {one.code for one in item.evaluation.findings} for item in found.parts[0].files}


class _Quiet:
    """A console that shows no progress."""

    def on_progress(self, *_: object) -> None:
        return None


@pytest.mark.acceptance  # the suite sees it in tests/policy/test_slide_rules.py
def test_slides_as_pptx_need_their_pdf(showcase: Showcase, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = slides_of(showcase, monkeypatch, {"a.pptx": show().made(), "w.docx": word().made()})
    assert alone == {"a.pptx": {"slides.needs_pdf"}, "w.docx": {FORMAT}}
    both = slides_of(showcase, monkeypatch, {"a.pptx": show().made(), "a.pdf": pdf(pages=501)})
    assert both["a.pptx"] == {"slides.times"}  # it has times, and they are of another deck
    assert LARGE in both["a.pdf"]


def deep(showcase: Showcase) -> dict[str, tuple[bytes, str]]:
    """What takes longer, or more, than a document may."""
    many = b"<a>" + b"<b/>" * 60_000_000 + b"</a>"
    bomb = zlib.compress(bytes(1 << 30) * 2, 1)

    def contents(made: pikepdf.Pdf) -> None:
        made.pages[0].obj.Contents = pikepdf.Stream(made, bomb, Filter=pikepdf.Name.FlateDecode)

    return {
        "elements.docx": (word().with_part("word/a.xml", many, "application/x+xml").made(), UNREADABLE),
        "contents.pdf": (pdf(contents), UNREADABLE),
        "pages.pdf": (pdf(pages=20_000), LARGE),
    }


@pytest.mark.acceptance
@pytest.mark.timeout(1200)
def test_each_hostile_document_is_told_within_20_seconds(showcase: Showcase) -> None:
    every = {
        **{f"{number}.pptx": (data, ACTIVE) for number, (data, _) in enumerate(test_hostile.OFFICE.values())},
        **{f"{number}.pdf": (data, ACTIVE) for number, (data, _) in enumerate(test_hostile.PDFS.values())},
        **{f"b{n}.docx": (data, UNREADABLE if why else LARGE) for n, (_, data, why) in enumerate(test_hostile.bombs())},
        **deep(showcase),
    }
    slowest = longest = 0.0
    for name, (data, code) in every.items():
        put(showcase, {name: data})
        began = time.monotonic()
        exit_code, row, cpu_s = by_itself(showcase, name)
        longest, slowest = max(longest, time.monotonic() - began), max(slowest, cpu_s)
        assert code in codes(row), (name, row)
        assert exit_code == (4 if code == UNREADABLE else 1), name
        assert wait_for_none(showcase.folder, 0.5) == [], name
    print(
        f"{len(every)} hostile documents, the slowest took {slowest:.1f} s of a processor, {longest:.1f} s of the clock"
    )
    assert slowest < 20  # of a processor: this machine may be busy with other things


def by_itself(showcase: Showcase, name: str) -> tuple[int, dict[str, object], float]:
    """Exit code, what was said, and the seconds of a processor that the command and all its children took."""
    with tempfile.TemporaryFile() as out:
        argv = showcase.argv("check", name, "--json")
        started = subprocess.Popen(argv, cwd=showcase.folder, stdout=out, stderr=subprocess.DEVNULL)
        _, status, used = os.wait4(started.pid, 0)
        started.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        return started.returncode, json.loads(out.read()), used.ru_utime + used.ru_stime
