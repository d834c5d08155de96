"""Writes tests/vectors/optout/plus.jsonl: XMP packets and what their owners say in them.

    python -m tools.make_vectors_plus

Each line is one question: a packet (`xmp`, or `xmp_base64` where it is not UTF-8), what stands in
the place where `note` says, and the records a reader must give (`expected`: scope, purposes, formal
validity, strictest state, codes of the warnings). The expectations are written down here from the
specifications, not computed by the reader. Sources: IPTC Photo Metadata Standard 2023.1 "Data
Mining", PLUS LDF vocabulary DMI, ISO 16684-1 section 7 for the serialisations of XMP.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parents[1] / "tests/vectors/optout/plus.jsonl"

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
PLUS = "http://ns.useplus.org/ldf/xmp/1.0/"
IPTC = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
VOCABULARY = "http://ns.useplus.org/ldf/vocab/"

# What the vocabulary's definitions say of each use, in the words of the report.
SAYS: dict[str, dict[str, str]] = {
    "DMI-UNSPECIFIED": {},
    "DMI-ALLOWED": {"train-ai": "allowed", "tdm": "allowed", "search": "allowed"},
    "DMI-PROHIBITED-AIMLTRAINING": {"train-ai": "reserved"},
    "DMI-PROHIBITED-GENAIMLTRAINING": {"train-genai": "reserved"},
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": {"tdm": "reserved", "search": "allowed"},
    "DMI-PROHIBITED": {"tdm": "reserved", "search": "reserved"},
    "DMI-PROHIBITED-SEECONSTRAINT": {"tdm": "conditional", "search": "conditional"},
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": {"tdm": "conditional", "search": "conditional"},
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": {"tdm": "conditional", "search": "conditional"},
}
LABELS = {
    "DMI-UNSPECIFIED": ("Unspecified - no prohibition defined",),
    "DMI-PROHIBITED-AIMLTRAINING": ("Prohibited for AI/ML training",),
    "DMI-PROHIBITED-GENAIMLTRAINING": ("Prohibited for Generative AI/ML training",),
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING": ("Prohibited except for search engine indexing",),
    "DMI-PROHIBITED-SEECONSTRAINT": (
        "Prohibited, see plus:OtherConstraints",
        "Prohibited, see Other Constraints property",
    ),
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": (
        "Prohibited, see iptcExt:EmbdEncRightsExpr",
        "Prohibited, see Embedded Encoded Rights Expression property",
    ),
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": (
        "Prohibited, see iptcExt:LinkedEncRightsExpr",
        "Prohibited, see Linked Encoded Rights Expression property",
    ),
}
REFERS = {
    "DMI-PROHIBITED-SEECONSTRAINT": (
        "plus:OtherConstraints",
        "<plus:OtherConstraints><rdf:Alt>"
        '<rdf:li xml:lang="x-default">No training before 2030</rdf:li>'
        "</rdf:Alt></plus:OtherConstraints>",
        "No training before 2030",
    ),
    "DMI-PROHIBITED-SEEEMBEDDEDRIGHTSEXPR": (
        "Iptc4xmpExt:EmbdEncRightsExpr",
        "<Iptc4xmpExt:EmbdEncRightsExpr><rdf:Bag><rdf:li>"
        "&lt;policy uid='urn:example:1'/&gt;</rdf:li></rdf:Bag></Iptc4xmpExt:EmbdEncRightsExpr>",
        "<policy uid='urn:example:1'/>",
    ),
    "DMI-PROHIBITED-SEELINKEDRIGHTSEXPR": (
        "Iptc4xmpExt:LinkedEncRightsExpr",
        "<Iptc4xmpExt:LinkedEncRightsExpr><rdf:Bag>"
        '<rdf:li rdf:resource="https://example.org/policy.odrl"/>'
        "</rdf:Bag></Iptc4xmpExt:LinkedEncRightsExpr>",
        "https://example.org/policy.odrl",
    ),
}
PROHIBITED, TRAINING = "DMI-PROHIBITED", "DMI-PROHIBITED-AIMLTRAINING"
GENERATIVE, SEARCHABLE = (
    "DMI-PROHIBITED-GENAIMLTRAINING",
    "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING",
)

RANKS = ("allowed", "unknown", "conditional", "reserved")
Line = dict[str, Any]


def packet(inside: str = "", attributes: str = "", prefixes: str = f'xmlns:plus="{PLUS}"') -> str:
    """A packet with one description."""
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        f'<rdf:RDF xmlns:rdf="{RDF}"><rdf:Description rdf:about="" xmlns:Iptc4xmpExt="{IPTC}" '
        f"{prefixes} {attributes}>{inside}</rdf:Description></rdf:RDF></x:xmpmeta>"
    )


def element(value: str) -> str:
    """The property as an element."""
    return f"<plus:DataMining>{value}</plus:DataMining>"


def record(
    says: dict[str, str], *warnings: str, formal: str | None = None, scope: str = "asset"
) -> Line:
    """One record a reader must give."""
    return {
        "scope": scope,
        "purposes": says,
        "formal": formal or ("nonconforming" if warnings else "valid"),
        "intent": max(says.values(), key=RANKS.index, default="unknown"),
        "warnings": sorted(warnings),
    }


def line(note: str, section: str, xmp: str, *expected: Line, contains: str | None = None) -> Line:
    """One question; `contains` is what its first record must keep of the source."""
    asked: Line = {"note": note, "section": section, "xmp": xmp, "expected": list(expected)}
    return asked | ({"native_contains": contains} if contains else {})


def unresolved(code: str) -> tuple[str, ...]:
    """The warning about something a value refers to and that is not there."""
    return ("unresolved_condition",) if code in REFERS else ()


def valid(code: str) -> Line:
    """The record of a value written as the specification has it."""
    return record(SAYS[code], *unresolved(code), formal="valid")


VALUES = "IPTC Photo Metadata 2023.1, Data Mining; PLUS LDF vocabulary DMI"


def values() -> Iterator[Line]:
    """The nine values, and what three of them refer to."""
    for code in SAYS:
        yield line(f"the value {code}", VALUES, packet(element(VOCABULARY + code)), valid(code))
    for code, (name, property_, text) in REFERS.items():
        whole = packet(element(VOCABULARY + code) + property_)
        note = f"{code} with its {name}"
        yield line(note, VALUES, whole, record(SAYS[code]), contains=text)


def serialisations() -> Iterator[Line]:
    """One value in every form XMP may be written in."""
    for code in (PROHIBITED, TRAINING):
        uri = VOCABULARY + code
        forms = {
            "attribute (7.9.2.2)": packet(attributes=f'plus:DataMining="{uri}"'),
            "rdf:resource (7.5)": packet(f'<plus:DataMining rdf:resource="{uri}"/>'),
            "rdf:value attribute (7.8)": packet(f'<plus:DataMining rdf:value="{uri}"/>'),
            "qualified value (7.8)": packet(
                "<plus:DataMining><rdf:Description>"
                f"<rdf:value>{uri}</rdf:value></rdf:Description></plus:DataMining>"
            ),
            "resource (7.9.2.3)": packet(
                f'<plus:DataMining rdf:parseType="Resource"><rdf:value>{uri}</rdf:value>'
                "</plus:DataMining>"
            ),
            "white space": packet(element(f"\n   {uri}\t\n")),
            "character references": packet(element(uri.replace("-", "&#45;"))),
            "CDATA": packet(element(f"<![CDATA[{uri}]]>")),
            "comment inside": packet(element(f"<!-- by hand -->{uri}")),
            "another prefix": packet(
                f"<p:DataMining>{uri}</p:DataMining>", prefixes=f'xmlns:p="{PLUS}"'
            ),
            "typed node": packet(element(uri))
            .replace("<rdf:Description", "<x:Work")
            .replace("</rdf:Description", "</x:Work"),
            "without x:xmpmeta": packet(element(uri))
            .removeprefix('<x:xmpmeta xmlns:x="adobe:ns:meta/">')
            .removesuffix("</x:xmpmeta>"),
            "with a packet wrapper": "<?xpacket begin='' id='W5M0MpCehiHzreSzNTczkc9d'?>"
            + packet(element(uri))
            + " " * 300
            + "<?xpacket end='w'?>",
        }
        for array in ("Bag", "Seq", "Alt"):
            forms[f"rdf:{array} (7.7)"] = packet(
                element(f"<rdf:{array}><rdf:li>{uri}</rdf:li></rdf:{array}>")
            )
            forms[f"rdf:{array} of resources"] = packet(
                element(f'<rdf:{array}><rdf:li rdf:resource="{uri}"/></rdf:{array}>')
            )
        for note, xmp in forms.items():
            yield line(f"{code} as {note}", "ISO 16684-1 section 7", xmp, valid(code))
    second = f'<rdf:Description rdf:about="" xmlns:plus="{PLUS}">'
    two = packet().replace("</rdf:RDF>", f"{second}{element(uri)}</rdf:Description></rdf:RDF>")
    yield line("in the second description", "ISO 16684-1 section 7.4", two, valid(TRAINING))


def spellings() -> Iterator[Line]:
    """What people write instead of the URI."""
    for code, says in SAYS.items():
        spelled = {
            "the bare code": code,
            "the bare code in lower case": code.lower(),
            "https": "https" + VOCABULARY[4:] + code,
            "a slash behind": VOCABULARY + code + "/",
            "lower case": (VOCABULARY + code).lower(),
            "a prefix": f"plus:{code}",
            "a fragment": f"http://ns.useplus.org/ldf/vocab#{code}",
        }
        for note, value in spelled.items():
            expected = record(
                says, "nonconforming_value", *unresolved(code), formal="nonconforming"
            )
            yield line(f"{code}: {note}", VALUES, packet(element(value)), expected)
    for code, labels in LABELS.items():
        for label in labels:
            expected = record(SAYS[code], "label_text", *unresolved(code), formal="nonconforming")
            note = f"{code}: the label that programs print"
            yield line(note, VALUES, packet(element(label)), expected)
    for label, code in (("Allowed", "DMI-ALLOWED"), ("Prohibited", PROHIBITED)):
        expected = record(SAYS[code], "nonconforming_value")
        yield line(f"{code}: one word", VALUES, packet(element(label)), expected)
    unknown = {
        "DMI-PROHIBITED-ONMONDAYS": "conditional",
        VOCABULARY + "DMI-PROHIBITED-ONMONDAYS": "conditional",
        "prohibited without licence": "conditional",
        "1": "unknown",
        "no": "unknown",
        VOCABULARY: "unknown",
    }
    for value, state in unknown.items():
        expected = record({"tdm": state}, "unknown_token", formal="malformed")
        note = "a value the vocabulary does not have is no permission"
        yield line(note, VALUES, packet(element(value)), expected)
    for value in ("", "   "):
        yield line("an empty property says nothing", VALUES, packet(element(value)))


def conflicts() -> Iterator[Line]:
    """Several values: the most restrictive counts, use by use."""
    section = "optout semantics: most restrictive within a protocol"
    cases = (
        ("DMI-ALLOWED", PROHIBITED, {"train-ai": "reserved"} | SAYS[PROHIBITED]),
        ("DMI-ALLOWED", TRAINING, SAYS["DMI-ALLOWED"] | SAYS[TRAINING]),
        ("DMI-ALLOWED", GENERATIVE, SAYS["DMI-ALLOWED"] | SAYS[GENERATIVE]),
        (PROHIBITED, SEARCHABLE, SAYS[PROHIBITED]),
        (TRAINING, GENERATIVE, SAYS[TRAINING] | SAYS[GENERATIVE]),
        ("DMI-UNSPECIFIED", PROHIBITED, SAYS[PROHIBITED]),
        (SEARCHABLE, "DMI-ALLOWED", {"train-ai": "reserved"} | SAYS[SEARCHABLE]),
    )
    for one, two, says in cases:
        for first, second in ((one, two), (two, one)):
            expected = record(says, "intra_protocol_conflict")
            note = f"{first} and {second}"
            elements = element(VOCABULARY + first) + element(VOCABULARY + second)
            items = "".join(f"<rdf:li>{VOCABULARY}{code}</rdf:li>" for code in (first, second))
            mixed = packet(element(VOCABULARY + second), f'plus:DataMining="{VOCABULARY}{first}"')
            yield line(f"{note} in two elements", section, packet(elements), expected)
            bag = packet(element(f"<rdf:Bag>{items}</rdf:Bag>"))
            yield line(f"{note} in a bag", section, bag, expected)
            yield line(f"{note} as attribute and element", section, mixed, expected)
    twice = packet(element(VOCABULARY + PROHIBITED) * 2)
    yield line("the same value twice is no conflict", section, twice, valid(PROHIBITED))


def places() -> Iterator[Line]:
    """Where the property may stand, and where it stands all the same."""
    section = "ISO 16684-1 section 7.4 and 7.9"
    uri = VOCABULARY + PROHIBITED
    attribute = f'plus:DataMining="{uri}"'
    description = f'<rdf:Description xmlns:plus="{PLUS}" {attribute}/>'
    inner = record(SAYS[PROHIBITED], scope="ingredient")
    ingredients = "xmlns:xmpMM='http://ns.adobe.com/xap/1.0/mm/'"
    listed = f"<xmpMM:Ingredients {ingredients}><rdf:Bag><rdf:li>{description}</rdf:li></rdf:Bag>"
    nested = packet(f"{listed}</xmpMM:Ingredients>")
    yield line("in the description of an ingredient", section, nested, inner)
    both = packet(f"{element(VOCABULARY + TRAINING)}{listed}</xmpMM:Ingredients>")
    note = "of the work and of an ingredient"
    yield line(note, section, both, valid(TRAINING), inner)
    region = f"<Iptc4xmpExt:ImageRegion><rdf:Bag><rdf:li rdf:parseType='Resource'>{element(uri)}"
    closed = packet(f"{region}</rdf:li></rdf:Bag></Iptc4xmpExt:ImageRegion>")
    yield line("of a region of the picture", section, closed, inner)
    stray = record(SAYS[PROHIBITED], "misplaced")
    note = "in a description straight inside another"
    yield line(note, section, packet(description), stray)
    outside = f'<x:xmpmeta xmlns:x="adobe:ns:meta/">{description}</x:xmpmeta>'.replace(
        "<rdf:", f'<rdf:Description xmlns:rdf="{RDF}"/><rdf:', 1
    ).replace("<rdf:Description xmlns:plus", f'<rdf:Description xmlns:rdf="{RDF}" xmlns:plus')
    yield line("outside rdf:RDF", section, outside, stray)


def names() -> Iterator[Line]:
    """The property's own name and namespace, and others that are none of it."""
    section = "ISO 16684-1 section 6.2: names are compared by namespace"
    uri = VOCABULARY + PROHIBITED
    wrong = record(SAYS[PROHIBITED], "wrong_namespace")
    for namespace in (PLUS.rstrip("/"), "https" + PLUS[4:], IPTC):
        xmp = packet(element(uri), prefixes=f'xmlns:plus="{namespace}"')
        yield line(f"in the namespace {namespace}", section, xmp, wrong)
    typo = packet(f"<plus:dataMining>{uri}</plus:dataMining>")
    yield line("in another case", section, typo, record(SAYS[PROHIBITED], "typo"))
    for value in ("Allowed", "prohibited", "yes", "https://example.org/mine"):
        xmp = packet(element(value), prefixes='xmlns:plus="https://example.org/ns/"')
        yield line("somebody else's property of that name", section, xmp)
    other = packet(
        f"<dc:description xmlns:dc='http://purl.org/dc/elements/1.1/'>{uri}</dc:description>"
    )
    yield line("the code in a description", section, other)
    yield line("no property at all", section, packet())


def encodings() -> Iterator[Line]:
    """A packet in another encoding says the same."""
    xmp = packet(element(VOCABULARY + PROHIBITED))
    for encoding in ("utf-16", "utf-16-be", "utf-32", "utf-8-sig"):
        data = xmp.encode(encoding)
        if encoding == "utf-16-be":
            data = b"\xfe\xff" + data
        asked = line(f"in {encoding}", "ISO 16684-1 section 7.1", "", valid(PROHIBITED))
        del asked["xmp"]
        yield asked | {"xmp_base64": base64.b64encode(data).decode()}


def lines() -> Iterator[Line]:
    """All questions, each with its id."""
    for group in (values, serialisations, spellings, conflicts, places, names, encodings):
        for number, one in enumerate(group(), 1):
            yield {"id": f"{group.__name__}-{number}"} | one


def main() -> None:
    """Write them."""
    OUT.parent.mkdir(parents=True, exist_ok=True)
    written = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in lines())
    OUT.write_text(written, encoding="utf-8")
    print(f"{OUT}: {written.count(chr(10))} lines")


if __name__ == "__main__":
    main()
