"""The public summary of article 53(1)(d) of Regulation (EU) 2024/1689, as far as an audit goes.

Its parts and their numbers follow the template of the Commission, C(2025) 8311. The exact wording
of its fields and its thresholds were not read when this was written, and the paper says so. An
audit knows what it read: sizes in rows and bytes, modalities, hosts, crawlers, the period, what
protocols said. Whether that is all a model was trained on it cannot know.
"""

from __future__ import annotations

from collections.abc import Sequence

from provenance.rights.finding import Verdict
from service.documents.domains import Domains
from service.documents.draft import Draft, foreign, paragraph_of
from service.documents.parts import about, coverage_table, not_proved
from service.documents.protocols import protocol_rows
from service.documents.records import Block, Document, Entry, Section, Sentence, Table
from service.render.wording import DASH

__all__ = ["write"]

UNNUMBERED = ""
LARGE_DATASET = 0.03
"""Share above which a public data set is to be named."""


def write(draft: Draft) -> Document:
    """The pre-filled summary."""
    of = draft.of
    head = about(draft, UNNUMBERED)
    parts = [_general(draft), *_sources(draft), *_processing(draft)]
    end = not_proved(draft, UNNUMBERED, *_limits(draft))
    blanks = draft.number(len(draft.blanks))
    not_complete = of.law("ai_act_53_1_d"), of.method("blanks")
    first = paragraph_of(
        draft.say("not_complete", *not_complete, blanks=blanks),
        draft.say("template", of.law("template")),
        draft.say("form_not_read", of.law("template_form")),
    )
    opening = draft.section("status", UNNUMBERED, first)
    return draft.finish([opening, head, *parts, end])


def _ask(draft: Draft, *keys: str) -> list[Entry]:
    return [draft.asked(key, draft.of.law("template")) for key in keys]


def _general(draft: Draft) -> Section:
    summary, of, tally = draft.audit.summary, draft.of, draft.audit.tally
    size = Domains.of(summary).bytes
    blocks: list[Block] = [
        *_ask(draft, "provider", "provider_contact", "representative"),
        *_ask(draft, "model_names", "model_dependencies", "placed_on_market"),
        paragraph_of(draft.say("sizes", of.audit("/rows"), of.audit("/media"))),
        _modalities(draft),
        draft.entry(
            "bytes", draft.words.size(size) if size is not None else None, of.audit("/top_hosts")
        ),
        *_ask(draft, "size_ranges", "content_types"),
        draft.entry(
            "latest_copy",
            draft.day(tally.last_use) if tally.last_use else None,
            of.findings("/use/at"),
        ),
        *_ask(draft, "languages", "other_characteristics"),
    ]
    return draft.section("template_1", "1", *blocks)


def _modalities(draft: Draft) -> Table:
    source = draft.of.audit("/media")
    media = draft.audit.summary.media
    unknown = draft.audit.summary.judged - sum(media.values())
    rows: list[Sequence[str]] = [
        [draft.word("modality", name), draft.number(count)] for name, count in sorted(media.items())
    ]
    if unknown > 0:
        rows.append([draft.word("document", "modality_unknown"), draft.number(unknown)])
    columns = [draft.column("modality", source), draft.column("rows", source)]
    return draft.table("modalities", columns, rows)


def _sources(draft: Draft) -> list[Section]:
    of = draft.of
    large = draft.say("large_datasets", of.law("template_thresholds"), share=LARGE_DATASET)
    return [
        draft.section("template_2", "2"),
        draft.section("template_2_1", "2.1", paragraph_of(large), *_ask(draft, "public_datasets")),
        draft.section("template_2_2", "2.2"),
        draft.section("template_2_2_1", "2.2.1", *_licensed(draft), *_ask(draft, "licensed_data")),
        draft.section("template_2_2_2", "2.2.2", *_ask(draft, "other_private_data")),
        draft.section("template_2_3", "2.3", *_scraped(draft)),
        draft.section("template_2_4", "2.4", *_ask(draft, "user_data")),
        draft.section("template_2_5", "2.5", *_ask(draft, "synthetic_data")),
        draft.section("template_2_6", "2.6", *_ask(draft, "other_sources")),
    ]


