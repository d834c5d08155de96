"""The third question: what did the owner say about the use the policy asks about?

A reservation counts from anyone and from any part. A permission counts only for the whole work
and only from someone with authority to give it, and only when every channel was looked at. How
authority, standing and time are weighed between several declarations is a later, finer rule; here
the most restrictive statement wins.
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
from provenance.rights.purposes import state_for
from service.policy import PURPOSES, Finding, Policy
from service.verdict.reasons import Notes, Reason, ReasonCode, because
from service.verdict.records import Rights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from service.verdict.exhibits import Exhibits

__all__ = ["rights_by_purpose", "rights_notes", "rights_of"]

AUTHORITIES = frozenset({"signed-trusted", "origin-controlled", "rightsholder"})
"""Who can give a permission, and nobody else; a reservation needs no authority."""


def may_permit(reservation: Reservation) -> bool:
    """Whether whoever stated it can allow a use of the whole work."""
    authority = reservation.authority.strip().lower().replace("_", "-")
    return reservation.part is None and authority in AUTHORITIES


def rights_of(exhibits: Exhibits, purpose: Purpose) -> Rights:
    """The rights for one purpose: reserved, else conditional, else what silence allows to say."""
    if _stating(exhibits.reservations, purpose, ReservationState.RESERVED):
        return Rights.RESERVED
    if _stating(exhibits.reservations, purpose, ReservationState.CONDITIONAL):
        return Rights.CONDITIONAL
    unclear = _stating(exhibits.reservations, purpose, ReservationState.UNKNOWN)
    if unclear or _unlooked(exhibits) or not _looked(exhibits):
        return Rights.UNCHECKED
    if any(map(may_permit, _stating(exhibits.reservations, purpose, ReservationState.ALLOWED))):
        return Rights.PERMITTED
    return Rights.UNDECLARED


def rights_by_purpose(exhibits: Exhibits, policy: Policy) -> dict[Purpose, Rights]:
    """The rights for the policy's purpose and every other one that a statement speaks of."""
    return {
        purpose: rights_of(exhibits, purpose)
        for purpose in PURPOSES
        if purpose == policy.purpose
        or any(state_for(record.purposes, purpose) for record in exhibits.reservations)
    }


def rights_notes(exhibits: Exhibits, policy: Policy) -> Notes:
    """The statements that decided for the policy's purpose, or what was not looked at."""
    purpose = policy.purpose
    rights = rights_of(exhibits, purpose)
    findings = frozenset({Finding.OPTOUT_RESERVED} if rights is Rights.RESERVED else ())
    return Notes(
        (*_main(exhibits, purpose, rights), *_without_authority(exhibits, purpose)), findings
    )


STATED = {
    Rights.RESERVED: (ReasonCode.RIGHTS_RESERVED, ReservationState.RESERVED),
    Rights.CONDITIONAL: (ReasonCode.RIGHTS_CONDITIONAL, ReservationState.CONDITIONAL),
    Rights.PERMITTED: (ReasonCode.RIGHTS_PERMITTED, ReservationState.ALLOWED),
}


def _main(exhibits: Exhibits, purpose: Purpose, rights: Rights) -> tuple[Reason, ...]:
    if rights in STATED:
        code, state = STATED[rights]
        return tuple(
            because(code, record, purpose=purpose, protocol=record.protocol)
            for record in _stating(exhibits.reservations, purpose, state)
            if rights is not Rights.PERMITTED or may_permit(record)
        )
    if rights is Rights.UNCHECKED:
        unclear = _stating(exhibits.reservations, purpose, ReservationState.UNKNOWN)
        shown: list[Evidence] = [*unclear, *_unlooked(exhibits)]
        return (because(ReasonCode.RIGHTS_UNCHECKED, *shown, purpose=purpose),)
    looked: list[Evidence] = [*exhibits.reservations, *_rights_not_run(exhibits)]
    return (because(ReasonCode.RIGHTS_UNDECLARED, *looked, purpose=purpose),)


def _without_authority(exhibits: Exhibits, purpose: Purpose) -> tuple[Reason, ...]:
    return tuple(
        because(
            ReasonCode.PERMISSION_WITHOUT_AUTHORITY,
            record,
            purpose=purpose,
            protocol=record.protocol,
        )
        for record in _stating(exhibits.reservations, purpose, ReservationState.ALLOWED)
        if not may_permit(record)
    )


def _stating(
    reservations: Sequence[Reservation], purpose: Purpose, state: ReservationState
) -> list[Reservation]:
    return [record for record in reservations if state_for(record.purposes, purpose) is state]


def _rights_not_run(exhibits: Exhibits) -> list[NotRun]:
    return [record for record in exhibits.not_run if record.check == "rights"]


def _unlooked(exhibits: Exhibits) -> list[NotRun]:
    """Channels that apply and were not looked at."""
    return [
        record
        for record in _rights_not_run(exhibits)
        if record.reason is not NotRunReason.NOT_APPLICABLE
    ]


def _looked(exhibits: Exhibits) -> bool:
    return bool(exhibits.reservations or _rights_not_run(exhibits))
