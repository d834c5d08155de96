"""Where a manifest stands in a text: C2PA 2.4 annex A.7, A.8 and A.9, for whoever writes one.

`text` finds marks for the reader and decodes nothing; here manifests are taken out whole, and a
place is chosen for a new one:

- A.7, HTML: a `script` element at the end of the head;
- A.8, plain text: a wrapper of variation selectors behind the last letter;
- A.9, what has comments: a block in a comment line. In Markdown and YAML it is the first line, or
  the first of the front matter; elsewhere it is the last, because the first may be reserved.

What stands outside is kept to the byte. A.8 hashes a text in its composed form (NFC), so a text
that is in another cannot be told from what was signed, and has no place here. Nothing is written
into what has no comments, because the wrapper would be part of the data: JSON, CSV, subtitles; nor
into XML, whose comments may not hold the two hyphens of the delimiters; nor behind a text whose end
would take a comment in. Whether one would is not parsed, and in doubt the text is left alone.
"""

from __future__ import annotations

import base64
import binascii
import re
import struct
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath

from provenance.c2pa.text import DELIMITER, MAGIC, selectors
from provenance.errors import SigningRefused

__all__ = ["TEXTS", "Found", "Place", "body", "found", "place"]

PLAIN, MARKDOWN, HTML, XHTML = "text/plain", "text/markdown", "text/html", "application/xhtml+xml"
TEXTS = frozenset({PLAIN, MARKDOWN, HTML, XHTML})
"""Media types with a place for a manifest."""

PLAIN_NAMES = frozenset({".txt", ".text"})
YAML = frozenset({".yaml", ".yml"})
BRACES = (".js", ".ts", ".go", ".rs", ".c", ".cpp", ".h", ".java")
COMMENTS = {
    **dict.fromkeys((".py", ".rb", ".sh", ".r", ".toml", *YAML), ("# ", "")),
    **dict.fromkeys(BRACES, ("// ", "")),
    **dict.fromkeys((".sql", ".lua", ".hs"), ("-- ", "")),
    ".css": ("/* ", " */"),
    ".tex": ("% ", ""),
}
"""How a comment line begins and ends, by the ending of the name."""

TAKES_IN = (
    (frozenset(COMMENTS), re.compile(rb"\\\s*\Z"), "ends in a backslash, which goes on in it"),
    (frozenset(COMMENTS), re.compile(rb"\r\Z"), "ends in half a line end"),
    (frozenset({".sh"}), re.compile(rb"<<"), "has a here-document, which may be open at its end"),
    (frozenset({".sh"}), re.compile(rb"\$\{?0|BASH_SOURCE"), "may read itself, by its own name"),
    (frozenset({".rb"}), re.compile(rb"^__(?:END|DATA)__\b", re.MULTILINE), "ends in data"),
)
"""What could take a comment behind it in: in which texts, what it looks like, and what is said."""

TRIPLE_QUOTED = frozenset({".py", ".toml", ".java"})
BLOCK_COMMENTED = frozenset({*BRACES, ".css", ".sql"})
BLOCK_SCALAR = re.compile(
    rb"^(?P<key>[^\n]*[ \t:])?[|>][-+0-9]{0,2}[ \t]*(?:[ \t]#[^\n]*)?$", re.MULTILINE
)
NO_KEY = re.compile(rb"\s*(?:(?:---|[!&]\S*)\s+)*")
CLOSING = b"-----END C2PA MANIFEST-----"
URI = b"data:application/c2pa;base64,"
BOM = b"\xef\xbb\xbf"
VERSION = b"\x01"
WRAPPER = re.compile(
    re.escape(MAGIC) + rb"((?:\xef\xb8[\x80-\x8f]|\xf3\xa0[\x84-\x87][\x80-\xbf])*+)"
)
BLOCK = re.compile(
    re.escape(DELIMITER)
    + rb"[\s*#;/]{0,100}data:([^,\s]{0,100}),([A-Za-z0-9+/=]*+)[\s*#;/]{0,100}"
    + re.escape(CLOSING)
)
SCRIPT = re.compile(
    rb"<script\b[^<>]{0,300}\bapplication/c2pa\b[^<>]{0,300}>([^<]++)</script\s{0,100}>",
    re.IGNORECASE,
)
FRONT_MATTER = re.compile(rb"(---|\+\+\+)[ \t]*\r?\n(?:[^\n]*\n)*?\1[ \t]*(?:\r?\n|\Z)")
TAG = re.compile(rb"""<(/?)([a-z][^\s/>]*+)(?:[^>"']|"[^"]*+"|'[^']*+')*+>""", re.IGNORECASE)
STANDS_ALONE = frozenset({b"meta", b"link", b"base"})
HOLDS_TEXT = frozenset({b"title", b"style", b"script", b"noscript", b"template"})


