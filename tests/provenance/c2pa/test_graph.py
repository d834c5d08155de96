"""Each manifest of a store has an integrity and a signer of its own, read from the codes."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.c2pa.building import build_graph
from provenance.c2pa.graph import failures_of_integrity
from provenance.c2pa.history import History
from provenance.c2pa.human import human_level
from provenance.c2pa.origin import read_origin
from provenance.evidence import Integrity, Origin, SignerLevel
from tests.provenance.c2pa.summaries import (
    AI,
    CAPTURE,
    EMPTY,
    INTACT,
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

CAPTURED = manifest(actions(action("created", CAPTURE)))


def root(**given):
    return build_graph(summary(**{"active": CAPTURED, **given}))


# Integrity


def test_a_validated_signature_and_a_matching_binding_make_it_intact():
    assert root().integrity is Integrity.INTACT


@pytest.mark.parametrize("binding", ["dataHash", "bmffHash", "boxesHash", "collectionHash"])
def test_any_kind_of_hard_binding_will_do(binding):
    success = ("claimSignature.validated", f"assertion.{binding}.match")
    assert root(success=success).integrity is Integrity.INTACT


@pytest.mark.parametrize(
    "success",
    [
        (),
        ("claimSignature.validated",),
        ("assertion.dataHash.match",),
        ("claimSignature.validated", "assertion.hashedURI.match"),
    ],
)
def test_without_a_signature_or_a_hard_binding_it_is_broken(success):
    assert root(success=success).integrity is Integrity.BROKEN


@pytest.mark.parametrize(
    "code",
    [
        "claimSignature.mismatch",
        "assertion.dataHash.mismatch",
        "assertion.hashedURI.mismatch",
        "assertion.missing",
        "claim.malformed",
        "a code of a later version",
    ],
)
def test_one_failure_breaks_it_also_beside_a_match(code):
    assert root(failure=(code,)).integrity is Integrity.BROKEN


@pytest.mark.parametrize(
    "code",
    [
        "signingCredential.untrusted",
        "signingCredential.expired",
        "signingCredential.ocsp.revoked",
        "timeStamp.untrusted",
        "cawg.ica.did_unavailable",
        "ingredient.claimSignature.missing",
        "claimSignature.outsideValidity",
    ],
)
def test_who_signed_when_and_what_is_wrong_with_ingredients_do_not_break_it(code):
    assert root(failure=(code,)).integrity is Integrity.INTACT
    assert not failures_of_integrity([code])


# The signer


@pytest.mark.parametrize(
    ("failure", "level"),
    [
        (("signingCredential.untrusted",), SignerLevel.UNTRUSTED),
        (("signingCredential.expired",), SignerLevel.EXPIRED_UNTIMED),
        (("claimSignature.outsideValidity",), SignerLevel.EXPIRED_UNTIMED),
        (("signingCredential.ocsp.revoked",), SignerLevel.REVOKED),
        (("signingCredential.invalid",), SignerLevel.INVALID_PROFILE),
        (("signingCredential.expired", "signingCredential.untrusted"), SignerLevel.EXPIRED_UNTIMED),
        ((), SignerLevel.UNTRUSTED),
    ],
)
def test_the_level_of_a_signer_follows_from_the_codes(failure, level):
    assert root(failure=failure).signer(EMPTY).level is level


@pytest.mark.parametrize(
    ("name", "level"),
    [
        ("official", SignerLevel.OFFICIAL_TRUSTED),
        ("interim", SignerLevel.LEGACY_TRUSTED),
        ("private", SignerLevel.PRIVATE_TRUSTED),
        ("tsa", SignerLevel.UNTRUSTED),
        ("urn:cawg", SignerLevel.UNTRUSTED),
        ("user_anchors", SignerLevel.UNTRUSTED),
        ("", SignerLevel.UNTRUSTED),
    ],
)
def test_trust_counts_by_the_list_it_came_from(name, level):
    success = (*INTACT, "signingCredential.trusted")
    node = root(success=success, failure=())
    node.list_name = name
    signer = node.signer(EMPTY)
    assert signer.level is level
    assert signer.list == (name if level is not SignerLevel.UNTRUSTED else None)


def test_a_trusted_certificate_beside_a_signature_that_fails_vouches_for_nothing():
    """Anyone can attach someone's certificate."""
    node = root(
        success=("signingCredential.trusted", "assertion.dataHash.match"),
        failure=("claimSignature.mismatch",),
    )
    node.list_name = "official"
    assert node.signer(EMPTY).level is SignerLevel.UNTRUSTED


