"""A programme as ADI 1.1: which assets it has, what each says, and how they are called."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from pipeline.model.adi import AdiSettings, Asset
from pipeline.model.media import Scan
from pipeline.model.package import PackageFile
from pipeline.model.plan import OutputForm
from pipeline.model.profile_set import ProfileSet
from pipeline.model.programme import Programme, ProgrammePart
from pipeline.model.rendition import Rendition
from pipeline.model.submission import Submission
from pipeline.package.metadata import adi, adi_files
from pipeline.package.metadata.adi_document import from_xml
from pipeline.package.programme import PackagedPart
from tests.factories import audio, inspection, video
from tests.programmes import planned, programme, rendition, still

SETTINGS = AdiSettings(
    provider="XJDE",
    provider_id="example.org",
    provider_prefix="XJD",
    product="FVOD",
    provider_content_tier=("FREE", "BASIC"),
    category="远程教育",
    provider_qa_contact="qa@example.org",
)
WHOLE = {
    "schema_version": 1,
    "id": "653200-doctor",
    "title": "我们的村医 <&> \"'",
    "prefecture": "653200",
    "column": "七一",
    "synopsis": "一位乡村医生\n的一天。",
    "genre": "纪录片",
    "country": "中国",
    "produced": "2026-06-10",
    "licence": {"from": "2026-07-01", "until": "2029-06-30"},
    "credits": {
        "director": "古丽",
        "organisation": "和田电视台",
        "cast": ["阿依", "Karim, Ali"],
        "writers": ["甲", "乙"],
    },
    "media": [{"file": "f.mov", "role": "main"}],
}


def said_of(changes: Mapping[str, object]) -> Submission:
    kept = {key: value for key, value in {**WHOLE, **changes}.items() if value is not None}
    return Submission.model_validate_json(json.dumps(kept))


def summed(item: Rendition, suffix: str, size: int = 1_000_000) -> Rendition:
    """With an ending, a size and an MD5 of its own."""
    path = f"x/{item.name}{suffix}"
    file = item.files[0].model_copy(
        update={"path": path, "size_bytes": size, "md5": hashlib.md5(path.encode(), usedforsecurity=False).hexdigest()}
    )
    return item.model_copy(update={"files": (file,)})


def streams(*names: str) -> list[Rendition]:
    """HD where the name says so, else 576 lines with fields."""
    made = []
    for name in names:
        size = {} if name.startswith("iptv-hd") else {"width": 720, "height": 576, "scan": Scan.INTERLACED}
        media = inspection(video_tracks=(video(**size),), audio_tracks=(audio(codec="MPEG Audio"),)).media
        burnt = name.rpartition("-")[2] if name.count("-") > 1 else None
        item = rendition(name, OutputForm.MPEGTS, media).model_copy(update={"burnt": burnt})
        made.append(summed(item, ".ts"))
    return made


def film(
    settings: AdiSettings | None = SETTINGS,
    made: list[Rendition] | None = None,
    revision: int = 2,
    **changes: object,
) -> Programme:
    made = made or [*streams("iptv-hd", "iptv-sd"), summed(rendition("poster", OutputForm.POSTER), ".jpg")]
    names = [item.name for item in made if item.form is OutputForm.MPEGTS]
    part = PackagedPart(1, planned(*names).model_copy(update={"adi": settings}), tuple(made), {})
    return programme(said_of(changes), revision, [(part, 1, "x")])


def course(*keys: str, **changes: object) -> Programme:
    media = [{"file": key, "role": "main", "part": key} for key in keys]
    submission = said_of({"kind": "course", "media": media, **changes})
    parts = []
    for number, key in enumerate(keys, start=1):
        plan = planned("iptv-hd").model_copy(update={"adi": SETTINGS})
        parts.append((PackagedPart(key, plan, tuple(streams("iptv-hd")), {}), number, f"第{number}讲"))
    return programme(submission, 1, parts)


def document(told: Programme) -> Asset:
    (content,) = adi.render(told).values()
    return from_xml(content)


def by_class(package: Asset) -> dict[str, Asset]:
    return {item.ams.asset_class: item for item in package.all()}


def one(asset: Asset, name: str) -> str:
    (value,) = asset.said(name)
    return value


def test_a_film_is_one_title_of_its_finest_stream_and_its_poster() -> None:
    found = by_class(document(film()))
    assert list(found) == ["package", "title", "movie", "poster"]
    title, movie, poster = found["title"], found["movie"], found["poster"]
    assert {item.ams.creation_date for item in found.values()} == {"2026-06-10"}
    assert {(item.ams.version_major, item.ams.version_minor) for item in found.values()} == {("2", "0")}
    told = ("Title", "Summary_Short", "Rating", "Run_Time", "Display_Run_Time", "Year", "Country_of_Origin", "Genre")
    assert [one(title, name) for name in told] == [
        "我们的村医 <&> \"'",
        "一位乡村医生 的一天。",
        "NR",
        "00:00:24",
        "00:00",
        "2026",
        "CN",
        "Documentary",
    ]
    assert one(title, "Category") == "远程教育/七一展播"
    assert (one(title, "Licensing_Window_Start"), one(title, "Licensing_Window_End")) == (
        "2026-07-01T00:00:00",
        "2029-06-30T23:59:59",
    )
    assert (title.said("Actors"), title.said("Director")) == (("阿依", "Karim,Ali"), ("古丽",))
    assert (one(title, "Actors_Display"), one(title, "Writer_Display")) == ("阿依、Karim, Ali", "甲、乙")
    assert found["package"].said("Provider_Content_Tier") == ("FREE", "BASIC")
    technical = ("Audio_Type", "Languages", "HDContent", "Codec", "Resolution", "Frame_Rate", "Bit_Rate")
    assert [one(movie, name) for name in technical] == ["Stereo", "zh", "Y", "AVC HP@L40", "1080p", "25", "333"]
    assert (one(movie, "Content_FileSize"), len(one(movie, "Content_CheckSum"))) == ("1000000", 32)
    assert (movie.content, poster.content) == (f"{movie.ams.asset_id}.ts", f"{poster.ams.asset_id}.jpg")
    assert one(poster, "Image_Aspect_Ratio") == "1280x720"


def test_ids_are_the_films_and_stay_when_it_is_revised() -> None:
    first, second = by_class(document(film(revision=1))), by_class(document(film(revision=7, title="新名")))
    ids = {name: item.ams.asset_id for name, item in first.items()}
    assert ids == {name: item.ams.asset_id for name, item in second.items()}
    assert [text[:4] for text in ids.values()] == ["XJDP", "XJDT", "XJDM", "XJDI"]
    assert {len(text) for text in ids.values()} == {20}
    assert {item.ams.version_major for item in second.values()} == {"7"}
    neighbour = by_class(document(film(prefecture="653100")))
    assert not {item.ams.asset_id for item in neighbour.values()} & set(ids.values())


def test_the_longest_words_keep_every_limit() -> None:
    told = film(
        id="a" * 24,
        title="长" * 128,
        synopsis="简" * 1024,
        rating="级" * 50,
        credits={"organisation": "台" * 128, "cast": ["演" * 17, "名" * 16], "producers": ["x" * 40]},
        genre="体" * 33,
        column="栏/" * 30,
    )
    found = by_class(document(told))
    title = found["title"]
    assert title.ams.asset_name == f"653200 {'a' * 24} title"
    assert len(title.ams.description) == 100
    assert (title.said("Actors"), title.said("Producers"), title.said("Genre")) == (("名" * 16,), (), ())
    assert one(title, "Category") == f"远程教育/{'栏／' * 9}栏…"
    assert [len(one(title, name)) for name in ("Title_Brief", "Title", "Summary_Short")] == [19, 128, 75]


@pytest.mark.parametrize(
    ("movie", "names", "chosen"),
    [
        ((), ("iptv-sd", "iptv-hd-uig", "iptv-hd"), "iptv-hd"),
        ((), ("iptv-hd-uig", "iptv-sd"), "iptv-sd"),
        (("iptv-hd-uig", "iptv-sd"), ("iptv-hd", "iptv-sd", "iptv-hd-uig"), "iptv-hd-uig"),
        (("iptv-hd-kaz", "iptv-sd"), ("iptv-hd", "iptv-sd"), "iptv-sd"),
        (("iptv-hd-kaz",), ("iptv-hd", "iptv-sd"), "iptv-hd"),
    ],
)
def test_the_movie_is_the_sets_choice_or_the_finest_that_nothing_is_drawn_into(
    movie: tuple[str, ...], names: tuple[str, ...], chosen: str
) -> None:
    settings = SETTINGS.model_copy(update={"movie": movie})
    told = film(settings, streams(*names))
    found = by_class(document(told))["movie"]
    stream = next(item for item in told.parts[0].streams if item.profile == chosen)
    assert one(found, "Content_CheckSum") == stream.md5
    assert found.said("Subtitle_Languages") == (("ug",) if stream.burnt else ())


def test_two_shapes_are_poster_and_box_cover() -> None:
    upright = rendition("portrait", OutputForm.POSTER, still(600, 800))
    made = [*streams("iptv-sd"), summed(upright, ".jpg"), summed(rendition("poster", OutputForm.POSTER), ".jpg")]
    found = by_class(document(film(made=made)))
    assert [one(found[name], "Image_Aspect_Ratio") for name in ("poster", "box cover")] == ["1280x720", "600x800"]
    assert found["box cover"].ams.asset_id == f"XJDB{found['poster'].ams.asset_id[4:]}"
    alone = by_class(document(film(made=made[:2])))
    assert (one(alone["poster"], "Image_Aspect_Ratio"), "box cover" in alone) == ("600x800", False)


def test_what_some_systems_reject_can_be_left_out() -> None:
    bare = SETTINGS.model_copy(update={"technical": False, "hd_content": None, "category": None})
    found = by_class(document(film(bare, column=None)))
    names = {item.name for item in found["movie"].app_data}
    assert not names & {"Codec", "Resolution", "Frame_Rate", "HDContent"}
    assert found["title"].said("Category") == ()
    other = SETTINGS.model_copy(update={"hd_content": "HD_Content"})
    sd = by_class(document(film(other, streams("iptv-sd"))))["movie"]
    assert [one(sd, name) for name in ("HD_Content", "Resolution")] == ["N", "576i"]


def test_a_codec_without_a_word_in_adi_is_not_named() -> None:
    media = inspection(video_tracks=(video(codec="HEVC", profile="Main 10@L5@High"),), audio_tracks=()).media
    made = [summed(rendition("iptv-uhd", OutputForm.MPEGTS, media), ".ts")]
    assert by_class(document(film(made=made)))["movie"].said("Codec") == ()


def test_each_lesson_is_a_package_of_its_own_below_its_course() -> None:
    found = adi.render(course("01", "b"))
    assert list(found) == ["metadata/adi/01.xml", "metadata/adi/b.xml"]
    first, second = (by_class(from_xml(content)) for content in found.values())
    assert first["title"].ams.asset_id != second["title"].ams.asset_id
    title = second["title"]
    assert [one(title, name) for name in ("Title", "Episode_ID", "Show_Type")] == ["第2讲", "2", "Series"]
    assert one(title, "Category") == "远程教育/七一展播/我们的村医 <&> \"'"


def test_a_lessons_name_that_is_too_long_is_its_number() -> None:
    short, long = (
        by_class(from_xml(content))["title"].ams for content in adi.render(course("01", "l" * 16, id="c" * 24)).values()
    )
    assert short.asset_name == f"653200 {'c' * 24} 1 title"
    assert long.asset_name == f"{long.asset_id[4:]} title"


def test_nothing_is_written_where_no_set_asks_or_nothing_is_for_set_top_boxes() -> None:
    assert adi.render(film(settings=None)) == {}
    assert adi.render(film(made=[summed(rendition("poster", OutputForm.POSTER), ".jpg")])) == {}


@pytest.mark.parametrize(
    ("changes", "made"),
    [({"produced": None}, "2026-07-01"), ({"licence": None}, "2026-06-10"), ({"produced": None, "licence": None}, "")],
)
def test_a_date_is_what_was_said_and_never_a_clocks(changes: dict[str, None], made: str) -> None:
    told = film(**changes)
    if made:
        assert document(told).ams.creation_date == made
        return
    with pytest.raises(ValueError, match="dates"):
        adi.render(told)


def test_what_is_lacking_is_named_before_anything_is_made() -> None:
    told = film(produced=None, licence=None, synopsis=None, column="栏" * 21).description
    faults = [(fault.source, fault.field, fault.actual) for fault in adi.described_faults(told)]
    assert faults == [
        ("creation_date", "Creation_Date", 0),
        ("synopsis", "Summary_Short", 0),
        ("column", "Category", 21),
    ]
    assert list(adi.described_faults(film().description)) == []
    assert [fault.source for fault in adi.described_faults(film(synopsis=" \n ").description)] == ["synopsis"]
    long = film(credits={"director": "导" * 17, "cast": ["演员"]}, genre="体" * 33).description
    assert [(fault.source, fault.most, text) for fault, text in adi.left_out(long, SETTINGS)] == [
        ("director", 16, "导" * 17),
        ("genre", 32, "体" * 33),
    ]
    assert list(adi.left_out(film().description, SETTINGS)) == []


WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1, max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries(
        {"title": WORDS},
        optional={
            "synopsis": WORDS,
            "short_title": WORDS,
            "rating": WORDS,
            "column": WORDS,
            "genre": WORDS,
            "country": WORDS,
            "produced": st.dates().map(str),
            "credits": st.fixed_dictionaries(
                {}, optional={"director": WORDS, "organisation": WORDS, "cast": st.lists(WORDS, max_size=4)}
            ),
        },
    )
)
def test_whatever_a_submission_may_say_can_be_written(told: dict[str, object]) -> None:
    try:
        made = film(**told)
    except ValidationError:  # that it may not say
        return
    written = by_class(document(made))
    assert one(written["title"], "Title") == made.description.title.zh


def of_package(part: ProgrammePart) -> list[PackageFile]:
    return [
        PackageFile(path=item.file, size_bytes=item.size_bytes, sha256="", md5=item.md5, role="x")
        for item in (*part.streams, *part.posters)
    ]


def test_the_folder_of_a_document_holds_what_it_names() -> None:
    told = film()
    files = of_package(told.parts[0])
    found = adi_files.contents(document(told), files)
    ids = [item.ams.asset_id for item in by_class(document(told)).values()]
    assert {name: item.path for name, item in found.items()} == {
        f"{ids[2]}.ts": "x/iptv-hd.ts",
        f"{ids[3]}.jpg": "x/poster.jpg",
    }
    with pytest.raises(LookupError, match=ids[2]):
        adi_files.contents(document(told), files[1:])


@pytest.mark.parametrize(
    "wrong",
    [
        {"provider": "x" * 21},
        {"provider_id": "Example.org"},
        {"provider_id": "localhost"},
        {"provider_prefix": "xjd"},
        {"billing_id": "1234"},
        {"category": "a//b"},
        {"category": "层" * 21},
        {"genres": {"documentary": "x" * 33}},
        {"show_type": "Film"},
        {"hd_content": "hd"},
        {"preview_period": -1},
        {"product": None},
    ],
)
def test_settings_that_adi_can_not_hold_are_refused(wrong: dict[str, object]) -> None:
    told = {**SETTINGS.model_dump(mode="json"), **wrong}
    with pytest.raises(ValidationError):
        AdiSettings.model_validate_json(json.dumps(told))


def test_a_movie_is_a_profile_of_the_set() -> None:
    def chosen(*movie: str) -> ProfileSet:
        told = {"schema_version": 1, "name": "x", "policy": "p", "profiles": [{"name": "iptv-sd"}]}
        own = SETTINGS.model_copy(update={"movie": movie}).model_dump(mode="json")
        return ProfileSet.model_validate_json(json.dumps({**told, "adi": own}))

    assert chosen("iptv-sd-uig", "iptv-sd").adi
    with pytest.raises(ValidationError, match="iptv-hd"):
        chosen("iptv-sd", "iptv-hd")