@dataclass(frozen=True, slots=True)
class Found:
    """A manifest in a text.

    Attributes:
        start, end: where it stands, with the line that was made for it, in bytes.
        store: what it holds; None when that cannot be told.
    """

    start: int
    end: int
    store: bytes | None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a manifest is to stand.

    Attributes:
        before, after: the text on either side of it.
        opening, closing: what the store is put between, in base64; nothing for a wrapper.
    """

    before: bytes
    after: bytes
    opening: bytes = b""
    closing: bytes = b""

    def length(self, store: int) -> int:
        """How many bytes a manifest store of `store` bytes takes up here.

        A wrapper has the length of one whose selectors all take four bytes, and six more, as A.8
        says; thus it is known before it is made.
        """
        if self.opening:
            return len(self.opening) + (store + 2) // 3 * 4 + len(self.closing)
        return len(BOM) + (len(b"C2PATXT\0" + VERSION) + 4 + store) * 4 + 6

    def filled(self, store: bytes) -> bytes | None:
        """The text with a manifest store; None when a wrapper does not come to its length.

        The selectors of small bytes take three bytes, and what is missing is made up with those of
        zero. That leaves a remainder for two stores in three: A.8 has a selector of four bytes for
        it, about which writers and readers differ, so it is not used.
        """
        if self.opening:
            block = self.opening + base64.b64encode(store) + self.closing
            return self.before + block + self.after
        content = VERSION + struct.pack(">I", len(store)) + store
        wrapper = MAGIC + selectors(content).encode()
        filler = selectors(b"\0").encode()
        missing, remainder = divmod(self.length(len(store)) - len(wrapper), len(filler))
        return None if remainder else self.before + wrapper + filler * missing + self.after


def found(text: bytes, media_type: str) -> list[Found]:
    """The manifests in a text, in order; those that are cut or garbage, too."""
    ways = [_wrappers(text), _blocks(text)]
    if media_type in {HTML, XHTML}:
        ways.append(_scripts(text))
    return sorted((one for way in ways for one in way), key=lambda one: one.start)


def body(text: bytes, manifests: list[Found]) -> bytes:
    """The text without them."""
    kept, at = [], 0
    for one in manifests:
        kept.append(text[at : one.start])
        at = max(at, one.end)
    return b"".join([*kept, text[at:]])


def place(text: bytes, media_type: str, name: str) -> Place:
    """The place for a manifest in a text that has none.

    Raises:
        SigningRefused: there is none.
    """
    _is_text(text, name)
    if media_type in {HTML, XHTML}:
        return _in_head(text, media_type, name)
    if media_type == MARKDOWN:
        return _first_line(text, "<!-- ", " -->")
    ending = PurePath(name).suffix.lower()
    if ending in YAML and not text.removeprefix(BOM).startswith((b"#", b"%")):
        return _first_line(text, *COMMENTS[ending])
    if ending in COMMENTS:
        _ends_outside(text, ending, name)
        return _last_line(text, *COMMENTS[ending])
    if ending not in PLAIN_NAMES:
        raise SigningRefused(
            f"{name}: nothing says that this is plain text, and in any other kind of file the "
            "manifest might be taken for data",
            hint=f"If it is, name it .txt. There is a place in {', '.join(COMMENTS)}, too.",
        )
    if not unicodedata.is_normalized("NFC", text.decode()):
        raise SigningRefused(
            f"{name}: has letters in another form than the composed one (NFC) that is signed",
            hint="Compose them first: uconv -x any-nfc -o NEW OLD. It looks the same.",
        )
    return Place(text, b"")


def _is_text(text: bytes, name: str) -> None:
    try:
        text.decode()
    except UnicodeDecodeError as fault:
        raise SigningRefused(
            f"{name}: is not UTF-8 (byte {fault.start}), and manifests are found in no other text",
            hint="Convert it first: iconv -f ISO-8859-1 -t UTF-8, or whatever it is.",
        ) from fault
    if b"\0" in text:
        raise SigningRefused(f"{name}: is not text, it has a zero byte")


def _ends_outside(text: bytes, ending: str, name: str) -> None:
    """Refuse a text whose end would take in a comment that is put behind it, or may."""
    reasons = [why for kinds, mark, why in TAKES_IN if ending in kinds and mark.search(text)]
    if ending in TRIPLE_QUOTED and any(text.count(mark) % 2 for mark in (b'"""', b"'''")):
        reasons.append("has an odd number of triple quotes, so that one may be open at its end")
    if ending in BLOCK_COMMENTED and b"/*" in text and text.rfind(b"/*") + 1 >= text.rfind(b"*/"):
        reasons.append("has a block comment that may be open at its end")
    if ending in YAML and _in_block_scalar(text):
        reasons.append("ends in a block scalar, which may be open")
    if reasons:
        raise SigningRefused(
            f"{name}: {reasons[0]}, and a manifest behind it could change what it means",
            hint="Keep the manifest in a sidecar, or sign the archive that is released.",
        )


