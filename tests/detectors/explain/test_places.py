"""Local scores in order: every window once, and the mean where several lie over each other."""

from __future__ import annotations

import pytest

from detectors.explain import (
    Cell,
    Passage,
    cells_of,
    in_a_row,
    passages_of,
    stretches_of,
    unit_of,
)
from provenance.evidence import Detection, Where


def detection(*where):
    return Detection(source="d", detector="d", model="sha256:0", score=1.0, where=where)


def second(low, high, score):
    return Where(unit="second", range=(low, high), score=score)


def box(*edges, score):
    return Where(unit="pixel", box=edges, score=score)


def test_without_local_scores_there_is_nothing_to_draw():
    assert unit_of(detection()) is None
    assert unit_of(detection(Where(unit="second", range=(0, 1)))) is None
    assert passages_of(detection()) == ()
    assert cells_of(detection()) == ()


def test_windows_are_given_as_they_were_scored_in_order():
    found = detection(second(2, 4, -1.0), second(0, 3, 5.0), second(9, 7, 2.0))
    assert unit_of(found) == "second"
    assert stretches_of(found) == (Passage(0, 3, 5.0), Passage(2, 4, -1.0), Passage(7, 9, 2.0))


def test_where_windows_overlap_their_mean_stands():
    found = detection(second(0, 2, 4.0), second(1, 3, -2.0), second(5, 6, 1.0))
    assert passages_of(found) == (
        Passage(0, 1, 4.0),
        Passage(1, 2, 1.0),
        Passage(2, 3, -2.0),
        Passage(5, 6, 1.0),
    )


def in_part(part, low, high, score):
    return Where(unit="character", range=(low, high), score=score, part=part)


def test_characters_of_two_parts_are_not_the_same():
    found = detection(
        in_part("two", 0, 5, 1.0), in_part("one", 0, 9, 2.0), in_part("two", 3, 8, 3.0)
    )
    assert passages_of(found) == (
        Passage(0, 3, 1.0, "two"),
        Passage(3, 5, 2.0, "two"),
        Passage(5, 8, 3.0, "two"),
        Passage(0, 9, 2.0, "one"),
    )
    assert [(one.start, one.end) for one in in_a_row(stretches_of(found))] == [
        (0, 5),
        (3, 8),
        (8, 17),
    ]


def test_where_boxes_overlap_their_mean_stands():
    found = detection(box(0, 0, 20, 10, score=4.0), box(10, 0, 30, 10, score=-2.0))
    assert cells_of(found) == (
        Cell(0, 0, 10, 10, 4.0),
        Cell(10, 0, 20, 10, 1.0),
        Cell(20, 0, 30, 10, -2.0),
    )


def test_many_boxes_are_drawn_on_a_grid():
    found = detection(*(box(n, n, n + 7, n + 7, score=1.0) for n in range(0, 3000, 3)))
    cells = cells_of(found)
    assert 63 <= len(cells) <= 63 * 63
    assert {cell.score for cell in cells} == {1.0}


@pytest.mark.parametrize("edge", [float("inf"), float("nan")])
def test_a_place_that_is_none_is_not_drawn(edge):
    one = Where.model_construct(unit="second", range=(0.0, edge), box=None, score=1.0)
    other = Where.model_construct(unit="pixel", range=None, box=(0, 0, edge, 1), score=1.0)
    found = Detection.model_construct(where=(one, other))
    assert stretches_of(found) == ()
    assert cells_of(found) == ()
