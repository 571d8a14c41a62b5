"""A programme as a C2 work order: what it says in each dialect, and what its codes are made of."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from pipeline import shipped
from pipeline.errors import InputError
from pipeline.model.c2_dialect import Categories, PropertyRule
from pipeline.model.generated import ProgrammeLabel
from pipeline.model.media import Scan
from pipeline.model.metadata import Credits
from pipeline.model.plan import OutputForm
from pipeline.model.programme import Programme
from pipeline.model.submission import Submission
from pipeline.package.metadata import c2, c2_dialects
from pipeline.package.metadata.c2_order import to_xml
from pipeline.package.metadata.field_texts import FaultKind
from pipeline.package.programme import PackagedPart
from tests.factories import audio, inspection, video
from tests.programmes import planned, programme, rendition

PROFILES = shipped.folder("profiles")
SUBMISSION = Submission.model_validate_json(
    '{"schema_version":1,"id":"650000-x","title":"t","synopsis":"a < b","column":"七一","media":[{"file":"f","role":'
    '"main"}],"licence":{"from":"2026-07-01","until":"2029-06-30"}}'
)


def film(title: str = "我们的村医 <&> \"'", submission: Submission = SUBMISSION, revision: int = 2) -> Programme:
    renditions = (
        rendition("iptv-hd", OutputForm.MPEGTS),
        rendition("iptv-sd", OutputForm.MPEGTS),
        rendition("poster", OutputForm.POSTER),
    )
    part = PackagedPart(1, planned("iptv-hd", "iptv-sd"), renditions, {"uig": "subtitles/uig.vtt"})
    return programme(submission.model_copy(update={"title": title}), revision, [(part, 1, title)])


def rendered(told: Programme) -> etree._Element:
    content = c2.render(told)
    assert content is not None
    return etree.fromstring(content)


def values_of(root: etree._Element, kind: str) -> list[dict[str | None, str | None]]:
    return [
        {item.get("Name"): item.text for item in found}
        for found in root.findall(f"Objects/Object[@ElementType='{kind}']")
    ]


def test_the_order_validates_and_says_what_the_spec_asks() -> None:
    root = rendered(film())
    (values,) = values_of(root, "Program")
    assert values["Name"] == "我们的村医 <&> \"'"
    assert values["LicensingWindowEnd"] == "20290630235959"
    assert (values["Keywords"], values["Reserve1"]) == ("维吾尔语字幕", "uig=subtitles/uig.vtt")
    movies = values_of(root, "Movie")
    assert [movie["Duration"] for movie in movies] == ["00002400", "00002400"]
    assert [movie["MediaSepc"] for movie in movies] == [
        "TS-CBR-H264-8000-1080P-25-MP2-192",
        "TS-CBR-H264-2000-1080P-25-MP2-192",
    ]
    assert len(root.findall("Mappings/Mapping")) == 3
    codes = [item.get("Code") for item in root.findall("Objects/Object")]
    assert len(set(codes)) == 4
    assert all(code and len(code) <= 32 and code.isalnum() for code in codes)


# codec of the sound, width, lines, fields: AudioFormat, Resolution, DefinitionFlag, descriptor
STREAMS: list[tuple[str, int, int, Scan, tuple[str | None, str | None, str, str]]] = [
    ("MPEG Audio", 1920, 1080, Scan.PROGRESSIVE, ("1", "8", "1", "1080P-25-MP2")),
    ("MPEG Audio", 1920, 1080, Scan.INTERLACED, ("1", "7", "1", "1080i-25-MP2")),
    ("AAC", 1280, 720, Scan.PROGRESSIVE, ("2", "6", "1", "720P-25-AAC")),
    ("MPEG Audio", 720, 576, Scan.PROGRESSIVE, ("1", "5", "0", "576P-25-MP2")),
    ("MPEG Audio", 720, 480, Scan.PROGRESSIVE, ("1", "5", "0", "480P-25-MP2")),
    ("AC-3", 1920, 1080, Scan.PROGRESSIVE, (None, "8", "1", "1080P-25-AC3")),
    ("AC-3", 720, 576, Scan.INTERLACED, (None, "5", "0", "576i-25-AC3")),
    ("MPEG Audio", 3840, 2160, Scan.PROGRESSIVE, ("1", "9", "3", "2160P-25-MP2")),
    ("MPEG Audio", 4096, 2160, Scan.PROGRESSIVE, ("1", "10", "3", "2160P-25-MP2")),
    ("MPEG Audio", 2560, 1440, Scan.PROGRESSIVE, ("1", None, "1", "1440P-25-MP2")),
    ("MPEG Audio", 544, 576, Scan.PROGRESSIVE, ("1", "4", "0", "3/4D1-25-MP2")),
    ("MPEG Audio", 640, 360, Scan.PROGRESSIVE, ("1", None, "0", "360P-25-MP2")),
]


@pytest.mark.parametrize(("codec", "width", "height", "scan", "told"), STREAMS)
def test_a_movie_is_declared_as_what_it_is(
    codec: str, width: int, height: int, scan: Scan, told: tuple[str | None, str | None, str, str]
) -> None:
    media = inspection(video_tracks=(video(width=width, height=height, scan=scan),), audio_tracks=(audio(codec=codec),))
    plan = planned("x", audio_codec=codec, size=(width, height), interlaced=scan is Scan.INTERLACED)
    part = PackagedPart(1, plan, (rendition("x", OutputForm.MPEGTS, media.media),), {})
    root = rendered(programme(SUBMISSION, 1, [(part, 1, "t")]))
    ((movie,), (own,)) = values_of(root, "Movie"), values_of(root, "Program")
    assert (movie.get("AudioFormat"), movie.get("Resolution"), own["DefinitionFlag"]) == told[:3]
    assert movie["MediaSepc"] == f"TS-CBR-H264-8000-{told[3]}-192"


def test_what_has_no_stream_is_not_for_the_head_end() -> None:
    part = PackagedPart(1, planned(), (rendition("poster", OutputForm.POSTER),), {})
    assert c2.render(programme(SUBMISSION, 1, [(part, 1, "t")])) is None


def test_an_episodes_number_counts_what_is_played_and_what_will_come() -> None:
    course = Submission.model_validate_json(
        '{"schema_version":1,"id":"650000-x","title":"t","kind":"course","parts":[{"id":"01"},{"id":"02"},{"id":"03"},'
        '{"id":"04"}],"media":[{"file":"b","role":"main","part":"02"},{"file":"d","role":"main","part":"04"}]}'
    )
    heard = PackagedPart("02", planned(), (), {})
    seen = PackagedPart("04", planned("x"), (rendition("x", OutputForm.MPEGTS),), {})
    root = rendered(programme(course, 1, [(heard, 2, "b"), (seen, 4, "d")]))
    assert [item["VolumnCount"] for item in values_of(root, "Series")] == ["3"]
    assert root.xpath("Mappings/Mapping/Property[@Name='Sequence']/text()") == ["3"]


def codes(root: etree._Element, kind: str) -> list[str]:
    return [str(item.get("Code")) for item in root.findall(f"Objects/Object[@ElementType='{kind}']")]


def of_prefecture(code: str, revision: int = 2) -> etree._Element:
    return rendered(film("t", SUBMISSION.model_copy(update={"prefecture": code}), revision))


def test_two_prefectures_with_one_id_have_no_code_in_common() -> None:
    one, other = of_prefecture("653200"), of_prefecture("654000")
    every = [set(root.xpath("//@Code")) for root in (one, other)]
    assert len(every[0]) == len(every[1]) == 4
    assert not every[0] & every[1]
    assert [code[:7] for code in codes(one, "Program")] == ["P653200"]
    assert all(len(code) <= 32 and code.isascii() and code.isalnum() for code in every[0])


def test_a_programmes_code_stays_and_its_movies_are_of_a_revision() -> None:
    first, second = of_prefecture("653200", 1), of_prefecture("653200", 2)
    assert codes(first, "Program") == codes(second, "Program")
    assert not set(codes(first, "Movie")) & set(codes(second, "Movie"))


SAID = SUBMISSION.model_copy(
    update={
        "credits": Credits(director="古丽", cast=("阿依古丽", "王强"), writers=("李四",), hosts=("张三",)),
        "genre": "纪录片",
        "country": "CN",
        "year": 2026,
        "keywords": ("棉花", "风车"),
        "air_date": date(2026, 7, 1),
        "column": "七一展播",
    }
)


def in_dialect(name: str, submission: Submission = SAID, **changed: object) -> dict[str, dict[str, str | None]]:
    """The properties of each object, by its type; of several of a type those of the last."""
    dialect = c2_dialects.dialect(name, (PROFILES,)).model_copy(update=changed)
    made, faults = c2.order(film("村医", submission), dialect)
    assert (made is not None, faults) == (True, ())
    assert made
    return {item.element_type: {said.name: said.text for said in item.properties} for item in made.objects}


def test_people_stand_where_the_generation_has_them() -> None:
    new, old = in_dialect("c2-3.0")["Program"], in_dialect("c2-2.7")["Program"]
    assert (new["ActorDisplay"], new["WriterDisplay"], new.get("Kpeople")) == ("阿依古丽、王强", "李四", None)
    named = (old["Kpeople"], old["Director"], old["ScriptWriter"], old["Compere"], old.get("ActorDisplay"))
    assert named == ("阿依古丽;王强", "古丽", "李四", "张三", None)
    assert (new["Genre"], new["OriginalCountry"], new["ReleaseYear"], new["OrgAirDate"]) == (
        "纪录片",
        "中国",
        "2026",
        "20260701",
    )
    assert (new["SearchName"], new["SortName"], new["Keywords"]) == ("cy", "cun yi", "棉花;风车;维吾尔语字幕")
    assert old["Duration"] == "1"  # minutes


def test_a_dialect_renames_adds_and_leaves_out(tmp_path: Path) -> None:
    (tmp_path / "c2").mkdir()
    (tmp_path / "c2" / "ours.yaml").write_text(
        "extends: c2-3.0\nelements:\n"
        "- name: Program\n  properties:\n  - {name: DefinitionFlag, drop: true}\n  - {name: SPCode, text: XJDE}\n"
        "- name: Movie\n  properties:\n  - {name: MediaSepc, written: MediaSpec}\n"
        "definitions: programs\ncategories: {regist: true, codes: {showcase: C001}}\n",
        encoding="utf-8",
    )
    dialect = c2_dialects.dialect("ours", (tmp_path, PROFILES))
    streams = (
        rendition("iptv-hd", OutputForm.MPEGTS),
        rendition(
            "iptv-sd",
            OutputForm.MPEGTS,
            inspection(video_tracks=(video(width=720, height=576),), audio_tracks=(audio(codec="MPEG Audio"),)).media,
        ),
    )
    part = PackagedPart(1, planned("iptv-hd", "iptv-sd"), streams, {})
    made, faults = c2.order(programme(SAID, 1, [(part, 1, "村医")]), dialect)
    assert faults == ()
    assert made
    kinds = [item.element_type for item in made.objects]
    assert kinds == ["Program", "Movie", "Category", "Program", "Movie"]
    said = [{item.name for item in found.properties} for found in made.objects]
    assert ("SPCode" in said[0], "DefinitionFlag" in said[0], "MediaSpec" in said[1]) == (True, False, True)
    assert made.objects[2].parent_code == "0"
    assert to_xml(made).startswith(b"<?xml")
    joined = [(item.parent_type, item.element_type) for item in made.mappings]
    assert sorted(joined) == [*[("Category", "Program")] * 2, *[("Program", "Movie")] * 2]


def test_what_a_dialect_lacks_is_told_before_anything_is_made() -> None:
    dialect = c2_dialects.dialect("c2-2.7", (PROFILES,))
    nothing = SAID.model_copy(update={"licence": None, "credits": Credits(cast=("古" * 100, "丽" * 100))})
    described = film("村医", nothing).description
    found = {(item.field.field, item.field.kind) for item in c2.described_faults(described, dialect)}
    assert found == {("LicensingWindowStart", FaultKind.MISSING), ("LicensingWindowEnd", FaultKind.MISSING)}
    shorter = dialect.model_copy(update={"categories": Categories(codes={"health": "C9"})})
    assert "column" in {item.field.source for item in c2.described_faults(described, shorter)}


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("elements: [{name: Program, properties: [{name: Name, from: colour}]}]", "from"),
        ("elements: [{name: Movie, properties: [{name: Duration, from: duration, format: days}]}]", "format"),
        ("mappings: [{name: Movie-Program}]", "name"),
        ("elements: [{name: Program, properties: [{name: Name, from: title, text: x}]}]", "elements"),
        ("late_h: 0", "late_h"),
        ("code: {most: 16}", "code.most"),
        ("elements: [{name: Program, properties: [{name: Reserve2, from: generated_label, cut: true}]}]", "cut"),
        ('elements: [{name: Program, properties: [{name: OrgAirDate, format: "%900000000d"}]}]', "format"),
        ('elements: [{name: Program, properties: [{name: Description, format: "%Y"}]}]', "format"),
    ],
)
def test_a_wrong_dialect_is_named_with_its_place(line: str, field: str, tmp_path: Path) -> None:
    (tmp_path / "c2").mkdir()
    (tmp_path / "c2" / "ours.yaml").write_text(f"extends: c2-3.0\n{line}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        c2_dialects.dialect("ours", (tmp_path, PROFILES))
    assert caught.value.key == "yaml_invalid"
    assert "ours.yaml:2:" in str(caught.value.where)
    assert field in str(caught.value.values)


def lacks(**changed: object) -> set[tuple[str, str]]:
    """What `check` would tell of a film in a changed dialect: source and kind."""
    dialect = c2_dialects.dialect("c2-3.0", (PROFILES,))
    elements = tuple(
        item.model_copy(
            update={
                "properties": tuple(
                    rule.model_copy(update=changed.get(f"{item.name}.{rule.name}", {})) for rule in item.properties
                )
            }
        )
        for item in dialect.elements
    )
    held = dialect.model_copy(update={"elements": elements, "categories": changed.get("categories", Categories())})
    nothing = SAID.model_copy(update={"keywords": ()})
    return {
        (item.field.source, item.field.kind) for item in c2.described_faults(film("村医", nothing).description, held)
    }


def test_check_tells_of_keywords_categories_and_words_that_a_map_has_not() -> None:
    assert lacks(**{"Program.Keywords": {"required": True}}) == {("searched", FaultKind.MISSING)}
    mapped = {"Program.Tags": {"required": True, "words": {"健康": "X"}}}
    assert lacks(**mapped) == {("column", FaultKind.UNMAPPED)}
    few = {"Category.Name": {"most": 2}, "categories": Categories(regist=True, codes={"showcase": "C1"})}
    assert lacks(**few) == {("column", FaultKind.LONG)}


def test_a_label_that_does_not_fit_is_left_out_whole() -> None:
    dialect = c2_dialects.dialect("c2-3.0", (PROFILES,))
    place = PropertyRule.model_validate({"name": "Reserve2", "from": "generated_label", "most": 10})
    elements = tuple(
        item.model_copy(update={"properties": (*item.properties, place)}) if item.name == "Program" else item
        for item in dialect.elements
    )
    told = film("村医").model_copy(update={"generated": ProgrammeLabel(label='{"Label": "1"}')})
    made, faults = c2.order(told, dialect.model_copy(update={"elements": elements}))
    assert made
    assert [item.field.kind for item in faults] == [FaultKind.LEFT_OUT]
    assert "Reserve2" not in {known.name for known in made.objects[0].properties}
