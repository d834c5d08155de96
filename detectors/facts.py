"""What can be told of a file without listening, looking or reading: its format and its size.

A model that sees only this is the measure of a leak: where it tells human works from generated
ones, the sets differ in how their files were made, and a figure about their content means little.
"""

from __future__ import annotations

import re

from pydantic import Field

from provenance.credentials import Record

__all__ = ["Facts", "typography"]

CURLY = "\u2018\u2019\u201c\u201d"
MARKDOWN = re.compile(
    r"^(?:\#{1,6}[ ]|[-*+][ ]|\d{1,3}\.[ ]|>[ ]|```)|\*\*[^*\n]{1,200}\*\*|`[^`\n]{1,200}`",
    re.MULTILINE,
)


class Facts(Record):
    """Facts about the file of one work; what does not apply, or is not known, is None.

    Attributes:
        media_type: by our own signature table.
        bytes: size of the file.
        codec: how the sound or the picture is compressed, as FFmpeg or Pillow spells it in lower
            case (`mp3`, `aac`, `pcm_s16le`, `jpeg`); None for text.
        bitrate: bits a second of the whole file, or of the track of sound in a film.
        rate: samples a second.
        channels: of sound.
        seconds: duration, as the container states it; it may lie.
        width: pixels of the upright picture.
        height: likewise.
        quality: 1 to 100, of the JPEG tables of the Independent JPEG Group nearest to those in the
            file; None for other formats.
        bit_depth: bits of one sample, or of one channel of a pixel, where coding keeps them.
        characters: of the text that was taken out.
        typography: shares of the characters, see `typography`; empty unless it is text.
    """

    media_type: str
    bytes: int
    codec: str | None = None
    bitrate: float | None = None
    rate: int | None = None
    channels: int | None = None
    seconds: float | None = None
    width: int | None = None
    height: int | None = None
    quality: int | None = None
    bit_depth: int | None = None
    characters: int | None = None
    typography: dict[str, float] = Field(default_factory=dict)


def typography(text: str) -> dict[str, float]:
    """How a text is typed, whatever it says: each a share of its characters, 0 to 1.

    Returns:
        `curly_quotes`, `em_dashes`, `newlines`, `non_ascii` and `markdown` (headings, lists,
        quotes, strong words and code, by the length of what marks them or is marked); empty for
        no text.
    """
    if not text:
        return {}
    counts = {
        "curly_quotes": sum(map(text.count, CURLY)),
        "em_dashes": text.count("\u2014"),
        "newlines": text.count("\n"),
        "non_ascii": len(text) - len(text.encode("ascii", "ignore")),
        "markdown": sum(found.end() - found.start() for found in MARKDOWN.finditer(text)),
    }
    return {name: round(count / len(text), 6) for name, count in counts.items()}
