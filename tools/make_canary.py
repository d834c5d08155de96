"""Writes `provenance/c2pa/canary/`: two tiny files that show whether the C2PA library obeys us.

    python -m tools.make_canary

The library accepts unknown settings in silence, so a worker reads these before any file of a user:

- `trusted.jpg` is signed by a leaf whose only extended key usage is c2pa-kp-claimSigning, under
  `root.pem`. It reads Trusted only when `trust.trust_config` took effect *and* the root is an
  anchor; without the first it reads Invalid, without the second Valid;
- `remote.png` has no manifest, only a link to one. With fetching off, reading it must fail with
  "Remote: ..."; with fetching on, the library connects to a port where nothing listens.

The root vouches for nothing else: its key is made here and forgotten.
"""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from PIL.PngImagePlugin import PngInfo

from tools.authority import Authority

CANARY = Path(__file__).resolve().parents[1] / "provenance" / "c2pa" / "canary"
REMOTE_URL = "http://127.0.0.1:9/canary.c2pa"  # the discard port: nothing answers
SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/algorithmicMedia"

XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="" xmlns:dcterms="http://purl.org/dc/terms/"
   dcterms:provenance="{url}"/>
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>"""


def main() -> None:
    """Writes the three files."""
    CANARY.mkdir(parents=True, exist_ok=True)
    authority = Authority.new("Assay Canary")
    action = {"action": "c2pa.created", "digitalSourceType": SOURCE_TYPE}
    signed = authority.sign(picture("JPEG"), "image/jpeg", "canary", [action])
    (CANARY / "trusted.jpg").write_bytes(signed)
    (CANARY / "root.pem").write_bytes(authority.root)
    (CANARY / "remote.png").write_bytes(picture("PNG", xmp=XMP.format(url=REMOTE_URL)))


def picture(kind: str, *, xmp: str | None = None) -> bytes:
    """A yellow square of 16 pixels."""
    file = io.BytesIO()
    image = Image.new("RGB", (16, 16), (250, 210, 40))
    if xmp is None:
        image.save(file, kind)
    else:
        packets = PngInfo()
        packets.add_itxt("XML:com.adobe.xmp", xmp)
        image.save(file, kind, pnginfo=packets)
    return file.getvalue()


if __name__ == "__main__":
    main()
