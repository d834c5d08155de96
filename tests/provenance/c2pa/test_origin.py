"""What a graph says about who or what made the work, rule by rule.

The rules are not symmetric: a statement that AI was used counts wherever it stands and whoever
signed it; a statement that a human made it only when all on the way to it is intact, trusted and
complete.
"""

from __future__ import annotations

import pytest

from provenance.c2pa.building import build_graph
from provenance.c2pa.graph import source_types
from provenance.c2pa.human import human_level
from provenance.c2pa.origin import read_origin
from provenance.evidence import Origin
from tests.provenance.c2pa.summaries import (
    AI,
    CAPTURE,
    CREATION,
    EMPTY,
    PARTLY,
    action,
    actions,
    codes,
    delta,
    ingredient,
    manifest,
    metadata,
    summary,
    trusted,
)

CREATED_BY_AI = manifest(actions(action("created", AI)))
CAPTURED = manifest(actions(action("created", CAPTURE)))
DRAWN = manifest(actions(action("created", CREATION)))


def origin_of(active, **others):
    return read_origin(build_graph(summary(active=active, **others)), EMPTY).origin


def level_of(active, *, by="private", deltas=None, **others):
    root = build_graph(summary(active=active, trusted_by=by, deltas=deltas, **others))
    found = human_level(root, read_origin(root, EMPTY), EMPTY)
    return found.level, found.reason


def edited(*listed, parent="parent", entries=()):
    """A manifest over a parent."""
    return manifest(actions(action("opened"), *listed), ingredients=[ingredient(parent), *entries])


def placing(*listed, component="part"):
    """A manifest over a component."""
    return manifest(
        actions(*listed, action("placed")), ingredients=[ingredient(component, "componentOf")]
    )


# One manifest


@pytest.mark.parametrize(
    ("source_type", "origin"),
    [
        ("trainedAlgorithmicMedia", Origin.FULLY_AI),
        ("compositeWithTrainedAlgorithmicMedia", Origin.PARTLY_AI),
        ("compositeSynthetic", Origin.PARTLY_AI),
        ("composite", Origin.MAY_CONTAIN_AI),
        ("screenCapture", Origin.MAY_CONTAIN_AI),
        ("digitalArt", Origin.MAY_CONTAIN_AI),
        ("algorithmicMedia", Origin.ALGORITHMIC),
        ("digitalCapture", Origin.CAPTURE),
        ("computationalCapture", Origin.CAPTURE),
        ("print", Origin.CAPTURE),
        ("digitalCreation", Origin.HUMAN_CREATION),
        ("humanEdits", Origin.NO_STATEMENT),
        ("empty", Origin.NO_STATEMENT),
        ("made-up", Origin.NO_STATEMENT),
        (None, Origin.NO_STATEMENT),
    ],
)
def test_how_a_work_was_created_is_its_origin(source_type, origin):
    assert origin_of(manifest(actions(action("created", source_type)))) is origin


def test_no_actions_say_nothing():
    assert origin_of(manifest()) is Origin.NO_STATEMENT


def test_ai_used_on_something_begun_otherwise_is_partly_ai():
    assert origin_of(manifest(actions(action("created"), action("edited", AI)))) is Origin.PARTLY_AI
    both = manifest(actions(action("created", CAPTURE), action("edited", PARTLY)))
    assert origin_of(both) is Origin.PARTLY_AI


def test_a_human_claim_after_an_ai_beginning_is_a_contradiction():
    active = manifest(actions(action("created", AI), action("edited", CAPTURE)))
    assert origin_of(active) is Origin.CONTRADICTORY


def test_human_edits_over_ai_are_honest():
    active = manifest(actions(action("created", AI), action("edited", "humanEdits")))
    assert origin_of(active) is Origin.FULLY_AI


def test_a_photograph_placed_into_an_ai_picture_is_honest():
    active = manifest(actions(action("created", AI), action("placed", CAPTURE)))
    assert origin_of(active) is Origin.FULLY_AI


