"""The work itself, to be looked at or heard beside its report: decoded in the sandbox only.

Bytes of a stranger are served for nothing but playing: as a type of sound, in a policy of their
own that lets a browser run nothing of them.
"""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from detectors.explain import Asking, Pixels, Shown, Waveform
from provenance.asset import Asset, Modality
from provenance.evidence import Detection
from provenance.limits import MIB
from service.render.drawing import data_uri
from service.render.explaining import Explanation, explanations
from service.render.wording import Words
from service.report import Report

__all__ = ["Seeing", "Seen", "Stretch", "served_sound"]

RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")
CHUNK = MIB
MOST_STRETCHES = 200
POLICY = "default-src 'none'; sandbox"


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a recording with its score.

    Attributes:
        start, end: in seconds.
        score: as the report has it.
    """

    start: float
    end: float
    score: float


@dataclass(frozen=True, slots=True)
class Seen:
    """What a page shows of a work.

    Attributes:
        peaks: loudness from 0 to 1 over time, of a recording.
        seconds: that they cover.
        stretches: its scored parts.
        picture: a small one, as a data URI, or "".
        rests_on: what each detection rests on, by its number.
    """

    peaks: tuple[float, ...] = ()
    seconds: float = 0.0
    stretches: tuple[Stretch, ...] = ()
    picture: str = ""
    rests_on: dict[int, Explanation] = field(default_factory=dict)

    @property
    def stretches_json(self) -> str:
        """The scored parts, for the script that draws them."""
        return json.dumps([[one.start, one.end, one.score] for one in self.stretches])


class Seeing:
    """Decodes works for pages, one at a time. Thread-safe."""

    def __init__(self) -> None:
        self._asking: Asking | None = None
        self._lock = threading.Lock()

    def close(self) -> None:
        """End the worker."""
        if self._asking is not None:
            self._asking.close()

    def of(self, fd: int, report: Report, lang: str) -> Seen:
        """What is shown of a work beside its report.

        Args:
            fd: open on its bytes; closed here.
            report: on these bytes.
            lang: of the page.
        """
        try:
            asset = Asset.from_fd(fd, name=report.asset.name)
            with self._lock:
                self._asking = self._asking or Asking()
                return _seen(self._asking, asset, report, Words(lang))
        finally:
            os.close(fd)


def _seen(asking: Asking, asset: Asset, report: Report, words: Words) -> Seen:
    detections = [one for one in report.evidence if isinstance(one, Detection) and one.where]
    beneath = asking.ask(asset, detections) if detections else {}
    rests_on = explanations(report, words, beneath)
    match report.asset.modality:
        case Modality.AUDIO:
            wave = asking.waveform(asset)
            if isinstance(wave, Waveform):
                peaks = tuple(round(level / 255, 3) for level in wave.levels)
                return Seen(peaks, wave.seconds, _stretches(detections), rests_on=rests_on)
        case Modality.IMAGE:
            small: Shown = asking.picture(asset)
            if isinstance(small, Pixels):
                size = (small.columns, small.rows)
                picture = data_uri(small.colours, size, "RGB")
                return Seen(picture=picture, rests_on=rests_on)
        case _:
            pass
    return Seen(rests_on=rests_on)


def _stretches(detections: list[Detection]) -> tuple[Stretch, ...]:
    found = [
        Stretch(float(place.range[0]), float(place.range[1]), place.score)
        for one in detections
        for place in one.where
        if place.unit == "second" and place.range is not None and place.score is not None
    ]
    return tuple(found[:MOST_STRETCHES])


def served_sound(request: Request, fd: int, media_type: str) -> Response:
    """A recording, or the part of it that a player asks for (RFC 9110 section 14).

    Args:
        request: of the player.
        fd: open on its bytes; closed when they were sent.
        media_type: what Assay found it to be.
    """
    size = os.fstat(fd).st_size
    first, last, status = 0, size - 1, 200
    asked = RANGE.fullmatch(request.headers.get("range", ""))
    if asked and asked.group(1) and int(asked.group(1)) < size:
        first, status = int(asked.group(1)), 206
        last = min(last, int(asked.group(2))) if asked.group(2) else last
    headers = {
        "Accept-Ranges": "bytes",
        "Content-Length": str(max(0, last - first + 1)),
        "Content-Security-Policy": POLICY,
        "Content-Disposition": "attachment",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if status == 206:
        headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return StreamingResponse(
        _pieces(fd, first, last), status, headers=headers, media_type=media_type
    )


def _pieces(fd: int, first: int, last: int) -> Iterator[bytes]:
    try:
        while first <= last and (piece := os.pread(fd, min(CHUNK, last - first + 1), first)):
            first += len(piece)
            yield piece
    finally:
        os.close(fd)
