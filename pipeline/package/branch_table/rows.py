"""The rows of a sheet: which films, lessons, streams and pictures there are, and the values of each. Pure.

A stream's values are called `stream_…` and a picture's `picture_…` whatever the row is: in the row of an episode they
are those of the stream and the picture that a column means.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath

from pipeline.model.branch_table import BranchTable, Column, PictureRule, RowKind, TableSheet
from pipeline.model.c2 import ElementType
from pipeline.model.field_rule import FieldRule
from pipeline.model.programme import Programme, ProgrammePart, ProgrammePoster, ProgrammeStream
from pipeline.package.branch_table import templates
from pipeline.package.metadata import c2_codes, values
from pipeline.package.metadata.field_texts import Duration
from pipeline.package.metadata.values import Values

_USUAL_RATE = 25.0  # of a course's length: its lessons may have several
_OWN_NAMES = ("address", "md5", "code", "suffix")
STREAM_NAMES = frozenset(f"stream_{name}" for name in (*values.STREAM, *_OWN_NAMES))
PICTURE_NAMES = frozenset(f"picture_{name}" for name in (*values.PICTURE, *_OWN_NAMES, "profile", "type", "sequence"))
MD5_NAMES = frozenset(("stream_md5", "picture_md5"))
_OF_EVERY_ROW = frozenset(
    (
        *values.DESCRIBED,
        *("revision", "package_id", "ready_at", "number", "code", "series_code"),
        *("series_pinyin", "series_initials", "episodes", "generated", "generated_label"),
    )
)
_OF_PARTS = frozenset((*values.PROGRAM_NAMES, "programme_code", "part_number"))
KNOWN: Mapping[RowKind, frozenset[str]] = {
    "programme": _OF_EVERY_ROW | {"duration", "definition"} | STREAM_NAMES | PICTURE_NAMES,
    "series": _OF_EVERY_ROW | {"duration", "definition"} | PICTURE_NAMES,
    "episode": _OF_EVERY_ROW | _OF_PARTS | STREAM_NAMES | PICTURE_NAMES,
    "stream": _OF_EVERY_ROW | _OF_PARTS | STREAM_NAMES,
    "picture": _OF_EVERY_ROW | {"programme_code", "part_number", "owner_code"} | PICTURE_NAMES,
}
# an address is the file's alone: it is the same in whichever sheet it stands
ADDRESS_NAMES: Mapping[str, frozenset[str]] = {
    "stream": (_OF_EVERY_ROW | _OF_PARTS | {"path", "suffix", "profile"}) - {"number"},
    "picture": (_OF_EVERY_ROW | {"programme_code", "part_number", "owner_code"} | {"path", "suffix", "profile"})
    - {"number"}
    | {"picture_type", "picture_sequence"},
}
_ADDRESS_RULE = FieldRule(name="address")


@dataclass(frozen=True)
class ListedProgramme:
    """A programme that stands in the table.

    Args:
        ready_at: when it was ready, China time.
    """

    programme: Programme
    package_id: str
    ready_at: datetime | None = None

    @property
    def ref(self) -> str:
        return f"{self.programme.description.prefecture}/{self.programme.description.identity}"

    @property
    def in_order(self) -> tuple[str, str, str]:
        told = self.programme.description
        return told.prefecture, told.identity, self.package_id


@dataclass(frozen=True)
class Episode:
    """A film or a lesson, or its streams of one definition.

    Args:
        definition: where HD and SD are two episodes.
    """

    part: ProgrammePart
    streams: tuple[ProgrammeStream, ...]
    definition: str | None = None


@dataclass(frozen=True)
class PictureOf:
    """A picture of one kind; `part` is None for one of a whole course, of which `made_in` is the first lesson."""

    poster: ProgrammePoster
    rule: PictureRule
    part: ProgrammePart | None
    made_in: ProgrammePart


@dataclass(frozen=True)
class TableRow:
    """A row before its cells are made: what it is of, and the values that are the same in all of its columns."""

    listed: ListedProgramme
    known: Values
    episode: Episode | None = None
    stream: ProgrammeStream | None = None
    picture: PictureOf | None = None


@dataclass(frozen=True)
class TableFile:
    """A file that a row names.

    Args:
        md5: where the package has it.
    """

    listed: ListedProgramme
    path: str
    sha256: str
    size_bytes: int
    md5: str | None = None


class Rows:
    """The rows of a table's sheets.

    Args:
        programmes: each with a stream for set-top boxes.
        md5: gives that of a file by its SHA-256, for packages that do not have it.
    """

    def __init__(self, table: BranchTable, programmes: Sequence[ListedProgramme], md5: Callable[[str], str | None]):
        self.table, self.md5 = table, md5
        self.programmes = sorted(programmes, key=lambda item: item.in_order)

    def of(self, sheet: TableSheet) -> Iterator[TableRow]:
        """The rows of one sheet, in their order, without the numbers that join sheets (`filling`)."""
        for listed in self.programmes:
            if listed.programme.description.kind not in sheet.kinds:
                continue
            whole = _whole(listed)
            episodes = list(self._episodes(listed.programme))
            match sheet.rows:
                case "programme":
                    yield self._of_whole(listed, whole)
                case "series" if listed.programme.is_course:
                    yield self._of_whole(listed, whole)
                case "episode":
                    for episode in episodes:
                        yield TableRow(listed, _of_episode(listed, whole, episode), episode)
                case "stream":
                    for episode in episodes:
                        known = _of_episode(listed, whole, episode)
                        for stream in episode.streams:
                            code = _code_of(ElementType.MOVIE, listed, episode.part, stream)
                            yield TableRow(listed, {**known, "code": code}, episode, stream)
                case "picture":
                    for picture in self.pictures(listed.programme):
                        yield TableRow(listed, _of_picture_row(listed, whole, picture), None, None, picture)

    def _of_whole(self, listed: ListedProgramme, whole: Values) -> TableRow:
        programme = listed.programme
        code = c2_codes.series(programme) if programme.is_course else c2_codes.program(programme, programme.parts[0])
        played = values.played(programme)
        streams = tuple(stream for part in played for stream in part.streams)
        seconds = sum(part.streams[0].duration_s for part in played)
        known = {
            **whole,
            "code": code,
            "duration": Duration(round(seconds * _USUAL_RATE), _USUAL_RATE) if played else None,
            "definition": values.definition(streams),
        }
        film = None if programme.is_course else Episode(programme.parts[0], programme.parts[0].streams)
        return TableRow(listed, known, film)

    def _episodes(self, programme: Programme) -> Iterator[Episode]:
        """As C2 orders have them (`c2`)."""
        for part in values.played(programme):
            if self.table.definitions == "movies":
                yield Episode(part, part.streams)
                continue
            for definition in dict.fromkeys(values.definition((stream,)) for stream in part.streams):
                own = tuple(stream for stream in part.streams if values.definition((stream,)) == definition)
                yield Episode(part, own, definition)

    def pictures(self, programme: Programme) -> Iterator[PictureOf]:
        """One of each kind: those of the whole course, then each lesson's own."""
        played = values.played(programme)
        if programme.is_course:
            for rule in self.table.pictures:
                shared = ((part, item) for part in played for item in part.posters if item.of_whole)
                found = next(((part, item) for part, item in shared if _is_of(item, rule)), None)
                if found:
                    yield PictureOf(found[1], rule, None, found[0])
        for part in played:
            own = [item for item in part.posters if not item.of_whole]
            for rule in self.table.pictures:
                if poster := next((item for item in own if _is_of(item, rule)), None):
                    yield PictureOf(poster, rule, part, part)

    def values(self, row: TableRow, column: Column) -> Values:
        """All values that the column may take."""
        found = dict(row.known)
        if stream := self.stream(row, column):
            found |= self._of_stream(row, stream)
        else:
            found |= dict.fromkeys(STREAM_NAMES)
        if picture := self.picture(row, column):
            found |= self._of_picture(row, picture)
        else:
            found |= dict.fromkeys(PICTURE_NAMES)
        return found

    def stream(self, row: TableRow, column: Column) -> ProgrammeStream | None:
        """The row's own, or the one that a column means: of a profile, else the finest; one without subtitles in its
        pictures comes first."""
        if row.stream or row.episode is None:
            return row.stream
        fitting = [item for item in row.episode.streams if column.profile in (None, item.profile)]
        return min(fitting, key=lambda item: (-item.height, bool(item.burnt)), default=None)

    def picture(self, row: TableRow, column: Column) -> PictureOf | None:
        """Likewise: of a kind, else of the first that there is; a lesson without one of its own has the course's."""
        if row.picture:
            return row.picture
        rules = self.table.pictures if column.picture is None else (self.table.picture(column.picture),)
        programme = row.listed.programme
        parts = (row.episode.part,) if row.episode else values.played(programme)
        shown = [(part, item) for part in parts for item in part.posters]
        if row.episode is None:  # a course, whole
            shown = [(part, item) for part, item in shown if item.of_whole] or shown
        for rule in rules:
            if rule and (found := next((pair for pair in shown if _is_of(pair[1], rule)), None)):
                return PictureOf(found[1], rule, row.episode.part if row.episode else None, found[0])
        return None

    def _of_stream(self, row: TableRow, stream: ProgrammeStream) -> Values:
        if row.episode is None:
            raise AssertionError("a stream is of an episode")
        listed = row.listed
        code = _code_of(ElementType.MOVIE, listed, row.episode.part, stream)
        suffix = PurePosixPath(stream.file).suffix
        own = {"path": stream.file, "suffix": suffix, "code": code, "profile": stream.profile}
        base = {**row.known, **_of_episode(listed, _whole(listed), row.episode)}
        address = templates.filled(self.table.addresses.stream, {**base, **own}, _ADDRESS_RULE)
        told = {f"stream_{name}": value for name, value in values.of_stream(stream).items()}
        return {
            **told,
            "stream_address": address,
            "stream_code": code,
            "stream_suffix": suffix,
            "stream_md5": stream.md5 or self.md5(stream.sha256),
        }

    def _of_picture(self, row: TableRow, picture: PictureOf) -> Values:
        listed, poster = row.listed, picture.poster
        code = _code_of(ElementType.PICTURE, listed, picture.made_in, poster)
        suffix = PurePosixPath(poster.file).suffix
        kind: Values = {"picture_type": picture.rule.type, "picture_sequence": picture.rule.sequence}
        own: Values = {"path": poster.file, "suffix": suffix, "code": code, "profile": poster.profile}
        base = _of_picture_row(listed, _whole(listed), picture)
        address = templates.filled(self.table.addresses.picture, {**base, **kind, **own}, _ADDRESS_RULE)
        told = {f"picture_{name}": value for name, value in values.of_picture(poster).items()}
        return {
            **told,
            **kind,
            "picture_address": address,
            "picture_code": code,
            "picture_suffix": suffix,
            "picture_profile": poster.profile,
            "picture_md5": poster.md5 or self.md5(poster.sha256),
        }

    def file_of(self, row: TableRow, column: Column, name: str) -> TableFile | None:
        """The file whose value a name is; None for values that are no file's."""
        found: ProgrammeStream | ProgrammePoster | None = None
        if name in STREAM_NAMES:
            found = self.stream(row, column)
        elif name in PICTURE_NAMES and (picture := self.picture(row, column)):
            found = picture.poster
        return TableFile(row.listed, found.file, found.sha256, found.size_bytes, found.md5) if found else None


