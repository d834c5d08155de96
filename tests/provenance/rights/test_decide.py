"""The decision about one use, rule by rule."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.evidence import ReservationState
from provenance.rights.decide import Claims, Known, When, decide
from provenance.rights.finding import Because, Looked, Use, Verdict
from provenance.rights.purposes import PURPOSES
from provenance.rights.records import Authority, Channel, Formal, reservation
from provenance.rights.standing import table

RESERVED, ALLOWED = ReservationState.RESERVED, ReservationState.ALLOWED
CONDITIONAL, UNKNOWN = ReservationState.CONDITIONAL, ReservationState.UNKNOWN
USED = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
USE = Use(agent="GPTBot", purpose="train-genai", at=USED)
NO_CLAIMS = Claims()
ROBOTS_READ = {Channel.ROBOTS_TXT: Looked.READ}


def said(state=RESERVED, **given):
    purposes = given.pop("purposes", {"train-genai": state})
    return reservation(
        **{
            "source": "tests",
            "protocol": "robots.txt",
            "channel": Channel.ROBOTS_TXT,
            "scope": "origin",
            "purposes": purposes,
            "native_value": "Disallow: /",
            "location": "https://a.example/robots.txt",
            "body": b"User-agent: GPTBot\nDisallow: /\n",
            "authority": Authority.ORIGIN_CONTROLLED,
        }
        | given
    )


def judged(*records, use=USE, claims=NO_CLAIMS, **known):
    known = {"before": records, "after": records, "coverage": ROBOTS_READ} | known
    return decide("https://a.example/x", use, Known(**known), table(), claims)


def test_a_valid_reservation_of_accepted_standing_is_a_violation():
    finding = judged(said(agent="GPTBot"))
    assert finding.verdict is Verdict.VIOLATION
    assert finding.rule_path == (
        "protocol: robots.txt reserved",
        "standing: robots.txt A",
        "verdict: violation",
    )
    assert finding.reservations == (said(agent="GPTBot"),)
    assert finding.contested == ()


@pytest.mark.parametrize(
    ("record", "why"),
    [
        (said(protocol="content-signals"), "standing_C"),
        (said(protocol="natural-language"), "standing_D"),
        (said(formal=Formal.MALFORMED), "form_malformed"),
        (said(formal=Formal.NONCONFORMING), "form_nonconforming"),
        (said(warnings=["scope_ambiguous: inside a group"]), "scope_ambiguous"),
        (said(warnings=["contested"]), "contested"),
    ],
)
def test_what_can_be_disputed_is_contested_and_says_why(record, why):
    finding = judged(record)
    assert finding.verdict is Verdict.VIOLATION_CONTESTED
    assert finding.contested == (why,)


def test_one_reservation_without_dispute_is_enough():
    finding = judged(said(protocol="natural-language"), said(protocol="tdmrep"))
    assert finding.verdict is Verdict.VIOLATION


def test_standing_is_that_of_the_time_of_the_use():
    early = USE.model_copy(update={"at": dt.datetime(2023, 9, 1, tzinfo=dt.UTC)})
    assert "standing: robots.txt B" in judged(said(), use=early).rule_path


def test_what_is_said_to_another_agent_is_not_said_to_this_one():
    assert judged(said(agent="CCBot")).verdict is Verdict.NO_RESERVATION_FOUND
    nobody = USE.model_copy(update={"agent": None})
    assert judged(said(agent="CCBot"), use=nobody).verdict is Verdict.VIOLATION


def test_a_control_token_speaks_of_the_use_whoever_fetched_it():
    record = said(agent="Google-Extended", warnings=["control_token"])
    bot = USE.model_copy(update={"agent": "Googlebot"})
    assert judged(record, use=bot).verdict is Verdict.VIOLATION


@pytest.mark.parametrize("broader", ["train-genai", "train-ai", "tdm"])
def test_what_is_reserved_broadly_is_reserved_narrowly(broader):
    assert judged(said(purposes={broader: RESERVED})).verdict is Verdict.VIOLATION


@pytest.mark.parametrize("other", ["search", "ai-input", "ai-index", "train-nongen"])
def test_and_nothing_follows_upwards_or_sideways(other):
    assert judged(said(purposes={other: RESERVED})).verdict is Verdict.NO_RESERVATION_FOUND
    mining = USE.model_copy(update={"purpose": "tdm"})
    assert judged(said(), use=mining).verdict is Verdict.NO_RESERVATION_FOUND


def test_a_permission_does_not_lift_the_reservation_of_another_protocol():
    finding = judged(said(ALLOWED), said(protocol="tdmrep"))
    assert finding.verdict is Verdict.VIOLATION
    assert "across_protocols: reserved" in finding.rule_path
    assert "protocols_disagree" in finding.rule_path


def test_what_is_superseded_within_its_protocol_does_not_count():
    finding = judged(said(protocol="tdmrep", warnings=["superseded: by the page"]))
    assert finding.verdict is Verdict.NO_RESERVATION_FOUND


def signed(state, day, **given):
    moment = dt.datetime(2026, 1, day, tzinfo=dt.UTC)
    return said(
        state,
        **{
            "protocol": "cawg-training-mining",
            "channel": Channel.EMBEDDED,
            "authority": Authority.SIGNED_TRUSTED,
            "valid_from": moment,
        }
        | given,
    )


def test_the_same_authority_may_permit_what_it_reserved_before():
    finding = judged(signed(RESERVED, 1), signed(ALLOWED, 2))
    assert finding.verdict is Verdict.COMPLIANT
    assert "authorised_override" in finding.rule_path


def test_an_older_permission_or_one_of_another_authority_may_not():
    assert judged(signed(RESERVED, 2), signed(ALLOWED, 1)).verdict is Verdict.VIOLATION
    theirs = signed(ALLOWED, 2, authority=Authority.RIGHTSHOLDER)
    assert judged(signed(RESERVED, 1), theirs).verdict is Verdict.VIOLATION


def test_a_permission_from_nobody_in_particular_is_none():
    assert judged(said(ALLOWED)).verdict is Verdict.COMPLIANT
    unsigned = said(ALLOWED, authority=Authority.UNKNOWN)
    assert judged(unsigned).verdict is Verdict.NO_RESERVATION_FOUND
    malformed = said(ALLOWED, formal=Formal.MALFORMED)
    assert judged(malformed).verdict is Verdict.NO_RESERVATION_FOUND


def test_mining_that_is_expressly_not_reserved_leaves_training_free():
    opened = said(purposes={"tdm": ALLOWED}, protocol="tdmrep")
    finding = judged(opened)
    assert finding.verdict is Verdict.COMPLIANT
    assert "mining_not_reserved" in finding.rule_path
    searching = USE.model_copy(update={"purpose": "search"})
    assert judged(opened, use=searching).verdict is Verdict.NO_RESERVATION_FOUND
    assert judged(opened, said(protocol="aipref")).verdict is Verdict.VIOLATION
    elsewhere = said(purposes={"tdm": ALLOWED}, protocol="cawg-training-mining")
    assert judged(elsewhere).verdict is Verdict.NO_RESERVATION_FOUND


def test_conditions_are_neither_permission_nor_violation():
    assert judged(said(CONDITIONAL)).verdict is Verdict.CONDITIONAL


def test_what_cannot_be_read_is_never_a_permission():
    finding = judged(said(ALLOWED), said(UNKNOWN, protocol="aipref"))
    assert finding.verdict is Verdict.UNDETERMINED
    assert finding.undetermined_because is Because.COVERAGE


def test_a_document_that_did_not_answer_leaves_it_open_unless_another_reserves():
    failed = {"failed": (Channel.TDMREP_JSON,)}
    assert judged(**failed).undetermined_because is Because.FETCH
    assert judged(said(ALLOWED), **failed).undetermined_because is Because.FETCH
    assert judged(said(), **failed).verdict is Verdict.VIOLATION


def test_where_nothing_was_looked_at_nothing_is_said():
    finding = judged(coverage={Channel.ROBOTS_TXT: Looked.NOT_LOOKED})
    assert finding.verdict is Verdict.UNDETERMINED
    assert finding.undetermined_because is Because.COVERAGE
    assert judged().coverage == {"robots.txt": Looked.READ}


# Time


def test_two_observations_that_lead_to_one_answer_give_it():
    times = {Channel.ROBOTS_TXT: When.BETWEEN}
    finding = judged(before=(said(),), after=(said(native_value="other"),), times=times)
    assert finding.verdict is Verdict.VIOLATION
    assert finding.rule_path[0] == "time: robots.txt between"


def test_two_observations_that_differ_leave_it_open_whichever_came_first():
    for before, after in (((), (said(),)), ((said(),), ())):
        finding = judged(before=before, after=after, times={Channel.ROBOTS_TXT: When.BETWEEN})
        assert finding.verdict is Verdict.UNDETERMINED
        assert finding.undetermined_because is Because.TIME


@pytest.mark.parametrize("when", [When.BEFORE, When.STALE, When.UNKNOWN])
def test_what_cannot_be_held_against_the_time_is_shown_and_decides_nothing(when):
    finding = judged(before=(), after=(), undated=(said(),), times={Channel.ROBOTS_TXT: when})
    assert finding.verdict is Verdict.UNDETERMINED
    assert finding.undetermined_because is Because.TIME
    assert finding.reservations == (said(),)


def test_what_came_with_the_copy_needs_no_history():
    header = said(protocol="tdmrep", channel=Channel.HEADERS)
    times = {Channel.ROBOTS_TXT: When.BEFORE}
    assert judged(header, times=times).verdict is Verdict.VIOLATION


def test_a_state_carried_forward_accuses_nobody_for_sure():
    finding = judged(said(warnings=["carried_forward: last seen before"]))
    assert finding.verdict is Verdict.VIOLATION_CONTESTED
    assert finding.contested == ("carried_forward",)


def test_what_was_reserved_since_is_told_and_not_held_against_the_copy():
    finding = judged(later=(said(),))
    assert finding.verdict is Verdict.POST_HOC
    assert finding.reservations == (said(),)
    signed_later = signed(RESERVED, 1, valid_from=USED + dt.timedelta(days=9))
    assert judged(signed_later).verdict is Verdict.POST_HOC


def test_a_statement_that_had_ended_does_not_count():
    ended = said().model_copy(update={"valid_to": USED - dt.timedelta(days=1)})
    assert judged(ended).verdict is Verdict.NO_RESERVATION_FOUND


# Claims


def test_claims_are_reported_as_claims():
    licensed = judged(said(), claims=Claims(licence="contract 7"))
    assert licensed.verdict is Verdict.LICENSED
    assert licensed.rule_path[0] == "licence_claimed: contract 7"
    exempt = judged(said(), claims=Claims(research="a university"))
    assert exempt.verdict is Verdict.EXEMPT_CLAIMED
    assert judged(claims=Claims(research="a university")).verdict is Verdict.NO_RESERVATION_FOUND


# What holds always

records = st.builds(
    said,
    st.sampled_from(list(ReservationState)),
    protocol=st.sampled_from(["robots.txt", "tdmrep", "rsl", "natural-language", "nowhere"]),
    formal=st.sampled_from(list(Formal)),
    authority=st.sampled_from(list(Authority)),
    agent=st.sampled_from([None, "*", "GPTBot", "gptbot", "CCBot"]),
    channel=st.sampled_from(list(Channel)),
)


@given(st.lists(records, max_size=6), st.sampled_from(PURPOSES))
def test_no_order_of_the_statements_changes_the_verdict(found, purpose):
    use = USE.model_copy(update={"purpose": purpose})
    forwards, backwards = judged(*found, use=use), judged(*reversed(found), use=use)
    assert forwards.verdict is backwards.verdict
    assert (forwards.undetermined_because is None) == (forwards.verdict != "undetermined")


@given(st.lists(records, max_size=6))
def test_one_undisputed_reservation_is_a_violation_whatever_else_is_said(found):
    assert judged(*found, said()).verdict is Verdict.VIOLATION


def test_a_permission_for_another_agent_permits_nobody():
    """Guards against a licence for one crawler that permits whoever does not say who it is."""
    permission = said(
        ALLOWED, protocol="rsl", agent="CCBot", warnings=("agent_scoped: the group of CCBot",)
    )
    unnamed = judged(permission, use=USE.model_copy(update={"agent": None}))
    assert unnamed.verdict is Verdict.NO_RESERVATION_FOUND


def test_what_was_copied_before_the_directive_was_law_is_held_against_nobody_for_sure():
    before = USE.model_copy(update={"at": dt.datetime(2021, 6, 6, tzinfo=dt.UTC)})
    finding = judged(said(), use=before)
    assert finding.verdict is Verdict.VIOLATION_CONTESTED
    assert finding.contested == ("before_directive",)
