"""A programme as a C2 work order in a dialect: series, programmes, movies, pictures, and which belongs to which. Pure.

Addresses are relative to the package: what becomes of each object at a head-end, and where it fetches the files, is
decided when an order is sent (`exchange.c2`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from pipeline.model.c2 import Action, ContentObject, ElementType, Mapping, ObjectKey, Property, WorkOrder
from pipeline.model.c2_dialect import Dialect, PropertyRule
from pipeline.model.programme import (
    Description,
    PartDescription,
    Programme,
    ProgrammePart,
    ProgrammePoster,
    ProgrammeStream,
)
from pipeline.model.submission import Kind
from pipeline.package.metadata import c2_codes, c2_dialects, values
from pipeline.package.metadata.c2_order import to_xml
from pipeline.package.metadata.field_texts import FaultKind, FieldFault, field_text
from pipeline.package.metadata.values import Values

_SAID_ELSEWHERE = {"searched": "keywords"}  # values to which what is made adds: of subtitles
ROOT = "0"  # what a category without a parent stands under (clause 3.12)


_ALWAYS = (FaultKind.LONG, FaultKind.LEFT_OUT)  # whatever is done with the object


@dataclass(frozen=True)
class OrderFault:
    """A property that can't be sent as the dialect wants it; `code` is its object's."""

    element_type: str
    code: str
    field: FieldFault


@dataclass
class _Order:
    """What is put together."""

    programme: Programme
    dialect: Dialect
    held: Collection[ObjectKey] = ()
    objects: list[ContentObject] = field(default_factory=list)
    mappings: list[Mapping] = field(default_factory=list)
    faults: list[OrderFault] = field(default_factory=list)

    def add(self, kind: ElementType, code: str, known: Values, parent_code: str | None = None) -> bool:
        """An object, unless the dialect has none of its kind or it stands there already."""
        rule = self.dialect.element(kind)
        if rule is None or any(item.key == (kind, code) for item in self.objects):
            return False
        action = Action.UPDATE if (kind, code) in self.held else Action.REGIST
        properties = self.hold(kind, code, rule.properties, known, action)
        self.objects.append(
            ContentObject(element_type=kind, code=code, action=action, properties=properties, parent_code=parent_code)
        )
        return True

    def map(self, parent: tuple[ElementType, str], element: tuple[ElementType, str], known: Values) -> None:
        """A mapping, unless the dialect has none of its kind."""
        rule = self.dialect.mapping(parent[0], element[0])
        if rule is None:
            return
        properties = self.hold(f"{parent[0]}-{element[0]}", element[1], rule.properties, known)
        self.mappings.append(
            Mapping(
                parent_type=parent[0],
                parent_code=parent[1],
                element_type=element[0],
                element_code=element[1],
                action=Action.REGIST,
                properties=properties,
            )
        )

    def hold(
        self,
        kind: str,
        code: str,
        rules: Sequence[PropertyRule],
        known: Values,
        action: Action = Action.REGIST,
    ) -> tuple[Property, ...]:
        found = []
        for rule in (item for item in rules if action in item.actions):
            said = field_text(rule, known)
            is_held = said.fault and (said.fault.kind in _ALWAYS or action in rule.required_with)
            if said.fault and is_held:
                self.faults.append(OrderFault(kind, code, said.fault))
            if said.text is not None:
                found.append(Property(name=rule.title, text=said.text))
        return tuple(found)


def render(programme: Programme) -> bytes | None:
    """The order that lies in the package; None where nothing is for a head-end.

    Raises:
        ValueError: it does not validate (a fault of this program).
    """
    work_order, _ = order(programme, c2_dialects.stored())
    return None if work_order is None else to_xml(work_order)


def order(
    programme: Programme, dialect: Dialect, held: Collection[ObjectKey] = ()
) -> tuple[WorkOrder | None, tuple[OrderFault, ...]]:
    """The order, and what the dialect lacks in it; what a head-end holds is an UPDATE.

    A course is a series from its first lesson on, each a programme of it in its order. Lessons without a stream for
    set-top boxes (sound alone) are not for the head-end; None when nothing is.
    """
    played = values.played(programme)
    if not played:
        return None, ()
    made = _Order(programme, dialect, held)
    told = programme.description
    whole = (ElementType.SERIES, c2_codes.series(programme))
    if programme.is_course:
        made.add(*whole, values.of_series(programme))
    for part in played:
        for code, streams in _programs(programme, part, dialect):
            _program(made, part, code, streams)
            if programme.is_course:
                made.map(whole, (ElementType.PROGRAM, code), {"sequence": str(_sequence(programme, part))})
            elif told.column:
                _category(made, (ElementType.PROGRAM, code))
    if programme.is_course:
        shared = [(part, poster) for part in played for poster in part.posters if poster.of_whole]
        for part, poster in _one_of_each_shape(shared):
            if kind := _picture_kind(dialect, poster):
                made.map((ElementType.PICTURE, _picture_code(programme, part, poster)), whole, kind)
        if told.column:
            _category(made, whole)
    attributes = tuple(Property(name=name, text=text) for name, text in dialect.root.attributes.items())
    return WorkOrder(objects=tuple(made.objects), mappings=tuple(made.mappings), attributes=attributes), tuple(
        made.faults
    )


def described_faults(description: Description, dialect: Dialect) -> tuple[OrderFault, ...]:
    """What the dialect lacks in what is said of a programme, before anything of it is made.

    A column that the branch has no code for is lacking too, where the dialect knows any.
    """
    made = _Order(Programme(description=description, revision=1, parts=()), dialect)
    known = frozenset((*values.DESCRIBED, *_SAID_ELSEWHERE, "parent"))
    kinds: list[tuple[ElementType, PartDescription | None]] = [
        (ElementType.PROGRAM, part) for part in description.parts
    ]
    if description.kind is Kind.COURSE:
        kinds.insert(0, (ElementType.SERIES, None))
    if dialect.categories.regist and _codes_of(dialect, description):
        kinds.append((ElementType.CATEGORY, None))
    for kind, part in kinds:
        rule = dialect.element(kind)
        rules = [item for item in rule.properties if item.source in known] if rule else []
        told = values.described(description, part)
        made.hold(
            kind, "", rules, {**told, **{name: told[own] for name, own in _SAID_ELSEWHERE.items()}, "parent": ROOT}
        )
    if dialect.categories.codes and (description.column is None or not _codes_of(dialect, description)):
        made.faults.append(OrderFault(ElementType.CATEGORY, "", FieldFault("Category", FaultKind.MISSING, "column")))
    return tuple(dict.fromkeys(made.faults))


def said_as(source: str) -> str:
    """The field of a submission that a value is of."""
    return _SAID_ELSEWHERE.get(source, source)


def _programs(
    programme: Programme, part: ProgrammePart, dialect: Dialect
) -> Iterator[tuple[str, tuple[ProgrammeStream, ...]]]:
    """The code of each Program that a part is, and its streams."""
    if dialect.definitions == "movies":
        yield c2_codes.program(programme, part), part.streams
        return
    for definition in dict.fromkeys(values.definition((stream,)) for stream in part.streams):
        own = tuple(stream for stream in part.streams if values.definition((stream,)) == definition)
        yield c2_codes.program(programme, part, definition), own


def _program(made: _Order, part: ProgrammePart, code: str, streams: tuple[ProgrammeStream, ...]) -> None:
    programme, dialect = made.programme, made.dialect
    known = values.of_program(programme, part.model_copy(update={"streams": streams}))
    parent = (ElementType.PROGRAM, code)
    made.add(*parent, known)
    for stream in streams:
        movie = c2_codes.of_file(ElementType.MOVIE, programme, part, stream.profile, stream.sha256)
        made.add(ElementType.MOVIE, movie, {**known, **_of_stream(part, stream, dialect)})
        made.map(parent, (ElementType.MOVIE, movie), {"sequence": "1"})
        if programme.is_course:
            made.map((ElementType.SERIES, c2_codes.series(programme)), (ElementType.MOVIE, movie), {"sequence": "1"})
    for poster in part.posters:
        kind = _picture_kind(dialect, poster)
        if kind is None:
            continue
        picture = _picture_code(programme, part, poster)
        made.add(ElementType.PICTURE, picture, {**known, **values.of_picture(poster)})
        made.map((ElementType.PICTURE, picture), parent, kind)


def _of_stream(part: ProgrammePart, stream: ProgrammeStream, dialect: Dialect) -> Values:
    """Its own values; the name says what is burnt in, and the descriptor is clause 4.1's."""
    own = values.of_stream(stream)
    burnt = own["burnt_language"]
    words = dialect.descriptor
    lines = f"{stream.height}{'i' if stream.interlaced else 'P'}"
    descriptor = (
        "TS",
        "CBR",
        _token(words.get("video", {}), stream.video_codec),
        str(own["video_kbps"]),
        words.get("resolution", {}).get(str(own["resolution"]), lines),
        str(round(stream.frame_rate)),
        _token(words.get("audio", {}), stream.audio_codec or "MPEG Audio"),
        str(own["audio_kbps"] or 0),
    )
    return {
        **own,
        "burnt_title": f"{part.title.zh}（{burnt}字幕）" if burnt else None,
        "descriptor": "-".join(descriptor),
    }


