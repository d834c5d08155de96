"""Every parser of the provenance wing that meets bytes of strangers, as a function of bytes.

A target swallows the errors its parser documents; any other error is a finding, and so is a result
that must not be. Where the right answer is known, it is compared (an oracle): a proof that was not
made by the tree must not verify, canonical JSON must stay as it is.
"""

from __future__ import annotations

# What is imported enters its targets.
from tests.fuzz import (
    on_archives,
    on_declared_rights,
    on_embedded_rights,
    on_files,
    on_language,
    on_manifests,
    on_receipts,
    on_robots,
    on_running_text,
    on_statements,
    on_supplied,
)
from tests.fuzz.registry import TARGETS, Target

__all__ = [
    "TARGETS",
    "Target",
    "on_archives",
    "on_declared_rights",
    "on_embedded_rights",
    "on_files",
    "on_language",
    "on_manifests",
    "on_receipts",
    "on_robots",
    "on_running_text",
    "on_statements",
    "on_supplied",
]
