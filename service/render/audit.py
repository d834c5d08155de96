"""The page of an audit (draft)."""

from __future__ import annotations

from service.optout.audit.summary import AuditSummary

__all__ = ["render_audit"]


def render_audit(summary: AuditSummary, lang: str) -> str:
    return ""
