"""Credentials as cards: the manifest, who signed it, and the tree of what went into the work."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from provenance.evidence import (
    TRUSTED_LEVELS,
    Carrier,
    Credential,
    Ingredient,
    Integrity,
    Origin,
    Signer,
    SignerLevel,
)
from service.render.cards import SHORT, Branch, Card, Facts
from service.render.claims import claim_facts, claim_lines
from service.render.wording import Words, one_line, quotable
from service.verdict.integrity import Breakage, breakage

__all__ = ["credential_card", "signer_line"]

MOST_BRANCHES = 200
CLAIMS = frozenset({Origin.CAPTURE, Origin.HUMAN_CREATION})


def signer_line(
    signer: Signer,
    integrity: Integrity,
    words: Words,
    *,
    how: Breakage | None = None,
    brief: bool = False,
) -> str:
    """Who signed, never said as a fact unless a trust list vouches for these very bytes.

    Args:
        signer: of a manifest.
        integrity: of that manifest.
        words: of the reader.
        how: in what way the manifest does not hold, where that is known.
        brief: only the organisation, or else the name.
    """
    names = [name for name in (signer.issuer, signer.name) if name][: 1 if brief else 2]
    name = " / ".join(dict.fromkeys(quotable(one) for one in names)) or words.ui("nameless")
    level = words.of("signer_level", signer.level)
    if signer.level not in TRUSTED_LEVELS:
        claimed = words.ui("claimed_name", name=name)
        known = brief or signer.level is SignerLevel.UNTRUSTED
        return claimed if known else f"{claimed}. {level}"
    if integrity is not Integrity.INTACT:
        if how is None:
            return words.ui("signed_in_broken", name=name)
        return words.of("signed_in_broken", how, name=name)
    return f"{name} ({level[:1].lower()}{level[1:]})"


def credential_card(credential: Credential, empty: Card, words: Words) -> Card:
    """How a credential is shown.

    Args:
        credential: the record.
        empty: a card that says which record it is and nothing more.
        words: of the reader.
    """
    outcomes = ("failure", "informational", "success")
    listed = {name: _lines(getattr(credential.codes, name)) for name in outcomes}
    return replace(
        empty,
        summary=words.of("carrier", credential.carrier),
        facts=tuple(_facts(credential, words).found),
        branches=_branches(credential.ingredients, words, [MOST_BRANCHES]),
        codes=tuple((words.ui(f"codes_{name}"), codes) for name, codes in listed.items() if codes),
        failed=listed["failure"],
    )


def _lines(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(one_line(text, SHORT) for text in texts)


def _facts(credential: Credential, words: Words) -> Facts:
    facts = Facts(words)
    if credential.carrier is Carrier.EMBEDDED:
        facts.say("integrity", words.of("integrity", credential.integrity))
    if credential.signer:
        line = signer_line(credential.signer, credential.integrity, words, how=_how(credential))
        facts.say("signer", line)
        signed_at = credential.signer.signed_at
        facts.say("signed_at", words.moment(signed_at) if signed_at else None)
    if credential.carrier is Carrier.EMBEDDED:
        facts.say("says", _says(credential, words))
    if credential.origin in CLAIMS:
        facts.say("human_level", _human_level(credential, words))
    facts.quote("digital_source_types", ", ".join(credential.digital_source_types))
    if credential.claim is not None:
        claim_facts(credential.claim, facts)
    for name in ("generator", "remote_url", "problem", "manifest"):
        facts.quote(name, getattr(credential, name))
    if credential.ingredients_cut:
        facts.say("ingredients", words.ui("ingredients_cut"))
    return facts


def _how(credential: Credential) -> Breakage | None:
    return breakage(credential.codes) if credential.integrity is Integrity.BROKEN else None


def _says(credential: Credential, words: Words) -> str:
    said = words.of("credential_origin", credential.origin)
    if credential.integrity is Integrity.INTACT:
        return said
    if (how := _how(credential)) is None:
        return words.ui("not_counted", statement=said)
    return words.ui("not_counted_because", statement=said, how=how)


def _human_level(credential: Credential, words: Words) -> str:
    level = words.ui("level_of_four", level=credential.human_level)
    if credential.human_level_reason is None:
        return level
    why = words.known("human_level_reason", credential.human_level_reason)
    return f"{level} ({why})"


def _branches(
    ingredients: Sequence[Ingredient], words: Words, budget: list[int]
) -> tuple[Branch, ...]:
    """The first ingredients, depth first, as long as the budget lasts."""
    shown: list[Branch] = []
    for n, ingredient in enumerate(ingredients):
        if budget[0] <= 0:
            left = sum(map(_count, ingredients[n:]))
            shown.append(Branch("", (), broken=False, left_out=left))
            break
        budget[0] -= 1
        shown.append(_branch(ingredient, words, budget))
    return tuple(shown)


def _count(ingredient: Ingredient) -> int:
    return 1 + sum(map(_count, ingredient.ingredients))


def _whole(integrity: Integrity, words: Words) -> str:
    """Whether an ingredient's own manifest is whole, said so that it needs no gender."""
    said = words.of("integrity", integrity)
    return said if integrity is Integrity.ABSENT else words.labelled(words.ui("integrity"), said)


def _branch(ingredient: Ingredient, words: Words, budget: list[int]) -> Branch:
    how = words.known("relationship", ingredient.relationship)
    title = quotable(ingredient.title or ingredient.manifest or words.ui("nameless"), SHORT)
    lines = [_whole(ingredient.integrity, words)]
    if ingredient.signer:
        mismatch = "claimSignature.mismatch" in ingredient.failure
        known = Breakage.SIGNATURE if mismatch else None
        lines.append(signer_line(ingredient.signer, ingredient.integrity, words, how=known))
    said = [ingredient.generator] if ingredient.generator else []
    return Branch(
        title=words.ui("ingredient_title", relationship=how, title=title),
        lines=(
            *lines,
            *_lines(said),
            *(claim_lines(ingredient.claim, words) if ingredient.claim else ()),
        ),
        failed=_lines(ingredient.failure),
        broken=ingredient.integrity in {Integrity.BROKEN, Integrity.UNREADABLE},
        below=_branches(ingredient.ingredients, words, budget),
    )
