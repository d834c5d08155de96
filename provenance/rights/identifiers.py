"""What a work is called in registers: the identifiers it carries or that were given with it.

Read from an EPUB's `dc:identifier`, from XMP (`dc:identifier`, PRISM), from a file name that is an
ISBN, and from a sidecar: a registry document (`RightsFile` of channel `registry`) that is one JSON
object with identifiers and no usage preference. Only exact and complete identifiers are taken; ISBN
(ISO 2108) by their check digit, ISCC (ISO 24138) as they are spelt.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from provenance.limits import MIB
from provenance.rights.records import Channel

if TYPE_CHECKING:
    from provenance.asset import Asset

__all__ = ["canonical_isbn", "canonical_iscc", "identifiers_of", "is_sidecar", "load_json"]

ISBN = re.compile(
    r"(?<![0-9])(97[89](?:[ -]?[0-9]){10}|[0-9](?:[ -]?[0-9]){8}[ -]?[0-9Xx])(?![0-9])"
)
ISCC = re.compile(r"(?:ISCC:)?([A-Z2-7]{12,120})", re.IGNORECASE)
DOI = re.compile(r"(?:doi:|https?://(?:dx\.)?doi\.org/)?(10\.[0-9]{4,9}/\S{1,200})", re.IGNORECASE)
XMP_IDENTIFIERS = (
    ("http://purl.org/dc/elements/1.1/", "identifier"),
    ("http://prismstandard.org/namespaces/basic/2.0/", "isbn"),
    ("http://prismstandard.org/namespaces/basic/2.0/", "doi"),
)
KEYS = frozenset({"iscc", "isbn", "gtin", "gtin13", "ean", "doi", "identifier", "identifiers"})
SAID = frozenset(
    {
        *("all", "train-ai", "train-genai", "ai-use", "search", "tdm", "tdmai", "aitraining"),
        *("genaitraining", "generativeai", "usagereservation", "usagepermission", "tdmoptout"),
    }
)
"""Keys of TDM·AI: an object that has one declares something."""

JSON_BYTES = MIB


def identifiers_of(asset: Asset) -> frozenset[tuple[str, str]]:
    """Scheme (`isbn`, `iscc`, `doi`) and canonical value of every identifier known."""
    carried = asset.memo("identifiers", lambda: frozenset(_canonical(_carried(asset))))
    return carried | frozenset(_canonical(_beside(asset)))


def _canonical(texts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for written in texts:
        if isbn := canonical_isbn(written):
            yield "isbn", isbn
        if doi := DOI.fullmatch(written.strip()):
            yield "doi", doi[1].casefold()
        if written.strip().upper().startswith("ISCC:") and (iscc := canonical_iscc(written)):
            yield "iscc", iscc


def _carried(asset: Asset) -> Iterator[str]:
    from provenance.metadata.works import works

    stem = re.split(r"[\\/]", asset.name)[-1].partition(".")[0]
    if canonical_isbn(stem) and ISBN.fullmatch(stem):
        yield stem
    for work in works(asset):
        if work.part is not None:
            continue  # an identifier of a picture in it is not one of the work
        for packet in work.texts:
            if packet.place == "OPF" and packet.key.rpartition(":")[2] in ("identifier", "source"):
                yield packet.text[:300]
        for namespace, name in XMP_IDENTIFIERS:
            yield from (value[:300] for value in work.values(namespace, name))


def _beside(asset: Asset) -> Iterator[str]:
    for file in asset.around.file(Channel.REGISTRY) if asset.around else ():
        told = load_json(file.body) if file.is_there else None
        if isinstance(told, dict) and is_sidecar(told):
            yield from _told(told)


def is_sidecar(told: Any) -> bool:
    """Whether a JSON document only says which work it stands beside."""
    if not isinstance(told, dict):
        return False
    keys = {str(key).casefold() for key in told}
    return bool(keys & KEYS) and not keys & SAID


def _told(told: dict[str, Any]) -> Iterator[str]:
    for key, value in list(told.items())[:100]:
        if str(key).casefold() not in KEYS:
            continue
        values = value.items() if isinstance(value, dict) else [(key, value)]
        for scheme, one in list(values)[:100]:
            for text in one if isinstance(one, list) else [one]:
                if isinstance(text, str | int):
                    prefix = "ISCC:" if str(scheme).casefold() == "iscc" else ""
                    yield prefix + str(text).removeprefix("ISCC:")[:300]


def load_json(body: bytes) -> Any:
    """What a JSON document holds; None for anything else, too large or too deep ones included."""
    if len(body) > JSON_BYTES:
        return None
    try:
        return json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None


def canonical_isbn(written: str) -> str | None:
    """Thirteen digits, of a text that holds one valid ISBN; None when it holds none."""
    for found in ISBN.finditer(written[:300]):
        digits = re.sub(r"[ -]", "", found[1]).upper()
        if (
            len(digits) == 13
            and sum(int(d) * (1, 3)[n % 2] for n, d in enumerate(digits)) % 10 == 0
        ):
            return digits
        if len(digits) == 10:
            values = [10 if d == "X" else int(d) for d in digits]
            if sum(value * (10 - n) for n, value in enumerate(values)) % 11 == 0:
                return _thirteen(digits[:9])
    return None


def _thirteen(nine: str) -> str:
    digits = f"978{nine}"
    return f"{digits}{-_weighed(digits) % 10}"


def _weighed(digits: str) -> int:
    return sum(int(digit) * (1, 3)[n % 2] for n, digit in enumerate(digits))


def canonical_iscc(written: str) -> str | None:
    """The code without its prefix, in capitals; None for what is none."""
    found = ISCC.fullmatch(written.strip().replace("-", ""))
    return found[1].upper() if found else None
