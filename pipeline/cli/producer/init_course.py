"""`init` of a folder, or of several files: what goes with what is told by their names, the rest is asked."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console
from pipeline.cli.producer import init_questions, init_rows
from pipeline.errors import InputError
from pipeline.exchange import intake
from pipeline.execute import (
    course_files,
    course_order,
    endings,
    initiating,
    lesson_names,
    passed_over,
    standing_submission,
)
from pipeline.execute.course_files import CourseFiles
from pipeline.execute.fields import Given, kind_of
from pipeline.execute.standing_submission import StandingSubmission
from pipeline.model import languages
from pipeline.model.submission import Kind, Role, Submission
from pipeline.workspace import HIDDEN

_LEAVE_OUT = "-"
_RECORDINGS = (*endings.FILMS, *endings.SOUND)


@dataclass(frozen=True)
class Placing:
    """What a person says of files that their names don't tell.

    Args:
        parts: the part of a file, or `WHOLE`, by its name.
        left_out: what is not to be handed in.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    left_out: frozenset[str] = frozenset()


def placing(parts: Sequence[str], left_out: Sequence[str]) -> Placing:
    """Of `--part FILE=PART` and `--leave-out FILE`.

    Raises:
        InputError: a value has another form.
    """
    said = {}
    for text in parts:
        name, sign, own = text.rpartition("=")
        if not (name and sign and own):
            raise InputError("part_form", where=text)
        said[_plain(name)] = own
    return Placing(said, frozenset(map(_plain, left_out)))


def files_of(folder: Path) -> list[Path]:
    """What lies in a folder and below, in the order in which people count; what programs leave there is passed over."""
    found = []
    for place, names, files in os.walk(folder):
        names[:] = [name for name in names if not name.startswith(".") and name != HIDDEN]
        kept = (Path(place) / name for name in files if not name.startswith("."))
        found += [path for path in kept if not passed_over.is_left(path)]
    found = [path for path in found if path.suffix.lower() not in intake.YAML]
    return sorted(found, key=lambda path: course_order.natural(path.relative_to(folder).as_posix()))


def write(  # noqa: PLR0913 - the files, what is said of them, and where to
    console: Console,
    files: Sequence[Path],
    given: Mapping[str, Given],
    target: Path,
    said: Placing,
    *,
    title: str | None = None,
    force: bool,
) -> int:
    """One submission of all the files.

    Args:
        title: the usual one, where it is not the first file's name.

    Raises:
        InputError: files are left whose names tell no place, and nobody can be asked; nothing can be shown; a film's
            submission stands there, and these are more than a film.
    """
    standing = standing_submission.read(target, said.left_out, said.parts)
    replaced = standing.submission if standing and standing.is_of_another else None
    standing = None if replaced else standing
    there = standing.submission if standing else None
    among = [initiating.named_from(target, path) for path in files]
    among += [name for name in (standing.files if standing else ()) if name not in among]
    for name in {*said.parts, *said.left_out} - {*among, *(standing.gone if standing else ())}:
        raise InputError("path_missing", where=name)
    named = [lesson_names.named(name) for name in among]
    asks = sys.stdin.isatty() and not console.as_json
    while True:
        kept = [item for item in named if item.path not in said.left_out]
        films = [item.path for item in kept if item.ending in _RECORDINGS]
        course = course_files.grouped(kept, films, said.parts, there, _first_language(given, there))
        if not course.unplaced:
            break
        if not asks:
            raise _unplaced(course, target.parent)
        said = _asked(console, course, said)
    shown = [target.parent / row["file"] for row in course.media if row["role"] is Role.MAIN]
    if not course.media or not course.parts:
        raise InputError("init_nothing_shown", where=str(target.parent))
    is_film = course.is_film and (there is None or there.kind is Kind.FILM)
    if standing and standing.submission.kind is Kind.FILM and not is_film and "kind" not in given:
        names = ", ".join(row["file"] for row in course.media if row["file"] not in standing.files)
        raise InputError("standing_film", where=str(target), title=standing.submission.title_zh, files=names)
    usual = initiating.defaults(shown, workspace_here().settings.prefecture)
    usual |= {"title": title} if title else {"title": files[0].stem}
    usual["kind"] = (Kind.FILM if is_film else Kind.COURSE).value
    if there:
        usual["prefecture"] = there.prefecture
    elif asks:
        given = {**given, **init_questions.ask(console, given, usual, len(course.parts))}
    kind = kind_of(given["kind"].text) if "kind" in given else usual["kind"]
    placed = course.as_film() if kind == Kind.FILM else course
    init_rows.refuse_without_prefecture(console, given, usual)
    made = initiating.initiated(given, usual, (), target, course=placed, standing=standing)
    initiating.write(made, force=force)
    if replaced:
        console.remark("init_replaced", file=target, title=replaced.title_zh)
    if standing:
        _tell_kept(console, standing, [str(row["file"]) for row in placed.media])
    init_rows.told(console, made, "init_wrote")
    if kind == Kind.COURSE:
        _list(console, made.submission)
    console.say("init_next", file=target)
    return 0


