"""A notice under article 16 of Regulation (EU) 2022/2065 (DSA): written whole or not at all.

Article 16(2) names what a notice holds: a sufficiently substantiated explanation, the exact
electronic location, name and e-mail address, and a statement of good faith. A notice about a right
also has to say which right, and whose. With one of these missing nothing is written: the error
names each, and how to give it. What the audit knows about an address is added, and only that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from urllib.parse import urlsplit

from provenance.errors import ConfigError
from provenance.rights.finding import Finding
from service.documents.details import Notice, TrustedFlagger
from service.documents.draft import Draft, foreign, paragraph_of
from service.documents.evidence import evidence_rows
from service.documents.parts import about, not_proved
from service.documents.records import Block, Document, Section, Sentence
from service.i18n import translate
from service.render.visibility import visible

__all__ = ["LEAST_REASONS", "missing", "refuse_incomplete", "write"]

LEAST_REASONS = 80
"""Characters under which an explanation cannot be a substantiated one."""

EMAIL = re.compile(r"[^@\s<>]{1,64}@[^@\s<>.]+(?:\.[^@\s<>.]+)+")
FLAGGER = ("coordinator", "reference", "expertise")


def missing(notice: Notice) -> tuple[str, ...]:
    """What the notice lacks, as codes of the section `document_missing`, in order."""
    return tuple(code for code in (*_elements(notice), *_status(notice)) if code)


def _elements(notice: Notice) -> Iterator[str | None]:
    yield _lacks("reasons", notice.reasons, "reasons_short", _substantial)
    if notice.urls and not all(map(_exact, notice.urls)):
        yield "urls_exact"
    yield None if notice.urls else "urls"
    yield _lacks("name", notice.name)
    yield _lacks("email", notice.email, "email_form", EMAIL.fullmatch)
    yield None if notice.good_faith else "good_faith"
    yield _lacks("right", notice.right)
    yield _lacks("ownership", notice.ownership)


def _status(notice: Notice) -> Iterator[str | None]:
    if notice.trusted_flagger is not None:
        for key in FLAGGER:
            yield _lacks(f"flagger_{key}", getattr(notice.trusted_flagger, key))


def _lacks(
    code: str,
    value: str | None,
    wrong: str | None = None,
    right: Callable[[str], object] = bool,
) -> str | None:
    if value is None:
        return code
    return None if right(value) else wrong


def _substantial(reasons: str) -> bool:
    return len(reasons) >= LEAST_REASONS


def _exact(url: str) -> bool:
    """Whether an address leads to one place: absolute, without spaces or wildcards."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    known = parts.scheme in ("http", "https") and bool(parts.hostname)
    return known and "*" not in url and url.isprintable() and " " not in url


def refuse_incomplete(notice: Notice, lang: str) -> None:
    """Nothing is written of a notice that lacks something.

    Raises:
        ConfigError: it does; the hint lists all of it.
    """
    if lacking := missing(notice):
        lines = [translate("document_missing", code, lang) for code in lacking]
        head = translate("document", "notice_refused", lang, count=len(lines))
        hint = translate("document", "notice_hint", lang)
        raise ConfigError(head, hint="\n".join([*(f"  - {line}" for line in lines), hint]))


def write(draft: Draft) -> Document:
    """The notice.

    Raises:
        ConfigError: something is missing.
    """
    notice = draft.details
    assert isinstance(notice, Notice)  # noqa: S101 - the table of this paper
    refuse_incomplete(notice, draft.lang)
    sections = [
        _from_whom(draft, notice),
        _where(draft, notice),
        _why(draft, notice),
        _audited(draft, notice, "4"),
        _good_faith(draft, notice, "5"),
    ]
    if notice.trusted_flagger is not None:
        sections.append(_flagger(draft, notice.trusted_flagger, "6"))
    number = len(sections) + 1
    sections += [about(draft, str(number)), _limits(draft, str(number + 1))]
    return draft.finish(sections)


