"""XML of other programs: nothing outside of the file is read, no entity is replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml import etree


def parsed(content: bytes) -> etree._Element:
    """The root element; a document type that it brings is in its tree's `docinfo`.

    Raises:
        ValueError: it is no XML.
    """
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as error:
        raise ValueError(str(error)) from error
