"""Pages for station computers: whole without scripts, in three languages, and nothing of a title runs."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote

import pytest

from pipeline import catalogue
from pipeline.model.offline import ShownLesson, ShownProgramme
from pipeline.package.offline import placing, sources, telling
from pipeline.report import station
from pipeline.report.station import StationPages
from tests.station_packages import CourseFolder

HOSTILE = """</script><img src=x onerror=alert(1)>"'&"""


class Page(HTMLParser):
    """The tags of a page with their attributes, and all text."""

    def __init__(self, content: bytes):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(content.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.tags if tag == name]


@pytest.fixture
def hostile(tmp_path: Path) -> bytes:
    course = CourseFolder(tmp_path, title=HOSTILE)
    course.part("01", HOSTILE, 8.0, HOSTILE, HOSTILE)
    course.film("01", b"film", ("zho", "uig"))
    course.deck("01", [b"1", b"2"], [(0, 1, HOSTILE), (3, 2, "二")], f"{HOSTILE.replace('/', '')}.pdf")
    course.subtitles("01", "zho", [(0, 2, HOSTILE)])
    source = sources.in_folder(course.write())
    item = placing.placed(source.package, "a")
    return StationPages().lesson(item, 0, telling.told(item.lessons[0].lesson, source.read))


def test_nothing_that_somebody_wrote_runs(hostile: bytes) -> None:
    page = Page(hostile)
    assert {tag for tag, attrs in page.tags if any(name.startswith("on") for name in attrs)} == set()
    assert [attrs.get("type") for attrs in page.all("script")] == ["application/json", None]
    assert HOSTILE in page.text
    data = json.loads(re.findall(r'id="data">(.*?)</script>', hostile.decode(), re.DOTALL)[0])
    assert data["subtitles"][0]["cues"][0][2].startswith("&lt;/script&gt;")


def test_a_page_names_its_own_script_and_style_and_lets_nothing_else_run(hostile: bytes) -> None:
    text = hostile.decode()
    policy = str(next(attrs["content"] for attrs in Page(hostile).all("meta") if attrs.get("http-equiv")))
    for tag, rule in (("script", "script-src"), ("style", "style-src")):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{rule} 'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy
    assert "://" not in re.sub(r"\"[^\"]*\"", "", text)


def test_without_scripts_a_page_is_a_list_that_leads_everywhere(hostile: bytes) -> None:
    page = Page(hostile)
    (video,) = page.all("video")
    assert "controls" in video
    leads = {unquote(str(attrs["href"])) for attrs in page.all("a")}
    film = unquote(str(video["src"]))
    assert film == "../../电视/a/01- script img src=x onerror=alert(1) '&.mp4"
    assert {f"{film}#t=0", f"{film}#t=3", "../../index.html"} <= leads
    assert [lead for lead in leads if lead.endswith("0002.jpg")]
    assert [lead for lead in leads if lead.endswith(".pdf")]


def test_every_word_of_a_page_is_there_in_each_of_its_languages() -> None:
    words = {language: catalogue.for_viewers(language) for language in catalogue.VIEWERS}
    assert words["zh"].keys() == words["en"].keys() == words["uig"].keys()
    assert all(re.search("[\u0600-\u06ff]", text) for text in words["uig"].values())
    here = Path(station.__file__).parent
    used = set()
    for path in here.glob("station*.j2"):
        text = path.read_text(encoding="utf-8")
        used |= set(re.findall(r"frame\.word\('(\w+)'\)|words\.zh\.(\w+)|data-w=\"(\w+)\"", text))
    named = {name for found in used for name in found if name}
    assert named <= words["zh"].keys()


def test_lessons_stand_under_their_units_in_the_order_of_showing() -> None:
    lessons = [ShownLesson(number=at, title=str(at), unit=unit) for at, unit in enumerate(("a", "a", None, "b"), 1)]
    shown = station.units(ShownProgramme(title="x", kind="course", lessons=tuple(lessons)))
    assert [(unit, [item.number for item in items]) for unit, items in shown] == [
        ("a", [1, 2]),
        (None, [3]),
        ("b", [4]),
    ]


@pytest.mark.parametrize(("seconds", "shown"), [(0, "00:00"), (59.6, "01:00"), (3725, "1:02:05")])
def test_a_length_is_read_as_a_clock(seconds: float, shown: str) -> None:
    assert station.clock(seconds) == shown
