"""Makes every file of `samples/`: a handful of small works that anyone can try Assay on.

    python -m tools.make_samples

All content is drawn, synthesised or written here, so nobody else has a right in it; it is given
away under CC0-1.0. No camera and no generator took part: what a sample *says* about its origin is
what it is a sample of. `expected.json` tells, for each file, what it is and what Assay must say,
once with `--trust samples/ca.pem` and once without; a test holds Assay to it.

The keys are made anew at each run and not kept, so the signed files and `ca.pem` belong together:
run this script and commit all of it, or nothing.
"""

from __future__ import annotations

import io
import json
import math
import random
import re
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFilter
from PIL.PngImagePlugin import PngInfo

from tools.authority import Authority, Ingredient
from tools.tune import mp3_tune, wav_tune

FOLDER = Path(__file__).resolve().parent.parent / "samples"
DST = "http://cv.iptc.org/newscodes/digitalsourcetype/"
PICTURE = (256, 192)
JPEG_APP1, JPEG_APP11, JPEG_SCAN = 0xE1, 0xEB, 0xDA
PARENT = "parent"

Said = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sample:
    """One file, and what Assay must say of it.

    Attributes:
        en: what it is, in English.
        fr: the same in French.
        trusted: expected with `--trust samples/ca.pem`.
        untrusted: expected without; the same when None.
    """

    data: bytes
    en: str
    fr: str
    trusted: Said
    untrusted: Said | None = None


def main() -> None:
    """Writes the samples, the root certificate and `expected.json`."""
    authority = Authority.new("Assay Samples")
    samples = signed_samples(authority) | unsigned_samples()
    for name, sample in samples.items():
        (FOLDER / name).write_bytes(sample.data)
    (FOLDER / "ca.pem").write_bytes(authority.root)
    described = {
        "schema": "assay/samples/1",
        "trust": "ca.pem",
        "files": {name: describe(sample) for name, sample in sorted(samples.items())},
    }
    text = json.dumps(described, indent=2, ensure_ascii=False)
    (FOLDER / "expected.json").write_text(text + "\n", encoding="utf-8")


def describe(sample: Sample) -> dict[str, Any]:
    """The entry of a sample in `expected.json`."""
    return {
        "what": {"en": sample.en, "fr": sample.fr},
        "made_by": "tools/make_samples.py",
        "licence": "CC0-1.0",
        "with_trust": sample.trusted,
        "without_trust": sample.trusted if sample.untrusted is None else sample.untrusted,
    }


# What Assay must say


def says(
    origin: str,
    basis: str,
    integrity: str,
    *findings: str,
    review: bool = False,
    human_level: int | None = None,
) -> Said:
    """A verdict as `expected.json` writes it; `human_level` only where a human claim stands."""
    said: Said = {
        "origin": origin,
        "basis": basis,
        "integrity": integrity,
        "findings": list(findings),
        "review": review,
    }
    return said if human_level is None else said | {"human_level": human_level}


HUMAN = says("human_attested", "proven", "intact", human_level=2)
HUMAN_UNTRUSTED = says("undetermined", "none", "intact", human_level=1)
AI = says("ai_declared", "proven", "intact", "fully_synthetic")
AI_UNTRUSTED = says("ai_declared", "declared", "intact", "fully_synthetic", review=True)
AI_UNSIGNED = says("ai_declared", "declared", "absent", "fully_synthetic", review=True)
NOTHING = says("undetermined", "none", "absent")


# Samples with a manifest


def created(source_type: str) -> list[dict[str, Any]]:
    """The work began here, as this."""
    return [{"action": "c2pa.created", "digitalSourceType": DST + source_type}]


