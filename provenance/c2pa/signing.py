"""Signs works, and refuses to sign a lie it can see: C2PA 2.4 sections 10 and 15.

The way of a file: it is read first, as `assay check` would read it, and so is everything it is
said to be made from; `provenance.c2pa.judging` decides whether the claim can stand beside what was
found; a copy with the manifest is written beside the target, read back by the same reader, compared
with what was asked for; only then does it take the target's place, in one step. Whatever goes wrong
before that step leaves the target as it was.

Credentials that were there are kept as ingredients, or nothing is signed. A manifest that is
broken is kept out altogether: what it says would look like the word of the new signer. Pixels and
samples are never decoded. Reading is sandboxed; writing is not, but only what was read first is
written.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Self
from urllib.parse import urlsplit

from provenance.asset import Asset
from provenance.c2pa.claim import OWN, Claim, Intent, component, manifest
from provenance.c2pa.content import content_digest
from provenance.c2pa.judging import Seen, judge, seen_in
from provenance.c2pa.origin import HUMAN
from provenance.c2pa.signing_key import CallbackSigner, checked
from provenance.c2pa.text import is_text
from provenance.c2pa.text_signing import text_ingredient, write_text
from provenance.c2pa.trust import TrustStore
from provenance.digital_source_type import DstClass
from provenance.errors import ConfigError, InputError, SigningRefused
from provenance.evidence import (
    Credential,
    Evidence,
    Ingredient,
    Integrity,
    Origin,
    SignerLevel,
)
from provenance.files import State, open_regular, replacement, state_of
from provenance.limits import DEFAULT, Limits
from provenance.reading import Wanted, read_asset, reading_task
from provenance.sandbox import Sandbox

if TYPE_CHECKING:
    from provenance.c2pa.native_signing import NativeIngredient

__all__ = ["WRITABLE", "FileSigner", "Signed"]

GENERATOR = "Assay"

WRITABLE = {
    "audio/wav": "WAV",
    "audio/mpeg": "MP3",
    "audio/flac": "FLAC",
    "audio/mp4": "M4A",
    "video/mp4": "MP4",
    "video/quicktime": "MOV",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WebP",
    "image/gif": "GIF",
    "image/tiff": "TIFF",
    "image/avif": "AVIF",
    "image/heic": "HEIC",
    "image/heif": "HEIF",
    "image/svg+xml": "SVG",
    "application/pdf": "PDF",
    "application/epub+zip": "EPUB (entries stored, not compressed)",
    "text/plain": "plain text (.txt), source code (.py, .js, .css, .yaml, ...)",
    "text/markdown": "Markdown",
    "text/html": "HTML",
    "application/xhtml+xml": "XHTML",
}
"""The media types that manifests are written into, and what people call them."""

BAD_SIGNERS = frozenset(
    {SignerLevel.EXPIRED_UNTIMED, SignerLevel.REVOKED, SignerLevel.INVALID_PROFILE}
)
SAID: dict[DstClass, Origin] = HUMAN | {
    DstClass.FULLY_AI: Origin.FULLY_AI,
    DstClass.PARTLY_AI: Origin.PARTLY_AI,
}
STAMPED = "timeStamp.validated"
UNLISTED, OUTSIDE = "timeStamp.untrusted", "timeStamp.outsideValidity"


@dataclass(frozen=True, slots=True)
class Signed:
    """A file that was signed, read back and put in place.

    Attributes:
        path: where it is.
        credential: what the reader says of it.
        signer: common name in the certificate.
        content_compared: whether its content was shown to be the same as before; see `content`.
    """

    path: Path
    credential: Credential
    signer: str
    content_compared: bool


@dataclass(frozen=True, slots=True)
class _Source:
    asset: Asset
    state: State
    seen: Seen


class FileSigner:
    """Signs files with one key. Not thread-safe.

    Args:
        signer: a `pem_signer`, or a `CallbackSigner` of your own.
        trust: the lists that files are read with; the shipped ones when None.
        tsa: URL of a time-stamping authority (RFC 3161), asked once for each file, and more often
            for a text. It learns a digest of the signature and your address. The only connection
            there ever is.
        limits: caps on what one file may cost to read.
        clock: what time it is, for the validity of the certificate.

    Raises:
        ConfigError: the key, the certificate or the URL cannot be used.
    """

    def __init__(
        self,
        signer: CallbackSigner,
        *,
        trust: TrustStore | None = None,
        tsa: str | None = None,
        limits: Limits = DEFAULT,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._signer = checked(signer, clock())
        self._tsa = None if tsa is None else (tsa, _host(tsa))
        self._sandbox = Sandbox(reading_task(trust or TrustStore.shipped()), limits=limits)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the reading process."""
        self._sandbox.close()

    def sign(
        self, path: Path, claim: Claim, *, out: Path | None = None, replace_broken: bool = False
    ) -> Signed:
        """Sign a file.

        Args:
            path: the file.
            claim: what is said of it.
            out: where to write it, replacing what is there; in place when None.
            replace_broken: whether a broken manifest in it may be thrown away.

        Raises:
            SigningRefused: the claim cannot stand, or what was written is not what was asked for.
            NotFound, InputError: a file cannot be read or written.
        """
        with ExitStack() as held:
            source = self._source(path, held)
            if claim.intent is Intent.EDIT:
                parents = [source]
            else:
                parents = [self._source(claim.parent, held)] if claim.parent else []
            components = [self._source(one, held) for one in claim.components]
            judge(
                claim,
                source.seen,
                [one.seen for one in parents],
                [one.seen for one in components],
                replace_broken=replace_broken,
            )
            # A link keeps being one: what it points to is replaced.
            target = Path(os.path.realpath(out or path))
            with replacement(target, like=path) as (file, put_in_place):
                self._write(claim, source, parents, components, file)
                signed = self._read_back(claim, source, [*parents, *components], file)
                for one in (source, *parents, *components):
                    _still(one)
                put_in_place()
        return Signed(out or path, signed[0], self._signer.name, signed[1])

    def _source(self, path: Path, held: ExitStack) -> _Source:
        fd = open_regular(path)
        held.callback(os.close, fd)
        before = state_of(fd)
        asset = Asset.from_fd(fd, name=str(path))
        if asset.media_type not in WRITABLE:
            raise SigningRefused(
                f"{path}: manifests cannot be written into {asset.media_type}",
                hint=f"It is possible for: {', '.join(WRITABLE.values())}.",
            )
        return _Source(asset, before, seen_in(str(path), self._read(asset)))

    def _read(self, asset: Asset) -> tuple[Evidence, ...]:
        return read_asset(self._sandbox, asset, Wanted(rights=False)).evidence

    def _write(
        self,
        claim: Claim,
        source: _Source,
        parents: Sequence[_Source],
        components: Sequence[_Source],
        file: BinaryIO,
    ) -> None:
        from provenance.c2pa import native_signing as native

        named = [(one, "parentOf", OWN) for one in parents]
        named += [(one, "componentOf", component(n)) for n, one in enumerate(components)]
        signer = native.NativeSigner(
            self._signer.alg.name, self._signer.chain, self._signer.sign, self._tsa
        )
        with ExitStack() as held:
            ingredients = []
            for one, relationship, label in named:
                described = {"relationship": relationship, "label": label}
                if one is not source:
                    described["title"] = Path(one.asset.name).name
                ingredients.append(_ingredient(one, described, held))
            written = manifest(claim, (GENERATOR, version("assay-provenance")))
            kind = source.asset.media_type
            try:
                if is_text(kind):
                    known = source.seen.credential
                    write_text(written, ingredients, signer, source.asset, known, file)
                else:
                    stream = held.enter_context(source.asset.open())
                    native.write(written, ingredients, signer, kind, stream, file)
            except native.SigningFailed as fault:
                raise _failed(source, str(fault), stamped=self._tsa is not None) from fault
        file.flush()

    def _read_back(
        self, claim: Claim, source: _Source, materials: Sequence[_Source], file: BinaryIO
    ) -> tuple[Credential, bool]:
        """What the reader says of the file that was written, if that is what was asked for."""
        asset = Asset.from_fd(file.fileno(), name=source.asset.name)
        seen = seen_in(source.asset.name, self._read(asset))
        credential = seen.credential
        before, after = content_digest(source.asset), content_digest(asset)
        wrong = [
            what
            for what, holds in (
                ("its kind", asset.media_type == source.asset.media_type),
                ("its integrity", credential.integrity is Integrity.INTACT),
                ("its content", before == after),
                ("its source type", claim.source_type in credential.digital_source_types),
                ("its origin", _says(claim, materials, credential)),
                ("its history", _kept(materials, credential.ingredients)),
                ("its time stamp", self._tsa is None or _stamped(asset, credential)),
                (
                    "its signer",
                    credential.signer is not None and credential.signer.level not in BAD_SIGNERS,
                ),
            )
            if not holds
        ]
        if wrong:
            codes = ", ".join(credential.codes.failure)
            raise SigningRefused(
                f"{source.asset.name}: was not signed, because what was written did not read back "
                f"as asked: {', '.join(wrong)}" + (f" ({codes})" if codes else "")
            )
        return credential, before is not None


