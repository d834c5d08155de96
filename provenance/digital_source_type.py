"""The digital source types, and what each says about who or what made a work.

The vocabulary is IPTC's NewsCodes scheme `digitalsourcetype`, which C2PA 2.4 section 18.14 uses
and extends with two terms of its own. Manifests and XMP write the same term in many ways: with
`http` or `https`, with a trailing slash, as a bare name, as a QCode (`digsrctype:...`), in other
letter case, or under a name IPTC has retired since. `bare_name` brings them all to one spelling.
This module only names and classifies; how far a statement is believed is decided elsewhere.
"""

from __future__ import annotations

import re
from enum import StrEnum
from urllib.parse import unquote

__all__ = ["C2PA_BASE", "CLASSES", "IPTC_BASE", "DstClass", "bare_name", "classify"]

IPTC_BASE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
C2PA_BASE = "http://c2pa.org/digitalsourcetype/"


class DstClass(StrEnum):
    """What a digital source type says."""

    FULLY_AI = "fully_ai"
    PARTLY_AI = "partly_ai"
    MAY_CONTAIN_AI = "may_contain_ai"
    ALGORITHMIC = "algorithmic"
    """Made by an algorithm that was not trained on data of others."""
    CAPTURE = "capture"
    HUMAN_CREATION = "human_creation"
    HUMAN_EDITS = "human_edits"
    EMPTY = "empty"
    """A blank canvas: no statement."""
    UNKNOWN = "unknown"
    """Not a term of the vocabulary: no statement."""


CLASSES: dict[str, DstClass] = {
    "trainedAlgorithmicMedia": DstClass.FULLY_AI,
    "compositeWithTrainedAlgorithmicMedia": DstClass.PARTLY_AI,
    "compositeSynthetic": DstClass.PARTLY_AI,
    "trainedAlgorithmicData": DstClass.PARTLY_AI,
    "composite": DstClass.MAY_CONTAIN_AI,
    "screenCapture": DstClass.MAY_CONTAIN_AI,
    "virtualRecording": DstClass.MAY_CONTAIN_AI,
    "algorithmicallyEnhanced": DstClass.MAY_CONTAIN_AI,
    # Retired in favour of digitalCreation, but it never excluded generators as its successor does.
    "digitalArt": DstClass.MAY_CONTAIN_AI,
    "algorithmicMedia": DstClass.ALGORITHMIC,
    "dataDrivenMedia": DstClass.ALGORITHMIC,
    "softwareImage": DstClass.ALGORITHMIC,
    "digitalCapture": DstClass.CAPTURE,
    "computationalCapture": DstClass.CAPTURE,
    "compositeCapture": DstClass.CAPTURE,
    "negativeFilm": DstClass.CAPTURE,
    "positiveFilm": DstClass.CAPTURE,
    "print": DstClass.CAPTURE,
    "digitalCreation": DstClass.HUMAN_CREATION,
    "humanEdits": DstClass.HUMAN_EDITS,
    "empty": DstClass.EMPTY,
}
"""The class of every term, under its bare name."""

# Only renamings that left the meaning alone.
_RENAMED = {"minorHumanEdits": "humanEdits"}

_SPELLING = {name.lower(): name for name in CLASSES} | {
    old.lower(): new for old, new in _RENAMED.items()
}
_SCHEME = re.compile(
    r"(?:https?://(?:cv\.iptc\.org/newscodes|c2pa\.org)/digitalsourcetype/|digsrctype:)",
    re.IGNORECASE,
)
_SUFFIX = re.compile(r"[?#]")
_LAST = re.compile(r"[/:]")


def bare_name(uri: str) -> str:
    """The vocabulary's own spelling of a digital source type.

    A term that says AI is recognised at the end of any address, with a query, a fragment or
    percent signs in it: it is a statement against the interest of whoever made it, and a
    misspelt one must not pass for silence. Any other term counts only under the vocabulary's own
    addresses, or bare.

    Args:
        uri: a URI, QCode or bare name, as found.

    Returns:
        The bare name (`trainedAlgorithmicMedia`). What is not in the vocabulary comes back
        without white space around it and without the vocabulary's address, otherwise unchanged.
    """
    name = uri.strip()
    if scheme := _SCHEME.match(name):
        name = name[scheme.end() :]
    name = name.rstrip("/")
    if known := _SPELLING.get(name.lower()):
        return known
    last = _LAST.split(unquote(_SUFFIX.split(name, maxsplit=1)[0]).rstrip("/"))[-1]
    last = last.removesuffix("DigitalSource")  # schema.org's names
    loose = _SPELLING.get(last.lower(), "")
    says_ai = CLASSES.get(loose) in {DstClass.FULLY_AI, DstClass.PARTLY_AI}
    return loose if says_ai else name


def classify(bare: str) -> DstClass:
    """What a bare name says; `unknown` for anything outside the vocabulary."""
    return CLASSES.get(bare, DstClass.UNKNOWN)
