"""Stretches of a recording as samples: mono, at the rate asked for, by FFmpeg through PyAV.

A few stretches are decoded, never the whole: one from the start and others evenly over the
duration the container states. A container may refer to nothing outside itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.decode.fault import Undecodable
from detectors.decode.ffmpeg import OPTIONS, damaged, frames, sound_track
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT

if TYPE_CHECKING:
    import av
    from av.container import InputContainer
    from numpy.typing import NDArray

    from provenance.asset import Asset

    Samples = NDArray[np.float32]

__all__ = ["stretches"]

MOST_FRAMES = 20_000
"""Frames decoded for one stretch."""


def stretches(asset: Asset, *, rate: int, seconds: float, count: int) -> tuple[Samples, ...]:
    """Up to `count` stretches of up to `seconds`, in order; a short work gives fewer.

    Returns:
        float32, shape (n,), mono at `rate`, in [-1, 1] by and large.

    Raises:
        Undecodable: `unsupported_media`, `limit` or `unreadable`.
    """
    import av

    try:
        with (
            asset.open() as stream,
            av.open(stream, "r", options=OPTIONS, metadata_errors="replace") as container,
        ):
            track = sound_track(container, DEFAULT)
            starts = _starts(container, seconds, count)
            pieces = [_stretch(container, track, start, rate, seconds) for start in starts]
    except damaged() as fault:
        detail = f"the sound cannot be decoded ({type(fault).__name__})"
        raise Undecodable(NotRunReason.UNREADABLE, detail) from fault
    heard = tuple(piece for piece in pieces if piece.size)
    if not heard:
        raise Undecodable(NotRunReason.UNREADABLE, "no sound could be decoded")
    return heard


def _starts(container: InputContainer, seconds: float, count: int) -> list[float]:
    """Seconds at which stretches begin, without overlap."""
    length = (container.duration or 0) / 1_000_000
    room = int(length // seconds)
    if room < 2:
        return [0.0]
    fitting = min(room, count)
    return [place * (length - seconds) / (fitting - 1) for place in range(fitting)]


def _stretch(
    container: InputContainer, track: av.AudioStream, start: float, rate: int, seconds: float
) -> Samples:
    import av

    if start:
        container.seek(int(start * 1_000_000))
    resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
    wanted = int(seconds * rate)
    pieces: list[Samples] = []
    got = 0
    for number, frame in enumerate(frames(container, track)):
        if got >= wanted or number >= MOST_FRAMES:
            break
        frame.pts = None
        for piece in resampler.resample(frame):
            pieces.append(_samples(piece))
            got += pieces[-1].size
    if pieces and got < wanted:
        pieces += (_samples(piece) for piece in resampler.resample(None))
    return np.concatenate(pieces)[:wanted] if pieces else np.zeros(0, np.float32)


def _samples(piece: av.AudioFrame) -> Samples:
    return np.asarray(np.nan_to_num(piece.to_ndarray()[0]), np.float32)
