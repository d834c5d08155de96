"""The envelope, held to the protocol's own example and to an independent implementation."""

from __future__ import annotations

import base64
import subprocess

import pytest
from pydantic import ValidationError

from provenance.attest.dsse import Envelope, pae, seal
from tests.provenance.attest.openssl_authority import OPENSSL


def test_the_pre_authentication_encoding_is_that_of_the_protocol():
    """The example of protocol.md, section "Test Vectors"."""
    encoded = pae("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_lengths_are_counted_in_bytes_and_not_in_characters():
    assert pae("é", b"") == b"DSSEv1 2 \xc3\xa9 0 "


def test_no_two_pairs_of_type_and_payload_are_encoded_alike():
    assert pae("a 1 b", b"") != pae("a", b"b 0 ")


def test_what_is_sealed_verifies_and_nothing_else_does(signer, stranger):
    envelope = seal(b"words", "text/plain", signer)
    signature = envelope.signature
    assert signature.keyid == signer.keyid
    assert signer.public.verifies(signature.value, envelope.pae())
    assert not stranger.public.verifies(signature.value, envelope.pae())
    assert not signer.public.verifies(signature.value, pae("text/html", b"words"))
    assert not signer.public.verifies(signature.value, pae("text/plain", b"swords"))


def test_it_is_written_as_the_protocol_names_its_fields(signer):
    document = seal(b"words", "text/plain", signer).model_dump(mode="json")
    assert set(document) == {"payload", "payloadType", "signatures"}
    assert base64.b64decode(document["payload"]) == b"words"
    assert set(document["signatures"][0]) == {"keyid", "sig"}


def test_url_safe_base64_is_read_too(signer):
    envelope = seal(b"\xff\xfe\xfd", "x", signer)
    document = envelope.model_dump(mode="json")
    document["payload"] = document["payload"].translate(str.maketrans("+/", "-_"))
    assert document["payload"] == "__79"
    assert Envelope.model_validate(document).body == b"\xff\xfe\xfd"


@pytest.mark.parametrize("text", ["d29yZHM", "d29y ZHM=", "d29yZHN=", "wörter=="])
def test_base64_has_one_form_only(signer, text):
    document = seal(b"words", "text/plain", signer).model_dump(mode="json")
    with pytest.raises(ValidationError, match="base64"):
        Envelope.model_validate(document | {"payload": text})


@pytest.mark.skipif(OPENSSL is None, reason="no openssl on this machine")
def test_openssl_agrees(signer, tmp_path):
    envelope = seal(b"words", "text/plain", signer)
    (tmp_path / "key.pem").write_text(signer.public.pem())
    (tmp_path / "signed").write_bytes(envelope.pae())
    (tmp_path / "signature").write_bytes(envelope.signature.value)
    done = subprocess.run(
        [
            *(OPENSSL, "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem"),
            *("-rawin", "-in", "signed", "-sigfile", "signature"),
        ],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert b"Verified Successfully" in done.stdout
