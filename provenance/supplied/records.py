"""A delivery's declaration as it is handed over, and what is read from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from provenance.evidence import NotRunReason, Statement, Strength
from provenance.limits import MIB

__all__ = ["SUPPLIED_BYTES", "Said", "Supplied", "Unclear", "Vocabulary", "named"]

SUPPLIED_BYTES = 2 * MIB
"""Of a declaration at most: a message about one release, not a catalogue."""

MOST_NAMED = 8


class Vocabulary(StrEnum):
    """In whose words a declaration speaks."""

    DDEX = "ddex"
    ONIX = "onix"
    LABELS = "labels"


@dataclass(frozen=True, slots=True)
class Supplied:
    """A declaration that came with a work.

    Attributes:
        body: a DDEX or ONIX message, or labels as JSON.
        resource: which recording, picture or product of a message the work is: an ISRC, an ISBN,
            or the reference the message itself uses; None where it is about one only.
    """

    body: bytes
    resource: str | None = None

    @property
    def sha256(self) -> str:
        """Of its bytes, lowercase hexadecimal."""
        return hashlib.sha256(self.body).hexdigest()

    @property
    def digest(self) -> str:
        """SHA-256 of all of it that a report depends on."""
        return hashlib.sha256(json.dumps([self.sha256, self.resource]).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Said:
    """One thing a declaration says.

    Attributes:
        field: the exact place, as `SoundRecording/ContainsAI`.
        value: what stands there.
        statement: what it says about the origin.
        strength: how specific it is; none is proof.
        denies: whether it says that no AI was used.
        generator: product it names, or None.
    """

    field: str
    value: str
    statement: Statement
    strength: Strength = Strength.MEDIUM
    denies: bool = False
    generator: str | None = None


class Unclear(ValueError):  # noqa: N818 - what it says of a declaration
    """A declaration that cannot be read, or that does not say which part of it is meant.

    Attributes:
        reason: `unreadable`, `limit`, or `not_applicable`.
    """

    def __init__(self, reason: NotRunReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def named(references: Sequence[str]) -> str:
    """Some of the things a message lists, so that whoever sent it can say which one is meant."""
    shown = ", ".join(one[:80] for one in references[:MOST_NAMED]) or "nothing"
    more = len(references) - MOST_NAMED
    return shown if more <= 0 else f"{shown} and {more:,} more"
