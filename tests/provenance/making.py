"""Small files made by code, one function per format: what a test puts in, the parser must find."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
TC260 = "http://www.tc260.org.cn/ns/AIGC/1.0/"
DST = "http://cv.iptc.org/newscodes/digitalsourcetype/"

LABEL = {
    "Label": "1",
    "ContentProducer": "001191110102MACQD9K64010000",
    "ProduceID": "p1",
    "ReservedCode1": "",
    "ContentPropagator": "",
    "PropagateID": "",
    "ReservedCode2": "",
}
LABEL_JSON = json.dumps(LABEL)


def xmp(inside: str = "", attributes: str = "", prefixes: str = "") -> bytes:
    """An XMP packet with one description."""
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" '
        f'xmlns:Iptc4xmpExt="{IPTC}" xmlns:TC260="{TC260}" '
        'xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" '
        f'xmlns:pdf="http://ns.adobe.com/pdf/1.3/" {prefixes} {attributes}>'
        f"{inside}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end='w'?>"
    ).encode()


DST_XMP = xmp(attributes=f'Iptc4xmpExt:DigitalSourceType="{DST}trainedAlgorithmicMedia"')


# --- pictures -----------------------------------------------------------------------------------


def png_chunk(kind: bytes, data: bytes) -> bytes:
    crc = struct.pack(">I", zlib.crc32(kind + data))
    return struct.pack(">I", len(data)) + kind + data + crc


def text_chunk(key: str, text: str) -> bytes:
    return png_chunk(b"tEXt", key.encode() + b"\x00" + text.encode())


def itxt_chunk(key: str, text: bytes, *, compressed: bool = False) -> bytes:
    head = key.encode() + b"\x00" + (b"\x01\x00" if compressed else b"\x00\x00") + b"en\x00k\x00"
    return png_chunk(b"iTXt", head + (zlib.compress(text) if compressed else text))


def png(*chunks: bytes, size: tuple[int, int] = (8, 8)) -> bytes:
    header = png_chunk(b"IHDR", struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0))
    end = png_chunk(b"IDAT", zlib.compress(b"\x00" * 8)) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunks) + end


def png_text(**texts: str) -> bytes:
    return png(*(text_chunk(key, text) for key, text in texts.items()))


def segment(marker: int, data: bytes) -> bytes:
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def app1_xmp(packet: bytes) -> bytes:
    return segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00" + packet)


def app1_exif(packet: bytes) -> bytes:
    return segment(0xE1, b"Exif\x00\x00" + packet)


def iim(**texts: str) -> bytes:
    """IPTC data sets: `iim(r2_116="...")` is record 2, number 116."""
    sets = b""
    for key, text in texts.items():
        record, number = key.removeprefix("r").split("_")
        sets += bytes([0x1C, int(record), int(number)])
        sets += struct.pack(">H", len(text.encode())) + text.encode()
    return sets


def app13(sets: bytes) -> bytes:
    """Photoshop's image resources with an IPTC block behind another one."""
    other = b"8BIM\x04\x25\x00\x00" + struct.pack(">I", 3) + b"abc\x00"
    block = b"8BIM\x04\x04\x00\x00" + struct.pack(">I", len(sets)) + sets
    return segment(0xED, b"Photoshop 3.0\x00" + other + block)


