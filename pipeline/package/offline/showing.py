"""What the index page says of an item: kept in the folder's own file, so that a later run shows all that is there."""

from __future__ import annotations

from pipeline.model.offline import ShownLesson, ShownProgramme
from pipeline.model.submission import Kind
from pipeline.package.offline.placing import PlacedItem, PlacedLesson


def shown(item: PlacedItem) -> ShownProgramme:
    """Its lessons in the order of showing, also those that are not in yet."""
    submission = item.package.submission
    there = {lesson.lesson.number: _there(lesson) for lesson in item.lessons}
    expected = {
        number: ShownLesson(number=number, title=submission.part_title(part), title_en=part.title_en, unit=part.unit)
        for number, part in enumerate(submission.course_parts, start=1)
    }
    lessons = {**expected, **there}
    return ShownProgramme(
        title=submission.title_zh,
        title_en=submission.full_title.en,
        kind="course" if submission.kind is Kind.COURSE else "film",
        lessons=tuple(lessons[number] for number in sorted(lessons)),
        documents=tuple(document for document, _ in item.documents),
    )


def _there(placed: PlacedLesson) -> ShownLesson:
    lesson = placed.lesson
    return ShownLesson(
        number=lesson.number,
        title=lesson.title,
        title_en=lesson.title_en,
        unit=lesson.unit,
        duration_s=lesson.duration_s,
        page=placed.page,
        film=placed.main.path if placed.main else None,
        poster=placed.cover.path if placed.cover else None,
        documents=tuple(document for document, _ in placed.documents),
    )
