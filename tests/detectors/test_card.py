"""The model card: for people in two languages, and as data."""

from __future__ import annotations

import re
import string
import tomllib
from importlib import resources

import pytest

from detectors.card import (
    AttackFigures,
    ByName,
    Calibration,
    Counts,
    Figure,
    Figures,
    LeakCheck,
    ModelCard,
    Overlap,
    Point,
    SourceUsed,
    StrangenessFigures,
    Warned,
)
from detectors.card_page import MOST_ROWS, plain, summary
from detectors.card_words import LANGUAGES, word
from provenance.asset import Modality
from provenance.errors import ConfigError, EngineError, ModelError

HALF = Figure(value=0.5, low=0.4, high=0.6, n=400)


def card(**figures):
    given = {
        "manifest": "works.csv",
        "manifest_sha256": "ab" * 32,
        "at": Point(fpr=0.01, tpr=HALF, tpr_families=HALF, measured=Figure(n=400)),
        "human": Counts(works=400, covered=390, abstained=8, not_run=2, flagged=1, sources=4),
        "ai": Counts(works=400, covered=400, flagged=200, sources=3),
        "coverage": 0.9875,
        "auc": Figure(value=0.9, low=0.85, high=0.95, n=800),
        "points": (Point(fpr=0.05, tpr=HALF, measured=HALF, over_cap=("fma",)),),
        "calibration": Calibration(ece=0.03, coverage=0.98),
        "families": (ByName(name="suno", figure=Figure(value=0.2, n=10), flagged=2, covered=1.0),),
        "sources": (ByName(name="fma", figure=HALF, flagged=9, covered=0.9, excess=True),),
        "attacks": (
            AttackFigures(
                suite="audio", attack="mp3_64", tpr=HALF, fpr=HALF, auc=HALF, coverage=0.9, failed=3
            ),
        ),
        "leak": LeakCheck(
            auc=HALF, detector=Figure(value=0.9, n=800), folds=3, features=("codec",)
        ),
        "warnings": (Warned(code="leak", params={"auc": 0.8, "features": "codec"}),),
        "plots": ("roc",),
    }
    return ModelCard(
        detector="music",
        modalities=(Modality.AUDIO,),
        model="sha256:" + "0" * 64,
        description="Tells machines from people.",
        licence="Apache-2.0",
        intended_use={"en": ("To screen.",), "fr": ("Pour trier.",)},
        data=(SourceUsed(name="fma", label="human", works=7, licence="CC-BY-4.0", reserved=2),),
        strangeness=StrangenessFigures(abstains=HALF, catches=HALF, kept=True),
        digests={"network.onnx": "cd" * 32},
        figures=Figures(**given | figures),
    )


def test_every_figure_stands_there_with_its_interval_and_n():
    page = card().to_markdown("en", plots={"roc": "plots/roc.svg"})
    for line in (
        "# Model card: music",
        "| Found, of all AI works | 0.5 | 0.4 - 0.6 | 400 |",
        "| False alarms, mean over human sources | not measurable (n=400) |  | 400 |",
        "| AUC | 0.9 | 0.85 - 0.95 | 800 |",
        "| Expected calibration error (at coverage 0.98) | 0.03 |  |  |",
        "| Works with a score to rely on | 0.9875 |  | 800 |",
        "| 0.05 | 0.5 [0.4 - 0.6] | 0.5 [0.4 - 0.6] | fma |",
        "| suno | 0.2 | 10 | 1 |",
        "| fma | 0.5 (9), **above three times the rate** | 400 | 0.9 |",
        "| audio.mp3\\_64 | 0.5 [0.4 - 0.6] | 0.5 [0.4 - 0.6] | 0.5 | 0.9 | 3 |",
        "| AUC of metadata alone | 0.5 | 0.4 - 0.6 | 400 |",
        "| fma | human | 7 | 2 | CC-BY-4.0 | - |",
        "| network.onnx | `" + "cd" * 32 + "` |",
        "![Found against false alarms, by family](plots/roc.svg)",
        "It is in use.",
        "To screen.",
    ):
        assert line in page.split("\n"), line
    assert "**Metadata alone reach an AUC of 0.8 (codec)" in page


