"""A dense network on the statistics of windows, fitted with torch: a few of them, averaged.

Statistics are put on one scale and held within four standard deviations. Windows are mixed with
each other while it is fitted (Zhang et al. 2018), and some statistics are left out by chance, so
that no single one decides.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Reals = NDArray[np.float32]

__all__ = ["BATCH", "FARTHEST", "Dense", "DenseNetwork", "fit_dense"]

MEMBERS = 3
WIDTHS = (128, 64)
BATCH = 256
MOST_RATE, DECAY, LEFT_OUT, DROPOUT = 2e-3, 1e-2, 0.2, 0.4
NOISE, MIXING = 0.3, 0.4
FARTHEST = 4.0
LEAST_SCALE = 1e-3


@dataclass(frozen=True, slots=True)
class Dense:
    """Layers of one network: weights, shape (in, out), and bias, shape (out,), of each."""

    layers: tuple[tuple[Reals, Reals], ...]


@dataclass(frozen=True, slots=True)
class DenseNetwork:
    """Networks that were fitted; their logits are averaged.

    Attributes:
        mean, scale: of each statistic, float32, shape (statistics,).
        members: the networks.
    """

    mean: Reals
    scale: Reals
    members: tuple[Dense, ...]

    def logits(self, rows: Reals) -> Reals:
        """One a window, shape (n,); rows have shape (n, statistics)."""
        x = _scaled(rows, self.mean, self.scale)
        return np.asarray(np.mean([_run(one, x) for one in self.members], axis=0), np.float32)


def fit_dense(
    rows: Reals, labels: NDArray[np.int8], weights: NDArray[np.float64], *, steps: int, seed: int
) -> DenseNetwork:
    """Fit networks.

    Args:
        rows: float32, shape (n, statistics).
        labels: shape (n,), 1 synthetic.
        weights: how often each row is drawn, relative to the others.
        steps: batches of each network.
        seed: of everything that is drawn.
    """
    share = weights / weights.sum()
    mean = np.asarray(share @ rows, np.float32)
    scale = np.sqrt(share @ np.square(rows - mean)) + LEAST_SCALE
    scale = np.asarray(scale, np.float32)
    x = _scaled(rows, mean, scale)
    members = tuple(
        _fit(x, labels, share, steps=steps, seed=seed * MEMBERS + number)
        for number in range(MEMBERS)
    )
    return DenseNetwork(mean, scale, members)


def _fit(
    rows: Reals, labels: NDArray[np.int8], share: NDArray[np.float64], *, steps: int, seed: int
) -> Dense:
    import torch

    chance = torch.Generator().manual_seed(seed)
    rng = np.random.default_rng(seed)
    with torch.random.fork_rng(), _one_thread():
        torch.manual_seed(seed)
        model = _model(rows.shape[1])
        x, wanted = torch.from_numpy(rows), torch.from_numpy(labels.astype(np.float32))
        drawn_by = torch.from_numpy(share)
        optimiser = torch.optim.AdamW(model.parameters(), MOST_RATE / 2, weight_decay=DECAY)
        pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, MOST_RATE, max(steps, 2))
        for _ in range(steps):
            some = torch.multinomial(drawn_by, BATCH, replacement=True, generator=chance)
            others = some[torch.randperm(BATCH, generator=chance)]
            part = float(rng.beta(MIXING, MIXING))
            batch = part * x[some] + (1 - part) * x[others]
            batch = batch + NOISE * torch.randn(batch.shape, generator=chance)
            target = part * wanted[some] + (1 - part) * wanted[others]
            found = model(batch)[:, 0]
            loss = torch.nn.functional.binary_cross_entropy_with_logits(found, target)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            pace.step()
    linear = [one for one in model if isinstance(one, torch.nn.Linear)]
    return Dense(
        tuple(
            (one.weight.detach().numpy().T.copy(), one.bias.detach().numpy().copy())
            for one in linear
        )
    )


@contextmanager
def _one_thread() -> Iterator[None]:
    """Torch on one thread: products of this size are slower on two, and depend on how many."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def _model(width: int) -> Any:
    from torch import nn

    parts: list[nn.Module] = [nn.Dropout(LEFT_OUT)]
    for wider in WIDTHS:
        parts += [nn.Linear(width, wider), nn.ReLU(), nn.Dropout(DROPOUT)]
        width = wider
    return nn.Sequential(*parts, nn.Linear(width, 1))


def _scaled(rows: Reals, mean: Reals, scale: Reals) -> Reals:
    return np.asarray(np.clip((rows - mean) / scale, -FARTHEST, FARTHEST), np.float32)


def _run(one: Dense, x: Reals) -> Reals:
    *inner, (weights, bias) = one.layers
    for own, shift in inner:
        x = np.maximum(x @ own + shift, 0)
    return np.asarray((x @ weights + bias)[:, 0], np.float32)
