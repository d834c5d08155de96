"""Plots: SVG that anyone can open, the same bytes each time."""

from __future__ import annotations

import numpy as np
from lxml import etree

from detectors.card_words import word
from detectors.evaluation.figures import figures_of
from detectors.evaluation.manifest import Label
from detectors.evaluation.plots import PLOTS, plots_of, roc_line
from detectors.evaluation.scored import Scored

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
