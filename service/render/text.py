"""One report in a terminal, in full; `render_table` for many stands in `service.render.table`.

Colour only repeats what words and signs say; `NO_COLOR` is honoured. Nothing from a file is ever
read as markup: everything printed is a `rich.text.Text`, and strings were made visible before.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table

from service.render.answers import Answer
from service.render.cards import Branch, Card
from service.render.layout import TONES, Paragraph, Trimmed
from service.render.rows import Row
from service.render.survival import Comparison
from service.render.table import render_table
from service.render.view import Skipped, View
from service.render.wording import Words, one_line
from service.report import Report

__all__ = ["Row", "render_one", "render_table"]

VALUE = 160
MOST_SHOWN = 16
MOST_FATES = 60
INDENT = 4
LABEL = 26


def render_one(report: Report, lang: str, console: Console) -> None:
    """Prints all of one report."""
    view = View.of(report, lang)
    words = view.words
    console.print(Paragraph((view.name, "bold")))
    console.print(Paragraph((" · ".join(view.about), "dim")))
    console.print(Paragraph((f"{words.ui('sha256')} {view.sha256}", "dim")))
    console.print()
    console.print(Trimmed(_headline(view.origin)))
    console.print()
    console.print(Trimmed(_answers(view)))
    _section(console, words.ui("why"), [_whys(view)])
    if view.survival is not None:
        _section(console, words.ui("survived"), _survival(view.survival, words))
    _section(console, words.ui("evidence"), [_card(card, words) for card in view.cards])
    _section(console, words.ui("not_run"), [_skipped(view.skipped, words)] if view.skipped else [])
    console.print()
    made = " · ".join(words.labelled(fact.label, fact.value) for fact in view.made)
    console.print(Paragraph((made, "dim")))


def _section(console: Console, title: str, blocks: Sequence[RenderableType]) -> None:
    if blocks:
        console.print()
        console.print(Paragraph((title, "bold")))
        console.print(Trimmed(*blocks))


def _headline(origin: Answer) -> RenderableType:
    style = TONES[origin.tone]
    head = Paragraph(
        (f"{origin.sign} {origin.text}", f"bold {style}"), (f" ({origin.rider})", style)
    )
    return Group(head, *(_indented(line, 2) for line in (origin.meaning, *origin.notes)))


def _answers(view: View) -> Table:
    """Integrity and rights beside the origin, never mixed into it; then what follows."""
    words = view.words
    grid = _grid()
    for answer in (view.integrity, view.rights):
        said = (f"{answer.sign} {answer.text}", TONES[answer.tone])
        rider = f" ({answer.rider})" if answer.rider else ""
        lines = [Paragraph(said, f"{rider}. {answer.meaning}")]
        if answer.notes:
            lines.append(Paragraph((" · ".join(answer.notes), "dim")))
        grid.add_row(Paragraph((answer.label, "bold")), Group(*lines))
    names = [(f"! {name}", "bold") for name, _ in view.findings]
    grid.add_row(
        Paragraph((words.ui("findings"), "bold")),
        Group(*map(Paragraph, names)) if names else Paragraph(words.ui("no_findings")),
    )
    review = words.ui("review_needed" if view.review else "review_not_needed")
    look = (f"! {review}", "bold yellow") if view.review else review
    grid.add_row(Paragraph((words.ui("review"), "bold")), Paragraph(look))
    return grid


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(max_width=LABEL)
    grid.add_column()
    return grid


def _indented(text: str, columns: int, style: str = "") -> Padding:
    return Padding(Paragraph((text, style)), (0, 0, 0, columns))


def _whys(view: View) -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column()
    for n, why in enumerate(view.whys, 1):
        refs = "".join(f" [{one}]" for one in why.evidence[:8])
        refs += "…" if len(why.evidence) > 8 else ""
        grid.add_row(Paragraph(f"{n:>3}."), Paragraph(why.text, (refs, "cyan")))
    return grid


def _survival(comparison: Comparison, words: Words) -> Sequence[RenderableType]:
    """What was compared, the table, and how many marks had each fate."""
    said = [_indented(comparison.original, 2), _indented(comparison.word, 2, "dim")]
    if not comparison.fates:
        return [*said, _indented(comparison.nothing, 2)]
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, show_edge=False)
    for name, share in (("mark", 3), ("in_original", 4), ("in_this_file", 4), ("became", 3)):
        table.add_column(Paragraph((words.ui(name), "bold")), ratio=share)
    for fate in comparison.fates[:MOST_FATES]:
        ref = "" if fate.evidence is None else f" [{fate.evidence}]"
        table.add_row(
            Paragraph(fate.mark),
            Paragraph(fate.original),
            Paragraph(fate.present, (ref, "cyan")),
            Paragraph((f"{fate.sign} {fate.outcome}", TONES[fate.tone])),
        )
    counts = " · ".join(comparison.counts)
    if (left := len(comparison.fates) - MOST_FATES) > 0:
        counts += f" · {words.ui('and_more', count=words.number(left))}"
    return [*said, Padding(table, (0, 0, 0, 2)), _indented(counts, 2)]


def _card(card: Card, words: Words) -> RenderableType:
    head = Paragraph(
        (f"[{card.id}] ", "cyan"),
        (words.labelled(card.kind, card.summary), "bold"),
        f" ({card.source})",
    )
    grid = _grid()
    for fact in card.facts:
        grid.add_row(Paragraph((fact.label, "dim")), Paragraph(one_line(fact.value, VALUE)))
    if card.failed:
        grid.add_row(
            Paragraph((words.ui("codes_failure"), "dim")),
            Paragraph((", ".join(card.failed), "red")),
        )
    blocks: list[RenderableType] = [head, Padding(grid, (0, 0, 0, INDENT))]
    if card.branches:
        tree = _tree(card.branches, words)
        blocks.append(_indented(words.ui("ingredients"), INDENT, "dim"))
        blocks.append(Padding(tree, (0, 0, 0, INDENT + 2)))
    return Group(*blocks)


def _tree(branches: Iterable[Branch], words: Words) -> RenderableType:
    """The ingredients, indented by depth; the first ones of many."""
    lines = [line for branch in branches for line in _lines(branch, 0, words)]
    shown: list[RenderableType] = list(lines[:MOST_SHOWN])
    if len(lines) > MOST_SHOWN:
        more = words.ui("and_more", count=words.number(len(lines) - MOST_SHOWN))
        shown.append(Paragraph((more, "dim")))
    return Group(*shown)


def _lines(branch: Branch, depth: int, words: Words) -> Iterable[RenderableType]:
    if branch.left_out:
        more = words.ui("and_more", count=words.number(branch.left_out))
        yield _indented(more, 2 * depth, "dim")
        return
    said = " · ".join((*branch.lines, *(branch.failed if branch.broken else ())))
    style = "red" if branch.broken else "dim"
    grid = Table.grid(padding=(0, 1))
    grid.add_row(
        Paragraph(("✗" if branch.broken else "-", style)),
        Paragraph(branch.title, (f" · {said}", style)),
    )
    yield Padding(grid, (0, 0, 0, 2 * min(depth, 12)))
    for below in branch.below:
        yield from _lines(below, depth + 1, words)


def _skipped(skipped: Iterable[Skipped], words: Words) -> RenderableType:
    """Checks that did not run, by why: `no model installed: [1] music, [2] speech`."""
    by_reason: dict[tuple[str, bool], list[Skipped]] = {}
    for one in skipped:
        by_reason.setdefault((one.reason, one.fault), []).append(one)
    lines = []
    for (reason, fault), records in by_reason.items():
        mark = ("! ", "bold yellow") if fault else ("- ", "dim")
        lines.append(Paragraph(mark, words.labelled(reason, ""), *_sources(records)))
    return Group(*lines)


def _sources(records: Sequence[Skipped]) -> Iterable[str | tuple[str, str]]:
    for n, record in enumerate(records[:20]):
        yield ", " if n else ""
        yield (f"[{record.id}]", "cyan")
        yield f" {record.source}"
        if record.fault and record.detail:
            yield f" ({one_line(record.detail, VALUE)})"
    if len(records) > 20:
        yield "…"
