"""Marks of single makers, and the many names that are none."""

from __future__ import annotations

import struct
import time

import pytest

from provenance.evidence import Statement, Strength
from provenance.metadata.exif import ExifReader
from tests.provenance import making

READER = ExifReader()
UUID = "ec8380a6-2091-423a-b835-209420f99ee1"
SIGNATURE = "Signature: " + "QUJD" * 20 + "QQ=="


def picture(**fields: str | bytes) -> bytes:
    return making.jpeg(making.app1_exif(making.tiff(**fields)))


def galaxy(edits: bytes) -> bytes:
    name = b"PhotoEditor_Re_Edit_Data"
    block = bytes(4) + struct.pack("<I", len(name)) + name + edits
    head = b"SEFH" + struct.pack("<IIHHII", 107, 1, 0, 0, len(block), len(block))
    return making.jpeg(behind=block + head + struct.pack("<I", len(head)) + b"SEFT")


def test_grok_signs_in_the_description_and_names_a_uuid(declared):
    found = declared(READER, picture(ImageDescription=SIGNATURE, Artist=UUID))
    assert [(d.statement, d.strength, d.generator) for d in found] == [
        (Statement.FULLY_AI, Strength.STRONG, "xAI Grok")
    ]


@pytest.mark.parametrize(
    ("fields", "generator", "statement"),
    [
        ({"Make": "Ideogram AI"}, "Ideogram", Statement.FULLY_AI),
        ({"Software": "Adobe Firefly 3"}, "Adobe Firefly", Statement.FULLY_AI),
        ({"Software": "Made with DALL·E 3"}, "DALL-E", Statement.FULLY_AI),
        ({"Model": "Stable Diffusion XL"}, "Stable Diffusion", Statement.FULLY_AI),
        ({"Software": "ComfyUI 0.3.40"}, "ComfyUI", Statement.MAY_CONTAIN_AI),
        ({"Software": "Midjourney v6.1"}, "Midjourney", Statement.FULLY_AI),
        ({"Software": "Stable Diffusion 3.5 Large Turbo"}, "Stable Diffusion", Statement.FULLY_AI),
        ({"Software": "Stable Diffusion v1-5"}, "Stable Diffusion", Statement.FULLY_AI),
        ({"Software": "FLUX.1 Kontext [pro]"}, "FLUX", Statement.FULLY_AI),
        ({"Software": "FLUX.1-dev (Black Forest Labs)"}, "FLUX", Statement.FULLY_AI),
        ({"Software": "DALL·E 3 (OpenAI)"}, "DALL-E", Statement.FULLY_AI),
        ({"Software": "Google Gemini 2.5 Flash Image"}, "Google Imagen", Statement.FULLY_AI),
        ({"Software": "Adobe Firefly Image 4 Ultra"}, "Adobe Firefly", Statement.FULLY_AI),
        ({"Software": "ChatGPT https://chatgpt.com"}, "ChatGPT", Statement.FULLY_AI),
        ({"Software": "Ideogram 3.0 (ideogram.ai)"}, "Ideogram", Statement.FULLY_AI),
    ],
)
def test_a_product_that_names_itself(declared, fields, generator, statement):
    found = declared(READER, picture(**fields))
    assert [(d.generator, d.statement, d.strength) for d in found] == [
        (generator, statement, Strength.MEDIUM)
    ]


def test_the_same_in_xmp_and_in_a_png(declared):
    packet = making.xmp(attributes='xmp:CreatorTool="Adobe Firefly"')
    found = declared(READER, making.png(making.itxt_chunk("XML:com.adobe.xmp", packet)))
    assert [(d.field, d.generator) for d in found] == [("xmp:CreatorTool", "Adobe Firefly")]
    found = declared(READER, making.png_text(Software="Midjourney"))
    assert [(d.field, d.generator) for d in found] == [("tEXt:Software", "Midjourney")]


def test_a_galaxy_notes_generative_edits(declared):
    found = declared(READER, galaxy(b'{"genAIType": 2}'))
    assert [(d.statement, d.strength) for d in found] == [(Statement.PARTLY_AI, Strength.MEDIUM)]


def test_a_hosted_job(declared):
    found = declared(READER, making.png_text(**{"hf-job-id": UUID}))
    assert [(d.field, d.strength) for d in found] == [("tEXt:hf-job-id", Strength.MEDIUM)]


@pytest.mark.parametrize(
    "data",
    [
        picture(Software="Adobe Photoshop 26.0 (Macintosh)", Make="Canon", Model="Canon EOS R5"),
        picture(Software="Adobe Photoshop Lightroom Classic 14"),
        picture(Software="Imagen 1.0"),
        picture(Software="Stable Diffusionist's Darkroom"),
        picture(Software="Plug-in for Stable Diffusion users"),
        picture(Make="FLUX Cameras"),
        picture(Software="ChatGPT for Mac screenshot"),
        picture(Software="Midjourney Removal Tool"),
        picture(Software="Stable Diffusion plots, Matplotlib"),
        picture(Software="Stable Diffusion (Matplotlib)"),
        picture(Make="Ideogram Studio"),
        picture(Model="DALLE 35"),
        picture(Make="Dall e Corte scanner"),
        picture(Software="FLUX.1 photometry pipeline"),
        picture(Software="Recraft Mod"),
        picture(Software="Not Midjourney"),
        picture(Software="Midjourney https://example.org/why-not"),
        picture(Software="OpenAI GPTorrent"),
        making.png(
            making.itxt_chunk(
                "XML:com.adobe.xmp", making.xmp(attributes='xmp:CreatorTool="ChatGPT screenshot"')
            )
        ),
        picture(ImageDescription="My review of Midjourney and DALL-E"),
        picture(ImageDescription="Midjourney"),
        picture(Artist="Ideogram"),
        picture(ImageDescription=SIGNATURE, Artist="Jane Doe"),
        picture(ImageDescription="Signature: J. Doe", Artist=UUID),
        galaxy(b'{"genAIType": 0}'),
        galaxy(b'{"isScaleAI": false}'),
        galaxy(b"not json"),
        making.png_text(**{"hf-job-id": "invoice 12"}),
        making.png_text(Software="GIMP", Comment="better than Midjourney"),
    ],
)
def test_human_metadata_that_resembles_says_nothing(declared, data):
    assert declared(READER, data) == []


def test_a_field_made_to_backtrack_costs_little(declared):
    made = ["Midjourney" + " 1" * 90 + "x", "ChatGPT " + "www." * 47, "ChatGPT v" + "1." * 90 + "!"]
    started = time.process_time()
    for software in made:
        assert declared(READER, picture(Software=software)) == []
    assert time.process_time() - started < 0.5
