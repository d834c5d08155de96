"""Writes the open vectors of four protocols whose statements stand around a work.

    python -m tools.make_vectors_statements

`tests/vectors/optout/`: `aipref.jsonl`, `content-signals.jsonl`, `tdmrep.jsonl` and
`robots-directives.jsonl`. Each line is one question: what a host, an answer or a page says
(`robots`, `tdmrep`, `headers`, `html`; `tdmrep_base64` where it is not UTF-8), about which `path`,
to which `agent` (null: nobody in particular), about what `media_type`; and the records a reader of
that protocol must give, in any order: `channel, agent, purposes, formal` and the codes of the
`warnings`. `not_run` stands for a document that cannot be read, with the reason. The expectations
are written down here from the specifications named in `section`, not computed by the readers.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "tests/vectors/optout"

Question = dict[str, Any]

TRAIN_NO = {"train-ai": "reserved", "train-genai": "reserved"}
TRAIN_YES = {"train-ai": "allowed", "train-genai": "allowed"}
TRAIN_UNKNOWN = {"train-ai": "unknown", "train-genai": "unknown"}


def said(
    channel: str,
    purposes: dict[str, str],
    *warnings: str,
    agent: str | None = None,
    formal: str = "valid",
) -> Question:
    """One record that is expected."""
    return {
        "channel": channel,
        "agent": agent,
        "purposes": purposes,
        "formal": formal,
        "warnings": list(warnings),
    }


def question(note: str, section: str, expected: list[Question], **asked: Any) -> Question:
    """One line, without its number."""
    return {"note": note, "section": section, **asked, "expected": expected}


# --- TDMRep -------------------------------------------------------------------------------------

TDM_FILE = "TDMRep 5.1"
TDM_HEADER = "TDMRep 5.2"
TDM_HTML = "TDMRep 5.3"
TDM_ORDER = "TDMRep 5.7, processing priority"
YES, NO, UNCLEAR = {"tdm": "reserved"}, {"tdm": "allowed"}, {"tdm": "unknown"}


def rule(location: str, reservation: Any = 1, **more: Any) -> dict[str, Any]:
    """One rule of a `tdmrep.json`."""
    return {"location": location, "tdm-reservation": reservation, **more}


def tdm_files() -> Iterator[Question]:
    """The file at the origin."""

    def ask(
        note: str, body: Any, path: str, *expected: Question, section: str = TDM_FILE
    ) -> Question:
        text = body if isinstance(body, str) else json.dumps(body)
        return question(note, section, list(expected), tdmrep=text, path=path)

    yes, no = said("tdmrep.json", YES), said("tdmrep.json", NO)
    yield ask("one rule for the whole host", [rule("/")], "/any/page?x=1", yes)
    yield ask("0 does not reserve", [rule("/", 0)], "/a", no)
    yield ask("with a policy", [rule("/", 1, **{"tdm-policy": "https://x.example/p"})], "/", yes)
    yield ask("no rule matches: unset", [rule("/a/")], "/b")
    yield ask("the directory itself is not below itself", [rule("/a/")], "/a")
    yield ask("an empty array reserves nothing", [], "/a")
    first = [rule("/docs/", 0), rule("/docs/secret/", 1)]
    yield ask("the first in sequence wins, not the longest", first, "/docs/secret/x", no)
    yield ask("and the other way round", list(reversed(first)), "/docs/secret/x", yes)
    yield ask("a star for any characters", [rule("/img/*.jpg")], "/img/2024/a.jpg", yes)
    yield ask("a star does not reach another directory", [rule("/img/*.jpg")], "/doc/a.jpg")
    yield ask("a dollar for the end", [rule("/a.pdf$")], "/a.pdf", yes)
    yield ask("behind the end nothing matches", [rule("/a.pdf$")], "/a.pdf?x")
    yield ask("case counts in paths", [rule("/Docs/")], "/docs/a")
    yield ask("escapes are made alike", [rule("/caf%c3%a9")], "/caf%C3%A9/x", yes)
    yield ask("an escaped letter is that letter", [rule("/%61bc")], "/abc", yes)
    yield ask("another property is ignored", [rule("/", 1, license="x")], "/a", yes)
    yield ask("a byte-order mark is stepped over", "\ufeff" + json.dumps([rule("/")]), "/a",
              said("tdmrep.json", YES, "bom"))  # fmt: skip
    error = "TDMRep 4.1: other values are protocol errors"
    for value, state in ((2, UNCLEAR), (True, YES), (None, UNCLEAR), ("maybe", UNCLEAR)):
        expected = said("tdmrep.json", state, "unknown_token", formal="malformed")
        yield ask(f"the value {value!r}", [rule("/", value)], "/a", expected, section=error)
    expected = said("tdmrep.json", YES, "unknown_token", formal="nonconforming")
    yield ask("the number in quotes", [rule("/", "1")], "/a", expected, section=error)
    expected = said("tdmrep.json", UNCLEAR, "unset", formal="malformed")
    yield ask("no reservation in a rule", [{"location": "/"}], "/a", expected)
    expected = said("tdmrep.json", YES, "location", formal="malformed")
    yield ask("no location in a rule", [{"tdm-reservation": 1}], "/a", expected)
    expected = said("tdmrep.json", YES, "location", formal="nonconforming")
    yield ask("an absolute URL", [rule("https://x.example/a/")], "/a/b", expected)
    expected = said("tdmrep.json", YES, formal="nonconforming")
    yield ask(
        "another spelling of the key", [{"location": "/", "tdmReservation": 1}], "/", expected
    )


def tdm_inventions() -> Iterator[Question]:
    """Files that are no array of rules: formally silent, plainly meant."""

    def ask(note: str, body: Any, *codes: str, purposes: dict[str, str] = YES) -> Question:
        text = body if isinstance(body, str) else json.dumps(body)
        expected = [said("tdmrep.json", purposes, *codes, formal="malformed")]
        return question(note, TDM_FILE, expected, tdmrep=text, path="/a")

    whole = ("not_an_array", "location")
    yield ask("a rule without its array", rule("/"), "not_an_array")
    yield ask("an array in a wrapper", {"tdmrep": [rule("/")]}, "not_an_array")
    yield ask("a wrapper that does not reserve", {"rules": [rule("/", 0)]}, "not_an_array",
              purposes=NO)  # fmt: skip
    nested = {"@type": "TDMReservationProtocol", "policy": {"tdm": {"reservation": 1}}}
    yield ask("linked data of one's own", nested, "not_an_array", "typo", "location")
    vocabulary = "http://www.w3.org/ns/tdmrep#all-rights-reserved"
    invented = {"type": "Reservation", "policy": vocabulary}
    yield ask("a policy in place of the value", invented, *whole, "unknown_token")
    offer = {"@type": "Offer", "profile": "http://www.w3.org/ns/tdmrep", "permission": []}
    yield ask("a policy in place of the rules", offer, *whole, "misplaced")
    yield ask("mining denied", {"tdm_allowed": False}, *whole, "unknown_token")
    refused = {"policies": [{"type": "tdm-reservation", "status": "disallowed", "scope": "/**"}]}
    yield ask("a status in place of the value", refused, *whole, "unknown_token")
    entry = {"tdm": [{"id": "tdm-reservation", "value": "1"}]}
    yield ask("a list of names and values", entry, *whole, "unknown_token")
    entry["tdm"][0]["value"] = "0"
    yield ask("and one that does not reserve", entry, "not_an_array", purposes=UNCLEAR)
    yield ask("rights of one's own", {"rights": {"mining": "prohibited"}}, *whole, "unknown_token")
    yield ask("an opt-out", {"tdm-opt-out": True}, *whole, "unknown_token")
    yield ask("nothing anybody could name", {"owner": "me"}, "not_an_array", purposes=UNCLEAR)
    broken = '[{"location": "/", "tdm-reservation": 1},]'
    yield ask("JSON with a comma too many", broken, "unparseable")
    yield question(
        "UTF-16", "RFC 8259 8.1",
        [said("tdmrep.json", YES, "utf16", formal="nonconforming")],
        tdmrep_base64=base64.b64encode(json.dumps([rule("/")]).encode("utf-16")).decode(),
        path="/a",
    )  # fmt: skip
    one_by_one = '{"location": "/b", "tdm-reservation": 1}\n{"location": "/", "tdm-reservation": 0}'
    yield ask("rules line by line keep their paths", one_by_one, "not_an_array", purposes=NO)
    for note, text, reason in (
        ("a web page in its place", "<!doctype html><p>Not found</p>", "not_applicable"),
        ("no JSON, and no reservation", "hello", "unreadable"),
        ("brackets without end", "[" * 100_000, "limit"),
    ):
        yield question(note, TDM_FILE, [{"not_run": reason}], tdmrep=text, path="/a")


def tdm_answers() -> Iterator[Question]:
    """Header fields, pages, and the order of the channels."""

    def ask(note: str, headers: list[list[str]], *expected: Question) -> Question:
        return question(note, TDM_HEADER, list(expected), headers=headers, path="/a")

    yes = said("headers", YES)
    yield ask("in lower case", [["tdm-reservation", "1"]], yes)
    yield ask("names have no case", [["TDM-Reservation", " 1 "]], yes)
    policy = [["tdm-reservation", "1"], ["tdm-policy", "https://x.example/p"]]
    yield ask("with a policy", policy, yes)
    yield ask("a policy alone sets nothing", policy[1:])
    yield ask("0 does not reserve", [["Tdm-Reservation", "0"]], said("headers", NO))
    twice = [["tdm-reservation", "0"], ["tdm-reservation", "1"]]
    conflict = said("headers", YES, "intra_protocol_conflict", formal="nonconforming")
    yield ask("twice, and they disagree", twice, conflict)
    yield ask("joined by a comma", [["tdm-reservation", "0, 1"]], conflict)
    wrong = said("headers", YES, "unknown_token", formal="malformed")
    yield ask("true is no value of it", [["tdm-reservation", "true"]], wrong)
    for value in ('1; policy="https://x.example/p"', "1;", "1 # no mining", "?1"):
        yield ask(f"more than the value: {value}", [["tdm-reservation", value]], wrong)
    yield ask("its name within", [["TDM-Reservation", "tdm-reservation: 1"]], wrong)
    named = said("headers", YES, "misplaced", formal="nonconforming")
    for name in ("X-TDM-Reservation", "TDM_Reservation"):
        yield ask(f"under another name: {name}", [[name, "1"]], named)
    beside = [["X-TDM-Reservation", "1"], ["TDM-Reservation", "0"]]
    yield ask("its own name is heard alone", beside, said("headers", NO))
    unclear = said("headers", UNCLEAR, "unknown_token", formal="malformed")
    yield ask("neither is anything else", [["tdm-reservation", "maybe"]], unclear)

    meta = '<!doctype html><html><head><meta name="{}" content="{}"></head><p>x</p></html>'
    page = said("page", YES)
    for name in ("tdm-reservation", "TDM-Reservation"):
        yield question("in a page", TDM_HTML, [page], html=meta.format(name, 1), path="/a")
    other = said("page", YES, "misplaced", formal="nonconforming")
    html = meta.format("tdm:reservation", 1)
    yield question("under another name", TDM_HTML, [other], html=html, path="/a")
    both, superseded = "intra_protocol_conflict", "superseded"
    yield question(
        "the page supersedes the header", TDM_ORDER,
        [said("headers", YES, superseded, both), said("page", NO, both)],
        headers=[["TDM-Reservation", "1"]], html=meta.format("tdm-reservation", 0), path="/a",
    )  # fmt: skip
    yield question(
        "the header supersedes the file", TDM_ORDER,
        [said("tdmrep.json", NO, superseded, both), said("headers", YES, both)],
        headers=[["tdm-reservation", "1"]], tdmrep=json.dumps([rule("/", 0)]), path="/a",
    )  # fmt: skip
    yield question(
        "a protocol error resets nothing", TDM_ORDER,
        [said("tdmrep.json", YES), said("headers", UNCLEAR, "unknown_token", formal="malformed")],
        headers=[["tdm-reservation", ""]], tdmrep=json.dumps([rule("/")]), path="/a",
    )  # fmt: skip


# --- robots directives --------------------------------------------------------------------------

TAG = "Google, robots meta tag and X-Robots-Tag; DeviantArt 2022"
NO_TRAINING = TRAIN_NO


def robots_directives() -> Iterator[Question]:
    """The header field."""
    reserved = said("headers", NO_TRAINING)

    def ask(
        note: str, values: list[str], *expected: Question, agent: str | None = None,
        media_type: str = "image/jpeg",
    ) -> Question:  # fmt: skip
        headers = [["X-Robots-Tag", value] for value in values]
        return question(note, TAG, list(expected), headers=headers, path="/i.jpg", agent=agent,
                        media_type=media_type)  # fmt: skip

    for value in ("noai", "NoAI", "NOAI", " noai ", "noindex, noai", "noai,noimageai"):
        yield ask(f"{value!r}", [value], *[reserved] * (1 + ("noimageai" in value)))
    yield ask("repeated, once for each directive", ["noindex", "noai"], reserved)
    yield ask("for another agent", ["otherbot: noindex, noai"], agent="GPTBot")
    scoped = said("headers", NO_TRAINING, agent="gptbot")
    yield ask("for this agent, in another case", ["gptbot: noai"], scoped, agent="GPTBot")
    anyone = said("headers", NO_TRAINING, "agent_scoped", agent="gptbot")
    yield ask("for one agent, asked about nobody", ["gptbot: noai"], anyone)
    yield ask("an agent holds to the end", ["otherbot: noindex, noai", "noindex"], agent="GPTBot")
    about = said("headers", NO_TRAINING, "control_token", agent="google-extended")
    control = ["google-extended: noai"]
    yield ask("a control token, for what its crawler fetched", control, about, agent="Googlebot")
    both = ["otherbot: noai, gptbot: noindex"]
    yield ask("a second agent begins a new list", both, agent="GPTBot")
    yield ask("a general one beside it", ["otherbot: noindex", "noai"], reserved, agent="GPTBot")
    yield ask("a star is everyone", ["*: noai"], reserved, agent="GPTBot")
    date = "unavailable_after: 25 Jun 2010 15:00:00 PST, noai"
    yield ask("a colon in a value is no agent", [date], reserved, agent="GPTBot")
    yield ask("nor is a limit", ["max-snippet:5, noai"], reserved, agent="GPTBot")
    yield ask("noindex says nothing about AI", ["noindex, nofollow, none"])
    yield ask("all says nothing about AI", ["all"])
    yield ask("a longer word is another word", ["noaim, noairport"])
    wrong = said("headers", NO_TRAINING, "typo", formal="nonconforming")
    yield ask("with a hyphen", ["no-ai"], wrong)
    yield ask("without commas", ["noindex noai"], wrong)
    yield ask("both without a comma", ["noimageai noai"], wrong, wrong)
    yield ask("both, of a page", ["noimageai; noai"], wrong,
              said("headers", {}, "images_only", "typo", formal="nonconforming"),
              media_type="text/html")  # fmt: skip
    for value in ("robots: noai", "X-Robots-Tag: noai"):
        yield ask(f"its carrier is no agent: {value}", [value], wrong, agent="GPTBot")
    words = ["Kangaroo Bot: noindex, noai"]
    yield ask("an agent of two words", words, agent="GPTBot")
    marsupial = said("headers", NO_TRAINING, agent="Kangaroo Bot")
    yield ask("asked about", words, marsupial, agent="kangaroo bot")
    whole = ["Mozilla/5.0 (compatible; GPTBot/1.2): noai"]
    yield ask("a whole user-agent string", whole, agent="CCBot")
    yield ask("of this agent", whole, said("headers", NO_TRAINING, agent="GPTBot"), agent="GPTBot")
    dated = ["unavailable_after: Friday, Jun 25 15:00:00 PST, noai"]
    yield ask("a date with commas names nobody", dated, reserved, agent="GPTBot")
    yield ask("images", ["noimageai"], reserved)
    yield ask("images, but this is music", ["noimageai"], media_type="audio/mpeg")
    images = said("headers", {}, "images_only")
    yield ask("images, but this is a page", ["noimageai"], images, media_type="text/html")
    yield ask("noml", ["noml"], reserved)


def robots_metas() -> Iterator[Question]:
    """The same directives in pages."""
    head = "<!doctype html><html><head>{}</head><p>x</p></html>"
    page = said("page", NO_TRAINING)
    pictures = said("page", {}, "images_only")

    def metas(note: str, metas: str, *expected: Question, agent: str | None = None) -> Question:
        return question(note, TAG, list(expected), html=head.format(metas), path="/x", agent=agent)

    both_words = '<meta name="robots" content="index, NoAI, noimageai">'
    yield metas("in a page", both_words, page, pictures)
    yield metas("names have no case", '<META NAME="ROBOTS" CONTENT="NOAI">', page)
    one = '<meta name="GPTBot" content="noai">'
    own = said("page", NO_TRAINING, agent="GPTBot")
    yield metas("named like the agent", one, own, agent="gptbot")
    yield metas("named like another", one, agent="CCBot")
    written = said("page", NO_TRAINING, "typo", formal="nonconforming")
    yield metas("a header field as an element",
                '<meta http-equiv="X-Robots-Tag" content="noai">', written)  # fmt: skip
    yield metas("a keyword is no directive", '<meta name="keywords" content="noai">')
    yield metas("a sentence is no directive", '<meta name="about" content="what noai means, noai">')


# --- AIPREF -------------------------------------------------------------------------------------

VOCAB = "draft-ietf-aipref-vocab-07 section 6"
ATTACH = "draft-ietf-aipref-attach-05 section 3.1"

DRAFT_EXAMPLE = """User-Agent: *
Allow: /
Disallow: /never/
Content-Usage: train-ai=n
Content-Usage: /ai-ok/ train-ai=y