def _in_block_scalar(text: bytes) -> bool:
    """Whether a block scalar may be open: only a line without indentation closes one for sure.

    One that has no key may itself be without indentation, so nothing does.
    """
    text, last = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), None
    for last in BLOCK_SCALAR.finditer(text):
        if NO_KEY.fullmatch(last["key"] or b""):
            return True
    return last is not None and not re.search(rb"\n[^\s#]", text[last.end() :])


def _wrappers(text: bytes) -> Iterator[Found]:
    for one in WRAPPER.finditer(text):
        content = bytes(map(_byte, one[1].decode("utf-8", "replace")))
        size = int.from_bytes(content[1:5], "big")
        whole = content[:1] == VERSION and 0 < size <= len(content) - 5
        yield Found(one.start(), one.end(), content[5 : 5 + size] if whole else None)


def _byte(selector: str) -> int:
    """What a variation selector stands for; past the last one, nothing that could be decoded."""
    code = ord(selector)
    return code - 0xFE00 if code < 0xFE10 else min(code - 0xE0100 + 16, 255)


def _blocks(text: bytes) -> Iterator[Found]:
    for one in BLOCK.finditer(text):
        embedded = b"data:" + one[1] + b"," == URI
        start = text.rfind(b"\n", 0, one.start()) + 1
        end = text.find(b"\n", one.end()) + 1 or len(text)
        if not _comment_alone(text[start : one.start()], text[one.end() : end]):
            start, end = one.span()
        elif start == 0 and text.startswith(BOM):
            start = len(BOM)
        elif end == len(text) and start and not text.endswith(b"\n"):
            start -= 2 if text[:start].endswith(b"\r\n") else 1  # its own line was begun for it
        yield Found(start, end, _decoded(one[2]) if embedded else None)


