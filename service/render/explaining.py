"""What a detection rests on, put into words and places: the model behind the drawings of a page.

Only local scores of the report are drawn. What lies beneath them (a spectrogram, a small picture,
words) comes from `detectors.explain`, or is missing: of a stored report there are the scores alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from detectors.explain import (
    MOST_CHARACTERS,
    Cell,
    Passage,
    Pieces,
    Pixels,
    Shown,
    Spectrogram,
    Unshown,
    cells_of,
    curve_of,
    in_a_row,
    passages_of,
    shown_passages,
    stretches_of,
    unit_of,
)
from provenance.evidence import Detection
from service.render.axes import Signed, signed
from service.render.curve import Curve, curve_drawn
from service.render.drawing import Bars, Boxes, bars_of, boxes_of, data_uri, place
from service.render.visibility import visible
from service.render.wording import DASH, Words, one_line

if TYPE_CHECKING:
    from service.report import Report

__all__ = ["Explanation", "Marked", "explanations"]

MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Marked:
    """A passage of a text.

    Attributes:
        text: what stands there, visible.
        signed: its score, and how strongly it is marked.
        gap: whether something is left out before it.
    """

    text: str
    signed: Signed
    gap: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything below one detection.

    Attributes:
        title: what is shown.
        problem: why the work itself is not, or "".
        detail: more of that, in English, or "".
        bars: windows over time, characters or pages.
        boxes: of a picture.
        passages: of a text.
        legend: what is to be seen and what it does not mean.
        rows: place and score of each window.
        left_out: how many rows are not shown.
        curve: how rare such a score is, None where that is not known.
        curve_legend: what the curve is.
    """

    title: str
    problem: str
    detail: str
    bars: Bars | None
    boxes: Boxes | None
    passages: tuple[Marked, ...]
    legend: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    left_out: int
    curve: Curve | None
    curve_legend: tuple[str, ...]


def explanations(
    report: Report, words: Words, shown: Mapping[int, Shown] | None = None
) -> dict[int, Explanation]:
    """What each detection with local scores rests on, by its number.

    Args:
        report: that holds them.
        words: of the language of the page.
        shown: what lies beneath, by number; None where the work is not at hand.
    """
    decision = report.verdict.decision
    limit = decision.max_fpr if decision else None
    return {
        one.id: _explanation(one, words, None if shown is None else shown.get(one.id), limit)
        for one in report.evidence
        if isinstance(one, Detection) and unit_of(one) is not None
    }


def _explanation(
    one: Detection, words: Words, beneath: Shown | None, limit: float | None
) -> Explanation:
    unit = unit_of(one)
    problem, detail = ("", "") if unit == "page" else _problem(beneath, words)
    bars = boxes = None
    passages: tuple[Marked, ...] = ()
    if unit == "pixel":
        cells = cells_of(one)
        boxes = _boxes(cells, beneath, words)
        rows = [(_box(cell, words), cell.score) for cell in cells]
    else:
        windows = stretches_of(one)
        bars = bars_of(in_a_row(windows), unit or "", beneath, words)
        rows = [(_stretch(w, unit or "", words), w.score) for w in windows]
        if isinstance(beneath, Pieces):
            passages = _marked(one, beneath, words)
    steps = curve_of(one) if one.abstain is None else None
    curve = curve_drawn(steps, one, limit, words) if steps else None
    return Explanation(
        title=words.of("explanation", f"title_{unit}"),
        problem=problem,
        detail=detail,
        bars=bars,
        boxes=boxes,
        passages=passages,
        legend=tuple(_legend(one, beneath, words)),
        rows=tuple((place, signed(score, 1, words).label) for place, score in rows[:MOST_ROWS]),
        left_out=max(len(rows) - MOST_ROWS, 0),
        curve=curve,
        curve_legend=tuple(_curve_legend(one, limit, words)) if curve else (),
    )


