"""The precedence of one protocol over its own channels, and where it contradicts itself.

TDMRep (section 5.6, processing priority) has a chain: what a header says supersedes the file at the
origin, a page's own metadata supersede both, and those of an EPUB or a PDF all of them; a channel
that is silent resets nothing. What is superseded stays in evidence and is marked. Only a statement
that keeps the protocol supersedes another: one that nobody can read does not undo a reservation.

The other protocols have no such order. Where two of their channels disagree both are marked, and
the most restrictive counts, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from provenance.evidence import NotRun, Reservation, ReservationState
from provenance.rights.purposes import PURPOSES
from provenance.rights.records import Channel, Formal

__all__ = ["CONFLICT", "SUPERSEDED", "settled"]

SUPERSEDED = "superseded"
CONFLICT = "intra_protocol_conflict"

CHAIN = {
    "tdmrep": {
        Channel.TDMREP_JSON.value: 0,
        Channel.HEADERS.value: 1,
        Channel.PAGE.value: 2,
        Channel.EMBEDDED.value: 3,
    }
}
"""Channels of a protocol that has a chain, weakest first."""

OF_OTHERS = ("site_level", "agent_scoped", "control_token", "images_only")
"""Marks of statements that do not speak to the same reader or of the same work as the rest."""

OPPOSITES = frozenset({ReservationState.RESERVED, ReservationState.ALLOWED})

Records = tuple[Reservation | NotRun, ...]


def settled(records: Iterable[Reservation | NotRun]) -> Records:
    """The same records in the same order, marked where their protocol sets them aside.

    Args:
        records: everything found about one work for one agent, of any protocols.
    """
    found = tuple(records)
    protocols: dict[str, list[Reservation]] = {}
    for record in found:
        if isinstance(record, Reservation) and record.part is None:
            protocols.setdefault(record.protocol, []).append(record)
    marks: dict[int, list[str]] = {}
    for protocol, statements in protocols.items():
        if len(statements) > 1:
            _mark(protocol, statements, marks)
    if not marks:
        return found
    return tuple(
        _marked(record, marks[id(record)])
        if isinstance(record, Reservation) and id(record) in marks
        else record
        for record in found
    )


def _mark(protocol: str, statements: Sequence[Reservation], marks: dict[int, list[str]]) -> None:
    """Note what each statement is to be marked with."""
    if protocol in CHAIN:
        chain = CHAIN[protocol]
        decisive = (one for one in statements if _speaks(one) and one.formal == Formal.VALID)
        highest = max((chain.get(one.channel, 0) for one in decisive), default=0)
        for one in statements:
            if chain.get(one.channel, 0) < highest:
                marks.setdefault(id(one), []).append(SUPERSEDED)
    comparable = [one for one in statements if not _is_of_others(one)]
    for purpose in PURPOSES:
        speaking = [one for one in comparable if one.purposes.get(purpose) in OPPOSITES]
        if len({one.purposes[purpose] for one in speaking}) > 1:
            for one in speaking:
                if CONFLICT not in marks.setdefault(id(one), []):
                    marks[id(one)].append(CONFLICT)


def _speaks(record: Reservation) -> bool:
    return not OPPOSITES.isdisjoint(record.purposes.values())


def _is_of_others(record: Reservation) -> bool:
    return record.agent is not None or any(
        warning.partition(":")[0] in OF_OTHERS for warning in record.warnings
    )


def _marked(record: Reservation, codes: Sequence[str]) -> Reservation:
    added = [code for code in codes if code not in record.warnings]
    if not added:
        return record
    return record.model_copy(update={"warnings": (*record.warnings, *added)})
