"""What the licence stated for a work says about training on it and shipping the weights.

A work marked non-commercial, no-derivatives or for research only is for evaluation. One without a
stated licence may be trained on, and is listed as such; so is one under any other licence: whether
it is reserved is for the readers of reservations to say. Licences are written in many ways (SPDX
identifiers, addresses of Creative Commons, words), so what counts is a mark anywhere in the text.
"""

from __future__ import annotations

import re
from enum import StrEnum

__all__ = ["Mark", "mark_of"]


class Mark(StrEnum):
    """What in a licence keeps a work out of training."""

    NON_COMMERCIAL = "licence_nc"
    NO_DERIVATIVES = "licence_nd"
    RESEARCH_ONLY = "licence_research_only"


LONGEST = 4000

SEPARATED = r"[\s_\-./]*"
MARKS: tuple[tuple[Mark, re.Pattern[str]], ...] = tuple(
    (mark, re.compile(pattern, re.IGNORECASE))
    for mark, pattern in (
        (
            Mark.NON_COMMERCIAL,
            rf"(?<![a-z0-9])nc(?![a-z0-9])|non{SEPARATED}commerc|not for commercial|"
            rf"no commercial|personal use only|usage personnel|pas d.utilisation commerciale",
        ),
        (
            Mark.NO_DERIVATIVES,
            rf"(?<![a-z0-9])nd(?![a-z0-9])|no{SEPARATED}deriv|"
            rf"pas de modification|sans modification",
        ),
        (
            Mark.RESEARCH_ONLY,
            rf"research{SEPARATED}(?:use{SEPARATED}|purposes?{SEPARATED})?only|"
            rf"only for (?:\w+ )?research|for (?:\w+ )?research (?:purposes?|use)|"
            rf"academic{SEPARATED}(?:use|purposes?|research)|evaluation{SEPARATED}only|"
            rf"educational (?:use|purposes?) only|recherche uniquement|fins de recherche",
        ),
    )
)


def mark_of(licence: str | None) -> Mark | None:
    """What in a licence keeps a work out of training, None where nothing does.

    Args:
        licence: as stated, None or empty where none is.
    """
    stated = (licence or "")[:LONGEST]
    return next((mark for mark, pattern in MARKS if pattern.search(stated)), None)