def test_in_french_too():
    page = card().to_markdown("fr")
    assert page.startswith("# Fiche du modèle\u202f: music\n")
    assert "Pour trier." in page
    assert "| Fausses alertes, moyenne sur les sources humaines | non mesurable (n=400) |" in page
    assert "![" not in page


def test_what_training_wrote_is_a_card_too():
    bare = card().model_copy(update={"figures": None, "strangeness": None, "data": ()})
    page = bare.to_markdown()
    assert "It was not evaluated yet" in page
    assert "The model does not say what it was made from." in page


def test_names_of_strangers_stay_in_their_cell():
    name = "a | b\n# c <img src=x> [d](http://e) `f` \u202eg"
    page = card(families=(ByName(name=name, figure=HALF),)).to_markdown()
    (line,) = (line for line in page.split("\n") if line.startswith("| a "))
    assert len(re.findall(r"(?<!\\)\|", line)) == 5
    assert not re.search(r"(?<!\\)[<\[`#]", line)
    assert "\u202e" not in page
    assert plain("x" * 500) == "x" * 200


def test_a_long_table_is_cut_and_says_so():
    rows = tuple(ByName(name=f"s{n}", figure=HALF) for n in range(MOST_ROWS + 3))
    page = card(sources=rows).to_markdown()
    assert f"s{MOST_ROWS - 1} " in page
    assert f"| s{MOST_ROWS} " not in page
    assert "3 more are in metrics.json." in page


@pytest.mark.parametrize(
    ("overlap", "said"),
    [
        (Overlap(), "cannot be told"),
        (Overlap(known=True), "None of these works"),
        (
            Overlap(known=True, same=("a.wav",), near=("b.wav",)),
            "left out of all figures: a.wav, b",
        ),
        (Overlap(known=True, same=("a.wav",), counted=True), "which flatters it: a.wav"),
    ],
)
def test_the_overlap_with_its_training(overlap, said):
    assert said in card(overlap=overlap).to_markdown()


def test_a_leak_check_that_was_not_made_says_why():
    page = card(leak=LeakCheck(reason="few_sources")).to_markdown()
    assert "Not made: at least two families" in page
    assert summary(card(leak=LeakCheck(reason="few_works")).figures, "en")[3].startswith(
        "Leak check"
    )


def test_the_summary_in_both_languages():
    assert summary(card().figures, "en")[0] == "Found, of all AI works: 0.5 [0.4 - 0.6]"
    assert summary(card().figures, "fr")[1].endswith("\u202f: non mesurable (n=400)")


def test_it_reads_back_and_refuses_what_is_none():
    assert ModelCard.read(card().to_json().encode(), shown="card.json") == card()
    with pytest.raises(ModelError, match=r"card\.json: not a card .*\(detector: "):
        ModelCard.read(b'{"schema": "assay/card/1"}', shown="card.json")


def texts(lang):
    file = resources.files("detectors").joinpath(f"card.{lang}.toml")
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    return {(name, code): text for name, table in tables.items() for code, text in table.items()}


def test_every_language_has_the_same_keys_and_parameters_in_the_same_order():
    english, french = texts("en"), texts("fr")
    assert list(english) == list(french)
    for key, text in english.items():
        named = [
            {name for _, name, _, _ in string.Formatter().parse(one) if name}
            for one in (text, french[key])
        ]
        assert named[0] == named[1], key


def test_french_is_translated_and_well_set():
    english = texts("en")
    for key, text in texts("fr").items():
        assert "'" not in text, key
        assert not re.search(r"[^\u202f{\w][:;?!%»]|\w[;?!%»]", text), key
        assert not re.search(r"\w:(?!\w+\})", text.replace("assay models evaluate", "")), key
        if " " in text and key not in {("card", "line")}:
            assert text != english[key], key


def test_every_warning_of_the_code_has_a_text():
    for lang in LANGUAGES:
        for code in ("over_cap", "uncalibrated", "calibrated_here", "unnamed_sources", "overlap"):
            assert ("warning", code) in texts(lang)


def test_a_missing_text_or_language_is_an_error():
    with pytest.raises(EngineError, match=r"card\.gossip in fr"):
        word("fr", "card", "gossip")
    with pytest.raises(EngineError):
        word("en", "warning", "leak", auc=0.8)
    with pytest.raises(ConfigError, match="no language 'tlh'"):
        card().to_markdown("tlh")