def _is_of(poster: ProgrammePoster, rule: PictureRule) -> bool:
    shape = "landscape" if poster.is_landscape else "portrait"
    return rule.shape in (None, shape) and rule.profile in (None, poster.profile)


def _code_of(
    kind: ElementType, listed: ListedProgramme, part: ProgrammePart, file: ProgrammeStream | ProgrammePoster
) -> str:
    return c2_codes.of_file(kind, listed.programme, part, file.profile, file.sha256)


def _whole(listed: ListedProgramme) -> Values:
    """What is known of a film or a course, whole."""
    programme = listed.programme
    told = programme.description
    of_series = values.of_series(programme)
    return {
        **of_series,
        "package_id": listed.package_id,
        "ready_at": listed.ready_at,
        "series_code": c2_codes.series(programme) if programme.is_course else None,
        "series_pinyin": told.search.pinyin,
        "series_initials": told.search.initials,
    }


def _of_episode(listed: ListedProgramme, whole: Values, episode: Episode) -> Values:
    programme, part = listed.programme, episode.part
    code = c2_codes.program(programme, part, episode.definition)
    own = values.of_program(programme, part.model_copy(update={"streams": episode.streams}))
    kept = {name: whole[name] for name in whole.keys() - own.keys()}
    return {**own, **kept, "part_number": part.number, "programme_code": code, "code": code}


def _of_picture_row(listed: ListedProgramme, whole: Values, picture: PictureOf) -> Values:
    programme, part = listed.programme, picture.part
    own = values.described(programme.description, part) if part else {}
    program = c2_codes.program(programme, part) if part else None
    return {
        **whole,
        **own,
        "programme_code": program,
        "owner_code": program or c2_codes.series(programme),
        "part_number": part.number if part else None,
        "code": _code_of(ElementType.PICTURE, listed, picture.made_in, picture.poster),
    }
