"""RSL documents: which contents they speak of, and the licences they offer for each.

Follows RSL 1.0 (Recommendation of 2025-12-10, errata up to 2026-08-07) section 3 for the document
and sections 4.6 to 4.8 for feeds, pages and files that carry one. What the licences come to for a
use is worked out in `provenance.rights.rsl_terms`; where documents are found, in
`provenance.rights.rsl_links`. The drafts before 1.0 share the namespace and are read like it.

A document is read for what it says, not to be thrown back: elements and namespaces that the
specification does not know make it nonconforming, and it says the rest all the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin, urlsplit

from provenance.limits import DEFAULT
from provenance.rights import xml
from provenance.rights.patterns import PathPattern
from provenance.rights.records import Formal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.etree import _Element

    from provenance.rights.xml import Markup

__all__ = ["NAMESPACE", "Content", "License", "Payment", "RslDocument", "read"]

NAMESPACE = "https://rslstandard.org/rsl"
NAMESPACES = re.compile(r"https?://(?:www\.)?rslstandard\.org/rsl(?:[/#].*)?", re.IGNORECASE)
ELEMENTS = frozenset(
    {
        *("rsl", "content", "license", "permits", "prohibits", "payment", "standard", "custom"),
        *("amount", "accepts", "reporting", "legal", "alternate", "schema", "copyright", "terms"),
    }
)
MISSPELT = {"permit": "permits", "prohibit": "prohibits", "licence": "license"}
KINDS = frozenset({"usage", "user", "geo"})
SEPARATORS = re.compile(r"[\s,;]+")
YES = frozenset({"yes", "true", "y", "1", "allow", "allowed"})
NO = frozenset({"no", "false", "n", "0", "none", "disallow", "disallowed", "prohibited"})
EVERYBODY = frozenset({"all", "*", "any", "anyone", "everyone", "everybody", "worldwide"})
"""Words for no limit at all, which the specification does without."""

FAULTS = ("no_license", "no_url", "misplaced", "unnamed", "unlimited")
"""Codes of what makes a content nonconforming."""

DEFAULT_PORTS = {"http": ":80", "https": ":443"}
MOST_CONTENTS = 1000


@dataclass(frozen=True, slots=True)
class Payment:
    """What is asked for a licence (section 3.7).

    Attributes:
        kind: its `type`, None when it has none.
        terms: whether it names a price, a framework or a place to ask.
        at: the first address or framework it names.
    """

    kind: str | None
    terms: bool
    at: str | None


@dataclass(frozen=True, slots=True)
class License:
    """One offer (section 3.4).

    Attributes:
        permits: tokens by `usage`, `user` and `geo`; a kind that is not named is not limited.
        prohibits: the same.
        payment: None when nothing is said of it, which means that it is free.
        reporting: whether reports are asked for.
        foreign: whether it holds something, and nothing of it is known to RSL.
    """

    permits: dict[str, tuple[str, ...]]
    prohibits: dict[str, tuple[str, ...]]
    payment: Payment | None
    reporting: bool
    foreign: bool = False


@dataclass(frozen=True, slots=True)
class Content:
    """The terms of some addresses (section 3.3).

    Attributes:
        url: as written, None when it is missing.
        host: it names, lowercase, None for that of the site.
        pattern: of its paths; None when it means the place it stands in (`url=""`).
        server: of the licences, None when there is none.
        licenses: the offers, any of which may be taken.
        text: of the whole element.
        warnings: what is odd about it.
        formal: whether it keeps the specification.
    """

    url: str | None
    host: str | None
    pattern: PathPattern | None
    server: str | None
    licenses: tuple[License, ...]
    text: str
    warnings: tuple[str, ...]
    formal: Formal

    @property
    def scope(self) -> str:
        """In the words of a reservation."""
        if self.pattern is None:
            return "page"
        return "origin" if self.pattern.text in ("/", "/*", "*") else f"path:{self.pattern.text}"


@dataclass(frozen=True, slots=True)
class RslDocument:
    """All contents of a document, in order; at most `MOST_CONTENTS`."""

    contents: tuple[Content, ...]


def read(body: bytes) -> RslDocument | None:
    """The contents of a document or feed; None when there is no RSL in it.

    Raises:
        RefusedXmlError: when it is not read at all.
    """
    markup = xml.read(body, "the RSL document")
    if not _is_rsl(markup):
        return None
    elements = list(_content_elements(markup)) or list(_bare_licenses(markup))
    faults, formal = _faults(markup)
    if len(elements) > MOST_CONTENTS:
        faults.append(f"truncated: only the first {MOST_CONTENTS:,} contents were read")
        formal = Formal.NONCONFORMING  # what was not read may prohibit what is permitted here
    contents = (_content(one, faults, formal) for one in elements[:MOST_CONTENTS])
    return RslDocument(tuple(contents))


def _is_rsl(markup: Markup) -> bool:
    if _is_own(markup):
        return True
    return any(NAMESPACES.fullmatch(xml.namespace_of(one)) for one in markup.elements())


def _content_elements(markup: Markup) -> Iterator[_Element]:
    """The outermost contents; in a document of its own also those of a foreign namespace."""
    own = _is_own(markup)
    for element in markup.elements():
        if _name(element) != "content":
            continue
        if own or NAMESPACES.fullmatch(xml.namespace_of(element)):
            yield element


def _bare_licenses(markup: Markup) -> Iterator[_Element]:
    """The root itself, where its licences stand in no content."""
    if _is_own(markup) and any(_name(one) == "license" for one in markup.root.iterchildren("*")):
        yield markup.root


def _is_own(markup: Markup) -> bool:
    """Whether it is a document of its own, and no feed or page that carries one."""
    return _name(markup.root) == "rsl"


def _faults(markup: Markup) -> tuple[list[str], Formal]:
    """What is wrong with the document as a whole."""
    faults: list[str] = []
    formal = Formal.VALID
    if not markup.well_formed:
        faults.append("unparseable: the document is not well-formed and was read as far as it goes")
        formal = Formal.MALFORMED
    odd: dict[str, None] = {}
    foreign: dict[str, None] = {}
    for element in markup.elements():
        namespace, name = xml.namespace_of(element), xml.local_name(element)
        if NAMESPACES.fullmatch(namespace) or not namespace:
            if namespace and name not in ELEMENTS:
                odd[name[:40]] = None
            if namespace != NAMESPACE and name in ELEMENTS:
                foreign[namespace or "none"] = None
    if _is_own(markup) and xml.namespace_of(markup.root) != NAMESPACE:
        foreign[xml.namespace_of(markup.root) or "none"] = None
    if odd:
        faults.append(f"unknown_element: RSL has no element {', '.join(list(odd)[:5])}")
    if foreign:
        faults.append(f"namespace: {', '.join(list(foreign)[:3])} is not that of RSL 1.0")
    if (odd or foreign) and formal is Formal.VALID:
        formal = Formal.NONCONFORMING
    return faults, formal


def _content(element: _Element, faults: Iterable[str], formal: Formal) -> Content:
    from lxml import etree

    warnings = list(faults)
    url = element.get("url")
    licenses = tuple(
        _license(one, warnings) for one in element.iterchildren("*") if _name(one) == "license"
    )
    if not licenses:
        warnings.append("no_license: the content names no licence")
    if url is None:
        warnings.append("no_url: the content names no address and is taken for the whole site")
    if formal is Formal.VALID and any(one.partition(":")[0] in FAULTS for one in warnings):
        formal = Formal.NONCONFORMING
    host, path = _address("/" if url is None else url.strip())
    text = etree.tostring(element, encoding="unicode", with_tail=False)
    return Content(
        url=url,
        host=host,
        pattern=PathPattern(path) if path else None,
        server=(element.get("server") or "").strip() or None,
        licenses=licenses,
        text=text[: DEFAULT.value_bytes],
        warnings=tuple(dict.fromkeys(warnings)),
        formal=formal,
    )


def _address(url: str) -> tuple[str | None, str]:
    """Host, if it names one, and the pattern of its paths."""
    if not url:
        return None, ""
    url = urldefrag(url).url or "/"
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2].lower() or None
    except ValueError:
        return None, url if url.startswith("/") else f"/{url}"
    if host is None and not parts.scheme:
        return None, url if url.startswith(("/", "*")) else urljoin("/", url)
    if host is not None:
        host = host.removesuffix(DEFAULT_PORTS.get(parts.scheme.lower() or "https", ""))
    path = parts.path or "/"
    return host, f"{path}?{parts.query}" if parts.query else path


def _license(element: _Element, warnings: list[str]) -> License:
    permits: dict[str, dict[str, None]] = {}
    prohibits: dict[str, dict[str, None]] = {}
    payment: Payment | None = None
    reporting = False
    for child in element.iterchildren("*"):
        name = MISSPELT.get(_name(child), _name(child))
        if name != _name(child):
            warnings.append(f"typo: {_name(child)} is read as {name}")
        match name:
            case "permits":
                _add(permits, prohibits, child, warnings)
            case "prohibits":
                _add(prohibits, None, child, warnings)
            case "payment":
                payment = _payment(child)
            case "reporting":
                reporting = True
    names = {MISSPELT.get(_name(child), _name(child)) for child in element.iterchildren("*")}
    foreign = bool(names) and names.isdisjoint(ELEMENTS)
    return License(_tokens(permits), _tokens(prohibits), payment, reporting, foreign)


def _tokens(listed: dict[str, dict[str, None]]) -> dict[str, tuple[str, ...]]:
    return {kind: tuple(tokens) for kind, tokens in listed.items()}


def _add(
    listed: dict[str, dict[str, None]],
    opposite: dict[str, dict[str, None]] | None,
    element: _Element,
    warnings: list[str],
) -> None:
    """Add the tokens of an element; a `type` that is missing is taken for `usage`.

    Args:
        listed: tokens of its name, by type.
        opposite: where a permission goes that says no; None for what is a no already.
        element: `permits` or `prohibits`.
        warnings: are added to.
    """
    kind = (element.get("type") or "usage").strip().casefold()
    text = " ".join(map(str, element.itertext())).strip()
    if not text and element.get("value"):
        text = str(element.get("value")).strip()
        warnings.append("misplaced: tokens are the text of an element")
    if "," in text or ";" in text:
        warnings.append("legacy_syntax: tokens are separated by spaces since RSL 1.0")
    tokens = [token for token in SEPARATORS.split(text) if token]
    if kind not in KINDS and len(tokens) == 1 and tokens[0].casefold() in YES | NO:
        warnings.append(f"misplaced: {kind[:40]} is no type, and is read as the usage")
        denied = tokens[0].casefold() in NO
        if denied and opposite is None:
            return  # a prohibition denied says nothing anybody could name
        kind, tokens = "usage", [kind]
        listed = opposite if denied and opposite is not None else listed
    elif kind in KINDS - {"usage"} and any(token.casefold() in EVERYBODY for token in tokens):
        warnings.append(f"unlimited: RSL has no word for every {kind}")
        if opposite is not None:
            return
    elif kind == "usage" and not tokens:
        warnings.append("unnamed: an element names no use")
    elif listed.get(kind):
        warnings.append("repeated_element: one element holds all tokens of a type")
    listed.setdefault(kind, {}).update(dict.fromkeys(tokens))


def _payment(element: _Element) -> Payment:
    kind = (element.get("type") or "").strip() or None
    children = [one for one in element.iterchildren("*") if _name(one) in ELEMENTS]
    at = next((_text(one) for one in children if _name(one) in ("custom", "standard")), None)
    priced = [one for one in children if _name(one) in ("amount", "accepts")]
    terms = bool(children) if kind is None else any(map(_asks_money, priced))
    return Payment(kind, terms, at[:500] if at else None)


def _asks_money(element: _Element) -> bool:
    """An amount of nothing is none; one that is no number is one."""
    if _name(element) != "amount":
        return True
    try:
        return float(_text(element)) != 0
    except ValueError:
        return True


def _name(element: _Element) -> str:
    return xml.local_name(element).strip().casefold()


def _text(element: _Element) -> str:
    return "".join(map(str, element.itertext())).strip()
