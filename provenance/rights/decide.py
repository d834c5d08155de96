"""Was this use of this work reserved when the copy was made? One pure function of what is known.

The rules, in order (each leaves its step in `rule_path`):

1. A licence that covers the use ends the question.
2. Declarations whose own dates lie outside the use do not count for it.
3. Within a protocol its own precedence was applied by its reader: what is superseded does not
   count.
4. Across protocols the most restrictive statement per purpose counts. A permission by the
   rightsholder, inside the work or in a register, overrides an earlier reservation of the same
   authority and no other.
5. What counts is what was in force at the copy. Between two observations that lead to different
   answers the answer is `undetermined`; before the first one nothing is known; after the last one
   the host may keep its copy for a day (RFC 9309 section 2.4), and after that the state is carried
   on for `CARRIED` and never accuses without `contested`.
6. A research exception is reported as claimed.
7. A reservation of standing A or B in valid form is a violation; any other one is contested.
8. Silence is an answer only with the list of what was looked at.

What could not be read is never a permission.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from provenance.evidence import Reservation, ReservationState
from provenance.rights.finding import Because, Finding, Looked, Use, Verdict
from provenance.rights.known import CARRIED, GRACE, NO_CLAIMS, Claims, Known, When
from provenance.rights.purposes import BROADER, state_for, strictest
from provenance.rights.records import Authority, Channel, Formal
from provenance.rights.standing import ACCEPTED, Standing

__all__ = [
    "BEFORE_DIRECTIVE",
    "CARRIED",
    "GRACE",
    "TRANSPOSED",
    "Claims",
    "Known",
    "When",
    "applicable",
    "decide",
    "disputes",
    "is_contested",
    "is_superseded",
    "opens_mining",
    "permits",
]

AUTHORITIES = frozenset(
    {Authority.SIGNED_TRUSTED, Authority.ORIGIN_CONTROLLED, Authority.RIGHTSHOLDER}
)
"""Who can give a permission."""

OVERRIDING = frozenset({Authority.SIGNED_TRUSTED, Authority.RIGHTSHOLDER})

CONTESTING = (
    "contested",
    "agent_scoped",
    "scope_ambiguous",
    "reserved_implicit",
    "site_level",
    "similar_match",
    "carried_forward",
)
"""Warnings of readers that leave room for dispute."""

SUPERSEDED = "superseded"

TRANSPOSED = dt.date(2021, 6, 7)
"""When Directive (EU) 2019/790 was to be law everywhere (article 29); it leaves earlier acts alone
(article 26(2))."""

BEFORE_DIRECTIVE = "before_directive"
"""Why a reservation is contested that was found at an earlier copy."""


UNTIMED = (When.STALE, When.BEFORE, When.UNKNOWN)


@dataclass(frozen=True, slots=True)
class _Answer:
    """What one state of the declarations comes to."""

    verdict: Verdict
    because: Because | None
    path: tuple[str, ...]
    contested: tuple[str, ...] = ()

    @property
    def kind(self) -> tuple[Verdict, Because | None]:
        return self.verdict, self.because


def decide(
    name: str, use: Use, known: Known, table: Standing, claims: Claims = NO_CLAIMS
) -> Finding:
    """The finding about one use.

    Args:
        name: the work, as the corpus calls it.
        use: what was done.
        known: what was declared around it.
        table: the standing of protocols.
        claims: what the user says in its own favour.
    """
    answer = _with_claims(_in_time(use, known, table), claims)
    middle = (record for records in known.during for record in records)
    shown = _each_once((*known.before, *middle, *known.after, *known.undated))
    if answer.verdict is Verdict.POST_HOC:
        shown = _each_once((*shown, *known.later))
    return Finding(
        input=name,
        use=use,
        verdict=answer.verdict,
        undetermined_because=answer.because,
        rule_path=(*answer.path, f"verdict: {answer.verdict}"),
        reservations=shown,
        bounds=known.bounds,
        coverage={channel.value: looked for channel, looked in known.coverage.items()},
        contested=answer.contested,
    )


def applicable(records: Iterable[Reservation], use: Use) -> tuple[Reservation, ...]:
    """The statements that speak to this agent and hold at this time, without superseded ones."""
    return tuple(
        record
        for record in records
        if not is_superseded(record) and _addressed(record, use) and _holds(record, use)
    )


def is_contested(record: Reservation, use: Use, table: Standing) -> str | None:
    """Why a reservation leaves room for dispute, or None when it does not."""
    dispute = disputes(record)
    if dispute:
        return dispute
    if use.at is not None and _end(use).date() < TRANSPOSED:
        return BEFORE_DIRECTIVE
    on = use.at.date() if use.at else None
    grade = table.of(record.protocol, on)
    return None if grade in ACCEPTED else f"standing_{grade}"


def is_superseded(record: Reservation) -> bool:
    """Whether another statement of its own protocol takes its place."""
    return _warns(record, SUPERSEDED)


def disputes(record: Reservation) -> str | None:
    """Why a reservation leaves room for dispute by what it is, whatever its standing."""
    if record.formal != Formal.VALID:
        return f"form_{record.formal}"
    return next((code for code in CONTESTING if _warns(record, code)), None)


# Time


def _in_time(use: Use, known: Known, table: Standing) -> _Answer:
    steps = tuple(f"time: {channel} {when}" for channel, when in known.times.items())
    answer = _state(known.before, use, known, table)
    for name, records in (*(("during", one) for one in known.during), ("after", known.after)):
        if records == known.before:
            continue
        other = _state(records, use, known, table)
        if answer.kind != other.kind:
            changed = (f"before: {answer.verdict}", f"{name}: {other.verdict}")
            answer = _Answer(Verdict.UNDETERMINED, Because.TIME, changed)
            break
    return _with_later(replace(answer, path=(*steps, *answer.path)), use, known, table)


def _stands(answer: _Answer) -> bool:
    return answer.verdict in (Verdict.VIOLATION, Verdict.VIOLATION_CONTESTED, Verdict.CONDITIONAL)


def _with_later(answer: _Answer, use: Use, known: Known, table: Standing) -> _Answer:
    """Nothing was reserved then; whether it has been since."""
    if answer.verdict not in (Verdict.NO_RESERVATION_FOUND, Verdict.COMPLIANT):
        return answer
    whenever = use.model_copy(update={"at": None, "at_bounds": None})
    since = _state((*known.later, *_not_yet(known.before, use)), whenever, known, table)
    if since.verdict not in (Verdict.VIOLATION, Verdict.VIOLATION_CONTESTED):
        return answer
    return replace(
        answer,
        verdict=Verdict.POST_HOC,
        path=(*answer.path, "later: reserved"),
        contested=since.contested,
    )


def _not_yet(records: Sequence[Reservation], use: Use) -> tuple[Reservation, ...]:
    return tuple(
        record
        for record in records
        if record.valid_from and use.at and record.valid_from > _end(use)
    )


def _end(use: Use) -> dt.datetime:
    assert use.at is not None  # noqa: S101 - the callers have looked
    last = use.at_bounds[1] if use.at_bounds else None
    return last or use.at


def _holds(record: Reservation, use: Use) -> bool:
    """Whether the dates the statement gives itself lie around the use; a day counts whole."""
    if use.at is None:
        return True
    begun = record.valid_from is None or record.valid_from <= _end(use)
    return begun and (record.valid_to is None or use.at <= record.valid_to)


def _addressed(record: Reservation, use: Use) -> bool:
    if record.agent is None or use.agent is None or _warns(record, "control_token"):
        return True
    return record.agent.casefold() in ("*", use.agent.casefold())


# One state of the declarations


def _state(records: Sequence[Reservation], use: Use, known: Known, table: Standing) -> _Answer:
    spoken = [
        (record, state)
        for record in applicable(records, use)
        if (state := state_for(record.purposes, use.purpose)) is not None
    ]
    path = tuple(_steps(spoken))
    reserving = [record for record, state in spoken if state is ReservationState.RESERVED]
    permitting = [
        record for record, state in spoken if state is ReservationState.ALLOWED and permits(record)
    ]
    left = [record for record in reserving if not _overridden(record, permitting)]
    if left:
        return _reserved(left, use, table, path)
    if reserving:
        return _Answer(Verdict.COMPLIANT, None, (*path, "authorised_override"))
    if any(state is ReservationState.CONDITIONAL for _, state in spoken):
        return _Answer(Verdict.CONDITIONAL, None, (*path, "conditions: not known to be met"))
    untimed = [channel for channel, when in known.times.items() if when in UNTIMED]
    if untimed:
        return _Answer(
            Verdict.UNDETERMINED, Because.TIME, (*path, f"not_dated: {', '.join(untimed)}")
        )
    if known.failed:
        failed = ", ".join(known.failed)
        return _Answer(Verdict.UNDETERMINED, Because.FETCH, (*path, f"no_answer: {failed}"))
    unclear = [record for record, state in spoken if state is ReservationState.UNKNOWN]
    if unclear or known.unreadable:
        places = ", ".join(
            dict.fromkeys([*known.unreadable, *(record.channel for record in unclear)])
        )
        return _Answer(Verdict.UNDETERMINED, Because.COVERAGE, (*path, f"unreadable: {places}"))
    if permitting:
        return _Answer(Verdict.COMPLIANT, None, (*path, "permitted"))
    if use.purpose in BROADER and any(map(opens_mining, applicable(records, use))):
        return _Answer(Verdict.COMPLIANT, None, (*path, "mining_not_reserved"))
    return _silence(known, path)


def opens_mining(record: Reservation) -> bool:
    """Whether a host says in due form that mining is not reserved, of which training is a case."""
    opened = record.purposes.get("tdm") is ReservationState.ALLOWED
    return record.protocol == "tdmrep" and opened and permits(record)


def _silence(known: Known, path: tuple[str, ...]) -> _Answer:
    looked = [c for c, how in known.coverage.items() if how is not Looked.NOT_LOOKED]
    if not looked:
        return _Answer(Verdict.UNDETERMINED, Because.COVERAGE, (*path, "nothing_looked_at"))
    return _Answer(Verdict.NO_RESERVATION_FOUND, None, (*path, f"silent: {', '.join(looked)}"))


def _reserved(
    left: Sequence[Reservation], use: Use, table: Standing, path: tuple[str, ...]
) -> _Answer:
    """A violation where one reservation leaves no room for dispute, else contested."""
    disputes = [is_contested(record, use, table) for record in left]
    for record, dispute in zip(left, disputes, strict=True):
        if dispute is None:
            on = use.at.date() if use.at else None
            step = f"standing: {record.protocol} {table.of(record.protocol, on)}"
            return _Answer(Verdict.VIOLATION, None, (*path, step))
    contested = tuple(dict.fromkeys(dispute for dispute in disputes if dispute))
    steps = (*path, *(f"contested: {code}" for code in contested))
    return _Answer(Verdict.VIOLATION_CONTESTED, None, steps, contested)


def _steps(spoken: Sequence[tuple[Reservation, ReservationState]]) -> Iterable[str]:
    """What each protocol comes to, and what they come to together."""
    protocols: dict[str, list[ReservationState]] = {}
    for record, state in spoken:
        protocols.setdefault(record.protocol, []).append(state)
    for protocol, states in protocols.items():
        yield f"protocol: {protocol} {strictest(states)}"
    if len(protocols) > 1:
        together = strictest(state for _, state in spoken)
        yield f"across_protocols: {together}"
        if len({strictest(states) for states in protocols.values()}) > 1:
            yield "protocols_disagree"


def permits(record: Reservation) -> bool:
    """Whether a permission counts: for the whole work, in due form, from who can give it.

    One that stands in the group of some agent is not for whoever asks without a name.
    """
    return (
        record.formal == Formal.VALID
        and record.authority in AUTHORITIES
        and record.part is None
        and not any(_warns(record, code) for code in ("contested", "agent_scoped"))
    )


def _overridden(record: Reservation, permitting: Sequence[Reservation]) -> bool:
    """Whether the same authority has since permitted, in the work itself or in a register."""
    return any(
        one.authority == record.authority
        and one.authority in OVERRIDING
        and one.channel in (Channel.EMBEDDED, Channel.REGISTRY)
        and _since(one) is not None
        and _since(record) is not None
        and _since(one) >= _since(record)  # type: ignore[operator]  # neither is None here
        for one in permitting
    )


def _since(record: Reservation) -> dt.datetime | None:
    return record.valid_from or record.observed_at


def _warns(record: Reservation, code: str) -> bool:
    return any(warning.partition(":")[0] == code for warning in record.warnings)


# Claims


def _with_claims(answer: _Answer, claims: Claims) -> _Answer:
    if claims.licence:
        step = f"licence_claimed: {claims.licence}"
        return replace(answer, verdict=Verdict.LICENSED, because=None, path=(step, *answer.path))
    if claims.research and _stands(answer):
        step = f"research_claimed: {claims.research}"
        return replace(answer, verdict=Verdict.EXEMPT_CLAIMED, path=(*answer.path, step))
    return answer


def _each_once(records: Iterable[Reservation]) -> tuple[Reservation, ...]:
    """Without repetition, in order; records are compared by what they are, and hold a dict."""
    kept: list[Reservation] = []
    for record in records:
        if record not in kept:
            kept.append(record)
    return tuple(kept)
