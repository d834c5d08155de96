"""docs/receipts.md promises that a stranger needs none of our software: its own words are run."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from service.cli import _run
from tests.provenance.attest.openssl_authority import OPENSSL, OpenSslAuthority

ROOT = Path(__file__).parents[3]
BY_HAND = re.compile(r"<!-- by hand: (\w+) -->\n```(sh|python)\n(.*?)```", re.DOTALL)

pytestmark = pytest.mark.skipif(
    not all(map(shutil.which, ("jq", "openssl", "bash", "base64", "sha256sum"))),
    reason="the page needs jq and openssl",
)


@pytest.fixture(scope="module")
def words():
    page = (ROOT / "docs" / "receipts.md").read_text("utf-8")
    return {name: (kind, text) for name, kind, text in BY_HAND.findall(page)}


@pytest.fixture(scope="module")
def stranger(tmp_path_factory):
    """A folder with what a stranger was sent, and what the signer and an authority publish."""
    assert OPENSSL
    made, folder = tmp_path_factory.mktemp("made"), tmp_path_factory.mktemp("stranger")
    authority = OpenSslAuthority(made / "tsa", chain=True)
    (folder / "song.wav").write_bytes(b"not quite a song")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ASSAY_HOME", str(made / "home"))
        patch.chdir(folder)
        run("receipt", "keygen", "--out", made / "keys")
        run("check", "song.wav", "--format", "json", "--out", made / "reports")
        (report,) = (made / "reports").iterdir()
        (key,), (log_key,) = ((made / "keys").glob(f"{use}-*.pem") for use in ("receipt", "log"))
        log = ("--log", made / "log", "--log-key", log_key)
        for _ in range(3):  # so that there is a tree
            run("receipt", "sign", report, "--key", key, "--out", "song.receipt.json", *log)
        run("receipt", "stamp", "song.receipt.json", "--request", made / "q")
        (made / "r").write_bytes(authority.reply((made / "q").read_bytes()))
        run("receipt", "stamp", "song.receipt.json", "--reply", made / "r")
    shutil.copy(made / "keys" / "keys.json", folder)
    (folder / "authority-root.pem").write_bytes(authority.root)
    return folder


def run(*arguments):
    assert _run([str(one) for one in arguments]) in {0, 3}


def by_hand(words, folder, name):
    kind, text = words[name]
    command = [sys.executable, "-c", text] if kind == "python" else ["bash", "-euc", text]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_every_step_by_hand_succeeds(words, stranger):
    assert list(words) == ["signature", "asset", "timestamp", "log"]
    for name, said in (
        ("signature", "Signature Verified Successfully"),
        ("asset", "song.wav: OK"),
        ("timestamp", "Verification: OK"),
        ("log", "in the log of 3 entries"),
    ):
        status, output = by_hand(words, stranger, name)
        assert status == 0, output
        assert said in output


@pytest.mark.parametrize("name", ["signature", "asset", "timestamp", "log"])
def test_every_step_by_hand_can_fail(words, stranger, tmp_path, name):
    folder = tmp_path / "changed"
    shutil.copytree(stranger, folder)
    if name != "signature":
        assert by_hand(words, folder, "signature")[0] == 0
    match name:
        case "signature":
            path = folder / "song.receipt.json"
            path.write_text(path.read_text().replace('"payload": "eyJf', '"payload": "eyJg', 1))
        case "asset":
            (folder / "song.wav").write_bytes(b"another song")
        case "timestamp" | "log":
            (folder / "signature").write_bytes(bytes(64))
    assert by_hand(words, folder, name)[0] != 0
