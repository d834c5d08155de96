"""Why a work could not be decoded, in the words of a `not_run` record."""

from __future__ import annotations

from provenance.evidence import NotRunReason

__all__ = ["Undecodable"]


class Undecodable(Exception):  # noqa: N818 - a property of the work, not an error of ours
    """A work gives no pixels, samples or text.

    Attributes:
        reason: `unsupported_media`, `vector`, `no_text`, `unreadable`, `limit`, ...
        detail: one plain sentence.
    """

    def __init__(self, reason: NotRunReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
