"""The shared material, read as a user would read it: what each file must come to.

Tests with a number are the acceptance checks of the design, which the files were gathered for. The
material is not part of the repository; without it these tests are skipped. `manifest.csv` beside
the files holds what the C2PA library of the time said of each, and is held to here as well, so that
a new version of the library cannot change verdicts unseen.
"""

from __future__ import annotations

import csv
import json
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import pytest

import service.schema
from provenance.c2pa.trust import TrustList, TrustStore
from provenance.evidence import Credential, Declaration, NotRun, Reservation
from service.report import Report
from service.screening import Screener

pytestmark = pytest.mark.data

ADOBE = "c2pa-org+public-testfiles/image/jpeg/adobe-20220124-"
MICROSOFT = "microsoft+c2pa-extension-validator/test/media/"
FIXTURES = "contentauth+c2pa-rs/sdk/tests/fixtures/"
IDENTITY = "contentauth+c2pa-rs/sdk/src/identity/tests/fixtures/"
SIGNED_WAV = "contentauth+c2pa-python/tests/fixtures/files-for-reading-tests/sample1_signed.wav"
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Screened:
    """One file of the pack, and how it was judged."""

    report: Report
    seconds: float

    @property
    def credential(self) -> Credential:
        """That of the file itself."""
        records = (one for one in self.report.evidence if isinstance(one, Credential))
        return next(one for one in records if one.part is None)

    @property
    def declarations(self) -> list[Declaration]:
        return [one for one in self.report.evidence if isinstance(one, Declaration)]

    @property
    def reservations(self) -> list[Reservation]:
        return [one for one in self.report.evidence if isinstance(one, Reservation)]

    @property
    def verdict(self) -> tuple[str, str, str]:
        """Origin, basis, integrity."""
        said = self.report.verdict
        return said.origin.value, said.basis.value, said.integrity.value


@pytest.fixture(scope="session")
def pack(data_pack) -> Path:
    return data_pack / "c2pa"


@pytest.fixture(scope="session")
def files(pack) -> list[Path]:
    return sorted(path for path in (pack / "files").rglob("*") if path.is_file())


@pytest.fixture(scope="session")
def screened(pack, files) -> dict[str, Screened]:
    """Every file of the pack, with the shipped trust lists only."""
    found = {}
    with Screener(clock=lambda: NOON) as screener:
        for path in files:
            start = time.perf_counter()
            report = screener.screen(path)
            shown = path.relative_to(pack / "files").as_posix()
            found[shown] = Screened(report, time.perf_counter() - start)
    return found


@pytest.fixture(scope="session")
def roots(pack) -> TrustStore:
    """The shipped lists, and the roots that signed what was made to be tested with."""
    trust = pack / "trust"
    files = (trust / "c2pa-rs-test/test_cert_root_bundle.pem", trust / "own/root.pem")
    return TrustStore.shipped().with_private(*(path.read_bytes() for path in files))


@pytest.fixture(scope="session")
def with_roots(pack, roots):
    with Screener(trust=roots, clock=lambda: NOON) as screener:

        def screen(name: str) -> Screened:
            return Screened(screener.screen(pack / "files" / name), 0)

        yield screen


# Section 7, by number


def test_1_a_private_root_makes_its_signer_trusted_and_no_other_does(screened, with_roots):
    name = ADOBE + "CA.jpg"
    assert screened[name].credential.signer.level == "untrusted"
    trusted = with_roots(name)
    assert trusted.credential.integrity == "intact"
    assert trusted.credential.signer.level == "private_trusted"
    assert not trusted.report.verdict.origin.startswith("ai_")


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("E-sig-CA.jpg", "claimSignature.mismatch"),
        ("E-dat-CA.jpg", "assertion.dataHash.mismatch"),
        ("E-uri-CA.jpg", "assertion.hashedURI.mismatch"),
    ],
    ids=["2", "3", "4"],
)
def test_2_3_4_what_was_tampered_with_is_broken_and_says_how(screened, name, code):
    found = screened[ADOBE + name]
    assert found.credential.integrity == "broken"
    assert code in found.credential.codes.failure
    assert found.verdict == ("undetermined", "none", "broken")
    assert "provenance_broken" in found.report.verdict.findings


def nodes(ingredients):
    for one in ingredients:
        yield one
        yield from nodes(one.ingredients)


def test_6_a_forged_ingredient_shows_though_the_library_calls_the_file_trusted(with_roots):
    found = with_roots(ADOBE + "CIE-sig-CA.jpg")
    assert found.credential.integrity == "intact"
    broken = [one for one in nodes(found.credential.ingredients) if one.integrity == "broken"]
    assert any("claimSignature.mismatch" in one.failure for one in broken)
    assert found.credential.human_level <= 1
    assert "provenance_broken" not in found.report.verdict.findings


