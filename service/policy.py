"""What an organisation decides for itself: which checks run, and how rare is rare enough.

A `Policy` is a value. Its digest stands in every report, so that a report can be judged against
the policy that made it. `load_policy` reads one from TOML; every key is optional, unknown keys
are refused. A policy cannot loosen the rules of `service.verdict`: it holds operating points and
choices, never a way to make a detector certify or an unsigned claim count as proof.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, Self, get_args

import rfc8785
from pydantic import Field, ValidationError, field_validator, model_validator

from provenance.errors import ConfigError
from provenance.evidence import Purpose, Record

__all__ = [
    "CHECKS",
    "DEFAULT",
    "PURPOSES",
    "Check",
    "Finding",
    "Policy",
    "Reviewing",
    "as_toml",
    "load_policy",
    "parse_policy",
]

Check = Literal["provenance", "rights", "detect", "match"]

CHECKS: tuple[Check, ...] = get_args(Check)
PURPOSES: tuple[Purpose, ...] = get_args(Purpose)

AUTO_FPR = 0.002


class Finding(StrEnum):
    """What a report can hold against a work, in the order in which reports list it."""

    FULLY_SYNTHETIC = "fully_synthetic"
    PARTLY_SYNTHETIC = "partly_synthetic"
    UNDECLARED_AI = "undeclared_ai"
    PROVENANCE_BROKEN = "provenance_broken"
    PROVENANCE_STRIPPED = "provenance_stripped"
    DETECTOR_DISAGREES = "detector_disagrees"
    OPTOUT_RESERVED = "optout_reserved"
    OPTOUT_VIOLATION = "optout_violation"
    KNOWN_WORK = "known_work"
    REPRODUCED_WORK = "reproduced_work"
    UNAUTHORISED_COPY = "unauthorised_copy"


QUIET = frozenset({Finding.KNOWN_WORK, Finding.OPTOUT_RESERVED})
ALERTS = tuple(finding for finding in Finding if finding not in QUIET)


class Reviewing(Record):
    """How people review what a policy sends to them, in a running service.

    Attributes:
        hours: until a review is due, from when it was opened.
        appeal_days: how long the maker of a work may state a case, from when the link was made.
        appeal_hours: until an appeal is due, from when the case was stated.
        two_person: whether a decision takes two people who agree, and an appeal others than those
            who decided before.
    """

    hours: int = Field(default=72, ge=1, le=8760, strict=True)
    appeal_days: int = Field(default=30, ge=1, le=3650, strict=True)
    appeal_hours: int = Field(default=168, ge=1, le=8760, strict=True)
    two_person: bool = Field(default=False, strict=True)


class Policy(Record):
    """The choices a verdict depends on besides the evidence.

    Attributes:
        name: shown in the report.
        purpose: the use whose reservation the verdict answers.
        human_level: attestation level, 1 to 4, from which a human origin counts as attested.
        max_fpr: rarest exceedance, 0 to 1, at which a detection counts.
        auto_fpr: exceedance up to which a detection needs no person; the smaller of 0.002 and
            `max_fpr` unless given.
        run: checks that run.
        require: checks whose faults are reported by the exit status.
        alert_on: findings that are reported by the exit status.
        detect: whether detectors also run when provenance has settled the origin.
        review_on: findings that a person looks at, besides what always asks for one.
        reviewing: how people do so.
    """

    name: str = Field(default="default", min_length=1, max_length=100)
    purpose: Purpose = "train-genai"
    human_level: int = Field(default=2, ge=1, le=4, strict=True)
    max_fpr: float = Field(default=0.01, gt=0, le=1, strict=True, allow_inf_nan=False)
    auto_fpr: float = Field(default=AUTO_FPR, gt=0, le=1, strict=True, allow_inf_nan=False)
    run: tuple[Check, ...] = Field(default=CHECKS, min_length=1)
    require: tuple[Check, ...] = CHECKS
    alert_on: tuple[Finding, ...] = ALERTS
    detect: Literal["unsettled", "always"] = "unsettled"
    review_on: tuple[Finding, ...] = ()
    reviewing: Reviewing = Reviewing()

    @model_validator(mode="before")
    @classmethod
    def _automatic_within_maximum(cls, given: Any) -> Any:
        """A stricter `max_fpr` alone is a valid policy: the default of `auto_fpr` follows it."""
        if not isinstance(given, Mapping) or "auto_fpr" in given:
            return given
        maximum = given.get("max_fpr")
        if isinstance(maximum, float) and 0 < maximum < AUTO_FPR:
            return {**given, "auto_fpr": maximum}
        return given

    @field_validator("run", "require")
    @classmethod
    def _checks_in_order(cls, checks: tuple[Check, ...]) -> tuple[Check, ...]:
        """One order and no repetition, so that equal policies have equal digests."""
        return tuple(check for check in CHECKS if check in checks)

    @field_validator("alert_on", "review_on")
    @classmethod
    def _findings_in_order(cls, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        return tuple(finding for finding in Finding if finding in findings)

    @model_validator(mode="after")
    def _operating_points_in_order(self) -> Self:
        if self.auto_fpr > self.max_fpr:
            raise ValueError(f"auto_fpr ({self.auto_fpr}) is over max_fpr ({self.max_fpr})")
        return self

    @property
    def digest(self) -> str:
        """Lowercase hexadecimal SHA-256 of the RFC 8785 canonical JSON of all fields."""
        return _digest(self)

    def only(self, checks: Iterable[Check]) -> Policy:
        """This policy with `run` narrowed to `checks`; never widened.

        Raises:
            ConfigError: nothing is left to run.
        """
        wanted = frozenset(checks)
        left = tuple(check for check in self.run if check in wanted)
        if not left:
            raise ConfigError(
                f"policy {self.name!r} runs none of: {', '.join(sorted(wanted)) or 'nothing'}",
                hint=f"It runs: {', '.join(self.run)}.",
            )
        return self.model_copy(update={"run": left})


@lru_cache(maxsize=64)
def _digest(policy: Policy) -> str:
    return hashlib.sha256(rfc8785.dumps(policy.model_dump(mode="json"))).hexdigest()


DEFAULT = Policy()

ALLOWED = {
    "name": "a text of 1 to 100 characters",
    "purpose": f"one of {', '.join(PURPOSES)}",
    "human_level": "a whole number from 1 to 4",
    "max_fpr": "a number over 0, at most 1",
    "auto_fpr": "a number over 0, at most max_fpr",
    "run": f"a list, not empty, of {', '.join(CHECKS)}",
    "require": f"a list of {', '.join(CHECKS)}",
    "alert_on": f"a list of {', '.join(Finding)}",
    "detect": '"unsettled" or "always"',
    "review_on": f"a list of {', '.join(Finding)}",
    "reviewing": "a table: hours, appeal_days and appeal_hours are whole numbers over 0, "
    "two_person is true or false",
}


def as_toml(policy: Policy) -> str:
    """A policy as TOML with every key, which `parse_policy` reads back."""
    fields = policy.model_dump(mode="json")
    reviewing = fields.pop("reviewing")
    # texts, numbers, truths and lists of texts are written alike in TOML and JSON
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()]
    lines += ["", "[reviewing]  # by people, in a running service"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in reviewing.items()]
    return "\n".join(lines) + "\n"


def load_policy(path: str | Path) -> Policy:
    """The policy in the TOML file at `path`.

    Raises:
        ConfigError: the file cannot be read, is not TOML, or a key or value is not allowed; the
            message names the file and the key, the hint what is allowed.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(f"policy {path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"policy {path} is not UTF-8 text", hint="TOML is UTF-8.") from error
    return parse_policy(text, str(path))


def parse_policy(text: str, named: str) -> Policy:
    """The policy in TOML text; `named` is what messages call it.

    Raises:
        ConfigError: see `load_policy`.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"policy {named} is not valid TOML: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"policy {named} is nested too deeply") from error
    try:
        return Policy.model_validate(given)
    except ValidationError as error:
        raise _explained(named, error) from error


def _explained(path: str, error: ValidationError) -> ConfigError:
    first = error.errors(include_url=False)[0]
    if not first["loc"]:  # the two operating points, each valid by itself
        message = first["msg"].removeprefix("Value error, ")
        return ConfigError(f"policy {path}: {message}", hint=f"auto_fpr: {ALLOWED['auto_fpr']}.")
    key = str(first["loc"][0])
    if key not in ALLOWED:
        return ConfigError(
            f"policy {path}: unknown key {key!r}", hint=f"Known keys: {', '.join(ALLOWED)}."
        )
    if len(first["loc"]) > 1 and key == "reviewing":
        key = ".".join(str(part) for part in first["loc"])
    return ConfigError(
        f"policy {path}: {key} = {first['input']!r} is not allowed",
        hint=f"{key}: {ALLOWED[key.partition('.')[0]]}.",
    )
