"""Small hand-made summaries, in the shape in which the C2PA library gives them. Not a test."""

from __future__ import annotations

from typing import Any

from provenance.c2pa.trust import TrustList, TrustStore

BASE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
AI, PARTLY = "trainedAlgorithmicMedia", "compositeWithTrainedAlgorithmicMedia"
CAPTURE, CREATION = "digitalCapture", "digitalCreation"

EMPTY = TrustStore(TrustList("official", ""), TrustList("tsa", ""), TrustList("interim", ""))


def action(name: str, source_type: str | None = None, **more: Any) -> dict[str, Any]:
    """`action("created", AI)`."""
    stated = {"digitalSourceType": BASE + source_type} if source_type else {}
    return {"action": name if "." in name else f"c2pa.{name}", **stated, **more}


def actions(*listed: dict[str, Any], gathered: bool = False, **more: Any) -> dict[str, Any]:
    """An actions assertion the signer vouches for, said to be complete."""
    data = {"allActionsIncluded": True, "actions": list(listed), **more}
    assertion = {"label": "c2pa.actions.v2", "data": data}
    return assertion if gathered else assertion | {"created": True}


def metadata(source_type: str) -> dict[str, Any]:
    """A metadata assertion that states a digital source type."""
    data = {"Iptc4xmpExt:DigitalSourceType": BASE + source_type}
    return {"label": "c2pa.metadata", "data": data, "created": True}


def ingredient(label: str | None, relationship: str = "parentOf", **more: Any) -> dict[str, Any]:
    """An ingredient that has the manifest called `label`."""
    stated = {"active_manifest": label} if label else {}
    return {"relationship": relationship, "title": f"{label}.jpg", **stated, **more}


def manifest(
    *assertions: dict[str, Any], ingredients: list[dict[str, Any]] | None = None, version: int = 2
) -> dict[str, Any]:
    """One manifest of a store."""
    return {
        "claim_version": version,
        "assertions": list(assertions),
        "ingredients": ingredients or [],
        "signature_info": {"issuer": "Somebody", "common_name": "Signer"},
    }


def codes(*named: str) -> list[dict[str, str]]:
    """Status codes as the library lists them."""
    return [{"code": one} for one in named]


INTACT = ("claimSignature.validated", "assertion.dataHash.match")


def summary(
    *,
    success: tuple[str, ...] = INTACT,
    failure: tuple[str, ...] = ("signingCredential.untrusted",),
    trusted_by: str | None = None,
    deltas: list[dict[str, Any]] | None = None,
    **manifests: dict[str, Any],
) -> dict[str, Any]:
    """A whole summary; the manifest called `active` is the active one."""
    if trusted_by:
        success, failure = (*success, "signingCredential.trusted"), ()
    results: dict[str, Any] = {
        "activeManifest": {"success": codes(*success), "failure": codes(*failure)},
        "ingredientDeltas": deltas or [],
    }
    if trusted_by:
        results["trustListUri"] = trusted_by
        found = trusted("active", trusted_by)["validationDeltas"]["success"]
        results["activeManifest"]["success"] = [
            *codes(*(one for one in success if one != "signingCredential.trusted")),
            *found,
        ]
    return {"active_manifest": "active", "manifests": manifests, "validation_results": results}


def delta(label: str, kind: str, code: str, explanation: str = "") -> dict[str, Any]:
    """What the library finds in an ingredient now."""
    status = {
        "code": code,
        "url": f"self#jumbf=/c2pa/{label}/c2pa.signature",
        "explanation": explanation,
    }
    return {"validationDeltas": {kind: [status]}}


def trusted(label: str, by: str) -> dict[str, Any]:
    """The library finds that a list of ours trusts the signer of an ingredient."""
    text = f"signing certificate trusted, found in [{by}] trust anchors"
    return delta(label, "success", "signingCredential.trusted", text)
