"""CBOR (RFC 8949) of strangers, read strictly: one item, nothing behind it, no tags.

Tags would make the decoder build dates, patterns or shared objects; lengths that are told at the
end, and keys that come twice, would let two readers see two things in the same bytes. None of them
has a place in what is read here.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

__all__ = ["decoded"]

DEEPEST = 16


class _TagError(ValueError):
    """There is a tag."""


class _NoTags(dict[int, Callable[[Any], Any]]):
    """Answers for every tag of CBOR that it is not allowed."""

    def __missing__(self, tag: int) -> Callable[[Any], Any]:
        return self.get(tag)

    def __contains__(self, tag: object) -> bool:
        return True

    def get(self, tag: int, default: Any = None) -> Callable[[Any], Any]:
        """What is called for a tag."""

        def refuse(_decoder: Any) -> Any:
            raise _TagError(f"CBOR tag {tag}")

        return refuse


NO_TAGS = _NoTags()


def decoded(data: bytes) -> Any:
    """The CBOR item that `data` is; None when it cannot be read, or something stands behind it."""
    import cbor2

    stream = io.BytesIO(data)
    try:
        read = cbor2.CBORDecoder(
            stream,
            semantic_decoders=NO_TAGS,
            read_size=1,  # or it reads ahead, and what stands behind is not seen
            max_depth=DEEPEST,
            allow_indefinite=False,
            allow_duplicate_keys=False,
        ).decode()
    except (cbor2.CBORError, _TagError):
        return None
    return None if stream.read(1) else read
