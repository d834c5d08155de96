"""A developer's answer: what was reserved and kept, what was looked at and when, what is open.

It is written from the same audit as a rightsholder's dossier and leaves nothing out of it: what
stands against the developer has a part of its own. Licences and the research exception are shown
as claimed.
"""

from __future__ import annotations

from provenance.rights.finding import Because, Verdict
from service.documents.draft import Draft, foreign, paragraph_of
from service.documents.evidence import evidence_rows
from service.documents.parts import (
    about,
    coverage_table,
    not_looked_at,
    not_proved,
    reasons_table,
    results_table,
)
from service.documents.protocols import protocol_rows
from service.documents.records import Block, Document, Section, Sentence
from service.documents.tally import HELD, WITHIN
from service.render.wording import DASH

__all__ = ["write"]

MOST_CLAIMS = 50


def write(draft: Draft) -> Document:
    """The pack."""
    return draft.finish(
        [
            _who(draft),
            about(draft, "2"),
            _results(draft),
            _looked(draft),
            _histories(draft),
            _kept(draft),
            _claims(draft),
            _against(draft),
            _open(draft),
            _limits(draft),
        ]
    )


def _who(draft: Draft) -> Section:
    of = draft.of
    law = of.law("dsm_4_3")
    return draft.section(
        "answer_who",
        "1",
        paragraph_of(draft.say("answer_is", law, of.law("ai_act_53_1_c"))),
        draft.asked("developer", law),
        draft.asked("system", law),
        draft.asked("policy", of.law("ai_act_53_1_c")),
        draft.asked("contact_point", of.law("code")),
    )


def _results(draft: Draft) -> Section:
    of = draft.of
    said = draft.say("results_intro", of.audit("/verdicts"), of.method("rules"))
    return draft.section("answer_results", "3", paragraph_of(said), results_table(draft))


def _looked(draft: Draft) -> Section:
    of, summary = draft.of, draft.audit.summary
    said: list[Sentence] = [
        draft.say("coverage_intro", of.audit("/channels")),
        draft.say(
            "hosts_observed",
            of.audit("/hosts"),
            of.audit("/observed_hosts"),
            hosts=draft.number(summary.hosts),
            observed=draft.number(summary.observed_hosts),
        ),
    ]
    if unseen := not_looked_at(draft):
        said.append(draft.say("not_looked_at", of.audit("/channels"), channels=", ".join(unseen)))
    return draft.section("coverage", "4", paragraph_of(*said), coverage_table(draft))


def _histories(draft: Draft) -> Section:
    of, history = draft.of, draft.audit.summary.history
    source = of.audit("/history")
    if not history:
        return draft.section("answer_history", "5", paragraph_of(draft.say("no_history", source)))
    names = ("name", "read_as", "hosts", "observations", "first", "last")
    rows = [
        [
            foreign(one.name),
            one.kind,
            draft.number(one.hosts),
            draft.number(one.observations),
            draft.day(one.first),
            draft.day(one.last),
        ]
        for one in history
    ]
    table = draft.table("history", [draft.column(name, source) for name in names], rows)
    said = draft.say("history_intro", source, of.method("time"))
    return draft.section("answer_history", "5", paragraph_of(said), table)


def _kept(draft: Draft) -> Section:
    of, tally = draft.of, draft.audit.tally
    sources = of.findings("/reservations/*/purposes"), of.findings("/verdict")
    said = draft.say("kept", *sources, rows=draft.number(tally.within.total()))
    columns = [draft.column("verdict", sources[1]), draft.column("rows", *sources)]
    rows = [
        [draft.word("use_verdict", verdict.value), draft.number(tally.within[verdict])]
        for verdict in WITHIN
    ]
    blocks: list[Block] = [
        paragraph_of(said, draft.say("kept_corpus", of.audit("/input/kind"))),
        draft.table("kept", columns, rows),
    ]
    table, count = protocol_rows(draft)
    if count:
        blocks.append(table)
    blocks.append(draft.asked("measures_taken", of.law("ai_act_53_1_c")))
    return draft.section("answer_kept", "6", *blocks)


def _claims(draft: Draft) -> Section:
    of, tally, summary = draft.of, draft.audit.tally, draft.audit.summary
    claims = of.audit("/claims")
    said = [draft.say("claims_not_checked", claims, of.law("dsm_3"))]
    path = of.findings("/rule_path")
    kinds = (("licence", tally.licences), ("research", tally.research))
    rows = [
        [draft.word("document", kind), foreign(claim), draft.number(count)]
        for kind, counted in kinds
        for claim, count in counted.most_common()
    ]
    columns = [
        draft.column("claim_kind", path),
        draft.column("claim", path),
        draft.column("rows", path),
    ]
    given = "\n".join(foreign(claim) for claim in summary.claims) or DASH
    blocks: list[Block] = [paragraph_of(*said), draft.entry("claims", given, claims)]
    if rows:
        blocks.append(draft.table("claims", columns, rows[:MOST_CLAIMS], len(rows)))
    blocks += [draft.asked("licences", claims), draft.asked("research_status", of.law("dsm_3"))]
    return draft.section("answer_claims", "7", *blocks)


def _against(draft: Draft) -> Section:
    of, tally, summary = draft.of, draft.audit.tally, draft.audit.summary
    counts = {verdict: summary.verdicts.get(verdict, 0) for verdict in HELD}
    said = draft.say(
        "against",
        of.audit("/verdicts"),
        plain=draft.number(counts[Verdict.VIOLATION]),
        disputed=draft.number(counts[Verdict.VIOLATION_CONTESTED]),
    )
    rows = evidence_rows(draft, tally.held, sum(counts.values())) if tally.held else []
    return draft.section("answer_against", "8", paragraph_of(said), *rows)


def _open(draft: Draft) -> Section:
    of, summary = draft.of, draft.audit.summary
    source = of.audit("/undetermined_because")
    total = summary.verdicts.get(Verdict.UNDETERMINED, 0)
    said = draft.say("open", of.audit("/verdicts"), rows=draft.number(total))
    reasons = {because.value: summary.undetermined_because.get(because, 0) for because in Because}
    blocks: list[Block] = [
        paragraph_of(said),
        reasons_table(draft, "open", "undetermined_because", reasons, source),
    ]
    if summary.unreadable:
        counts = dict(sorted(summary.unreadable.items()))
        source = of.audit("/unreadable")
        blocks.append(reasons_table(draft, "unreadable", "document_unreadable", counts, source))
    return draft.section("answer_open", "9", *blocks)


def _limits(draft: Draft) -> Section:
    of = draft.of
    return not_proved(
        draft,
        "10",
        draft.say("compliance_not_shown", of.audit("/channels"), of.method("rules")),
        draft.say("corpus_as_given", of.audit("/input/name")),
        draft.say("claims_open", of.audit("/claims"), of.law("dsm_3")),
        draft.say("outside_eu", of.findings("/use/jurisdiction"), of.law("dsm_4_3")),
    )
