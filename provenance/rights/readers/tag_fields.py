"""Reservations under keys people made up: in ID3, Vorbis comments, MP4, Matroska, PNG and others.

No standard of sound recordings has a field for reservations, so owners write `TDM-RESERVATION=1` or
`AI-TRAINING=no` where a tag editor lets them. Such a field is evidence of what its owner wants and
no more. Only keys whose meaning is plain are read, in any spelling of the same words, and only
values that say yes, no, or a term of the PLUS vocabulary; whole sentences are left to
`provenance.rights.readers.natural_language`. HTML, EPUB and PDF have real protocols for it
(TDMRep), which have readers of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.containers.packets import PacketKind
from provenance.evidence import NotRun, NotRunReason, Purpose, Reservation, ReservationState
from provenance.metadata.values import NAME_BYTES, clean
from provenance.metadata.works import works
from provenance.rights.data_mining import States, read_value
from provenance.rights.records import Channel, Formal, not_looked, reservation

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.containers.packets import Packet

__all__ = ["SOURCE", "TagFieldsReader"]

SOURCE = "tag_fields"
PROTOCOL = "tag-fields"

PLACES = frozenset(
    {
        *("ID3", "Vorbis", "ilst", "mdta", "udta", "Matroska", "INFO", "onMetaData"),
        *("tEXt", "zTXt", "iTXt", "custom.xml", "meta.xml"),
    }
)

MINING = frozenset({"tdm", "datamining", "textanddatamining", "textdatamining", "textmining"})
TRAINING = frozenset(
    {"aitraining", "aitrain", "trainai", "aimltraining", "mltraining", "machinelearning"}
)
GENERATIVE = frozenset({"genaitraining", "generativeaitraining", "traingenai", "aigentraining"})
INPUT = frozenset({"aiinput"})
USES: dict[str, Purpose] = {
    **dict.fromkeys(MINING, "tdm"),
    **dict.fromkeys(TRAINING, "train-ai"),
    **dict.fromkeys(GENERATIVE, "train-genai"),
    **dict.fromkeys(INPUT, "ai-input"),
}
"""What may be done with the work, as a key names it: `AI-TRAINING` is answered by yes or no."""

RESERVING = ("reservation", "reserved", "optout", "rightsreserved", "prohibited", "forbidden")
PERMITTING = ("allowed", "permission", "permitted", "optin", "consent")
NEGATIONS: dict[str, Purpose] = {
    **{f"no{use}": purpose for use, purpose in USES.items()},
    "noai": "train-ai",
    "noml": "train-ai",
}
CODED = frozenset({"datamining", "plusdatamining", "dmi"})
"""Keys under which a term of the PLUS vocabulary may stand."""

YES = frozenset({"1", "y", "yes", "true", "on"})
NO = frozenset({"0", "n", "no", "false", "off"})
DENIED = frozenset(
    {
        *("notallowed", "disallow", "disallowed", "denied", "deny", "prohibited", "forbidden"),
        *("reserved", "optout", "optedout", "notpermitted", "never", "allrightsreserved"),
    }
)
GRANTED = frozenset({"allow", "allowed", "permitted", "granted", "optin", "optedin"})
MARKS = re.compile(r"[\W_]+")
LONGEST_VALUE = 120
MOST = 64


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a key asks: about which use, and whether a yes reserves it."""

    purpose: Purpose
    yes_reserves: bool


class TagFieldsReader:
    """Reads free keys. See `provenance.protocols.RightsReader`."""

    source = SOURCE
    media = frozenset({"*"})  # parts can be of any kind, whatever holds them
    version = "1"

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """Each field of `asset` and its parts that answers plainly."""
        told = set[tuple[str | None, str, bytes]]()
        for work in works(asset):
            for packet in work.container.packets:
                states = _states(packet)
                key = (work.part, packet.key, packet.data)
                if states is None or key in told:
                    continue
                if len(told) == MOST:
                    detail = f"more than {MOST} fields about reservations"
                    yield not_looked(SOURCE, NotRunReason.LIMIT, detail, part=work.part)
                    return
                told.add(key)
                yield _reservation(work.part, packet, states)


def _reservation(part: str | None, packet: Packet, states: States) -> Reservation:
    return reservation(
        source=SOURCE,
        protocol=PROTOCOL,
        channel=Channel.EMBEDDED,
        scope="asset",
        purposes=states,
        native_value=clean(f"{packet.key[:NAME_BYTES]}={packet.text.strip()}"),
        location=clean(f"{packet.place}:{packet.key}", NAME_BYTES),
        body=packet.data,
        formal=Formal.NONCONFORMING,
        part=part,
        warnings=("no_standard: a field that no specification defines",),
    )


def _states(packet: Packet) -> States | None:
    """The plain reading of a field; None for one that is about something else, or not plain."""
    if packet.kind is not PacketKind.TEXT or packet.place not in PLACES:
        return None
    if len(packet.data) > LONGEST_VALUE:
        return None
    # `TXXX:KEY`, `----:com.apple.iTunes:KEY`, and in reverse domain notation `com.example.KEY`.
    key = _bare(packet.key.rpartition("." if packet.place == "mdta" else ":")[2])
    if key in CODED and "DMI" in packet.text.upper():
        return read_value(packet.text).states
    meaning = _meaning(key)
    state = meaning and _state(_bare(packet.text), meaning)
    return {meaning.purpose: state} if meaning and state else None


def _meaning(key: str) -> Meaning | None:
    if purpose := NEGATIONS.get(key):
        return Meaning(purpose, yes_reserves=True)
    if purpose := USES.get(key):
        return Meaning(purpose, yes_reserves=False)
    for endings, reserves in ((RESERVING, True), (PERMITTING, False)):
        for ending in endings:
            if key.endswith(ending) and (purpose := _use(key.removesuffix(ending))):
                return Meaning(purpose, yes_reserves=reserves)
    return None


def _use(words: str) -> Purpose | None:
    return "train-ai" if words == "ai" else USES.get(words)


def _state(answer: str, meaning: Meaning) -> ReservationState | None:
    if answer in DENIED or answer in (YES if meaning.yes_reserves else NO):
        return ReservationState.RESERVED
    if answer in GRANTED or answer in (NO if meaning.yes_reserves else YES):
        return ReservationState.ALLOWED
    return None


def _bare(text: str) -> str:
    return MARKS.sub("", text).casefold()