def _ingredient(one: _Source, described: dict[str, Any], held: ExitStack) -> NativeIngredient:
    from provenance.c2pa.native_signing import NativeIngredient

    if is_text(one.asset.media_type):
        return text_ingredient(one.asset, one.seen.credential, described)
    stream = held.enter_context(one.asset.open())
    return NativeIngredient(described, one.asset.media_type, stream)


def _says(claim: Claim, materials: Sequence[_Source], credential: Credential) -> bool:
    """Whether the origin that was written is that of the claim, and AI upstream is still told."""
    if credential.origin is Origin.CONTRADICTORY:
        return any(one.seen.credential.origin is Origin.CONTRADICTORY for one in materials)
    upstream = any(one.seen.credential.ai_statement for one in materials)
    if upstream and credential.ai_statement is None:
        return False
    if claim.begins and not materials:
        return credential.origin is SAID.get(claim.says, credential.origin)
    return True


def _stamped(asset: Asset, credential: Credential) -> bool:
    """Whether the time stamp holds, whoever made it.

    The engine that reads texts does not call one valid whose authority it does not know; but it
    looks at everything else first, and what does not hold has another code.
    """
    codes = credential.codes
    unlisted = UNLISTED in codes.informational and OUTSIDE not in codes.informational
    return STAMPED in codes.success or (unlisted and is_text(asset.media_type))


