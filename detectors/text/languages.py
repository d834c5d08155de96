"""Whether a text is English, French, or something else.

By py3langid (BSD-3-Clause; n-grams of bytes, no pickle), which is not asked which of two but which
of about a hundred: a text of another language must not pass for the likelier of two.
"""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Language", "language_of"]

SEEN = 20_000
"""Characters that are looked at."""


class Language(StrEnum):
    """Languages in which texts are judged."""

    ENGLISH = "en"
    FRENCH = "fr"


def language_of(text: str) -> Language | None:
    """The language of a text of fifty words or more; None when it is neither."""
    import py3langid

    found, _ = py3langid.classify(text[:SEEN])
    return Language(found) if found in set(Language) else None
