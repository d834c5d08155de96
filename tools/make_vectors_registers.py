"""Writes the open vectors of ai.txt, TDM·AI and ONIX for Books.

    python -m tools.make_vectors_registers

`tests/vectors/optout/`: `ai-txt.jsonl`, `tdm-ai.jsonl` and `onix.jsonl`. How a line is spelt,
`tools.declaration_vectors` says.
"""

from __future__ import annotations

import json
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
    yield ask("a type it does not name", pictures, "/a.mp3", media_type="audio/mpeg")
    yield ask(
        "the end of the path, not of the query", pictures, "/a?b=c.jpg", media_type="text/html"
    )
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
    odd = {"formal": "nonconforming"}
    yield ask(
        "two types on a line",
        "User-Agent: *\nDisallow: *.jpg, *.png\n",
        "/a.png",
        record("path:*.png", reserved, "typo", **odd),
    )
    yield ask(
        "a record nobody knows beside file types",
        f"{pictures}Training: no\n",
        "/a.jpg",
        record("path:*.jpg", reserved, "unknown_line", **odd),
    )
    yield ask(
        "before any user agent",
        "Disallow: *.jpg\n",
        "/a.jpg",
        record("path:*.jpg", reserved, "scope_ambiguous", **odd),
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
            "ONIXMessage": "ONIXmessage",
            "RecordReference": "a001",
            "IDValue": "b244",
            "NotificationType": "a002",
            "ProductIDType": "b221",
            "EpubUsageType": "x318",
            "EpubUsageStatus": "x319",
            "EpubUsageConstraint": "epubusageconstraint",
            "DescriptiveDetail": "descriptivedetail",
            "Product>": "product>",
            "ProductIdentifier": "productidentifier",
            "Header": "header",
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
        message(prohibited)[:-8],
        record("reserved", "matched_by"),
        not_run("unreadable"),
    )


def main(out: Path = OUT) -> None:
    """Write the files."""
    write("ai-txt", ai_txts(), out)
    write("tdm-ai", tdm_ai(), out)
    write("onix", onix(), out)


if __name__ == "__main__":
    main()
