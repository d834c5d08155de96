"""The content of a file without its manifest: the same before and after it was signed.

Whoever signs must not change what is signed. For the formats below the bytes that carry sound and
pictures can be told from those that carry manifests, so they are compared; nothing is decoded. For
PDF, where the library writes the whole structure anew, there is no such test.

    RIFF (WAV, WebP, AVI)   every chunk but `C2PA`
    PNG                     every chunk but `caBX`
    JPEG                    every segment but APP11, and all from the first scan on
    MP3                     everything behind the ID3v2 tag
    FLAC                    from `fLaC` on, the same
    ISO media (MP4, AVIF)   the `mdat` boxes
    GIF                     the screen, and every block but the extension `C2PA_GIF`
    TIFF                    the strips and tiles of every directory
    SVG                     everything but the element `c2pa:manifest` and what was put round it
    ZIP (EPUB)              name and CRC-32 of every file but the manifest
    text                    everything but the manifests, with the lines that were made for them

Layouts: C2PA 2.4 appendix A.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zipfile
from collections.abc import Iterator

from provenance.asset import CHUNK, Asset
from provenance.c2pa.text_carriers import TEXTS as PLAIN_TEXTS
from provenance.c2pa.text_carriers import body, found
from provenance.containers.ifd import Directory, Entry, Layout, layout
from provenance.limits import DEFAULT

__all__ = ["content_digest"]

Range = tuple[int, int]
"""Offset and size."""

ZIP_MANIFEST = "META-INF/content_credential.c2pa"


class _Damaged(Exception):  # noqa: N818
    """The structure does not hold."""


DAMAGE = (
    _Damaged,
    struct.error,
    zipfile.BadZipFile,
    NotImplementedError,  # of zipfile: a version or a compression to come
    IndexError,
    OSError,
    ValueError,
)


def content_digest(asset: Asset) -> str | None:
    """SHA-256 of the content, hexadecimal; None when it cannot be told from the manifest."""
    digest = hashlib.sha256()
    try:
        if (texts := TEXTS.get(asset.media_type)) is not None:
            for text in texts(asset):
                digest.update(text)
            return digest.hexdigest()
        if (find := FORMATS.get(asset.media_type)) is None:
            return None
        for offset, size in find(asset):
            _add(digest, asset, offset, size)
    except DAMAGE:
        return None
    return digest.hexdigest()


def _add(digest: hashlib._Hash, asset: Asset, offset: int, size: int) -> None:
    end = offset + size
    if end > asset.size:
        raise _Damaged
    while offset < end:
        data = asset.read_at(offset, min(CHUNK, end - offset))
        if not data:
            raise _Damaged
        digest.update(data)
        offset += len(data)


def _riff(asset: Asset) -> Iterator[Range]:
    """The size in the header counts the manifest, so it is left out."""
    end = min(asset.size, 8 + struct.unpack("<I", asset.read_at(4, 4))[0])
    yield 8, 4
    at = 12
    for _ in range(DEFAULT.boxes):
        if at + 8 > end:
            break
        kind, size = struct.unpack("<4sI", asset.read_at(at, 8))
        if kind != b"C2PA":
            yield at, 8 + size
        at += 8 + size + (size & 1)
    else:
        raise _Damaged
    if end < asset.size:
        yield end, asset.size - end


def _png(asset: Asset) -> Iterator[Range]:
    yield 0, 8
    at = 8
    for _ in range(DEFAULT.boxes):
        size, kind = struct.unpack(">I4s", asset.read_at(at, 8))
        if kind != b"caBX":
            yield at, 12 + size
        at += 12 + size
        if kind == b"IEND":
            yield at, asset.size - at
            return
    raise _Damaged


def _jpeg(asset: Asset) -> Iterator[Range]:
    at = 2
    for _ in range(DEFAULT.boxes):
        lead, marker, size = struct.unpack(">BBH", asset.read_at(at, 4))
        if lead != 0xFF:
            raise _Damaged
        if marker == 0xFF:  # fill
            at += 1
            continue
        if marker == 0xDA:
            yield at, asset.size - at
            return
        if marker != 0xEB:
            yield at, 2 + size
        at += 2 + size
    raise _Damaged


def _behind_id3(asset: Asset) -> Iterator[Range]:
    at = 0
    head = asset.read_at(0, 10)
    if head[:3] == b"ID3":
        flags, *size = struct.unpack(">B4B", head[5:10])
        at = 10 + sum(byte << shift for byte, shift in zip(size, (21, 14, 7, 0), strict=True))
        at += 10 if flags & 0x10 else 0
    yield at, asset.size - at


def _iso(asset: Asset) -> Iterator[Range]:
    at = 0
    for _ in range(DEFAULT.boxes):
        if at >= asset.size:
            return
        size, kind = struct.unpack(">I4s", asset.read_at(at, 8))
        head = 8
        if size == 1:
            size, head = struct.unpack(">Q", asset.read_at(at + 8, 8))[0], 16
        elif size == 0:
            size = asset.size - at
        if size < head:
            raise _Damaged
        if kind == b"mdat":
            yield at + head, size - head
        at += size
    raise _Damaged


def _gif(asset: Asset) -> Iterator[Range]:
    """The version is left out: a manifest is an extension, which makes a GIF87a a GIF89a."""
    flags = asset.read_at(10, 1)[0]
    at = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    yield 6, at - 6
    for _ in range(DEFAULT.boxes):
        kind = asset.read_at(at, 1)
        if kind == b";":
            yield at, asset.size - at
            return
        start = at
        if kind == b"!":
            at += 2
        elif kind == b",":
            flags = asset.read_at(at + 9, 1)[0]
            at += 11 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
        else:
            raise _Damaged
        at = _behind_sub_blocks(asset, at)
        if asset.read_at(start, 14) != b"!\xff\x0bC2PA_GIF\x01\x00\x00":
            yield start, at - start
    raise _Damaged


def _behind_sub_blocks(asset: Asset, at: int) -> int:
    while size := asset.read_at(at, 1):
        at += 1 + size[0]
        if not size[0]:
            return at
    raise _Damaged


def _tiff(asset: Asset) -> Iterator[Range]:
    """The pictures' bytes; where they stand may change."""
    structure = layout(asset.read_at(0, 16))
    if structure is None:
        raise _Damaged
    at, seen = structure.first, set[int]()
    while at:
        directory = structure.directory(asset.read_at, at)
        if directory is None or at in seen:
            raise _Damaged
        seen.add(at)
        yield from _strips(asset, structure, directory)
        at = directory.next


