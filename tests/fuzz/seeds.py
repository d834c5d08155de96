"""The seed corpus: small honest files and documents for every target, made anew each time.

`python -m tests.fuzz.seeds OUT` writes them into `OUT/TARGET/NAME`. The same code makes the same
bytes; nothing comes from anywhere else.
"""

from __future__ import annotations

import argparse
import base64
import json
import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path

from tests.fuzz import (
    archive_seeds,
    declared_rights_seeds,
    embedded_rights_seeds,
    killers,
    language_seeds,
    robots_seeds,
    running_text_seeds,
    statement_seeds,
    supplied_seeds,
)
from tests.fuzz.signed_seeds import attestations, pem, proofs, stores, trust_list
from tests.provenance import making

__all__ = ["seeds", "write"]

PARAMETERS = (
    "a lighthouse\nNegative prompt: fog\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 4294, "
    "Size: 512x512, Model hash: 0123456789, Model: some, Version: v1.10.1"
)
GRAPH = '{"1": {"class_type": "KSampler", "inputs": {}}, "2": {"class_type": "LoadImage"}}'
WORKFLOW = '{"nodes": [{"type": "KSampler", "mode": 0}, {"type": "LoadImage", "mode": 4}]}'
INVOKE = '{"app_version": "5", "generation_mode": "sdxl_img2img", "seed": 1, "model": {"a": 1}}'
INVOKE_GRAPH = '{"nodes": {"a": {"type": "denoise_latents"}, "b": {"type": "i2l"}}}'
NOVEL = '{"steps": 28, "sampler": "k_euler", "request_type": "PromptGenerateRequest"}'
EXIF = making.tiff(ImageDescription="d", Make="prompt:{}", UserComment=b"UNICODE\0" + b"S\0t\0")
COVER = making.png_text(parameters="Steps: 1, Seed: 1, Size: 8x8")

TOOL = "xmp:CreatorTool"

Named = dict[str, bytes]


def raw_profile() -> bytes:
    """ImageMagick's text of an EXIF packet."""
    held = b"Exif\0\0" + EXIF
    return f"\nexif\n{len(held):8d}\n{held.hex()}\n".encode()


def extended_xmp() -> bytes:
    """A JPEG whose packet goes on in another segment."""
    more, digest = making.DST_XMP, b"0123456789ABCDEF0123456789ABCDEF"
    main = making.xmp(
        attributes=f'xmpNote:HasExtendedXMP="{digest.decode()}"',
        prefixes='xmlns:xmpNote="http://ns.adobe.com/xmp/note/"',
    )
    head = b"http://ns.adobe.com/xmp/extension/\0" + digest + struct.pack(">II", len(more), 0)
    return making.jpeg(making.app1_xmp(main), making.segment(0xE1, head + more))


def samsung() -> bytes:
    """A JPEG with a directory of blocks behind the picture."""
    name, text = b"PhotoEditor_Re_Edit_Data", b'{"originalPath": "", "isAiEdited": true}'
    block = bytes(4) + struct.pack("<I", len(name)) + name + text
    directory = b"SEFH" + struct.pack("<II4xII", 106, 1, len(block), len(block))
    return making.jpeg(behind=block + directory + struct.pack("<I", len(directory)) + b"SEFT")


def pictures(target: str) -> Named:
    """Seeds of the picture formats."""
    match target:
        case "png":
            return {
                "text": making.png_text(parameters=PARAMETERS, prompt=GRAPH),
                "compressed": making.png(
                    making.itxt_chunk("XML:com.adobe.xmp", making.DST_XMP, compressed=True),
                    making.text_chunk("Raw profile type exif", raw_profile().decode()),
                    making.png_chunk(b"eXIf", EXIF),
                ),
            }
        case "jpeg":
            plain = making.jpeg(making.app1_exif(EXIF), making.app1_xmp(making.DST_XMP))
            captioned = making.jpeg(making.app13(making.iim(r2_40="ask", r2_116="(c)")))
            special = {"extended": extended_xmp(), "samsung": samsung(), "iim": captioned}
            return {"plain": plain} | special
        case "gif":
            return {"both": making.gif(making.DST_XMP, b"comment")}
        case "tiff":
            orders = {
                name: making.tiff(order, size=(9, 9), Make="m", XMP=making.DST_XMP)
                for name, order in (("little", "<"), ("big", ">"))
            }
            wide = struct.pack("<HHQ", 8, 0, 16) + struct.pack("<QHHQQQ", 1, 305, 2, 4, 0x41, 0)
            return orders | {"wide": b"II+\0" + wide} | killers.tiffs(small=True)
        case "heif":
            return {
                "items": making.heif(EXIF, making.DST_XMP),
                "jpeg_xl": making.box(b"JXL ", b"\r\n\x87\n")
                + making.box(b"Exif", bytes(4), EXIF)
                + making.box(b"xml ", making.DST_XMP),
            }
    return {"metadata": making.svg(making.DST_XMP), "plain": making.svg()}


