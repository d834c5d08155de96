"""What is said of a gate that no training finds out: a TOML file beside the code of its features.

`description`, `version`, `licence`, and the tables `intended_use` and `limits` with paragraphs in
`en` and `fr`.
"""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError

from detectors.gates.gate import PACKAGES
from provenance.credentials import Record
from provenance.errors import ConfigError
from provenance.files import why

__all__ = ["About", "about_of"]


class About(Record):
    """What is said of a gate; fields as in `GateCard`."""

    description: str
    version: str = "1"
    licence: str = "Apache-2.0"
    intended_use: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    limits: dict[str, tuple[str, ...]] = Field(default_factory=dict)

    @classmethod
    def read(cls, path: Path) -> Self:
        """What stands in a file.

        Raises:
            ConfigError: it cannot be read, or is not as it should be.
        """
        try:
            return cls.model_validate(tomllib.loads(path.read_text("utf-8")))
        except OSError as fault:
            raise ConfigError(f"{path}: cannot be read ({why(fault)})") from fault
        except (ValidationError, ValueError) as fault:
            raise ConfigError(f"{path}: does not describe a gate ({fault})") from fault


def about_of(name: str) -> Path:
    """Where what is said of a gate of Assay lies."""
    return Path(str(resources.files(PACKAGES[name]))) / f"{name}.toml"
