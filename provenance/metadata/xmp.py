"""XMP packets as properties.

Follows ISO 16684-1 section 7: the properties of the top-level descriptions of each `rdf:RDF`, in
every serialisation (attribute, element text, `rdf:resource`, `rdf:value`, array). Names are
compared by namespace, never by prefix. Nested structures describe other things (an ingredient, an
edit): `properties` leaves them alone, `search` finds a property wherever it stands and says so.
Parsing is without entities, DTDs and network.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.etree import _Element

__all__ = ["MAX_PROPERTIES", "Property", "Situated", "XmpError", "properties", "search"]

RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
ARRAYS = frozenset({RDF + "Bag", RDF + "Seq", RDF + "Alt"})
MAX_PROPERTIES = 5000
DTD = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)


class XmpError(ValueError):
    """A packet that is no XMP."""


@dataclass(frozen=True, slots=True)
class Property:
    """One property: the items of an array, or the one value."""

    namespace: str
    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Situated:
    """A property, and whether it stands where it speaks of the work itself.

    Attributes:
        property: its values; one without any has none.
        inner: whether it describes something inside the work (an ingredient, a place in it).
        stray: whether it speaks of the work from a place where no property may stand.
    """

    property: Property
    inner: bool = False
    stray: bool = False


def properties(data: bytes) -> tuple[Property, ...]:
    """The properties of a packet, in order.

    Raises:
        XmpError: when nothing can be read from it.
    """
    root = _parse(data)
    found: list[Property] = []
    for rdf in root.iter(RDF + "RDF"):
        for description in rdf.iterchildren("*"):
            for one in _of(description):
                found.append(one)
                if len(found) >= MAX_PROPERTIES:
                    return tuple(found)
    return tuple(found)


def search(data: bytes, wanted: Callable[[str, str], bool]) -> tuple[Situated, ...]:
    """The properties whose namespace and name are `wanted`, at any depth, in order.

    Raises:
        XmpError: when nothing can be read from the packet.
    """
    found: list[Situated] = []
    for element in _parse(data).iter("*"):
        namespace, local = _names(str(element.tag))
        if wanted(namespace, local):
            values = [value for value in _values(element) if value] or [_text(element)]
            stated = Property(namespace, local, tuple(value for value in values if value))
            found.append(_situated(stated, element.getparent()))
        for name in element.attrib:
            namespace, local = _names(str(name))
            if wanted(namespace, local) and (value := (element.get(name) or "").strip()):
                found.append(_situated(Property(namespace, local, (value,)), element))
        if len(found) >= MAX_PROPERTIES:
            break
    return tuple(found)


def _situated(stated: Property, node: _Element | None) -> Situated:
    """What `node`, the description a property belongs to, is a description of."""
    above = None if node is None else node.getparent()
    if above is not None and above.tag == RDF + "RDF":
        return Situated(stated)
    described = RDF + "Description"
    while node is not None and node.tag == described and above is not None:
        if above.tag == RDF + "RDF":  # a description straight inside another
            return Situated(stated, stray=True)
        node, above = above, above.getparent()
    inside = node is not None and any(True for _ in node.iterancestors(RDF + "RDF"))
    return Situated(stated, inner=inside, stray=not inside)


def _parse(data: bytes) -> _Element:
    from lxml import etree

    if DTD.search(data):
        raise XmpError("an XMP packet with a document type")
    text = data.strip(b"\x00 \t\r\n")
    for recover in (False, True):  # a packet with one flaw still says the rest
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            recover=recover,
        )
        try:
            root = etree.fromstring(text, parser)
        except (etree.LxmlError, ValueError):
            continue
        if root is None:
            continue
        if root.getroottree().docinfo.internalDTD is not None:  # in an encoding DTD cannot see
            raise XmpError("an XMP packet with a document type")
        return root
    raise XmpError("an XMP packet that is not well-formed")


def _of(description: _Element) -> Iterator[Property]:
    for name in description.attrib:  # with values, lxml takes quadratic time for them
        namespace, local = _names(str(name))
        if namespace:
            yield Property(namespace, local, ((description.get(name) or "").strip(),))
    for element in description.iterchildren("*"):
        namespace, local = _names(str(element.tag))
        values = tuple(value for value in _values(element) if value)
        if values:
            yield Property(namespace, local, values)


def _names(tag: str) -> tuple[str, str]:
    """Namespace and local name; no namespace for RDF's own and for none."""
    if not tag.startswith("{") or tag.startswith((RDF, "{http://www.w3.org/XML/")):
        return "", tag
    namespace, _, local = tag[1:].partition("}")
    return namespace, local


def _values(element: _Element) -> Iterator[str]:
    for written in (element.get(RDF + "resource"), element.get(RDF + "value")):
        if written is not None:
            yield written.strip()
            return
    children = list(element.iterchildren("*"))
    if not children:
        yield _text(element)
        return
    for child in children:
        if child.tag in ARRAYS:
            for item in child.iterchildren(RDF + "li"):
                yield from _item(item)
        elif child.tag == RDF + "value":
            yield _text(child)
        elif child.tag == RDF + "Description":
            yield from _described(child)


def _item(item: _Element) -> Iterator[str]:
    resource = item.get(RDF + "resource")
    if resource is not None:
        yield resource.strip()
    elif not len(item):
        yield _text(item)
    else:
        yield from (_text(value) for value in item.iterchildren(RDF + "value"))


def _described(description: _Element) -> Iterator[str]:
    """The value of a qualified property (section 7.8)."""
    value = description.get(RDF + "value")
    if value is not None:
        yield value.strip()
    yield from (_text(value) for value in description.iterchildren(RDF + "value"))


def _text(element: _Element) -> str:
    return "".join(map(str, element.itertext())).strip()
