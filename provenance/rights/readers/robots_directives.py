"""`noai`, `noimageai` and `noml`: robots directives in the `X-Robots-Tag` header and in pages.

The carriers are those of Google's robots meta tag documentation (a header field that may be
repeated, each value a list of directives that may begin with the crawler it is for; a `<meta>`
named `robots` or like the crawler). The directives about AI are DeviantArt's of November 2022 and
Mojeek's `noml`; nothing about case or order was ever specified, so neither matters. Directives
about indexing (`none`, `noindex`) say nothing about AI and are left alone.

`noimageai` speaks of images. For a page it is reported, marked, and reserves nothing else in it.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from provenance.evidence import NotRun, NotRunReason, Purpose, Reservation, ReservationState
from provenance.metadata.works import works
from provenance.rights.agents import controls_of, resolve
from provenance.rights.header_fields import Answer, field_values, too_long, written
from provenance.rights.records import Authority, Channel, Formal, not_looked, reservation

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.rights.surroundings import Headers

__all__ = ["SOURCE", "Directive", "RobotsDirectivesReader", "from_headers", "from_metas", "read"]

SOURCE = "robots_directives"
PROTOCOL = "robots-directives"
HEADER = "x-robots-tag"

AI = ("noai", "noimageai", "noml")
PROTOCOLS = {"noml": "noml"}
"""Where a directive has a standing of its own."""

TRAINING: tuple[Purpose, ...] = ("train-ai", "train-genai")

PLAIN = frozenset(
    {
        *("all", "none", "index", "noindex", "follow", "nofollow", "noarchive", "archive"),
        *("nocache", "cache", "nosnippet", "snippet", "notranslate", "noimageindex", "noodp"),
        *("noydir", "nositelinkssearchbox", "indexifembedded", "nopreview", "noimageclick"),
    }
)
VALUED = frozenset(
    {"unavailable_after", "max-snippet", "max-image-preview", "max-video-preview", "refresh"}
)
"""Directives followed by a colon, which are no names of crawlers."""

AGENT = re.compile(r"\s*+([A-Za-z][A-Za-z0-9._/-]{0,63}|\*)[ \t]*+:(?!//)")
LOOSE_AGENT = re.compile(r"\s*+([A-Za-z][A-Za-z0-9._/ \t+;()-]{0,199}?)[ \t]*+:(?!//)")
"""A name of several words or a whole user-agent string, which no carrier foresees."""

CARRIERS = ("robots", HEADER)
"""Names of carriers, which people repeat in front of a value: they are no crawler."""

WORDS = re.compile(r"[\s;|]+")
MARKS = re.compile(r"[^a-z]+")

NOT_AGENTS = frozenset(
    {
        *("description", "keywords", "author", "title", "generator", "viewport", "copyright"),
        *("rating", "category", "subject", "abstract", "theme-color", "application-name"),
        *("referrer", "color-scheme", "publisher", "language", "news_keywords", "format-detection"),
    }
)
"""Names of `<meta>` elements that are words of the page and not of a crawler."""

MOST_RECORDS = 50
"""Made of one document: an agent each, where a document names many."""


@dataclass(frozen=True, slots=True)
class Directive:
    """One directive about AI.

    Attributes:
        name: `noai`, `noimageai` or `noml`.
        agent: product token it is for, as written; None for everyone.
        formal: whether it stands there in its own spelling.
        item: as written.
    """

    name: str
    agent: str | None
    formal: Formal
    item: str


class RobotsDirectivesReader:
    """Reads both carriers. See `provenance.protocols.RightsReader`."""

    source = SOURCE
    media = frozenset({"*"})
    version = "2022-11"  # when noai and noimageai came up

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """The directives in the answer a work came in, and in the work where it is a page."""
        around = asset.around
        answer = Answer(media_type=asset.media_type)
        if around is not None:
            answer = Answer(around.url or "", around.agent, asset.media_type, around.observed_at)
            yield from from_headers(around.headers, answer)
        for work in works(asset):
            pairs = [(one.key, one.text) for one in work.texts if one.place == "meta"]
            if pairs:
                authority = Authority.UNKNOWN if around is None else Authority.ORIGIN_CONTROLLED
                yield from _from_page(pairs, answer, authority, work.part)


def from_headers(headers: Headers, answer: Answer) -> tuple[Reservation | NotRun, ...]:
    """What the header fields of one answer say."""
    values = field_values(headers, HEADER)
    if not values:
        return ()
    if limit := too_long(SOURCE, HEADER, values):
        return (limit,)
    found = [one for value in values for one in read(value)]
    if not found:
        return ()
    place = _Place(Channel.HEADERS, "asset", answer.url, written(HEADER, values), "; ".join(values))
    return tuple(_records(found, answer, place))


def from_metas(
    pairs: Iterable[tuple[str, str]], answer: Answer
) -> tuple[Reservation | NotRun, ...]:
    """What the `<meta>` elements of a page say.

    Args:
        pairs: name and content of each, in order.
        answer: the answer the page came in.
    """
    return tuple(_from_page(pairs, answer, Authority.ORIGIN_CONTROLLED, None))


def read(value: str, agent: str | None = None) -> Iterator[Directive]:
    """The directives about AI in one list.

    Args:
        value: comma-separated; each item may name a crawler first, which holds until the next name.
        agent: whom the list is for, where its carrier says so.
    """
    carrier = False
    for item in value.split(","):
        at = 0
        while (named := AGENT.match(item, at)) and not _is_directive(named[1]):
            carrier = named[1].lower() in CARRIERS
            everyone = carrier or named[1] == "*"
            agent, at = None if everyone else named[1].partition("/")[0], named.end()
        if named is None and (loose := LOOSE_AGENT.match(item, at)) and _names_agent(loose[1]):
            carrier, agent, at = False, _known_agent(loose[1]), loose.end()
        for directive in _directives(item[at:], agent):
            yield replace(directive, formal=Formal.NONCONFORMING) if carrier else directive


def _names_agent(text: str) -> bool:
    """Whether what stands before a colon is a name: no directive, and no date with its hour."""
    words = WORDS.split(text.strip())
    return not words[-1].isdigit() and not any(map(_is_directive, words))


def _known_agent(text: str) -> str:
    """The token of a crawler that a user-agent string names, else the text."""
    known = resolve(text)
    return known.token if known else text.strip()


def _is_directive(word: str) -> bool:
    word = word.lower()
    return word in VALUED or word in PLAIN or word in AI


def _directives(item: str, agent: str | None) -> Iterator[Directive]:
    """The directive about AI an item is, or those it holds in another spelling."""
    item = item.strip()
    low = item.lower()
    if low in AI:
        yield Directive(low, agent, Formal.VALID, item)
        return
    head = low.partition(":")[0].strip()
    if "no" not in low or head in VALUED:
        return
    words = (MARKS.sub("", word) for word in (head, *WORDS.split(low[:1000])))
    for bare in dict.fromkeys(word for word in words if word in AI):
        yield Directive(bare, agent, Formal.NONCONFORMING, item)


# Pages


def _from_page(
    pairs: Iterable[tuple[str, str]], answer: Answer, authority: Authority, part: str | None
) -> Iterator[Reservation | NotRun]:
    found: list[Directive] = []
    native: list[str] = []
    for name, content in pairs:
        agent = name.strip()
        low = agent.lower()
        if "no" not in content.lower() or not _speaks_to_robots(low, content):
            continue
        said = list(read(content, None if low in CARRIERS else agent))
        if low == HEADER:  # a header field written as an element, which nothing defines
            said = [replace(one, formal=Formal.NONCONFORMING) for one in said]
        if said:
            found += said
            native.append(f"{agent}: {content}")
    if found:
        text = "; ".join(native)
        body = text.encode("utf-8", "replace")
        place = _Place(Channel.PAGE, "page", answer.url or "meta", body, text, authority, part)
        yield from _records(found, answer, place)


def _speaks_to_robots(name: str, content: str) -> bool:
    """Whether an element is for crawlers: one of them by name must hold nothing but directives."""
    if name in CARRIERS:
        return True
    if name in NOT_AGENTS or len(content) > 1000 or AGENT.match(name + ":") is None:
        return False
    items = [item.strip().lower() for item in content.split(",")]
    return all(_is_directive(item.partition(":")[0].strip()) for item in items if item)


# Records


@dataclass(frozen=True, slots=True)
class _Place:
    """Where directives stood."""

    channel: Channel
    scope: str
    location: str
    body: bytes
    native: str
    authority: Authority = Authority.ORIGIN_CONTROLLED
    part: str | None = None


def _records(
    found: Sequence[Directive], answer: Answer, place: _Place
) -> Iterator[Reservation | NotRun]:
    """One record for each agent and directive; none for an agent other than the one asked about."""
    seen: dict[tuple[str, str | None], Directive] = {}
    for one in found:
        key = (one.name, one.agent.lower() if one.agent else None)
        known = seen.get(key)
        if known is None or (known.formal is not Formal.VALID and one.formal is Formal.VALID):
            seen[key] = one
    addressed = [
        (one, warnings)
        for one in seen.values()
        if (warnings := _addressed(one, answer.agent)) is not None
    ]
    for one, warnings in addressed[:MOST_RECORDS]:
        yield from _record(one, answer, place, warnings)
    if len(addressed) > MOST_RECORDS:
        detail = f"directives for more than {MOST_RECORDS} agents"
        yield not_looked(SOURCE, NotRunReason.LIMIT, detail, part=place.part)


def _addressed(one: Directive, agent: str | None) -> list[str] | None:
    """Marks for who a directive is for; None when it is for another agent."""
    if one.agent is None:
        return []
    if agent is None:
        return [f"agent_scoped: it is for {one.agent}"]
    if agent.lower() == one.agent.lower():
        return []
    controls = {control.token.lower() for control in controls_of(agent) if control.is_ai}
    if one.agent.lower() in controls:
        return [f"control_token: it is about what {agent} fetched"]
    return None


def _record(
    one: Directive, answer: Answer, place: _Place, warnings: list[str]
) -> Iterator[Reservation]:
    purposes: Mapping[Purpose, ReservationState] = dict.fromkeys(
        TRAINING, ReservationState.RESERVED
    )
    if one.name == "noimageai":
        family = (answer.media_type or "").partition("/")[0].lower()
        if family in ("audio", "video") or place.part is not None:
            return
        if not family:
            purposes = dict.fromkeys(TRAINING, ReservationState.UNKNOWN)
            warnings.append("images_only: it is for images; what this is, is not known")
        elif family != "image":
            purposes = {}
            warnings.append("images_only: it is for the images of this page")
    if one.formal is not Formal.VALID:
        warnings.append(f"typo: {one.item[:100]} is read as {one.name}")
    yield _built(one, place, purposes, warnings, answer.observed_at)


def _built(
    one: Directive,
    place: _Place,
    purposes: Mapping[Purpose, ReservationState],
    warnings: Sequence[str],
    observed_at: dt.datetime | None,
) -> Reservation:
    return reservation(
        source=SOURCE,
        protocol=PROTOCOLS.get(one.name, PROTOCOL),
        channel=place.channel,
        scope=place.scope,
        agent=one.agent,
        purposes=purposes,
        native_value=place.native,
        location=place.location,
        body=place.body,
        formal=one.formal,
        authority=place.authority,
        part=place.part,
        observed_at=observed_at,
        warnings=warnings,
    )
