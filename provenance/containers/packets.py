"""What a container gives up when it is opened: metadata packets and embedded works.

The parsers of this package find packets and never interpret them; the readers of
`provenance.metadata` and `provenance.rights` interpret them and never parse a container.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from provenance.evidence import NotRunReason

__all__ = ["Container", "Fault", "Packet", "PacketKind", "Part"]


class PacketKind(StrEnum):
    """What a packet holds, whatever file it was found in."""

    XMP = "xmp"
    """An XMP packet (ISO 16684-1): UTF-8 XML, any `<?xpacket?>` wrapper left on."""
    EXIF = "exif"
    """A TIFF structure (EXIF 3.0 section 4.5), from its byte-order mark on."""
    TEXT = "text"
    """One key and value of text: PNG chunk, ID3 frame, Vorbis comment, MP4 item, RIFF INFO, ..."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One metadata packet.

    Attributes:
        kind: what `data` is.
        place: the carrier as the format's specification spells it, the start of a declaration's
            `field`. Texts: `tEXt`, `zTXt`, `iTXt` (PNG), `COM`, `SEF` (JPEG), `IIM` (JPEG, TIFF,
            PNG), `Comment` (GIF), `INFO` (RIFF), `AIFF`, `ID3`, `ID3v1`, `Vorbis`, `ilst`, `mdta`,
            `udta` (MP4), `Matroska`, `onMetaData` (FLV), `Info` (PDF; a Matroska segment), `meta`
            (HTML), `OPF` (EPUB), `core.xml`, `app.xml`, `custom.xml` (OOXML), `meta.xml` (ODF).
            XMP and EXIF: `APP1` (JPEG), `eXIf` and the three texts (PNG), `XMP Data` (GIF), `TIFF`,
            `EXIF`, `XMP ` (WebP), `_PMX` (WAV, AVI), `APPL` (AIFF), `PRIV` (ID3), `uuid`, `XMP_`,
            `CMT1`, `CMT2`, `Exif`, `xml`, `mime` (boxes), `metadata` (SVG), `Metadata` (PDF).
        key: the key inside that carrier (`parameters`, `TXXX:AIGC`, `COMM`, `©cmt`), or ''.
        data: raw bytes for XMP and EXIF, UTF-8 text for TEXT; capped by `limits.metadata_bytes`.
    """

    kind: PacketKind
    place: str
    key: str
    data: bytes

    @property
    def text(self) -> str:
        """`data` as text; bytes that are not UTF-8 become U+FFFD."""
        return self.data.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class Part:
    """A work inside the container: cover art, a picture of a book.

    Attributes:
        path: `picture/0`, or the entry's path in a ZIP.
        data: its bytes.
    """

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that kept the container, or a piece of it, from being read.

    Attributes:
        reason: `limit`, `unreadable` or `encrypted`.
        detail: one plain sentence.
        decoding: whether it keeps the pixels from being decoded, and no metadata from being read.
    """

    reason: NotRunReason
    detail: str
    decoding: bool = False


@dataclass(slots=True)
class Container:
    """What was found in one asset.

    Attributes:
        packets: in file order.
        parts: embedded works, in file order, at most `limits.parts`.
        faults: what could not be read; an empty list means the whole structure was walked.
        pixels: width and height of a picture when its header says so.
    """

    packets: list[Packet] = field(default_factory=list)
    parts: list[Part] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    pixels: tuple[int, int] | None = None
