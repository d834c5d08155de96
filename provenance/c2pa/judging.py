"""Whether a claim can stand beside what the files say of themselves: no lie that can be seen.

Credentials that were there are kept as ingredients, or nothing is signed. What says AI in a file
may not be denied or hidden by signing over it, and what could not be read might say it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from provenance.c2pa.claim import Claim, Intent
from provenance.errors import SigningRefused
from provenance.evidence import (
    Carrier,
    Credential,
    Declaration,
    Evidence,
    Integrity,
    NotRun,
    NotRunReason,
    Origin,
    Statement,
)

__all__ = ["Seen", "judge", "seen_in"]

AI = frozenset({Statement.FULLY_AI, Statement.PARTLY_AI})
UNREAD = frozenset(
    {NotRunReason.UNREADABLE, NotRunReason.LIMIT, NotRunReason.TIMEOUT, NotRunReason.ENCRYPTED}
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A file as it was found.

    Attributes:
        name: for messages.
        credential: its own manifest, or that it has none.
        ai_declarations: the places of unsigned statements of AI about the file as a whole.
        unread: what in it could not be read, so that what that says is not known.
    """

    name: str
    credential: Credential
    ai_declarations: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


def judge(
    claim: Claim,
    own: Seen,
    parents: Sequence[Seen],
    components: Sequence[Seen],
    *,
    replace_broken: bool = False,
) -> None:
    """Whether a claim can stand beside what the files say of themselves.

    Args:
        claim: what is to be said.
        own: the file that is to be signed.
        parents: what it was made from; for an edit, the file itself.
        components: what was placed into it.
        replace_broken: whether a broken manifest of the file itself may be thrown away.

    Raises:
        SigningRefused: it cannot.
    """
    _judge_manifests(claim, own, [*parents, *components], replace_broken=replace_broken)
    if not claim.is_silent_on_ai:
        return
    for one in (own, *parents, *components):
        if one.unread and one.credential.carrier is not Carrier.UNREADABLE:
            raise SigningRefused(
                f"{one.name}: could not be read to its end ({one.unread[0]}), so it might say that "
                f"it was made with AI, which '{claim.source_type}' would deny or hide"
            )
    if claim.begins:
        for one in (own, *components):
            if one.credential.ai_statement or one.credential.origin is Origin.CONTRADICTORY:
                raise _lie(claim, one, "its manifest says")
    for one in (own, *parents, *components):
        # A manifest's statement of AI lives on in the ingredient; one in metadata would not.
        recorded = not claim.begins and one.credential.ai_statement
        if one.ai_declarations and not recorded:
            raise _lie(claim, one, f"{one.ai_declarations[0]} in it says, or hints,")


def _judge_manifests(
    claim: Claim, own: Seen, materials: Sequence[Seen], *, replace_broken: bool
) -> None:
    """Whether every manifest there is can be kept, or may be thrown away."""
    for one in (own, *materials):
        if one.credential.carrier is Carrier.REMOTE_ONLY:
            raise SigningRefused(
                f"{one.name}: its manifest is elsewhere and was not fetched, so what it says is "
                "not known and could not be kept",
                hint="Embed the manifest first, with the program that made it.",
            )
        broken = one.credential.carrier is Carrier.UNREADABLE or (
            one.credential.integrity is Integrity.BROKEN
        )
        thrown_away = one is own and claim.intent is not Intent.EDIT and replace_broken
        if broken and not thrown_away:
            why = f" ({one.unread[0]})" if one.unread else ""
            raise SigningRefused(
                f"{one.name}: its manifest is broken or unreadable{why}, and signing over it would "
                "cover that up",
                hint="Get an intact copy. If there is none, --replace-broken throws away that of "
                "a file that is signed as new (--intent create).",
            )
    intact = own.credential.integrity is Integrity.INTACT
    if intact and claim.intent is not Intent.EDIT:
        raise SigningRefused(
            f"{own.name}: has a manifest, which would be lost",
            hint="Use --intent edit with --source humanEdits or an AI type: the manifest is kept "
            "as that of the parent.",
        )


def _lie(claim: Claim, one: Seen, says: str) -> SigningRefused:
    return SigningRefused(
        f"{one.name}: {says} that it was made with AI, which '{claim.source_type}' would deny or "
        "hide",
        hint="Sign with a source type that says so: trainedAlgorithmicMedia, "
        "compositeWithTrainedAlgorithmicMedia.",
    )


def seen_in(name: str, evidence: tuple[Evidence, ...]) -> Seen:
    """What was found about the file itself; its parts speak for themselves only.

    Raises:
        SigningRefused: nothing is known of its manifest.
    """
    about = [one for one in evidence if one.part is None]
    credential = next((one for one in about if isinstance(one, Credential)), None)
    if credential is None:
        raise SigningRefused(f"{name}: could not be read for manifests")
    return Seen(
        name,
        credential,
        tuple(one.field for one in about if isinstance(one, Declaration) and one.statement in AI),
        tuple(
            one.detail or one.reason.value
            for one in about
            if isinstance(one, NotRun) and one.check == "provenance" and one.reason in UNREAD
        ),
    )
