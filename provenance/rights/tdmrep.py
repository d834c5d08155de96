"""TDM Reservation Protocol: the value, and the file at the origin.

Follows the W3C Community Group's final report, sections 4 (properties) and 5.1 (`tdmrep.json`): an
array of rules, of which the first whose pattern matches counts. Other values than 0 and 1 are
protocol errors and leave the reservation unset; so does a file that is no array. Many real files
are not, and say plainly enough what was meant: the plain reading is kept beside the form.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from provenance.evidence import NotRunReason, ReservationState
from provenance.limits import MIB
from provenance.rights.pattern_table import MOST_WILD
from provenance.rights.patterns import PathPattern
from provenance.rights.records import Formal
from provenance.rights.tdmrep_words import bare, stated

__all__ = ["LARGEST", "Rule", "UnreadableError", "read_document"]

RESERVED, ALLOWED = ReservationState.RESERVED, ReservationState.ALLOWED
UNKNOWN = ReservationState.UNKNOWN

LARGEST = MIB
"""Bytes of a file that is read."""

MOST_NODES = 10_000
"""Values visited in a file that is no array of rules."""

LOCATIONS = ("location", "path", "pattern", "locations", "paths")
POLICIES = ("tdmpolicy", "policy")
"""Keys without case and marks, the likeliest first."""

BROKEN = re.compile(r"tdm[-_:. ]?reservation[\"']?\s{0,20}[:=]\s{0,20}[\"']?(1|true|yes)\b", re.I)
"""A reservation in a file that is no JSON."""

SPACE = " \t\r\n"


class UnreadableError(ValueError):
    """Nothing can be said about the file.

    Attributes:
        reason: for a `not_run` record.
    """

    def __init__(self, reason: NotRunReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, as plainly read.

    Attributes:
        location: pattern as written; `/` where there is none.
        pattern: the same, ready to be compared.
        state: of text and data mining.
        policy: URL of the terms, as written.
        written: the rule as it stands in the file, as far as it can be told.
        span: its bytes.
        formal: whether it keeps the protocol.
        warnings: as in a reservation.
    """

    location: str
    pattern: PathPattern
    state: ReservationState
    policy: str | None
    written: str
    span: tuple[int, int] | None
    formal: Formal
    warnings: tuple[str, ...] = ()


def read_document(body: bytes) -> tuple[Rule, ...]:
    """The rules of a file, in sequence.

    Raises:
        UnreadableError: when it is too large or too deep, or nothing can be made of it.
    """
    if len(body) > LARGEST:
        raise UnreadableError(NotRunReason.LIMIT, f"the file has more than {LARGEST:,} bytes")
    text, offset, warnings = _text(body)
    if text.lstrip(SPACE).startswith("<"):
        raise UnreadableError(NotRunReason.NOT_APPLICABLE, "there is a web page in its place")
    try:
        if text.lstrip(SPACE).startswith("["):
            rules = tuple(_as_far_as_it_goes(text, offset))
        else:
            roots = list(_values(text.strip(SPACE)))
            plain = (rule for root, written in roots for rule in _plain_reading(root, written))
            rules = tuple(plain) or (_unclear(text),)
    except RecursionError as fault:
        raise UnreadableError(NotRunReason.LIMIT, "the file is nested too deeply") from fault
    except ValueError as fault:
        rules = (_broken(text, fault),)
    if sum(not rule.pattern.is_prefix for rule in rules) > MOST_WILD:
        raise UnreadableError(NotRunReason.LIMIT, f"more than {MOST_WILD:,} rules with wildcards")
    if not warnings:
        return rules
    return tuple(_marked(rule, warnings) for rule in rules)


