"""What liars would try with an intact manifest, each with what it must yield.

Two lies matter: making an honest work look proven synthetic by slipping an AI statement into its
history, and making a synthetic work look attested human by hiding one.
"""

from __future__ import annotations

import pytest

from provenance.c2pa.building import build_graph
from provenance.c2pa.human import human_level
from provenance.c2pa.origin import read_origin
from provenance.evidence import Origin
from tests.provenance.c2pa.summaries import (
    AI,
    BASE,
    CAPTURE,
    CREATION,
    EMPTY,
    action,
    actions,
    delta,
    ingredient,
    manifest,
    metadata,
    summary,
    trusted,
)

CREATED_BY_AI = manifest(actions(action("created", AI)))
CAPTURED = manifest(actions(action("created", CAPTURE)))


def heard(active, *, deltas=(), **others):
    """What a store says whose active manifest is signed by someone on the official list."""
    given = summary(active=active, trusted_by="official", deltas=list(deltas), **others)
    root = build_graph(given)
    said = read_origin(root, EMPTY)
    return said, human_level(root, said, EMPTY)


def opening(*parents, also=()):
    return manifest(actions(action("opened")), ingredients=[*map(ingredient, parents), *also])


# --- making an honest work look proven synthetic -----------------------------------------------


def test_a_trusted_signer_does_not_vouch_for_the_ai_statement_of_a_stranger():
    said, _ = heard(opening("slipped_in"), slipped_in=CREATED_BY_AI)
    assert (said.origin, said.ai_vouched) == (Origin.FULLY_AI, False)


def test_a_trusted_ingredient_vouches_for_its_own_statement():
    said, _ = heard(opening("made"), made=CREATED_BY_AI, deltas=[trusted("made", "official")])
    assert (said.origin, said.ai_vouched) == (Origin.FULLY_AI, True)


def test_a_strangers_component_beside_a_trusted_capture_is_hearsay():
    part = ingredient("slipped_in", "componentOf")
    said, _ = heard(
        opening("photo", also=[part]),
        photo=CAPTURED,
        slipped_in=CREATED_BY_AI,
        deltas=[trusted("photo", "official")],
    )
    assert (said.origin, said.ai_vouched) == (Origin.PARTLY_AI, False)


def test_pasted_metadata_that_a_camera_only_gathered_is_hearsay():
    gathered = metadata(AI) | {"created": False}
    said, _ = heard(manifest(actions(action("created", CAPTURE)), gathered))
    assert (said.ai, said.ai_vouched) == (Origin.PARTLY_AI, False)


def test_what_a_maker_says_openly_is_not_denied_by_what_comes_after():
    said, _ = heard(manifest(actions(action("created", AI), action("drawing", CREATION))))
    assert (said.origin, said.denied) == (Origin.CONTRADICTORY, False)


def test_a_capture_claimed_over_an_ai_parent_denies_it():
    active = manifest(
        actions(action("opened"), action("edited", CAPTURE)), ingredients=[ingredient("made")]
    )
    said, _ = heard(active, made=CREATED_BY_AI)
    assert (said.origin, said.denied) == (Origin.CONTRADICTORY, True)


# --- making a synthetic work look attested human -----------------------------------------------


@pytest.mark.parametrize("parent", [None, "photo"])
def test_an_ai_input_ends_a_human_claim_without_accusing(parent):
    given = {"made": CREATED_BY_AI, "photo": CAPTURED}
    fed = ingredient("made", "inputTo")
    painted = actions(action("created", CREATION))
    active = manifest(painted, ingredients=[fed])
    if parent:
        given["photo"] = manifest(actions(action("created", CAPTURE)), ingredients=[fed])
        active = opening("photo")
    said, level = heard(active, deltas=[trusted(one, "official") for one in given], **given)
    assert said.origin is Origin.MAY_CONTAIN_AI
    assert level.level == 0


@pytest.mark.parametrize(
    "beginning",
    [
        action("created", "algorithmicMedia"),
        action("created", "empty"),
        action("created") | {"digitalSourceType": "http://vendor.example/ai"},
        action("published"),
        action("opened"),
    ],
)
def test_a_later_human_action_founds_no_human_origin(beginning):
    _, level = heard(manifest(actions(beginning, action("edited", CAPTURE))))
    assert level.level <= 1


def test_a_version_one_claim_needs_a_beginning_too():
    active = manifest(actions(action("published", CAPTURE)), version=1)
    assert heard(active)[1].level == 1


