"""C2PA's own asset rubric, rule by rule (the signals rubric of 6 August 2026)."""

from __future__ import annotations

import pytest

from provenance.c2pa.signals import signals_of
from tests.provenance.c2pa.summaries import AI, CAPTURE, PARTLY, action, actions, manifest


def signals(*assertions, unknown=False, **more):
    return signals_of(manifest(*assertions), unknown_ingredient=unknown, **more)


@pytest.mark.parametrize("name", ["created", "opened"])
@pytest.mark.parametrize(
    ("source_type", "signal"),
    [
        (AI, "fullyGenAIMedia"),
        (PARTLY, "partlyGenAICreation"),
        ("composite", "compositionMayContainGenAI"),
        (CAPTURE, "capturedMedia"),
        ("computationalCapture", "capturedMedia"),
        ("compositeCapture", "capturedMediaStitched"),
        ("digitalCreation", "nonGenAIDigitalCreation"),
        ("screenCapture", "screenCaptureMayContainGenAI"),
    ],
)
def test_an_inception_has_the_signal_of_its_source_type(name, source_type, signal):
    assert signals(actions(action(name, source_type))) == (signal,)


def test_a_blank_canvas_is_one():
    empty = action("created") | {"digitalSourceType": "http://c2pa.org/digitalsourcetype/empty"}
    assert signals(actions(empty)) == ("blankCanvas",)


def test_a_source_type_outside_the_rubric_has_no_inception_signal():
    assert signals(actions(action("created", "algorithmicMedia"))) == ()


def test_a_source_type_counts_under_any_spelling():
    stated = action("created") | {
        "digitalSourceType": " https://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture"
    }
    assert signals(actions(stated)) == ("capturedMedia",)


@pytest.mark.parametrize(
    ("source_type", "found"),
    [
        (AI, ("perceptibleGenAI",)),
        ("compositeSynthetic", ("perceptibleGenAI",)),
        ("humanEdits", ("perceptibleNonGenAI",)),
        ("composite", ("perceptibleNonGenAI", "perceptiblePossiblyGenAI")),
        ("digitalArt", ("perceptibleNonGenAI", "perceptiblePossiblyGenAI")),
        (None, ()),
    ],
)
def test_what_was_done_has_the_signal_of_what_did_it(source_type, found):
    assert signals(actions(action("opened"), action("edited", source_type))) == found


@pytest.mark.parametrize("name", ["converted", "c2pa.resized.proportional", "c2pa.watermarked"])
def test_mechanical_operations_are_not_editorial_whatever_their_source_type(name):
    assert signals(actions(action("opened"), action(name, AI))) == ("nonEditorial",)


@pytest.mark.parametrize(
    "assertion",
    [
        actions(),
        actions(action("created", CAPTURE), allActionsIncluded=False),
        actions(action("created", CAPTURE), allActionsIncluded=None),
        actions(action("created", CAPTURE), action("com.example.magic")),
        actions(action("created", CAPTURE), action("c2pa.unknown")),
        actions(action("created", CAPTURE), gathered=True),
        actions(action("created", CAPTURE)) | {"label": "c2pa.actions"},
    ],
)
def test_actions_that_do_not_say_all_in_known_terms_are_ambiguous(assertion):
    assert "ambiguousActions" in signals(assertion)


def test_no_actions_at_all_are_ambiguous():
    assert signals() == ("ambiguousActions",)


def test_an_engine_that_does_not_tell_gathered_ones_is_not_held_against_the_manifest():
    assert signals(actions(action("created", CAPTURE), gathered=True), knows_created=False) == (
        "capturedMedia",
    )


def test_an_ingredient_without_a_manifest_is_of_unknown_provenance():
    found = signals(actions(action("created", CAPTURE)), unknown=True)
    assert found == ("capturedMedia", "mediaUnknownProvenance")


@pytest.mark.parametrize(
    "hostile", [{"action": []}, {"action": {"a": 1}, "digitalSourceType": 4}, {"action": 7}, {}]
)
def test_any_shape_of_an_action_is_borne(hostile):
    assert isinstance(signals(actions(hostile)), tuple)
