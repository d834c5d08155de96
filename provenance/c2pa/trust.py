"""Trust lists: whose signatures count, and how much.

Four kinds of list for signers and times, in order of precedence (C2PA 2.4 section 14.4, Trust
Model):

- `official`: the C2PA conformance programme's list of claim-signing roots;
- `tsa`: its list of time-stamping roots, which vouch for times and never for a signer;
- `interim`: the list the ecosystem used before, frozen on 1 January 2026, a lower level;
- `private`: anchors the user added, with `--trust FILE` or `assay trust add`.

And one for identities (CAWG identity assertion 1.2), apart from these: `cawg`, anchors and
aggregators the user added with `--trust-identity FILE` or `assay trust add --for identity`. None
come with Assay. It vouches for no signer and no time, and none of the four for an identity; a root
may be on both sides, and each speaks for itself.

Anchors are pooled inside the C2PA library, which does not enforce what kind of list a root came
from, and which names one list at random when a root sits in two. So each public key is kept in one
list only, and a signer counts only when the list that matched it is one for signers.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from provenance.certificates import read_pem
from provenance.errors import TrustError
from provenance.evidence import SignerLevel

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

__all__ = [
    "CLAIM_SIGNING_EKUS",
    "IDENTITY_LIST",
    "TrustList",
    "TrustStore",
    "certificate_key",
    "certificate_pem",
    "certificates_in",
    "describe_anchors",
    "describe_identities",
]

LISTS = Path(__file__).parent / "lists"

CLAIM_SIGNING_EKUS = (
    "1.3.6.1.4.1.62558.2.1",  # c2pa-kp-claimSigning
    "1.3.6.1.5.5.7.3.36",  # id-kp-documentSigning
    "1.3.6.1.5.5.7.3.4",  # id-kp-emailProtection
    "1.3.6.1.4.1.311.76.59.1.9",  # Microsoft, on the interim list
)
"""Extended key usages one of which a claim signer's certificate must have (C2PA 2.4 section 14.5).

