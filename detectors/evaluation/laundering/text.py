"""Ways of laundering a text: what people do to it, or a tool does for them, so that it passes.

Homoglyphs are those that defeat detectors in practice (RAID, Dugan et al. 2024, section 4): Latin
letters swapped for Cyrillic and Greek ones of the same shape. All of it is small and readable.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from provenance.asset import Modality

if TYPE_CHECKING:
    import numpy as np

    from provenance.asset import Asset

__all__ = ["ATTACKS", "TextSuite"]

LOOK_ALIKE = str.maketrans(
    "AaBCcEeHIiJjKMOoPpSsTXxYy",
    "\u0410\u0430\u0412\u0421\u0441\u0415\u0435\u041d\u0406\u0456\u0408\u0458\u041a\u041c"
    "\u041e\u043e\u0420\u0440\u0405\u0455\u0422\u0425\u0445\u03a5\u0443",
)
ZERO_WIDTH = ("\u200b", "\u200c", "\u200d", "\u2060")
SENTENCE = re.compile(r"[^.!?\n]*[.!?]+[\"')\]\u2019\u201d\u00bb]*\s*|[^.!?\n]+\n*|\n+")
BESIDE: Mapping[str, str] = {
    **dict(zip("qwertyuiop", "wertyuiopo", strict=True)),
    **dict(zip("asdfghjkl", "sdfghjklk", strict=True)),
    **dict(zip("zxcvbnm", "xcvbnmn", strict=True)),
}
"""A letter and the key beside it."""

SWAPPED, HIDDEN, SPACED, MISTYPED, DROPPED = 0.3, 0.2, 0.1, 0.02, 0.3


class TextSuite:
    """Launders texts. Formats of documents are not kept: what comes out is plain text."""

    name = "text"
    modalities = (Modality.TEXT, Modality.DOCUMENT)

    @property
    def attacks(self) -> tuple[str, ...]:
        """Names of the ways."""
        return tuple(ATTACKS)

    def launder(self, attack: str, asset: Asset, rng: np.random.Generator) -> bytes:
        """The text, laundered, as UTF-8.

        Raises:
            Undecodable: it is no text.
        """
        from detectors.decode.text import passages
        from detectors.evaluation.laundering import LIMITS

        found, _ = passages(asset, LIMITS)
        text = "\n\n".join(passage.text for passage in found)
        return ATTACKS[attack](text, rng).encode("utf-8", "replace")


def homoglyph(text: str, rng: np.random.Generator) -> str:
    """Three of ten letters that have a double in another script are swapped for it."""
    return _each(text, SWAPPED, rng, lambda letter, _: letter.translate(LOOK_ALIKE))


def zero_width(text: str, rng: np.random.Generator) -> str:
    """A character without width behind one of five others."""
    return _each(text, HIDDEN, rng, lambda letter, draw: letter + ZERO_WIDTH[int(draw * 1e6) % 4])


def case(text: str, _: np.random.Generator) -> str:
    """All in small letters."""
    return text.lower()


def whitespace(text: str, rng: np.random.Generator) -> str:
    """One of ten spaces becomes two, or the end of a line."""

    def spaced(letter: str, draw: float) -> str:
        return letter if letter != " " else ("\n" if draw * 1e6 % 2 < 1 else "  ")

    return _each(text, SPACED, rng, spaced)


def typos(text: str, rng: np.random.Generator) -> str:
    """Two of a hundred letters hit the key beside."""

    def mistyped(letter: str, _: float) -> str:
        beside = BESIDE.get(letter.lower(), letter)
        return beside.upper() if letter.isupper() else beside

    return _each(text, MISTYPED, rng, mistyped)


def sentence_drop(text: str, rng: np.random.Generator) -> str:
    """Three of ten sentences are left out, never all."""
    sentences = SENTENCE.findall(text)
    if len(sentences) < 2:
        return text
    kept = rng.random(len(sentences)) >= DROPPED
    if not kept.any():
        kept[0] = True
    return "".join(one for one, is_kept in zip(sentences, kept, strict=True) if is_kept)


def _each(
    text: str, share: float, rng: np.random.Generator, change: Callable[[str, float], str]
) -> str:
    """`text` with that share of its characters, drawn by chance, changed."""
    draws = rng.random(len(text))
    return "".join(
        change(letter, draw) if draw < share else letter
        for letter, draw in zip(text, draws.tolist(), strict=True)
    )


ATTACKS: Mapping[str, Callable[[str, np.random.Generator], str]] = {
    "homoglyph": homoglyph,
    "zero_width": zero_width,
    "case": case,
    "whitespace": whitespace,
    "typos": typos,
    "sentence_drop": sentence_drop,
}
