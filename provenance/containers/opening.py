"""From a media type to the parser of its structure.

One small module per family of formats, imported when the first such file comes. A parser walks the
structure by seeking and hands what it finds to a `Walk`; whatever stops it becomes a `Fault`, and
what was found before stays. Media types without a structure of their own (plain text, octet
streams) open as an empty container.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from provenance.containers.packets import Fault
from provenance.containers.walk import FaultError, Walk
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.containers.packets import Container

__all__ = ["open_container"]

# Each module has a function `find(walk: Walk) -> None`.
PARSERS = {
    "image/jpeg": "jpeg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "riff",
    "image/tiff": "tiff",
    "image/x-adobe-dng": "tiff",
    "image/avif": "bmff",
    "image/heic": "bmff",
    "image/heif": "bmff",
    "image/jxl": "bmff",
    "image/jp2": "bmff",
    "image/x-canon-cr3": "bmff",
    "image/svg+xml": "svg",
    "audio/wav": "riff",
    "audio/mpeg": "mpeg_audio",
    "audio/aac": "mpeg_audio",
    "audio/aiff": "aiff",
    "audio/flac": "flac",
    "audio/ogg": "ogg",
    "audio/mp4": "bmff",
    "audio/x-matroska": "matroska",
    "audio/webm": "matroska",
    "video/ogg": "ogg",
    "video/mp4": "bmff",
    "video/quicktime": "bmff",
    "video/x-msvideo": "riff",
    "video/x-matroska": "matroska",
    "video/webm": "matroska",
    "video/x-flv": "flv",
    "application/pdf": "pdf",
    "text/html": "html",
    "application/xhtml+xml": "html",
    "application/zip": "package",
    "application/epub+zip": "package",
}
PACKAGE_FAMILIES = (
    "application/vnd.openxmlformats-officedocument.",
    "application/vnd.oasis.opendocument.",
)


def open_container(asset: Asset, limits: Limits = DEFAULT) -> Container:
    """The metadata packets and parts of `asset`.

    Args:
        asset: read at the offsets its structure names, never whole unless it is small.
        limits: caps on what is visited and kept.

    Returns:
        What was found; what could not be read is in `faults`. Never raises for the content.
    """
    walk = Walk(asset, limits)
    parser = _parser(asset.media_type)
    if parser is not None:
        try:
            parser(walk)
        except FaultError as stop:
            walk.found.faults.append(stop.fault)
    _check_pixels(walk)
    return walk.found


@cache
def _parser(media_type: str) -> Callable[[Walk], None] | None:
    name = PARSERS.get(media_type)
    if name is None and media_type.startswith(PACKAGE_FAMILIES):
        name = "package"
    if name is None:
        return None
    parser: Callable[[Walk], None] = import_module(f"provenance.containers.{name}").find
    return parser


def _check_pixels(walk: Walk) -> None:
    if walk.found.pixels is None:
        return
    width, height = walk.found.pixels
    if width * height > walk.limits.pixels:
        detail = f"{width} x {height} pixels is over the limit of {walk.limits.pixels:,}"
        walk.found.faults.append(Fault(NotRunReason.LIMIT, detail, decoding=True))