def test_a_time_counts_only_when_its_stamp_was_validated_and_trusted():
    def signed_at(*stamp):
        active = CAPTURED | {"signature_info": {"issuer": "A", "time": "2026-01-04T19:47:15+00:00"}}
        return root(active=active, success=(*INTACT, *stamp)).signer(EMPTY).signed_at

    assert signed_at("timeStamp.validated", "timeStamp.trusted").year == 2026
    assert signed_at("timeStamp.validated") is None
    assert signed_at() is None


@pytest.mark.parametrize("time", ["yesterday", "2026-01-04T19:47:15", None, 5, ""])
def test_a_time_that_is_none_is_no_time(time):
    active = CAPTURED | {"signature_info": {"issuer": "A", "time": time}}
    success = (*INTACT, "timeStamp.validated", "timeStamp.trusted")
    assert root(active=active, success=success).signer(EMPTY).signed_at is None


def test_names_from_a_certificate_cannot_steer_a_terminal():
    active = CAPTURED | {
        "signature_info": {"issuer": "Evil\x1b[2J\u202egpj", "common_name": "x" * 999}
    }
    signer = root(active=active).signer(EMPTY)
    assert signer.issuer == "Evil\\x1b[2J\\x202egpj"
    assert len(signer.name) <= 300


# Ingredients


def with_parent(entry, *, deltas=None, parent=CAPTURED):
    active = manifest(actions(action("opened")), ingredients=[entry])
    (child,) = root(active=active, parent=parent, deltas=deltas).children
    return child


def test_an_ingredient_without_a_manifest_has_no_integrity_to_speak_of():
    child = with_parent(ingredient(None))
    assert (child.integrity, child.signer(EMPTY)) == (Integrity.ABSENT, None)


def test_an_ingredient_whose_manifest_is_missing_is_broken():
    child = with_parent(ingredient("lost"))
    assert child.integrity is Integrity.BROKEN
    assert child.failure == {"ingredient.manifest.missing"}


def test_what_was_wrong_when_it_was_added_breaks_it_though_the_library_is_silent():
    recorded = ingredient("parent", validation_status=codes("claimSignature.mismatch"))
    assert with_parent(recorded).integrity is Integrity.BROKEN


def test_what_is_found_wrong_now_breaks_it():
    deltas = [delta("parent", "failure", "assertion.hashedURI.mismatch")]
    assert with_parent(ingredient("parent"), deltas=deltas).integrity is Integrity.BROKEN


def test_a_failure_of_one_ingredient_is_not_anothers():
    active = manifest(
        ingredients=[ingredient("one", "componentOf"), ingredient("two", "componentOf")]
    )
    deltas = [delta("two", "failure", "claimSignature.mismatch")]
    one, two = root(active=active, one=CAPTURED, two=CAPTURED, deltas=deltas).children
    assert (one.integrity, two.integrity) == (Integrity.INTACT, Integrity.BROKEN)


def test_trust_recorded_by_whoever_added_an_ingredient_is_not_ours():
    recorded = {"activeManifest": {"success": codes("signingCredential.trusted")}}
    entry = ingredient("parent", validation_results=recorded)
    deltas = [delta("parent", "failure", "signingCredential.untrusted")]
    child = with_parent(entry, deltas=deltas)
    assert child.signer(EMPTY).level is SignerLevel.UNTRUSTED