def _unplaced(course: CourseFiles, folder: Path) -> InputError:
    """What is said of files whose names tell no place, where nobody can be asked."""
    if course.doubles:
        return InputError("files_twice", where=str(folder), files=", ".join(course.doubles))
    known = ", ".join(part.id for part in course.parts)
    return InputError("files_unplaced", where=str(folder), files=", ".join(course.unplaced), known=known or "-")


def _tell_kept(console: Console, standing: StandingSubmission, written: Sequence[str]) -> None:
    """What of the submission that stood there could not be kept, and what is new: also what was left out then."""
    for name in standing.gone:
        console.remark("init_gone", file=name)
    if came := [name for name in written if name not in standing.files]:
        flags = " ".join(f'--leave-out "{name}"' for name in came)
        console.remark("init_came_in", files=", ".join(came), flags=flags)
    if standing.has_comments:
        console.remark("init_comments")


def _list(console: Console, submission: Submission) -> None:
    """Each part with its files, so that a wrong place is seen at once."""
    for part in submission.course_parts:
        own = [item.file for item in submission.media if submission.part_of(item) == part.id]
        console.say("init_part", id=part.id, title=submission.part_title(part), files=", ".join(own) or "-")
    if whole := [item.file for item in submission.media if submission.part_of(item) is None]:
        console.say("init_whole", files=", ".join(whole))


def _asked(console: Console, course: CourseFiles, said: Placing) -> Placing:
    """Where each file belongs that fits nowhere; an answer that is none is asked for again."""
    parts, left_out = dict(said.parts), set(said.left_out)
    known = [part.id for part in course.parts]
    for name in course.unplaced:
        if name in course.doubles:
            console.remark("part_has_one", file=name)
        elif name in parts:
            console.remark("part_unfit", file=name, part=parts[name])
        own = _answer(console, name, known)
        if own is None:
            left_out.add(name)
            console.remark("left_out_file", file=name)
        else:
            parts[name] = own
    return Placing(parts, frozenset(left_out))


def _answer(console: Console, name: str, known: Sequence[str]) -> str | None:
    """The part that one file belongs to, or `WHOLE`; None to leave it out."""
    question = console.word("ask_part", file=name, known=", ".join(known))
    while True:
        try:
            answer = str(click.prompt(question, default=_LEAVE_OUT)).strip()
        except click.Abort as stopped:
            raise KeyboardInterrupt from stopped
        if course_order.plain(answer) == _LEAVE_OUT:
            return None
        if own := lesson_names.meant(answer, known):
            return own
        console.remark("part_unknown", answer=answer, known=", ".join(known))


def _first_language(given: Mapping[str, Given], there: Submission | None) -> str:
    if "languages" in given:
        first = given["languages"].text.replace("、", " ").replace(",", " ").split()[0]
        return languages.code_of_word(first.casefold()) or first
    return there.languages[0] if there and there.languages else "zho"


def _plain(name: str) -> str:
    return Path(name).as_posix()
