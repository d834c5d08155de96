"""Targets that read declarations of owners: RSL, ai.txt, TDM·AI, ONIX."""

from __future__ import annotations

from dataclasses import replace

from provenance.asset import Asset
from provenance.evidence import NotRun, Reservation, ReservationState
from provenance.rights.records import Channel, Formal
from provenance.rights.surroundings import RightsFile, Surroundings
from tests.fuzz.contract import BrokenContractError
from tests.fuzz.registry import named

HOST = "https://host.example"
PATHS = ("/", "/a.jpg", "/a/b?c=d", "/caf%C3%A9/x")
LONGEST_VALUE = 4096
MOST_RECORDS = 300


def _check(records: list[Reservation | NotRun]) -> None:
    """Nothing is without bounds, and what is malformed permits nothing that counts."""
    if len(records) > MOST_RECORDS:
        raise BrokenContractError(f"{len(records)} records")
    for one in records:
        if isinstance(one, NotRun):
            continue
        if len(one.native_value) > LONGEST_VALUE or len(one.warnings) > 64:
            raise BrokenContractError("a record without bounds")
        if not one.purposes:
            raise BrokenContractError("a record that says nothing")


def _with(data: bytes, channel: Channel, url: str) -> Asset:
    asset = Asset.from_bytes(b"x", name="9783161484100.epub")
    files = (RightsFile(channel, url, data),)
    return replace(asset, around=Surroundings(f"{HOST}/a", (), files, "GPTBot"))


@named("rsl", "rights.readers.rsl")
def _rsl(data: bytes) -> None:
    """As a document, as a work, and as everything that can name or carry one."""
    from provenance.rights.readers.rsl import RslReader, license_urls, parse

    site = parse(RightsFile(Channel.RSL, f"{HOST}/rsl.xml", data))
    for path in PATHS:
        records = site.about(path, agent=None, media_type=None)
        if records is not site.about(path, agent="A", media_type="text/html"):
            raise BrokenContractError("equal answers are not one tuple")
        _check(list(records))
    robots = RightsFile(Channel.ROBOTS_TXT, f"{HOST}/robots.txt", data)
    headers = (("Link", data.decode("utf-8", "replace")),)
    for url in license_urls(f"{HOST}/a", headers, robots):
        if not url.startswith(("http://", "https://")):
            raise BrokenContractError(url)
    files = (robots, RightsFile(Channel.RSL, f"{HOST}/rsl.xml", data))
    for name in ("a.xml", "a.html"):
        asset = Asset.from_bytes(data, name=name)
        _check(list(RslReader().read(asset)))
        around = Surroundings(f"{HOST}/a", headers, files, "GPTBot")
        _check(list(RslReader().read(replace(asset, around=around))))


@named("ai_txt", "rights.readers.ai_txt")
def _ai_txt(data: bytes) -> None:
    from provenance.rights.readers.ai_txt import AiTxtReader, parse

    site = parse(RightsFile(Channel.AI_TXT, f"{HOST}/ai.txt", data))
    for path in PATHS:
        for agent in (None, "GPTBot"):
            records = site.about(path, agent=agent, media_type="image/jpeg")
            if records is not site.about(path, agent=agent, media_type="image/jpeg"):
                raise BrokenContractError("equal answers are not one tuple")
    _check(list(AiTxtReader().read(_with(data, Channel.AI_TXT, f"{HOST}/ai.txt"))))


@named("tdm_ai", "rights.readers.tdm_ai")
def _tdm_ai(data: bytes) -> None:
    from provenance.rights.readers.tdm_ai import TdmAiReader

    for asset in (_with(data, Channel.REGISTRY, "r.json"), Asset.from_bytes(data, name="a.json")):
        records = [one for one in TdmAiReader().read(asset) if isinstance(one, Reservation)]
        permitted = any(ReservationState.ALLOWED in one.purposes.values() for one in records)
        if permitted and b"true" not in data and b"ermission" not in data:
            raise BrokenContractError("a permission out of nothing")
        if len(records) > MOST_RECORDS:
            raise BrokenContractError("records without bounds")


@named("onix", "rights.readers.onix")
def _onix(data: bytes) -> None:
    from provenance.rights.readers.onix import OnixReader

    for asset in (_with(data, Channel.REGISTRY, "r.xml"), Asset.from_bytes(data, name="a.xml")):
        records = list(OnixReader().read(asset))
        _check(records)
        given = [one for one in records if isinstance(one, Reservation)]
        malformed = [one for one in given if one.formal == Formal.MALFORMED]
        if any(one.intent != ReservationState.UNKNOWN for one in malformed):
            raise BrokenContractError("a status nobody defined")
