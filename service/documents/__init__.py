"""The papers an audit is asked for: the record `assay/document/1`, as JSON, HTML and PDF.

A paper is written from the folder of an audit and from what its author adds in a details file. It
is a pure function of the two: no clock, no network. Every sentence names what it rests on, a field
of the audit, a key of the details, or the reference of the law it states.
"""

from __future__ import annotations

from service.documents.records import DOCUMENT_SCHEMA, Document, DocumentKind

__all__ = ["DOCUMENT_SCHEMA", "Document", "DocumentKind"]
