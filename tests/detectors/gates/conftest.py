"""A gate that is trained once for these tests."""

from __future__ import annotations

import datetime as dt

import pytest

from detectors.gates.training.fitting import Shape
from detectors.gates.training.run import Asked, train
from tests.detectors.gates import works


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A gate of sounds, trained on tones, syllables and noise."""
    folder = tmp_path_factory.mktemp("gate")
    extra = [
        ("nc.wav", "music", {"source": "shop", "licence": "CC-BY-NC-4.0"}),
        ("hard.wav", "music", {"source": "choir", "case": "a-cappella"}),
        ("song.wav", "music", {"source": "choir"}),
        (
            "tried.wav",
            "speech",
            {"source": "radio", "use": "evaluation", "licence": "CC-BY-NC-4.0"},
        ),
        (
            "both.wav",
            "speech-and-music",
            {"source": "radio", "use": "evaluation", "sounds_like": "speech"},
        ),
        ("machine.wav", "music", {"source": "a page", "label": "ai", "family": "songmaker"}),
    ]
    listed = works.manifest(folder / "works", extra=extra)
    steps = []
    gate = train(
        "sound-kind",
        listed,
        folder / "sound-kind",
        Asked(shape=Shape(members=2, hidden=8, epochs=60)),
        watch=lambda step, done, total: steps.append((step, done, total)),
        clock=lambda: dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    return gate, listed, steps
