"""A small convolutional network on the spectrograms of windows, fitted with torch.

It sees how levels differ from their mean over the window at each frequency, so that timbre and
equalisation by themselves tell it nothing, and it sums up over all places: what is left is texture.
While it is fitted, pictures are shifted in pitch, masked and mixed. Its graph is written node by
node, without torch's exporter, so that the same weights give the same bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.audio.pictures import SHAPE

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Reals = NDArray[np.float32]

__all__ = ["Convolution", "SpectrogramNetwork", "fit_network"]

LAYERS = ((5, 2, 16), (3, 2, 32), (3, 2, 64), (3, 1, 64))
"""Of each convolution: its side, its step and how many channels it gives."""

BATCH = 64
MOST_RATE, DECAY, DROPOUT = 3e-3, 1e-2, 0.3
SHIFT = 3
"""Rows by which a picture is shifted at most: three semitones at 1 kHz."""

MIXING = 0.3
"""Parameter of the beta distribution by which two pictures are mixed."""


@dataclass(frozen=True, slots=True)
class Convolution:
    """A convolution with what follows it up to the rectifier folded in.

    Attributes:
        weights: float32, shape (out, in, side, side).
        bias: float32, shape (out,).
        step: in both directions; the picture is padded by half a side.
    """

    weights: Reals
    bias: Reals
    step: int


@dataclass(frozen=True, slots=True)
class SpectrogramNetwork:
    """A network that was fitted.

    Attributes:
        layers: convolutions, each followed by a rectifier.
        weights, bias: of the sum of means and spreads of the last channels, shape (2 x channels,).
    """

    layers: tuple[Convolution, ...]
    weights: Reals
    bias: float

    def logits(self, pictures: Reals) -> Reals:
        """One a picture, shape (n,); pictures have shape (n, *SHAPE)."""
        import torch

        found = []
        with torch.inference_mode():
            for start in range(0, len(pictures), BATCH):
                x = _centred(torch.from_numpy(pictures[start : start + BATCH]))
                for one in self.layers:
                    weights, bias = torch.from_numpy(one.weights), torch.from_numpy(one.bias)
                    padding = one.weights.shape[2] // 2
                    x = torch.relu(torch.conv2d(x, weights, bias, stride=one.step, padding=padding))
                found.append((_summed(x) @ torch.from_numpy(self.weights) + self.bias).numpy())
        return np.concatenate(found) if found else np.zeros(0, np.float32)


def fit_network(
    pictures: Reals,
    labels: NDArray[np.int8],
    weights: NDArray[np.float64],
    *,
    steps: int,
    seed: int,
) -> SpectrogramNetwork:
    """Fit a network.

    Args:
        pictures: float32, shape (n, *SHAPE).
        labels: shape (n,), 1 synthetic.
        weights: how often each is drawn, relative to the others.
        steps: batches.
        seed: of everything that is drawn.
    """
    import torch

    chance = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = _model()
        share = torch.from_numpy(weights / weights.sum())
        wanted = torch.from_numpy(labels.astype(np.float32))
        optimiser = torch.optim.AdamW(model.parameters(), MOST_RATE, weight_decay=DECAY)
        pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, MOST_RATE, max(steps, 2))
        model.train()
        for _ in range(steps):
            drawn = torch.multinomial(share, BATCH, replacement=True, generator=chance)
            x = _varied(torch.from_numpy(pictures[drawn.numpy()]), chance)
            x, y = _mixed(x, wanted[drawn], seed=int(drawn.sum()))
            loss = torch.nn.functional.binary_cross_entropy_with_logits(model(x)[:, 0], y)
            optimiser.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            optimiser.step()
            pace.step()
        model.eval()
    return _folded(model)


def _model() -> Any:
    from torch import nn

    class Summed(nn.Module):
        def forward(self, x: Any) -> Any:
            return _summed(x)

    class Centred(nn.Module):
        def forward(self, x: Any) -> Any:
            return _centred(x)

    parts: list[nn.Module] = [Centred()]
    channels = 1
    for side, step, wider in LAYERS:
        parts += [
            nn.Conv2d(channels, wider, side, step, side // 2, bias=False),
            nn.BatchNorm2d(wider),
            nn.ReLU(),
        ]
        channels = wider
    parts += [Summed(), nn.Dropout(DROPOUT), nn.Linear(2 * channels, 1)]
    return nn.Sequential(*parts)


def _centred(pictures: Any) -> Any:
    """Without the mean over time of each row, with one channel."""
    return (pictures - pictures.mean(dim=2, keepdim=True))[:, None]


def _summed(x: Any) -> Any:
    """Mean and spread of each channel over all places."""
    import torch

    mean = x.mean(dim=(2, 3))
    square = (x * x).mean(dim=(2, 3))
    return torch.cat([mean, torch.sqrt(torch.relu(square - mean * mean) + EPSILON)], dim=1)


EPSILON = 1e-5


def _varied(x: Any, chance: Any) -> Any:
    """Shifted in pitch, and with a band and a stretch masked by the mean."""
    import torch

    rows, columns = SHAPE

    def drawn(most: int) -> int:
        return int(torch.randint(0, most, (1,), generator=chance))

    x = torch.roll(x, drawn(2 * SHIFT + 1) - SHIFT, dims=1)
    low, wide = drawn(rows), drawn(rows // 6)
    x[:, low : low + wide] = x.mean(dim=(1, 2), keepdim=True)
    start, long = drawn(columns), drawn(columns // 6)
    x[:, :, start : start + long] = x.mean(dim=2, keepdim=True)
    return x


def _mixed(x: Any, y: Any, *, seed: int) -> tuple[Any, Any]:
    """Each picture with some of another one, and its label with some of the other's."""
    import torch

    rng = np.random.default_rng(seed)
    share = float(rng.beta(MIXING, MIXING))
    other = torch.from_numpy(rng.permutation(len(x)))
    return share * x + (1 - share) * x[other], share * y + (1 - share) * y[other]


def _folded(model: Any) -> SpectrogramNetwork:
    """With each normalisation multiplied into the convolution before it."""
    layers = []
    parts = list(model)
    for place, (_, step, _) in enumerate(LAYERS):
        convolution, normal = parts[1 + 3 * place], parts[2 + 3 * place]
        scale = (normal.weight / (normal.running_var + normal.eps).sqrt()).detach()
        weights = (convolution.weight.detach() * scale[:, None, None, None]).numpy()
        bias = (normal.bias.detach() - normal.running_mean * scale).numpy()
        layers.append(Convolution(weights.copy(), bias.copy(), step))
    last = parts[-1]
    return SpectrogramNetwork(
        tuple(layers), last.weight.detach()[0].numpy().copy(), float(last.bias.detach()[0])
    )
