"""The decision depends on its two arguments: it can reach neither clock, nor files, nor network."""

from __future__ import annotations

import ast
import builtins
from pathlib import Path

import service.verdict
from provenance.evidence import Carrier, Credential, Integrity
from service.policy import DEFAULT
from service.verdict import decide

FOLDER = Path(service.verdict.__file__).parent
ALLOWED = {
    "__future__",
    "collections",
    "dataclasses",
    "enum",
    "provenance",
    "pydantic",
    "re",
    "service",
    "typing",
    "unicodedata",
}


def imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield str(node.module)


def test_the_modules_of_the_verdict_import_nothing_that_reaches_outside():
    modules = {name for path in FOLDER.glob("*.py") for name in imported(path)}
    assert {name.partition(".")[0] for name in modules} <= ALLOWED
    ours = {name for name in modules if name.startswith(("service", "provenance"))}
    assert {name for name in ours if not name.startswith("service.verdict")} == {
        "provenance.credentials",
        "provenance.evidence",
        "provenance.rights.decide",
        "provenance.rights.finding",
        "provenance.rights.looking",
        "provenance.rights.purposes",
        "provenance.rights.standing",
        "provenance.rights.surroundings",
        "service.i18n",
        "service.policy",
        "service.survival",
    }


def test_deciding_opens_no_file(monkeypatch):
    evidence = (Credential(source="c2pa", carrier=Carrier.NONE, integrity=Integrity.ABSENT),)
    first = decide(evidence, DEFAULT)  # the sentences are read once, as a module is

    def refuse(*_args, **_kwargs):
        raise AssertionError("a file was opened")

    monkeypatch.setattr(builtins, "open", refuse)
    monkeypatch.setattr(Path, "open", refuse)
    assert decide(evidence, DEFAULT) == first
