"""What few sources cost: how far the bound of an exceedance lies over the true rate, and how often.

    python benchmarks/exceedance_bound.py [--populations 200] [--apart 0.3]

Populations of human sources are drawn: scores are normal, and so are the means of the sources, with
a deviation of `--apart` (of the deviation within a source). At the score that 1 % of all human
works reach or pass, each table is asked for its bound. Printed are the median of the bounds, the
90 % of them in the middle, and the share of populations in which the bound held. Nothing is timed.
"""

from __future__ import annotations

import argparse
import sys
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import NormalDist

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from detectors.exceedance import ExceedanceTable, HumanScore  # noqa: E402

RATE = 0.01
SOURCES = (3, 5, 10, 20, 40, 80)
WORKS = (10, 300)


def main() -> None:
    """Draw populations, print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--populations", type=int, default=200)
    parser.add_argument("--apart", type=float, default=0.3)
    asked = parser.parse_args()
    at = NormalDist(0, (1 + asked.apart**2) ** 0.5).inv_cdf(1 - RATE)
    print(f"{datetime.now(UTC):%Y-%m-%d}, Assay {version('assay-provenance')}, ", end="")
    print(f"{asked.populations} populations each, sources apart by {asked.apart:g}")
    print(f"true rate {RATE:.1%}, {WORKS[0]} to {WORKS[1]} works a source\n")
    print("sources   median bound   90 % of the bounds   held")
    for sources in SOURCES:
        bounds = np.array(
            [bound(seed, sources, asked.apart, at) for seed in range(asked.populations)]
        )
        low, middle, high = np.quantile(bounds, (0.05, 0.5, 0.95))
        held = np.mean(bounds >= RATE)
        print(f"{sources:7}   {middle:12.1%}   {low:8.1%} to {high:5.1%}   {held:6.1%}")


def bound(seed: int, sources: int, apart: float, at: float) -> float:
    """The bound at a score in one population."""
    random = np.random.default_rng((seed, sources))
    scores = []
    for source, mean in enumerate(random.normal(0, apart, sources)):
        works = random.integers(*WORKS, endpoint=True)
        drawn = random.normal(mean, 1, works)
        scores += [
            HumanScore(f"s{source}", "all", f"{source}/{n}", float(one))
            for n, one in enumerate(drawn)
        ]
    return ExceedanceTable.of(scores, {"all": None}).measure(at, "all").exceedance.upper


if __name__ == "__main__":
    main()
