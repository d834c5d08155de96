"""The characters of a text: UTF-8, or UTF-16 where a byte-order mark says so."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from detectors.decode.fault import Undecodable
from provenance.evidence import NotRunReason
from provenance.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from provenance.asset import Asset

__all__ = ["characters"]

MARKED = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


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