@pytest.mark.parametrize(
    "spelling",
    [
        BASE + AI + "#",
        BASE + AI + "?lang=en-GB",
        BASE + "/" + AI,
        "http://www.iptc.org/newscodes/digitalsourcetype/" + AI,
        "cv.iptc.org/newscodes/digitalsourcetype/" + AI,
        BASE + "trained%41lgorithmicMedia",
        "iptc:" + AI,
        [BASE + CAPTURE, BASE + AI],
        {"@id": BASE + AI},
    ],
)
def test_ai_is_heard_in_every_spelling(spelling):
    edit = action("edited") | {"digitalSourceType": spelling}
    said, _ = heard(manifest(actions(action("created", CAPTURE), edit)))
    assert said.ai is Origin.PARTLY_AI


def test_ai_is_heard_in_parameters_and_under_any_prefix():
    inside = action("edited", parameters={"digitalSourceType": BASE + AI})
    said, _ = heard(manifest(actions(action("created", CAPTURE), inside)))
    assert said.ai is Origin.PARTLY_AI
    prefixed = {"label": "c2pa.metadata", "data": {"iptcExt:DigitalSourceType": [BASE + AI]}}
    said, _ = heard(manifest(actions(action("created", CAPTURE)), prefixed))
    assert said.ai is Origin.PARTLY_AI


def test_a_source_type_outside_the_vocabulary_ends_the_claim():
    odd = action("edited") | {"digitalSourceType": "http://vendor.example/neuralDream"}
    _, level = heard(manifest(actions(action("created", CAPTURE), odd)))
    assert (level.level, level.reason) == (1, "unknown_source_type")


def test_a_human_term_under_a_strange_address_is_no_human_claim():
    strange = action("created") | {"digitalSourceType": "http://vendor.example/digitalCapture"}
    said, level = heard(manifest(actions(strange)))
    assert (said.origin, level.level) == (Origin.NO_STATEMENT, 0)


def test_a_disclosed_model_ends_the_claim():
    disclosed = {"label": "c2pa.ai-disclosure", "data": {"modelType": "c2pa.types.model"}}
    said, level = heard(manifest(actions(action("created", CAPTURE)), disclosed))
    assert (said.origin, level.level) == (Origin.MAY_CONTAIN_AI, 0)


def test_a_redaction_ends_the_claim():
    active = opening("photo") | {"redactions": ["self#jumbf=/c2pa/photo/c2pa.assertions/x"]}
    _, level = heard(active, photo=CAPTURED, deltas=[trusted("photo", "official")])
    assert (level.level, level.reason) == (1, "chain_incomplete")


def test_ai_is_heard_behind_a_crowd_of_ingredients():
    crowd = [ingredient(None, "componentOf") for _ in range(2000)]
    said, _ = heard(opening(also=[*crowd, ingredient("made")]), made=CREATED_BY_AI)
    assert said.origin is Origin.FULLY_AI


def test_ai_is_heard_at_the_bottom_of_a_long_chain():
    chain = {f"m{n}": opening(f"m{n + 1}") for n in range(100)}
    said, _ = heard(chain.pop("m0"), m100=CREATED_BY_AI, **chain)
    assert said.origin is Origin.FULLY_AI


# --- changing the history of a file after it was signed -----------------------------------------


def test_an_ingredient_changed_after_signing_is_told_from_one_that_was_broken_before():
    changed = delta("made", "failure", "ingredient.manifest.mismatch")
    root = build_graph(
        summary(active=opening("made"), trusted_by="official", deltas=[changed], made=CAPTURED)
    )
    assert root.children[0].is_altered
    before = ingredient("made", validation_status=[{"code": "claimSignature.mismatch"}])
    active = manifest(actions(action("opened")), ingredients=[before])
    root = build_graph(summary(active=active, trusted_by="official", made=CAPTURED))
    assert not root.children[0].is_altered
    assert root.children[0].integrity == "broken"


# --- records that hide what would be found now ---------------------------------------------------


def recorded(label, **lists):
    """An ingredient with what whoever added it wrote down about it."""
    noted = {
        kind: [{"code": code, "url": f"self#jumbf=/c2pa/{of}/c2pa.signature"}]
        for kind, (of, code) in lists.items()
    }
    return ingredient(label, validation_results={"activeManifest": noted})


def test_trust_that_somebody_recorded_is_no_trust():
    """The library does not repeat what a record holds, so nothing is reported about `made`."""
    entry = recorded("made", success=("made", "signingCredential.trusted"))
    active = manifest(actions(action("opened")), ingredients=[entry])
    said, _ = heard(active, made=CREATED_BY_AI)
    assert (said.origin, said.ai_vouched) == (Origin.FULLY_AI, False)
    _, level = heard(active, made=CAPTURED)
    assert (level.level, level.reason) == (1, "ingredient_untrusted")


