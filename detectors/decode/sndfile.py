"""Sound by libsndfile: WAV, FLAC and MP3, which it reads faster than FFmpeg, sample for sample.

Its seeks are exact to the sample. What it refuses, or breaks off before the end it was promised,
is read by FFmpeg instead: it knows fewer codecs, and passes over less damage.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.decode.fault import Undecodable
from provenance.evidence import NotRunReason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from provenance.asset import Asset
    from provenance.limits import Limits

    Samples = NDArray[np.float32]

__all__ = ["MEDIA_TYPES", "SndfileSource"]

MEDIA_TYPES = {
    "audio/wav": frozenset({"WAV", "WAVEX", "RF64"}),
    "audio/flac": frozenset({"FLAC"}),
    "audio/mpeg": frozenset({"MP3"}),
}
"""What is read, and what libsndfile must find it to be."""

CODECS: dict[str, tuple[str, int | None]] = {
    "PCM_U8": ("pcm_u8", 8),
    "PCM_16": ("pcm_s16le", 16),
    "PCM_24": ("pcm_s24le", 24),
    "PCM_32": ("pcm_s32le", 32),
    "FLOAT": ("pcm_f32le", 32),
    "DOUBLE": ("pcm_f64le", 64),
    "ALAW": ("pcm_alaw", 8),
    "ULAW": ("pcm_mulaw", 8),
    "MPEG_LAYER_III": ("mp3", None),
}
"""Its names of codecs, as FFmpeg spells them, and what each keeps of a sample."""

FLAC_DEPTHS = {"PCM_S8": 8, "PCM_16": 16, "PCM_24": 24}


class SndfileSource:
    """One recording, read forwards from any place; attributes as of `FfmpegSource`."""

    def __init__(self, asset: Asset, limits: Limits) -> None:
        import soundfile

        self._broken = (soundfile.SoundFileError, RuntimeError, ValueError, OSError)
        self._stream = asset.open()
        try:
            self._file = soundfile.SoundFile(self._stream)
        except self._broken as fault:
            self._stream.close()
            raise _unreadable(fault) from fault
        try:
            self._describe(asset.media_type, limits)
        except BaseException:
            self.close()
            raise

    def _describe(self, media_type: str, limits: Limits) -> None:
        file = self._file
        known = FLAC_DEPTHS if file.format == "FLAC" else CODECS
        if file.format not in MEDIA_TYPES[media_type] or file.subtype not in known:
            detail = f"{file.format} with {file.subtype} is not read by libsndfile"
            raise Undecodable(NotRunReason.UNSUPPORTED_MEDIA, detail)
        if file.frames == 0:
            raise Undecodable(NotRunReason.UNREADABLE, "no sound could be decoded")
        self.rate, self.channels = file.samplerate, file.channels
        if not 0 < self.rate <= limits.sound_rate or not 0 < self.channels <= limits.sound_channels:
            detail = f"sound of {self.channels} channels at {self.rate} Hz is not decoded"
            raise Undecodable(NotRunReason.LIMIT, detail)
        self.length: int | None = file.frames if 0 < file.frames < 1 << 62 else None
        self.bitrate: int | None = None
        self.codec: str
        self.bit_depth: int | None
        if file.format == "FLAC":
            self.codec, self.bit_depth = "flac", FLAC_DEPTHS[file.subtype]
        else:
            self.codec, self.bit_depth = CODECS[file.subtype]

    def close(self) -> None:
        """Give the file back."""
        self._file.close()
        self._stream.close()

    def seek(self, place: int) -> int:
        """Go to sample `place`.

        Raises:
            Undecodable: it cannot.
        """
        try:
            return int(self._file.seek(place))
        except self._broken as fault:
            raise _unreadable(fault) from fault

    def read(self, count: int) -> Samples:
        """The next `count` samples; fewer where the sound ends, or is damaged.

        Returns:
            float32, shape (channels, n); full scale is 1.

        Raises:
            Undecodable: it cannot.
        """
        try:
            return np.asarray(self._file.read(count, dtype="float32", always_2d=True)).T
        except self._broken as fault:
            raise _unreadable(fault) from fault


def _unreadable(fault: Exception) -> Undecodable:
    detail = f"the sound cannot be decoded ({type(fault).__name__})"
    return Undecodable(NotRunReason.UNREADABLE, detail)
