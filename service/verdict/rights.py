"""The third question: what did the owner say about the use the policy asks about?

A reservation counts from anyone and from any part, and the most restrictive statement wins across
protocols; within one, what its own rules supersede does not count. A permission counts only for the
whole work, in the form its protocol asks for, from someone with authority to give it, and only when
every channel was looked at. Whether a particular use at a particular time kept all this is another
question, answered in `service.verdict.uses`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from provenance.evidence import (
    Evidence,
    NotRun,
    NotRunReason,
    Purpose,
    Reservation,
    ReservationState,
)
from provenance.rights.decide import disputes, is_superseded, opens_mining, permits
from provenance.rights.purposes import BROADER, state_for
from service.policy import PURPOSES, Finding, Policy
from service.verdict.reasons import Notes, Reason, ReasonCode, because
from service.verdict.records import Rights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.verdict.exhibits import Exhibits

__all__ = ["rights_by_purpose", "rights_notes", "rights_of"]


def rights_of(exhibits: Exhibits, purpose: Purpose) -> Rights:
    """The rights for one purpose: reserved, else conditional, else what silence allows to say."""
    if _stating(exhibits.reservations, purpose, ReservationState.RESERVED):
        return Rights.RESERVED
    if _stating(exhibits.reservations, purpose, ReservationState.CONDITIONAL):
        return Rights.CONDITIONAL
    unclear = _stating(exhibits.reservations, purpose, ReservationState.UNKNOWN)
    if unclear or _unlooked(exhibits):
        return Rights.UNCHECKED
    if _permitting(exhibits, purpose):
        return Rights.PERMITTED
    return Rights.UNDECLARED


def _permitting(exhibits: Exhibits, purpose: Purpose) -> list[Reservation]:
    """The statements that allow the use, or say that the mining it is a case of is not reserved."""
    opened = [one for one in exhibits.reservations if not is_superseded(one) and opens_mining(one)]
    allowing = _stating(exhibits.reservations, purpose, ReservationState.ALLOWED)
    return [one for one in allowing if permits(one)] + (opened if purpose in BROADER else [])


def rights_by_purpose(exhibits: Exhibits, policy: Policy) -> dict[Purpose, Rights]:
    """The rights for the policy's purpose and every other one that a statement speaks of."""
    return {
        purpose: rights_of(exhibits, purpose)
        for purpose in PURPOSES
        if purpose == policy.purpose
        or any(
            state_for(record.purposes, purpose)
            for record in exhibits.reservations
            if not is_superseded(record)
        )
    }


def rights_notes(exhibits: Exhibits, policy: Policy) -> Notes:
    """The statements that decided for the policy's purpose, or what was not looked at."""
    purpose = policy.purpose
    rights = rights_of(exhibits, purpose)
    findings = frozenset({Finding.OPTOUT_RESERVED} if rights is Rights.RESERVED else ())
    return Notes(
        (
            *_main(exhibits, purpose, rights),
            *_disputed(exhibits, purpose),
            *_without_authority(exhibits, purpose),
        ),
        findings,
    )


STATED = {
    Rights.RESERVED: (ReasonCode.RIGHTS_RESERVED, ReservationState.RESERVED),
    Rights.CONDITIONAL: (ReasonCode.RIGHTS_CONDITIONAL, ReservationState.CONDITIONAL),
}


def _main(exhibits: Exhibits, purpose: Purpose, rights: Rights) -> tuple[Reason, ...]:
    if rights is Rights.PERMITTED:
        return tuple(
            because(ReasonCode.RIGHTS_PERMITTED, one, purpose=purpose, protocol=one.protocol)
            for one in _permitting(exhibits, purpose)
        )
    if rights in STATED:
        code, state = STATED[rights]
        return tuple(
            because(code, record, purpose=purpose, protocol=record.protocol)
            for record in _stating(exhibits.reservations, purpose, state)
        )
    if rights is Rights.UNCHECKED:
        unclear = _stating(exhibits.reservations, purpose, ReservationState.UNKNOWN)
        shown: list[Evidence] = [*unclear, *_unlooked(exhibits)]
        return (because(ReasonCode.RIGHTS_UNCHECKED, *shown, purpose=purpose),)
    looked: list[Evidence] = [*exhibits.reservations, *_rights_not_run(exhibits)]
    return (because(ReasonCode.RIGHTS_UNDECLARED, *looked, purpose=purpose),)


def _disputed(exhibits: Exhibits, purpose: Purpose) -> tuple[Reason, ...]:
    """Reservations that somebody may dispute: by their form, their words or whom they address."""
    return tuple(
        because(ReasonCode.RIGHTS_DISPUTED, record, protocol=record.protocol)
        for record in _stating(exhibits.reservations, purpose, ReservationState.RESERVED)
        if disputes(record)
    )


def _without_authority(exhibits: Exhibits, purpose: Purpose) -> tuple[Reason, ...]:
    return tuple(
        because(
            ReasonCode.PERMISSION_WITHOUT_AUTHORITY,
            record,
            purpose=purpose,
            protocol=record.protocol,
        )
        for record in _stating(exhibits.reservations, purpose, ReservationState.ALLOWED)
        if not permits(record)
    )


def _stating(
    reservations: Sequence[Reservation], purpose: Purpose, state: ReservationState
) -> list[Reservation]:
    return [
        record
        for record in reservations
        if state_for(record.purposes, purpose) is state and not is_superseded(record)
    ]


def _rights_not_run(exhibits: Exhibits) -> list[NotRun]:
    return [record for record in exhibits.not_run if record.check == "rights"]


def _unlooked(exhibits: Exhibits) -> list[NotRun]:
    """Channels that apply and were not looked at."""
    return [
        record
        for record in _rights_not_run(exhibits)
        if record.reason is not NotRunReason.NOT_APPLICABLE
    ]
