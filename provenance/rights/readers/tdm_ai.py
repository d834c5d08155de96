"""TDM·AI declarations that were handed over: those of a register that are about the work.

The protocol binds a declaration to a work by its ISCC (ISO 24138). A declaration counts when its
code is the one the work is known by, or when the units of the code agree with those of the bytes.
Its signature (a verifiable credential) is not checked, so it can reserve and not permit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from provenance.evidence import NotRun, NotRunReason, Reservation
from provenance.rights import iscc
from provenance.rights.identifiers import JSON_BYTES, identifiers_of
from provenance.rights.records import Authority, Channel, not_looked, reservation
from provenance.rights.surroundings import RightsFile
from provenance.rights.tdm_ai import MOST_DECLARATIONS, Declared, declarations, in_force

if TYPE_CHECKING:
    from provenance.asset import Asset

__all__ = ["TdmAiReader"]

SOURCE = "tdm_ai"
PROTOCOL = "tdm-ai"
JSON_TYPES = frozenset({"application/json", "text/plain", "application/octet-stream"})
MOST_RECORDS = 100
KNOWN_BY = ("asset", "matched_by: the ISCC it is known by")


class TdmAiReader:
    """The reader of TDM·AI declarations."""

    source = SOURCE
    media = frozenset({"*"})
    version = "1"

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """What the declarations at hand say of `asset`."""
        yield from _itself(asset)
        for file in asset.around.file(Channel.REGISTRY) if asset.around else ():
            if not file.is_there:
                detail = f"the register {file.url} did not answer"
                yield not_looked(SOURCE, NotRunReason.FETCH_FAILED, detail)
            elif len(file.body) > JSON_BYTES:
                if file.body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
                    detail = f"{file.url} of {len(file.body):,} bytes is over the limit"
                    yield not_looked(SOURCE, NotRunReason.LIMIT, detail)
            else:
                yield from _about(asset, file)


def _itself(asset: Asset) -> Iterator[Reservation | NotRun]:
    """The work is a file of declarations: all of them, each about the work it names."""
    if asset.media_type not in JSON_TYPES or not 0 < asset.size <= JSON_BYTES:
        return
    body = asset.read_at(0, asset.size)
    if body.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        found = declarations(body) or ()
        file = RightsFile(Channel.REGISTRY, asset.name, body)
        for declared in found[:MOST_RECORDS]:
            yield _record(declared, file, "work", ())
        if len(found) > MOST_RECORDS:
            detail = f"only the first {MOST_RECORDS} declarations are shown"
            yield not_looked(SOURCE, NotRunReason.LIMIT, detail)


def _about(asset: Asset, file: RightsFile) -> Iterator[Reservation | NotRun]:
    found = declarations(file.body)
    if not found:
        return
    if len(found) > MOST_DECLARATIONS:
        detail = f"only the first {MOST_DECLARATIONS:,} declarations of {file.url} were read"
        yield not_looked(SOURCE, NotRunReason.LIMIT, detail)
        found = found[:MOST_DECLARATIONS]
    by_code: dict[str, list[Declared]] = {}
    for declared in found:
        if declared.iscc is not None:
            by_code.setdefault(declared.iscc, []).append(declared)
    known = {value for scheme, value in identifiers_of(asset) if scheme == "iscc"}
    matched = dict.fromkeys(sorted(known & by_code.keys()), KNOWN_BY)
    others = [code for code in by_code if code not in matched]
    if others and iscc.is_installed():
        matched |= _alike(asset, known, others)
    elif others and not matched:
        detail = f"{len(others)} ISCC of {file.url} were not compared: iscc-lib is not installed"
        yield not_looked(SOURCE, NotRunReason.NOT_INSTALLED, detail)
    if not matched and iscc.is_installed() and not _comparable(asset, others):
        detail = f"the ISCC in {file.url} are of decoded works, and that of this one is not known"
        yield not_looked(SOURCE, NotRunReason.UNSUPPORTED_MEDIA, detail)
    for code, (scope, how) in list(matched.items())[:MOST_RECORDS]:
        for declared in in_force(by_code[code]):
            yield _record(declared, file, scope, (how,))


def _alike(asset: Asset, known: set[str], codes: list[str]) -> dict[str, tuple[str, str]]:
    """The codes whose units agree with those of the work, and how."""
    ours = [iscc.units_of(asset), *map(iscc.units_of_code, sorted(known))]
    matched: dict[str, tuple[str, str]] = {}
    for code in codes:
        declared = iscc.units_of_code(code)
        likeness = [found for units in ours if (found := iscc.likeness(declared, units))]
        if any(one.same_bytes for one in likeness):
            matched[code] = ("asset", "matched_by: the Instance-Code of its bytes")
        elif likeness:
            nearest = min(one.distance for one in likeness)
            note = f"matched_by: similar content, {nearest:.1%} of the bits of its ISCC differ"
            matched[code] = ("work", note)
    return matched


def _comparable(asset: Asset, codes: list[str]) -> bool:
    """Whether any code has a unit of a kind that is known of the work."""
    ours = iscc.units_of(asset).keys()
    return any(iscc.units_of_code(code).keys() & ours for code in codes) or not codes


def _record(
    declared: Declared, file: RightsFile, scope: str, notes: tuple[str, ...]
) -> Reservation:
    record = reservation(
        source=SOURCE,
        protocol=PROTOCOL,
        channel=Channel.REGISTRY,
        scope=scope,
        purposes=declared.purposes,
        native_value=declared.text,
        location=file.url,
        body=file.body,
        formal=declared.formal,
        authority=Authority.UNKNOWN,
        observed_at=file.observed_at,
        valid_from=declared.at,
        warnings=(*declared.warnings, *notes),
    )
    return record.model_copy(update={"valid_to": declared.until}) if declared.until else record