def recordings(target: str) -> Named:
    """Seeds of the formats of sound and film."""
    tag = making.id3(making.comm("made with x"), making.apic(COVER))
    match target:
        case "riff":
            wav = making.wav(making.info(ISFT="Suno"), making.chunk(b"id3 ", tag))
            return {
                "wav": wav,
                "webp": making.webp(making.chunk(b"EXIF", EXIF)),
                "open": b"RF64\xff\xff\xff\xff" + wav[8:],
            } | killers.riffs()
        case "aiff":
            xmp = b"XMP " + making.DST_XMP
            return {"aiff": making.aiff((b"ANNO", b"x"), (b"ID3 ", tag), (b"APPL", xmp))}
        case "mpeg_audio":
            return {
                "v2.4": making.mp3(making.comm("udio"), making.apic(COVER), v1=making.id3v1(b"t")),
                "v2.2": making.mp3(making.frame("COM", b"\0eng\0hello", 2), version=2),
                "v2.3": making.mp3(
                    making.frame("TIT2", b"\x01\xff\xfex\0", 3), version=3, flags=0x80
                ),
            } | killers.id3s()
        case "flac":
            return {"flac": making.flac("A=b", picture=COVER)}
        case "ogg":
            picture = base64.b64encode(making.picture_block(making.png())).decode()
            return {"opus": making.ogg("A=b", f"METADATA_BLOCK_PICTURE={picture}")}
        case "bmff":
            cover = making.box(b"covr", making.item_data(making.png(), 14))
            return {
                "m4a": making.mp4(making.ilst_meta(making.free_form("AIGC", "{}"), cover)),
                "mov": making.mp4(making.mdta_meta(AIGC=making.LABEL_JSON)),
                "xmp": making.mp4() + making.box(b"uuid", making.XMP_BOX, making.DST_XMP),
                "deep": killers.nested_boxes(40),
            }
        case "matroska":
            attached = making.element(
                0x61A7, making.element(0x4660, b"image/png"), making.element(0x465C, COVER)
            )
            inner = making.simple_tag("AIGC", making.LABEL_JSON, making.simple_tag("a", "b"))
            return {
                "tags": making.matroska_tags(inner),
                "attached": making.matroska(
                    making.element(0x1549A966, making.element(0x4D80, b"Lavf")),
                    making.element(0x1941A469, attached),
                ),
            }
    return {"flv": making.flv(AIGC=making.LABEL_JSON, encoder="Lavf")}


def documents(target: str) -> Named:
    """Seeds of the document formats."""
    title = "<dc:title>t</dc:title>"
    match target:
        case "html":
            metas = ('<meta name="AIGC" content="{}">', "<!-- x --><script>1</script>")
            return {"html": making.html(*metas)}
        case "pdf":
            return {
                "plain": making.pdf(making.DST_XMP, Creator="c"),
                "password": making.pdf(making.DST_XMP, password="p"),  # noqa: S106
            }
        case "epub":
            return {"epub": making.epub(title, ("a.png", COVER))}
        case "ooxml":
            return {"docx": making.docx(title, '<property name="AIGC"><v>{}</v></property>')}
        case "odf":
            meta = (
                '<m xmlns:meta="urn:oasis:names:tc:opendocument:xmlns:meta:1.0">'
                '<meta:user-defined meta:name="AIGC">{}</meta:user-defined></m>'
            )
            kind = "application/vnd.oasis.opendocument.text"
            return {"odt": making.archive(("mimetype", kind), ("meta.xml", meta))}
    return {"zip": making.archive(("a.txt", "a"), ("b.png", COVER))}


def texts() -> Named:
    """One text for each reader of texts."""
    said = (PARAMETERS, GRAPH, WORKFLOW, INVOKE, INVOKE_GRAPH, NOVEL, making.LABEL_JSON)
    others = (
        '"x" -s 50 -S 1234 -W 512 -C 7.5 -A k_lms',
        "a lighthouse --v 6.1 --ar 3:2 Job ID: 01234567-89ab-cdef-0123-456789abcdef",
        f"{making.DST}trainedAlgorithmicMedia",
        "https://example.org/manifest.c2pa",
        "Suno; made with suno studio",
        json.dumps({"AIGC": making.LABEL_JSON}),
    )
    return {f"{number:02d}": text.encode() for number, text in enumerate((*said, *others))}


