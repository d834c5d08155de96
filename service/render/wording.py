"""How things are said to people, whatever they are shown on: words, numbers, and foreign strings.

What comes from a file or its sender (names, tags, certificates) may be written to deceive. It is
shown by `visible`, which leaves no character that moves the cursor, hides text or turns the
reading direction; put into one of our sentences by `quotable`, which also keeps it from closing
our quotation marks.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from rich.cells import cell_len

from service.i18n import codes, sentence, translate
from service.render.visibility import visible
from service.verdict.reasons import Reason, plain

__all__ = ["DASH", "Words", "folded", "one_line", "quotable"]

ELLIPSIS = "…"
BLANKS = re.compile(r"[ \t\n\r\f\v]+")
DASH = "\N{EN DASH}"
"""Stands for nothing, so that no cell is empty."""
UNITS = ("size_b", "size_kb", "size_mb", "size_gb", "size_tb")


def one_line(text: str, limit: int) -> str:
    """`text` on one line, visible, at most `limit` characters, an ellipsis where it was cut.

    No-break spaces stay: they are ours when the text is.
    """
    head = BLANKS.sub(" ", text[: 4 * limit]).strip(" ")
    line = visible(head[:limit])
    if len(line) <= limit and len(head) <= limit and len(text) <= 4 * limit:
        return line
    return line[: limit - 1] + ELLIPSIS


def quotable(text: str, limit: int = 80) -> str:
    """`text` for between our quotation marks: visible, one line, without any of its own."""
    return plain(visible(text[: 4 * limit]), limit)


def folded(text: str, width: int) -> str:
    """`text` in at most `width` terminal cells; where it is cut, more of the end is kept.

    Args:
        text: already visible.
        width: at least 3.
    """
    if len(text) <= width and cell_len(text) <= width:
        return text
    ending = text[-(2 * width // 3) :]
    while cell_len(ending) > 2 * width // 3:
        ending = ending[1:]
    room = width - 1 - cell_len(ending)
    head = text[:room]
    while cell_len(head) > room:
        head = head[:-1]
    return head + ELLIPSIS + ending


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language.

    Attributes:
        lang: ISO 639-1 code; `service.i18n.languages()` has them all.
    """

    lang: str

    def ui(self, code: str, **params: str | int | float) -> str:
        """A text of the section for renderers."""
        return translate("ui", code, self.lang, **params)

    def of(self, section: str, code: str, **params: str) -> str:
        """The word for a code of a closed set."""
        return translate(section, str(code), self.lang, **params)

    def known(self, section: str, code: str) -> str:
        """The word for a code of an open set; the code itself, visible, when there is none."""
        return self.of(section, code) if code in codes(section) else one_line(code, 80)

    def sentence(self, reason: Reason) -> str:
        """The sentence of a reason."""
        return visible(sentence(reason, self.lang))

    def number(self, value: float, places: int = 0) -> str:
        """A number with the signs of the language, rounded to `places` decimals."""
        whole, _, rest = f"{value:,.{places}f}".partition(".")
        grouped = whole.replace(",", self.ui("group_sign"))
        return f"{grouped}{self.ui('decimal_sign')}{rest}" if rest else grouped

    def percent(self, share: float) -> str:
        """A share from 0 to 1."""
        return self.ui("as_percent", share=share)

    def size(self, count: int) -> str:
        """A number of bytes in decimal units."""
        value, unit = float(count), 0
        while value >= 999.5 and unit < len(UNITS) - 1:
            value, unit = value / 1000, unit + 1
        places = 1 if unit and value < 99.5 else 0
        return self.ui(UNITS[unit], number=self.number(value, places))

    def moment(self, when: datetime) -> str:
        """A time in UTC, to the minute, written as ISO 8601 does: the same in every language."""
        return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M UTC")

    def labelled(self, label: str, value: str) -> str:
        """A label and its value, with the colon of the language."""
        return self.ui("labelled", label=label, value=value)

    def yes_no(self, value: bool) -> str:  # noqa: FBT001 - the value is what is said
        """Yes or no."""
        return self.ui("yes" if value else "no")
