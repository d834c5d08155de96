"""Follows screenings for whoever listens: one look at the database a tick, however many listen.

The first listener starts the looking and the last one ends it. A listener is told that its
screening changed, and reads what it may see itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from anyio import to_thread

if TYPE_CHECKING:
    from service.storage.watching import Progress

__all__ = ["Following"]

TICK_SECONDS = 0.5
STILL_SECONDS = 15.0
"""How long a listener hears nothing at most; what stands between the two may end a silent one."""

Look = Callable[[tuple[str, ...]], Mapping[str, "Progress"]]

log = logging.getLogger(__name__)


class Listener:
    """Somebody who waits for the next change of one screening."""

    def __init__(self, screening: str) -> None:
        self.screening = screening
        self.known: Progress | None = None
        self.changed = asyncio.Event()


class Following:
    """Follows screenings, in one event loop.

    Args:
        look: gives the progress of screenings by identifier, without those that are gone; called
            in a thread.
        tick: waits until the next look.
    """

    def __init__(
        self, look: Look, tick: Callable[[], Awaitable[None]] = lambda: asyncio.sleep(TICK_SECONDS)
    ) -> None:
        self._look, self._tick = look, tick
        self._listeners: set[Listener] = set()
        self._looking: asyncio.Task[None] | None = None

    @property
    def listeners(self) -> int:
        """How many listen."""
        return len(self._listeners)

    async def changes(self, screening: str, still: float = STILL_SECONDS) -> AsyncGenerator[bool]:
        """Yield at once, and then after every change of a screening, for as long as one listens.

        Args:
            screening: its identifier; whoever calls has looked whether it may be seen.
            still: seconds after which it is said that nothing changed.

        Yields:
            Whether it changed; it is up to the listener to end.
        """
        with self._listening(screening) as listener:
            yield True
            while True:
                try:
                    async with asyncio.timeout(still):
                        await listener.changed.wait()
                except TimeoutError:
                    yield False
                    continue
                listener.changed.clear()
                yield True

    @contextlib.contextmanager
    def _listening(self, screening: str) -> Iterator[Listener]:
        listener = Listener(screening)
        self._listeners.add(listener)
        if self._looking is None:
            self._looking = asyncio.create_task(self._run(), name="following")
        try:
            yield listener
        finally:
            self._listeners.discard(listener)
            if not self._listeners and self._looking is not None:
                self._looking.cancel()
                self._looking = None

    async def _run(self) -> None:
        while True:
            followed = tuple({one.screening for one in self._listeners})
            try:
                found = await to_thread.run_sync(self._look, followed)
            except Exception:  # a database that is away for a moment comes back
                log.exception("screenings cannot be followed")
            else:
                self._tell(found, frozenset(followed))
            await self._tick()

    def _tell(self, found: Mapping[str, Progress], asked: frozenset[str]) -> None:
        for one in self._listeners:
            now = found.get(one.screening)
            if one.screening in asked and (one.known is None or now != one.known):
                one.known = now
                one.changed.set()
