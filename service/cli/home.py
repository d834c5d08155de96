"""The user's own settings: a folder with what they trust, and their language."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path

from provenance.c2pa.trust import TrustStore
from provenance.errors import ConfigError, TrustError

__all__ = [
    "folder",
    "identity_anchors",
    "identity_folder",
    "key_sets",
    "language",
    "lists_folder",
    "private_anchors",
    "trust_folder",
    "trust_store",
]


def folder() -> Path:
    """`$ASSAY_HOME`, else the user's configuration folder."""
    if given := os.environ.get("ASSAY_HOME"):
        return Path(given)
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "assay"


def trust_folder() -> Path:
    """Where `assay trust add` keeps anchors."""
    return folder() / "trust"


def lists_folder() -> Path:
    """Where `assay trust update` keeps newer lists."""
    return folder() / "lists"


def private_anchors() -> list[Path]:
    """The PEM files that were added, sorted."""
    return sorted(trust_folder().glob("*.pem"))


def identity_folder() -> Path:
    """Where `assay trust add --for identity` keeps anchors and aggregators."""
    return folder() / "identities"


def identity_anchors() -> list[Path]:
    """The files that were added for identities, sorted."""
    return sorted(identity_folder().glob("*.pem"))


def trust_store(given: Iterable[Path] = (), identities: Iterable[Path] = ()) -> TrustStore:
    """The shipped lists or newer ones, what was kept, and what is given for this run.

    Args:
        given: anchors of signers.
        identities: anchors and aggregators of identities.

    Raises:
        ConfigError: a file cannot be read.
        TrustError: a file holds no certificate. Both name the file.
    """
    store = TrustStore.shipped().kept(lists_folder())
    kept = "It was kept by 'assay trust add': delete it, or put a certificate (PEM) in its place."
    for path in private_anchors():
        store = _with(store.with_private, path, str(path), kept)
    for path in identity_anchors():
        store = _with(store.with_identity, path, str(path), kept)
    for path in given:
        store = _with(store.with_private, path, f"--trust {path}")
    for path in identities:
        store = _with(store.with_identity, path, f"--trust-identity {path}")
    return store


def _with(
    added: Callable[[bytes], TrustStore], path: Path, named: str, hint: str = ""
) -> TrustStore:
    try:
        return added(path.read_bytes())
    except OSError as fault:
        raise ConfigError(f"{named}: {fault.strerror}", hint=hint) from fault
    except TrustError as fault:
        raise TrustError(f"{named}: {fault}", hint=hint or fault.hint) from fault


def key_sets() -> list[Path]:
    """The key sets whose receipts are trusted, put there by the user, sorted."""
    return sorted((folder() / "keys").glob("*.json"))


def language() -> str:
    """`fr` when the user's locale is French, else `en`."""
    locale = (os.environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG"))
    chosen = next((value for value in locale if value), "")
    return "fr" if chosen.lower().startswith("fr") else "en"
