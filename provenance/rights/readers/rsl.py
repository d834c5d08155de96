"""RSL 1.0, in every channel it can come through.

A document counts for a work when the work's host names it (robots.txt, `Link`, `<link>`), when it
lies on that host, or when the work carries it: in a page's inline script, an EPUB's package
document, an XMP packet or another text inside a file (RSL 1.0 sections 4.4 to 4.8). A document that
is named and was not handed over leaves a record of its own: nobody knows what it reserves.

robots.txt lines `Permits:`, `Prohibits:` and `Compensation:` are no RSL, whatever some say; they
are kept as evidence of what was meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from provenance.evidence import NotRun, NotRunReason, Reservation
from provenance.rights import rsl_lines
from provenance.rights.header_fields import field_values, too_long
from provenance.rights.records import Authority, Channel, not_looked
from provenance.rights.rsl_links import (
    RSL_TYPE,
    Named,
    named_in_headers,
    named_in_robots,
    resolved,
)
from provenance.rights.rsl_site import SOURCE, Origin, RslSite, carried
from provenance.rights.surroundings import RightsFile, Surroundings
from provenance.rights.xml import XML_BYTES

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.containers.packets import Container
    from provenance.rights.surroundings import Headers

__all__ = ["RslReader", "license_urls", "named_in_page", "parse"]

MARKS = (b"rslstandard.org/rsl", b"<rsl")
XML_TYPES = frozenset({"application/xml", "text/xml", "text/plain", "application/octet-stream"})
MOST_CARRIED = 64
"""Documents read from inside one work."""


class RslReader:
    """The reader of licences."""

    source = SOURCE
    media = frozenset({"*"})
    version = "1"

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """What licences say of `asset`: those it carries, then those its host names."""
        yield from _inside(asset)
        if asset.around is None:
            return
        yield from _around(asset, asset.around)


def parse(file: RightsFile) -> RslSite:
    """The document of a host, asked about addresses of that host."""
    return RslSite(file, Origin(host=_host(file.url), authority=Authority.ORIGIN_CONTROLLED))


def license_urls(url: str, headers: Headers, robots: RightsFile | None = None) -> tuple[str, ...]:
    """The documents to fetch for a work: those named in its headers, then in its robots.txt.

    Args:
        url: of the work.
        headers: it came with.
        robots: robots.txt of its host, where it is known.
    """
    named = list(named_in_headers(headers, url))
    if robots is not None and robots.is_there:
        named += named_in_robots(robots.body, robots.url, None)
    return tuple(dict.fromkeys(one.url for one in named))


# What the work carries


def _inside(asset: Asset) -> Iterator[Reservation | NotRun]:
    if asset.media_type in XML_TYPES:
        yield from _itself(asset)
    read = 0
    for part, container in _containers(asset):
        for packet in container.packets:
            if MARKS[0] not in packet.data or packet.place == "meta":
                continue
            read += 1
            if read > MOST_CARRIED:
                detail = f"more than {MOST_CARRIED} RSL documents inside"
                yield not_looked(SOURCE, NotRunReason.LIMIT, detail, part=part)
                return
            in_page = packet.place == "script"
            hosted = in_page and asset.around is not None and asset.around.url is not None
            yield from carried(
                packet.data,
                channel=Channel.PAGE if in_page else Channel.EMBEDDED,
                authority=Authority.ORIGIN_CONTROLLED if hosted else Authority.UNKNOWN,
                location=f"self#{packet.place}",
                part=part,
                observed_at=asset.around.observed_at if hosted and asset.around else None,
            )


def _containers(asset: Asset) -> Iterator[tuple[str | None, Container]]:
    """The asset and the works inside it."""
    from provenance.metadata.works import works

    for work in works(asset):
        yield work.part, work.container


def _itself(asset: Asset) -> Iterator[Reservation | NotRun]:
    """The work is a document or a feed: what each of its contents says."""
    if not 0 < asset.size <= XML_BYTES:
        return
    data = asset.read_at(0, asset.size)
    if not data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return
    if any(mark in data for mark in MARKS):
        file = RightsFile(Channel.RSL, asset.name, data)
        yield from RslSite(file, Origin(authority=Authority.UNKNOWN)).everything()


# What its host says


def _around(asset: Asset, around: Surroundings) -> Iterator[Reservation | NotRun]:
    for name in ("link",):
        if refusal := too_long(SOURCE, name, field_values(around.headers, name)):
            yield refusal
    base = around.url or ""
    named = [*_named_by_host(around, base), *named_in_page(asset, base)]
    for file in around.file(Channel.ROBOTS_TXT):
        if file.is_there:
            yield from rsl_lines.read(file, around.agent)
    files = list(around.file(Channel.RSL))
    paired = _paired(named, files)
    sites: dict[str, RslSite] = {}
    for one, found in paired:
        if found is None or not found.is_there:
            yield _missing(one, found)
            continue
        origin = Origin(_host(base), Authority.ORIGIN_CONTROLLED, one)
        known = sites.get(found.url)
        site = sites[found.url] = known.under(origin) if known else RslSite(found, origin)
        yield from site.about(around.path, agent=around.agent, media_type=asset.media_type)
    spoken = {found.url for _, found in paired if found is not None}
    for file in files:
        if file.url not in spoken and file.is_there:
            yield from _unnamed(file, around, asset.media_type)


def _unnamed(
    file: RightsFile, around: Surroundings, media_type: str
) -> tuple[Reservation | NotRun, ...]:
    """A document that nothing names: on the same host it is the host's word."""
    host = _host(around.url) if around.url else None
    own = host is not None and _host(file.url) == host
    authority = Authority.ORIGIN_CONTROLLED if own else Authority.UNKNOWN
    site = RslSite(file, Origin(host, authority))
    if around.url is None:
        return site.everything()
    return site.about(around.path, agent=around.agent, media_type=media_type)


