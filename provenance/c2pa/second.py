"""The only module that touches the other C2PA verifier (encypher-c2pa, written independently).

It reads what the first does not (manifests in text), and gives a second opinion on the rest. What
it says is brought into the shape of the first one's summary, so that both end in the same graph
and the same rules. Facts measured on encypher-c2pa 1.7.1:

- its function `verify` writes the choice about telemetry into the user's home at each call, so the
  native function below it is called, with telemetry and network off and no list but ours;
- it does not say which list a chain ended in: once a signer is trusted, it is asked list by list;
- ingredients stand among its assertions only, and what *somebody else* once recorded about them is
  repeated among its own findings (`details.source` is `recorded`): that is taken out, because
  anyone may record that a signer is trusted;
- it does not say which assertions the signer created and which were only gathered (for texts
  `provenance.c2pa.created` finds out), nor when a time stamp was made;
- its allow lists are certificates; ours are digests of them, so the interim list is its roots only.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import encypher_c2pa

from provenance.c2pa.actions import assertions_of, objects
from provenance.c2pa.building import LABEL, build_graph
from provenance.c2pa.graph import Node
from provenance.c2pa.native import (
    ManifestAbsent,
    ManifestRemote,
    ManifestUnreadable,
    ManifestUnsupported,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from provenance.c2pa.trust import TrustList, TrustStore

__all__ = ["Opinion", "read", "supports"]

TRUSTED = "signingCredential.trusted"
HEARSAY = ("signingCredential.", "timeStamp.")
"""Codes that count in an ingredient only when they were measured now, with our lists."""

NO_MANIFEST = frozenset({"manifest.structuredText.noManifest"})
INACCESSIBLE = "manifest.inaccessible"


def supports(media_type: str) -> bool:
    """Whether files of this type can be read."""
    return media_type in encypher_c2pa.supported_mime_types()


@dataclass(frozen=True, slots=True)
class Opinion:
    """What it says of a file.

    Attributes:
        root: the graph. Trust in the signers of ingredients is not known.
        store: lowercase hexadecimal SHA-256 of the manifest store it read, '' when it tells none.
    """

    root: Node
    store: str


def read(data: bytes, media_type: str, trust: TrustStore) -> Opinion:
    """Read and validate the manifest store of `data`.

    Args:
        data: the whole file.
        media_type: one that `supports` knows.
        trust: the lists to be asked, official first; the first that vouches for the signer is
            named in the node's `list_name`.

    Raises:
        ManifestAbsent: there is none.
        ManifestRemote: it is elsewhere.
        ManifestUnsupported: not a kind of file it reads.
        ManifestUnreadable: it is there and cannot be parsed, or the file cannot be.
    """
    lists = [one for one in (trust.official, trust.private, trust.interim) if one.anchors]
    opinion = _opinion(data, media_type, lists, trust)
    if TRUSTED not in opinion.root.success:
        return opinion
    for one in lists[:-1]:
        alone = _opinion(data, media_type, [one], trust)
        if TRUSTED in alone.root.success:
            alone.root.list_name = one.name
            return alone
    opinion.root.list_name = lists[-1].name
    return opinion


def _opinion(
    data: bytes, media_type: str, lists: Sequence[TrustList], trust: TrustStore
) -> Opinion:
    report = _verify(data, media_type, lists, trust)
    root = build_graph(_summary(report))
    root.list_name = None
    return Opinion(root, str(report["manifest_report"].get("manifest_store_sha256") or ""))


def _verify(
    data: bytes, media_type: str, lists: Sequence[TrustList], trust: TrustStore
) -> dict[str, Any]:
    # A root is kept in one of our lists only; most of those for time stamps are on the official.
    stamps = trust.official.anchors + trust.tsa.anchors
    options = {
        "trust_pem": "\n".join(one.anchors for one in lists) or None,
        "tsa_trust_pem": stamps or None,
        "no_default_trust": True,
        "online": False,
        "telemetry": {"enabled": False, "endpoint": None, "sdk_name": "python"},
    }
    try:
        answer = encypher_c2pa.verify_bytes(  # type: ignore[attr-defined] # see above
            data, media_type, json.dumps(options)
        )
    except ValueError as fault:
        kind, _, detail = str(fault).partition(": ")
        if kind == "unsupported_mime":
            raise ManifestUnsupported(detail) from fault
        raise ManifestUnreadable(kind, detail or str(fault)) from fault
    report: dict[str, Any] = json.loads(answer)
    return report


def _summary(report: dict[str, Any]) -> dict[str, Any]:
    """The report as the first engine would have told it."""
    told: dict[str, Any] = report.get("manifest_report") or {}
    results: dict[str, Any] = told.get("validation_results") or {}
    active: dict[str, Any] = results.get("activeManifest") or {}
    failures = objects(active.get("failure"))
    manifests: dict[str, Any] = told.get("manifests") or {}
    if told.get("active_manifest") not in manifests:
        raise _no_manifest(report, failures)
    if report.get("integrity") != "valid" and not failures:
        # It may find fault without saying what: never better here than in its own words.
        failures = [{"code": f"com.encypher.integrity.{report.get('integrity')}"}]
    return {
        "active_manifest": told["active_manifest"],
        "manifests": {label: _with_ingredients(one) for label, one in manifests.items()},
        "validation_results": {
            "activeManifest": active | {"failure": failures},
            "ingredientDeltas": [
                _measured_now(delta) for delta in objects(results.get("ingredientDeltas"))
            ],
        },
    }


def _no_manifest(report: dict[str, Any], failures: list[dict[str, Any]]) -> Exception:
    """Why a report holds no manifest, as the exception that says so."""
    codes = [str(one.get("code")) for one in failures]
    if INACCESSIBLE in codes:
        return ManifestRemote(str(failures[codes.index(INACCESSIBLE)].get("url") or ""))
    if not report.get("present") or NO_MANIFEST.issuperset(codes):
        return ManifestAbsent()
    problem = codes[0] if codes else "Other"
    detail = str(failures[0].get("explanation") or problem) if failures else problem
    return ManifestUnreadable(problem, detail)


def _with_ingredients(manifest: dict[str, Any]) -> dict[str, Any]:
    """A manifest with its ingredients beside its assertions."""
    ingredients = [
        _ingredient(one["data"])
        for one in assertions_of(manifest)
        if str(one.get("label")).startswith("c2pa.ingredient") and isinstance(one.get("data"), dict)
    ]
    return manifest | {"ingredients": ingredients}


def _ingredient(data: dict[str, Any]) -> dict[str, Any]:
    """An ingredient assertion of any version (C2PA 2.4 section 18.16)."""
    reference = data.get("activeManifest") or data.get("c2pa_manifest")
    url = reference.get("url") if isinstance(reference, dict) else None
    label = LABEL.search(str(url))
    recorded = data.get("validationResults")
    before = recorded.get("activeManifest") if isinstance(recorded, dict) else None
    return {
        "relationship": data.get("relationship"),
        "title": data.get("dc:title"),
        "active_manifest": label[1] if label else None,
        "validation_results": {"activeManifest": _without_hearsay(before)},
        "validation_status": objects(data.get("validationStatus")),
    }


def _without_hearsay(results: object) -> dict[str, Any]:
    """What somebody recorded, without what they said in favour of a signer or a time."""
    if not isinstance(results, dict):
        return {}
    success = [
        one
        for one in objects(results.get("success"))
        if not str(one.get("code")).startswith(HEARSAY)
    ]
    return results | {"success": success}


def _measured_now(delta: dict[str, Any]) -> dict[str, Any]:
    """A delta without what is only repeated from a record."""
    found = delta.get("validationDeltas")
    results: dict[str, Any] = found if isinstance(found, dict) else {}
    return {
        "validationDeltas": {
            kind: [one for one in objects(results.get(kind)) if not _is_recorded(one)]
            for kind in ("success", "informational", "failure")
        }
    }


def _is_recorded(status: dict[str, Any]) -> bool:
    details = status.get("details")
    return isinstance(details, dict) and details.get("source") == "recorded"
