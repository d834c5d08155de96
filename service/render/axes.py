"""Axes of drawings: where their marks stand, and how scores, times and shares are written there.

What lies along an axis is given in per cent of its width and what stands upright in pixels, so that
a drawing becomes narrow without its letters becoming small.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from service.render.wording import Words

__all__ = [
    "FULL",
    "Signed",
    "Tick",
    "clock",
    "counts",
    "hertz",
    "rounded",
    "scores",
    "short",
    "signed",
    "times",
]

FULL = 3.0
"""A score of this height is drawn at full height, unless a higher one is there."""

LEVELS = 5
MOST_TICKS = 5
SECONDS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800)
MINUS = "\N{MINUS SIGN}"


@dataclass(frozen=True, slots=True)
class Signed:
    """A score as it is drawn.

    Attributes:
        label: as a number with its sign.
        side: `up` or `down`.
        level: 1 to 5, how strong its colour is.
    """

    label: str
    side: str
    level: int


@dataclass(frozen=True, slots=True)
class Tick:
    """A mark of an axis; `at` is in per cent along it, or in pixels down it."""

    at: float
    label: str
    anchor: str = "middle"


def signed(score: float, most: float, words: Words) -> Signed:
    """A score beside others of which the furthest from 0 is `most`."""
    share = min(abs(score) / max(most, FULL), 1.0)
    number = words.number(abs(score), 2)
    label = f"{MINUS}{number}" if score < 0 else f"+{number}"
    return Signed(label, "down" if score < 0 else "up", min(LEVELS, 1 + int(share * LEVELS)))


def clock(seconds: float, words: Words, places: int = 0) -> str:
    """A time as minutes and seconds."""
    ticks = round(seconds * 10**places)
    minutes, rest = divmod(ticks, 60 * 10**places)
    whole, part = divmod(rest, 10**places)
    fraction = f"{words.ui('decimal_sign')}{part:0{places}d}" if places else ""
    return f"{minutes}:{whole:02d}{fraction}"


def times(end: float, words: Words) -> tuple[Tick, ...]:
    """Marks of minutes and seconds."""
    step = next((one for one in SECONDS if end / one <= MOST_TICKS), SECONDS[-1])
    return _every(float(step), end, lambda at: clock(at, words))


def counts(end: float, words: Words) -> tuple[Tick, ...]:
    """Marks of whole numbers."""
    return _every(max(_step(end), 1.0), end, words.number)


def scores(
    low: float, high: float, across: Callable[[float], float], words: Words
) -> tuple[Tick, ...]:
    """Marks of scores between two."""
    step = _step(high - low)
    places = max(0, -math.floor(math.log10(step)))
    numbers = range(math.ceil(low / step), math.floor(high / step) + 1)
    return tuple(
        Tick(
            rounded(across(n * step)),
            f"{MINUS if n < 0 else ''}{words.number(abs(n) * step, places)}",
        )
        for n in numbers
    )


def hertz(top: float, high: float, words: Words) -> list[Tick]:
    """Marks of frequencies down the side of a spectrogram."""
    step = _step(top / 1000, most=3)
    places = max(0, -math.floor(math.log10(step)))
    found = []
    for n in range(1, int(top / 1000 / step + 1e-9) + 1):
        at = max(high * (1 - n * step * 1000 / top), 4) + 4
        found.append(Tick(rounded(at), f"{words.number(n * step, places)} kHz"))
    return found


def short(number: float, words: Words) -> str:
    """A number with as many decimals as matter beside an axis."""
    return words.number(number, 0 if number == round(number) else 1)


def rounded(length: float) -> float:
    """A length as it is written: a hundredth of a pixel is not seen."""
    return round(length, 2)


def _every(step: float, end: float, label: Callable[[float], str]) -> tuple[Tick, ...]:
    found = [Tick(0.0, label(0.0), "start")]
    for n in range(1, int(end / step + 1e-9) + 1):
        at = rounded(n * step / end * 100)
        found.append(Tick(at, label(n * step), "end" if at > 94 else "middle"))
    return tuple(found)


def _step(span: float, most: int = MOST_TICKS) -> float:
    """The smallest of 1, 2 and 5 times a power of ten that goes into a span `most` times."""
    least = max(span, 1e-9) / most
    power = 10.0 ** math.floor(math.log10(least))
    return next(one * power for one in (1, 2, 5, 10) if one * power >= least * (1 - 1e-9))
