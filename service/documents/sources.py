"""What statements rest on, and how each is named to people.

Texts of law are codes of the section `document_law` of the catalogue. Those in `UNREAD` were known
from memory or from others when this was written, on `READ_ON`; whatever rests on one of them is
shown as not verified.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from service.documents.records import Source, SourceKind
from service.i18n import translate

__all__ = ["READ_ON", "UNREAD", "Sources"]

READ_ON = dt.date(2026, 11, 22)

UNREAD = frozenset({"template_form", "template_thresholds", "dsa_22"})
"""Texts whose wording was not read: the fields and thresholds of the Commission's form, and
article 22 of the DSA beyond its recital."""


@dataclass(frozen=True, slots=True)
class Sources:
    """Names sources in one language."""

    lang: str

    def audit(self, pointer: str) -> Source:
        """A field of `coverage.json`, by its JSON pointer."""
        return Source(kind=SourceKind.AUDIT, ref=pointer, text=f"coverage.json#{pointer}")

    def findings(self, pointer: str) -> Source:
        """A field of each line of `findings.ndjson`."""
        return Source(kind=SourceKind.FINDINGS, ref=pointer, text=f"findings.ndjson#{pointer}")

    def details(self, key: str) -> Source:
        """A key of the details file."""
        return Source(kind=SourceKind.DETAILS, ref=key, text=self._named("from_details", key=key))

    def law(self, code: str) -> Source:
        """A text of law."""
        text = translate("document_law", code, self.lang)
        if verified := code not in UNREAD:
            return Source(kind=SourceKind.LAW, ref=code, text=text)
        text = self._named("not_read", text=text)
        return Source(kind=SourceKind.LAW, ref=code, text=text, verified=verified)

    def standing(self) -> Source:
        """The dated table of protocols."""
        return Source(
            kind=SourceKind.STANDING, ref="standing.toml", text=self._named("from_standing")
        )

    def method(self, code: str) -> Source:
        """How Assay works."""
        text = translate("document_method", code, self.lang)
        return Source(kind=SourceKind.METHOD, ref=code, text=text)

    def _named(self, code: str, **params: str) -> str:
        return translate("document", code, self.lang, **params)
