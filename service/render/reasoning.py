"""What a reader warns of and how a verdict on a use was reached, in words.

Both are codes with a detail behind them (`carried_forward: last seen on ...`, `protocol: tdmrep
reserved`). A reader's detail is an English sentence, so only English shows it; the record keeps it
whole. A code without words, such as a plug-in's, is shown as it stands.
"""

from __future__ import annotations

from service.i18n import codes
from service.render.wording import Words, one_line

__all__ = ["step_in_words", "warning_in_words"]

LONGEST = 160
WARNINGS = "reservation_warning"
STEPS = "rule_step"
WRITTEN_IN = "en"
"""The language of details."""

FACTS = frozenset({"licence", "linked_from", "product"})
"""Warnings whose detail is a name or an address, the same in every language."""

VALUES = {
    "time": "use_when",
    "protocol": "reservation_state",
    "across_protocols": "reservation_state",
    "before": "use_verdict",
    "during": "use_verdict",
    "after": "use_verdict",
    "verdict": "use_verdict",
    "contested": "document_contested",
}
"""Steps whose last word is a code, and the section that has it."""

NAMED = frozenset({"time", "protocol", "standing"})
"""Steps that name what they are about before their last word."""


def warning_in_words(warning: str, words: Words) -> str:
    """A warning of a reader, on one line."""
    code, _, detail = warning.partition(": ")
    if code not in codes(WARNINGS):
        return one_line(warning, LONGEST)
    said = words.of(WARNINGS, code)
    if detail and (words.lang == WRITTEN_IN or code in FACTS):
        said += f" ({one_line(detail, LONGEST)})"
    return said


def step_in_words(step: str, words: Words) -> str:
    """A step of `rule_path`, on one line."""
    code, _, detail = step.partition(": ")
    if code not in codes(STEPS):
        return one_line(step, LONGEST)
    name, value = "", detail
    if code in NAMED:
        name, _, value = detail.rpartition(" ")
    section = VALUES.get(code)
    value = words.known(section, value) if section else one_line(value, LONGEST)
    return words.of(STEPS, code, name=one_line(name, LONGEST), value=value)
