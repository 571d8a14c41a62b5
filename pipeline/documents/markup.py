"""One XML part of a package, read as it comes: relationships, content types, fields, and elements that act.

Every part that is XML is read by all of these rules, whatever its name and type say. A DTD is refused (ECMA-376 part 2,
clause 6.2.5), and no entity is ever replaced; a picture in SVG may have one: Office draws it, and runs and fetches
nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from pipeline.documents.archive import refused
from pipeline.documents.fields import Fields, has_address
from pipeline.documents.relations import Relationship
from pipeline.model.document import ActiveKind

_OPC = "http://schemas.openxmlformats.org/package/2006/"
_RELATED = (
    "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}",
    "{http://purl.oclc.org/ooxml/officeDocument/relationships}",
)
_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_SHOW = ("http://schemas.openxmlformats.org/presentationml/2006/main", "http://purl.oclc.org/ooxml/presentationml/main")
_VML, _OFFICE = "urn:schemas-microsoft-com:vml", "{urn:schemas-microsoft-com:office:office}"
_OBJECTS = {"oleObj", "OLEObject", "objectEmbed", "objectLink", "oleLink"}
_LINKS = ("hlink", "hyperlink")
# what a click on a slide does (ECMA-376 part 1, 21.1.2.3.5; MS-OI29500 2.1.1156)
_ACTIONS = {
    "ppaction://macro": ActiveKind.MACRO,
    "ppaction://program": ActiveKind.LAUNCH,
    "ppaction://ole": ActiveKind.OBJECT,
}
_CALLBACKS = ("on", "get", "loadimage")  # of a ribbon: names of macros

Acts = Callable[[ActiveKind, str], None]


@dataclass
class Markup:
    """What one part says, in lxml's interface for a target.

    Args:
        acts: told of each thing that acts, with its name or address.
        source: the part that relationships in here are of.
        related: the relationships that something else than a link names.
        slides: of a deck in the order of showing, by their relationships.
        types: content types by part (`/word/document.xml`) and by ending (`xml`).
    """

    acts: Acts
    source: str
    relationships: list[Relationship] = field(default_factory=list)
    related: set[str] = field(default_factory=set)
    slides: list[str] = field(default_factory=list)
    types: dict[str, str] = field(default_factory=dict)
    fields: Fields = field(default_factory=Fields)
    _is_code: bool | None = None  # of the text that follows; None: it is nobody's

    def doctype(self, *_: object) -> None:
        raise refused("document.unreadable", "document_entities")

    def start(self, tag: str, attributes: Mapping[str, str], _names: object = None) -> None:
        space, _, local = tag.rpartition("}")
        space = space[1:]
        if space.startswith(_OPC):
            self._package(local, attributes)
        elif space in _WORD:
            self._word(local, attributes)
        elif space in _SHOW and local == "sldId":
            self.slides += [value for name, value in attributes.items() if name.startswith(_RELATED)]
        if attributes:
            self._attributes(space, local, attributes)
        self._element(space, local, attributes)

    def end(self, tag: str) -> None:
        space, _, local = tag.rpartition("}")
        if space[1:] in _WORD:
            self._is_code = None
            if local == "p":
                self._tell(self.fields.paragraph())

    def data(self, data: str) -> None:
        if self._is_code is not None:
            self.fields.text(data, is_code=self._is_code)

    def close(self) -> None:
        self._tell(self.fields.close())

    def _tell(self, found: Iterable[tuple[ActiveKind, str]]) -> None:
        for kind, code in found:
            self.acts(kind, code)

    def _package(self, local: str, attributes: Mapping[str, str]) -> None:
        if local == "Relationship":
            is_external = attributes.get("TargetMode", "").strip().lower() == "external"
            number, kind, target = (attributes.get(name, "") for name in ("Id", "Type", "Target"))
            self.relationships.append(Relationship(self.source, number, kind, target, is_external))
        elif local in ("Default", "Override"):
            key = attributes.get("PartName") or attributes.get("Extension", "")
            self.types[key.lower()] = attributes.get("ContentType", "")

    def _word(self, local: str, attributes: Mapping[str, str]) -> None:
        if local in ("instrText", "delInstrText"):
            self._is_code = True
        elif local == "t":
            self._is_code = False
        elif local == "fldChar":
            kind = _value(attributes, "fldCharType")
            if kind == "begin":
                self._tell(self.fields.begin())
            elif kind == "separate":
                self.fields.separate()
            elif kind == "end":
                self._tell(self.fields.end())
        elif local == "fldSimple":
            simple = Fields()
            simple.text(_value(attributes, "instr"), is_code=True)
            self._tell(simple.paragraph())
        elif local in ("connectString", "query", "udl") and (said := _value(attributes, "val")):
            self.acts(ActiveKind.ELSEWHERE, said)

    def _attributes(self, space: str, local: str, attributes: Mapping[str, str]) -> None:
        is_link = local.startswith(_LINKS)
        for name, value in attributes.items():
            if name.startswith(_RELATED):
                if not is_link:
                    self.related.add(value)
            elif name == "action":
                for begin, kind in _ACTIONS.items():
                    if value.strip().lower().startswith(begin):
                        self.acts(kind, value)
            elif space == _VML and name in ("src", f"{_OFFICE}href", f"{_OFFICE}althref") and has_address(value):
                self.acts(ActiveKind.PICTURE, value)
            elif "customui" in space and name.lower().startswith(_CALLBACKS):
                self.acts(ActiveKind.MACRO, f"{name}={value}")

    def _element(self, space: str, local: str, attributes: Mapping[str, str]) -> None:
        if local in _OBJECTS:
            self.acts(ActiveKind.OBJECT, attributes.get("progId", "") or attributes.get("ProgID", "") or local)
        elif local == "control" and (space in _WORD or space in _SHOW):
            self.acts(ActiveKind.CONTROL, attributes.get("name", "") or local)
        elif local == "ocx":
            self.acts(ActiveKind.CONTROL, local)
        elif local == "ddeLink":
            self.acts(ActiveKind.DDE, " ".join(attributes.values()))
        elif local == "altChunk":
            self.acts(ActiveKind.FILE, local)
        elif local == "webextension":
            self.acts(ActiveKind.ADDIN, local)


def read(chunks: Iterable[bytes], acts: Acts, source: str) -> Markup | None:
    """What a part says; None where it is no XML.

    Raises:
        Refused: it has a DTD.
    """
    found = Markup(acts, source)
    parser = etree.XMLParser(target=found, resolve_entities=False, no_network=True, load_dtd=False)  # type: ignore[arg-type]  # lxml gives text as str, and asks for no comments
    is_well_formed = True
    for chunk in chunks:  # to the end, whatever becomes of them: what is read is counted
        if is_well_formed:
            try:
                parser.feed(chunk)
            except etree.XMLSyntaxError:
                is_well_formed = False
    try:
        if is_well_formed:
            parser.close()
    except etree.XMLSyntaxError:
        is_well_formed = False
    return found if is_well_formed else None


def _value(attributes: Mapping[str, str], name: str) -> str:
    """An attribute of Word's, which are in a namespace of their own."""
    return next((value for key, value in attributes.items() if key.rpartition("}")[2] == name), "")
