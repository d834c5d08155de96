"""What an audit says about one use of one work: the record `assay/finding/1`.

A finding answers whether a use kept what the owner had declared when the copy was made. It always
carries how it was reached (`rule_path`), what it rests on (`reservations`) and what was not looked
at (`coverage`), because somebody will be asked to answer for it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import AwareDatetime, ConfigDict, Field, PlainSerializer, WithJsonSchema

from provenance.credentials import Record
from provenance.evidence import Purpose, Reservation
from provenance.rights.records import Channel

__all__ = [
    "FINDING_SCHEMA",
    "Because",
    "Finding",
    "Interval",
    "Looked",
    "Use",
    "Verdict",
    "every_channel",
]

FINDING_SCHEMA: Literal["assay/finding/1"] = "assay/finding/1"

Moment = Annotated[
    AwareDatetime,
    PlainSerializer(
        lambda moment: moment.astimezone(dt.UTC).isoformat().replace("+00:00", "Z"), return_type=str
    ),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]


class Verdict(StrEnum):
    """What a use comes to. Only the first accuses; the second asks a person to look."""

    VIOLATION = "violation"
    """A valid machine-readable reservation of accepted standing was in force and covered it."""
    VIOLATION_CONTESTED = "violation_contested"
    """A reservation covered it whose form, standing, addressee or time can be disputed."""
    POST_HOC = "post_hoc"
    """Nothing reserved it when the copy was made; the owner has reserved it since."""
    CONDITIONAL = "conditional"
    """It was allowed under terms; whether they were met is not known."""
    COMPLIANT = "compliant"
    LICENSED = "licensed"
    NO_RESERVATION_FOUND = "no_reservation_found"
    EXEMPT_CLAIMED = "exempt_claimed"
    """Somebody claims the research exception; whether rightly is not decided here."""
    UNDETERMINED = "undetermined"


class Because(StrEnum):
    """Why a use could not be judged."""

    TIME = "time"
    """What was in force when the copy was made is not known."""
    FETCH = "fetch"
    """A document that could hold a reservation did not answer."""
    COVERAGE = "coverage"
    """No channel was looked at, or one holds a statement that nobody can read."""


class Looked(StrEnum):
    """What became of one channel."""

    READ = "read"
    ABSENT = "absent"
    NOT_LOOKED = "not_looked"


Interval = tuple[Moment | None, Moment | None]


class Use(Record):
    """One use of one work.

    Attributes:
        actor: who used it, as given; never looked up.
        agent: product token of the crawler that made the copy, or the control token that stands
            for the use; None when it is not known.
        purpose: what for.
        at: when the copy was made; None when it is not known.
        at_bounds: the interval `at` stands for, where only a day or a span is known.
        jurisdiction: where, as given; outside the European Union silence is no permission.
    """

    actor: str | None = None
    agent: str | None = None
    purpose: Purpose
    at: Moment | None = None
    at_bounds: Interval | None = None
    jurisdiction: str | None = None


class Finding(Record):
    """One use, judged. The attribute `schema_` is `schema` in JSON.

    Attributes:
        input: the work, as the corpus calls it.
        use: what was done with it.
        verdict: what that comes to.
        undetermined_because: given exactly when the verdict is `undetermined`.
        rule_path: the rules that led there, in order; `code`, or `code: detail`.
        reservations: all that was declared about it at the time, also what did not decide.
        bounds: between which two observations the state that decided is known to hold, or to have
            changed; None where no history was asked.
        coverage: each channel, and whether it was looked at.
        contested: why the verdict can be disputed, as codes.
    """

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True)

    schema_: Literal["assay/finding/1"] = Field(default=FINDING_SCHEMA, alias="schema")
    input: str
    use: Use
    verdict: Verdict
    undetermined_because: Because | None = None
    rule_path: tuple[str, ...]
    reservations: tuple[Reservation, ...] = ()
    bounds: Interval | None = None
    coverage: dict[str, Looked] = Field(default_factory=dict)
    contested: tuple[str, ...] = ()

    def to_json(self, indent: int | None = None) -> str:
        """JSON, keys in the order of the contract; one line unless indented."""
        return self.model_dump_json(by_alias=True, indent=indent)


def every_channel(coverage: Mapping[str, Looked]) -> dict[str, Looked]:
    """A coverage that names every channel; one it leaves out was not looked at."""
    return {channel.value: coverage.get(channel.value, Looked.NOT_LOOKED) for channel in Channel}
