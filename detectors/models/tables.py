"""A model's tables: how rare each score is among human works, and how likely it makes a machine.

`tables.json` is made from `human_scores.csv` and `ai_scores.csv`, the scores of works that were
held out when they were scored, and from nothing else: `derive` makes the same bytes from them at
any time, which is how a model is verified. The columns are `source,group,work,score`; for works of
machines the source is the family of generators. Scores are written so that they read back exactly.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, Self

from pydantic import Field, ValidationError

from detectors.calibration import Likelihood
from detectors.exceedance import ExceedanceTable, HumanScore
from detectors.models.records import AI_SCORES, HUMAN_SCORES, STRANGENESS, TABLES
from detectors.stored import Stored, read_rows, write_rows
from detectors.strangeness import Strangeness
from provenance.asset import Modality
from provenance.errors import ModelError
from provenance.evidence import AbstainReason, Exceedance

if TYPE_CHECKING:
    from detectors.models.folder import ModelFolder

__all__ = [
    "AI_SCORES",
    "HUMAN_SCORES",
    "TABLES",
    "Measurement",
    "Tables",
    "derive",
    "read_scores",
    "read_strangeness",
    "write_scores",
]

COLUMNS = ("source", "group", "work", "score")
NOMINAL = 0.01
UNMEASURED = {Modality.TEXT: AbstainReason.REGISTER_UNMEASURED}
"""Why a group that does worse than others abstains, where it is not for its kind."""
SEED = 0


@dataclass(frozen=True, slots=True)
class Measurement:
    """What the tables say of one score."""

    exceedance: Exceedance
    likelihood: float | None
    abstain: AbstainReason | None


class Tables(Stored):
    """The tables of a model.

    Attributes:
        nominal: false-positive rate at which groups were compared.
        exceedance: how rare a score is, by group.
        likelihood: how likely it makes a machine, None where no works of machines were held out.
    """

    called: ClassVar = "tables"

    schema_: Literal["assay/tables/1"] = Field(default="assay/tables/1", alias="schema")
    nominal: float = Field(gt=0, lt=1)
    exceedance: ExceedanceTable
    likelihood: Likelihood | None = None

    @classmethod
    def of(
        cls,
        human: Iterable[HumanScore],
        ai: Iterable[HumanScore],
        groups: Mapping[str, str | None],
        *,
        nominal: float = NOMINAL,
        unmeasured: AbstainReason = AbstainReason.KIND_UNMEASURED,
    ) -> Self:
        """Tables of held-out scores.

        Args:
            human: of human works.
            ai: of works of machines; the source is the family.
            groups: each group to its parent.
            nominal: false-positive rate at which groups are compared.
            unmeasured: what a detection of a group that does worse abstains for.
        """
        held, made = sorted(human), sorted(ai)
        return cls(
            nominal=nominal,
            exceedance=ExceedanceTable.of(
                held, groups, nominal=nominal, seed=SEED, unmeasured=unmeasured
            ),
            likelihood=Likelihood.of(held, made) if made else None,
        )

    def to_json(self) -> bytes:
        """The bytes of `tables.json`."""
        return self.model_dump_json(by_alias=True).encode() + b"\n"

    def at(self, score: float, group: str) -> Measurement:
        """How rare a score is in a group, and how likely it makes a machine."""
        measured = self.exceedance.measure(score, group)
        likelihood = self.likelihood.at(score) if self.likelihood else None
        return Measurement(measured.exceedance, likelihood, measured.abstain)


def read_strangeness(model: ModelFolder) -> Strangeness:
    """The test of strangeness of a model that has one.

    Raises:
        ModelError: it is none.
    """
    try:
        return Strangeness.model_validate_json(model.read(STRANGENESS))
    except ValidationError as fault:
        raise ModelError(f"{model.path / STRANGENESS}: not a test of strangeness") from fault


def derive(model: ModelFolder) -> bytes:
    """The bytes that `tables.json` should have, from the stored scores.

    Raises:
        ModelError: a file is missing or not as the record says.
    """
    human = read_scores(model.read(HUMAN_SCORES), shown=str(model.path / HUMAN_SCORES))
    ai: tuple[HumanScore, ...] = ()
    if model.has(AI_SCORES):
        ai = read_scores(model.read(AI_SCORES), shown=str(model.path / AI_SCORES))
    stored = Tables.read(model.read(TABLES), shown=str(model.path / TABLES))
    again = Tables.of(
        human,
        ai,
        model.record.groups,
        nominal=stored.nominal,
        unmeasured=stored.exceedance.unmeasured,
    )
    return again.to_json()


def write_scores(scores: Iterable[HumanScore]) -> bytes:
    """Held-out scores as CSV, sorted."""
    rows = ((one.source, one.group, one.work, repr(one.score)) for one in sorted(scores))
    return write_rows(COLUMNS, rows)


def read_scores(data: bytes, *, shown: str) -> tuple[HumanScore, ...]:
    """What `write_scores` wrote.

    Raises:
        ModelError: it is something else; the message names the line.
    """
    return read_rows(data, COLUMNS, _score, shown=shown)


def _score(row: Sequence[str]) -> HumanScore:
    source, group, work, written = row
    score = float(written)
    if not math.isfinite(score):
        raise ValueError(f"{written} is not a score")
    return HumanScore(source, group, work, score)
