"""The work of a sandboxed worker: decode one work, look for every mark its kind can carry."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_never

from pydantic import TypeAdapter

from detectors.decode import Undecodable
from detectors.decode.workers import asset_of, on_one_thread
from detectors.marks.figures import figures
from provenance.asset import Asset, Modality
from provenance.evidence import NotRun, NotRunReason, Watermark
from provenance.sandbox import Task

__all__ = ["SOURCE", "TASK", "Found", "Looking", "answers"]

SOURCE = "marks"
TASK = Task("detectors.marks.looking:Looking")

STRETCHES, SECONDS, SHORTEST = 3, 5.0, 2.0

Found = Watermark | NotRun
answers: TypeAdapter[tuple[Found, ...]] = TypeAdapter(tuple[Found, ...])


class Looking:
    """Answers jobs of `{name, size, media_type}` with the marks found, as JSON."""

    def __init__(self) -> None:
        on_one_thread()

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """Look through the one work of a job, which comes as a descriptor or as a blob."""
        return answers.dump_json(tuple(look(asset_of(job, fds, blobs))))


def look(asset: Asset) -> Iterator[Found]:
    """Every mark in `asset`; one `not_run` when it cannot be decoded."""
    try:
        match asset.modality:
            case Modality.IMAGE:
                yield from _in_picture(asset)
            case Modality.AUDIO:
                yield from _in_sound(asset)
            case Modality.TEXT:
                yield from _in_text(asset)
            case Modality.VIDEO | Modality.DOCUMENT | Modality.OTHER:
                return
            case _:
                assert_never(asset.modality)
    except Undecodable as fault:
        yield NotRun(source=SOURCE, check="detect", reason=fault.reason, detail=fault.detail)


def _in_picture(asset: Asset) -> Iterator[Found]:
    from detectors.decode.image import pixels
    from detectors.marks import dwt_dct

    for hit in dwt_dct.find(pixels(asset)):
        yield _mark(hit.signature.scheme, hit.signature.payload, hit.agreement)


def _in_sound(asset: Asset) -> Iterator[Found]:
    from detectors.decode.audio import stretches
    from detectors.marks import perth

    heard = [
        piece
        for piece in stretches(asset, rate=perth.RATE, seconds=SECONDS, count=STRETCHES)
        if piece.size >= SHORTEST * perth.RATE
    ]
    if not heard:
        detail = f"a recording under {SHORTEST:.0f} seconds is too short for a mark"
        yield NotRun(
            source=SOURCE, check="detect", reason=NotRunReason.NOT_APPLICABLE, detail=detail
        )
        return
    readings = [perth.read(piece) for piece in heard]
    if perth.is_marked(readings):
        least = min(one.score for one in readings)
        yield _mark("perth", "present", min(least, 1.0))


def _in_text(asset: Asset) -> Iterator[Found]:
    from detectors.decode.text import characters
    from detectors.marks import hidden

    for one in hidden.find(characters(asset)):
        yield _mark(one.scheme, one.payload, 1.0)


def _mark(scheme: str, payload: str, confidence: float) -> Watermark:
    measured = figures()[scheme]
    return Watermark(
        source=SOURCE,
        scheme=scheme,
        payload=payload,
        confidence=round(confidence, 4),
        false_alarm_rate=measured.false_alarm_rate,
        supporting=measured.supporting,
    )