def signed_samples(authority: Authority) -> dict[str, Sample]:
    """The samples that are signed, or that were before something happened to them."""
    sign = authority.sign
    capture = sign(jpeg(landscape(1)), "image/jpeg", "human_capture.jpg", created("digitalCapture"))
    ai_png = sign(png(plasma(2)), "image/png", "ai_image.png", created("trainedAlgorithmicMedia"))
    # Not a sample itself: the source of what is pasted elsewhere.
    ai_jpeg = sign(
        jpeg(plasma(2)), "image/jpeg", "ai_image.jpg", created("trainedAlgorithmicMedia")
    )
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": [PARENT]}}
    generative_fill = {
        "action": "c2pa.edited",
        "digitalSourceType": DST + "compositeWithTrainedAlgorithmicMedia",
        "description": "A cloud was added with a generator.",
    }
    rebroadcast = {
        "action": "c2pa.edited",
        "digitalSourceType": DST + "digitalCapture",
        "description": "Photographed.",
    }
    return {
        "human_capture.jpg": Sample(
            capture,
            "A picture signed as a camera would sign it: digitalCapture.",
            "Une image signée comme le ferait un appareil photo : digitalCapture.",
            HUMAN,
            HUMAN_UNTRUSTED,
        ),
        "human_creation.wav": Sample(
            sign(wav_tune(), "audio/wav", "human_creation.wav", created("digitalCreation")),
            "A tune signed as made by a person without a generator: digitalCreation.",
            "Un air signé comme composé par une personne, sans générateur : digitalCreation.",
            HUMAN,
            HUMAN_UNTRUSTED,
        ),
        "human_creation.png": Sample(
            sign(png(poster()), "image/png", "human_creation.png", created("digitalCreation")),
            "A drawing signed as made by a person without a generator: digitalCreation.",
            "Un dessin signé comme fait par une personne, sans générateur : digitalCreation.",
            HUMAN,
            HUMAN_UNTRUSTED,
        ),
        "ai_image.png": Sample(
            ai_png,
            "A picture signed as made by a generator: trainedAlgorithmicMedia.",
            "Une image signée comme produite par un générateur : trainedAlgorithmicMedia.",
            AI,
            AI_UNTRUSTED,
        ),
        "ai_audio.mp3": Sample(
            sign(mp3_tune(), "audio/mpeg", "ai_audio.mp3", created("trainedAlgorithmicMedia")),
            "A tune signed as made by a generator: trainedAlgorithmicMedia.",
            "Un air signé comme produit par un générateur : trainedAlgorithmicMedia.",
            AI,
            AI_UNTRUSTED,
        ),
        "partly_ai.jpg": Sample(
            sign(
                jpeg(landscape(1, cloud=True)),
                "image/jpeg",
                "partly_ai.jpg",
                [opened, generative_fill],
                ingredient=Ingredient(capture, "image/jpeg", "human_capture.jpg", PARENT),
            ),
            "human_capture.jpg, then edited with a generator, and it says so.",
            "human_capture.jpg, retouchée ensuite avec un générateur, et elle le dit.",
            says("ai_assisted_declared", "proven", "intact", "partly_synthetic"),
            says("ai_assisted_declared", "declared", "intact", "partly_synthetic", review=True),
        ),
        "ai_parent_claimed_capture.jpg": Sample(
            sign(
                jpeg(plasma(2)),
                "image/jpeg",
                "ai_parent_claimed_capture.jpg",
                [opened, rebroadcast],
                ingredient=Ingredient(ai_png, "image/png", "ai_image.png", PARENT),
            ),
            "Claims to be a photograph, but its own manifest holds a generated picture as parent.",
            "Se dit photographie, mais son propre manifeste a pour parent une image générée.",
            says(
                "contradictory",
                "proven",
                "intact",
                "fully_synthetic",
                "undeclared_ai",
                review=True,
            ),
            says(
                "contradictory",
                "declared",
                "intact",
                "fully_synthetic",
                "undeclared_ai",
                review=True,
            ),
        ),
        "tampered.jpg": Sample(
            change_one_byte_of_scan(capture),
            "human_capture.jpg with one byte of the picture changed after signing.",
            "human_capture.jpg dont un octet d'image a été modifié après la signature.",
            says("undetermined", "none", "broken", "provenance_broken"),
        ),
        "pasted_manifest.jpg": Sample(
            paste_manifest(ai_jpeg, jpeg(landscape(3))),
            "A picture with the manifest of another, generated one pasted in: it accuses no one.",
            "Une image où l'on a collé le manifeste d'une autre, générée : il n'accuse personne.",
            says("undetermined", "none", "broken", "provenance_broken"),
        ),
        "stripped.jpg": Sample(
            strip_manifest(capture),
            "human_capture.jpg without its manifest; the link to it in the XMP was forgotten.",
            "human_capture.jpg sans son manifeste ; le lien vers lui est resté dans le XMP.",
            says("undetermined", "none", "absent", "provenance_stripped"),
        ),
    }


