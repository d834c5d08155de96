"""An RSL document as the declaration of a host: parsed once, asked about many addresses.

Contents are found by their patterns (RSL 1.0 section 3.3): plain beginnings of paths by one look-up
for each length that occurs, the others one after the other. Addresses that the same contents match
get one and the same answer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from provenance.evidence import NotRun, NotRunReason, Reservation
from provenance.rights.patterns import normalised
from provenance.rights.records import Authority, Channel, Formal, not_looked, reservation
from provenance.rights.rsl import Content, RslDocument, read
from provenance.rights.rsl_links import Named
from provenance.rights.rsl_terms import terms_of
from provenance.rights.surroundings import RightsFile
from provenance.rights.xml import RefusedXmlError

__all__ = ["SOURCE", "Origin", "RslSite", "carried"]

SOURCE = "rsl"
PROTOCOL = "rsl"
SEVERITY = (Formal.VALID, Formal.NONCONFORMING, Formal.MALFORMED)
MOST_RECORDS = 200

Records = tuple[Reservation | NotRun, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """How a document comes to speak of a site.

    Attributes:
        host: of the site, lowercase with its port; None when it is not known.
        authority: whose word the document is.
        named: what names it, None when nothing does.
    """

    host: str | None = None
    authority: Authority = Authority.UNKNOWN
    named: Named | None = None


class RslSite:
    """The declaration."""

    def __init__(
        self, file: RightsFile, origin: Origin, document: RslDocument | Records | None = None
    ) -> None:
        self._file = file
        self._origin = origin
        self._known: dict[tuple[int, ...], Records] = {}
        self._read = opened(file) if document is None else document
        self._plain: dict[str, list[int]] = {}
        self._others: list[int] = []
        contents = self._read.contents if isinstance(self._read, RslDocument) else ()
        self._contents = tuple(_as_of(content, origin.host) for content in contents)
        for n, content in enumerate(self._contents):
            self._enter(n, content)
        self._lengths = sorted(set(map(len, self._plain)))

    def under(self, origin: Origin) -> RslSite:
        """The same document, named in another way or for somebody else."""
        return RslSite(self._file, origin, self._read)

    def _enter(self, n: int, content: Content) -> None:
        host = self._origin.host
        if content.host is not None and host is not None and content.host != host:
            return
        if content.pattern is None:
            self._plain.setdefault("", []).append(n)
        elif _is_prefix(content.pattern.text):
            self._plain.setdefault(content.pattern.text, []).append(n)
        else:
            self._others.append(n)

    def about(self, path: str, *, agent: str | None, media_type: str | None) -> Records:
        """What the licences say of one address; they do not tell agents or media types apart."""
        if not isinstance(self._read, RslDocument):
            return self._read
        path = normalised(path)
        matched = [
            n
            for length in self._lengths
            if length <= len(path)
            for n in self._plain.get(path[:length], ())
        ]
        matched += (n for n in self._others if self._matches(n, path))
        key = tuple(matched)
        if key not in self._known:
            self._known[key] = self._answer([self._contents[n] for n in matched])
        return self._known[key]

    def _matches(self, n: int, path: str) -> bool:
        pattern = self._contents[n].pattern
        return pattern is not None and pattern.matches(path)

    def everything(self) -> Records:
        """What it says, content by content, when there is no address to ask about."""
        if not isinstance(self._read, RslDocument):
            return self._read
        shown = self._contents[:MOST_RECORDS]
        records = [record for content in shown for record in self._answer([content])]
        if len(self._contents) > len(shown):
            detail = f"only the first {MOST_RECORDS} contents of {self._file.url} are shown"
            records.append(not_looked(SOURCE, NotRunReason.LIMIT, detail))
        return tuple(records)

    def _answer(self, contents: Sequence[Content]) -> Records:
        if not contents:
            return self._elsewhere()
        record = _record(contents, self._file, self._origin)
        if record is not None:
            return (record,)
        detail = f"{self._file.url} names no use and no price for this address"
        return (not_looked(SOURCE, NotRunReason.NOT_APPLICABLE, detail),)

    def _elsewhere(self) -> Records:
        """Nothing speaks of the address; a document about other hosts only says so."""
        if not self._contents:
            detail = f"{self._file.url} has no content that RSL knows"
            return (not_looked(SOURCE, NotRunReason.NOT_APPLICABLE, detail),)
        hosts = dict.fromkeys(one.host for one in self._contents if one.host)
        if self._plain or self._others or not hosts:
            return ()
        detail = f"{self._file.url} speaks only of other hosts: {', '.join(list(hosts)[:5])}"
        return (not_looked(SOURCE, NotRunReason.NOT_APPLICABLE, detail),)


def _as_of(content: Content, host: str | None) -> Content:
    """A content as it is heard on a host; `www.` is the same site, though not the same address."""
    if host is None or content.host in (None, host):
        return content
    if content.host.removeprefix("www.") != host.removeprefix("www."):
        return content
    warning = f"scope_ambiguous: it is written for {content.host}"
    formal = max(content.formal, Formal.NONCONFORMING, key=SEVERITY.index)
    warnings = (*content.warnings, warning)
    return replace(content, host=host, formal=formal, warnings=warnings)


def opened(file: RightsFile) -> RslDocument | Records:
    """The document of a file, or the record of why there is none."""
    try:
        document = read(file.body)
    except RefusedXmlError as fault:
        return (not_looked(SOURCE, fault.reason, f"{file.url}: {fault}"),)
    if document is None:
        detail = f"{file.url} is no RSL document"
        return (not_looked(SOURCE, NotRunReason.UNREADABLE, detail),)
    return document


def _is_prefix(pattern: str) -> bool:
    """Whether it is a plain beginning of paths."""
    return "*" not in pattern and not pattern.endswith("$")


def _record(
    contents: Sequence[Content],
    file: RightsFile,
    origin: Origin,
    *,
    channel: Channel = Channel.RSL,
    part: str | None = None,
    scope: str | None = None,
) -> Reservation | None:
    """One record for all contents together; None when they speak of no use."""
    terms = terms_of(contents)
    if not terms.purposes:
        return None
    named = origin.named
    warnings = dict.fromkeys(warning for one in contents for warning in one.warnings)
    warnings.update(terms.warnings)
    formals = [one.formal for one in contents]
    if named is not None:
        warnings.update(dict.fromkeys(named.warnings))
        warnings[f"linked_from: {named.through}"] = None
        formals.append(named.formal)
    return reservation(
        source=SOURCE,
        protocol=PROTOCOL,
        channel=channel,
        scope=scope or terms.deciding[0].scope,
        purposes=terms.purposes,
        native_value="\n".join(one.text for one in terms.deciding),
        location=file.url,
        body=file.body,
        formal=max(formals, key=SEVERITY.index),
        authority=origin.authority,
        agent=named.agent if named else None,
        part=part,
        observed_at=file.observed_at,
        warnings=warnings,
    )


def carried(
    body: bytes,
    *,
    channel: Channel,
    authority: Authority,
    location: str,
    part: str | None,
    observed_at: dt.datetime | None,
) -> Records:
    """What a document says of the work or page that carries it (RSL 1.0 sections 4.6.2, 4.8)."""
    try:
        document = read(body)
    except RefusedXmlError as fault:
        return (not_looked(SOURCE, fault.reason, str(fault), part=part),)
    if document is None or not document.contents:
        return ()
    file = RightsFile(channel, location, body, observed_at=observed_at)
    scope = "page" if channel is Channel.PAGE else "asset"
    record = _record(
        document.contents, file, Origin(None, authority), channel=channel, part=part, scope=scope
    )
    return (record,) if record else ()
