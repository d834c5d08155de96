"""What follows for a credential when its signers have other levels.

Three answers hang on the levels: whether a trusted signer vouches for the AI statement
(`provenance.c2pa.vouching`), how well a human origin is attested, and what keeps it from being
attested better (`provenance.c2pa.human`). They are worked out as far as the records determine them,
mostly because more trust takes nothing away and less adds nothing; where a new reading might say
otherwise, nothing is said.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator

from provenance.c2pa.assurance import assurance_level
from provenance.c2pa.human import ASSURED
from provenance.c2pa.signed import NotKnown, Unknown, signers_of
from provenance.evidence import (
    TRUSTED_LEVELS,
    Claim,
    Credential,
    Ingredient,
    Origin,
    Signer,
    SignerLevel,
)

__all__ = ["hangs_on_time", "judged"]

HUMAN = frozenset({Origin.CAPTURE, Origin.HUMAN_CREATION})
WHO_SIGNED = frozenset({"signer_untrusted", "ingredient_untrusted"})
HIGHEST = 4
MOST_LABELS = 100
"""A claim that lists as many assertions may have more."""


def judged(before: Credential, after: Credential) -> Credential:
    """`after`, which has other signers, with all that follows from them.

    Raises:
        NotKnown: the report does not say what follows.
    """
    was, now = _levels(before), _levels(after)
    if was == now:
        return after
    level, reason = _human(before, was, now)
    return after.model_copy(
        update={
            "ai_vouched": _vouched(before, was, now),
            "human_level": level,
            "human_level_reason": reason,
        }
    )


Levels = tuple[SignerLevel, ...]
"""Of the signer of the file, then of all ingredients."""


def _levels(credential: Credential) -> Levels:
    """A manifest of which no signer is named counts as one nobody trusts."""
    signers = [credential.signer, *_ingredient_signers(credential.ingredients)]
    return tuple(SignerLevel.UNTRUSTED if one is None else one.level for one in signers)


def _ingredient_signers(ingredients: tuple[Ingredient, ...]) -> Iterator[Signer | None]:
    for one in ingredients:
        if one.manifest is not None:
            yield one.signer
        yield from _ingredient_signers(one.ingredients)


def hangs_on_time(credential: Credential) -> bool:
    """Whether the level of a human claim is what it is by a time stamp."""
    return credential.human_level == HIGHEST or credential.human_level_reason == "no_trusted_time"


def _vouched(before: Credential, was: Levels, now: Levels) -> bool:
    """Whether a trusted signer vouches for the AI statement.

    More trust never takes a voucher away, and less never adds one; only where trust is gained by
    one and the statement was not vouched for, or lost by one and it was, what is recorded of the
    single manifest that speaks must tell.
    """
    if before.ai_statement is None:
        return before.ai_vouched
    trusted_before = [level in TRUSTED_LEVELS for level in was]
    trusted_now = [level in TRUSTED_LEVELS for level in now]
    gained = any(b and not a for a, b in zip(trusted_before, trusted_now, strict=True))
    lost = any(a and not b for a, b in zip(trusted_before, trusted_now, strict=True))
    if not any(trusted_now):
        return False
    if before.ai_vouched and not lost:
        return True
    if not before.ai_vouched and not gained:
        return False
    if len(was) == 1 and not before.ingredients and gained:
        return _own_statement(before)
    raise NotKnown(Unknown.AI_STATEMENT)


def _own_statement(credential: Credential) -> bool:
    """Whether the signer of a manifest without ingredients made its AI statement, not gathered it.

    Claims of version 1 draw no line, nor do others in which nothing is marked as made by the
    signer: all of it is vouched for. Where a line is drawn, all actions must be on one side of it.
    """
    claim = credential.claim
    if claim is None or claim.version is None or not _is_whole(claim):
        raise NotKnown(Unknown.AI_STATEMENT)
    if claim.version == 1 or not claim.created:
        return True
    marks = {one.created for one in claim.actions}
    stated = {one.digital_source_type for one in claim.actions} - {None}
    if len(marks) == 1 and stated == set(credential.digital_source_types):
        # Metadata may repeat a source type; then it too must be of the same kind.
        spoken = filter(_speaks, (*(claim.created or ()), *(claim.gathered or ())))
        if all(label.startswith("c2pa.actions") for label in spoken):
            return marks == {True}
    raise NotKnown(Unknown.AI_STATEMENT)


def _speaks(label: str) -> bool:
    """Whether an assertion may state a source type; bindings, pictures and ingredients do not."""
    silent = ("c2pa.hash.", "c2pa.thumbnail", "c2pa.ingredient", "c2pa.soft-binding", "c2pa.icon")
    return not label.startswith(silent)


def _human(before: Credential, was: Levels, now: Levels) -> tuple[int, str | None]:
    """The level of a human claim, and what keeps it from the next; see `provenance.c2pa.human`."""
    level, reason = before.human_level, before.human_level_reason
    if level == 0 or before.origin not in HUMAN:
        return level, reason
    if now[0] not in TRUSTED_LEVELS:
        return 1, "signer_untrusted"
    if not set(now) <= TRUSTED_LEVELS:
        return 1, "ingredient_untrusted"
    if level == 1:
        if reason in WHO_SIGNED or reason == "gathered_only":
            raise NotKnown(Unknown.HUMAN_CLAIM)
        return level, reason  # something else is missing, whoever signed
    private = SignerLevel.PRIVATE_TRUSTED
    if any(a is private and b is not private for a, b in zip(was, now, strict=True)):
        _all_made(before)
    if set(now) != {SignerLevel.OFFICIAL_TRUSTED}:
        return 2, "signer_not_official"
    return _official(before)


def _official(credential: Credential) -> tuple[int, str | None]:
    """The level of a complete human claim that official signers made throughout."""
    if credential.origin is not Origin.CAPTURE:
        return 3, "not_a_capture"
    assured = [_assurance(one.signer, credential) for one in signers_of(credential)]
    if None in assured:
        return 3, "assurance_level_unknown"
    if any(level is not None and level < ASSURED for level in assured):
        return 3, "assurance_level_low"
    raise NotKnown(Unknown.TIME_STAMP)


def _assurance(signer: Signer, credential: Credential) -> int | None:
    return assurance_level(base64.b64decode(credential.certificates[signer.chain[0]]))


def _all_made(credential: Credential) -> None:
    """That no signer needs the user's own word for its gathered actions.

    Raises:
        NotKnown: one may.
    """
    for one in signers_of(credential):
        claim = one.claim
        if claim is None or not _is_whole(claim):
            raise NotKnown(Unknown.HUMAN_CLAIM)
        if claim.version != 1 and any(map(_speaks, claim.gathered or ())):
            raise NotKnown(Unknown.HUMAN_CLAIM)


def _is_whole(claim: Claim) -> bool:
    """Whether all its actions are here, and which assertions the signer made."""
    if claim.created is None or claim.gathered is None or claim.actions_cut:
        return False
    return len(claim.created) + len(claim.gathered) < MOST_LABELS
