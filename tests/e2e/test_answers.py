"""Answers of an operator: several at once, with codes, from a table; who gave them, as all read it; receipts."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from lxml import html as lxml_html

from pipeline import workspace
from pipeline.storage import connect
from tests.conftest import Showcase
from tests.small_packages import deliver

HOSTILE = '=cmd|"/c calc"!A1 <script>alert(1)</script>\u202e'


@pytest.fixture
def desk(showcase: Showcase, served: Path) -> Callable[..., str]:
    """`desk(ref)` delivers a package; the operator is called 李运营."""
    showcase.environment |= {"SHOWCASE_USER": "李运营", "SHOWCASE_LANG": "zh"}

    def put(ref: str, **given: object) -> str:
        with connect.opened(workspace.find(showcase.folder)) as buckets:
            return deliver(buckets, ref, **given)  # type: ignore[arg-type]

    return put


def key_of(row: dict[str, object]) -> str:
    error = row["error"]
    assert isinstance(error, dict)
    return str(error["key"])


def test_several_ids_and_codes_are_answered_with_a_name(showcase: Showcase, desk: Callable[..., str]) -> None:
    for name in ("a", "b", "c"):
        desk(f"653200/{name}", title=f"片{name}")
    done = showcase("ack", "653200/a", "653200/none", "653200/b", "reject", "--code", "picture", "--json")
    assert done.code == 7
    given = [row["acknowledgement"] for row in done.rows if "error" not in row]
    assert [(row["code"], row["by"], row["reason"]) for row in given] == [("picture", "李运营", None)] * 2  # type: ignore[index]
    assert [key_of(row) for row in done.rows if "error" in row] == ["no_such_delivery"]
    assert "此前已有相同答复" in showcase("ack", "a", "reject", "--code", "picture").out
    unknown = showcase("ack", "653200/c", "reject", "--code", "colour", "--json")
    assert (unknown.code, key_of(unknown.rows[-1])) == (2, "rejection_unknown")
    own = showcase.folder / "profiles" / "vocabulary"
    own.mkdir(parents=True)
    more = "schema_version: 1\nextends: rejections\ncodes: [{code: colour, zh: 偏色, en: a cast of colour}]\n"
    (own / "rejections.yaml").write_text(more, "utf-8")
    assert showcase("ack", "653200/c", "reject", "--code", "colour", "--reason", "全片偏红").code == 0

    status = showcase("status", "653200/c").out
    assert "原因：偏色：全片偏红" in status
    assert "答复：退回，李运营，" in status
    assert "画面问题" in showcase("status").out
    assert "运营方 李运营：退回  第 1 版 偏色：全片偏红" in showcase("log", "653200/c").out
    told = [row for row in showcase("log", "653200/c", "--json").rows if row["what"] == "rejected"]
    assert [(row["by"], row["code"], row["text"]) for row in told] == [("李运营", "colour", "全片偏红")]
    (own / "rejections.yaml").unlink()
    assert (
        "原因：colour：全片偏红" in showcase("status", "653200/c").out
    )  # where nobody knows the code it is shown as it is
    (own / "rejections.yaml").write_text("codes: 3\n", "utf-8")
    assert showcase("status", "653200/c").code == 0
    wrong = showcase("ack", "653200/a", "accept", "--correct", "--yes", "--json")
    assert (wrong.code, key_of(wrong.rows[-1])) == (2, "yaml_invalid")


def test_a_table_of_answers_is_judged_before_any_is_put(showcase: Showcase, desk: Callable[..., str]) -> None:
    ids = {name: desk(f"653200/{name}") for name in ("a", "b", "c", "d", "e")}
    desk("653100/a")
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ("注入结果", None, None, None, None),
        ("编号", "片名", "答复", "原因代码", "原因"),
        ("653200/a", "甲", "接收", None, None),
        (ids["b"], "乙", "退回", "sound", "声音太小"),
        ("c", "丙", "退回", None, None),
        ("d", "丁", "退回", "sound", None),
        ("653200/d", "丁", "接收", None, None),
        ("a", "?", "接收", None, None),
        ("e", "戊", "也许", None, None),
        (None, None, None, None, None),
        ("zzz", "没有", "accept", None, None),
        ("e", "戊", "退回", "colour", None),
        ("e", "戊", "退回", None, "=1+1"),
        (ids["b"], "乙", "退回", "sound", "声音太小"),
    ):
        sheet.append(row)
    book.save(showcase.folder / "answers.xlsx")
    done = showcase("ack", "--from", "answers.xlsx", "--yes", "--json")
    assert done.code == 7, done.err
    told = {str(row["row"]).rpartition(":")[2]: row for row in done.rows}
    wrong = {line: key_of(row) for line, row in told.items() if "error" in row}
    assert wrong == {
        **{"5": "reason_missing", "6": "answer_twice", "7": "answer_twice", "8": "several_fit"},
        **{"9": "answer_unknown", "11": "no_such_delivery", "12": "rejection_unknown", "13": "table_cell_formula"},
    }
    assert {line for line in told if line not in wrong} == {"3", "4", "14"}
    assert [told[line]["state"] for line in ("3", "4", "14")] == ["accepted", "rejected", "rejected"]
    with connect.opened(workspace.find(showcase.folder)) as buckets:
        acks = [item.key for item in buckets.delivery.walk("", lambda _: None, 1000) if "ACK" in item.key]
    assert len(acks) == 2  # what stands is not put again

    (showcase.folder / "a.csv").write_text("id,decision\nd,accept\n")
    unseen = showcase("ack", "--from", "a.csv", "--json")
    assert (unseen.code, key_of(unseen.rows[0])) == (2, "not_verified")
    spoken = showcase("ack", "--from", "a.csv")
    assert "a.csv:2 d：没有答复" in spoken.out
    assert showcase("ack", "--from", "a.csv", "--yes").code == 0
    assert "此前已有相同答复" in showcase("ack", "--from", "a.csv", "--yes").out


def test_what_is_refused_anyway_is_not_asked_about(showcase: Showcase, desk: Callable[..., str]) -> None:
    desk("653200/a")

    def refusal(*words: str) -> str:
        told = showcase("ack", "a", "accept", *words, "--json")
        assert told.code == 2
        return key_of(told.rows[-1])

    assert refusal() == "not_verified"
    assert refusal("--code", "sound") == "code_of_acceptance"
    assert refusal("--correct") == "nothing_to_correct"
    assert showcase("ack", "a", "reject", "--code", "sound").code == 0
    assert refusal() == "already_answered"
    assert refusal("--correct") == "not_verified"


def test_what_was_answered_is_not_to_be_answered_next(showcase: Showcase, desk: Callable[..., str]) -> None:
    desk("653200/a")
    assert showcase("pull", "--to", "in").code == 0
    told = showcase("verify", "in", "--store")
    assert (told.code, "showcase ack 653200/a accept" in told.out) == (0, True), told.out
    assert showcase("ack", "653200/a", "accept").code == 0
    again = showcase("verify", "in", "--store")
    assert (again.code, "showcase ack" in again.out) == (0, False), again.out


def test_a_receipt_says_what_was_taken_over(showcase: Showcase, desk: Callable[..., str]) -> None:
    one, two = desk("653200/one", title=HOSTILE), desk("653100/two", title="棉花")
    desk("653100/waits", title="等待")
    assert showcase("ack", "two", "accept", "--yes").code == 0
    assert showcase("ack", "one", "reject", "--code", "sound", "--reason", HOSTILE).code == 0
    made = showcase("receipt", "--since", "2026-01-01", "--json")
    assert made.code == 0, made.err
    assert "还没有答复，未列入：653100/waits 等待" in made.err
    rows = made.rows
    assert [(row["package_id"], row["decision"], row["by"]) for row in rows] == [
        (two, "accept", "李运营"),
        (one, "reject", "李运营"),
    ]
    content = (showcase.folder / "receipt.csv").read_bytes()
    page = (showcase.folder / "receipt.html").read_bytes()
    table = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert len(table) == 3
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in table for cell in line)
    assert table[2][5] == rows[1]["manifest_sha256"]
    assert table[2][10] == "声音问题（无声、过小、过大、失真、声画不同步）"
    parsed = lxml_html.fromstring(page.decode())
    assert parsed.xpath("//script | //link | //img") == []
    text = parsed.text_content()
    assert "<script>alert(1)</script>" in text
    assert "\u202e" not in text
    assert str(rows[1]["manifest_sha256"]) in text
    assert "共答复 2 个成品包：接收 1 个，退回 1 个" in text

    (showcase.folder / "receipt.csv").unlink()
    assert showcase("receipt", "one", "two", "-o", "out/r.csv", "-o", "out/r.html", "--since", "2026-01-01").code == 0
    assert (showcase.folder / "out" / "r.csv").read_bytes() == content  # the same records, the same bytes
    assert (showcase.folder / "out" / "r.html").read_bytes() == page
    assert not (showcase.folder / "receipt.csv").exists()
    english = showcase("receipt", "two", "-o", "r.html", "--lang", "en")
    assert (english.code, "1 packages answered" in (showcase.folder / "r.html").read_text("utf-8")) == (0, True)
    assert "没有可写的" in showcase("receipt", "--since", "2099-01-01").err
    waits = showcase("receipt", "two", "waits", "-o", "w.csv", "--json")
    assert (waits.code, key_of(waits.rows[-1])) == (2, "not_answered")
    assert not (showcase.folder / "w.csv").exists()
    assert showcase("withdraw", "two", "--reason", "版权").code == 0
    assert showcase("receipt", "two", "-o", "w.csv", "--json").rows[0]["withdrawn_at"] is not None