def test_an_ingredient_once_untrusted_is_trusted_when_a_list_of_ours_knows_its_signer():
    entry = ingredient("parent", validation_status=codes("signingCredential.untrusted"))
    child = with_parent(entry, deltas=[trusted("parent", "official")])
    assert child.signer(EMPTY).level is SignerLevel.OFFICIAL_TRUSTED


# Graphs made to hurt


def test_an_ingredient_that_holds_itself_ends():
    active = manifest(ingredients=[ingredient("active")])
    top = root(active=active)
    assert sum(1 for _ in top.walk()) == 2
    assert read_origin(top, EMPTY).cut


def test_two_manifests_that_hold_each_other_end():
    active = manifest(ingredients=[ingredient("other")])
    other = manifest(ingredients=[ingredient("active"), ingredient("other")])
    assert sum(1 for _ in root(active=active, other=other).walk()) == 4


def quick(given):
    start = time.perf_counter()
    node = build_graph(given)
    said = read_origin(node, EMPTY)
    human_level(node, said, EMPTY)
    history = History(node, EMPTY)
    assert time.perf_counter() - start < 30
    return node, said, history


def shown(records):
    return sum(1 + shown(record.ingredients) for record in records)


def test_ten_thousand_ingredients_are_all_heard_and_some_are_shown():
    entries = [ingredient("part", "componentOf") for _ in range(10_000)]
    hidden = ingredient("made", "componentOf")
    made = manifest(actions(action("created", AI)))
    active = manifest(ingredients=[*entries, hidden])
    _, said, history = quick(summary(active=active, part=CAPTURED, made=made))
    assert said.origin is Origin.PARTLY_AI
    assert history.cut
    assert shown(history.records) == 500


def test_a_graph_that_doubles_at_each_step_is_heard_once():
    chain = {
        f"m{n}": manifest(
            ingredients=[ingredient(f"m{n + 1}"), ingredient(f"m{n + 1}", "componentOf")]
        )
        for n in range(30)
    }
    node, said, history = quick(summary(active=chain.pop("m0"), m30=CAPTURED, **chain))
    assert sum(1 for _ in node.walk()) == 61
    assert not said.cut
    assert history.cut


def test_a_very_long_chain_is_not_heard_to_its_end_and_that_is_known():
    chain = {f"m{n}": manifest(ingredients=[ingredient(f"m{n + 1}")]) for n in range(5000)}
    _, said, history = quick(summary(active=chain.pop("m0"), **chain))
    assert said.cut
    assert said.origin is Origin.MAY_CONTAIN_AI
    assert history.cut


def test_a_store_without_an_active_manifest_is_a_key_error():
    with pytest.raises(KeyError):
        build_graph({"manifests": {}})
    with pytest.raises(KeyError):
        build_graph({"active_manifest": "a", "manifests": {}})


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["action", "digitalSourceType", "actions", "templates", "code", "label"]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=8,
)
LABELS = st.sampled_from(["c2pa.actions", "c2pa.actions.v2", "c2pa.metadata", "stds.iptc"])


@given(
    assertions=ANYTHING
    | st.lists(st.fixed_dictionaries({"label": LABELS, "data": ANYTHING}), max_size=3),
    entries=ANYTHING
    | st.lists(
        st.fixed_dictionaries(
            {
                "active_manifest": st.sampled_from(["parent", "lost", None]) | ANYTHING,
                "validation_status": ANYTHING,
                "validation_results": ANYTHING,
                "relationship": ANYTHING,
            }
        ),
        max_size=2,
    ),
    info=ANYTHING,
)
def test_no_shape_of_json_a_signer_may_write_makes_it_raise(assertions, entries, info):
    """An exception would cost the whole credential, and with it an AI statement."""
    active = {
        "assertions": assertions,
        "ingredients": entries,
        "signature_info": info,
        "claim_generator_info": info,
    }
    parent = manifest(actions(action("created", AI)), metadata(CAPTURE))
    quick(summary(active=active, parent=parent))
