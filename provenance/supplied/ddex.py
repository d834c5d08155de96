"""DDEX ERN messages: `ContainsAI` of a release and its resources, `AiContribution` of contributors.

Follows ERN 4.3.2 with the allowed-value sets of 2026-09-16 (version 012): `All`, `Partly`, `None`.
Elements are found by name, not by version: earlier versions carry them too. What a contributor
made is part of a work, whatever the role, so `All` of a contributor is partly of the work. What a
release says of itself need not be true of each of its resources, but for `All` and `None`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from provenance.asset import Modality
from provenance.evidence import NotRunReason, Statement, Strength
from provenance.rights.xml import local_name
from provenance.supplied.records import Said, Unclear

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["is_ddex", "said_by_ddex"]

RESOURCES = {
    "SoundRecording": Modality.AUDIO,
    "Image": Modality.IMAGE,
    "Text": Modality.TEXT,
    "Video": Modality.VIDEO,
}
IDENTIFIERS = frozenset({"ResourceReference", "ISRC", "ProprietaryId", "ISWC", "ISBN"})
CONTAINS, CONTRIBUTION, SPECIAL = "ContainsAI", "AiContribution", "SpecialContributor"
GENERATIVE = "GenerativeAI"
WHOLE = {"All": Statement.FULLY_AI, "Partly": Statement.PARTLY_AI}
NONE = "None"


def is_ddex(root: _Element) -> bool:
    """Whether it is a message about new releases."""
    return local_name(root) in ("NewReleaseMessage", "ReleaseNotificationMessage")


def said_by_ddex(root: _Element, resource: str | None, modality: Modality) -> Iterator[Said]:
    """What a message says of one of its resources.

    Args:
        root: of the message.
        resource: its reference or identifier; None where there is one of the work's kind only.
        modality: of the work.

    Raises:
        Unclear: nobody can tell which resource is meant, or no value is one of the set.
    """
    one = _chosen(root, resource, modality)
    name = local_name(one)
    yield from _contains(one, name)
    for contributor in one.iter("*"):
        if local_name(contributor) == "Contributor":
            yield from _contributed(contributor, f"{name}/Contributor")
    for release in root.iter("*"):
        if local_name(release) == "Release" and _holds(release, one):
            yield from _of_release(release)


def _chosen(root: _Element, resource: str | None, modality: Modality) -> _Element:
    known = [one for one in root.iter("*") if local_name(one) in RESOURCES and len(one)]
    if resource is not None:
        named = [one for one in known if _same(resource) & _identifiers(one)]
        if len(named) != 1:
            detail = f"the message has {len(named)} resources called {resource[:80]!r}"
            raise Unclear(NotRunReason.NOT_APPLICABLE, detail)
        return named[0]
    alike = [one for one in known if RESOURCES[local_name(one)] is modality]
    if len(alike) != 1:
        detail = (
            f"the message has {len(alike)} resources of the kind {modality.value}: say which is "
            "meant, by its ResourceReference or ISRC"
        )
        raise Unclear(NotRunReason.NOT_APPLICABLE, detail)
    return alike[0]


def _same(written: str) -> set[str]:
    return {written.casefold(), written.casefold().replace("-", "")}


def _identifiers(resource: _Element) -> set[str]:
    found = set()
    for one in resource.iter("*"):
        if local_name(one) in IDENTIFIERS:
            written = _text(one).casefold()
            found |= {written, written.replace("-", "")}  # an ISRC is written both ways
    return found


def _contains(element: _Element, name: str) -> Iterator[Said]:
    for one in element.iterchildren("*"):
        if local_name(one) != CONTAINS:
            continue
        value, field = _text(one), f"{name}/{CONTAINS}"
        if value in WHOLE:
            yield Said(field, value, WHOLE[value])
        else:
            yield _other(field, value)


def _contributed(contributor: _Element, place: str) -> Iterator[Said]:
    told = {local_name(one): _text(one) for one in contributor.iterchildren("*")}
    is_machine = told.get(SPECIAL) == GENERATIVE
    value = told.get(CONTRIBUTION, "All" if is_machine else None)
    if value is None:
        return
    field = f"{place}/{CONTRIBUTION if CONTRIBUTION in told else SPECIAL}"
    if value in WHOLE:
        yield Said(field, value, Statement.PARTLY_AI)
    elif value != NONE:  # what one contributor did without AI says nothing of the work
        yield _other(field, value)


def _of_release(release: _Element) -> Iterator[Said]:
    for said in _contains(release, "Release"):
        if said.statement is Statement.PARTLY_AI:
            yield Said(said.field, said.value, Statement.MAY_CONTAIN_AI)
        else:
            yield said


def _holds(release: _Element, resource: _Element) -> bool:
    """Whether a release is about this resource; one that names none is about all."""
    mine = {_text(one) for one in resource.iter("*") if local_name(one) == "ResourceReference"}
    named = {
        _text(one)
        for one in release.iter("*")
        if local_name(one) in ("ReleaseResourceReference", "ResourceReference")
    }
    return not named or bool(mine & named)


def _other(field: str, value: str) -> Said:
    if value == NONE:
        return Said(field, value, Statement.NONE, denies=True)
    return Said(field, value, Statement.NONE, Strength.WEAK)


def _text(element: _Element) -> str:
    return (element.text or "").strip()[:300]
