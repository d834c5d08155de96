"""The model of music beside the two of lofcz/ai-music-detector (MIT), on the same works.

For `benchmarks/music.py peers`. What goes into the two networks is computed here, by what that
repository documents (`src/python/config.yaml`, `inference.py`, `inference_cnn.py`) and holds as
examples: its resampled noise comes out within 2e-6, and each run asks librosa for a constant-Q
cepstrum whose values it holds, and leaves the second network out where they differ. Files are
decoded by Assay's reader. That network heeds the first frames of a clip, which are broken where it
was cut from a stream: of short clips it is also asked without their ends, which is no rule of the
repository's, but nearer to what it is given of a song. One method is subject to patent
applications: see `peers --help`.

All are compared over the works that each of them gives a score and that Assay's model was not
trained on, abstentions included, at thresholds set on the human works of the manifest.
"""

from __future__ import annotations

import hashlib
import math
import sys
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from detectors.decode import Undecodable
from detectors.decode.audio import open_sound
from detectors.evaluation.inspection import Inspector
from detectors.evaluation.manifest import Item, Label, Manifest
from detectors.evaluation.metrics import measurable
from detectors.evaluation.opening import opened
from detectors.evaluation.overlap import overlap_of, training_works
from detectors.evaluation.scoring import score
from detectors.models.windowed import WindowedDetector
from detectors.runtime import Network
from provenance.errors import AssayError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from provenance.asset import Asset

    Samples = NDArray[np.float32]
    Floats = NDArray[np.float64]
    Scores = dict[int, float]

OURS = "Assay"
RATES = (0.05, 0.01)

RATE = 16_000
ZEROS, ROLL_OFF = 6, 0.99
"""Of the windowed sinc that brings sound to `RATE`: zero crossings a side, cut-off / Nyquist."""

FRAME, LONGEST = 8192, 300
LOW, BINS_DEEP, FLOOR, CEILING = 1000, 10, -45.0, 5.0
"""Of the peaks: Hz, bins of the running minimum, its least, and dB over it that count."""

SEGMENT, SEGMENTS, PASSED_OVER = 10 * RATE, 5, 5 * RATE
END, LEAST_INNER = RATE // 4, RATE
LOWEST, SEMITONES, HOP, COEFFICIENTS = 500.0, 48, 512, 24
EXAMPLE = (-1.78294, -0.48212, -0.61014, 1.57367)
"""The first cepstral coefficients of the eleventh frame of the repository's example noise."""


class Peer(Protocol):
    """Another detector."""

    name: str

    def score(self, samples: Samples) -> float | None:
        """Probability that a machine made it; None where it is too short.

        Args:
            samples: shape (n,), at `RATE`.
        """
        ...


