"""The manifests of one store as a tree, each with its own integrity and signer.

Follows C2PA 2.4 sections 10.3 (ingredients) and 15.10 (validation). The library's summary state is
not used: it calls a file with an expired certificate invalid and a file with a forged ingredient
trusted. What counts are the status codes, sorted by the manifest each speaks of:

- a manifest is *intact* when its claim signature was validated and nothing it vouches for failed;
  the active one must also match the bytes of the file (a hard binding);
- codes about the certificate, the time or an identity say who and when, not whether: they are
  kept out of integrity.

How the tree is built from what the library tells is `provenance.c2pa.building`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from provenance.c2pa.actions import Action, actions_of
from provenance.c2pa.assurance import assurance_level
from provenance.c2pa.constraints import constrained, made_to_sign
from provenance.c2pa.trust import TrustStore
from provenance.evidence import TRUSTED_LEVELS, Dated, Integrity, Signer, SignerLevel

__all__ = [
    "Node",
    "failures_of_integrity",
    "moment",
    "source_types",
    "text_of",
]

BINDINGS = re.compile(r"^assertion\.\w*Hash\.match$")
NOT_INTEGRITY = (
    "signingCredential.",
    "timeStamp.",
    "timestamp.",
    "cawg.",
    "com.encypher.cawg.",
    "ingredient.",
)
CHANGED = frozenset(
    {
        "claimSignature.mismatch",
        "assertion.hashedURI.mismatch",
        "ingredient.manifest.mismatch",
        "ingredient.manifest.missing",
        "ingredient.claimSignature.mismatch",
        "ingredient.claimSignature.missing",
        "ingredient.hashedURI.mismatch",
    }
)
OUTSIDE_VALIDITY = "claimSignature.outsideValidity"


@dataclass
class Node:
    """One manifest, or one ingredient that has none.

    Attributes:
        manifest: the library's JSON of the manifest, empty when there is none.
        relationship: to the manifest that holds it; `active` for the root.
        success, informational, failure: status codes about this manifest.
        list_name: trust list its chain ended in, when the library says so.
        trust_repeated: whether its record says that its signer is trusted, and no record anywhere
            says otherwise.
        recorded: failure codes that were known when it was added to the manifest that holds it.
        certificates: of its signer, DER, leaf first; empty when they could not be read, None when
            nobody looked.
        children: its ingredients; one list for a manifest, however often it is used.
    """

    manifest: dict[str, Any]
    relationship: str
    title: str | None = None
    label: str | None = None
    success: set[str] = field(default_factory=set)
    informational: set[str] = field(default_factory=set)
    failure: set[str] = field(default_factory=set)
    list_name: str | None = None
    trust_repeated: bool = False
    recorded: frozenset[str] = frozenset()
    certificates: tuple[bytes, ...] | None = None
    children: list[Node] = field(default_factory=list)
    _known: tuple[TrustStore, SignerLevel] | None = field(default=None, repr=False, compare=False)

    @cached_property
    def actions(self) -> tuple[Action, ...]:
        """What this manifest says was done, and with what."""
        return actions_of(self.manifest)

    @property
    def is_active(self) -> bool:
        """Whether this is the manifest of the file itself."""
        return self.relationship == "active"

    @cached_property
    def integrity(self) -> Integrity:
        """Of this manifest; the bytes of an ingredient are gone, only its claim can be checked."""
        if not self.label:
            return Integrity.ABSENT
        if failures_of_integrity(self.failure) or self._reference_failed:
            return Integrity.BROKEN
        if self.is_active:
            signed = "claimSignature.validated" in self.success
            bound = any(BINDINGS.match(code) for code in self.success)
            return Integrity.INTACT if signed and bound else Integrity.BROKEN
        return Integrity.INTACT

    @property
    def is_altered(self) -> bool:
        """Whether an ingredient was changed after it was added: nobody recorded it then.

        Other new failures may be rules that are stricter now than they were.
        """
        return not self.is_active and bool((self.failure - self.recorded) & CHANGED)

    @property
    def _reference_failed(self) -> bool:
        return not self.is_active and any(code.startswith("ingredient.") for code in self.failure)

    def signer(self, trust: TrustStore) -> Signer | None:
        """Who signed it, as far as the trust lists say."""
        info = self.manifest.get("signature_info")
        if not isinstance(info, dict):
            return None
        level = self.level(trust)
        return Signer(
            level=level,
            name=text_of(info.get("common_name")),
            issuer=text_of(info.get("issuer")),
            list=self.list_name if level in TRUSTED_LEVELS else None,
            signed_at=self.signed_at,
            assurance_level=self.assurance_level,
        )

    @cached_property
    def assurance_level(self) -> int | None:
        """The C2PA assurance level that its signer's certificate states."""
        return assurance_level(self.certificates[0]) if self.certificates else None

    def level(self, trust: TrustStore) -> SignerLevel:
        """Trust in its signer; see `_level`. Asked often, found out once."""
        if self._known is None or self._known[0] is not trust:
            self._known = trust, self._level(trust)
        return self._known[1]

    def _level(self, trust: TrustStore) -> SignerLevel:
        """Trust in its signer, measured now and with our lists; none in one that is not named.

        The library does not report a result again that a record already holds. So for an
        ingredient that was recorded as trusted, silence means that our lists trust it too, but
        only when the library did look (it validated the manifest now) and when no record anywhere
        holds the opposite, which would have been kept silent as well. Which of our lists it is
        stays unknown: it counts as the interim one.
        """
        if not isinstance(self.manifest.get("signature_info"), dict):
            return SignerLevel.UNTRUSTED
        failure = self.failure
        unsigned = self.is_active and "claimSignature.validated" not in self.success
        if "claimSignature.mismatch" in failure or unsigned:
            # Anyone can attach someone's certificate to a signature that does not verify.
            return SignerLevel.UNTRUSTED
        if failure & {"signingCredential.revoked", "signingCredential.ocsp.revoked"}:
            return SignerLevel.REVOKED
        if "signingCredential.invalid" in failure:
            return SignerLevel.INVALID_PROFILE
        if failure & {"signingCredential.expired", OUTSIDE_VALIDITY}:
            return SignerLevel.EXPIRED_UNTIMED
        if "signingCredential.untrusted" in failure:
            return SignerLevel.UNTRUSTED
        level = SignerLevel.UNTRUSTED
        if "signingCredential.trusted" in self.success:
            level = trust.level(self.list_name)
        elif self.trust_repeated and "ingredient.manifest.validated" in self.success:
            level = SignerLevel.LEGACY_TRUSTED
        return self._held_to_the_profile(level, trust)

    def _held_to_the_profile(self, level: SignerLevel, trust: TrustStore) -> SignerLevel:
        """`level`, unless the certificates forbid it in a way that the library overlooks."""
        if level not in TRUSTED_LEVELS or self.certificates is None:
            return level
        if not self.certificates:
            return SignerLevel.UNTRUSTED  # what the library saw cannot be looked at again
        if not made_to_sign(self.certificates[0]):
            return SignerLevel.INVALID_PROFILE
        forbidden = constrained(self.certificates, trust.signer_anchors(self.list_name))
        return SignerLevel.UNTRUSTED if forbidden else level

    @property
    def dated(self) -> Dated | None:
        """When it was signed, by the time stamp the library read; a date in the claim is none."""
        info = self.manifest.get("signature_info")
        when = moment(info.get("time")) if isinstance(info, dict) else None
        if when is None or "timeStamp.mismatch" in self.failure | self.informational:
            return None
        trusted = {"timeStamp.validated", "timeStamp.trusted"} <= self.success
        return Dated(at=when, by="trusted_time_stamp" if trusted else "untrusted_time_stamp")

    @property
    def signed_at(self) -> datetime | None:
        """The time of a time stamp that was validated, by an authority on a list."""
        dated = self.dated
        return dated.at if dated and dated.by == "trusted_time_stamp" else None

    def walk(self) -> Iterator[Node]:
        """This node and all below it, depth first; the ingredients of a manifest come once."""
        seen: set[str] = set()
        waiting = [self]
        while waiting:
            node = waiting.pop()
            yield node
            if node.label is not None and node.label not in seen:
                seen.add(node.label)
                waiting += reversed(node.children)

    def generator(self) -> str | None:
        """The product that made the claim, as it calls itself."""
        infos = self.manifest.get("claim_generator_info")
        first = infos[0] if isinstance(infos, list) and infos else infos
        if isinstance(first, dict) and first.get("name"):
            name, version = text_of(first["name"]), text_of(first.get("version"))
            return f"{name} {version}" if version else name
        return text_of(self.manifest.get("claim_generator"))


def source_types(nodes: Iterable[Node]) -> tuple[str, ...]:
    """The digital source types `nodes` state themselves, sorted, as bare names."""
    stated = {action.source_type for node in nodes for action in node.actions}
    return tuple(sorted(stated - {""}))


def failures_of_integrity(codes: Iterable[str]) -> set[str]:
    """Those of `codes` that mean the manifest or the bytes are not as they were signed."""
    return {
        code for code in codes if not code.startswith(NOT_INTEGRITY) and code != OUTSIDE_VALIDITY
    }


def moment(value: object) -> datetime | None:
    """A time from untrusted JSON; None for what is none, or has no time zone."""
    try:
        when = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return when if when is not None and when.tzinfo else None


def text_of(value: object) -> str | None:
    """A short text from untrusted JSON, with control characters made visible."""
    if not isinstance(value, str) or not value:
        return None
    if value.isprintable():
        return value[:300]
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in value[:300])