User-Agent: ExampleBot
Allow: /
Content-Usage: train-ai=y
"""


def usage_fields() -> Iterator[Question]:
    """The header field."""

    def ask(note: str, values: list[str], *expected: Question, section: str = VOCAB) -> Question:
        headers = [["Content-Usage", value] for value in values]
        return question(note, section, list(expected), headers=headers, path="/a")

    no, yes = said("headers", TRAIN_NO), said("headers", TRAIN_YES)
    yield ask("training disallowed", ["train-ai=n"], no)
    yield ask("training allowed", ["train-ai=y"], yes)
    both = said("headers", TRAIN_NO | {"search": "allowed"})
    yield ask("two categories", ["train-ai=n, search=y"], both)
    yield ask("repeated fields are one list", ["train-ai=n", "search=y"], both)
    section = f"{VOCAB}; RFC 9651 4.2.2"
    yield ask("of a key twice the last counts", ["train-ai=y, train-ai=n"], no, section=section)
    yield ask("also across repeated fields", ["train-ai=n", "train-ai=y"], yes, section=section)
    yield ask("parameters are ignored", ["train-ai=n;q=0.1"], no)
    yield ask("other labels are ignored", ["x=n, train-ai=n, y"], no)
    yield ask("other labels alone say nothing", ["x=n"])
    yield ask("an empty field says nothing", [""])
    names = [["content-usage", "train-ai=n"], ["CONTENT-USAGE", "search=y"]]
    yield question("names have no case", "RFC 9110 5.1", [both], headers=names, path="/a")
    for value, state in (
        ("train-ai", TRAIN_UNKNOWN),
        ("train-ai=?0", TRAIN_NO),
        ('train-ai="n"', TRAIN_NO),
        ('train-ai="y"', TRAIN_UNKNOWN),
        ("train-ai=yes", TRAIN_UNKNOWN),
        ("train-ai=no", TRAIN_NO),
        ("train-ai=y, train-ai", TRAIN_UNKNOWN),
    ):
        unknown = said("headers", state, "unknown_token", formal="malformed")
        yield ask(f"not one of the two tokens: {value}", [value], unknown)
    for value, state in (
        ("Train-AI=n", TRAIN_NO),
        ("train-ai=n,", TRAIN_NO),
        ("train-ai=y search=n", TRAIN_UNKNOWN | {"search": "reserved"}),
        ("train-ai: n", TRAIN_NO),
        ("do not train", {}),
    ):
        broken = said("headers", state, "unparseable", formal="malformed")
        yield ask(f"no dictionary: {value}", [value], broken, section=section)
    value = "search-indexing-allowed, ai-training-disallowed, citation-allowed-with-source"
    alone = said("headers", TRAIN_NO, "unknown_token", formal="malformed")
    yield ask("labels that say no by themselves", [value], alone)
    for value in ("training=n", "train_ai=n", "ai-training=n"):
        odd = said("headers", TRAIN_NO, "typo", formal="nonconforming")
        yield ask(f"another spelling of the label: {value}", [value], odd)
    everything = ("train-genai", "train-ai", "tdm", "ai-input", "ai-index", "search")
    for value, draft, state in (
        ("ai=y", "-01", TRAIN_YES),
        ("genai=n", "-01", {"train-genai": "reserved"}),
        ("ai=y, genai=n", "-01", {"train-ai": "allowed", "train-genai": "reserved"}),
        ("inference=n", "-01", {"ai-input": "reserved"}),
        ("ai-use=n", "-02", {"ai-input": "reserved"}),
        ("all=n", "-02", dict.fromkeys(everything, "reserved")),
        ("train-genai=n", "-03", {"train-genai": "reserved"}),
        ("bots=n", "-04", dict.fromkeys(everything, "reserved")),
        ("ai-output=n", "-04", {"ai-input": "reserved"}),
    ):
        legacy = said("headers", state, "legacy_vocab", formal="nonconforming")
        yield ask(f"an earlier label: {value}", [value], legacy,
                  section=f"draft-ietf-aipref-vocab{draft}")  # fmt: skip

    html = "<!doctype html><head><meta name='Content-Usage' content='train-ai={}'></head><p>x</p>"
    for word, state in (("n", TRAIN_NO), ("y", TRAIN_YES)):
        page = said("page", state, "misplaced", formal="nonconforming")
        yield question("an element that imitates the field", ATTACH, [page],
                       html=html.format(word), path="/a")  # fmt: skip


def usage_rules() -> Iterator[Question]:
    """The rule of robots.txt."""

    def ask(note: str, robots: str, path: str, agent: str | None, *expected: Question) -> Question:
        return question(note, ATTACH, list(expected), robots=robots, path=path, agent=agent)

    no, yes = said("robots.txt", TRAIN_NO), said("robots.txt", TRAIN_YES)
    own = said("robots.txt", TRAIN_YES, agent="ExampleBot")
    yield ask("the draft's example", DRAFT_EXAMPLE, "/test", "GPTBot", no)
    yield ask("a longer path", DRAFT_EXAMPLE, "/ai-ok/test", "GPTBot", yes)
    yield ask("what may not be crawled has no preference", DRAFT_EXAMPLE, "/never/test", "GPTBot")
    yield ask("a group of its own", DRAFT_EXAMPLE, "/never/test", "ExampleBot", own)
    named = "User-agent: *\nContent-Usage: train-ai=n\nAllow: /\n\nUser-agent: A\nAllow: /\n"
    yield ask("its own group is silent", named, "/x", "A")
    twice = "User-agent: *\nContent-Usage: train-ai=y\nContent-Usage: train-ai=n\n"
    both = "intra_protocol_conflict"
    yield ask("the same path twice", twice, "/x", "A", said("robots.txt", TRAIN_YES, both),
              said("robots.txt", TRAIN_NO, both))  # fmt: skip
    nested = "User-agent: *\nContent-Usage: /a train-ai=n\nContent-Usage: /a/b train-ai=y, search=n"
    deep = said("robots.txt", TRAIN_YES | {"search": "reserved"})
    yield ask("the longest path alone", nested, "/a/b/c", "A", deep)
    yield ask("a shorter one elsewhere", nested, "/a/x", "A", no)
    yield ask("and none", nested, "/b", "A")
    star = "User-agent: *\nContent-Usage: /*.pdf$ train-ai=n\n"
    yield ask("patterns as in Allow", star, "/x/y.pdf", "A", no)
    yield ask("with an end", star, "/x/y.pdf?z", "A")
    tab = "user-agent:*\nCONTENT-USAGE :\t/a\ttrain-ai=n # note\n"
    yield ask("tabs, case and a comment", tab, "/a", "A", no)
    slash = "User-agent: *\nContent-Usage: / train-ai=y\nContent-Usage: train-ai=n\n"
    yield ask("an absent path is shorter than /", slash, "/x", "A", yes)
    rules = "User-agent: A\nContent-Usage: train-ai=y\nUser-agent: *\nContent-Usage: train-ai=n\n"
    ours = said("robots.txt", TRAIN_YES, agent="A")
    yield ask("a rule ends the list of agents", rules, "/x", "A", ours)
    yield ask("and the next begins", rules, "/x", "B", no)
    merged = (
        "User-agent: A\nContent-Usage: /a train-ai=n\n\nUser-agent: a\nContent-Usage: train-ai=y"
    )
    theirs = said("robots.txt", TRAIN_NO, agent="A")
    yield ask("groups of one agent are one", merged, "/a", "A", theirs)


def usage_rules_gone_wrong() -> Iterator[Question]:
    """Rules that are broken, misplaced, for others, or contradicted."""

    def ask(note: str, robots: str, path: str, agent: str | None, *expected: Question) -> Question:
        return question(note, ATTACH, list(expected), robots=robots, path=path, agent=agent)

    both = "intra_protocol_conflict"
    broken = "User-agent: *\nContent-Usage: /a Train-AI=n\nContent-Usage: train-ai=y\n"
    wrong = said("robots.txt", TRAIN_NO, "unparseable", formal="malformed")
    yield ask("a broken rule still has the longest path", broken, "/a", "A", wrong)
    scoped = said("robots.txt", TRAIN_NO, "agent_scoped", agent="A")
    one = "User-agent: A\nContent-Usage: train-ai=n\n\nUser-agent: B\nContent-Usage: train-ai=y\n"
    yield ask("nobody in particular is asked about", one, "/x", None, scoped)
    control = "User-agent: Google-Extended\nContent-Usage: train-ai=n\nAllow: /\n"
    about = said("robots.txt", TRAIN_NO, "control_token", agent="Google-Extended")
    yield ask("a control token, for what its crawler fetched", control, "/x", "Googlebot", about)
    yield ask("and not for others", control, "/x", "CCBot")
    early = "Content-Usage: train-ai=n\nUser-agent: *\nAllow: /\n"
    nobody = said("robots.txt", TRAIN_NO, "scope_ambiguous", formal="malformed")
    yield ask("before any user agent", early, "/x", "A", nobody)
    plural = "User-agent: *\nContent-Usages: train-ai=n\nContent_Usage: /a train-ai=y\n"
    odd = said("robots.txt", TRAIN_NO, "typo", formal="nonconforming")
    yield ask("the key misspelt", plural, "/x", "A", odd)
    legacy = said("robots.txt", TRAIN_YES, "legacy_vocab", formal="nonconforming")
    yield ask("an earlier label", "User-agent: *\nContent-Usage: ai=y\n", "/", "A", legacy)
    yield question(
        "header and robots.txt disagree", "draft-ietf-aipref-vocab-07 section 5.1",
        [said("robots.txt", TRAIN_NO, both), said("headers", TRAIN_YES, both)],
        robots=DRAFT_EXAMPLE, headers=[["Content-Usage", "train-ai=y"]], path="/x", agent="A",
    )  # fmt: skip


# --- content signals ----------------------------------------------------------------------------

SIGNALS = "contentsignals.org"
MANAGED = """User-agent: *
Content-Signal: search=yes,ai-train=no,use=reference
Allow: /

