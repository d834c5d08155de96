"""The card of a gate as Markdown (GitHub flavour), in English or French.

Names of sources come from manifests, that is from anyone: see `detectors.card_page`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from detectors.card import Figure
from detectors.card_page import number, plain, table
from detectors.card_words import word
from detectors.gates.card import GateCard
from detectors.gates.figures import NOT_TOLD, CaseFigures

__all__ = ["page"]

MOST_ROWS = 40


def page(card: GateCard, lang: str) -> str:
    """The whole card; see `GateCard.to_markdown`."""
    return "\n".join(_Page(card, lang).lines()).rstrip() + "\n"


@dataclass(frozen=True, slots=True)
class _Page:
    card: GateCard
    lang: str

    def lines(self) -> Iterator[str]:
        card = self.card
        yield f"# {self._of('title', gate=plain(card.gate))}"
        yield from ("", plain(card.description, 1000), "", self._of("meaning"), "")
        rows = [
            (self._of("version"), plain(card.version)),
            (self._of("kinds"), plain(", ".join(card.kinds))),
            (self._of("features"), plain(card.features)),
            (self._of("sure"), self._number(card.figures.sure)),
            (self._of("licence"), plain(card.licence)),
        ]
        yield from table(("", ""), rows)
        yield from self._said("intended_use", card.intended_use)
        yield from self._said("limits", card.limits)
        yield from self._figures()
        yield from self._stored()
        yield from self._cases("cases", "cases_rule", card.figures.cases)
        yield from self._cases("beside", "beside_rule", card.figures.beside)
        yield from self._sources()
        yield from self._data()

    def _figures(self) -> Iterator[str]:
        figures = self.card.figures
        yield from self._heading("figures")
        yield from (self._of("convention"), "")
        header = self._words("kind", "works", "sources", "right", "wrong", "not_told")
        rows: list[Sequence[str]] = [
            (
                plain(one.kind),
                str(one.works),
                str(one.sources),
                *map(self._figure, (one.right, one.wrong, one.not_told)),
            )
            for one in figures.kinds
        ]
        yield from table(header, rows)
        yield self._of("coverage", value=self._figure(figures.coverage))
        yield from (self._of("wrong_all", value=self._figure(figures.wrong)), "")
        yield from self._heading("confusion")
        columns = (*self.card.kinds, NOT_TOLD)
        yield from table(
            (self._of("kind"), *self.card.kinds, self._of("not_told")),
            [
                (plain(one.kind), *(str(one.told.get(kind, 0)) for kind in columns))
                for one in figures.confusion
            ],
        )

    def _stored(self) -> Iterator[str]:
        if not self.card.figures.copies:
            return
        yield from self._heading("copies")
        yield from (self._of("copies_rule"), "")
        header = self._words("copy", "kind", "works", "right", "wrong", "not_told", "turned")
        yield from table(
            header,
            [
                (
                    plain(one.copy_),
                    plain(one.kind),
                    str(one.works),
                    *map(self._figure, (one.right, one.wrong, one.not_told, one.turned)),
                )
                for one in self.card.figures.copies
            ],
        )

    def _cases(self, code: str, rule: str, cases: Sequence[CaseFigures]) -> Iterator[str]:
        if not cases:
            return
        yield from self._heading(code)
        yield from (self._of(rule), "")
        header = self._words("case", "kind", "works", "sources", "told")
        yield from table(
            header,
            [
                (
                    plain(one.case),
                    plain(one.kind),
                    str(one.works),
                    str(one.sources),
                    self._told(one.told),
                )
                for one in cases
            ],
        )

    def _sources(self) -> Iterator[str]:
        found = self.card.figures.sources
        yield from self._heading("by_source")
        header = self._words("source", "kind", "label", "works", "right", "wrong", "told")
        rows = [
            (
                plain(one.name),
                plain(one.kind),
                word(self.lang, "card", f"label_{one.label}"),
                str(one.works),
                self._number(one.right),
                self._number(one.wrong),
                self._told(one.told),
            )
            for one in found[:MOST_ROWS]
        ]
        yield from table(header, rows)
        if len(found) > MOST_ROWS:
            yield from (self._of("more", n=len(found) - MOST_ROWS), "")

    def _data(self) -> Iterator[str]:
        yield from self._heading("data")
        columns = ("source", "kind", "label", "works", "tried", "left_out", "stated_licence")
        yield from table(
            self._words(*columns, "known"),
            [
                (
                    plain(one.name),
                    plain(one.kind),
                    word(self.lang, "card", f"label_{one.label}"),
                    str(one.works),
                    str(one.tried),
                    str(one.left_out),
                    plain(one.licence),
                    plain(one.known or "-", 500),
                )
                for one in self.card.data
            ],
        )

    def _told(self, told: Mapping[str, int]) -> str:
        return ", ".join(
            f"{self._of('not_told') if kind == NOT_TOLD else plain(kind)} {count}"
            for kind, count in told.items()
        )

    def _said(self, code: str, texts: Mapping[str, Sequence[str]]) -> Iterator[str]:
        said = texts.get(self.lang) or texts.get("en") or ()
        if said:
            yield from self._heading(code)
            for paragraph in said:
                yield from (plain(paragraph, 5000), "")

    def _heading(self, code: str) -> tuple[str, str]:
        return f"## {self._of(code)}", ""

    def _words(self, *codes: str) -> tuple[str, ...]:
        return tuple(map(self._of, codes))

    def _figure(self, figure: Figure) -> str:
        if figure.value is None:
            return word(self.lang, "card", "not_measurable", n=figure.n)
        value = self._number(figure.value)
        if figure.low is None or figure.high is None:
            return value
        return f"{value} [{self._number(figure.low)} - {self._number(figure.high)}]"

    def _number(self, value: float) -> str:
        return number(value, self.lang, 3)

    def _of(self, code: str, **params: str | int | float) -> str:
        return word(self.lang, "gate", code, **params)
