"""The plug point of training: what is fitted on the windows of works, and how it becomes a graph.

A recipe is found by name through the entry-point group `assay.recipes` and created without
arguments. It is code of whoever installed it, runs in this process, and sees numbers only: works
are prepared in the sandbox, by the preparation it names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from detectors.models.aggregate import Aggregate
from detectors.models.records import ROOT, NetworkPlace, Settings
from detectors.training.folds import MOST_FOLDS
from provenance.errors import ConfigError, PluginError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.models.preparation import Features

__all__ = [
    "ENTRY_POINTS",
    "Copy",
    "Fitted",
    "Plan",
    "Recipe",
    "balanced",
    "recipe",
    "recipes",
    "tempered",
]

ENTRY_POINTS = "assay.recipes"


@dataclass(frozen=True, slots=True)
class Copy:
    """How a work is prepared once more, laundered: a model is fitted to its copies too.

    Attributes:
        preparation: entry point; what it gives has the shape of the model's own preparation.
        settings: it is created with.
    """

    preparation: str
    settings: Settings = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Plan:
    """What the record of a model made by a recipe says; see `ModelRecord`.

    `copies` are no part of the record, and neither is `known`: whether the card also says how well
    other songs of known families are found, which takes as long again. Tables hold works as they
    are, never copies. `folds` is how often it is fitted so that each work is held out once. `fit`
    says what a fit depends on beside the works: with the same, what an earlier run scored is taken
    over. `measures_marked`: works whose licence keeps them out of training are scored as held out
    all the same. `strange_columns` are those of the features that the test of strangeness looks at.
    `intended_use` and `limits` stand in the card, by language.
    """

    description: str
    licence: str = "Apache-2.0"
    version: str = "1"
    settings: Settings = field(default_factory=dict)
    aggregate: Aggregate = Aggregate.MEAN
    minimum_windows: int = 1
    network: NetworkPlace = field(default_factory=NetworkPlace)
    groups: Mapping[str, str | None] = field(default_factory=lambda: {ROOT: None})
    copies: tuple[Copy, ...] = ()
    known: bool = False
    folds: int = MOST_FOLDS
    fit: Settings = field(default_factory=dict)
    measures_marked: bool = False
    strange_columns: tuple[int, int] | None = None
    intended_use: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    limits: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Fitted(Protocol):
    """What a recipe made of examples."""

    def logits(self, features: Features) -> NDArray[np.float32]:
        """One logit a window, shape (n,): over 0 leans to synthetic."""
        ...


@runtime_checkable
class Recipe(Protocol):
    """How a model is made.

    Attributes:
        name: of its entry point.
        preparation: entry point of what turns works into features.
        plan: what the model's record says.
    """

    name: str
    preparation: str
    plan: Plan

    def fit(
        self, features: Features, labels: NDArray[np.int8], groups: NDArray[np.str_], seed: int
    ) -> Fitted:
        """Fit to windows.

        Args:
            features: shape (windows, ...).
            labels: shape (windows,); 1 synthetic, 0 human.
            groups: shape (windows,); the human source or the family of generators of each.
            seed: of everything that is drawn; the same seed gives the same result.
        """
        ...

    def export(self, fitted: Fitted) -> bytes:
        """An ONNX graph that takes and gives what `plan.network` says."""
        ...


def recipes() -> tuple[str, ...]:
    """Names of the recipes that are installed, sorted."""
    return tuple(sorted({point.name for point in entry_points(group=ENTRY_POINTS)}))


def recipe(name: str) -> Recipe:
    """The recipe called `name`.

    Raises:
        ConfigError: none of that name is installed.
        PluginError: it does not keep the protocol.
    """
    for point in entry_points(group=ENTRY_POINTS):
        if point.name == name:
            made: Any = point.load()()
            if not isinstance(made, Recipe):
                raise PluginError(f"{point.value} does not keep detectors.training.recipe.Recipe")
            return made
    known = ", ".join(recipes()) or "none"
    raise ConfigError(f"there is no recipe called {name!r}", hint=f"Known: {known}.")


def balanced(labels: NDArray[np.int8], groups: NDArray[np.str_]) -> NDArray[np.float64]:
    """A weight for each window: classes weigh the same, and within each its sources or families.

    The mean weight is 1.
    """
    weights = np.zeros(len(labels), np.float64)
    for label in np.unique(labels):
        of_class = labels == label
        names, place, counts = np.unique(groups[of_class], return_inverse=True, return_counts=True)
        weights[of_class] = 1 / (len(names) * counts[place])
    return np.asarray(weights * (len(labels) / weights.sum()))


def tempered(labels: NDArray[np.int8], groups: NDArray[np.str_]) -> NDArray[np.float64]:
    """As `balanced`, but sources and families weigh as the square root of their windows.

    The mean weight is 1.
    """
    weights = np.zeros(len(labels), np.float64)
    for label in np.unique(labels):
        of_class = labels == label
        _, place, counts = np.unique(groups[of_class], return_inverse=True, return_counts=True)
        own = 1 / np.sqrt(counts[place])
        weights[of_class] = own / own.sum()
    return np.asarray(weights * (len(labels) / weights.sum()))