# Samples without a manifest


PARAMETERS = (
    "a lighthouse at dusk, calm sea, oil on canvas\n"
    "Negative prompt: blurry, text\n"
    "Steps: 28, Sampler: DPM++ 2M Karras, CFG scale: 6.5, Seed: 1234567890, Size: 256x192, "
    "Model hash: 0123456789, Model: sample-model, Version: v1.10.1"
)

# Label 1: generated. The producer is in the form GB 45438-2025 asks for, and is nobody's.
AIGC = {
    "Label": "1",
    "ContentProducer": "001191110102MA0000000000000",
    "ProduceID": "assay-sample-1",
    "ReservedCode1": "",
    "ContentPropagator": "",
    "PropagateID": "",
    "ReservedCode2": "",
}

TEXT = """The ferry leaves at six. I know because my grandmother told me so for twenty years, and
for twenty years it left at ten past. She would stand on the pier with her bag between her feet
and her watch in her hand, and say to nobody: "They have the wrong time over there."

She is gone now. The ferry still leaves at ten past six, and I still come at six.
"""


def unsigned_samples() -> dict[str, Sample]:
    """The samples that were never signed."""
    return {
        "prompt_in_metadata.png": Sample(
            png(plasma(4), parameters=PARAMETERS),
            "A picture with the prompt of a generator in its metadata; nothing is signed.",
            "Une image dont les métadonnées contiennent l'invite d'un générateur, sans signature.",
            AI_UNSIGNED,
        ),
        "aigc_label.png": Sample(
            png(plasma(5), AIGC=json.dumps(AIGC)),
            "A picture with the AI label that Chinese law asks for (GB 45438-2025); unsigned.",
            "Une image avec l'étiquette d'IA exigée en Chine (GB 45438-2025), sans signature.",
            AI_UNSIGNED,
        ),
        "suno_tag.mp3": Sample(
            id3("A tune", "made with suno") + mp3_tune(),
            "A tune whose comment names a generator: a hint anyone can type, shown and no more.",
            "Un air dont le commentaire nomme un générateur : un simple indice, montré sans plus.",
            says("undetermined", "none", "absent", review=True),
        ),
        "untouched.jpg": Sample(
            jpeg(landscape(6)),
            "A picture that says nothing about itself, which proves nothing.",
            "Une image qui ne dit rien d'elle-même, ce qui ne prouve rien.",
            NOTHING,
        ),
        "unsigned.txt": Sample(
            TEXT.encode(),
            "A short text that says nothing about itself.",
            "Un court texte qui ne dit rien de lui-même.",
            NOTHING,
        ),
    }


# Content


def landscape(seed: int, *, cloud: bool = False) -> Image.Image:
    """Hills under a sky, with a sun and grain; `cloud` adds one cloud to the same view."""
    chance = random.Random(seed)  # noqa: S311 - content, not secrets
    width, height = PICTURE
    image = Image.new("RGB", PICTURE)
    draw = ImageDraw.Draw(image)
    for y in range(height):
        share = y / height
        draw.line(
            (0, y, width, y), (round(90 + 140 * share), round(140 + 70 * share), 215 - y // 4)
        )
    x = chance.randrange(40, width - 40)
    draw.ellipse((x - 16, 24, x + 16, 56), (255, 240, 200))
    for level in range(3):
        base, step = height * (0.5 + 0.16 * level), chance.uniform(0.015, 0.04)
        shift = chance.uniform(0, 6)
        ridge = [
            (x, base + 14 * math.sin(step * x + shift) + 5 * math.sin(3 * step * x))
            for x in range(0, width + 1, 2)
        ]
        colour = (70 - 15 * level, 110 - 20 * level, 60 - 5 * level)
        draw.polygon([(0, height), *ridge, (width, height)], colour)
    if cloud:
        for dx, radius in ((0, 14), (18, 20), (38, 16), (54, 10)):
            draw.ellipse((90 + dx - radius, 44 - radius, 90 + dx + radius, 44 + radius), "white")
    grain = Image.frombytes("L", PICTURE, chance.randbytes(width * height))
    return Image.blend(image.filter(ImageFilter.GaussianBlur(0.7)), grain.convert("RGB"), 0.04)


def plasma(seed: int) -> Image.Image:
    """Soft coloured waves."""
    chance = random.Random(seed)  # noqa: S311
    waves = [
        [
            (chance.uniform(0.01, 0.05), chance.uniform(0.01, 0.05), chance.uniform(0, 6))
            for _ in "abc"
        ]
        for _ in "rgb"
    ]
    image = Image.new("RGB", PICTURE)
    image.putdata(
        [
            tuple(
                round(128 + 42 * sum(math.sin(a * x + b * y + c) for a, b, c in channel))
                for channel in waves
            )
            for y in range(PICTURE[1])
            for x in range(PICTURE[0])
        ]
    )
    return image


def poster() -> Image.Image:
    """A flat drawing of a boat."""
    image = Image.new("RGB", PICTURE, (244, 233, 205))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 140, 256, 192), (45, 90, 120))
    draw.polygon([(60, 140), (196, 140), (170, 165), (86, 165)], (150, 50, 40))
    draw.polygon([(124, 30), (124, 132), (64, 132)], (250, 250, 245))
    draw.polygon([(130, 46), (130, 132), (180, 132)], (230, 200, 120))
    draw.line((127, 24, 127, 140), (80, 50, 30), 4)
    return image


