"""The PLUS vocabulary of data mining: nine values, and what each says of which use.

Follows the IPTC Photo Metadata Standard 2023.1 and later, section "Data Mining", and the PLUS
Licence Data Format's controlled vocabulary `DMI`. A value is the URI of its term. The bare code and
the English label are what people and programs write instead: understood, and not conforming. To
PLUS, indexing by a search engine is data mining too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from provenance.evidence import Purpose, ReservationState
from provenance.rights.purposes import PURPOSES, state_for, strictest
from provenance.rights.records import Formal

__all__ = ["CODES", "REFERENCES", "VOCABULARY", "States", "Value", "combined", "read_value"]

VOCABULARY = "http://ns.useplus.org/ldf/vocab/"

RESERVED, ALLOWED = ReservationState.RESERVED, ReservationState.ALLOWED
CONDITIONAL, UNKNOWN = ReservationState.CONDITIONAL, ReservationState.UNKNOWN

States = dict[Purpose, ReservationState]

REFERRING: States = {"tdm": CONDITIONAL, "search": CONDITIONAL}
CODES: dict[str, States] = {
    "DMI-UNSPECIFIED": {},
    "DMI-ALLOWED": {"train-ai": ALLOWED, "tdm": ALLOWED, "search": ALLOWED},
    "DMI-PROHIBITED-AIMLTRAINING": {"train-ai": RESERVED},
    "DMI-PROHIBITED-GENAIMLTRAINING": {"train-genai": RESERVED},
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": {"tdm": RESERVED, "search": ALLOWED},
    "DMI-PROHIBITED": {"tdm": RESERVED, "search": RESERVED},
    "DMI-PROHIBITED-SEECONSTRAINT": REFERRING,
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": REFERRING,
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": REFERRING,
}
"""What each value says. One that refers to something else is a condition until that is read."""

LABELS = {
    "Unspecified - no prohibition defined": "DMI-UNSPECIFIED",
    "Prohibited for AI/ML training": "DMI-PROHIBITED-AIMLTRAINING",
    "Prohibited for AI training": "DMI-PROHIBITED-AIMLTRAINING",
    "Prohibited for Generative AI/ML training": "DMI-PROHIBITED-GENAIMLTRAINING",
    "Prohibited for Generative AI training": "DMI-PROHIBITED-GENAIMLTRAINING",
    "Prohibited except for search engine indexing": "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
    "Prohibited, see plus:OtherConstraints": "DMI-PROHIBITED-SEECONSTRAINT",
    "Prohibited, see Other Constraints property": "DMI-PROHIBITED-SEECONSTRAINT",
    "Prohibited, see iptcExt:EmbdEncRightsExpr": "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR",
    "Prohibited, see Embedded Encoded Rights Expression property": (
        "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR"
    ),
    "Prohibited, see iptcExt:LinkedEncRightsExpr": "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR",
    "Prohibited, see Linked Encoded Rights Expression property": (
        "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR"
    ),
}
"""The labels of the vocabulary as IPTC and as ExifTool print them, where they are not the code."""

REFERENCES = {
    "DMI-PROHIBITED-SEECONSTRAINT": "plus:OtherConstraints",
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": "Iptc4xmpExt:EmbdEncRightsExpr",
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": "Iptc4xmpExt:LinkedEncRightsExpr",
}
"""The property that such a value refers to."""

MARKS = re.compile(r"[\W_]+")
LONGEST = 200


def _bare(text: str) -> str:
    return MARKS.sub("", text[:LONGEST]).upper()


BARE_CODES = {_bare(code).removeprefix("DMI"): code for code in CODES}
BARE_LABELS = {_bare(label): code for label, code in LABELS.items()}


@dataclass(frozen=True, slots=True)
class Value:
    """One value, understood.

    Attributes:
        written: as it stands there.
        code: of the vocabulary, None when it is none of them.
        states: its plain reading.
        formal: whether it is spelled as the vocabulary has it.
        warnings: what is wrong with it.
    """

    written: str
    code: str | None
    states: States
    formal: Formal = Formal.VALID
    warnings: tuple[str, ...] = ()


def read_value(written: str) -> Value:
    """What a value says, in any spelling people use."""
    text = written.strip()
    name = text.removeprefix(VOCABULARY)
    if name in CODES and name != text:
        return Value(text, name, CODES[name])
    last = re.split(r"[/#:]", text[:LONGEST].rstrip("/#"))[-1]
    spelled = BARE_CODES.get(_bare(last).removeprefix("DMI"))
    if spelled and (last == text or "DMI" in last.upper()):
        warning = "nonconforming_value: a spelling of a PLUS term that is not its URI"
        return Value(text, spelled, CODES[spelled], Formal.NONCONFORMING, (warning,))
    labelled = BARE_LABELS.get(_bare(text))
    if labelled:
        warning = "label_text: a label stands where the URI of the PLUS term should"
        return Value(text, labelled, CODES[labelled], Formal.NONCONFORMING, (warning,))
    if _bare(last).removeprefix("DMI").startswith("PROHIBITED"):
        warning = "unknown_token: a prohibition that the PLUS vocabulary does not have"
        return Value(text, None, {"tdm": CONDITIONAL}, Formal.MALFORMED, (warning,))
    warning = "unknown_token: no value of the PLUS vocabulary"
    return Value(text, None, {"tdm": UNKNOWN}, Formal.MALFORMED, (warning,))


def combined(readings: Sequence[States]) -> States:
    """Of several values the most restrictive counts, for each use that any of them names."""
    named = [purpose for purpose in PURPOSES if any(purpose in one for one in readings)]
    states: States = {}
    for purpose in named:
        said = [state_for(one, purpose) for one in readings]
        states[purpose] = strictest(state for state in said if state is not None)
    return states
