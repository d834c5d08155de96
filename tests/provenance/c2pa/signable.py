"""A tiny work of every kind that can be signed, made by code."""

from __future__ import annotations

import io
import zipfile

from PIL import Image

from tests.provenance import making


def picture(kind):
    written = io.BytesIO()
    image = Image.radial_gradient("L").resize((32, 32)).convert("RGB")
    image.save(written, kind)
    return written.getvalue()


def iso(brand):
    return (
        making.ftyp(brand)
        + making.box(b"moov", making.box(b"mvhd", bytes(100)))
        + making.box(b"mdat", bytes(range(250)) * 2)
    )


def epub(compression=zipfile.ZIP_STORED):
    files = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": (
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            '<rootfile full-path="OEBPS/content.opf"/></rootfiles></container>'
        ),
        "OEBPS/content.opf": '<package xmlns="http://www.idpf.org/2007/opf"><metadata/></package>',
    }
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as packed:
        for name, text in files.items():
            stored = zipfile.ZIP_STORED if name == "mimetype" else compression
            packed.writestr(zipfile.ZipInfo(name), text, stored)
    return written.getvalue()


WORKS = {
    "wav": making.wav,
    "mp3": lambda: making.mp3(making.txxx("mood", "calm")),
    "flac": lambda: making.flac("ARTIST=somebody"),
    "m4a": lambda: iso(b"M4A "),
    "mp4": lambda: iso(b"isom"),
    "mov": lambda: iso(b"qt  "),
    "jpg": lambda: picture("JPEG"),
    "png": lambda: picture("PNG"),
    "webp": lambda: picture("WEBP"),
    "gif": lambda: picture("GIF"),
    "tiff": lambda: picture("TIFF"),
    "avif": lambda: picture("AVIF"),
    "heic": lambda: iso(b"heic"),
    "svg": making.svg,
    "pdf": lambda: making.pdf(Title="A title"),
    "epub": epub,
}

NOT_COMPARED = {"pdf"}