def _comment_alone(before: bytes, after: bytes) -> bool:
    """Whether nothing but the marks of a comment shares the line of a block."""
    return not re.search(rb"[^\s#/*<!%;-]", before.removeprefix(BOM)) and not re.search(
        rb"[^\s*/>-]", after
    )


def _scripts(text: bytes) -> Iterator[Found]:
    for one in SCRIPT.finditer(text):
        if content := b"".join(one[1].split()):
            yield Found(one.start(), one.end(), _decoded(content))


def _decoded(content: bytes) -> bytes | None:
    try:
        return base64.b64decode(content, validate=True) or None
    except binascii.Error:
        return None


def _line_end(text: bytes) -> bytes:
    return b"\r\n" if b"\r\n" in text else b"\n"


def _comment(before: str, after: str) -> tuple[bytes, bytes]:
    return before.encode() + DELIMITER + b" " + URI, b" " + CLOSING + after.encode()


def _first_line(text: bytes, before: str, after: str) -> Place:
    """A comment before all else but a byte order mark, or the fence of front matter."""
    at = len(BOM) if text.startswith(BOM) else 0
    if FRONT_MATTER.match(text, at):
        at = text.index(b"\n", at) + 1
        before, after = "# ", ""  # a comment of YAML, and of TOML
    opening, closing = _comment(before, after)
    return Place(text[:at], text[at:], opening, closing + _line_end(text))


def _last_line(text: bytes, before: str, after: str) -> Place:
    """A comment on a line of its own behind all else; never an empty line, which could count."""
    opening, closing = _comment(before, after)
    if not text or text.endswith(b"\n"):
        return Place(text, b"", opening, closing + b"\n")
    return Place(text, b"", b"\n" + opening, closing)  # a reader takes CR for part of the text


def _in_head(text: bytes, media_type: str, name: str) -> Place:
    at = _end_of_head(text, media_type)
    if at is None or (media_type == XHTML and text[at : at + 6].lower() != b"</head"):
        raise SigningRefused(
            f"{name}: the end of its head could not be found, where the manifest belongs",
            hint="Close what is open in it: comments, scripts, styles and the head itself.",
        )
    return Place(text[:at], text[at:], b'<script type="application/c2pa">', b"</script>")


def _end_of_head(page: bytes, media_type: str) -> int | None:
    """Where the head ends, also one that has no tags; None when something in it stays open.

    Follows the insertion modes of HTML up to "in head" (section 13.2.6.4): whatever does not belong
    into a head ends it, and a script that stands there is in it.
    """
    at = len(BOM) if page.startswith(BOM) else 0
    while at < len(page):
        if page[at : at + 1].isspace():
            at += 1
        elif page.startswith(b"<!--", at):
            at = page.find(b"-->", at + 2) + 3
            if at < 3:
                return None
        elif page.startswith((b"<!", b"<?"), at):
            at = page.find(b">", at) + 1
            if not at:
                return None
        else:
            tag = TAG.match(page, at)
            kind = tag[2].lower() if tag and not tag[1] else b""
            if tag is None or kind not in {b"html", b"head"} | STANDS_ALONE | HOLDS_TEXT:
                return at
            at = tag.end()
            empty = media_type == XHTML and tag[0].endswith(b"/>")
            if kind in HOLDS_TEXT and not empty:
                after = _behind(page, kind, at)
                if after is None:
                    return None
                at = after
    return at


def _behind(page: bytes, kind: bytes, at: int) -> int | None:
    """Where the end tag of an element ends; None when it is not clear which one that is."""
    end = re.compile(rb"</" + kind + rb"[\s/>]", re.IGNORECASE).search(page, at)
    if end is None:
        return None
    inside = page[at : end.start()].lower()
    if b"<" + kind in inside and (kind == b"template" or b"<!--" in inside):
        return None  # one in another, or a script in a comment in a script, which goes on
    return page.find(b">", end.start()) + 1 or None
