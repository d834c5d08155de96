"""The signers of a credential that was stored, and what cannot be known of them any more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from provenance.evidence import Claim, Codes, Credential, Ingredient, Signer

__all__ = ["NotKnown", "Signed", "Unknown", "signers_of", "with_signers"]


class Unknown(StrEnum):
    """Why other lists cannot judge a credential by what was stored."""

    NO_CHAIN = "no_chain"
    DAMAGED_CHAIN = "damaged_chain"
    UNCLEAR_PATH = "unclear_path"
    TIME_STAMP = "time_stamp"
    INGREDIENT_RECORD = "ingredient_record"
    HISTORY_CUT = "history_cut"
    AI_STATEMENT = "ai_statement"
    HUMAN_CLAIM = "human_claim"


class NotKnown(Exception):  # noqa: N818 - an answer
    """What the stored data cannot tell."""

    def __init__(self, reason: Unknown) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Signed:
    """A signer, with what was found about its manifest.

    Attributes:
        signer: as it was judged.
        codes: about its manifest, or for an ingredient the failures alone.
        claim: what its manifest says.
        is_ingredient: whether it is one.
    """

    signer: Signer
    codes: Codes
    claim: Claim | None
    is_ingredient: bool


def signers_of(credential: Credential) -> Iterator[Signed]:
    """The signer of the active manifest, then those of all ingredients, depth first."""
    if credential.signer is not None:
        yield Signed(credential.signer, credential.codes, credential.claim, is_ingredient=False)
    for one in _below(credential.ingredients):
        if one.signer is not None:
            yield Signed(one.signer, Codes(failure=one.failure), one.claim, is_ingredient=True)


def _below(ingredients: tuple[Ingredient, ...]) -> Iterator[Ingredient]:
    for one in ingredients:
        yield one
        yield from _below(one.ingredients)


def with_signers(credential: Credential, signers: Iterator[Signer]) -> Credential:
    """`credential` with other signers, drawn in the order of `signers_of`."""
    return credential.model_copy(
        update={
            "signer": None if credential.signer is None else next(signers),
            "ingredients": _replaced(credential.ingredients, signers),
        }
    )


def _replaced(
    ingredients: tuple[Ingredient, ...], signers: Iterator[Signer]
) -> tuple[Ingredient, ...]:
    return tuple(
        one.model_copy(
            update={
                "signer": None if one.signer is None else next(signers),
                "ingredients": _replaced(one.ingredients, signers),
            }
        )
        for one in ingredients
    )
