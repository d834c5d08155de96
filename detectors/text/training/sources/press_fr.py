"""French that people wrote: press of France, Quebec and Belgium, reviews, job offers, plays."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from detectors.evaluation.manifest import Label
from detectors.text.training.passages import Extractor, Passage
from detectors.text.training.sources.published import body, without_tags

__all__ = ["EXTRACTORS"]

ARTICLE = re.compile(r"<ARTICLE[^>]*>(.*?)</ARTICLE>", re.DOTALL)
DOCUMENT = re.compile(r"<doc\b([^>]*)>(.*?)</doc>", re.DOTALL)
PAPERS = {
    "GJLHumaURL": ("humanite", "fr"),
    "GJLeFigURL": ("figaro", "fr"),
    "GJLePointURL": ("point", "fr"),
    "GJLibeURL": ("liberation", "fr"),
    "fr_CA_corpus.xml": ("presse-quebec", "fr"),
    "fr_CA_corpus_contraste.xml": ("presse-quebec", "fr"),
    "JDQ.xml": ("journal-quebec", "fr"),
    "DH.xml": ("dh", "fr"),
    "DH_CONTRAST.xml": ("dh", "fr"),
    "LaLibre.xml": ("libre-belgique", "fr"),
    "Guardian_contraste.xml": ("guardian", "en"),
    "Guardian_original.xml": ("guardian", "en"),
    "IT_original.xml": ("irish-times", "en"),
    "CNN_contraste.xml": ("cnn", "en"),
    "CNN_original.xml": ("cnn", "en"),
}
SPEECH = re.compile(r"<p\b[^>]*>(.*?)</p>", re.DOTALL)
PRINTED = re.compile(r"<docDate when=\"(\d{4})")
CUT_SHORT = re.compile(r"\(\.\.\.\)\s*$")


def press(path: str, data: bytes) -> Iterator[Passage]:
    """Articles of one newspaper; those that come twice come twice."""
    name = PurePosixPath(path).name
    if name not in PAPERS:
        return
    source, language = PAPERS[name]
    text = data.decode("utf-8", "replace")
    found = ARTICLE.findall(text) or [inner for _, inner in DOCUMENT.findall(text)]
    for number, inner in enumerate(found):
        written = html.unescape(without_tags(inner)).strip()
        written = CUT_SHORT.sub("", re.sub(r" {3,}", "\n\n", written))
        yield Passage(written, Label.HUMAN, source, "news", language, f"{source}/{name}/{number}")


def reviews(path: str, data: bytes) -> Iterator[Passage]:
    """What viewers wrote of two films."""
    rows = csv.DictReader(io.StringIO(data.decode("utf-8", "replace")), delimiter="|")
    for number, row in enumerate(rows):
        text = row.get("comment") or ""
        yield Passage(text, Label.HUMAN, "allocine", "review", "fr", f"allocine/{number}")


def state(path: str, data: bytes) -> Iterator[Passage]:
    """Job offers and descriptions of services of French administrations."""
    kind = "job" if "_jobs" in path else "service"
    text = body(data.decode("utf-8", "replace"))
    yield Passage(text, Label.HUMAN, f"beta-gouv-{kind}", kind, "fr", f"beta.gouv/{path}")


def plays(path: str, data: bytes) -> Iterator[Passage]:
    """The prose that is spoken in a play."""
    text = data.decode("utf-8", "replace")
    printed = PRINTED.search(text)
    if printed is None or int(printed[1]) < 1750:
        return
    spoken = [html.unescape(without_tags(one)).strip() for one in SPEECH.findall(text)]
    written = "\n\n".join(re.sub(r"\s+", " ", one) for one in spoken if one)
    author = PurePosixPath(path).stem.partition("-")[0]
    yield Passage(written, Label.HUMAN, "fredracor", "dialogue", "fr", f"fredracor/{author}")


EXTRACTORS: dict[str, Extractor] = {
    "feryah/gilets_jaunes": press,
    "DavidScanu/nlp-critiques-film": reviews,
    "betagouv/beta.gouv.fr": state,
    "dracor-org/fredracor": plays,
}
