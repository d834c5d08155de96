"""The second opinion: what it says, what it is asked about, and what is made of a difference."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import replace
from importlib.metadata import version

import pytest
from typer.testing import CliRunner

from provenance.asset import Asset
from provenance.c2pa import opinion, second
from provenance.c2pa.native import CANARY
from provenance.c2pa.opinion import SecondReader
from provenance.c2pa.trust import TrustList, TrustStore
from provenance.evidence import (
    Carrier,
    Credential,
    Integrity,
    NotRun,
    NotRunReason,
    Origin,
    SignerLevel,
)
from provenance.limits import DEFAULT
from service.cli.app import app
from service.screening import Screener
from service.verdict import ReasonCode
from tests.provenance.c2pa.text_signing import sign_text
from tools.authority import Ingredient
from tools.make_canary import picture
from tools.make_samples import change_one_byte_of_scan

BASE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
JPEG = "image/jpeg"


def created(source_type):
    return [{"action": "c2pa.created", "digitalSourceType": BASE + source_type}]


@pytest.fixture(scope="module")
def trust(authority):
    return TrustStore.shipped().with_private(authority.root)


@pytest.fixture(scope="module")
def captured(authority):
    return authority.sign(picture("JPEG"), JPEG, "a work", created("digitalCapture"))


@pytest.fixture(scope="module")
def book(authority):
    """A signed EPUB: the two engines read its collection hash differently."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("mimetype", "application/epub+zip")
        made.writestr("META-INF/container.xml", "<container/>")
        made.writestr("a.xhtml", "<html>once</html>")
    return authority.sign(
        out.getvalue(), "application/epub+zip", "a book", created("digitalCreation")
    )


@pytest.fixture(scope="module")
def ask(trust):
    def ask(data, name="work", trust=trust):
        reader = SecondReader()
        reader.use_trust(trust)
        (record,) = reader.read(Asset.from_bytes(data, name=name))
        assert record.source == "encypher"
        return record

    return ask


# What it says


def test_it_reads_what_the_first_reads(ask, captured):
    credential = ask(captured)
    assert (credential.carrier, credential.integrity) == (Carrier.EMBEDDED, Integrity.INTACT)
    assert credential.origin is Origin.CAPTURE
    assert credential.signer.level is SignerLevel.PRIVATE_TRUSTED


def test_one_changed_byte_is_broken_to_it_too(ask, captured):
    assert ask(change_one_byte_of_scan(captured)).integrity is Integrity.BROKEN


def test_a_file_without_a_manifest_and_one_elsewhere(ask):
    assert ask(picture("JPEG")).carrier is Carrier.NONE
    elsewhere = ask((CANARY / "remote.png").read_bytes())
    assert elsewhere.carrier is Carrier.REMOTE_ONLY
    assert elsewhere.remote_url.startswith("http")


def test_it_finds_what_only_the_ingredient_says(ask, authority):
    parent = authority.sign(picture("JPEG"), JPEG, "parent", created("trainedAlgorithmicMedia"))
    opened = [{"action": "c2pa.opened", "parameters": {"ingredientIds": ["p"]}}]
    child = authority.sign(
        picture("JPEG"), JPEG, "child", opened, ingredient=Ingredient(parent, JPEG, "parent", "p")
    )
    credential = ask(child)
    assert credential.origin is Origin.FULLY_AI
    (ingredient,) = credential.ingredients
    assert ingredient.integrity is Integrity.INTACT
    assert ingredient.digital_source_types == ("trainedAlgorithmicMedia",)


def test_it_knows_no_list_but_ours(ask, captured):
    nobody = TrustStore(TrustList("official", ""), TrustList("tsa", ""), TrustList("interim", ""))
    assert ask(captured, trust=nobody).signer.level is SignerLevel.UNTRUSTED


