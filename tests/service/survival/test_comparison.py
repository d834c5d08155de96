"""Cases that no file of ours shows: manifests elsewhere, soft bindings, watermarks, gaps."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given

import service.survival
from provenance.evidence import (
    Carrier,
    Claim,
    ClaimAction,
    Ingredient,
    Integrity,
    NotRun,
    NotRunReason,
    Origin,
    Reservation,
    ReservationState,
    Signer,
    SignerLevel,
    Statement,
    Strength,
    Watermark,
)
from service.survival import SurvivalOutcome, compare
from tests.service.verdict.cases import NONE, manifest, tag
from tests.service.verdict.test_properties import anything

REMOTE = NONE.model_copy(
    update={"carrier": Carrier.REMOTE_ONLY, "remote_url": "https://example.org/m"}
)
DAMAGED = NONE.model_copy(
    update={"carrier": Carrier.UNREADABLE, "integrity": Integrity.UNREADABLE, "problem": "cbor"}
)
FIRST = manifest(manifest="urn:c2pa:first")
BROKEN = FIRST.model_copy(update={"integrity": Integrity.BROKEN})


def numbered(found):
    return tuple(one.model_copy(update={"id": n}) for n, one in enumerate(found))


def fates(original, copy):
    compared = compare(numbered(original), numbered(copy))
    return [(one.what.value, one.outcome.value, one.stripped) for one in compared]


def not_run(source, check="provenance", reason=NotRunReason.TIMEOUT, **more):
    return NotRun(source=source, check=check, reason=reason, **more)


def edited(*ingredients, **more):
    """A newer manifest over others."""
    return manifest(manifest="urn:c2pa:second", ingredients=ingredients, **more)


def holding(signer=FIRST.signer, label="urn:c2pa:first", **more):
    given = {"relationship": "parentOf", "integrity": Integrity.INTACT, **more}
    return Ingredient(manifest=label, signer=signer, **given)


# --- credentials --------------------------------------------------------------------------------

STRANGER = Signer(level=SignerLevel.UNTRUSTED, name="cam-7", issuer="Somebody else")


@pytest.mark.parametrize(
    ("was", "now", "outcome", "stripped"),
    [
        (FIRST, FIRST, "kept", False),
        (FIRST, NONE, "lost", True),
        (FIRST, DAMAGED, "broken", False),
        (FIRST, BROKEN, "broken", False),
        (FIRST, REMOTE, "not_comparable", False),
        (FIRST, FIRST.model_copy(update={"manifest": None}), "not_comparable", False),
        (BROKEN, BROKEN, "kept", False),
        (BROKEN, FIRST, "changed", False),
        (BROKEN, NONE, "lost", False),
        (DAMAGED, NONE, "not_comparable", False),
        (DAMAGED, DAMAGED, "not_comparable", False),
        (REMOTE, REMOTE, "kept", False),
        (REMOTE, REMOTE.model_copy(update={"remote_url": "x"}), "not_comparable", False),
        (REMOTE, NONE, "not_comparable", False),
        (NONE, FIRST, "new", False),
        (NONE, REMOTE, "new", False),
        (NONE, DAMAGED, "not_comparable", False),
        (FIRST, edited(holding()), "kept_as_ingredient", False),
        (FIRST, edited(holding(label="x", ingredients=(holding(),))), "kept_as_ingredient", False),
        (FIRST, edited(holding(), integrity=Integrity.BROKEN), "broken", False),
        (FIRST, edited(holding(altered=True)), "broken", False),
        (FIRST, edited(holding(integrity=Integrity.BROKEN)), "broken", False),
        (FIRST, edited(ingredients_cut=True), "not_comparable", False),
    ],
)
def test_a_credential(was, now, outcome, stripped):
    assert fates([was], [now]) == [("credential", outcome, stripped)]


def signed(*chain, **more):
    """The first manifest, by a signer of the same names with these certificates."""
    return FIRST.model_copy(
        update={"signer": FIRST.signer.model_copy(update={"chain": chain}), **more}
    )


def stating(source_type, **more):
    return Claim(
        actions=(ClaimAction(action="c2pa.created", digital_source_type=source_type),), **more
    )


GENERATED, TAKEN = stating("trainedAlgorithmicMedia"), stating("humanEdits")
OURS = signed("aa", "cc", origin=Origin.FULLY_AI, claim=GENERATED)
REPLACED = [("credential", "lost", True), ("credential", "new", False)]


@pytest.mark.parametrize(
    "copy",
    [
        FIRST.model_copy(update={"signer": STRANGER}),
        signed("bb", origin=Origin.FULLY_AI, claim=GENERATED),
        signed("bb", origin=Origin.HUMAN_CREATION),
        signed("bb", integrity=Integrity.BROKEN),
        signed("aa", "cc", origin=Origin.HUMAN_CREATION, claim=GENERATED),
        signed("aa", "cc", origin=Origin.FULLY_AI, claim=TAKEN),
        signed("aa", "cc", origin=Origin.FULLY_AI, ai_statement=Origin.FULLY_AI),
        signed(origin=Origin.HUMAN_CREATION),
        edited(holding(STRANGER)),
        edited(holding(signed("bb").signer, claim=GENERATED)),
        edited(holding(signed("aa", "cc").signer, claim=TAKEN)),
        edited(holding(signed("aa", "cc").signer, digital_source_types=("humanEdits",))),
    ],
)
def test_a_label_that_somebody_else_reused_keeps_nothing(copy):
    assert fates([OURS], [copy]) == REPLACED


@pytest.mark.parametrize(
    ("copy", "outcome"),
    [
        (OURS, "kept"),
        (signed(origin=Origin.FULLY_AI, claim=GENERATED), "kept"),
        (signed("aa", "cc", origin=Origin.FULLY_AI, claim=Claim(actions_cut=True)), "kept"),
        (signed("aa", "cc", integrity=Integrity.BROKEN), "broken"),
        (edited(holding(OURS.signer, claim=GENERATED)), "kept_as_ingredient"),
        (edited(holding(FIRST.signer)), "kept_as_ingredient"),
        (edited(holding(signed("bb").signer), holding(OURS.signer)), "kept_as_ingredient"),
    ],
)
def test_a_manifest_whose_certificates_or_actions_were_not_read_is_known_by_names(copy, outcome):
    assert fates([OURS], [copy]) == [("credential", outcome, False)]


def test_a_part_that_reuses_a_label_does_not_stand_before_the_one_that_has_it():
    was = OURS.model_copy(update={"part": "picture/0"})
    copies = [
        signed("bb", part="picture/1"),
        OURS.model_copy(update={"part": "picture/2"}),
    ]
    assert fates([NONE, was], [NONE, *copies]) == [
        ("credential", "kept", False),
        ("credential", "new", False),
    ]


def test_nothing_on_either_side_is_no_mark():
    assert fates([NONE], [NONE]) == []


@pytest.mark.parametrize("side", [0, 1])
def test_a_manifest_that_nobody_looked_for_is_not_lost(side):
    files = [[FIRST], [FIRST]]
    files[side] = [not_run("provenance", reason=NotRunReason.DISABLED)]
    found = fates(*files)
    assert found[0] == ("credential", "not_comparable", False)
    assert not any(stripped for *_, stripped in found)


def test_a_second_opinion_is_no_second_mark():
    second = FIRST.model_copy(update={"source": "encypher"})
    assert fates([FIRST, second], [NONE]) == [("credential", "lost", True)]


def test_a_part_may_have_another_place():
    cover = FIRST.model_copy(update={"part": "picture/0"})
    moved = FIRST.model_copy(update={"part": "picture/3"})
    assert fates([NONE, cover], [NONE, moved]) == [("credential", "kept", False)]
    assert fates([NONE, cover], [NONE]) == [("credential", "lost", True)]
    assert fates([NONE], [NONE, moved]) == [("credential", "new", False)]
    unread = not_run("container", part="picture/0")
    assert fates([NONE, cover], [NONE, unread])[0] == ("credential", "not_comparable", False)


def test_a_soft_binding_is_looked_for_in_the_whole_tree():
    binding = Claim(soft_bindings=("com.example.mark.1",))
    was = FIRST.model_copy(update={"claim": binding})
    kept = fates([was], [edited(holding(claim=binding))])
    assert kept == [("credential", "kept_as_ingredient", False), ("soft_binding", "kept", False)]
    assert fates([was], [NONE])[1] == ("soft_binding", "lost", True)
    assert fates([was], [REMOTE])[1] == ("soft_binding", "not_comparable", False)
    assert fates([FIRST], [was])[1] == ("soft_binding", "new", False)


# --- the other marks ----------------------------------------------------------------------------


def mark(payload, scheme="AudioSeal"):
    return Watermark(source="audioseal", scheme=scheme, payload=payload, confidence=0.9)


@pytest.mark.parametrize(
    ("copy", "outcome", "stripped"),
    [
        ([mark("1f")], "kept", False),
        ([mark("2a")], "changed", True),
        ([], "lost", True),
        ([not_run("detect", "detect", NotRunReason.DISABLED)], "not_comparable", False),
        ([not_run("audioseal", "detect", NotRunReason.SETTLED)], "not_comparable", False),
        ([not_run("audioseal", "detect", NotRunReason.NOT_APPLICABLE)], "not_comparable", False),
        ([not_run("detect", "detect", NotRunReason.NOT_APPLICABLE)], "lost", True),
        ([not_run("music", "detect", NotRunReason.NO_MODEL)], "lost", True),
    ],
)
def test_a_watermark(copy, outcome, stripped):
    assert fates([NONE, mark("1f")], [NONE, *copy]) == [("watermark", outcome, stripped)]


@pytest.mark.parametrize(
    ("was", "now", "outcome"),
    [
        ("U+202F x 30, U+2009 x 20", "U+202F x 31, U+2009 x 8", "kept"),
        ("U+202F x 30, U+2009 x 20", "U+2009 x 21, U+202F x 20", "kept"),
        ("U+202F x 30, U+2009 x 20", "U+202F x 30", "changed"),
        ("copy 17", "copy 18", "changed"),
        ("U+202F x 30, U+2009 x 20", None, "lost"),
    ],
)
def test_other_characters_in_a_text_are_never_provenance_that_was_stripped(was, now, outcome):
    copy = [] if now is None else [mark(now, "unicode-spaces")]
    found = fates([NONE, mark(was, "unicode-spaces")], [NONE, *copy])
    assert found == [("watermark", outcome, False)]


def reservation(protocol="TDMRep", agent=None, **purposes):
    states = {name.replace("_", "-"): ReservationState(one) for name, one in purposes.items()}
    return Reservation(
        source="tdmrep",
        protocol=protocol,
        channel="embedded",
        scope="asset",
        agent=agent,
        purposes=states,
        native_value="1",
        formal="valid",
        intent="clear",
        standing="A",
        authority="unknown",
    )


@pytest.mark.parametrize(
    ("copy", "outcome", "stripped"),
    [
        ([reservation(tdm="reserved", search="allowed")], "kept", False),
        ([reservation(search="allowed", tdm="reserved")], "kept", False),
        ([reservation(tdm="reserved")], "changed", False),
        ([reservation(tdm="conditional", search="allowed")], "changed", True),
        ([reservation(tdm="allowed", search="allowed")], "changed", True),
        ([], "lost", True),
        ([not_run("tdmrep", "rights")], "not_comparable", False),
        ([not_run("rights", "rights", NotRunReason.NOT_INSTALLED)], "lost", True),
        ([not_run("tdmrep", "rights", NotRunReason.OFFLINE)], "lost", True),
        ([not_run("tdmrep", "rights", NotRunReason.NOT_APPLICABLE)], "lost", True),
    ],
)
def test_a_reservation(copy, outcome, stripped):
    original = [NONE, reservation(tdm="reserved", search="allowed")]
    assert fates(original, [NONE, *copy]) == [("reservation", outcome, stripped)]


def test_reservations_that_nobody_looked_for_are_not_lost():
    unread = not_run("rights", "rights", NotRunReason.DISABLED)
    found = fates([NONE, reservation(tdm="reserved")], [NONE, unread])
    assert set(found) == {("reservation", "not_comparable", False)}


def test_a_stricter_condition_is_no_loss():
    was, now = reservation(tdm="conditional"), reservation(tdm="reserved")
    assert fates([NONE, was], [NONE, now]) == [("reservation", "changed", False)]


def test_reservations_of_two_protocols_or_agents_do_not_stand_for_each_other():
    was = [NONE, reservation(tdm="reserved"), reservation(agent="GPTBot", tdm="reserved")]
    now = [NONE, reservation("PLUS", tdm="reserved")]
    assert fates(was, now) == [
        ("reservation", "lost", True),
        ("reservation", "lost", True),
        ("reservation", "new", False),
    ]


@pytest.mark.parametrize(
    ("statement", "strength", "stripped"),
    [
        (Statement.FULLY_AI, Strength.STRONG, True),
        (Statement.PARTLY_AI, Strength.MEDIUM, True),
        (Statement.MAY_CONTAIN_AI, Strength.MEDIUM, True),
        (Statement.FULLY_AI, Strength.WEAK, False),
        (Statement.CAPTURE, Strength.MEDIUM, False),
        (Statement.NONE, Strength.STRONG, False),
    ],
)
def test_only_a_declaration_of_ai_that_is_specific_enough_is_a_loss(statement, strength, stripped):
    assert fates([NONE, tag(statement, strength)], [NONE]) == [("declaration", "lost", stripped)]


def link(value):
    given = {"field": "dcterms:provenance", "value": value}
    return tag(Statement.NONE, Strength.WEAK, **given).model_copy(
        update={"source": "provenance_link"}
    )


def test_a_link_to_a_manifest_elsewhere_is_a_mark_of_its_own():
    was = [REMOTE, link("https://example.org/m")]
    assert fates(was, [NONE]) == [
        ("credential", "not_comparable", False),
        ("provenance_link", "lost", True),
    ]
    assert fates(was, was)[1] == ("provenance_link", "kept", False)
    assert fates(was, [REMOTE, link("https://example.org/n")])[1][1:] == ("changed", True)


def test_a_link_into_the_file_goes_with_its_manifest():
    was = [FIRST, link("self#jumbf=/c2pa/urn:c2pa:first")]
    assert fates(was, [NONE])[1] == ("provenance_link", "lost", False)
    now = [edited(holding()), link("self#jumbf=/c2pa/urn:c2pa:second")]
    assert fates(was, now)[1] == ("provenance_link", "kept", False)


def test_a_mark_of_a_part_may_have_another_place():
    was, now = (tag().model_copy(update={"part": f"picture/{n}"}) for n in (0, 1))
    assert fates([NONE, was], [NONE, now]) == [("declaration", "kept", False)]
    other = now.model_copy(update={"value": "something else"})
    assert [one[1] for one in fates([NONE, was], [NONE, other])] == ["lost", "new"]


# --- what was not read --------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["tags", "container", "provenance"])
def test_a_declaration_whose_reader_gave_no_answer_is_not_lost(source):
    assert ("declaration", "not_comparable", False) in fates([NONE, tag()], [NONE, not_run(source)])


@pytest.mark.parametrize("source", ["tags", "container"])
def test_what_the_original_was_not_read_for_is_not_new(source):
    assert ("declaration", "not_comparable", False) in fates([NONE, not_run(source)], [NONE, tag()])


def test_a_reader_of_something_else_hides_nothing():
    silent = not_run("comfyui", reason=NotRunReason.NOT_APPLICABLE)
    assert fates([NONE, tag()], [NONE, silent]) == [("declaration", "lost", True)]
    part = not_run("container", part="picture/0")
    assert fates([NONE, tag()], [NONE, part])[0] == ("declaration", "lost", True)


def test_a_reader_that_failed_and_of_whose_marks_nothing_is_known_is_told():
    compared = compare(numbered([NONE]), numbered([NONE, not_run("a1111")]))
    (told,) = compared
    assert (told.source, told.outcome) == ("a1111", SurvivalOutcome.NOT_COMPARABLE)
    assert (told.original, told.present) == (None, None)


def test_where_it_stands_is_told_for_both_sides_and_cut_short():
    was = tag(value="x " * 500, field="tEXt:thing")
    (told,) = compare(numbered([NONE, was]), numbered([FIRST, NONE, was]))[:1]
    assert (told.original.evidence, told.present.evidence) == (1, 2)
    assert told.original.place == "tEXt:thing"
    assert len(told.original.value) == 200


# --- any evidence at all ------------------------------------------------------------------------


@given(anything)
def test_a_file_has_lost_nothing_of_itself(evidence):
    outcomes = {one.outcome for one in compare(evidence, evidence)}
    assert outcomes <= {SurvivalOutcome.KEPT, SurvivalOutcome.NOT_COMPARABLE}


@given(anything, anything)
def test_what_is_stripped_stood_in_the_original(original, copy):
    for one in compare(original, copy):
        if one.stripped:
            assert one.outcome in {SurvivalOutcome.LOST, SurvivalOutcome.CHANGED}
            assert one.original is not None
        for side, evidence in ((one.original, original), (one.present, copy)):
            assert side is None or side.evidence in {record.id for record in evidence}


@given(anything, anything)
def test_the_same_evidence_gives_the_same_comparison(original, copy):
    assert compare(original, copy) == compare(tuple(original), tuple(copy))


def test_comparing_reaches_nothing_outside():
    imported = set()
    for path in Path(service.survival.__file__).parent.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                imported.add(str(node.module))
            elif isinstance(node, ast.Import):
                imported |= {one.name for one in node.names}
    ours = {name for name in imported if name.partition(".")[0] in {"provenance", "service"}}
    assert {name for name in ours if not name.startswith("service.survival")} == {
        "provenance.digital_source_type",
        "provenance.evidence",
    }
    others = {"__future__", "collections.abc", "dataclasses", "enum", "html", "re", "typing"}
    assert imported - ours <= others
