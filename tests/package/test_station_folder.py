"""What of a package goes to a station, where, and what the folder knows of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentFault, InputError, IntegrityError
from pipeline.media import fat
from pipeline.model.offline import StationIndex, StationItem
from pipeline.model.package import Package
from pipeline.model.plan import OutputForm
from pipeline.package.offline import contents, folder, placing, sources, telling
from pipeline.package.offline.contents import Remuxed
from pipeline.package.offline.folder import StationFolder, Wanted
from tests.factories import audio, video
from tests.station_packages import CourseFolder

DECK = [(0.0, 1, "开场"), (2.5, 2, "2"), (5.0, 1, "再看")]


@pytest.fixture
def course(tmp_path: Path) -> CourseFolder:
    made = CourseFolder(tmp_path / "package")
    made.part("01", "播种", 8.0, "第一单元", "Sowing")
    made.film("01", b"film one", ("zho", "uig"))
    made.deck("01", [b"page 1", b"page 2"], DECK, "播种.pdf")
    made.subtitles("01", "uig", [(1, 2, "تېرىش <b>")])
    made.subtitles("01", "zho", [(1, 2, "播种 & 管理")])
    made.put("part01/documents/cccccccccccc.docx", b"PK", "document", "01", file="讲义/播种?.doc")
    made.put("part01/documents/dddddddddddd.docx", b"PK 2", "document", "01", file="播种?.DOC")
    made.part("02", "CON", 4.0)
    made.lesson("02", b"sound", "uig")
    made.put("part02/documents/ffffffffffff.pdf", b"%PDF 02", "document", "02", file="02.pdf")
    made.put("part02/documents/aaaaaaaaaaaa.pdf", b"%PDF 02-", "document", "02", file="02-讲义.pdf")
    made.put("documents/eeeeeeeeeeee.pdf", b"%PDF", "document", None, file="全书.pdf")
    return made


def package_of(course: CourseFolder) -> Package:
    return sources.in_folder(course.write()).package


@pytest.mark.parametrize("shapes", [("landscape", "portrait"), ("portrait",), ("landscape",)])
def test_a_lesson_shows_its_landscape_poster(course: CourseFolder, shapes: tuple[str, ...]) -> None:
    for number, shape in enumerate(sorted(shapes, reverse=True)):  # the portrait one is named first
        name = f"{number}-{shape}"
        file = course.put(f"part01/images/{name}.jpg", shape.encode(), "poster", "01", rendition=name)
        course.rendition("01", name, OutputForm.POSTER, file, [])
        size = {"width": 600, "height": 800, "display_aspect": 0.75} if shape == "portrait" else {}
        media = course.renditions[-1].media.model_copy(update={"video": (), "images": (video(**size),)})
        course.renditions[-1] = course.renditions[-1].model_copy(update={"media": media})
    shown = contents.lessons(package_of(course))[0].poster
    assert shown is not None
    assert shown.path.endswith(f"{shapes[0]}.jpg")


def test_everything_of_a_course_has_a_name_of_its_own_that_is_read(course: CourseFolder) -> None:
    item = placing.placed(package_of(course), "棉花")
    paths = [at.path for at in item.placements]
    assert len({fat.key(path) for path in paths}) == len(paths)
    assert {path for path in paths if path.startswith("电视/")} == {"电视/棉花/01-播种.mp4", "电视/棉花/02-CON.mp3"}
    assert "课程/棉花/声音/01-播种-维吾尔语.m4a" in paths
    assert {path for path in paths if path.endswith((".docx", ".pdf"))} == {
        "课程/棉花/资料/01-播种.docx",
        "课程/棉花/资料/01-播种 (2).docx",
        "课程/棉花/资料/01-播种.pdf",
        "课程/棉花/资料/02-CON.pdf",
        "课程/棉花/资料/02-讲义.pdf",
        "课程/棉花/资料/全书.pdf",
    }
    assert [lesson.page for lesson in item.lessons] == ["课程/棉花/01-播种.html", "课程/棉花/02-CON.html"]
    assert [lesson.is_film for lesson in item.lessons] == [True, False]
    assert max(fat.units(path) for path in paths) < fat.MOST_PATH_UNITS


def test_the_longest_titles_stay_within_what_windows_takes(tmp_path: Path) -> None:
    made = CourseFolder(tmp_path, title="长" * 128)
    made.part("01", "题" * 128, 8.0)
    made.film("01", b"film", ("zho", "uig"))
    made.put("part01/documents/cccccccccccc.docx", b"PK", "document", "01", file=f"{'讲' * 200}.docx")
    package = package_of(made)
    item = placing.placed(package, placing.named(package, set()))
    assert max(fat.units(at.path) for at in item.placements) < fat.MOST_PATH_UNITS
    assert max(len(part.encode()) for at in item.placements for part in at.path.split("/")) <= 255


def test_a_page_knows_subtitles_chapters_and_when_which_slide_is_shown(course: CourseFolder) -> None:
    source = sources.in_folder(course.write())
    lesson = contents.lessons(source.package)[0]
    told = telling.told(lesson, source.read)
    assert [(item.language, item.tag, item.name) for item in told.subtitles] == [
        ("zho", "zh", "中文"),
        ("uig", "ug", "ئۇيغۇرچە"),
    ]
    assert telling.payload(told.subtitles[0].cues[0]) == (1.0, 2.0, "播种 &amp; 管理", "")
    assert [(item.start_s, item.title, item.page) for item in told.chapters] == DECK_CHAPTERS
    assert [(item.start_s, item.page) for item in told.times] == [(0.0, 1), (2.5, 2), (5.0, 1)]
    assert [page.path[-8:] for page in lesson.pages] == ["0001.jpg", "0002.jpg"]
    (course.root / lesson.times.path).write_bytes(b"{}")  # type: ignore[union-attr]
    with pytest.raises(IntegrityError, match="offline_differs"):
        telling.told(lesson, source.read)


DECK_CHAPTERS = [(0.0, "开场", 1), (2.5, "", 2), (5.0, "再看", 1)]


def test_a_film_without_an_mp4_is_made_of_the_finest_rung_and_all_its_sound(tmp_path: Path) -> None:
    made = CourseFolder(tmp_path)
    made.part("01", "片", 8.0)
    for name, form in (
        ("hls-540", OutputForm.HLS_VIDEO),
        ("hls-a", OutputForm.HLS_AUDIO),
        ("hls-b", OutputForm.HLS_AUDIO),
    ):
        file = made.put(f"hls/{name}/index.m3u8", name.encode(), "hls", "01", rendition=name)
        language = "uig" if name == "hls-b" else "zho"
        made.rendition("01", name, form, file, [audio(language=language)] if form is OutputForm.HLS_AUDIO else ())
        made.renditions[-1] = made.renditions[-1].model_copy(update={"profile": "hls"})
    (lesson,) = contents.lessons(package_of(made))
    assert isinstance(lesson.film, Remuxed)
    assert [(item.path, item.stream) for item in lesson.film.streams] == [
        ("hls/hls-540/index.m3u8", "v:0"),
        ("hls/hls-a/index.m3u8", "a:0"),
    ]
    assert lesson.film_language == "zho"
    assert [item.language for item in lesson.sounds] == ["uig"]


def test_what_is_made_of_streams_gets_their_label_of_generated_content(tmp_path: Path) -> None:
    made = CourseFolder(tmp_path)
    for key, form in (("01", OutputForm.HLS_VIDEO), ("02", OutputForm.MPEGTS), ("03", OutputForm.MPEGTS)):
        made.part(key, "片", 8.0)
        file = made.put(f"{key}/index.m3u8", key.encode(), "hls", key, rendition=key)
        made.rendition(key, key, form, file, [audio(language="zho")] if form is OutputForm.MPEGTS else ())
    plain = {lesson.film.made_of for lesson in contents.lessons(package_of(made)) if isinstance(lesson.film, Remuxed)}
    made.renditions[0] = made.renditions[0].model_copy(update={"generated_label": '{"a": 1}'})
    made.parts[1] = made.parts[1].model_copy(update={"generated_label": "{}"})  # a stream holds none itself
    films = [lesson.film for lesson in contents.lessons(package_of(made))]
    assert [film.generated_label for film in films if isinstance(film, Remuxed)] == ['{"a": 1}', "{}", None]
    assert len(plain & {film.made_of for film in films if isinstance(film, Remuxed)}) == 1


def test_what_is_written_is_known_by_its_digest_and_a_stop_leaves_files_whole(tmp_path: Path) -> None:
    station = StationFolder(tmp_path / "stick")
    wanted = folder.content("电视/a.mp4", b"film")
    item = StationItem(prefecture="653200", submission_id="x", name="a", files=folder.claims([wanted], {}))
    station.refuse_unfit(station.missing([wanted]))
    station.claim(StationIndex(files={}).with_item(item))

    def stopped(path: Path) -> str:
        path.write_bytes(b"fi")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        station.put(wanted, stopped)
    assert not (station.root / wanted.path).exists()
    again = StationFolder(station.root)
    assert again.missing([wanted]) == [wanted]

    def written(path: Path) -> str:
        path.write_bytes(b"film")
        return wanted.made_of

    made = again.put(wanted, written)
    again.claim(again.index.with_item(item.model_copy(update={"files": {wanted.path: made}})))
    again.tidy()
    assert StationFolder(station.root).missing([wanted]) == []
    assert sorted(path.name for path in station.root.iterdir()) == [folder.NAME, "电视"]
    assert again.remove([wanted.path]) == 1
    assert sorted(path.name for path in station.root.iterdir()) == [folder.NAME]


def test_nothing_of_others_is_replaced_and_what_does_not_fit_is_told_before(tmp_path: Path) -> None:
    station = StationFolder(tmp_path)
    (tmp_path / "index.html").write_bytes(b"mine")
    with pytest.raises(InputError, match="offline_foreign"):
        station.refuse_unfit([folder.content("index.html", b"ours")])
    station.refuse_unfit([folder.content("index.html", b"mine")])  # the same bytes may be ours
    with pytest.raises(EnvironmentFault, match="offline_too_large") as caught:
        station.refuse_unfit([Wanted("电视/a.mp4", "0" * 64, fat.MOST_FILE_BYTES + 1)])
    assert caught.value.where == "电视/a.mp4"
    many = [Wanted(f"{number}.mp4", "0" * 64, fat.MOST_FILE_BYTES) for number in range(30_000)]
    with pytest.raises(EnvironmentFault, match="offline_no_room") as lacking:
        station.refuse_unfit(many)
    assert int(str(lacking.value.values["needed_mb"])) > 30_000 * 4294


def test_a_manifest_that_is_not_the_lists_is_no_package(course: CourseFolder) -> None:
    root = course.write()
    manifest = json.loads((root / "package.json").read_text())
    manifest["revision"] = 9
    (root / "package.json").write_text(json.dumps(manifest))
    with pytest.raises(IntegrityError, match="offline_differs"):
        sources.in_folder(root)
