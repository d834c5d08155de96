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

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from provenance.c2pa.claim import NO_TRAINING, Claim
from provenance.c2pa.signing import FileSigner
from provenance.c2pa.signing_key import pem_signer
from tools.authority import Authority, Ingredient
from tools.damage import change_one_byte_of_scan, paste_manifest, strip_manifest
from tools.pictures import jpeg, landscape, plasma, png, poster
from tools.tune import id3, mp3_tune, wav_tune

FOLDER = Path(__file__).resolve().parent.parent / "samples"
DST = "http://cv.iptc.org/newscodes/digitalsourcetype/"
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
    samples = signed_samples(authority) | samples_of_signing(authority) | unsigned_samples()
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


def signed_here(authority: Authority, name: str, data: bytes, claim: Claim) -> bytes:
    """`data`, signed as `assay sign` does it."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(data)
        with FileSigner(pem_signer(authority.key, authority.chain)) as signer:
            signer.sign(path, claim)
        return path.read_bytes()


def samples_of_signing(authority: Authority) -> dict[str, Sample]:
    """The samples that Assay itself signed: a reservation, and a text."""
    reserved = Claim("digitalCreation", complete=True, training=NO_TRAINING)
    generated = Claim("trainedAlgorithmicMedia", complete=True)
    return {
        "no_training.png": Sample(
            signed_here(authority, "no_training.png", png(poster()), reserved),
            "A drawing whose manifest reserves it from training and mining (--no-training).",
            "Un dessin dont le manifeste réserve l'entraînement et la fouille (--no-training).",
            says("human_attested", "proven", "intact", "optout_reserved", human_level=2),
            says("undetermined", "none", "intact", "optout_reserved", human_level=1),
        ),
        "ai_text.txt": Sample(
            signed_here(authority, "ai_text.txt", GENERATED.encode(), generated),
            "A text signed as generated; the manifest is in invisible characters at its end.",
            "Un texte signé comme généré ; le manifeste est en caractères invisibles à la fin.",
            AI,
            AI_UNTRUSTED,
        ),
    }


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


GENERATED = """The museum opens at nine. Tickets can be bought at the entrance or online, and
visitors under eighteen are admitted free of charge on the first Sunday of each month.
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


if __name__ == "__main__":
    main()
