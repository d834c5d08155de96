"""Many reports in a terminal: a table with the reason under each row, and what it comes to.

At 80 columns the signer stands in the line below; from 110 on it has a column of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table

from service.render.layout import TONES, Paragraph, Trimmed
from service.render.rows import Row, Summary, split_quiet
from service.render.wording import DASH, Words, folded

__all__ = ["render_table"]

WIDE = 110
GAP = 2
INDENT = 2
MOST_LINES = 2


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths in terminal cells; `signer` is 0 where there is no room for it."""

    file: int
    origin: int
    integrity: int
    signer: int
    findings: int

    @classmethod
    def within(cls, width: int, longest: int) -> Columns:
        """The columns of a table at most `width` wide, with file names of up to `longest` cells."""
        rest = (23, 13, 26, 20) if width >= WIDE else (22, 12, 0, 17)
        gaps = GAP * sum(map(bool, rest))
        room = max(width - sum(rest) - gaps, 12)
        return cls(min(room, max(longest, 16), 60), *rest)

    @property
    def widths(self) -> list[int]:
        """Of the columns there are, left to right."""
        every = (self.file, self.origin, self.integrity, self.signer, self.findings)
        return [width for width in every if width]

    @property
    def total(self) -> int:
        """Width of the table."""
        return sum(self.widths) + GAP * (len(self.widths) - 1)

    def row(self, *cells: RenderableType) -> Table:
        """One row of cells; the signer's is passed only where it has a column."""
        grid = Table.grid(padding=(0, GAP, 0, 0), pad_edge=False)
        for width in self.widths:
            grid.add_column(width=width)
        grid.add_row(*cells)
        return grid


def render_table(rows: Iterable[Row], lang: str, console: Console) -> None:
    """Prints `rows` as a table, then what they come to."""
    words, listed = Words(lang), list(rows)
    shown, quiet = split_quiet(listed)
    longest = max((cell_len(listed[place].name) for place in shown), default=0)
    columns = Columns.within(console.width, longest)
    if shown:
        console.print(Trimmed(_header(columns, words)))
        console.print(Rule(style="dim", characters="─"), width=columns.total)
    for n, place in enumerate(shown):
        if n:
            console.print()
        console.print(Trimmed(_row(listed[place], columns, words, console)))
    if quiet:
        console.print()
        console.print(Paragraph((words.ui("quiet_files", count=words.number(quiet)), "dim")))
    if listed:
        console.print()
    for line in _summary(Summary.of(listed, words), words):
        console.print(line)


def _header(columns: Columns, words: Words) -> Table:
    names = ["file", "origin", "integrity", "signer", "findings"]
    if not columns.signer:
        names.remove("signer")
    return columns.row(*(Paragraph((words.ui(name), "bold")) for name in names))


def _row(row: Row, columns: Columns, words: Words, console: Console) -> RenderableType:
    cells: list[RenderableType] = [
        Paragraph((folded(row.name, columns.file), "bold")),
        _origin(row),
        Paragraph((row.integrity, TONES[row.integrity_tone])),
        Paragraph(row.signer or DASH),
        _findings(row, words),
    ]
    below = []
    if not columns.signer:
        del cells[3]
        if row.signer:
            below.append(Paragraph((words.labelled(words.ui("signer"), row.signer), "dim")))
    below.append(Paragraph((row.why, "dim")))
    room = columns.total - INDENT
    lines = [one.head(console, room, MOST_LINES) for one in below]
    margin = (0, max(console.width - columns.total, 0), 0, INDENT)
    return Group(columns.row(*cells), Padding(Group(*lines), margin))


def _origin(row: Row) -> RenderableType:
    style = TONES[row.tone]
    said = Paragraph((f"{row.sign} {row.origin_text}", f"bold {style}".strip()))
    if not row.basis:
        return said
    return Group(said, Padding(Paragraph((row.basis, style)), (0, 0, 0, 2)))


def _findings(row: Row, words: Words) -> RenderableType:
    lines: list[RenderableType] = [Paragraph(finding) for finding in row.findings]
    if row.review:
        lines.append(Paragraph((f"! {words.ui('for_review')}", "bold yellow")))
    if row.fault:
        lines.append(Paragraph((f"! {words.ui('check_failed')}", "bold yellow")))
    return Group(*lines) if lines else Paragraph(DASH)


def _summary(summary: Summary, words: Words) -> Sequence[RenderableType]:
    counts = (
        ("summary_files", summary.files),
        ("summary_findings", summary.findings),
        ("summary_review", summary.review),
        ("summary_faults", summary.faults),
    )
    line = " · ".join(words.ui(code, count=words.number(count)) for code, count in counts)
    origins = " · ".join(
        words.ui("counted", what=name, count=words.number(count)) for name, count in summary.origins
    )
    return [Paragraph((line, "bold")), *([Paragraph(origins)] if origins else [])]
