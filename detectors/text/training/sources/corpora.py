"""Corpora of English that were written long before there were machines that write.

The Brown corpus (1961), MASC, addresses of US presidents, web pages of the English Web Treebank.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import PurePosixPath

from detectors.evaluation.manifest import Label
from detectors.text.training.passages import Extractor, Passage
from detectors.text.training.sources.published import joined

__all__ = ["EXTRACTORS"]

BROWN = {
    "a": "news",
    "b": "opinion",
    "c": "review",
    "d": "religion",
    "e": "how-to",
    "f": "popular",
    "g": "essay",
    "h": "government",
    "j": "scientific",
    "k": "story",
    "l": "story",
    "m": "story",
    "n": "story",
    "p": "story",
    "r": "humour",
}
MASC = {
    "spam": "letter",
    "email": "e-mail",
    "newspaper": "news",
    "letters": "letter",
    "blog": "blog",
    "jokes": "humour",
    "journal": "opinion",
    "essays": "essay",
    "technical": "scientific",
    "travel": "how-to",
    "movie-script": "dialogue",
    "govt-docs": "government",
    "debate-transcript": "speech",
    "court-transcript": "speech",
    "fiction": "story",
    "ficlets": "story",
    "non-fiction": "popular",
    "nonfiction": "popular",
    "face-to-face": "dialogue",
    "telephone": "dialogue",
    "twitter": "forum",
}
WEB = {
    "answers": "answer",
    "email": "e-mail",
    "newsgroup": "forum",
    "reviews": "review",
    "weblog": "blog",
}
TAGGED = re.compile(r"(\S+)/[^\s/]+")
UNDERSCORED = re.compile(r"(\S+)_\S+")
SENTENCE = re.compile(r"^# text = (.+)$", re.MULTILINE)
PARAGRAPH = re.compile(r"# newpar")


def nltk(path: str, data: bytes) -> Iterator[Passage]:
    """The texts of one archive."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        read = READERS[PurePosixPath(path).stem]
        yield from read(archive)


def brown(archive: zipfile.ZipFile) -> Iterator[Passage]:
    """500 texts of about 2,000 words."""
    for name in sorted(archive.namelist()):
        stem = PurePosixPath(name).name
        if not re.fullmatch(r"c[a-r]\d\d", stem):
            continue
        tagged = archive.read(name).decode("latin-1")
        paragraphs = [joined(TAGGED.sub(r"\1", one)) for one in re.split(r"\n{2,}", tagged)]
        kind = BROWN[stem[1]]
        text = "\n\n".join(one.strip() for one in paragraphs if one.strip())
        yield Passage(text, Label.HUMAN, f"brown-{kind}", kind, "en", f"brown/{stem}")


def masc(archive: zipfile.ZipFile) -> Iterator[Passage]:
    """391 texts of the 1990s to 2010s."""
    named = {}
    categories = archive.read("masc_tagged/categories.txt").decode()
    for line in categories.splitlines():
        name, _, category = line.strip().rpartition(" ")
        named[PurePosixPath(name.strip()).name] = category.lower()
    for name in sorted(archive.namelist()):
        stem = PurePosixPath(name).name
        kind = MASC.get(named.get(stem, ""))
        if kind is not None:
            tagged = archive.read(name).decode("utf-8", "replace")
            text = joined(UNDERSCORED.sub(r"\1", tagged))
            yield Passage(text, Label.HUMAN, f"masc-{kind}", kind, "en", f"masc/{stem}")


def addresses(archive: zipfile.ZipFile) -> Iterator[Passage]:
    """State of the Union, 1945 to 2006."""
    for name in sorted(archive.namelist()):
        if name.endswith(".txt") and PurePosixPath(name).name[:1].isdigit():
            text = archive.read(name).decode("latin-1")
            stem = PurePosixPath(name).stem
            president = stem.partition("-")[2]
            yield Passage(
                text, Label.HUMAN, "state-of-the-union", "speech", "en", f"union/{president}"
            )


def web(path: str, data: bytes) -> Iterator[Passage]:
    """One page of the web of 2003 to 2012."""
    kind = WEB.get(PurePosixPath(path).parent.name)
    if kind is None or ".enhanced" in path:
        return
    text = " ".join(SENTENCE.findall(data.decode("utf-8", "replace")))
    yield Passage(text, Label.HUMAN, f"ewt-{kind}", kind, "en", f"ewt/{PurePosixPath(path).name}")


READERS = {"brown": brown, "masc_tagged": masc, "state_union": addresses}

EXTRACTORS: dict[str, Extractor] = {
    "nltk/nltk_data": nltk,
    "UniversalDependencies/UD_English-EWT": web,
}
