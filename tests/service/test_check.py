"""The door for programs: `from service import check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.c2pa.trust import TrustStore
from provenance.errors import ConfigError, NotFound, TrustError
from service import check
from service.policy import Policy

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PHOTO, ANCHORS = SAMPLES / "human_capture.jpg", SAMPLES / "ca.pem"


@pytest.mark.parametrize(
    "trust",
    [
        ANCHORS,
        str(ANCHORS),
        ANCHORS.read_bytes(),
        TrustStore.shipped().with_private(ANCHORS.read_bytes()),
    ],
)
def test_trust_may_be_given_in_every_form(trust):
    assert check(PHOTO, trust=trust).verdict.origin == "human_attested"


def test_a_report_is_called_as_it_was_asked_for():
    assert check(PHOTO).asset.name == str(PHOTO)
    assert check(str(PHOTO), name="upload 7").asset.name == "upload 7"
    assert check(PHOTO.read_bytes()).asset.name == "-"


def test_a_policy_may_be_a_value_or_a_file(tmp_path):
    path = tmp_path / "policy.toml"
    path.write_text('name = "strict"\nhuman_level = 3\n')
    for policy in (path, str(path), Policy(name="strict", human_level=3)):
        verdict = check(PHOTO, trust=ANCHORS, policy=policy).verdict
        assert (verdict.origin, verdict.policy.name) == ("undetermined", "strict")


def test_mistakes_of_the_caller_raise(tmp_path):
    with pytest.raises(NotFound):
        check(tmp_path / "nothing")
    with pytest.raises(TrustError):
        check(PHOTO, trust=b"no certificate")
    bad = tmp_path / "policy.toml"
    bad.write_text("human_level = 9")
    with pytest.raises(ConfigError):
        check(PHOTO, policy=bad)
