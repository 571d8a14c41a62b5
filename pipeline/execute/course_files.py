"""Which files are the parts of a course, and what goes with which: by their endings, stems and languages."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from pipeline.execute import course_order
from pipeline.execute.standing_course import WHOLE
from pipeline.inspect import subtitles
from pipeline.model import languages
from pipeline.model.course import CoursePart, label, numbered
from pipeline.model.submission import MediaFile, Role, Submission

SOUND = (".mp3", ".m4a", ".wav", ".aac", ".flac", ".wma", ".ogg", ".opus", ".aif", ".aiff", ".ac3", ".mp2", ".amr")
DECKS = (".pdf", ".pptx")
DOCUMENTS = (".docx", ".doc", ".ppt", ".wps", ".dps", ".odt", ".odp", ".rtf")
TABLES = (".csv", ".xlsx")
PICTURES = (".jpg", ".jpeg", ".png")
_WORDS: dict[Role, tuple[str, ...]] = {
    Role.DOCUMENT: (
        *("讲义", "教材", "教案", "大纲", "习题", "作业", "资料", "材料", "说明", "手册", "试题", "答案"),
        *("handouts", "handout", "notes", "syllabus", "exercises", "reader"),
    ),
    Role.SLIDES: ("课件", "幻灯片", "幻灯", "ppt", "slides", "deck"),
    Role.SLIDE_TIMES: ("翻页时间", "翻页", "时间表", "时间", "times", "timing"),
    Role.POSTER: ("海报", "封面", "poster", "cover"),
    Role.SUBTITLES: ("字幕", "subtitles", "subtitle", "subs"),
    Role.AUDIO: ("配音", "译制", "dub"),
}
_SEPARATORS = r"[\s._\-—()（）\[\]【】]"
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


@dataclass(frozen=True)
class NamedFile:
    """What a file's name tells.

    Args:
        path: relative, with forward slashes.
        stem: without what is told of language and role at its end.
        word: the role that its name says.
    """

    path: str
    stem: str
    language: str | None
    word: Role | None

    @property
    def ending(self) -> str:
        return PurePosixPath(self.path).suffix.lower()

    @property
    def is_handout(self) -> bool:
        """Whether its name says so, or is nothing else."""
        return self.word is Role.DOCUMENT or self.stem.casefold() in _WORDS[Role.DOCUMENT]

    @property
    def place(self) -> tuple[str, str]:
        """Its folder, and its stem in one form: what joins files."""
        stem = re.sub(_SEPARATORS, "", course_order.plain(self.stem))
        return str(PurePosixPath(self.path).parent), stem

    @property
    def number(self) -> tuple[str, tuple[int, ...]]:
        """Its folder, and the lesson that it is of."""
        return str(PurePosixPath(self.path).parent), course_order.numbers(self.stem)


@dataclass
class CourseFiles:
    """Parts in the order of showing, each file by its part (None: the whole course's), and what fits nowhere."""

    parts: list[CoursePart] = field(default_factory=list)
    media: list[dict[str, Any]] = field(default_factory=list)
    unplaced: list[str] = field(default_factory=list)

    @property
    def is_film(self) -> bool:
        """Whether it could be one film, with what goes with a film."""
        mains = [row for row in self.media if row["role"] is Role.MAIN]
        kinds = {row["role"] for row in self.media}
        is_picture = len(mains) == 1 and PurePosixPath(mains[0]["file"]).suffix.lower() not in SOUND
        return is_picture and len(self.parts) == 1 and not kinds & {Role.SLIDES, Role.SLIDE_TIMES, Role.DOCUMENT}

    def as_film(self) -> CourseFiles:
        """The same without parts."""
        return CourseFiles([], [{key: row[key] for key in row if key != "part"} for row in self.media], self.unplaced)

    def rows(self) -> list[dict[str, Any]]:
        """The files as `media` of a submission has them."""
        return [{**row, "role": row["role"].value} for row in self.media]


def named(path: str) -> NamedFile:
    """What one name tells."""
    stem = PurePosixPath(path).stem
    language: str | None = None
    word: Role | None = None
    while True:
        shorter, told, role = _last_word(stem)
        if shorter is None or (told and language) or (role and word):
            return NamedFile(path, stem, language, word)
        stem, language, word = shorter, told or language, role or word


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
    mains += [item for item in fresh if _is_deck_alone(item, mains)]
    if all(item.number[1] for item in mains):
        mains.sort(key=_shown_at)
    else:
        mains.sort(key=files.index)
    made = CourseFiles()
    keys = _ids(mains, there)
    by_place: dict[tuple[str, str], str] = {}
    by_number: dict[tuple[str, tuple[int, ...]], str] = {}
    for item in mains:
        if item.place in by_place and item.path not in standing:  # two recordings of one name
            made.unplaced.append(item.path)
            continue
        own = keys[item.path]
        by_place[item.place] = own
        by_number[item.number] = "" if item.number in by_number else own
        if item.path in standing:
            made.media.append(_standing_row(standing[item.path], own))
        else:
            made.media.append(_row(item, Role.MAIN if item.path in shown else Role.SLIDES, own))
    known = {str(part.id) for part in there.parts} if there else set()
    others = [item for item in files if item not in mains]
    made.media += [
        _standing_row(standing[item.path], standing[item.path].part) for item in others if item.path in standing
    ]
    for item in (item for item in others if item.path not in standing):
        role = _role(item, shown)
        place = said.get(item.path) or _part(item, by_place, by_number)
        taken = [row for row in made.media if row.get("part", WHOLE) == place and row["role"] == role]
        is_known = place in {WHOLE, *keys.values(), *known}
        if role is None or place is None or not is_known or _is_second(item, role, taken):
            made.unplaced.append(item.path)
            continue
        row = _row(item, role, place)
        if role is Role.SUBTITLES and not item.language:
            row = {"file": item.path, "role": role, "language": language} | row
        made.media.append(row)
    made.parts = _parts(mains, keys, there)
    places = {part.id: number for number, part in enumerate(made.parts)}
    made.media.sort(key=lambda row: (places.get(row.get("part", ""), len(places)), _ORDER.index(row["role"])))
    return made


def _shown_at(item: NamedFile) -> tuple[course_order.Key, tuple[int, ...], course_order.Key]:
    """Folder by folder, by the lesson's number."""
    folder, number = item.number
    return course_order.natural(f"{folder}/x"), number, course_order.natural(item.path)


def _last_word(stem: str) -> tuple[str | None, str | None, Role | None]:
    """A stem without a language or a role at its end, and which that was."""
    match = re.search(rf"^(.*[^\s._\-—(（\[【]){_SEPARATORS}+([^\s._\-—()（）\[\]【】]+)[)）\]】]?$", stem)
    if match:
        word = match[2].casefold()
        code = languages.code_of_word(word) or (word if len(word) == 3 and languages.is_known(word) else None)
        if code and not match[2].isdecimal():
            return match[1], code, None
        if role := next((role for role, words in _WORDS.items() if word in words), None):
            return match[1], None, role
    folded = stem.casefold()
    for role, words in _WORDS.items():
        for word in words:
            if not word.isascii() and folded.endswith(word) and len(folded) > len(word):
                return stem[: -len(word)].rstrip(" ._-—"), None, role
    for known in languages.ours():
        for word in (known.chinese, *known.words):
            if len(word) > 1 and not word.isascii() and folded.endswith(word) and len(folded) > len(word):
                return stem[: -len(word)].rstrip(" ._-—"), known.code, None
    return None, None, None


def _is_dub(item: NamedFile, files: Sequence[NamedFile], shown: set[str]) -> bool:
    """Sound in a language, beside a recording of its name that is in none."""
    if item.ending not in SOUND or not (item.language or item.word is Role.AUDIO):
        return False
    by_number = course_order.is_number_alone(item.stem)
    return any(
        other.path != item.path
        and other.path in shown
        and not other.language
        and (other.place == item.place or (by_number and other.number == item.number))
        for other in files
    )


def _is_deck_alone(item: NamedFile, mains: Sequence[NamedFile]) -> bool:
    """A deck that is a lesson itself: nothing is recorded, or it has a number that no recording has."""
    if item.ending != ".pdf" or item.word not in (None, Role.SLIDES) or item.is_handout:
        return False
    if any(item.place == other.place for other in mains):
        return False
    is_of_one = course_order.is_number_alone(item.stem) and any(item.number == other.number for other in mains)
    return not is_of_one and (not mains or bool(item.number[1]))


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
        return Role.AUDIO if item.ending in SOUND and item.language else None
    if item.ending in DECKS:
        return Role.DOCUMENT if item.is_handout else Role.SLIDES
    if item.ending in DOCUMENTS:
        return Role.DOCUMENT
    if item.ending in TABLES:
        return Role.SLIDE_TIMES
    return Role.POSTER if item.ending in PICTURES else None


def _part(
    item: NamedFile,
    by_place: Mapping[tuple[str, str], str],
    by_number: Mapping[tuple[str, tuple[int, ...]], str],
) -> str | None:
    """The part that a file's name names; `WHOLE`; None where it fits nowhere."""
    if own := by_place.get(item.place):
        return own
    if course_order.is_number_alone(item.stem) and (own := by_number.get(item.number)):
        return own
    folder, stem = item.place
    longer = [own for (where, known), own in by_place.items() if where == folder and known and stem.startswith(known)]
    if len(longer) == 1 and (item.ending in DOCUMENTS or item.word):
        return longer[0]
    is_for_all = item.ending in DOCUMENTS or (item.ending in DECKS and item.is_handout)
    is_poster = item.ending in PICTURES and (item.word is Role.POSTER or item.stem.casefold() in _WORDS[Role.POSTER])
    return WHOLE if is_for_all or is_poster else None


def _is_second(item: NamedFile, role: Role, taken: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a part has one of these already."""
    if role in (Role.SUBTITLES, Role.AUDIO):
        return any(row.get("language") == item.language for row in taken)
    if role is Role.SLIDES:
        return any(PurePosixPath(row["file"]).suffix.lower() == item.ending for row in taken)
    return role is not Role.DOCUMENT and bool(taken)


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


def _ids(mains: Sequence[NamedFile], there: Submission | None) -> dict[str, str]:
    """The id of each lesson: the one that it has, else its number where all have their own, else its place."""
    kept = {item.file: own for item in there.media if (own := there.part_of(item))} if there else {}
    found = {item.path: kept[item.path] for item in mains if item.path in kept}
    taken = {label(own) for own in found.values()} | ({label(part.id) for part in there.parts} if there else set())
    fresh = [item for item in mains if item.path not in found]
    told = {item.path: "-".join(map(str, item.number[1])) for item in fresh}
    told = {path: numbered(int(text)) if text.isdecimal() else text for path, text in told.items()}
    expected = {part.id for part in there.parts if part.id not in found.values()} if there else set()
    labels = [label(text) for text in told.values()]
    is_told = all(told.values()) and len(set(labels)) == len(labels)
    if is_told and not {name for text, name in zip(told.values(), labels, strict=True) if text not in expected} & taken:
        return found | told
    number = 0
    for item in fresh:
        number += 1
        while label(numbered(number)) in taken:
            number += 1
        found[item.path] = numbered(number)
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
        unit = PurePosixPath(item.path).parts[:-1][:1]
        part = CoursePart(id=keys[item.path], unit=unit[0] if unit else None, title=course_order.title_of(item.stem))
        listed.insert(before[-1] if before else min(after, default=len(listed)), part)
    return listed
