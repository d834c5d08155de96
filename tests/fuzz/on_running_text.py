"""Targets that take running text out of pages, packages and subtitles, and put lines together.

PDFs are left to `tests/detectors/decode/test_hostile_pages.py`: PDFium stays in a worker.
"""

from __future__ import annotations

from math import isfinite

from provenance.containers.page_lines import HYPHEN, Line, Place, lines_joined, pages_mended
from provenance.containers.running_text import MEDIA_TYPES, running_text
from provenance.containers.subtitles import text_of_cues
from provenance.containers.walk import FaultError
from tests.fuzz.contract import SMALL, BrokenContractError, as_asset
from tests.fuzz.registry import named


@named("running_text", "containers.running_text", "containers.markup")
def _running_text(data: bytes) -> None:
    """The same bytes as every kind of document."""
    for media_type in sorted(MEDIA_TYPES - {"application/pdf"}):
        try:
            for part in running_text(as_asset(data, media_type), SMALL):
                part.text.encode()
        except FaultError:
            continue


@named("subtitles", "containers.subtitles")
def _subtitles(data: bytes) -> None:
    """Each stretch leads to its place in the file."""
    text = data.decode("utf-8", "replace")
    spoken = text_of_cues(text)
    ends = (*spoken.places, len(spoken.text))[1:]
    for start, end, origin in zip(spoken.places, ends, spoken.origins, strict=True):
        said = spoken.text[start:end]
        if not said or not 0 <= origin < len(text):
            raise BrokenContractError(f"a stretch at {start} leads to {origin}")
        if said != text[origin : origin + len(said)] and len(said) > 1:
            raise BrokenContractError(f"what is said at {start} does not stand at {origin}")


@named("page_lines", "containers.page_lines")
def _page_lines(data: bytes) -> None:
    """Pages apart by form feeds, lines of a text and six numbers; letters stay as they are."""
    pages = []
    for page in data.decode("utf-8", "replace").split("\f"):
        lines = [_line(one) for one in page.replace("\r", "").split("\n")]
        joined = lines_joined([line for line in lines if line.text.strip(HYPHEN)])
        if _letters(joined) != _letters("".join(line.text for line in lines)):
            raise BrokenContractError("joining changed letters")
        pages.append(joined)
    for page, mended in zip(pages, pages_mended(pages), strict=True):
        if _letters(mended) not in _letters(page):
            raise BrokenContractError("mending changed letters")


def _line(line: str) -> Line:
    text, *numbers = line.split("\t")
    try:
        place = Place(*map(float, numbers))
    except (TypeError, ValueError):
        return Line(text.strip(), None)
    sound = isfinite(sum((place.x, place.y, place.end_x, place.end_y, place.word, place.letter)))
    return Line(text.strip(), place if sound else None)


def _letters(text: str) -> str:
    return "".join(one for one in text if one.isalpha())