def _problem(beneath: Shown | None, words: Words) -> tuple[str, str]:
    if isinstance(beneath, Unshown):
        reason = words.of("not_run_reason", beneath.reason)
        return words.of("explanation", "not_shown", reason=reason), one_line(beneath.detail, 300)
    return ("", "") if beneath else (words.of("explanation", "no_work"), "")


def _legend(one: Detection, beneath: Shown | None, words: Words) -> list[str]:
    unit = unit_of(one)
    seen = isinstance(beneath, Spectrogram | Pixels | Pieces)
    said = [words.of("explanation", f"{'seen' if seen else 'scores'}_{unit}")]
    said.append(words.of("explanation", "direction" if unit != "pixel" else "direction_picture"))
    if _overlap(one, beneath):
        said.append(words.of("explanation", "mean"))
    if isinstance(beneath, Pieces) and len(beneath.pieces) < len(passages_of(one)):
        counts = {"shown": len(beneath.pieces), "all": len(passages_of(one))}
        said.append(
            words.of("explanation", "chosen", **{k: words.number(v) for k, v in counts.items()})
        )
    overall = signed(one.score, 1, words).label
    said.append(words.of("explanation", "alone", score=overall))
    if one.abstain is not None:
        abstain = words.of("abstain_reason", one.abstain)
        said.append(words.of("explanation", "abstained", abstain=abstain))
    elif one.exceedance is None:
        said.append(words.of("explanation", "uncalibrated"))
    return said


def _overlap(one: Detection, beneath: Shown | None) -> bool:
    """Whether what is shown is the mean of several places."""
    if unit_of(one) == "pixel":
        return len(cells_of(one)) != len(one.where)
    windows = stretches_of(one)
    return isinstance(beneath, Pieces) and any(
        a.part == b.part and b.start < a.end for a, b in pairwise(windows)
    )


def _curve_legend(one: Detection, limit: float | None, words: Words) -> list[str]:
    if (rarity := one.exceedance) is None:
        return []
    said = [
        words.of(
            "explanation",
            "curve",
            group=one_line(rarity.group, 80),
            works=words.number(rarity.n_works),
            sources=words.number(rarity.n_sources),
            share=words.percent(rarity.upper),
        )
    ]
    if limit is not None:
        said.append(words.of("explanation", "operating_point", share=words.percent(limit)))
    return said


def _boxes(cells: Sequence[Cell], beneath: Shown | None, words: Words) -> Boxes:
    if isinstance(beneath, Pixels):
        image = data_uri(beneath.colours, (beneath.columns, beneath.rows), "RGB")
        return boxes_of(cells, (beneath.wide, beneath.high), image, words)
    wide = max((cell.right for cell in cells), default=1.0)
    high = max((cell.bottom for cell in cells), default=1.0)
    return boxes_of(cells, (wide, high), "", words)


def _marked(one: Detection, beneath: Pieces, words: Words) -> tuple[Marked, ...]:
    passages = shown_passages(one)
    most = max((abs(passage.score) for passage in passages), default=0.0)
    marked, before, part = [], 0.0, passages[0].part if passages else None
    for passage, piece in zip(passages, beneath.pieces, strict=True):
        text = "\n".join(visible(line.expandtabs(4)) for line in piece.splitlines())
        cut = len(piece) == MOST_CHARACTERS < passage.end - passage.start
        marked.append(
            Marked(
                text=f"{text}…" if cut else text,
                signed=signed(passage.score, most, words),
                gap=passage.part != part or passage.start > before,
            )
        )
        before, part = passage.end, passage.part
    return tuple(marked)


def _stretch(window: Passage, unit: str, words: Words) -> str:
    shown = place(window.start, window.end, unit, words)
    return shown if window.part is None else f"{one_line(window.part, 80)}: {shown}"


def _box(cell: Cell, words: Words) -> str:
    corners = ((cell.left, cell.top), (cell.right, cell.bottom))
    shown = (f"({words.number(x)}; {words.number(y)})" for x, y in corners)
    return DASH.join(shown)
