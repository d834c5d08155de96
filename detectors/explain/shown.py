"""What a worker sends of a work that is to be shown: levels, colours or words, never a file.

An answer is a length (4 bytes, big-endian), that many bytes of JSON, then the pixels as they lie
in memory, rows first, a byte for each colour. It comes from a process that read a stranger's file:
`unpack` holds every length and every number of it against what it may be.
"""

from __future__ import annotations

import struct
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter, ValidationError

from provenance.credentials import Record
from provenance.evidence import NotRunReason

__all__ = [
    "Malformed",
    "Pieces",
    "Pixels",
    "Shown",
    "Spectrogram",
    "Unshown",
    "Waveform",
    "pack",
    "unpack",
]

LENGTH = struct.Struct(">I")
HEADER_BYTES = 2 << 20
MOST_ROWS, MOST_COLUMNS = 512, 1024
MOST_PIECES, MOST_CHARACTERS = 64, 4000


class Malformed(ValueError):  # noqa: N818 - what it says of an answer
    """An answer that is not one of `pack`."""


class Spectrogram(Record):
    """How loud each frequency is over time: a byte for each, 0 silent, 255 loudest.

    Attributes:
        rows: frequencies, the highest first.
        columns: times.
        extent: seconds that the columns cover together.
        seconds: of what was heard of the recording.
        top: the highest frequency, in Hz.
    """

    kind: Literal["spectrogram"] = "spectrogram"
    rows: int = Field(ge=1, le=MOST_ROWS)
    columns: int = Field(ge=1, le=MOST_COLUMNS)
    extent: float = Field(gt=0, allow_inf_nan=False)
    seconds: float = Field(gt=0, allow_inf_nan=False)
    top: float = Field(gt=0, allow_inf_nan=False)
    levels: bytes = Field(default=b"", exclude=True, repr=False)


class Pixels(Record):
    """The picture made small: red, green and blue of each pixel.

    Attributes:
        rows, columns: of what is shown.
        high, wide: of the picture itself, in pixels, upright.
    """

    kind: Literal["pixels"] = "pixels"
    rows: int = Field(ge=1, le=MOST_ROWS)
    columns: int = Field(ge=1, le=MOST_ROWS)
    high: int = Field(ge=1, le=1_000_000)
    wide: int = Field(ge=1, le=1_000_000)
    colours: bytes = Field(default=b"", exclude=True, repr=False)


class Pieces(Record):
    """What stands at each of the places that were asked for, in their order."""

    kind: Literal["pieces"] = "pieces"
    pieces: tuple[Annotated[str, Field(max_length=MOST_CHARACTERS)], ...] = Field(
        max_length=MOST_PIECES
    )


class Waveform(Record):
    """How far the loudest sample of each stretch of time lies from silence: 0 not, 255 fully.

    Attributes:
        columns: stretches of time, the first first.
        seconds: that they cover together.
    """

    kind: Literal["waveform"] = "waveform"
    columns: int = Field(ge=1, le=MOST_COLUMNS)
    seconds: float = Field(gt=0, allow_inf_nan=False)
    levels: bytes = Field(default=b"", exclude=True, repr=False)


class Unshown(Record):
    """Why there is nothing to show."""

    kind: Literal["unshown"] = "unshown"
    reason: NotRunReason
    detail: str = Field(max_length=1000)


Shown = Spectrogram | Pixels | Pieces | Waveform | Unshown

HEAD: TypeAdapter[Shown] = TypeAdapter(Annotated[Shown, Field(discriminator="kind")])


def pack(one: Shown) -> bytes:
    """What a worker answers."""
    written = one.model_dump_json().encode()
    return LENGTH.pack(len(written)) + written + _body(one)


def unpack(answer: bytes) -> Shown:
    """What a worker found.

    Raises:
        Malformed: it is not what `pack` makes.
    """
    if len(answer) < LENGTH.size:
        raise Malformed("no length")
    (length,) = LENGTH.unpack_from(answer)
    end = LENGTH.size + length
    if length > HEADER_BYTES or end > len(answer):
        raise Malformed("the length is wrong")
    try:
        head = HEAD.validate_json(answer[LENGTH.size : end])
    except ValidationError as fault:
        raise Malformed("the description is malformed") from fault
    body = answer[end:]
    if _body(head):
        raise Malformed("the pixels stand in the description")
    match head:
        case Spectrogram():
            wanted, field = head.rows * head.columns, "levels"
        case Pixels():
            wanted, field = head.rows * head.columns * 3, "colours"
        case Waveform():
            wanted, field = head.columns, "levels"
        case _:
            wanted, field = 0, ""
    if len(body) != wanted:
        raise Malformed("the pixels do not fill their shape")
    return head.model_copy(update={field: body}) if field else head


def _body(one: Shown) -> bytes:
    match one:
        case Spectrogram() | Waveform():
            return one.levels
        case Pixels():
            return one.colours
        case _:
            return b""
