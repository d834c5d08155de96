"""What either engine found, as evidence: the one way from a graph to a `Credential`.

An engine is the library that read and checked the manifest; `source` says which. What is made of
its answer is the same for all, so that two engines can differ only in what they read.
"""

from __future__ import annotations

from collections.abc import Mapping

from provenance.c2pa.chain import with_chains
from provenance.c2pa.graph import Node, source_types
from provenance.c2pa.history import History
from provenance.c2pa.human import HumanLevel, human_level
from provenance.c2pa.origin import read_origin
from provenance.c2pa.trust import TrustStore
from provenance.credentials import Identity
from provenance.evidence import Carrier, Codes, Credential, Integrity, NotRun, NotRunReason

__all__ = ["carrier_record", "not_run", "read_records", "unreadable"]


def read_records(
    source: str,
    root: Node,
    part: str | None,
    trust: TrustStore,
    *,
    identities: Mapping[str, tuple[Identity, ...]] | None = None,
    knows_created: bool = True,
) -> list[Credential | NotRun]:
    """The credential of a manifest that was read, and a `not_run` when its history was cut.

    Args:
        source: the engine.
        root: the graph below the active manifest.
        part: where in its container the work is.
        trust: whom to believe.
        identities: who stands behind each manifest, by its label.
        knows_created: whether the engine tells what the signer created from what was gathered;
            without that no human claim rises above level 1.
    """
    said = read_origin(root, trust)
    history = History(root, trust, identities, knows_created=knows_created)
    human = human_level(root, said, trust)
    if human.level > 1 and not knows_created:
        human = HumanLevel(1, "gathered_only")
    intact = [node for node in root.walk() if node is root or node.integrity is Integrity.INTACT]
    credential = Credential(
        source=source,
        part=part,
        carrier=Carrier.EMBEDDED,
        integrity=root.integrity,
        signer=root.signer(trust),
        origin=said.origin,
        ai_statement=said.ai,
        ai_vouched=said.ai_vouched and knows_created,
        ai_denied=said.denied,
        human_level=human.level,
        human_level_reason=human.reason,
        digital_source_types=source_types(intact),
        codes=Codes(
            success=tuple(sorted(root.success)),
            informational=tuple(sorted(root.informational)),
            failure=tuple(sorted(root.failure)),
        ),
        manifest=root.label,
        claim=history.claim,
        ingredients=history.records,
        ingredients_cut=history.cut,
        generator=root.generator(),
    )
    chains = {node.label: node.certificates for node in root.walk() if node.certificates}
    credential = with_chains(credential, chains)
    if not said.cut:
        return [credential]
    detail = "the history of this file is too deep to be read to its end"
    return [credential, not_run(source, part, NotRunReason.LIMIT, detail)]


def carrier_record(
    source: str, part: str | None, carrier: Carrier, *, url: str | None = None
) -> Credential:
    """The credential of a work that has no manifest, or one that is elsewhere at `url`."""
    return Credential(
        source=source,
        part=part,
        carrier=carrier,
        integrity=Integrity.ABSENT,
        remote_url=url,
        human_level_reason="no_human_claim",
    )


def not_run(source: str, part: str | None, reason: NotRunReason, detail: str) -> NotRun:
    """Why a manifest was not looked for, or not read to its end."""
    return NotRun(source=source, part=part, check="provenance", reason=reason, detail=detail[:500])


def unreadable(
    source: str,
    reason: NotRunReason,
    detail: str,
    *,
    problem: str,
    part: str | None = None,
) -> list[Credential | NotRun]:
    """The two records of a manifest, or a file that may hold one, that cannot be read.

    It is never "no manifest": damage is one way to hide what a file says about itself.
    """
    return [
        Credential(
            source=source,
            part=part,
            carrier=Carrier.UNREADABLE,
            integrity=Integrity.UNREADABLE,
            human_level_reason="not_intact",
            problem=problem,
        ),
        not_run(source, part, reason, detail),
    ]
