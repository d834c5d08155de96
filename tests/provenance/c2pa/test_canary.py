"""The canary tells a library that obeys our settings from one that does not."""

from __future__ import annotations

import io
from pathlib import Path

import c2pa
import pytest

ROOT = Path(__file__).resolve().parents[3] / "provenance" / "c2pa"
CANARY = ROOT / "canary"
CLAIM_SIGNING = "1.3.6.1.4.1.62558.2.1"
OWN_ROOT = (CANARY / "root.pem").read_text(encoding="ascii")
OTHER_ROOTS = (ROOT / "lists" / "official.pem").read_text(encoding="ascii")


def context(*, anchors=OWN_ROOT, ekus=CLAIM_SIGNING, fetch=False):
    listed = {"trust_anchors": anchors, "trust_uri": "canary", "trust_kind": "manifest"}
    return c2pa.Context.from_dict(
        {
            "verify": {"remote_manifest_fetch": fetch, "verify_trust": True},
            "core": {"allowed_network_hosts": []},
            "trust": {"anchors": [listed]} | ({"trust_config": ekus} if ekus else {}),
        }
    )


def state(settings):
    signed = io.BytesIO((CANARY / "trusted.jpg").read_bytes())
    return c2pa.Reader("image/jpeg", signed, context=settings).get_validation_state()


def test_it_is_trusted_by_its_own_root_and_key_usage():
    assert state(context()) == "Trusted"


def test_without_trust_config_it_is_invalid():
    assert state(context(ekus=None)) == "Invalid"


def test_without_its_root_it_is_merely_valid():
    assert state(context(anchors=OTHER_ROOTS)) == "Valid"


@pytest.mark.parametrize(
    ("fetch", "said"),
    [
        (False, "Remote: must fetch remote manifests from url http://127.0.0.1:9/canary.c2pa"),
        (True, "Remote: could not fetch the remote manifest"),
    ],
)
def test_a_remote_manifest_shows_whether_fetching_is_off(fetch, said):
    """Both begin with "Remote": only the whole of the first message means that none was tried."""
    linked = io.BytesIO((CANARY / "remote.png").read_bytes())
    with pytest.raises(c2pa.C2paError) as caught:
        c2pa.Reader("image/png", linked, context=context(fetch=fetch))
    assert str(caught.value).startswith(said)


def test_the_canary_is_small():
    assert all(path.stat().st_size < 6_000 for path in CANARY.iterdir())
