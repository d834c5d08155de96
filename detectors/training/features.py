"""Prepares works in the sandbox and keeps what came of each, so that none is prepared twice.

What is kept is what the worker answered, under the digest of the bytes it was made from, together
with that digest: a file that was cut off, changed or moved to another name is prepared again. A
worker that ran out of time or memory leaves nothing, so that the next run tries once more.
"""

from __future__ import annotations

import hashlib
import json
from collections import deque
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from detectors.evaluation.manifest import Item
from detectors.models.preparation import Malformed, Prepared, Unprepared, pack, unpack
from detectors.training.audit import Audited
from detectors.training.opening import key_of, opened
from provenance.errors import InputError
from provenance.evidence import NotRunReason
from provenance.files import replacement, why

if TYPE_CHECKING:
    from provenance.asset import Asset

__all__ = ["FeatureStore", "Preparing", "prepare_all"]

DIGEST = 32


class Preparing(Protocol):
    """What hands works to workers: `Preparer`, or one that makes rows of another kind.

    Attributes:
        workers: processes at most.
    """

    @property
    def workers(self) -> int: ...  # noqa: D102 - said above

    def answer(self, asset: Asset) -> bytes | Unprepared:
        """What the worker sent, or why there is nothing."""
        ...


class FeatureStore:
    """Answers of one preparation, by the SHA-256 of works.

    Args:
        folder: of all preparations; made where it is missing.
        name: of the preparation.
        version: of it.
        settings: it was created with.
    """

    def __init__(self, folder: Path, name: str, version: str, settings: Mapping[str, Any]) -> None:
        made_by = json.dumps([name, version, dict(settings)], sort_keys=True)
        self._made_by = made_by.encode()
        tag = hashlib.sha256(self._made_by).hexdigest()[:16]
        self._folder = folder / tag
        self._folder.mkdir(parents=True, exist_ok=True)

    def get(self, sha256: str) -> Prepared | Unprepared | None:
        """What came of the work with this digest, None when it is not known."""
        try:
            whole = (self._folder / sha256).read_bytes()
        except FileNotFoundError:
            return None
        if whole[:DIGEST] != self._seal(sha256, whole[DIGEST:]):
            return None
        try:
            return unpack(whole[DIGEST:])
        except Malformed:
            return None

    def put(self, sha256: str, answer: bytes) -> None:
        """Keep what a worker answered for the work with this digest, in one step."""
        with replacement(self._folder / sha256) as (file, put_in_place):
            file.write(self._seal(sha256, answer) + answer)
            file.flush()
            put_in_place()

    def _seal(self, sha256: str, answer: bytes) -> bytes:
        """The digest of an answer with whose it is and what made it."""
        about = b"\0".join((self._made_by, sha256.encode(), b""))
        return hashlib.sha256(about + answer).digest()


def prepare_all(
    works: Sequence[tuple[Item, Audited]], preparer: Preparing, store: FeatureStore
) -> Generator[tuple[Prepared | Unprepared, bool]]:
    """What came of each work, in order, and whether it was known already.

    Raises:
        EngineError: no worker can be started.
        InputError: the store cannot be written.
    """

    def one(item: Item, audited: Audited) -> tuple[Prepared | Unprepared, bool]:
        known = store.get(audited.sha256)
        if known is not None:
            return known, True
        return _prepare(item, audited, preparer, store), False

    waiting: deque[Future[tuple[Prepared | Unprepared, bool]]] = deque()
    pool = ThreadPoolExecutor(preparer.workers, thread_name_prefix="train")
    try:
        for item, audited in works:
            waiting.append(pool.submit(one, item, audited))
            if len(waiting) > 2 * preparer.workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _prepare(
    item: Item, audited: Audited, preparer: Preparing, store: FeatureStore
) -> Prepared | Unprepared:
    """Prepare a work that is still as it was when it was audited."""
    try:
        with opened(item) as work:
            backing = work.asset.backing
            same = audited.key.endswith(key_of(item))
            if isinstance(backing, bytes):
                same = same and hashlib.sha256(backing).hexdigest() == audited.sha256
            if not same:
                return _changed()
            answer = preparer.answer(work.asset)
            if work.has_changed():
                return _changed()
    except (InputError, OSError) as fault:
        return Unprepared(NotRunReason.UNREADABLE, f"cannot be read ({why(fault)})")
    if isinstance(answer, Unprepared):
        return answer
    try:
        found = unpack(answer)
    except Malformed:
        detail = "the answer of the preparation was malformed"
        return Unprepared(NotRunReason.UNREADABLE, detail)
    found = _without_names(found)
    store.put(audited.sha256, pack(found))
    return found


def _without_names(found: Prepared | Unprepared) -> Prepared | Unprepared:
    """Names are for a person who reads a report; those of thousands of works fill the memory."""
    return replace(found, names={}) if isinstance(found, Prepared) else found


def _changed() -> Unprepared:
    detail = "it was written to since its reservations were read: run again"
    return Unprepared(NotRunReason.UNREADABLE, detail)
