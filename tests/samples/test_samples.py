"""Assay says of every sample what `samples/expected.json` says it must."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from provenance.evidence import Credential
from service import check
from tools.authority import Authority
from tools.make_samples import describe, samples_of_signing, signed_samples, unsigned_samples

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
EXPECTED = json.loads((SAMPLES / "expected.json").read_text(encoding="utf-8"))
FILES = EXPECTED["files"]
NOT_SAMPLES = {"expected.json", "ca.pem", "README.md"}


def said(report):
    """The verdict in the words of `expected.json`."""
    verdict = report.verdict
    levels = [
        record.human_level
        for record in report.evidence
        if isinstance(record, Credential) and record.part is None
    ]
    return {
        "origin": verdict.origin.value,
        "basis": verdict.basis.value,
        "integrity": verdict.integrity.value,
        "findings": [finding.value for finding in verdict.findings],
        "review": verdict.review,
        "human_level": levels[0] if levels else 0,
    }


@pytest.mark.parametrize("name", FILES)
def test_with_the_root_of_the_samples_trusted(name):
    report = check(SAMPLES / name, trust=SAMPLES / EXPECTED["trust"])
    expected = FILES[name]["with_trust"]
    assert {key: said(report)[key] for key in expected} == expected


@pytest.mark.parametrize("name", FILES)
def test_with_the_shipped_lists_alone(name):
    report = check(SAMPLES / name)
    expected = FILES[name]["without_trust"]
    assert {key: said(report)[key] for key in expected} == expected


def test_trust_turns_a_claim_into_proof_and_settles_nothing_else():
    """What no manifest vouches for reads the same whomever one trusts."""
    differing = {
        name for name, about in FILES.items() if about["with_trust"] != about["without_trust"]
    }
    intact = {name for name, about in FILES.items() if about["with_trust"]["integrity"] == "intact"}
    assert differing == intact


def test_every_sample_is_described_in_both_languages_with_its_licence():
    there = {
        path.name
        for path in SAMPLES.iterdir()
        if path.is_file() and path.suffix != ".py" and path.name not in NOT_SAMPLES
    }
    assert there == set(FILES)
    for about in FILES.values():
        assert set(about["what"]) == {"en", "fr"}
        assert all(about["what"].values())
        assert about["licence"] == "CC0-1.0"
        assert (SAMPLES.parent / about["made_by"]).is_file()


def test_the_folder_stays_small():
    assert sum(path.stat().st_size for path in SAMPLES.iterdir() if path.is_file()) < 600_000


def test_the_script_that_made_them_still_expects_the_same():
    authority = Authority.new("Assay Samples")
    made = signed_samples(authority) | samples_of_signing(authority) | unsigned_samples()
    assert {name: describe(sample) for name, sample in made.items()} == FILES
