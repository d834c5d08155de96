"""How long the bytes of a work are kept, as a report made by the service says it.

A report is written before anything is deleted, so it says what is to happen: the service deletes
again and again until it is done. `assay check` keeps nothing, and its reports say nothing of it.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from provenance.evidence import Record
from service.i18n import translate

__all__ = ["Retention", "RetentionCode"]


class RetentionCode(StrEnum):
    """What is to become of the bytes."""

    DELETED = "deleted"
    LIMITED = "limited"
    KEPT = "kept"


class Retention(Record):
    """What is to become of the bytes that were handed in.

    Attributes:
        code: which of the three.
        days: after the last screening of these bytes has ended; with `limited` alone.
        text: one plain English sentence.
    """

    code: RetentionCode
    days: int | None = Field(default=None, ge=1, exclude_if=lambda days: days is None)
    text: str

    @classmethod
    def of(cls, *, kept: bool, days: int | None = None) -> Retention:
        """The statement.

        Args:
            kept: whether the bytes stay once the report is written.
            days: how long at most; None for good.
        """
        if not kept:
            code, days = RetentionCode.DELETED, None
        else:
            code = RetentionCode.KEPT if days is None else RetentionCode.LIMITED
        return cls(code=code, days=days, text=_sentence(code, days, "en"))

    def sentence(self, lang: str) -> str:
        """The same in another language."""
        return _sentence(self.code, self.days, lang)


def _sentence(code: RetentionCode, days: int | None, lang: str) -> str:
    return translate("retention", code, lang, **({} if days is None else {"days": days}))
