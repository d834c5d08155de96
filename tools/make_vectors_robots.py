"""Writes the open vectors of robots.txt: `tests/vectors/optout/robots.jsonl`.

    python -m tools.make_vectors_robots

Each line is one question about a file (`robots`, or `robots_base64` where it is not UTF-8). Either
`agent` and `url`, and whether the one may fetch the other (`allowed`), by the rule in which `line`
(0: no rule speaks of it), in which `mode`: both where none is given. Or `agent` (null: nobody in
particular) and `path`, and the records that a reader of reservations must give (`expected`: agent,
scope, purposes, formal validity, codes of the warnings). The expectations are written down here
from RFC 9309 and from what Google documents of its parser, not computed.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "tests/vectors/optout/robots.jsonl"

Question = dict[str, Any]

HOST = "https://host.example"
GROUPS, AGENTS, PATHS = "RFC 9309 2.2", "RFC 9309 2.2.1", "RFC 9309 2.2.2"
CHARACTERS, RECORDS = "RFC 9309 2.2.3", "RFC 9309 2.2.4"
ENCODING = "RFC 9309 2.3"
GOOGLE = "Google, robots.txt parser"
EVERY = ("train-genai", "train-ai", "train-nongen", "tdm", "ai-input", "ai-index", "search")
SHUT = "User-agent: GPTBot\nDisallow: /\n"
TRAIN = {"train-genai": "reserved", "train-ai": "reserved"}


def may(note: str, section: str, robots: str | bytes, agent: str, url: str, line: int) -> Question:
    """Is it allowed? `line` is that of the rule that decides, negative where it shuts out."""
    asked = {"agent": agent, "url": url, "allowed": line >= 0, "line": abs(line)}
    return {"note": note, "section": section, **_body(robots), **asked}


def said(agent: str | None, scope: str, purposes: dict[str, str], *warnings: str) -> Question:
    """A record in due form."""
    record = {"agent": agent, "scope": scope, "purposes": purposes, "formal": "valid"}
    return {**record, "warnings": list(warnings)}


def reserves(
    note: str, section: str, robots: str | bytes, agent: str | None, path: str, *records: Question
) -> Question:
    """What is reserved?"""
    asked = {"agent": agent, "path": path, "expected": list(records)}
    return {"note": note, "section": section, **_body(robots), **asked}


def _body(robots: str | bytes) -> Question:
    if isinstance(robots, str):
        return {"robots": robots}
    return {"robots_base64": base64.b64encode(robots).decode("ascii")}


def everything(state: str) -> dict[str, str]:
    """All purposes."""
    return dict.fromkeys(EVERY, state)


def agents() -> Iterator[Question]:
    """Which group is whose."""
    both = "User-agent: *\nDisallow: /\n\nUser-agent: Applebot\nAllow: /\n"
    yield may("its own group", AGENTS, both, "Applebot", "/a", 5)
    yield may("a longer token is another agent", AGENTS, both, "Applebot-Extended", "/a", -2)
    yield may("a shorter one too", AGENTS, both, "Apple", "/a", -2)
    yield may("case does not count", AGENTS, both, "aPPLEBOT", "/a", 5)
    yield may("nobody is named *", AGENTS, both, "*", "/a", -2)
    yield may(
        "a version behind the token",
        AGENTS,
        "User-agent: GPTBot/1.2\nDisallow: /\n",
        "GPTBot",
        "/a",
        -2,
    )
    several = "User-agent: GPTBot, CCBot\nDisallow: /\n"
    yield may("of several names on a line the first", AGENTS, several, "GPTBot", "/", -2)
    yield may("and not the second", AGENTS, several, "CCBot", "/", 0)
    yield may("a digit ends a token", AGENTS, "User-agent: AI2Bot\nDisallow: /\n", "AI2Bot", "/", 0)
    yield may("no token at all is nobody", AGENTS, "User-agent: 008\nDisallow: /\n", "a", "/", 0)
    merged = (
        "User-agent: a\nDisallow: /x\n\nUser-agent: b\nDisallow: /\n\nUser-agent: A\nDisallow: /y\n"
    )
    yield may("groups of one agent are one", AGENTS, merged, "a", "/y", -8)
    yield may("both of them", AGENTS, merged, "a", "/x", -2)
    yield may("and no others", AGENTS, merged, "a", "/z", 0)
    empty = "User-agent: *\nDisallow: /\n\nUser-agent: a\n"
    yield may("an own group without rules lets in", AGENTS, empty, "a", "/", 0)
    yield may("an empty rule is none", GROUPS, "User-agent: a\nDisallow:\n", "a", "/", 0)
    yield may("a rule before any group is nobody's", GROUPS, f"Disallow: /\n{SHUT}", "a", "/", 0)
    yield may(
        "everyone and one of them",
        AGENTS,
        "User-agent: *\nUser-agent: a\nDisallow: /\n",
        "b",
        "/",
        -3,
    )
    yield may("no file, no rules", GROUPS, "", "a", "/", 0)


def others() -> Iterator[Question]:
    """Records that are no rules do not end a list of user agents."""
    for key in (
        "Crawl-delay: 1",
        "Sitemap: https://host.example/s.xml",
        "License: /l.xml",
        "Content-Signal: ai-train=no",
        "Content-Usage: train-ai=n",
        "Host: a",
        "",
    ):
        text = f"User-agent: a\n{key}\nUser-agent: b\nDisallow: /\n"
        yield may(f"between two user agents: {key!r}", RECORDS, text, "a", "/p", -4)
    text = "User-agent: a\nDisallow: /x\nSitemap: /s.xml\nDisallow: /y\n"
    yield may("in the midst of rules", RECORDS, text, "a", "/y", -4)


def paths() -> Iterator[Question]:
    """Which rule decides."""
    rules = "User-agent: a\nDisallow: /a/\nAllow: /a/b\nDisallow: /a/b/c\nAllow: /a/b/c$\n"
    for path, line in (
        ("/a/", -2),
        ("/a/x", -2),
        ("/a", 0),
        ("/a/b", 3),
        ("/a/bb", 3),
        ("/a/b/c", 5),
        ("/a/b/cd", -4),
        ("/A/", 0),
        ("/a/b?c", 3),
    ):
        yield may(f"the longest rule for {path}", PATHS, rules, "a", path, line)
    tie = "User-agent: a\nDisallow: /p\nAllow: /p\n"
    yield may("of two as long the one that allows", PATHS, tie, "a", "/page", 3)
    yield may(
        "wildcards count by their length as written",
        PATHS,
        "User-agent: a\nAllow: /page\nDisallow: /*.htm\n",
        "a",
        "/page.htm",
        -3,
    )
    yield may(
        "a star at the end counts too",
        PATHS,
        "User-agent: a\nAllow: /ab\nDisallow: /a***\n",
        "a",
        "/ab",
        -3,
    )
    yield may("a path is needed in full", PATHS, SHUT, "GPTBot", f"{HOST}", -2)
    for url in (f"{HOST}/x/y?z#f", "http://host.example:8080/x", "/x", f"{HOST}?q", f"{HOST}//x"):
        yield may(f"of {url}", PATHS, SHUT, "GPTBot", url, -2)
    query = "User-agent: a\nDisallow: /*?id=\nDisallow: /p;v\n"
    yield may("the query belongs to the path", PATHS, query, "a", f"{HOST}/p?id=1", -2)
    yield may("so do parameters", PATHS, query, "a", f"{HOST}/p;v=1", -3)
    yield may("a fragment does not", PATHS, query, "a", f"{HOST}/p#?id=1", 0)
    yield may(
        "a path may begin with two slashes",
        PATHS,
        "User-agent: a\nDisallow: //x\n",
        "a",
        "//x/y",
        -2,
    )


def characters() -> Iterator[Question]:
    """`*`, `$`, and what is percent-encoded."""
    for pattern, path, matches in (
        ("/fish*", "/fish", True),
        ("/fish*", "/Fish", False),
        ("/*.php", "/a/b.php?c", True),
        ("/*.php$", "/a.php", True),
        ("/*.php$", "/a.php?c", False),
        ("/a$b", "/a$bc", True),
        ("/a$b", "/a", False),
        ("/$", "/", True),
        ("/$", "/a", False),
        ("*", "/a", True),
        ("*/b", "/a/b", True),
        ("/a*b*c", "/axxbxxc", True),
        ("/a*b*c", "/acb", False),
        ("/a*b$", "/abab", True),
        ("/a*ba$", "/aba", True),
        ("/ab*ba$", "/aba", False),
        ("/**", "/", True),
        ("a", "/a", False),
        ("/a*$", "/ab", True),
        ("/*$", "/", True),
        ("/%e3%83%84", "/%E3%83%84", True),
        ("/\u30c4", "/%E3%83%84", True),
        ("/a%3cd", "/a%3Cd", True),
        ("/a%2fb", "/a/b", False),
        ("/%zz", "/%zz", True),
    ):
        text, line = f"User-agent: a\nDisallow: {pattern}\n", -2 if matches else 0
        yield may(f"{pattern} and {path}", CHARACTERS, text, "a", path, line)
    stars = "/" + "*a" * 1000
    text = f"User-agent: a\nDisallow: {stars}$\n"
    yield may("a thousand stars", CHARACTERS, text, "a", "/" + "a" * 999 + "b", 0)
    yield may("a thousand stars that fit", CHARACTERS, text, "a", "/" + "a" * 1200, -2)


def lines() -> Iterator[Question]:
    """How lines are read."""
    for ending in ("\n", "\r", "\r\n"):
        text = f"User-agent: a{ending}Disallow: /x{ending}Disallow: /y"
        yield may(f"lines that end with {ending!r}", GROUPS, text, "a", "/y", -3)
    text = "# a comment\n \t\n  USER-AGENT :\ta # whom\n\n\tDISALLOW:/ # where\n"
    yield may("space, case and comments", GROUPS, text, "a", "/p", -5)
    yield may("# may stand in no path", GROUPS, "User-agent: a\nDisallow: /p#q\n", "a", "/p", -2)
    mark = b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n"
    yield may("a byte order mark is skipped", ENCODING, mark, "GPTBot", "/a", -2)
    yield may("not UTF-8: there is no rule", ENCODING, SHUT.encode("utf-16"), "GPTBot", "/", 0)
    yield may("a NUL ends its line", GOOGLE, b"User-agent: a\0b\nDisallow: /\0x\n", "a", "/p", -2)
    text = "User-agent: a\nDisallow /\n"
    yield may("a colon is forgotten", GOOGLE, text, "a", "/p", -2)
    yield may("three words are no rule", GOOGLE, "User-agent: a\nDisallow / x\n", "a", "/p", 0)


def modes() -> Iterator[Question]:
    """Where Google is more lenient than the standard, and where the standard says more."""
    for key in ("dissallow", "dissalow", "disalow", "diasllow", "disallaw", "disallowed"):
        text = f"User-agent: a\n{key}: /\n"
        yield {**may(f"{key} is understood", GOOGLE, text, "a", "/", -2), "mode": "google"}
        yield {**may(f"{key} is not a key", GROUPS, text, "a", "/", 0), "mode": "rfc9309"}
    for key in ("useragent", "user agent"):
        text = f"{key}: a\nDisallow: /\n"
        yield {**may(f"{key} is understood", GOOGLE, text, "a", "/", -2), "mode": "google"}
        yield {**may(f"{key} is not a key", GROUPS, text, "a", "/", 0), "mode": "rfc9309"}
    text = "User-agent: a\nAllow: /d/index.html\nDisallow: /\n"
    yield {**may("an index file is its directory", GOOGLE, text, "a", "/d/", 2), "mode": "google"}
    yield {**may("a file is a file", PATHS, text, "a", "/d/", -3), "mode": "rfc9309"}
    own = may("the file itself may be fetched", PATHS, SHUT, "GPTBot", "/robots.txt", 0)
    yield {**own, "mode": "rfc9309"}


def reservations() -> Iterator[Question]:
    """What follows for the use of what is fetched."""
    yield reserves(
        "of an agent that is shut out, all uses",
        GROUPS,
        SHUT,
        "gptbot",
        "/a",
        said("GPTBot", "origin", everything("reserved")),
    )
    yield reserves("nothing about another", AGENTS, SHUT, "ClaudeBot", "/a")
    yield reserves(
        "an agent that nobody knows",
        AGENTS,
        "User-agent: *\nDisallow: /x\n",
        "NewBot",
        "/x/y",
        said("NewBot", "path:/x", everything("reserved")),
    )
    named = "User-agent: *\nDisallow: /\n\nUser-agent: GPTBot\nAllow: /\n"
    yield reserves(
        "let in by name",
        AGENTS,
        named,
        "GPTBot",
        "/a",
        said("GPTBot", "origin", dict.fromkeys(TRAIN, "allowed")),
    )
    empty = "User-agent: GPTBot\nDisallow:\n"
    yield reserves(
        "by an empty rule",
        AGENTS,
        empty,
        "GPTBot",
        "/a",
        said("GPTBot", "origin", dict.fromkeys(TRAIN, "allowed")),
    )
    yield reserves(
        "let in with everyone is no permission", AGENTS, "User-agent: *\nAllow: /\n", "GPTBot", "/a"
    )
    control = "User-agent: Google-Extended\nDisallow: /\n"
    use = {**TRAIN, "ai-input": "reserved"}
    yield reserves(
        "a control token is about what others fetched",
        AGENTS,
        control,
        "Googlebot",
        "/a",
        said("Google-Extended", "origin", use, "control_token"),
    )
    yield reserves(
        "the control token itself",
        AGENTS,
        control,
        "Google-Extended",
        "/a",
        said("Google-Extended", "origin", use),
    )
    yield reserves(
        "nobody asks: an agent is shut out",
        AGENTS,
        SHUT,
        None,
        "/a",
        said("GPTBot", "origin", TRAIN, "agent_scoped"),
    )
    yield reserves(
        "nobody asks: no AI agent", AGENTS, "User-agent: Bingbot\nDisallow: /\n", None, "/a"
    )
    yield reserves(
        "nobody asks: everyone is shut out",
        AGENTS,
        "User-agent: *\nDisallow: /x\n",
        None,
        "/x",
        said(None, "path:/x", everything("reserved")),
    )
    yield reserves("and only there", AGENTS, "User-agent: *\nDisallow: /x\n", None, "/y")
    several = "User-agent: GPTBot\nUser-agent: CCBot\nDisallow: /\n"
    yield reserves(
        "nobody asks: two agents",
        AGENTS,
        several,
        None,
        "/a",
        said("CCBot", "origin", {**TRAIN, "tdm": "reserved"}, "agent_scoped"),
        said("GPTBot", "origin", TRAIN, "agent_scoped"),
    )
    off = said("AI2Bot", "origin", everything("reserved"), "unnameable_agent")
    yield reserves(
        "a token that cannot be named is meant all the same",
        AGENTS,
        "User-agent: AI2Bot\nDisallow: /\n",
        "AI2Bot",
        "/a",
        {**off, "formal": "nonconforming"},
    )
    typo = {**said("GPTBot", "origin", everything("reserved"), "typo"), "formal": "nonconforming"}
    yield reserves(
        "a misspelt rule", GOOGLE, "User-agent: GPTBot\nDisalow: /\n", "GPTBot", "/a", typo
    )
    wide = {**said("GPTBot", "origin", everything("reserved"), "utf16"), "formal": "malformed"}
    yield reserves("UTF-16", ENCODING, SHUT.encode("utf-16"), "GPTBot", "/a", wide)
    mark = said("GPTBot", "origin", everything("reserved"), "bom")
    yield reserves(
        "a byte order mark", ENCODING, b"\xef\xbb\xbf" + SHUT.encode(), "GPTBot", "/", mark
    )
    yield reserves(
        "escapes in any case",
        CHARACTERS,
        "User-agent: *\nDisallow: /%c3%a9\n",
        "a",
        "/\u00e9",
        said("a", "path:/%C3%A9", everything("reserved")),
    )
    yield reserves("a page that is no robots.txt", GROUPS, "<!DOCTYPE html><p>404", None, "/a")


MAKERS = (agents, others, paths, characters, lines, modes, reservations)


def written() -> Iterator[str]:
    """The lines of the file."""
    for make in MAKERS:
        for number, question in enumerate(make(), 1):
            yield json.dumps({"id": f"{make.__name__}-{number}", **question}, ensure_ascii=False)


def main() -> None:
    """Write the file."""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("\n".join(written()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
