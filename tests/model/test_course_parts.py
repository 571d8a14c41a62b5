"""Parts of a course: what goes by their ids."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from pipeline.exchange import submit
from pipeline.exchange.submit import HashedFile, SubmissionUpload
from pipeline.model.course import label
from pipeline.model.submission import Role, Submission


def course(media: list[dict[str, object]], parts: list[dict[str, object]] | None = None) -> Submission:
    given: dict[str, object] = {"schema_version": 1, "title": "棉花", "kind": "course", "media": media}
    return Submission.model_validate(given | ({"parts": parts} if parts else {}), strict=False)


def main(file: str, **more: object) -> dict[str, object]:
    return {"file": file, "role": "main", **more}


def test_files_without_parts_are_numbered_by_their_places() -> None:
    told = course([main("b.mp4", title="播种"), main("a.mp4"), {"file": "a.srt", "role": "subtitles", "part": "02"}])
    assert [(part.id, told.part_title(part)) for part in told.course_parts] == [("01", "播种"), ("02", "棉花 2")]
    assert [told.part_of(item) for item in told.media] == ["01", "02", "02"]


def test_decks_alone_are_parts_and_a_part_may_be_of_slides_beside_recordings() -> None:
    alone = course([{"file": "a.pdf", "role": "slides"}, {"file": "b.pdf", "role": "slides"}])
    assert [part.id for part in alone.course_parts] == ["01", "02"]
    mixed = course([main("a.mp4"), {"file": "b.pdf", "role": "slides", "part": "x"}])
    assert [part.id for part in mixed.course_parts] == ["01", "x"]


def test_the_only_part_has_what_names_none_but_documents() -> None:
    told = course(
        [
            main("a.mp4", part="01"),
            {"file": "a.srt", "role": "subtitles", "language": "zho"},
            {"file": "a.pdf", "role": "document"},
            {"file": "a.jpg", "role": "poster"},
        ],
        [{"id": "01"}],
    )
    assert [told.part_of(item) for item in told.media] == ["01", "01", None, None]


def test_a_usual_title_does_not_change_when_others_come() -> None:
    one, two = course([main("a.mp4")]), course([main("a.mp4"), main("b.mp4")])
    assert one.part_title(one.course_parts[0]) == two.part_title(two.course_parts[0]) == "棉花 1"


@pytest.mark.parametrize(
    ("parts", "kind"),
    [
        ([{"id": "01"}, {"id": "1"}], "part_id_once"),
        ([{"id": 1}], "part_id_quoted"),
        ([{"id": "Teil"}], "string_pattern_mismatch"),
    ],
)
def test_ids_are_text_and_name_one_part(parts: list[dict[str, object]], kind: str) -> None:
    with pytest.raises(ValidationError) as told:
        course([main("a.mp4", part="01")], parts)
    assert kind in [item["type"] for item in told.value.errors()]


def test_what_is_unsaid_stays_out_of_the_name_of_a_package() -> None:
    assert "part" not in str(course([main("a.mp4")]).model_dump(mode="json"))


def test_labels_are_those_of_the_numbers_before() -> None:
    assert [label(key) for key in (1, "01", "10", "intro", "a-01")] == ["1", "1", "10", "intro", "a-01"]


def test_keys_in_the_inbox_come_from_parts_and_roles() -> None:
    def keys(*files: tuple[str, Role, str | None]) -> dict[str, str]:
        media = tuple(HashedFile(Path(name), name, "0" * 64, role, part) for name, role, part in files)
        upload = SubmissionUpload(course([main("a.mp4")]), Path(), media, (), 0.0)
        return dict(zip([name for name, _, _ in files], submit.keys_of(upload), strict=True))

    one = ("a.MP4", Role.MAIN, "01")
    first = keys(one, ("a.pdf", Role.DOCUMENT, None), ("c.mp4", Role.MAIN, "03"), ("c.pdf", Role.SLIDES, "03"))
    assert first == {
        "a.MP4": "media/01/main-1.mp4",
        "a.pdf": "media/document-1.pdf",
        "c.mp4": "media/03/main-1.mp4",
        "c.pdf": "media/03/slides-1.pdf",
    }
    later = keys(one, ("b.mp4", Role.MAIN, "02"), ("b.讲义", Role.DOCUMENT, "02"), ("c.mp4", Role.MAIN, "03"))
    assert later["c.mp4"] == first["c.mp4"]
    assert later["b.讲义"] == "media/02/document-1"
