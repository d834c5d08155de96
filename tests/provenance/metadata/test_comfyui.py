"""ComfyUI graphs: which nodes there are decides what is declared."""

from __future__ import annotations

import json

import pytest

from provenance.evidence import Statement, Strength
from provenance.metadata.comfyui import ComfyUiReader
from tests.provenance import making

READER = ComfyUiReader()


def prompt(*kinds: str) -> str:
    return json.dumps({str(n): {"class_type": kind, "inputs": {}} for n, kind in enumerate(kinds)})


def workflow(*kinds: str, mode: int = 0) -> str:
    nodes = [{"type": kind, "mode": mode} for kind in kinds]
    return json.dumps({"nodes": nodes, "version": 0.4})


@pytest.mark.parametrize(
    ("kinds", "statement"),
    [
        (["CheckpointLoaderSimple", "KSampler", "VAEDecode", "SaveImage"], Statement.FULLY_AI),
        (["SamplerCustomAdvanced", "KSamplerSelect"], Statement.FULLY_AI),
        (["LoadImage", "VAEEncode", "KSampler"], Statement.PARTLY_AI),
        (["VHS_LoadVideo", "KSampler"], Statement.PARTLY_AI),
        (["ImageOnlyCheckpointLoader", "KSampler"], Statement.FULLY_AI),
        (["OpenAIDalle3", "SaveImage"], Statement.FULLY_AI),
        (["KlingTextToVideoNode"], Statement.FULLY_AI),
        (["LoadImage", "KlingImage2VideoNode"], Statement.PARTLY_AI),
        (["LoadImage", "KSampler (Efficient)"], Statement.PARTLY_AI),
        (["KSampler //Inspire"], Statement.FULLY_AI),
        (["easy fullkSampler"], Statement.FULLY_AI),
        (["WanVideoSampler"], Statement.FULLY_AI),
        (["GeminiImage2Node"], Statement.FULLY_AI),
        (["IdeogramV3"], Statement.FULLY_AI),
        (["RunwayImageToVideoNodeGen4"], Statement.FULLY_AI),
        (["PikaTextToVideoNode2_2"], Statement.FULLY_AI),
        (["StabilityStableImageSD_3_5Node"], Statement.FULLY_AI),
        (["OpenAIGPTImageNodeV2"], Statement.FULLY_AI),
        (["WanTextToImageApi"], Statement.FULLY_AI),
        (["LoadImage", "FramesToVideo"], Statement.MAY_CONTAIN_AI),
        (["LoadImage", "ImageToImageList"], Statement.MAY_CONTAIN_AI),
        (["LoadImage", "VideoFrameSampler"], Statement.MAY_CONTAIN_AI),
        (["LoadImage", "FrameSampler"], Statement.MAY_CONTAIN_AI),
        (["LoadImage", "ColorSampler"], Statement.MAY_CONTAIN_AI),
        (["LoadImage", "TextToImage"], Statement.MAY_CONTAIN_AI),
        (["LoadAudio", "MelBandRoFormerSampler"], Statement.MAY_CONTAIN_AI),
        (["KSamplerSelect", "RgthreeKSamplerConfig"], Statement.MAY_CONTAIN_AI),
        (["GeminiImageToPromptNode", "FluxKontextImageScale"], Statement.MAY_CONTAIN_AI),
        (["LoadImage", "TopazImageEnhance"], Statement.MAY_CONTAIN_AI),
        (["OpenAIChatNode"], Statement.MAY_CONTAIN_AI),
        (["LoadImage", "ImageUpscaleWithModel"], Statement.MAY_CONTAIN_AI),
        (["LoadImage", "RecraftRemoveBackgroundNode"], Statement.MAY_CONTAIN_AI),
        (["LoadAudio", "AudioResampler"], Statement.MAY_CONTAIN_AI),
    ],
)
def test_the_nodes_decide(declared, kinds, statement):
    for texts in ({"prompt": prompt(*kinds)}, {"workflow": workflow(*kinds)}):
        found = declared(READER, making.png_text(**texts))
        assert [(d.statement, d.strength, d.generator) for d in found] == [
            (statement, Strength.STRONG, "ComfyUI")
        ]


def test_the_prompt_was_executed_and_outweighs_the_drawing(declared):
    data = making.png_text(workflow=workflow("LoadImage", "KSampler"), prompt=prompt("KSampler"))
    found = declared(READER, data)
    assert [(d.field, d.statement) for d in found] == [("tEXt:prompt", Statement.FULLY_AI)]


def test_nodes_that_were_switched_off_did_nothing(declared):
    nodes = json.loads(workflow("KSampler"))["nodes"]
    nodes += json.loads(workflow("LoadImage", mode=4))["nodes"]
    data = making.png_text(workflow=json.dumps({"nodes": nodes}))
    assert [d.statement for d in declared(READER, data)] == [Statement.FULLY_AI]


@pytest.mark.parametrize(
    ("data", "field"),
    [
        (
            making.webp(making.chunk(b"EXIF", making.tiff(Model=f"prompt:{prompt('KSampler')}"))),
            "EXIF:Model",
        ),
        (making.mp4(making.mdta_meta(prompt=prompt("KSampler"))), "mdta:prompt"),
        (making.flac(f"prompt={prompt('KSampler')}"), "Vorbis:PROMPT"),
        (making.mp3(making.txxx("prompt", prompt("KSampler"))), "ID3:TXXX:prompt"),
    ],
    ids=["WebP", "MP4", "FLAC", "MP3"],
)
def test_other_carriers(declared, data, field):
    assert [(d.field, d.statement) for d in declared(READER, data)] == [(field, Statement.FULLY_AI)]


@pytest.mark.parametrize(
    "texts",
    [
        {"prompt": "a cat"},
        {"prompt": '{"question": "what is this?"}'},
        {"workflow": '{"nodes": []}'},
        {"workflow": '{"steps": ["KSampler"]}'},
        {"prompt": "[" * 100_000},
        {"Comment": prompt("KSampler")},
    ],
)
def test_human_metadata_that_resembles_says_nothing(declared, texts):
    assert declared(READER, making.png_text(**texts)) == []


def test_a_real_file(declared, data_pack):
    data = (data_pack / "c2pa/files/own/comfy.png").read_bytes()
    assert [d.statement for d in declared(READER, data)] == [Statement.FULLY_AI]
