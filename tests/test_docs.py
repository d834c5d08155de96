"""The pages for people explain every code there is, in both languages, and can be found."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from provenance.evidence import Integrity, NotRunReason, SignerLevel
from service.i18n import codes
from service.jobs import examining, expiring
from service.policy import Finding, Reviewing
from service.retention import RetentionCode
from service.settings import Settings
from service.storage.accesses import ErasureReason
from service.storage.tables import METADATA
from service.verdict import Basis, Outcome, ReasonCode, Rights, VerdictOrigin
from service.verdict.integrity import Breakage
from service.web.visitors import LASTS

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("docs/verdict.md", "docs/verdict.fr.md")
CODES = {
    "origin": VerdictOrigin,
    "basis": Basis,
    "integrity": Integrity,
    "breakage": Breakage,
    "rights": Rights,
    "finding": Finding,
    "outcome": Outcome,
    "signer": SignerLevel,
    "human_level_reason": codes("human_level_reason"),
    "reason": ReasonCode,
    "not_run": NotRunReason,
    "retention": RetentionCode,
}


def told(page):
    return set(re.findall(r"`([a-z0-9_]+)`", (ROOT / page).read_text("utf-8")))


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("closed", CODES)
def test_a_page_explains_every_code(page, closed):
    assert {str(code) for code in CODES[closed]} - told(page) == set()


def test_french_explains_what_english_does():
    english, french = map(told, PAGES)
    assert english - french == set()


def test_the_readme_leads_to_both_pages_and_they_lead_to_each_other():
    readme = (ROOT / "README.md").read_text("utf-8")
    for page, other in (PAGES, PAGES[::-1]):
        assert f"]({page})" in readme
        assert f"]({Path(other).name})" in (ROOT / page).read_text("utf-8")


@pytest.mark.parametrize("french", sorted((ROOT / "docs").glob("*.fr.md")), ids=lambda p: p.name)
def test_french_is_well_set(french):
    page = re.sub(r"```.*?```|`[^`]*`", "", french.read_text("utf-8"), flags=re.DOTALL)
    assert "'" not in page
    assert not re.search(r"[ \w][;!?»]| :|« ", page)


# The threat model names the test that holds each of its answers.

THREATS = ("docs/threat-model.md", "docs/threat-model.fr.md")


def named_tests(page):
    return re.findall(r"`(test_\w+)`", (ROOT / page).read_text("utf-8"))


def test_every_test_the_threat_model_names_exists():
    written = (path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    existing = {name for text in written for name in re.findall(r"^ *def (test_\w+)", text, re.M)}
    assert len(named_tests(THREATS[0])) > 40
    assert set(named_tests(THREATS[0])) - existing == set()


def test_both_threat_models_answer_the_same_lies():
    assert named_tests(THREATS[0]) == named_tests(THREATS[1])
    for page, other in (THREATS, THREATS[::-1]):
        assert f"]({Path(other).name})" in (ROOT / page).read_text("utf-8")


def test_the_readme_and_the_security_page_lead_to_the_threat_model():
    assert f"]({THREATS[0]})" in (ROOT / "README.md").read_text("utf-8")
    assert f"]({THREATS[0]})" in (ROOT / "SECURITY.md").read_text("utf-8")


PAGES_OF_OURS = sorted([ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").glob("*.md")])


@pytest.mark.parametrize("page", PAGES_OF_OURS, ids=lambda page: page.name)
def test_every_file_of_ours_that_a_page_names_exists(page):
    folders = "docs|tests|tools|provenance|detectors|service|samples|benchmarks"
    named = set(re.findall(rf"`((?:{folders})/[\w./-]+\.(?:py|md|json|toml))`", page.read_text()))
    linked = set(re.findall(r"\]\((?!https?:|#)([\w./-]+)\)", page.read_text("utf-8")))
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert [name for name in linked if not (page.parent / name).exists()] == []


def test_the_readme_leads_to_every_page():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert [
        one.name for one in (ROOT / "docs").glob("*.md") if f"(docs/{one.name})" not in readme
    ] == []


# What is said of personal data is said of everything there is, and held by tests.

DATA = ("docs/data-protection.md", "docs/data-protection.fr.md")


@pytest.mark.parametrize("page", DATA)
def test_every_table_is_told_with_how_it_goes(page):
    rows = [row for row in (ROOT / page).read_text("utf-8").splitlines() if row.startswith("| ")]
    first = " ".join(row.split("|")[1] for row in rows)
    assert {name for name in METADATA.tables if f"`{name}`" not in first} == set()


@pytest.mark.parametrize("page", DATA)
def test_every_setting_it_names_is_one(page):
    named = set(re.findall(r"`ASSAY_(\w+)", (ROOT / page).read_text("utf-8")))
    assert len(named) >= 5
    assert {name for name in named if name.lower() not in Settings.model_fields} == set()


@pytest.mark.parametrize("page", DATA)
def test_every_reason_of_an_erasure_is_told(page):
    assert {str(one) for one in ErasureReason} - told(page) == set()


@pytest.mark.parametrize("page", DATA)
def test_numbers_of_data_protection_are_those_of_the_code(page):
    text = (ROOT / page).read_text("utf-8")
    assert dt.timedelta(hours=48) == expiring.IDEMPOTENCY
    assert "| 48 h" in text
    assert expiring.BATCH == 200
    assert " 200 " in text
    assert examining.BEAT_SECONDS == 15
    assert " 15 s" in text
    assert Settings.model_fields["access_retention_days"].default == 365
    assert "`ASSAY_ACCESS_RETENTION_DAYS`, 365 " in text
    assert dt.timedelta(hours=12) == LASTS
    assert "| 12 h" in text
    assert Reviewing().appeal_days == 30
    assert "`appeal_days`, 30 " in text


def test_both_are_held_by_the_same_tests_which_exist():
    written = (path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    existing = {name for text in written for name in re.findall(r"^ *def (test_\w+)", text, re.M)}
    assert len(named_tests(DATA[0])) > 15
    assert set(named_tests(DATA[0])) - existing == set()
    assert named_tests(DATA[0]) == named_tests(DATA[1])
    for page, other in (DATA, DATA[::-1]):
        assert f"]({Path(other).name})" in (ROOT / page).read_text("utf-8")