The library's own set lacks the first and the last, and has two more that sign no claims: those of
time stamps and of revocation answers (see `provenance.c2pa.assurance`).
"""

IDENTITY_LIST = "cawg"
DID = re.compile(r"^\s*(did:[a-z0-9]+:[A-Za-z0-9._:%-]{1,4000})\s*$", re.MULTILINE)
"""A line of a trust file that names an aggregator of identities (W3C DID 1.0 section 3.1)."""

LEVELS = {
    "official": SignerLevel.OFFICIAL_TRUSTED,
    "interim": SignerLevel.LEGACY_TRUSTED,
    "private": SignerLevel.PRIVATE_TRUSTED,
}


@dataclass(frozen=True, slots=True)
class TrustList:
    """One list of certificates.

    Attributes:
        name: `official`, `tsa`, `interim`, `private` or `cawg`.
        anchors: roots and intermediates, PEM text.
        allowed: end-entity certificates trusted by themselves, one base64 SHA-256 of its DER a
            line below a comment with the organisation; only `interim` has any. For `cawg`, DIDs
            of aggregators, one a line.
        date: when the list was issued or, for a private one, nothing.
        next_update: when its issuer promised a newer one.
        sha256: of the anchors and allowed texts, lowercase hexadecimal.
    """

    name: str
    anchors: str
    allowed: str = ""
    date: str | None = None
    next_update: str | None = None

    @property
    def sha256(self) -> str:
        """Digest of what the list holds."""
        return hashlib.sha256((self.anchors + self.allowed).encode()).hexdigest()

    @property
    def count(self) -> int:
        """How many certificates it names."""
        allowed = [line for line in self.allowed.splitlines() if line and line[0] != "#"]
        return self.anchors.count("-----BEGIN CERTIFICATE-----") + len(allowed)

    def is_stale(self, today: datetime.date) -> bool:
        """Whether the issuer promised a newer list before `today`."""
        due = self.next_update
        return due is not None and datetime.date.fromisoformat(due) < today


@dataclass(frozen=True)
class TrustStore:
    """All lists in force, passed as a value and never kept in a global."""

    official: TrustList
    tsa: TrustList
    interim: TrustList
    private: TrustList = field(default=TrustList("private", ""))
    cawg: TrustList = field(default=TrustList(IDENTITY_LIST, ""))

    @classmethod
    def shipped(cls) -> Self:
        """The lists that came with this version.

        The one of time-stamping roots may be missing: most of them are on the official list too.

        Raises:
            TrustError: another list is missing; without it every signer would be a stranger.
        """
        about = json.loads((LISTS / "lists.json").read_text("utf-8"))
        named = {entry["file"]: entry for entry in about["lists"]}

        def read(name: str, anchors: str, allowed: str | None = None) -> TrustList:
            entry = named.get(anchors, {})
            path = LISTS / anchors
            if not path.exists() and name != "tsa":
                raise TrustError(
                    f"the {name} trust list is missing: {path}", hint="Install Assay again."
                )
            return TrustList(
                name,
                path.read_text("ascii") if path.exists() else "",
                (LISTS / allowed).read_text("ascii") if allowed else "",
                entry.get("date"),
                entry.get("next_update"),
            )

        return cls(
            read("official", "official.pem"),
            read("tsa", "tsa.pem"),
            read("interim", "interim.pem", "interim_allowed.txt"),
        )

    def kept(self, folder: Path) -> Self:
        """This store with the newer lists that `provenance.c2pa.updating` left in `folder`.

        Raises:
            TrustError: what is there cannot be read.
        """
        index = folder / "lists.json"
        if not index.exists():
            return self
        try:
            entries = {one["name"]: one for one in json.loads(index.read_text("utf-8"))["lists"]}
            newer = {
                name: TrustList(
                    name,
                    (folder / Path(entry["file"]).name).read_text("ascii"),
                    date=entry["date"],
                    next_update=entry["next_update"],
                )
                for name, entry in entries.items()
                if name in ("official", "tsa") and entry["date"] >= (self.official.date or "")
            }
        except (OSError, ValueError, KeyError, TypeError) as fault:
            raise TrustError(
                f"the updated trust lists in {folder} cannot be read",
                hint="Delete that folder, and run: assay trust update",
            ) from fault
        if not newer:
            return self
        keys = {certificate_key(one) for one in certificates_in(newer["official"].anchors)}
        interim = replace(
            self.interim, anchors=_without(self.interim.anchors, dict.fromkeys(keys, ""))
        )
        return replace(self, interim=interim, **newer)

    def with_private(self, *texts: bytes) -> Self:
        """This store with private anchors added.

        Args:
            texts: PEM files; a certificate whose key is on the official list is left out, one
                whose key is on the time-stamping or interim list moves to the private one, since
                the user vouches for it.

        Raises:
            TrustError: a text holds no certificate.
        """
        taken = {certificate_key(c) for c in certificates_in(self.official.anchors)}
        kept: dict[bytes, str] = {
            certificate_key(c): certificate_pem(c) for c in certificates_in(self.private.anchors)
        }
        for text in texts:
            for certificate in _parse_pem(text):
                if (key := certificate_key(certificate)) not in taken:
                    kept.setdefault(key, certificate_pem(certificate))
        return replace(
            self,
            private=TrustList("private", "".join(kept[key] for key in sorted(kept))),
            tsa=replace(self.tsa, anchors=_without(self.tsa.anchors, kept)),
            interim=replace(self.interim, anchors=_without(self.interim.anchors, kept)),
        )

    def with_identity(self, *texts: bytes) -> Self:
        """This store with anchors and aggregators for identities added; no other list changes.

        Args:
            texts: PEM files; a line that is a DID (`did:jwk:...`) trusts that aggregator.

        Raises:
            TrustError: a text holds no certificate and no DID.
        """
        kept = {certificate_key(c): certificate_pem(c) for c in certificates_in(self.cawg.anchors)}
        aggregators = set(self.cawg.allowed.split())
        for text in texts:
            certificates, dids = _identities_in(text)
            for certificate in certificates:
                kept.setdefault(certificate_key(certificate), certificate_pem(certificate))
            aggregators.update(dids)
        anchors = "".join(kept[key] for key in sorted(kept))
        allowed = "".join(f"{one}\n" for one in sorted(aggregators))
        return replace(self, cawg=TrustList(IDENTITY_LIST, anchors, allowed))

    def lists(self) -> tuple[TrustList, ...]:
        """The lists that hold anything, by precedence; that for identities last."""
        every = (self.official, self.private, self.tsa, self.interim, self.cawg)
        return tuple(one for one in every if one.anchors or one.allowed)

    def signer_anchors(self, list_name: str | None) -> str:
        """The anchors (PEM) of the list for signers called `list_name`; of all when it is none."""
        named = {one.name: one.anchors for one in (self.official, self.private, self.interim)}
        return named.get(list_name or "", self._all_anchors)

    @cached_property
    def _all_anchors(self) -> str:
        return "".join((self.official.anchors, self.private.anchors, self.interim.anchors))

    def level(self, list_name: str | None) -> SignerLevel:
        """The level of a signer whose chain ended in the list called `list_name`."""
        return LEVELS.get(list_name or "", SignerLevel.UNTRUSTED)

    @cached_property
    def _interim_names(self) -> tuple[str, ...]:
        anchors = certificates_in(self.interim.anchors)
        named = {name for one in anchors for name in _organisations(one.subject)}
        lines = self.interim.allowed.splitlines()
        named |= {line.lstrip("# ") for line in lines if line.startswith("#")}
        return tuple(sorted(name.casefold() for name in named if name))

    def names_interim(self, organisation: str) -> bool:
        """Whether the interim list names this organisation: a cheap first look, no proof."""
        return organisation.casefold().startswith(self._interim_names)

    def to_json(self) -> dict[str, Any]:
        """As plain data, for a worker process."""
        return {
            one.name: [one.anchors, one.allowed, one.date, one.next_update]
            for one in (self.official, self.tsa, self.interim, self.private, self.cawg)
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Self:
        """The inverse of `to_json`."""
        return cls(**{name: TrustList(name, *values) for name, values in data.items()})


def describe_anchors(pem: bytes) -> list[str]:
    """One line for each certificate of a PEM file: its subject and its last day.

    Raises:
        TrustError: it holds none.
    """
    return [_described(one) for one in _parse_pem(pem)]


def describe_identities(text: bytes) -> list[str]:
    """One line for each certificate and each aggregator of a trust file for identities.

    Raises:
        TrustError: it holds none.
    """
    certificates, aggregators = _identities_in(text)
    return [_described(one) for one in certificates] + aggregators


def _identities_in(text: bytes) -> tuple[list[Certificate], list[str]]:
    dids = DID.findall(text.decode("utf-8", "replace"))
    return ([] if dids and b"-----BEGIN" not in text else _parse_pem(text)), dids


def _described(one: Certificate) -> str:
    return f"{one.subject.rfc4514_string()}, until {one.not_valid_after_utc.date()}"


def _parse_pem(text: bytes) -> list[Certificate]:
    try:
        return read_pem(text)
    except ValueError as fault:
        raise TrustError(
            f"no certificate can be read: {fault}",
            hint="A trust file holds one or more '-----BEGIN CERTIFICATE-----' blocks (PEM).",
        ) from fault


def certificates_in(pem: str) -> list[Certificate]:
    """The certificates of a PEM text, none for an empty one."""
    return _parse_pem(pem.encode()) if pem else []


def certificate_key(certificate: Certificate) -> bytes:
    """The public key of a certificate: what makes two roots the same root."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def certificate_pem(certificate: Certificate) -> str:
    """A certificate as PEM."""
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM).decode("ascii")


def _without(pem: str, keys: dict[bytes, str]) -> str:
    """`pem`, unchanged when no key of `keys` is in it."""
    certificates = certificates_in(pem)
    kept = [certificate for certificate in certificates if certificate_key(certificate) not in keys]
    return pem if len(kept) == len(certificates) else "".join(certificate_pem(one) for one in kept)


def _organisations(name: Any) -> list[str]:
    from cryptography.x509.oid import NameOID

    return [
        str(attribute.value) for attribute in name.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)
    ]
