"""The other direction: what a publisher puts where, so that readers understand what is reserved."""

from __future__ import annotations

from provenance.rights.publish.declaration import Declaration, load_declaration
from provenance.rights.publish.kit import KitFile, kit_files
from provenance.rights.publish.readback import ReadBack, read_back

__all__ = ["Declaration", "KitFile", "ReadBack", "kit_files", "load_declaration", "read_back"]
