"""The link from XMP to a C2PA manifest.

Follows C2PA 2.4 section 11.5: `dcterms:provenance` holds the address of the manifest, inside the
file (`self#jumbf=...`) or elsewhere. It says nothing about origin; where it stands and no manifest
is found, one was stripped. The address is never fetched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.evidence import Statement, Strength
from provenance.metadata.works import MetadataReader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from provenance.evidence import Declaration
    from provenance.metadata.works import Work

__all__ = ["PROVENANCE_LINK", "ProvenanceLinkReader"]

PROVENANCE_LINK = ("http://purl.org/dc/terms/", "provenance")
"""Namespace and name of the property."""


class ProvenanceLinkReader(MetadataReader):
    """Reads `dcterms:provenance`."""

    source = "provenance_link"

    def declarations(self, work: Work) -> Iterator[Declaration]:
        """Each link."""
        for value in work.values(*PROVENANCE_LINK):
            field = "dcterms:provenance"
            yield self.declare(work, field, value, Statement.NONE, Strength.WEAK)
