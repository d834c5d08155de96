"""Claims that make sense, those that do not, and the manifest that says them."""

from __future__ import annotations

from pathlib import Path

import pytest

from provenance.c2pa.claim import (
    NO_TRAINING,
    Claim,
    Intent,
    MiningPurpose,
    MiningUse,
    Permission,
    manifest,
    source_type,
)
from provenance.errors import ConfigError

IPTC = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def actions(claim):
    return manifest(claim, ("Assay", "1"))["assertions"][0]["data"]


def names(claim):
    return [one["action"] for one in actions(claim)["actions"]]


def test_what_was_made_is_created_and_only_the_signer_says_that_this_was_all():
    claim = Claim("digitalCreation")
    assert actions(claim) == {
        "actions": [{"action": "c2pa.created", "digitalSourceType": IPTC + "digitalCreation"}]
    }
    assert actions(Claim("digitalCreation", complete=True))["allActionsIncluded"] is True


def test_what_was_there_is_opened_first():
    claim = Claim("humanEdits", intent=Intent.EDIT)
    assert names(claim) == ["c2pa.opened", "c2pa.edited"]


def test_a_derived_work_begins_here_only_without_a_parent():
    placed = (Path("a.png"), Path("b.png"))
    claim = Claim("digitalCreation", intent=Intent.DERIVED, components=placed)
    assert names(claim) == ["c2pa.created", "c2pa.placed", "c2pa.placed"]
    claim = Claim("humanEdits", intent=Intent.DERIVED, parent=Path("p.png"), components=placed[:1])
    assert names(claim) == ["c2pa.opened", "c2pa.edited", "c2pa.placed"]


def test_terms_of_c2pa_are_written_with_its_own_address():
    written = actions(Claim("trainedAlgorithmicData"))["actions"][0]["digitalSourceType"]
    assert written == "http://c2pa.org/digitalsourcetype/trainedAlgorithmicData"


def test_nothing_is_written_that_was_not_asked_for():
    written = manifest(Claim("digitalCreation"), ("Assay", "1"))
    assert "title" not in written
    assert len(written["assertions"]) == 1


def test_mining_is_reserved_use_by_use():
    uses = {**NO_TRAINING, MiningPurpose.DATA_MINING: MiningUse(Permission.CONSTRAINED, "ask me")}
    written = manifest(Claim("digitalCreation", training=uses), ("Assay", "1"))["assertions"][1]
    assert written == {
        "label": "cawg.training-mining",
        "data": {
            "entries": {
                "cawg.data_mining": {"use": "constrained", "constraint_info": "ask me"},
                "cawg.ai_inference": {"use": "notAllowed"},
                "cawg.ai_training": {"use": "notAllowed"},
                "cawg.ai_generative_training": {"use": "notAllowed"},
            }
        },
    }


@pytest.mark.parametrize("given", ["digitalcreation", IPTC + "digitalCreation"])
def test_a_source_type_may_be_spelt_as_others_do(given):
    assert source_type(given) == "digitalCreation"


NONSENSE = {
    "not a digital source type": lambda: Claim("handmade"),
    "is retired": lambda: Claim("digitalArt"),
    "how a work was edited": lambda: Claim("humanEdits"),
    "how a work began": lambda: Claim("digitalCapture", intent=Intent.EDIT),
    "needs what it was derived from": lambda: Claim("digitalCreation", intent=Intent.DERIVED),
    "has no parent": lambda: Claim("humanEdits", intent=Intent.EDIT, parent=Path("x")),
    "needs its terms": lambda: MiningUse(Permission.CONSTRAINED),
    "no other has any": lambda: MiningUse(Permission.ALLOWED, "terms"),
}


@pytest.mark.parametrize("said", NONSENSE)
def test_what_makes_no_sense_is_refused_before_a_file_is_opened(said):
    with pytest.raises(ConfigError, match=said):
        NONSENSE[said]()


def test_a_wrong_name_is_answered_with_the_right_ones():
    with pytest.raises(ConfigError) as refused:
        source_type("handmade")
    assert "digitalCreation" in refused.value.hint
    assert "digitalArt" not in refused.value.hint
