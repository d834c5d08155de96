"""Stretches of a recording as samples: mono, at the rate asked for, by FFmpeg through PyAV.

A few stretches are decoded, never the whole: one from the start and others evenly over the
duration the container states. A container may refer to nothing outside itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.decode.fault import Undecodable
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    import av
    from av.container import InputContainer
    from numpy.typing import NDArray

    from provenance.asset import Asset

    Samples = NDArray[np.float32]

__all__ = ["stretches"]

CONTAINERS = "aac,aiff,caf,flac,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,ogg,w64,wav"
OPTIONS = {"format_whitelist": CONTAINERS, "protocol_whitelist": "", "enable_drefs": "0"}
MOST_CHANNELS = 32
MOST_RATE = 768_000
MOST_FRAMES = 20_000
"""Packets decoded for one stretch, silent or damaged ones included."""


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
            track = _track(container)
            starts = _starts(container, seconds, count)
            pieces = [_stretch(container, track, start, rate, seconds) for start in starts]
    except (av.FFmpegError, ValueError, EOFError) as fault:
        detail = f"the sound cannot be decoded ({type(fault).__name__})"
        raise Undecodable(NotRunReason.UNREADABLE, detail) from fault
    heard = tuple(piece for piece in pieces if piece.size)
    if not heard:
        raise Undecodable(NotRunReason.UNREADABLE, "no sound could be decoded")
    return heard


def _track(container: InputContainer) -> av.AudioStream:
    tracks = container.streams.audio
    if not tracks:
        raise Undecodable(NotRunReason.UNSUPPORTED_MEDIA, "there is no track of sound")
    track = tracks[0]
    context = track.codec_context
    if context is None:
        raise Undecodable(NotRunReason.UNSUPPORTED_MEDIA, "the codec of the sound is not known")
    context.thread_count = 1
    if not 0 < track.rate <= MOST_RATE or not 0 < track.channels <= MOST_CHANNELS:
        detail = f"sound of {track.channels} channels at {track.rate} Hz is not decoded"
        raise Undecodable(NotRunReason.LIMIT, detail)
    return track


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
    for number, frame in enumerate(_frames(container, track)):
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


def _frames(container: InputContainer, track: av.AudioStream) -> Iterator[av.AudioFrame]:
    """Decoded frames; a damaged packet is passed over."""
    import av

    for packet in container.demux(track):
        try:
            yield from packet.decode()
        except av.InvalidDataError:
            continue
