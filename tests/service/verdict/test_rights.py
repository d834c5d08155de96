"""What the owner said about a use, and what silence does not say."""

from __future__ import annotations

import pytest

from provenance.evidence import NotRun, NotRunReason, Reservation
from service.policy import DEFAULT, Finding, Policy
from service.verdict import ReasonCode, Rights, decide


def says(authority="origin-controlled", part=None, **purposes):
    return Reservation(
        source="tdmrep",
        part=part,
        protocol="tdmrep",
        channel="embedded",
        scope="asset",
        purposes={name.replace("_", "-"): state for name, state in purposes.items()},
        native_value="1",
        formal="valid",
        intent="reserved",
        standing="A",
        authority=authority,
    )


def unread(reason, source="robots"):
    return NotRun(source=source, check="rights", reason=reason)


OFFLINE = unread(NotRunReason.OFFLINE)
MOOT = unread(NotRunReason.NOT_APPLICABLE)


@pytest.mark.parametrize(
    ("evidence", "rights"),
    [
        ([], Rights.UNDECLARED),
        ([OFFLINE], Rights.UNCHECKED),
        ([MOOT], Rights.UNDECLARED),
        ([MOOT, OFFLINE], Rights.UNCHECKED),
        ([says(train_genai="reserved")], Rights.RESERVED),
        ([says(train_genai="reserved"), OFFLINE], Rights.RESERVED),
        ([says(train_genai="reserved"), says(train_genai="allowed")], Rights.RESERVED),
        ([says(train_genai="conditional"), says(train_genai="allowed")], Rights.CONDITIONAL),
        ([says(train_genai="allowed")], Rights.PERMITTED),
        ([says(train_genai="allowed"), OFFLINE], Rights.UNCHECKED),
        ([says(train_genai="unknown")], Rights.UNCHECKED),
        ([says(search="reserved")], Rights.UNDECLARED),
    ],
)
def test_the_most_restrictive_statement_wins_and_silence_is_no_permission(evidence, rights):
    verdict = decide(tuple(evidence), DEFAULT)
    assert verdict.rights == rights
    assert verdict.rights_by_purpose["train-genai"] == rights
    assert (Finding.OPTOUT_RESERVED in verdict.findings) == (rights == Rights.RESERVED)


@pytest.mark.parametrize(
    "authority", ["unknown", "third-party", "signed_untrusted", "", "a word to come"]
)
def test_a_permission_needs_authority_and_a_reservation_does_not(authority):
    allowed = decide((says(authority, train_genai="allowed"),), DEFAULT)
    assert allowed.rights == Rights.UNDECLARED
    assert ReasonCode.PERMISSION_WITHOUT_AUTHORITY in {one.code for one in allowed.reasons}
    assert decide((says(authority, train_genai="reserved"),), DEFAULT).rights == Rights.RESERVED


def test_a_part_can_reserve_and_cannot_permit():
    assert decide((says(part="picture/0", tdm="reserved"),), DEFAULT).rights == Rights.RESERVED
    assert decide((says(part="picture/0", tdm="allowed"),), DEFAULT).rights == Rights.UNDECLARED


def test_who_reserves_mining_reserves_training_unless_the_declaration_says_otherwise():
    assert decide((says(tdm="reserved"),), DEFAULT).rights == Rights.RESERVED
    assert decide((says(tdm="reserved", train_ai="allowed"),), DEFAULT).rights == Rights.PERMITTED
    assert decide((says(train_genai="reserved"),), Policy(purpose="tdm")).rights == (
        Rights.UNDECLARED
    )


def test_a_host_that_does_not_reserve_mining_leaves_training_free():
    """TDMRep's 0 is about the exception itself, which covers training."""
    assert decide((says(tdm="allowed"),), DEFAULT).rights == Rights.PERMITTED
    assert decide((says(tdm="allowed"), says(train_ai="reserved")), DEFAULT).rights == "reserved"


def test_who_allows_mining_does_not_allow_training_by_that():
    of_others = says(tdm="allowed").model_copy(update={"protocol": "cawg-training-mining"})
    assert decide((of_others,), DEFAULT).rights == Rights.UNDECLARED
    assert decide((says(train_ai="allowed"),), DEFAULT).rights == Rights.PERMITTED


def test_what_nobody_can_read_permits_nothing_whatever_stands_beside_it():
    unclear = says(train_genai="unknown", train_ai="allowed")
    assert decide((unclear,), DEFAULT).rights == Rights.UNCHECKED
    assert decide((unclear, says(train_genai="allowed")), DEFAULT).rights == Rights.UNCHECKED
    assert decide((unclear, says(train_genai="reserved")), DEFAULT).rights == Rights.RESERVED


def test_every_purpose_a_statement_speaks_of_is_answered():
    verdict = decide((says(train_ai="reserved", search="allowed"),), DEFAULT)
    assert verdict.rights_by_purpose == {
        "train-genai": Rights.RESERVED,
        "train-ai": Rights.RESERVED,
        "train-nongen": Rights.RESERVED,
        "search": Rights.PERMITTED,
    }


def test_the_purpose_of_the_policy_is_answered_even_by_silence():
    assert decide((MOOT,), Policy(purpose="ai-input")).rights_by_purpose == {
        "ai-input": Rights.UNDECLARED
    }
