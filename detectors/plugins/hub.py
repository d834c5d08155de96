"""Brings a classifier from a hub: which commit it is at, which files it has, and those files.

A hub answers as huggingface.co does: `/api/models/OWNER/NAME/revision/REVISION?blobs=true` gives
the commit and, of each file, its name, size and digest (SHA-256 where it is large, else the
SHA-1 of git); `/OWNER/NAME/resolve/COMMIT/FILE` gives a file, mostly by a redirect. The settings
are those of the hub's own client: `HF_ENDPOINT` names another hub, `HF_HUB_OFFLINE` forbids to ask
one, `HF_HUB_CACHE` or `HF_HOME` says where that client keeps what it fetched.

Everything comes through the guarded fetcher (`provenance.fetch`), redirects too. A hub that
`HF_ENDPOINT` names may stand in a network of one's own: its addresses and its port are allowed, of
all others only public ones. No credentials are sent. A model that is not public can be fetched with
the hub's own client: its cache is looked at first for a commit, and it alone when offline.

Data only is fetched, never code or a pickle, and configurations before weights: a model that is not
run is refused before gigabytes arrive.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated
from urllib.parse import quote

import httpx2
from pydantic import BaseModel, Field, StringConstraints, ValidationError

from detectors.models.places import models_folder
from detectors.models.records import REVISION
from detectors.plugins.checking import CONFIG, CONVERTED, INDEX, WEIGHTS, is_plugin_file
from provenance.addresses import AddressPolicy, IPAddress, PublicOnly
from provenance.connections import system_resolver
from provenance.errors import ConfigError, FetchError, FetchTooLarge, ModelError, NotFound
from provenance.fetch import Fetched, fetch
from provenance.limits import DEFAULT, MIB

__all__ = [
    "ENDPOINT",
    "HUB",
    "Address",
    "Told",
    "brought",
    "endpoint",
    "no_safetensors",
    "policy_of",
]

log = logging.getLogger(__name__)

HUB = "hf:"
ADDRESS = re.compile(
    r"hf:(?P<owner>[A-Za-z0-9][\w.-]{0,95})/(?P<name>[A-Za-z0-9][\w.-]{0,95})"
    r"(?:@(?P<revision>[\w][\w./-]{0,199}))?"
)
ENDPOINT = "https://huggingface.co"
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".msgpack", ".h5")

MOST_FILES = 500
FOR_LIST = replace(DEFAULT, fetch_bytes=16 * MIB)
FOR_DATA = replace(DEFAULT, fetch_bytes=64 * MIB)
FOR_WEIGHTS = replace(DEFAULT, fetch_bytes=16 * 1024 * MIB, fetch_seconds=4 * 3600.0)
"""Of one model in all; a line that is silent for some seconds ends it sooner."""

CHUNK = MIB
Told = Callable[[str, int, int | None], None]
"""Takes what is being done, how many files are there, and of how many."""


class Address:
    """A model on a hub.

    Args:
        written: `hf:OWNER/NAME@REVISION`.

    Raises:
        ConfigError: it is not written so, or has no revision.
    """

    def __init__(self, written: str) -> None:
        found = ADDRESS.fullmatch(written)
        if found is None or ".." in written:
            raise ConfigError(f"{written!r} is not hf:OWNER/NAME@REVISION")
        if found["revision"] is None:
            raise ConfigError(
                f"{written}: a revision is needed",
                hint="Add @ and a commit; of a branch, the commit it is at now is kept.",
            )
        self.owner, self.name = found["owner"], found["name"]
        self.revision: str = found["revision"]

    @property
    def repository(self) -> str:
        """`OWNER/NAME`."""
        return f"{self.owner}/{self.name}"

    @property
    def is_pinned(self) -> bool:
        """Whether it names a commit, and no branch or tag."""
        return re.fullmatch(REVISION, self.revision) is not None


@contextmanager
def brought(
    address: Address, *, look: Callable[[Path], object], told: Told | None = None
) -> Iterator[tuple[Path, str]]:
    """A folder with the data files of a model, and the commit they are of.

    Args:
        address: of the model.
        look: is shown the folder when all but the weights is there, and raises to end it.
        told: of every file.

    Raises:
        NotFound: the hub has no such public model, or the cache has none.
        FetchError: the hub did not answer, or a file is not the one that it lists.
        ModelError: its list of files already says that it is not run.
        ConfigError: `HF_ENDPOINT` is no URL.
    """
    offline = _is_offline()
    if offline or address.is_pinned:
        found = _cached(address)
        if found is not None:
            yield found, found.name
            return
    if offline:
        raise NotFound(
            f"{HUB}{address.repository}@{address.revision}: is not in {_cache()}",
            hint="HF_HUB_OFFLINE is set: unset it, or fetch the model with the hub's own client.",
        )
    models_folder().mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix=".hub-", dir=models_folder()) as new:
        into = Path(new)
        yield into, _Hub(endpoint()).bring(address, into, look, told or (lambda *_: None))


# The hub


@dataclass(frozen=True, slots=True)
class _Mirror:
    """Allows public addresses, and those of the hub that the user named, on its port too."""

    addresses: frozenset[IPAddress]
    port: int
    public: PublicOnly = field(default_factory=PublicOnly)

    def allows_address(self, address: IPAddress) -> bool:
        return address in self.addresses or self.public.allows_address(address)

    def allows_port(self, port: int) -> bool:
        return port == self.port or self.public.allows_port(port)


Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{40}([0-9a-f]{24})?$")]


class _Large(BaseModel):
    sha256: Digest
    size: int = Field(ge=0)


class _File(BaseModel):
    """A file of a model, as the hub lists it; an older mirror gives its name only."""

    rfilename: str = Field(max_length=1000)
    size: int | None = Field(default=None, ge=0)
    blobId: Digest | None = None  # noqa: N815 - the hub spells it so
    lfs: _Large | None = None


class _Listing(BaseModel):
    sha: str = Field(pattern=f"^{REVISION}$")
    siblings: tuple[_File, ...] = Field(max_length=100_000)


def endpoint() -> str:
    """The hub: what `HF_ENDPOINT` says, else huggingface.co."""
    return (os.environ.get("HF_ENDPOINT") or ENDPOINT).rstrip("/")


class _Hub:
    """A hub, asked through the guarded fetcher.

    Args:
        base: its URL.

    Raises:
        ConfigError: that is no URL.
        FetchError: its name leads nowhere.
    """

    def __init__(self, base: str) -> None:
        self._base = base
        self._allow = policy_of(base)

    def bring(
        self, address: Address, into: Path, look: Callable[[Path], object], told: Told
    ) -> str:
        """Fetch the data files of a model; the commit they are of."""
        listing = self._listing(address)
        files = _wanted(listing, address)
        data = [one for one in files if not one.rfilename.endswith(".safetensors")]
        weights = [one for one in files if one.rfilename.endswith(".safetensors")]
        there = f"{self._base}/{address.owner}/{address.name}/resolve/{listing.sha}"
        for number, one in enumerate(data):
            told(f"fetching {one.rfilename}", number, len(files))
            self._save(f"{there}/{one.rfilename}", one, into, FOR_DATA.fetch_bytes)
        look(into)
        left = FOR_WEIGHTS.fetch_bytes
        for number, one in enumerate(weights, len(data)):
            told(f"fetching {one.rfilename}", number, len(files))
            left -= self._save(f"{there}/{one.rfilename}", one, into, left)
        return listing.sha

    def _listing(self, address: Address) -> _Listing:
        revision = quote(address.revision, safe="")
        url = f"{self._base}/api/models/{address.repository}/revision/{revision}?blobs=true"
        with fetch(url, limits=FOR_LIST, allow=self._allow) as answer:
            _hold_status(answer, f"{HUB}{address.repository}@{address.revision}")
            try:
                listing = _Listing.model_validate_json(answer.read())
            except ValidationError as fault:
                raise FetchError(f"{url}: is not a list of the files of a model") from fault
        if address.is_pinned and listing.sha != address.revision:
            raise FetchError(f"{url}: answered with another commit, {listing.sha}")
        return listing

    def _save(self, url: str, file: _File, into: Path, cap: int) -> int:
        """Fetch a file that is as the list says; its size."""
        size = file.lfs.size if file.lfs else file.size
        if size is not None and size > cap:
            raise FetchTooLarge(f"{url}: is of {size:,} bytes, more than {cap:,}")
        limits = replace(FOR_WEIGHTS, fetch_bytes=cap)
        with fetch(url, limits=limits, allow=self._allow) as answer:
            _hold_status(answer, url)
            if size is not None and answer.size != size:
                raise FetchError(f"{url}: is of {answer.size:,} bytes, and {size:,} are listed")
            found = _written(answer, into / file.rfilename)
        wanted = file.lfs.sha256 if file.lfs else file.blobId
        if wanted is not None and wanted not in found:
            raise FetchError(f"{url}: its digest is not {wanted}, which is listed")
        log.info("fetched %s, %d bytes", url, answer.size)
        return answer.size


def policy_of(base: str) -> AddressPolicy:
    """What may be connected to for the hub at a URL.

    Raises:
        ConfigError: it is no URL of a hub.
        FetchError: its name leads nowhere.
    """
    if base == ENDPOINT:
        return PublicOnly()
    try:
        url = httpx2.URL(base)
    except httpx2.InvalidURL as fault:
        raise ConfigError(f"HF_ENDPOINT: {base!r} is not a URL") from fault
    if url.scheme not in ("http", "https") or not url.host or url.query or url.userinfo:
        raise ConfigError("HF_ENDPOINT: it is not the http or https URL of a hub")
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        addresses = system_resolver(url.host, port)
    except OSError as fault:
        raise FetchError(f"HF_ENDPOINT: the name {url.host!r} cannot be resolved") from fault
    return _Mirror(frozenset(one for one in addresses if one is not None), port)


def _hold_status(answer: Fetched, what: str) -> None:
    if answer.status in (401, 403, 404):
        raise NotFound(
            f"{what}: there is none, or it is not public",
            hint="Of a model that asks for consent, fetch the commit with the hub's own client: "
            "its cache is looked at first.",
        )
    if answer.status != 200:
        raise FetchError(f"{what}: the hub answered {answer.status}", hint="Try again later.")


def _wanted(listing: _Listing, address: Address) -> list[_File]:
    """The data files of a model that lie beside its configuration."""
    files = {one.rfilename: one for one in listing.siblings}
    wanted = [one for name, one in files.items() if is_plugin_file(name) or name in CONVERTED]
    if CONFIG not in files:
        raise ModelError(f"{HUB}{address.repository}: has no {CONFIG}")
    if not any(one.rfilename.endswith(".safetensors") for one in wanted):
        raise no_safetensors(f"{HUB}{address.repository}@{address.revision}", list(files))
    if len(wanted) > MOST_FILES:
        raise ModelError(f"{HUB}{address.repository}: is of more than {MOST_FILES} files")
    return sorted(wanted, key=lambda one: one.rfilename)


def no_safetensors(where: str, names: list[str]) -> ModelError:
    """What to raise of a model without safetensors, given the names of its files."""
    pickled = [name for name in sorted(names) if name.endswith(PICKLES)]
    return ModelError(
        f"{where}: has no weights as safetensors"
        + (f", only {pickled[0]}, which can run code when it is read" if pickled else ""),
        hint="Save it with safe_serialization, or take a revision that has them.",
    )


def _written(answer: Fetched, path: Path) -> tuple[str, str]:
    """Write a body to a file; its SHA-256, and the SHA-1 that git gives such a file."""
    sha256 = hashlib.sha256()
    blob = hashlib.sha1(b"blob %d\0" % answer.size, usedforsecurity=False)
    with path.open("xb") as file:
        while data := os.read(answer.fd, CHUNK):
            sha256.update(data)
            blob.update(data)
            file.write(data)
    return sha256.hexdigest(), blob.hexdigest()


# The cache of the hub's client


def _is_offline() -> bool:
    said = os.environ.get("HF_HUB_OFFLINE") or os.environ.get("TRANSFORMERS_OFFLINE") or ""
    return said.upper() in {"1", "ON", "YES", "TRUE"}


def _cache() -> Path:
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE"):
        if given := os.environ.get(name):
            return Path(os.path.expandvars(given)).expanduser()
    if given := os.environ.get("HF_HOME"):
        return Path(os.path.expandvars(given)).expanduser() / "hub"
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "huggingface" / "hub"


def _cached(address: Address) -> Path | None:
    """The snapshot of a model that the hub's client has fetched before, if it is whole."""
    place = _cache() / f"models--{address.owner}--{address.name}"
    commit = address.revision
    if not address.is_pinned:
        try:
            with (place / "refs" / address.revision).open("rb") as file:
                commit = file.read(100).decode("ascii", "replace").strip()
        except OSError:
            return None
    snapshot = place / "snapshots" / commit
    if not re.fullmatch(REVISION, commit) or not _is_whole(snapshot):
        return None
    return snapshot


def _is_whole(snapshot: Path) -> bool:
    """Whether nothing is missing that can be told: that client may fetch single files."""
    try:
        names = {one.name for one in snapshot.iterdir() if one.is_file()}
        shards: set[str] = {WEIGHTS}
        if WEIGHTS not in names and INDEX in names:
            shards = set(json.loads((snapshot / INDEX).read_bytes())["weight_map"].values())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
    beside = ("preprocessor_config.json", "processor_config.json", "tokenizer.json", *CONVERTED)
    return CONFIG in names and shards <= names and not names.isdisjoint(beside)
