"""What a model sees of a window: the same whatever the case and the typography."""

from itertools import pairwise

import numpy as np
import pytest

from detectors.text.grams import BUCKETS, SLOTS, grams_of
from detectors.text.pieces import BEGIN, END, LENGTH, PAD, UNKNOWN, pieces_of, tokenizer_of
from detectors.text.style import style_names, style_of

TEXT = (
    "However, it is not only the cost that matters, but also the time, the place, and the people. "
    "Who could have known? Nobody told us; we had to find out by ourselves - and we did."
)
SIGNS = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
WORDS = tokenizer_of(
    [*SIGNS, ("\u2581it", -1.0), ("\u2581is", -1.0), ("\u2581", -9.0), ("i", -9.0)]
)


def test_pieces_are_framed_and_padded() -> None:
    row = pieces_of("It is", WORDS)
    assert row.tolist() == [BEGIN, 4, 5, END] + [PAD] * (LENGTH - 4)


def test_what_the_vocabulary_lacks_is_unknown() -> None:
    assert UNKNOWN in pieces_of("It \u6f22 is", WORDS)[:6]


def test_a_long_window_ends_with_its_sign() -> None:
    row = pieces_of("it is " * 400, WORDS)
    assert row[-1] == END
    assert PAD not in row


def test_runs_are_the_same_in_any_case_and_order_of_hashing() -> None:
    row = grams_of(TEXT)
    assert np.array_equal(row, grams_of(TEXT.upper().lower()))
    there = row[row < BUCKETS]
    assert len(there) == len(set(there.tolist())) > 300
    assert row.shape == (SLOTS,)


def test_a_window_of_one_word_has_runs_too() -> None:
    assert (grams_of("word") < BUCKETS).sum() > 3
    assert (grams_of("") == BUCKETS).sum() >= SLOTS - 1


def test_more_runs_than_slots_leave_some_out() -> None:
    rng = np.random.default_rng(0)
    words = " ".join("".join(map(chr, rng.integers(97, 123, 9))) for _ in range(400))
    assert (grams_of(words) < BUCKETS).all()


@pytest.mark.parametrize(
    ("name", "more", "less"),
    [
        ("commas", "a, b, c, d, e.", "a b c d e."),
        ("triples", "They like bread, wine, and cheese.", "They like bread and wine and cheese."),
        ("not_but", "It is not just a house.", "It is a house."),
        ("connectives", "However, he came.", "Later he came."),
        ("first_person", "I said we would.", "He said they would."),
        ("sentence_length", "One two three four five six.", "One two. Three four."),
        ("sentence_evenness", "One. One two three four five six.", "One two three. Four five six."),
        ("numbers", "In 1990 and 1995.", "In spring and autumn."),
        ("long_words", "Administrative responsibilities.", "The cat sat."),
        ("repeated_pairs", "the cat and the cat and the cat", "the cat and a dog or some mouse"),
    ],
)
def test_a_number_of_style_measures_what_it_says(name: str, more: str, less: str) -> None:
    place = style_names().index(name)
    assert style_of(more)[place] > style_of(less)[place]


def test_style_knows_no_case_and_any_text_has_it() -> None:
    assert np.array_equal(style_of(TEXT), style_of(TEXT.upper()))
    for text in ("", "...", "\u6f22\u5b57", "1"):
        assert np.isfinite(style_of(text)).all()


def test_names_of_style_differ() -> None:
    names = sorted(style_names())
    assert all(one != other for one, other in pairwise(names))