def test_templates_speak_for_the_actions_they_name():
    templates = [{"action": "c2pa.edited", "digitalSourceType": AI}]
    listed = (action("created", CAPTURE), action("edited"))
    assert origin_of(manifest(actions(*listed, templates=templates))) is Origin.PARTLY_AI
    assert origin_of(manifest(actions(*listed))) is Origin.CAPTURE


def test_a_template_for_all_actions_speaks_for_each():
    templates = [{"action": "*", "digitalSourceType": AI}]
    assert origin_of(manifest(actions(action("created"), templates=templates))) is Origin.FULLY_AI


def test_an_action_s_own_word_goes_before_its_template():
    templates = [{"action": "c2pa.created", "digitalSourceType": CAPTURE}]
    active = manifest(actions(action("created", AI), templates=templates))
    assert origin_of(active) is Origin.FULLY_AI


def test_a_metadata_assertion_is_a_statement_too():
    assert origin_of(manifest(metadata(AI))) is Origin.FULLY_AI
    assert origin_of(manifest(metadata(CAPTURE))) is Origin.CAPTURE


def test_metadata_tells_how_a_work_began_when_its_actions_do_not():
    active = manifest(actions(action("created"), action("edited")), metadata(AI))
    assert origin_of(active) is Origin.FULLY_AI


def test_metadata_that_denies_what_the_actions_say_is_a_contradiction():
    active = manifest(actions(action("created", AI)), metadata(CAPTURE))
    assert origin_of(active) is Origin.CONTRADICTORY


def test_several_actions_assertions_are_read_as_one():
    active = manifest(actions(action("created", CAPTURE)), actions(action("edited", PARTLY)))
    assert origin_of(active) is Origin.PARTLY_AI


@pytest.mark.parametrize("spelling", ["https://cv.iptc.org/newscodes/digitalsourcetype/", ""])
def test_a_source_type_is_known_under_any_address(spelling):
    stated = {"action": "c2pa.created", "digitalSourceType": spelling + AI}
    assert origin_of(manifest(actions(stated))) is Origin.FULLY_AI


# Parents


def test_an_ai_statement_in_the_parent_alone_is_enough():
    """ChatGPT and DALL-E state it there, and nowhere else."""
    assert origin_of(edited(action("converted")), parent=CREATED_BY_AI) is Origin.FULLY_AI


def test_it_is_enough_any_number_of_parents_up():
    middle = edited(action("cropped"), parent="first")
    assert origin_of(
        edited(action("resized"), parent="middle"), middle=middle, first=CREATED_BY_AI
    ) is (Origin.FULLY_AI)


def test_a_capture_claimed_over_an_ai_parent_is_a_contradiction():
    assert origin_of(edited(action("edited", CAPTURE)), parent=CREATED_BY_AI) is (
        Origin.CONTRADICTORY
    )


def test_a_contradiction_stays_one_however_often_it_is_edited_again():
    middle = edited(action("edited", CAPTURE), parent="first")
    active = edited(action("cropped"), parent="middle")
    assert origin_of(active, middle=middle, first=CREATED_BY_AI) is Origin.CONTRADICTORY


def test_a_generator_over_a_photograph_is_partly_ai():
    assert origin_of(edited(action("edited", PARTLY)), parent=CAPTURED) is Origin.PARTLY_AI


def test_a_plain_edit_of_a_photograph_leaves_it_one():
    assert origin_of(edited(action("cropped")), parent=CAPTURED) is Origin.CAPTURE


@pytest.mark.parametrize("first", ["human", "machine"])
def test_an_ai_parent_is_heard_whatever_stands_before_it(first):
    """The specification allows one parent; whoever writes two must not choose which is read."""
    entries = [ingredient("human"), ingredient("machine")]
    active = manifest(
        actions(action("opened")), ingredients=entries if first == "human" else entries[::-1]
    )
    assert origin_of(active, human=CAPTURED, machine=CREATED_BY_AI) in {
        Origin.FULLY_AI,
        Origin.PARTLY_AI,
        Origin.CONTRADICTORY,
    }