User-agent: GPTBot
Disallow: /
"""


def content_signals() -> Iterator[Question]:
    """Lines of robots.txt, and elements that imitate them."""

    def ask(note: str, robots: str, agent: str | None, *expected: Question) -> Question:
        return question(note, SIGNALS, list(expected), robots=robots, path="/p", agent=agent)

    def one(note: str, value: str, *expected: Question) -> Question:
        return ask(note, f"User-agent: *\nContent-Signal: {value}\nAllow: /\n", "A", *expected)

    managed = said("robots.txt", {"train-ai": "reserved", "search": "allowed"})
    yield ask("a managed file", MANAGED, "CCBot", managed)
    yield ask("nobody in particular", MANAGED, None, managed)
    site = said("robots.txt", {"train-ai": "reserved"}, "site_level")
    yield ask("an agent with a group of its own", MANAGED, "GPTBot", site)
    yield one("yes", "ai-train=yes", said("robots.txt", {"train-ai": "allowed"}))
    yield one("no", "ai-train=no", said("robots.txt", {"train-ai": "reserved"}))
    yield one("input", "ai-input=no", said("robots.txt", {"ai-input": "reserved"}))
    yield one("use alone", "use=full")
    yield one("an unknown signal", "dance=no")
    spaced = said("robots.txt", {"train-ai": "reserved", "ai-input": "allowed"})
    yield one("spaces", "ai-input=yes ,  ai-train=no", spaced)
    conflict = said("robots.txt", {"train-ai": "reserved"}, "intra_protocol_conflict")
    yield one("it contradicts itself", "ai-train=yes, ai-train=no", conflict)
    for note, value in (
        ("another word for no", "ai-train=false"),
        ("another letter", "ai-train=n"),
        ("a colon", "ai-train: no"),
        ("quotes", 'ai-train="no"'),
        ("another vocabulary", "train-ai=no"),
        ("an underscore", "ai_train=no"),
    ):
        odd = said("robots.txt", {"train-ai": "reserved"}, "typo", formal="nonconforming")
        yield one(note, value, odd)
    unclear = said("robots.txt", {"train-ai": "unknown"}, "typo", formal="nonconforming")
    yield one("another word for yes permits nothing", "ai-train=true", unclear)
    first = said("robots.txt", {"search": "allowed"})
    second = said("robots.txt", {"train-ai": "reserved"}, "typo", formal="nonconforming")
    yield one("no comma", "search=yes ai-train=no", first, second)
    own = (
        "User-agent: *\nContent-Signal: ai-train=no\nUser-agent: A\nContent-Signal: ai-train=yes\n"
    )
    mine = said("robots.txt", {"train-ai": "allowed"}, agent="A")
    yield ask("its own signal counts", own, "A", mine)
    yield ask("and not for others", own, "B", said("robots.txt", {"train-ai": "reserved"}))
    named = "User-agent: A\nContent-Signal: ai-train=no\nDisallow: /x\n"
    scoped = said("robots.txt", {"train-ai": "reserved"}, "agent_scoped", agent="A")
    yield ask("for one agent, asked about nobody", named, None, scoped)
    yield ask("for one agent, asked about another", named, "B")
    control = "User-agent: Google-Extended\nContent-Signal: ai-train=no, search=yes\nAllow: /\n"
    about = said("robots.txt", {"train-ai": "reserved"}, "control_token", agent="Google-Extended")
    yield ask("a control token, for what its crawler fetched", control, "Googlebot", about)
    early = "Content-Signal: ai-train=no\nUser-agent: *\nAllow: /\n"
    yield ask("before any user agent", early, "A", site)

    last = "User-agent: *\nAllow: /\n\nUser-agent: A\nDisallow: /x\n{}\nContent-Signal: {}\n"
    whole = last.format("\n# Content Signals", "search=yes, ai-train=no")
    yield ask("behind a blank line at the end of another group", whole, "B", site)
    ours = said("robots.txt", {"train-ai": "reserved", "search": "allowed"}, agent="A")
    yield ask("by the letter it is for that group", whole, "A", ours)
    yield ask("it permits nothing to others", last.format("", "ai-train=yes"), "B")
    yield ask("without a blank line it is for the group alone",
              last.replace("{}\n", "").format("ai-train=no"), "B")  # fmt: skip


def signal_paths() -> Iterator[Question]:
    """Lines that begin with a path."""

    def ask(note: str, robots: str, path: str, *expected: Question, agent: str = "A") -> Question:
        return question(note, SIGNALS, list(expected), robots=robots, path=path, agent=agent)

    no, yes = {"train-ai": "reserved"}, {"train-ai": "allowed"}
    blog = "User-agent: *\nContent-Signal: /blog/ ai-train=no\nAllow: /\n"
    yield ask("a path", blog, "/blog/1", said("robots.txt", no))
    yield ask("and another one", blog, "/about")
    both = f"{blog}Content-Signal: ai-train=yes\n"
    yield ask("the longest path", both, "/blog/1", said("robots.txt", no))
    yield ask("and elsewhere the line without one", both, "/about", said("robots.txt", yes))
    star = "User-agent: *\nContent-Signal: /*.pdf$ ai-train=no\n"
    yield ask("a star and an end", star, "/x/y.pdf", said("robots.txt", no))
    yield ask("and what follows it", star, "/x/y.pdf?z")
    own = f"{blog}\nUser-agent: A\nContent-Signal: /free/ ai-train=yes\nAllow: /\n"
    site = said("robots.txt", no, "site_level")
    yield ask("in the agent's own group elsewhere", own, "/blog/1", site)
    yield ask("in it", own, "/free/1", said("robots.txt", yes, agent="A"))
    equal = "User-agent: *\nContent-Signal: /a ai-train=yes\nContent-Signal: /a ai-train=no\n"
    conflict = "intra_protocol_conflict"
    yield ask("the same path twice", equal, "/a", said("robots.txt", yes, conflict),
              said("robots.txt", no, conflict))  # fmt: skip


def signals_in_other_words() -> Iterator[Question]:
    """Lines and elements that are none by the letter."""

    def ask(note: str, robots: str, agent: str | None, *expected: Question) -> Question:
        return question(note, SIGNALS, list(expected), robots=robots, path="/p", agent=agent)

    plural = "User-agent: *\nContent-Signals: ai-train=no\n"
    odd = said("robots.txt", {"train-ai": "reserved"}, "typo", formal="nonconforming")
    yield ask("the key misspelt", plural, "A", odd)
    html = "<!doctype html><head><meta name='content-signal' content='ai-train=no'></head><p>x</p>"
    page = said("page", {"train-ai": "reserved"}, "misplaced", formal="nonconforming")
    yield question("an element that imitates the field", SIGNALS, [page], html=html, path="/p")


def signal_answers() -> Iterator[Question]:
    """The header field."""
    managed = said("robots.txt", {"train-ai": "reserved", "search": "allowed"})

    def answer(note: str, headers: list[list[str]], *expected: Question) -> Question:
        return question(note, SIGNALS, list(expected), headers=headers, path="/p")

    sent = said("headers", {"train-ai": "allowed", "search": "allowed", "ai-input": "allowed"})
    markdown = [["content-signal", "ai-train=yes, search=yes, ai-input=yes"]]
    yield answer("a header field", markdown, sent)
    odd = said("headers", {"train-ai": "reserved"}, "typo", formal="nonconforming")
    yield answer("its name misspelt", [["Content-Signals", "ai-train=no"]], odd)
    yield answer("repeated", [["Content-Signal", one] for one in ("ai-train=yes", "ai-train=no")],
                 said("headers", {"train-ai": "reserved"}, "intra_protocol_conflict"))  # fmt: skip
    both = "intra_protocol_conflict"
    yield question(
        "header and robots.txt disagree", SIGNALS,
        [said("robots.txt", managed["purposes"], both), said("headers", sent["purposes"], both)],
        robots=MANAGED, headers=markdown, path="/p", agent="CCBot",
    )  # fmt: skip


# --- writing ------------------------------------------------------------------------------------

PROTOCOLS = {
    "aipref": (usage_fields, usage_rules, usage_rules_gone_wrong),
    "content-signals": (content_signals, signal_paths, signals_in_other_words, signal_answers),
    "tdmrep": (tdm_files, tdm_inventions, tdm_answers),
    "robots-directives": (robots_directives, robots_metas),
}


def lines(protocol: str) -> Iterator[str]:
    """The lines of one file."""
    questions = (one for make in PROTOCOLS[protocol] for one in make())
    for number, one in enumerate(questions, start=1):
        yield json.dumps({"id": f"{protocol}-{number}", **one}, ensure_ascii=False)


def main() -> None:
    """Write all files."""
    OUT.mkdir(parents=True, exist_ok=True)
    for protocol in PROTOCOLS:
        text = "".join(f"{line}\n" for line in lines(protocol))
        (OUT / f"{protocol}.jsonl").write_text(text, encoding="utf-8")
        print(f"{protocol}: {text.count(chr(10))} questions")


if __name__ == "__main__":
    main()
