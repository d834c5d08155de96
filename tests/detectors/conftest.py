"""Tiny detectors, trained once for all tests of this folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from detectors.training.run import Progress, Trained, train
from tests.detectors import tiny

NOW = dt.datetime(2026, 11, 1, 12, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Run:
    """A training that is done."""

    folder: Path
    manifest: Path
    trained: Trained
    progress: list[Progress]


@pytest.fixture(scope="session")
def tiny_plugins(tmp_path_factory) -> Iterator[Path]:
    """The folder with the entry points of the tiny preparations and recipes, on `sys.path`."""
    site = tiny.register(tmp_path_factory.mktemp("site"))
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(site)
        yield site


@pytest.fixture(scope="session")
def tiny_run(tiny_plugins, tmp_path_factory) -> Callable[[str], Run]:
    """A tiny model for works of a kind: `sound`, `picture` or `text`."""
    done: dict[str, Run] = {}

    def run(kind: str) -> Run:
        if kind not in done:
            folder = tmp_path_factory.mktemp(kind)
            manifest = tiny.manifest(folder / "works", kind)
            progress: list[Progress] = []
            trained = train(
                manifest,
                tiny.RECIPES[kind](),
                folder / "model",
                watch=progress.append,
                clock=lambda: NOW,
            )
            done[kind] = Run(folder / "model", manifest, trained, progress)
        return done[kind]

    return run


@pytest.fixture
def models(tmp_path, monkeypatch) -> Path:
    """An empty folder of installed models."""
    folder = tmp_path / "models"
    monkeypatch.setenv("ASSAY_MODELS", str(folder))
    return folder
