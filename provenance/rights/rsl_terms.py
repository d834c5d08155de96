"""What the licences of RSL come to for each use, for somebody who has accepted none of them.

Follows RSL 1.0 sections 3.1.1 (conflicts), 3.3 (`server`), 3.4 to 3.7 and 3.12:

- the licences of a content are alternatives: the best offer for a use is the one that counts;
- a list of permitted uses limits a licence to them, and what AI uses no licence names are reserved
  (`reserved_implicit`);
- a prohibition beats a permission, however narrow. It does not undo an offer for money that stands
  in a licence of its own: that use is conditional, not permitted;
- a licence for some users or regions grants nothing to who cannot show that they belong to them;
- payment, reports and a licence server are conditions; attribution is one that goes with the work;
- of several contents that match an address, the narrower one is heard first.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum
from itertools import islice
from typing import TYPE_CHECKING

from provenance.evidence import ReservationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from provenance.evidence import Purpose
    from provenance.rights.rsl import Content, License

__all__ = ["Terms", "terms_of"]

AI: tuple[Purpose, ...] = ("train-genai", "train-ai", "ai-input", "ai-index")
EVERY: tuple[Purpose, ...] = (*AI, "tdm", "search")
USAGES: dict[str, tuple[Purpose, ...]] = {
    "all": EVERY,
    "ai-all": AI,
    "ai-train": ("train-genai", "train-ai"),
    "ai-input": ("ai-input",),
    "ai-index": ("ai-index",),
    "search": ("search",),
}
"""The purposes a token covers (section 3.4.1.1)."""

ALIASES: dict[str, tuple[Purpose, ...]] = {
    **dict.fromkeys(("train-ai", "ai-training", "training"), USAGES["ai-train"]),
    **dict.fromkeys(("ai-use", "ai-inference", "inference"), USAGES["ai-input"]),
    "train-genai": ("train-genai",),
    "tdm": (*AI, "tdm"),
}
"""Words of other vocabularies that stand in RSL documents, also in the standard's own guides."""

MEANT: dict[str, tuple[Purpose, ...]] = {
    **dict.fromkeys(("ai", "machine-learning", "ml", "llm"), AI),
    **dict.fromkeys(("llm-training", "ml-training", "model-training"), USAGES["ai-train"]),
    **dict.fromkeys(("genai", "generative-ai", "genai-training"), ("train-genai",)),
    **dict.fromkeys(("rag", "grounding"), USAGES["ai-input"]),
    "ai-search": USAGES["ai-index"],
}
"""Words that show what somebody meant to prohibit; they permit nothing."""

FREE = frozenset({"free", "attribution"})
PAID = frozenset({"purchase", "subscription", "training", "crawl", "use", "contribution"})
LEGACY_PAID = frozenset({"inference"})
"""Renamed to `use` in 1.0."""

EVERYBODY = {"user": frozenset({"commercial", "non-commercial"})}
"""Classes that leave nobody out when all of them are permitted."""


MOST_UNKNOWN = 20
"""Tokens of a content that RSL does not have, as far as they are told."""


class Word(IntEnum):
    """What one licence says of one use; of two licences the higher word counts."""

    IMPLICIT = 1
    PROHIBITED = 2
    CONDITIONAL = 3
    ALLOWED = 4


@dataclass(slots=True)
class Terms:
    """The sum of all licences.

    Attributes:
        purposes: state of each use that is spoken of.
        warnings: conditions and doubts, each once.
        deciding: the contents some state was taken from, narrowest first.
    """

    purposes: dict[Purpose, ReservationState] = field(default_factory=dict)
    warnings: dict[str, None] = field(default_factory=dict)
    deciding: list[Content] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Offer:
    """One licence, ready to be asked."""

    permits: frozenset[Purpose]
    prohibits: frozenset[Purpose]
    limited: bool
    unclear: bool
    grant: Word
    notes: tuple[str, ...]

    def of(self, purpose: Purpose, notes: dict[str, None]) -> Word | None:
        """What it says of a use; None when it does not name it."""
        if purpose in self.prohibits:
            if purpose in self.permits:
                notes["intra_protocol_conflict: a licence permits and prohibits one use"] = None
            return Word.PROHIBITED
        if purpose in self.permits:
            return self._granted(notes)
        withheld = self.limited or self.grant is Word.IMPLICIT
        return Word.IMPLICIT if withheld and purpose in AI else None

    def silent(self, notes: dict[str, None]) -> Word | None:
        """What it grants for every use, when it names none at all (section 3.5)."""
        if self.limited or self.unclear or self.prohibits or self.grant is Word.IMPLICIT:
            return None
        return self._granted(notes)

    def _granted(self, notes: dict[str, None]) -> Word:
        notes.update(dict.fromkeys(self.notes))
        return self.grant


def terms_of(contents: Sequence[Content]) -> Terms:
    """What `contents`, all of them of one address, say together; narrower ones are heard first."""
    terms = Terms()
    levels: dict[int, list[Content]] = {}
    for content in contents:
        narrow = len(content.pattern.text) if content.pattern else 1 << 20
        levels.setdefault(narrow, []).append(content)
    for narrow in sorted(levels, reverse=True):
        _add(terms, levels[narrow])
    return terms


