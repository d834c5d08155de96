"""Keys, statements and a clock for tests of attestation; none of them knows what a report is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from provenance.attest.keys import PrivateKey
from provenance.attest.keyset import KeySet, KeyUse, PublishedKey
from provenance.attest.statement import Statement
from tests.provenance.attest.openssl_authority import OPENSSL, OpenSslAuthority

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
DAY = timedelta(days=1)
SONG = "ab" * 32


@pytest.fixture(scope="session")
def signer():
    return PrivateKey.generate()


@pytest.fixture(scope="session")
def log_signer():
    return PrivateKey.generate()


@pytest.fixture(scope="session")
def stranger():
    return PrivateKey.generate()


@pytest.fixture(scope="session")
def keys(signer, log_signer):
    """What the signer publishes, and the verifier of these tests trusts."""
    return KeySet(keys=(published(signer), published(log_signer, use=(KeyUse.LOG,))))


@pytest.fixture
def statement():
    return Statement.about("song.wav", SONG, "urn:example:weather:1", {"sky": "blue", "°C": 21.5})


def published(key, **more):
    entry = {"not_before": NOON - DAY} | more
    return PublishedKey(keyid=key.keyid, public=key.public.base64(), **entry)


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    if OPENSSL is None:
        pytest.skip("no openssl on this machine")
    return OpenSslAuthority(tmp_path_factory.mktemp("tsa") / "honest", chain=True)
