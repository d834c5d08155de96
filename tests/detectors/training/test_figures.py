"""Figures of a training: of works that were held out, by tables that held nothing of theirs."""

from __future__ import annotations

from contextlib import closing

import pytest

from detectors.card import ModelCard
from detectors.models.dependence import Dependence
from detectors.models.tables import Tables, read_scores
from detectors.training.figures import Measuring
from detectors.training.heldout import dependence_of, held_out
from detectors.training.workshop import Workshop
from tests.detectors import tiny


@pytest.fixture
def card(tiny_run):
    return ModelCard.read((tiny_run("text").folder / "card.json").read_bytes(), shown="")


@pytest.fixture
def works(tiny_run):
    """Those of the tiny run, as its training saw them."""
    run = tiny_run("text")
    workshop = Workshop(tiny.TextRecipe(), run.folder.with_name("model.work"), 1, lambda _: None)
    with closing(workshop):
        return workshop.usable(run.manifest)[1]


def test_the_card_holds_figures_of_works_that_were_held_out(card, tiny_run):
    figures, model = card.figures, tiny_run("text").trained.model
    assert figures.held_out
    human = read_scores(model.read("human_scores.csv"), shown="")
    made = read_scores(model.read("ai_scores.csv"), shown="")
    assert (figures.human.works, figures.ai.works) == (len(human), len(made))
    assert {one.name for one in figures.sources} == {one.source for one in human}
    assert {one.name for one in figures.families} == {one.source for one in made}
    assert figures.auc.n == len(human) + len(made)
    assert figures.leak is not None
    assert figures.known is None


def test_a_source_is_measured_by_tables_without_it(works, tiny_run):
    """With its own works in the tables a source could never lie far above them."""
    record = tiny_run("text").trained.model.record
    held = [one for _, some in held_out(tiny.TextRecipe(), works, 0) for one in some]
    measuring = Measuring(tiny.TextRecipe(), record, held)
    whole = measuring.tables()
    differs = 0
    for one, found in zip(held, measuring.measured(held, lambda one: one.logits), strict=True):
        if not one.work.synthetic:
            human, made = measuring.parted((False, one.work.item.origin))
            assert one.work.item.origin not in {other.source for other in human}
            own = Tables.of(human, made, record.groups, unmeasured=whole.exceedance.unmeasured)
            assert found.exceedance == own.at(found.score, "all").exceedance.upper
            differs += found.exceedance != whole.at(found.score, "all").exceedance.upper
    assert differs


@pytest.mark.parametrize(
    ("lang", "said"), [("en", "saw nothing of its human source"), ("fr", "rien vu de sa source")]
)
def test_the_page_says_how_they_were_held_out(card, lang, said):
    assert said in card.to_markdown(lang)


def test_known_families_are_held_out_by_song(works):
    unseen = [one for _, held in held_out(tiny.TextRecipe(), works, 0) for one in held]
    known = [one for _, held in held_out(tiny.TextRecipe(), works, 0, known=True) for one in held]
    assert len(unseen) == len(known) == len(works)

    def folds(held):
        made = [one for one in held if one.work.synthetic]
        return {one.work.item.origin: set() for one in made} | {
            origin: {one.fold for one in made if one.work.item.origin == origin}
            for origin in {one.work.item.origin for one in made}
        }

    assert all(len(found) == 1 for found in folds(unseen).values())
    assert any(len(found) > 1 for found in folds(known).values())
    assert isinstance(dependence_of(unseen), Dependence)