def _named_by_host(around: Surroundings, base: str) -> Iterator[Named]:
    for file in around.file(Channel.ROBOTS_TXT):
        if file.is_there:
            yield from named_in_robots(file.body, file.url, around.agent)
    yield from named_in_headers(around.headers, base)


def named_in_page(asset: Asset, base: str) -> Iterator[Named]:
    """The licences that `<link>` elements of a page name (RSL 1.0 section 4.6)."""
    for packet in asset.container.packets:
        if packet.place == "link" and packet.key == RSL_TYPE:
            url = resolved(packet.text.strip(), base)
            if url:
                yield Named(url, "page")


def _paired(named: list[Named], files: list[RightsFile]) -> list[tuple[Named, RightsFile | None]]:
    """Each named document with the file that was got for it, those named several times joined.

    One that was redirected has the address it was found at. So a single name without a file is
    paired with a single file without a name.
    """
    joined: dict[tuple[str, str | None, str], Named] = {}
    for one in named:
        key = (one.url, one.agent, one.formal)
        joined[key] = _joined(joined[key], one) if key in joined else one
    by_url = {file.url: file for file in files}
    missing = {one.url for one in joined.values()} - by_url.keys()
    spare = [file for file in files if file.url not in {one.url for one in joined.values()}]
    if len(missing) == 1 and len(spare) == 1:
        by_url[missing.pop()] = spare[0]
    return [(one, by_url.get(one.url)) for one in joined.values()]


def _joined(one: Named, other: Named) -> Named:
    through = dict.fromkeys((*one.through.split(", "), other.through))
    warnings = dict.fromkeys((*one.warnings, *other.warnings))
    return replace(one, through=", ".join(through), warnings=tuple(warnings))


def _missing(one: Named, file: RightsFile | None) -> NotRun:
    if file is None:
        detail = f"{one.through} names the RSL licence {one.url}, which was not handed over"
        return not_looked(SOURCE, NotRunReason.OFFLINE, detail)
    status = f"status {file.status}" if file.status is not None else "no answer"
    detail = f"{one.through} names the RSL licence {one.url}, which was not there: {status}"
    return not_looked(SOURCE, NotRunReason.FETCH_FAILED, detail)


def _host(url: str) -> str | None:
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2].lower()
    default = {"http": ":80", "https": ":443"}.get(parts.scheme.lower(), "")
    return host.removesuffix(default) if host and default else host or None