def _add(terms: Terms, contents: list[Content]) -> None:
    """Add what contents of one address say of the uses nothing was said of yet."""
    offers = [_offer(one, content) for content in contents for one in content.licenses]
    spoke = False
    for purpose in EVERY:
        if purpose in terms.purposes:
            continue
        notes: dict[str, None] = {}
        word = _best(offers, purpose, notes)
        if word is None:
            continue
        spoke = True
        terms.purposes[purpose] = _state(word, notes)
        terms.warnings.update(notes)
    unknown = (note for content in contents for note in islice(_unknown(content), MOST_UNKNOWN))
    terms.warnings.update(dict.fromkeys(unknown))
    if spoke:
        terms.deciding.extend(contents)


def _best(offers: list[_Offer], purpose: Purpose, notes: dict[str, None]) -> Word | None:
    """The word that counts among alternatives."""
    heard: list[tuple[Word, dict[str, None]]] = []
    for offer in offers:
        its: dict[str, None] = {}
        word = offer.of(purpose, its)
        if word is not None:
            heard.append((word, its))
    words = {word for word, _ in heard}
    if words <= {Word.IMPLICIT}:  # nobody names it: what is offered without naming uses counts
        for offer in offers:
            its = {}
            word = offer.silent(its)
            if word is not None:
                heard.append((word, its))
    words = {word for word, _ in heard}
    if not words:
        return None
    best = max(words)
    if best is Word.ALLOWED and Word.PROHIBITED in words:
        notes["intra_protocol_conflict: one licence permits what another one prohibits"] = None
        best = Word.PROHIBITED
    for word, its in heard:
        if word is best:
            notes.update(its)
    return best


def _state(word: Word, notes: dict[str, None]) -> ReservationState:
    match word:
        case Word.ALLOWED:
            return ReservationState.ALLOWED
        case Word.CONDITIONAL:
            return ReservationState.CONDITIONAL
        case Word.IMPLICIT:
            notes["reserved_implicit: only the uses that are listed are permitted"] = None
            return ReservationState.RESERVED
        case Word.PROHIBITED:
            return ReservationState.RESERVED


def _offer(license_: License, content: Content) -> _Offer:
    grant, notes = _grant(license_, content)
    return _Offer(
        permits=_covered(license_.permits.get("usage", ())),
        prohibits=_covered(license_.prohibits.get("usage", ()), MEANT),
        limited="usage" in license_.permits,
        unclear="usage" in license_.prohibits or license_.foreign,
        grant=grant,
        notes=notes,
    )


def _covered(
    tokens: Iterable[str], meant: Mapping[str, tuple[Purpose, ...]] = {}
) -> frozenset[Purpose]:
    """The purposes of some tokens, also of words that are none and have a plain meaning."""
    return frozenset(
        purpose for token in tokens for purpose in _usage(token) or meant.get(_bare(token), ())
    )


def _usage(token: str) -> tuple[Purpose, ...] | None:
    token = _bare(token)
    return USAGES.get(token) or ALIASES.get(token)


def _bare(token: str) -> str:
    return token.casefold().replace("_", "-")


def _grant(license_: License, content: Content) -> tuple[Word, tuple[str, ...]]:
    """What the licence is worth to a stranger, and on what conditions."""
    if restricted := _restricted(license_):
        note = f"restricted: granted to {restricted} only, which a stranger cannot show"
        return Word.IMPLICIT, (note,)
    notes: list[str] = []
    word = Word.ALLOWED
    payment = license_.payment
    kind = payment.kind if payment else None
    if payment is not None and (payment.terms or (kind is not None and kind not in FREE)):
        word = Word.CONDITIONAL
        at = f" at {payment.at}" if payment.at else ""
        notes.append(f"payment_required: {kind or 'terms'}{at}"[:300])
    elif payment is not None and kind == "attribution":
        at = f" as {payment.at} says" if payment.at else ""
        notes.append(f"attribution_required: with visible credit and a link{at}"[:300])
    if kind is not None and kind not in FREE | PAID:
        old = kind in LEGACY_PAID
        notes.append(f"{'legacy_vocab' if old else 'unknown_token'}: payment type {kind[:40]}")
    if license_.reporting:
        word = Word.CONDITIONAL
        notes.append("reporting_required: uses are to be reported")
    if content.server:
        word = Word.CONDITIONAL
        notes.append(f"licence_server: a licence is to be obtained from {content.server[:200]}")
    return word, tuple(notes)


def _restricted(license_: License) -> str | None:
    """To whom the licence is limited, in its own words; None when to nobody."""
    for kind in ("user", "geo"):
        permitted = license_.permits.get(kind)
        if permitted is not None and not EVERYBODY.get(kind, {"*"}) <= set(permitted):
            return f"{kind} {' '.join(permitted)}"[:120]
        if license_.prohibits.get(kind):
            return f"anyone but {kind} {' '.join(license_.prohibits[kind])}"[:120]
    return None


def _unknown(content: Content) -> Iterable[str]:
    for license_ in content.licenses:
        for listed in (license_.permits, license_.prohibits):
            for token in listed.get("usage", ()):
                if _usage(token) is None:
                    yield f"unknown_token: RSL has no usage {token[:40]}"
                elif token not in USAGES:
                    yield f"legacy_vocab: {token[:40]} is read as the usage it means"
