"""NovelAI, InvokeAI and Midjourney: each by its own texts, none by its name alone."""

from __future__ import annotations

import json

import pytest

from provenance.evidence import Statement, Strength
from provenance.metadata.invokeai import InvokeAiReader
from provenance.metadata.midjourney import MidjourneyReader
from provenance.metadata.novelai import NovelAiReader
from tests.provenance import making

NOVELAI, INVOKEAI, MIDJOURNEY = NovelAiReader(), InvokeAiReader(), MidjourneyReader()
JOB = "Job ID: 00000000-0000-4000-8000-000000000000"


def novelai(**settings: object) -> bytes:
    comment = json.dumps({"steps": 28, "seed": 1, "signed_hash": "x"} | settings)
    return making.png_text(
        Software="NovelAI", Source="Stable Diffusion XL 9CC2F394", Comment=comment
    )


def invokeai(**settings: object) -> bytes:
    return making.png_text(invokeai_metadata=json.dumps(settings))


@pytest.mark.parametrize(
    ("reader", "data", "statement", "generator"),
    [
        (
            NOVELAI,
            novelai(),
            Statement.FULLY_AI,
            "NovelAI, model Stable Diffusion XL 9CC2F394",
        ),
        (
            NOVELAI,
            novelai(request_type="NativeInfillingRequest"),
            Statement.PARTLY_AI,
            "NovelAI, model Stable Diffusion XL 9CC2F394",
        ),
        (INVOKEAI, invokeai(generation_mode="txt2img"), Statement.FULLY_AI, "InvokeAI"),
        (INVOKEAI, invokeai(model={"name": "m"}, seed=1), Statement.FULLY_AI, "InvokeAI"),
        (
            INVOKEAI,
            invokeai(model={"name": "m"}, steps=30, upscale_initial_image={"image_name": "x"}),
            Statement.PARTLY_AI,
            "InvokeAI",
        ),
        (INVOKEAI, invokeai(app_version="5.1.0"), Statement.MAY_CONTAIN_AI, "InvokeAI 5.1.0"),
        (
            INVOKEAI,
            invokeai(app_version="5.1.0", upscale_model={"name": "ESRGAN"}),
            Statement.MAY_CONTAIN_AI,
            "InvokeAI 5.1.0",
        ),
        (
            INVOKEAI,
            invokeai(positive_prompt="a cat", model={"name": "m"}, seed="cucumber"),
            Statement.MAY_CONTAIN_AI,
            "InvokeAI",
        ),
        (
            INVOKEAI,
            making.png_text(
                invokeai_metadata='{"app_version": "5.1.0"}',
                invokeai_graph='{"nodes": {"a": {"type": "denoise_latents"}}}',
            ),
            Statement.FULLY_AI,
            "InvokeAI",
        ),
        (
            INVOKEAI,
            making.png_text(**{"sd-metadata": '{"model": "sd", "image": {"seed": 1}}'}),
            Statement.FULLY_AI,
            "InvokeAI",
        ),
        (
            INVOKEAI,
            invokeai(generation_mode="sdxl_img2img", app_version="5.1.0"),
            Statement.PARTLY_AI,
            "InvokeAI 5.1.0",
        ),
        (
            INVOKEAI,
            making.png_text(invokeai_graph='{"nodes": {"a": {"type": "denoise_latents"}}}'),
            Statement.FULLY_AI,
            "InvokeAI",
        ),
        (
            INVOKEAI,
            making.png_text(**{"sd-metadata": '{"model": "sd", "image": {"type": "txt2img"}}'}),
            Statement.FULLY_AI,
            "InvokeAI",
        ),
        (
            INVOKEAI,
            making.png_text(Dream='"a cat" -s 50 -S 1234 -W 512 -I init.png'),
            Statement.PARTLY_AI,
            "InvokeAI",
        ),
        (
            MIDJOURNEY,
            making.png_text(Description=f"a cat --ar 3:2 --v 5.2 {JOB}"),
            Statement.FULLY_AI,
            "Midjourney 5.2",
        ),
        (
            MIDJOURNEY,
            making.jpeg(making.app1_exif(making.tiff(ImageDescription=f"a --niji 6 {JOB}"))),
            Statement.FULLY_AI,
            "Midjourney Niji 6",
        ),
    ],
)
def test_what_each_writes(declared, reader, data, statement, generator):
    found = declared(reader, data)
    assert [(d.statement, d.strength, d.generator) for d in found] == [
        (statement, Strength.STRONG, generator)
    ]


@pytest.mark.parametrize(
    ("reader", "texts"),
    [
        (NOVELAI, {"Software": "NovelAI"}),
        (NOVELAI, {"Software": "GIMP", "Comment": '{"steps": 1}'}),
        (NOVELAI, {"Description": "NovelAI", "Comment": '{"signed_hash": "x"}'}),
        (INVOKEAI, {"invokeai_metadata": "hello"}),
        (INVOKEAI, {"invokeai_metadata": "{}"}),
        (INVOKEAI, {"invokeai_graph": '{"nodes": {"a": {"type": "esrgan"}}}'}),
        (INVOKEAI, {"sd-metadata": '{"model": "sd", "image": {"type": "postprocessing"}}'}),
        (INVOKEAI, {"sd-metadata": '{"model": "sd", "image": "none"}'}),
        (INVOKEAI, {"Dream": "I had a dream -s"}),
        (MIDJOURNEY, {"Description": f"Proof for print, {JOB}"}),
        (MIDJOURNEY, {"Description": "a --v sign; Job ID: 12345"}),
        (MIDJOURNEY, {"Description": "my midjourney through Norway --v 6"}),
    ],
)
def test_human_metadata_that_resembles_says_nothing(declared, reader, texts):
    assert declared(reader, making.png_text(**texts)) == []


@pytest.mark.parametrize(
    ("reader", "name"),
    [(NOVELAI, "novelai.png"), (INVOKEAI, "invokeai.png"), (MIDJOURNEY, "midjourney.png")],
)
def test_real_files(declared, data_pack, reader, name):
    data = (data_pack / "c2pa/files/own" / name).read_bytes()
    assert [(d.statement, d.strength) for d in declared(reader, data)] == [
        (Statement.FULLY_AI, Strength.STRONG)
    ]
