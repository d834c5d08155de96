"""Seeds of the target that reads what suppliers declare."""

from __future__ import annotations

import json

__all__ = ["documents"]

DDEX = (
    '<ern:NewReleaseMessage xmlns:ern="http://ddex.net/xml/ern/432" AvsVersionId="12">'
    "<PartyList><Party><PartyReference>P1</PartyReference><PartyName><FullName>G</FullName>"
    "</PartyName></Party></PartyList><ResourceList>{}</ResourceList><ReleaseList><Release>"
    "<ReleaseReference>R0</ReleaseReference><ContainsAI>{}</ContainsAI><ResourceGroup>"
    "<ReleaseResourceReference>A1</ReleaseResourceReference></ResourceGroup></Release>"
    "</ReleaseList></ern:NewReleaseMessage>"
)
RECORDING = (
    "<SoundRecording><ResourceReference>{}</ResourceReference><SoundRecordingEdition><ResourceId>"
    "<ISRC>{}</ISRC></ResourceId></SoundRecordingEdition><Contributor><ContributorPartyReference>P1"
    "</ContributorPartyReference><Role>Composer</Role><SpecialContributor>GenerativeAI"
    "</SpecialContributor></Contributor><ContainsAI>{}</ContainsAI></SoundRecording>"
)
IMAGE = "<Image><ResourceReference>A3</ResourceReference><ContainsAI>false</ContainsAI></Image>"
PRODUCT = (
    "<Product><RecordReference>r</RecordReference><NotificationType>03</NotificationType>"
    "<ProductIdentifier><ProductIDType>15</ProductIDType><IDValue>{}</IDValue></ProductIdentifier>"
    "<DescriptiveDetail><Contributor><ContributorRole>A01</ContributorRole><UnnamedPersons>09"
    "</UnnamedPersons><AlternativeName><PersonName>G</PersonName></AlternativeName></Contributor>"
    "<EpubUsageConstraint><EpubUsageType>11</EpubUsageType><EpubUsageStatus>03</EpubUsageStatus>"
    "</EpubUsageConstraint></DescriptiveDetail><PublishingDetail><Publisher><Website><WebsiteRole>"
    "55</WebsiteRole><WebsiteLink>https://c.example/1</WebsiteLink></Website></Publisher>"
    "</PublishingDetail></Product>"
)
SHORT = (
    "<ONIXmessage><product><a001>r</a001><contributor><b035>E07</b035><b249>05</b249>"
    "</contributor></product></ONIXmessage>"
)
BASE = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def documents() -> dict[str, bytes]:
    """One of each, and one of each with several things in it."""
    one = RECORDING.format("A1", "FRX762600001", "All")
    other = RECORDING.format("A2", "FR-X76-26-00002", "None")
    labels = {
        "ai": "partly",
        "tools": ["G"],
        "digital_source_type": [f"{BASE}compositeSynthetic"],
        "apple": ["Track", "Artwork"],
        "statement": "s",
    }
    isbns = ("9780306406157", "9783161484100")
    texts = {
        "ern": DDEX.format(one + IMAGE, "Partly"),
        "album": DDEX.format(one + other, "None"),
        "onix": f"<ONIXMessage release='3.1'>{PRODUCT.format(isbns[0])}</ONIXMessage>",
        "catalogue": f"<ONIXMessage>{''.join(map(PRODUCT.format, isbns))}</ONIXMessage>",
        "short": SHORT,
        "labels": json.dumps(labels),
        "none": '{"ai": "none"}',
        "types": f"{BASE}digitalCapture\n{BASE}trainedAlgorithmicMedia\n",
    }
    return {name: text.encode() for name, text in texts.items()}
