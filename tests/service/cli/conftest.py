"""The command, run in this process, in an empty folder, by a user with nothing kept."""

from __future__ import annotations

import pytest

from service.cli import _run


@pytest.fixture
def assay(monkeypatch, tmp_path, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSAY_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "300")
    monkeypatch.setenv("LC_ALL", "C.UTF-8")

    def assay(*arguments, status=0):
        ended = _run([str(one) for one in arguments])
        said = capsys.readouterr()
        assert ended == status, said.out + said.err
        return said

    return assay
