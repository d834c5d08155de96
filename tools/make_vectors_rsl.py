"""Writes the open vectors of RSL 1.0: `tests/vectors/optout/rsl.jsonl`.

    python -m tools.make_vectors_rsl

How a line is spelt, `tools.declaration_vectors` says.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.declaration_vectors import (
    HOST,
    OUT,
    TRAIN,
    Question,
    States,
    not_run,
    question,
    said,
    states,
    write,
)

# --- RSL ----------------------------------------------------------------------------------------

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


def about_host(
    note: str,
    section: str,
    document: str,
    purposes: States | None,
    *warnings: str,
    path: str = "/a",
    scope: str = "origin",
    formal: str = "valid",
) -> Question:
    """What a document on the host says of a path of it."""
    record = said("rsl", "rsl", scope, purposes or {}, *warnings, formal=formal)
    return question(
        note,
        f"RSL 1.0 {section}",
        [record] if purposes is not None else [],
        url=HOST + path,
        rsl={f"{HOST}/rsl.xml": document},
    )


def rsl_terms() -> Iterator[Question]:
    """What documents say of a work on their host."""
    ask, implicit = about_host, "reserved_implicit"
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
        "for a region only, of uses nothing is said: none for a stranger",
        "3.5",
        rsl(content('<license><prohibits type="geo">CN</prohibits></license>')),
        states("reserved", *AI),
        implicit,
    )
    yield ask(
        "for all users, in a word that RSL does not have",
        "3.4.1.2",
        rsl(content(offer("all", more='<permits type="user">all</permits>'))),
        states("allowed", *EVERY),
        "unlimited",
        formal="nonconforming",
    )
    yield ask(
        "not for some users",
        "3.6",
        rsl(content(offer("ai-all", more='<prohibits type="user">commercial</prohibits>'))),
        states("reserved", *AI),
        *("restricted", implicit),
    )


def rsl_in_other_words() -> Iterator[Question]:
    """What was plainly meant, in words that RSL does not have: it may reserve."""
    ask, odd = about_host, "nonconforming"

    def uses(text: str) -> str:
        return rsl(content(f"<license>{text}</license>"))

    denied = (
        '<permits type="search">yes</permits><permits type="ai-input">yes</permits>'
        '<permits type="ai-train">no</permits>'
    )
    yield ask(
        "uses as types, each with yes or no",
        "3.5",
        uses(denied),
        states("allowed", "search", "ai-input")
        | states("reserved", *TRAIN)
        | {"ai-index": "reserved"},
        *("misplaced", "misplaced", "misplaced", "reserved_implicit"),
        formal=odd,
    )
    yield ask(
        "one use denied as a type: of others nothing is said",
        "3.5",
        uses('<permits type="ai-train">no</permits>'),
        states("reserved", *TRAIN),
        "misplaced",
        formal=odd,
    )
    yield ask(
        "the use in an attribute",
        "3.6",
        uses('<prohibits type="usage" value="ai-train"/>'),
        states("reserved", *TRAIN),
        "misplaced",
        formal=odd,
    )
    yield ask(
        "an underscore",
        "3.4.1.1",
        uses('<prohibits type="usage">ai_train</prohibits>'),
        states("reserved", *TRAIN),
        "legacy_vocab",
    )
    yield ask(
        "a prohibition of AI by its name",
        "3.4.1.1",
        uses('<prohibits type="usage">ai</prohibits>'),
        states("reserved", *AI),
        "unknown_token",
    )
    yield ask(
        "names of elements in capitals",
        "3",
        rsl(content('<License><Prohibits type="usage">ai-train</Prohibits></License>')),
        states("reserved", *TRAIN),
        "unknown_element",
        formal=odd,
    )
    yield ask(
        "licences without a content",
        "3.3",
        rsl(offer(prohibits="ai-train")),
        states("reserved", *TRAIN),
        "no_url",
        formal=odd,
    )
    for note, url in (
        ("the port of the scheme", f"{HOST}:443/"),
        ("a fragment", "/#top"),
        ("the folder of the document", "./"),
    ):
        document = rsl(content(offer(prohibits="ai-train"), url=url))
        yield ask(f"an address with {note}", "3.3", document, states("reserved", *TRAIN))
    yield ask(
        "the same site by its name with www",
        "3.3",
        rsl(content(offer(prohibits="ai-train"), url=HOST.replace("//", "//www.") + "/")),
        states("reserved", *TRAIN),
        "scope_ambiguous",
        formal=odd,
    )
    for note, text in (
        ("a prohibition of something else", '<prohibits type="usage">resale</prohibits>'),
        ("a prohibition of nothing", '<prohibits type="usage"/>'),
        ("elements of one's own", '<usage type="ai-train" allowed="false"/>'),
    ):
        asked = {"url": f"{HOST}/a", "rsl": {f"{HOST}/rsl.xml": uses(text)}}
        yield question(
            f"{note} permits nothing", "RSL 1.0 3.5", [not_run("not_applicable")], **asked
        )


def rsl_conflicts() -> Iterator[Question]:
    """What several statements come to."""
    ask, implicit = about_host, "reserved_implicit"
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
        "nor does an offer for money in the same licence",
        "3.6",
        rsl(content(offer("ai-train ai-input", "all", paid("subscription", CUSTOM)))),
        states("reserved", *EVERY),
        "intra_protocol_conflict",
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
            "a vocabulary of its own",
            "3",
            rsl("<policy><ai allowed='no'/></policy>"),
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
    yield ask(
        "robots.txt, in British spelling",
        "4.4",
        record("typo", formal="nonconforming"),
        robots=f"Licence: {at}\nUser-agent: *\nAllow: /\n",
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
        html=f'<html><link rel="license" type="application/rsl+xml" href="{at}"></html>',
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


def main(out: Path = OUT) -> None:
    """Write the file."""
    write(
        "rsl",
        [*rsl_terms(), *rsl_in_other_words(), *rsl_conflicts(), *rsl_refusals(), *rsl_channels()],
        out,
    )


if __name__ == "__main__":
    main()
