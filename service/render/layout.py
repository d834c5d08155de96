"""What the terminal lays out: text that wraps as French asks, and lines without trailing blanks."""

from __future__ import annotations

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.measure import Measurement
from rich.segment import Segment
from rich.text import Text

__all__ = ["TONES", "Paragraph", "Trimmed"]

TONES = {
    "human": "green",
    "ai": "magenta",
    "open": "",
    "clash": "yellow",
    "good": "green",
    "bad": "red",
    "held": "cyan",
}
"""The colour of each tone; sixteen-colour names, so that the terminal's own theme applies."""

_HELD = str.maketrans({"\N{NO-BREAK SPACE}": "\ue000", "\N{NARROW NO-BREAK SPACE}": "\ue001"})
_FREED = {ord(held): chr(space) for space, held in _HELD.items()}


class Paragraph:
    """Pieces of text, plain or with a style, wrapped at spaces but never at no-break spaces.

    Rich breaks at any white space, which would put a French colon at the start of a line. Private
    characters stand in while it wraps; strings made visible hold none of their own.
    """

    def __init__(self, *pieces: str | tuple[str, str]) -> None:
        self._text = Text(overflow="fold")
        for piece in pieces:
            words, style = (piece, "") if isinstance(piece, str) else piece
            self._text.append(words.translate(_HELD), style or None)

    def head(self, console: Console, width: int, most: int) -> Paragraph:
        """The first `most` lines it takes at `width`, an ellipsis where more was said."""
        lines = self._text.wrap(console, width, overflow="fold")
        if len(lines) <= most:
            return self
        kept = Text(" ").join(lines[:most])
        kept.rstrip()
        if lines[most - 1].cell_len >= width:
            kept.right_crop(len(kept.plain) - kept.plain.rindex(" "))
        shortened = Paragraph()
        shortened._text = kept.append("…")
        return shortened

    @property
    def plain(self) -> str:
        """The text without styles."""
        return self._text.plain.translate(_FREED)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement.get(console, options, self._text)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self._text.wrap(console, options.max_width, overflow="fold"):
            line.rstrip()
            line.plain = line.plain.translate(_FREED)
            yield line


class Trimmed:
    """Anything printable, without the blanks that tables and paddings leave at the end of lines."""

    def __init__(self, *inner: RenderableType) -> None:
        self._inner = inner

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for one in self._inner:
            for line in console.render_lines(one, options, pad=False):
                while line and not line[-1].text.strip(" "):
                    line.pop()
                if line:
                    line[-1] = Segment(line[-1].text.rstrip(" "), line[-1].style)
                yield from line
                yield Segment.line()
