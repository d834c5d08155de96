"""The sentences a file carries about rights, with the place of each: what a person might read.

Fields for a copyright notice, usage terms or a licence, in every carrier the containers know: XMP
(ISO 16684-1; IPTC Photo Metadata 2025.1 and PLUS LDF name the properties), IPTC-IIM 2:40 and
2:116, EXIF `Copyright`, ID3v2 `TCOP`, `WCOP`, `USER` and comments, Vorbis, MP4, RIFF, AIFF,
Matroska, PNG, PDF, HTML `<meta>`, EPUB, OOXML and ODF. Nothing is understood here: who reads the
sentences is `provenance.rights.readers.natural_language`. Titles, descriptions and lyrics are not
about rights and are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from provenance.containers.packets import PacketKind
from provenance.limits import KIB
from provenance.metadata.works import works

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.containers.packets import Packet
    from provenance.metadata.works import Work

__all__ = ["LONGEST_TEXT", "MOST_TEXTS", "RightsText", "texts_of"]

LONGEST_TEXT = 16 * KIB
"""Characters kept of one text."""

MOST_TEXTS = 500
"""Texts taken from one asset and its parts."""

XMP_FIELDS = {
    ("http://ns.adobe.com/xap/1.0/rights/", "UsageTerms"): "xmpRights:UsageTerms",
    ("http://ns.adobe.com/xap/1.0/rights/", "WebStatement"): "xmpRights:WebStatement",
    ("http://purl.org/dc/elements/1.1/", "rights"): "dc:rights",
    ("http://purl.org/dc/terms/", "rights"): "dcterms:rights",
    ("http://purl.org/dc/terms/", "license"): "dcterms:license",
    ("http://purl.org/dc/terms/", "accessRights"): "dcterms:accessRights",
    ("http://creativecommons.org/ns#", "license"): "cc:license",
    ("http://web.resource.org/cc/", "license"): "cc:license",
    ("http://ns.adobe.com/photoshop/1.0/", "Instructions"): "photoshop:Instructions",
    ("http://ns.adobe.com/tiff/1.0/", "Copyright"): "tiff:Copyright",
    ("http://ns.adobe.com/xmp/1.0/DynamicMedia/", "copyright"): "xmpDM:copyright",
    ("http://ns.adobe.com/pdfx/1.3/", "Copyright"): "pdfx:Copyright",
    ("http://ns.useplus.org/ldf/xmp/1.0/", "OtherConstraints"): "plus:OtherConstraints",
    ("http://ns.useplus.org/ldf/xmp/1.0/", "OtherLicenseConditions"): "plus:OtherLicenseConditions",
    ("http://ns.useplus.org/ldf/xmp/1.0/", "OtherLicenseInfo"): "plus:OtherLicenseInfo",
    ("http://ns.useplus.org/ldf/xmp/1.0/", "TermsAndConditionsText"): "plus:TermsAndConditionsText",
    ("http://ns.useplus.org/ldf/xmp/1.0/", "TermsAndConditionsURL"): "plus:TermsAndConditionsURL",
    ("http://prismstandard.org/namespaces/basic/2.0/", "copyright"): "prism:copyright",
}
"""The XMP properties about rights, by namespace and name."""

RIGHTS = frozenset(
    {
        *("copyright", "rights", "license", "licence", "terms", "termsofuse", "usageterms"),
        *("accessrights", "disclaimer", "productioncopyright", "contentusage", "usagerights"),
        *("copyrightnotice", "rightsusageterms", "licenseurl", "licenceurl", "copyrighturl"),
    }
)
"""Free keys about rights, in lower case and without marks (`TERMS_OF_USE`, `dcterms.rights`)."""

COMMENTS = frozenset({"comment", "comments"})
SPECIAL = {
    "ID3": frozenset({"TCOP", "WCOP", "USER", "COMM", "TPRO"}),
    "ID3v1": frozenset({"comment"}),
    "IIM": frozenset({"2:40", "2:116"}),
    "ilst": frozenset({"cprt", "©cpy", "©cmt"}),
    "udta": frozenset({"cprt", "©cpy", "©cmt", "©wrn"}),
    "INFO": frozenset({"ICOP", "ICMT"}),
    "AIFF": frozenset({"(c)", "ANNO"}),
    "COM": frozenset({""}),
    "Comment": frozenset({""}),
}
"""Keys that a format itself defines, by the place of the packet."""

WITH_COMMENTS = frozenset({"Vorbis", "Matroska", "mdta", "onMetaData"})
"""Places where a comment is the only field a sentence fits into."""

MARKS = re.compile(r"[\s_.:-]+")
OWNERS = re.compile(r"^(?:dc|dcterms|cc|com\.apple\.quicktime|xmprights|schema)[.:]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RightsText:
    """One text about rights.

    Attributes:
        place: where it stood (`xmpRights:UsageTerms`, `ID3:TCOP`, `EXIF:Copyright`).
        text: as written, without white space around it; at most `LONGEST_TEXT` characters.
        part: path of the part it stood in, None for the asset itself.
        cut: whether it went on, or others behind it were left out.
    """

    place: str
    text: str
    part: str | None
    cut: bool = False


def texts_of(asset: Asset) -> Iterator[RightsText]:
    """The texts about rights in `asset` and its parts, each once, in file order.

    Args:
        asset: opened once for all readers; what cannot be read of it is among the container's
            faults and silent here.
    """
    seen = set[tuple[str | None, str, str]]()
    for work in works(asset):
        for place, text in _texts(work):
            said = text.replace("\x00", " ").strip()
            key = (work.part, place, said)
            if not said or key in seen:
                continue
            seen.add(key)
            full = len(seen) == MOST_TEXTS
            yield RightsText(
                place, said[:LONGEST_TEXT], work.part, cut=full or len(said) > LONGEST_TEXT
            )
            if full:
                return


def _texts(work: Work) -> Iterator[tuple[str, str]]:
    for one in work.xmp:
        if place := XMP_FIELDS.get((one.namespace, one.name)):
            for value in one.values:
                yield place, value
    for field in work.exif:
        if field.name == "Copyright":
            yield "EXIF:Copyright", field.text
    for packet in work.container.packets:
        if packet.kind is PacketKind.TEXT and _about_rights(packet):
            yield f"{packet.place}:{packet.key}" if packet.key else packet.place, packet.text


def _about_rights(packet: Packet) -> bool:
    key, described, description = packet.key.partition(":")
    if packet.place in SPECIAL:
        if packet.key in SPECIAL[packet.place] or key in SPECIAL[packet.place]:
            return True
        if packet.place not in {"ID3", "ilst"}:
            return False
        # TXXX:COPYRIGHT, WXXX:LICENSE and ----:com.apple.iTunes:LICENSE name themselves.
        key = description.rpartition(":")[2] if described else ""
    else:
        key = packet.key
    bare = MARKS.sub("", OWNERS.sub("", key[:200])).casefold()
    return bare in RIGHTS or (bare in COMMENTS and packet.place in WITH_COMMENTS)
