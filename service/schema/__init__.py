"""The committed JSON Schemas of what Assay writes. `python -m service.schema` rewrites them.

A test compares the committed file with the records, so that a change of the contract shows as a
change of this folder.
"""

from __future__ import annotations

import json
from pathlib import Path

from service.report import report_schema

__all__ = ["REPORT_FILE", "report_schema_text"]

REPORT_FILE = Path(__file__).with_name("report-1.json")


def report_schema_text() -> str:
    """The report schema as it is committed: two spaces, non-ASCII kept, a newline at the end."""
    return json.dumps(report_schema(), ensure_ascii=False, indent=2) + "\n"
