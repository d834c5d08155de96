"""What a model of music is given: windows of ten seconds, where there is music.

A window is a row of numbers: its statistics and those of its channels. Windows that the gate takes
for speech or other sounds are passed over, and so is silence. A work of which most is heard as
something else is no music, and is not judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from detectors.audio.kinds import SILENCE, Told, WorkKind, tell, work_kind
from detectors.audio.levelling import RATE, SECONDS, bandwidth, is_quiet, levelled
from detectors.audio.statistics import FRAME, spectrum, statistics
from detectors.audio.statistics import names as of_sound
from detectors.audio.stereo import names as of_channels
from detectors.audio.stereo import stereo
from detectors.models.preparation import Prepared, Window
from detectors.models.windowed import LIMITS
from provenance.asset import Asset, Modality
from provenance.evidence import AbstainReason, NotRunReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.decode.audio import Sound
    from detectors.facts import Facts

    Samples = NDArray[np.float32]

__all__ = ["MUSIC", "UNCLEAR", "Heard", "MusicWindows", "channels_of", "statistics_of"]

MUSIC, UNCLEAR = "music", "unclear"
"""Works that the gate takes for music, and those it is not sure of."""

SHORTEST = 5.0
"""Seconds of a window that counts."""

LEAST = 9.5
"""Seconds of music under which a work is too short to judge."""

NARROW = 5_500.0
"""Hz: a work with nothing above is of the telephone, or was made to sound like it."""


def statistics_of() -> tuple[str, ...]:
    """What the numbers of a row are called."""
    return (*of_sound(), *of_channels())


@dataclass(slots=True)
class Heard:
    """What is heard of a work, window by window."""

    windows: list[Window] = field(default_factory=list)
    rows: list[NDArray[np.float32]] = field(default_factory=list)
    told: list[Told] = field(default_factory=list)
    seconds: float = 0.0
    power: NDArray[np.float64] = field(default_factory=lambda: np.zeros(FRAME // 2 + 1, np.float64))

    def hear(self, start: float, samples: Samples) -> None:
        """Take one window in.

        Args:
            start: where it begins in the work, in seconds.
            samples: float32, shape (1, n) or (2, n), at `RATE`.
        """
        seconds = samples.shape[1] / RATE
        if seconds < SHORTEST:
            return
        one = np.asarray(samples.mean(axis=0), np.float32)
        if is_quiet(one):
            self.told.append(Told(SILENCE, 1.0))
            return
        told = tell(one, RATE)
        self.told.append(told)
        if told.kind not in (MUSIC, None):
            return
        level = levelled(one)
        whole = spectrum(level)
        self.power += np.mean(np.square(np.abs(whole)), axis=0)
        self.seconds += seconds
        self.windows.append(Window("second", range=(start, start + seconds)))
        row = (statistics(level, whole), stereo(levelled(samples)))
        self.rows.append(np.concatenate(row))

    def prepared(self, facts: Facts) -> Prepared:
        """The windows of the work, as a model takes them.

        Raises:
            Undecodable: most of what is heard is no music.
        """
        from detectors.decode.fault import Undecodable

        whole = work_kind(self.told)
        if self.told and whole.kind not in (MUSIC, SILENCE, None):
            detail = f"what is heard is no music ({_shares(whole)})"
            raise Undecodable(NotRunReason.NOT_APPLICABLE, detail)
        width = len(statistics_of())
        rows = np.stack(self.rows) if self.rows else np.zeros((0, width), np.float32)
        group = MUSIC if whole.kind == MUSIC else UNCLEAR
        return Prepared(tuple(self.windows), rows, group, facts, self._abstain(whole))

    def _abstain(self, whole: WorkKind) -> AbstainReason | None:
        if whole.kind == SILENCE:
            return AbstainReason.TOO_QUIET
        if self.seconds < LEAST:
            return AbstainReason.TOO_SHORT
        frequencies = np.asarray(np.fft.rfftfreq(FRAME, 1 / RATE), np.float64)
        if bandwidth(self.power.astype(np.float32), frequencies) < NARROW:
            return AbstainReason.NARROW_BAND
        return None


class MusicWindows:
    """`music`: windows of ten seconds, one after the other or spread evenly.

    Args:
        most: windows at most.
    """

    name = "music"
    version = "3"
    modality: ClassVar = Modality.AUDIO

    def __init__(self, most: int = 16) -> None:
        self._most = most

    def prepare(self, asset: Asset) -> Prepared:
        """Shape (windows, numbers), float32.

        Raises:
            Undecodable: there is no sound in it, or what is heard is no music.
        """
        from detectors.decode.audio import open_sound

        heard = Heard()
        with open_sound(asset, LIMITS) as sound:
            for start, samples in channels_of(sound, RATE, self._most):
                heard.hear(start, samples)
            facts = sound.facts
        return heard.prepared(facts)


def channels_of(sound: Sound, rate: int, most: int) -> Iterator[tuple[float, Samples]]:
    """Windows with their first two channels: where each begins, in seconds, and its samples.

    Args:
        sound: that is open.
        rate: in Hz.
        most: windows at most.

    Raises:
        Undecodable: see `Sound.windows`.
    """
    one = sound.channels == 1
    found = sound.windows(rate=rate, seconds=SECONDS, hop=SECONDS, most=most, mono=one)
    return ((start, samples[:2]) for start, samples in found)


def _shares(whole: WorkKind) -> str:
    return ", ".join(f"{kind} {share:.0%}" for kind, share in whole.shares.items())
