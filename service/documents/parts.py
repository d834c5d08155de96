"""The parts that stand in every paper: what was audited, what was looked at, what is not proved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from provenance.rights.finding import Because, Looked, Verdict
from provenance.rights.records import Channel
from service.documents.draft import Draft, foreign, paragraph_of
from service.documents.records import Block, Section, Sentence, Source, Table

__all__ = [
    "about",
    "coverage_table",
    "not_looked_at",
    "not_proved",
    "reasons_table",
    "results_table",
]


def about(draft: Draft, number: str) -> Section:
    """What was audited, when, with what; and that a person must read the paper."""
    summary, of = draft.audit.summary, draft.of
    asked = of.audit("/purpose"), of.audit("/agent"), of.audit("/at")
    blocks: list[Block] = [
        paragraph_of(
            draft.say(
                "made",
                of.audit("/assay"),
                of.audit("/finished_at"),
                version=foreign(summary.assay),
                moment=draft.day(draft.audit.finished_at),
            ),
            draft.say("for_a_person", of.method("draft")),
        ),
        draft.entry(
            "input", foreign(summary.input.name), of.audit("/input/name"), of.audit("/input/kind")
        ),
        draft.entry(
            "input_sha256",
            summary.input.sha256 or draft.say("folder", of.audit("/input/sha256")).text,
            of.audit("/input/sha256"),
        ),
        draft.entry("rows", draft.number(summary.rows), of.audit("/rows")),
        draft.entry("judged", draft.number(summary.judged), of.audit("/judged")),
        draft.entry(
            "unreadable", draft.number(sum(summary.unreadable.values())), of.audit("/unreadable")
        ),
        draft.entry("purpose", draft.word("purpose", summary.purpose), asked[0]),
        draft.entry("agent", foreign(summary.agent or "") or _by_row(draft), asked[1]),
        draft.entry("at", foreign(summary.at or "") or _by_row(draft), asked[2]),
        draft.entry("findings_sha256", draft.audit.findings_sha256, of.audit("/findings_sha256")),
        draft.entry("agents_table", summary.agents.date.isoformat(), of.audit("/agents/date")),
        draft.entry(
            "standing_table", summary.standing.date.isoformat(), of.audit("/standing/date")
        ),
    ]
    if summary.sampled is not None:
        sampled = draft.say("sampled", of.audit("/sampled"), share=summary.sampled)
        blocks.insert(1, paragraph_of(sampled))
    return draft.section("about", number, *blocks)


def _by_row(draft: Draft) -> str:
    return draft.say("by_row", draft.of.findings("/use")).text


def coverage_table(draft: Draft) -> Table:
    """Each channel and what became of it, by rows."""
    channels, of = draft.audit.summary.channels, draft.of
    looked = (Looked.READ, Looked.ABSENT, Looked.NOT_LOOKED)
    known = [channel.value for channel in Channel if channel.value in channels]
    others = [name for name in channels if name not in known]
    return draft.table(
        "coverage",
        [
            draft.column("channel", of.audit("/channels")),
            *(draft.column(how.value, of.audit("/channels")) for how in looked),
        ],
        [
            [foreign(name), *(draft.number(channels[name].get(how, 0)) for how in looked)]
            for name in (*known, *others)
        ],
    )


def not_looked_at(draft: Draft) -> tuple[str, ...]:
    """The channels that were not looked at for any row."""
    counted = draft.audit.summary.channels
    return tuple(
        channel.value
        for channel in Channel
        if not any(
            count
            for how, count in counted.get(channel.value, {}).items()
            if how is not Looked.NOT_LOOKED
        )
    )


def results_table(draft: Draft) -> Table:
    """Rows by verdict, all verdicts, also those with none; the undetermined ones by reason."""
    summary, of = draft.audit.summary, draft.of
    rows = []
    for verdict in Verdict:
        count = draft.number(summary.verdicts.get(verdict, 0))
        meaning = draft.word("document_verdict", verdict.value)
        rows.append([draft.word("use_verdict", verdict.value), count, meaning])
        if verdict is Verdict.UNDETERMINED:
            rows += [
                [
                    draft.word("document_because", because.value),
                    draft.number(summary.undetermined_because.get(because, 0)),
                    draft.word("undetermined_because", because.value),
                ]
                for because in Because
            ]
    return draft.table(
        "results",
        [
            draft.column("verdict", of.audit("/verdicts"), of.audit("/undetermined_because")),
            draft.column("rows", of.audit("/verdicts"), of.audit("/undetermined_because")),
            draft.column("meaning", of.method("rules")),
        ],
        rows,
    )


def reasons_table(
    draft: Draft, name: str, section: str, counts: Mapping[str, int], source: Source
) -> Table:
    """Rows by reason.

    Args:
        draft: what the paper is written with.
        name: of the table.
        section: that has the words for the reasons.
        counts: rows by reason, in the order shown.
        source: where they stand.
    """
    return draft.table(
        name,
        [draft.column("why", source), draft.column("rows", source)],
        [[draft.word(section, why), draft.number(count)] for why, count in counts.items()],
    )


def not_proved(draft: Draft, number: str, *own: Sentence) -> Section:
    """What the paper does not prove: its own limits first, then those of every audit."""
    return draft.section(
        "not_proved", number, paragraph_of(*own), paragraph_of(*_limits_of_audits(draft))
    )


def _limits_of_audits(draft: Draft) -> Iterable[Sentence]:
    of = draft.of
    yield draft.say("silence", of.audit("/channels"), of.method("rules"))
    if unseen := not_looked_at(draft):
        yield draft.say("not_looked_at", of.audit("/channels"), channels=", ".join(unseen))
    yield draft.say(
        "only_input", of.audit("/input/name"), name=foreign(draft.audit.summary.input.name)
    )
    yield draft.say("as_given", of.audit("/actor"), of.audit("/claims"))
    yield draft.say("between", of.audit("/history"), of.method("time"))
    yield draft.say("not_settled", of.law("dsm_4_3"), of.standing())
    yield draft.say("no_advice", of.method("draft"))
