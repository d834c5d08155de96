"""What deliveries declare: each vocabulary, value by value, and what cannot be told."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.evidence import Declaration, NotRun, NotRunReason
from provenance.rights.readers.onix import OnixReader
from provenance.rights.surroundings import Surroundings
from provenance.supplied import SUPPLIED_BYTES, Supplied
from provenance.supplied.reader import SuppliedReader, with_rights

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(30)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(30)


def asset(body, *, resource=None, data=WAV, name="track.wav"):
    if isinstance(body, str):
        body = body.encode()
    made = Asset.from_bytes(data, name=name)
    around = Surroundings(supplied=Supplied(body, resource))
    return Asset(made.name, made.size, made.media_type, made.modality, made.backing, around=around)


def read(body, **options):
    return list(SuppliedReader().read(asset(body, **options)))


def ern(*resources, release=""):
    return (
        '<ern:NewReleaseMessage xmlns:ern="http://ddex.net/xml/ern/432" AvsVersionId="12">'
        f"<ResourceList>{''.join(resources)}</ResourceList>"
        f"<ReleaseList><Release>{release}</Release></ReleaseList></ern:NewReleaseMessage>"
    )


def recording(contains="", reference="A1", more="", isrc="FRX762600001"):
    told = f"<ContainsAI>{contains}</ContainsAI>" if contains else ""
    return (
        f"<SoundRecording><ResourceReference>{reference}</ResourceReference>"
        f"<ResourceId><ISRC>{isrc}</ISRC></ResourceId>{told}{more}</SoundRecording>"
    )


def onix(*products):
    return f"<ONIXMessage release='3.1'>{''.join(products)}</ONIXMessage>"


def product(inside, isbn="9780306406157"):
    return (
        f"<Product><RecordReference>r-{isbn}</RecordReference><ProductIdentifier>"
        f"<ProductIDType>15</ProductIDType><IDValue>{isbn}</IDValue></ProductIdentifier>"
        f"<DescriptiveDetail>{inside}</DescriptiveDetail></Product>"
    )


def person(code, role="A01"):
    return (
        f"<Contributor><ContributorRole>{role}</ContributorRole>"
        f"<UnnamedPersons>{code}</UnnamedPersons></Contributor>"
    )


class TestDdex:
    @pytest.mark.parametrize(
        ("value", "statement", "denied"),
        [
            ("All", "fully_ai", False),
            ("Partly", "partly_ai", False),
            ("None", "none", True),
        ],
    )
    def test_a_recording_by_the_allowed_values(self, value, statement, denied):
        (one,) = read(ern(recording(value)))
        assert (one.field, one.value) == ("SoundRecording/ContainsAI", value)
        assert (one.statement, one.ai_denied, one.strength) == (statement, denied, "medium")

    def test_a_value_of_no_set_hints_and_no_more(self):
        (one,) = read(ern(recording("Mostly")))
        assert (one.statement, one.strength, one.ai_denied) == ("none", "weak", False)

    def test_what_a_contributor_made_is_part_of_the_work(self):
        machine = "<Contributor><SpecialContributor>GenerativeAI</SpecialContributor></Contributor>"
        person_ = "<Contributor><AiContribution>None</AiContribution></Contributor>"
        (one,) = read(ern(recording(more=machine + person_)))
        assert one.field == "SoundRecording/Contributor/SpecialContributor"
        assert one.statement == "partly_ai"

    def test_a_delivery_that_contradicts_itself_is_shown_as_it_is(self):
        contributed = "<Contributor><AiContribution>All</AiContribution></Contributor>"
        found = read(ern(recording("None", more=contributed)))
        assert [(one.statement, one.ai_denied) for one in found] == [
            ("none", True),
            ("partly_ai", False),
        ]

    def test_partly_of_a_release_may_be_another_of_its_resources(self):
        (one,) = read(ern(recording(), release="<ContainsAI>Partly</ContainsAI>"))
        assert (one.field, one.statement) == ("Release/ContainsAI", "may_contain_ai")

    def test_partly_of_a_release_takes_nothing_back_from_a_recording_without_ai(self):
        own, release = read(ern(recording("None"), release="<ContainsAI>Partly</ContainsAI>"))
        assert (own.ai_denied, release.statement) == (True, "none")

    def test_partly_of_a_release_of_this_recording_alone_is_about_it(self):
        release = (
            "<ReleaseResourceReference>A1</ReleaseResourceReference><ContainsAI>Partly</ContainsAI>"
        )
        (one,) = read(ern(recording(), release=release))
        assert one.statement == "partly_ai"

    @pytest.mark.parametrize(
        ("flag", "statement", "denied"), [("true", "partly_ai", False), ("false", "none", True)]
    )
    def test_a_flag_is_understood_too(self, flag, statement, denied):
        (one,) = read(ern(recording(flag)))
        assert (one.statement, one.ai_denied) == (statement, denied)

    def test_a_contributor_that_is_a_machine_names_the_product(self):
        party = (
            "<PartyList><Party><PartyReference>P1</PartyReference><PartyName>"
            "<FullName>Some Generator</FullName></PartyName></Party></PartyList>"
        )
        machine = (
            "<Contributor><ContributorPartyReference>P1</ContributorPartyReference>"
            "<SpecialContributor>GenerativeAI</SpecialContributor></Contributor>"
        )
        message = ern(recording(more=machine)).replace("<ResourceList>", party + "<ResourceList>")
        (one,) = read(message)
        assert one.generator == "Some Generator"

    def test_the_isrc_of_something_related_names_nothing(self):
        related = (
            "<RelatedResource><ResourceId><ISRC>FRX762600009</ISRC></ResourceId></RelatedResource>"
        )
        (one,) = read(ern(recording("All", more=related)), resource="FRX762600009")
        assert isinstance(one, NotRun)

    def test_an_isrc_may_stand_below_an_edition(self):
        edition = (
            "<SoundRecordingEdition><ResourceId><ISRC>FRX762600009</ISRC></ResourceId>"
            "</SoundRecordingEdition>"
        )
        message = ern(recording("None"), recording("All", "A2", edition, isrc=""))
        (one,) = read(message, resource="FRX762600009")
        assert one.statement == "fully_ai"

    def test_what_a_message_lists_is_told_to_who_must_choose(self):
        message = ern(*(recording("All", f"A{n}", isrc=f"FRX7626000{n:02}") for n in range(20)))
        (one,) = read(message)
        assert "A0 (ISRC FRX762600000)" in one.detail
        assert one.detail.endswith("and 12 more")

    def test_a_release_of_other_resources_says_nothing_of_this_one(self):
        release = (
            "<ReleaseResourceReference>A2</ReleaseResourceReference><ContainsAI>All</ContainsAI>"
        )
        assert read(ern(recording(), release=release)) == []

    @pytest.mark.parametrize("resource", ["A2", "a2", "FRX762600002", "FR-X76-26-00002"])
    def test_one_of_several_is_named(self, resource):
        message = ern(recording("None"), recording("All", "A2", isrc="FRX762600002"))
        (one,) = read(message, resource=resource)
        assert one.statement == "fully_ai"

    @pytest.mark.parametrize("resource", [None, "A9"])
    def test_without_a_name_nobody_can_tell(self, resource):
        message = ern(recording("None"), recording("All", "A2", isrc="FRX762600002"))
        (one,) = read(message, resource=resource)
        assert isinstance(one, NotRun)
        assert one.reason is NotRunReason.NOT_APPLICABLE
        assert "resources" in one.detail

    def test_a_cover_is_not_the_song(self):
        image = (
            "<Image><ResourceReference>A2</ResourceReference><ContainsAI>All</ContainsAI></Image>"
        )
        message = ern(recording("None"), image)
        (song,) = read(message)
        (cover,) = read(message, data=PNG, name="cover.png")
        assert (song.ai_denied, cover.statement) == (True, "fully_ai")


class TestOnix:
    @pytest.mark.parametrize(
        ("people", "statements"),
        [
            ((person("09"),), ["fully_ai"]),
            ((person("09"), person("01")), ["partly_ai"]),
            ((person("05", "E07"),), ["partly_ai"]),
            ((person("01"),), []),
        ],
    )
    def test_persons_that_are_machines(self, people, statements):
        found = read(onix(product("".join(people))), name="book.txt", data=b"A text.")
        assert [one.statement for one in found] == statements

    @pytest.mark.parametrize("role", ["55", "56"])
    def test_a_page_that_vouches_for_no_ai_denies_it_and_proves_nothing(self, role):
        site = (
            f"<Website><WebsiteRole>{role}</WebsiteRole>"
            "<WebsiteLink>https://certified.example/1</WebsiteLink></Website>"
        )
        (one,) = read(onix(product(site)), name="book.txt", data=b"A text.")
        assert (one.ai_denied, one.statement) == (True, "none")

    def test_short_tags_are_read(self):
        short = (
            "<ONIXmessage><product><a001>r</a001><contributor><b035>A01</b035><b249>09</b249>"
            "</contributor></product></ONIXmessage>"
        )
        (one,) = read(short)
        assert one.statement == "fully_ai"

    def test_a_machine_beside_a_translator_made_part(self):
        found = read(onix(product(person("09") + person("01", "B06"))), name="b.txt", data=b"A.")
        assert [one.statement for one in found] == ["fully_ai"]
        found = read(onix(product(person("01") + person("09", "B06"))), name="b.txt", data=b"A.")
        assert [one.statement for one in found] == ["partly_ai"]

    def test_the_work_s_own_isbn_finds_its_product(self):
        message = onix(product(person("09")), product("", isbn="9782070360024"))
        (one,) = read(message, name="9780306406157.txt", data=b"A text.")
        assert one.statement == "fully_ai"

    def test_a_product_that_was_taken_back_says_nothing(self):
        deleted = product("<NotificationType>05</NotificationType>" + person("09")).replace(
            "<DescriptiveDetail><NotificationType>05</NotificationType>",
            "<NotificationType>05</NotificationType><DescriptiveDetail>",
        )
        assert read(onix(deleted), name="book.txt", data=b"A text.") == []

    def test_a_reference_to_its_own_dtd_is_left_unread_and_entities_are_refused(self):
        named = '<!DOCTYPE ONIXMessage SYSTEM "http://www.editeur.org/onix.dtd">'
        (one,) = read(named + onix(product(person("09"))), name="book.txt", data=b"A text.")
        assert one.statement == "fully_ai"
        brought = '<!DOCTYPE ONIXMessage [<!ENTITY a "b">]>'
        (one,) = read(brought + onix(product(person("09"))), name="book.txt", data=b"A text.")
        assert one.reason is NotRunReason.UNREADABLE

    def test_what_it_reserves_is_read_with_the_rights(self):
        mining = (
            "<EpubUsageConstraint><EpubUsageType>11</EpubUsageType>"
            "<EpubUsageStatus>03</EpubUsageStatus></EpubUsageConstraint>"
        )
        work = asset(onix(product(mining)), name="book.txt", data=b"A text.")
        assert list(OnixReader().read(work)) == []
        (reserved,) = OnixReader().read(with_rights(work))
        assert reserved.purposes["train-genai"] == "reserved"

    def test_an_isbn_that_was_given_says_which_product_reserves(self):
        mining = (
            "<EpubUsageConstraint><EpubUsageType>11</EpubUsageType>"
            "<EpubUsageStatus>03</EpubUsageStatus></EpubUsageConstraint>"
        )
        message = onix(product(mining), product("", isbn="9782070360024"))
        other = asset(message, resource="9782070360024", name="b.txt", data=b"A.")
        assert list(OnixReader().read(with_rights(other))) == []
        mine = asset(message, resource="9780306406157", name="b.txt", data=b"A.")
        assert len(list(OnixReader().read(with_rights(mine)))) == 1

    def test_one_of_several_is_named_by_its_isbn(self):
        message = onix(product(person("09")), product("", isbn="9782070360024"))
        (one,) = read(message, resource="978-0-306-40615-7")
        assert one.statement == "fully_ai"
        assert isinstance(read(message)[0], NotRun)


class TestLabels:
    @pytest.mark.parametrize(
        ("labels", "statements"),
        [
            ({"ai": "fully", "tools": ["Suno"]}, ["fully_ai"]),
            ({"ai": "partly"}, ["partly_ai"]),
            ({"ai": "unknown"}, ["none"]),
            ({"tools": ["Suno"]}, ["none"]),
            ({"apple": ["Track"]}, ["partly_ai"]),
            ({"apple": ["Artwork"]}, ["none"]),
            (
                {
                    "digital_source_type": "http://cv.iptc.org/newscodes/digitalsourcetype/"
                    "trainedAlgorithmicMedia"
                },
                ["fully_ai"],
            ),
            (
                {
                    "digital_source_type": [
                        "compositeWithTrainedAlgorithmicMedia",
                        "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCapture",
                    ]
                },
                ["partly_ai", "capture"],
            ),
            ({}, []),
        ],
    )
    def test_each_label(self, labels, statements):
        assert [one.statement for one in read(json.dumps(labels))] == statements

    def test_none_denies_and_unknown_does_not(self):
        assert [one.ai_denied for one in read('{"ai": "none"}')] == [True]
        assert [one.ai_denied for one in read('{"ai": "unknown"}')] == [False]

    def test_source_types_may_come_as_a_text(self):
        base = "http://cv.iptc.org/newscodes/digitalsourcetype/"
        found = read(f"{base}trainedAlgorithmicMedia\n\n{base}digitalCreation\n")
        assert [one.statement for one in found] == ["fully_ai", "human_creation"]
        assert {one.source for one in found} == {"supplied-labels"}

    def test_a_tool_alone_says_nothing_of_what_made_the_work(self):
        (one,) = read('{"tools": ["Pro Tools"]}')
        assert (one.statement, one.generator) == ("none", None)

    def test_a_tool_is_named(self):
        (one,) = read('{"ai": "fully", "tools": ["Suno\\u001b[31m"]}')
        assert one.generator == "Suno\\x1b[31m"

    @pytest.mark.parametrize(
        ("body", "said"),
        [
            ("nonsense", "neither XML nor JSON"),
            ("[1]", "one JSON object"),
            ('{"ia": "none"}', "unknown label 'ia'"),
            ('{"ai": "no"}', "ai is one of"),
            ('{"ai": ["none"]}', "ai is one of"),
            ('{"digital_source_type": {}}', "list of texts"),
            ('{"statement": "' + "x" * 70_000 + '"}', "bytes at most"),
            ('{"tools": "Suno"}', "list of texts"),
            ('{"apple": ["Lyrics"]}', "apple holds"),
            ("[" * 50_000, "neither XML nor JSON"),
        ],
    )
    def test_what_is_wrong_is_said(self, body, said):
        (one,) = read(body)
        assert isinstance(one, NotRun)
        assert said in one.detail


def test_the_source_names_the_vocabulary():
    sources = [
        read(body, name="b.txt", data=b"A.")[0].source
        for body in (ern(), onix(product(person("09"))), '{"ai": "none"}', "nonsense", "<other/>")
    ]
    assert sources == [
        "supplied-ddex",
        "supplied-onix",
        "supplied-labels",
        "supplied",
        "supplied",
    ]


class TestHostility:
    @pytest.mark.parametrize(
        "body",
        [
            "<a>" * 200,
            "<NewReleaseMessage>",
            '<!DOCTYPE x [<!ENTITY a "b">]><NewReleaseMessage>&a;</NewReleaseMessage>',
            '<!DOCTYPE x SYSTEM "file:///etc/passwd"><NewReleaseMessage/>',
            "<other/>",
            "<",
            b"\xff\xfe<\x00",
        ],
    )
    def test_xml_that_is_none_or_hostile_leaves_a_record(self, body):
        (one,) = read(body)
        assert isinstance(one, NotRun)

    def test_one_that_is_too_large_is_not_read(self):
        (one,) = read(b" " * (SUPPLIED_BYTES + 1))
        assert one.reason is NotRunReason.LIMIT

    def test_a_work_that_came_alone_has_none(self):
        assert list(SuppliedReader().read(Asset.from_bytes(WAV, name="a.wav"))) == []

    def test_a_message_with_more_statements_than_anyone_reads_is_cut(self):
        machine = "<Contributor><AiContribution>All{}</AiContribution></Contributor>"
        found = read(ern(recording(more="".join(map(machine.format, range(500))))))
        assert len(found) == 101
        assert found[-1].reason is NotRunReason.LIMIT

    @given(st.binary(max_size=400))
    def test_anything_is_read_without_an_error(self, body):
        for one in read(body):
            assert isinstance(one, Declaration | NotRun)

    @given(st.sampled_from(["All", "Partly", "None", "x", ""]), st.text(max_size=40))
    def test_any_resource_is(self, value, resource):
        for one in read(ern(recording(value)), resource=resource):
            assert isinstance(one, Declaration | NotRun)
