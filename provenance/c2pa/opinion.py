"""A second opinion on the manifest of a work, by an engine that shares no code with the first.

Asked for with `--second-opinion`. It is one more `Credential` of the work itself, with its own
source, after that of the manifest reader; the first one decides, and where the two differ in
integrity or origin, the verdict says so and wants a person. Known differences that mean nothing
are in `docs/second-opinion.md`. Parts of containers are not asked about.

Runs inside a sandboxed worker; the engine is loaded when the first opinion is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from provenance.asset import Asset
from provenance.c2pa.records import carrier_record, not_run, read_records, unreadable
from provenance.c2pa.text import is_text
from provenance.evidence import Carrier, Credential, NotRun, NotRunReason
from provenance.limits import DEFAULT, MIB

if TYPE_CHECKING:
    from provenance.c2pa.trust import TrustStore
    from provenance.evidence import Evidence

__all__ = ["SOURCE", "SecondReader", "engine_version", "uses_engine"]

SOURCE = "encypher"


def engine_version() -> str:
    """Version of the second engine."""
    from importlib.metadata import version

    return version("encypher-c2pa")


def uses_engine(asset: Asset, evidence: Iterable[Evidence]) -> bool:
    """Whether the second engine read something of `asset`: an opinion, or a manifest in a text."""
    return any(
        record.source == SOURCE
        or (is_text(asset.media_type) and record.carrier is not Carrier.NONE)
        for record in evidence
        if isinstance(record, Credential)
    )


class SecondReader:
    """The reader that gives it. `use_trust` must be called before it reads."""

    source = SOURCE
    media = frozenset({"*"})

    def __init__(self) -> None:
        self._trust: TrustStore | None = None

    @property
    def version(self) -> str:
        """Version of the second engine."""
        return engine_version()

    def use_trust(self, trust: TrustStore) -> None:
        """Take the lists."""
        self._trust = trust

    def read(self, asset: Asset) -> list[Credential | NotRun]:
        """What the second engine says of the manifest of `asset`."""
        from provenance.c2pa import native, second

        assert self._trust is not None, "use_trust was not called"  # noqa: S101
        if is_text(asset.media_type):
            detail = "manifests in text are read by this engine alone; there is no other to compare"
            return [not_run(SOURCE, asset.part, NotRunReason.NOT_APPLICABLE, detail)]
        if not second.supports(asset.media_type):
            return [_not_applicable(asset)]
        if asset.size > DEFAULT.second_bytes:
            detail = f"a second opinion is given on files up to {DEFAULT.second_bytes // MIB} MiB"
            return [not_run(SOURCE, asset.part, NotRunReason.LIMIT, detail)]
        try:
            root = second.read(asset.read_at(0, asset.size), asset.media_type, self._trust).root
        except native.ManifestAbsent:
            return [carrier_record(SOURCE, asset.part, Carrier.NONE)]
        except native.ManifestRemote as remote:
            return [carrier_record(SOURCE, asset.part, Carrier.REMOTE_ONLY, url=remote.url)]
        except native.ManifestUnreadable as fault:
            # No check failed to run: that this engine cannot read it is its opinion.
            records = unreadable(
                SOURCE,
                NotRunReason.UNREADABLE,
                str(fault),
                problem=fault.problem,
                part=asset.part,
            )
            return records[:1]
        except native.ManifestUnsupported:
            return [_not_applicable(asset)]
        return read_records(SOURCE, root, asset.part, self._trust, knows_created=False)


def _not_applicable(asset: Asset) -> NotRun:
    detail = f"the second engine does not read {asset.media_type} files"
    return not_run(SOURCE, asset.part, NotRunReason.NOT_APPLICABLE, detail)
