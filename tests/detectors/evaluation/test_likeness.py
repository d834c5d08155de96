"""Near-duplicates: copies in other formats are found, other works are not."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.evaluation.inspection import Inspector
from detectors.evaluation.laundering.audio import encoded
from detectors.evaluation.likeness import Known
from provenance.asset import Asset
from tests.detectors.evaluation.making import WORDS, picture, saved


@pytest.fixture(scope="module")
def inspector():
    made = Inspector(workers=1)
    yield made
    made.close()


def seen(inspector, data, name):
    asset = Asset.from_bytes(data, name=name)
    found = inspector.inspect(asset)
    return asset.sha256(), found


def test_a_picture_in_another_format_and_size(inspector):
    rng = np.random.default_rng(1)
    one, other = picture(rng, size=(256, 192)), picture(rng, size=(256, 192))
    digest, found = seen(inspector, saved(one, "PNG"), "a.png")
    known = Known([(digest, found.sketch)])
    _, copy = seen(inspector, saved(one.resize((128, 96)), "JPEG", quality=60), "b.jpg")
    _, another = seen(inspector, saved(other, "PNG"), "c.png")
    assert known.has(digest)
    assert known.has_near(copy.sketch)
    assert not known.has_near(another.sketch)
    assert (copy.facts.media_type, copy.facts.width, copy.facts.quality) == ("image/jpeg", 128, 60)


def test_a_recording_in_another_codec(inspector):
    rng = np.random.default_rng(2)

    def tune():
        steps = rng.integers(0, 24, 64)
        t = np.arange(5512) / 22050
        notes = [np.sin(2 * np.pi * 220 * 2 ** (step / 12) * t) for step in steps]
        noise = rng.normal(0, 0.05, 5512 * 64)
        return (0.4 * np.concatenate(notes) + noise).astype(np.float32)[None]

    one, other = tune(), tune()
    digest, found = seen(inspector, encoded(one, 22050), "a.flac")
    known = Known([(digest, found.sketch)])
    lossy = encoded(one, 22050, codec="libmp3lame", container="mp3", bits=64_000)
    _, copy = seen(inspector, lossy, "b.mp3")
    _, another = seen(inspector, encoded(other, 22050), "c.flac")
    assert known.has_near(copy.sketch)
    assert not known.has_near(another.sketch)
    assert copy.facts.media_type == "audio/mpeg"


def test_a_text_in_another_case_and_layout(inspector):
    rng = np.random.default_rng(3)
    one, other = (" ".join(rng.choice(WORDS, 300)) for _ in range(2))
    digest, found = seen(inspector, one.encode(), "a.txt")
    known = Known([(digest, found.sketch)])
    _, copy = seen(inspector, one.upper().replace(" ", "\n").encode(), "b.txt")
    _, another = seen(inspector, other.encode(), "c.txt")
    assert known.has_near(copy.sketch)
    assert not known.has_near(another.sketch)


def test_what_cannot_be_decoded_has_the_facts_of_its_bytes(inspector):
    _, found = seen(inspector, b"\x89PNG\r\n\x1a\n" + b"\x00" * 100, "a.png")
    assert (found.facts.media_type, found.facts.bytes, found.sketch) == ("image/png", 108, "")
    assert not Known([("0", "")]).has_near("")
