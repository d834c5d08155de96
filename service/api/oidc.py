"""Tokens of an OpenID provider, beside API keys: `Authorization: Bearer eyJ...`.

Follows OpenID Connect Core 1.0 section 3.1.3.7 and RFC 9068 for what is checked: the signature by a
key the provider publishes (RFC 7517), issuer, audience and time. Only asymmetric signatures count,
and a header's own keys and addresses (`jwk`, `jku`, `x5u`) are never looked at. The organisation
and the roles are claims whose names the operator sets.

The provider's keys are fetched when a token asks for one, kept for an hour, and asked for anew at
an unknown key at most once a minute, so that a flood of made-up tokens floods nobody else.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from joserfc.jwt import JWTClaimsRegistry

from provenance.addresses import IPAddress
from provenance.errors import FetchError
from provenance.fetch import fetch
from provenance.limits import DEFAULT, KIB
from service.render.visibility import visible
from service.storage.accounts import Accounts, Scope

__all__ = ["Bearer", "Provider", "Tokens", "Unproven"]

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "Ed25519")
KINDS = ("RSA", "EC", "OKP")
TOKEN_BYTES = 16 * KIB
LEEWAY_SECONDS = 60
KEPT_SECONDS, ASKED_SECONDS = 3600.0, 60.0
LIMITS = replace(DEFAULT, fetch_bytes=256 * KIB, fetch_seconds=10.0, redirects=0)
NAME_CHARACTERS = 200
DISCOVERY = "/.well-known/openid-configuration"

log = logging.getLogger(__name__)


class Unproven(Exception):  # noqa: N818 - a finding, not a fault
    """A token that proves nothing; why is for the log, and not for whoever sent it."""


@dataclass(frozen=True, slots=True)
class Provider:
    """What the operator says of the provider.

    Attributes:
        issuer: its name in tokens, an https URL.
        audience: what this service is called in them.
        keys: address of its keys; found by discovery when None.
        organisation: claim that names the organisation, by identifier or name.
        roles: claim that holds the scopes.
    """

    issuer: str
    audience: str
    keys: str | None = None
    organisation: str = "assay_organisation"
    roles: str = "assay_roles"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Who a token speaks for."""

    id: str
    organisation: str
    name: str
    scopes: frozenset[Scope]


class Operators:
    """Any address, on whatever port: these URLs are the operator's, who may run both sides."""

    def allows_address(self, address: IPAddress) -> bool:
        """Always."""
        return True

    def allows_port(self, port: int) -> bool:
        """Always."""
        return True


class Tokens:
    """Checks tokens of one provider. Thread-safe.

    Args:
        provider: whose.
        accounts: the organisations there are.
        clock: seconds that only grow, for how long keys are kept.
    """

    def __init__(
        self,
        provider: Provider,
        accounts: Accounts,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._provider, self._accounts, self._clock = provider, accounts, clock
        self._claims = JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": provider.issuer},
            aud={"essential": True, "value": provider.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        self._keys: KeySet | None = None
        self._fetched = self._asked = float("-inf")
        self._lock = threading.Lock()

    def opened_by(self, token: str) -> Bearer:
        """Who a token speaks for.

        Raises:
            Unproven: it is not one of this provider for this service, or not now.
        """
        if len(token) > TOKEN_BYTES:
            raise Unproven("it is too long")
        try:
            header = _header(token)
            decoded = jwt.decode(token, self._key_set(header), algorithms=list(ALGORITHMS))
            self._claims.validate(decoded.claims)
        except (JoseError, ValueError, TypeError, KeyError) as fault:
            raise Unproven(type(fault).__name__) from fault
        return self._bearer(decoded.claims)

    def _bearer(self, claims: Mapping[str, Any]) -> Bearer:
        named, subject = claims.get(self._provider.organisation), claims.get("sub")
        if not isinstance(named, str) or not isinstance(subject, str):
            raise Unproven("it names no organisation")
        organisation = self._accounts.named(named)
        if organisation is None:
            raise Unproven("it names an organisation that is not here")
        roles = claims.get(self._provider.roles)
        given = roles.split() if isinstance(roles, str) else roles
        held = [one for one in given if isinstance(one, str)] if isinstance(given, list) else []
        name = next(
            (str(claims[one]) for one in ("name", "email", "sub") if claims.get(one)), subject
        )
        # a subject may be long and is personal: its digest tells callers apart all the same
        digest = hashlib.sha256(f"{self._provider.issuer}\n{subject}".encode()).hexdigest()
        return Bearer(
            f"oidc_{digest[:24]}",
            organisation.id,
            visible(name)[:NAME_CHARACTERS],
            frozenset(Scope(one) for one in held if one in set(Scope)),
        )

    def _key_set(self, header: Mapping[str, Any]) -> KeySet:
        """The provider's keys, with the one that the header names if it has it by now."""
        keyid = header.get("kid")
        if not isinstance(keyid, str):
            raise Unproven("it names no key")
        with self._lock:
            now = self._clock()
            known = self._keys is not None and any(one.kid == keyid for one in self._keys.keys)
            is_old = now - self._fetched > KEPT_SECONDS
            if (is_old or not known) and now - self._asked > ASKED_SECONDS:
                self._asked = now
                self._refresh(now)
            keys = None if self._keys is None else [o for o in self._keys.keys if o.kid == keyid]
        if not keys:
            raise Unproven("its key is not one of the provider's")
        return KeySet(keys)

    def _refresh(self, now: float) -> None:
        """Fetch the keys; those there were stay where the provider does not answer."""
        try:
            self._keys = KeySet.import_key_set({"keys": self._published()})
            self._fetched = now
        except (FetchError, JoseError, ValueError, KeyError, TypeError, AttributeError):
            log.exception("the keys of the OpenID provider could not be fetched")

    def _published(self) -> list[Any]:
        where = self._provider.keys
        if where is None:
            found = _fetched(self._provider.issuer.rstrip("/") + DISCOVERY)
            if found.get("issuer") != self._provider.issuer:
                raise ValueError("the provider calls itself otherwise")
            where = str(found["jwks_uri"])
        return [one for one in _fetched(where)["keys"] if one.get("kty") in KINDS]


def _header(token: str) -> Mapping[str, Any]:
    from joserfc.jws import extract_compact

    return extract_compact(token.encode()).headers()


def _fetched(url: str) -> dict[str, Any]:
    with fetch(url, limits=LIMITS, allow=Operators()) as answer:
        if answer.status != 200:
            raise ValueError(f"{url} answered {answer.status}")
        told = json.loads(answer.read())
    if not isinstance(told, dict):
        raise ValueError(f"{url} is no JSON object")  # noqa: TRY004 - what a stranger sent
    return told
