"""How far an identity assertion holds, from the status codes of the library.

The codes are those of CAWG identity assertion 1.2: `cawg.identity.*`, `cawg.x509.*`, `cawg.ica.*`.
Nothing counts as trusted for want of a failure: every assertion must have been
found signed, and found on the list for identities.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, Self

from provenance.c2pa.actions import objects
from provenance.c2pa.trust import IDENTITY_LIST
from provenance.credentials import IdentityStatus

__all__ = ["Answers", "Method", "answers_by_manifest", "status_of"]

Method = Literal["x509", "ica", "other"]

STATED_IN = re.compile(r"/c2pa/([^/]+)/c2pa\.assertions/cawg\.identity(?:__\d+)?$")
FOUND_ON_LIST = f"found in [{IDENTITY_LIST}]"
NOT_LOADED = "assertion.required.missing"

UNTRUSTED = frozenset({"cawg.x509.credential.untrusted"})
OFFLINE = frozenset({"cawg.ica.did_unavailable"})
EXPIRED = frozenset(
    {
        "cawg.x509.signature.outside_validity",
        "cawg.x509.credential.expired",
        "cawg.ica.valid_until.invalid",
    }
)
MALFORMED = frozenset(
    {
        "cawg.identity.cbor.invalid",
        "cawg.identity.pad.invalid",
        "cawg.ica.invalid_content_type",
        "cawg.ica.invalid_cose_sign1",
        "cawg.ica.invalid_verifiable_credential",
    }
)
REVOKED = re.compile(r"revoked$")
UNKNOWN_TYPE = "cawg.identity.sig_type.unknown"


@dataclass(slots=True)
class Answers:
    """Status codes about the identities of one kind in one manifest.

    The library says in which manifest, and not which of several in it is meant.
    """

    success: Counter[str] = field(default_factory=Counter)
    informational: Counter[str] = field(default_factory=Counter)
    failure: Counter[str] = field(default_factory=Counter)

    @classmethod
    def about(cls, method: Method, told: Iterable[tuple[str, str]], *, loaded: bool) -> Self:
        """What was told about the identities of one kind.

        Args:
            method: the kind.
            told: outcome and code of each status about an identity in this manifest.
            loaded: whether the library could load the manifest at all with its identities.
        """
        answers = cls()
        if not loaded:
            answers.failure[NOT_LOADED] += 1
        for outcome, code in told:
            if code == UNKNOWN_TYPE and method != "other":
                continue
            if code.startswith(("cawg.identity.", f"cawg.{method}.")):
                getattr(answers, outcome)[code] += 1
        return answers

    def codes(self) -> tuple[str, ...]:
        """All of them, sorted."""
        return tuple(sorted({*self.success, *self.informational, *self.failure}))


def answers_by_manifest(second: dict[str, Any]) -> dict[str, list[tuple[str, str]]]:
    """Outcome and code of every status about an identity, by the manifest it stands in."""
    told: dict[str, list[tuple[str, str]]] = {}
    for outcome, status in _statuses(second.get("validation_results")):
        code = str(status.get("code"))
        where = STATED_IN.search(str(status.get("url"))) if code.startswith("cawg.") else None
        if where is None:
            continue
        if code == "cawg.x509.credential.trusted" and FOUND_ON_LIST not in str(
            status.get("explanation")
        ):
            told.setdefault(where[1], []).append(("failure", "cawg.x509.credential.untrusted"))
        else:
            told.setdefault(where[1], []).append((outcome, code))
    return told


def _statuses(results: object) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every status of a store, about the manifest of the work or about an ingredient."""
    results = results if isinstance(results, dict) else {}
    lists = [results.get("activeManifest")]
    lists += [one.get("validationDeltas") for one in objects(results.get("ingredientDeltas"))]
    for one in lists:
        if isinstance(one, dict):
            for outcome in ("success", "informational", "failure"):
                yield from ((outcome, status) for status in objects(one.get(outcome)))


def status_of(
    method: Method, answers: Answers, together: int, *, understood: bool
) -> IdentityStatus:
    """How far it holds; of several that share their answers, the worst counts for each.

    A fault of the assertion comes before one of its certificate: anyone can attach somebody's
    certificate to a signature that does not verify.

    Args:
        method: how the actor is named.
        answers: about all identities of this kind in the manifest.
        together: how many these are.
        understood: whether the library decoded this one.
    """
    failure = set(answers.failure)
    if NOT_LOADED in failure:
        return IdentityStatus.MALFORMED
    revoked = {code for code in failure if REVOKED.search(code)}
    if faults := failure - UNTRUSTED - OFFLINE - EXPIRED - revoked:
        return IdentityStatus.MALFORMED if faults <= MALFORMED else IdentityStatus.INVALID
    if revoked:
        return IdentityStatus.REVOKED
    if failure & OFFLINE:
        return IdentityStatus.NOT_CHECKABLE_OFFLINE
    return _standing(method, answers, together, understood=understood)


def _standing(
    method: Method, answers: Answers, together: int, *, understood: bool
) -> IdentityStatus:
    """Of an assertion that no fault was found in; one that nothing speaks for is not whole."""
    success = answers.success
    if method == "x509":
        signed = success["cawg.x509.signature.validated"] == together
        vouched = success["cawg.x509.credential.trusted"] == together
    else:
        doubted = bool(answers.informational["cawg.ica.untrusted_issuer"])
        vouched = success["cawg.ica.credential_valid"] == together and not doubted
        signed = vouched or doubted or bool(answers.failure)
    if method == "other" or not signed or not understood:
        return IdentityStatus.MALFORMED
    if answers.failure.keys() & EXPIRED:
        return IdentityStatus.EXPIRED
    return IdentityStatus.TRUSTED if vouched else IdentityStatus.UNTRUSTED
