"""The keys that sign receipts: made, rotated and published in one folder.

`keys.json` is the key set to publish; each private key is a file beside it that only its owner can
read. The key that signs is the one for receipts that is active.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from provenance.attest.keys import PrivateKey
from provenance.attest.keyset import KeySet, KeyStatus, KeyUse, PublishedKey
from provenance.errors import ConfigError, KeyFault

__all__ = ["make_keys", "published", "signer", "write_whole"]

PUBLISHED = "keys.json"
USES = {KeyUse.RECEIPT: (KeyUse.RECEIPT, KeyUse.LOG), KeyUse.LOG: (KeyUse.LOG,)}
"""A key for receipts may keep a log too, which then shows an order and no time."""


def make_keys(folder: Path) -> dict[KeyUse, Path]:
    """A new key for each use, in a folder that is made for them; those before retire.

    Raises:
        ConfigError: the folder cannot be used.
        KeyFault: the key set that is there is none.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as fault:
        raise ConfigError(f"{folder}: cannot be a folder ({fault.strerror})") from fault
    keys = published(folder)
    now = datetime.now(UTC).replace(microsecond=0)
    made = {}
    for use, allowed in USES.items():
        key = PrivateKey.generate()
        made[use] = _private(folder, use, key.keyid)
        key.write(made[use])
        entry = PublishedKey(keyid=key.keyid, public=key.public.pem(), not_before=now, use=allowed)
        keys = keys.rotated(entry, now)
    write_whole(folder / PUBLISHED, keys.model_dump_json(indent=2) + "\n")
    return made


def published(folder: Path) -> KeySet:
    """The key set of a folder; an empty one where there is none.

    Raises:
        KeyFault: what is there is no key set.
    """
    path = folder / PUBLISHED
    return KeySet.read(path) if path.exists() else KeySet()


def signer(folder: Path, use: KeyUse = KeyUse.RECEIPT) -> PrivateKey:
    """The key that signs receipts now, or the tree heads of a log.

    Raises:
        KeyFault: there is none that is active, or it cannot be read.
    """
    for path in _active(folder, use):
        return PrivateKey.read(path)
    what = "receipts" if use is KeyUse.RECEIPT else "a log"
    raise KeyFault(
        f"{folder}: no active key for {what}",
        hint=f"Make one: assay receipt keygen --out {folder}",
    )


def _active(folder: Path, use: KeyUse) -> Iterator[Path]:
    for one in published(folder).keys:
        path = _private(folder, use, one.keyid)
        if one.status is KeyStatus.ACTIVE and use in one.use and path.exists():
            yield path


def _private(folder: Path, use: KeyUse, keyid: str) -> Path:
    return folder / f"{use}-{keyid[:16]}.pem"


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        ConfigError: it cannot be written.
    """
    new = path.with_name(path.name + ".new")
    try:
        new.write_bytes(content.encode() if isinstance(content, str) else content)
        new.replace(path)
    except OSError as fault:
        raise ConfigError(f"{path}: cannot be written ({fault.strerror})") from fault
