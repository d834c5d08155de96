"""The reader of what a supplier declared: in the sandbox, as everything from strangers is."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.asset import Asset
from provenance.evidence import Declaration, NotRun, NotRunReason
from provenance.metadata.values import clean
from provenance.rights.xml import RefusedXmlError, read
from provenance.supplied.ddex import is_ddex, said_by_ddex
from provenance.supplied.labels import said_by_labels
from provenance.supplied.onix import is_onix, said_by_onix
from provenance.supplied.records import SUPPLIED_BYTES, Said, Supplied, Unclear

__all__ = ["SOURCE", "SuppliedReader", "said_by"]

SOURCE = "supplied"
MOST_SAID = 100
NAME_BYTES = 300
DETAIL_CHARACTERS = 300


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
        try:
            found = list(dict.fromkeys(said_by(supplied, asset)))
        except Unclear as unclear:
            yield self._unread(unclear.reason, str(unclear))
            return
        # a delivery that declares AI anywhere does not deny it elsewhere: it contradicts itself
        declares = any(one.statement.value.endswith("_ai") for one in found)
        for one in found[:MOST_SAID]:
            yield Declaration(
                source=SOURCE,
                field=clean(one.field, NAME_BYTES),
                value=clean(one.value),
                statement=one.statement,
                generator=clean(one.generator, NAME_BYTES) or None if one.generator else None,
                strength=one.strength,
                ai_denied=one.denies and not declares,
            )
        if len(found) > MOST_SAID:
            yield self._unread(NotRunReason.LIMIT, f"more than {MOST_SAID} statements")

    @staticmethod
    def _unread(reason: NotRunReason, detail: str) -> NotRun:
        return NotRun(
            source=SOURCE, check="provenance", reason=reason, detail=detail[:DETAIL_CHARACTERS]
        )


def said_by(supplied: Supplied, asset: Asset) -> Iterator[Said]:
    """What a declaration says of a work, by what it is: XML of DDEX or ONIX, or labels.

    Raises:
        Unclear: it is none of these, cannot be read, or does not say what is meant.
    """
    body = supplied.body
    if len(body) > SUPPLIED_BYTES:
        raise Unclear(NotRunReason.LIMIT, f"a declaration has {SUPPLIED_BYTES:,} bytes at most")
    if not body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        yield from said_by_labels(body, asset.modality)
        return
    try:
        markup = read(body, "the declaration")
    except RefusedXmlError as refused:
        raise Unclear(refused.reason, str(refused)) from refused
    if not markup.well_formed:
        raise Unclear(NotRunReason.UNREADABLE, "the declaration is not well-formed XML")
    if is_ddex(markup.root):
        yield from said_by_ddex(markup.root, supplied.resource, asset.modality)
    elif is_onix(markup.root):
        yield from said_by_onix(markup.root, supplied.resource)
    else:
        detail = "the declaration is neither a DDEX message (ERN) nor one of ONIX"
        raise Unclear(NotRunReason.UNREADABLE, detail)
