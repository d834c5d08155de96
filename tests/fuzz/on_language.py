"""The target that reads sentences: as a page, as terms, as comments and as a dataset card."""

from __future__ import annotations

from provenance.asset import Asset
from provenance.evidence import NotRun
from provenance.rights.readers.natural_language import LONGEST, MOST, Source, read_source
from provenance.rights.records import Authority, Channel
from tests.fuzz.contract import BrokenContractError
from tests.fuzz.registry import named

KINDS = ("text", "html", "page", "comments", "prose", "markdown")


@named("natural_language", "rights.readers.natural_language")
def _natural_language(data: bytes) -> None:
    """Every statement is contested, is evidence only and stands where its span says."""
    from provenance.rights.readers.natural_language import NaturalLanguageReader

    for kind in KINDS:
        source = Source(data, "x", Channel.TERMS, "origin", Authority.UNKNOWN, kind)
        records = list(read_source(source))
        if len(records) > MOST + 1:
            raise BrokenContractError(f"{len(records)} records")
        for one in records:
            if isinstance(one, NotRun):
                continue
            span = one.document.span if one.document else None
            if span is None or not 0 <= span[0] < span[1] <= min(len(data), LONGEST):
                raise BrokenContractError(f"span {span} of {len(data)} bytes")
            if one.standing != "D" or not one.warnings[0].startswith("contested"):
                raise BrokenContractError("a sentence that claims more than it is")
    for name in ("a.html", "README.md", "LICENSE"):
        list(NaturalLanguageReader().read(Asset.from_bytes(data, name=name)))