# Containers


def jpeg(image: Image.Image) -> bytes:
    """A plain JPEG."""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=82)
    return file.getvalue()


def png(image: Image.Image, **text: str) -> bytes:
    """A PNG of 64 colours, with text chunks."""
    packets = PngInfo()
    for keyword, value in text.items():
        packets.add_text(keyword, value)
    file = io.BytesIO()
    image.quantize(64).save(file, "PNG", optimize=True, pnginfo=packets)
    return file.getvalue()


def id3(title: str, comment: str) -> bytes:
    """An ID3v2.3 tag with a title and a comment."""
    frames = b"".join(
        identifier + struct.pack(">IH", len(body), 0) + body
        for identifier, body in (
            (b"TIT2", b"\0" + title.encode("latin-1")),
            (b"COMM", b"\0eng\0" + comment.encode("latin-1")),
        )
    )
    size = bytes(len(frames) >> shift & 0x7F for shift in (21, 14, 7, 0))
    return b"ID3\3\0\0" + size + frames


def segments(data: bytes) -> list[bytes]:
    """The segments of a JPEG after its SOI marker; the last holds the scan and all that follows."""
    found, at = [], 2
    while data[at + 1] != JPEG_SCAN:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        found.append(data[at:end])
        at = end
    return [*found, data[at:]]


def joined(parts: list[bytes]) -> bytes:
    """The inverse of `segments`."""
    return b"\xff\xd8" + b"".join(parts)


def is_manifest(segment: bytes) -> bool:
    """Whether a segment carries JUMBF."""
    return segment[1] == JPEG_APP11


def change_one_byte_of_scan(data: bytes) -> bytes:
    """One bit of the picture flipped, where it makes no marker of its byte or its neighbours."""
    *head, scan = segments(data)
    changed = bytearray(scan)
    at = next(
        at
        for at in range(len(scan) // 2, len(scan))
        if all(0 < byte < 0xFE for byte in scan[at - 1 : at + 2])
    )
    changed[at] ^= 0x01
    return joined([*head, bytes(changed)])


def paste_manifest(source: bytes, target: bytes) -> bytes:
    """`target` with the manifest of `source`, at the place it had there."""
    parts = segments(source)
    first = next(at for at, part in enumerate(parts) if is_manifest(part))
    manifest = [part for part in parts if is_manifest(part)]
    others = segments(target)
    return joined([*others[:first], *manifest, *others[first:]])


def strip_manifest(data: bytes) -> bytes:
    """`data` without its manifest, with the XMP link that pointed to it."""
    label = re.search(rb"urn:c2pa:[0-9a-f-]{36}", data)
    assert label is not None, "not signed"  # noqa: S101 - we signed it
    link = f"self#jumbf=/c2pa/{label[0].decode()}"
    xmp = (
        '<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/" '
        f'dcterms:provenance="{link}"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )
    body = b"http://ns.adobe.com/xap/1.0/\0" + xmp.encode()
    packet = bytes((0xFF, JPEG_APP1)) + struct.pack(">H", len(body) + 2) + body
    first, *rest = (part for part in segments(data) if not is_manifest(part))
    return joined([first, packet, *rest])


if __name__ == "__main__":
    main()
