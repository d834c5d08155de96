"""Keys: Ed25519 (RFC 8032), named by the SHA-256 of their SPKI (RFC 5280 section 4.1.2.7).

A `Signer` is whatever can sign: a PEM file here, a key service elsewhere. Private keys are PKCS #8
PEM (RFC 5958) and are never shown or logged. The sets that are published are in `keyset`.
"""

from __future__ import annotations

import base64
import hashlib
import os
from pathlib import Path
from typing import Protocol, Self

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_public_key,
    load_pem_private_key,
    load_pem_public_key,
)

from provenance.attest.encoding import from_base64
from provenance.errors import KeyFault

__all__ = ["PrivateKey", "PublicKey", "Signer", "exposed"]

HOW = "Make one with: assay receipt keygen --out DIR"


class Signer(Protocol):
    """What signs: a key in a file, a hardware module, a key service."""

    @property
    def keyid(self) -> str:
        """Hexadecimal SHA-256 of the public key's SPKI."""
        ...

    @property
    def public(self) -> PublicKey:
        """The key that verifies what this one signs."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature of `message`, 64 bytes."""
        ...


class PublicKey:
    """An Ed25519 public key."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key
        self.spki = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        self.keyid = hashlib.sha256(self.spki).hexdigest()

    @classmethod
    def parse(cls, text: str) -> Self:
        """A key as PEM or as base64 of its SPKI.

        Raises:
            ValueError: it is neither, or not an Ed25519 key.
        """
        try:
            if text.lstrip().startswith("-----BEGIN"):
                key = load_pem_public_key(text.encode())
            else:
                key = load_der_public_key(from_base64(text))
        except (ValueError, UnsupportedAlgorithm) as fault:
            raise ValueError("not a public key (PEM, or base64 of its SPKI)") from fault
        if not isinstance(key, Ed25519PublicKey):
            raise ValueError("not an Ed25519 key")  # noqa: TRY004 - a wrong value, not a wrong type
        return cls(key)

    def base64(self) -> str:
        """Base64 of the SPKI."""
        return base64.b64encode(self.spki).decode()

    def pem(self) -> str:
        """The PEM that openssl reads."""
        return self._key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether `signature` is this key's over `message`."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True


class PrivateKey:
    """A `Signer` whose key is in this process."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = PublicKey(key.public_key())

    def __repr__(self) -> str:
        return f"PrivateKey(keyid={self.keyid!r})"

    @property
    def keyid(self) -> str:
        """Hexadecimal SHA-256 of the public key's SPKI."""
        return self.public.keyid

    @classmethod
    def generate(cls) -> Self:
        """A new key."""
        return cls(Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, path: Path) -> Self:
        """The key in a PEM file.

        Raises:
            KeyFault: there is none, it needs a password, or it is of another kind.
        """
        try:
            raw = path.read_bytes()
        except OSError as fault:
            raise KeyFault(f"{path}: cannot be read ({fault.strerror})", hint=HOW) from fault
        try:
            key = load_pem_private_key(raw, None)
        except TypeError as fault:
            raise KeyFault(
                f"{path}: the key is protected by a password, which cannot be asked for here",
                hint="Take it off, into a file only you can read: openssl pkey -in KEY -out NEW",
            ) from fault
        except (ValueError, UnsupportedAlgorithm) as fault:
            raise KeyFault(f"{path}: not a private key (PEM, PKCS #8)", hint=HOW) from fault
        if not isinstance(key, Ed25519PrivateKey):
            raise KeyFault(f"{path}: not an Ed25519 key, and receipts need one", hint=HOW)
        return cls(key)

    def write(self, path: Path) -> None:
        """Keeps the key in a new file that only its owner can read.

        Raises:
            KeyFault: the file exists already, or cannot be written.
        """
        pem = self._key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        try:
            # Its mode from the first moment on: there is no time when others could open it.
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(pem)
        except OSError as fault:
            raise KeyFault(f"{path}: cannot be written ({fault.strerror})") from fault

    def sign(self, message: bytes) -> bytes:
        """The Ed25519 signature of `message`, 64 bytes."""
        return self._key.sign(message)


def exposed(path: Path) -> bool:
    """Whether others than its owner can read a key file, as far as its mode says."""
    try:
        return bool(path.stat().st_mode & 0o077)
    except OSError:
        return False
