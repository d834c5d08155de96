"""Hidden characters in text: something that nobody sees was written between what everybody reads.

Such marks trace a copy, carry a message to a machine, or evade a filter; who or what wrote the
text they do not say. Four schemes, after the Unicode Standard 17 (chapters 9, 12, 23) and UTS 51:

- `unicode-tags`: tag characters that are not the flag of a region (an emoji sequence);
- `unicode-variation-selectors`: selectors where there is nothing they could select a variant of;
- `unicode-zero-width`: characters without width, in runs or in a pattern of several kinds;
- `unicode-spaces`: odd spaces among the words, in such numbers and so mixed that they can say
  something.

What has a use is left alone: joiners in emoji and in scripts that join (Arabic, Indic and their
kin), breaks in scripts without spaces, ligature breaks and word joiners, byte-order marks, soft
hyphens, the padding of mails, selectors of an emoji style wherever they were left, spaces that
typography asks for (French punctuation, units, formulas, titles before names), and the wrapper of
a C2PA manifest, which `provenance.c2pa.text` reads. Where a habit and a mark look alike, nothing is
said: a mark that is missed costs less than a text that is wrongly accused.

Measured on raw texts, for characters without width: 978 of 978 marked works found, 0 false alarms
in 9777 human works; the rest stands in `measured.json`.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Hidden", "find"]

C2PA = re.compile("\ufeff[\ufe00-\ufe0f\U000e0100-\U000e01ef]{8,}")
TAG_RUN = re.compile("[\U000e0000-\U000e007f]+")
FLAG_TAGS = re.compile("[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,7}\U000e007f")
FLAG = "\U0001f3f4"
SELECTOR_RUN = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]+")
WIDTHLESS = "\u200b\u200c\u200d\u2060\u2061\u2062\u2063\u2064\ufeff"
WIDTHLESS_RUN = re.compile(f"[{WIDTHLESS}]+")
FILLING = re.compile(f"[{WIDTHLESS}\u034f\u00ad\u200e\u200f\\s]{{8,}}")
EMOJI_STYLE = frozenset("\ufe0e\ufe0f")
PLAIN_SPACES = " \u00a0"
ODD_SPACES = "\u2002\u2004\u2006\u2008\u2009\u200a\u202f\u205f"
# Signs above and below the letters of India and Burma are part of a word; most units, variables and
# titles are shorter than three letters.
WORD_PART = "(?:[^\\W\\d_]|[\u0900-\u109f\u1780-\u17ff]){3}"
WORD_GAP = re.compile(f"(?<={WORD_PART})[{PLAIN_SPACES}{ODD_SPACES}](?={WORD_PART})")

FEWEST_TAGS = 2
FEWEST_SELECTORS = 4
LONGEST_RUN = 8
LONGEST_PERIOD, FEWEST_PERIODS = 4, 3
FEWEST_SPREAD, FEWEST_OF_A_KIND, SHARE_OF_A_KIND = 16, 4, 1 / 8
FEWEST_SPACES, SHARE_OF_SPACES, FEWEST_WORDS = 16, 1 / 20, 8
LONGEST_PAYLOAD = 200

JOINING = (
    (0x0600, 0x0DFF),  # Arabic, Syriac, N'Ko, the scripts of India
    (0x0F00, 0x109F),  # Tibetan, Myanmar
    (0x1780, 0x1CFF),  # Khmer, Mongolian, Balinese, Vedic
    (0xA800, 0xABFF),
    (0xFB50, 0xFDFF),
    (0xFE70, 0xFEFE),
    (0x10A00, 0x11FFF),
    (0x1E900, 0x1E95F),
)
UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x2E80, 0xA4CF))
IDEOGRAPHS = ((0x2E80, 0x2FFF), (0x3400, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x323AF))
PICTURES = ((0x2000, 0x33FF), (0x1F000, 0x1FBFF), (0xFF00, 0xFFEF))
VARIED_LETTERS = ((0x1000, 0x109F), (0x1800, 0x18AF), (0xA840, 0xA87F))
MONGOLIAN = ((0x1800, 0x18AF),)


@dataclass(frozen=True, slots=True)
class Hidden:
    """Hidden characters of one scheme.

    Attributes:
        scheme: which.
        count: how many characters.
        payload: the text they spell where they spell one, else which characters they are.
    """

    scheme: str
    count: int
    payload: str


def find(text: str) -> tuple[Hidden, ...]:
    """Every scheme that is in `text`; most texts have none."""
    if text.isascii():
        return ()
    bare = C2PA.sub("", text)
    found = (look(bare) for look in LOOKS)
    return tuple(one for one in found if one is not None)


def _tags(text: str) -> Hidden | None:
    runs = []
    for run in TAG_RUN.finditer(text):
        is_flag = text[run.start() - 1 : run.start()] == FLAG and FLAG_TAGS.fullmatch(run[0])
        if not is_flag:
            runs.append(run[0])
    tags = "".join(runs)
    if len(tags) < FEWEST_TAGS:
        return None
    spelt = "".join(chr(ord(tag) - 0xE0000) for tag in tags if 0xE0020 <= ord(tag) < 0xE007F)
    return _hidden("unicode-tags", tags, spelt)


def _selectors(text: str) -> Hidden | None:
    stray = []
    for run in SELECTOR_RUN.finditer(text):
        base = text[run.start() - 1] if run.start() else ""
        selects = bool(base) and _selects(base, ord(run[0][0]))
        rest = run[0][1:] if selects else run[0]
        stray.append(rest if _holds_bytes(rest) else _without_style(rest))
    selectors = "".join(stray)
    if len(selectors) < FEWEST_SELECTORS:
        return None
    values = (ord(one) for one in selectors)
    octets = bytes(one - 0xFE00 if one <= 0xFE0F else one - 0xE0100 + 16 for one in values)
    return _hidden("unicode-variation-selectors", selectors, octets.decode("utf-8", "replace"))


def _holds_bytes(selectors: str) -> bool:
    """Whether selectors of an emoji style can be bytes among others, or bits among themselves."""
    kinds = set(selectors)
    if kinds <= EMOJI_STYLE:
        return len(kinds) == 2 and len(selectors) >= LONGEST_RUN
    return len(selectors) >= FEWEST_SELECTORS


def _without_style(selectors: str) -> str:
    return "".join(one for one in selectors if one not in EMOJI_STYLE)


def _selects(base: str, selector: int) -> bool:
    """Whether `base` is of a kind that has variants (StandardizedVariants, UTS 37 and 51)."""
    if selector >= 0xE0100:
        return _within(base, IDEOGRAPHS)
    if base in "0123456789#*\u00a9\u00ae" or unicodedata.category(base) in {"So", "Sm", "Sk"}:
        return True
    return _within(base, (*IDEOGRAPHS, *PICTURES, *VARIED_LETTERS))


def _zero_width(text: str) -> Hidden | None:
    text = FILLING.sub(lambda filling: " " if _is_padding(filling[0]) else filling[0], text)
    stray, longest = [], 0
    places: dict[str, Counter[str]] = defaultdict(Counter)
    for run in WIDTHLESS_RUN.finditer(text):
        longest = max(longest, len(run[0]))
        if len(run[0]) > 1 or not _is_of_use(text, run.start()):
            found = run[0] if run.start() else run[0].removeprefix("\ufeff")
            stray.append(found)
            places[_place(text, run)].update(found)
    if longest < LONGEST_RUN and not any(_is_pattern(kinds) for kinds in places.values()):
        return None
    characters = "".join(stray)
    return _hidden("unicode-zero-width", characters, _binary(characters))


def _is_padding(filling: str) -> bool:
    """Whether it repeats a few characters, as mails do to keep a preview short: no data fits in."""
    characters = "".join(one for one in filling if one in WIDTHLESS)
    for period in range(1, min(len(WIDTHLESS), len(characters) // FEWEST_PERIODS) + 1):
        unit = characters[:period]
        if period > LONGEST_PERIOD and len(set(unit)) < period:
            continue
        if characters == (unit * (len(characters) // period + 1))[: len(characters)]:
            return True
    return False


def _place(text: str, run: re.Match[str]) -> str:
    """The kind of place it stands in: a break in a ligature has another than a word joiner."""
    if len(run[0]) > 1:
        return "run"
    around = text[run.start() - 1 : run.start()], text[run.end() : run.end() + 1]
    return "".join(_kind_of_place(one) for one in around)


def _kind_of_place(neighbour: str) -> str:
    if neighbour.isalpha():
        return "a"
    if neighbour.isspace():
        return " "
    return neighbour if neighbour.isascii() else "."


def _is_pattern(kinds: Counter[str]) -> bool:
    """Whether several kinds stand in the same kind of place, each often enough to be a symbol."""
    count = kinds.total()
    fewest = max(FEWEST_OF_A_KIND, count * SHARE_OF_A_KIND)
    symbols = [one for one in kinds.values() if one >= fewest]
    return count >= FEWEST_SPREAD and len(symbols) >= 2


def _is_of_use(text: str, at: int) -> bool:
    """Whether the widthless character at `at` has a use beside its neighbours."""
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    match text[at]:
        case "\ufeff":
            return at == 0
        case "\u200c" | "\u200d":
            neighbours = [one for one in (before, after) if one]
            return any(_within(one, JOINING) or _is_pictorial(one) for one in neighbours)
        case "\u200b":
            return any(_within(one, (*UNSPACED, *JOINING)) for one in (before, after) if one)
        case _:
            return False


def _is_pictorial(character: str) -> bool:
    return (
        character == "\ufe0f"
        or unicodedata.category(character) in {"So", "Sk"}
        or _within(character, PICTURES[1:2])
    )


def _binary(characters: str) -> str:
    """What two kinds of characters spell as noughts and ones; empty when it is no text."""
    symbols = [symbol for symbol, _ in Counter(characters).most_common(2)]
    if len(symbols) < 2:
        return ""
    for nought, one in (symbols, symbols[::-1]):
        bits = "".join("01"[c == one] for c in characters if c in {nought, one})
        whole = len(bits) // 8 * 8
        octets = bytes(int(bits[at : at + 8], 2) for at in range(0, whole, 8))
        try:
            spelt = octets.decode("utf-8").strip("\0")
        except UnicodeDecodeError:
            continue
        if _is_text(spelt):
            return spelt
    return ""


def _spaces(text: str) -> Hidden | None:
    gaps: Counter[str] = Counter()
    before, after, odd = set(), set(), []
    for gap in WORD_GAP.finditer(text):
        at = gap.start()
        if gap[0] in PLAIN_SPACES:
            gaps[" "] += 1
        elif not _within(text[at - 1], MONGOLIAN):
            gaps[gap[0]] += 1
            odd.append(gap[0])
            before.add(text[at - 3 : at])
            after.add(text[at + 1 : at + 4])
    fewest = gaps.total() * SHARE_OF_SPACES
    symbols = [one for one in gaps.values() if one >= max(FEWEST_OF_A_KIND, fewest)]
    many = len(odd) >= max(FEWEST_SPACES, fewest)
    anywhere = min(len(before), len(after)) >= FEWEST_WORDS
    if not (many and anywhere and len(symbols) >= 2):
        return None  # one kind of space throughout is a habit: there is nothing it could spell
    return _hidden("unicode-spaces", "".join(odd), "")


LOOKS: tuple[Callable[[str], Hidden | None], ...] = (_tags, _selectors, _zero_width, _spaces)


def _hidden(scheme: str, characters: str, spelt: str) -> Hidden:
    payload = spelt[:LONGEST_PAYLOAD] if _is_text(spelt) else ", ".join(_kinds(characters))
    return Hidden(scheme, len(characters), payload)


def _is_text(spelt: str) -> bool:
    """Whether it is at least two characters long, and all of them can be printed."""
    return len(spelt) >= 2 and "\ufffd" not in spelt and spelt.isprintable()


def _within(character: str, ranges: tuple[tuple[int, int], ...]) -> bool:
    point = ord(character)
    return any(low <= point <= high for low, high in ranges)


def _kinds(characters: str) -> Iterator[str]:
    """How many of each character, the most frequent first: `U+200B x 12`."""
    for character, count in Counter(characters).most_common(8):
        yield f"U+{ord(character):04X} x {count}"
