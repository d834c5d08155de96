"""Fixtures every test may use."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tools.authority import Authority

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def data_pack() -> Path:
    """The folder of real material, which is never copied into the repository."""
    pack = Path(os.environ.get("ASSAY_TEST_DATA", REPOSITORY / ".." / "shared" / "data"))
    if not pack.is_dir():
        pytest.skip(f"no test data at {pack}: set ASSAY_TEST_DATA to the folder that holds it")
    return pack.resolve()


@pytest.fixture(scope="session")
def authority() -> Authority:
    """A certificate authority made for this run, with one claim signer below it."""
    from tools.authority import Authority

    return Authority.new("Assay Tests")


@pytest.fixture(scope="session")
def impostor() -> Authority:
    """An authority that calls itself by a name everybody trusts."""
    from tools.authority import Authority

    return Authority.new("Google LLC")
