"""Seeds of everything that is signed: keys everybody knows, and what they sign."""

from __future__ import annotations

import base64
import json
import struct
from datetime import UTC, datetime, timedelta
from functools import cache

from provenance.attest.dsse import seal
from provenance.attest.keys import PrivateKey
from provenance.attest.keyset import KeySet, PublishedKey
from provenance.attest.log import LogEntry, TreeHead, entry_leaf
from provenance.attest.merkle import Tree, leaf_hash
from provenance.attest.receipt import EnclosedKey, Receipt
from provenance.attest.statement import PAYLOAD_TYPE, Statement
from tests.provenance import making

__all__ = [
    "STATEMENT",
    "attestations",
    "authorities",
    "cbor",
    "der",
    "key",
    "pem",
    "proofs",
    "stamp",
    "stores",
    "trust_list",
    "trusted_keys",
]

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)

Named = dict[str, bytes]


@cache
def key(number: int) -> PrivateKey:
    """A key everybody knows, always the same."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return PrivateKey(Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32))


STATEMENT = Statement.about("song.wav", "ab" * 32, "urn:example:1", {"sky": ["blue", {"°C": 21.5}]})


def trusted_keys() -> KeySet:
    """The keys of the two that make receipts here."""
    entries = [
        PublishedKey(
            keyid=one.keyid, public=one.public.base64(), not_before=NOON - timedelta(days=1)
        )
        for one in (key(1), key(2))
    ]
    return KeySet(keys=tuple(entries))


@cache
def receipt() -> Receipt:
    """An honest receipt, with a place in a log."""
    envelope = seal(STATEMENT.canonical(), PAYLOAD_TYPE, key(1))
    salt = bytes(32)
    tree = Tree([leaf_hash(b"other"), entry_leaf(salt, envelope), leaf_hash(b"third")])
    head = TreeHead(origin="seeds", size=3, root=tree.root().hex(), time=NOON)
    entry = LogEntry(
        leaf_index=1,
        salt=salt.hex(),
        inclusion_proof=tuple(one.hex() for one in tree.inclusion(1)),
        tree_head=head.sealed(key(2)),
    )
    keys = tuple(EnclosedKey(keyid=one.keyid, public=one.public.base64()) for one in (key(1),))
    return Receipt(envelope=envelope, log=entry, keys=keys)


@cache
def authorities() -> tuple[bytes, ...]:
    """Ten certificates of authorities, DER."""
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding

    found = []
    for number in range(10):
        private = Ed25519PrivateKey.from_private_bytes(bytes([100 + number]) * 32)
        name = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, f"Seed {number}")])
        made = (
            x509.CertificateBuilder(name, name, private.public_key(), number + 1)
            .not_valid_before(NOON)
            .not_valid_after(NOON + timedelta(days=9))
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(private, None)
        )
        found.append(made.public_bytes(Encoding.DER))
    return tuple(found)


def trust_list() -> bytes:
    """A list as it is published (ETSI TS 119 602 in JSON)."""
    entities = [
        {
            "TrustedEntityServices": [
                {
                    "ServiceInformation": {
                        "ServiceDigitalIdentity": {
                            "X509Certificates": [{"val": base64.b64encode(one).decode()}]
                        },
                        "ServiceStatus": "http://example.org/trusted",
                    }
                }
            ]
        }
        for one in authorities()
    ]
    scheme = {
        "SchemeName": [{"value": "C2PA Trust List"}],
        "ListIssueDateTime": "2026-01-01T00:00:00Z",
        "NextUpdate": "2026-12-01T00:00:00Z",
    }
    listed = {"ListAndSchemeInformation": scheme, "TrustedEntitiesList": entities}
    return json.dumps({"LoTE": listed}).encode()


def pem() -> bytes:
    """Two of the certificates, as PEM."""
    one, other = (base64.encodebytes(der).decode() for der in authorities()[:2])
    line = "-----{} CERTIFICATE-----\n"
    return "".join(
        line.format("BEGIN") + text + line.format("END") for text in (one, other)
    ).encode()


def der(tag: int, *inside: bytes) -> bytes:
    """One DER element."""
    data = b"".join(inside)
    size = len(data)
    length = bytes([size]) if size < 128 else b"\x82" + struct.pack(">H", size)
    return bytes([tag]) + length + data


def stamp() -> bytes:
    """A reply of a time-stamping authority as far as its certificates; nobody signed it."""
    signed_data = bytes.fromhex("06092a864886f70d010702")
    digests = der(0x31, der(0x30, bytes.fromhex("0609608648016503040201")))
    content = der(0x30, bytes.fromhex("060b2a864886f70d0109100104"), der(0xA0, der(4, b"info")))
    certificates = der(0xA0, *reversed(authorities()[:2]))
    inner = der(0x30, b"\x02\x01\x03", digests, content, certificates, der(0x31))
    token = der(0x30, signed_data, der(0xA0, inner))
    return der(0x30, der(0x30, b"\x02\x01\x00"), token)


def cbor(value: object) -> bytes:
    """As much of CBOR as a signature needs (RFC 8949)."""

    def head(major: int, size: int) -> bytes:
        return bytes([major << 5 | 25]) + struct.pack(">H", size)

    match value:
        case bytes():
            return head(2, len(value)) + value
        case int():
            return head(0, value)
        case list():
            return head(4, len(value)) + b"".join(map(cbor, value))
        case dict():
            return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())
    return b"\xf6"


def stores() -> Named:
    """A manifest store of one manifest: boxes (ISO 19566-5) round a signature (RFC 9052)."""

    def superbox(label: str, *inside: bytes) -> bytes:
        description = making.box(b"jumd", bytes(16), b"\x03" + label.encode() + b"\0")
        return making.box(b"jumb", description, *inside)

    chain = cbor({33: list(authorities()[:2])})
    cose = b"\xd2" + cbor([chain, {}, None, bytes(64)])
    signature = superbox("c2pa.signature", making.box(b"cbor", cose))
    manifest = superbox("urn:c2pa:1", superbox("c2pa.assertions"), signature)
    return {"store": superbox("c2pa", manifest), "signature": cose}


def proofs() -> Named:
    """Proofs of both kinds, as the target reads them: size, number, older size, hashes."""
    leaves = [leaf_hash(bytes([one])) for one in range(13)]
    tree = Tree(leaves)
    inclusion = bytes([12, 5, 6]) + b"".join(tree.inclusion(5))
    return {"in": inclusion, "after": bytes([12, 5, 6]) + b"".join(tree.consistency(7))}


def attestations(target: str) -> Named:
    """Seeds of everything that is signed."""
    match target:
        case "receipt":
            return {"log": receipt().to_json().encode()}
        case "tree_head":
            log = receipt().log
            return {"head": log.tree_head.model_dump_json().encode()} if log else {}
        case "key_set":
            return {"set": trusted_keys().model_dump_json().encode(), "pem": pem()}
        case "timestamp":
            return {"reply": stamp()}
    return {"statement": STATEMENT.canonical(), "text": base64.b64encode(bytes(range(40)))}
