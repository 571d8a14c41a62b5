"""A folder for station computers in a real browser from the disk, without a line: each part to its end, chapters,
subtitles, slides, in Chinese and Uyghur, on a telephone too, and without scripts.

By hand: `pytest -m acceptance tests/acceptance/test_station_pages.py`. Needs Debian's `chromium` and `chromium-driver`.
What it looked like lies in the folder that it prints.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from pipeline.cli.main import _guarded
from pipeline.inspect import fonts
from pipeline.model.course import CoursePart, Title
from tests.acceptance.browser import Browser, browsers
from tests.conftest import Showcase
from tests.station_packages import CourseFolder

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]

H264 = ("-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p", "-movflags", "+faststart")
FILM_S, SOUND_S = 8, 6
SIZES = {"desk": (1366, 768), "phone": (400, 860)}
CHAPTERS = {"zh": "章节", "uig": "بۆلەكلەر"}
TIMES = [(0.0, 1, "开场"), (2.0, 2, "选种"), (4.0, 3, "播种 1.5–2 厘米"), (6.0, 1, "再看")]
STATE = """
const media = document.getElementById("media"), slide = document.getElementById("slide");
const box = item => item ? item.getBoundingClientRect() : {left: 0, top: 0, width: 0};
return {
  lang: document.documentElement.lang, dir: document.documentElement.dir,
  chapters: document.querySelector(".chapters h2")?.textContent ?? null,
  media: box(media).left, slide: box(slide).left, under: box(slide).top - box(media).top,
  wide: document.documentElement.scrollWidth - innerWidth,
  turned: [media, slide].filter(item => item).flatMap(item => {
    const found = [];
    for (let at = item; at; at = at.parentElement) found.push(getComputedStyle(at).transform);
    return found;
  }).filter(found => found !== "none"),
  whole: [...document.images].filter(item => item.offsetParent && !item.naturalWidth).map(item => item.src),
};"""
END = "const media = document.getElementById('media'); return media.ended && !media.error"
SHOWN = "return decodeURI(document.getElementById('slide').src).match(/(\\d{4})\\.jpg$/)[1]"


@pytest.fixture(scope="module")
def stick(lavfi: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A course of a lecture with slides and a dub, a lesson of sound with slides, a film alone, one that is missing."""
    tone = "sine=frequency={}:sample_rate=48000"
    moving = ("-f", "lavfi", "-i", "testsrc2=s=640x360:r=25")
    sounds = [word for hertz in (440, 660) for word in ("-f", "lavfi", "-i", tone.format(hertz))]
    maps = ("-map", "0", "-map", "1", "-map", "2", "-c:a", "aac", "-t", str(FILM_S))
    lecture = lavfi(*moving, *sounds, *maps, *H264).read_bytes()
    lesson = lavfi("-f", "lavfi", "-i", tone.format(330), "-t", str(SOUND_S), suffix=".mp3").read_bytes()
    pages = [
        lavfi(
            "-f",
            "lavfi",
            "-i",
            f"testsrc=s=1280x720:d=1:n={at},drawbox=c={colour}@0.6:t=fill",
            "-frames:v",
            "1",
            suffix=".jpg",
        ).read_bytes()
        for at, colour in enumerate(("white", "green", "orange"))
    ]
    course = CourseFolder(tmp_path_factory.mktemp("course") / "package")
    course.part("01", "播种", FILM_S, "第一单元", "Sowing")
    course.film("01", lecture, ("zho", "uig"))
    course.deck("01", pages, TIMES, "棉花播种.pdf")
    course.subtitles("01", "zho", [(0, 4, "先看种子"), (4, 8, "再说播种")])
    course.subtitles("01", "uig", [(0, 4, "ئاۋۋال ئۇرۇققا قارايلى"), (4, 8, "ئاندىن تېرىش")])
    course.put("part01/documents/cccccccccccc.docx", b"PK", "document", "01", file="播种讲义.docx")
    course.part("02", "田间管理", SOUND_S, "第一单元")
    course.lesson("02", lesson, "uig")
    course.deck("02", pages[:2], [(0, 1, "بىرىنچى بەت"), (3, 2, "ئىككىنچى بەت")], "管理.pdf")
    course.subtitles("02", "zho", [(0, 3, "浇水"), (3, 6, "施肥")])
    course.part("03", '</script><b>"采收"', FILM_S, "第二单元")
    course.film("03", lecture)
    course.expected.append(CoursePart(id="04", unit="第二单元", title=Title(zh="储运", en="Storing")))
    course.write()
    folder = tmp_path_factory.mktemp("stick")
    assert _guarded(["offline", str(course.root), "--to", str(folder), "-q"]) == 0
    return folder


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Browser]]:
    folder = tmp_path_factory.mktemp("browser")
    letters = folder / "data" / "fonts"
    letters.mkdir(parents=True)
    for name, path in fonts.paths().items():
        shutil.copy(path, letters / name)
    with browsers(folder, folder / "data") as made:
        yield made