def _text(body: bytes) -> tuple[str, int | None, tuple[str, ...]]:
    """The text, where it begins in the file (None: bytes cannot be counted), and its flaws."""
    encoding = json.detect_encoding(body[:4])
    if encoding == "utf-8-sig":
        return body[3:].decode("utf-8", "replace"), None, ("bom",)
    if encoding != "utf-8":
        return body.decode(encoding, "replace"), None, (f"utf16: the file is in {encoding}",)
    try:
        return body.decode("utf-8"), 0, ()
    except UnicodeDecodeError:
        return body.decode("utf-8", "replace"), None, ("encoding: the file is not UTF-8",)


def _marked(rule: Rule, warnings: tuple[str, ...]) -> Rule:
    formal = rule.formal
    if formal is Formal.VALID and warnings != ("bom",):  # RFC 8259 section 8.1 lets it be ignored
        formal = Formal.NONCONFORMING
    return replace(rule, formal=formal, warnings=(*warnings, *rule.warnings))


# A file that keeps the protocol


def _as_far_as_it_goes(text: str, offset: int | None) -> Iterator[Rule]:
    """The rules of an array; of a broken one those that can be read, each with its own paths."""
    rules: list[Rule] = []
    try:
        for rule in _array(text, offset):
            rules.append(rule)  # noqa: PERF402 - those before the fault are kept
    except ValueError as fault:
        why = f"unparseable: the file is no JSON ({fault})"[:300]
        for rule in rules:
            yield replace(rule, formal=Formal.MALFORMED, warnings=(why, *rule.warnings))
        rest = text[text.rfind(rules[-1].written) + len(rules[-1].written) :] if rules else text
        if not rules or BROKEN.search(rest):
            yield _broken(rest, fault)
        elif rest.strip(SPACE + ",]"):
            yield _unclear(rest)
    else:
        yield from rules


def _array(text: str, offset: int | None) -> Iterator[Rule]:
    """Each element of an array by itself, so that its place is known."""
    at = text.index("[") + 1
    counted, byte = 0, offset or 0
    empty, said = True, False
    while True:
        at = _skip(text, at)
        if text.startswith("]", at):
            break
        element, end = DECODER.raw_decode(text, at)
        empty = False
        span = None
        if offset is not None:
            byte += len(text[counted:at].encode())
            size = len(text[at:end].encode())
            span, counted = (byte, byte + size), end
            byte += size
        for rule in _rules(element, text[at:end], span):
            said = True
            yield rule
        at = _skip(text, end)
        if text.startswith(",", at):
            at = _skip(text, at + 1)
            if text.startswith("]", at):
                raise ValueError("the array ends with a comma")
        elif not text.startswith("]", at):
            raise ValueError(f"a comma was expected at character {at}")
    if text[at + 1 :].strip(SPACE):
        raise ValueError("something follows the array")
    if not (empty or said):
        yield _unclear(text)


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in SPACE:
        at += 1
    return at


def _rules(element: Any, written: str, span: tuple[int, int] | None) -> Iterator[Rule]:
    """The rules one element makes: one, unless it is not as the protocol has it."""
    if not isinstance(element, dict):
        yield from _plain_reading(element, written)
        return
    location, value = element.get("location"), element.get("tdm-reservation")
    policy = element.get("tdm-policy")
    exact = type(value) is int and value in (0, 1)
    if exact and isinstance(location, str) and (policy is None or isinstance(policy, str)):
        pattern, faults = _pattern(location)
        formal = Formal.NONCONFORMING if faults else Formal.VALID
        state = RESERVED if value else ALLOWED
        yield Rule(location, pattern, state, policy, written, span, formal, faults)
        return
    yield from _loose_rules(element, written, span)


def _pattern(location: str) -> tuple[PathPattern, tuple[str, ...]]:
    if location.startswith(("/", "*")):
        return PathPattern(location), ()
    fault = ("location: it does not begin with /",)
    if location.lower().startswith(("http://", "https://")):
        try:
            parts = urlsplit(location)
        except ValueError:
            return PathPattern("/"), fault
        path = parts.path or "/"
        return PathPattern(f"{path}?{parts.query}" if parts.query else path), fault
    return PathPattern("/" + location.removeprefix(".").lstrip("/")), fault


