"""Signs text, for tests: the smallest C2PA 2.4 claim there can be, put into a text in three ways.

No signing library writes manifests into text without other versions of what we depend on, so this
builds one from its parts: CBOR (RFC 8949), COSE_Sign1 (RFC 9052), JUMBF (ISO 19566-5), and the
carriers of C2PA 2.4 annex A.7, A.8 and A.9.
"""

from __future__ import annotations

import base64
import hashlib
import struct
import unicodedata
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from provenance.c2pa.text import selectors

if TYPE_CHECKING:
    from collections.abc import Callable

    from tools.authority import Authority

MANIFEST = "urn:c2pa:6b1a7e8e-0f6e-4d0d-8f5e-3c1f2a4b5c6d"
BASE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
AI = "trainedAlgorithmicMedia"
PAD = 64


def sign_text(text: str, authority: Authority, source_type: str = AI) -> str:
    """`text` with an A.8 wrapper at its end."""
    text = unicodedata.normalize("NFC", text)
    body = text.encode()
    length = len(_wrapper(_store(body, len(body), 5000, authority, source_type)(0)).encode())
    # A byte under 16 takes three bytes of UTF-8, another four: padding makes up for what signing
    # again changes, so that the length that was signed comes true.
    length += PAD // 2
    for _ in range(50):
        store = _store(body, len(body), length, authority, source_type)
        missing = length - len(_wrapper(store(0)).encode())
        if 0 <= missing <= PAD:
            return text + _wrapper(store(missing))
    raise AssertionError("no padding fits")


def sign_structured(before: str, after: str, authority: Authority, source_type: str = AI) -> str:
    """A text with an A.9 block between `before` and `after`."""
    opening = "-----BEGIN C2PA MANIFEST----- data:application/c2pa;base64,"
    return _enclosed(
        before, after, authority, source_type, (opening, " -----END C2PA MANIFEST-----")
    )


def sign_html(before: str, after: str, authority: Authority, source_type: str = AI) -> str:
    """A page with an A.7 script between `before` and `after`."""
    tags = ('<script type="application/c2pa">', "</script>")
    return _enclosed(before, after, authority, source_type, tags)


def _wrapper(store: bytes) -> str:
    return "\ufeff" + selectors(b"C2PATXT\0\1" + struct.pack(">I", len(store)) + store)


def _enclosed(
    before: str, after: str, authority: Authority, source_type: str, tags: tuple[str, str]
) -> str:
    """The store in base64 between two tags; its length does not depend on what was signed."""
    head, tail = before.encode(), after.encode()

    def block(length: int) -> str:
        store = _store(head + tail, len(head), length, authority, source_type)(0)
        return tags[0] + base64.b64encode(store).decode() + tags[1]

    return before + block(len(block(5000))) + after


def _store(
    hashed: bytes, start: int, length: int, authority: Authority, source_type: str
) -> Callable[[int], bytes]:
    """How to make the manifest store, given how many bytes of its padding are not zero.

    Args:
        hashed: the text without the manifest.
        start: where the manifest stands, in bytes.
        length: how many it takes up.
        authority: who signs.
        source_type: how the text was made.
    """
    actions = _cbor_box(
        "c2pa.actions.v2",
        {
            "actions": [{"action": "c2pa.created", "digitalSourceType": BASE + source_type}],
            "allActionsIncluded": True,
        },
    )
    binding = _cbor_box(
        "c2pa.hash.data",
        {
            "exclusions": [{"start": start, "length": length}],
            "alg": "sha256",
            "hash": hashlib.sha256(hashed).digest(),
            "pad": b"",
        },
    )
    claim = _cbor(
        {
            "instanceID": "xmp:iid:3f0b7d2e-1a53-4c83-9d6a-b7c5f3f1a9d2",
            "claim_generator_info": {"name": "Assay tests", "specVersion": "2.4.0"},
            "signature": f"self#jumbf=/c2pa/{MANIFEST}/c2pa.signature",
            "created_assertions": [
                _hashed_uri("c2pa.actions.v2", actions),
                _hashed_uri("c2pa.hash.data", binding),
            ],
            "dc:title": "a text",
            "alg": "sha256",
        }
    )
    leaf = x509.load_pem_x509_certificate(authority.chain).public_bytes(Encoding.DER)
    protected = _cbor({1: -7, 33: leaf})
    key = load_pem_private_key(authority.key, None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    signed = _cbor(["Signature1", protected, b"", claim])
    r, s = utils.decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def padded(filled: int) -> bytes:
        pad = b"\xff" * filled + bytes(PAD - filled)
        cose = b"\xd2" + _cbor([protected, {"pad": pad}, None, signature])
        parts = (
            _box("c2as", "c2pa.assertions", actions + binding)
            + _box("c2cl", "c2pa.claim.v2", _content(b"cbor", claim))
            + _box("c2cs", "c2pa.signature", _content(b"cbor", cose))
        )
        return _box("c2pa", "c2pa", _box("c2ma", MANIFEST, parts))

    return padded


def _content(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data) + 8) + kind + data


def _box(kind: str, label: str, data: bytes) -> bytes:
    uuid = kind.encode() + bytes.fromhex("00110010800000AA00389B71")
    described = _content(b"jumd", uuid + b"\x03" + label.encode() + b"\0")
    return _content(b"jumb", described + data)


def _cbor_box(label: str, data: object) -> bytes:
    return _box("cbor", label, _content(b"cbor", _cbor(data)))


def _hashed_uri(label: str, box: bytes) -> dict[str, object]:
    digest = hashlib.sha256(box[8:]).digest()
    return {"url": f"self#jumbf=c2pa.assertions/{label}", "hash": digest}


def _cbor(value: Any) -> bytes:
    """As CBOR; lengths of 16 bits, so that sizes do not depend on values."""
    match value:
        case None:
            return b"\xf6"
        case bool():
            return b"\xf5" if value else b"\xf4"
        case int():
            return _head(0, value) if value >= 0 else _head(1, -1 - value)
        case bytes():
            return _head(2, len(value)) + value
        case str():
            return _head(3, len(value.encode())) + value.encode()
        case list():
            return _head(4, len(value)) + b"".join(map(_cbor, value))
        case dict():
            pairs = b"".join(_cbor(key) + _cbor(one) for key, one in value.items())
            return _head(5, len(value)) + pairs
    raise TypeError(type(value))


def _head(major: int, n: int) -> bytes:
    if n < 24:
        return bytes([major << 5 | n])
    if n < 256:
        return bytes([major << 5 | 24, n])
    if n < 65536:
        return bytes([major << 5 | 25]) + struct.pack(">H", n)
    return bytes([major << 5 | 26]) + struct.pack(">I", n)
