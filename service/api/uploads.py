"""Takes an upload in as it arrives: to quarantine, hashed on the way, no larger than allowed.

The body is `multipart/form-data` with one part called `file`; other parts are small texts. It is
written once, in pieces, and never held in memory, so that a thousand slow uploads cost a thousand
small buffers. The name of a file is a text for the report, and never part of a path.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from anyio import to_thread
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.requests import ClientDisconnect, Request

from provenance.limits import KIB
from provenance.supplied import SUPPLIED_BYTES
from service.api.problems import ProblemError

__all__ = ["FIELDS", "Upload"]

FIELDS = ("name", "fresh", "resource")
DECLARED = "declared"
TEXT_BYTES = 4 * KIB
HEADER_BYTES = 8 * KIB
MOST_PARTS = 16
NAME_CHARACTERS = 1024
FORM = "multipart/form-data"
EXAMPLE = "curl -F file=@song.mp3 ..."

Body = bytes
"""By another name, as an upload has a size called `bytes`."""


@dataclass(slots=True)
class Upload:
    """An upload that lies whole in quarantine; what is not taken from there is deleted.

    Attributes:
        path: where its bytes are.
        sha256: of them.
        bytes: how many.
        filename: what the sender called it, or None.
        fields: the other parts.
        declared: the part that declares what the work is, or None.
    """

    path: Path
    sha256: str = ""
    bytes: int = 0
    filename: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    declared: Body | None = None

    @classmethod
    async def received(
        cls, request: Request, quarantine: Path, most: int, also: tuple[str, ...] = ()
    ) -> Self:
        """Read the body of a request.

        Args:
            request: whose body was not read yet.
            quarantine: folder of uploads, which is there.
            most: bytes of a file at most.
            also: texts that the form may hold besides the usual ones.

        Raises:
            ProblemError: the body is no form with one file, or larger than allowed.
        """
        kind, options = parse_options_header(request.headers.get("content-type"))
        boundary = options.get(b"boundary")
        if kind.decode("latin-1").lower() != FORM or not boundary:
            raise ProblemError(415, f"the body must be {FORM}", hint=EXAMPLE)
        _refuse_announced(request, most)
        descriptor, name = tempfile.mkstemp(prefix="upload-", dir=quarantine)
        upload = cls(Path(name))
        try:
            with (
                os.fdopen(descriptor, "wb") as file,
                tempfile.SpooledTemporaryFile(TEXT_BYTES, dir=str(quarantine)) as declared,
            ):
                form = _Form(boundary, file, most, (*FIELDS, *also), declared)
                async for chunk in request.stream():
                    form.write(chunk)
                form.end()
                upload.declared = await to_thread.run_sync(_settled, file, declared)
        except ClientDisconnect as fault:
            upload.discard()
            raise ProblemError(400, "the upload broke off") from fault
        except BaseException:
            upload.discard()
            raise
        upload.sha256, upload.bytes = form.digest.hexdigest(), form.size
        upload.filename, upload.fields = form.filename, form.fields
        return upload

    def discard(self) -> None:
        """Delete it from quarantine, if it is still there."""
        self.path.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self.discard()


def _settled(file: IO[bytes], declared: IO[bytes]) -> bytes | None:
    """Brings the file to the disk; gives what is declared of it."""
    file.flush()
    os.fsync(file.fileno())
    declared.seek(0)
    return declared.read() or None


def _refuse_announced(request: Request, most: int) -> None:
    """A body that says it is too large is not read at all."""
    announced = request.headers.get("content-length", "")
    besides = MOST_PARTS * (TEXT_BYTES + HEADER_BYTES) + SUPPLIED_BYTES
    if announced.isdigit() and int(announced) > most + besides:
        raise _too_large(most)


def _too_large(most: int) -> ProblemError:
    return ProblemError(413, f"a file may have {most} bytes at most")


class _Form:
    """Reads a form piece by piece."""

    def __init__(
        self,
        boundary: bytes,
        file: IO[bytes],
        most: int,
        known: tuple[str, ...],
        declared: IO[bytes],
    ) -> None:
        self.digest, self.size = hashlib.sha256(), 0
        self.filename: str | None = None
        self.fields: dict[str, str] = {}
        self._declared, self._declarations = declared, 0
        self._file, self._most, self._known = file, most, known
        self._parts, self._files, self._is_whole = 0, 0, False
        self._header = self._value = b""
        self._headers: dict[str, str] = {}
        self._header_bytes = 0
        self._field: str | None = None
        self._text = bytearray()
        try:
            self._parser = MultipartParser(
                boundary,
                {
                    "on_part_begin": self._part_begin,
                    "on_header_field": self._header_field,
                    "on_header_value": self._header_value,
                    "on_header_end": self._header_end,
                    "on_headers_finished": self._headers_finished,
                    "on_part_data": self._part_data,
                    "on_part_end": self._part_end,
                    "on_end": self._end,
                },
            )
        except FormParserError as fault:
            raise ProblemError(400, "the boundary of the form is not valid") from fault

    def write(self, chunk: bytes) -> None:
        """Take in the next piece of the body."""
        try:
            self._parser.write(chunk)
        except FormParserError as fault:
            raise ProblemError(400, "the body is not a valid form", hint=EXAMPLE) from fault

    def end(self) -> None:
        """The body has ended."""
        if not self._is_whole:
            raise ProblemError(400, "the form ends before its last boundary", hint=EXAMPLE)
        if not self._files:
            raise ProblemError(422, "the form has no part called 'file'", hint=EXAMPLE)

    def _part_begin(self) -> None:
        self._parts += 1
        if self._parts > MOST_PARTS:
            raise ProblemError(400, f"a form may have {MOST_PARTS} parts at most")
        self._headers, self._header_bytes = {}, 0

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += self._counted(data[start:end])

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += self._counted(data[start:end])

    def _counted(self, part: bytes) -> bytes:
        self._header_bytes += len(part)
        if self._header_bytes > HEADER_BYTES:
            raise ProblemError(400, "the headers of a part are too long")
        return part

    def _header_end(self) -> None:
        name = self._header.decode("latin-1").strip().lower()
        self._headers[name] = self._value.decode("utf-8", "replace")
        self._header = self._value = b""

    def _headers_finished(self) -> None:
        described = Message()
        described["content-disposition"] = self._headers.get("content-disposition", "")
        name = described.get_param("name", header="content-disposition")
        self._text, self._field = bytearray(), str(name) if name else ""
        if self._field == DECLARED:
            self._declarations += 1
            if self._declarations > 1:
                raise ProblemError(422, "the form has two parts called 'declared'")
        if self._field != "file":
            return
        self._files += 1
        if self._files > 1:
            raise ProblemError(422, "one file at a time: the form has two parts called 'file'")
        given = described.get_filename()
        self.filename = given[:NAME_CHARACTERS] if given else None

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        part = data[start:end]
        if self._field == DECLARED:
            if self._declared.tell() + len(part) > SUPPLIED_BYTES:
                raise ProblemError(413, f"part 'declared' is over {SUPPLIED_BYTES} bytes")
            self._declared.write(part)
            return
        if self._field != "file":
            self._text += part
            if len(self._text) > TEXT_BYTES:
                raise ProblemError(413, f"part {self._field!r} is over {TEXT_BYTES} bytes")
            return
        self.size += len(part)
        if self.size > self._most:
            raise _too_large(self._most)
        self.digest.update(part)
        self._file.write(part)

    def _part_end(self) -> None:
        if self._field not in ("file", DECLARED):
            if self._field not in self._known:
                known = ", ".join(("file", DECLARED, *self._known))
                raise ProblemError(422, f"unknown part {self._field!r}", hint=f"Known: {known}.")
            self.fields[self._field] = self._text.decode("utf-8", "replace")

    def _end(self) -> None:
        self._is_whole = True
