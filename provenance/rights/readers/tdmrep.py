"""TDM Reservation Protocol, in all its channels: file, header, page, EPUB and PDF.

Follows the W3C Community Group's final report, section 5. Each channel that speaks makes a record
of its own, with the URL of the policy; which of them counts is the protocol's own chain, kept by
`provenance.rights.precedence`. The namespaces of the EPUB (`...tdmrep#`) and of the PDF
(`...tdmrep/`) are both accepted in XMP.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from provenance.evidence import NotRun, NotRunReason, Purpose, Reservation, ReservationState
from provenance.metadata.works import works
from provenance.rights.header_fields import Answer, field_values, too_long, written
from provenance.rights.pattern_table import PatternTable
from provenance.rights.patterns import normalised
from provenance.rights.precedence import CONFLICT, settled
from provenance.rights.purposes import strictest
from provenance.rights.records import Authority, Channel, Formal, not_looked, reservation
from provenance.rights.surroundings import Headers, RightsFile, Surroundings
from provenance.rights.tdmrep import Rule, UnreadableError, read_document
from provenance.rights.tdmrep_words import bare, read_text

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.metadata.works import Work

__all__ = ["SOURCE", "TdmRepReader", "parse"]

SOURCE = "tdmrep"
PROTOCOL = "tdmrep"
RESERVATION, POLICY = "tdm-reservation", "tdm-policy"
VARIANTS = ("x-tdm-reservation", "tdm_reservation", "x-tdm-policy", "tdm_policy")
"""Misspelt names of the fields."""
NAMESPACES = ("http://www.w3.org/ns/tdmrep/", "http://www.w3.org/ns/tdmrep#")
LIKE_OURS = re.compile(r"https?://(?:www\.)?w3\.org/ns/tdmrep[/#]?", re.IGNORECASE)
PDF = "application/pdf"

Records = tuple[Reservation | NotRun, ...]
Said = tuple[ReservationState, Formal]


class TdmRepReader:
    """Reads all channels. See `provenance.protocols.RightsReader`."""

    source = SOURCE
    media = frozenset({"*"})
    version = "1a547b5"  # commit of the final report, 2025-12-07

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """What the host, the answer, the page and the work itself say of text and data mining."""
        yield from settled(_found(asset))


def _found(asset: Asset) -> Iterator[Reservation | NotRun]:
    around = asset.around
    if around is not None:
        for file in around.file(Channel.TDMREP_JSON):
            if file.is_there:
                declared = parse(file)
                yield from declared.about(around.path, agent=None, media_type=asset.media_type)
            elif not file.is_absent:
                yield not_looked(SOURCE, NotRunReason.FETCH_FAILED, f"{file.url} did not answer")
        answer = Answer(around.url or "", observed_at=around.observed_at)
        yield from from_headers(around.headers, answer)
    for work in works(asset):
        pairs = [(one.key, one.text) for one in work.texts if one.place == "meta"]
        yield from _from_page(pairs, around, work.part)
        yield from _embedded(work)


# The file at the origin


class TdmRepFile:
    """A `tdmrep.json`: rules in sequence, the first that matches counts."""

    def __init__(self, file: RightsFile, rules: Sequence[Rule], unread: Records = ()) -> None:
        self._file = file
        self._rules = rules
        self._silent = unread
        self._records: dict[int, Records] = {}
        self._table = PatternTable(rule.pattern for rule in rules)

    def about(
        self, path: str, *, agent: str | None = None, media_type: str | None = None
    ) -> Records:
        """What the file says about one URL; see `SiteDeclaration.about`."""
        number = min(self._table.matching(normalised(path)), default=None)
        if number is None:
            return self._silent
        if number not in self._records:
            self._records[number] = (self._record(self._rules[number]),)
        return self._records[number]

    def _record(self, rule: Rule) -> Reservation:
        file = self._file
        return reservation(
            source=SOURCE,
            protocol=PROTOCOL,
            channel=Channel.TDMREP_JSON,
            scope="origin" if rule.location == "/" else f"path:{rule.location[:500]}",
            purposes=_mining(rule.state),
            native_value=rule.written,
            location=file.url,
            body=file.body,
            span=rule.span,
            formal=rule.formal,
            authority=Authority.ORIGIN_CONTROLLED,
            observed_at=file.observed_at,
            warnings=rule.warnings,
        )


def parse(file: RightsFile) -> TdmRepFile:
    """The rules of a file; one that cannot be read says so about every URL."""
    if not file.is_there:
        return TdmRepFile(file, ())
    try:
        return TdmRepFile(file, read_document(file.body))
    except UnreadableError as fault:
        return TdmRepFile(file, (), (not_looked(SOURCE, fault.reason, f"tdmrep.json: {fault}"),))


# The answer and the page


def from_headers(headers: Headers, answer: Answer) -> Records:
    """What the header fields of one answer say (section 5.2)."""
    values, misspelt = field_values(headers, RESERVATION), False
    policies = field_values(headers, POLICY)
    if not values:
        odd = [value for name in VARIANTS[:2] for value in field_values(headers, name)]
        values, misspelt = tuple(odd), True
        policies += tuple(value for name in VARIANTS[2:] for value in field_values(headers, name))
    if not values:
        return ()
    if limit := too_long(SOURCE, RESERVATION, (*values, *policies)):
        return (limit,)
    said = [read_text(one) for value in values for one in value.split(",")]
    return (
        _statement(
            said,
            channel=Channel.HEADERS,
            scope="asset",
            native=_native(values, policies),
            location=answer.url,
            body=written(RESERVATION, values) + written(POLICY, policies),
            authority=Authority.ORIGIN_CONTROLLED,
            observed_at=answer.observed_at,
            misspelt=misspelt,
        ),
    )


def from_metas(pairs: Iterable[tuple[str, str]], answer: Answer) -> Records:
    """What the `<meta>` elements of a page say (section 5.3).

    Args:
        pairs: name and content of each, in order.
        answer: the answer the page came in.
    """
    around = Surroundings(url=answer.url, observed_at=answer.observed_at)
    return tuple(_from_page(pairs, around, None))


def _from_page(
    pairs: Iterable[tuple[str, str]], around: Surroundings | None, part: str | None
) -> Iterator[Reservation]:
    named = [(name.strip().lower(), value) for name, value in pairs if "tdm" in name[:64].lower()]
    exact = any(name == RESERVATION for name, _ in named)
    values = [value for name, value in named if bare(name) == "tdmreservation"]
    policies = [value for name, value in named if bare(name) == "tdmpolicy"]
    if not values:
        return
    yield _statement(
        [read_text(value) for value in values],
        channel=Channel.PAGE,
        scope="page",
        native=_native(values, policies),
        location=(around.url if around else None) or "meta",
        body=_native(values, policies).encode("utf-8", "replace"),
        authority=Authority.ORIGIN_CONTROLLED if around else Authority.UNKNOWN,
        observed_at=around.observed_at if around else None,
        part=part,
        misspelt=not exact,
    )


# Inside the work


def _embedded(work: Work) -> Iterator[Reservation]:
    """EPUB package document (sections 5.4 and 5.5), PDF and other XMP (section 5.6)."""
    for place in ("OPF", "Info"):
        texts = [one for one in work.texts if one.place == place]
        values = [
            (one.key, one.text)
            for one in texts
            if bare(one.key) == "tdmreservation"
            or (place == "OPF" and one.key.rpartition(":")[2] == "reservation")
        ]
        policies = [one.text for one in texts if bare(one.key) in ("tdmpolicy", "policy")]
        if values:
            exact = place == "OPF" and any(key == "tdm:reservation" for key, _ in values)
            yield _inside(work, place, [value for _, value in values], policies, exact=exact)
    ours = [
        one
        for one in work.xmp
        if LIKE_OURS.fullmatch(one.namespace) or bare(one.name) in ("tdmreservation", "tdmpolicy")
    ]
    values_of = [
        value
        for one in ours
        if bare(one.name) in ("reservation", "tdmreservation")
        for value in one.values
    ]
    policies_of = [
        value for one in ours if bare(one.name) in ("policy", "tdmpolicy") for value in one.values
    ]
    if values_of:
        exact = work.media_type == PDF and any(
            one.name == "reservation" and one.namespace in NAMESPACES for one in ours
        )
        yield _inside(work, "XMP", values_of, policies_of, exact=exact)


def _inside(
    work: Work, place: str, values: Sequence[str], policies: Sequence[str], *, exact: bool
) -> Reservation:
    native = _native(values, policies, "tdm:reservation", "tdm:policy")
    return _statement(
        [read_text(value) for value in values],
        channel=Channel.EMBEDDED,
        scope="asset",
        native=native,
        location=place,
        body=native.encode("utf-8", "replace"),
        authority=Authority.UNKNOWN,
        part=work.part,
        misspelt=not exact,
    )


# The record


def _statement(  # noqa: PLR0913 - what differs between the channels
    said: Sequence[Said],
    *,
    channel: Channel,
    scope: str,
    native: str,
    location: str,
    body: bytes,
    authority: Authority,
    observed_at: dt.datetime | None = None,
    part: str | None = None,
    misspelt: bool = False,
) -> Reservation:
    """One channel's word; of several values the strictest counts."""
    state = strictest(one for one, _ in said)
    formal = min((how for one, how in said if one is state), key=ORDER.index)
    warnings = []
    if misspelt and formal is Formal.VALID:
        formal = Formal.NONCONFORMING
        warnings.append("misplaced: it is not named, or does not stand, as the protocol has it")
    if formal is Formal.MALFORMED:
        warnings.append("unknown_token: the value is neither 0 nor 1")
    if {ReservationState.RESERVED, ReservationState.ALLOWED} <= {one for one, _ in said}:
        # One value is asked for: `1, 0` is neither, though nobody writes it who reserves nothing.
        formal = max(formal, Formal.NONCONFORMING, key=ORDER.index)
        warnings.append(CONFLICT)
    return reservation(
        source=SOURCE,
        protocol=PROTOCOL,
        channel=channel,
        scope=scope,
        purposes=_mining(state),
        native_value=native,
        location=location,
        body=body,
        formal=formal,
        authority=authority,
        observed_at=observed_at,
        part=part,
        warnings=warnings,
    )


ORDER = (Formal.VALID, Formal.NONCONFORMING, Formal.MALFORMED)


def _mining(state: ReservationState) -> dict[Purpose, ReservationState]:
    return {"tdm": state}


def _native(
    values: Sequence[str],
    policies: Sequence[str],
    value_name: str = RESERVATION,
    policy_name: str = POLICY,
) -> str:
    lines = [f"{value_name}: {value}" for value in values[:20]]
    return "\n".join([*lines, *(f"{policy_name}: {policy}" for policy in policies[:20])])
