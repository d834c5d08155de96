"""A text: all its characters, or its running text in passages that say where they stand.

`characters` is a text file as it is: UTF-8, or UTF-16 where a byte-order mark says so. `passages`
takes plain text and Markdown likewise, HTML, EPUB, DOCX, ODT and PDF through
`provenance.containers.running_text`, and what is said in SubRip and WebVTT. A passage ends where a
paragraph does, if it can, and does not go over the end of a page or a chapter. Of a work that is
longer than the limit, passages are taken evenly.
"""

from __future__ import annotations

import codecs
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from detectors.decode.fault import Undecodable
from detectors.facts import Facts, typography
from provenance.containers.running_text import MEDIA_TYPES, TextPart, running_text
from provenance.containers.subtitles import MEDIA_TYPES as SUBTITLES
from provenance.containers.subtitles import Spoken, text_of_cues
from provenance.containers.walk import FaultError
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from provenance.asset import Asset

__all__ = ["Passage", "characters", "passages"]

MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

PLAIN = frozenset({"text/plain", "text/markdown"})


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of running text.

    Attributes:
        text: at most `limits.passage_characters`.
        start: characters before it in the text of the part; of a plain text and of subtitles, in
            the text of the file.
        part: path inside the package, `page/12` of a PDF, None for the work itself.
        places: of subtitles, where stretches begin that stand in the file as they do here.
        origins: where they begin in the text of the file.
    """

    text: str
    start: int
    part: str | None = None
    places: tuple[int, ...] = ()
    origins: tuple[int, ...] = ()

    def original(self, place: int) -> int:
        """Characters before a place of the passage in the text of the part, or of the file."""
        if not self.places:
            return self.start + place
        stretch = max(bisect_right(self.places, place) - 1, 0)
        return self.origins[stretch] + place - self.places[stretch]


def characters(asset: Asset, limits: Limits = DEFAULT) -> str:
    """The whole text, without a byte-order mark.

    Raises:
        Undecodable: `limit`, `no_text` (empty) or `unreadable` (another encoding).
    """
    if asset.size > limits.text_bytes:
        raise Undecodable(NotRunReason.LIMIT, f"a text of {asset.size} bytes is not decoded")
    data = asset.read_at(0, asset.size)
    if not data:
        raise Undecodable(NotRunReason.NO_TEXT, "the text is empty")
    encoding = next((name for mark, name in MARKED if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as fault:
        detail = f"the text is not {encoding.removesuffix('-sig').upper()}"
        raise Undecodable(NotRunReason.UNREADABLE, detail) from fault


def passages(asset: Asset, limits: Limits = DEFAULT) -> tuple[tuple[Passage, ...], Facts]:
    """The passages in reading order, and facts about the file.

    Raises:
        Undecodable: `no_text`, `unsupported_media`, `encrypted`, `limit` or `unreadable`.
    """
    cut: list[Passage] = []
    total = 0
    if asset.media_type in SUBTITLES:
        spoken = text_of_cues(_plain(asset, limits))
        total = len(spoken.text)
        part = TextPart(None, spoken.text)
        cut = [_placed(one, spoken) for one in _cut(part, limits.passage_characters)]
    else:
        for part in _parts(asset, limits):
            total += len(part.text)
            cut += _cut(part, limits.passage_characters)
    if not cut:
        raise Undecodable(NotRunReason.NO_TEXT, "there is no running text")
    chosen = _evenly(cut, limits)
    facts = Facts(
        media_type=asset.media_type,
        bytes=asset.size,
        characters=total,
        typography=typography("\n".join(one.text for one in chosen)),
    )
    return chosen, facts


def _parts(asset: Asset, limits: Limits) -> list[TextPart]:
    if asset.media_type in PLAIN:
        return [TextPart(None, _plain(asset, limits))]
    if asset.media_type not in MEDIA_TYPES:
        detail = f"no text is taken out of {asset.media_type}"
        raise Undecodable(NotRunReason.UNSUPPORTED_MEDIA, detail)
    try:
        return list(running_text(asset, limits))
    except FaultError as stop:
        raise Undecodable(stop.fault.reason, stop.fault.detail) from stop


def _plain(asset: Asset, limits: Limits) -> str:
    """As `characters`, and Windows-1252 where it is no UTF-8, as old texts are."""
    try:
        return characters(asset, limits)
    except Undecodable as fault:
        if fault.reason is not NotRunReason.UNREADABLE:
            raise
        try:
            return asset.read_at(0, asset.size).decode("windows-1252")
        except UnicodeDecodeError:
            raise fault from None


def _cut(part: TextPart, most: int) -> list[Passage]:
    """At the last newline of the second half of `most` characters, else at a space, else there."""
    text, ends = part.text, [0]
    while len(text) - ends[-1] > most:
        low, high = ends[-1] + most // 2, ends[-1] + most
        at = max(text.rfind("\n", low, high), 0) or text.rfind(" ", low, high)
        ends.append(at + 1 if at > 0 else high)
    ends.append(len(text))
    pieces = (Passage(text[low:high], low, part.part) for low, high in pairwise(ends))
    return [piece for piece in pieces if not piece.text.isspace() and piece.text]


def _placed(passage: Passage, spoken: Spoken) -> Passage:
    """A passage of what is said, with its places in the file."""
    start, end = passage.start, passage.start + len(passage.text)
    first = bisect_right(spoken.places, start) - 1
    last = bisect_left(spoken.places, end)
    places = tuple(place - start for place in spoken.places[first:last])
    placed = replace(passage, places=places, origins=spoken.origins[first:last])
    return replace(placed, start=placed.original(0))


def _evenly(cut: list[Passage], limits: Limits) -> tuple[Passage, ...]:
    if sum(len(one.text) for one in cut) <= limits.characters:
        return tuple(cut)
    most = max(min(len(cut), limits.characters // limits.passage_characters), 1)
    return tuple(cut[place] for place in np.linspace(0, len(cut) - 1, most).astype(int))
