"""The list of works a gate is made from: CSV or JSON lines.

`path,kind,source,licence[,id,label,family,case,use,known]`, paths relative to the manifest; other
columns are ignored. Label is `human` (where there is none) or `ai`; the family of a machine's work
is held out as a whole, as is a source. Use `evaluation` marks a work that is only tried on; so is
one of a kind that no other work is learnt from. `case` names a hard case, `known` says how the kind
is known.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from detectors.evaluation.manifest import UNNAMED, Item, Label
from detectors.models.records import NAME
from provenance.errors import ConfigError, NotFound
from provenance.files import why

__all__ = ["Listed", "read_manifest"]

EVALUATION = "evaluation"
JSON_ENDINGS = frozenset({".jsonl", ".ndjson"})
MOST = 200


@dataclass(frozen=True, slots=True)
class Listed:
    """A work of a manifest.

    Attributes:
        item: its file, source, kind and licence.
        kind: of it.
        case: a hard case it is of, empty for none.
        tried: whether it is only tried on.
        known: how its kind is known.
    """

    item: Item
    kind: str
    case: str = ""
    tried: bool = False
    known: str | None = None


def read_manifest(path: Path) -> tuple[Listed, ...]:
    """The works, in order.

    Raises:
        NotFound: there is no such file.
        ConfigError: a row is not as it should be, or there is none; the message names it.
    """
    if not path.is_file():
        raise NotFound(f"{path}: there is no such manifest")
    try:
        found = tuple(
            _listed(path, number, line, row) for number, (line, row) in enumerate(_rows(path))
        )
    except (csv.Error, ValueError, RecursionError) as fault:
        raise ConfigError(f"{path}: is not a manifest ({fault})") from fault
    except OSError as fault:
        raise ConfigError(f"{path}: cannot be read ({why(fault)})") from fault
    if not found:
        raise ConfigError(f"{path}: names no work")
    return found


def _rows(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        if path.suffix.lower() in JSON_ENDINGS:
            for line, written in enumerate(file, 1):
                if written.strip():
                    row = json.loads(written)
                    if not isinstance(row, dict):
                        raise ConfigError(f"{path}, line {line}: is not a JSON object")
                    yield line, row
            return
        rows = csv.DictReader(file, strict=True)
        for row in rows:
            yield rows.line_num, row


def _listed(path: Path, number: int, line: int, row: Mapping[str, Any]) -> Listed:
    written, kind = _text(row, "path"), _text(row, "kind")
    if written is None or kind is None:
        missing = "path" if written is None else "kind"
        raise ConfigError(
            f"{path}, line {line}: there is no {missing}",
            hint="A manifest of a gate has the columns path,kind,source,licence.",
        )
    label = (_text(row, "label") or Label.HUMAN.value).lower()
    if label not in {one.value for one in Label}:
        raise ConfigError(f"{path}, line {line}: the label is {label!r}, not human or ai")
    use = _text(row, "use")
    case = _text(row, "case") or ""
    for name in (kind, case or "none"):
        if not NAME.fullmatch(name):
            raise ConfigError(
                f"{path}, line {line}: {name!r} is no name",
                hint="Kinds and cases are of small letters, digits, dots, dashes, underscores.",
            )
    source = _text(row, "source") or UNNAMED
    item = Item(
        number=number,
        id=_text(row, "id") or written,
        label=Label(label),
        path=path.parent / written,
        source=source,
        family=(_text(row, "family") or source) if label == Label.AI.value else None,
        kind=kind,
        licence=_text(row, "licence") or _text(row, "license"),
    )
    return Listed(item, kind, case, use == EVALUATION, _text(row, "known"))


def _text(row: Mapping[str, Any], column: str) -> str | None:
    value = row.get(column)
    return (str(value).strip()[: MOST * 10] or None) if value is not None else None
