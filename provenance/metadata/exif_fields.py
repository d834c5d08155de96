"""The text fields of an EXIF packet.

Follows EXIF 3.0 section 4.6 for the fields and 4.6.6.1 for the character codes of `UserComment`,
and Microsoft's convention for `XP...` (UTF-16). Only the first directory and the EXIF directory are
read; thumbnails, positions and maker notes say nothing about who made a picture.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.containers.ifd import EXIF_IFD, TEXT_TAGS, Entry, Layout, layout

__all__ = ["ExifError", "ExifField", "fields"]

TEXT_TYPES = frozenset({1, 2, 7, 129})
MAX_TEXT = 1 << 20


class ExifError(ValueError):
    """A packet that is no TIFF structure."""


@dataclass(frozen=True, slots=True)
class ExifField:
    """A field's name in the specification, and its text."""

    name: str
    text: str


def fields(data: bytes) -> tuple[ExifField, ...]:
    """The text fields of a packet, in order.

    Raises:
        ExifError: when it is no TIFF structure.
    """
    structure = layout(data[:16])
    if structure is None:
        raise ExifError("an EXIF packet without a TIFF header")
    found: dict[str, str] = {}
    pending, seen = [structure.first], set[int]()
    while pending and len(seen) < 4:
        at = pending.pop(0)
        directory = structure.directory(lambda at, size: data[at : at + size], at)
        if at in seen or directory is None:
            if not seen:
                raise ExifError("an EXIF packet without a directory")
            continue
        seen.add(at)
        for entry in directory.entries:
            if entry.tag == EXIF_IFD:
                pending += structure.numbers(lambda at, size: data[at : at + size], entry)[:1]
            elif entry.tag in TEXT_TAGS and entry.field_type in TEXT_TYPES:
                name = TEXT_TAGS[entry.tag]
                if name not in found:  # a field said twice, a thousand times, is said once
                    found[name] = _text(structure, entry, data)
    return tuple(ExifField(name, text) for name, text in found.items() if text)


def _text(structure: Layout, entry: Entry, data: bytes) -> str:
    raw = data[entry.at : entry.at + min(entry.size, MAX_TEXT)]
    name = TEXT_TAGS[entry.tag]
    if name == "UserComment":
        return _user_comment(raw, structure.order)
    if name.startswith("XP"):
        return raw.decode("utf-16-le", "replace").rstrip("\x00")
    return _plain(raw)


def _plain(raw: bytes) -> str:
    text = raw.rstrip(b"\x00 ")
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("latin-1")


def _user_comment(raw: bytes, order: str) -> str:
    """Eight bytes name the character code; `UNICODE` is UTF-16 in an order writers disagree on."""
    code, text = raw[:8], raw[8:]
    if code == b"UNICODE\x00":
        # Latin letters have a zero in the high byte: where it stands settles the order.
        even, odd = text[:512:2].count(0), text[1:512:2].count(0)
        if even == odd:
            encoding = "utf-16-le" if order == "little" else "utf-16-be"
        else:
            encoding = "utf-16-be" if even > odd else "utf-16-le"
        return text.decode(encoding, "replace").strip("\x00\ufeff ")
    if code in (b"ASCII\x00\x00\x00", bytes(8), b"JIS\x00\x00\x00\x00\x00"):
        return _plain(text)
    return _plain(raw)  # no code at all: against the specification, and common
