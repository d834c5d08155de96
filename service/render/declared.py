"""What is declared about one work, in a terminal: each statement, and where nobody looked."""

from __future__ import annotations

from collections.abc import Iterator

from provenance.evidence import Reservation
from provenance.rights.finding import Finding, Looked
from service.optout.checking import Declared
from service.render.reasoning import step_in_words, warning_in_words
from service.render.wording import DASH, Words, one_line

__all__ = ["declared_lines", "finding_lines"]

VALUE = 160


def declared_lines(one: Declared, words: Words) -> Iterator[str]:
    """The answer about one work, line by line."""
    yield one_line(one.input, 4 * VALUE)
    yield "  " + words.labelled(words.ui("rights"), words.of("rights", one.rights))
    for purpose, rights in one.rights_by_purpose.items():
        yield "    " + words.labelled(words.of("purpose", purpose), words.of("rights", rights))
    yield from _statements(one.reservations, words)
    yield from _coverage(one.coverage, words)
    for missing in one.not_run:
        said = words.of("not_run_reason", missing.reason)
        detail = f" ({one_line(missing.detail, VALUE)})" if missing.detail else ""
        yield "  " + words.labelled(f"{words.ui('not_run')}, {missing.source}", said + detail)


def finding_lines(one: Finding, words: Words) -> Iterator[str]:
    """A finding about one use, line by line."""
    yield one_line(one.input, 4 * VALUE)
    verdict = words.of("use_verdict", one.verdict)
    if one.undetermined_because:
        verdict += f" ({words.of('undetermined_because', one.undetermined_because)})"
    yield "  " + words.labelled(words.ui("use_verdict"), verdict)
    use = one.use
    about = [use.agent or DASH, words.of("purpose", use.purpose)]
    about.append(use.at.date().isoformat() if use.at else DASH)
    yield "  " + words.labelled(words.ui("use_asked"), ", ".join(one_line(it, 80) for it in about))
    if one.bounds:
        ends = (words.moment(end) if end else DASH for end in one.bounds)
        yield "  " + words.labelled(words.ui("use_bounds"), " / ".join(ends))
    yield "  " + words.labelled(
        words.ui("rule_path"), " > ".join(step_in_words(step, words) for step in one.rule_path)
    )
    yield from _statements(one.reservations, words)
    yield from _coverage(one.coverage, words)


def _statements(reservations: tuple[Reservation, ...], words: Words) -> Iterator[str]:
    if not reservations:
        yield "  " + words.ui("no_statements")
    for one in reservations:
        states = ", ".join(
            words.labelled(words.of("purpose", purpose), words.of("reservation_state", state))
            for purpose, state in one.purposes.items()
        )
        place = [one.protocol, one.channel, words.ui("grade", grade=one.standing)]
        if one.agent:
            place.append(one_line(one.agent, 40))
        yield f"  - {', '.join(place)}"
        yield f"      {states or words.of('reservation_state', 'unknown')}"
        yield f"      {one_line(one.native_value, VALUE)}"
        if one.document:
            span = one.document.span
            where = f" [{span[0]}:{span[1]}]" if span else ""
            yield f"      {one_line(one.document.location, VALUE)}{where}"
        for warning in one.warnings:
            yield f"      ! {warning_in_words(warning, words)}"


def _coverage(coverage: dict[str, Looked], words: Words) -> Iterator[str]:
    by_answer: dict[Looked, list[str]] = {}
    for channel, looked in coverage.items():
        by_answer.setdefault(looked, []).append(channel)
    for looked in Looked:
        if looked in by_answer:
            yield "  " + words.labelled(words.of("looked", looked), ", ".join(by_answer[looked]))
