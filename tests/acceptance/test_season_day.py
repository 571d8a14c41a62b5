"""A season's day by four roles, each in a fresh home with nothing but a settings file, on one store, in Chinese.

After each step everybody's `status` is held against what the records in the store say, read here by other code.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.storage.bucket import Bucket
from tests.conftest import Showcase, code_quickly
from tests.e2e.test_roles import EVERYBODY, FOURTEEN, Season, home, invited

__all__ = ["invited"]
pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1500)]
KASHGAR, HOTAN = "653100", "653200"
TITLES = ("棉田", "村医", "老师", "牧场", "桥", "河")
FEW = "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: iptv-sd}, {name: poster}]\n"


@dataclass
class Day:
    """Everybody, and what must hold of them after each step."""

    season: Season
    people: dict[str, Showcase]

    def __getitem__(self, name: str) -> Showcase:
        return self.people[name]

    def does(self, name: str, *words: object, code: int = 0) -> str:
        """One command of one person; then every person's `status` is what the records say."""
        done = self.people[name](*words)
        assert done.code == code, (name, words, done.out, done.err)
        self.holds()
        return done.out + done.err

    def holds(self) -> None:
        inbox, delivery = self._records("inbox"), self._records("delivery")
        refs = {*inbox, *delivery}
        for name in ("editor", "operator", KASHGAR, HOTAN, "654300"):
            seen = {}
            for ref in sorted(refs):
                if name not in ("editor", "operator") and not ref.startswith(name):
                    continue
                stage = stage_of({} if name == "operator" else inbox.get(ref, {}), delivery.get(ref, {}))
                if stage:
                    seen[ref] = stage
            rows = self.people[name]("status", "--json").rows
            told = {f"{row['prefecture']}/{row['submission_id']}": row["stage"] for row in rows}
            assert told == seen, name

    def _records(self, name: str) -> dict[str, dict[str, dict[str, object]]]:
        """Small records of a bucket by submission and key."""
        bucket = Bucket(self.season.owners(), name)
        found: defaultdict[str, dict[str, dict[str, object]]] = defaultdict(dict)
        for item in bucket.walk("", lambda _: None, 1000):
            parts = item.key.split("/", 2)
            if len(parts) == 3 and not parts[0].startswith("_") and re.search(r"(^|/)[rA-Z][^/]*\.json$", parts[2]):
                found["/".join(parts[:2])][parts[2]] = json.loads(bucket.get(item.key) or b"{}")
        return dict(found)


def stage_of(inbox: dict[str, dict[str, object]], delivery: dict[str, dict[str, object]]) -> str | None:
    """What the records of a submission say, read without the program's own rules."""
    revisions = sum(re.fullmatch(r"r\d+\.json", key) is not None for key in inbox)
    claim = inbox.get(f"r{revisions}.json", {})
    packages = [key.partition("/")[0] for key in delivery if key.endswith("/READY.json")]
    of_claim = [
        name
        for name in packages
        if not revisions or delivery[f"{name}/READY.json"]["content_sha256"] == claim["content_sha256"]
    ]
    if of_claim:
        name = max(of_claim, key=lambda item: int(str(delivery[f"{item}/READY.json"]["revision"])))
        ended, answered = (newest(delivery, f"{name}/{marker}") for marker in ("WITHDRAWN", "ACK"))
        if ended and not ended["undo"]:
            return "withdrawn"
        return {"accept": "accepted", "reject": "rejected"}[str(answered["decision"])] if answered else "ready"
    if not revisions:
        return None
    sent = [name for name in ("DRAFT", "SUBMITTED") if f"r{revisions}/{name}.json" in inbox]
    if not sent:
        return "sending"
    waits = "submitted" if "SUBMITTED" in sent else "draft"
    said = [delivery[key] for key in sorted(delivery) if key.startswith(f"reviews/r{revisions}-")]
    back = {item["retracts"] for item in said}
    decided = [item for item in said if item["kind"] in ("return", "approve") and item["number"] not in back]
    if not decided:
        return waits
    if decided[-1]["kind"] == "return":
        answers = [inbox[key] for key in inbox if key.startswith(f"answers/r{revisions}-")]
        return waits if any(item["to_review"] == decided[-1]["number"] for item in answers) else "returned"
    of = {digest(inbox[f"r{revisions}/{name}.json"]): name for name in sent}.get(decided[-1]["marker_sha256"])
    if of is None:
        return "altered"
    return "approved" if of == "SUBMITTED" else "approved_draft" if waits == "draft" else waits


