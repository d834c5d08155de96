"""How rare a score is among human works the model never saw: one step table for each group.

The convention is that of the report ("Statistics"): `value` is the mean over held-out human
sources of the share of their works scoring at least this high. `upper` is what a policy compares
with its largest false-alarm rate. It is the largest of four, so that no one of them has to carry
what it cannot:

1. the one-sided 95 % limit of the mean over sources in a model of normal scores and sources, at a
   prudent spread between sources (`detectors.bounds`): this is what a small number of sources, or
   no work at all above the score, leaves open;
2. the 95th percentile of the bootstrap over sources, which knows no model and so notices a single
   source that behaves otherwise than the rest; by itself it covers far less than 95 % where
   sources are few or none exceeds the score;
3. a third of the rate that some source significantly exceeds (exact binomial, one-sided 5 %,
   Holm): the cap of the convention, no source beyond three times nominal;
4. 3/n_works.

`upper` never rises with the score. So the bound holds at the operating point as well, though that
is chosen by looking at the table: choosing the lowest score with `upper` <= f goes wrong only
where the bound fails at the one score whose true rate is f.

The spread is measured where the mean rate is 5, 10 and 20 %, for no tail has works enough. It is a
correlation of scores: that of counts falls with the rate, and would overstate what the tail leaves
open. A group of fewer than ten sources takes that of its nearest ancestor with ten: it is assumed
that sources of one group differ no more than sources of several do. Fewer than ten sources in all
are taken to differ as much as any may.

Where scores of sources stand further out than normal ones (Student's t, four degrees of freedom),
the model covers some nine times in ten instead of nineteen in twenty.

What no bound can know is a kind of source that none of those held out was of. Where one source in
ten or fewer is altogether unlike the rest and the bulk of the scores does not show it, `upper`
covers only about as often as such a source was among them: some 60 % with ten sources.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from typing import Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, model_validator

from detectors.bounds import (
    LEVEL,
    SPREAD_CEILING,
    exceeding,
    excess,
    limit_over_sources,
    lower_limit,
    redrawn,
    spread_limit,
)
from detectors.held_out import ROOT, HeldOut, HumanScore, paths_of
from provenance.evidence import AbstainReason, Exceedance, Record

__all__ = ["FEWEST", "ROOT", "ExceedanceTable", "GroupRate", "HumanScore", "Measured", "Steps"]

FEWEST = 300
"""A group of fewer works is pooled with its parent: below, 3/n_works is over 1 %."""

TIMES = 3
"""How many times nominal the rate of one source or one group may be."""

LEVELS = (0.05, 0.1, 0.2)
ENOUGH_SOURCES = 10
DIGITS = 5

Floats = NDArray[np.float64]


class Measured(NamedTuple):
    """What a score is worth, and why it is not to be relied on, if so."""

    exceedance: Exceedance
    abstain: AbstainReason | None


class Steps(Record):
    """From `scores[i]` (included) to the next, at most `values[i]` and `uppers[i]` hold.

    Below the first both are 1. Scores rise, the others never do.
    """

    n_works: int = Field(ge=1)
    n_sources: int = Field(ge=1)
    spread: float = Field(gt=0, lt=1)
    scores: tuple[float, ...]
    values: tuple[float, ...]
    uppers: tuple[float, ...]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        lengths = {len(self.scores), len(self.values), len(self.uppers)}
        rising = np.diff(self.scores) > 0
        falling = [*(np.diff(self.values) <= 0), *(np.diff(self.uppers) <= 0)]
        within = all(0 <= v <= u <= 1 for v, u in zip(self.values, self.uppers, strict=False))
        if len(lengths) != 1 or not (rising.all() and all(falling) and within):
            raise ValueError("steps must have rising scores, and values and uppers that fall")
        return self


class GroupRate(Record):
    """A group's own human works at the nominal point of the table in force for it.

    Attributes:
        table: the group whose table is in force.
        n_works: the group's own works, those of the groups below it included.
        flagged: how many score at least as high as the nominal point.
        p_value: exact binomial, of so many at three times nominal.
        exceeds: whether that is significant (Holm over all groups that have works).
        abstains: it or a group between it and the table in force exceeds.
    """

    table: str
    n_works: int
    n_sources: int
    flagged: int
    p_value: float
    exceeds: bool
    abstains: bool


class ExceedanceTable(Record):
    """The step tables of one model, with what was found of each group."""

    format: Literal["assay/exceedance/1"] = "assay/exceedance/1"
    nominal: float = Field(gt=0, lt=1)
    seed: int
    unmeasured: AbstainReason
    groups: dict[str, GroupRate]
    tables: dict[str, Steps]

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if ROOT not in self.groups or any(
            one.table not in self.tables for one in self.groups.values()
        ):
            raise ValueError(f"there must be a table for {ROOT!r} and for every group")
        return self

    @classmethod
    def of(
        cls,
        scores: Iterable[HumanScore],
        parents: Mapping[str, str | None],
        *,
        nominal: float = 0.01,
        seed: int = 0,
        unmeasured: AbstainReason = AbstainReason.KIND_UNMEASURED,
    ) -> ExceedanceTable:
        """The tables of these held-out scores; the order of the scores makes no difference.

        A work scored more than once counts once, by its highest score.

        Args:
            scores: scores of human works, finite.
            parents: every group and its parent; None is `all`.
            nominal: the false-alarm rate at which groups are judged.
            seed: of the bootstrap.
            unmeasured: the reason a group that exceeds abstains for.

        Raises:
            ValueError: no scores, one that is not finite, or groups that are no tree.
        """
        paths = paths_of(parents)
        held = HeldOut.of(scores, paths)
        members = {name: [g for g in held if name in paths[g]] for name in sorted(paths)}
        own = {name: HeldOut.joined(held[g] for g in of) for name, of in members.items()}
        tables: dict[str, Steps] = {}
        force = {name: _in_force(paths[name], own) for name in own}
        for name in sorted(set(force.values())):
            tables[name] = _steps(own[name], _spread(paths[name], own), seed)
        rates = _rates(own, paths, force, tables, nominal)
        return cls(nominal=nominal, seed=seed, unmeasured=unmeasured, groups=rates, tables=tables)

    def measure(self, score: float, group: str) -> Measured:
        """How rare the score is in the group, or in `all` if the table has no such group.

        Raises:
            ValueError: the score is not a number.
        """
        if math.isnan(score):
            raise ValueError("a score that is not a number cannot be measured")
        rate = self.groups.get(group) or self.groups[ROOT]
        steps = self.tables[rate.table]
        place = bisect_right(steps.scores, score) - 1
        exceedance = Exceedance(
            value=steps.values[place] if place >= 0 else 1.0,
            upper=steps.uppers[place] if place >= 0 else 1.0,
            group=rate.table,
            n_works=steps.n_works,
            n_sources=steps.n_sources,
        )
        return Measured(exceedance, self.unmeasured if rate.abstains else None)


def _in_force(path: tuple[str, ...], own: Mapping[str, HeldOut]) -> str:
    return next((name for name in path if sum(own[name].works) >= FEWEST), ROOT)


def _spread(path: tuple[str, ...], own: Mapping[str, HeldOut]) -> float:
    many = next((name for name in path if len(own[name]) >= ENOUGH_SOURCES), None)
    if many is None:
        return SPREAD_CEILING
    held = own[many]
    thresholds = held.thresholds()
    means = (held.counts(thresholds) / held.works[:, None]).mean(axis=0)
    nearest = [int(np.argmin(np.abs(means - level))) for level in LEVELS]
    return spread_limit((held.counts(thresholds) / held.works[:, None])[:, nearest], held.works)


def _steps(held: HeldOut, spread: float, seed: int) -> Steps:
    thresholds, works = held.thresholds(), held.works
    counts = held.counts(thresholds)
    rates = counts / works[:, None]
    means = rates.mean(axis=0)
    uppers = np.maximum.reduce(
        [
            means,
            limit_over_sources(rates, works, spread),
            _bootstrap(rates, seed),
            _cap(counts, works),
            np.full(len(means), 3 / float(works.sum())),
        ]
    )
    uppers = _rounded_up(np.minimum(np.maximum.accumulate(uppers[::-1])[::-1], 1.0))
    values = _rounded_up(means)
    return Steps(
        n_works=int(works.sum()),
        n_sources=len(works),
        spread=spread,
        scores=tuple(float(one) for one in thresholds),
        values=tuple(float(one) for one in values),
        uppers=tuple(float(one) for one in uppers),
    )


def _bootstrap(rates: Floats, seed: int) -> Floats:
    """95th percentile of the mean over sources drawn with replacement, for each threshold."""
    means = redrawn(len(rates), seed) @ rates / len(rates)
    return np.quantile(means, 1 - LEVEL, axis=0, method="higher")


def _cap(counts: NDArray[np.int64], works: NDArray[np.int64]) -> Floats:
    """The lowest nominal rate at which no source lies significantly above three times it.

    Holm's procedure finds none exactly when its first step does, which is at 5 % over S.
    """
    sources = len(works)
    pairs = np.stack([counts, np.broadcast_to(works[:, None], counts.shape)], axis=-1)
    distinct, place = np.unique(pairs.reshape(-1, 2), axis=0, return_inverse=True)
    limits = lower_limit(distinct[:, 0], distinct[:, 1], LEVEL / sources)
    worst: Floats = limits[place.reshape(counts.shape)].max(axis=0)
    return worst / TIMES


def _rounded_up(rates: Floats) -> Floats:
    """To five significant digits, never down; what arithmetic adds at the 13th is not counted."""
    exact = np.where(rates > 0, rates, 1.0)
    scale = 10.0 ** (DIGITS - 1 - np.floor(np.log10(exact)))
    rounded = [float(f"{one:.{DIGITS}g}") for one in np.ceil(exact * scale * (1 - 1e-13)) / scale]
    return np.where(rates > 0, np.minimum(rounded, 1.0), 0.0)


def _rates(
    own: Mapping[str, HeldOut],
    paths: Mapping[str, tuple[str, ...]],
    force: Mapping[str, str],
    tables: Mapping[str, Steps],
    nominal: float,
) -> dict[str, GroupRate]:
    """Each group at the score where the value of its table first is nominal or less."""
    flagged, works = {}, {}
    for name, held in own.items():
        steps = tables[force[name]]
        point = next(
            (s for s, v in zip(steps.scores, steps.values, strict=True) if v <= nominal), math.inf
        )
        works[name] = int(sum(held.works))
        flagged[name] = int(held.counts(np.array([point])).sum()) if held else 0
    tested = [name for name in own if works[name]]
    p = {n: float(excess(flagged[n], works[n], TIMES * nominal)) for n in tested}
    found = exceeding([p[name] for name in tested])
    exceeds = {name for name, one in zip(tested, found, strict=True) if one}
    return {
        name: GroupRate(
            table=force[name],
            n_works=works[name],
            n_sources=len(own[name]),
            flagged=flagged[name],
            p_value=p.get(name, 1.0),
            exceeds=name in exceeds,
            abstains=any(n in exceeds for n in _upto(paths[name], force[name])),
        )
        for name in own
    }


def _upto(path: tuple[str, ...], table: str) -> tuple[str, ...]:
    return path[: path.index(table) + 1]
