"""The shape of evidence as it is shown: a card with a title, labelled facts, and a tree.

The terminal and the page only lay cards out; `evidence` and `credentials` fill them. Every string
in a card is visible: safe to print, still to be escaped by whoever writes markup.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from service.render.wording import Words, one_line

__all__ = ["SHORT", "Branch", "Card", "Fact", "Facts"]

VALUE = 4096
SHORT = 160


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value, visible, at most some 4,000 characters long.

    Attributes:
        mono: whether it is an identifier or a quotation rather than a word of ours.
    """

    label: str
    value: str
    mono: bool = False


@dataclass(frozen=True, slots=True)
class Branch:
    """One ingredient.

    Attributes:
        title: how it went in, and what it calls itself.
        lines: integrity, signer, statements.
        failed: validation codes that are failures.
        broken: whether its own manifest is broken or unreadable.
        below: its own ingredients.
        left_out: how many more there are that are not shown.
    """

    title: str
    lines: tuple[str, ...]
    broken: bool
    failed: tuple[str, ...] = ()
    below: tuple[Branch, ...] = ()
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Card:
    """One record of evidence.

    Attributes:
        id: its number in the report.
        kind: what sort of record, in words.
        source: who found it, and in which part.
        summary: the record in a few words.
        facts: in the order in which they matter.
        branches: the ingredients of a credential.
        codes: validation codes by outcome; failures first.
        failed: validation codes that are failures.
    """

    id: int
    kind: str
    source: str
    summary: str = ""
    facts: tuple[Fact, ...] = ()
    branches: tuple[Branch, ...] = ()
    codes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    failed: tuple[str, ...] = ()


@dataclass(slots=True)
class Facts:
    """Collects facts, leaving out what is not known."""

    words: Words
    found: list[Fact] = field(default_factory=list)

    def say(self, label: str, value: str | None) -> None:
        """A fact in our words."""
        if value:
            self.found.append(Fact(self.words.ui(label), value))

    def quote(self, label: str, value: str | None) -> None:
        """A fact in someone else's words."""
        if value:
            shown = one_line(value, VALUE)
            self.found.append(Fact(self.words.ui(label), shown, mono=True))
