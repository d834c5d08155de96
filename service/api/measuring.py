"""Measures every request: which operation, which status, how long until the answer began.

An operation is called as its route calls it, `operation_id` or the template of its path. What no
route matched is called `none`: what was asked for is up to whoever asks, and no label.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.metrics import Metrics

__all__ = ["Measured"]

UNMATCHED = "none"
FAULT = 500


class Measured:
    """An application whose requests are measured.

    Args:
        app: answers them.
        metrics: counts them.
        clock: seconds that only grow.
    """

    def __init__(
        self, app: ASGIApp, metrics: Metrics, clock: Callable[[], float] = time.perf_counter
    ) -> None:
        self._app, self._metrics, self._clock = app, metrics, clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; one that breaks off without an answer is not counted."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = self._clock()

        def answered(status: int) -> None:
            self._metrics.answered(_operation(scope), status, self._clock() - begun)

        is_answered = False

        async def sent(message: Message) -> None:
            nonlocal is_answered
            if message["type"] == "http.response.start":
                is_answered = True
                answered(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, sent)
        except Exception:
            if not is_answered:  # a layer further out answers
                answered(FAULT)
            raise


def _operation(scope: Scope) -> str:
    route = scope.get("route")
    return getattr(route, "operation_id", None) or getattr(route, "path", None) or UNMATCHED
