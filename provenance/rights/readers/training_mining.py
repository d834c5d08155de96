"""Reservations that stand in C2PA manifests: training and data mining, use by use.

Follows the CAWG Training and Data Mining assertion 1.1 (`cawg.training-mining`) and the form it
grew out of (`c2pa.training-mining`, C2PA 1.x), with or without its map of entries. Every manifest
of the file is heard, and of its parts, also one that no ingredient leads to any more: what an
ingredient reserves stays reserved in the work it went into, and that one was taken out is told.
Nobody has to be trusted to reserve; to *permit*, the signer of the file must be, and vouch for it,
and what an ingredient permits is not a permission for the whole.

A use that is not named is not spoken of. One that is named in a way nobody can read is no
permission: its state is unknown.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from provenance.asset import Asset
from provenance.c2pa.actions import assertions_of
from provenance.c2pa.graph import Node, text_of
from provenance.c2pa.reader import C2paReader, Manifest
from provenance.c2pa.trust import TrustStore
from provenance.c2pa.vouching import distinguishes
from provenance.evidence import (
    TRUSTED_LEVELS,
    Integrity,
    NotRun,
    NotRunReason,
    Purpose,
    Reservation,
    ReservationState,
)
from provenance.limits import DEFAULT
from provenance.metadata.values import NAME_BYTES, clean
from provenance.rights.purposes import strictest
from provenance.rights.records import Authority, Channel, Formal, not_looked, reservation

if TYPE_CHECKING:
    from provenance.c2pa.native import ManifestUnreadable

__all__ = ["SOURCE", "TrainingMiningReader"]

SOURCE = "training_mining"
PROTOCOLS = {
    "cawg.training-mining": "cawg-training-mining",
    "c2pa.training-mining": "c2pa-training-mining",
}
PURPOSES: dict[str, Purpose] = {
    "data_mining": "tdm",
    "ai_inference": "ai-input",
    "ai_training": "train-nongen",
    "ai_generative_training": "train-genai",
}
"""By the name of the entry without its prefix; `ai_training` is that of models that generate
nothing."""

PREFIXES = ("cawg.", "c2pa.")
VERSION = re.compile(r"\.v[0-9]+$")
RESERVING = re.compile(r"not[\s_-]?allowed", re.IGNORECASE)
"""A reservation is understood in any spelling; a permission in its own only."""

CONSTRAINT = "constraint_info"
LONGEST_CONSTRAINTS = (2000, 600, 200)
"""Characters of a constraint's terms that are shown, less when several are long."""

MOST_WARNINGS = 16

MOST = 100
"""Reservations read from one file; more repeat what was said."""


class TrainingMiningReader:
    """The reader of both labels. `use_trust` must be called before it reads."""

    source = SOURCE
    media = frozenset({"*"})

    def __init__(self) -> None:
        self._manifests = C2paReader()
        self._trust: TrustStore | None = None

    @property
    def version(self) -> str:
        """Version of the library that reads the manifests."""
        return self._manifests.version

    def use_trust(self, trust: TrustStore) -> None:
        """Take the lists: who may permit depends on them."""
        self._trust = trust
        self._manifests.use_trust(trust)

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """What the manifests of `asset` and of its parts reserve and permit."""
        found = (
            record
            for part, manifest in self._manifests.manifests(asset)
            for record in self._found(part, manifest)
        )
        for n, record in enumerate(found):
            if n == MOST:
                detail = f"the manifests hold more than {MOST} reservations"
                yield not_looked(SOURCE, NotRunReason.LIMIT, detail, part=record.part)
                return
            yield record

    def _found(
        self, part: str | None, manifest: Manifest | ManifestUnreadable
    ) -> Iterator[Reservation | NotRun]:
        if not isinstance(manifest, Manifest):
            detail = f"a manifest, which may hold a reservation, cannot be read: {manifest}"
            yield not_looked(SOURCE, NotRunReason.UNREADABLE, detail, part=part)
            return
        heard: set[str] = set()
        for node in (*manifest.root.walk(), *manifest.orphans):
            if not node.label or node.label in heard:
                continue
            heard.add(node.label)
            for assertion in assertions_of(node.manifest):
                if protocol := _protocol(str(assertion.get("label"))):
                    yield self._reservation(manifest, node, part, protocol, assertion)
            if any(map(_protocol, _redacted(node))):
                detail = "a reservation was taken out of an ingredient; what it said is not known"
                yield not_looked(SOURCE, NotRunReason.UNREADABLE, detail, part=part)

    def _reservation(
        self,
        manifest: Manifest,
        node: Node,
        part: str | None,
        protocol: str,
        assertion: dict[str, Any],
    ) -> Reservation:
        assert self._trust is not None, "use_trust was not called"  # noqa: S101
        label, data = str(assertion.get("label")), assertion.get("data")
        states, warnings = _states(data)
        whole = node.integrity is Integrity.INTACT
        if not whole:
            warnings = (*warnings, "not_intact: the manifest it stands in is not intact")
        place = f"self#jumbf=/c2pa/{text_of(node.label)}/c2pa.assertions/{text_of(label)}"
        return reservation(
            source=SOURCE,
            part=part,
            protocol=protocol,
            channel=Channel.EMBEDDED,
            scope="asset" if node is manifest.root else "ingredient",
            purposes=states,
            native_value=_shown(data),
            formal=_formal(states, warnings),
            authority=(
                _authority(manifest, node, assertion, self._trust) if whole else Authority.UNKNOWN
            ),
            valid_from=node.signed_at,
            location=place,
            body=_written(data).encode("utf-8", "replace"),
            warnings=warnings,
        )


