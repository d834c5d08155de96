"""Targets that read manifests, what carries them, and the lists of who may sign them."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any, cast

from tests.fuzz.contract import BrokenContractError, as_asset
from tests.fuzz.registry import named

if TYPE_CHECKING:
    from provenance.asset import Asset


class _Pieces:
    """A text that comes in pieces of some size."""

    def __init__(self, data: bytes, media_type: str, size: int) -> None:
        self.media_type, self.size, self._data, self._piece = media_type, len(data), data, size

    def chunks(self) -> Any:
        for at in range(0, len(self._data), self._piece):
            yield self._data[at : at + self._piece]


@named("marks", "c2pa.text")
def _marks(data: bytes) -> None:
    """What is found does not depend on where the pieces end that a text is read in."""
    from provenance.c2pa.text import find_marks

    for media_type in ("text/plain", "text/html"):
        whole = find_marks(cast("Asset", _Pieces(data, media_type, max(1, len(data)))))
        pieces = find_marks(cast("Asset", _Pieces(data, media_type, 4096)))
        links = whole.link, pieces.link
        if links[0] != links[1] and None not in links and media_type == "text/html":
            pieces.link = whole.link  # a link and a delimiter: which is first seen may differ
        if whole != pieces:
            raise BrokenContractError(f"{whole} whole, {pieces} in pieces")
        for link in links if media_type == "text/plain" else ():  # a tag is cut when it is too long
            if link and not _is_whole(link.encode(), data):
                raise BrokenContractError(f"half an address: {link}")
        whole.read_as(media_type)


def _is_whole(address: bytes, data: bytes) -> bool:
    """Whether an address stands somewhere in `data` with an end behind it, or is over the limit."""
    at, ends = data.find(address), b" \t\r\n\v\f<>\"'"
    if at < 0 or len(address) >= 1900:
        return True  # written with bytes that are no text, or cut on purpose
    while at >= 0:
        if data[at + len(address) : at + len(address) + 1] in ends:
            return True
        at = data.find(address, at + 1)
    return False


STORE = ("jumbf", "cbor", "chain", "cose", "constraints", "created", "assurance")


@named("store", *(f"c2pa.{one}" for one in STORE))
def _store(data: bytes) -> None:
    """A manifest store as boxes, claims and signatures in it as CBOR, and certificates."""
    from provenance.c2pa.assurance import assurance_level
    from provenance.c2pa.chain import chains_in
    from provenance.c2pa.constraints import constrained
    from provenance.c2pa.cose import chain_of, signing_certificate
    from provenance.c2pa.created import created_in
    from provenance.c2pa.jumbf import Malformed, signatures

    chains_in(data)
    created_in(data)
    try:
        found = [signature for _, signature in signatures(data)]
    except Malformed:
        found = []
    for one in (data, *found):
        signing_certificate(one)
        constrained(chain_of(one), "")
        for certificate in chain_of(one):
            assurance_level(certificate)


@named("text_carriers", "c2pa.text_carriers")
def _text_carriers(data: bytes) -> None:
    """The manifests in a text: in order, and gone when they are taken out."""
    from provenance.c2pa.text_carriers import body, found, place
    from provenance.errors import SigningRefused

    for media_type, name in (("text/plain", "a.txt"), ("text/html", "a.html"), ("x/y", "a.py")):
        manifests = found(data, media_type)
        if any(not 0 <= one.start < one.end <= len(data) for one in manifests):
            raise BrokenContractError("a manifest that is not in the text")
        if len(body(data, manifests)) > len(data):
            raise BrokenContractError("more without manifests than with them")
        try:
            where = place(data, media_type, name)
        except SigningRefused:
            continue
        if where.before + where.after != data:
            raise BrokenContractError("a place that changes the text")


@named(
    "summary",
    *(f"c2pa.{one}" for one in ("building", "graph", "actions", "origin", "human", "records")),
    *("c2pa.history", "c2pa.signals", "rights.readers.training_mining"),
)
def _summary(data: bytes) -> None:
    """Manifests of any content in the shape the C2PA library gives; whoever signs chooses both."""
    from provenance.c2pa.building import build_graph
    from provenance.c2pa.reader import Manifest
    from provenance.c2pa.records import read_records
    from provenance.evidence import Credential
    from provenance.rights.readers.training_mining import TrainingMiningReader
    from tests.provenance.c2pa.summaries import EMPTY, INTACT, summary

    try:
        given = json.loads(data)
    except (ValueError, RecursionError):
        return
    manifests = given.get("manifests") if isinstance(given, dict) else None
    manifests = manifests if isinstance(manifests, dict) else {"active": given}
    manifests = {key: one for key, one in manifests.items() if isinstance(one, dict)}
    manifests.setdefault("active", {})
    made = summary(success=INTACT, failure=("signingCredential.untrusted",)) | {
        "manifests": manifests
    }
    first = read_records("c2pa", build_graph(made), None, EMPTY)
    if any(isinstance(one, Credential) and one.human_level > 1 for one in first):
        raise BrokenContractError("a human is attested by nobody")
    mining = TrainingMiningReader()
    mining._trust = EMPTY
    reserved = list(mining._found(None, Manifest(build_graph(made))))
    if any(one.authority == "signed-trusted" for one in reserved):  # type: ignore[union-attr]
        raise BrokenContractError("a permission by nobody")
    if first != read_records("c2pa", build_graph(made), None, EMPTY):
        raise BrokenContractError("the same manifests, read differently")


@named("content", "c2pa.content", "containers.ifd")
def _content(data: bytes) -> None:
    """The digest of the content, of a file taken for each of the formats in turn."""
    from provenance import media
    from provenance.c2pa.content import FORMATS as KINDS
    from provenance.c2pa.content import TEXTS as OTHERS
    from provenance.c2pa.content import content_digest

    known = media.sniff_bytes(data)
    for media_type in {known, *KINDS, *OTHERS} if known not in {*KINDS, *OTHERS} else {known}:
        asset = as_asset(data, media_type)
        if content_digest(asset) != content_digest(asset):
            raise BrokenContractError("the same file, read differently")


@named("trust_list", "c2pa.updating")
def _trust_list(data: bytes) -> None:
    from provenance.c2pa.updating import FEWEST, parse_list
    from provenance.errors import TrustError

    for name in ("official", "tsa"):
        try:
            found = parse_list(name, data)
        except TrustError:
            continue
        if len(found.certificates) < FEWEST:
            raise BrokenContractError("a list of too few certificates")


@named("trust_pem", "c2pa.trust", "attest.timestamp")
def _trust_pem(data: bytes) -> None:
    from provenance.attest.timestamp import load_roots
    from provenance.c2pa.trust import describe_anchors
    from provenance.errors import KeyFault, TrustError
    from tests.provenance.c2pa.summaries import EMPTY

    with contextlib.suppress(KeyFault):
        load_roots(data)
    for read in (describe_anchors, EMPTY.with_private):
        try:
            read(data)  # type: ignore[operator]
        except TrustError:
            continue