def test_a_broken_parent_says_nothing_either_way():
    entry = ingredient("parent", validation_status=codes("claimSignature.mismatch"))
    active = manifest(actions(action("opened")), ingredients=[entry])
    assert origin_of(active, parent=CREATED_BY_AI) is Origin.NO_STATEMENT
    assert origin_of(active, parent=CAPTURED) is Origin.NO_STATEMENT


# Components


def test_an_ai_component_in_a_work_without_a_claim_is_partly_ai():
    assert origin_of(placing(action("created")), part=CREATED_BY_AI) is Origin.PARTLY_AI


def test_an_ai_component_under_a_claim_of_human_creation_is_a_contradiction():
    """`digitalCreation` means: made without a generator."""
    root = build_graph(summary(active=placing(action("created", CREATION)), part=CREATED_BY_AI))
    said = read_origin(root, EMPTY)
    assert said.origin is Origin.CONTRADICTORY
    assert said.ai is Origin.FULLY_AI


def test_an_ai_component_that_the_maker_speaks_of_is_honest():
    active = placing(action("created", CREATION), action("edited", PARTLY))
    assert origin_of(active, part=CREATED_BY_AI) is Origin.PARTLY_AI


def test_an_ai_component_of_a_component_counts():
    assert origin_of(
        placing(action("created")), part=placing(component="inner"), inner=CREATED_BY_AI
    ) is (Origin.PARTLY_AI)


def test_a_photograph_as_component_makes_no_photograph():
    assert origin_of(placing(action("created")), part=CAPTURED) is Origin.NO_STATEMENT


def test_a_component_that_may_contain_ai_makes_the_whole_uncertain():
    part = manifest(actions(action("created", "composite")))
    assert origin_of(placing(action("created", CAPTURE)), part=part) is Origin.MAY_CONTAIN_AI


# How well a human origin is attested


@pytest.mark.parametrize(
    ("claim", "reason"), [(CAPTURED, "assurance_level_unknown"), (DRAWN, "not_a_capture")]
)
def test_on_the_official_list_it_is_attested_at_level_three(claim, reason):
    assert level_of(claim, by="official") == (3, reason)


@pytest.mark.parametrize("claim", [CAPTURED, DRAWN])
@pytest.mark.parametrize(
    ("by", "level"),
    [
        ("private", (2, "signer_not_official")),
        ("interim", (2, "signer_not_official")),
        ("tsa", (1, "signer_untrusted")),
    ],
)
def test_it_is_attested_as_well_as_its_signer_is_trusted(claim, by, level):
    assert level_of(claim, by=by) == level


def test_a_claim_nobody_vouches_for_is_only_a_claim():
    root = build_graph(summary(active=CAPTURED))
    assert human_level(root, read_origin(root, EMPTY), EMPTY).level == 1


def test_a_broken_manifest_attests_nothing():
    broken = summary(active=CAPTURED, success=(), failure=("assertion.dataHash.mismatch",))
    root = build_graph(broken)
    assert human_level(root, read_origin(root, EMPTY), EMPTY).reason == "not_intact"


@pytest.mark.parametrize("source_type", [AI, PARTLY, "composite", "algorithmicMedia", "empty"])
def test_what_claims_no_human_attests_none(source_type):
    active = manifest(actions(action("created", source_type)))
    assert level_of(active, by="official") == (0, "no_human_claim")


def test_a_contradiction_attests_nothing():
    active = edited(action("edited", CAPTURE))
    deltas = [trusted("parent", "official")]
    assert level_of(active, by="official", deltas=deltas, parent=CREATED_BY_AI)[0] == 0