class Fakeprint:
    """Logistic regression on the peaks of the mean spectrum over its lower hull."""

    name = "lofcz fakeprint"

    def __init__(self, file: Path) -> None:
        self._network = _network(file)
        self._window = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype(np.float32)

    def score(self, samples: Samples) -> float | None:
        """See `Peer`."""
        half = FRAME // 2
        samples = samples[: LONGEST * RATE]
        if len(samples) <= half:
            return None
        frames = sliding_window_view(np.pad(samples, half, mode="reflect"), FRAME)[::half]
        power = np.square(np.abs(np.fft.rfft(frames * self._window)))
        curve = np.mean(10 * np.log10(np.clip(power, 1e-10, 1e6)), axis=0)[LOW * FRAME // RATE :]
        around = np.pad(curve, (BINS_DEEP // 2, BINS_DEEP - 1 - BINS_DEEP // 2), mode="edge")
        hull = np.maximum(sliding_window_view(around, BINS_DEEP).min(axis=1), FLOOR)
        peaks = np.clip(curve - hull, 0, CEILING)
        row = (peaks / (peaks.max() + 1e-6)).astype(np.float32)
        return float(self._network.run({"fakeprint": row[None]})["ai_probability"][0, 0])


class Cepstrum:
    """A convolutional network on the constant-Q cepstrum; the median over five segments.

    Args:
        file: its graph.
        inner: whether clips of up to twenty seconds, which that repository takes whole and fills
            up with silence, are taken without their ends and not filled up.

    Raises:
        ImportError: librosa is not installed.
        ValueError: its transform differs from that of the repository's example.
    """

    def __init__(self, file: Path, *, inner: bool = False) -> None:
        self.name = "lofcz cepstrum, without ends" if inner else "lofcz cepstrum"
        self._inner = inner
        self._network = _network(file)
        self._librosa = import_module("librosa")
        bins = np.arange(SEMITONES)
        cosines = np.cos(np.pi * np.arange(COEFFICIENTS)[:, None] * (bins + 0.5) / SEMITONES)
        cosines *= math.sqrt(2 / SEMITONES)
        cosines[0] /= math.sqrt(2)
        self._cosines = cosines
        noise = np.random.RandomState(42).standard_normal(8000).astype(np.float32)
        found = self._cepstrum(noise)[: len(EXAMPLE), 10]
        if not np.allclose(found, EXAMPLE, atol=1e-3):
            raise ValueError(f"its example comes out as {found.round(5).tolist()}")

    def score(self, samples: Samples) -> float | None:
        """See `Peer`."""
        segments = _segments(samples)
        if self._inner and len(samples) <= SEGMENT + 2 * PASSED_OVER:
            if len(samples) < LEAST_INNER + 2 * END:
                return None
            segments = [samples[END:-END]]
        batch = np.stack([self._cepstrum(one)[None] for one in segments])
        logits = self._network.run({"cepstrum": batch})["logit"][:, 0].astype(np.float64)
        return float(np.median(1 / (1 + np.exp(-logits))))

    def _cepstrum(self, samples: Samples) -> Samples:
        """Shape (coefficients, frames)."""
        tones = self._librosa.cqt(
            samples, sr=RATE, fmin=LOWEST, n_bins=SEMITONES, bins_per_octave=12, hop_length=HOP
        )
        return np.asarray(self._cosines @ np.log(np.abs(tones) + 1e-6), np.float32)


def _segments(samples: Samples) -> list[Samples]:
    """Five of ten seconds, evenly spread, without the first and last five where there is room."""
    if len(samples) <= SEGMENT:
        return [np.pad(samples, (0, SEGMENT - len(samples)))]
    if len(samples) <= SEGMENT + 2 * PASSED_OVER:
        first, last = 0, len(samples) - SEGMENT
    else:
        first, last = PASSED_OVER, len(samples) - PASSED_OVER - SEGMENT
    step = (last - first) / (SEGMENTS - 1)
    starts = [first + int(number * step) for number in range(SEGMENTS)]
    return [samples[start : start + SEGMENT] for start in starts]


def compare(
    manifest: Path,
    model: Path | None,
    fakeprint: Path | None,
    cepstrum: Path | None,
    *,
    count_training: bool = False,
) -> None:
    """Score the works by all that there is, and print what each finds."""
    if model is None and fakeprint is None and cepstrum is None:
        sys.exit("there is nothing to compare: name a model of Assay or of lofcz")
    try:
        works = Manifest(manifest)
        works.check()
        peers = _peers(fakeprint, cepstrum)
        items = [item for item in works if item.path is not None]
        scores, trained_on = _by_model(items, model)
        scores |= _by_peers(items, peers)
    except AssayError as fault:
        sys.exit(str(fault))
    if trained_on and count_training:
        print(f"{len(trained_on)} works {OURS} was trained on are counted: its column flatters it.")
    elif trained_on:
        print(f"{len(trained_on)} works {OURS} was trained on are left out.")
    if scores:
        _show(items, scores, frozenset() if count_training else trained_on)


def _peers(fakeprint: Path | None, cepstrum: Path | None) -> list[Peer]:
    peers: list[Peer] = []
    if fakeprint is not None:
        peers.append(Fakeprint(fakeprint))
    if cepstrum is not None:
        try:
            peers += Cepstrum(cepstrum), Cepstrum(cepstrum, inner=True)
        except ImportError as fault:
            sys.exit(f"the cepstrum needs librosa, here alone: pip install librosa ({fault})")
        except ValueError as fault:
            print(f"lofcz cepstrum is left out, librosa computes another transform: {fault}\n")
    return peers


def _by_model(items: list[Item], model: Path | None) -> tuple[dict[str, Scores], frozenset[int]]:
    """What Assay's model says, and which of the works it was trained on."""
    if model is None:
        return {}, frozenset()
    detector, inspector = WindowedDetector(model), Inspector()
    try:
        found = list(score(detector, items, inspector=inspector))
    finally:
        detector.close()
        inspector.close()
    given = {one.number: one.score for one in found if one.score is not None}
    reasons = Counter(one.reason for one in found if one.reason)
    if reasons:
        told = ", ".join(f"{count} {reason}" for reason, count in reasons.most_common())
        print(f"Of {len(items)} works {OURS} abstains from, or does not judge: {told}.")
    return {OURS: given}, overlap_of(found, training_works(detector))[1]


def _by_peers(items: list[Item], peers: list[Peer]) -> dict[str, Scores]:
    scores: dict[str, Scores] = {peer.name: {} for peer in peers}
    for item in items if peers else ():
        with opened([item]) as (work,):
            if work.asset is None:
                continue
            try:
                samples = resampled(*sound_of(work.asset))
            except Undecodable:
                continue
        for peer in peers:
            if (found := peer.score(samples)) is not None:
                scores[peer.name][item.number] = found
    return scores


def _show(items: list[Item], scores: dict[str, Scores], left_out: frozenset[int]) -> None:
    """A row for each family, three columns for each detector."""
    shared = set.intersection(*(set(given) for given in scores.values())) - left_out
    human = [one for one in items if one.label is Label.HUMAN and one.number in shared]
    families: dict[str, list[Item]] = {}
    for one in items:
        if one.label is Label.AI and one.number in shared:
            families.setdefault(one.origin, []).append(one)
    if not human or not families:
        sys.exit("the works that all can judge are of one class: nothing to compare")
    for name, given in scores.items():
        if missing := sum(one.number not in given for one in items):
            print(f"{missing} works have no score by {name}.")
    print(
        f"Compared: {len(human)} human works of {len({one.source for one in human})} sources, ",
        end="",
    )
    print(f"{sum(map(len, families.values()))} works of {len(families)} families of generators.")
    print("Each cell: AUC, share found where 5 % of the human works are flagged, and where 1 % are")
    print("(- where they are too few to show it).\n")
    print(f"| family | n | {' | '.join(scores)} |")
    print(f"| --- | --- |{' --- |' * len(scores)}")
    rows: dict[str, list[tuple[float, ...]]] = {name: [] for name in scores}
    for family, works in sorted(families.items()):
        for name, given in scores.items():
            rows[name].append(_figures(*_columns(given, works, human)))
        cells = " | ".join(_cell(rows[name][-1]) for name in scores)
        print(f"| {family} | {len(works)} | {cells} |")
    means = " | ".join(_cell(tuple(np.mean(rows[name], axis=0))) for name in scores)
    print(f"| mean of families | {len(families)} | {means} |")


def _columns(given: Scores, works: list[Item], human: list[Item]) -> tuple[Floats, Floats]:
    machines, men = ([given[one.number] for one in column] for column in (works, human))
    return np.array(machines, np.float64), np.sort(np.array(men, np.float64))


def _figures(machines: Floats, men: Floats) -> tuple[float, ...]:
    """AUC, then the share of machines over the most that each rate of men leaves room for."""
    below = np.searchsorted(men, machines, "left") + np.searchsorted(men, machines, "right")
    found = [float(below.mean()) / (2 * len(men))]
    for rate in RATES:
        most = men[len(men) - 1 - math.floor(rate * len(men))]
        shown = measurable(rate, len(men))
        found.append(float(np.mean(machines > most)) if shown else math.nan)
    return tuple(found)


def _cell(figures: tuple[float, ...]) -> str:
    first, *shares = figures
    return " ".join([f"{first:.3f}", *("-" if math.isnan(one) else f"{one:.2f}" for one in shares)])


def sound_of(asset: Asset) -> tuple[Samples, int]:
    """The whole recording with its channels averaged, up to 10,000 seconds, and its rate.

    Raises:
        Undecodable: there is no sound in it.
    """
    with open_sound(asset) as sound:
        parts = sound.windows(rate=sound.rate, seconds=10.0, hop=10.0, most=1000)
        return np.concatenate([samples[0] for _, samples in parts]), sound.rate


def resampled(samples: Samples, source: int, rate: int = RATE) -> Samples:
    """By a sinc under a Hann window, as the networks were trained; shape (n,)."""
    shared = math.gcd(source, rate)
    down, up = source // shared, rate // shared
    if down == up:
        return samples
    cut = min(down, up) * ROLL_OFF
    reach = math.ceil(ZEROS * down / cut)
    # A row for each place between two input samples that an output sample can have.
    near = np.arange(-reach, reach + down) / down
    apart = np.clip((near - np.arange(up)[:, None] / up) * cut, -ZEROS, ZEROS)
    rows = np.sinc(apart) * np.square(np.cos(np.pi * apart / (2 * ZEROS))) * cut / down
    padded = np.pad(samples, (reach, reach + down))
    found = sliding_window_view(padded, 2 * reach + down)[::down] @ rows.T.astype(np.float32)
    return np.asarray(found.reshape(-1)[: math.ceil(len(samples) * up / down)], np.float32)


def _network(file: Path) -> Network:
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as fault:
        sys.exit(f"{file}: {fault.strerror}")
    return Network(file, digest)
