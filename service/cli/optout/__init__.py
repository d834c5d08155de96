"""`assay optout`: what owners have reserved, and whether a use kept it."""

from __future__ import annotations

from service.cli.optout.app import app

__all__ = ["app"]
