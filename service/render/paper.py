"""A report as PDF: one page for who has ten seconds, then the evidence, and how to verify it.

It shows the same `View` as the page and the terminal. What comes from a work goes into the file as
data and is never read as markup. The same report, receipt, address
and decision give the same bytes.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from provenance.attest.log import TreeHead
from provenance.attest.receipt import Receipt
from service.documents.pdf import drawable, typeset
from service.render.cards import Branch, Card, Fact
from service.render.survival import Comparison
from service.render.view import View
from service.render.wording import Words
from service.report import Report
from service.review.records import Decided

__all__ = ["Link", "render_pdf"]

NAME, VALUE, CARDS, CODES = 150, 1200, 150, 40
"""Letters of a title and of a value; records of evidence; codes of a record: what is printed."""

KEYS_PATH = "/v1/receipt-keys"
COMMAND = "assay receipt verify receipt.json --keys keys.json --asset {asset}"


@dataclass(frozen=True, slots=True)
class Link:
    """The public page of a report.

    Attributes:
        url: its address; None where the service does not know at which address it is reached.
    """

    url: str | None


def render_pdf(
    report: Report,
    lang: str,
    number: str,
    receipt: Receipt,
    link: Link | None,
    decided: Decided | None = None,
) -> bytes:
    """The file.

    Args:
        report: what to show.
        lang: `en` or `fr`.
        number: identifier of the report.
        receipt: of this report.
        link: its public page, if it has one.
        decided: what people decided last of the work.

    Raises:
        EngineError: typst could not write it, which no content of a report can bring about.
    """
    view = View.of(report, lang, decided)
    return typeset(_template(), _plain(view, number, receipt, link), report.engine.verified_at)


def _plain(view: View, number: str, receipt: Receipt, link: Link | None) -> dict[str, Any]:
    words = view.words
    return {
        "lang": words.lang,
        "title": words.ui("report_title"),
        "name": _folded(drawable(view.name)),
        "about": " · ".join(view.about),
        "digest": words.labelled(words.ui("sha256"), view.sha256),
        "verified_at": view.verified_at,
        "answers": [
            {
                "label": one.label,
                "question": one.question,
                "tone": one.tone,
                "text": one.text,
                "rider": one.rider,
                "lines": [one.meaning, *one.notes],
            }
            for one in view.answers
        ],
        "review": view.review or bool(view.decided),
        "reviewed": view.decided
        or words.ui("review_needed" if view.review else "review_not_needed"),
        "findings": [list(one) for one in view.findings],
        "whys": [{"text": one.text, "evidence": list(one.evidence)} for one in view.whys],
        "survived": None if view.survival is None else _survived(view.survival, words),
        "cards": [_card(one, words) for one in view.cards[:CARDS]],
        "more": _more(len(view.cards) - CARDS, words),
        "skipped": [
            [str(one.id), one.check, one.source, _skipped(one.reason, one.detail)]
            for one in view.skipped
        ],
        "made": [_fact(Fact(_said(words, "whole_name"), view.name), words)]
        + [_fact(one, words) for one in view.made],
        "limits": list(view.limits),
        "receipt": _receipt(number, receipt, words),
        "public": _public(number, link, words),
        "words": _words(words),
    }


def _words(words: Words) -> dict[str, str]:
    found = {
        code: words.ui(code)
        for code in (
            *("findings", "no_findings", "why", "survived", "evidence", "no_evidence", "not_run"),
            *("engine_and_policy", "limits_title", "id", "check", "source", "reason", "mark"),
            *("in_original", "in_this_file", "became", "ingredients", "codes", "codes_failure"),
        )
    }
    return found | {code: _said(words, code) for code in ("receipt", "verify_title", "public")}


def _said(words: Words, code: str, **params: str) -> str:
    return words.of("paper", code, **params)


def _folded(name: str) -> str:
    """A name as a title: of one that is too long, the beginning and the end."""
    return name if len(name) <= NAME else f"{name[: NAME - 50]}…{name[-49:]}"


def _value(text: str, words: Words) -> str:
    return text if len(text) <= VALUE else _said(words, "cut", text=text[:VALUE])


def _fact(fact: Fact, words: Words) -> dict[str, Any]:
    return {"label": fact.label, "value": _value(fact.value, words), "mono": fact.mono}


def _skipped(reason: str, detail: str) -> str:
    return f"{reason} ({detail})" if detail else reason


def _more(count: int, words: Words) -> str:
    return _said(words, "more_evidence", count=words.number(count)) if count > 0 else ""


def _card(one: Card, words: Words) -> dict[str, Any]:
    return {
        "id": one.id,
        "title": words.labelled(one.kind, one.summary) if one.summary else one.kind,
        "source": one.source,
        "facts": [_fact(fact, words) for fact in one.facts],
        "failed": ", ".join(one.failed[:CODES]),
        "branches": _branches(one.branches, words),
        "codes": [[outcome, ", ".join(codes[:CODES])] for outcome, codes in one.codes],
    }


def _branches(branches: tuple[Branch, ...], words: Words, depth: int = 0) -> list[dict[str, Any]]:
    """The tree as lines, each with how deep it stands."""
    lines: list[dict[str, Any]] = []
    for one in branches:
        left = words.ui("and_more", count=words.number(one.left_out)) if one.left_out else ""
        lines.append(
            {
                "depth": min(depth, 8),
                "title": left or one.title,
                "broken": one.broken,
                "lines": " · ".join((*one.lines, *one.failed[:CODES])),
            }
        )
        lines += _branches(one.below, words, depth + 1)
    return lines


def _survived(one: Comparison, words: Words) -> dict[str, Any]:
    return {
        "original": one.original,
        "word": one.word,
        "fates": [[fate.mark, fate.original, fate.present, fate.outcome] for fate in one.fates],
        "end": " · ".join(one.counts) if one.fates else one.nothing,
    }


def _receipt(number: str, receipt: Receipt, words: Words) -> dict[str, Any]:
    facts = [
        ("report_id", number),
        ("signing_key", receipt.envelope.signature.keyid),
    ]
    if receipt.log is not None:
        head = TreeHead.of(receipt.log.tree_head)
        place = {"index": str(receipt.log.leaf_index), "origin": head.origin}
        facts += [
            ("signed_at", words.moment(head.time)),
            ("log_place", _said(words, "log_entry", **place)),
        ]
    facts.append(("receipt_digest", hashlib.sha256(receipt.to_json().encode()).hexdigest()))
    return {
        "meaning": _said(words, "receipt_meaning"),
        "facts": [[_said(words, code), value] for code, value in facts],
        "steps": [
            _said(words, "verify_fetch", path=f"/v1/receipts/{number}"),
            _said(words, "verify_keys", path=KEYS_PATH),
            _said(words, "verify_command"),
        ],
        "command": COMMAND.format(asset=words.ui("asset").upper()),
    }


def _public(number: str, link: Link | None, words: Words) -> dict[str, Any]:
    if link is None:
        path = f"/v1/reports/{number}/attestation"
        return {"said": _said(words, "public_none", path=path), "url": None}
    if link.url is None:
        return {"said": _said(words, "public_no_url"), "url": None}
    return {
        "said": _said(words, "public_page"),
        "url": link.url,
        "code": _qr(link.url),
        "alt": _said(words, "public_alt"),
    }


def _qr(url: str) -> str:
    """A QR code (ISO/IEC 18004) as SVG, black on white with the margin that readers need."""
    import segno

    written = io.BytesIO()
    segno.make(url, error="m", micro=False).save(
        written, kind="svg", xmldecl=False, border=4, dark="#000", light="#fff"
    )
    return written.getvalue().decode()


@cache
def _template() -> bytes:
    return resources.files("service.render").joinpath("templates", "report.typ").read_bytes()
