"""An audit to write papers from, and the papers."""

from __future__ import annotations

import pytest

from service.documents import protocols
from service.documents.records import DocumentKind
from service.documents.writing import prepare, write
from tests.service.documents.audits import NOTICE, TABLE, toml, written


@pytest.fixture(autouse=True)
def table(monkeypatch):
    """The table of protocols of these tests."""
    monkeypatch.setattr(protocols, "table", lambda: TABLE)


@pytest.fixture(scope="session")
def audit(tmp_path_factory):
    return written(tmp_path_factory.mktemp("documents") / "audit")


@pytest.fixture
def details(tmp_path):
    """Writes a details file of some tables; the notice is whole unless it is given."""

    def details(**tables):
        path = tmp_path / "details.toml"
        path.write_text(toml({"dsa16": NOTICE} | tables), "utf-8")
        return path

    return details


@pytest.fixture
def paper(audit, details):
    """One paper about the audit, with the details given for it."""

    def paper(kind, lang="en", *, folder=audit, **values):
        kind = DocumentKind(kind)
        tables = {kind.value: (NOTICE if kind is DocumentKind.DSA16 else {}) | values}
        return write(prepare(kind, folder, details(**tables), lang))

    return paper
