"""Reservations in sentences: terms, notices, comments, licences, dataset cards, rights fields.

Directive (EU) 2019/790 recital 18 names terms and conditions as a way to reserve; whether a
sentence is "machine-readable" is disputed (LG Hamburg 310 O 227/23 against OLG Hamburg 5 U 104/24).
So every record says `contested`, keeps no protocol (`nonconforming`), is evidence only (standing
D), and one that permits gives nobody a right.

Only a text about its own work or site is read: fields about rights inside a file, a page's comments
and footer, pages whose title or address says that they are terms, the comments of robots.txt, the
prose of an ai.txt, and licence files and dataset cards. The body of a novel or an article is never
read, whatever it says. English and French; another language is named and not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING

from provenance.evidence import NotRun, NotRunReason, Reservation, ReservationState
from provenance.limits import KIB
from provenance.rights.language.card import shipped
from provenance.rights.language.lexicon import LANGUAGES, Language
from provenance.rights.language.pages import Region, about_itself, is_terms_title, regions
from provenance.rights.language.recognition import UNREAD, passages
from provenance.rights.language.statements import Statement, statements
from provenance.rights.records import Authority, Channel, Formal, not_looked, reservation
from provenance.rights.texts import texts_of

if TYPE_CHECKING:
    import datetime as dt

    from provenance.asset import Asset
    from provenance.rights.surroundings import RightsFile

__all__ = ["LONGEST", "NaturalLanguageReader", "Source", "read_source", "said_in"]

SOURCE = "natural_language"
PROTOCOL = "natural-language"
CONTESTED = "contested: whether a sentence is machine-readable is disputed before the courts"
VAGUE = "scope_ambiguous: it speaks of use by machines without saying which"
PERMITS_NOTHING = "permits_nothing: a permission in a sentence gives no right by itself"
WEAK = "scraping_only: it forbids automated collection and names neither mining nor training"

LONGEST = 512 * KIB
"""Bytes of a document that are read."""

MOST = 24
"""Records made of one document."""

PAGES = frozenset({"text/html", "application/xhtml+xml"})
PROSE = frozenset({"text/plain", "text/markdown"})
LICENCE_FILE = re.compile(
    r"(?:un)?licen[cs]es?|copying|copyright|notice|terms(?:[-_ ]of[-_ ](?:use|service))?|tos|eula|"
    r"legal|rights|ai[-_ ]?policy|mentions[-_ ]l[eé]gales|conditions|cgu|tdm(?:[-_ ]\w+)?",
    re.IGNORECASE,
)
CARD_FILE = re.compile(r"readme|dataset[-_ ]?card|datacard|model[-_ ]?card", re.IGNORECASE)
FRONT_MATTER = re.compile(r"\A\ufeff?---[ \t]*\r?\n")
DATASET_KEY = re.compile(
    r"^(?:licen[cs]e|license_name|task_categories|size_categories|dataset_info|pretty_name|configs|"
    r"extra_gated_\w+|annotations_creators|language_creators)\s*:",
    re.MULTILINE,
)
ROBOTS_LINE = re.compile(
    r"^\s*(?:user-agent|disallow|allow|sitemap|crawl-delay|host|content-\w+|licen[cs]e)\s*:", re.I
)
COMMENT = re.compile(r"#+")
CODE_BLOCK = re.compile(r"^ {0,3}(?:```|~~~)[^\n]*$", re.MULTILINE)
QUOTED_LINE = re.compile(r"^ {0,3}>[^\n]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Source:
    """A document whose sentences are read.

    Attributes:
        body: its bytes.
        location: URL, or place inside the asset.
        channel: `terms` or `embedded`.
        scope: as in a `Reservation`.
        authority: whose word it is.
        kind: `text`, `html` (all of the page is terms), `page` (only what is about itself),
            `comments` (of a robots.txt), `prose` (an ai.txt) or `markdown` (a licence or a card).
        part: path of the part of the asset.
        observed_at: when it was seen.
        names_language: whether to say so when it is in a language that is not read.
    """

    body: bytes
    location: str
    channel: Channel
    scope: str
    authority: Authority
    kind: str = "text"
    part: str | None = None
    observed_at: dt.datetime | None = None
    names_language: bool = False


class NaturalLanguageReader:
    """Sentences that reserve, in English and in French."""

    source = SOURCE
    media = frozenset({"*"})
    version = "1"

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """What the texts about `asset` and its site say."""
        for source in _sources(asset):
            yield from read_source(source)


def _sources(asset: Asset) -> Iterator[Source]:
    if asset.around is not None:
        for file in asset.around.files:
            if file.is_there and (source := _site_source(file)):
                yield source
    if asset.media_type in PAGES:
        url = asset.around.url if asset.around else None
        kind = "html" if url and is_terms_title(url) else "page"
        yield Source(
            asset.read_at(0, LONGEST + 1),
            url or asset.name,
            Channel.TERMS,
            "page",
            Authority.ORIGIN_CONTROLLED if url else Authority.UNKNOWN,
            kind,
            part=asset.part,
            observed_at=asset.around.observed_at if asset.around else None,
        )
    elif asset.media_type in PROSE and _is_about_rights(asset):
        yield Source(
            asset.read_at(0, LONGEST + 1),
            asset.name,
            Channel.TERMS,
            "work",
            Authority.UNKNOWN,
            "markdown",
            part=asset.part,
            names_language=True,
        )
    for text in texts_of(asset):
        yield Source(
            text.text.encode("utf-8", "surrogatepass"),
            text.place,
            Channel.EMBEDDED,
            "asset",
            Authority.UNKNOWN,
            part=text.part,
        )


def _site_source(file: RightsFile) -> Source | None:
    match file.channel:
        case Channel.TERMS:
            start = file.body[:2048].lstrip().lower()
            html = start.startswith((b"<!doctype html", b"<html")) or b"<html" in start
            kind = "html" if html else "text"
        case Channel.ROBOTS_TXT:
            kind = "comments"
        case Channel.AI_TXT:
            kind = "prose"
        case _:
            return None
    return Source(
        file.body[: LONGEST + 1],
        file.url,
        Channel.TERMS,
        "origin",
        Authority.ORIGIN_CONTROLLED,
        kind,
        observed_at=file.observed_at,
        names_language=file.channel is Channel.TERMS,
    )


def _is_about_rights(asset: Asset) -> bool:
    """Whether a text is a licence or a dataset card, by its name and how it begins."""
    path = PurePath(asset.name)
    stem = path.stem if path.suffix.lower() in {".md", ".txt", ".markdown", ".rst"} else path.name
    if LICENCE_FILE.fullmatch(stem):
        return True
    if not CARD_FILE.fullmatch(stem):
        return False
    head = asset.read_at(0, 16 * KIB).decode("utf-8", "replace")
    return FRONT_MATTER.match(head) is not None and DATASET_KEY.search(head) is not None


def read_source(source: Source) -> Iterator[Reservation | NotRun]:
    """The records of one document, in order; each statement once."""
    cut = len(source.body) > LONGEST
    text, codec = _decoded(source.body[:LONGEST])
    seen = set[str]()
    count = 0
    unread = set[str]()
    for view in _views(source.kind, text):
        for language, said in said_in(view.text):
            if said is None:
                unread.add(language)
                continue
            written = view.text[said.start : said.end].strip()
            if written in seen:
                continue
            seen.add(written)
            count += 1
            if count > MOST:
                yield not_looked(
                    SOURCE,
                    NotRunReason.LIMIT,
                    f"only the first {MOST} statements of {source.location} were kept",
                    part=source.part,
                )
                return
            start, end = view.span(said.start, said.end)
            span = (_size(text[:start], codec), _size(text[:end], codec))
            yield _record(source, said, written, span, cut=cut)
    if source.names_language and unread and not seen:
        names = ", ".join(sorted(unread))
        yield not_looked(
            SOURCE,
            NotRunReason.NOT_APPLICABLE,
            f"{source.location} is in a language that is not read ({names})",
            part=source.part,
        )


def said_in(text: str) -> Iterator[tuple[str, Statement | None]]:
    """What a text says, by language; None for a passage in a language that is not read."""
    for passage in passages(text):
        if passage.language in UNREAD:
            yield passage.language, None
            continue
        languages: tuple[Language, ...] = tuple(
            one for one in LANGUAGES if passage.language in {one, None}
        )
        for language in languages:
            if language not in shipped():
                yield language, None
                continue
            found = False
            for said in statements(text[passage.start : passage.end], language):
                found = True
                yield language, said.moved(passage.start)
            if found:
                break


def _record(
    source: Source, said: Statement, written: str, span: tuple[int, int], *, cut: bool
) -> Reservation:
    states = set(said.purposes.values())
    warnings = [CONTESTED]
    if states == {ReservationState.UNKNOWN}:
        warnings.append(WEAK)
    elif said.vague:
        warnings.append(VAGUE)
    if ReservationState.ALLOWED in states:
        warnings.append(PERMITS_NOTHING)
    if cut:
        warnings.append("truncated")
    return reservation(
        source=SOURCE,
        protocol=PROTOCOL,
        channel=source.channel,
        scope="repertoire" if said.repertoire and source.scope == "origin" else source.scope,
        purposes=said.purposes,
        native_value=written,
        location=source.location,
        body=source.body,
        span=span,
        formal=Formal.NONCONFORMING,
        authority=source.authority,
        part=source.part,
        observed_at=source.observed_at,
        warnings=warnings,
    )


@dataclass(frozen=True, slots=True)
class _View:
    """A text that is read, and how its places become places of the document."""

    text: str
    region: Region | None = None

    def span(self, start: int, end: int) -> tuple[int, int]:
        return (start, end) if self.region is None else self.region.span(start, end)


def _views(kind: str, text: str) -> Iterator[_View]:
    """The texts of a document. Where something is not read, blanks of the same length stand."""
    match kind:
        case "html" | "page":
            for region in regions(text) if kind == "html" else about_itself(text):
                yield _View(region.text, region)
        case "comments":
            yield _View(_comments(text))
        case "prose":
            if not any(ROBOTS_LINE.match(line) for line in text.splitlines()[:2000]):
                yield _View(text)
        case "markdown":
            region = _card(_without_quotations(text))
            yield _View(region.text, region)
        case _:
            yield _View(text)


def _comments(text: str) -> str:
    """The comments of a robots.txt; everything else becomes blank, line by line."""
    lines = []
    for line in text.splitlines(keepends=True):
        bare = line.rstrip("\r\n")
        ending = line[len(bare) :]
        at = bare.find("#")
        blank = at < 0 or bare[:at].strip()  # behind a rule stands a remark about it
        said = "" if blank else COMMENT.sub(lambda marks: " " * len(marks[0]), bare[at:])
        lines.append(said.rjust(len(bare)) + ending if said else " " * len(bare) + ending)
    return "".join(lines)


def _card(text: str) -> Region:
    """Markdown whose front matter is one statement a line."""
    region = Region()
    at = 0
    if opening := FRONT_MATTER.match(text):
        end = text.find("\n---", opening.end())
        while at < end:
            line = text.find("\n", at) + 1
            region.add(text[at:line], at, line)
            region.add("\n", line, line)
            at = line
    region.add(text[at:], at, len(text))
    return region


def _without_quotations(text: str) -> str:
    """Markdown without quoted lines and code."""
    text = QUOTED_LINE.sub(lambda line: " " * len(line[0]), text)
    marks = [one.span() for one in CODE_BLOCK.finditer(text)]
    for (start, _), (_, end) in reversed(list(zip(marks[::2], marks[1::2], strict=False))):
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text


def _decoded(body: bytes) -> tuple[str, str]:
    """A text, and the codec by which its places become places of the bytes."""
    if body.startswith((b"\xff\xfe", b"\xfe\xff")):
        codec = "utf-16-le" if body[0] == 0xFF else "utf-16-be"
        return body[: len(body) & ~1].decode(codec, "replace"), codec
    try:
        return body.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as fault:
        if fault.start >= len(body) - 4:  # only the cut went through a character
            return body[: fault.start].decode("utf-8"), "utf-8"
        return body.decode("latin-1"), "latin-1"


def _size(text: str, codec: str) -> int:
    return len(text.encode(codec, "surrogatepass" if codec != "latin-1" else "replace"))
