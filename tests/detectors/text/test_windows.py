"""Windows: about a hundred words, ended where sentences end."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from detectors.text.windows import LEAST_WORDS, NEAR, WORDS, cut

SENTENCE = "One two three four five six seven eight nine ten. "


def test_a_short_text_has_no_window() -> None:
    assert cut(SENTENCE * 4 + "One two.") == ()


def test_a_text_of_130_words_is_one_window_and_one_of_260_is_three() -> None:
    assert [one.words for one in cut(SENTENCE * 13)] == [130]
    assert [one.words for one in cut(SENTENCE * 26)] == [90, 80, 90]


def test_windows_end_where_sentences_end() -> None:
    text = SENTENCE * 30
    assert all(text[one.end - 1] == "." for one in cut(text))


def test_a_text_without_sentences_is_cut_all_the_same() -> None:
    found = cut("word " * 300)
    assert [one.words for one in found] == [100, 100, 100]


@given(st.integers(LEAST_WORDS, 2_000), st.integers(1, 60))
def test_windows_follow_each_other_and_are_of_like_length(words: int, sentence: int) -> None:
    text = " ".join(
        f"w{number}." if number % sentence == 0 else f"w{number}" for number in range(words)
    )
    found = cut(text)
    assert sum(one.words for one in found) == words
    assert all(low.end < high.start for low, high in pairwise(found))
    assert all(one.words <= 3 * WORDS // 2 + 2 * NEAR for one in found)
