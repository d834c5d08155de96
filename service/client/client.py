"""The client."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx2

from provenance.errors import AssayError, ConfigError
from service.report import Report

__all__ = ["Client", "Refused", "Screening", "Unfinished"]

WAIT_SECONDS = 600.0
POLL_SECONDS = 0.5
Labels = dict[str, str | list[str]]
Screening = dict[str, Any]
"""As `GET /v1/screenings/{screening}` answers: `id`, `state`, `report` and so on."""


class Refused(AssayError):  # noqa: N818 - what the service said
    """The service answered with a problem.

    Attributes:
        status: HTTP status.
        problem: the problem document (RFC 9457).
    """

    code = "refused"

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        said = problem.get("detail") or problem.get("title") or "no problem document"
        super().__init__(f"{status}: {said}", hint=str(problem.get("hint") or ""))
        self.status, self.problem = status, problem


class Unfinished(AssayError):  # noqa: N818 - a finding
    """A screening ended without a report, or did not end in time."""

    code = "unfinished"


class Client:
    """Speaks to one service with one key. Close it, or use it as a context manager.

    Args:
        address: of the service, as `https://assay.example`.
        key: API key.
        timeout: seconds a single answer may take.

    Raises:
        ConfigError: the address is none.
    """

    def __init__(self, address: str, key: str, *, timeout: float = 60.0) -> None:
        if not address.startswith(("http://", "https://")):
            raise ConfigError(f"{address!r} is not the address of a service", hint="https://...")
        self._http = httpx2.Client(
            base_url=address.rstrip("/"),
            headers={"Authorization": f"Bearer {key}"},
            timeout=timeout,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close its connections."""
        self._http.close()

    def submit(
        self,
        work: str | Path | bytes,
        *,
        name: str | None = None,
        fresh: bool = False,
        idempotency_key: str | None = None,
        declared: str | Path | bytes | None = None,
        resource: str | None = None,
    ) -> Screening:
        """Hand in a file.

        Args:
            work: its path, or its bytes.
            name: what the report calls it; the file's name when None.
            fresh: whether it is examined even if there is a report that would be the same.
            idempotency_key: the same key with the same work enters it once, however often sent.
            declared: what its supplier declares of it: the path or the bytes of a DDEX or ONIX
                message, or of labels.
            resource: which one of the message it is: ISRC, ISBN, or the message's own reference.

        Raises:
            Refused: the service does not take it.
        """
        form = {"fresh": "true" if fresh else "false"} | ({"name": name} if name else {})
        form |= {"resource": resource} if resource else {}
        headers = {"Idempotency-Key": idempotency_key} if idempotency_key else {}
        with ExitStack() as held:
            given: tuple[str, Any] = (name or "upload", work)
            if not isinstance(work, bytes):
                given = (Path(work).name, held.enter_context(Path(work).open("rb")))
            files = {"file": given}
            if declared is not None:
                told = declared if isinstance(declared, bytes) else Path(declared).read_bytes()
                files["declared"] = ("declared", told)
            return self._json("POST", "/v1/screenings", files=files, data=form, headers=headers)

    def submit_url(
        self,
        url: str,
        *,
        name: str | None = None,
        declared: str | Labels | None = None,
        resource: str | None = None,
    ) -> Screening:
        """Have the service fetch a work, and what its host declares.

        Args:
            url: where it is.
            name: what the report calls it; the end of the URL when None.
            declared: what its supplier declares of it: labels, or the text of a message.
            resource: as in `submit`.

        Raises:
            Refused: it does not fetch such a URL.
        """
        given = {"name": name, "declared": declared, "resource": resource}
        body = {"url": url} | {key: value for key, value in given.items() if value is not None}
        return self._json("POST", "/v1/screenings", json=body)

    def screening(self, screening: str) -> Screening:
        """How far a screening is.

        Raises:
            Refused: there is none of this identifier.
        """
        return self._json("GET", f"/v1/screenings/{screening}")

    def screenings(self, **filters: str) -> Iterator[Screening]:
        """All screenings, newest first; `state` and `sha256` narrow them."""
        query: dict[str, str] = {"limit": "200", **filters}
        while True:
            page = self._json("GET", "/v1/screenings", params=query)
            yield from page["items"]
            if page["next"] is None:
                return
            query["after"] = page["next"]

    def wait(self, screening: Screening, seconds: float = WAIT_SECONDS) -> Screening:
        """The screening once it is done.

        Raises:
            Unfinished: it failed, or is not done in time; the message says which.
        """
        until = time.monotonic() + seconds
        while screening["state"] in ("queued", "running"):
            if time.monotonic() > until:
                raise Unfinished(f"{screening['id']} is still {screening['state']}")
            time.sleep(POLL_SECONDS)
            screening = self.screening(screening["id"])
        if screening["state"] != "done":
            raise Unfinished(f"{screening['id']}: {screening['fault']}")
        return screening

    def report(self, screening: Screening) -> Report:
        """The report of a screening that is done.

        Raises:
            Refused: it is not this key's.
        """
        answer = self._http.get(f"/v1/reports/{screening['report']}")
        _refuse(answer)
        return Report.model_validate_json(answer.content)

    def _json(self, method: str, path: str, **options: Any) -> dict[str, Any]:
        answer = self._http.request(method, path, **options)
        _refuse(answer)
        found: dict[str, Any] = answer.json()
        return found


def _refuse(answer: httpx2.Response) -> None:
    if answer.is_success:
        return
    try:
        problem = answer.json()
    except ValueError:
        problem = {}
    raise Refused(answer.status_code, problem if isinstance(problem, dict) else {})
