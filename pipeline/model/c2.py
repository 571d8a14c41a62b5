"""A C2 work order (China IPTV content injection): objects, which belongs to which, and a head-end's reply.

Clauses are those of the C2 3.0 document: 3.2 (root), 3.3 (object), 3.15 (mapping), 3.16 (reply).
"""

from __future__ import annotations

from enum import StrEnum

from pipeline.model.base import Noun

ObjectKey = tuple[str, str]  # ElementType, Code (clause 3.1)
MappingKey = tuple[str, str, str, str]  # the parent's, then the element's


class Action(StrEnum):
    """What becomes of an object or a mapping (clause 3.3)."""

    REGIST = "REGIST"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


class ElementType(StrEnum):
    """The kinds of objects that we write, of those of clause 3.3."""

    CATEGORY = "Category"
    SERIES = "Series"
    PROGRAM = "Program"
    MOVIE = "Movie"
    PICTURE = "Picture"


class Property(Noun):
    """`<Property Name=…>text</Property>`."""

    name: str
    text: str


class ContentObject(Noun):
    """`<Object>`: ID and Code are the same text, as in live orders.

    Args:
        parent_code: of a Category alone (clause 3.12).
    """

    element_type: str
    code: str
    action: str
    properties: tuple[Property, ...] = ()
    parent_code: str | None = None

    @property
    def key(self) -> ObjectKey:
        """What it is known by."""
        return self.element_type, self.code


class Mapping(Noun):
    """`<Mapping>`: which object belongs to which."""

    parent_type: str
    parent_code: str
    element_type: str
    element_code: str
    action: str
    properties: tuple[Property, ...] = ()

    @property
    def key(self) -> MappingKey:
        """What it is known by: both ends."""
        return self.parent_type, self.parent_code, self.element_type, self.element_code


class Reply(Noun):
    """`<Reply>`, in answers only: result 0 is success, 1 in part, anything else a failure (clause 3.16)."""

    result: str
    description: str = ""


class WorkOrder(Noun):
    """`<ADI>`.

    Args:
        attributes: of the root, such as BizDomain.
    """

    objects: tuple[ContentObject, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    reply: Reply | None = None
    attributes: tuple[Property, ...] = ()
