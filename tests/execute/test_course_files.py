"""Files of a folder as the parts of a course, by their names alone."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from pipeline.execute import course_files, course_order, endings, lesson_names
from pipeline.execute.course_files import CourseFiles
from pipeline.execute.endings import FILMS, SOUND, FileKind
from pipeline.execute.lesson_names import WHOLE
from pipeline.model.submission import Submission


def grouped(*names: str, said: dict[str, str] | None = None, there: Submission | None = None) -> CourseFiles:
    files = [lesson_names.named(name) for name in names]
    films = [item.path for item in files if item.ending in (*FILMS, *SOUND)]
    return course_files.grouped(files, films, said or {}, there, "zho")


def placed(made: CourseFiles) -> dict[str, tuple[str, str, str]]:
    """Role, part and language of each file."""
    return {row["file"]: (row["role"], row.get("part", WHOLE), row.get("language", "")) for row in made.media}


ROLES = {
    FileKind.FILM: {"main"},
    FileKind.SOUND: {"main"},
    FileKind.DOCUMENT: {"slides", "document"},
    FileKind.SUBTITLES: {"subtitles"},
    FileKind.PICTURE: {"poster"},
    FileKind.TABLE: {"slide_times"},
}


def test_what_a_batch_says_is_handed_in_by_init_is_taken_by_init() -> None:
    assert set(ROLES) == set(FileKind) - {FileKind.SUBMISSION, FileKind.UNKNOWN}
    seen: list[str] = []
    for kind, roles in ROLES.items():
        for ending in endings.BY_KIND[kind]:
            seen.append(ending)
            assert endings.kind_of(PurePosixPath(f"x/01{ending.upper()}")) is kind
            beside = [] if "main" in roles else ["01.mp4"]
            made = placed(grouped(*beside, f"01{ending}"))
            assert made[f"01{ending}"][0] in roles, ending
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize(
    "names",
    [
        ["第一讲", "第2讲", "第九讲", "第10讲", "第十一讲", "第二十讲", "第101讲"],
        ["1-1", "1-2", "１－１０", "2-1"],
        ["01 播种", "２ 管理", "10 采收"],
        ["一、播种", "二、管理", "十、采收"],
        ["第一单元第2讲", "第一单元第10讲", "第二单元第1讲"],
        ["棉花（上）", "棉花（中）", "棉花（下）"],
        ["（一）播种", "（二）浇水", "（三）收"],
        ["(一)", "(二)", "(三)", "(十)", "(十一)"],
        ["播种（一）", "播种（二）", "播种（三）"],
        ["播种一", "播种二", "播种三"],
        ["上篇一", "上篇二", "上篇三", "中篇一", "下篇一"],
        ["Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "Ⅸ", "Ⅹ"],
        ["Part I", "Part II", "Part III", "Part IX"],
        ["㈠", "㈡", "⑶", "④"],
        ["第壹讲", "第贰讲", "第叁讲"],
        ["第二十一讲", "第廿二讲", "第一百零二讲"],
        ["lesson2", "Lesson 10", "lesson 11"],
    ],
)
def test_lessons_come_as_people_count(names: list[str]) -> None:
    shuffled = sorted(names, reverse=True)
    assert sorted(shuffled, key=lambda name: course_order.natural(f"{name}.mp4")) == names


def test_forms_of_numbers_are_mixed_freely() -> None:
    made = grouped("第10讲.mp4", "第一讲.mp4", "02.mp4", "第３讲 播种.mp4", "四、采收.mp4")
    assert [part.id for part in made.parts] == ["01", "02", "03", "04", "10"]
    assert [part.title for part in made.parts] == ["第一讲", None, "第３讲 播种", "四、采收", "第10讲"]


def test_files_are_joined_by_stem_and_language() -> None:
    made = grouped(
        *("01.mp4", "01.pdf", "01.csv", "01.uig.srt", "01_维语字幕.vtt", "01.zho.srt", "01.jpg", "01 讲义.docx"),
        *("第2讲.mp4", "02.pptx", "02.PDF", "第二讲课件.uig.pdf", "2.uig.m4a", "第2讲作业.pdf"),
    )
    assert placed(made) == {
        "01.mp4": ("main", "01", ""),
        "01.pdf": ("slides", "01", ""),
        "01.csv": ("slide_times", "01", ""),
        "01.uig.srt": ("subtitles", "01", "uig"),
        "01.zho.srt": ("subtitles", "01", "zho"),
        "01.jpg": ("poster", "01", ""),
        "01 讲义.docx": ("document", "01", ""),
        "第2讲.mp4": ("main", "02", ""),
        "02.pptx": ("slides", "02", ""),
        "02.PDF": ("slides", "02", ""),
        "第2讲作业.pdf": ("document", "02", ""),
    } | {"2.uig.m4a": ("audio", "02", "uig")}
    assert made.unplaced == ["01_维语字幕.vtt", "第二讲课件.uig.pdf"]  # there is one of these already


def test_what_no_part_is_named_after_is_the_whole_courses_or_is_asked_for() -> None:
    made = grouped("1.mp4", "讲义.pdf", "总复习.docx", "封面.jpg", "播种.pdf", "x.srt", "y.csv", "旧.zip", "2.m4a")
    whole = {name for name, (_, part, _) in placed(made).items() if part == WHOLE}
    assert whole == {"讲义.pdf", "总复习.docx", "封面.jpg"}
    assert made.unplaced == ["播种.pdf", "x.srt", "y.csv", "旧.zip"]
    said = grouped("1.mp4", "播种.pdf", said={"播种.pdf": "01"})
    assert placed(said)["播种.pdf"] == ("slides", "01", "")


def test_two_posters_are_found_by_what_their_names_say_of_their_shape() -> None:
    made = grouped(
        *("01.mp4", "01.jpg", "01-竖版.jpg", "02 管理.mp4", "02 管理_portrait.png", "海报/横版/02.jpg", "纵横.mp4"),
        *("纵横.jpg", "竖版海报.jpg", "poster-landscape.png", "封面.jpg"),
    )
    posters = {name: part for name, (role, part, _) in placed(made).items() if role == "poster"}
    assert posters == {
        **{
            "01.jpg": "01",
            "01-竖版.jpg": "01",
            "02 管理_portrait.png": "02",
            "海报/横版/02.jpg": "02",
            "纵横.jpg": "03",
        },
        **{"竖版海报.jpg": WHOLE, "poster-landscape.png": WHOLE},
    }
    assert made.doubles == ["封面.jpg"], "a third one is asked about"
    film = grouped("村医.mp4", "村医.jpg", "村医-竖.jpg")
    assert (film.is_film, film.unplaced) == (True, [])


def test_slides_alone_are_lessons() -> None:
    assert [part.id for part in grouped("01.mp4", "03.pdf", "02.m4a", "02.pdf").parts] == ["01", "02", "03"]
    assert [part.title for part in grouped("播种.pdf", "管理.pdf").parts] == ["播种", "管理"]


def test_folders_are_units_and_their_numbers_may_begin_anew() -> None:
    made = grouped("第一单元/01.mp4", "第一单元/02.mp4", "第二单元/01.mp4", "第二单元/01.srt")
    assert [(part.id, part.unit) for part in made.parts] == [
        ("01", "第一单元"),
        ("02", "第一单元"),
        ("03", "第二单元"),
    ]
    assert placed(made)["第二单元/01.srt"] == ("subtitles", "03", "zho")


def test_a_course_that_stands_there_keeps_its_ids_and_takes_what_is_new_where_it_belongs() -> None:
    there = Submission.model_validate_json(
        '{"schema_version":1,"title":"t","kind":"course","parts":[{"id":"a","title":"播种"},{"id":"c"},{"id":"09"}],'
        '"media":[{"file":"播种.mp4","role":"main","part":"a"},{"file":"采收.mp4","role":"main","part":"c"}]}'
    )
    made = grouped("播种.mp4", "施肥.mp4", "采收.mp4", there=there)
    assert [part.id for part in made.parts] == ["a", "01", "c", "09"]
    assert [row["part"] for row in made.media] == ["a", "01", "c"]


def test_one_film_with_what_goes_with_it_is_a_film() -> None:
    assert grouped("村医.mp4", "村医.uig.srt", "村医.jpg").is_film
    assert not grouped("村医.mp4", "村医.pdf").is_film
    assert not grouped("村医.m4a").is_film


@pytest.mark.parametrize(
    ("names", "ids"),
    [
        (["（一）播种", "（二）浇水", "（三）收"], ["01", "02", "03"]),
        (["导学", "第1讲", "第2讲", "第10讲"], ["00", "01", "02", "10"]),
        (["第1讲", "第2讲", "总结"], ["01", "02", "03"]),
        (["第二讲", "第三讲（上）", "第三讲（中）", "第三讲（下）"], ["02", "03-1", "03-2", "03-3"]),
        (["03播种（上）", "03播种（下）", "04上"], ["03-1", "03-3", "04-1"]),
        (["第二十一讲", "第廿二讲", "第一百零二讲"], ["21", "22", "102"]),
        (["01播种_final", "01播种_字幕版", "02浇水"], ["01", "01-2", "02"]),
        (["上篇一", "上篇二", "下篇一"], ["1-1", "1-2", "3-1"]),
        (["1-1", "1-2", "2-1"], ["1-1", "1-2", "2-1"]),
        (["01播种", "3月总结"], ["01", "02"]),
        (["2024-05-01 播种", "2024-05-08 灌溉", "2024-05-15", "IMG_0001", "播种"], ["01", "02", "03", "04", "05"]),
        (["2024.5.1", "20240508", "2024年5月15日", "VID_20240516_001010"], ["01", "02", "03", "04"]),
        (
            ["VID_20240515_101010", "2024-05-15 11-00-00 灌溉(上)", "20240516101010", "2024-6-1"],
            ["01", "02", "03", "04"],
        ),
        (["240501", "240508"], ["01", "02"]),
        (
            ["第1讲", "第2讲 20240508", "2024-05-01 第3讲", "2024-05-01 答疑", "IMG_0009"],
            ["01", "02", "03", "04", "05"],
        ),
        (["DSC00012", "DSC00015"], ["01", "02"]),
        (["第1讲 ", "第1讲(上)", "第1讲(下)", "A1", "B1"], ["01", "01-1", "01-3", "02", "03"]),
        (["A1", "A2", "B1"], ["01", "02", "03"]),
    ],
)
def test_each_lesson_keeps_its_own_number(names: list[str], ids: list[str]) -> None:
    files = sorted((f"{name}.mp4" for name in names), key=course_order.natural)
    made = grouped(*files)
    assert [part.id for part in made.parts] == ids
    assert [row["file"] for row in made.media] == [f"{name}.mp4" for name in names]
    assert not made.unplaced


def test_a_long_name_is_cut_where_it_becomes_a_title() -> None:
    made = grouped(f"{'u' * 200}/{'x' * 200}.mp4")
    assert [(part.unit, part.title) for part in made.parts] == [("u" * 128, "x" * 128)]


def test_units_come_by_their_numbers() -> None:
    made = grouped("（三）收获/01.mp4", "（一）准备/01.mp4", "（二）播种/01.mp4", "（二）播种/02.mp4")
    assert [(part.id, part.unit) for part in made.parts] == [
        ("01", "（一）准备"),
        ("02", "（二）播种"),
        ("03", "（二）播种"),
        ("04", "（三）收获"),
    ]


def test_a_number_joins_other_names_where_one_lesson_has_it() -> None:
    made = grouped("01-播种.mp4", "03-收割.mp4", "03-收获.pdf", "1 春播.srt", "第三讲 收.csv", "03 收.uig.m4a")
    assert placed(made)["03-收获.pdf"] == ("slides", "03", "")
    assert placed(made)["1 春播.srt"][:2] == ("subtitles", "01")
    assert placed(made)["第三讲 收.csv"][:2] == ("slide_times", "03")
    assert placed(made)["03 收.uig.m4a"] == ("audio", "03", "uig")
    assert [part.id for part in made.parts] == ["01", "03"]
    asked = grouped("03-收割.mp4", "03-采收.mp4", "03-收获.pdf", "04-a.pdf", "04-b.pdf")
    assert asked.unplaced == ["03-收获.pdf", "04-b.pdf"]
    assert [part.id for part in asked.parts] == ["03", "03-2", "04"]


@pytest.mark.parametrize(
    ("ending", "language"),
    [
        *(
            (".zh-CN", "zho"),
            (".zh-Hans", "zho"),
            (".zho-CN", "zho"),
            (".chs", "zho"),
            (".en-US", "eng"),
            ("_ug_CN", "uig"),
        ),
        *((".ug-CN", "uig"), (".ug-Arab-CN", "uig"), ("简体", "zho"), ("_简体中文", "zho"), ("（维吾尔语）", "uig")),
        *((" [kk-Cyrl]", "kaz"), (".zh-CN.简体", "zho"), ("-锡伯语", "sjo"), ("（繁体）字幕", "zho")),
    ],
)
def test_usual_endings_tell_the_language(ending: str, language: str) -> None:
    for stem in ("01", "第2讲 播种", "1-2"):
        told = lesson_names.named(f"{stem}{ending}.srt")
        assert (told.stem, told.language) == (stem, language)


@pytest.mark.parametrize("stem", ["01-ab-cd", "02 to-do", "播种-a-b", "第2讲"])
def test_what_is_no_language_stays_in_the_name(stem: str) -> None:
    assert lesson_names.named(f"{stem}.mp4").language is None


def test_two_of_one_language_are_told_apart_from_what_fits_nowhere() -> None:
    made = grouped("01.mp4", "01.srt", "01.chs.srt", "01.zh-CN.vtt", "01（维吾尔语）.srt", "x.srt")
    assert (made.unplaced, made.doubles) == (["01.chs.srt", "01.zh-CN.vtt", "x.srt"], ["01.chs.srt", "01.zh-CN.vtt"])
    assert placed(made)["01（维吾尔语）.srt"] == ("subtitles", "01", "uig")


@pytest.mark.parametrize("answer", ["1", "01", "０１", "第1讲", "第一讲", " 1 "])
def test_a_part_is_named_in_any_form(answer: str) -> None:
    assert lesson_names.meant(answer, ["01", "10"]) == "01"
    assert lesson_names.meant("ALL", ["01"]) == WHOLE
    assert lesson_names.meant("3", ["01", "10"]) is None
    assert placed(grouped("1.mp4", "x.srt", said={"x.srt": answer}))["x.srt"][1] == "01"


def test_folders_of_a_kind_or_a_language_are_no_units() -> None:
    made = grouped(
        *("视频/01.mp4", "视频/02.mp4", "课件/01.pdf", "课件/02.pdf", "字幕/zho/01.srt", "字幕/维吾尔语/01.srt"),
        *("讲义/01.pdf", "资料/手册.docx", "配音/uig/02.m4a", "海报/01.jpg", "海报/封面.jpg", "翻页时间/01.csv"),
    )
    assert placed(made) == {
        "视频/01.mp4": ("main", "01", ""),
        "视频/02.mp4": ("main", "02", ""),
        "课件/01.pdf": ("slides", "01", ""),
        "课件/02.pdf": ("slides", "02", ""),
        "字幕/zho/01.srt": ("subtitles", "01", "zho"),
        "字幕/维吾尔语/01.srt": ("subtitles", "01", "uig"),
        "讲义/01.pdf": ("document", "01", ""),
        "资料/手册.docx": ("document", WHOLE, ""),
        "配音/uig/02.m4a": ("audio", "02", "uig"),
        "海报/01.jpg": ("poster", "01", ""),
        "海报/封面.jpg": ("poster", WHOLE, ""),
        "翻页时间/01.csv": ("slide_times", "01", ""),
    }
    assert [(part.id, part.unit) for part in made.parts] == [("01", None), ("02", None)]


@pytest.mark.parametrize(
    "names",
    [
        ["第一单元/视频/01.mp4", "第一单元/课件/01.pdf", "第二单元/视频/01.mp4", "第二单元/课件/01.pdf"],
        ["视频/第一单元/01.mp4", "PPT/第一单元/01.pdf", "视频/第二单元/01.mp4", "PPT/第二单元/01.pdf"],
        [
            "1、视频文件/第一单元/01.mp4",
            "2、课件/第一单元/01.pdf",
            "1、视频文件/第二单元/01.mp4",
            "2、课件/第二单元/01.pdf",
        ],
    ],
)
def test_units_lie_within_such_folders_or_about_them(names: list[str]) -> None:
    made = grouped(*names)
    assert [(part.id, part.unit) for part in made.parts] == [("01", "第一单元"), ("02", "第二单元")]
    assert [(row["file"], row["part"]) for row in made.media] == [
        (name, own) for name, own in zip(names, ["01", "01", "02", "02"], strict=True)
    ]


def test_two_recordings_of_one_lesson_are_one_part_and_a_double() -> None:
    made = grouped("uig/01.mp4", "zho/01.mp4", "01.m4a")
    assert [part.id for part in made.parts] == ["01"]
    assert len(made.doubles) == 2
