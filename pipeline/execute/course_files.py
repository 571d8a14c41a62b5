"""Which files are the parts of a course, and what goes with which: by their endings, stems and languages."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from pipeline.execute import course_order, endings, lesson_names
from pipeline.execute.lesson_names import WHOLE, NamedFile
from pipeline.inspect import subtitles
from pipeline.model.course import CoursePart, label, numbered
from pipeline.model.submission import BESIDE_A_FILM, MediaFile, Role, Submission
from pipeline.model.text import MOST_LINE

_ORDER = (
    Role.MAIN,
    Role.AUDIO,
    Role.SLIDES,
    Role.SLIDE_TIMES,
    Role.SUBTITLES,
    Role.POSTER,
    Role.DOCUMENT,
    Role.TRAILER,
)


@dataclass
class CourseFiles:
    """Parts in the order of showing, each file by its part (None: the whole course's), and what fits nowhere.

    Args:
        doubles: those of the unplaced whose part is known, and has one of this use and language.
    """

    parts: list[CoursePart] = field(default_factory=list)
    media: list[dict[str, Any]] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)
    doubles: list[str] = field(default_factory=list)

    @property
    def is_film(self) -> bool:
        """Whether it could be one film, with what goes with a film."""
        mains = [row for row in self.media if row["role"] is Role.MAIN]
        kinds = {row["role"] for row in self.media}
        is_picture = len(mains) == 1 and PurePosixPath(mains[0]["file"]).suffix.lower() not in endings.SOUND
        return is_picture and len(self.parts) == 1 and not kinds & {Role.SLIDES, Role.SLIDE_TIMES, Role.DOCUMENT}

    def as_film(self) -> CourseFiles:
        """The same without parts."""
        return CourseFiles([], [{key: row[key] for key in row if key != "part"} for row in self.media], self.unplaced)

    def rows(self) -> list[dict[str, Any]]:
        """The files as `media` of a submission has them."""
        return [{**row, "role": row["role"].value} for row in self.media]


def grouped(
    files: Sequence[NamedFile], films: Iterable[str], said: Mapping[str, str], there: Submission | None, language: str
) -> CourseFiles:
    """The parts of a course and what goes with them.

    Args:
        films: paths of what has pictures or sound that can be shown.
        said: the part that a person says a file is of, or `WHOLE`, by its path.
        there: the course as it stands written: its files keep what they are for and their parts, its parts their ids.
        language: of subtitles whose names tell none.
    """
    shown = set(films)
    standing = {item.file: item for item in there.media} if there else {}
    fresh = [item for item in files if item.path not in standing]
    mains = [item for item in fresh if item.path in shown and not _is_dub(item, files, shown)]
    mains += [item for item in files if item.path in standing and standing[item.path].role is Role.MAIN]
    mains += [item for item in files if _is_standing_alone(item, standing, mains)]
    mains += _decks_alone(fresh, mains)
    uncounted = _uncounted(mains)
    if any(item.number[1] or course_order.date_of(item.stem) for item in mains):
        mains.sort(key=lambda item: _shown_at(item, files.index(item), uncounted))
    else:
        mains.sort(key=files.index)
    made = CourseFiles()
    made.doubles = [item.path for item in _same_place(mains) if item.path not in standing]  # two recordings of one name
    made.unplaced = list(made.doubles)
    mains = [item for item in mains if item.path not in made.doubles]
    keys = _ids(mains, there, uncounted)
    by_place: dict[tuple[str, str], str] = {}
    by_number: dict[tuple[str, tuple[int, ...]], str] = {}
    for item in mains:
        own = keys[item.path]
        by_place[item.place] = own
        if item.number[1] and item.path not in uncounted:
            by_number[item.number] = "" if item.number in by_number else own
        if item.path in standing:
            made.media.append(_standing_row(standing[item.path], own))
        else:
            made.media.append(_row(item, Role.MAIN if item.path in shown else Role.SLIDES, own))
    known = {str(part.id) for part in there.parts} if there else set()
    others = [item for item in files if item not in mains and item.path not in made.doubles]
    made.media += [
        _standing_row(standing[item.path], standing[item.path].part) for item in others if item.path in standing
    ]
    for item in (item for item in others if item.path not in standing):
        role = _role(item, shown)
        place = _said(said.get(item.path), [*keys.values(), *known]) or _part(item, by_place, by_number)
        taken = [row for row in made.media if row.get("part", WHOLE) == place and row["role"] == role]
        is_known = place in {WHOLE, *keys.values(), *known}
        if role is None or place is None or not is_known:
            made.unplaced.append(item.path)
            continue
        row = _row(item, role, place)
        if role is Role.SUBTITLES and not item.language:
            row = {"file": item.path, "role": role, "language": language} | row
        if _is_second(row, taken):
            made.unplaced.append(item.path)
            made.doubles.append(item.path)
        else:
            made.media.append(row)
    made.parts = _parts(mains, keys, there)
    places = {part.id: number for number, part in enumerate(made.parts)}
    made.media.sort(key=lambda row: (places.get(row.get("part", ""), len(places)), _ORDER.index(row["role"])))
    return made


def _same_place(mains: Sequence[NamedFile]) -> list[NamedFile]:
    """Lessons that are called as one before them, or as one of the standing course is."""
    return [item for number, item in enumerate(mains) if any(item.place == other.place for other in mains[:number])]


def _said(text: str | None, known: Iterable[str]) -> str | None:
    """As `lesson_names.meant`; what is no part stays, for it to be asked for."""
    return text and (lesson_names.meant(text, known) or text)


def _shown_at(
    item: NamedFile, place: int, uncounted: frozenset[str]
) -> tuple[course_order.Key, int, tuple[int, ...], tuple[int, ...], int]:
    """Folder by folder: what opens it, by the lessons' numbers, by their dates, what has neither."""
    folder, number = item.number
    number = () if item.path in uncounted else number
    day = course_order.date_of(item.stem)
    rank = 1 if number else 0 if course_order.is_opening(item.stem) else 2 if day else 3
    return course_order.natural(f"{folder}/x"), rank, number, day, place


def _uncounted(mains: Sequence[NamedFile]) -> frozenset[str]:
    """Lessons whose numbers, at their names' ends, count something else: another lesson of the folder has one of them
    too (A1, B1), and then all such numbers of it tell nothing."""
    names: dict[tuple[str, tuple[int, ...]], set[tuple[str, str]]] = {}
    for item in mains:
        names.setdefault(item.number, set()).add(item.place)
    at_the_end = [item for item in mains if course_order.is_at_the_end(item.stem)]
    folders = {item.number[0] for item in at_the_end if len(names[item.number]) > 1}
    return frozenset(item.path for item in at_the_end if item.number[0] in folders)


def _is_dub(item: NamedFile, files: Sequence[NamedFile], shown: set[str]) -> bool:
    """Sound in a language, beside a recording of its name or number that is in none."""
    if item.ending not in endings.SOUND or not (item.language or item.word is Role.AUDIO):
        return False
    return any(
        other.path != item.path
        and other.path in shown
        and not other.language
        and (other.place == item.place or (item.number[1] and other.number == item.number))
        for other in files
    )


def _decks_alone(decks: Iterable[NamedFile], mains: Sequence[NamedFile]) -> list[NamedFile]:
    """Decks that are lessons themselves: nothing is recorded, or they have numbers that no other lesson has."""
    found: list[NamedFile] = []
    for item in decks:
        if item.ending != ".pdf" or item.word not in (None, Role.SLIDES) or item.is_handout:
            continue
        others = [*mains, *found]
        is_of_one = item.number[1] and any(item.number == other.number for other in others)
        is_lesson = not mains or item.number[1]
        if is_lesson and not is_of_one and not any(item.place == other.place for other in others):
            found.append(item)
    return found


def _is_standing_alone(item: NamedFile, standing: Mapping[str, MediaFile], mains: Sequence[NamedFile]) -> bool:
    """A deck that is a lesson itself in the standing course, and is not beside a recording that came since."""
    own = standing.get(item.path)
    if own is None or own.role is not Role.SLIDES or any(item.place == other.place for other in mains):
        return False
    if course_order.is_number_alone(item.stem) and any(item.number == other.number for other in mains):
        return False
    recorded = {other.part for other in standing.values() if other.role is Role.MAIN}
    decks = [other.file for other in standing.values() if other.role is Role.SLIDES and other.part == own.part]
    return own.part not in recorded and decks[0] == item.path


def _role(item: NamedFile, shown: set[str]) -> Role | None:
    """What a file is for, by its ending and the words in its name."""
    if item.ending in subtitles.SUFFIXES:
        return Role.SUBTITLES
    if item.path in shown:
        return Role.AUDIO if item.ending in endings.SOUND and item.language else None
    if item.ending in endings.DECKS:
        return Role.DOCUMENT if item.is_handout else Role.SLIDES
    if item.ending in endings.DOCUMENTS:
        return Role.DOCUMENT
    if item.ending in endings.TABLES:
        return Role.SLIDE_TIMES
    return Role.POSTER if item.ending in endings.PICTURES else None


def _part(
    item: NamedFile,
    by_place: Mapping[tuple[str, str], str],
    by_number: Mapping[tuple[str, tuple[int, ...]], str],
) -> str | None:
    """The part that a file's name names; `WHOLE`; None where it fits nowhere."""
    if own := by_place.get(item.place):
        return own
    if item.ending in endings.PICTURES and (bare := lesson_names.without_shape(item)):
        return _part(bare, by_place, by_number)
    if course_order.is_number_alone(item.stem) and (own := by_number.get(item.number)):
        return own
    folder, stem = item.place
    longer = [own for (where, known), own in by_place.items() if where == folder and known and stem.startswith(known)]
    if len(longer) == 1 and (item.ending in endings.DOCUMENTS or item.word):
        return longer[0]
    if own := by_number.get(item.number):  # by another name: one recording alone has the number
        return own
    is_for_all = item.ending in endings.DOCUMENTS or (item.ending in endings.DECKS and item.is_handout)
    is_poster = item.ending in endings.PICTURES and (
        item.word is Role.POSTER or item.stem.casefold() in (*lesson_names.WORDS[Role.POSTER], *lesson_names.SHAPES)
    )
    return WHOLE if is_for_all or is_poster else None


def _is_second(row: Mapping[str, Any], taken: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a part has one of these already: each language's subtitles and sound once."""
    role = row["role"]
    if role in (Role.SUBTITLES, Role.AUDIO):
        return any(other.get("language") == row.get("language") for other in taken)
    if role is Role.SLIDES:
        ending = PurePosixPath(row["file"]).suffix.lower()
        return any(PurePosixPath(other["file"]).suffix.lower() == ending for other in taken)
    most = BESIDE_A_FILM[role].most
    return most is not None and len(taken) >= most


def _standing_row(item: MediaFile, own: str | None) -> dict[str, Any]:
    row: dict[str, Any] = {"file": item.file, "role": item.role}
    if item.language:
        row["language"] = item.language
    return {**row, "part": own} if own else row


def _row(item: NamedFile, role: Role, own: str) -> dict[str, Any]:
    row: dict[str, Any] = {"file": item.path, "role": role}
    if item.language:
        row["language"] = item.language
    return row if own == WHOLE else {**row, "part": own}


def _ids(mains: Sequence[NamedFile], there: Submission | None, uncounted: frozenset[str]) -> dict[str, str]:
    """The id of each lesson: the one that it has, else its own number, else one that is free.

    Where numbers begin anew in each folder, new lessons are counted through.
    """
    kept = {item.file: own for item in there.media if (own := there.part_of(item))} if there else {}
    found = {item.path: kept[item.path] for item in mains if item.path in kept}
    expected = {part.id for part in there.parts if part.id not in found.values()} if there else set()
    taken = {label(own) for own in found.values()} | ({label(part.id) for part in there.parts} if there else set())
    fresh = [item for item in mains if item.path not in found]
    counted = [item for item in fresh if item.path not in uncounted]
    told = {item.path: own for item in counted if (own := course_order.part_id(item.stem))}
    folders: dict[str, set[str]] = {}
    for item in fresh:
        folders.setdefault(told.get(item.path, ""), set()).add(item.number[0])
    if any(len(places) > 1 for own, places in folders.items() if own):
        told = {}
    for item in fresh:
        own = told.get(item.path, "")
        if own and (own in expected or label(own) not in taken):
            found[item.path] = own
            expected.discard(own)
            taken.add(label(own))
    number = 0
    for item in fresh:
        if item.path in found:
            continue
        if own := told.get(item.path):
            free = next(text for count in itertools.count(2) if label(text := f"{own}-{count}") not in taken)
        elif course_order.is_opening(item.stem) and label("00") not in taken:
            free = "00"
        else:
            number = next(count for count in itertools.count(number + 1) if label(numbered(count)) not in taken)
            free = numbered(number)
        found[item.path] = free
        taken.add(label(free))
    return found


def _parts(mains: Sequence[NamedFile], keys: Mapping[str, str], there: Submission | None) -> list[CoursePart]:
    """The parts as they are to be listed: those that stand there as they are, the new ones where they belong."""
    listed = list(there.course_parts) if there else []
    for index, item in enumerate(mains):
        ids = [part.id for part in listed]
        if keys[item.path] in ids:
            continue
        before = [ids.index(keys[other.path]) + 1 for other in mains[:index]]
        after = [ids.index(keys[other.path]) for other in mains[index:] if keys[other.path] in ids]
        unit = PurePosixPath(item.folder).parts[:1]
        title = course_order.title_of(item.stem)
        part = CoursePart(
            id=keys[item.path], unit=unit[0][:MOST_LINE] if unit else None, title=title and title[:MOST_LINE]
        )
        listed.insert(before[-1] if before else min(after, default=len(listed)), part)
    return listed