def _strips(asset: Asset, structure: Layout, directory: Directory) -> Iterator[Range]:
    fields = {entry.tag: entry for entry in directory.entries}
    for offsets, sizes in ((273, 279), (324, 325)):  # strips, tiles
        if offsets in fields and sizes in fields:
            starts = _numbers(asset, structure, fields[offsets])
            yield from zip(starts, _numbers(asset, structure, fields[sizes]), strict=True)


def _numbers(asset: Asset, structure: Layout, entry: Entry) -> list[int]:
    if not 0 < entry.count <= DEFAULT.boxes:
        raise _Damaged
    data, width = asset.read_at(entry.at, entry.size), entry.size // entry.count
    if len(data) != entry.size:
        raise _Damaged
    return [structure.number(data[i : i + width]) for i in range(0, len(data), width)]


SVG_MANIFEST = re.compile(rb"<c2pa:manifest>[^<]*</c2pa:manifest>")
SVG_ROUND_IT = re.compile(rb' xmlns:c2pa="http://c2pa\.org/manifest"|<metadata></metadata>')


def _svg(asset: Asset) -> Iterator[bytes]:
    if asset.size > DEFAULT.zip_entry_bytes:
        raise _Damaged
    yield SVG_ROUND_IT.sub(b"", SVG_MANIFEST.sub(b"", asset.read_at(0, asset.size)))


def _text(asset: Asset) -> Iterator[bytes]:
    if asset.size > DEFAULT.text_bytes:
        raise _Damaged
    text = asset.read_at(0, asset.size)
    yield body(text, found(text, asset.media_type))


def _entries(asset: Asset) -> Iterator[bytes]:
    with asset.open() as stream, zipfile.ZipFile(stream) as packed:
        for one in packed.infolist():
            if one.filename != ZIP_MANIFEST and not one.is_dir():
                yield f"{one.filename}\0{one.CRC:08x}\0{one.file_size}\n".encode()


FORMATS = {
    **dict.fromkeys(("audio/wav", "image/webp", "video/x-msvideo"), _riff),
    **dict.fromkeys(("audio/mpeg", "audio/flac"), _behind_id3),
    **dict.fromkeys(
        (
            *("audio/mp4", "video/mp4", "video/quicktime"),
            *("image/avif", "image/heic", "image/heif"),
        ),
        _iso,
    ),
    "image/png": _png,
    "image/jpeg": _jpeg,
    "image/gif": _gif,
    "image/tiff": _tiff,
}
TEXTS = {
    "application/epub+zip": _entries,
    "image/svg+xml": _svg,
    **dict.fromkeys(PLAIN_TEXTS, _text),
}