def jpeg(*segments: bytes, size: tuple[int, int] = (8, 8), behind: bytes = b"") -> bytes:
    frame = segment(0xC0, b"\x08" + struct.pack(">HH", size[1], size[0]) + b"\x01\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x00" * 16
    jfif = segment(0xE0, b"JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00")
    return b"\xff\xd8" + jfif + b"".join(segments) + frame + scan + b"\xff\xd9" + behind


def gif(packet: bytes | None = None, comment: bytes | None = None) -> bytes:
    blocks = b""
    if packet is not None:
        trailer = b"\x01" + bytes(range(255, -1, -1)) + b"\x00"
        blocks += b"\x21\xff\x0bXMP DataXMP" + packet + trailer
    if comment is not None:
        blocks += b"\x21\xfe" + bytes([len(comment)]) + comment + b"\x00"
    picture = b"\x2c" + struct.pack("<HHHHB", 0, 0, 8, 6, 0) + b"\x02\x02\x44\x01\x00"
    return b"GIF89a" + struct.pack("<HHBBB", 8, 6, 0x80, 0, 0) + bytes(6) + blocks + picture + b";"


TAGS = {
    "ImageDescription": 0x010E,
    "Make": 0x010F,
    "Model": 0x0110,
    "Software": 0x0131,
    "Artist": 0x013B,
    "XMP": 0x02BC,
    "Copyright": 0x8298,
    "IPTC": 0x83BB,
    "UserComment": 0x9286,
    "XPComment": 0x9C9C,
}


def tiff(order: str = "<", *, size: tuple[int, int] | None = None, **fields: str | bytes) -> bytes:
    """A TIFF structure: the EXIF packet, or a whole file without pictures."""
    values: list[tuple[int, int, bytes]] = []
    if size:
        values += [(0x0100, 4, struct.pack(order + "I", size[0]))]
        values += [(0x0101, 4, struct.pack(order + "I", size[1]))]
    for name, value in fields.items():
        data = value if isinstance(value, bytes) else value.encode() + b"\x00"
        values.append((TAGS[name], 7 if isinstance(value, bytes) else 2, data))
    values.sort()
    at = 8 + 2 + 12 * len(values) + 4
    table, area = struct.pack(order + "H", len(values)), b""
    for tag, kind, data in values:
        count = 1 if kind == 4 else len(data)
        place = (
            data.ljust(4, b"\x00") if len(data) <= 4 else struct.pack(order + "I", at + len(area))
        )
        area += data if len(data) > 4 else b""
        table += struct.pack(order + "HHI", tag, kind, count) + place
    head = b"II*\x00" if order == "<" else b"MM\x00*"
    return head + struct.pack(order + "I", 8) + table + bytes(4) + area


# --- RIFF, FORM ---------------------------------------------------------------------------------


def chunk(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\x00" * (len(data) & 1)


def riff(form: bytes, *chunks: bytes) -> bytes:
    return chunk(b"RIFF", form + b"".join(chunks))


FMT = chunk(b"fmt ", struct.pack("<HHIIHH", 1, 1, 8000, 16000, 2, 16))


def wav(*chunks: bytes) -> bytes:
    return riff(b"WAVE", FMT, chunk(b"data", bytes(64)), *chunks)


def info(**texts: str) -> bytes:
    inside = b"".join(chunk(key.encode(), text.encode() + b"\x00") for key, text in texts.items())
    return chunk(b"LIST", b"INFO" + inside)


def webp(*chunks: bytes, size: tuple[int, int] = (8, 8)) -> bytes:
    width, height = ((n - 1).to_bytes(3, "little") for n in size)
    return riff(b"WEBP", chunk(b"VP8X", b"\x0c\x00\x00\x00" + width + height), *chunks)


def aiff(*chunks: tuple[bytes, bytes]) -> bytes:
    body = b"AIFF"
    for kind, data in chunks:
        body += kind + struct.pack(">I", len(data)) + data + b"\x00" * (len(data) & 1)
    return b"FORM" + struct.pack(">I", len(body)) + body


# --- tags of recordings -------------------------------------------------------------------------


def synchsafe(number: int) -> bytes:
    return bytes(number >> shift & 0x7F for shift in (21, 14, 7, 0))


def frame(name: str, body: bytes, version: int = 4, flags: int = 0) -> bytes:
    if version == 2:
        return name.encode() + len(body).to_bytes(3, "big") + body
    size = synchsafe(len(body)) if version == 4 else struct.pack(">I", len(body))
    return name.encode() + size + struct.pack(">H", flags) + body


def txxx(key: str, value: str) -> bytes:
    return frame("TXXX", b"\x03" + key.encode() + b"\x00" + value.encode())


def comm(text: str) -> bytes:
    return frame("COMM", b"\x03eng\x00" + text.encode())


def apic(picture: bytes) -> bytes:
    return frame("APIC", b"\x00image/png\x00\x03\x00" + picture)


def id3(*frames: bytes, version: int = 4, flags: int = 0) -> bytes:
    body = b"".join(frames)
    return b"ID3" + bytes([version, 0, flags]) + synchsafe(len(body)) + body


MP3_FRAME = b"\xff\xfb\x90\x00" + bytes(413)


def mp3(*frames: bytes, version: int = 4, flags: int = 0, v1: bytes = b"") -> bytes:
    return id3(*frames, version=version, flags=flags) + MP3_FRAME * 2 + v1


def id3v1(title: bytes = b"", comment: bytes = b"") -> bytes:
    return b"TAG" + title.ljust(30, b"\x00") + bytes(64) + comment.ljust(30, b"\x00") + b"\xff"


def vorbis(*comments: str) -> bytes:
    body = struct.pack("<I", 4) + b"made" + struct.pack("<I", len(comments))
    for comment in comments:
        body += struct.pack("<I", len(comment.encode())) + comment.encode()
    return body


def picture_block(picture: bytes) -> bytes:
    media_type = b"image/png"
    return (
        struct.pack(">II", 3, len(media_type))
        + media_type
        + struct.pack(">I", 0)
        + bytes(16)
        + struct.pack(">I", len(picture))
        + picture
    )


def flac(*comments: str, picture: bytes | None = None) -> bytes:
    blocks = [(0, bytes(34)), (4, vorbis(*comments))]
    if picture is not None:
        blocks.append((6, picture_block(picture)))
    data = b"fLaC"
    for index, (kind, body) in enumerate(blocks):
        last = 0x80 if index == len(blocks) - 1 else 0
        data += bytes([kind | last]) + len(body).to_bytes(3, "big") + body
    return data + b"\xff\xf8" + bytes(32)


def ogg_page(packet: bytes, number: int, *, first: bool = False) -> bytes:
    lacing = [255] * (len(packet) // 255) + [len(packet) % 255]
    head = b"OggS\x00" + bytes([2 if first else 0]) + bytes(8) + b"seri"
    return head + struct.pack("<II", number, 0) + bytes([len(lacing), *lacing]) + packet


def ogg(*comments: str) -> bytes:
    """Opus; the comment header must fit one page."""
    head = ogg_page(b"OpusHead" + bytes(11), 0, first=True)
    return head + ogg_page(b"OpusTags" + vorbis(*comments), 1) + ogg_page(bytes(20), 2)


# --- boxes and elements -------------------------------------------------------------------------


def box(kind: bytes, *inside: bytes) -> bytes:
    data = b"".join(inside)
    return struct.pack(">I", len(data) + 8) + kind + data


def ftyp(brand: bytes) -> bytes:
    return box(b"ftyp", brand, bytes(4), brand)


def item_data(value: bytes, kind: int = 1) -> bytes:
    return box(b"data", struct.pack(">II", kind, 0), value)


def ilst_meta(*items: bytes) -> bytes:
    handler = box(b"hdlr", bytes(8), b"mdirappl", bytes(9))
    return box(b"udta", box(b"meta", bytes(4), handler, box(b"ilst", *items)))


def free_form(name: str, value: str) -> bytes:
    mean = box(b"mean", bytes(4), b"com.apple.iTunes")
    return box(b"----", mean, box(b"name", bytes(4), name.encode()), item_data(value.encode()))


def mdta_meta(**values: str) -> bytes:
    keys = b"".join(box(b"mdta", key.encode()) for key in values)
    items = [
        box(struct.pack(">I", number), item_data(value.encode()))
        for number, value in enumerate(values.values(), 1)
    ]
    handler = box(b"hdlr", bytes(8), b"mdta", bytes(13))
    listed = box(b"keys", struct.pack(">II", 0, len(values)), keys)
    return box(b"meta", handler, listed, box(b"ilst", *items))


def mp4(*in_moov: bytes, brand: bytes = b"isom", behind: bytes = b"") -> bytes:
    return ftyp(brand) + box(b"moov", *in_moov) + box(b"mdat", bytes(64)) + behind


XMP_BOX = bytes.fromhex("be7acfcb97a942e89c71999491e3afac")


def heif(exif: bytes = b"", packet: bytes = b"", brand: bytes = b"heic") -> bytes:
    """Items stand in `idat`, so that their places do not depend on the boxes before."""
    parts = [(b"Exif", struct.pack(">I", 0) + exif), (b"mime", packet)]
    entries, places, area = b"", b"", b""
    for number, (kind, data) in enumerate(parts, 1):
        name = b"\x00application/rdf+xml\x00" if kind == b"mime" else b"\x00"
        entries += box(b"infe", b"\x02\x00\x00\x00", struct.pack(">HH", number, 0), kind, name)
        places += struct.pack(">HHHHII", number, 1, 0, 1, len(area), len(data))
        area += data
    iinf = box(b"iinf", bytes(4), struct.pack(">H", len(parts)), entries)
    iloc = box(b"iloc", b"\x01\x00\x00\x00\x44\x00", struct.pack(">H", len(parts)), places)
    ispe = box(b"ispe", bytes(4), struct.pack(">II", 640, 480))
    iprp = box(b"iprp", box(b"ipco", ispe))
    handler = box(b"hdlr", bytes(8), b"pict", bytes(13))
    meta = box(b"meta", bytes(4), handler, iinf, iloc, iprp, box(b"idat", area))
    return ftyp(brand) + meta + box(b"mdat", bytes(16))


def element(number: int, *inside: bytes) -> bytes:
    data = b"".join(inside)
    raw = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return raw + (len(data) | 1 << 56).to_bytes(8, "big") + data


def simple_tag(name: str, value: str, *inside: bytes) -> bytes:
    return element(0x67C8, element(0x45A3, name.encode()), element(0x4487, value.encode()), *inside)


def matroska(*in_segment: bytes) -> bytes:
    return element(0x1A45DFA3, element(0x4282, b"matroska")) + element(0x18538067, *in_segment)


def matroska_tags(*simple: bytes) -> bytes:
    return matroska(element(0x1254C367, element(0x7373, *simple)))


def amf_text(text: str) -> bytes:
    return struct.pack(">H", len(text.encode())) + text.encode()


def flv(**members: str) -> bytes:
    body = b"\x02" + amf_text("onMetaData") + b"\x08" + struct.pack(">I", len(members))
    for key, value in members.items():
        body += amf_text(key) + b"\x02" + amf_text(value)
    body += b"\x00\x00\x09"
    tag = b"\x12" + len(body).to_bytes(3, "big") + bytes(7) + body
    return b"FLV\x01\x05\x00\x00\x00\x09" + bytes(4) + tag + struct.pack(">I", len(tag))


# --- documents ----------------------------------------------------------------------------------


def pdf(packet: bytes | None = None, password: str | None = None, **information: str) -> bytes:
    import pikepdf

    document = pikepdf.new()
    for key, value in information.items():
        document.docinfo[f"/{key}"] = value
    if packet is not None:
        document.Root.Metadata = document.make_stream(
            packet, Type=pikepdf.Name.Metadata, Subtype=pikepdf.Name.XML
        )
    written = io.BytesIO()
    if password is None:
        document.save(written)
    else:
        document.save(written, encryption=pikepdf.Encryption(owner=password, user=password))
    return written.getvalue()


def archive(*entries: tuple[str, bytes | str]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries:
            stored = zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED
            packed.writestr(zipfile.ZipInfo(name), data, stored)
    return written.getvalue()


def epub(metadata: str, *entries: tuple[str, bytes | str]) -> bytes:
    container = (
        '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
    )
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<metadata>{metadata}</metadata></package>"
    )
    return archive(
        ("mimetype", "application/epub+zip"),
        ("META-INF/container.xml", container),
        ("OEBPS/content.opf", package),
        *entries,
    )


def docx(core: str = "", custom: str = "") -> bytes:
    core_xml = (
        '<cp:coreProperties xmlns:cp="urn:cp" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"{core}</cp:coreProperties>"
    )
    custom_xml = f'<Properties xmlns="urn:p" xmlns:vt="urn:vt">{custom}</Properties>'
    return archive(
        ("[Content_Types].xml", "<Types/>"),
        ("word/document.xml", "<document/>"),
        ("docProps/core.xml", core_xml),
        ("docProps/custom.xml", custom_xml),
    )


def svg(packet: bytes | None = None) -> bytes:
    inside = b"" if packet is None else b"<metadata>" + packet + b"</metadata>"
    return b'<svg xmlns="http://www.w3.org/2000/svg">' + inside + b'<path d="M0 0"/></svg>'


def html(*metas: str) -> bytes:
    return (
        "<!doctype html><html><head>" + "".join(metas) + "</head><body>x</body></html>"
    ).encode()
