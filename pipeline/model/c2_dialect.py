"""How one branch's platform wants its C2 orders: `profiles/c2/<name>.yaml`.

The wire has spec generations side by side, and each platform's own properties; whatever differs is data here.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from pipeline.model.base import Noun
from pipeline.model.c2 import Action, ElementType
from pipeline.model.field_rule import FieldRule
from pipeline.model.profile import About
from pipeline.model.text import Line, Lines
from pipeline.model.vocabulary import TermName

DialectName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=32)]
Identifier = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_.-]*$", max_length=64)]
Host = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9.:-]+$", max_length=253)]
ENDS = tuple(
    f"{parent}-{element}"
    for parent, element in (
        ("Program", "Movie"),
        ("Series", "Program"),
        ("Series", "Movie"),
        ("Picture", "Program"),
        ("Picture", "Series"),
        ("Category", "Program"),
        ("Category", "Series"),
    )
)
MappingName = Annotated[str, StringConstraints(pattern=rf"^({'|'.join(ENDS)})$")]


class PropertyRule(FieldRule):
    """One property of an object or a mapping.

    Args:
        actions: with which it is sent.
        required_with: with which it must have a text where it is required; an UPDATE that leaves it out leaves it as it
            is (clause 3.1).
    """

    actions: tuple[Action, ...] = (Action.REGIST, Action.UPDATE)
    required_with: tuple[Action, ...] = (Action.REGIST,)


class ElementRule(Noun):
    """What is sent of one kind of object."""

    name: ElementType
    properties: tuple[PropertyRule, ...] = ()


class MappingRule(Noun):
    """What is sent of one kind of mapping, by its ends; a kind that is not listed is not sent.

    Args:
        actions: that it may have; without UPDATE a mapping that changed is registered again.
    """

    name: MappingName
    actions: tuple[Action, ...] = (Action.REGIST, Action.DELETE)
    properties: tuple[PropertyRule, ...] = ()


class PictureKind(Noun):
    """What a picture of one shape is to its programme (clause 3.15: Type and Sequence of the mapping)."""

    name: Literal["portrait", "landscape"]
    type: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}$")]
    sequence: Annotated[int, Field(ge=0, le=999)] = 1


class CodeRule(Noun):
    """How long a code may be: ours have 31 characters of [A-Z0-9], and a platform that takes fewer is refused."""

    most: Annotated[int, Field(ge=16, le=128)] = 32


class Categories(Noun):
    """The branch's columns.

    Args:
        regist: we register them; else the branch has them already.
        codes: of each column of the vocabulary the branch's Code.
        parents: of a column the Code that its category stands under; 0 is the root.
    """

    regist: bool = False
    codes: dict[TermName, Identifier] = Field(default_factory=dict)
    parents: dict[TermName, Identifier] = Field(default_factory=dict)


class ResultWords(Noun):
    """What a CmdResult, or a Result in a reply, means there."""

    code: Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,5}$")]
    zh: Lines
    en: Lines


class SoapNames(Noun):
    """How its messages are spelt.

    Args:
        string_type: what is said of texts; some stubs want the plain one.
        path: of the service, where the head-end's address has none.
    """

    namespace: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "iptv"
    exec_cmd: Identifier = "ExecCmd"
    result_notify: Identifier = "ResultNotify"
    correlate_id: Identifier = "CorrelateID"
    string_type: Literal["soapenc:string", "xsd:string"] = "soapenc:string"
    path: Annotated[str, StringConstraints(pattern=r"^(/[A-Za-z0-9._~/-]*)?$")] = ""


class OrderFile(Noun):
    """The order's root.

    Args:
        attributes: such as BizDomain, Priority, StaffID.
        namespace: a default one, where the platform wants it; `version` then stands beside it.
        header: MsgID, CSPID, LSPID and Timestamp stand before the objects.
    """

    attributes: dict[Identifier, Line] = Field(default_factory=dict)
    namespace: Annotated[str, StringConstraints(min_length=1, max_length=200)] | None = None
    version: Line | None = None
    header: bool = False


class Dialect(Noun):
    """One platform's way.

    Args:
        definitions: HD and SD are movies of one Program, or two Programs.
        series_delete_takes_movies: the platform deletes a series' movies with it.
        address: the template of addresses in orders, where the settings have none.
        result_hosts: from which an answer's file is fetched.
        late_h: hours after which an answer that did not come is late.
    """

    schema_version: Literal[1]
    name: DialectName
    about: About | None = None
    code: CodeRule = CodeRule()
    root: OrderFile = OrderFile()
    soap: SoapNames = SoapNames()
    definitions: Literal["movies", "programs"] = "movies"
    elements: Annotated[tuple[ElementRule, ...], Field(min_length=1)]
    mappings: Annotated[tuple[MappingRule, ...], Field(min_length=1)]
    pictures: tuple[PictureKind, ...] = ()
    categories: Categories = Categories()
    series_delete_takes_movies: bool = False
    descriptor: dict[str, dict[str, str]] = Field(default_factory=dict)
    results: tuple[ResultWords, ...] = ()
    address: Line | None = None
    result_hosts: tuple[Host, ...] = ()
    late_h: Annotated[int, Field(ge=1, le=24 * 30)] = 24

    def element(self, kind: str) -> ElementRule | None:
        """What is sent of a kind of object; None where it is not."""
        return next((item for item in self.elements if item.name == kind), None)

    def mapping(self, parent: str, element: str) -> MappingRule | None:
        """Likewise of a kind of mapping."""
        return next((item for item in self.mappings if item.name == f"{parent}-{element}"), None)

    def picture(self, shape: str) -> PictureKind | None:
        """Likewise of pictures of one shape."""
        return next((item for item in self.pictures if item.name == shape), None)
