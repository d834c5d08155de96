"""A folder of files as rows: each is read in the sandbox, with what its sidecars say of it.

`NAME.json` beside `NAME` holds `url`, `date`, `agent` and `headers` of the answer the file came in;
`NAME.xmp` is metadata that did not fit into it. What stands in the file itself and in its XMP
travelled with the copy; its header fields were given with it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from provenance.c2pa.trust import TrustStore
from provenance.evidence import NotRun, NotRunReason, Reservation
from provenance.limits import KIB
from provenance.reading import MOST_ASSETS, Wanted, read_assets, reading_task
from provenance.rights.records import Channel, not_looked
from provenance.rights.surroundings import Headers, Surroundings
from provenance.sandbox import Sandbox
from service.intake import Failed, Input, Taken, take
from service.optout.audit.inputs import Kind, Stretch
from service.optout.audit.rows import clean, span_of
from service.optout.audit.tables import COLUMNS, token_of

__all__ = ["Folder"]

SIDECAR_BYTES = 1024 * KIB
XMP = b"http://ns.adobe.com/xap/1.0/\0"
XMP_BYTES = 65_000
"""Largest sidecar that is read: as much as one segment of a JPEG holds."""
MOST_HEADERS = 2000
NOT_LOOKED = frozenset({NotRunReason.NOT_APPLICABLE, NotRunReason.DISABLED})

records: TypeAdapter[tuple[Reservation | NotRun, ...]] = TypeAdapter(
    tuple[Reservation | NotRun, ...]
)


class Folder:
    """A folder, as an input of an audit."""

    kind: Kind = "folder"
    sha256: str | None = None
    size: int | None = None

    def __init__(self, path: Path) -> None:
        self.name = str(path)
        self._folder = path
        self._files = sorted(self._found())
        self._sandbox: Sandbox | None = None

    @property
    def fd(self) -> int | None:
        """None: files are read one by one."""
        return None

    @property
    def expected(self) -> int | None:
        """Files that are no sidecars."""
        return len(self._files)

    def close(self) -> None:
        """End the reading process."""
        if self._sandbox is not None:
            self._sandbox.close()

    def stretches(self, after: Any) -> Iterator[Stretch]:
        """Some dozen files each."""
        if self._sandbox is None:
            self._sandbox = Sandbox(reading_task(TrustStore.shipped()), size=1)
        start = int(after or 0)
        while start < len(self._files):
            names = self._files[start : start + MOST_ASSETS]
            rows = [row for name in names for row in self._rows(name)]
            job = {"kind": "given", "start": start}  # a sample is drawn by it
            start += len(names)
            blob = json.dumps(rows).encode()
            yield Stretch(job, start, start / len(self._files), blob, len(names))

    def _found(self) -> Iterator[str]:
        """Paths below the folder; a sidecar belongs to the file of its name."""
        every = {
            Path(top, name).relative_to(self._folder).as_posix()
            for top, _, names in os.walk(self._folder)
            for name in names
        }
        for name in every:
            whole, ending = name.rsplit(".", 1) if "." in name else (name, "")
            if ending.lower() not in ("json", "xmp") or not _belongs(whole, every):
                yield name

    def _rows(self, name: str) -> Iterator[dict[str, Any]]:
        path = self._folder / name
        said = _sidecar(self._folder / f"{name}.json")
        url = clean(_first(said, COLUMNS["url"]))
        agent = token_of(clean(_first(said, COLUMNS["agent"])))
        at, note = span_of(clean(_first(said, COLUMNS["at"])))
        around = None
        if url or said.get("headers"):
            observed = at.start if at else None
            around = Surroundings(url, _headers(said.get("headers")), (), agent, observed)
        found, problem, media_type, size = self._read(path, name, around)
        if problem:
            yield {"reason": problem}
            return
        for sidecar in (f"{name}.xmp", f"{name.rpartition('.')[0]}.xmp"):
            if (self._folder / sidecar).is_file() and sidecar != name:
                found += self._read_xmp(self._folder / sidecar, sidecar)
                break
        looked = [Channel.EMBEDDED.value]
        if around is not None and around.headers:
            looked.append(Channel.HEADERS.value)
        if media_type in ("text/html", "application/xhtml+xml"):
            looked.append(Channel.PAGE.value)
        yield {
            "input": clean(name) or name,
            "url": url,
            "at": [at.start.isoformat(), at.end.isoformat()] if at else None,
            "agent": agent,
            "records": records.dump_python(found, mode="json"),
            "looked": looked,
            "media_type": media_type,
            "size": size,
            "note": note,
        }

    def _read_xmp(self, path: Path, name: str) -> tuple[Reservation | NotRun, ...]:
        """What an XMP sidecar declares."""
        try:
            with path.open("rb") as file:
                xmp = file.read(XMP_BYTES + 1)
        except OSError as fault:
            return (not_looked("sidecar", NotRunReason.UNREADABLE, f"{name}: {fault.strerror}"),)
        if len(xmp) > XMP_BYTES:
            detail = f"{name}: over {XMP_BYTES:,} bytes"
            return (not_looked("sidecar", NotRunReason.LIMIT, detail),)
        return self._read(_as_picture(xmp), name, None)[0]

    def _read(
        self, source: Path | bytes, name: str, around: Surroundings | None
    ) -> tuple[tuple[Reservation | NotRun, ...], str | None, str | None, int | None]:
        """What a file declares; a code when it cannot be opened."""
        from contextlib import ExitStack

        assert self._sandbox is not None  # noqa: S101 - made before the first file
        with ExitStack() as held:
            taken = take(Input(source, name, around), held)
            if isinstance(taken, Failed):
                return (), "unreadable_file", None, None
            assert isinstance(taken, Taken)  # noqa: S101 - the other case
            wanted = Wanted(provenance=False, rights=True)
            try:
                (read,) = read_assets(self._sandbox, [taken.asset], wanted)
            except OSError:
                return (), "unreadable_file", None, None
            found = tuple(
                one
                for one in read.evidence
                if isinstance(one, Reservation)
                or (isinstance(one, NotRun) and one.reason not in NOT_LOOKED)
            )
            return found, None, taken.asset.media_type, taken.asset.size


def _as_picture(xmp: bytes) -> bytes:
    """An empty JPEG that carries `xmp`, so that a sidecar is read as embedded metadata is."""
    segment = XMP + xmp
    length = (len(segment) + 2).to_bytes(2, "big")
    return b"\xff\xd8\xff\xe1" + length + segment + b"\xff\xd9"


def _belongs(whole: str, every: set[str]) -> bool:
    """Whether a file of the name without its last ending is there, so that this is a sidecar."""
    if whole in every:
        return True
    return any(
        one != f"{whole}.xmp"
        and one.startswith(f"{whole}.")
        and not one.endswith((".json", ".xmp"))
        for one in (f"{whole}.{ending}" for ending in ("jpg", "jpeg", "png", "tif", "tiff", "webp"))
        if one in every
    )


def _sidecar(path: Path) -> dict[str, Any]:
    """What `NAME.json` says, names in lower case; nothing when it cannot be read."""
    try:
        with path.open("rb") as file:
            data = file.read(SIDECAR_BYTES + 1)
        values = json.loads(data) if len(data) <= SIDECAR_BYTES else {}
    except (OSError, ValueError, RecursionError):
        return {}
    return (
        {str(key).lower(): value for key, value in values.items()}
        if isinstance(values, dict)
        else {}
    )


def _first(fields: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((fields[name] for name in names if isinstance(fields.get(name), str)), None)


def _headers(written: Any) -> Headers:
    """Header fields as an object, as pairs, or as lines."""
    pairs: list[tuple[str, str]] = []
    if isinstance(written, dict):
        for name, value in written.items():
            values = value if isinstance(value, list) else [value]
            pairs += [(str(name), str(one)) for one in values]
    elif isinstance(written, list):
        for one in written:
            if isinstance(one, list) and len(one) == 2:
                pairs.append((str(one[0]), str(one[1])))
            elif isinstance(one, str) and ":" in one:
                name, _, value = one.partition(":")
                pairs.append((name, value))
    return tuple(pairs[:MOST_HEADERS])
