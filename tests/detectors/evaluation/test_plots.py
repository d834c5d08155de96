"""Plots: SVG that anyone can open, the same bytes each time, and what a detection rests on."""

from __future__ import annotations

import io

import numpy as np
import pytest
from lxml import etree
from PIL import Image

from detectors.card_words import word
from detectors.evaluation.figures import figures_of
from detectors.evaluation.manifest import Label
from detectors.evaluation.plots import PLOTS, plots_of, roc_line
from detectors.evaluation.scored import Scored
from detectors.explain import marked_passages, passages_html, picture_heat, sound_windows
from provenance.evidence import Detection, Where

PARSER = {"resolve_entities": False, "no_network": True}


def words_of(svg):
    root = etree.fromstring(svg, etree.XMLParser(**PARSER))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    return "\n".join("".join(one.itertext()) for one in root.iter("{*}text"))


def english(code):
    return word("en", "plot", code)


def works(name="fam $x_1$ <b>"):
    rng = np.random.default_rng(0)
    found = []
    for label in Label:
        for number in range(120):
            score = float(rng.normal(2 if label is Label.AI else 0, 1))
            value = float(np.clip(1 - (score + 3) / 6, 0.001, 1))
            found.append(
                Scored(
                    len(found),
                    str(number),
                    label,
                    f"source {number % 3}",
                    f"{name}{number % 2}" if label is Label.AI else None,
                    ran=True,
                    score=score,
                    likelihood=float(1 / (1 + np.exp(-score))),
                    exceedance=min(1.0, value * 1.5),
                    value=value,
                    group="all",
                )
            )
    return found


def drawn(those=None):
    those = those or works()
    figures = figures_of(those, 0.1, manifest="m", manifest_sha256="0" * 64, with_leaks=False)
    return plots_of(figures, those, english)


def test_each_plot_has_its_names_and_numbers():
    plots = drawn()
    assert set(plots) == set(PLOTS) - {"attacks"}
    assert "fam $x_1$ <b>0" in words_of(plots["roc"])
    assert "source 0" in words_of(plots["sources"])
    assert "coverage 1.000" in words_of(plots["reliability"])
    assert "solid: bound, dotted: value" in words_of(plots["exceedance"])
    assert {"0.001", "0.01", "0.1", "1"} <= set(words_of(plots["exceedance"]).split("\n"))
    assert "/60" in words_of(plots["families"])


def test_a_roc_line_goes_through_the_points_it_should():
    human, even = np.array([0.1, 0.2, 0.3]), np.ones(3)
    alarms, found = roc_line(human, even, np.array([0.5, 0.6]))
    assert (alarms.tolist(), found.tolist()) == ([0, 1 / 3, 2 / 3, 1], [1, 1, 1, 1])
    assert roc_line(human, even, np.array([0.25, 0.05]))[1].tolist() == [0, 0.5, 0.5, 1]
    assert roc_line(human, np.array([2, 1, 1]), np.array([0.0]))[0].tolist() == [0, 0.25, 0.5, 1]


def test_the_same_figures_give_the_same_bytes():
    assert drawn() == drawn()


def test_without_scores_there_is_nothing_to_draw():
    silent = [Scored(n, str(n), label, "s", reason="limit") for n, label in enumerate(Label)]
    assert set(drawn(silent)) <= {"sources", "families"}


def detection(*where):
    return Detection(source="d", detector="d", model="sha256:0", score=1.0, where=where)


def test_the_windows_of_a_recording_are_drawn_with_their_scores():
    rate = 8000
    samples = np.sin(2 * np.pi * 1000 * np.arange(rate * 6) / rate).astype(np.float32)
    found = detection(
        Where(unit="second", range=(0, 2), score=-1.25),
        Where(unit="second", range=(4, 99), score=3.5),
    )
    svg = sound_windows(found, samples, rate, title="a $5 song <script>")
    shown = words_of(svg)
    assert "1.25" in shown
    assert "3.50" in shown
    assert "a $5 song <script>" in shown
    assert b"<script" not in svg
    assert svg == sound_windows(found, samples, rate, title="a $5 song <script>")


@pytest.mark.parametrize("samples", [np.zeros(0, np.float32), np.zeros((2, 100), np.float32)])
def test_a_recording_of_nothing_is_drawn_too(samples):
    assert words_of(sound_windows(detection(), samples, 8000))


def test_heat_lies_where_the_boxes_are():
    pixels = np.full((300, 400, 3), 128, np.uint8)
    cold = picture_heat(detection(), pixels)
    hot = picture_heat(detection(Where(unit="pixel", box=(200, 0, 400, 300), score=4.0)), pixels)
    seen = [
        np.asarray(Image.open(io.BytesIO(one)).convert("RGB"), np.float64) for one in (cold, hot)
    ]
    assert seen[0].shape == seen[1].shape
    changed = np.abs(seen[1] - seen[0]).sum(axis=2) > 20
    middle = changed.shape[1] // 2
    assert changed[:, middle + 5 :].mean() > 0.5
    assert changed[:, : middle - 5].mean() < 0.01


def test_passages_cover_the_whole_text_and_overlaps_are_their_mean():
    text = "One <two> three four."
    found = detection(
        Where(unit="character", range=(4, 9), score=2.0),
        Where(unit="character", range=(4, 15), score=-2.0),
        Where(unit="character", range=(100, 200), score=9.0),
    )
    passages = marked_passages(found, text)
    assert "".join(one.text for one in passages) == text
    assert [(one.text, one.score) for one in passages] == [
        ("One ", None),
        ("<two>", 0.0),
        (" three", -2.0),
        (" four.", None),
    ]
    page = passages_html(found, text)
    assert '<mark class="strength-2" title="0.000">&lt;two&gt;</mark>' in page
    assert "<two>" not in page
