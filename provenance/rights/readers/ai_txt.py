"""ai.txt as Spawning proposed it in 2023: which types of file may be used for training.

The file borrows the grammar of robots.txt and is read when media are fetched for training, not when
pages are crawled: `Disallow: *.jpg` reserves the pictures of a host. Files of that name are mostly
something else (prose for language models, other proposals), so one is taken for a declaration only
when every line keeps the grammar and it names file types or Spawning. Otherwise it is reported as
unrecognised and says nothing. Where file types are named, records that nobody knows are stepped
over.

Usage preferences (`Content-Usage`) that stand in such a file belong to robots.txt and to header
fields. They are kept as evidence of what was meant, under a protocol of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from provenance.evidence import NotRun, NotRunReason, Reservation, ReservationState
from provenance.rights.aipref import read_statement
from provenance.rights.patterns import PathPattern, normalised
from provenance.rights.record_lines import BODY_BYTES, keyed_lines
from provenance.rights.records import Authority, Channel, Formal, not_looked, reservation
from provenance.rights.surroundings import RightsFile

if TYPE_CHECKING:
    from provenance.asset import Asset

__all__ = ["CONTENT_USAGE", "AiTxt", "AiTxtReader", "parse"]

SOURCE = "ai_txt"
PROTOCOL = "ai.txt"
CONTENT_USAGE = "ai.txt-content-usage"
MOST_RULES = 2000
MOST_ON_LINE = 50
MOST_AGENTS, MOST_TYPES = 1000, 10_000
FILE_TYPE = re.compile(r"/?\*\.([A-Za-z0-9]{1,10})\$?")
WORD = re.compile(r"[a-z][a-z0-9_-]{0,39}")
BETWEEN_TYPES = re.compile(r"[,;\s]+")
LONGEST_ENDING = 10
KNOWN_KEYS = frozenset(
    {
        *("user-agent", "disallow", "allow", "sitemap", "crawl-delay", "host", "noindex"),
        *("content-usage", "content-signal", "license", "contact", "spec", "policy"),
    }
)
SPEAKING = frozenset({"allow", "disallow", "content-usage"})
ENDINGS: dict[str, tuple[str, ...]] = {
    "image/jpeg": ("jpg", "jpeg", "jpe"),
    "image/tiff": ("tif", "tiff"),
    "image/svg+xml": ("svg",),
    "image/heic": ("heic", "heif"),
    "image/heif": ("heif", "heic"),
    "image/x-icon": ("ico",),
    "image/vnd.microsoft.icon": ("ico",),
    "audio/mpeg": ("mp3",),
    "audio/mp4": ("m4a", "mp4"),
    "audio/ogg": ("ogg", "oga", "opus"),
    "audio/wav": ("wav",),
    "audio/x-wav": ("wav",),
    "audio/aiff": ("aiff", "aif"),
    "audio/x-ms-wma": ("wma",),
    "video/mp4": ("mp4", "m4v"),
    "video/ogg": ("ogv", "ogg"),
    "video/quicktime": ("mov", "qt"),
    "video/x-msvideo": ("avi",),
    "video/x-matroska": ("mkv",),
    "video/x-flv": ("flv",),
    "video/x-ms-wmv": ("wmv",),
    "text/html": ("html", "htm"),
    "application/xhtml+xml": ("xhtml", "html"),
    "text/plain": ("txt",),
    "text/markdown": ("md",),
    "text/javascript": ("js",),
    "text/xml": ("xml",),
    "application/javascript": ("js",),
    "application/x-tex": ("tex",),
    "application/msword": ("doc",),
    "application/epub+zip": ("epub",),
    "application/vnd.oasis.opendocument.text": ("odt",),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx",),
    **{f"image/{one}": (one,) for one in ("png", "gif", "webp", "bmp", "avif", "jxl", "jp2")},
    **{f"audio/{one}": (one,) for one in ("aac", "flac", "opus", "amr", "webm")},
    **{f"application/{one}": (one,) for one in ("pdf", "rtf", "json", "xml", "zip")},
    **{f"text/{one}": (one,) for one in ("css", "csv", "rtf")},
    "video/webm": ("webm",),
}
"""How files of a media type are called."""

FAMILIES = {
    ending: media_type.partition("/")[0]
    for media_type, endings in ENDINGS.items()
    for ending in endings
}
"""What kind of file an ending promises."""

Records = tuple[Reservation | NotRun, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line.

    Attributes:
        allows: whether it permits.
        written: its pattern.
        file_type: extension it is about, in lower case; None for a rule about paths.
        pattern: of the paths it is about.
        span: byte range of the line.
        flaw: why the line is none by the letter, as a warning.
    """

    allows: bool
    written: str
    file_type: str | None
    pattern: PathPattern
    span: tuple[int, int]
    flaw: str | None = None


