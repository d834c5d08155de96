"""Seeds of what owners reserve inside files."""

from __future__ import annotations

from tests.provenance import making

PREFIXES = 'xmlns:plus="http://ns.useplus.org/ldf/xmp/1.0/"'
VOCABULARY = "http://ns.useplus.org/ldf/vocab/"

FIELDS = (
    b"TDM-RESERVATION=1\nAI_TRAINING=not allowed\nTXXX:NO-AI=yes\n"
    b"----:com.apple.iTunes:GENAI-TRAINING=0\ncom.example.TDM=prohibited\n"
    b"plus:DataMining=DMI-PROHIBITED\nCopyright=all rights reserved\n2:116=(c)\n=a comment"
)


def packets() -> dict[str, bytes]:
    """XMP with the Data Mining property."""
    see = f"{VOCABULARY}DMI-PROHIBITED-SEECONSTRAINT"
    inner = f'<rdf:Description plus:DataMining="{VOCABULARY}DMI-ALLOWED"/>'
    return {
        "attribute": making.xmp("", f'plus:DataMining="{VOCABULARY}DMI-PROHIBITED"', PREFIXES),
        "bag": making.xmp(
            "<plus:DataMining><rdf:Bag><rdf:li>DMI-ALLOWED</rdf:li>"
            "<rdf:li>Prohibited for AI/ML training</rdf:li></rdf:Bag></plus:DataMining>",
            prefixes=PREFIXES,
        ),
        "referring": making.xmp(
            f'<plus:DataMining rdf:resource="{see}"/><plus:OtherConstraints><rdf:Alt>'
            "<rdf:li>ask</rdf:li></rdf:Alt></plus:OtherConstraints>",
            prefixes=PREFIXES,
        ),
        "nested": making.xmp(
            f"<xmp:Thing><rdf:Bag><rdf:li>{inner}</rdf:li></rdf:Bag></xmp:Thing>{inner}",
            prefixes=PREFIXES,
        ),
        "utf-16": making.xmp("<plus:DataMining>DMI-PROHIBITED</plus:DataMining>", "", PREFIXES)
        .decode()
        .encode("utf-16"),
    }