def _kept(materials: Sequence[_Source], found: Sequence[Ingredient]) -> bool:
    """Whether every ingredient is there, with the manifest it had."""
    had = sorted(one.seen.credential.manifest or "" for one in materials)
    have = sorted(one.manifest or "" for one in found)
    return had == have and all(
        one.integrity is (Integrity.INTACT if one.manifest else Integrity.ABSENT) for one in found
    )


def _failed(source: _Source, said: str, *, stamped: bool) -> SigningRefused:
    """What the library said, with what can be done where that is known."""
    hint = ""
    if "compression method" in said:
        hint = "The library writes only into packages whose entries are stored: zip -0 -X -r."
    elif stamped and "http" in said:
        hint = "The time-stamping authority did not answer; try again, or leave --tsa out."
    elif "certificate is invalid" in said:
        hint = (
            "The certificate does not follow the C2PA profile: docs/signing.md says what it asks."
        )
    return SigningRefused(f"{source.asset.name}: could not be signed: {said[:500]}", hint=hint)


def _host(url: str) -> str:
    try:
        parts = urlsplit(url)
        host = parts.hostname if parts.scheme in {"http", "https"} and not parts.username else None
    except ValueError:
        host = None
    if not host:
        raise ConfigError(f"{url}: not the address of a time-stamping authority (http, https)")
    return host


def _still(source: _Source) -> None:
    """Whether a file is what it was when it was read, and still stands under its name."""
    backing = source.asset.backing
    assert isinstance(backing, int)  # noqa: S101 - opened by `_source`
    with suppress(OSError):
        if state_of(backing) == source.state == state_of(Path(source.asset.name)):
            return
    raise InputError(
        f"{source.asset.name}: changed while it was signed",
        hint="Try again when nothing writes to it.",
    )
