"""A short tune, synthesised: as a WAV of decaying sines, and as an MP3 written frame by frame.

The MP3 needs no encoder library because it needs no encoder: a frame of ISO 11172-3 Layer III can
state its spectrum directly, and a tone is one non-zero line of it. Each line is 38.28 Hz wide, so
the notes are a little out of tune.
"""

from __future__ import annotations

import array
import io
import math
import struct
import sys
import wave

# A pentatonic melody: (frequency in hertz, length in beats).
MELODY = ((440, 1), (523, 1), (587, 2), (659, 1), (587, 1), (523, 2), (440, 1), (392, 1), (440, 3))
BEAT_SECONDS = 0.32

MP3_RATE = 44100
GRANULE = 576
FRAME_BYTES = 144 * 32000 // MP3_RATE  # 32 kbit/s, never padded
MP3_HEADER = bytes((0xFF, 0xFB, 0x10, 0xC4))  # MPEG-1 Layer III, 32 kbit/s, 44.1 kHz, mono
LOUDEST_GAIN = 206


def wav_tune(rate: int = 8000) -> bytes:
    """The melody as 16-bit mono WAV."""
    samples = array.array("h")
    for frequency, beats in MELODY:
        count = round(beats * BEAT_SECONDS * rate)
        for n in range(count):
            attack = min(1.0, n / (0.01 * rate))
            decay = math.exp(-3.0 * n / count)
            phase = 2 * math.pi * frequency * n / rate
            tone = math.sin(phase) + 0.3 * math.sin(2 * phase)
            samples.append(round(12000 * attack * decay * tone))
    if sys.byteorder == "big":
        samples.byteswap()
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(samples.tobytes())
    return file.getvalue()


def mp3_tune() -> bytes:
    """The melody as MPEG-1 Layer III, mono, without any tag."""
    granules = []
    for frequency, beats in MELODY:
        line = round(frequency * 2 * GRANULE / MP3_RATE - 0.5)
        count = round(beats * BEAT_SECONDS * MP3_RATE / GRANULE)
        granules += [(line, LOUDEST_GAIN - 16 * n // count) for n in range(count)]
    granules += granules[-1:] * (len(granules) % 2)
    turns = [
        # The MDCT of a steady tone in the middle of line k advances k + 1/2 half turns a granule.
        (line, gain, math.cos(math.pi * (index * (line + 0.5) + 0.25)) < 0)
        for index, (line, gain) in enumerate(granules)
    ]
    return b"".join(map(_frame, turns[::2], turns[1::2]))


Granule = tuple[int, int, bool]


def _frame(*granules: Granule) -> bytes:
    side, main = _Bits(), _Bits()
    side.put(0, 9)  # main data begins in this frame
    side.put(0, 5 + 4)  # private bits, no shared scale factors
    for line, gain, negative in granules:
        bits = _spectrum(line, negative=negative)
        side.put(bits.count, 12)  # length of the spectrum
        side.put(0, 9)  # no big values: every line is 0 or 1
        side.put(gain, 8)
        side.put(0, 4 + 1 + 15 + 4 + 3 + 1 + 1)  # no scale factors, long blocks, no tables
        side.put(1, 1)  # quadruples by table B
        main.add(bits)
    return (MP3_HEADER + side.pack() + main.pack()).ljust(FRAME_BYTES, b"\0")


def _spectrum(line: int, *, negative: bool) -> _Bits:
    """Lines 0 to `line` in groups of four, all zero but the last; the rest is zero by default."""
    bits = _Bits()
    for _ in range(line // 4):
        bits.put(0b1111, 4)
    bits.put(15 - (8 >> line % 4), 4)  # table B: the four lines, complemented
    bits.put(int(negative), 1)
    return bits


class _Bits:
    """Bits in order, the most significant first."""

    def __init__(self) -> None:
        self._value, self.count = 0, 0

    def put(self, value: int, width: int) -> None:
        self._value = self._value << width | value
        self.count += width

    def add(self, other: _Bits) -> None:
        self.put(other._value, other.count)

    def pack(self) -> bytes:
        padding = -self.count % 8
        return (self._value << padding).to_bytes((self.count + padding) // 8, "big")


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
