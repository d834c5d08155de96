"""Web UI parameters in PNG and EXIF."""

from __future__ import annotations

import pytest

from provenance.evidence import Statement, Strength
from provenance.metadata.a1111 import A1111Reader
from tests.provenance import making

READER = A1111Reader()
SETTINGS = "Steps: 20, Sampler: Euler a, CFG scale: 7, Seed: 1, Model hash: 6ce0161689, Model: v1-5"
TEXT = f"a cat\nNegative prompt: dog\n{SETTINGS}, Version: v1.10.1"


def test_parameters_in_a_png(declared):
    found = declared(READER, making.png_text(parameters=TEXT))
    assert [(d.field, d.value, d.statement, d.strength, d.generator) for d in found] == [
        (
            "tEXt:parameters",
            TEXT,
            Statement.FULLY_AI,
            Strength.STRONG,
            "Stable Diffusion web UI v1.10.1, model v1-5",
        )
    ]


@pytest.mark.parametrize("order", ["<", ">"], ids=["little-endian", "big-endian"])
@pytest.mark.parametrize("encoding", ["utf-16-be", "utf-16-le"])
def test_user_comment_in_either_order_whatever_the_file_s(declared, order, encoding):
    exif = making.tiff(order, UserComment=b"UNICODE\x00" + TEXT.encode(encoding))
    for data in (
        making.jpeg(making.app1_exif(exif)),
        making.webp(making.chunk(b"EXIF", exif)),
        making.heif(exif, brand=b"avif"),
    ):
        assert [(d.field, d.value) for d in declared(READER, data)] == [("EXIF:UserComment", TEXT)]


@pytest.mark.parametrize(
    ("settings", "statement"),
    [
        ("Denoising strength: 0.7", Statement.PARTLY_AI),
        ("Mask blur: 4", Statement.PARTLY_AI),
        ("Inpaint area: Only masked", Statement.PARTLY_AI),
        ("Denoising strength: 0.7, Hires upscale: 2", Statement.FULLY_AI),
        ("Denoising strength: 0.7, Hires upscale: 2, Mask blur: 4", Statement.PARTLY_AI),
    ],
)
def test_work_over_a_picture_is_partly_ai(declared, settings, statement):
    data = making.png_text(parameters=f"a cat\n{SETTINGS}, {settings}")
    assert [d.statement for d in declared(READER, data)] == [statement]


@pytest.mark.parametrize(
    "settings",
    [
        "Steps: 30, Sampler: DPM++ 2M Karras, Size: 512x768",
        "Steps: 28, CFG scale: 3.5, Seed: 90210",
        "Steps: 9, Seed: -1, Model hash: 6ce0161689",
        "Steps: 30, Sampler: Euler Ancestral, Guidance Scale: 7.0",
        "Steps: 20, Sampler: k_euler_a, Seed: 7",
    ],
)
def test_two_settings_besides_the_steps_are_enough(declared, settings):
    data = making.png_text(parameters=f"a cat\n{settings}")
    assert [d.statement for d in declared(READER, data)] == [Statement.FULLY_AI]


def test_the_prompt_does_not_decide_what_the_settings_say(declared):
    data = making.png_text(parameters=f"Mask blur: 4, Inpaint area: sky\n{SETTINGS}")
    assert [d.statement for d in declared(READER, data)] == [Statement.FULLY_AI]


@pytest.mark.parametrize(
    "text",
    [
        "Steps: 3 up to the door",
        "Sampler: Akai S950, Seed: none",
        "a photograph of steps",
        "Steps: many, Sampler: x",
        "Steps: 12, Seed: cucumber",
        "Steps: 12, Seed: 4",
        "Steps: 12, Sampler: Akai S950, Size: 30x40",
        "Steps: 12b, Seed: 1, Size: 512x512",
        "Steps: 3, Size: large, CFG scale: high, Model hash: browns",
        "",
    ],
)
def test_human_metadata_that_resembles_says_nothing(declared, text):
    assert declared(READER, making.png_text(parameters=text)) == []
    assert declared(READER, making.png_text(Description=TEXT)) == []


def test_a_real_file(declared, data_pack):
    data = (data_pack / "c2pa/files/own/a1111.png").read_bytes()
    assert [d.statement for d in declared(READER, data)] == [Statement.FULLY_AI]