def digest(marker: dict[str, Any]) -> str:
    """Of what a marker stands for: the submission's content, and each file's key, name, size and digest."""
    files = [[item["path"], item["file"], item["size_bytes"], item["sha256"]] for item in marker["files"]]
    text = json.dumps([marker["content_sha256"], files], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def newest(records: dict[str, dict[str, object]], name: str) -> dict[str, object] | None:
    found = sorted(key for key in records if re.fullmatch(rf"{name}(-\d{{4}})?\.json", key))
    return records[found[0 if len(found) == 1 else -2]] if found else None  # NAME-0002 sorts before NAME.json


@pytest.fixture
def day(invited: Season, film_of: Callable[..., Path]) -> Day:
    people = {}
    for name in EVERYBODY:
        person = people[name] = home(invited.admin.folder.parent.parent, name)
        taken = person("setup", "--import", invited.admin.folder / "invitations" / f"{name}.toml")
        assert taken.code == 0, taken.err
    code_quickly(people["editor"].folder)
    sets = people["editor"].folder / "profiles" / "sets"
    sets.mkdir()
    (sets / "showcase-film.yaml").write_text(FEW)
    return Day(invited, people)


def test_a_seasons_day(day: Day, film_of: Callable[..., Path], small_film: Path) -> None:
    assert len(day.people) == len(FOURTEEN) + 3  # the editor, the operator, and a worker, who looks on
    kashgar, hotan, editor, operator = day[KASHGAR], day[HOTAN], day["editor"], day["operator"]
    day.holds()

    # six films from one table
    assert kashgar("init", "--template", "films.xlsx").code == 0
    book = openpyxl.load_workbook(kashgar.folder / "films.xlsx")
    sheet = book.worksheets[0]
    heads = [str(cell.value) for cell in sheet[1]]
    example = [cell.value for cell in sheet[2]]
    for row, title in enumerate(TITLES, start=2):
        values = dict(zip(heads, example, strict=True))
        for head in heads:
            values[head] = title if head.startswith("片名") and "英" not in head else values[head]
            values[head] = f"{title}.mp4" if head.startswith("文件") else values[head]
            values[head] = "喀什" if head.startswith("地州") else values[head]
        for column, head in enumerate(heads, start=1):
            sheet.cell(row, column, values[head])
        shutil.copy(small_film, kashgar.folder / f"{title}.mp4")
    book.save(kashgar.folder / "films.xlsx")
    assert kashgar("init", "--from-csv", "films.xlsx").code == 0
    day.does(KASHGAR, "submit", "films.xlsx")
    day.does(KASHGAR, "submit", "films.xlsx")  # nothing is done twice
    assert len(editor("inbox", "--json").rows) == len(TITLES)

    # two prefectures with one id
    shutil.copy(small_film, hotan.folder / "棉田.mp4")
    twin = str(next(row["submission_id"] for row in kashgar("status", "棉田", "--json").rows))
    assert hotan("init", "棉田.mp4", "--title", "棉田", "--id", twin, "--prefecture", "和田").code == 0
    day.does(HOTAN, "submit", "--draft", "submission.yaml")
    several = editor("review", twin, "--approve", "--yes")
    assert several.code == 2
    assert "喀什地区" in several.err
    assert "和田地区" in several.err
    day.holds()

    # a draft returned and cut anew
    day.does("editor", "review", f"和田/{twin}")
    day.does("editor", "review", f"和田/{twin}", "--note", "00:00:01:00", "太急", "--return", "请重剪")
    day.does(HOTAN, "submit", "--draft", "submission.yaml", code=2)  # the same cut
    day.does(HOTAN, "submit", "--draft", "submission.yaml", "--unchanged", "是有意的")
    day.does("editor", "review", f"和田/{twin}", "--return", "还是请重剪")
    shutil.copy(film_of(2, "testsrc2=s=1280x720:r=25,hue=h=70"), hotan.folder / "棉田.mp4")
    day.does(HOTAN, "submit", "--draft", "submission.yaml")
    day.does("editor", "review", f"和田/{twin}")
    day.does("editor", "review", f"和田/{twin}", "--approve")
    day.does(HOTAN, "submit", "submission.yaml")
    day.does("editor", "run", f"和田/{twin}", code=2)  # the master is approved anew
    day.does("editor", "review", f"和田/{twin}")
    day.does("editor", "review", f"和田/{twin}", "--approve")
    day.does("editor", "review", "村医", "老师")
    day.does("editor", "review", "村医", "老师", "--approve")
    day.does("editor", "batch", "inbox")

    # pulled, one damaged and mended, a wrong withdrawal undone
    day.does("operator", "pull", "--to", "incoming")
    packages = sorted(path.parent for path in (operator.folder / "incoming").rglob("READY.json")) or sorted(
        path.parent for path in (operator.folder / "incoming").rglob("package.json")
    )
    assert len(packages) == 3
    stream = next(packages[0].rglob("*.ts"))
    stream.write_bytes(stream.read_bytes()[:-188])
    day.does("operator", "verify", "incoming", code=6)
    day.does("operator", "pull", "--to", "incoming")
    day.does("operator", "verify", "incoming")
    day.does("editor", "withdraw", "村医", "--reason", "弄错了")
    day.does("operator", "pull", "--to", "incoming")
    day.does("editor", "withdraw", "村医", "--undo")
    day.does("operator", "pull", "村医", "--to", "incoming")
    day.does("operator", "verify", "incoming")
    day.does("operator", "ack", "村医", "accept")
    day.does("operator", "ack", f"和田/{twin}", "reject", "--reason", "片头有黑场")
    day.does("operator", "ack", f"和田/{twin}", "accept", "--correct")
    assert "片头有黑场" in day.does(HOTAN, "log", "棉田")

    # the prefecture's own key puts another film into what was approved
    day.does("editor", "review", "牧场")
    day.does("editor", "review", "牧场", "--approve")
    put_another_film(day, KASHGAR, str(editor("status", "牧场", "--json").rows[0]["submission_id"]))
    assert editor("run", "牧场").code == 6
    assert editor("status", "牧场", "--json").rows[0]["stage"] == "altered"


def put_another_film(day: Day, prefecture: str, submission_id: str) -> None:
    """With the prefecture's own key: other bytes, with claim and marker to match, in the approved revision."""
    bucket = Bucket(day.season.store(prefecture), "inbox")
    prefix = f"{prefecture}/{submission_id}/"
    marker = json.loads(bucket.get(f"{prefix}r1/SUBMITTED.json") or b"")
    other = b"another film"
    marker["content_sha256"] = "0" * 64
    marker["files"][0] |= {"sha256": hashlib.sha256(other).hexdigest(), "size_bytes": len(other)}
    claim = json.dumps({"schema_version": 1, "content_sha256": "0" * 64}).encode()
    for key, content in (
        (f"{prefix}r1/{marker['files'][0]['path']}", other),
        (f"{prefix}r1.json", claim),
        (f"{prefix}r1/SUBMITTED.json", json.dumps(marker).encode()),
    ):
        bucket.put_request(
            key, content, sha256=hashlib.sha256(content).hexdigest(), media_type="application/octet-stream"
        )
