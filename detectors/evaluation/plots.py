"""The plots of a card, as SVG drawn by matplotlib (extra `train`).

Each is drawn from the figures of the card or the scored works alone, in the same bytes each time.
Nothing depends on colour alone: lines have their names beside them, bars their numbers.
"""

from __future__ import annotations

import io
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from detectors.evaluation.manifest import Label
from provenance.errors import EngineError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from detectors.card import ByName, Figures
    from detectors.evaluation.scored import Scored

__all__ = ["PLOTS", "Texts", "draw", "plots_of", "roc_line"]

Texts = Callable[[str], str]
"""A label of a plot by its code."""

MOST_LINES, MOST_BARS = 8, 30
WIDE, HIGH = 6.4, 4.2
STYLES = ("-", "--", "-.", ":")
MOST_POINTS = 400


def plots_of(figures: Figures, works: Sequence[Scored], words: Texts) -> dict[str, bytes]:
    """Name to SVG of each plot there is something to draw of."""
    found = {name: make(figures, works, words) for name, make in PLOTS.items()}
    return {name: drawn for name, drawn in found.items() if drawn is not None}


def roc(figures: Figures, works: Sequence[Scored], words: Texts) -> bytes | None:
    """Share found of each family against false alarms, human sources weighing the same."""
    human = [work for work in works if work.label is Label.HUMAN and work.score is not None]
    families: defaultdict[str, list[float]] = defaultdict(list)
    for work in works:
        if work.label is Label.AI and work.score is not None:
            families[work.origin].append(work.score)
    if not human or not families:
        return None
    sizes = Counter(work.origin for work in human)
    weights = np.array([1 / sizes[work.origin] for work in human])
    scores = np.array([work.score for work in human], np.float64)
    shown = [row.name for row in figures.families if row.name in families][:MOST_LINES]

    def paint(axes: Any) -> None:
        for number, name in enumerate(shown):
            x, y = _thinned(*roc_line(scores, weights, np.array(families[name])))
            axes.plot(x, y, STYLES[number % 4], drawstyle="steps-post", label=name, lw=1.4)
        axes.plot([0, 1], [0, 1], color="0.7", lw=0.8)
        axes.set(xlim=(0, 1), ylim=(0, 1.01), xlabel=words("alarms"), ylabel=words("found"))
        axes.legend(fontsize=7, loc="lower right", title=words("families_worst"), title_fontsize=7)

    return draw(words("roc"), paint)


