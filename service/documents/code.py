"""The matrix for measure 1.3 of the copyright chapter of the Code of Practice for GPAI models.

Measure 1.3 (a) asks crawlers to follow robots.txt (RFC 9309) and what the IETF adds to it; (b) to
identify and comply with other appropriate machine-readable protocols. For each protocol the paper
puts side by side what the provider states and what the audit shows of it. The same stands in
`protocols_honoured.json` for programs.
"""

from __future__ import annotations

import json
from datetime import UTC

from provenance.rights.finding import Verdict
from service.documents.details import CodeDetails
from service.documents.draft import Draft, foreign, paragraph_of
from service.documents.parts import about, coverage_table, not_proved
from service.documents.protocols import CODE_1_3_A, ProtocolLine, protocol_lines
from service.documents.records import Document, Section, Table

__all__ = ["HONOURED_SCHEMA", "honoured_json", "write"]

HONOURED_SCHEMA = "assay/protocols-honoured/1"
OTHER = (
    Verdict.POST_HOC,
    Verdict.CONDITIONAL,
    Verdict.COMPLIANT,
    Verdict.LICENSED,
    Verdict.EXEMPT_CLAIMED,
    Verdict.UNDETERMINED,
)


def write(draft: Draft) -> Document:
    """The matrix."""
    of = draft.of
    code = of.law("code_1_3")
    provider = draft.section(
        "provider",
        "2",
        *(draft.asked(key, of.law("code")) for key in ("provider", "code_signatory", "policy")),
        *(draft.asked(key, of.law("code")) for key in ("crawlers", "contact_point")),
    )
    measure = draft.section(
        "measure_1_3",
        "3",
        paragraph_of(
            draft.say("measure_a", code),
            draft.say("measure_b", code, of.standing()),
            draft.say("no_list", of.standing(), of.law("consultation")),
        ),
        paragraph_of(
            draft.say("how_to_read", of.method("honoured")),
            draft.say("stated", of.details("code.honoured")),
        ),
        _matrix(draft, "matrix_a", in_a=True),
        _matrix(draft, "matrix_b", in_a=False),
    )
    looked = draft.section(
        "coverage",
        "4",
        paragraph_of(draft.say("coverage_intro", of.audit("/channels"))),
        coverage_table(draft),
    )
    return draft.finish(
        [about(draft, "1"), provider, measure, _other_rows(draft), looked, _limits(draft)]
    )


def _stated(draft: Draft) -> dict[str, bool]:
    return draft.details.honoured if isinstance(draft.details, CodeDetails) else {}


def _matrix(draft: Draft, code: str, *, in_a: bool) -> Table:
    of, stated = draft.of, _stated(draft)
    reservations = of.findings("/reservations/*/purposes")
    verdict = of.findings("/verdict")
    columns = [
        draft.column("protocol", of.standing()),
        draft.column("standing", of.standing()),
        draft.column("honoured", of.details("code.honoured")),
        draft.column("shown", reservations, verdict),
        draft.column("first_seen", of.audit("/protocols")),
        draft.column("reserved", reservations, verdict),
        draft.column("in_spite", reservations, verdict),
        draft.column("contested", reservations, verdict),
    ]
    rows = []
    for line in protocol_lines(draft.audit):
        if (line.protocol in CODE_1_3_A) is not in_a:
            continue
        said = stated.get(line.protocol)
        rows.append(
            [
                foreign(line.protocol),
                line.standing,
                None if said is None else draft.words.yes_no(said),
                draft.word("document_shown", line.shown.value),
                draft.day(line.first_seen),
                draft.number(line.tally.reserved),
                draft.number(line.tally.reserving[Verdict.VIOLATION]),
                draft.number(line.tally.reserving[Verdict.VIOLATION_CONTESTED]),
            ]
        )
    return draft.table(code, columns, rows)


def _other_rows(draft: Draft) -> Section:
    """What became of the reserved rows that did not come to a use in spite of a reservation."""
    of = draft.of
    sources = of.findings("/reservations/*/purposes"), of.findings("/verdict")
    columns = [
        draft.column("protocol", sources[0]),
        *(draft.column(f"verdict_{verdict.value}", *sources) for verdict in OTHER),
    ]
    rows = [
        [
            foreign(line.protocol),
            *(draft.number(line.tally.reserving[verdict]) for verdict in OTHER),
        ]
        for line in protocol_lines(draft.audit)
        if line.tally.reserving
    ]
    said = paragraph_of(
        draft.say("other_rows", *sources), draft.say("several_protocols", sources[0])
    )
    table = draft.table("other_rows", columns, rows)
    return draft.section("other_rows", "3.1", said, *([table] if rows else []))


def _limits(draft: Draft) -> Section:
    of = draft.of
    return not_proved(
        draft,
        "5",
        draft.say("not_honoured", of.method("honoured")),
        draft.say("not_adherence", of.law("code")),
        draft.say("first_seen_is_ours", of.audit("/protocols"), of.audit("/history")),
    )


def honoured_json(draft: Draft) -> str:
    """`protocols_honoured.json`: the matrix for programs, the same in every language."""
    stated = _stated(draft)
    document = {
        "schema": HONOURED_SCHEMA,
        "written_from": {
            "assay": draft.audit.summary.assay,
            "finished_at": draft.audit.finished_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "coverage_sha256": draft.audit.coverage_sha256,
            "findings_sha256": draft.audit.findings_sha256,
            "standing_table": draft.audit.summary.standing.model_dump(mode="json"),
        },
        "protocols": [
            _entry(line, stated.get(line.protocol)) for line in protocol_lines(draft.audit)
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _entry(line: ProtocolLine, stated: bool | None) -> dict[str, object]:  # noqa: FBT001
    first = line.first_seen
    return {
        "protocol": line.protocol,
        "measure": "1.3(a)" if line.protocol in CODE_1_3_A else "1.3(b)",
        "standing": line.standing,
        "stated": stated,
        "shown": line.shown.value,
        "first_seen": first and first.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "rows": {
            "reserved": line.tally.reserved,
            **{verdict.value: line.tally.reserving[verdict] for verdict in Verdict},
        },
    }
