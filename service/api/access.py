"""Who asks, and what they may do: an API key as bearer token, and the scopes it has.

A request belongs to the organisation of its key, and every lookup it leads to is of that
organisation: what another one has is answered as what nobody has.
"""

from __future__ import annotations

import ipaddress
import logging
import math
import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.api.oidc import Tokens, Unproven
from service.api.problems import ProblemError
from service.storage.accounts import NO_QUOTA, PREFIX, Accounts, Quota, Scope

__all__ = [
    "Administrator",
    "Advocate",
    "Auditor",
    "Caller",
    "OpenToAll",
    "Pace",
    "Reader",
    "Reviewer",
    "Submitter",
    "note_caller",
    "paced",
    "scopes_allowed",
]

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="apiKey",
    description="An API key of an organisation, `Authorization: Bearer assay_...`; or a token of "
    "the OpenID provider that the operator named.",
)
CHALLENGE = {"WWW-Authenticate": "Bearer"}

SUBSCRIBER_BITS = 64

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        id: of the API key, or of the subject of a token.
        organisation: whose things the caller sees.
        name: what others of the organisation know the caller by.
        scopes: what the caller may do.
        quota: what the caller may hand in a day, where the key says so.
    """

    id: str
    organisation: str
    name: str
    scopes: frozenset[Scope]
    quota: Quota = NO_QUOTA


def _opened(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> Caller:
    caller = _caller(request, given.credentials) if given else None
    if caller is None:
        detail = "the key is not valid, or no longer" if given else "there is no key"
        hint = "Send 'Authorization: Bearer assay_...'."
        raise ProblemError(401, detail, hint=hint, headers=CHALLENGE)
    paced(request, caller)
    return caller


def _caller(request: Request, credentials: str) -> Caller | None:
    """Whom an API key or a token speaks for; None where it is neither, or not now."""
    accounts: Accounts = request.app.state.accounts
    tokens: Tokens | None = request.app.state.tokens
    if credentials.startswith(PREFIX) or tokens is None:
        key = accounts.opened_by(credentials)
        if key is None:
            return None
        return Caller(key.id, key.organisation, key.name, key.scopes, key.quota)
    try:
        bearer = tokens.opened_by(credentials)
    except Unproven as reason:
        log.info("a token was refused: %s", reason)
        return None
    return Caller(bearer.id, bearer.organisation, bearer.name, bearer.scopes)


def paced(request: Request, caller: Caller) -> None:
    """Count a request of a caller.

    Raises:
        ProblemError: there were too many in the last minute.
    """
    pace: Pace = request.app.state.pace
    if wait := pace.wait(caller.id):
        detail = f"a key may make {pace.most} requests a minute"
        raise ProblemError(429, detail, headers={"Retry-After": str(wait)})
    note_caller(request, caller)


def note_caller(request: Request, caller: Caller) -> None:
    """Say who asks, for the access log; whoever only signs in is of no organisation yet."""
    if caller.organisation:
        request.state.caller = caller


class Pace:
    """Holds each to so many requests a minute, counted over the minute that has just passed.

    Args:
        most: requests a minute.
    """

    def __init__(self, most: int) -> None:
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self.most = most
        self._item = RateLimitItemPerMinute(most)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def wait(self, who: str) -> int:
        """Seconds until they may ask again; 0 when now, which counts as a request.

        Args:
            who: identifier of a caller, or an address.
        """
        if self._limiter.hit(self._item, who):
            return 0
        again = self._limiter.get_window_stats(self._item, who).reset_time
        return max(1, math.ceil(again - time.time()))


def _open_to_all(request: Request) -> None:
    """Count a request of what everybody may see.

    Raises:
        ProblemError: there were too many from there in the last minute.
    """
    pace: Pace = request.app.state.public_pace
    if wait := pace.wait(_place(request)):
        detail = f"an address may make {pace.most} requests a minute"
        raise ProblemError(429, detail, headers={"Retry-After": str(wait)})


def _place(request: Request) -> str:
    """Where a request comes from: an address, or the network that one IPv6 subscriber has."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is None:
        return str(ipaddress.ip_network((int(address) >> 64 << 64, SUBSCRIBER_BITS)))
    return str(address)


OpenToAll = Depends(_open_to_all)
"""For operations without a caller."""


class scopes_allowed:  # noqa: N801 - used as a function
    """A dependency: who asks, which must have one of these scopes."""

    def __init__(self, *scopes: Scope) -> None:
        self._scopes = frozenset(scopes)

    def __call__(self, caller: Annotated[Caller, Depends(_opened)]) -> Caller:
        """Who asks.

        Raises:
            ProblemError: the caller may not do this.
        """
        if not self._scopes & caller.scopes:
            wanted = " or ".join(sorted(self._scopes))
            raise ProblemError(403, f"this needs the scope {wanted}")
        return caller


Submitter = Annotated[Caller, Depends(scopes_allowed(Scope.SUBMIT))]
Reader = Annotated[Caller, Depends(scopes_allowed(*Scope))]
Auditor = Annotated[Caller, Depends(scopes_allowed(Scope.AUDIT_READ, Scope.ADMINISTER))]
Reviewer = Annotated[Caller, Depends(scopes_allowed(Scope.REVIEW))]
Advocate = Annotated[Caller, Depends(scopes_allowed(Scope.SUBMIT, Scope.REVIEW, Scope.ADMINISTER))]
Administrator = Annotated[Caller, Depends(scopes_allowed(Scope.ADMINISTER))]
