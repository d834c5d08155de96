"""Statements that are one text: a header field, or an element of a page that imitates one.

AIPREF and content signals share this form. What a text says comes as readings, one for each form
it has (`Reading`); where it stood decides the rest of the record. Neither protocol defines an
element of a page, though many pages have one: it can reserve and permits nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.evidence import NotRun, Purpose, Reservation, ReservationState
from provenance.rights.header_fields import Answer, field_values, too_long, written
from provenance.rights.precedence import settled
from provenance.rights.records import Authority, Channel, Formal, reservation
from provenance.rights.surroundings import Headers, RightsFile, SiteDeclaration

if TYPE_CHECKING:
    from provenance.asset import Asset

__all__ = ["FieldProtocol", "Reading", "letters", "metas_of", "read_around"]

PAGES = frozenset({"text/html", "application/xhtml+xml"})
MARKS = re.compile(r"[^a-z]+")

Records = tuple[Reservation | NotRun, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a statement says in one form.

    Attributes:
        purposes: the plain reading, without purposes it does not speak of.
        formal: the form.
        warnings: as in a reservation.
    """

    purposes: Mapping[Purpose, ReservationState]
    formal: Formal
    warnings: tuple[str, ...] = ()

    def misplaced(self, *warnings: str) -> Reading:
        """The same where it is not spelled, or does not stand, as its protocol has it."""
        formal = Formal.NONCONFORMING if self.formal is Formal.VALID else self.formal
        return Reading(self.purposes, formal, (*self.warnings, *warnings))

    def ignored(self, *warnings: str) -> Reading:
        """The same where its protocol does not hear it at all: it permits nothing."""
        purposes = {
            purpose: ReservationState.UNKNOWN if state is ReservationState.ALLOWED else state
            for purpose, state in self.purposes.items()
        }
        return Reading(purposes, Formal.MALFORMED, (*self.warnings, *warnings))


@dataclass(frozen=True, slots=True)
class FieldProtocol:
    """A protocol with a header field.

    Attributes:
        source: name of its reader.
        protocol: as the table of standings has it.
        field: name of the field in lower case.
        variants: misspelt names of it.
        read: what a text says.
    """

    source: str
    protocol: str
    field: str
    variants: tuple[str, ...]
    read: Callable[[str], tuple[Reading, ...]]

    def from_headers(self, headers: Headers, answer: Answer) -> Records:
        """What the fields of one answer say; repeated ones are one list."""
        for name in (self.field, *self.variants):
            values = field_values(headers, name)
            if not values:
                continue
            if limit := too_long(self.source, name, values):
                return (limit,)
            text = ", ".join(values)
            readings = self.read(text)
            if name != self.field:
                fault = f"typo: the header field is called {self.field}"
                readings = tuple(one.misplaced(fault) for one in readings)
            body = written(name, values)
            return tuple(
                self._record(one, Channel.HEADERS, "asset", answer, text, body) for one in readings
            )
        return ()

    def from_page(
        self, pairs: Iterable[tuple[str, str]], answer: Answer, authority: Authority
    ) -> Iterator[Reservation]:
        """What the elements of a page say that bear the name of the field.

        Args:
            pairs: name and content of each, in order.
            answer: the answer the page came in.
            authority: of the page.
        """
        names = {letters(one) for one in (self.field, *self.variants)}
        values = tuple(content for name, content in pairs if letters(name) in names)
        if not values or too_long(self.source, self.field, values):
            return
        text = ", ".join(values)
        fault = "misplaced: the protocol has no element of a page"
        body = written(self.field, values)
        for one in self.read(text):
            reading = one.misplaced(fault)
            yield self._record(reading, Channel.PAGE, "page", answer, text, body, authority)

    def _record(
        self,
        reading: Reading,
        channel: Channel,
        scope: str,
        answer: Answer,
        text: str,
        body: bytes,
        authority: Authority = Authority.ORIGIN_CONTROLLED,
    ) -> Reservation:
        return reservation(
            source=self.source,
            protocol=self.protocol,
            channel=channel,
            scope=scope,
            purposes=reading.purposes,
            native_value=text,
            location=answer.url or self.field,
            body=body,
            formal=reading.formal,
            authority=authority,
            observed_at=answer.observed_at,
            warnings=reading.warnings,
        )


def letters(name: str) -> str:
    """A name without case, marks and plural, by which its spellings are compared."""
    return MARKS.sub("", name[:64].lower()).removesuffix("s")


def metas_of(asset: Asset) -> list[tuple[str, str]]:
    """Name and content of the `<meta>` elements of a page, in order; none for other works."""
    if asset.media_type not in PAGES:
        return []
    packets = asset.container.packets
    return [(one.key, one.text) for one in packets if one.place == "meta"]


def read_around(
    asset: Asset, field: FieldProtocol, parse: Callable[[RightsFile], SiteDeclaration]
) -> Records:
    """What a protocol of this form says of a work: robots.txt, the answer, the page.

    Args:
        asset: the work, with what stands around it.
        field: the protocol.
        parse: reads a robots.txt for its lines.
    """
    around = asset.around
    answer = Answer(media_type=asset.media_type)
    authority = Authority.UNKNOWN
    found: list[Reservation | NotRun] = []
    if around is not None:
        answer = Answer(around.url or "", around.agent, asset.media_type, around.observed_at)
        authority = Authority.ORIGIN_CONTROLLED
        for file in around.file(Channel.ROBOTS_TXT):
            found += parse(file).about(around.path, agent=around.agent, media_type=None)
        found += field.from_headers(around.headers, answer)
    found += field.from_page(metas_of(asset), answer, authority)
    return settled(found)