def test_recorded_trust_counts_when_the_library_looked_and_kept_silent():
    entry = recorded("made", success=("made", "signingCredential.trusted"))
    active = manifest(actions(action("opened")), ingredients=[entry])
    looked = delta("made", "success", "ingredient.manifest.validated")
    said, _ = heard(active, made=CREATED_BY_AI, deltas=[looked])
    assert said.ai_vouched
    looked_and_found = delta("made", "failure", "signingCredential.untrusted")
    said, _ = heard(active, made=CREATED_BY_AI, deltas=[looked, looked_and_found])
    assert not said.ai_vouched


@pytest.mark.parametrize("kind", ["success", "informational", "failure"])
@pytest.mark.parametrize("url", ["self#jumbf=/c2pa/made/c2pa.signature", "Cose_Sign1"])
def test_a_doubt_recorded_anywhere_makes_silence_worthless(kind, url):
    entry = recorded("made", success=("made", "signingCredential.trusted"))
    noted = {kind: [{"code": "signingCredential.untrusted", "url": url}]}
    nested = {"ingredientDeltas": [{"validationDeltas": noted}]}
    wrapped = manifest(actions(action("opened")), ingredients=[entry])
    active = manifest(
        actions(action("opened")), ingredients=[ingredient("wrapped", validation_results=nested)]
    )
    looked = delta("made", "success", "ingredient.manifest.validated")
    said, _ = heard(active, wrapped=wrapped, made=CREATED_BY_AI, deltas=[looked])
    assert (said.origin, said.ai_vouched) == (Origin.FULLY_AI, False)


@pytest.mark.parametrize("kind", ["success", "informational", "failure"])
@pytest.mark.parametrize("code", ["assertion.hashedURI.mismatch", "claimSignature.mismatch"])
def test_a_failure_hidden_in_any_list_still_breaks(kind, code):
    entry = recorded("made", **{kind: ("made", code)})
    active = manifest(actions(action("opened")), ingredients=[entry])
    said, _ = heard(active, made=CREATED_BY_AI, deltas=[trusted("made", "official")])
    assert said.origin is Origin.NO_STATEMENT


def test_a_failure_recorded_two_levels_up_still_breaks():
    nested = {
        "ingredientDeltas": [delta("made", "failure", "assertion.hashedURI.mismatch")],
    }
    outer = ingredient("wrapped", validation_results=nested)
    active = manifest(actions(action("opened")), ingredients=[outer])
    wrapped = opening("made")
    said, _ = heard(
        active,
        wrapped=wrapped,
        made=CREATED_BY_AI,
        deltas=[trusted("made", "official"), trusted("wrapped", "official")],
    )
    assert said.origin is Origin.NO_STATEMENT


# --- places where an AI statement might be put so that nobody reads it ---------------------------


@pytest.mark.parametrize(
    "data",
    [
        {"http://iptc.org/std/Iptc4xmpExt/2008-02-29/DigitalSourceType": BASE + AI},
        {"@graph": [{"x": {"Iptc4xmpExt:DigitalSourceType": BASE + AI}}]},
        {"Iptc4xmpExt:DigitalSourceType": {"@list": [[BASE + AI]]}},
        {"@context": {"dst": "http://example.org/DigitalSourceType"}, "dst": BASE + AI},
        {"digitalSourceType": "https://schema.org/TrainedAlgorithmicMediaDigitalSource"},
    ],
)
@pytest.mark.parametrize("label", ["c2pa.metadata", "stds.schema-org.CreativeWork", "com.x.y"])
def test_ai_is_heard_in_any_assertion_at_any_depth(label, data):
    assertion = {"label": label, "data": data, "created": True}
    said, level = heard(manifest(actions(action("created", CAPTURE)), assertion))
    assert said.ai is Origin.PARTLY_AI
    assert level.level == 0


@pytest.mark.parametrize(
    ("edit", "templates"),
    [
        (action("edited", CAPTURE, parameters={"digitalSourceType": BASE + AI}), []),
        (action("edited", "humanEdits"), [{"action": "*", "digitalSourceType": BASE + AI}]),
        (
            action("edited"),
            [
                {"action": "c2pa.edited", "digitalSourceType": BASE + AI},
                {"action": "c2pa.edited", "digitalSourceType": BASE + "humanEdits"},
            ],
        ),
        (action("edited", digitalSourceType=" ", parameters={"digitalSourceType": AI}), []),
        (action("edited", changes=[{"digitalsourcetype": AI}]), []),
    ],
)
def test_ai_in_an_action_wins_over_what_stands_beside_it(edit, templates):
    said, _ = heard(manifest(actions(action("created", CAPTURE), edit, templates=templates)))
    assert said.ai is not None


def test_a_source_type_that_cannot_be_read_ends_the_claim():
    odd = action("edited") | {"digitalSourceType": {"value": 7}}
    _, level = heard(manifest(actions(action("created", CAPTURE), odd)))
    assert (level.level, level.reason) == (1, "unknown_source_type")
