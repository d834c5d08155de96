"""What is kept of one answer in a web archive, and of a place where none can be read.

Most answers say nothing about rights, and archives hold billions of them. Of those neither header
fields nor body are taken apart: `provenance.rights.warc_marks` tells them by their bytes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import NamedTuple

from provenance.rights.surroundings import Headers
from provenance.rights.warc_bodies import opened
from provenance.rights.warc_fields import media_type_of, pairs_of, status_of
from provenance.rights.warc_marks import PAGES, header_speaks, names_document, page_speaks

__all__ = ["Answered", "Block", "Damaged", "Limits", "answered"]

NO_ANSWER = "the record holds no HTTP answer"


class Limits(NamedTuple):
    """How much of a body is read.

    Attributes:
        head: bytes of a page; none when 0.
        documents: bytes of a document about rights.
    """

    head: int
    documents: int


class Answered(NamedTuple):
    """One record of an answer, or of the text that was made of one.

    Attributes:
        offset: where reading can begin with this record; the place where this reading began for
            one that shares its compressed member with an earlier record.
        url: `WARC-Target-URI`.
        at: `WARC-Date`, aware; None where there is none to the minute.
        status: of the HTTP answer; None in a WET record.
        headers: of the HTTP answer; none where they say nothing about rights.
        media_type: as the answer says, lower case and bare.
        body: of a document about rights; of a page its beginning, if it says something. Decoded.
        is_text: whether it is a WET record.
        size: bytes of the text, or of the body as it was sent.
        hidden: whether the body is coded in a way that is not known here.
        digest: `WARC-Payload-Digest` of a document about rights.
        is_revisit: whether the body stands in an earlier record, with the same digest.
        is_document: whether it is a document about rights, by its name or its type.
    """

    offset: int
    url: str
    at: dt.datetime | None
    status: int | None = None
    headers: Headers = ()
    media_type: str | None = None
    body: bytes = b""
    is_text: bool = False
    size: int = 0
    hidden: bool = False
    digest: str | None = None
    is_revisit: bool = False
    is_document: bool = False


class Damaged(NamedTuple):
    """A place where no record can be read."""

    offset: int
    detail: str


class Block(NamedTuple):
    """The block of a record that holds an HTTP answer.

    Attributes:
        data: its beginning.
        end: where the header fields end in it.
        length: bytes of all of it.
        more: reads on behind `data`; None where that holds all that may be asked for.
    """

    data: bytes
    end: int
    length: int
    more: Callable[[int], bytes] | None = None


def answered(
    offset: int,
    url: str,
    at: dt.datetime | None,
    block: Block,
    limits: Limits,
    *,
    is_revisit: bool,
    digest: Callable[[], str | None],
) -> Answered | Damaged:
    """What is kept of an HTTP answer.

    Args:
        offset: of its record.
        url: that was asked for.
        at: when.
        block: of its record.
        limits: of its body.
        is_revisit: whether the body stands in an earlier record.
        digest: of the body, as the record tells it.
    """
    data, end, length, more = block
    fields = data[:end]
    status = status_of(fields)
    if status is None and not is_revisit:
        return Damaged(offset, NO_ANSWER)
    low = fields.lower()
    media_type = media_type_of(low)
    is_document = names_document(url, media_type)
    limit = limits.documents if is_document else limits.head if media_type in PAGES else 0
    hidden = False
    body = b""
    if limit:
        body = data[end : end + limit]
        if len(body) < limit and more is not None:
            body += more(limit - len(body))
        if b"\ncontent-encoding" in low or b"\ntransfer-encoding" in low:
            body, hidden = opened(body, low, limit)
        if not is_document and not page_speaks(body):
            body = b""
    return Answered(
        offset,
        url,
        at,
        status,
        pairs_of(fields) if is_document or header_speaks(low) else (),
        media_type,
        body,
        False,  # noqa: FBT003 - by position, for speed
        max(length - end, 0),
        hidden,
        digest() if is_document else None,
        is_revisit,
        is_document,
    )
