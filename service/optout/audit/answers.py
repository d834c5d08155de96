"""Rows from WARC and WET files: each answer is a copy, made when the record says.

Of an answer its own header fields are read, and the `<meta>` elements and inline licences in the
head of a page. The documents about rights among the answers are no works; they are history.
"""

from __future__ import annotations

from collections.abc import Iterator

from provenance.asset import Asset
from provenance.evidence import NotRun, NotRunReason, Reservation
from provenance.media import modality
from provenance.metadata.works import works
from provenance.rights.header_fields import Answer
from provenance.rights.history import Span
from provenance.rights.readers import aipref, content_signals, robots_directives, tdmrep
from provenance.rights.records import Authority, Channel, not_looked
from provenance.rights.rsl_site import carried
from provenance.rights.warc import Answered, Damaged, records
from service.optout.audit.rows import LONGEST_ROW, Other, Row, clean

__all__ = ["PAGES", "archive_rows"]

FIELDS = frozenset(
    {"x-robots-tag", "content-usage", "content-signal", "tdm-reservation", "tdm-policy"}
)
LENGTHS = frozenset(map(len, FIELDS))
SCHEMES = ("http://", "https://")
HIDDEN = "the page is in a content coding that is not read here"
PAGES = frozenset({"text/html", "application/xhtml+xml"})
PAGE = "text/html"
RSL = "application/rsl+xml"
HEADERS = frozenset({Channel.HEADERS})
BOTH = frozenset({Channel.HEADERS, Channel.PAGE})

Records = tuple[Reservation | NotRun, ...]


def archive_rows(
    fd: int, start: int, agent: str | None, *, head: int
) -> Iterator[tuple[int, Row | Other]]:
    """The rows of a file from the record at `start` on, each with the offset of its record."""
    for one in records(fd, start, head=head, documents=0):
        if isinstance(one, Damaged):
            yield one.offset, Other("damaged")
        else:
            yield one.offset, _row(one, agent)


def _row(one: Answered, agent: str | None) -> Row | Other:
    url = clean(one.url) or ""
    if len(url) > LONGEST_ROW:
        return Other("too_long")
    if not url.startswith(SCHEMES) and not url.lower().startswith(SCHEMES):
        return Other("no_copy", readable=True)
    at = Span.of(one.at) if one.at else None
    if one.is_text:
        return Row(url, url, at, size=one.size)
    if one.is_document:
        return Other("rules_themselves", readable=True)
    if one.status is None or not 200 <= one.status < 300:
        return Other("no_copy", readable=True)
    said: Records = ()
    if one.headers or one.body or one.hidden:
        said = _said(one, Answer(url, agent, one.media_type, one.at))
    is_read = one.media_type in PAGES and not one.hidden and not one.is_revisit
    return Row(url, url, at, None, said, BOTH if is_read else HEADERS, one.media_type, one.size)


def _said(one: Answered, answer: Answer) -> Records:
    """What the answer and its page say."""
    said: Records = ()
    if any(len(name) in LENGTHS and name.lower() in FIELDS for name, _ in one.headers):
        said = (
            *aipref.from_headers(one.headers, answer),
            *content_signals.from_headers(one.headers, answer),
            *tdmrep.from_headers(one.headers, answer),
            *robots_directives.from_headers(one.headers, answer),
        )
    if one.media_type not in PAGES:
        return said
    if one.hidden:
        return (*said, not_looked("archive", NotRunReason.UNREADABLE, HIDDEN))
    return (*said, *_page(one.body, answer)) if one.body else said


def _page(body: bytes, answer: Answer) -> Iterator[Reservation | NotRun]:
    """What the head of a page says."""
    page = Asset(answer.url, len(body), PAGE, modality(PAGE), body)  # as the host says
    for work in works(page):
        texts = [packet for packet in work.texts if packet.place == "meta"]
        pairs = [(packet.key, packet.text) for packet in texts]
        yield from robots_directives.from_metas(pairs, answer)
        yield from tdmrep.from_metas(pairs, answer)
        yield from aipref.from_metas(pairs, answer)
        yield from content_signals.from_metas(pairs, answer)
        for packet in work.container.packets:
            if packet.place == "script" and packet.key == RSL:
                yield from carried(
                    packet.data,
                    channel=Channel.PAGE,
                    authority=Authority.ORIGIN_CONTROLLED,
                    location=f"{answer.url}#script",
                    part=None,
                    observed_at=answer.observed_at,
                )
