"""Numbers about how a window is written, each of which a person understands.

Rates are per hundred words. None of them looks at case or at typography.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

__all__ = ["style_names", "style_of"]

WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+)*|\d+(?:[.,]\d+)*")
SENTENCE = re.compile(r"[^.!?]+(?:[.!?]+[\"')\]]*|\Z)")
SIGNS = {
    "commas": ",",
    "semicolons": ";",
    "colons": ":",
    "dashes": " - ",
    "hyphens": "-",
    "brackets": "(",
    "quotes": '"',
    "questions": "?",
    "exclamations": "!",
    "dots": "...",
    "apostrophes": "'",
}
WORDS = {
    "first_person": "i me my mine we us our je j me m mon ma mes nous notre nos",
    "second_person": "you your yours tu te toi ton ta tes vous votre vos",
    "negations": "not no never nothing n't ne n pas jamais rien aucun aucune sans",
    "connectives": (
        "however moreover furthermore therefore additionally thus hence overall ultimately "
        "cependant toutefois néanmoins ainsi donc enfin finalement ailleurs certes or"
    ),
    "and": "and et",
    "but": "but mais",
    "the": "the le la les l",
    "of": "of de du des d",
    "that": "that which who que qui dont qu",
    "be": "is are was were be been est sont était étaient être été fut furent",
    "hedges": "may might could perhaps possibly seems peut peuvent pourrait semble peut-être",
    "intensifiers": "very really just quite so too très vraiment assez si trop bien tout",
}
LISTS = {name: frozenset(words.split()) for name, words in WORDS.items()}
TRIPLE = re.compile(r"\w+, (?:\w+ ){0,3}\w+,? (?:and|et|or|ou) \w+")
NOT_BUT = re.compile(
    r"\b(?:not (?:just|only|merely|simply)|isn't (?:just|about)|non seulement|"
    r"ce n'est pas|pas seulement|plus qu'une?)\b"
)
PARTICIPLE = re.compile(r", \w+(?:ing|ant) ")


def style_of(text: str) -> NDArray[np.float32]:
    """The numbers of a window, float32, in the order of `style_names`."""
    return np.array(list(_measured(text.lower()).values()), np.float32)


def style_names() -> tuple[str, ...]:
    """What the numbers are called."""
    return tuple(_measured("one two three. four five six."))


def _measured(text: str) -> dict[str, float]:
    words = WORD.findall(text)
    parts = [one for word in words for one in word.split("'") if one]
    count = max(len(words), 1)
    rate = 100 / count
    lengths = np.array([len(word) for word in words] or [0], np.float64)
    sentences = [WORD.findall(one) for one in SENTENCE.findall(text)]
    sentences = [one for one in sentences if one]
    sizes = np.array([len(one) for one in sentences] or [0], np.float64)
    known = Counter(words)
    pairs = Counter(pairwise(words))
    starts = Counter(one[0] for one in sentences)
    measured = {
        "word_length": float(lengths.mean()),
        "word_length_spread": float(lengths.std()),
        "long_words": float((lengths >= 8).mean() * 100),
        "very_long_words": float((lengths >= 12).mean() * 100),
        "short_words": float((lengths <= 3).mean() * 100),
        "different_words": len(known) / count**0.8,
        "words_used_once": sum(one == 1 for one in known.values()) * rate,
        "repeated_pairs": sum(one - 1 for one in pairs.values()) * rate,
        "sentence_length": float(sizes.mean()),
        "sentence_length_spread": float(sizes.std()),
        "sentence_evenness": float(sizes.std() / max(sizes.mean(), 1)),
        "longest_sentence": float(sizes.max()),
        "shortest_sentence": float(sizes.min()),
        "sentence_change": float(np.abs(np.diff(sizes)).mean()) if len(sizes) > 1 else 0.0,
        "same_beginnings": (sum(starts.values()) - len(starts)) / max(len(sentences), 1),
        "numbers": sum(word[0].isdigit() for word in words) * rate,
        "triples": len(TRIPLE.findall(text)) * rate,
        "not_but": len(NOT_BUT.findall(text)) * rate,
        "participles": len(PARTICIPLE.findall(text)) * rate,
        "compressed": len(zlib.compress(text.encode("utf-8", "replace"), 6)) / max(len(text), 1),
    }
    measured |= {name: text.count(sign) * rate for name, sign in SIGNS.items()}
    measured |= {name: sum(one in of for one in parts) * rate for name, of in LISTS.items()}
    return measured
