"""Reports and receipts: what is stated about an asset when a report is signed.

The statement's subject is the asset, its predicate the report as it is written. `provenance.attest`
signs and verifies it without knowing what a report is; what it needs to know is here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from provenance.attest.encoding import strict_json, where
from provenance.attest.statement import Statement
from provenance.attest.verifying import Agrees
from provenance.errors import InputError
from service.report import Report
from service.review.statement import DECISION_PREDICATE, EXHIBIT_PREDICATE

__all__ = ["PREDICATES", "REPORT_PREDICATE", "read_report", "statement_of"]

REPORT_PREDICATE = "urn:assay:report:1"


def statement_of(report: Report) -> Statement:
    """The statement that a receipt for `report` signs."""
    return _about(report.document())


def read_report(raw: bytes) -> Statement:
    """The statement about a report that was written to a file, exactly as it stands there.

    Raises:
        InputError: it is not one report.
    """
    try:
        document = strict_json(raw)
        Report.model_validate_json(raw)
    except ValidationError as fault:
        raise InputError(f"not a report: {where(fault)}", hint=ONE_REPORT) from fault
    except ValueError as fault:
        raise InputError(f"not a report, but not JSON either ({fault})", hint=ONE_REPORT) from fault
    return _about(document)


ONE_REPORT = "Give one report, as written by: assay check FILE --format json"


def _about(document: dict[str, Any]) -> Statement:
    asset = document["asset"]
    return Statement.about(asset["name"], asset["sha256"], REPORT_PREDICATE, document)


def _agrees(statement: Statement) -> bool:
    """Whether the report speaks of the very asset that the statement names, and of no other."""
    asset = statement.predicate.get("asset")
    digest = asset.get("sha256") if isinstance(asset, dict) else None
    return [one.sha256 for one in statement.subject] == [digest]


def _about_one(statement: Statement) -> bool:
    """Whether it is about one work; whoever signed vouches for the rest."""
    return len(statement.subject) == 1


PREDICATES: Mapping[str, Agrees] = {
    REPORT_PREDICATE: _agrees,
    DECISION_PREDICATE: _about_one,
    EXHIBIT_PREDICATE: _about_one,
}
"""The predicate types of what a service signs, as a `Verifier` wants them."""