def test_it_writes_nothing_and_asks_no_one(trust, captured, tmp_path, monkeypatch):
    """Its own Python function saves a choice about telemetry into the user's home."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    second.read(captured, JPEG, trust)
    assert list(tmp_path.iterdir()) == []
    remote = (CANARY / "remote.png").read_bytes()
    network = second._verify(remote, "image/png", [], trust)["network"]
    assert (network["enabled"], network["requests"]) == (False, [])


LABEL = "urn:c2pa:parent"
CHAIN = f"self#jumbf=/c2pa/{LABEL}/c2pa.signature"


def report(*, recorded, integrity="valid", failure=()):
    """A report on a file with one ingredient, about which somebody recorded `recorded`."""
    found = {"success": recorded, "informational": [], "failure": []}
    ingredient = {
        "relationship": "parentOf",
        "activeManifest": {"url": f"self#jumbf=/c2pa/{LABEL}"},
        "validationResults": {"activeManifest": found},
    }
    deltas = {"success": [one | {"details": {"source": "recorded"}} for one in recorded]}
    success = ["claimSignature.validated", "assertion.dataHash.match"]
    signed_by = {"signature_info": {"issuer": "Anyone"}, "claim_version": 2}
    assertions = [{"label": "c2pa.ingredient.v3", "data": ingredient}]
    return {
        "present": True,
        "integrity": integrity,
        "manifest_report": {
            "active_manifest": "urn:c2pa:child",
            "manifests": {
                "urn:c2pa:child": signed_by | {"assertions": assertions},
                LABEL: signed_by | {"assertions": []},
            },
            "validation_results": {
                "activeManifest": {
                    "success": [{"code": code} for code in success],
                    "failure": [{"code": code} for code in failure],
                },
                "ingredientDeltas": [{"validationDeltas": deltas}],
            },
        },
    }


def test_trust_that_somebody_recorded_is_hearsay(monkeypatch, trust):
    """Anyone may write into a manifest that an ingredient's signer is on the official list."""
    words = "signing certificate trusted, found in [official] trust anchors"
    lie = [{"code": "signingCredential.trusted", "url": CHAIN, "explanation": words}]
    monkeypatch.setattr(second, "_verify", lambda *_: report(recorded=lie))
    root = second.read(b"", JPEG, trust).root
    (child,) = root.children
    assert child.label == LABEL
    assert child.signer(trust).level is SignerLevel.UNTRUSTED
    assert "signingCredential.trusted" not in child.success


def test_it_is_never_read_as_better_than_it_says(monkeypatch, trust):
    monkeypatch.setattr(second, "_verify", lambda *_: report(recorded=[], integrity="invalid"))
    assert second.read(b"", JPEG, trust).root.integrity is Integrity.BROKEN


# What it is asked about


@pytest.mark.parametrize(
    ("data", "name"),
    [(b"MThd\0\0\0\6\0\0\0\1\0\x60", "a.mid"), (b"a tale", "a.txt"), (b"\0\1\2", "a.bin")],
)
def test_what_it_cannot_compare_is_not_applicable(ask, data, name):
    record = ask(data, name)
    assert isinstance(record, NotRun)
    assert record.reason is NotRunReason.NOT_APPLICABLE


def test_a_file_too_large_for_it_says_so(ask, captured, monkeypatch):
    monkeypatch.setattr(opinion, "DEFAULT", replace(DEFAULT, second_bytes=10))
    assert ask(captured).reason is NotRunReason.LIMIT


# What is made of it


@pytest.fixture(scope="module")
def screener(trust):
    with Screener(trust=trust, second_opinion=True) as screener:
        yield screener


def opinions(report):
    return [one.source for one in report.evidence if isinstance(one, Credential)]


def test_two_that_agree_are_both_in_the_report(screener, captured):
    report = screener.screen(captured, name="a.jpg")
    assert opinions(report) == ["c2pa", "encypher"]
    assert report.engine.readers["encypher"] == version("encypher-c2pa")
    codes = [one.code for one in report.verdict.reasons]
    assert ReasonCode.CREDENTIALS_DISAGREE not in codes
    assert not report.verdict.review


def test_where_they_differ_the_first_decides_and_a_person_looks(screener, book):
    report = screener.screen(book, name="a.epub")
    first, other = (one for one in report.evidence if isinstance(one, Credential))
    assert (first.integrity, other.integrity) == (Integrity.INTACT, Integrity.BROKEN)
    assert report.verdict.integrity is Integrity.INTACT
    assert report.verdict.review
    (reason,) = (
        one for one in report.verdict.reasons if one.code is ReasonCode.CREDENTIALS_DISAGREE
    )
    assert reason.evidence == (first.id, other.id)


def test_a_text_has_one_engine_and_one_opinion(screener, authority):
    report = screener.screen(sign_text("A tale.\n", authority).encode(), name="a.txt")
    assert opinions(report) == ["c2pa"]
    (missing,) = (one for one in report.evidence if one.source == "encypher")
    assert missing.reason is NotRunReason.NOT_APPLICABLE


def test_nobody_is_asked_who_was_not_to_be(trust, captured):
    with Screener(trust=trust) as screener:
        report = screener.screen(captured, name="a.jpg")
    assert opinions(report) == ["c2pa"]
    assert "encypher" not in report.engine.readers


def test_from_the_command_line(captured, tmp_path):
    path = tmp_path / "a.jpg"
    path.write_bytes(captured)
    ran = CliRunner().invoke(app, ["check", str(path), "--second-opinion", "--format", "json"])
    assert ran.exit_code == 0
    assert "encypher" in json.loads(ran.stdout)["engine"]["readers"]
