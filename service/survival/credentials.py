"""What became of the credentials of an original, and of the soft bindings they name.

A manifest is known by its label, the certificates of its signer and what it says of the origin: a
label can be copied, and so can the names in a certificate. A copy that was edited by somebody who
keeps provenance has a manifest of its own, in whose ingredients the old one stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.evidence import Carrier, Claim, Credential, Evidence, Ingredient, Integrity
from service.survival.marks import Gaps
from service.survival.records import MarkKind, Sighting, Survival, SurvivalOutcome, shortened

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["compared_credentials"]

C2PA = "c2pa"
MOST_INGREDIENTS = 10_000
_NOBODY = Credential(source=C2PA, carrier=Carrier.NONE, integrity=Integrity.ABSENT)


def compared_credentials(
    original: Iterable[Evidence], copy: Iterable[Evidence], unread: tuple[Gaps, Gaps]
) -> Iterator[Survival]:
    """The credential of the work and of each part, each with its soft bindings.

    Args:
        original: evidence of the original.
        copy: evidence of the copy.
        unread: what was not read of the one and of the other.
    """
    before, after = _by_part(original), _by_part(copy)
    met = set()
    for part in dict.fromkeys((None, *before)):
        was, now = before.get(part), after.get(part) or _moved(before.get(part), after)
        if now is not None:
            met.add(now.part)
        yield from _credential(part, was, now, unread)
    for part, now in after.items():
        if part not in met:
            yield from _credential(part, None, now, unread)


def _by_part(evidence: Iterable[Evidence]) -> dict[str | None, Credential]:
    """The first credential of the work and of each part: a second opinion is no second mark."""
    found: dict[str | None, Credential] = {}
    for record in evidence:
        if isinstance(record, Credential):
            found.setdefault(record.part, record)
    return found


def _moved(was: Credential | None, after: dict[str | None, Credential]) -> Credential | None:
    """A part is called by its place in the container, and may have another one in the copy."""
    if was is None or was.part is None or was.manifest is None:
        return None
    same = [one for one in after.values() if one.part and one.manifest == was.manifest]
    return next((one for one in same if _one_manifest(was, one)), same[0] if same else None)


def _credential(
    part: str | None, was: Credential | None, now: Credential | None, unread: tuple[Gaps, Gaps]
) -> Iterator[Survival]:
    outcome = _outcome(part, was, now, unread)
    if outcome is None:
        return
    stripped = outcome is SurvivalOutcome.LOST and was is not None and _intact(was)
    source = (was or now or _NOBODY).source
    here = _sighting(now) if outcome is not SurvivalOutcome.LOST else None
    yield Survival(
        what=MarkKind.CREDENTIAL,
        source=source,
        part=part,
        original=_sighting(was),
        present=here,
        outcome=outcome,
        stripped=stripped,
    )
    if outcome is SurvivalOutcome.LOST and _is_there(now):
        yield Survival(
            what=MarkKind.CREDENTIAL,
            source=source,
            part=part,
            original=None,
            present=_sighting(now),
            outcome=SurvivalOutcome.NEW,
        )
    yield from _soft_bindings(was, now, outcome)


def _outcome(
    part: str | None, was: Credential | None, now: Credential | None, unread: tuple[Gaps, Gaps]
) -> SurvivalOutcome | None:
    """What became of a credential; None where there is none on either side."""
    if was is None and (part is None or unread[0].hide(MarkKind.CREDENTIAL, C2PA, part)):
        return SurvivalOutcome.NOT_COMPARABLE
    if now is None and (part is None or unread[1].hide(MarkKind.CREDENTIAL, C2PA, part)):
        return SurvivalOutcome.NOT_COMPARABLE
    if was is None or was.carrier is Carrier.NONE:
        if now is not None and _unreadable(now):  # damage need not be a manifest
            return SurvivalOutcome.NOT_COMPARABLE
        return SurvivalOutcome.NEW if _is_there(now) else None
    if was.carrier is Carrier.REMOTE_ONLY:
        return _pointer(was, now)
    if _unreadable(was) or (now is not None and now.carrier is Carrier.REMOTE_ONLY):
        return SurvivalOutcome.NOT_COMPARABLE
    if now is None or now.carrier is Carrier.NONE:
        return SurvivalOutcome.LOST
    return SurvivalOutcome.BROKEN if _unreadable(now) else _embedded(was, now)


def _pointer(was: Credential, now: Credential | None) -> SurvivalOutcome:
    """What a manifest elsewhere says is unknown: only the address can be compared."""
    same = now is not None and now.carrier is Carrier.REMOTE_ONLY
    if same and now is not None and now.remote_url == was.remote_url:
        return SurvivalOutcome.KEPT
    return SurvivalOutcome.NOT_COMPARABLE


def _embedded(was: Credential, now: Credential) -> SurvivalOutcome:
    """Both have a manifest that can be read: it is the same, or holds the same, or is another."""
    if was.manifest is None or now.manifest is None:
        return SurvivalOutcome.NOT_COMPARABLE
    if _one_manifest(was, now):
        if was.integrity is now.integrity:
            return SurvivalOutcome.KEPT
        return SurvivalOutcome.BROKEN if _intact(was) else SurvivalOutcome.CHANGED
    held = next((one for one in _tree(now.ingredients) if _one_manifest(was, one)), None)
    if held is None:
        cut = now.ingredients_cut and was.manifest != now.manifest
        return SurvivalOutcome.NOT_COMPARABLE if cut else SurvivalOutcome.LOST
    whole = held.integrity is was.integrity and not held.altered and _intact(now)
    return SurvivalOutcome.KEPT_AS_INGREDIENT if whole else SurvivalOutcome.BROKEN


def _one_manifest(was: Credential, now: Credential | Ingredient) -> bool:
    """Labels and names are chosen by whoever signs; what was signed, and with what, is not."""
    return was.manifest == now.manifest and _one_signer(was, now) and _one_statement(was, now)


def _one_signer(was: Credential, now: Credential | Ingredient) -> bool:
    if was.signer is None or now.signer is None:
        return was.signer is now.signer or now.integrity is not Integrity.INTACT
    if was.signer.chain and now.signer.chain:
        return was.signer.chain == now.signer.chain
    return (was.signer.name, was.signer.issuer) == (now.signer.name, now.signer.issuer)


def _one_statement(was: Credential, now: Credential | Ingredient) -> bool:
    """Whether both say the same of the origin; what does not hold any more says nothing."""
    if was.integrity is not now.integrity:
        return True
    ours, theirs = _types(was.claim), _types(now.claim)
    if ours is not None and theirs is not None and ours != theirs:
        return False
    if isinstance(now, Credential):
        return (was.origin, was.ai_statement) == (now.origin, now.ai_statement)
    # A credential names the types of its whole graph, an ingredient those of its own manifest.
    return not _intact(was) or set(now.digital_source_types) <= set(was.digital_source_types)


def _types(claim: Claim | None) -> set[str | None] | None:
    """The source types of its actions; None where not all of them are known."""
    if claim is None or claim.actions_cut:
        return None
    return {action.digital_source_type for action in claim.actions}


def _tree(ingredients: Iterable[Ingredient]) -> Iterator[Ingredient]:
    """All ingredients, at any depth, each before its own; so many and no more."""
    waiting = list(ingredients)[::-1]
    for _ in range(MOST_INGREDIENTS):
        if not waiting:
            return
        one = waiting.pop()
        yield one
        waiting += reversed(one.ingredients)


def _is_there(credential: Credential | None) -> bool:
    return credential is not None and credential.carrier is not Carrier.NONE


def _intact(credential: Credential) -> bool:
    return credential.carrier is Carrier.EMBEDDED and credential.integrity is Integrity.INTACT


def _unreadable(credential: Credential) -> bool:
    return Carrier.UNREADABLE is credential.carrier or credential.integrity is Integrity.UNREADABLE


def _sighting(credential: Credential | None) -> Sighting | None:
    if credential is None or credential.carrier is Carrier.NONE:
        return None
    value = credential.manifest or credential.remote_url or credential.problem or ""
    return Sighting(
        evidence=credential.id,
        place=credential.carrier,
        value=shortened(value),
        states=credential.origin,
        integrity=credential.integrity,
    )


def _soft_bindings(
    was: Credential | None, now: Credential | None, outcome: SurvivalOutcome
) -> Iterator[Survival]:
    """Marks and fingerprints that a manifest names: what it says of them, not whether they hold."""
    before = [] if was is None or was.claim is None else list(dict.fromkeys(_named(was.claim)))
    after = [] if now is None else list(dict.fromkeys(_all_named(now)))
    unknown = outcome is SurvivalOutcome.NOT_COMPARABLE
    for algorithm in before:
        there = algorithm in after
        lost = SurvivalOutcome.NOT_COMPARABLE if unknown else SurvivalOutcome.LOST
        became = SurvivalOutcome.KEPT if there else lost
        stripped = became is SurvivalOutcome.LOST and was is not None and _intact(was)
        yield _soft_binding(algorithm, was, now if there else None, became, stripped=stripped)
    for algorithm in after:
        if algorithm not in before and not unknown:
            yield _soft_binding(algorithm, None, now, SurvivalOutcome.NEW)


def _named(claim: Claim | None) -> tuple[str, ...]:
    return () if claim is None else claim.soft_bindings


def _all_named(credential: Credential) -> Iterator[str]:
    yield from _named(credential.claim)
    for one in _tree(credential.ingredients):
        yield from _named(one.claim)


def _soft_binding(
    algorithm: str,
    was: Credential | None,
    now: Credential | None,
    outcome: SurvivalOutcome,
    *,
    stripped: bool = False,
) -> Survival:
    def seen(credential: Credential | None) -> Sighting | None:
        if credential is None:
            return None
        return Sighting(
            evidence=credential.id, place="c2pa.soft-binding", value=shortened(algorithm)
        )

    one = was or now or _NOBODY
    return Survival(
        what=MarkKind.SOFT_BINDING,
        source=one.source,
        name=shortened(algorithm),
        part=one.part,
        original=seen(was),
        present=seen(now),
        outcome=outcome,
        stripped=stripped,
    )