@dataclass(slots=True)
class Group:
    """The rules for some agents."""

    agents: tuple[str, ...]
    rules: list[Rule] = field(default_factory=list)
    usages: list[tuple[str, tuple[int, int]]] = field(default_factory=list)
    types: dict[str, Rule] = field(default_factory=dict)
    paths: list[Rule] = field(default_factory=list)


class AiTxtReader:
    """The reader of ai.txt."""

    source = SOURCE
    media = frozenset({"*"})
    version = "1"

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """What the ai.txt of its host says of `asset`."""
        around = asset.around
        for file in around.file(Channel.AI_TXT) if around else ():
            if around is not None and file.is_there:
                yield from parse(file).about(
                    around.path, agent=around.agent, media_type=asset.media_type
                )
            elif not file.is_absent:
                yield not_looked(SOURCE, NotRunReason.FETCH_FAILED, f"{file.url} did not answer")


def parse(file: RightsFile) -> AiTxt:
    """Read a host's ai.txt."""
    return AiTxt(file)


class AiTxt:
    """A host's ai.txt, asked about many addresses."""

    def __init__(self, file: RightsFile) -> None:
        self._file = file
        self._warnings: list[str] = []
        self._unknown: str | None = None
        self._groups: list[Group] = []
        self._known: dict[tuple[int, ...], Records] = {}
        self._made: dict[tuple[int, int], Records] = {}
        self._speaking: dict[str | None, tuple[int, ...]] = {}
        self._typed: dict[tuple[int, str, str | None], Rule | None] = {}
        if len(file.body) > BODY_BYTES:
            self._warnings.append(f"truncated: only the first {BODY_BYTES:,} bytes were read")
        self._unrecognised = self._read(file.body)
        self._recognised = self._unrecognised is None

    def about(self, path: str, *, agent: str | None, media_type: str | None) -> Records:
        """What it says of one address, by the type of the file that stands there."""
        if self._unrecognised is not None:
            return self._unrecognised
        ending = _ending(path)
        said = [
            one for n in self._groups_for(agent) if (one := self._said(n, path, ending, media_type))
        ]
        if len(said) < 2:
            return said[0] if said else ()
        key = tuple(map(id, said))  # answers live as long as this object, so ids are theirs
        if key not in self._known:
            self._known[key] = tuple(record for one in said for record in one)
        return self._known[key]

    def _groups_for(self, agent: str | None) -> tuple[int, ...]:
        """The groups that speak to an agent; all of them when nobody in particular asks."""
        found = self._speaking.get(agent)
        if found is None:
            everyone = range(len(self._groups))
            token = agent.casefold() if agent is not None else ""
            own = [n for n in everyone if token in self._groups[n].agents]
            shared = [n for n in everyone if "*" in self._groups[n].agents]
            found = tuple(everyone if agent is None else own or shared)
            if len(self._speaking) < MOST_AGENTS:
                self._speaking[agent] = found
        return found

    def _said(self, n: int, path: str, ending: str, media_type: str | None) -> Records:
        group = self._groups[n]
        rule = self._by_type(group, ending, media_type)
        if rule is None and group.paths:
            plain = normalised(path)
            rule = next((one for one in group.paths if one.pattern.matches(plain)), None)
        key = (n, id(rule))  # rules live as long as this object
        if key not in self._made:
            self._made[key] = tuple(self._records(group, rule))
        return self._made[key]

    def _by_type(self, group: Group, ending: str, media_type: str | None) -> Rule | None:
        """The rule about the type of the file; of several the one that reserves it."""
        key = (id(group), ending, media_type)
        if key in self._typed:
            return self._typed[key]
        endings = _endings(ending, media_type)
        typed = [group.types[one] for one in endings if one in group.types]
        rule = min(typed, key=lambda one: one.allows, default=None)
        if len(self._typed) < MOST_TYPES:
            self._typed[key] = rule
        return rule

    def _records(self, group: Group, rule: Rule | None) -> Iterator[Reservation]:
        agent = None if "*" in group.agents else group.agents[0]
        warnings = list(self._warnings)
        if self._unknown is not None:
            warnings.append(f"unknown_line: ai.txt has no record {self._unknown}")
        if rule is not None and rule.flaw:
            warnings.append(rule.flaw)
        odd = self._unknown is not None or (rule is not None and rule.flaw is not None)
        if agent is not None:
            warnings.append(f"agent_scoped: {', '.join(group.agents)}"[:300])
        if rule is not None and self._recognised:
            state = ReservationState.ALLOWED if rule.allows else ReservationState.RESERVED
            yield reservation(
                source=SOURCE,
                protocol=PROTOCOL,
                channel=Channel.AI_TXT,
                scope=_scope(rule),
                purposes={"train-ai": state, "train-genai": state},
                native_value=f"{'Allow' if rule.allows else 'Disallow'}: {rule.written}",
                location=self._file.url,
                body=self._file.body,
                span=rule.span,
                formal=Formal.NONCONFORMING if odd else Formal.VALID,
                authority=Authority.ORIGIN_CONTROLLED,
                agent=agent,
                observed_at=self._file.observed_at,
                warnings=warnings,
            )
        for written, span in group.usages:
            for reading in read_statement(written):
                if not reading.purposes:
                    continue
                yield reservation(
                    source=SOURCE,
                    protocol=CONTENT_USAGE,
                    channel=Channel.AI_TXT,
                    scope="origin",
                    purposes=reading.purposes,
                    native_value=f"Content-Usage: {written}",
                    location=self._file.url,
                    body=self._file.body,
                    span=span,
                    formal=max((Formal.NONCONFORMING, reading.formal), key=list(Formal).index),
                    authority=Authority.ORIGIN_CONTROLLED,
                    agent=agent,
                    observed_at=self._file.observed_at,
                    warnings=(*warnings, *reading.warnings, "misplaced: a line of robots.txt"),
                )

    def _read(self, body: bytes) -> Records | None:
        """Fill the groups; what to answer instead when it is no declaration."""
        strange = self._fill(body)
        typed = any(group.types for group in self._groups)
        ours = typed or b"spawning" in body[:BODY_BYTES].lower()
        usages = any(group.usages for group in self._groups)
        if strange is None and self._unknown is not None and not typed:
            strange = f"a line starts with {self._unknown!r}"
        if strange is None and self._groups and (ours or usages):
            if not ours:  # preferences stand in it, and nothing else that is known
                for group in self._groups:
                    group.types.clear()
                    group.paths.clear()
            return None
        why = strange or "it names no file types and no agents" if not ours else strange
        detail = f"unrecognised: {self._file.url} is no ai.txt of Spawning's: {why or 'no groups'}"
        return (not_looked(SOURCE, NotRunReason.NOT_APPLICABLE, detail),)

    def _fill(self, body: bytes) -> str | None:
        """Read the lines into groups; what is strange about the first line that is no rule."""
        agents: list[str] = []
        group: Group | None = None
        lines = 0
        for key, value, span in keyed_lines(body):
            if key not in KNOWN_KEYS:
                if not value or WORD.fullmatch(key) is None:
                    return f"a line starts with {key[:40]!r}"
                self._unknown = self._unknown or key
            elif key == "user-agent":
                agents, group = ([] if group else agents), None
                agents.append(value.casefold())
            elif key in SPEAKING and value:
                lines += 1
                if lines > MOST_RULES:
                    self._warnings.append(f"truncated: only the first {MOST_RULES:,} rules count")
                    break
                if group is None:
                    group = Group(tuple(agents or ["*"]))
                    self._groups.append(group)
                _add(group, key, value, span, named=bool(agents))
        for one in self._groups:
            _index(one)
        return None


