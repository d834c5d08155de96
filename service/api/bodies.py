"""A JSON body that is read once it is known who sends it, and no further than it may be long."""

from __future__ import annotations

from typing import TypeVar

from fastapi import Request
from pydantic import ValidationError

from provenance.evidence import Record
from service.api.problems import ProblemError

__all__ = ["read_json"]

Body = TypeVar("Body", bound=Record)


async def read_json(request: Request, kind: type[Body], most: int) -> Body:
    """The body of a request.

    Args:
        request: whose body was not read yet.
        kind: what it must be.
        most: bytes at most.

    Raises:
        ProblemError: it is longer, or something else.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise ProblemError(413, f"a JSON body may have {most} bytes at most")
    try:
        return kind.model_validate_json(body)
    except ValidationError as fault:
        first = fault.errors(include_url=False)[0]
        at = "/".join(str(part) for part in first["loc"]) or "the body"
        raise ProblemError(422, f"{at}: {first['msg']}") from fault
