"""Targets that read files and the metadata in them: containers, sniffing, XMP, EXIF, texts."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import cast

from provenance.asset import Asset
from provenance.containers import Container, Packet, PacketKind, open_container
from provenance.metadata.works import MetadataReader, faults
from tests.fuzz.contract import (
    SMALL,
    BrokenContractError,
    CountingAsset,
    as_asset,
    check_container,
)
from tests.fuzz.registry import named

LONGEST_VALUE = 4096

FORMATS = {
    "png": ("image/png", "png"),
    "jpeg": ("image/jpeg", "jpeg iim"),
    "gif": ("image/gif", "gif"),
    "tiff": ("image/tiff", "tiff ifd"),
    "riff": ("audio/wav", "riff"),
    "aiff": ("audio/aiff", "aiff"),
    "mpeg_audio": ("audio/mpeg", "mpeg_audio id3"),
    "flac": ("audio/flac", "flac vorbis"),
    "ogg": ("audio/ogg", "ogg vorbis"),
    "bmff": ("video/mp4", "bmff ilst"),
    "heif": ("image/heic", "heif bmff"),
    "matroska": ("video/x-matroska", "matroska"),
    "flv": ("video/x-flv", "flv"),
    "svg": ("image/svg+xml", "svg"),
    "html": ("text/html", "html"),
    "pdf": ("application/pdf", "pdf"),
    "epub": ("application/epub+zip", "package archive"),
    "ooxml": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "package archive",
    ),
    "odf": ("application/vnd.oasis.opendocument.text", "package archive"),
    "zip": ("application/zip", "package archive"),
}
"""Media type, and the modules of `provenance.containers` that read it."""


@cache
def _readers() -> tuple[MetadataReader, ...]:
    from provenance import plugins

    return tuple(one for one in plugins.readers() if isinstance(one, MetadataReader))


def _opens(media_type: str) -> Callable[[bytes], None]:
    def run(data: bytes) -> None:
        asset = CountingAsset(data, media_type)
        check_container(open_container(cast("Asset", asset), SMALL))
        asset.check()
        _read(as_asset(data, media_type))

    return run


def _read(asset: Asset) -> None:
    """As the worker does: every reader, then what could not be read."""
    for reader in _readers():
        for one in reader.read(asset):
            if len(getattr(one, "value", "").encode()) > LONGEST_VALUE:
                raise BrokenContractError(f"a value over its limit from {reader.source}")
    list(faults(asset))


for _name, (_media_type, _modules) in FORMATS.items():
    named(_name, *(f"containers.{one}" for one in _modules.split()))(_opens(_media_type))


@named("media", "media", "streams", "asset")
def _sniffed(data: bytes) -> None:
    from provenance import media

    reads: list[int] = []

    def read_at(offset: int, size: int) -> bytes:
        reads.append(size)
        return data[max(offset, 0) : max(offset, 0) + size]

    for name in ("", "x.dng", "x.md"):
        found = media.sniff(read_at, len(data), name)
        if "/" not in found or media.modality(found) is None:
            raise BrokenContractError(found)
    if len(reads) > 3 * 40 * 33 or sum(reads) > 3 * 400_000:
        raise BrokenContractError(f"{len(reads)} reads, {sum(reads)} bytes")
    _read(Asset.from_bytes(data, name="x"))


# --- metadata -----------------------------------------------------------------------------------


@named("xmp", "metadata.xmp")
def _xmp(data: bytes) -> None:
    from provenance.metadata.xmp import MAX_PROPERTIES, XmpError, properties

    try:
        found = properties(data)
    except XmpError:
        return
    if len(found) > MAX_PROPERTIES:
        raise BrokenContractError("more properties than that")


@named("exif", "metadata.exif_fields", "containers.ifd")
def _exif(data: bytes) -> None:
    from provenance.metadata.exif_fields import ExifError, fields

    try:
        found = fields(data)
    except ExifError:
        return
    if len({one.name for one in found}) != len(found) or not all(one.text for one in found):
        raise BrokenContractError("a field twice, or without text")


PLACES = (
    *(("tEXt", key) for key in ("parameters", "prompt", "workflow", "invokeai_metadata")),
    *(("tEXt", key) for key in ("invokeai_graph", "sd-metadata", "Dream", "Comment", "Source")),
    *(("tEXt", key) for key in ("Description", "AIGC", "Author", "Title")),
    *(("ID3", "COMM"), ("ID3", "TSSE"), ("INFO", "ISFT"), ("Vorbis", "ENCODER")),
    *(("ilst", "\xa9too"), ("Info", "Creator"), ("Info", "Producer"), ("meta", "generator")),
    ("SEF", "PhotoEditor_Re_Edit_Data"),
)
"""Where a text may stand that one of the readers looks at."""


@named(
    "texts",
    *(f"metadata.{one}" for one in ("a1111", "aigc", "comfyui", "comfyui_nodes", "exif")),
    *(f"metadata.{one}" for one in ("invokeai", "midjourney", "novelai", "pdf", "tags", "iptc")),
    *(f"metadata.{one}" for one in ("provenance_link", "generators", "values", "works")),
)
def _texts(data: bytes) -> None:
    """One text in every place and field at once, and every reader on it."""
    text = data.decode("utf-8", "replace")
    said = text.encode()
    packets = [Packet(PacketKind.TEXT, place, key, said) for place, key in PLACES]
    packets.append(Packet(PacketKind.TEXT, "tEXt", "Software", b"NovelAI"))
    packets.append(Packet(PacketKind.EXIF, "eXIf", "", _as_exif(said)))
    packets.append(Packet(PacketKind.XMP, "iTXt", "", _as_xmp(text)))
    for media_type in ("image/png", "application/pdf", "audio/mpeg"):
        asset = as_asset(data, media_type)
        asset.memo("container", lambda: Container(packets=list(packets)))
        _read(asset)


def _as_exif(text: bytes) -> bytes:
    from tests.provenance import making

    comment = b"ASCII\0\0\0" + text
    return making.tiff(UserComment=comment, ImageDescription=text + b"\0", Make=text, Model=text)


def _as_xmp(text: str) -> bytes:
    from xml.sax.saxutils import escape

    from tests.provenance import making

    value = escape("".join(one for one in text if one.isprintable() or one in "\n\t"))
    names = "Iptc4xmpExt:DigitalSourceType Iptc4xmpExt:AISystemUsed TC260:AIGC xmp:CreatorTool"
    names += " dcterms:provenance pdf:Producer"
    return making.xmp("".join(f"<{name}>{value}</{name}>" for name in names.split()))
