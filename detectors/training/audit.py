"""Which works of a manifest may be trained on, by Assay's own readers of reservations.

Each work is read in the sandbox by every reader that `assay optout check` uses for a bare file:
C2PA and CAWG training-mining assertions, IPTC/PLUS Data Mining, TDMRep, tags and sentences. An XMP
sidecar counts as the metadata of its file. A work is left out when anything reserves it for text
and data mining or for training of any kind, when a condition is attached, when a statement cannot
be understood, and when a reader could not look: silence of a reader that did not run passes
nothing. It is left out, too, when its licence is marked non-commercial, no-derivatives or for
research only.

The readers run once for each work. What they found is kept in a journal, so that an audit that was
stopped goes on where it was.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from detectors.evaluation.inspection import Inspector
from detectors.evaluation.manifest import Item
from detectors.training.licences import mark_of
from detectors.training.opening import Opened, key_of, opened, sidecars
from provenance.asset import Asset
from provenance.c2pa.trust import TrustStore
from provenance.credentials import Record
from provenance.errors import ConfigError, InputError
from provenance.evidence import Evidence, NotRun, NotRunReason, Purpose, Reservation
from provenance.evidence import ReservationState as State
from provenance.files import why
from provenance.limits import KIB
from provenance.reading import CONTAINER, MOST_ASSETS, Read, Wanted, read_assets, reading_task
from provenance.rights.decide import is_superseded
from provenance.rights.purposes import state_for
from provenance.sandbox import Sandbox

__all__ = ["Audited", "Auditor", "Journal"]

TRAINING: tuple[Purpose, ...] = ("train-genai", "train-ai", "train-nongen", "tdm")
"""A detector is no generator; yet who reserves any training is asked no further questions."""

WANTED = Wanted(provenance=False, rights=True)
SIDECAR_BYTES = 1024 * KIB
XMP = b"http://ns.adobe.com/xap/1.0/\0"
XMP_BYTES = 65_000
"""Largest XMP sidecar that is read: as much as one segment of a JPEG holds."""

SPDX = re.compile(r"SPDX-License-Identifier:\s*(.+)")


class Audited(Record):
    """What came of looking at one work.

    Attributes:
        key: of the file as it was, and of the version whose readers looked; see `key_of`.
        sha256: of its bytes; empty when they could not be read.
        media_type: by its bytes.
        bytes: size.
        licence: as stated, in the manifest or beside the work; None where none is.
        reason: code of why it is left out; None for one that may be trained on.
        detail: one plain sentence, or None.
        sketch: of its content, by which copies of it are known later; empty of one left out.
    """

    key: str
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    media_type: str = ""
    bytes: int = 0
    licence: str | None = None
    reason: str | None = None
    detail: str | None = None
    sketch: str = ""


class Journal:
    """What was found so far, a line for each work; a line that was cut off is forgotten.

    Args:
        path: where it is kept; the folder exists.

    Raises:
        ConfigError: another training is using it.
    """

    def __init__(self, path: Path) -> None:
        self._found: dict[str, Audited] = {}
        self._file = path.open("a+b")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as fault:
            self._file.close()
            hint = "Wait for it, or give another folder."
            raise ConfigError(f"{path.parent}: another training works there", hint=hint) from fault
        whole = path.read_bytes()
        kept = 0
        for line in whole.splitlines(keepends=True):
            if not line.endswith(b"\n"):
                break
            try:
                one = Audited.model_validate_json(line)
            except ValidationError:
                break
            self._found[one.key] = one
            kept += len(line)
        self._file.truncate(kept)

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def of(self, key: str) -> Audited | None:
        """What was found for a work, None when nobody has looked at it as it is."""
        return self._found.get(key)

    def add(self, found: Iterable[Audited]) -> None:
        """Keep what was found, before anything else is done."""
        for one in found:
            self._found[one.key] = one
            self._file.write(one.model_dump_json().encode() + b"\n")
        self._file.flush()
        os.fsync(self._file.fileno())


@dataclass(frozen=True, slots=True)
class _Held:
    item: Item
    key: str
    work: Opened


class Auditor:
    """Looks at works in the sandbox. One thread uses it.

    Args:
        workers: reading processes.
    """

    def __init__(self, workers: int = 1) -> None:
        self._sandbox = Sandbox(reading_task(TrustStore.shipped()), size=workers)
        self._inspector = Inspector(workers=workers)

    def close(self) -> None:
        """End the reading processes."""
        self._sandbox.close()
        self._inspector.close()

    def audit(self, items: Sequence[Item], journal: Journal) -> Iterator[tuple[Audited, int]]:
        """What came of each work, in order, and how many so far were in the journal.

        Those are not read again.
        """
        were_known = 0
        for start in range(0, len(items), MOST_ASSETS):
            some = items[start : start + MOST_ASSETS]
            keys = [_key(item) for item in some]
            known = {key: one for key in keys if (one := journal.of(key))}
            missing = [
                (item, key) for item, key in zip(some, keys, strict=True) if key not in known
            ]
            found = {one.key: one for one in self._audit(missing)}
            journal.add(found.values())
            for key in keys:
                were_known += key in known
                yield known.get(key) or found[key], were_known

    def _audit(self, items: list[tuple[Item, str]]) -> Iterator[Audited]:
        with ExitStack() as held:
            small: list[_Held] = []
            for item, key in items:
                try:
                    one = _Held(item, key, held.enter_context(opened(item)))
                except (InputError, OSError) as fault:
                    yield _unreadable(item, key, fault)
                    continue
                if isinstance(one.work.asset.backing, bytes):
                    small.append(one)
                else:
                    yield from self._read([one])
            yield from self._read(small)

    def _read(self, held: list[_Held]) -> Iterator[Audited]:
        """Small works are read in one job; a large one comes alone."""
        if not held:
            return
        try:
            reads = read_assets(self._sandbox, [one.work.asset for one in held], WANTED)
        except OSError as fault:  # a disk that fails under a large file
            yield _unreadable(held[0].item, held[0].key, fault)
            return
        for one, read in zip(held, reads, strict=True):
            yield self._judged(one.item, one.key, one.work, read)

    def _judged(self, item: Item, key: str, one: Opened, read: Read) -> Audited:
        evidence = (*read.evidence, *self._beside(item))
        licence = _licence(item)
        reason, detail = _bar(evidence)
        mark = mark_of(licence)
        if reason is None and mark is not None:
            reason, detail = mark.value, (licence or "")[:200]
        asset = one.asset
        sketch = self._inspector.inspect(asset).sketch if reason is None else ""
        if one.has_changed():
            reason, detail = "changed", "it was written to while it was read"
        return Audited(
            key=key,
            sha256=read.sha256,
            media_type=asset.media_type,
            bytes=asset.size,
            licence=licence,
            reason=reason,
            detail=detail,
            sketch=sketch,
        )

    def _beside(self, item: Item) -> tuple[Evidence, ...]:
        """What an XMP sidecar declares."""
        found: tuple[Evidence, ...] = ()
        for path in sidecars(item):
            if path.suffix != ".xmp":
                continue
            xmp = _head(path, XMP_BYTES + 1)
            if xmp is None or len(xmp) > XMP_BYTES:
                detail = f"the sidecar {path.name} cannot be read, or is over {XMP_BYTES:,} bytes"
                reason = NotRunReason.UNREADABLE if xmp is None else NotRunReason.LIMIT
                found += (NotRun(source="sidecar", check="rights", reason=reason, detail=detail),)
                continue
            carrier = Asset.from_bytes(_as_picture(xmp), name=path.name)
            found += read_assets(self._sandbox, [carrier], WANTED)[0].evidence
        return found


def _bar(evidence: Iterable[Evidence]) -> tuple[str | None, str | None]:
    """Why a work must be left out, by what the readers found."""
    blind: NotRun | None = None
    worst: tuple[State, Reservation] | None = None
    for one in evidence:
        if isinstance(one, NotRun):
            if _is_blind(one):
                blind = blind or one
            continue
        if not isinstance(one, Reservation) or is_superseded(one):
            continue
        for purpose in TRAINING:
            state = state_for(one.purposes, purpose)
            if state in _RANK and (worst is None or _RANK[state] > _RANK[worst[0]]):
                worst = state, one
    if worst is not None:
        state, record = worst
        said = f"{record.protocol}: {record.native_value}"
        return f"reservation_{state.value}", said[:300]
    if blind is not None:
        return "rights_unread", f"{blind.source}: {blind.detail or blind.reason.value}"[:300]
    return None, None


def _is_blind(one: NotRun) -> bool:
    """Whether it says that something was not looked at that may hold a reservation."""
    if one.reason is NotRunReason.NOT_APPLICABLE:
        return False
    return one.check == "rights" or (one.source == CONTAINER and one.check != "detect")


_RANK = {State.UNKNOWN: 1, State.CONDITIONAL: 2, State.RESERVED: 3}


def _unreadable(item: Item, key: str, fault: Exception) -> Audited:
    detail = f"cannot be read ({why(fault)})"
    return Audited(key=key, licence=item.licence, reason="unreadable", detail=detail)


def _key(item: Item) -> str:
    try:
        return f"{version('assay-provenance')}:{key_of(item)}"
    except OSError:
        return f"gone:{item.id}"


def _licence(item: Item) -> str | None:
    """As the manifest states it, and as stated beside the work: what either forbids is forbidden.

    Two that differ are given together, so that a mark in one of them is seen.
    """
    stated = [item.licence] if item.licence else []
    for path in sidecars(item):
        data = _head(path, SIDECAR_BYTES)
        if data is None or path.suffix == ".xmp":
            continue
        if path.suffix == ".license":
            text = data.decode("utf-8", "replace")
            stated += [found.strip() for found in SPDX.findall(text)]
        else:
            stated += _stated(data)
    return " / ".join(dict.fromkeys(stated)) or None


def _stated(data: bytes) -> list[str]:
    try:
        said: Any = json.loads(data)
    except (ValueError, RecursionError):
        return []
    if not isinstance(said, dict):
        return []
    values = {str(key).lower(): value for key, value in said.items()}
    given = (values.get(name) for name in ("licence", "license", "rights"))
    return [value.strip() for value in given if isinstance(value, str) and value.strip()]


def _head(path: Path, most: int) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError:
        return None


def _as_picture(xmp: bytes) -> bytes:
    """An empty JPEG that carries `xmp`, so that a sidecar is read as embedded metadata is."""
    segment = XMP + xmp
    return b"\xff\xd8\xff\xe1" + (len(segment) + 2).to_bytes(2, "big") + segment + b"\xff\xd9"