# A file that does not


def _values(text: str) -> Iterator[tuple[Any, str]]:
    """The values of a text, each with how it is written: one, or objects line after line.

    Raises:
        ValueError: when it is no JSON at any place.
    """
    at = count = 0
    while at < len(text) or not count:
        if count == MOST_NODES:
            raise ValueError(f"more than {MOST_NODES:,} values one after the other")
        value, end = DECODER.raw_decode(text, at)
        count += 1
        yield value, text[at:end]
        at = _skip(text, end)
        if text.startswith(",", at):
            at = _skip(text, at + 1)


def _plain_reading(root: Any, written: str) -> Iterator[Rule]:
    """What somebody meant who wrote an object of their own invention."""
    whole = partial(replace, formal=Formal.MALFORMED, written=written)
    waiting, visited = [root], 0
    while waiting and visited < MOST_NODES:
        node = waiting.pop()
        visited += 1
        if isinstance(node, dict):
            for rule in _loose_rules(node, written, None, only_clear=True):
                fault = "not_an_array: by the protocol the file says nothing"
                yield whole(rule, warnings=(fault, *rule.warnings))
            waiting.extend(reversed(list(node.values())))
        elif isinstance(node, list):
            waiting.extend(reversed(node))


def _unclear(text: str) -> Rule:
    """A file that says nothing anybody could name."""
    fault = ("not_an_array: by the protocol the file says nothing",)
    anywhere = PathPattern("/")
    return Rule("/", anywhere, UNKNOWN, None, text[:4096], None, Formal.MALFORMED, fault)


def _loose_rules(
    element: dict[str, Any],
    written: str,
    span: tuple[int, int] | None,
    *,
    only_clear: bool = False,
) -> Iterator[Rule]:
    """The rules of an object by what its keys and values plainly mean.

    Args:
        element: any object.
        written: as it stands in the file.
        span: its bytes.
        only_clear: whether an object that does not speak of a reservation makes no rule.
    """
    named: dict[str, Any] = {}
    for key, value in element.items():
        named.setdefault(bare(key), value)
    state, formal, faults = stated(named)
    if state is None:
        if only_clear:
            return
        state, formal, faults = UNKNOWN, Formal.MALFORMED, ("unset: it has no tdm-reservation",)
    policy = next((named[key] for key in POLICIES if isinstance(named.get(key), str)), None)
    places = next((named[key] for key in LOCATIONS if key in named), None)
    if not isinstance(places, list):
        places = [places]
    texts = [one for one in places if isinstance(one, str)][:100]
    if not texts:
        texts, formal = ["/"], Formal.MALFORMED
        faults = (*faults, "location: it has none, and is read for the whole host")
    elif "location" not in element or len(texts) > 1:
        formal = max(formal, Formal.NONCONFORMING, key=SEVERITY.index)
    for location in texts:
        pattern, more = _pattern(location)
        if more:
            formal = max(formal, Formal.NONCONFORMING, key=SEVERITY.index)
        yield Rule(location, pattern, state, policy, written, span, formal, (*faults, *more))


SEVERITY = (Formal.VALID, Formal.NONCONFORMING, Formal.MALFORMED)


def _broken(text: str, fault: ValueError) -> Rule:
    """A file that is no JSON, and says somewhere that mining is reserved."""
    found = BROKEN.search(text)
    if found is None:
        raise UnreadableError(NotRunReason.UNREADABLE, f"the file is no JSON ({fault})"[:300])
    why = (f"unparseable: the file is no JSON ({fault})"[:300],)
    anywhere = PathPattern("/")
    return Rule("/", anywhere, RESERVED, None, found[0], None, Formal.MALFORMED, why)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of a reservation that stands there twice the stricter one is kept."""
    members: dict[str, Any] = {}
    for key, value in pairs:
        if key == "tdm-reservation" and members.get(key) == 1:
            continue
        members[key] = value
    return members


DECODER = json.JSONDecoder(object_pairs_hook=_object)