def test_a_whole_trusted_chain_attests_as_well_as_its_weakest_signer():
    active = edited(action("cropped"))
    for by, level in [("official", 3), ("interim", 2), ("private", 2)]:
        deltas = [trusted("parent", by)]
        assert level_of(active, by="official", deltas=deltas, parent=CAPTURED)[0] == level


def test_an_untrusted_ingredient_ends_the_claim():
    deltas = [delta("parent", "failure", "signingCredential.untrusted")]
    assert level_of(edited(), by="official", deltas=deltas, parent=CAPTURED) == (
        1,
        "ingredient_untrusted",
    )


def test_a_broken_component_ends_the_claim_though_the_work_itself_is_intact():
    entry = ingredient("part", "componentOf", validation_status=codes("claimSignature.mismatch"))
    active = manifest(actions(action("created", CREATION)), ingredients=[entry])
    level, _ = level_of(active, by="official", part=CAPTURED)
    assert level == 1


def test_an_ingredient_of_unknown_provenance_ends_the_claim():
    active = manifest(actions(action("created", CREATION)), ingredients=[ingredient(None)])
    assert level_of(active, by="official") == (1, "chain_incomplete")


def test_a_thousand_human_ingredients_are_as_good_as_one():
    entries = [ingredient("part", "componentOf") for _ in range(1000)]
    active = manifest(actions(action("created", CREATION)), ingredients=entries)
    deltas = [trusted("part", "official")]
    found = level_of(active, by="official", deltas=deltas, part=CAPTURED)
    assert found == (3, "not_a_capture")


@pytest.mark.parametrize(
    "assertion",
    [
        actions(action("created", CAPTURE), allActionsIncluded=False),
        actions(action("created", CAPTURE), allActionsIncluded=None),
        actions(action("created", CAPTURE), allActionsIncluded="true"),
        actions(action("created", CAPTURE), action("com.example.magic")),
        actions(action("created", CAPTURE), action("c2pa.unknown")),
    ],
)
def test_actions_that_are_not_all_known_end_the_claim(assertion):
    assert level_of(manifest(assertion), by="official") == (1, "actions_incomplete")


def test_a_claim_in_metadata_alone_has_no_actions_to_be_complete():
    assert level_of(manifest(metadata(CAPTURE)), by="official") == (1, "no_inception")


GATHERED = manifest(actions(action("created", CAPTURE), gathered=True))


@pytest.mark.parametrize("by", ["official", "interim"])
def test_gathered_actions_are_hearsay(by):
    assert level_of(GATHERED, by=by) == (1, "gathered_only")


def test_a_private_signer_who_draws_no_distinction_vouches_for_all_of_it():
    """The common signing library gathers everything unless told otherwise."""
    assert level_of(GATHERED, by="private") == (2, "signer_not_official")


def test_a_private_signer_who_does_draw_it_is_taken_at_their_word():
    active = manifest(
        actions(action("created", CAPTURE), gathered=True),
        {"label": "com.example.note", "data": {}, "created": True},
    )
    assert level_of(active, by="private") == (1, "gathered_only")


def test_first_version_claims_know_no_gathered_assertions():
    active = manifest(actions(action("created", CAPTURE), gathered=True), version=1)
    assert level_of(active, by="official")[0] == 3


def test_no_hand_made_manifest_reaches_the_highest_level():
    for active in (CAPTURED, DRAWN, GATHERED):
        for by in ("official", "interim", "private", "tsa", None):
            assert level_of(active, by=by)[0] < 4


def test_the_source_types_of_a_graph_are_listed_once_and_sorted():
    root = build_graph(summary(active=edited(action("edited", PARTLY)), parent=CREATED_BY_AI))
    assert source_types(root.walk()) == (PARTLY, AI)


def test_a_source_type_of_a_megabyte_is_cut():
    long = {"action": "c2pa.created", "digitalSourceType": "x" * 1_000_000}
    root = build_graph(summary(active=manifest(actions(long))))
    assert len(source_types([root])[0]) <= 300
