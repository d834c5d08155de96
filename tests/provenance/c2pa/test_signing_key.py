"""Keys and certificates: what can sign, and each defect told by its name."""

from __future__ import annotations

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa, x25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from provenance.c2pa.signing_key import Algorithm, CallbackSigner, checked, pem_signer
from provenance.errors import ConfigError
from tests.provenance.c2pa.certificates import DAY, MAKERS, NOW, SERVER, issue


@pytest.fixture(scope="module")
def root():
    return issue("Root", ca=True)


def ready(leaf, *above, now=NOW, key=None):
    chain = b"".join(one.pem for one in (leaf, *above))
    return checked(pem_signer((key or leaf).key_pem, chain), now)


@pytest.mark.parametrize("algorithm", MAKERS)
def test_the_algorithm_is_told_by_the_key(root, algorithm):
    leaf = issue("Signer", root, MAKERS[algorithm]())
    signer = ready(leaf)
    assert signer.alg == algorithm
    assert signer.name == "Signer"
    assert signer.sign(b"claim")


def test_the_root_is_not_sent_along_and_what_is_between_is(root):
    between = issue("Between", root, ca=True)
    leaf = issue("Signer", between)
    assert ready(leaf, between, root).chain == (leaf.pem + between.pem).decode()


def test_a_callback_may_give_der_or_r_and_s(root):
    leaf = issue("Signer", root)

    def der(data):
        return leaf.key.sign(data, ec.ECDSA(hashes.SHA256()))

    signer = checked(CallbackSigner(der, Algorithm.ES256, leaf.pem), NOW)
    assert len(signer.sign(b"claim")) == 64
    again = checked(CallbackSigner(signer.sign, Algorithm.ES256, leaf.pem), NOW)
    assert len(again.sign(b"claim")) == 64


DEFECTS = {
    "self-signed": lambda root: ready(issue("Signer")),
    "expired on": lambda root: ready(issue("Signer", root, start=NOW - 9 * DAY, end=NOW - DAY)),
    "is valid from": lambda root: ready(issue("Signer", root, start=NOW + DAY)),
    "does not belong": lambda root: ready(issue("Signer", root), key=issue("Other", root)),
    "it is for ES256, the signer for ED25519": lambda root: ready(
        issue("Signer", root), key=issue("Other", root, MAKERS["ED25519"]())
    ),
    "other purposes": lambda root: ready(issue("Signer", root, purpose=SERVER)),
    "of an authority": lambda root: ready(issue("Signer", root, ca=True)),
    "not in order": lambda root: ready(issue("Signer", root), issue("Stranger", root, ca=True)),
    "too short": lambda root: pem_signer(short_rsa(), b""),
    "cannot sign": lambda root: pem_signer(
        pkcs8(x25519.X25519PrivateKey.generate()), issue("Signer", root).pem
    ),
    "is not a private key": lambda root: pem_signer(b"nothing", b""),
    "protected by a password": lambda root: pem_signer(
        pkcs8(MAKERS["ES256"](), BestAvailableEncryption(b"secret")), b""
    ),
    "is not PEM": lambda root: checked(pem_signer(issue("S", root).key_pem, b"nothing"), NOW),
    "curve": lambda root: pem_signer(pkcs8(ec.generate_private_key(ec.SECP256K1())), b""),
}


def pkcs8(key, encryption=None):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption or NoEncryption())


def short_rsa():
    return pkcs8(rsa.generate_private_key(65537, 1024))  # noqa: S505 - that is the defect


@pytest.mark.parametrize("said", DEFECTS)
def test_a_defect_is_said_before_anything_is_written(root, said):
    with pytest.raises(ConfigError, match=said):
        DEFECTS[said](root)


def test_an_issuer_that_has_expired_is_one_too(root):
    old = issue("Between", root, ca=True, end=NOW + timedelta(hours=1))
    leaf = issue("Signer", old)
    ready(leaf, old)
    with pytest.raises(ConfigError, match="'Between' expired"):
        ready(leaf, old, now=NOW + DAY)
