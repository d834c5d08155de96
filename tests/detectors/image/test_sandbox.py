"""The kind of a picture is looked at where it is decoded: in the sandboxed worker."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.decode.image import picture as decoded
from detectors.decode.workers import Workers
from detectors.gates.held_out import AS_IT_IS
from detectors.gates.training.pictures import WAYS
from detectors.gates.training.rows import MakingRows, ways_of
from detectors.image.kinds import SHORTEST, features
from detectors.models.preparation import Prepared, Unprepared, unpack
from provenance.asset import Asset
from provenance.evidence import NotRunReason
from provenance.sandbox import Task
from tests.detectors.image import pictures

LARGE = (9000, 6000)


@pytest.fixture(scope="module")
def workers():
    task = Task(f"{MakingRows.__module__}:{MakingRows.__name__}", {"gate": "image-kind"})
    held = Workers(task, size=1)
    yield held
    held.close()


def test_a_worker_sees_what_we_see(workers):
    data = pictures.stored(pictures.picture("drawn", 5), "JPEG", quality=85)
    asset = Asset.from_bytes(data, name="drawn.jpg")
    found = unpack(workers.call(asset))
    assert isinstance(found, Prepared)
    way = list(WAYS)[asset.size % len(WAYS)]
    assert ways_of(found) == (AS_IT_IS, way)
    assert found.features[0] == pytest.approx(features(decoded(asset)[0]), rel=1e-3, abs=1e-3)


def test_a_large_picture_leaves_room_for_the_network(workers):
    from PIL import Image

    flat = Image.new("RGB", LARGE, (90, 120, 160))
    asset = Asset.from_bytes(pictures.stored(flat, "JPEG"), name="large.jpg")
    found = unpack(workers.call(asset))
    assert isinstance(found, Prepared)
    assert np.isfinite(found.features).all()


def test_of_a_tiny_picture_there_is_nothing(workers):
    tiny = pictures.picture("graphic", 1).resize((SHORTEST - 1, 200))
    found = unpack(workers.call(Asset.from_bytes(pictures.stored(tiny), name="tiny.png")))
    assert isinstance(found, Unprepared)
    assert found.reason is NotRunReason.NOT_APPLICABLE


def test_what_is_no_picture_is_data(workers):
    broken = pictures.stored(pictures.picture("graphic", 1))[:200]
    found = unpack(workers.call(Asset.from_bytes(broken, name="broken.png")))
    assert isinstance(found, Unprepared)
    assert found.reason is NotRunReason.UNREADABLE
