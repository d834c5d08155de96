"""Opens a folder that says it is a model, and refuses everything a model is not.

A model is data: `model.json` and the files it names, all of them plain files in one folder, of four
kinds, each with the SHA-256 it should have. A file too many, a file too few, a link, a folder, a
pickle under another name: each is refused, with what to do about it. Small files are read once,
and what is parsed is what was hashed; the network is hashed by whoever loads it, before it is
parsed, and by `check` at once.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from detectors.models.records import MODEL, ModelRecord, digest_of
from provenance.errors import InputError, ModelError, NoModel
from provenance.files import open_regular, why
from provenance.limits import MIB

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["ModelFolder", "exchange", "open_model", "put_in_place", "write_model"]

RECORD_BYTES = MIB
READ_BYTES = 256 * MIB
"""Largest table that is read into memory."""

HEADER = struct.Struct("<Q")
CHUNK = MIB
HIDDEN_CODE = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05", b"PK\x03\x04", b"\x7fELF")
"""How pickles, archives of pickles (as torch saves them) and programs begin."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model that is as its record says, as far as that is seen without reading large files.

    Attributes:
        path: the folder.
        record: what `model.json` says.
        digest: of the bytes of `model.json`, `sha256:...`.
    """

    path: Path
    record: ModelRecord
    digest: str

    def place(self, name: str) -> Path:
        """Where a file of the model is.

        Raises:
            ModelError: the model has no such file.
        """
        if name not in self.record.files:
            raise ModelError(f"{self.path}: the model has no {name}")
        return self.path / name

    def has(self, name: str) -> bool:
        """Whether the model has a file of this name."""
        return name in self.record.files

    def read(self, name: str) -> bytes:
        """A table of the model, with the digest it should have.

        Raises:
            ModelError: there is none, or it is not the one that the record names.
        """
        path = self.place(name)
        data = _bytes(path, READ_BYTES)
        found = hashlib.sha256(data).hexdigest()
        if found != self.record.files[name]:
            raise _other(path, found, self.record.files[name])
        return data

    def check(self) -> Iterator[str]:
        """Hash every file; the name of each that is as it should be.

        Raises:
            ModelError: one is not.
        """
        for name, wanted in self.record.files.items():
            found = _sha256(self.path / name)
            if found != wanted:
                raise _other(self.path / name, found, wanted)
            yield name


def open_model(path: str | Path) -> ModelFolder:
    """The model in a folder.

    Raises:
        NoModel: there is no folder, or no `model.json` in it.
        ModelError: it is not a model, or holds what a model must not hold.
    """
    folder = Path(path)
    if not folder.is_dir():
        raise NoModel(f"{folder}: there is no such folder")
    if not os.path.lexists(folder / MODEL):
        raise NoModel(f"{folder}: there is no {MODEL} in it", hint="A model is a folder with one.")
    data = _bytes(folder / MODEL, RECORD_BYTES)
    record = ModelRecord.read(data, shown=str(folder / MODEL))
    _refuse_others(folder, record)
    for name in record.files:
        _refuse_code(folder / name)
    return ModelFolder(folder, record, digest_of(data))


def write_model(folder: Path, record: ModelRecord) -> ModelFolder:
    """Write `model.json` for the files that lie in `folder`, with their digests, and open it.

    Args:
        folder: holds every file of the model and nothing else.
        record: its `files` are replaced by what is found.

    Raises:
        ModelError: the folder holds what a model must not hold.
    """
    names = sorted(one.name for one in folder.iterdir() if one.name != MODEL)
    files = {name: _sha256(folder / name) for name in names}
    whole = record.model_dump(by_alias=True) | {"files": files}
    written = ModelRecord.model_validate(whole).to_json()
    (folder / MODEL).write_bytes(written)
    return open_model(folder)


def put_in_place(new: Path, place: Path) -> ModelFolder:
    """Rename a finished model to where it belongs; see `exchange`.

    Raises:
        InputError: it cannot be written.
    """
    exchange(new, place)
    return open_model(place)


def exchange(new: Path, place: Path) -> None:
    """Rename a finished folder to where it belongs, in place of what is there.

    Args:
        new: the folder, on the same disk.
        place: another process sees the old one there or the new one, nothing between.

    Raises:
        InputError: it cannot be written.
    """
    try:
        old = Path(tempfile.mkdtemp(prefix=f".{place.name}-", dir=place.parent))
        try:
            new.chmod(0o755)
            if os.path.lexists(place):
                place.rename(old / place.name)
            new.rename(place)
        finally:
            shutil.rmtree(old, ignore_errors=True)
    except OSError as fault:
        raise InputError(f"{place}: cannot be written ({why(fault)})") from fault


def _refuse_others(folder: Path, record: ModelRecord) -> None:
    """The folder holds the files of the record, plain ones, and no others."""
    found: set[str] = set()
    with os.scandir(folder) as scanned:
        entries = list(scanned)
    for one in entries:
        if one.is_symlink():
            raise ModelError(
                f"{one.path}: is a link", hint="A model is of plain files: copy what it points to."
            )
        if not one.is_file(follow_symlinks=False):
            raise ModelError(f"{one.path}: is not a plain file", hint="A model has no folders.")
        found.add(one.name)
    if extra := sorted(found - {MODEL, *record.files}):
        raise ModelError(
            f"{folder}: holds {extra[0]!r}, which {MODEL} does not name",
            hint="A model holds nothing but its files: take it away, or train the model again.",
        )
    if missing := sorted(set(record.files) - found):
        raise ModelError(
            f"{folder}: lacks {missing[0]!r}, which {MODEL} names", hint="Copy the whole folder."
        )


def _refuse_code(path: Path) -> None:
    """A file is what its ending says, as far as its beginning tells."""
    start = _bytes(path, HEADER.size + 1, whole=False)
    hint = "Only ONNX, safetensors, JSON and CSV are read: nothing that could run."
    if start.startswith(HIDDEN_CODE):
        raise ModelError(f"{path}: is a pickle, an archive or a program", hint=hint)
    right = True
    if path.suffix == ".onnx":
        right = start[:1] == b"\x08"  # field 1 of ModelProto: the version of the format
    elif path.suffix == ".safetensors":
        right = len(start) > HEADER.size and start[-1:] == b"{"
    elif path.suffix == ".json":
        right = start.lstrip()[:1] in (b"{", b"[")
    if not right:
        raise ModelError(f"{path}: is not what its ending says", hint=hint)


def _bytes(path: Path, most: int, *, whole: bool = True) -> bytes:
    """The bytes of a plain file, or the first `most`."""
    try:
        fd = open_regular(path)
    except InputError as fault:
        raise ModelError(str(fault)) from fault
    try:
        with os.fdopen(fd, "rb") as file:
            data = file.read(most + whole)
    except OSError as fault:
        raise ModelError(f"{path}: cannot be read ({why(fault)})") from fault
    if whole and len(data) > most:
        raise ModelError(f"{path}: is over {most:,} bytes")
    return data


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    try:
        with os.fdopen(open_regular(path), "rb") as file:
            while data := file.read(CHUNK):
                digest.update(data)
    except InputError as fault:
        raise ModelError(str(fault)) from fault
    except OSError as fault:
        raise ModelError(f"{path}: cannot be read ({why(fault)})") from fault
    return digest.hexdigest()


def _other(path: Path, found: str, wanted: str) -> ModelError:
    return ModelError(
        f"{path}: its SHA-256 is {found}, and {MODEL} says {wanted}",
        hint="It was changed or damaged: copy the model again from where it came.",
    )
