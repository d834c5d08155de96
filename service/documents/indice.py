"""A rightsholder's dossier of indications: facts of an audit, in order, with their digests.

Bill no 220 of the French Sénat (2025-2026) would add article L. 331-4-1 to the code of intellectual
property: a protected work would be presumed to have been exploited by an AI system where an
indication makes that plausible. The dossier gathers what could be one, in three grades, and says of
each why. It never says that a model was trained on a work.
"""

from __future__ import annotations

from collections.abc import Iterable

from provenance.rights.finding import Finding, Verdict
from service.documents.draft import Draft, paragraph_of
from service.documents.evidence import document_table, evidence_rows, strength, timeline
from service.documents.parts import about, coverage_table, not_proved, reasons_table
from service.documents.records import Block, Document, Section, Sentence
from service.documents.tally import HELD, MOST_DOCUMENTS

__all__ = ["write"]

STRENGTHS = ("plain", "disputed", "weak")
STAMP = ("timestamp_authority", "timestamp_time", "timestamp_serial", "timestamp_file")


def write(draft: Draft) -> Document:
    """The dossier."""
    of = draft.of
    bill = of.law("ppl_220")
    who = draft.section(
        "dossier_who",
        "1",
        paragraph_of(
            draft.say("dossier_is", bill), draft.say("bill_state", of.law("ppl_220_state"))
        ),
        draft.asked("rightsholder", bill),
        draft.asked("capacity", bill),
        draft.asked("works", bill),
        draft.asked("system", bill),
        draft.asked("other_indications", bill),
    )
    looked = draft.section(
        "coverage",
        "3",
        paragraph_of(draft.say("coverage_intro", of.audit("/channels"))),
        coverage_table(draft),
    )
    return draft.finish(
        [
            who,
            about(draft, "2"),
            looked,
            _grades(draft),
            _times(draft),
            *_findings(draft),
            _documents(draft),
            _stamp(draft),
            _limits(draft),
        ]
    )


def _grades(draft: Draft) -> Section:
    of, summary = draft.of, draft.audit.summary
    verdicts = of.audit("/verdicts")
    held = {verdict: draft.number(summary.verdicts.get(verdict, 0)) for verdict in HELD}
    said: list[Sentence] = [
        draft.say("grade_plain", verdicts, of.method("rules"), rows=held[Verdict.VIOLATION]),
        draft.say(
            "grade_disputed",
            verdicts,
            of.method("rules"),
            rows=held[Verdict.VIOLATION_CONTESTED],
        ),
        draft.say("grade_weak", of.findings("/reservations/*/warnings"), of.method("weak")),
        draft.say(
            "grade_later",
            verdicts,
            rows=draft.number(summary.verdicts.get(Verdict.POST_HOC, 0)),
        ),
    ]
    blocks: list[Block] = [paragraph_of(*said)]
    if summary.contested:
        counts = dict(sorted(summary.contested.items()))
        source = of.audit("/contested")
        blocks.append(reasons_table(draft, "contested", "document_contested", counts, source))
    return draft.section("dossier_grades", "4", *blocks)


def _times(draft: Draft) -> Section:
    of = draft.of
    intro = draft.say("timeline_intro", of.findings("/reservations/*/observed_at"))
    return draft.section("dossier_timeline", "5", paragraph_of(intro), timeline(draft))


def _findings(draft: Draft) -> Iterable[Section]:
    of, tally = draft.of, draft.audit.tally
    listed = tally.held
    graded: dict[str, list[Finding]] = {grade: [] for grade in STRENGTHS}
    for finding in listed:
        graded[strength(finding)].append(finding)
    sources = of.findings("/verdict"), of.findings("/contested")
    for place, grade in enumerate(STRENGTHS, 1):
        findings = graded[grade]
        said = f"{grade}_meaning" if findings else f"{grade}_none"
        blocks: list[Block] = [paragraph_of(draft.say(said, *sources))]
        if findings:
            blocks += evidence_rows(draft, findings, len(findings))
        yield draft.section(f"dossier_{grade}", f"6.{place}", *blocks)
    held = sum(draft.audit.summary.verdicts.get(verdict, 0) for verdict in HELD)
    if held > len(listed):
        more = draft.say(
            "findings_listed",
            *sources,
            listed=draft.number(len(listed)),
            rows=draft.number(held),
        )
        yield draft.section("dossier_more", "6.4", paragraph_of(more))


def _documents(draft: Draft) -> Section:
    of, tally = draft.of, draft.audit.tally
    digest = of.findings("/reservations/*/document/sha256")
    held = [one for one in tally.documents.values() if any(one.rows[verdict] for verdict in HELD)]
    said = [draft.say("documents_intro", digest)]
    if tally.unlisted:
        said.append(
            draft.say(
                "documents_more",
                digest,
                most=draft.number(MOST_DOCUMENTS),
                rows=draft.number(tally.unlisted),
            )
        )
    table = [document_table(draft, "documents", held)] if held else []
    return draft.section("dossier_documents", "7", paragraph_of(*said), *table)


def _stamp(draft: Draft) -> Section:
    of = draft.of
    rfc = of.law("rfc_3161")
    return draft.section(
        "dossier_stamp",
        "8",
        paragraph_of(draft.say("stamp_what", rfc, of.audit("/findings_sha256"))),
        draft.entry("stamped_findings", draft.audit.findings_sha256, of.audit("/findings_sha256")),
        draft.entry("stamped_coverage", draft.audit.coverage_sha256, of.audit("")),
        *(draft.asked(key, rfc) for key in STAMP),
    )


def _limits(draft: Draft) -> Section:
    of = draft.of
    return not_proved(
        draft,
        "9",
        draft.say("indication_only", of.law("ppl_220"), of.method("weak")),
        draft.say("not_training", of.method("corpus")),
        draft.say("rights_not_checked", of.details("indice.rightsholder")),
        draft.say("digest_proves", of.findings("/reservations/*/document/sha256")),
        draft.say("clock", of.audit("/history"), of.law("rfc_3161")),
    )