def page(stick: Path, number: str) -> str:
    return next((stick / "课程").rglob(f"{number}-*.html")).as_uri()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("language", CHAPTERS)
def test_each_part_is_seen_to_its_end(
    language: str, size: str, stick: Path, start: Callable[..., Browser], tmp_path: Path
) -> None:
    browser = start()
    browser.size(*SIZES[size])
    browser.asked_for()  # a browser's own first page
    browser.open((stick / "index.html").as_uri())
    browser.click(f"[data-language={language}]")
    browser.picture(tmp_path / "index.png")
    for number, length in (("01", FILM_S), ("02", SOUND_S), ("03", FILM_S)):
        browser.open((stick / "index.html").as_uri())
        browser.click(f'.row a[href*="/{number}-"]')
        browser.wait("return document.getElementById('media')?.readyState >= 1")
        state = browser.run(STATE)
        expected = ("ug", "rtl") if language == "uig" else ("zh-CN", "ltr")
        assert (state["lang"], state["dir"]) == expected  # it was chosen on the page before
        assert state["chapters"] == (CHAPTERS[language] if number != "03" else None)
        assert (state["turned"], state["whole"]) == ([], [])
        assert state["wide"] <= 0
        if number != "03":
            if size == "phone":
                assert abs(state["media"] - state["slide"]) < 20
                assert state["under"] > 0
            else:
                assert (state["media"] > state["slide"]) == (language == "uig")
        browser.picture(tmp_path / f"{number}.png")
        browser.run("const media = document.getElementById('media'); media.playbackRate = 4; media.play();")
        browser.wait(END)
        assert abs(browser.run("return document.getElementById('media').duration") - length) < 0.3
    print(tmp_path)
    assert {url.partition(":")[0] for url in browser.asked_for()} <= {"file", "data", "blob"}


def test_chapters_jump_and_the_slide_follows(stick: Path, start: Callable[..., Browser], tmp_path: Path) -> None:
    browser = start()
    browser.open(page(stick, "01"))
    browser.wait("return document.getElementById('media').readyState >= 1")
    for at, (start_s, shown, _) in enumerate(TIMES):
        browser.click(f'[data-number="{at}"]')
        browser.wait(f"return !document.getElementById('media').seeking && {SHOWN[7:]} === '{shown:04}'")
        browser.run("document.getElementById('media').pause()")
        now = browser.run("return document.getElementById('media').currentTime")
        assert start_s <= now < start_s + 1.5
        assert browser.run("return document.querySelector('[data-at].now').dataset.number") == str(at)
    # every change as the film plays
    browser.run("""
    window.seen = [];
    const media = document.getElementById("media"), slide = document.getElementById("slide");
    const note = () => seen.push([media.currentTime, slide.src.slice(-8, -4)]);
    new MutationObserver(note).observe(slide, {attributeFilter: ["src"]});
    media.currentTime = 0; media.play();""")
    browser.wait(END)
    turns = browser.run("return seen")[-3:]
    for (start_s, shown, _), (at, name) in zip(TIMES[1:], turns, strict=True):
        assert name == f"{shown:04}"
        assert -0.05 <= at - start_s < 0.6
    # by hand, which the film leaves alone
    browser.run("document.getElementById('media').currentTime = 0")
    browser.wait(f"return {SHOWN[7:]} === '0001'")
    browser.click('.right [data-turn="1"]')
    assert (browser.run(SHOWN), browser.run("return document.getElementById('follow').checked")) == ("0002", False)
    browser.run("document.getElementById('media').currentTime = 5")
    browser.wait("return !document.getElementById('media').seeking")
    assert browser.run(SHOWN) == "0002"
    browser.click("#slide")
    assert browser.is_shown("#view")
    browser.click('#view [data-turn="1"]')
    browser.picture(tmp_path / "enlarged.png")
    browser.click("#close")
    assert (browser.run(SHOWN), browser.is_shown("#view")) == ("0003", False)
    browser.click("#follow")
    browser.wait(f"return {SHOWN[7:]} === '0003'")
    print(tmp_path)


