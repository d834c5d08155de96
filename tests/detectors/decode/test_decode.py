"""Bytes become pixels, samples and text, within bounds."""

from __future__ import annotations

import io
import wave
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from detectors.decode import Undecodable
from detectors.decode.audio import stretches
from detectors.decode.image import pixels
from detectors.decode.text import characters
from provenance.asset import Asset, Modality
from provenance.limits import DEFAULT


def picture(form, mode="RGB", size=(40, 30)):
    held = io.BytesIO()
    Image.new(mode, size).save(held, form)
    return Asset.from_bytes(held.getvalue(), name=f"x.{form.lower()}")


def recording(seconds, rate=8000, channels=2):
    time = np.arange(int(seconds * rate)) / rate
    left = np.round(16_000 * np.sin(2 * np.pi * 440 * time)).astype("<i2")
    held = io.BytesIO()
    with wave.open(held, "wb") as out:
        out.setnchannels(channels)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.repeat(left, channels).tobytes())
    return Asset.from_bytes(held.getvalue(), name="x.wav")


def text(data):
    return Asset("x.txt", len(data), "text/plain", Modality.TEXT, data)


@pytest.mark.parametrize("form", ["AVIF", "BMP", "GIF", "JPEG", "PNG", "TIFF", "WEBP"])
def test_every_format_gives_rows_columns_and_three_colours(form):
    decoded = pixels(picture(form))
    assert (decoded.shape, decoded.dtype) == ((30, 40, 3), np.uint8)


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGBA", "I;16", "LA"])
def test_every_mode_gives_three_colours(mode):
    assert pixels(picture("PNG", mode)).shape == (30, 40, 3)


def test_pixels_are_counted_before_they_are_decoded():
    with pytest.raises(Undecodable) as told:
        pixels(picture("PNG"), replace(DEFAULT, pixels=1000))
    assert told.value.reason == "limit"


def test_a_format_is_what_its_bytes_say_and_no_other_parser_runs():
    asset = Asset("x", 400, "image/png", Modality.IMAGE, b"GIF89a" + bytes(394))
    with pytest.raises(Undecodable) as told:
        pixels(asset)
    assert told.value.reason == "unreadable"


def test_a_recording_gives_stretches_of_the_asked_rate_and_length():
    found = stretches(recording(10), rate=16_000, seconds=2, count=3)
    assert [one.size for one in found] == [32_000] * 3
    assert all(one.dtype == np.float32 and 0.4 < np.abs(one).max() < 1 for one in found)


def test_a_short_recording_is_one_stretch():
    (found,) = stretches(recording(1.5), rate=8000, seconds=2, count=3)
    assert found.size == 12_000


def test_a_list_of_other_files_is_not_a_recording(tmp_path):
    """FFmpeg would open what such a list names."""
    (tmp_path / "a.wav").write_bytes(b"secret")
    listed = f"#EXTM3U\n#EXTINF:1,\nfile://{tmp_path}/a.wav\n".encode()
    with pytest.raises(Undecodable) as told:
        stretches(Asset("x", len(listed), "audio/mpeg", Modality.AUDIO, listed), **ASKED)
    assert told.value.reason == "unreadable"


ASKED = {"rate": 8000, "seconds": 2, "count": 1}


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"caf\xc3\xa9", "café"),
        (b"\xef\xbb\xbfa", "a"),
        ("é".encode("utf-16"), "é"),
        (b"\xfe\xff\0a", "a"),
    ],
)
def test_text_is_utf_8_or_marked_utf_16(data, expected):
    assert characters(text(data)) == expected


@pytest.mark.parametrize(
    ("data", "reason"), [(b"", "no_text"), (b"caf\xe9", "unreadable"), (b"x" * 99, "limit")]
)
def test_text_that_cannot_be_decoded_says_why(data, reason):
    with pytest.raises(Undecodable) as told:
        characters(text(data), replace(DEFAULT, text_bytes=50))
    assert told.value.reason == reason
