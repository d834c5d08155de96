"""Which kind of file these bytes are: our own table of signatures.

Sniffing libraries misread HEIC, AVIF and M4A (they answer `video/mp4`) and call a DOCX a ZIP, so
this table is ours. It looks at the first bytes, at the brand of an ISO base media file
(ISO/IEC 14496-12 section 4.3), at the tracks of what may be a film or a recording
(`provenance.streams`), at the first entry of a ZIP (EPUB 3.3 OCF section 4.3, ODF 1.3 part 2
section 3.3) and, for text only, at the name. It says what the bytes claim to be; whether
they can be read is for the readers to find out.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import PurePath

from provenance import streams
from provenance.asset import Modality

__all__ = ["OCTET_STREAM", "extension", "modality", "sniff", "sniff_bytes"]

OCTET_STREAM = "application/octet-stream"
HEAD = 4096

ReadAt = Callable[[int, int], bytes]

# offset, signature, media type: the first that fits wins, so longer signatures stand first.
SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"\x00\x00\x00\x0cJXL \r\n\x87\n", "image/jxl"),
    (0, b"\xff\x0a", "image/jxl"),
    (0, b"\x00\x00\x00\x0cjP  \r\n\x87\n", "image/jp2"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"II+\x00", "image/tiff"),
    (0, b"MM\x00+", "image/tiff"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"\x1aE\xdf\xa3", "video/x-matroska"),
    (0, b"FLV\x01", "video/x-flv"),
    (0, b"ID3", "audio/mpeg"),
    (0, b".snd", "audio/basic"),
    (0, b"caff\x00\x01", "audio/x-caf"),
    (0, b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\x00\x00", "audio/x-w64"),
    (0, b"#!AMR-WB", "audio/amr-wb"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"wvpk", "audio/x-wavpack"),
    (0, b"MAC ", "audio/x-ape"),
    (0, b"MThd", "audio/midi"),
    (0, b"BM", "image/bmp"),
    (0, b"8BPS", "image/vnd.adobe.photoshop"),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"-----BEGIN ", "application/x-pem-file"),
    (4, b"jumb", "application/c2pa"),
)

RIFF_FORMS = {b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo", b"WEBP": "image/webp"}
FORM_FORMS = {b"AIFF": "audio/aiff", b"AIFC": "audio/aiff"}

# ISO base media brands, major brand first and then the compatible ones.
BRANDS = {
    b"avif": "image/avif",
    b"avis": "image/avif",
    b"heic": "image/heic",
    b"heix": "image/heic",
    b"heim": "image/heic",
    b"heis": "image/heic",
    b"hevc": "image/heic",
    b"hevx": "image/heic",
    b"mif1": "image/heif",
    b"msf1": "image/heif",
    b"M4A ": "audio/mp4",
    b"M4B ": "audio/mp4",
    b"M4P ": "audio/mp4",
    b"F4A ": "audio/mp4",
    b"qt  ": "video/quicktime",
    b"crx ": "image/x-canon-cr3",
}
BOX_TYPES = frozenset({b"moov", b"mdat", b"free", b"skip", b"wide", b"moof", b"styp", b"sidx"})

ZIP_FIRST = {
    b"application/epub+zip": "application/epub+zip",
    b"application/vnd.oasis.opendocument.text": "application/vnd.oasis.opendocument.text",
    b"application/vnd.oasis.opendocument.presentation": (
        "application/vnd.oasis.opendocument.presentation"
    ),
    b"application/vnd.oasis.opendocument.spreadsheet": (
        "application/vnd.oasis.opendocument.spreadsheet"
    ),
}
OOXML_PARTS = (
    (b"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    (b"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    (b"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
)

TEXT_NAMES = {
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    ".htm": "text/html",
    ".html": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".csv": "text/csv",
    ".json": "application/json",
    ".lrc": "text/plain",
}

MODALITIES = {
    "application/pdf": Modality.DOCUMENT,
    "application/rtf": Modality.DOCUMENT,
    "application/epub+zip": Modality.DOCUMENT,
    "application/x-subrip": Modality.TEXT,
    "application/xhtml+xml": Modality.TEXT,
    "application/json": Modality.OTHER,
    "audio/midi": Modality.OTHER,
    "text/csv": Modality.OTHER,
}

# The ending under which c2pa-rs knows a type; a second try when its own sniffing finds nothing.
EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/avif": "avif",
    "image/heic": "heic",
    "image/heif": "heif",
    "image/tiff": "tif",
    "image/x-adobe-dng": "dng",
    "image/svg+xml": "svg",
    "image/jxl": "jxl",
    "audio/wav": "wav",
    "audio/mpeg": "mp3",
    "audio/flac": "flac",
    "audio/mp4": "m4a",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
    "video/x-msvideo": "avi",
    "application/pdf": "pdf",
    "application/epub+zip": "epub",
}


def modality(media_type: str) -> Modality:
    """What a work of this media type is."""
    if known := MODALITIES.get(media_type):
        return known
    top = media_type.partition("/")[0]
    if top in ("audio", "image", "text", "video"):
        return Modality(top)
    if "opendocument" in media_type or "officedocument" in media_type:
        return Modality.DOCUMENT
    return Modality.OTHER


def extension(media_type: str) -> str | None:
    """The usual file name ending of a media type, without the dot."""
    return EXTENSIONS.get(media_type)


def sniff_bytes(data: bytes, name: str = "") -> str:
    """The media type of `data`."""
    return sniff(lambda offset, n: data[offset : offset + n], len(data), name)


def sniff(read_at: ReadAt, size: int, name: str = "") -> str:
    """The media type of what `read_at(offset, n)` reads.

    Args:
        read_at: reads up to n bytes at an offset.
        size: bytes in all.
        name: consulted for the kind of *text* and of raw photographs only.

    Returns:
        A media type; `application/octet-stream` when nothing fits.
    """
    head = read_at(0, HEAD)
    for offset, signature, media_type in SIGNATURES:
        if head.startswith(signature, offset):
            return _refine(media_type, head, read_at, size, name)
    if head[:4] in (b"RIFF", b"RF64", b"BW64"):
        return RIFF_FORMS.get(head[8:12], OCTET_STREAM)
    if head[:4] == b"FORM":
        return FORM_FORMS.get(head[8:12], OCTET_STREAM)
    if head[4:8] == b"ftyp":
        return _sound_alone(_brand(head), read_at)
    if head[4:8] in BOX_TYPES:
        return _sound_alone("video/mp4", read_at)
    return _stream_type(head, read_at) or _text_type(head, size, name)


def _stream_type(head: bytes, read_at: ReadAt) -> str | None:
    """The kind of a stream that has no signature but its frames."""
    if streams.mpeg_frame(head):
        return "audio/mpeg"
    if len(head) > 2 and head[0] == 0xFF and head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    if head[:1] == b"\x00" and streams.mpeg_frames_behind_zeros(read_at, head):
        return "audio/mpeg"
    if streams.mpeg_packets(head):
        return "video/mp2t"
    return streams.ac3(head)


def _sound_alone(media_type: str, read_at: ReadAt) -> str:
    """A film without pictures is a recording."""
    if media_type == "video/mp4" and streams.boxes_hold_sound_alone(read_at):
        return "audio/mp4"
    return media_type


def _refine(media_type: str, head: bytes, read_at: ReadAt, size: int, name: str) -> str:
    """Tell apart the formats that share a signature."""
    if media_type == "application/zip":
        return _zip_type(head, read_at, size)
    if media_type == "audio/ogg":
        return "video/ogg" if b"\x80theora" in head else "audio/ogg"
    if media_type == "video/x-matroska":
        kind = "webm" if b"webm" in head[:64] else "x-matroska"
        return f"{'audio' if streams.tracks_are_sound_alone(read_at) else 'video'}/{kind}"
    if media_type == "audio/x-ape" and not 3000 <= int.from_bytes(head[4:6], "little") < 5000:
        return _text_type(head, size, name)  # a version of Monkey's Audio is no two letters
    if media_type == "image/tiff" and PurePath(name).suffix.lower() == ".dng":
        return "image/x-adobe-dng"
    if media_type == "audio/mpeg" and head[:3] == b"ID3":
        return _behind_id3(head, read_at)
    return media_type


def _behind_id3(head: bytes, read_at: ReadAt) -> str:
    """An ID3v2 tag also stands before FLAC and AAC streams."""
    if len(head) < 10:
        return "audio/mpeg"
    length = 10 + (
        (head[6] & 127) << 21 | (head[7] & 127) << 14 | (head[8] & 127) << 7 | head[9] & 127
    )
    after = read_at(length, 4)
    if after == b"fLaC":
        return "audio/flac"
    if len(after) > 1 and after[0] == 0xFF and after[1] & 0xF6 == 0xF0:
        return "audio/aac"
    return "audio/mpeg"


def _brand(head: bytes) -> str:
    """The media type of an ISO base media file from its `ftyp` box."""
    length = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12]] + [head[i : i + 4] for i in range(16, length - 3, 4)]
    if brands[0] in (b"mif1", b"msf1"):
        specific = [b for b in brands[1:] if b in BRANDS and b not in (b"mif1", b"msf1")]
        return BRANDS[specific[0]] if specific else "image/heif"
    for brand in brands:
        if brand in BRANDS and (brand == brands[0] or BRANDS[brand].startswith("image/")):
            return BRANDS[brand]
    return "audio/mp4" if brands[0].startswith(b"M4A") else "video/mp4"


def _zip_type(head: bytes, read_at: ReadAt, size: int) -> str:
    """EPUB and ODF name themselves in a stored first entry; OOXML by the folders it holds."""
    name_length = int.from_bytes(head[26:28], "little")
    extra = int.from_bytes(head[28:30], "little")
    if head[30 : 30 + name_length] == b"mimetype":
        length = int.from_bytes(head[18:22], "little")
        start = 30 + name_length + extra
        return ZIP_FIRST.get(head[start : start + length].strip(), "application/zip")
    directory = read_at(max(0, size - 65_536), 65_536)
    if b"[Content_Types].xml" in directory or b"[Content_Types].xml" in head:
        for folder, media_type in OOXML_PARTS:
            if folder in directory:
                return media_type
    return "application/zip"


def _text_type(head: bytes, size: int, name: str) -> str:
    """Text by its content first, then by its name; anything not text is an octet stream."""
    text = _decode(head, whole=size <= len(head))
    if text is None:
        return OCTET_STREAM
    start = text.lstrip("\ufeff \t\r\n")
    low = start[:1024].lower()
    if re.search(r"<(?:\w+:)?svg[\s>]", low) and low.startswith("<"):
        return "image/svg+xml"
    if low.startswith(("<!doctype html", "<html")) or "<html" in low[:512]:
        return "application/xhtml+xml" if low.startswith("<?xml") else "text/html"
    if start.startswith("WEBVTT"):
        return "text/vtt"
    suffix = PurePath(name).suffix.lower()
    if low.startswith("<?xml"):
        return "application/xml"
    return TEXT_NAMES.get(suffix, "text/plain") if start or size else OCTET_STREAM


def _decode(head: bytes, *, whole: bool) -> str | None:
    """`head` as text, or None when it holds binary data."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", "ignore")
    if b"\x00" in head:
        return None
    try:
        return head.decode("utf-8")
    except UnicodeDecodeError as fault:
        if not whole and fault.start > len(head) - 4:
            return head[: fault.start].decode("utf-8")
    control = sum(byte < 32 and byte not in (9, 10, 12, 13, 27) for byte in head)
    return head.decode("latin-1") if head and control == 0 else None
