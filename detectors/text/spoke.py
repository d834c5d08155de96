"""What spoke for and against a machine: runs of words, and numbers of style, in plain words.

The part of the score that runs of characters and words give is a sum, so that each run of words has
its own share of it; shares are means over the windows. What a number of style does is seen by
putting in its place what people's windows usually have. What the encoder sees has no such names and
is not told: these features say what could be said, and not all that decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.text.grams import BUCKETS
from detectors.text.style import style_names
from detectors.text.text import GRAMS, STYLE
from provenance.evidence import Feature

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from detectors.models.preparation import Prepared
    from detectors.runtime import Network

    Reals = NDArray[np.float32]

__all__ = ["RUN_LOGITS", "STYLE_LOGIT", "USUAL_STYLE", "spoke"]

RUN_LOGITS, STYLE_LOGIT, USUAL_STYLE = "runs", "style", "usual"
"""What the graph tells besides the logit."""

RUNS, NUMBERS = 4, 4
"""Runs told on either side, and numbers of style told in all."""


def spoke(network: Network, prepared: Prepared) -> tuple[Feature, ...]:
    """The features that moved the score most.

    Runs are called `run:` and how they read; their value is how much of what all runs moved they
    did, in percent, over 0 towards a machine. Numbers of style are called `style:`, and `usual:` is
    the same number as people's windows mostly have it.

    Args:
        network: of a text model, which tells what its parts say.
        prepared: windows of one text.

    Raises:
        EngineError: the network does not work.
    """
    rows = np.asarray(prepared.features, np.float32)
    if not {RUN_LOGITS, STYLE_LOGIT, USUAL_STYLE} <= network.outputs:
        return ()
    return (*_runs(network, prepared, rows), *_style(network, rows))


def _runs(network: Network, prepared: Prepared, rows: Reals) -> Iterator[Feature]:
    shares = np.zeros(BUCKETS + 1)
    for row in rows:
        told = network.run({"features": row[None]}, [RUN_LOGITS])[RUN_LOGITS][0]
        shares[row[GRAMS].astype(np.int64)] += told / len(rows)
    shares *= 100 / max(float(np.abs(shares).sum()), 1e-9)
    known = [one for one in prepared.names.items() if 0 <= one[1] < BUCKETS]
    named = sorted(known, key=lambda one: -shares[one[1]])
    for side in (named, named[::-1]):
        chosen: list[str] = []
        sign = 1 if side is named else -1
        for name, bucket in side:
            if len(chosen) == RUNS or sign * shares[bucket] <= 0:
                break
            if any(char.isalpha() for char in name) and not _overlaps(name, chosen):
                chosen.append(name)
                yield Feature(name=f"run:{name}", value=float(shares[bucket]))


def _overlaps(name: str, chosen: list[str]) -> bool:
    return any(f" {name} " in f" {one} " or f" {one} " in f" {name} " for one in chosen)


def _style(network: Network, rows: Reals) -> Iterator[Feature]:
    mean = rows.mean(axis=0)
    (usual,) = network.run({"features": mean[None]}, [USUAL_STYLE])[USUAL_STYLE]
    changed = np.repeat(mean[None], len(usual) + 1, axis=0)
    for place, value in enumerate(usual):
        changed[place + 1, STYLE.start + place] = value
    found = network.run({"features": changed}, [STYLE_LOGIT])[STYLE_LOGIT][:, 0]
    moved = np.abs(found[0] - found[1:])
    names = style_names()
    for place in np.argsort(-moved, kind="stable")[:NUMBERS]:
        if moved[place] > 0:
            yield Feature(name=f"style:{names[place]}", value=float(mean[STYLE][place]))
            yield Feature(name=f"usual:{names[place]}", value=float(usual[place]))
