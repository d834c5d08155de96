"""Opening a file just far enough to find its metadata packets and the works embedded in it."""

from __future__ import annotations

from provenance.containers.opening import open_container
from provenance.containers.packets import Container, Fault, Packet, PacketKind, Part

__all__ = ["Container", "Fault", "Packet", "PacketKind", "Part", "open_container"]