def test_7_an_official_signer_is_named_after_the_same_list_every_time(pack, screened):
    name = "huminify/examples/lady.png"
    credential = screened[name].credential
    assert (credential.signer.level, credential.origin) == ("official_trusted", "fully_ai")
    assert credential.signer.signed_at == datetime(2026, 1, 4, 19, 47, 15, tzinfo=UTC)
    assert screened[name].verdict == ("ai_declared", "proven", "intact")
    with Screener() as screener:
        lists = [
            Screened(screener.screen(pack / "files" / name), 0).credential.signer.list
            for _ in range(20)
        ]
    assert lists == ["official"] * 20


def test_9_a_statement_in_an_ingredient_counts_under_an_expired_certificate(screened):
    found = screened["contentauth+example-assets/images/ChatGPT_Image.png"]
    assert found.credential.signer.level == "expired_untimed"
    assert found.verdict == ("ai_declared", "declared", "intact")


def test_11_a_statement_in_an_ingredient_counts_under_a_legacy_signer(screened):
    found = screened[MICROSOFT + "DALL-E_cloud_surfing_puppy.webp"]
    assert found.credential.signer.level == "legacy_trusted"
    assert (found.credential.origin, found.verdict[0]) == ("fully_ai", "ai_declared")


def test_12_the_name_of_a_generator_alone_is_no_statement(screened):
    credential = screened[MICROSOFT + "bing_creator_cloud_surfing_puppy.jpg"].credential
    assert (credential.signer.level, credential.origin) == ("legacy_trusted", "no_statement")
    assert "Microsoft" in credential.generator
    assert "signingCredential.invalid" not in credential.codes.failure


def test_15_a_capture_with_reservations_and_an_identity_nobody_vouches_for(with_roots):
    seen = with_roots("contentauth+c2pa-rs/cli/tests/fixtures/C_with_CAWG_data.jpg")
    credential = seen.credential
    assert (credential.origin, credential.signer.level) == ("capture", "private_trusted")
    assert [one.status for one in credential.claim.identities] == ["untrusted"]
    assert credential.claim.gathered == ("cawg.training-mining", "cawg.identity")
    assert credential.claim.signals == ("capturedMedia",)
    (reservation,) = seen.reservations
    assert reservation.purposes == {"ai-input": "reserved", "train-genai": "reserved"}
    assert seen.report.verdict.rights == "reserved"


def test_16_four_reservations_and_no_word_about_origin(with_roots):
    seen = with_roots(SIGNED_WAV)
    (reservation,) = seen.reservations
    assert set(reservation.purposes.values()) == {"reserved"}
    assert len(reservation.purposes) == 4
    assert seen.credential.human_level == 0
    assert seen.report.verdict.origin == "undetermined"


def test_17_a_remote_manifest_is_named_and_not_fetched(screened):
    """That nothing connects is tested with a listener, in tests/provenance/c2pa/test_native.py."""
    credential = screened[FIXTURES + "libpng-test_with_url.png"].credential
    assert credential.carrier == "remote_only"
    assert credential.remote_url == "http://localhost:5000/libpng-test.c2pa"


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("cards_expired_without_timestamp.jpg", "expired_untimed"),
        ("cards_expired_with_timestamp.jpg", "untrusted"),
    ],
)
def test_19_an_expired_certificate_is_not_a_broken_manifest(screened, name, level):
    credential = screened[MICROSOFT + name].credential
    assert (credential.integrity, credential.signer.level) == ("intact", level)


@pytest.mark.parametrize("kind", ["tsa", "cawg"])
def test_21_a_root_of_another_kind_of_list_vouches_for_no_signer(pack, screened, kind):
    name = "own/leaf_smime.jpg"
    assert screened[name].credential.signer.level == "untrusted"
    nothing = {one: TrustList(one, "") for one in ("official", "tsa", "interim", "cawg")}
    root = TrustList(kind, (pack / "trust/own/root.pem").read_text())
    with Screener(trust=TrustStore(**nothing | {kind: root})) as screener:
        credential = Screened(screener.screen(pack / "files" / name), 0).credential
    assert (credential.signer.level, credential.signer.list) == ("untrusted", None)


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("ai_parent_cropped.jpg", ("ai_declared", "proven", "intact")),
        ("capture_then_genfill.jpg", ("ai_assisted_declared", "proven", "intact")),
        ("human_capture.jpg", ("human_attested", "proven", "intact")),
        ("human_capture.mp3", ("human_attested", "proven", "intact")),
    ],
)
def test_22_the_graph_is_read_whole(with_roots, name, verdict):
    found = with_roots("own/" + name)
    assert found.verdict == verdict
    assert found.credential.human_level == (2 if verdict[0] == "human_attested" else 0)


