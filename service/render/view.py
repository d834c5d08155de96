"""A report as it is read: the three answers apart, then why, then the evidence.

The terminal and the page show this and nothing else, so that they cannot tell different stories.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.evidence import NotRun, NotRunReason
from service.render.answers import Answer, integrity_answer, origin_answer, rights_answer
from service.render.cards import Card, Fact
from service.render.evidence import card
from service.render.survival import Comparison
from service.render.visibility import visible
from service.render.wording import Words, one_line
from service.report import Report, TrustListInfo
from service.review.records import Decided

__all__ = ["FAULTS", "LIMITS", "Skipped", "View", "Why", "one_name", "said_of"]

FAULTS = frozenset(
    {
        NotRunReason.UNREADABLE,
        NotRunReason.LIMIT,
        NotRunReason.TIMEOUT,
        NotRunReason.FETCH_FAILED,
    }
)
"""Reasons of a check that should have run and could not."""

LIMITS = (
    "footer_detector",
    "footer_absence",
    "footer_signature",
    "footer_rights",
    "footer_training",
)


@dataclass(frozen=True, slots=True)
class Why:
    """One reason, with the numbers of the evidence it rests on."""

    text: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A check that did not run.

    Attributes:
        id: its number in the report.
        check: which of the four checks it belongs to.
        source: which reader or detector, and the part unless it is the whole work.
        reason: why, in words.
        detail: more, in English as it was recorded, or "".
        fault: whether it should have run and could not.
    """

    id: int
    check: str
    source: str
    reason: str
    detail: str
    fault: bool


@dataclass(frozen=True, slots=True)
class View:
    """A report in words.

    Attributes:
        name: of the work, visible, at most 300 characters.
        about: what kind of work it is and how large.
        sha256: of the work.
        verified_at: when, UTC.
        origin, integrity, rights: the three answers.
        findings: each with what it means.
        review: whether a person should look.
        decided: what people decided of the work since, "" where nobody has.
        whys: the reasons, in the order of the verdict.
        cards: the evidence.
        skipped: checks that did not run.
        survival: what became of the marks of an original, None when none was given.
        made: what made the report.
        limits: what the report does not claim.
    """

    words: Words
    name: str
    about: tuple[str, ...]
    sha256: str
    verified_at: str
    origin: Answer
    integrity: Answer
    rights: Answer
    findings: tuple[tuple[str, str], ...]
    review: bool
    decided: str
    whys: tuple[Why, ...]
    cards: tuple[Card, ...]
    skipped: tuple[Skipped, ...]
    survival: Comparison | None
    made: tuple[Fact, ...]
    limits: tuple[str, ...]

    @property
    def answers(self) -> tuple[Answer, Answer, Answer]:
        """The three answers, in order."""
        return self.origin, self.integrity, self.rights

    @classmethod
    def of(cls, report: Report, lang: str, decided: Decided | None = None) -> View:
        """Puts `report` into words.

        Args:
            report: as it was written.
            lang: `en` or `fr`.
            decided: what people decided last of its work, which is no part of it.
        """
        words, verdict, asset = Words(lang), report.verdict, report.asset
        return cls(
            words=words,
            name=one_name(asset.name),
            about=(
                words.of("modality", asset.modality),
                one_line(asset.media_type, 80),
                words.size(asset.bytes),
            ),
            sha256=asset.sha256,
            verified_at=words.moment(report.engine.verified_at),
            origin=origin_answer(report, words),
            integrity=integrity_answer(report, words),
            rights=rights_answer(report, words),
            findings=tuple(
                (words.of("finding", one), words.of("finding_meaning", one))
                for one in verdict.findings
            ),
            review=verdict.review,
            decided="" if decided is None else said_of(decided, words),
            whys=tuple(Why(words.sentence(one), one.evidence) for one in verdict.reasons),
            cards=tuple(card(one, words) for one in report.evidence if not isinstance(one, NotRun)),
            skipped=tuple(
                _skipped(one, words) for one in report.evidence if isinstance(one, NotRun)
            ),
            survival=Comparison.of(report.against, words) if report.against else None,
            made=_made(report, words),
            limits=tuple(words.ui(code) for code in LIMITS),
        )


def said_of(decided: Decided, words: Words) -> str:
    """What people decided, when, and of what."""
    findings = ", ".join(words.of("finding", one) for one in decided.findings)
    return words.ui(
        f"decided_{decided.outcome}",
        when=words.moment(decided.at),
        findings=findings or words.ui("no_findings"),
    )


def one_name(name: str) -> str:
    """A file name as it is shown: whole, unless it is absurdly long."""
    shown = visible(name[:600])
    return shown if len(shown) <= 300 else f"{shown[:200]}…{visible(name[-90:])[-90:]}"


def _skipped(record: NotRun, words: Words) -> Skipped:
    source = one_line(record.source, 40)
    fault = record.reason in FAULTS
    # Details are recorded in English; what the reason already says is not repeated in another.
    detail = record.detail if fault or words.lang == "en" else None
    return Skipped(
        id=record.id,
        check=words.of("check", record.check),
        source=source if record.part is None else f"{source}, {one_line(record.part, 80)}",
        reason=words.of("not_run_reason", record.reason),
        detail=one_line(detail or "", 300),
        fault=fault,
    )


def _made(report: Report, words: Words) -> tuple[Fact, ...]:
    engine, policy, kept = report.engine, report.verdict.policy, report.retention
    lists = {name: _edition(one, words) for name, one in engine.trust_lists.items()}
    facts = [
        Fact(words.ui("engine"), f"Assay {one_line(engine.assay, 40)}"),
        Fact(words.ui("verified_at"), words.moment(engine.verified_at)),
        Fact(words.ui("policy"), f"{one_line(policy.name, 100)} ({policy.digest[:12]})"),
        Fact(words.ui("readers"), _named(engine.readers)),
        Fact(words.ui("models"), _named({k: v[:19] for k, v in engine.models.items()})),
        Fact(words.ui("trust_lists"), _named(lists)),
        Fact(words.ui("retention"), kept.sentence(words.lang) if kept else ""),
    ]
    return tuple(fact for fact in facts if fact.value)


def _edition(one: TrustListInfo, words: Words) -> str:
    dated = words.ui("undated") if one.date is None else one.date.isoformat()
    return f"{dated} ({words.ui('stale')})" if one.stale else dated


def _named(versions: dict[str, str]) -> str:
    return ", ".join(one_line(f"{name} {value}", 80) for name, value in versions.items())
