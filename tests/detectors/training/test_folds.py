"""Whole families and whole human sources are held out, and nothing of them is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detectors.training.folds import Work, folds_of
from provenance.errors import ConfigError

works = st.builds(
    Work,
    synthetic=st.booleans(),
    origin=st.sampled_from("abcdefg"),
    song=st.integers(0, 10_000),
)


@given(st.lists(works, min_size=8, max_size=60))
def test_every_work_is_held_out_once_with_all_of_its_origin(several):
    try:
        folds = folds_of(several)
    except ConfigError:
        families = {one.origin for one in several if one.synthetic}
        sources = {one.origin for one in several if not one.synthetic}
        songs = [one.song for one in several]
        assert min(len(families), len(sources)) < 2 or len(set(songs)) < len(songs)
        return
    assert sorted(place for fold in folds for place in fold.held_out) == list(range(len(several)))
    for fold in folds:
        held = {(several[place].synthetic, several[place].origin) for place in fold.held_out}
        left = {(several[place].synthetic, several[place].origin) for place in fold.fitted}
        assert not held & left
        assert {synthetic for synthetic, _ in held} == {synthetic for synthetic, _ in left}
        songs = {several[place].song for place in fold.held_out}
        assert not songs & {several[place].song for place in fold.fitted}


def test_a_version_of_a_held_out_song_is_not_fitted():
    several = [
        Work(False, "a", 1),
        Work(False, "a", 2),
        Work(False, "b", 1),
        Work(False, "b", 3),
        Work(True, "x", 4),
        Work(True, "y", 5),
    ]
    for fold in folds_of(several):
        assert (0 in fold.held_out) + (2 in fold.held_out) == 1
        assert 0 not in fold.fitted
        assert 2 not in fold.fitted


def test_one_source_or_one_family_is_not_enough():
    one_family = [Work(False, "a", 1), Work(False, "b", 2), Work(True, "x", 3)]
    with pytest.raises(ConfigError, match="1 families of generators and 2 human sources"):
        folds_of(one_family)


def test_the_same_works_give_the_same_folds():
    several = [Work(n % 2 == 0, "abcdef"[n % 6], n) for n in range(40)]
    assert folds_of(several) == folds_of(list(several))
