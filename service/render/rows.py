"""Many reports at a glance: one small row each, so that the reports themselves can be let go."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

from provenance.asset import Modality
from provenance.evidence import Credential, Integrity, NotRun
from service.render.answers import integrity_answer, origin_answer
from service.render.credentials import signer_line
from service.render.view import FAULTS, one_name
from service.render.visibility import visible
from service.render.wording import Words
from service.report import Report
from service.screening import Failed
from service.verdict import Basis, Reason, ReasonCode, VerdictOrigin

__all__ = ["Row", "Summary", "split_quiet"]

TELLING = (
    ReasonCode.MANIFEST_CONTRADICTORY,
    ReasonCode.MANIFEST_AI_PROVEN,
    ReasonCode.MANIFEST_AI_DECLARED,
    ReasonCode.UNDECLARED_AI_SUPPLIED,
    ReasonCode.DECLARATION_AI,
    ReasonCode.SUPPLIED_AI,
    ReasonCode.DETECTOR_DISAGREES,
    ReasonCode.MANIFEST_HUMAN,
    ReasonCode.DETECTION_SYNTHETIC,
    ReasonCode.MANIFEST_BROKEN,
    ReasonCode.MANIFEST_UNREADABLE,
    ReasonCode.PROVENANCE_LINK_DANGLING,
    ReasonCode.STRIPPED_AGAINST_ORIGINAL,
    ReasonCode.CREDENTIALS_DISAGREE,
    ReasonCode.PART_AI_STATEMENT,
    ReasonCode.PART_DETECTION,
    ReasonCode.DECLARATION_WEAK,
    ReasonCode.HUMAN_CLAIM_NOT_ENOUGH,
    ReasonCode.MANIFEST_REMOTE,
    ReasonCode.MANIFEST_SAYS_NOTHING,
    ReasonCode.CHECK_NOT_RUN,
    ReasonCode.MANIFEST_NOT_CHECKED,
    ReasonCode.NO_EVIDENCE,
)
"""Reasons by how much they explain a verdict when only one can be shown."""


@dataclass(frozen=True, slots=True)
class Row:
    """What an overview shows of one input.

    Attributes:
        name: visible.
        origin: None when the input could not be examined at all.
        sign, tone: of the origin.
        origin_text: in words.
        basis: in words, "" when there is none.
        integrity: sign and word, "" when not examined.
        integrity_tone: its tone.
        signer: of an intact manifest, "" otherwise.
        findings: in words.
        review: whether a person should look.
        fault: whether a check that should have run could not.
        why: the one sentence that explains most, or what went wrong.
        why_lang: the language of `why`; what went wrong is told in English.
        quiet: whether it is no medium we judge and nothing was found.
    """

    name: str
    origin: VerdictOrigin | None
    sign: str
    tone: str
    origin_text: str
    basis: str
    integrity: str
    integrity_tone: str
    signer: str
    findings: tuple[str, ...]
    review: bool
    fault: bool
    why: str
    why_lang: str
    quiet: bool = False

    @classmethod
    def of(cls, result: Report | Failed, lang: str) -> Self:
        """The row of a report, or of an input that could not be opened."""
        words = Words(lang)
        return cls._failed(result, words) if isinstance(result, Failed) else cls._of(result, words)

    @classmethod
    def _failed(cls, failed: Failed, words: Words) -> Self:
        return cls(
            name=one_name(failed.name),
            origin=None,
            sign="✗",
            tone="bad",
            origin_text=words.ui("not_examined"),
            basis="",
            integrity="",
            integrity_tone="open",
            signer="",
            findings=(),
            review=False,
            fault=True,
            why=visible(" ".join(failed.error.diagnostics().split())[:500]),
            why_lang="en",
        )

    @classmethod
    def _of(cls, report: Report, words: Words) -> Self:
        verdict = report.verdict
        origin, integrity = origin_answer(report, words), integrity_answer(report, words)
        fault = any(isinstance(one, NotRun) and one.reason in FAULTS for one in report.evidence)
        heard = verdict.review or fault or verdict.findings
        silent = verdict.origin is VerdictOrigin.UNDETERMINED
        silent = silent and verdict.integrity is Integrity.ABSENT and not heard
        return cls(
            name=one_name(report.asset.name),
            origin=verdict.origin,
            sign=origin.sign,
            tone=origin.tone,
            origin_text=origin.text,
            basis="" if verdict.basis is Basis.NONE else origin.rider,
            integrity=f"{integrity.sign} {integrity.text}",
            integrity_tone=integrity.tone,
            signer=_signer(report, words),
            findings=tuple(words.of("finding", one) for one in verdict.findings),
            review=verdict.review,
            fault=fault,
            why=_why(verdict.reasons, words),
            why_lang=words.lang,
            quiet=silent and report.asset.modality is Modality.OTHER,
        )


def _signer(report: Report, words: Words) -> str:
    """The signer of the work's own manifest; whoever signed other bytes is no signer of these."""
    for record in report.evidence:
        if isinstance(record, Credential) and record.part is None:
            if record.signer is None or record.integrity is not Integrity.INTACT:
                return ""
            return signer_line(record.signer, record.integrity, words, brief=True)
    return ""


def _why(reasons: Sequence[Reason], words: Words) -> str:
    by_code = {reason.code: reason for reason in reversed(reasons)}
    telling = next((by_code[code] for code in TELLING if code in by_code), None)
    chosen = telling or next(iter(reasons), None)
    return "" if chosen is None else words.sentence(chosen)


@dataclass(frozen=True, slots=True)
class Summary:
    """What many rows come to.

    Attributes:
        files: how many inputs.
        origins: how many of each origin in words, in the order of the contract, none left at zero.
        findings, review, faults: how many rows have any.
    """

    files: int
    origins: tuple[tuple[str, int], ...]
    findings: int
    review: int
    faults: int

    @classmethod
    def of(cls, rows: Iterable[Row], words: Words) -> Self:
        """Counts `rows`."""
        count: Counter[str] = Counter()
        origins: Counter[VerdictOrigin] = Counter()
        for row in rows:
            count.update(files=1, findings=bool(row.findings), review=row.review, faults=row.fault)
            if row.origin is not None:
                origins[row.origin] += 1
        return cls(
            files=count["files"],
            origins=tuple(
                (words.of("origin", one), origins[one]) for one in VerdictOrigin if origins[one]
            ),
            findings=count["findings"],
            review=count["review"],
            faults=count["faults"],
        )


def split_quiet(rows: Sequence[Row]) -> tuple[list[int], int]:
    """Places of the rows worth a line, and how many are not: a lone file always is."""
    shown = [n for n, row in enumerate(rows) if not row.quiet or len(rows) == 1]
    return shown, len(rows) - len(shown)
