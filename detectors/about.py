"""What is said of a model or a gate that no training finds out: a TOML file beside its code.

`description`, `version`, `licence`, and the tables `intended_use` and `limits` with paragraphs in
`en` and `fr`.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Self

from pydantic import Field, ValidationError

from provenance.credentials import Record
from provenance.errors import ConfigError
from provenance.files import why

__all__ = ["About"]


class About(Record):
    """What is said of it; fields as in the card."""

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
            raise ConfigError(f"{path}: does not describe a model ({fault})") from fault
