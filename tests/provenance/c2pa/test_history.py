"""The tree a report shows: what each manifest says, as it stands, bounded."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from provenance.c2pa import history as module
from provenance.c2pa.building import build_graph
from provenance.c2pa.history import History
from provenance.credentials import Dated
from tests.provenance.c2pa.summaries import (
    AI,
    CAPTURE,
    EMPTY,
    INTACT,
    action,
    actions,
    ingredient,
    manifest,
    summary,
)

STAMPED = (*INTACT, "timeStamp.validated")
NOON = "2026-03-01T12:00:00+00:00"


def claim_of(active, **more):
    knows = more.pop("knows_created", True)
    return History(build_graph(summary(active=active, **more)), EMPTY, knows_created=knows).claim


def signed_at(when):
    return manifest(actions(action("created", CAPTURE))) | {
        "signature_info": {"issuer": "Somebody", "time": when}
    }


# Actions


def test_an_action_says_what_was_done_with_what_and_when():
    done = action("created", AI, softwareAgent={"name": "Painter", "version": "3"}, when=NOON)
    (found,) = claim_of(manifest(actions(done))).actions
    assert found.action == "c2pa.created"
    assert found.digital_source_type == AI
    assert found.software_agent == "Painter 3"
    assert found.when == datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert found.created is True


@pytest.mark.parametrize(
    ("stated", "agent"),
    [
        ({"softwareAgent": "Adobe Firefly"}, "Adobe Firefly"),
        ({"softwareAgent": {"name": "Painter"}}, "Painter"),
        ({"softwareAgent": {"version": "2"}}, None),
        ({"softwareAgentIndex": 1}, "Second 9"),
        ({"softwareAgentIndex": 2}, None),
        ({"softwareAgentIndex": -1}, None),
        ({"softwareAgentIndex": "1"}, None),
        ({"softwareAgent": ["Painter"]}, None),
        ({}, None),
    ],
)
def test_the_agent_is_a_name_an_object_or_a_place_in_a_list(stated, agent):
    agents = [{"name": "First"}, {"name": "Second", "version": "9"}]
    listed = actions(action("edited", **stated), softwareAgents=agents)
    assert claim_of(manifest(listed)).actions[0].software_agent == agent


@pytest.mark.parametrize("when", ["yesterday", "2026-03-01T12:00:00", 5, None])
def test_a_time_that_is_none_is_left_out(when):
    assert claim_of(manifest(actions(action("created", when=when)))).actions[0].when is None


def test_control_characters_are_made_visible():
    done = action("edited", softwareAgent="Pain\x1b[2Jter")
    assert "\x1b" not in claim_of(manifest(actions(done))).actions[0].software_agent


# Created and gathered


def test_what_the_signer_made_is_kept_apart_from_what_it_passes_on():
    gathered = {"label": "stds.exif", "data": {}}
    claim = claim_of(manifest(actions(action("created", CAPTURE)), gathered))
    assert claim.created == ("c2pa.actions.v2",)
    assert claim.gathered == ("stds.exif",)


def test_a_gathered_action_is_told_as_one():
    claim = claim_of(manifest(actions(action("created", CAPTURE), gathered=True)))
    assert claim.actions[0].created is False


def test_claims_of_version_one_draw_no_line():
    old = manifest(actions(action("created", CAPTURE), gathered=True), version=1)
    claim = claim_of(old)
    assert claim.version == 1
    assert claim.actions[0].created is True
    assert claim.gathered == ()


def test_an_engine_that_does_not_tell_is_not_guessed_for():
    claim = claim_of(manifest(actions(action("created", CAPTURE))), knows_created=False)
    assert claim.created is claim.gathered is claim.actions[0].created is None


# Dates


@pytest.mark.parametrize(
    ("success", "by"),
    [
        ((*STAMPED, "timeStamp.trusted"), "trusted_time_stamp"),
        (STAMPED, "untrusted_time_stamp"),
        (INTACT, "untrusted_time_stamp"),
    ],
)
def test_a_date_says_how_sure_it_is(success, by):
    claim = claim_of(signed_at(NOON), success=success)
    assert claim.dated == Dated(at=datetime(2026, 3, 1, 12, tzinfo=UTC), by=by)


def test_a_stamp_of_something_else_dates_nothing():
    claim = claim_of(signed_at(NOON), success=STAMPED, failure=("timeStamp.mismatch",))
    assert claim.dated is None


# Soft bindings and redactions


def test_the_algorithms_of_soft_bindings_are_listed_once():
    bindings = [
        {"label": "c2pa.soft-binding", "data": {"alg": "com.adobe.trustmark.P"}},
        {"label": "c2pa.soft-binding__1", "data": {"alg": "com.adobe.icn.dense"}},
        {"label": "c2pa.soft-binding__2", "data": {"alg": "com.adobe.icn.dense"}},
        {"label": "c2pa.soft-binding__3", "data": ["?"]},
    ]
    claim = claim_of(manifest(*bindings))
    assert claim.soft_bindings == ("com.adobe.icn.dense", "com.adobe.trustmark.P", "unknown")


def test_redactions_are_told():
    uri = "self#jumbf=/c2pa/part/c2pa.assertions/stds.exif"
    assert claim_of(manifest() | {"redactions": [uri, 3]}).redactions == (uri,)


# The tree


def test_every_ingredient_has_its_own_claim_or_none():
    active = manifest(actions(action("opened")), ingredients=[ingredient("part"), ingredient(None)])
    root = build_graph(summary(active=active, part=manifest(actions(action("created", AI)))))
    known, unknown = History(root, EMPTY).records
    assert known.claim.signals == ("fullyGenAIMedia",)
    assert unknown.claim is None
    assert "mediaUnknownProvenance" in History(root, EMPTY).claim.signals


def test_actions_beyond_what_a_report_shows_are_told_to_be_there(monkeypatch):
    monkeypatch.setattr(module, "MOST_ACTIONS", 3)
    part = manifest(actions(*[action("edited")] * 4))
    active = manifest(actions(action("created", AI)), ingredients=[ingredient("part")])
    history = History(build_graph(summary(active=active, part=part)), EMPTY)
    assert (len(history.claim.actions), history.claim.actions_cut) == (1, False)
    below = history.records[0].claim
    assert (len(below.actions), below.actions_cut) == (2, True)


def test_a_manifest_used_often_is_read_once():
    part = manifest(actions(*[action("edited")] * 100))
    entries = [ingredient("part", "componentOf") for _ in range(100)]
    root = build_graph(summary(active=manifest(ingredients=entries), part=part))
    records = History(root, EMPTY).records
    assert len({id(one.claim) for one in records}) == 1
    assert len(records[0].claim.actions) == 100


@pytest.mark.parametrize(
    "hostile",
    [
        {"assertions": [{"label": "c2pa.actions.v2", "data": {"actions": "x"}}]},
        {"assertions": [{"label": ["c2pa.actions"], "data": {"actions": [{}]}}]},
        {"assertions": 7, "redactions": {"a": 1}, "claim_version": [2]},
        {"assertions": [{"label": None, "data": None}], "signature_info": "?"},
    ],
)
def test_any_shape_of_a_manifest_is_borne(hostile):
    assert claim_of({"claim_version": 2} | hostile) is not None
