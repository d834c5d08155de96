"""Warnings and rules in words: every code has some, and nobody's words break out of theirs."""

from __future__ import annotations

import ast
import json
import re
from pathlib import Path

import pytest

import provenance.rights
from provenance.rights import decide
from provenance.rights.finding import Verdict
from provenance.rights.known import When
from service.i18n import codes
from service.render.declared import finding_lines
from service.render.evidence import card
from service.render.reasoning import step_in_words, warning_in_words
from service.render.wording import Words
from tests.provenance.rights.test_decide import judged, said

READERS = Path(provenance.rights.__file__).parent
VECTORS = Path(__file__).resolve().parents[2] / "vectors/optout"
HEAD = re.compile(r"([a-z][a-z0-9_]*): ")
SNAKE = re.compile(r"\b[a-z]+_[a-z_]+\b")
NOT_READERS = {"decide.py"}
BARE = {
    *("authorised_override", "mining_not_reserved", "nothing_looked_at", "permitted"),
    "protocols_disagree",
}
"""Steps without a detail."""


def heads(path):
    """The codes a module writes before a colon."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from HEAD.findall(node.value) if HEAD.match(node.value) else ()


def _records(expected):
    return [one for one in expected if isinstance(one, dict)] if isinstance(expected, list) else ()


def test_every_code_of_a_reader_has_words():
    modules = [path for path in READERS.rglob("*.py") if path.name not in NOT_READERS]
    written = {code for path in modules for code in heads(path)}
    expected = {
        warning.partition(":")[0]
        for path in VECTORS.glob("*.jsonl")
        for line in path.read_text("utf-8").splitlines()
        for record in _records(json.loads(line).get("expected"))
        for warning in record.get("warnings", ())
    }
    assert len(expected) > 30
    assert (written | expected | set(decide.CONTESTING)) <= set(codes("reservation_warning"))


def test_every_rule_has_words_and_no_other():
    assert {*heads(READERS / "decide.py"), *BARE, "during", "after"} == set(codes("rule_step"))


@pytest.mark.parametrize(
    ("lang", "warning", "shown"),
    [
        ("en", "typo: Dissalow", "misspelt, and understood (Dissalow)"),
        ("fr", "typo: the line is misspelt", "mal orthographiée, mais comprise"),
        ("fr", "linked_from: robots.txt", "trouvée par un lien (robots.txt)"),
        ("fr", "site_level", "s\u2019adresse à d\u2019autres sur le même site"),
        ("fr", "of_a_plugin: its words", "of_a_plugin: its words"),
        ("en", "typo: a\nb\x1b[2J", "misspelt, and understood (a b<U+001B>[2J)"),
    ],
)
def test_a_warning(lang, warning, shown):
    assert warning_in_words(warning, Words(lang)) == shown


@pytest.mark.parametrize(
    ("step", "shown"),
    [
        (f"time: robots.txt {When.BETWEEN}", "robots.txt : entre deux observations"),
        ("protocol: tdmrep reserved", "tdmrep : Usage réservé"),
        ("contested: standing_C", "discutable : protocole de statut C : pratique du secteur"),
        ("contested: new_code", "discutable : new_code"),
        ("standing: robots.txt A", "robots.txt : statut A"),
        (f"before: {Verdict.VIOLATION}", "avant : Réservé, et utilisé malgré cela"),
        ("silent: robots.txt, ai.txt", "muet : robots.txt, ai.txt"),
        ("licence_claimed: {0} L-7", "licence invoquée : {0} L-7"),
        ("permitted", "autorisé par qui en a le pouvoir"),
        ("of_a_later_version: x", "of_a_later_version: x"),
    ],
)
def test_a_step(step, shown):
    assert step_in_words(step, Words("fr")) == shown.replace(" :", "\u202f:")


def test_a_french_finding_holds_no_code_and_no_english():
    finding = judged(said(warnings=["carried_forward: last seen on 2024-03-01"]))
    shown = "\n".join(finding_lines(finding, Words("fr")))
    assert "vue avant l\u2019usage seulement" in shown
    assert "discutable\u202f: observée avant la copie seulement" in shown
    assert "last seen" not in shown
    assert not SNAKE.search(shown)


def test_a_report_says_it_too():
    record = said(warnings=["typo: Dissalow"])
    warning = [fact.value for fact in card(record, Words("fr")).facts if "Avert" in fact.label]
    assert warning == ["mal orthographiée, mais comprise"]
