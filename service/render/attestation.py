"""The public page of an attestation: something one can show, and nothing of the work.

The page is one file without script; its security policy names the one style sheet in it by its
digest, so that nothing else of what it holds can style or run anything.
"""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
from dataclasses import dataclass, replace

from service.attestation import Objection, Statement
from service.render.answers import Answer, integrity_answer, origin_answer, rights_answer
from service.render.html import environment
from service.render.visibility import visible
from service.render.wording import Words
from service.storage.attestations import Shown

__all__ = ["COMMAND", "Page", "render_attestation", "render_unknown", "render_withdrawn"]

COMMAND = """printf '%s%s' {salt} "$(sha256sum < FILE | cut -c1-64)" | sha256sum"""
ANSWERS = {
    Shown.ORIGIN: origin_answer,
    Shown.INTEGRITY: integrity_answer,
    Shown.RIGHTS: rights_answer,
}


@dataclass(frozen=True, slots=True)
class Page:
    """A page, and the security policy it is sent with."""

    html: str
    policy: str

    @classmethod
    def of(cls, html: str) -> Page:
        """Names the style sheet of the page by its digest."""
        style = html.partition("<style>")[2].partition("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; frame-ancestors 'none'; "
            "base-uri 'none'; form-action 'none'"
        )
        return cls(html, policy)


def render_attestation(one: Statement, lang: str, now: dt.datetime) -> Page:
    """The page of an attestation that was not withdrawn.

    Args:
        one: what it tells.
        lang: `en` or `fr`.
        now: when it was checked.
    """
    words = Words(lang)
    return _page(
        "attestation.html.j2",
        words,
        one=one,
        by=visible(one.by),
        answers=[_bare(ANSWERS[shown](one.report, words)) for shown in one.shows],
        attests_human=one.attests_human,
        says_origin=Shown.ORIGIN in one.shows,
        now=words.moment(now),
        signed_at=words.moment(one.signed_at),
        checks=[_check(each, one, words) for each in Objection],
        objections=[words.of("attestation_objection", each) for each in one.objections],
        command=one.salt and COMMAND.format(salt=one.salt),
    )


def render_withdrawn(at: dt.datetime, lang: str) -> Page:
    """The page of one that was: the day it was withdrawn, and nothing else."""
    words = Words(lang)
    day = at.astimezone(dt.UTC).date().isoformat()
    said = words.of("attestation", "withdrawn", date=day)
    return _page("notice.html.j2", words, title=words.of("attestation", "title"), said=said)


def render_unknown(lang: str) -> Page:
    """The page of every address that leads to no attestation."""
    words = Words(lang)
    title, said = (words.of("attestation", code) for code in ("unknown_title", "unknown"))
    return _page("notice.html.j2", words, title=title, said=said)


def _check(each: Objection, one: Statement, words: Words) -> tuple[str, bool]:
    """What is said of a check, and whether it passed."""
    if each in one.objections:
        return words.of("attestation_objection", each), False
    return words.of("attestation_check", each), True


def _bare(answer: Answer) -> Answer:
    """Without notes, which tell which detector looked, and so what kind of work it is."""
    return replace(answer, notes=())


def _page(template: str, words: Words, **given: object) -> Page:
    other = "fr" if words.lang == "en" else "en"
    html = environment().get_template(template).render(words=words, other=other, **given)
    return Page.of(html)
