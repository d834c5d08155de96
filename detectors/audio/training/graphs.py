"""The dense networks of a model of music as part of its graph.

The graph takes rows of statistics, as `detectors.audio.music` makes them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from detectors.audio.training.dense_network import FARTHEST
from detectors.training.graph import FEATURES, PartGraph

if TYPE_CHECKING:
    from detectors.audio.training.dense_network import DenseNetwork

__all__ = ["Graph"]


class Graph(PartGraph):
    """A graph that grows.

    Args:
        width: how many numbers a row has.
    """

    def __init__(self, width: int) -> None:
        super().__init__("music", width)

    def dense(self, network: DenseNetwork, share: float) -> None:
        """Add the mean of dense networks on the statistics."""
        centred = self.add("Sub", FEATURES, self.hold(network.mean))
        x = self.add("Div", centred, self.hold(network.scale))
        least, most = (self.hold(np.array(one, np.float32)) for one in (-FARTHEST, FARTHEST))
        x = self.add("Clip", x, least, most)
        for member in network.members:
            found = x
            for place, (weights, bias) in enumerate(member.layers):
                found = self.add("Gemm", found, self.hold(weights), self.hold(bias))
                if place < len(member.layers) - 1:
                    found = self.add("Relu", found)
            self.counts(found, share / len(network.members))