def _formal(states: dict[Purpose, ReservationState], warnings: tuple[str, ...]) -> Formal:
    if not states:
        return Formal.MALFORMED
    return Formal.NONCONFORMING if warnings else Formal.VALID


def _written(data: object) -> str:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, default=str)


def _shown(data: object) -> str:
    """The assertion as it is reported: every use stands in it, long terms are cut, not the end."""
    written = _written(data)
    for longest in LONGEST_CONSTRAINTS:
        if len(written) <= DEFAULT.value_bytes:
            break
        written = _written(_shortened(data, longest))
    return written


def _shortened(value: Any, longest: int) -> Any:
    """`value` with the terms of its constraints cut."""
    if isinstance(value, list):
        return [_shortened(one, longest) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        key: one[:longest]
        if key == CONSTRAINT and isinstance(one, str)
        else _shortened(one, longest)
        for key, one in value.items()
    }


def _authority(
    manifest: Manifest, node: Node, assertion: dict[str, Any], trust: TrustStore
) -> Authority:
    """Whose word it is; one that its signer only passes on is not that signer's."""
    if node is not manifest.root:
        return Authority.THIRD_PARTY
    own = bool(assertion.get("created")) or not distinguishes(node)
    vouched = manifest.knows_created and (own or node.manifest.get("claim_version") != 2)
    trusted = node.level(trust) in TRUSTED_LEVELS and vouched
    return Authority.SIGNED_TRUSTED if trusted else Authority.SIGNED_UNTRUSTED


def _protocol(label: str) -> str | None:
    """The protocol of an assertion's label, of any version and however often it stands there."""
    return PROTOCOLS.get(VERSION.sub("", label.partition("__")[0]))


def _redacted(node: Node) -> Iterator[str]:
    """Labels of the assertions that this manifest took out of its ingredients."""
    listed = node.manifest.get("redactions")
    for one in listed if isinstance(listed, list) else ():
        yield str(one).rpartition("/")[2]


def _states(data: object) -> tuple[dict[Purpose, ReservationState], tuple[str, ...]]:
    """What an assertion says of each use, and what is wrong with how it says it."""
    entries = data.get("entries", data) if isinstance(data, dict) else data
    if isinstance(entries, list):  # of objects, each with some of the uses
        entries = {key: one[key] for one in entries if isinstance(one, dict) for key in one}
    if not isinstance(entries, dict):
        return {}, ("no_entries: it has no entries",)
    states: dict[Purpose, ReservationState] = {}
    warnings: list[str] = []
    for key, entry in entries.items():
        purpose = PURPOSES.get(_bare(str(key)))
        if purpose is None:
            continue
        state, flaw = _state(entry)
        if flaw:
            warnings.append(f"{flaw} ({clean(str(key), NAME_BYTES)})")
        # Of two entries for one use, under both prefixes, the more restrictive counts.
        states[purpose] = strictest((state, states.get(purpose, state)))
    if not states:
        warnings.append("unknown_token: it names no use that is known")
    return states, tuple(warnings[:MOST_WARNINGS])


def _bare(key: str) -> str:
    key = key.strip().casefold()
    for prefix in PREFIXES:
        key = key.removeprefix(prefix)
    return key


def _state(entry: Any) -> tuple[ReservationState, str | None]:
    use = entry.get("use") if isinstance(entry, dict) else entry
    match use:
        case "notAllowed":
            return ReservationState.RESERVED, None
        case "allowed":
            return ReservationState.ALLOWED, None
        case "constrained":
            terms = entry.get(CONSTRAINT) if isinstance(entry, dict) else None
            if isinstance(terms, str) and terms.strip():
                return ReservationState.CONDITIONAL, None
            # CAWG 1.1: without its terms a constraint is as good as a prohibition.
            return ReservationState.RESERVED, "unresolved_condition: constrained without saying how"
    if isinstance(use, str) and RESERVING.fullmatch(use.strip()):
        return ReservationState.RESERVED, "nonconforming_value: notAllowed in another spelling"
    return ReservationState.UNKNOWN, "unknown_token: no permission that is known"
