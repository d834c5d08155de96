"""The three questions, each with its own answer: origin, integrity and rights.

An answer has a sign and a tone besides its words. Neither says anything the words do not; the
tone becomes a colour.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.evidence import Integrity
from service.render.wording import DASH, Words, one_line
from service.report import Report
from service.verdict import Basis, Decision, Outcome, ReasonCode, Rights, Verdict, VerdictOrigin

__all__ = ["Answer", "integrity_answer", "origin_answer", "rights_answer"]

ORIGIN_SIGNS = {
    VerdictOrigin.HUMAN_ATTESTED: ("○", "human"),
    VerdictOrigin.AI_DECLARED: ("●", "ai"),
    VerdictOrigin.AI_ASSISTED_DECLARED: ("◐", "ai"),
    VerdictOrigin.AI_DETECTED: ("◉", "ai"),
    VerdictOrigin.UNDETERMINED: ("?", "open"),
    VerdictOrigin.CONTRADICTORY: ("≠", "clash"),
}
"""The fuller the circle, the more of a machine; the tone becomes a colour, which adds nothing."""

INTEGRITY_SIGNS = {
    Integrity.INTACT: ("✓", "good"),
    Integrity.BROKEN: ("✗", "bad"),
    Integrity.ABSENT: (DASH, "open"),
    Integrity.UNREADABLE: ("!", "clash"),
}
RIGHTS_SIGNS = {
    Rights.RESERVED: ("⊘", "held"),
    Rights.PERMITTED: ("✓", "good"),
    Rights.CONDITIONAL: ("~", "held"),
    Rights.CONFLICTING: ("≠", "clash"),
    Rights.UNDECLARED: (DASH, "open"),
    Rights.UNCHECKED: ("?", "open"),
}
ABOUT_RIGHTS = frozenset(
    {
        ReasonCode.RIGHTS_RESERVED,
        ReasonCode.RIGHTS_CONDITIONAL,
        ReasonCode.RIGHTS_PERMITTED,
        ReasonCode.RIGHTS_UNDECLARED,
        ReasonCode.RIGHTS_UNCHECKED,
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one of the three questions.

    Attributes:
        label: the question in a word.
        question: in full.
        sign: one character, next to words and never instead of them.
        tone: `human`, `ai`, `open`, `clash`, `good`, `bad` or `held`.
        text: the answer.
        rider: what the answer rests on or is about, or "".
        meaning: one or two sentences.
        notes: further lines.
    """

    label: str
    question: str
    sign: str
    tone: str
    text: str
    rider: str
    meaning: str
    notes: tuple[str, ...] = ()


def origin_answer(report: Report, words: Words) -> Answer:
    """Who or what made it, and what that rests on."""
    verdict = report.verdict
    sign, tone = ORIGIN_SIGNS[verdict.origin]
    notes = (_decision(verdict.decision, words),) if verdict.decision else ()
    return Answer(
        label=words.ui("origin"),
        question=words.ui("origin_question"),
        sign=sign,
        tone=tone,
        text=words.of("origin", verdict.origin),
        rider=_rests_on(verdict, words),
        meaning=words.of("origin_meaning", verdict.origin),
        notes=notes,
    )


def _rests_on(verdict: Verdict, words: Words) -> str:
    """What is proven of a contradiction is one side of it, never the contradiction."""
    if verdict.origin is VerdictOrigin.CONTRADICTORY and verdict.basis is Basis.PROVEN:
        return words.ui("contradiction_proven")
    return words.of("basis_phrase", verdict.basis)


def _decision(decision: Decision, words: Words) -> str:
    said = words.ui(
        "decision_line",
        detector=one_line(decision.detector, 40),
        outcome=words.of("outcome", decision.outcome).lower(),
    )
    if decision.exceedance is None or decision.outcome is Outcome.ABSTAIN:
        return said
    return words.ui(
        "decision_rate", line=said, exceedance=decision.exceedance, max_fpr=decision.max_fpr
    )


def integrity_answer(report: Report, words: Words) -> Answer:
    """Whether it is whole; "absent" is told apart from "not looked at" and from "elsewhere"."""
    integrity = report.verdict.integrity
    sign, tone = INTEGRITY_SIGNS[integrity]
    text = words.of("integrity", integrity)
    meaning = words.of("integrity_meaning", integrity)
    given = {reason.code for reason in report.verdict.reasons}
    if ReasonCode.MANIFEST_NOT_CHECKED in given:
        sign, text, meaning = "?", words.ui("not_checked"), words.ui("not_checked_meaning")
    elif ReasonCode.MANIFEST_REMOTE in given:
        sign, text, meaning = "?", words.of("carrier", "remote_only"), words.ui("remote_meaning")
    return Answer(
        label=words.ui("integrity"),
        question=words.ui("integrity_question"),
        sign=sign,
        tone=tone,
        text=text,
        rider="",
        meaning=meaning,
    )


def rights_answer(report: Report, words: Words) -> Answer:
    """What the owner said about the use the policy asks about, then about others."""
    verdict = report.verdict
    sign, tone = RIGHTS_SIGNS[verdict.rights]
    asked = {
        str(reason.params["purpose"])
        for reason in verdict.reasons
        if reason.code in ABOUT_RIGHTS and "purpose" in reason.params
    }
    return Answer(
        label=words.ui("rights"),
        question=words.ui("rights_question"),
        sign=sign,
        tone=tone,
        text=words.of("rights", verdict.rights),
        rider=", ".join(words.known("purpose", purpose) for purpose in sorted(asked)),
        meaning=words.of("rights_meaning", verdict.rights),
        notes=tuple(
            words.labelled(words.of("purpose", purpose), words.of("rights", rights))
            for purpose, rights in verdict.rights_by_purpose.items()
            if purpose not in asked
        ),
    )
