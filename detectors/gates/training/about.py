"""Where what is said of a gate lies: see `detectors.about`."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from detectors.gates.gate import PACKAGES

__all__ = ["about_of"]


def about_of(name: str) -> Path:
    """Where what is said of a gate of Assay lies."""
    return Path(str(resources.files(PACKAGES[name]))) / f"{name}.toml"
