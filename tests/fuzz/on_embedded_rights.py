"""Targets that read what owners reserve inside files: XMP properties, free keys, sentences."""

from __future__ import annotations

from provenance.containers import Container, Packet, PacketKind
from tests.fuzz.contract import BrokenContractError, as_asset
from tests.fuzz.registry import named

LONGEST_VALUE = 4096


@named("plus", "rights.readers.plus", "metadata.xmp")
def _plus(data: bytes) -> None:
    """Any packet: what permits is a term of the vocabulary, and nothing is without bounds."""
    from provenance.evidence import Reservation, ReservationState
    from provenance.rights.readers.plus import PlusReader

    asset = as_asset(data, "image/jpeg")
    packets = [Packet(PacketKind.XMP, "APP1", "", data)]
    asset.memo("container", lambda: Container(packets=packets))
    for one in PlusReader().read(asset):
        if not isinstance(one, Reservation):
            continue
        if len(one.native_value.encode()) > LONGEST_VALUE or len(one.warnings) > 16:
            raise BrokenContractError("a record without bounds")
        if ReservationState.ALLOWED in one.purposes.values() and one.formal == "malformed":
            raise BrokenContractError("a permission nobody can read")


@named("tag_fields", "rights.readers.tag_fields")
def _tag_fields(data: bytes) -> None:
    """Lines of `KEY=VALUE`, in every place such a field may stand."""
    from provenance.rights.readers.tag_fields import MOST, TagFieldsReader
    from provenance.rights.texts import LONGEST_TEXT, MOST_TEXTS, texts_of

    fields = [line.partition(b"=")[::2] for line in data.split(b"\n")[:50]]
    packets = [
        Packet(PacketKind.TEXT, place, key.decode("latin-1"), value)
        for key, value in fields
        for place in ("ID3", "Vorbis", "ilst", "mdta", "tEXt", "IIM", "meta", "COM")
    ]
    asset = as_asset(data, "audio/mpeg")
    asset.memo("container", lambda: Container(packets=packets))
    found = list(TagFieldsReader().read(asset))
    if len(found) > MOST + 1 or any(getattr(one, "standing", "D") != "D" for one in found):
        raise BrokenContractError("more than evidence")
    said = list(texts_of(asset))
    if len(said) > MOST_TEXTS or any(not 0 < len(one.text) <= LONGEST_TEXT for one in said):
        raise BrokenContractError("texts without bounds")
