"""Writes what was fitted as an ONNX graph, and makes sure that the graph computes the same."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from detectors.models.scorer import NetworkScorer
from detectors.runtime import Network
from provenance.errors import EngineError, PluginError

if TYPE_CHECKING:
    from detectors.models.preparation import Features
    from detectors.training.recipe import Fitted, Recipe

__all__ = ["TOLERANCE", "export"]

TOLERANCE = 1e-4
"""Largest difference of a logit taken for rounding; relative where logits go beyond 1."""

COMPARED = 4096


def export(recipe: Recipe, fitted: Fitted, features: Features, path: Path) -> float:
    """Write the graph of `fitted` to `path`; the largest difference that was seen.

    Args:
        recipe: that made it.
        fitted: what it made.
        features: windows to compare on; of many, some from everywhere among them.
        path: of the graph.

    Raises:
        PluginError: the graph cannot be run, or does not compute the same.
    """
    graph = recipe.export(fitted)
    path.write_bytes(graph)
    step = max(1, len(features) // COMPARED)
    windows = features[::step][:COMPARED]
    scorer = NetworkScorer(Network(path, hashlib.sha256(graph).hexdigest()), recipe.plan.network)
    try:
        found = scorer.logits(windows).astype(np.float64)
    except EngineError as fault:
        raise PluginError(f"recipe {recipe.name}: its graph cannot be run: {fault}") from fault
    wanted = np.asarray(fitted.logits(windows), np.float64)
    difference = float(np.abs(found - wanted).max(initial=0.0))
    scale = max(1.0, float(np.abs(wanted).max(initial=0.0)))
    if not difference <= TOLERANCE * scale:
        raise PluginError(
            f"recipe {recipe.name}: its graph differs from what was fitted by {difference:.3g}",
            hint="Export in the same precision, with the same preprocessing.",
        )
    return difference
