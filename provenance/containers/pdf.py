"""PDF: the document information dictionary and the XMP packet.

Follows ISO 32000-2 sections 14.3.2 (metadata streams) and 14.3.3 (information dictionary). pikepdf
(qpdf) finds the two objects; nothing else is resolved, and the metadata stream is inflated here,
within its limit, never by qpdf. A document that needs a password is `encrypted`. The embedded file
with the C2PA manifest is left to the C2PA reader.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.containers.packets import PacketKind
from provenance.containers.walk import FaultError, bounded_inflate, unreadable
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    import pikepdf

    from provenance.containers.walk import Walk

__all__ = ["find"]

MAX_KEYS = 256


def find(walk: Walk) -> None:
    """Open the document and keep its two kinds of metadata."""
    import pikepdf

    # What pikepdf raises on damaged files: its own errors, and the exceptions its C++ side and
    # its conversions let through.
    hostile = (
        pikepdf.PdfError,
        pikepdf.ForeignObjectError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        RuntimeError,
        OverflowError,
        MemoryError,
        NotImplementedError,
    )
    try:
        with pikepdf.open(walk.asset.open(), suppress_warnings=True) as document:
            _information(walk, document)
            _metadata(walk, document)
    except pikepdf.PasswordError:
        raise FaultError(NotRunReason.ENCRYPTED, "the document needs a password") from None
    except hostile as fault:
        raise unreadable(f"the document cannot be read ({type(fault).__name__})") from fault


def _information(walk: Walk, document: pikepdf.Pdf) -> None:
    import pikepdf

    information = document.trailer.get("/Info")
    if not isinstance(information, pikepdf.Dictionary):
        return
    for key in sorted(information.keys())[:MAX_KEYS]:
        walk.visit()
        value = information.get(key)
        if isinstance(value, pikepdf.String):
            walk.text("Info", key.removeprefix("/"), str(value))


def _metadata(walk: Walk, document: pikepdf.Pdf) -> None:
    import pikepdf

    stream = document.Root.get("/Metadata")
    if not isinstance(stream, pikepdf.Stream):
        return
    data = stream.read_raw_bytes()
    if not walk.fits(len(data), "an XMP stream"):
        return
    filters = stream.get("/Filter")
    names = list(filters) if isinstance(filters, pikepdf.Array) else [filters] if filters else []
    names = [name for name in names if name != pikepdf.Name.Crypt]  # qpdf has decrypted it
    if names == [pikepdf.Name.FlateDecode]:
        data = bounded_inflate(data, walk.limits.metadata_bytes)
    elif names:
        raise unreadable("the XMP stream has a filter that is not read")
    walk.packet(PacketKind.XMP, "Metadata", "", data)
