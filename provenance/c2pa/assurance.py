"""The assurance level in a claim signing certificate: how well its key is guarded.

C2PA Certificate Policy 0.2, section "Assurance Level": the extension `id-c2pa-al` holds one object
identifier, `c2pa-assuranceLevel-1` or `-2`. Level 2 means that the product proved, when it was
given the certificate, that it runs untampered on hardware that guards the key. It means something
only in a certificate whose issuer is on the official list: anyone can write it into their own.
"""

from __future__ import annotations

from functools import lru_cache

from provenance.certificates import faults, read_der

__all__ = ["EXTENSION", "VALUES", "assurance_level"]

EXTENSION = "1.3.6.1.4.1.62558.3"
PREFIX = bytes.fromhex("060a2b0601040183e85e03")
"""DER of an object identifier of ten bytes below that of the extension, but for its last."""

VALUES = {PREFIX + b"\x0a": 1, PREFIX + b"\x14": 2}


@lru_cache(maxsize=256)
def assurance_level(certificate: bytes) -> int | None:
    """The level a certificate states, None when it states none that is known.

    Args:
        certificate: DER; one that cannot be read states none.
    """
    from cryptography import x509

    try:
        read = read_der(certificate)
        found = read.extensions.get_extension_for_oid(x509.ObjectIdentifier(EXTENSION))
    except faults():
        return None
    value = found.value
    return VALUES.get(value.value) if isinstance(value, x509.UnrecognizedExtension) else None
