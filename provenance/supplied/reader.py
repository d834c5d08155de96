"""The reader of what a supplier declared: in the sandbox, as everything from strangers is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from provenance.asset import Asset
from provenance.evidence import SUPPLIED, Declaration, NotRun, NotRunReason
from provenance.metadata.values import clean
from provenance.rights.identifiers import canonical_isbn, identifiers_of
from provenance.rights.onix import is_message
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile
from provenance.rights.xml import RefusedXmlError, read
from provenance.supplied.ddex import is_ddex, said_by_ddex
from provenance.supplied.labels import said_by_labels
from provenance.supplied.onix import said_by_onix
from provenance.supplied.records import SUPPLIED_BYTES, Said, Supplied, Unclear, Vocabulary

__all__ = ["SOURCE", "SuppliedReader", "said_by", "with_rights"]

SOURCE = SUPPLIED
MOST_SAID = 100
NAME_BYTES = 300
DETAIL_CHARACTERS = 1000
HEAD_BYTES = 4096
BLANK = b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"
DDEX = re.compile(rb"<(?:[\w.-]+:)?(?:NewRelease|ReleaseNotification)Message\b")
HERE = "what came with the work"


class SuppliedReader:
    """Reads the declaration that came with a work, where one did."""

    source = SOURCE
    media = frozenset({"*"})
    version = "1"

    def read(self, asset: Asset) -> Iterator[Declaration | NotRun]:
        """What was declared of `asset`, each statement once."""
        supplied = asset.around.supplied if asset.around else None
        if supplied is None:
            return
        vocabulary = _vocabulary(supplied.body)
        source = SOURCE if vocabulary is None else f"{SOURCE}-{vocabulary}"
        try:
            found = list(islice(dict.fromkeys(said_by(supplied, asset)), MOST_SAID + 1))
        except Unclear as unclear:
            yield _unread(source, unclear.reason, str(unclear))
            return
        for one in found[:MOST_SAID]:
            yield Declaration(
                source=source,
                field=clean(one.field, NAME_BYTES),
                value=clean(one.value),
                statement=one.statement,
                generator=clean(one.generator, NAME_BYTES) or None if one.generator else None,
                strength=one.strength,
                ai_denied=one.denies,
            )
        if len(found) > MOST_SAID:
            yield _unread(source, NotRunReason.LIMIT, f"more than {MOST_SAID} statements")


def _unread(source: str, reason: NotRunReason, detail: str) -> NotRun:
    shown = clean(detail, DETAIL_CHARACTERS)
    return NotRun(source=source, check="provenance", reason=reason, detail=shown)


def _vocabulary(body: bytes) -> Vocabulary | None:
    """Whose words it is written in, by how it begins; None where that may be anyone's."""
    head = body[:HEAD_BYTES].replace(b"\x00", b"")
    if is_message(head):
        return Vocabulary.ONIX
    if _is_xml(head):
        return Vocabulary.DDEX if DDEX.search(head) else None
    is_label = head.lstrip(BLANK).startswith(b"{") or b"digitalsourcetype" in head.lower()
    return Vocabulary.LABELS if is_label else None


def _is_xml(body: bytes) -> bool:
    return body[:HEAD_BYTES].lstrip(BLANK).startswith(b"<")


def said_by(supplied: Supplied, asset: Asset) -> Iterator[Said]:
    """What a declaration says of a work, by what it is: XML of DDEX or ONIX, or labels.

    Raises:
        Unclear: it is none of these, cannot be read, or does not say what is meant.
    """
    body = supplied.body
    if len(body) > SUPPLIED_BYTES:
        raise Unclear(NotRunReason.LIMIT, f"a declaration has {SUPPLIED_BYTES:,} bytes at most")
    if not _is_xml(body):
        yield from said_by_labels(body, asset.modality)
        return
    if is_message(body[:HEAD_BYTES]):
        yield from said_by_onix(body, supplied.resource, identifiers_of(asset))
        return
    try:
        markup = read(body, "the declaration", most=SUPPLIED_BYTES)
    except RefusedXmlError as refused:
        raise Unclear(refused.reason, str(refused)) from refused
    if not markup.well_formed:
        raise Unclear(NotRunReason.UNREADABLE, "the declaration is not well-formed XML")
    if not is_ddex(markup.root):
        detail = "the declaration is neither a DDEX message (ERN) nor one of ONIX"
        raise Unclear(NotRunReason.UNREADABLE, detail)
    yield from said_by_ddex(markup.root, supplied.resource, asset.modality)


def with_rights(asset: Asset) -> Asset:
    """`asset` with a supplied ONIX message among the documents that readers of rights are given."""
    around = asset.around
    supplied = around.supplied if around else None
    if around is None or supplied is None or not is_message(supplied.body[:HEAD_BYTES]):
        return asset
    files = [RightsFile(Channel.REGISTRY, HERE, supplied.body)]
    if supplied.resource is not None and (isbn := canonical_isbn(supplied.resource)):
        files.append(RightsFile(Channel.REGISTRY, HERE, f'{{"isbn": "{isbn}"}}'.encode()))
    return replace(asset, around=replace(around, files=(*around.files, *files)))
