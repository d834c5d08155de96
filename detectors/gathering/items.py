"""The manifest of a training set: one JSON line a file, with its place, its licence and its label.

The order of lines has no meaning; they are written sorted, so that two sets can be compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Annotated

from pydantic import Field, ValidationError, field_validator

from detectors.evaluation.manifest import Label
from provenance.credentials import Record
from provenance.errors import ConfigError, InputError
from provenance.files import replacement

__all__ = ["Item", "Label", "Place", "read_items", "write_items"]

SHA256 = r"^[0-9a-f]{64}$"
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")


class Place(StrEnum):
    """What kind of place a file stands in."""

    GIT = "git"
    DEBIAN = "debian"
    FOLDER = "folder"


class Item(Record):
    """One file of a training set.

    Attributes:
        sha256: of its bytes; with it the file is known wherever it lies.
        bytes: size.
        label: who made it.
        source: the people, or the system, it comes from: what is held out as a whole.
        family: of the generator; None for human works.
        version: of the generator, where known.
        kind: genre, register or kind of picture.
        language: of text or voice, BCP 47; None where there is none.
        song: or book: what several files are parts of.
        place: kind of place.
        where: repository as `owner/name`, name of a package, or of a folder.
        revision: commit, or version of the package; empty for a folder.
        path: inside it, POSIX.
        licence: as stated, SPDX where it is one; empty where none is stated.
        known_by: one line: why the label is believed.
    """

    sha256: Annotated[str, Field(pattern=SHA256)]
    bytes: Annotated[int, Field(ge=1)]
    label: Label
    source: str
    family: str | None = None
    version: str | None = None
    kind: Annotated[str, Field(min_length=1, max_length=60)]
    language: str | None = None
    song: str | None = None
    place: Place
    where: Annotated[str, Field(min_length=1, max_length=200)]
    revision: str = ""
    path: Annotated[str, Field(min_length=1, max_length=1000)]
    licence: Annotated[str, Field(max_length=200)] = ""
    known_by: Annotated[str, Field(min_length=1, max_length=500)]

    @field_validator("source")
    @classmethod
    def _is_a_name(cls, value: str) -> str:
        if NAME.fullmatch(value) is None:
            raise ValueError("letters, digits and . _ + - only: folders are named by it")
        return value

    @field_validator("path")
    @classmethod
    def _stays_inside(cls, value: str) -> str:
        path = PurePosixPath(value)
        if path.is_absolute() or ".." in path.parts or value.startswith("-"):
            raise ValueError("a path inside the place, without ..")
        return value

    @property
    def name(self) -> str:
        """Where it stands in a folder that was rebuilt: label, source, digest and ending."""
        ending = PurePosixPath(self.path).suffix.lower()
        safe = ending if re.fullmatch(r"\.[a-z0-9]{1,8}", ending) else ""
        return f"{self.label}/{self.source}/{self.sha256[:24]}{safe}"


def read_items(path: Path) -> tuple[Item, ...]:
    """The items of a manifest.

    Raises:
        InputError: it cannot be read.
        ConfigError: a line is none, or two speak of the same bytes.
    """
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as fault:
        raise InputError(f"{path}: cannot be read ({fault})") from fault
    items: dict[str, Item] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            item = Item.model_validate_json(line)
        except ValidationError as fault:
            first = fault.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the line"
            raise ConfigError(f"{path}, line {number}: {place}: {first['msg']}") from fault
        if item.sha256 in items:
            raise ConfigError(f"{path}, line {number}: the same bytes as a line before")
        items[item.sha256] = item
    return tuple(items.values())


def write_items(path: Path, items: Iterable[Item]) -> None:
    """Write a manifest, sorted by label, source and digest."""
    ordered = sorted(items, key=lambda item: (item.label, item.source, item.sha256))
    with replacement(path) as (file, put_in_place):
        file.writelines(f"{item.model_dump_json()}\n".encode() for item in ordered)
        file.flush()
        put_in_place()
