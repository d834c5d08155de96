"""The encoder of windows: the lower layers of multilingual-e5-small, fitted further with torch.

A window's pieces go through the layers; the mean and the spread of what comes out, over the pieces,
give one logit. Pieces are left out by chance while it is fitted, so that no single word decides,
and embeddings of pieces stay as they are. The gradient is taken in bfloat16 where the processor has
it; the same seed on the same machine gives the same weights.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.text.pieces import LENGTH, PAD, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.text.training.e5 import E5

    Reals = NDArray[np.float32]

__all__ = ["Encoder", "Fitting", "encoded", "fit_encoder", "start"]

BATCH, POOL = 32, 16
RATE, WARMING, DECAY, SMOOTHING = 1e-4, 0.06, 0.05, 0.04
DROPOUT, LEFT_OUT = 0.1, 0.06
LEAST_SPREAD = 1e-6

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Fitting:
    """How long an encoder is fitted.

    Attributes:
        layers: how many of the encoder's are kept, from below.
        windows: drawn in all, with replacement.
        rate: of learning, at its highest.
    """

    layers: int = 6
    windows: int = 60_000
    rate: float = RATE


@dataclass(frozen=True, slots=True)
class Encoder:
    """Weights of an encoder that was fitted.

    Attributes:
        heads: of attention.
        epsilon: of layer normalisation.
        tensors: by name: `word` (pieces, width), `place` (LENGTH, width), `begin.scale`,
            `begin.shift`; of layer i `i.qkv`, `i.out`, `i.up`, `i.down` (in, out) each with
            `.shift`, and `i.first` and `i.second` normalisation with `.scale` and `.shift`; `head`
            (2 width, 1) and `head.shift`.
    """

    heads: int
    epsilon: float
    tensors: dict[str, Reals]

    @property
    def layers(self) -> int:
        """How many."""
        return sum(name.endswith(".qkv") for name in self.tensors)


def start(model: E5, kept: NDArray[np.int64], layers: int) -> Encoder:
    """The encoder as it was published, with a head that says nothing yet.

    Args:
        model: that was read.
        kept: numbers of the pieces that stay, in order.
        layers: how many are kept.
    """
    width = model.width
    places = model.tensor("emb.pos", -1, width)[:LENGTH]
    tensors = {
        "word": model.tensor("emb.word", -1, width)[kept],
        "place": places + model.tensor("emb.type", -1, width)[0],
        "begin.scale": model.tensors["emb.ln.w"],
        "begin.shift": model.tensors["emb.ln.b"],
        "head": np.zeros((2 * width, 1), np.float32),
        "head.shift": np.zeros(1, np.float32),
    }
    for layer in range(layers):
        parts = [model.tensor(f"l{layer}.{one}.w", width, width) for one in "qkv"]
        shifts = [model.tensors[f"l{layer}.{one}.b"] for one in "qkv"]
        tensors[f"{layer}.qkv"] = np.concatenate(parts).T
        tensors[f"{layer}.qkv.shift"] = np.concatenate(shifts)
        for name, own in (("out", "ao"), ("up", "fi"), ("down", "fo")):
            shift = model.tensors[f"l{layer}.{own}.b"]
            tensors[f"{layer}.{name}"] = model.tensor(f"l{layer}.{own}.w", len(shift), -1).T
            tensors[f"{layer}.{name}.shift"] = shift
        for name, own in (("first", "aln"), ("second", "oln")):
            tensors[f"{layer}.{name}.scale"] = model.tensors[f"l{layer}.{own}.w"]
            tensors[f"{layer}.{name}.shift"] = model.tensors[f"l{layer}.{own}.b"]
    held = {name: np.ascontiguousarray(one, np.float32) for name, one in tensors.items()}
    return Encoder(model.heads, model.epsilon, held)


def fit_encoder(
    begin: Encoder,
    pieces: NDArray[np.int64],
    labels: NDArray[np.int8],
    weights: NDArray[np.float64],
    fitting: Fitting,
    seed: int,
) -> Encoder:
    """Fit an encoder to windows.

    Args:
        begin: where it starts.
        pieces: shape (n, LENGTH), padded.
        labels: shape (n,), 1 synthetic.
        weights: how often each window is drawn, relative to the others.
        fitting: how long.
        seed: of everything that is drawn.
    """
    import torch

    rng = np.random.default_rng(seed)
    drawn = rng.choice(len(pieces), fitting.windows, p=weights / weights.sum())
    lengths = (pieces != PAD).sum(axis=1)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        held = {
            name: torch.nn.Parameter(torch.from_numpy(one.copy()), requires_grad=name != "word")
            for name, one in begin.tensors.items()
        }
        fitted = [one for one in held.values() if one.requires_grad]
        optimiser = torch.optim.AdamW(
            [
                {"params": [one for one in fitted if one.ndim > 1], "weight_decay": DECAY},
                {"params": [one for one in fitted if one.ndim == 1], "weight_decay": 0.0},
            ],
            fitting.rate,
            betas=(0.9, 0.98),
        )
        steps = fitting.windows // BATCH
        for step, some in enumerate(_batches(drawn, lengths, rng)):
            pace = fitting.rate * min(1.0, step / (WARMING * steps)) * (1 - 0.95 * step / steps)
            for group in optimiser.param_groups:
                group["lr"] = pace
            ids = torch.from_numpy(pieces[some, : lengths[some].max()])
            gone = (torch.rand(ids.shape) < LEFT_OUT) & (ids > UNKNOWN)
            wanted = torch.from_numpy(labels[some].astype(np.float32))
            found = _forward(held, begin, ids.masked_fill(gone, UNKNOWN), fitted_to=True)
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                found, wanted * (1 - SMOOTHING) + SMOOTHING / 2
            )
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(fitted, 1.0)
            optimiser.step()
            optimiser.zero_grad()
            if step % 100 == 0:
                log.info("window %d of %d, loss %.3f", step * BATCH, fitting.windows, loss.item())
    return Encoder(
        begin.heads,
        begin.epsilon,
        {name: one.detach().numpy().copy() for name, one in held.items()},
    )


def encoded(encoder: Encoder, pieces: NDArray[np.int64]) -> Reals:
    """The logits of windows in single precision, shape (n,)."""
    import torch

    held = {name: torch.from_numpy(one) for name, one in encoder.tensors.items()}
    found = np.zeros(len(pieces), np.float32)
    with torch.inference_mode():
        for at in range(0, len(pieces), BATCH):
            some = torch.from_numpy(pieces[at : at + BATCH])
            found[at : at + BATCH] = _forward(held, encoder, some, fitted_to=False).numpy()
    return found


def _batches(
    drawn: NDArray[np.int64], lengths: NDArray[np.int64], rng: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Windows of like length together, so that little is padded."""
    for at in range(0, len(drawn), BATCH * POOL):
        pool = drawn[at : at + BATCH * POOL]
        pool = pool[np.argsort(lengths[pool], kind="stable")]
        batches = [pool[low : low + BATCH] for low in range(0, len(pool), BATCH)]
        for place in rng.permutation(len(batches)):
            if len(batches[place]) == BATCH:
                yield batches[place]


