"""One use of one page, judged in the sandbox by documents that strangers wrote.

`Judging` is what a worker does; `judged` is the caller's side: it hands over the documents, and
takes the answer for what it is, that of a process which has read them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from provenance.errors import LimitExceeded
from provenance.rights.finding import Finding, Use
from provenance.rights.history import Span
from provenance.rights.records import Channel
from provenance.rights.standing import table
from provenance.rights.surroundings import RightsFile
from provenance.sandbox import JobFailed, Sandbox, Task
from service.optout.origin import given_history, judge_origin

__all__ = ["TASK", "Judging", "SeenFile", "judged"]

TASK = Task("service.optout.judging:Judging", {})


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A document of a host, and when it was seen."""

    file: RightsFile
    seen: Span


def judged(sandbox: Sandbox, url: str, use: Use, documents: Sequence[SeenFile]) -> Finding:
    """Whether what `url` was used for was reserved then, as far as these documents say.

    Args:
        sandbox: of `TASK`.
        url: absolute.
        use: who, what for, when.
        documents: of its host, seen at some time.

    Raises:
        LimitExceeded: they cannot be read within the limits.
        EngineError: no worker can be started.
    """
    job = {
        "url": url,
        "use": use.model_dump(mode="json"),
        "files": [_described(one) for one in documents],
    }
    blobs = [one.file.body for one in documents]
    try:
        answer = sandbox.call(job, blobs=blobs, size=sum(map(len, blobs)))
        finding = Finding.model_validate_json(answer)
    except (JobFailed, ValidationError) as fault:
        raise LimitExceeded(
            f"{url}: the documents cannot be judged by within the limits",
            hint="Leave out the longest.",
        ) from fault
    return finding.model_copy(update={"input": url, "use": use})


class Judging:
    """The worker's side."""

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """Judge one use."""
        seen = [_seen(one, body) for one, body in zip(job["files"], blobs, strict=True)]
        history = given_history((one.file, one.seen) for one in seen)
        use = Use.model_validate(job["use"])
        return judge_origin(job["url"], use, history, table()).to_json().encode()


def _described(one: SeenFile) -> list[Any]:
    file, span = one.file, one.seen
    moments = (file.observed_at or span.start, span.start, span.end)
    return [file.channel, file.url, file.status, file.headers, *(m.isoformat() for m in moments)]


def _seen(described: list[Any], body: bytes) -> SeenFile:
    channel, url, status, headers, *moments = described
    observed, start, end = (dt.datetime.fromisoformat(one) for one in moments)
    pairs = tuple((name, value) for name, value in headers)
    file = RightsFile(Channel(channel), url, body, status, observed, pairs)
    return SeenFile(file, Span(start, end))
