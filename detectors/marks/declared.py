"""Marks that a work is said to carry, and that only their maker can read.

A manifest may name the algorithm of a soft binding (C2PA 2.4 section 9.3; the names are those of
the C2PA soft binding algorithm list), or say that a mark was put in (`c2pa.watermarked` and its
two variants). What Google's generators make carries SynthID. None of these has a public decoder
that can be shipped, so each leaves a record of what was not looked for, and of who could look.
Nothing follows from it for the origin of the work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provenance.evidence import (
    AI_ORIGINS,
    TRUSTED_LEVELS,
    Carrier,
    Credential,
    Evidence,
    Integrity,
    NotRun,
    NotRunReason,
)

__all__ = ["PREFIX", "UNNAMED", "declared_marks"]

PREFIX = "marks:"
"""Begins the source of these records; the name of the mark follows."""

UNNAMED = "unnamed"
"""Name of a mark that a manifest declares without naming it."""

SYNTHID = "synthid"
GOOGLE = "Google LLC"
WATERMARKED = frozenset({"c2pa.watermarked", "c2pa.watermarked.bound", "c2pa.watermarked.unbound"})

MAKERS = (
    ("com.adobe.trustmark.", "TrustMark", "Adobe's open-source decoder"),
    ("com.adobe.", "a fingerprint", "Adobe"),
    ("com.digimarc.", "a Digimarc mark", "Digimarc"),
    ("com.imatag.", "an Imatag mark", "Imatag"),
    ("com.microsoft.", "a Microsoft mark", "Microsoft"),
    ("com.nagra.", "a NexGuard mark", "Nagra"),
    ("castLabs.", "a castLabs mark", "castLabs"),
    ("ai.steg.", "a Steg.AI mark", "Steg.AI"),
    ("ai.trufo.", "a Trufo mark", "Trufo"),
    ("app.overlai.", "an Overlai mark", "Overlai"),
    ("com.sonicorigin.", "a SonicOrigin mark", "SonicOrigin"),
    ("com.writerslogic.", "a mark in the text", "WritersLogic"),
    ("io.iscc.", "a content code (ISO 24138)", "anyone who has the register it stands in"),
    ("org.atsc.", "an ATSC mark", "a receiver of ATSC 3.0"),
)
"""Beginnings of algorithm names, what they are, and who can check them."""

MOST = 20
LONGEST = 100


def declared_marks(evidence: Iterable[Evidence]) -> tuple[NotRun, ...]:
    """A `not_run` record for each mark the work is said to carry, in the order they are named.

    Only an intact manifest of the work itself is heard: a broken one speaks of other bytes.
    """
    found: dict[str, NotRun] = {}
    for record in evidence:
        if isinstance(record, Credential) and record.part is None and _speaks(record):
            for name, detail in _named(record):
                found.setdefault(name, _not_run(name, detail))
    return tuple(found.values())[:MOST]


def _speaks(credential: Credential) -> bool:
    return credential.carrier is Carrier.EMBEDDED and credential.integrity is Integrity.INTACT


def _named(credential: Credential) -> Iterator[tuple[str, str]]:
    claim = credential.claim
    bindings, actions = ((), ()) if claim is None else (claim.soft_bindings, claim.actions)
    for algorithm in bindings:
        yield algorithm, _who(algorithm)
    if _is_of_google(credential):
        yield SYNTHID, "what Google's generators make carries SynthID, which only Google can check"
    elif not bindings and any(one.action in WATERMARKED for one in actions):
        yield UNNAMED, "the manifest says that a mark was put in, and not which"


def _who(algorithm: str) -> str:
    for beginning, mark, checker in MAKERS:
        if algorithm.startswith(beginning):
            return f"the manifest names {mark} ({algorithm}), which {checker} can check"
    return f"the manifest names {algorithm}, which only its maker can check"


def _is_of_google(credential: Credential) -> bool:
    """Whether a trust list vouches that Google signed it, and it says that AI made the work."""
    signer = credential.signer
    if signer is None or signer.level not in TRUSTED_LEVELS or signer.issuer != GOOGLE:
        return False
    return credential.origin in AI_ORIGINS and credential.ai_vouched


def _not_run(name: str, detail: str) -> NotRun:
    return NotRun(
        source=f"{PREFIX}{name[:LONGEST]}",
        check="detect",
        reason=NotRunReason.NOT_INSTALLED,
        detail=detail[: 3 * LONGEST],
    )