def roc_line(
    human: NDArray[np.float64], weights: NDArray[np.float64], made: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Share of human works flagged, and of machine-made ones, from the highest threshold down.

    Args:
        human: scores of human works.
        weights: of them.
        made: scores of works of machines.
    """
    order = np.argsort(-human, kind="stable")
    alarms = np.concatenate(([0.0], np.cumsum(weights[order]) / weights.sum()))
    # Above each human score in turn, the highest first, and at last above nothing.
    at = np.concatenate((human[order], [-np.inf]))
    return alarms, np.asarray(1 - np.searchsorted(np.sort(made), at, "right") / len(made))


def exceedance(_: Figures, works: Sequence[Scored], words: Texts) -> bytes | None:
    """How rare scores are among human works, and the bound, for the groups that were met most."""
    groups: defaultdict[str, dict[float, tuple[float, float]]] = defaultdict(dict)
    met: Counter[str] = Counter()
    for work in works:
        if None not in {work.score, work.value, work.exceedance} and work.group:
            groups[work.group][work.score or 0.0] = (work.value or 0.0, work.exceedance or 0.0)
            met[work.group] += 1
    if not groups:
        return None

    def paint(axes: Any) -> None:
        for number, (group, _) in enumerate(met.most_common(4)):
            x = np.array(sorted(groups[group]))
            y = np.array([groups[group][score] for score in x.tolist()])
            colour = f"C{number}"
            axes.step(*_thinned(x, y[:, 1]), where="post", color=colour, lw=1.4, label=group)
            axes.step(*_thinned(x, y[:, 0]), ":", where="post", color=colour, lw=1.0)
        axes.set_yscale("symlog", linthresh=1e-3)
        axes.yaxis.set_major_formatter(lambda share, _: f"{share:g}")
        axes.set(ylim=(0, 1.05), xlabel=words("score"), ylabel=words("exceedance_axis"))
        axes.legend(fontsize=7, title=words("groups_bound"), title_fontsize=7)

    return draw(words("exceedance"), paint)


def reliability(figures: Figures, _: Sequence[Scored], words: Texts) -> bytes | None:
    """Likelihood against the share of machine-made works; the coverage stands in the title."""
    bins = figures.calibration.bins
    if bins is None:
        return None

    def paint(axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color="0.7", lw=0.8)
        axes.plot(bins.x, bins.y, "o-", ms=4, lw=1.2)
        axes.set(xlim=(0, 1), ylim=(0, 1.01))
        axes.set(xlabel=words("likelihood"), ylabel=words("machine_share"))

    covered = f"{words('coverage')} {figures.calibration.coverage:.3f}"
    return draw(f"{words('reliability')} ({covered})", paint)


def sources(figures: Figures, _: Sequence[Scored], words: Texts) -> bytes | None:
    """False alarms of each human source, the worst first."""
    return _bars(words("sources"), figures.sources, words("flagged_share"), figures.at.fpr, words)


def families(figures: Figures, _: Sequence[Scored], words: Texts) -> bytes | None:
    """Share found of each family, the worst first."""
    return _bars(words("families"), figures.families, words("found"), None, words)


def attacks(figures: Figures, _: Sequence[Scored], words: Texts) -> bytes | None:
    """What is found after each way of laundering."""
    rows = [one for one in figures.attacks if one.tpr.value is not None]
    if not rows:
        return None
    names = [f"{one.suite}.{one.attack}" for one in rows]
    values = [one.tpr.value or 0.0 for one in rows]

    def paint(axes: Any) -> None:
        axes.barh(names[::-1], values[::-1], color="0.55")
        for place, value in enumerate(values[::-1]):
            axes.text(min(value + 0.01, 0.9), place, f"{value:.3f}", va="center", fontsize=7)
        if figures.at.tpr.value is not None:
            axes.axvline(figures.at.tpr.value, color="0.2", lw=0.8, ls="--")
        axes.set(xlim=(0, 1), xlabel=words("found"))
        axes.tick_params(axis="y", labelsize=7)

    return draw(words("attacks"), paint, high=max(HIGH, 0.25 * len(rows) + 1.2))


def _bars(
    title: str, rows: Sequence[ByName], axis: str, line: float | None, words: Texts
) -> bytes | None:
    shown = [row for row in rows if row.figure.n][:MOST_BARS]
    if not shown:
        return None
    names = [row.name for row in shown][::-1]
    shares = [row.flagged / row.figure.n for row in shown][::-1]
    counts = [f"{row.flagged}/{row.figure.n}" for row in shown][::-1]

    def paint(axes: Any) -> None:
        axes.barh(range(len(names)), shares, color="0.55")
        axes.set_yticks(range(len(names)), names, fontsize=7)
        for place, (share, count) in enumerate(zip(shares, counts, strict=True)):
            axes.text(share, place, f" {count}", va="center", fontsize=7)
        if line is not None:
            axes.axvline(line, color="0.2", lw=0.8, ls="--")
        axes.set(xlim=(0, max(0.05, min(1.0, max(shares) * 1.25))), xlabel=axis)

    cut = "" if len(rows) <= MOST_BARS else f" ({MOST_BARS} {words('of')} {len(rows)})"
    return draw(title + cut, paint, high=max(2.0, 0.25 * len(shown) + 1.2))


def draw(title: str, paint: Callable[[Any], None], *, high: float = HIGH) -> bytes:
    """One figure with one pair of axes, the same bytes each time.

    Args:
        title: above it.
        paint: draws on the axes.
        high: in inches.

    Raises:
        EngineError: matplotlib is not installed.
    """
    try:
        import matplotlib as mpl
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure as Canvas
    except ImportError as fault:
        raise EngineError(
            "plots need matplotlib", hint="Install the extra: pip install 'assay-provenance[train]'"
        ) from fault
    held = io.BytesIO()
    # Names come from manifests: no dollar of theirs is mathematics, and text stays text.
    settings: Any = {"svg.hashsalt": "assay", "svg.fonttype": "none", "text.parse_math": False}
    with mpl.rc_context(settings):
        canvas = Canvas(figsize=(WIDE, high), layout="constrained")
        FigureCanvasAgg(canvas)
        axes = canvas.add_subplot()
        axes.set_title(title, fontsize=9)
        paint(axes)
        canvas.savefig(held, format="svg", metadata={"Date": None})
    return held.getvalue()


def _thinned(
    x: NDArray[np.float64], y: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """A line of at most some hundred points, the first and the last among them."""
    if len(x) <= MOST_POINTS:
        return x, y
    kept = np.unique(np.linspace(0, len(x) - 1, MOST_POINTS).round().astype(int))
    return x[kept], y[kept]


Make = Callable[["Figures", "Sequence[Scored]", Texts], "bytes | None"]

PLOTS: dict[str, Make] = {
    "roc": roc,
    "exceedance": exceedance,
    "reliability": reliability,
    "sources": sources,
    "families": families,
    "attacks": attacks,
}