@pytest.mark.parametrize("name", ["nested_moov_1000.mp4", "tiff_poc.tiff", "sample3.invalid.wav"])
def test_23_files_made_to_hurt_are_unreadable_within_a_second(screened, name):
    found = screened[FIXTURES + name]
    assert found.credential.carrier == "unreadable"
    assert found.verdict == ("undetermined", "none", "unreadable")
    assert found.seconds < 1
    assert any(
        isinstance(one, NotRun) and one.check == "provenance" for one in found.report.evidence
    )


def test_23_a_malformed_identity_does_not_change_what_is_said_of_the_manifest(with_roots):
    found = with_roots(IDENTITY + "validation_method/malformed_cbor.jpg")
    credential = found.credential
    assert (credential.integrity, credential.signer.level) == ("intact", "private_trusted")
    assert [one.status for one in credential.claim.identities] == ["malformed"]
    assert found.report.verdict.review
    assert not found.report.verdict.findings


def test_an_aggregator_on_the_web_is_not_checkable_offline_and_nothing_is_held_against_it(screened):
    found = screened[IDENTITY + "claim_aggregation/adobe_connected_identities.jpg"]
    credential = found.credential
    assert (credential.integrity, credential.signer.level) == ("intact", "legacy_trusted")
    assert {one.status for one in credential.claim.identities} == {"not_checkable_offline"}
    assert not found.report.verdict.review


@pytest.mark.parametrize(
    "name", ["a1111.png", "comfy.png", "novelai.png", "invokeai.png", "aigc.png", "aigc.jpg"]
)
def test_25_what_generators_write_into_metadata_is_a_declaration(screened, name):
    found = screened["own/" + name]
    assert any(
        (one.statement, one.strength) == ("fully_ai", "strong") for one in found.declarations
    )
    assert found.verdict == ("ai_declared", "declared", "absent")
    assert found.report.verdict.review


# Every file


def test_every_file_gives_a_report_within_five_seconds(screened, files):
    assert len(screened) == len(files) > 100
    slow = {name: one.seconds for name, one in screened.items() if one.seconds > 5}
    assert not slow


def test_every_report_keeps_the_schema(screened):
    schema = json.loads((Path(service.schema.__file__).parent / "report-1.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    for name, one in screened.items():
        problems = [
            error.message for error in validator.iter_errors(json.loads(one.report.to_json()))
        ]
        assert not problems, name


def test_every_reason_points_at_evidence_that_is_there(screened):
    for name, one in screened.items():
        ids = {record.id for record in one.report.evidence}
        for reason in one.report.verdict.reasons:
            assert set(reason.evidence) <= ids, name


def test_no_file_is_attested_as_human_by_the_shipped_lists_alone(screened):
    """None of the pack is from a conforming camera; a new one that is belongs in this list."""
    assert not [n for n, one in screened.items() if one.verdict[0] == "human_attested"]


def test_the_same_file_judged_twice_gives_the_same_bytes(pack, screened, files):
    with Screener(clock=lambda: NOON, workers=2) as screener:
        for path in files:
            again = screener.screen(path)
            first = screened[path.relative_to(pack / "files").as_posix()].report
            assert again.canonical() == first.canonical(), path


def rows(pack):
    with (pack / "manifest.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            path = pack / row["path"]
            if path.is_file():
                yield row["path"].removeprefix("files/"), row


NOT_OURS = ("signingCredential.", "timeStamp.", "cawg.")


def failures(codes):
    return {code for code in codes if code and not code.startswith(NOT_OURS)}


def test_codes_agree_with_the_index_of_the_pack(pack, screened):
    """`sig_ok` and `bind_ok` are what the library listed as success, also beside a failure."""
    compared = 0
    for name, row in rows(pack):
        if not row["sig_ok"]:
            continue
        codes = screened[name].credential.codes
        signed = "claimSignature.validated" in codes.success
        bound = any(code.endswith("Hash.match") for code in codes.success)
        assert (str(signed), str(bound)) == (row["sig_ok"], row["bind_ok"]), name
        assert failures(codes.failure) == failures(row["fail_official"].split("|")), name
        compared += 1
    assert compared > 80


def test_files_the_index_calls_free_of_manifests_are_called_so(pack, screened):
    for name, row in rows(pack):
        if "ManifestNotFound" in row["state_official"]:
            assert screened[name].credential.carrier == "none", name


def test_integrity_follows_from_the_index(pack, screened):
    for name, row in rows(pack):
        if row["sig_ok"]:
            whole = row["sig_ok"] == row["bind_ok"] == "True"
            intact = whole and not failures(row["fail_official"].split("|"))
            assert screened[name].credential.integrity == ("intact" if intact else "broken"), name
