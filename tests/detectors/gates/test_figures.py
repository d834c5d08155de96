"""Figures and cards, from what a gate told."""

from __future__ import annotations

import pytest

from detectors.gates.card import GateCard
from detectors.gates.figures import NOT_TOLD, figures_of, kind_told
from detectors.gates.held_out import AS_IT_IS, HeldOut, read_held_out, write_held_out
from provenance.errors import ConfigError, ModelError

KINDS = ("music", "other", "speech")
SURE = {"music": (0.9, 0.05, 0.05), "speech": (0.1, 0.0, 0.9), NOT_TOLD: (0.4, 0.3, 0.3)}


def told(kind, as_kind, source, work, copy=AS_IT_IS, case="", label="human"):
    return HeldOut(kind, source, label, case, copy, f"{work:016x}", SURE[as_kind])


def rows():
    """One source told right, one half wrong, one of a machine that is not told."""
    found = [told("music", "music", "good", at) for at in range(20)]
    found += [
        told("music", ("music", "speech")[at % 2], "rap", 100 + at, case="rap") for at in range(10)
    ]
    found += [told("music", NOT_TOLD, "box", 200 + at, label="ai") for at in range(10)]
    found += [told("speech", "speech", "radio", 300 + at) for at in range(40)]
    found += [told("speech-and-music", "music", "radio", 400 + at) for at in range(5)]
    found += [told("music", "speech", "good", at, copy="mp3_64") for at in range(5)]
    found += [told("music", "music", "good", at, copy="mp3_64") for at in range(5, 20)]
    return found


def test_shares_are_means_over_sources():
    figures = figures_of(rows(), KINDS, 0.5)
    music, other, speech = figures.kinds
    assert (music.works, music.sources) == (40, 3)
    assert music.right.value == pytest.approx((1 + 0.5 + 0) / 3)
    assert music.wrong.value == pytest.approx(0.5 / 3)
    assert music.not_told.value == pytest.approx(1 / 3)
    assert music.right.low is not None
    assert (other.works, other.right.value, other.right.n) == (0, None, 0)
    assert (speech.wrong.value, speech.wrong.n) == (None, 40), "not measurable, never zero"
    assert speech.right.value == 1
    assert figures.wrong.value == pytest.approx(0.5 / 4)
    assert figures.coverage.value == pytest.approx(3 / 4)


def test_nothing_is_hidden():
    figures = figures_of(rows(), KINDS, 0.5)
    assert figures.confusion[0].told == {"music": 25, NOT_TOLD: 10, "speech": 5}
    assert [(one.name, one.wrong, one.right) for one in figures.sources] == [
        ("rap", 0.5, 0.5),
        ("box", 0, 0),
        ("good", 0, 1),
        ("radio", 0, 1),
    ]
    (case,) = figures.cases
    assert (case.case, case.told) == ("rap", {"music": 5, "speech": 5})
    (beside,) = figures.beside
    assert (beside.case, beside.told) == ("speech-and-music", {"music": 5})
    (copy,) = figures.copies
    assert (copy.copy_, copy.works, copy.turned.value) == ("mp3_64", 20, pytest.approx(0.25))


def test_one_is_sure_or_not():
    assert kind_told((0.2, 0.5, 0.3), KINDS, 0.5) == "other"
    assert kind_told((0.2, 0.5, 0.3), KINDS, 0.51) == NOT_TOLD


def test_of_a_kind_that_is_never_told_nothing_is_right_and_some_may_be_wrong():
    assert kind_told((0.1, 0.2, 0.7), KINDS[:2], 0.5) == NOT_TOLD
    assert kind_told((0.1, 0.7, 0.2), KINDS[:2], 0.5) == "other"
    some = [told("music", "music", "good", at) for at in range(20)]
    some += [told("speech", ("speech", "music")[at % 2], "radio", 50 + at) for at in range(20)]
    figures = figures_of(some, KINDS[:2], 0.5, untold=("speech",))
    assert [one.kind for one in figures.kinds] == ["music", "other"]
    assert [(one.kind, one.told) for one in figures.beside] == [
        ("speech", {"music": 10, NOT_TOLD: 10})
    ]
    assert figures.coverage.value == 1
    assert figures.wrong.value == pytest.approx((0 + 0.5) / 2), "told as music, and is none"


def test_answers_read_back():
    written = write_held_out(rows(), KINDS)
    assert read_held_out(written, KINDS, shown="x") == tuple(sorted(rows()))
    with pytest.raises(ModelError, match="the columns are not"):
        read_held_out(written, ("music", "other", "voice"), shown="x")
    with pytest.raises(ModelError, match="x, line 12"):
        read_held_out(written.replace(b"0.0500", b"nan", 1), KINDS, shown="x")


def card():
    return GateCard(
        gate="sound-kind",
        version="1",
        modality="audio",
        features="tests 1",
        kinds=KINDS,
        description="Tells kinds apart.",
        licence="CC0-1.0",
        intended_use={"en": ("For <tests>.",), "fr": ("Pour les essais.",)},
        data=(),
        figures=figures_of([*rows(), told("other", "music", "a|b", 999)], KINDS, 0.5),
    )


def test_a_card_reads_back():
    one = card()
    assert GateCard.read(one.to_json().encode(), shown="x") == one
    with pytest.raises(ModelError, match="not a card of schema assay/gate-card/1"):
        GateCard.read(b"{}", shown="x")


def test_a_card_is_for_people_in_two_languages():
    english, french = card().to_markdown("en"), card().to_markdown("fr")
    assert "# Card of the gate: sound-kind" in english
    assert "For \\<tests\\>." in english
    assert "a\\|b" in english
    assert "not measurable (n=40)" in english
    assert "| rap | music | 10 | 1 | music 5, speech 5 |" in english
    assert "Fiche de l\u2019aiguillage" in french
    assert "0,5" in french
    assert english.count("\n## ") == french.count("\n## ") == 8
    with pytest.raises(ConfigError):
        card().to_markdown("de")
