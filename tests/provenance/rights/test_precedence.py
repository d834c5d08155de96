"""What a protocol's own chain sets aside, and where a protocol contradicts itself."""

from __future__ import annotations

from provenance.evidence import NotRunReason, ReservationState
from provenance.rights.precedence import settled
from provenance.rights.records import Channel, Formal, not_looked, reservation

RESERVED, ALLOWED = ReservationState.RESERVED, ReservationState.ALLOWED


def statement(channel, state=RESERVED, *, protocol="tdmrep", purpose="tdm", **more):
    return reservation(
        source="test",
        protocol=protocol,
        channel=channel,
        scope="asset",
        purposes={purpose: state},
        native_value="x",
        location="x",
        body=b"x",
        **more,
    )


def marks(*records):
    return [tuple(one.warnings) for one in settled(records)]


def test_what_agrees_is_set_aside_without_a_conflict():
    found = marks(statement(Channel.TDMREP_JSON), statement(Channel.HEADERS))
    assert found == [("superseded",), ()]


def test_the_chain_ends_in_the_work_itself():
    channels = (Channel.EMBEDDED, Channel.PAGE, Channel.HEADERS, Channel.TDMREP_JSON)
    found = marks(
        *(statement(one, ALLOWED if n == 0 else RESERVED) for n, one in enumerate(channels))
    )
    conflict = "intra_protocol_conflict"
    assert found == [(conflict,), *[("superseded", conflict)] * 3]


def test_silence_resets_nothing():
    file = statement(Channel.TDMREP_JSON)
    assert settled((file,)) == (file,)
    unset = statement(Channel.HEADERS, ReservationState.UNKNOWN, formal=Formal.MALFORMED)
    assert marks(file, unset) == [(), ()]


def test_what_breaks_the_protocol_supersedes_nothing():
    wrong = statement(Channel.PAGE, ALLOWED, formal=Formal.MALFORMED)
    found = marks(statement(Channel.HEADERS), wrong)
    assert found == [("intra_protocol_conflict",), ("intra_protocol_conflict",)]


def test_a_protocol_without_a_chain_sets_nothing_aside():
    found = marks(
        statement(Channel.ROBOTS_TXT, protocol="aipref"),
        statement(Channel.HEADERS, ALLOWED, protocol="aipref"),
    )
    assert found == [("intra_protocol_conflict",), ("intra_protocol_conflict",)]


def test_protocols_do_not_conflict_with_each_other():
    records = (statement(Channel.HEADERS), statement(Channel.HEADERS, ALLOWED, protocol="aipref"))
    assert settled(records) == records


def test_statements_for_others_do_not_conflict():
    own = statement(Channel.ROBOTS_TXT, ALLOWED, protocol="aipref")
    other = statement(Channel.ROBOTS_TXT, protocol="aipref", agent="GPTBot")
    site = statement(Channel.ROBOTS_TXT, protocol="aipref", warnings=["site_level: x"])
    assert settled((own, other, site)) == (own, other, site)


def test_parts_and_what_did_not_run_are_left_alone():
    part = statement(Channel.EMBEDDED, ALLOWED, part="picture/0")
    silent = not_looked("tdmrep", NotRunReason.LIMIT, "x")
    records = (statement(Channel.HEADERS), part, silent)
    assert settled(records) == records


def test_marking_twice_marks_once():
    once = settled((statement(Channel.TDMREP_JSON, ALLOWED), statement(Channel.HEADERS)))
    assert settled(once) == once
