"""Sound by FFmpeg, through PyAV: every format and codec that is decoded at all.

A container may refer to nothing outside itself. Positions are counted in samples from the first
that is decoded; after a seek they are what the container says of the packet it found, and half a
second before the place asked for is decoded and thrown away, since what a packet of MP3, AAC, Opus
or Vorbis sounds like depends on those before it.
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
    from provenance.limits import Limits

    Samples = NDArray[np.float32]

__all__ = ["OPTIONS", "FfmpegSource", "damaged", "frames", "sound_track"]

CONTAINERS = "aac,aiff,caf,flac,matroska,webm,mov,mp4,m4a,3gp,3g2,mj2,mp3,ogg,w64,wav"
OPTIONS = {"format_whitelist": CONTAINERS, "protocol_whitelist": "", "enable_drefs": "0"}
PREROLL = 0.5
MOST_PACKETS = 50_000
"""Packets read in vain before the sound counts as ended, or thrown away to reach a place."""

FULL_SCALE = {
    "u8": 128.0,
    "s16": 32_768.0,
    "s32": 2_147_483_648.0,
    "s64": 9_223_372_036_854_775_808.0,
    "flt": 1.0,
    "dbl": 1.0,
}
"""What stands for 1 in each sample format; `u8` is around 128."""

DEPTHS = {"8": 8, "16": 16, "24": 24, "32": 32, "64": 64}


def damaged() -> tuple[type[Exception], ...]:
    """What PyAV raises for damaged files."""
    import av

    return (av.FFmpegError, ValueError, EOFError)


def sound_track(container: InputContainer, limits: Limits) -> av.AudioStream:
    """The first track of sound.

    Raises:
        Undecodable: `unsupported_media` or `limit`.
    """
    tracks = container.streams.audio
    if not tracks:
        raise Undecodable(NotRunReason.UNSUPPORTED_MEDIA, "there is no track of sound")
    track = tracks[0]
    context = track.codec_context
    if context is None:
        raise Undecodable(NotRunReason.UNSUPPORTED_MEDIA, "the codec of the sound is not known")
    context.thread_count = 1
    fits = 0 < track.rate <= limits.sound_rate and 0 < track.channels <= limits.sound_channels
    if not fits:
        detail = f"sound of {track.channels} channels at {track.rate} Hz is not decoded"
        raise Undecodable(NotRunReason.LIMIT, detail)
    return track


def frames(container: InputContainer, track: av.AudioStream) -> Iterator[av.AudioFrame]:
    """Decoded frames; a damaged packet is passed over, too many in a row are the end."""
    import av

    fruitless = 0
    for packet in container.demux(track):
        fruitless += 1
        try:
            for frame in packet.decode():
                if frame.samples:
                    fruitless = 0
                    yield frame
        except av.InvalidDataError:
            continue
        if fruitless > MOST_PACKETS:
            return


class FfmpegSource:
    """One track of sound, read forwards from any place.

    Attributes:
        rate: samples a second.
        channels: of the first frame.
        length: samples in all, as the container says, or None.
        codec: as FFmpeg spells it.
        bit_depth: of uncompressed sound, else None.
        bitrate: of the track, or None where the container does not say.
    """

    def __init__(self, asset: Asset, limits: Limits) -> None:
        self._asset, self._limits = asset, limits
        self._open()

    def _open(self) -> None:
        import av

        self._stream = self._asset.open()
        try:
            self._container = av.open(self._stream, "r", options=OPTIONS, metadata_errors="replace")
        except damaged() as fault:
            self._stream.close()
            raise _unreadable(type(fault).__name__) from fault
        try:
            self._start(self._limits)
        except damaged() as fault:
            self.close()
            raise _unreadable(type(fault).__name__) from fault
        except BaseException:
            self.close()
            raise

    def _start(self, limits: Limits) -> None:
        """Decode the first frame: only then the rate, the channels and the origin are known."""
        self._track = sound_track(self._container, limits)
        self._converter: tuple[tuple[int, str, str], av.AudioResampler] | None = None
        self._frames = frames(self._container, self._track)
        first = self._frame()
        if first is None:
            raise Undecodable(NotRunReason.UNREADABLE, "no sound could be decoded")
        self.rate, self.channels = first.sample_rate, len(first.layout.channels)
        if not 0 < self.rate <= limits.sound_rate or not 0 < self.channels <= limits.sound_channels:
            detail = f"sound of {self.channels} channels at {self.rate} Hz is not decoded"
            raise Undecodable(NotRunReason.LIMIT, detail)
        self._layout = first.layout.name
        self._origin = self._time(first) or 0.0
        self._left: Samples | None = self._samples(first)
        context = self._track.codec_context
        self.codec: str = context.codec.canonical_name
        depths = (bits for digits, bits in DEPTHS.items() if digits in self.codec)
        self.bit_depth: int | None = next(depths, None) if self.codec.startswith("pcm_") else None
        self.bitrate: int | None = self._track.bit_rate
        self.length = self._length()

    def _length(self) -> int | None:
        track, container = self._track, self._container
        if track.duration is not None and track.time_base is not None:
            seconds = float(track.duration * track.time_base)
        elif container.duration is not None:
            seconds = container.duration / 1_000_000
        else:
            return None
        return int(seconds * self.rate) if seconds > 0 else None

    def close(self) -> None:
        """Give the file back."""
        self._container.close()
        self._stream.close()

    def seek(self, place: int) -> int:
        """Go to sample `place`, or as near behind it as can be.

        Returns:
            The place of the next sample that `read` gives.
        """
        before = place / self.rate - PREROLL
        if before <= 0:  # what is cut off the beginning of a work is cut off when it is opened
            self.close()
            self._open()
            return self._pass_over(place)
        self._left = None
        try:
            self._container.seek(int((self._origin + before) * 1_000_000))
        except damaged():
            return place  # past its end, or a format that cannot be sought: nothing more is read
        self._frames = frames(self._container, self._track)
        first = self._frame()
        if first is None:
            return place
        time = self._time(first)
        at = place if time is None else round((time - self._origin) * self.rate)
        self._left = self._samples(first)
        return at + self._pass_over(place - at)

    def read(self, count: int) -> Samples:
        """The next `count` samples; fewer only where the sound ends.

        Returns:
            float32, shape (channels, n); full scale is 1.
        """
        pieces: list[Samples] = []
        got = 0
        while got < count and (piece := self._next()) is not None:
            pieces.append(piece)
            got += piece.shape[1]
        if not pieces:
            return np.zeros((self.channels, 0), np.float32)
        joined = pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=1)
        if got > count:
            self._left = joined[:, count:]
        return joined[:, :count]

    def _pass_over(self, count: int) -> int:
        """Throw samples away; how many there were."""
        gone = 0
        for _ in range(MOST_PACKETS):
            if gone >= count or (piece := self._next()) is None:
                break
            gone += piece.shape[1]
            if gone > count:
                self._left = piece[:, piece.shape[1] - (gone - count) :]
                gone = count
        return gone

    def _next(self) -> Samples | None:
        if self._left is not None:
            piece, self._left = self._left, None
            return piece
        frame = self._frame()
        return None if frame is None else self._samples(frame)

    def _frame(self) -> av.AudioFrame | None:
        try:
            return next(self._frames, None)
        except damaged():
            return None  # what follows cannot be read; what was read stands

    def _time(self, frame: av.AudioFrame) -> float | None:
        if frame.pts is None or frame.time_base is None:
            return None
        return float(frame.pts * frame.time_base)

    def _samples(self, frame: av.AudioFrame) -> Samples:
        """The samples of a frame, at the rate and with the channels of the first."""
        shape = (frame.sample_rate, frame.layout.name)
        if shape == (self.rate, self._layout):
            return _as_floats(frame, self.channels)
        return self._converted(frame)

    def _converted(self, frame: av.AudioFrame) -> Samples:
        """A recording may change its rate or its channels on the way; ours do not."""
        import av

        kind = (frame.sample_rate, frame.layout.name, frame.format.name)
        if self._converter is None or self._converter[0] != kind:
            to = av.AudioResampler(format="fltp", layout=self._layout, rate=self.rate)
            self._converter = (kind, to)
        frame.pts = None
        try:
            pieces = [_as_floats(one, self.channels) for one in self._converter[1].resample(frame)]
        except damaged():
            pieces = []
        return np.concatenate([np.zeros((self.channels, 0), np.float32), *pieces], axis=1)


def _as_floats(frame: av.AudioFrame, channels: int) -> Samples:
    name = frame.format.name
    scale = FULL_SCALE[name.removesuffix("p")]
    samples = frame.to_ndarray()
    if not frame.format.is_planar:
        samples = samples.reshape(-1, channels).T
    if name.startswith("flt"):
        return np.asarray(samples, np.float32)
    if name.startswith("u8"):
        samples = samples.astype(np.float32) - 128
    return np.asarray(samples / np.float32(scale), np.float32)


def _unreadable(what: str) -> Undecodable:
    return Undecodable(NotRunReason.UNREADABLE, f"the sound cannot be decoded ({what})")
