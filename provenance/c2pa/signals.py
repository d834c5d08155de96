"""C2PA's own reading of a manifest: the signals of its asset rubric, by their names.

Source: the signals rubric of the C2PA Conformance Program, `asset-rubric-signals-local`, edition of
6 August 2026. It looks at one manifest at a time, never at the graph: *inception* signals say how
the work began, *transformation* signals what was done to it. They are shown beside our own answer
(`provenance.c2pa.origin`), which hears more: the whole graph, every assertion, who vouches.

Two liberties are taken. A digital source type counts under any spelling of its term, and an
ingredient of any version without a manifest is of unknown provenance. Where the engine does not
tell created from gathered assertions, that one reason for `ambiguousActions` is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from provenance.c2pa.actions import assertions_of, objects
from provenance.digital_source_type import bare_name

__all__ = ["RUBRIC_DATE", "signals_of"]

RUBRIC_DATE = "2026-08-06"

ACTIONS = "c2pa.actions.v2"
INCEPTIONS = {
    "empty": "blankCanvas",
    "digitalCapture": "capturedMedia",
    "computationalCapture": "capturedMedia",
    "compositeCapture": "capturedMediaStitched",
    "composite": "compositionMayContainGenAI",
    "trainedAlgorithmicMedia": "fullyGenAIMedia",
    "digitalCreation": "nonGenAIDigitalCreation",
    "compositeWithTrainedAlgorithmicMedia": "partlyGenAICreation",
    "screenCapture": "screenCaptureMayContainGenAI",
}
BEGINNINGS = frozenset({"c2pa.created", "c2pa.opened"})
NON_EDITORIAL = frozenset(
    {
        "c2pa.converted",
        "c2pa.published",
        "c2pa.repackaged",
        "c2pa.transcoded",
        "c2pa.resized.proportional",
        "c2pa.enhanced",
        "c2pa.edited.metadata",
        "c2pa.watermarked",
        "c2pa.watermarked.bound",
        "c2pa.watermarked.unbound",
        "c2pa.redacted",
    }
)
GEN_AI = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
        "trainedAlgorithmicData",
    }
)
POSSIBLY_GEN_AI = frozenset({"digitalArt", "composite"})


def signals_of(
    manifest: dict[str, Any], *, unknown_ingredient: bool, knows_created: bool = True
) -> tuple[str, ...]:
    """The signals of one manifest: those of its inception, then of its transformations.

    Args:
        manifest: the library's JSON of it.
        unknown_ingredient: whether one of its ingredients has no manifest.
        knows_created: whether the engine tells created from gathered assertions.
    """
    listed = [one for one in assertions_of(manifest) if one.get("label") == ACTIONS]
    data = listed[0].get("data") if listed else None
    data = data if isinstance(data, dict) else {}
    actions = objects(data.get("actions"))
    found = list(dict.fromkeys(_inceptions(actions)))
    if unknown_ingredient:
        found.append("mediaUnknownProvenance")
    if _ambiguous(data, actions) or (
        knows_created and manifest.get("claim_version") == 2 and _gathers_actions(manifest)
    ):
        found.append("ambiguousActions")
    if any(_name(one) in NON_EDITORIAL for one in actions):
        found.append("nonEditorial")
    return (*found, *_perceptible(actions))


def _inceptions(actions: Iterable[dict[str, Any]]) -> Iterator[str]:
    for action in actions:
        if _name(action) in BEGINNINGS:
            signal = INCEPTIONS.get(_source_type(action) or "")
            if signal:
                yield signal


def _ambiguous(data: dict[str, Any], actions: list[dict[str, Any]]) -> bool:
    """Whether the actions do not say all that was done, in terms everyone knows."""
    names = [_name(one) for one in actions]
    return (
        not actions
        or data.get("allActionsIncluded") is not True
        or any(name and not name.startswith("c2pa.") for name in names)
        or "c2pa.unknown" in names
    )


def _gathers_actions(manifest: dict[str, Any]) -> bool:
    return any(
        "c2pa.actions" in str(one.get("label")) and not one.get("created")
        for one in assertions_of(manifest)
    )


def _perceptible(actions: Iterable[dict[str, Any]]) -> Iterator[str]:
    """What was done to the content, by what is said to have done it."""
    passed = {None, *BEGINNINGS, *NON_EDITORIAL}
    done = [one for one in actions if _name(one) not in passed]
    stated = {kind for one in done if (kind := _source_type(one)) is not None}
    if stated & GEN_AI:
        yield "perceptibleGenAI"
    if stated - GEN_AI:
        yield "perceptibleNonGenAI"
    if stated & POSSIBLY_GEN_AI:
        yield "perceptiblePossiblyGenAI"


def _name(action: dict[str, Any]) -> str | None:
    name = action.get("action")
    return None if name is None else str(name)


def _source_type(action: dict[str, Any]) -> str | None:
    stated = action.get("digitalSourceType")
    return bare_name(stated) if isinstance(stated, str) else None