def _add(group: Group, key: str, value: str, span: tuple[int, int], *, named: bool) -> None:
    if key == "content-usage":
        group.usages.append((value, span))
        return
    flaw = None if named else "scope_ambiguous: it stands before any user agent"
    written = BETWEEN_TYPES.split(value)
    if len(written) > 1 and all(map(FILE_TYPE.fullmatch, written)):
        flaw = "typo: a line holds one pattern"
    else:
        written = [value]
    for one in written[:MOST_ON_LINE]:
        group.rules.append(replace(_rule(one, span, allows=key == "allow"), flaw=flaw))


def _rule(written: str, span: tuple[int, int], *, allows: bool) -> Rule:
    typed = FILE_TYPE.fullmatch(written)
    pattern = PathPattern(written if written.startswith(("/", "*")) else f"/{written}")
    return Rule(allows, written, typed[1].lower() if typed else None, pattern, span)


def _index(group: Group) -> None:
    """By type of file; by path the longest first, and of two alike the one that allows."""
    for rule in group.rules:
        if rule.file_type is None:
            group.paths.append(rule)
        elif rule.file_type not in group.types or group.types[rule.file_type].allows:
            group.types[rule.file_type] = rule
    group.paths.sort(key=lambda rule: (-len(rule.pattern.text), not rule.allows))


def _scope(rule: Rule) -> str:
    return "origin" if rule.written in ("/", "*", "/*") else f"path:{rule.written}"


def _ending(path: str) -> str:
    """What follows the last dot of the last segment of a path, in lower case; '' for nothing."""
    bare = path.partition("?")[0]
    _, dot, ending = bare[bare.rfind("/") + 1 :].rpartition(".")
    return ending.lower() if dot and len(ending) <= LONGEST_ENDING and ending.isalnum() else ""


def _endings(ending: str, media_type: str | None) -> tuple[str, ...]:
    """Endings the file can have: its own, and those of its media type where they differ in kind."""
    if not ending:
        return _of_media_type(media_type) if media_type else ()
    if media_type is None or FAMILIES.get(ending) == media_type.partition("/")[0]:
        return (ending,)
    return tuple(dict.fromkeys((ending, *_of_media_type(media_type))))


def _of_media_type(media_type: str) -> tuple[str, ...]:
    return ENDINGS.get(media_type.partition(";")[0].strip().lower(), ())