def _from_whom(draft: Draft, notice: Notice) -> Section:
    of = draft.of
    blocks: list[Block] = [
        paragraph_of(draft.say("notice_is", of.law("dsa_16_1"))),
        draft.asked("recipient", of.law("dsa_16_1")),
        draft.asked("name", of.law("dsa_16_2_c")),
        draft.asked("email", of.law("dsa_16_2_c")),
    ]
    if notice.territory:
        blocks.append(draft.asked("territory", of.details("dsa16.territory")))
    return draft.section("notice_from", "1", *blocks)


def _where(draft: Draft, notice: Notice) -> Section:
    of = draft.of
    source = of.details("dsa16.urls")
    columns = [draft.column("number", source), draft.column("url", source)]
    rows = [[str(place), visible(url)] for place, url in enumerate(notice.urls, 1)]
    blocks: list[Block] = [
        paragraph_of(draft.say("exact_places", of.law("dsa_16_2_b"))),
        draft.table("urls", columns, rows),
    ]
    if notice.identification:
        blocks.append(draft.asked("identification", of.law("dsa_16_2_b")))
    return draft.section("notice_where", "2", *blocks)


def _why(draft: Draft, notice: Notice) -> Section:
    of = draft.of
    blocks: list[Block] = [
        paragraph_of(draft.say("reasons_of", of.law("dsa_16_2_a"))),
        *(paragraph_of(one) for one in draft.given("reasons", notice.reasons or "")),
        draft.asked("right", of.law("dsa_16_2_a")),
        draft.asked("ownership", of.law("dsa_16_2_a")),
    ]
    if notice.legal_basis:
        blocks.append(draft.asked("legal_basis", of.law("dsa_16_2_a")))
    return draft.section("notice_why", "3", *blocks)


def _audited(draft: Draft, notice: Notice, number: str) -> Section:
    """What the audit says of the addresses; where it says nothing, that."""
    of, named = draft.of, draft.audit.tally.named
    known = [url for url in notice.urls if url in named]
    unknown = [str(place) for place, url in enumerate(notice.urls, 1) if url not in named]
    findings: list[Finding] = [finding for url in known for finding in named[url]]
    blocks: list[Block] = []
    if findings:
        blocks.append(paragraph_of(draft.say("audit_on_places", of.findings("/input"))))
        blocks += evidence_rows(draft, findings, len(findings))
    if unknown:
        blocks.append(
            paragraph_of(
                draft.say("audit_silent", of.findings("/input"), places=", ".join(unknown))
            )
        )
    return draft.section("notice_audit", number, *blocks)


def _good_faith(draft: Draft, notice: Notice, number: str) -> Section:
    of = draft.of
    said = draft.say(
        "good_faith",
        of.law("dsa_16_2_d"),
        of.details("dsa16.good_faith"),
        name=foreign(notice.name or ""),
    )
    return draft.section(
        "notice_good_faith",
        number,
        paragraph_of(said),
        draft.entry("signature", None, of.law("dsa_16_2_d")),
    )


def _flagger(draft: Draft, flagger: TrustedFlagger, number: str) -> Section:
    of = draft.of
    blocks: list[Block] = [paragraph_of(draft.say("flagger", of.law("dsa_22")))]
    for key in FLAGGER:
        text = visible(getattr(flagger, key) or "")
        blocks.append(
            draft.entry(f"flagger_{key}", text, of.details(f"dsa16.trusted_flagger.{key}"))
        )
    return draft.section("notice_flagger", number, *blocks)


def _limits(draft: Draft, number: str) -> Section:
    of = draft.of
    own: Iterable[Sentence] = (
        draft.say("not_illegal_by_itself", of.law("dsa_16_3"), of.method("rules")),
        draft.say("reservation_is_not_right", of.law("dsm_4_3")),
        draft.say("ownership_not_checked", of.details("dsa16.ownership")),
    )
    return not_proved(draft, number, *own)
