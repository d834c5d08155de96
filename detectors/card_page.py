"""A model card as Markdown (GitHub flavour), in English or French.

Names of sources, generators and files come from manifests, that is from anyone: none of them can
begin a heading, a link, a tag or another column.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from detectors.card import ByName, Counts, Figure, Figures, ModelCard, Point
from detectors.card_words import word

__all__ = ["number", "page", "plain", "summary", "table"]

MOST_ROWS, MOST_IDS = 40, 20
MARKED = re.compile(r"([\\`*_{}\[\]()<>#!|~&$])")
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")


def page(card: ModelCard, lang: str, plots: Mapping[str, str]) -> str:
    """The whole card; see `ModelCard.to_markdown`."""
    return "\n".join(_Page(card, lang, plots).lines()).rstrip() + "\n"


def summary(figures: Figures, lang: str) -> list[str]:
    """The main figures, a line each."""
    rows = [
        ("tpr", figures.at.tpr),
        ("fpr", figures.at.measured),
        ("auc", figures.auc),
    ]
    if figures.leak is not None and figures.leak.reason is None:
        rows.append(("leak_auc", figures.leak.auc))
    lines = []
    for code, figure in rows:
        value = word(lang, "card", "not_measurable", n=figure.n)
        if figure.value is not None:
            between = _interval(figure, lang)
            value = number(figure.value, lang) + (f" [{between}]" if between else "")
        lines.append(word(lang, "card", "line", what=word(lang, "card", code), value=value))
    if figures.leak is not None and figures.leak.reason is not None:
        why = word(lang, "leak", figures.leak.reason)
        lines.append(word(lang, "card", "line", what=word(lang, "card", "leak"), value=why))
    judged = word(lang, "card", "coverage")
    lines.append(word(lang, "card", "line", what=judged, value=number(figures.coverage, lang)))
    return lines


def plain(text: str, most: int = 200) -> str:
    """A name of a stranger as it is read, whatever it holds."""
    flat = UNSEEN.sub(" ", text)[:most]
    return MARKED.sub(r"\\\1", flat).strip()


@dataclass(frozen=True, slots=True)
class _Page:
    card: ModelCard
    lang: str
    plots: Mapping[str, str]

    def lines(self) -> Iterator[str]:
        card, figures = self.card, self.card.figures
        yield f"# {self._of('title', detector=plain(card.detector))}"
        yield from ("", plain(card.description, 1000), "", self._of("meaning"), "")
        yield from table(
            ("", ""),
            [
                (self._of("version"), plain(card.version)),
                (self._of("model"), f"`{card.model}`" if card.model else "-"),
                (self._of("modalities"), ", ".join(card.modalities)),
                (self._of("licence"), plain(card.licence)),
            ],
        )
        if figures is not None and figures.warnings:
            yield from self._heading("warnings")
            for one in figures.warnings:
                given = {
                    name: plain(value, 500) if isinstance(value, str) else value
                    for name, value in one.params.items()
                }
                yield f"- **{word(self.lang, 'warning', one.code, **given)}**"
            yield ""
        yield from self._said("intended_use", card.intended_use)
        yield from self._said("limits", card.limits)
        yield from self._figures(figures)
        yield from self._strangeness()
        yield from self._data()
        if card.digests:
            yield from self._heading("digests")
            yield from table(
                (self._of("file"), "SHA-256"),
                [(plain(name), f"`{digest}`") for name, digest in card.digests.items()],
            )

    def _figures(self, figures: Figures | None) -> Iterator[str]:
        yield from self._heading("figures")
        if figures is None:
            yield from (self._of("figures_none"), "")
            return
        yield self._of(
            "convention_held_out" if figures.held_out else "convention",
            manifest=plain(figures.manifest),
            sha256=figures.manifest_sha256[:12],
            fpr=number(figures.at.fpr, self.lang),
        )
        yield from ("", *self._counted(figures), "")
        yield from self._measures(figures)
        yield from self._points(figures.points)
        yield from self._families(figures)
        yield from self._sources(figures.sources)
        yield from self._kinds("kinds", figures.kinds)
        yield from self._kinds("made_kinds", figures.made_kinds)
        if figures.known is not None:
            yield from self._heading("known_families")
            yield from (self._of("known_rule"), "", *self._counted(figures.known), "")
            yield from self._measures(figures.known)
            yield from self._families(figures.known)
        if figures.songs is not None:
            yield from self._heading("songs")
            yield from (self._of("songs_rule"), "", *self._counted(figures.songs), "")
            yield from self._measures(figures.songs)
        yield from self._attacks(figures)
        yield from self._leak(figures)
        yield from self._overlap(figures)
        if drawn := [name for name in figures.plots if name in self.plots]:
            yield from self._heading("plots")
            for name in drawn:
                yield from (f"![{word(self.lang, 'plot', name)}]({self.plots[name]})", "")

    def _counted(self, figures: Figures) -> Iterator[str]:
        for label, counts in (("human", figures.human), ("ai", figures.ai)):
            yield f"- {self._counts(label, counts)}"

    def _counts(self, label: str, counts: Counts) -> str:
        return self._of(
            "counts",
            label=self._of(f"label_{label}"),
            works=counts.works,
            sources=counts.sources,
            covered=counts.covered,
            abstained=counts.abstained,
            not_run=counts.not_run,
            flagged=counts.flagged,
        )

    def _measures(self, figures: Figures) -> Iterator[str]:
        rows = [
            self._measure("tpr", figures.at.tpr),
            self._measure("tpr_families", figures.at.tpr_families),
            self._measure("fpr", figures.at.measured),
            self._measure("auc", figures.auc),
        ]
        if figures.calibration.ece is not None:
            judged = number(figures.calibration.coverage, self.lang)
            covered = self._of("ece_coverage", coverage=judged)
            named = f"{self._of('ece')} ({covered})"
            rows.append((named, number(figures.calibration.ece, self.lang), "", ""))
        works = figures.human.works + figures.ai.works
        rows.append((self._of("coverage"), number(figures.coverage, self.lang), "", str(works)))
        header = tuple(self._of(one) for one in ("measure", "value", "interval", "number"))
        yield from table(header, rows)

    def _measure(self, code: str, figure: Figure) -> tuple[str, str, str, str]:
        return (self._of(code), self._value(figure), _interval(figure, self.lang), str(figure.n))

    def _points(self, points: Sequence[Point]) -> Iterator[str]:
        if not points:
            return
        yield from self._heading("points", 3)
        header = tuple(self._of(one) for one in ("promised", "tpr", "measured", "over_cap"))
        yield from table(
            header,
            [
                (
                    number(one.fpr, self.lang),
                    self._with_interval(one.tpr),
                    self._with_interval(one.measured),
                    plain(", ".join(one.over_cap[:5])) or self._of("none"),
                )
                for one in points
            ],
        )

    def _families(self, figures: Figures) -> Iterator[str]:
        yield from self._heading("families", 3)
        rows = [self._by_name(one) for one in figures.families]
        yield from self._cut(("family", "found", "works", "judged"), rows)

    def _sources(self, sources: Sequence[ByName]) -> Iterator[str]:
        yield from self._heading("sources", 3)
        rows = []
        for one in sources:
            name, share, works, judged = self._by_name(one)
            flagged = f"{share} ({one.flagged})"
            if one.excess:
                flagged += f", **{self._of('above_cap')}**"
            rows.append((name, flagged, works, judged))
        yield from self._cut(("source", "flagged", "works", "judged"), rows)

    def _kinds(self, code: str, kinds: Sequence[ByName]) -> Iterator[str]:
        if not kinds:
            return
        yield from self._heading(code, 3)
        rows = [
            (plain(one.name), self._with_interval(one.figure), str(one.figure.n)) for one in kinds
        ]
        yield from self._cut(("kind", "flagged", "works"), rows)

    def _by_name(self, one: ByName) -> tuple[str, str, str, str]:
        judged = "" if one.covered is None else number(one.covered, self.lang)
        return plain(one.name), self._value(one.figure), str(one.figure.n), judged

    def _cut(self, header: Iterable[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
        yield from table(tuple(self._of(one) for one in header), rows[:MOST_ROWS])
        if len(rows) > MOST_ROWS:
            yield from (self._of("more", n=len(rows) - MOST_ROWS), "")

    def _attacks(self, figures: Figures) -> Iterator[str]:
        if not figures.attacks:
            return
        yield from self._heading("attacks")
        clean = (
            self._of("without"),
            self._with_interval(figures.at.tpr),
            self._with_interval(figures.at.measured),
            self._value(figures.auc),
            number(figures.coverage, self.lang),
            "",
        )
        rows = [
            (
                plain(f"{one.suite}.{one.attack}"),
                self._with_interval(one.tpr),
                self._with_interval(one.fpr),
                self._value(one.auc),
                number(one.coverage, self.lang),
                str(one.failed),
            )
            for one in figures.attacks
        ]
        header = ("attack", "tpr", "fpr", "auc", "coverage", "failed")
        yield from table(tuple(self._of(one) for one in header), [clean, *rows])

    def _leak(self, figures: Figures) -> Iterator[str]:
        leak = figures.leak
        if leak is None:
            return
        yield from self._heading("leak")
        yield from (self._of("leak_rule"), "")
        if leak.reason is not None:
            yield from (word(self.lang, "leak", leak.reason), "")
            return
        header = tuple(self._of(one) for one in ("measure", "value", "interval", "number"))
        yield from table(
            header,
            [self._measure("leak_auc", leak.auc), self._measure("leak_detector", leak.detector)],
        )
        if leak.features:
            yield from (self._of("leak_features", features=plain(", ".join(leak.features))), "")

    def _overlap(self, figures: Figures) -> Iterator[str]:
        yield from self._heading("overlap")
        found = figures.overlap
        ids = (*found.same, *found.near)
        if not found.known:
            yield self._of("overlap_unknown")
        elif not ids:
            yield self._of("overlap_none")
        else:
            shown = ", ".join(plain(one, 60) for one in ids[:MOST_IDS])
            more = ", …" if len(ids) > MOST_IDS else ""
            code = "overlap_counted" if found.counted else "overlap_found"
            yield self._of(code, same=len(found.same), near=len(found.near), ids=shown + more)
        yield ""

    def _strangeness(self) -> Iterator[str]:
        test = self.card.strangeness
        if test is None:
            return
        yield from self._heading("strangeness")
        header = tuple(self._of(one) for one in ("measure", "value", "interval", "number"))
        yield from table(
            header,
            [
                self._measure("strangeness_abstains", test.abstains),
                self._measure("strangeness_catches", test.catches),
            ],
        )
        yield from (self._of("strangeness_kept" if test.kept else "strangeness_dropped"), "")

    def _data(self) -> Iterator[str]:
        yield from self._heading("data")
        if not self.card.data:
            yield from (self._of("data_none"), "")
            return
        header = ("source", "label", "works", "reserved", "stated_licence", "known")
        yield from table(
            tuple(self._of(one) for one in header),
            [
                (
                    plain(one.name),
                    self._of(f"label_{one.label}"),
                    str(one.works),
                    str(one.reserved),
                    plain(one.licence),
                    plain(one.known or "-", 500),
                )
                for one in self.card.data
            ],
        )

    def _said(self, code: str, texts: Mapping[str, Sequence[str]]) -> Iterator[str]:
        """Paragraphs of whoever made the model, in English where there are none in the language."""
        said = texts.get(self.lang) or texts.get("en") or ()
        if said:
            yield from self._heading(code)
            for paragraph in said:
                yield from (plain(paragraph, 5000), "")

    def _heading(self, code: str, level: int = 2) -> tuple[str, str]:
        return f"{'#' * level} {self._of(code)}", ""

    def _value(self, figure: Figure) -> str:
        if figure.value is None:
            return self._of("not_measurable", n=figure.n)
        return number(figure.value, self.lang)

    def _with_interval(self, figure: Figure) -> str:
        between = _interval(figure, self.lang)
        return f"{self._value(figure)} [{between}]" if between else self._value(figure)

    def _of(self, code: str, **params: str | int | float) -> str:
        return word(self.lang, "card", code, **params)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    """The lines of a table, and an empty one."""
    yield f"| {' | '.join(header)} |"
    yield f"|{' --- |' * len(header)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def number(value: float, lang: str, decimals: int = 4) -> str:
    """Zeros at the end left out, with the decimal mark of the language."""
    written = f"{value:.{decimals}f}".rstrip("0").rstrip(".") or "0"
    return written.replace(".", word(lang, "card", "decimal_mark"))


def _interval(figure: Figure, lang: str) -> str:
    if figure.low is None or figure.high is None:
        return ""
    return f"{number(figure.low, lang)} - {number(figure.high, lang)}"