def _licensed(draft: Draft) -> list[Block]:
    licensed = draft.audit.summary.verdicts.get(Verdict.LICENSED, 0)
    if not licensed:
        return []
    source = draft.of.audit("/verdicts/licensed")
    return [paragraph_of(draft.say("licensed_rows", source, rows=draft.number(licensed)))]


def _scraped(draft: Draft) -> list[Block]:
    summary, tally, of = draft.audit.summary, draft.audit.tally, draft.of
    crawlers = ", ".join(
        draft.say(
            "counted", of.audit("/agents_seen"), name=foreign(name), rows=draft.number(count)
        ).text
        for name, count in sorted(summary.agents_seen.items(), key=lambda one: (-one[1], one[0]))
    )
    period = None
    if tally.first_use and tally.last_use:
        period = f"{draft.day(tally.first_use)} {DASH} {draft.day(tally.last_use)}"
    undated = draft.say("undated", of.findings("/use/at"), rows=draft.number(tally.undated))
    return [
        draft.entry("crawlers", crawlers or None, of.audit("/agents_seen")),
        *_ask(draft, "crawler_purposes", "crawler_behaviour"),
        draft.entry("period", period, of.findings("/use/at")),
        *([paragraph_of(undated)] if tally.undated else []),
        *_ask(draft, "scraped_content"),
        *_domains(draft),
    ]


def _domains(draft: Draft) -> list[Block]:
    of = draft.of
    sme = bool(getattr(draft.details, "sme", False))
    domains = Domains.of(draft.audit.summary, sme=sme)
    size = "domains_by_bytes" if domains.by_bytes else "domains_by_rows"
    thresholds = of.law("template_thresholds")
    said: list[Sentence] = [
        draft.say("domains_sme" if sme else "domains_rule", thresholds),
        draft.say(
            "domains_shown",
            of.audit("/hosts"),
            of.audit("/top_hosts"),
            shown=draft.number(len(domains.shown)),
            asked=draft.number(domains.asked),
            hosts=draft.number(draft.audit.summary.hosts),
        ),
        draft.say(size, of.audit("/top_hosts")),
        draft.say("hosts_not_domains", of.method("hosts")),
    ]
    source = of.audit("/top_hosts")
    names = ("host", "rows", "bytes", "observed")
    rows = [
        [
            foreign(host.host),
            draft.number(host.rows),
            draft.words.size(host.bytes) if host.bytes is not None else DASH,
            draft.words.yes_no(host.observed),
        ]
        for host in domains.shown
    ]
    table = draft.table(
        "domains", [draft.column(name, source) for name in names], rows, domains.asked
    )
    blocks: list[Block] = [paragraph_of(*said), table]
    if domains.asked > len(domains.shown):
        blocks.append(draft.entry("domains_rest", None, source))
    return blocks


def _processing(draft: Draft) -> list[Section]:
    of = draft.of
    table, rows = protocol_rows(draft)
    honoured: list[Block] = [
        *_ask(draft, "code_signatory", "reservation_measures"),
        paragraph_of(draft.say("read_not_honoured", of.audit("/protocols"), of.method("rules"))),
        coverage_table(draft),
        *([table] if rows else [paragraph_of(draft.say("no_protocol", of.audit("/protocols")))]),
    ]
    return [
        draft.section("template_3", "3"),
        draft.section("template_3_1", "3.1", *honoured),
        draft.section("template_3_2", "3.2", *_ask(draft, "illegal_content")),
        draft.section("template_3_3", "3.3", *_ask(draft, "other_processing")),
    ]


def _limits(draft: Draft) -> list[Sentence]:
    of = draft.of
    return [
        draft.say("not_the_summary", of.law("ai_act_53_1_d"), of.method("blanks")),
        draft.say("not_training", of.method("corpus")),
        draft.say("thresholds_not_read", of.law("template_thresholds")),
    ]