def marks() -> Named:
    """Texts that have, or nearly have, a manifest."""
    from provenance.c2pa.text import DELIMITER, MAGIC

    script = '<script type="application/c2pa">' + "QUFB" * 20 + "</script>"
    link = '<link rel="c2pa-manifest" href="https://example.org/a.c2pa">'
    far = "https://example.org/" + "a" * 200 + ".c2pa"
    return {
        "wrapped": b"A story." + MAGIC + b"\xef\xb8\x80",
        "delimited": b"# " + DELIMITER + b"\n# " + far.encode() + b"\n",
        "script": making.html(script),
        "link": making.html(link),
        "far": b" " * 3900 + DELIMITER + b" " + far.encode(),
        "far_link": b"<html>" + b" " * 4040 + link.encode(),
    }


def summaries() -> Named:
    """Manifests as the C2PA library gives them."""
    from tests.provenance.c2pa import summaries as make

    made = make.actions(make.action("created", make.AI), make.action("edited", make.CAPTURE))
    parent = make.manifest(make.actions(make.action("created", make.CAPTURE)))
    child = make.manifest(
        make.actions(make.action("opened"), make.action("placed")),
        make.metadata(make.PARTLY),
        ingredients=[
            make.ingredient("parent", validation_status=make.codes("timeStamp.mismatch")),
            make.ingredient("lost", "componentOf"),
        ],
    )
    both = {"manifests": {"active": child, "parent": parent}}
    loop = make.manifest(made, ingredients=[make.ingredient("active")])
    given = {"one": make.manifest(made), "two": both, "loop": loop}
    return {name: json.dumps(one).encode() for name, one in given.items()}


OTHERS: dict[str, Callable[[], Named]] = {
    "xmp": lambda: {
        "attribute": making.DST_XMP,
        "array": making.xmp(
            "<xmp:CreatorTool><rdf:Bag><rdf:li>x</rdf:li></rdf:Bag></xmp:CreatorTool>"
        ),
    },
    "exif": lambda: {"exif": EXIF, "big": making.tiff(">", Artist="a", XPComment=b"a\0")},
    "texts": texts,
    "marks": marks,
    "text_carriers": marks,
    "plus": embedded_rights_seeds.packets,
    "rsl": declared_rights_seeds.rsl,
    "ai_txt": declared_rights_seeds.ai_txt,
    "tdm_ai": declared_rights_seeds.tdm_ai,
    "onix": declared_rights_seeds.onix,
    "supplied": supplied_seeds.documents,
    "tag_fields": lambda: {"fields": embedded_rights_seeds.FIELDS},
    "aipref": lambda: statement_seeds.robots("aipref"),
    "content_signals": lambda: statement_seeds.robots("content-signals"),
    "tdmrep": statement_seeds.tdmrep,
    "robots_directives": statement_seeds.robots_directives,
    "robots_txt": robots_seeds.robots,
    "natural_language": language_seeds.documents,
    "running_text": running_text_seeds.documents,
    "subtitles": running_text_seeds.subtitles,
    "page_lines": running_text_seeds.page_lines,
    "warc": archive_seeds.archives,
    "cdx": archive_seeds.exports,
    "store": stores,
    "summary": summaries,
    "trust_list": lambda: {"list": trust_list()},
    "trust_pem": lambda: {"pem": pem()},
    "proof": proofs,
}
PICTURES = ("png", "jpeg", "gif", "tiff", "heif", "svg")
RECORDINGS = ("riff", "aiff", "mpeg_audio", "flac", "ogg", "bmff", "matroska", "flv")
DOCUMENTS = ("html", "pdf", "epub", "ooxml", "odf", "zip")


@cache
def seeds(target: str) -> Named:
    """The seeds of a target, by name."""
    if target in OTHERS:
        return OTHERS[target]()
    if target in ("media", "content"):
        groups = ((PICTURES, pictures), (RECORDINGS, recordings), (DOCUMENTS, documents))
        return {
            f"{name}.{kind}": data
            for names, make in groups
            for name in names
            for kind, data in make(name).items()
        }
    if target in PICTURES:
        return pictures(target)
    if target in RECORDINGS:
        return recordings(target)
    return documents(target) if target in DOCUMENTS else attestations(target)


def write(folder: Path, target: str) -> Path:
    """The seeds of a target as files; the folder that holds them."""
    place = folder / target
    place.mkdir(parents=True, exist_ok=True)
    for name, data in seeds(target).items():
        (place / name).write_bytes(data)
    return place


def main() -> None:
    """Write the corpus of every target."""
    from tests.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.seeds", description=main.__doc__)
    parser.add_argument("out", type=Path)
    folder = parser.parse_args().out
    for target in TARGETS:
        write(folder, target)


if __name__ == "__main__":
    main()