def _forward(held: dict[str, Any], encoder: Encoder, ids: Any, *, fitted_to: bool) -> Any:
    import torch
    from torch.nn import functional

    def normal(x: Any, name: str) -> Any:
        scale, shift = held[f"{name}.scale"], held[f"{name}.shift"]
        return functional.layer_norm(x, (x.shape[-1],), scale, shift, encoder.epsilon)

    def linear(x: Any, name: str) -> Any:
        return functional.linear(x, held[name].T, held[f"{name}.shift"])

    def left_out(x: Any) -> Any:
        return functional.dropout(x, DROPOUT, fitted_to)

    count, length = ids.shape
    there = ids != PAD
    x = left_out(normal(held["word"][ids] + held["place"][:length], "begin"))
    width = x.shape[-1]
    with torch.autocast("cpu", torch.bfloat16, enabled=fitted_to):
        for layer in range(encoder.layers):
            parts = linear(x, f"{layer}.qkv").view(count, length, 3, encoder.heads, -1)
            query, key, value = parts.permute(2, 0, 3, 1, 4)
            seen = functional.scaled_dot_product_attention(
                query, key, value, attn_mask=there[:, None, None, :]
            )
            seen = seen.transpose(1, 2).reshape(count, length, width)
            x = normal(x + left_out(linear(seen, f"{layer}.out")), f"{layer}.first")
            inner = functional.gelu(linear(x, f"{layer}.up"))
            x = normal(x + left_out(linear(inner, f"{layer}.down")), f"{layer}.second")
    x, weight = x.float(), there[..., None].float()
    total = weight.sum(1)
    mean = (x * weight).sum(1) / total
    spread = ((x - mean[:, None]).square() * weight).sum(1) / total
    both = torch.cat([mean, (spread + LEAST_SPREAD).sqrt()], 1)
    return (both @ held["head"] + held["head.shift"])[:, 0]