def test_subtitles_and_sound_are_switched(stick: Path, start: Callable[..., Browser], tmp_path: Path) -> None:
    browser = start()
    browser.open(page(stick, "01"))
    showing = """
    const tracks = [...document.getElementById("media").textTracks].filter(item => item.mode === "showing");
    return tracks.map(item => [item.language, [...item.activeCues].map(cue => cue.getCueAsHTML().textContent)])"""
    browser.wait("return document.getElementById('media').readyState >= 2")
    browser.run("document.getElementById('media').currentTime = 5")
    said = {"zho": ["zh", "再说播种"], "uig": ["ug", "ئاندىن تېرىش"]}
    for code, (tag, words) in said.items():
        browser.click(f"[data-subtitle={code}]")
        ((language, cues),) = browser.wait(
            f"const found = (() => {{{showing}}})(); return found[0]?.[1].length && found"
        )
        assert (language, [cue.strip("\u202b\u202c\u2067\u2069") for cue in cues]) == (tag, [words])
        browser.picture(tmp_path / f"{code}.png")
    browser.click('[data-subtitle=""]')
    assert browser.run(showing) == []
    # who reads Uyghur gets Uyghur subtitles to Chinese sound, unless they chose otherwise
    browser.open(page(stick, "01") + "#lang=uig")
    browser.run("location.reload()")
    browser.wait("return document.querySelector('[data-subtitle=uig]')?.getAttribute('aria-pressed') === 'true'")
    source = browser.run("return document.querySelector('[data-sound$=m4a]').dataset.sound")
    assert unquote(source).endswith("01-播种-维吾尔语.m4a")
    browser.click("[data-sound$=m4a]")
    assert browser.run("return document.getElementById('media').muted")
    browser.run("document.getElementById('media').play()")
    browser.wait("return document.getElementById('media').currentTime > 1")
    browser.click('[data-sound=""]')
    assert not browser.run("return document.getElementById('media').muted")
    # under sound alone the words stand beneath the player
    browser.open(page(stick, "02"))
    browser.click("[data-subtitle=zho]")
    browser.run("document.getElementById('media').currentTime = 4")
    browser.wait("return document.getElementById('caption').textContent === '施肥'")
    browser.picture(tmp_path / "sound.png")
    print(tmp_path)


@pytest.mark.parametrize("made_of", ["ladder", "stream"])
@pytest.mark.usefixtures("served", "coded_quickly")
def test_a_film_of_iptv_plays_too(
    made_of: str, showcase: Showcase, film_of: Callable[..., Path], start: Callable[..., Browser], tmp_path: Path
) -> None:
    if made_of == "stream":
        sets = showcase.folder / "profiles" / "sets"
        sets.mkdir(parents=True)
        few = "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: iptv-sd}, {name: poster}]\n"
        (sets / "showcase-film.yaml").write_text(few)
    shutil.copy(film_of(7), showcase.folder / "村医.mp4")
    assert showcase("run", "村医.mp4", timeout=200).code == 0
    made = showcase("offline", "村医", "--to", tmp_path / "stick", "--json")
    assert made.code == 0, made.err
    browser = start()
    browser.open((tmp_path / "stick" / "index.html").as_uri())
    browser.picture(tmp_path / "index.png")
    browser.click(".row a[data-here]")
    browser.wait("return document.getElementById('media')?.readyState >= 1")
    browser.run("const media = document.getElementById('media'); media.playbackRate = 4; media.play();")
    browser.wait(END)
    media = "document.getElementById('media')"
    heard = browser.run(f"return [{media}.duration, {media}.webkitAudioDecodedByteCount, {media}.videoWidth]")
    assert abs(heard[0] - 7) < 0.15
    assert heard[1] > 50_000
    assert heard[2] >= 640
    print(tmp_path)


def test_without_scripts_it_is_a_plain_list(stick: Path, start: Callable[..., Browser], tmp_path: Path) -> None:
    browser = start(scripts=False)
    browser.open((stick / "index.html").as_uri())
    assert not browser.is_shown("[data-language]")
    browser.click('.row a[href*="/01-"]')
    assert browser.is_shown("video")
    assert browser.is_shown(".note")
    assert browser.is_shown(".chapters a")
    assert browser.is_shown('.right a[href*="0002.jpg"]')
    assert not browser.is_shown(".pager")
    browser.picture(tmp_path / "plain.png")
    browser.click('[data-number="2"]')
    browser.wait("return location.hash === '#t=4'")
    print(tmp_path)
