"""Targets of the protocols whose statements stand around a work: header fields, pages, host files.

The first byte says what the rest is: `H` header fields, one a line, `P` a page, anything else the
host's own file.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from provenance.asset import Asset
from provenance.evidence import NotRun, Reservation, ReservationState
from provenance.protocols import RightsReader
from provenance.rights.records import Channel, Formal
from provenance.rights.surroundings import RightsFile, SiteDeclaration, Surroundings
from tests.fuzz.contract import BrokenContractError, as_asset
from tests.fuzz.registry import named

HOST = "https://host.example"
PATH = "/a/b.html?c=d"
AGENTS = (None, "GPTBot", "A")
MOST_RECORDS = 5000
LONGEST_VALUE = 4096


def _met(data: bytes, channel: Channel, field: str, agent: str | None) -> Asset:
    """A work around which a document stands."""
    kind, rest = data[:1], data[1:]
    if kind == b"P":
        around = Surroundings(HOST + PATH, agent=agent)
        return replace(as_asset(rest, "text/html"), around=around)
    headers: tuple[tuple[str, str], ...] = ()
    files: tuple[RightsFile, ...] = ()
    if kind == b"H":
        lines = rest.decode("utf-8", "replace").split("\n")[:100]
        headers = tuple((field, line) for line in lines)
    else:
        files = (RightsFile(channel, HOST + "/file", rest),)
    around = Surroundings(HOST + PATH, headers, files, agent)
    return replace(as_asset(b"\xff\xd8\xff\xd9", "image/jpeg"), around=around)


def _read(reader: RightsReader, data: bytes, channel: Channel, field: str) -> list[Reservation]:
    """What a reader finds, for each agent, checked."""
    found: list[Reservation] = []
    for agent in AGENTS:
        records = list(reader.read(_met(data, channel, field, agent)))
        _check(records, agent)
        found += [one for one in records if isinstance(one, Reservation)]
    return found


def _check(records: Iterable[Reservation | NotRun], agent: str | None) -> None:
    for n, one in enumerate(records):
        if n > MOST_RECORDS:
            raise BrokenContractError("records without bounds")
        if isinstance(one, NotRun):
            continue
        if len(one.native_value) > LONGEST_VALUE or len("".join(one.warnings)) > 100_000:
            raise BrokenContractError("a record without bounds")
        if (
            agent is not None
            and one.agent not in (None, "*")
            and one.agent.lower() != agent.lower()
        ):
            raise BrokenContractError("a record for another agent")


def _permits_only_in_its_form(found: Iterable[Reservation]) -> None:
    for one in found:
        if one.formal == Formal.MALFORMED and ReservationState.ALLOWED in one.purposes.values():
            raise BrokenContractError("what is malformed permits")


def _one_answer(site: SiteDeclaration) -> None:
    for agent in AGENTS:
        first = site.about(PATH, agent=agent, media_type=None)
        if first is not site.about(PATH, agent=agent, media_type="text/html"):
            raise BrokenContractError("equal answers are not one tuple")


@named("aipref", "rights.readers.aipref")
def _aipref(data: bytes) -> None:
    from provenance.rights.readers.aipref import AiPrefReader, parse

    _permits_only_in_its_form(_read(AiPrefReader(), data, Channel.ROBOTS_TXT, "Content-Usage"))
    _one_answer(parse(RightsFile(Channel.ROBOTS_TXT, HOST, data)))


@named("content_signals", "rights.readers.content_signals")
def _content_signals(data: bytes) -> None:
    from provenance.rights.readers.content_signals import ContentSignalsReader, parse

    reader = ContentSignalsReader()
    _permits_only_in_its_form(_read(reader, data, Channel.ROBOTS_TXT, "Content-Signal"))
    _one_answer(parse(RightsFile(Channel.ROBOTS_TXT, HOST, data)))


@named("tdmrep", "rights.readers.tdmrep")
def _tdmrep(data: bytes) -> None:
    from provenance.rights.readers.tdmrep import TdmRepReader, parse

    _read(TdmRepReader(), data, Channel.TDMREP_JSON, "TDM-Reservation")
    _one_answer(parse(RightsFile(Channel.TDMREP_JSON, HOST, data)))


@named("robots_directives", "rights.readers.robots_directives")
def _robots_directives(data: bytes) -> None:
    from provenance.rights.readers.robots_directives import RobotsDirectivesReader

    found = _read(RobotsDirectivesReader(), data, Channel.ROBOTS_TXT, "X-Robots-Tag")
    if any(ReservationState.ALLOWED in one.purposes.values() for one in found):
        raise BrokenContractError("a directive that permits")
