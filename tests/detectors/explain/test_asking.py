"""What lies beneath local scores, decoded in a sandboxed worker."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from detectors.explain import Asking, Pieces, Pixels, Spectrogram, Unshown, shown_passages
from detectors.explain.showing import COLUMNS, spectrogram
from provenance.asset import Asset
from provenance.evidence import Detection, NotRunReason, Where
from tests.detectors import tiny
from tests.provenance.pdfs import typeset

SECONDS = Where(unit="second", range=(0, 1), score=1.0)
PIXELS = Where(unit="pixel", box=(0, 0, 9, 9), score=1.0)


def detection(*where, number=0, **more):
    fields = {"source": "d", "detector": "d", "model": "sha256:0", "score": 1.0}
    return Detection(id=number, where=where, **fields, **more)


def asset(data, name):
    return Asset.from_bytes(data if isinstance(data, bytes) else data.encode(), name=name)


@pytest.fixture(scope="module")
def asking():
    asking = Asking()
    yield asking
    asking.close()


def test_a_tone_is_a_line_at_its_frequency(asking):
    found = asking.ask(
        asset(tiny.sound(synthetic=True, seed=1, seconds=6), "a.wav"), [detection(SECONDS)]
    )[0]
    assert isinstance(found, Spectrogram)
    assert found.top == tiny.RATE / 2
    assert found.seconds == pytest.approx(6, abs=0.01)
    assert found.extent == pytest.approx(6, abs=0.05)
    levels = np.frombuffer(found.levels, np.uint8).reshape(found.rows, found.columns)
    loudest = levels[:, :-1].argmax(axis=0)
    pitch = np.random.default_rng(1).uniform(200, 900)
    at = (1 - (loudest + 0.5) / found.rows) * found.top
    assert np.abs(at - pitch).max() < 3 * found.top / found.rows


def test_a_long_recording_is_heard_in_stretches():
    import wave

    held = io.BytesIO()
    with wave.open(held, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(4000)
        file.writeframes(b"\x80" * 4000 * 1800)
    found = spectrogram(asset(held.getvalue(), "a.wav"), 0.0)
    assert found.columns < COLUMNS
    assert found.seconds == pytest.approx(1800, abs=1)
    assert found.extent == found.seconds


def test_a_picture_is_made_small_and_says_how_large_it_was(asking):
    held = io.BytesIO()
    Image.new("RGB", (1000, 500), (10, 200, 30)).save(held, "PNG")
    found = asking.ask(asset(held.getvalue(), "a.png"), [detection(PIXELS)])[0]
    assert isinstance(found, Pixels)
    assert (found.wide, found.high) == (1000, 500)
    assert (found.columns, found.rows) == (448, 224)
    assert found.colours[:3] == bytes((10, 200, 30))


def test_passages_are_the_characters_that_were_scored(asking):
    text = "One <two> three \N{GRINNING FACE} four."
    places = (
        Where(unit="character", range=(4, 9), score=2.0),
        Where(unit="character", range=(16, 17), score=-2.0),
        Where(unit="character", range=(18, 99), score=-2.0),
    )
    found = asking.ask(asset(text, "a.txt"), [detection(*places)])[0]
    assert found == Pieces(pieces=("<two>", "\N{GRINNING FACE}", "four."))


def test_of_many_passages_as_many_high_as_low_ones_are_shown(asking):
    text = "".join(f"{n:04d} " for n in range(200))
    places = (Where(unit="character", range=(5 * n, 5 * n + 5), score=float(n)) for n in range(200))
    one = detection(*places)
    numbers = [*range(32), *range(168, 200)]
    assert [passage.score for passage in shown_passages(one)] == numbers
    found = asking.ask(asset(text, "a.txt"), [one])[0]
    assert [int(piece) for piece in found.pieces] == numbers


def test_subtitles_are_shown_where_they_stand_in_the_file(asking):
    said = (
        "1\n00:00:01,000 --> 00:00:02,000\nHello there\n\n2\n00:00:03,000 --> 00:00:04,000\nBye\n"
    )
    start = said.index("Hello")
    place = Where(unit="character", range=(start, start + 5), score=1.0)
    found = asking.ask(asset(said, "a.srt"), [detection(place)])[0]
    assert found == Pieces(pieces=("Hello",))


def test_of_a_document_the_characters_of_each_page(asking):
    work = asset(typeset("First page. #pagebreak() Second page."), "a.pdf")
    places = (
        Where(unit="character", range=(0, 6), score=1.0, part="page/2"),
        Where(unit="character", range=(0, 5), score=1.0, part="page/1"),
    )
    assert asking.ask(work, [detection(*places)])[0] == Pieces(pieces=("Second", "First"))
    nowhere = Where(unit="character", range=(0, 5), score=1.0)
    found = asking.ask(work, [detection(nowhere)])[0]
    assert isinstance(found, Unshown)
    assert found.reason is NotRunReason.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("data", "name", "where"),
    [
        (b"RIFF\x04\0\0\0WAVE", "a.wav", SECONDS),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a.png", PIXELS),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "a.png", SECONDS),
    ],
)
def test_a_work_that_cannot_be_decoded_says_why(asking, data, name, where):
    found = asking.ask(asset(data, name), [detection(where)])[0]
    assert isinstance(found, Unshown)
    assert found.reason in {NotRunReason.UNREADABLE, NotRunReason.UNSUPPORTED_MEDIA}
    assert found.detail


def test_parts_pages_and_detections_without_scores_have_nothing_beneath(asking):
    work = asset(tiny.picture(synthetic=True, seed=1), "a.png")
    page = Where(unit="page", range=(0, 1), score=1.0)
    assert asking.ask(work, [detection(), detection(page), detection(PIXELS, part="p")]) == {}


def test_two_detections_of_a_work_share_one_answer(asking):
    work = asset(tiny.picture(synthetic=True, seed=1), "a.png")
    found = asking.ask(work, [detection(PIXELS, number=3), detection(PIXELS, number=5)])
    assert set(found) == {3, 5}
    assert found[3] is found[5]
