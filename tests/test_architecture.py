"""Importing is free, rooms stay small, and what a module offers is in order."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("provenance", "detectors", "service")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
HEAVY = {
    *("torch", "onnxruntime", "c2pa", "httpx2", "fastapi", "sqlalchemy", "uvicorn", "dbos"),
    *("numpy", "PIL", "lxml", "pikepdf", "pypdfium2", "jinja2", "rich", "typer", "librosa", "av"),
}
BUDGET = 0.5

IMPORTED = """
import sys, time
start = time.perf_counter()
import {name}
print(time.perf_counter() - start)
print(*sorted({{module.partition(".")[0] for module in sys.modules}}))
"""


def importing(name):
    """Seconds, and the top-level packages that come with it."""
    command = [sys.executable, "-c", IMPORTED.format(name=name)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    seconds, packages = done.stdout.splitlines()
    return float(seconds), set(packages.split())


@pytest.mark.parametrize("name", [*PACKAGES, "provenance.asset", "provenance.media"])
def test_importing_a_package_is_quick_and_brings_nothing_heavy(name):
    seconds, packages = importing(name)
    best = min(seconds, importing(name)[0])
    assert best < BUDGET
    assert not packages & HEAVY


@pytest.mark.parametrize("name", ["service.screening", "service.verdict", "provenance.reading"])
def test_the_heart_brings_no_native_library_and_no_network(name):
    _, packages = importing(name)
    assert not packages & (HEAVY - {"numpy"})


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
class TestModule:
    """What holds for every module."""

    def test_it_is_no_longer_than_a_reader_s_patience(self, path):
        assert len(path.read_text("utf-8").splitlines()) <= 600

    def test_it_opens_with_what_it_is(self, path):
        assert ast.get_docstring(ast.parse(path.read_text("utf-8")))

    def test_what_it_offers_is_sorted_and_there(self, path):
        tree = ast.parse(path.read_text("utf-8"))
        offered = next((ast.literal_eval(one.value) for one in tree.body if assigns_all(one)), None)
        if offered is None:
            return
        assert list(offered) == isort(offered)
        assert len(offered) == len(set(offered))
        assert set(offered) <= defined_in(tree)


def assigns_all(node):
    return isinstance(node, ast.Assign) and any(
        isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets
    )


def isort(names):
    """The order ruff keeps: CONSTANTS, Classes, functions."""
    return sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name))


def defined_in(tree):
    """Names a module binds at its top level, also inside `if` and `try`."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {(one.asname or one.name).partition(".")[0] for one in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            names.add(node.id)
    return names


def test_no_room_is_named_after_nothing():
    bad = {"utils", "util", "helpers", "helper", "common", "manager", "base", "misc"}
    assert not [path for path in MODULES if {path.stem, *path.parts} & bad]
