"""The network that pictures are seen by: its file, its numbers, and what is refused."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from detectors.gates.gate import place
from detectors.image import backbone
from detectors.image.backbone import FILE, GATE, SHA256, SIDE, WIDTH, pooled
from detectors.runtime import Network
from provenance.errors import EngineError


def views(count, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (count, SIDE, SIDE, 3), np.uint8)


def test_the_file_is_the_one_that_was_converted():
    data = (place(GATE) / FILE).read_bytes()
    assert hashlib.sha256(data).hexdigest() == SHA256
    assert len(data) < 8_000_000


def test_each_picture_gives_its_numbers():
    found = pooled(views(3))
    assert (found.shape, found.dtype) == ((3, WIDTH), np.float32)
    assert np.isfinite(found).all()
    alone = pooled(views(3)[1:2])
    assert found[1:2] == pytest.approx(alone, rel=1e-3, abs=1e-3), "none depends on its neighbours"
    assert np.abs(found[0] - found[1]).max() > 0.01


@pytest.mark.parametrize("colour", [0, 127, 255])
def test_plain_pictures_give_numbers(colour):
    flat = pooled(np.full((1, SIDE, SIDE, 3), colour, np.uint8))
    assert np.isfinite(flat).all()


def test_the_spread_of_each_map_is_no_less_than_zero():
    found = pooled(views(1))[0]
    first = found[: 2 * 16]
    assert (first[16:] >= 0).all()


def test_a_changed_network_is_refused(tmp_path, monkeypatch):
    data = bytearray((place(GATE) / FILE).read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / FILE).write_bytes(data)
    changed = Network(tmp_path / FILE, SHA256, threads=1)
    monkeypatch.setattr(backbone, "_network", lambda: changed)
    with pytest.raises(EngineError, match="is not the file"):
        pooled(views(1))
