"""`assay models`: which models are installed, and how one is made, added and checked."""

from __future__ import annotations

from service.cli.models.app import app

__all__ = ["app"]
