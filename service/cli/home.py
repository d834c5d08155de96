"""The user's own settings: a folder with what they trust, and their language."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["folder", "key_sets", "language", "private_anchors", "trust_folder"]


def folder() -> Path:
    """`$ASSAY_HOME`, else the user's configuration folder."""
    if given := os.environ.get("ASSAY_HOME"):
        return Path(given)
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "assay"


def trust_folder() -> Path:
    """Where `assay trust add` keeps anchors."""
    return folder() / "trust"


def private_anchors() -> list[Path]:
    """The PEM files that were added, sorted."""
    return sorted(trust_folder().glob("*.pem"))


def key_sets() -> list[Path]:
    """The key sets whose receipts are trusted, put there by the user, sorted."""
    return sorted((folder() / "keys").glob("*.json"))


def language() -> str:
    """`fr` when the user's locale is French, else `en`."""
    locale = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    chosen = next((value for value in locale if value), "")
    return "fr" if chosen.lower().startswith("fr") else "en"