def _token(words: dict[str, str], name: str) -> str:
    """No word of the descriptor may hold a hyphen."""
    return words.get(name) or name.replace("-", "")


def _picture_code(programme: Programme, part: ProgrammePart, poster: ProgrammePoster) -> str:
    return c2_codes.of_file(ElementType.PICTURE, programme, part, poster.profile, poster.sha256)


def _picture_kind(dialect: Dialect, poster: ProgrammePoster) -> Values | None:
    """What the picture is to its programme; None where the dialect takes none of its shape."""
    kind = dialect.picture("landscape" if poster.is_landscape else "portrait")
    return {"picture_type": kind.type, "picture_sequence": kind.sequence} if kind else None


def _one_of_each_shape(
    shared: Sequence[tuple[ProgrammePart, ProgrammePoster]],
) -> list[tuple[ProgrammePart, ProgrammePoster]]:
    """The first: a course's own poster is made anew for each lesson."""
    found: dict[str, tuple[ProgrammePart, ProgrammePoster]] = {}
    for part, poster in shared:
        found.setdefault(poster.profile, (part, poster))
    return list(found.values())


def _category(made: _Order, element: tuple[ElementType, str]) -> None:
    """The column that it stands in, where the branch has a code for it."""
    told, dialect = made.programme.description, made.dialect
    code = _codes_of(dialect, told)
    if code is None or told.column is None:
        return
    if dialect.categories.regist:
        parent = dialect.categories.parents.get(told.column.name, ROOT)
        made.add(ElementType.CATEGORY, code, {**values.described(told, None), "parent": parent}, parent)
    made.map((ElementType.CATEGORY, code), element, {"sequence": "1"})


def _codes_of(dialect: Dialect, told: Description) -> str | None:
    return dialect.categories.codes.get(told.column.name) if told.column else None


def _sequence(programme: Programme, part: ProgrammePart) -> int:
    """A lesson's place among those that are played or will come: lessons of sound alone are no episodes."""
    there = [item.number for item in values.played(programme)]
    return sum(number <= part.number for number in (*there, *programme.expected))
