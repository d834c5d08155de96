"""Both engines over the shared material: where they differ is known, and why.

`docs/second-opinion.md` explains these differences to people. A new one here means that one of the
engines has changed its mind, or that one of them is wrong.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.evidence import Credential, NotRun, NotRunReason
from service.screening import Screener
from service.verdict import ReasonCode

pytestmark = pytest.mark.data

FIXTURES = "contentauth+c2pa-rs/sdk/tests/fixtures/"
MICROSOFT = "microsoft+c2pa-extension-validator/test/media/"
SUITE = (
    "encypherai+encypher-c2pa/crates/encypher-c2pa-cli/tests/vectors/conformance/external/"
    "encypherai-c2pa-conformance-suite/106d15ac/"
)

EXPLAINED = {
    # Damaged files without a manifest: the first cannot look inside, the second finds none.
    FIXTURES + "nested_moov_1000.mp4": ("unreadable", "absent"),
    FIXTURES + "sample3.invalid.wav": ("unreadable", "absent"),
    FIXTURES + "tiff_poc.tiff": ("unreadable", "absent"),
    SUITE + "structural/truncated_jumbf.jpg": ("unreadable", "absent"),
    # Manifests the first gives up on, of which the second says what is wrong.
    FIXTURES + "no_alg.jpg": ("unreadable", "broken"),
    FIXTURES + "prerelease.jpg": ("unreadable", "broken"),
    SUITE + "crypto/expired_signer.jpg": ("unreadable", "broken"),
    SUITE + "crypto/tampered_signature.jpg": ("unreadable", "broken"),
    SUITE + "crypto/wrong_eku_signer.jpg": ("unreadable", "broken"),
    # A hash over the entries of a ZIP, and an update manifest, of which the second demands more.
    "own/signed_e.epub": ("intact", "broken"),
    FIXTURES + "update_manifest.jpg": ("intact", "broken"),
    # Manifests the second does not find.
    MICROSOFT + "bing_creator_cloud_surfing_puppy.jpg": ("intact", "absent"),
    MICROSOFT + "cicadas_trusted.mp3": ("intact", "absent"),
}


@pytest.fixture(scope="module")
def compared(data_pack):
    """Every file of the pack with both opinions."""
    root = data_pack / "c2pa/files"
    files = sorted(path for path in root.rglob("*") if path.is_file())
    with Screener(second_opinion=True) as screener:
        return {path.relative_to(root).as_posix(): screener.screen(path) for path in files}


def of_the_work(report, source):
    return [
        one
        for one in report.evidence
        if isinstance(one, Credential) and one.source == source and one.part is None
    ]


def test_the_engines_agree_on_every_file_but_those_explained(compared):
    differ = {}
    for name, report in compared.items():
        first, other = of_the_work(report, "c2pa"), of_the_work(report, "encypher")
        if first and other and first[0].integrity is not other[0].integrity:
            differ[name] = (first[0].integrity.value, other[0].integrity.value)
    assert differ == {name: how for name, how in EXPLAINED.items() if name in compared}


def test_no_file_is_intact_to_the_second_that_is_not_to_the_first(compared):
    intact = 0
    for name, report in compared.items():
        first, other = of_the_work(report, "c2pa"), of_the_work(report, "encypher")
        if first and other and other[0].integrity == "intact":
            intact += 1
            assert first[0].integrity == "intact", name
    assert intact > 30


def test_where_both_can_read_it_they_hear_the_same(compared):
    """What stands in ingredients as well, although the second engine tells it differently."""
    heard = 0
    for name, report in compared.items():
        first, other = of_the_work(report, "c2pa"), of_the_work(report, "encypher")
        if first and other and first[0].integrity == other[0].integrity == "intact":
            heard += 1
            assert first[0].origin is other[0].origin, name
    assert heard > 30


def test_every_difference_is_shown_and_reviewed(compared):
    for name, report in compared.items():
        shown = any(one.code is ReasonCode.CREDENTIALS_DISAGREE for one in report.verdict.reasons)
        assert shown is (name in EXPLAINED), name
        assert report.verdict.review or not shown, name


def test_every_file_without_a_second_opinion_says_why(compared):
    for name, report in compared.items():
        if of_the_work(report, "encypher"):
            continue
        why = [one for one in report.evidence if one.source == "encypher"]
        assert [one.reason for one in why if isinstance(one, NotRun)] == [
            NotRunReason.NOT_APPLICABLE
        ], name
        assert Path(name).suffix in {".c2pa", ".txt"}


def test_the_text_of_the_pack(data_pack, tmp_path):
    whole = (data_pack / "c2pa/files/own/ai_text.txt").read_bytes()
    words = whole.partition("\ufeff".encode())[0]
    told = {}
    with Screener() as screener:
        for name, data in {
            "valid": whole,
            "changed": whole.replace(b"chat", b"chas"),
            "stripped": words,
        }.items():
            said = screener.screen(data, name=f"{name}.txt").verdict
            told[name] = (said.integrity.value, said.origin.value, said.basis.value)
        svg = screener.screen(data_pack / "c2pa/files" / (MICROSOFT + "cards_trusted.svg"))
    assert told == {
        "valid": ("intact", "ai_declared", "declared"),
        "changed": ("broken", "undetermined", "none"),
        "stripped": ("absent", "undetermined", "none"),
    }
    assert svg.verdict.integrity == "intact"
