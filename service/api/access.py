"""Who asks, and what they may do: an API key as bearer token, and the scopes it has.

A request belongs to the organisation of its key, and every lookup it leads to is of that
organisation: what another one has is answered as what nobody has.
"""

from __future__ import annotations

import math
import time
from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from service.api.problems import ProblemError
from service.storage.accounts import Accounts, ApiKey, Scope

__all__ = ["Administrator", "Pace", "Reader", "Submitter", "scopes_allowed"]

BEARER = HTTPBearer(
    auto_error=False,
    scheme_name="apiKey",
    description="An API key of an organisation: `Authorization: Bearer assay_...`",
)
CHALLENGE = {"WWW-Authenticate": "Bearer"}


def _opened(
    request: Request, given: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
) -> ApiKey:
    accounts: Accounts = request.app.state.accounts
    key = accounts.opened_by(given.credentials) if given else None
    if key is None:
        detail = "the key is not valid, or no longer" if given else "there is no key"
        hint = "Send 'Authorization: Bearer assay_...'."
        raise ProblemError(401, detail, hint=hint, headers=CHALLENGE)
    pace: Pace = request.app.state.pace
    if wait := pace.wait(key):
        detail = f"a key may make {pace.most} requests a minute"
        raise ProblemError(429, detail, headers={"Retry-After": str(wait)})
    return key


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

    def wait(self, key: ApiKey) -> int:
        """Seconds until the key may ask again; 0 when it may now, which counts as a request."""
        if self._limiter.hit(self._item, key.id):
            return 0
        again = self._limiter.get_window_stats(self._item, key.id).reset_time
        return max(1, math.ceil(again - time.time()))


class scopes_allowed:  # noqa: N801 - used as a function
    """A dependency: the key of the request, which must have one of these scopes."""

    def __init__(self, *scopes: Scope) -> None:
        self._scopes = frozenset(scopes)

    def __call__(self, key: Annotated[ApiKey, Depends(_opened)]) -> ApiKey:
        """The key.

        Raises:
            ProblemError: it may not do this.
        """
        if not self._scopes & key.scopes:
            wanted = " or ".join(sorted(self._scopes))
            raise ProblemError(403, f"this needs the scope {wanted}")
        return key


Submitter = Annotated[ApiKey, Depends(scopes_allowed(Scope.SUBMIT))]
Reader = Annotated[ApiKey, Depends(scopes_allowed(*Scope))]
Administrator = Annotated[ApiKey, Depends(scopes_allowed(Scope.ADMINISTER))]
