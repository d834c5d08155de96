"""Newer trust lists from their official place, taken over only when they look as they must.

The C2PA programme publishes its two lists as an ETSI TS 119 602 "list of trusted entities" in JSON.
A new one replaces an old one only when it is well formed, of the scheme expected, not older than
what is there, and shares at least half of its keys with it: a list that was swapped as a whole is
more likely an accident or an attack than news. On any fault the old lists stay as they are.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from provenance.c2pa.trust import TrustStore, certificate_key, certificate_pem, certificates_in
from provenance.certificates import faults, read_der
from provenance.errors import TrustError
from provenance.files import replacement

__all__ = ["OFFICIAL_URLS", "ReadList", "parse_list", "update"]

BASE = "https://raw.githubusercontent.com/c2pa-org/conformance-public/main/trust-list/"
OFFICIAL_URLS = {
    "official": BASE + "C2PA-TRUST-LIST.json",
    "tsa": BASE + "C2PA-TSA-TRUST-LIST.json",
}
SCHEMES = {"official": "C2PA Trust List", "tsa": "C2PA TSA Trust List"}
FEWEST = 10
TRUSTED = "/trusted"


class _Text(BaseModel):
    value: str


class _Identity(BaseModel):
    certificates: Annotated[list[dict[str, str]], Field(alias="X509Certificates")]


class _Service(BaseModel):
    identity: Annotated[_Identity, Field(alias="ServiceDigitalIdentity")]
    status: Annotated[str, Field(alias="ServiceStatus")]


class _Holder(BaseModel):
    service: Annotated[_Service, Field(alias="ServiceInformation")]


class _Entity(BaseModel):
    services: Annotated[list[_Holder], Field(alias="TrustedEntityServices")]


class _Scheme(BaseModel):
    name: Annotated[list[_Text], Field(alias="SchemeName", min_length=1)]
    issued: Annotated[AwareDatetime, Field(alias="ListIssueDateTime")]
    next_update: Annotated[AwareDatetime, Field(alias="NextUpdate")]


class _List(BaseModel):
    scheme: Annotated[_Scheme, Field(alias="ListAndSchemeInformation")]
    entities: Annotated[list[_Entity], Field(alias="TrustedEntitiesList")]


class _Document(BaseModel):
    list: Annotated[_List, Field(alias="LoTE")]


@dataclass(frozen=True, slots=True)
class ReadList:
    """A published list.

    Attributes:
        name: `official` or `tsa`.
        issued, next_update: days, ISO 8601.
        certificates: PEM by public key.
    """

    name: str
    issued: str
    next_update: str
    certificates: dict[bytes, str]


def parse_list(name: str, data: bytes) -> ReadList:
    """A published list, if it has the shape it must have.

    Raises:
        TrustError: it has not; the message says in what.
    """
    try:
        document = _Document.model_validate_json(data).list
    except ValidationError as fault:
        first = fault.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(step) for step in first["loc"])
        raise TrustError(f"the {name} list is not as expected: {where}: {first['msg']}") from fault
    scheme = document.scheme
    if scheme.name[0].value != SCHEMES[name]:
        raise TrustError(f"the {name} list calls itself {scheme.name[0].value[:100]!r}")
    certificates: dict[bytes, str] = {}
    for entity in document.entities:
        for holder in entity.services:
            if holder.service.status.endswith(TRUSTED):
                for one in holder.service.identity.certificates:
                    certificates.update(_certificate(name, one.get("val", "")))
    if len(certificates) < FEWEST:
        raise TrustError(f"the {name} list holds {len(certificates)} keys, fewer than {FEWEST}")
    return ReadList(
        name, scheme.issued.date().isoformat(), scheme.next_update.date().isoformat(), certificates
    )


def _certificate(name: str, text: str) -> dict[bytes, str]:
    from cryptography import x509

    try:
        certificate = read_der(base64.b64decode(text, validate=True))
        authority = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except faults() as fault:
        raise TrustError(f"the {name} list holds a certificate that cannot be read") from fault
    if not authority:
        raise TrustError(f"the {name} list holds a certificate that is not an authority's")
    return {certificate_key(certificate): certificate_pem(certificate)}


def update(
    folder: Path,
    current: TrustStore,
    fetch: Callable[[str], bytes],
    urls: dict[str, str] = OFFICIAL_URLS,
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> list[ReadList]:
    """Fetch both lists, check them, and keep them in `folder`.

    Args:
        folder: where `TrustStore.kept` finds them; created when missing.
        current: what is in force now.
        fetch: gives the body behind a URL; raises what `provenance.fetch` raises.
        urls: where the lists are published.
        now: today, to refuse lists from the future.

    Raises:
        FetchError: a list was not fetched; nothing was changed.
        TrustError: a list is not as it must be; nothing was changed.
    """
    read = [parse_list(name, fetch(url)) for name, url in urls.items()]
    for one in read:
        _check_against(one, current, now().date().isoformat())
    _keep(folder, read)
    return read


def _check_against(new: ReadList, current: TrustStore, today: str) -> None:
    old = current.official if new.name == "official" else current.tsa
    if new.issued > today:
        raise TrustError(f"the {new.name} list is dated {new.issued}, which is in the future")
    if old.date is not None and new.issued < old.date:
        raise TrustError(f"the {new.name} list of {new.issued} is older than that of {old.date}")
    known = {certificate_key(one) for one in certificates_in(old.anchors)}
    if known and len(known & new.certificates.keys()) * 2 < len(known):
        raise TrustError(
            f"the {new.name} list shares less than half of its keys with the one in force",
            hint="If that is right, install a version of Assay that ships the new list.",
        )


def _keep(folder: Path, read: list[ReadList]) -> None:
    """Write all or nothing: the index that names the files is put in place last."""
    folder.mkdir(parents=True, exist_ok=True)
    taken: set[bytes] = set()
    index: list[dict[str, Any]] = []
    for one in sorted(read, key=lambda one: one.name != "official"):
        keys = sorted(one.certificates.keys() - taken)
        taken |= one.certificates.keys()
        name = f"{one.name}-{one.issued}.pem"
        _write(folder / name, "".join(one.certificates[key] for key in keys))
        entry = {"name": one.name, "file": name, "date": one.issued}
        index.append(entry | {"next_update": one.next_update})
    _write(folder / "lists.json", json.dumps({"lists": index}, indent=2) + "\n")


def _write(path: Path, text: str) -> None:
    with replacement(path) as (new, put_in_place):
        new.write(text.encode("ascii"))
        new.flush()
        put_in_place()
