"""Services that are started, and killed when a test has ended."""

from __future__ import annotations

import pytest

from tests.e2e.running import Running


@pytest.fixture
def running(tmp_path):
    made: list[Running] = []

    def make(**settings: str) -> Running:
        made.append(Running(tmp_path, **settings))
        return made[-1]

    yield make
    for one in made:
        if one.process is not None and one.process.poll() is None:
            one.kill()
