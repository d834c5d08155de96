"""Notes who did what in the access log, before the answer goes out.

What has a caller (an API key, also behind a page, or the link of an appeal) is noted, unless it
says nothing of an organisation: the operation, the identifier it was about, the caller and the
status. Where that cannot be written there is no answer but 503, so that nothing is read unseen;
what the request changed by then stays changed, and is found so when it is sent again. The same read
by the same caller within a minute is noted once, so that whoever polls does not fill the log.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable

from anyio import to_thread
from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api import problems
from service.storage.accesses import Accesses
from service.storage.identifiers import is_any_identifier

__all__ = ["NOT_NOTED", "PUBLIC", "Noted", "about"]

PAGE = "page:"
NOT_NOTED = frozenset({"models", "trust", "page:models", "page:model"})
"""What needs a caller, and says nothing of an organisation."""

PUBLIC = frozenset({"verify", "checkpoint", "consistency", "receipt_keys"})
"""What everybody may see; there is nobody to be noted."""

AGAIN_SECONDS = 60.0
MOST_REMEMBERED = 10_000

log = logging.getLogger(__name__)

Entry = tuple[str, str, str, str | None, int]


class Unwritten(Exception):  # noqa: N818 - how a request is broken off
    """The log could not be written."""


def about(request: Request, identifier: str) -> None:
    """Say what a request is about, where its path does not."""
    request.state.subject = identifier


class Noted:
    """An application whose requests are noted.

    Args:
        app: answers them.
        accesses: where they are noted.
        shown: how people are told of a problem.
        clock: seconds that only grow.
    """

    def __init__(
        self,
        app: ASGIApp,
        accesses: Accesses,
        *,
        shown: problems.Shown = lambda *_: None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._app, self._accesses, self._shown, self._clock = app, accesses, shown, clock
        self._reads: OrderedDict[Entry, float] = OrderedDict()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                await self._note(scope, message["status"])
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Unwritten:
            detail = "the access log cannot be written"
            page = self._shown(Request(scope, receive), 503, detail, None)
            await (page or problems.answer(503, detail))(scope, receive, send)
        except Exception:
            await self._note_fault(scope)
            raise

    async def _note(self, scope: Scope, status: int) -> None:
        entry = _entry(scope, status)
        if entry is None or (scope["method"] == "GET" and self._is_known(entry)):
            return
        try:
            await to_thread.run_sync(self._accesses.note, *entry)
        except Exception as fault:  # whatever it is, nobody is answered unseen
            log.exception("the access log cannot be written")
            raise Unwritten from fault
        if scope["method"] == "GET":
            self._reads[entry] = self._clock()

    async def _note_fault(self, scope: Scope) -> None:
        """A fault is answered by a layer further out, and says nothing of anyone."""
        try:
            await self._note(scope, 500)
        except Unwritten:
            return

    def _is_known(self, entry: Entry) -> bool:
        """Whether the same was read a moment ago; what is older is forgotten."""
        now = self._clock()
        while self._reads:
            oldest, since = next(iter(self._reads.items()))
            if now - since < AGAIN_SECONDS and len(self._reads) < MOST_REMEMBERED:
                break
            del self._reads[oldest]
        return entry in self._reads


def _entry(scope: Scope, status: int) -> Entry | None:
    state, route = scope.get("state", {}), scope.get("route")
    caller = state.get("caller")
    if caller is None or route is None:
        return None
    operation = getattr(route, "operation_id", None) or PAGE + route.name
    if operation in NOT_NOTED:
        return None
    named = (state.get("subject"), *scope.get("path_params", {}).values())
    subject = next((one for one in named if one and is_any_identifier(str(one))), None)
    return caller.organisation, caller.id, operation, subject, status
