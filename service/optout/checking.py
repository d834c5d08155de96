"""What the owner of one work declares, channel by channel: the answer of `assay optout check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from provenance.credentials import Record
from provenance.evidence import NotRun, NotRunReason, Purpose, Reservation
from provenance.rights.finding import Looked
from provenance.rights.looking import coverage_of
from service.report import line_safe
from service.verdict import Rights

if TYPE_CHECKING:
    from provenance.rights.surroundings import Surroundings
    from service.report import Report

__all__ = ["Declared", "declared"]


class Declared(Record):
    """What is declared about one work.

    Attributes:
        input: as given.
        rights: for the purpose that was asked about.
        rights_by_purpose: for it and every other one that a statement speaks of.
        reservations: every statement that was found.
        coverage: each channel, and whether it was looked at; a bare file has only what is in it.
        not_run: what could not be looked at, and why; not written when there is nothing.
    """

    input: str
    rights: Rights
    rights_by_purpose: dict[Purpose, Rights]
    reservations: tuple[Reservation, ...]
    coverage: dict[str, Looked]
    not_run: tuple[NotRun, ...] = Field(default=(), exclude_if=lambda one: not one)

    def to_json(self, indent: int | None = None) -> str:
        """JSON, keys in the order of the contract."""
        return line_safe(self.model_dump_json(by_alias=True, indent=indent))


def declared(report: Report, around: Surroundings | None) -> Declared:
    """What a report says about rights, with the channels that were looked at.

    Args:
        report: on the work, by a policy that runs the check of rights.
        around: where the work was met; None for a bare file.
    """
    missing = tuple(
        one
        for one in report.evidence
        if isinstance(one, NotRun)
        and one.check == "rights"
        and one.reason is not NotRunReason.NOT_APPLICABLE
    )
    coverage = coverage_of(around, missing)
    return Declared(
        input=report.asset.name,
        rights=report.verdict.rights,
        rights_by_purpose=report.verdict.rights_by_purpose,
        reservations=tuple(one for one in report.evidence if isinstance(one, Reservation)),
        coverage={channel.value: looked for channel, looked in coverage.items()},
        not_run=missing,
    )
