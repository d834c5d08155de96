"""Who asks, and what they may do: an API key as bearer token, and the scopes it has.

A request belongs to the organisation of its key, and every lookup it leads to is of that
organisation: what another one has is answered as what nobody has.
"""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.api.problems import ProblemError
from service.storage.accounts import Accounts, Scope

__all__ = [
    "Administrator",
    "Advocate",
    "Auditor",
    "Caller",
    "Pace",
    "Reader",
    "Reviewer",
    "Submitter",
    "paced",
    "scopes_allowed",
]

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="apiKey",
    description="An API key of an organisation: `Authorization: Bearer assay_...`",
)
CHALLENGE = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks.

    Attributes:
        id: of the API key.
        organisation: whose things the caller sees.
        name: what others of the organisation know the caller by.
        scopes: what the caller may do.
    """

    id: str
    organisation: str
    name: str
    scopes: frozenset[Scope]


def _opened(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> Caller:
    accounts: Accounts = request.app.state.accounts
    key = accounts.opened_by(given.credentials) if given else None
    if key is None:
        detail = "the key is not valid, or no longer" if given else "there is no key"
        hint = "Send 'Authorization: Bearer assay_...'."
        raise ProblemError(401, detail, hint=hint, headers=CHALLENGE)
    caller = Caller(key.id, key.organisation, key.name, key.scopes)
    paced(request, caller)
    return caller


def paced(request: Request, caller: Caller) -> None:
    """Count a request of a caller.

    Raises:
        ProblemError: there were too many in the last minute.
    """
    pace: Pace = request.app.state.pace
    if wait := pace.wait(caller):
        detail = f"a key may make {pace.most} requests a minute"
        raise ProblemError(429, detail, headers={"Retry-After": str(wait)})
    request.state.caller = caller  # for the access log


class Pace:
    """Holds each key to so many requests a minute, counted over the minute that has just passed.

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

    def wait(self, caller: Caller) -> int:
        """Seconds until the caller may ask again; 0 when now, which counts as a request."""
        if self._limiter.hit(self._item, caller.id):
            return 0
        again = self._limiter.get_window_stats(self._item, caller.id).reset_time
        return max(1, math.ceil(again - time.time()))


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
Reviewer = Annotated[Caller, Depends(scopes_allowed(Scope.REVIEW))]
Advocate = Annotated[Caller, Depends(scopes_allowed(Scope.SUBMIT, Scope.REVIEW, Scope.ADMINISTER))]
Auditor = Annotated[Caller, Depends(scopes_allowed(Scope.AUDIT_READ, Scope.ADMINISTER))]
Administrator = Annotated[Caller, Depends(scopes_allowed(Scope.ADMINISTER))]
