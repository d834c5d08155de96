"""Writes the open vectors of four protocols whose statements are documents of their own.

    python -m tools.make_vectors_declarations

`tests/vectors/optout/`: `rsl.jsonl`, `ai-txt.jsonl`, `tdm-ai.jsonl` and `onix.jsonl`. Each line is
one question: a work (`url`, `body` or `html`, `media_type`, `name`), what stands around it
(`headers`, `robots`, `rsl` by address, `ai_txt`, `registry`), to which `agent` (null: nobody in
particular); and the records a reader of that protocol must give, in any order: `protocol, channel,
scope, agent, purposes, formal` and the codes of the `warnings`, or `not_run` with the reason of a
check that did not run. The expectations are written down here from the specifications named in
`section`, not computed by the readers.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "tests/vectors/optout"
HOST = "https://host.example"

Question = dict[str, Any]
States = dict[str, str]


def said(
    protocol: str,
    channel: str,
    scope: str,
    purposes: States,
    *warnings: str,
    agent: str | None = None,
    formal: str = "valid",
) -> Question:
    """One record that is expected."""
    return {
        "protocol": protocol,
        "channel": channel,
        "scope": scope,
        "agent": agent,
        "purposes": purposes,
        "formal": formal,
        "warnings": sorted(warnings),
    }


def question(note: str, section: str, expected: list[Question], **asked: Any) -> Question:
    """One line, without its number."""
    return {"note": note, "section": section, **asked, "expected": expected}


def not_run(reason: str) -> Question:
    """A check that did not run."""
    return {"not_run": reason}


def states(state: str, *purposes: str) -> States:
    """The same state for several purposes."""
    return dict.fromkeys(purposes, state)


# --- RSL ----------------------------------------------------------------------------------------

TRAIN = ("train-ai", "train-genai")
AI = (*TRAIN, "ai-input", "ai-index")
EVERY = (*AI, "tdm", "search")


def rsl(*contents: str, namespace: str = "https://rslstandard.org/rsl") -> str:
    """A document."""
    return f'<rsl xmlns="{namespace}">{"".join(contents)}</rsl>'


def content(*licenses: str, url: str = "/", more: str = "") -> str:
    """One content."""
    return f'<content url="{url}"{more}>{"".join(licenses)}</content>'


def offer(permits: str = "", prohibits: str = "", payment: str = "", more: str = "") -> str:
    """One licence."""
    uses = f'<permits type="usage">{permits}</permits>' if permits else ""
    uses += f'<prohibits type="usage">{prohibits}</prohibits>' if prohibits else ""
    return f"<license>{uses}{payment}{more}</license>"


def paid(kind: str, inner: str = "") -> str:
    """A payment."""
    return f'<payment type="{kind}">{inner}</payment>'


CUSTOM = "<custom>https://host.example/ask</custom>"


def rsl_terms() -> Iterator[Question]:
    """What documents say of a work on their host."""

    def ask(
        note: str,
        section: str,
        document: str,
        purposes: States | None,
        *warnings: str,
        path: str = "/a",
        scope: str = "origin",
        formal: str = "valid",
    ) -> Question:
        record = said("rsl", "rsl", scope, purposes or {}, *warnings, formal=formal)
        return question(
            note,
            f"RSL 1.0 {section}",
            [record] if purposes is not None else [],
            url=HOST + path,
            rsl={f"{HOST}/rsl.xml": document},
        )

    implicit = "reserved_implicit"
    yield ask(
        "training is prohibited, of other uses nothing is said",
        "3.6",
        rsl(content(offer(prohibits="ai-train"))),
        states("reserved", *TRAIN),
    )
    yield ask(
        "no AI at all",
        "3.4.1.1",
        rsl(content(offer(prohibits="ai-all"))),
        states("reserved", *AI),
    )
    yield ask(
        "all: mining and search as well",
        "3.4.1.1",
        rsl(content(offer(prohibits="all"))),
        states("reserved", *EVERY),
    )
    yield ask(
        "all is permitted, free of charge",
        "3.7",
        rsl(content(offer("all"))),
        states("allowed", *EVERY),
    )
    yield ask(
        "a list of permissions limits the licence to them",
        "3.5",
        rsl(content(offer("search"))),
        {"search": "allowed"} | states("reserved", *AI),
        implicit,
    )
    yield ask(
        "several tokens are separated by spaces",
        "3.5",
        rsl(content(offer("search ai-input"))),
        states("allowed", "search", "ai-input") | states("reserved", *TRAIN, "ai-index"),
        implicit,
    )
    yield ask(
        "commas are the way of the drafts",
        "3.5",
        rsl(content(offer("search,ai-index, ai-input", "ai-train"))),
        states("allowed", "search", "ai-index", "ai-input") | states("reserved", *TRAIN),
        "legacy_syntax",
    )
    yield ask(
        "one element a type: repeated ones are joined",
        "3.5",
        rsl(
            content(
                '<license><permits type="usage">search</permits>'
                '<permits type="usage">ai-all</permits></license>'
            )
        ),
        states("allowed", "search", *AI),
        "repeated_element",
    )
    yield ask(
        "the word of the standard's own guide",
        "guide ai-preferences",
        rsl(content(offer("train-ai", payment=paid("subscription", CUSTOM)))),
        states("conditional", *TRAIN) | states("reserved", "ai-input", "ai-index"),
        *("legacy_vocab", "payment_required", implicit),
    )
    yield ask(
        "a word RSL does not have permits nothing",
        "3.4.1",
        rsl(content(offer("search citation"))),
        {"search": "allowed"} | states("reserved", *AI),
        *("unknown_token", implicit),
    )
    for kind in ("purchase", "subscription", "training", "crawl", "use", "contribution"):
        yield ask(
            f"payment {kind}",
            "3.7",
            rsl(content(offer("ai-all", payment=paid(kind)))),
            states("conditional", *AI),
            "payment_required",
        )
    yield ask(
        "payment free",
        "3.7",
        rsl(content(offer("ai-all", payment=paid("free")))),
        states("allowed", *AI),
    )
    yield ask(
        "payment with no type and no terms is free",
        "3.7",
        rsl(content(offer("ai-all", payment="<payment/>"))),
        states("allowed", *AI),
    )
    yield ask(
        "payment with no type and a framework",
        "3.8",
        rsl(
            content(
                offer(
                    "ai-all", payment="<payment><standard>https://c.example/l</standard></payment>"
                )
            )
        ),
        states("conditional", *AI),
        "payment_required",
    )
    yield ask(
        "attribution is a condition that goes with the work",
        "3.7",
        rsl(content(offer("ai-all", payment=paid("attribution", CUSTOM)))),
        states("allowed", *AI),
        "attribution_required",
    )
    yield ask(
        "attribution and an amount",
        "3.10",
        rsl(
            content(
                offer("ai-all", payment=paid("attribution", '<amount currency="EUR">2</amount>'))
            )
        ),
        states("conditional", *AI),
        "payment_required",
    )
    yield ask(
        "free with an amount of nothing",
        "3.10",
        rsl(content(offer("ai-all", payment=paid("free", '<amount currency="EUR">0.00</amount>')))),
        states("allowed", *AI),
    )
    yield ask(
        "types of payment are in lower case: another one is not free",
        "3.7",
        rsl(content(offer("ai-all", payment=paid("Free")))),
        states("conditional", *AI),
        *("payment_required", "unknown_token"),
    )
    yield ask(
        "inference, renamed in 1.0",
        "3.7",
        rsl(content(offer("ai-input", payment=paid("inference")))),
        {"ai-input": "conditional"} | states("reserved", *TRAIN, "ai-index"),
        *("payment_required", "legacy_vocab", implicit),
    )
    yield ask(
        "a licence server is asked first, whatever the price",
        "3.3",
        rsl(content(offer("ai-all", payment=paid("free")), more=' server="https://l.example"')),
        states("conditional", *AI),
        "licence_server",
    )
    yield ask(
        "reports are a condition",
        "3.12",
        rsl(
            content(offer("ai-all", more='<reporting type="audit" profile="https://p.example/"/>'))
        ),
        states("conditional", *AI),
        "reporting_required",
    )
    yield ask(
        "for some users only: nothing for who cannot show to be one",
        "3.5",
        rsl(content(offer("ai-train", more='<permits type="user">non-commercial</permits>'))),
        states("reserved", *AI),
        *("restricted", implicit),
    )
    yield ask(
        "for commercial and other users: for everybody",
        "3.4.1.2",
        rsl(
            content(
                offer("ai-all", more='<permits type="user">commercial non-commercial</permits>')
            )
        ),
        states("allowed", *AI),
    )
    yield ask(
        "for a region only",
        "3.5",
        rsl(content(offer("ai-all", more='<permits type="geo">US CA</permits>'))),
        states("reserved", *AI),
        *("restricted", implicit),
    )
    yield ask(
        "not for some users",
        "3.6",
        rsl(content(offer("ai-all", more='<prohibits type="user">commercial</prohibits>'))),
        states("reserved", *AI),
        *("restricted", implicit),
    )
    yield ask(
        "permitted and prohibited is prohibited",
        "3.6",
        rsl(content(offer("ai-train", "ai-train"))),
        states("reserved", *AI),
        *("intra_protocol_conflict", implicit),
    )
    yield ask(
        "a free permission of a part does not undo a prohibition of the whole",
        "3.1.1",
        rsl(content(offer("ai-index", "ai-all"))),
        states("reserved", *AI),
        "intra_protocol_conflict",
    )
    yield ask(
        "an offer for money does: the use is conditional",
        "3.1.1",
        rsl(content(offer("ai-train ai-input", "all", paid("subscription", CUSTOM)))),
        states("conditional", *TRAIN, "ai-input") | states("reserved", "ai-index", "tdm", "search"),
        *("intra_protocol_conflict", "payment_required"),
    )
    yield ask(
        "licences are alternatives: free for some uses, for money for others",
        "3.4",
        rsl(
            content(
                offer("search ai-input", payment=paid("attribution")),
                offer("ai-train", payment=paid("training", CUSTOM)),
            )
        ),
        states("allowed", "search", "ai-input")
        | states("conditional", *TRAIN)
        | {"ai-index": "reserved"},
        *("attribution_required", "payment_required", implicit),
    )
    yield ask(
        "a free licence without training, and one for it",
        "3.4",
        rsl(
            content(
                offer("search ai-index ai-input", "ai-train"),
                offer("ai-train", payment=paid("purchase")),
            )
        ),
        states("allowed", "search", "ai-index", "ai-input") | states("conditional", *TRAIN),
        "payment_required",
    )
    yield ask(
        "one licence permits for nothing what another one prohibits",
        "3.1.1",
        rsl(content(offer("ai-train"), offer(prohibits="ai-train"))),
        states("reserved", *AI),
        *("intra_protocol_conflict", implicit),
    )
    yield ask(
        "a price and no list of uses: every use has it",
        "3.5",
        rsl(content(offer(payment=paid("crawl", '<amount currency="USD">0.01</amount>')))),
        states("conditional", *EVERY),
        "payment_required",
    )
    yield ask(
        "the narrower address is heard first",
        "3.1.2",
        rsl(content(offer("all")), content(offer(prohibits="ai-train"), url="/a/")),
        states("reserved", *TRAIN) | states("allowed", "ai-input", "ai-index", "tdm", "search"),
        path="/a/b",
        scope="path:/a/",
    )
    yield ask(
        "elsewhere the wider one",
        "3.1.2",
        rsl(content(offer("all")), content(offer(prohibits="ai-train"), url="/a/")),
        states("allowed", *EVERY),
        path="/b",
    )
    yield ask(
        "order does not count",
        "3.1.1",
        rsl(content(offer("all"), url="/a/"), content(offer(prohibits="all"))),
        states("allowed", *EVERY),
        path="/a/b",
        scope="path:/a/",
    )
    yield ask(
        "stars and the end of a path",
        "3.3",
        rsl(content(offer(prohibits="ai-train"), url="/*.pdf$")),
        states("reserved", *TRAIN),
        path="/x/y.pdf",
        scope="path:/*.pdf$",
    )
    yield ask(
        "no content speaks of the address",
        "3.3",
        rsl(content(offer(prohibits="ai-train"), url="/*.pdf$")),
        None,
        path="/x/y.pdf?z",
    )
    yield ask(
        "an absolute address of the same host",
        "3.3",
        rsl(content(offer(prohibits="ai-train"), url=f"{HOST}/a")),
        states("reserved", *TRAIN),
        scope="path:/a",
    )
    yield ask(
        "escapes are alike",
        "3.3, RFC 9309 2.2.2",
        rsl(content(offer(prohibits="ai-train"), url="/caf\u00e9/")),
        states("reserved", *TRAIN),
        path="/caf%c3%a9/x",
        scope="path:/caf%C3%A9/",
    )
    yield ask(
        "a misspelt element",
        "3",
        rsl(content('<license><prohibit type="usage">ai-train</prohibit></license>')),
        states("reserved", *TRAIN),
        *("typo", "unknown_element"),
        formal="nonconforming",
    )
    yield ask(
        "another namespace",
        "2.2",
        rsl(content(offer(prohibits="ai-train")), namespace="http://rslstandard.org/rsl/"),
        states("reserved", *TRAIN),
        "namespace",
        formal="nonconforming",
    )
    yield ask(
        "elements RSL does not have",
        "3",
        rsl("<meta><publisher>p</publisher></meta>", content(offer(prohibits="ai-train"))),
        states("reserved", *TRAIN),
        "unknown_element",
        formal="nonconforming",
    )
    yield ask(
        "elements of others are no fault",
        "1.2",
        rsl('<x:y xmlns:x="https://x.example/"/>', content(offer(prohibits="ai-train"))),
        states("reserved", *TRAIN),
    )
    yield ask(
        "cut off in the middle",
        "3",
        rsl(content(offer(prohibits="ai-train")))[:-20],
        states("reserved", *TRAIN),
        "unparseable",
        formal="malformed",
    )
    yield ask(
        "no address: the whole site",
        "3.3",
        '<rsl xmlns="https://rslstandard.org/rsl"><content>'
        + offer(prohibits="ai-train")
        + "</content></rsl>",
        states("reserved", *TRAIN),
        "no_url",
        formal="nonconforming",
    )
    feed = (
        '<rss version="2.0" xmlns:rsl="https://rslstandard.org/rsl"><channel><item>'
        f'<rsl:content url="{HOST}/a"><rsl:license>'
        '<rsl:prohibits type="usage">ai-train</rsl:prohibits></rsl:license></rsl:content>'
        "</item></channel></rss>"
    )
    yield ask("a feed", "4.7", feed, states("reserved", *TRAIN), scope="path:/a")


def rsl_refusals() -> Iterator[Question]:
    """Documents that are not read, or speak of something else."""
    bomb = '<!DOCTYPE rsl [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>' + rsl(
        content(offer("&b;"))
    )
    deep = "<a>" * 200 + "</a>" * 200
    for note, section, document, reason in (
        ("entities", "hostile", bomb, "unreadable"),
        ("nesting", "hostile", rsl(content(deep)), "limit"),
        ("no XML at all", "3", "User-agent: *", "unreadable"),
        ("XML of another kind", "3", "<html><body/></html>", "unreadable"),
        (
            "other hosts only",
            "3.3",
            rsl(content(offer("all"), url="https://o.example/")),
            "not_applicable",
        ),
        (
            "no licence at all",
            "3.3",
            rsl("<content url='/'><terms>t</terms></content>"),
            "not_applicable",
        ),
    ):
        asked = {"url": f"{HOST}/a", "rsl": {f"{HOST}/rsl.xml": document}}
        yield question(note, f"RSL 1.0 {section}", [not_run(reason)], **asked)


def rsl_channels() -> Iterator[Question]:
    """How documents are found."""
    document = rsl(content(offer(prohibits="ai-train")))
    at = f"{HOST}/rsl.xml"
    reserved = states("reserved", *TRAIN)

    def record(*warnings: str, **more: Any) -> Question:
        return said("rsl", "rsl", "origin", reserved, "linked_from", *warnings, **more)

    def ask(note: str, section: str, *expected: Question, **asked: Any) -> Question:
        asked = {"url": f"{HOST}/a", "rsl": {at: document}} | asked
        return question(note, f"RSL 1.0 {section}", list(expected), **asked)

    link = f'<{at}>; rel="license"; type="application/rsl+xml"'
    yield ask("robots.txt", "4.4", record(), robots=f"License: {at}\nUser-agent: *\nAllow: /\n")
    yield ask(
        "robots.txt, in the group of everyone",
        "4.4.2",
        record("scope_ambiguous"),
        robots=f"User-agent: *\nAllow: /\nLicense: {at}\n",
    )
    yield ask(
        "in the group of one agent: it is asked about",
        "4.4.2",
        record("scope_ambiguous", "agent_scoped", agent="GPTBot"),
        robots=f"User-agent: GPTBot\nLicense: {at}\nDisallow: /x\n",
        agent="GPTBot",
    )
    yield ask(
        "in the group of one agent: another one is asked about",
        "4.4.2",
        record("scope_ambiguous", formal="nonconforming"),
        robots=f"User-agent: GPTBot\nDisallow: /x\n\nLicense: {at}\n",
        agent="CCBot",
    )
    yield ask(
        "the line of an agent's own group replaces the general one",
        "4.4.3",
        record("scope_ambiguous", "agent_scoped", agent="GPTBot"),
        robots=f"License: {HOST}/all.xml\nUser-agent: GPTBot\nAllow: /\nLicense: {at}\n",
        agent="GPTBot",
        rsl={at: document},
    )
    yield ask("a header field", "4.5", record(), headers=[["Link", link]])
    yield ask(
        "a header field with several links, a relative address and other licences",
        "4.5",
        record("relative_url"),
        headers=[
            [
                "link",
                '</t>; rel="license"; type="text/html", </rsl.xml>; rel=license; '
                'title="a, <b>; c"; type=application/rsl+xml, </s>; rel="sitemap"',
            ],
        ],
    )
    yield ask(
        "the page",
        "4.6.1",
        record(),
        html=f'<html><head><link rel="license" type="application/rsl+xml" href="{at}"></head></html>',
    )
    yield ask(
        "the page, in itself",
        "4.6.2",
        said("rsl", "page", "page", reserved),
        html='<html><head><script type="application/rsl+xml">'
        + rsl(content(offer(prohibits="ai-train"), url=""))
        + "</script></head></html>",
        rsl={},
    )
    yield ask(
        "named and not handed over",
        "4.3",
        not_run("offline"),
        headers=[["Link", link]],
        rsl={},
    )
    yield ask(
        "named and not there",
        "4.3",
        not_run("fetch_failed"),
        headers=[["Link", link]],
        rsl={at: None},
    )
    yield ask(
        "on another host, named by this one",
        "4.4",
        record(),
        robots="License: https://c.example/royalty.xml\n",
        rsl={"https://c.example/royalty.xml": document},
    )
    yield question(
        "lines in robots.txt that no specification has",
        "none",
        [
            said(
                "rsl-robots-lines",
                "robots.txt",
                "origin",
                {"train-ai": "reserved", "ai-input": "conditional"},
                "unknown_line",
                formal="nonconforming",
            )
        ],
        url=f"{HOST}/a",
        robots="User-agent: *\nPermits: rag\nProhibits: ai-training\nCompensation: per-crawl 1\n",
    )


# --- ai.txt -------------------------------------------------------------------------------------


def ai_txts() -> Iterator[Question]:
    """Files that are declarations, and files that are not."""
    reserved, allowed = states("reserved", *TRAIN), states("allowed", *TRAIN)

    def ask(note: str, text: str, path: str, *expected: Question, **more: Any) -> Question:
        return question(
            note, "Spawning ai.txt", list(expected), url=HOST + path, ai_txt=text, **more
        )

    def record(scope: str, purposes: States, *warnings: str, **more: Any) -> Question:
        return said("ai.txt", "ai.txt", scope, purposes, *warnings, **more)

    pictures = "User-Agent: *\nDisallow: *.jpg\nDisallow: *.png\nAllow: *.txt\n"
    header = "# Spawning AI\n"
    yield ask("a type that is reserved", pictures, "/x/a.jpg", record("path:*.jpg", reserved))
    yield ask("in capitals", pictures, "/x/A.JPG", record("path:*.jpg", reserved))
    yield ask("a type that is permitted", pictures, "/a.txt", record("path:*.txt", allowed))
    yield ask("a type it does not name", pictures, "/a.mp3")
    yield ask("the end of the path, not of the query", pictures, "/a?b=c.jpg")
    yield ask("a type is not a prefix", "User-agent: *\nDisallow: *.c\n", "/a.css")
    yield ask(
        "by media type, whatever the path",
        pictures,
        "/image?id=1",
        record("path:*.png", reserved),
        media_type="image/png",
    )
    yield ask(
        "everything",
        f"{header}User-Agent: *\nDisallow: /\nDisallow: *\n",
        "/a",
        record("origin", reserved),
    )
    yield ask(
        "a type over everything",
        f"{header}User-Agent: *\nDisallow: /\nAllow: *.txt\n",
        "/a.txt",
        record("path:*.txt", allowed),
    )
    yield ask(
        "of two statements about a type the one that reserves",
        "User-agent: *\nAllow: *.jpg\nDisallow: *.jpg\n",
        "/a.jpg",
        record("path:*.jpg", reserved),
    )
    yield ask(
        "the longest path",
        f"{header}User-Agent: *\nDisallow: /\nAllow: /free/\n",
        "/free/a",
        record("path:/free/", allowed),
    )
    yield ask(
        "an agent's own group",
        f"{pictures}\nUser-agent: GPTBot\nAllow: *.jpg\n",
        "/a.jpg",
        record("path:*.jpg", allowed, "agent_scoped", agent="gptbot"),
        agent="GPTBot",
    )
    yield ask(
        "the group of another agent",
        f"{pictures}\nUser-agent: GPTBot\nAllow: *.jpg\n",
        "/a.jpg",
        record("path:*.jpg", reserved),
        agent="CCBot",
    )
    yield ask("a byte-order mark", f"\ufeff{pictures}", "/a.jpg", record("path:*.jpg", reserved))
    yield ask("lines end with CR alone", pictures.replace("\n", "\r"), "/a.jpg",
              record("path:*.jpg", reserved))  # fmt: skip
    for note, text in (
        ("prose for language models", "# My site\n\nThis site is about cats.\n"),
        ("another proposal", "Version: 1.0\nTraining: no\n"),
        ("robots.txt under another name", "User-agent: *\nDisallow: /\n"),
        ("nothing at all", ""),
        ("a page", "<!doctype html><html><body>404</body></html>"),
        ("prose that mentions Spawning", "We like Spawning AI.\nSee: *.jpg\n"),
    ):
        yield ask(f"unrecognised: {note}", text, "/a.jpg", not_run("not_applicable"))
    yield ask(
        "preferences in it are evidence",
        "User-Agent: *\nAllow: /\n\nContent-Usage: ai=y\n",
        "/a",
        said(
            *("ai.txt-content-usage", "ai.txt", "origin", allowed, "legacy_vocab", "misplaced"),
            formal="nonconforming",
        ),
    )


# --- TDM·AI -------------------------------------------------------------------------------------

ISCC = "KACYPXW445FTYNJ3CYSXHAFJMA2HUWULUNRFE3BLHRSCXYH2M5AEGQY"
"""The example of the ISCC specification: a picture, so that nothing here is computed."""


def tdm_ai() -> Iterator[Question]:
    """Declarations about a work that is known by its ISCC."""

    def ask(
        note: str, section: str, declared: Any, *expected: tuple[States, str, tuple[str, ...]]
    ) -> Question:
        records = [
            said("tdm-ai", "registry", "asset", purposes, "matched_by", *warnings, formal=formal)
            for purposes, formal, warnings in expected
        ]
        body = declared if isinstance(declared, str) else json.dumps(declared, ensure_ascii=False)
        known = json.dumps({"iscc": f"ISCC:{ISCC}"})
        return question(note, section, records, registry=[known, body], name="work.bin", body="x")

    def about(**more: Any) -> dict[str, Any]:
        return {"iscc": f"ISCC:{ISCC}"} | {key.replace("_", "-"): one for key, one in more.items()}

    new, may, old = "TDM·AI 2025-07-21", "TDM·AI 2025-05-04", "TDM·AI 2025-03"
    mining = ("tdm", *TRAIN)
    yield ask("everything", new, about(all="false"), (states("reserved", *mining), "valid", ()))
    yield ask(
        "everything but generative training",
        new,
        about(all="true", train_genai="false"),
        (states("allowed", "tdm", "train-ai") | {"train-genai": "reserved"}, "valid", ()),
    )
    yield ask(
        "input and search stand alone",
        new,
        about(all="false", ai_use="true", search="true"),
        (states("reserved", *mining) | states("allowed", "ai-input", "search"), "valid", ()),
    )
    yield ask("training", new, about(train_ai="false"), (states("reserved", *TRAIN), "valid", ()))
    yield ask(
        "a boolean instead of a word",
        new,
        about(train_ai=False),
        (states("reserved", *TRAIN), "nonconforming", ("boolean_value",)),
    )
    yield ask(
        "a word nobody knows",
        new,
        about(search="maybe"),
        ({"search": "unknown"}, "malformed", ("unknown_token",)),
    )
    yield ask(
        "the form of May 2025",
        may,
        about(TDM="usageReservation", AiTraining="usagePermission"),
        ({"tdm": "reserved", "train-ai": "allowed"}, "valid", ("legacy_vocab",)),
    )
    yield ask(
        "a list of reservations",
        old,
        about(usageReservation=["genAiTraining"]),
        ({"train-genai": "reserved"}, "valid", ("legacy_vocab",)),
    )
    yield ask(
        "one word for all",
        old,
        about(TDMAI=False),
        (states("reserved", *mining), "valid", ("legacy_vocab",)),
    )
    yield ask(
        "the form of March 2025",
        old,
        about(tdmOptOut={"TDM": False, "aiTraining": False, "generativeAI": False}),
        (states("reserved", *mining), "valid", ("legacy_vocab",)),
    )
    yield ask(
        "and its revocation",
        old,
        about(tdmOptOut={"TDM": True, "aiTraining": True}, revocation=True),
        (states("allowed", "tdm", "train-ai"), "valid", ("legacy_vocab",)),
    )
    yield ask(
        "true under an opt-out can mean both",
        old,
        about(tdmOptOut={"TDM": True}),
        ({"tdm": "unknown"}, "valid", ("legacy_vocab", "ambiguous")),
    )
    yield ask(
        "superseded",
        new,
        [about(all="false"), about(all="true", intent="supersede")],
        (states("reserved", *mining), "valid", ("superseded",)),
        (states("allowed", *mining), "valid", ()),
    )
    yield ask(
        "updated: what is not said again stays",
        new,
        [about(all="false"), about(search="false", intent="update")],
        (states("reserved", *mining), "valid", ("superseded",)),
        (states("reserved", *mining, "search"), "valid", ()),
    )
    yield ask(
        "with dates, both have their time",
        new,
        [
            about(all="true", intent="supersede", timestamp="2026-02-01T00:00:00Z"),
            about(all="false", timestamp="2026-01-01T00:00:00Z"),
        ],
        (states("reserved", *mining), "valid", ()),
        (states("allowed", *mining), "valid", ()),
    )
    yield ask(
        "one on each line, another work's among them",
        new,
        json.dumps({"iscc": "ISCC:KED6P2X7C73P72Z4", "all": "false"})
        + "\n"
        + json.dumps(about(train_ai="false")),
        (states("reserved", *TRAIN), "valid", ()),
    )
    yield ask("no declaration", new, {"name": "a catalogue", "works": []})
    yield ask("no JSON", new, "all: false")


# --- ONIX ---------------------------------------------------------------------------------------

ISBN = "9783161484100"


def message(*products: str, namespace: str = "http://ns.editeur.org/onix/3.1/reference") -> str:
    """An ONIX message."""
    return (
        f'<ONIXMessage release="3.1" xmlns="{namespace}"><Header/>{"".join(products)}</ONIXMessage>'
    )


def product(*constraints: str, isbn: str = ISBN, more: str = "") -> str:
    """One product."""
    return (
        "<Product><RecordReference>r1</RecordReference><NotificationType>03</NotificationType>"
        f"<ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>{isbn}</IDValue>"
        f"</ProductIdentifier><DescriptiveDetail>{''.join(constraints)}</DescriptiveDetail>{more}"
        "</Product>"
    )


def usage(kind: str, status: str, limits: str = "") -> str:
    """One constraint."""
    return (
        f"<EpubUsageConstraint><EpubUsageType>{kind}</EpubUsageType>"
        f"<EpubUsageStatus>{status}</EpubUsageStatus>{limits}</EpubUsageConstraint>"
    )


def onix() -> Iterator[Question]:
    """Messages about a work that is known by its ISBN."""
    lists = "ONIX code lists issue 75, lists 145 and 146"
    mining = ("tdm", *TRAIN)

    def ask(
        note: str,
        section: str,
        text: str,
        *expected: Question,
        name: str = f"{ISBN}.epub",
    ) -> Question:
        return question(note, section, list(expected), registry=[text], name=name, body="x")

    def record(state: str, *warnings: str, formal: str = "valid") -> Question:
        purposes = states(state, *mining)
        return said("onix", "registry", "work", purposes, "product", *warnings, formal=formal)

    def short(text: str) -> str:
        names = {
            **{"ONIXMessage": "ONIXmessage", "RecordReference": "a001", "IDValue": "b244"},
            **{"NotificationType": "a002", "ProductIDType": "b221", "EpubUsageType": "x318"},
            **{"EpubUsageStatus": "x319", "EpubUsageConstraint": "epubusageconstraint"},
            **{"DescriptiveDetail": "descriptivedetail", "Product>": "product>"},
            **{"ProductIdentifier": "productidentifier", "Header": "header"},
        }
        for long_name, short_name in names.items():
            text = text.replace(f"<{long_name}", f"<{short_name}")
            text = text.replace(f"</{long_name}", f"</{short_name}")
        return text

    prohibited = product(usage("11", "03"))
    yield ask("prohibited", lists, message(prohibited), record("reserved", "matched_by"))
    yield ask(
        "permitted",
        lists,
        message(product(usage("11", "01"))),
        record("allowed", "matched_by"),
    )
    yield ask(
        "permitted up to a limit",
        lists,
        message(
            product(
                usage(
                    "11",
                    "02",
                    "<EpubUsageLimit><Quantity>10</Quantity><EpubUsageUnit>05</EpubUsageUnit>"
                    "</EpubUsageLimit>",
                )
            )
        ),
        record("conditional", "matched_by"),
    )
    yield ask(
        "a limit that is not given",
        lists,
        message(product(usage("11", "02"))),
        record("conditional", "matched_by", "no_limit", formal="nonconforming"),
    )
    yield ask(
        "a status that does not exist",
        lists,
        message(product(usage("11", "09"))),
        record("unknown", "matched_by", "unknown_token", formal="malformed"),
    )
    yield ask("short tags", "ONIX 3.1, short", short(message(prohibited, namespace="http://ns.editeur.org/onix/3.1/short")),
              record("reserved", "matched_by"))  # fmt: skip
    yield ask(
        "no namespace",
        "ONIX 3.0",
        message(prohibited, namespace=""),
        record("reserved", "matched_by"),
    )
    yield ask(
        "a carve-out for private uses",
        f"{lists}, codes 13 and 14",
        message(product(usage("11", "03"), usage("14", "01"))),
        record("reserved", "matched_by", "carve_out"),
    )
    yield ask("another usage", lists, message(product(usage("02", "03"))))
    yield ask(
        "at a price only",
        "list 230",
        message(
            product(
                more="<ProductSupply><SupplyDetail><Price><PriceConstraint>"
                "<PriceConstraintType>11</PriceConstraintType>"
                "<PriceConstraintStatus>01</PriceConstraintStatus>"
                "</PriceConstraint></Price></SupplyDetail></ProductSupply>"
            )
        ),
        record("conditional", "matched_by", "partial"),
    )
    other = product(usage("11", "03"), isbn="9780306406157")
    yield ask("another product", "ONIX P.2", message(other))
    yield ask(
        "of several products the one with its ISBN",
        "ONIX P.2",
        message(other, prohibited),
        record("reserved", "matched_by"),
    )
    yield ask(
        "a work nobody can name: one product",
        "ONIX P.2",
        message(prohibited),
        record("reserved", "unmatched"),
        name="book.epub",
    )
    yield ask(
        "a work nobody can name: several products",
        "ONIX P.2",
        message(other, prohibited),
        not_run("not_applicable"),
        name="book.epub",
    )
    yield ask(
        "a product that was withdrawn from the message",
        "list 1, code 05",
        message(prohibited.replace(">03</NotificationType>", ">05</NotificationType>")),
    )
    yield ask(
        "entities",
        "hostile",
        '<!DOCTYPE ONIXMessage [<!ENTITY a "aaaa">]>' + message(prohibited),
        not_run("unreadable"),
    )
    yield ask(
        "cut off after the product",
        "hostile",
        message(prohibited)[:-20],
        record("reserved", "matched_by"),
        not_run("unreadable"),
    )


def main() -> None:
    """Write the files."""
    files = {
        "rsl": [*rsl_terms(), *rsl_refusals(), *rsl_channels()],
        "ai-txt": list(ai_txts()),
        "tdm-ai": list(tdm_ai()),
        "onix": list(onix()),
    }
    OUT.mkdir(parents=True, exist_ok=True)
    for name, questions in files.items():
        lines = (
            json.dumps({"id": f"{name}-{n}", **one}, ensure_ascii=False)
            for n, one in enumerate(questions, 1)
        )
        (OUT / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
