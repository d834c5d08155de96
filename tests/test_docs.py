"""The pages for people explain every code there is, in both languages, and can be found."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from provenance.evidence import Integrity, NotRunReason, SignerLevel
from service.i18n import codes
from service.policy import Finding
from service.verdict import Basis, Outcome, ReasonCode, Rights, VerdictOrigin
from service.verdict.integrity import Breakage

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
